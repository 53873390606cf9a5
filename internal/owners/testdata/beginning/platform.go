package config

// Platform that has no prod yet.
func Platform() Settings {
	s := Fixture()
	s.User = ThisUser()
	s.Environments = s.Environments[:2]
	s.Environments[1].Subdomain = ""
	return s
}
