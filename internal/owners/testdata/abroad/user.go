package config

// ThisUser of an owner without a domain.
func ThisUser() User {
	return User{
		AccountID:           "555566667777",
		GitHubOwnerID:       "1",
		InfraRepositoryID:   "22",
		BackendRepositoryID: "333",
		AlarmEmail:          "a@b.io",
	}
}
