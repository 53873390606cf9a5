package config

// ExampleAccountID is the account number that AWS's documentation uses for
// examples; it belongs to nobody.
const ExampleAccountID = "111122223333"

const (
	exampleGitHubOwnerID       = "10000001"
	exampleInfraRepositoryID   = "20000001"
	exampleBackendRepositoryID = "20000002"
	exampleAlarmEmail          = "alarms@example.com"
)

// ExampleUser is ThisUser as the repository comes, every value an example.
func ExampleUser() User {
	return User{
		AccountID:           ExampleAccountID,
		GitHubOwnerID:       exampleGitHubOwnerID,
		InfraRepositoryID:   exampleInfraRepositoryID,
		BackendRepositoryID: exampleBackendRepositoryID,
		AlarmEmail:          exampleAlarmEmail,
	}
}

// Examples names the settings, by their path, that still hold their example
// value. While there is one, nothing may touch a real AWS account.
func (s Settings) Examples() []string {
	var left []string
	for _, v := range []struct{ path, value, example string }{
		{"user.accountID", s.User.AccountID, ExampleAccountID},
		{"user.gitHubOwnerID", s.User.GitHubOwnerID, exampleGitHubOwnerID},
		{"user.infraRepositoryID", s.User.InfraRepositoryID, exampleInfraRepositoryID},
		{"user.backendRepositoryID", s.User.BackendRepositoryID, exampleBackendRepositoryID},
		{"user.alarmEmail", s.User.AlarmEmail, exampleAlarmEmail},
	} {
		if v.value == v.example {
			left = append(left, v.path)
		}
	}
	return left
}
