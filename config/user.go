package config

// ThisUser is what only you can know. Replace each example; until then synth
// names what is left, and nothing here deploys to a real AWS account.
func ThisUser() User {
	return User{
		AccountID:           ExampleAccountID,
		GitHubOwnerID:       exampleGitHubOwnerID,
		InfraRepositoryID:   exampleInfraRepositoryID,
		BackendRepositoryID: exampleBackendRepositoryID,
		AlarmEmail:          exampleAlarmEmail,
		OnCall:              OnCall{}, // optional: OnCall{Email: "on-call@example.com"}, or Webhook: true
		SlackWorkspace:      "",       // optional: "T…", for the channels that config/platform.go names
		Domain:              Domain{}, // optional: Domain{Name: "paperwurks.example", HostedZoneID: "Z…"}
	}
}
