package config

// Platform in another region, with two zones, without staging, so that prod builds
// its own images; who is on call signs in by a role, and nobody else does; dev has no NAT gateway and a second routed service.
func Platform() Settings {
	s := Fixture()
	s.User = ThisUser()
	s.User.SlackWorkspace = Fixture().User.SlackWorkspace
	s.People = People{OnCall: Assumers{Principals: []string{"role/sign-in/on-call"}}}
	s.Region, s.AvailabilityZones = "us-west-2", []string{"us-west-2b", "us-west-2d"}
	s.Environments = []Environment{s.Environments[0], s.Environments[2]}
	s.Environments[1].Images.From = ""

	dev := &s.Environments[0]
	dev.Network.NAT = NATNone
	dev.Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms"}
	api := dev.Services[0]
	api.Name, api.Route = "api", &Route{Port: 9090, HealthCheckPath: "/health", Paths: []string{"/api/*"}}
	dev.Services = append(dev.Services, api)
	return s
}
