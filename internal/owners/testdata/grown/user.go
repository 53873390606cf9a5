package config

// ThisUser of an owner with a domain.
func ThisUser() User {
	return User{
		AccountID:           "210987654321",
		GitHubOwnerID:       "73920184",
		InfraRepositoryID:   "901234567",
		BackendRepositoryID: "901234568",
		AlarmEmail:          "platform-alarms@paperwurks.example",
		Domain:              Domain{Name: "paperwurks.example", HostedZoneID: "Z0987654321ZYXWVUTSRQ"},
	}
}
