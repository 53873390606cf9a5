package config

// approval is one that is allowed, but for what is changed.
func approval(change func(a *Approval)) func(s *Settings) {
	return func(s *Settings) {
		a := Approval{Stack: "shared", Address: "aws_nat_gateway.setup_staging_network_nat-gateway-b_1", Reason: "staging has one zone less", Until: "2026-12-31"}
		change(&a)
		s.Approved = []Approval{a}
	}
}

var approvedRows = []row{
	refuses(approval(func(a *Approval) { a.Stack = "qa" }), `approved[0].stack: "qa": a stack is allowed: "shared", "dev", "staging" or "prod"`),
	refuses(approval(func(a *Approval) { a.Address = "staging" }),
		`approved[0].address: "staging": the address of a resource is allowed, such as "aws_nat_gateway.setup_staging_network_nat-gateway-b_0A1B2C3D"`),
	refuses(approval(func(a *Approval) { a.Environment = "qa" }),
		`approved[0].address: "aws_nat_gateway.setup_staging_network_nat-gateway-b_1": none is allowed where environment is set`),
	refuses(approval(func(a *Approval) { a.Address, a.Environment = "", "prod" }),
		`approved[0].environment: "prod": an environment that is no longer in environments is allowed, and only with the stack "shared"`),
	refuses(approval(func(a *Approval) { a.Reason = "because" }), `approved[0].reason: "because": a reason of 20 characters or more is required`),
	refuses(approval(func(a *Approval) { a.Until = "soon" }), `approved[0].until: "soon": a day is allowed, such as "2026-12-31"`),
}
