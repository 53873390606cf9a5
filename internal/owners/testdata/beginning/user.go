package config

// ThisUser of an owner whose staging answers under the domain itself.
func ThisUser() User {
	return User{
		AccountID:           "098765432109",
		GitHubOwnerID:       "48151623",
		InfraRepositoryID:   "731204567",
		BackendRepositoryID: "731204890",
		AlarmEmail:          "me@paperwurks.example",
		Domain:              Domain{Name: "beta.paperwurks.example", HostedZoneID: "Z1"},
	}
}
