package config

// Platform that has no prod yet, and no roles for people.
func Platform() Settings {
	s := Fixture()
	s.User = ThisUser()
	s.User.SlackWorkspace = Fixture().User.SlackWorkspace
	s.People = People{}
	s.Environments = s.Environments[:2]
	s.Environments[1].Subdomain = ""
	return s
}
