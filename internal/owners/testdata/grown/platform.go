package config

// Platform that has grown: a fourth environment, a third service in each, a
// larger database for prod; what is asked from outside has another path.
func Platform() Settings {
	s := Fixture()
	s.User = ThisUser()
	s.User.SlackWorkspace = Fixture().User.SlackWorkspace
	s.Environments[2].Database.InstanceClass = "db.m7g.xlarge"

	demo := Fixture().Environments[1]
	demo.Name, demo.Subdomain, demo.Slack = "demo", "demo", SlackChannels{}
	demo.Deployment = Deployment{Branch: "demo"}
	demo.Network.CIDR = "10.23.0.0/16"
	s.Environments = append(s.Environments, demo)

	for i := range s.Environments {
		e := &s.Environments[i]
		e.Services[0].Route.HealthCheckPath = "/health"
		mailer := e.Services[1]
		mailer.Name, mailer.Command = "mail", []string{"mail"}
		mailer.Documents = false
		e.Services = append(e.Services, mailer)
	}
	return s
}
