package config

import "strings"

const (
	wantID         = "GitHub's numeric id is required: tokens carry it in their subject, and roles trust nothing less"
	wantEmail      = `one e-mail address is allowed, such as "alarms@example.com"`
	wantPage       = `one e-mail address is allowed, or "": the address of a webhook is a secret, and an administrator subscribes it`
	wantDomain     = `a bare domain in lower case, without https:// or a path, is allowed, such as "paperwurks.example"`
	wantZone       = `the id of a Route 53 zone, without /hostedzone/, is allowed, such as "Z0123456789ABCDEFGHIJ"`
	wantWorkspace  = `the id of a workspace is allowed, such as "T0123ABCDEF", or "": its name is none, and the address of a webhook is a secret`
	wantChannel    = `the id of a channel is allowed, such as "C0123ABCDEF", or "": it ends the channel's link`
	wantOwner      = "one organisation is allowed, without wildcards: 1 to 39 letters, digits and single hyphens"
	wantRepository = "one repository is allowed, without its owner or wildcards: 1 to 100 letters, digits, dots, underscores and hyphens"
	wantBranch     = "one branch is allowed, without wildcards: 1 to 200 letters, digits, dots, underscores, hyphens and slashes, as Git takes them"
)

var userRows = []row{
	is("user.accountID", "", "twelve digits without hyphens are allowed"),
	is("user.accountID", "44445555666", "twelve digits without hyphens are allowed"),
	is("user.accountID", "4444555566667", "twelve digits without hyphens are allowed"),
	is("user.accountID", "4444-5555-6666", "twelve digits without hyphens are allowed"),
	is("user.accountID", "44445555666O", "twelve digits without hyphens are allowed"),

	is("user.gitHubOwnerID", "", wantID),
	is("user.gitHubOwnerID", "paperwurks", wantID),
	is("user.infraRepositoryID", "", wantID),
	is("user.infraRepositoryID", "0731204567", wantID),
	is("user.backendRepositoryID", "*", wantID),
	is("user.backendRepositoryID", "R_kgDOK9vGGg", wantID),
	refuses(func(s *Settings) { s.User.BackendRepositoryID = s.User.InfraRepositoryID },
		`user.backendRepositoryID: "731204567": the id of another repository than user.infraRepositoryID is required`),

	is("user.alarmEmail", "", wantEmail),
	is("user.alarmEmail", "on-call", wantEmail),
	is("user.alarmEmail", "on-call@paperwurks", wantEmail),
	is("user.alarmEmail", "on-call@@paperwurks.example", wantEmail),
	is("user.alarmEmail", "a@paperwurks.example, b@paperwurks.example", wantEmail),
	is("user.alarmEmail", "On Call <on-call@paperwurks.example>", wantEmail),
	refuses(func(s *Settings) { s.User.AlarmEmail = strings.Repeat("a", 65) + "@b.io" },
		`user.alarmEmail: "`+strings.Repeat("a", 65)+`@b.io": `+wantEmail),
	refuses(func(s *Settings) { s.User.AlarmEmail = "ab@" + strings.Repeat("b.", 125) + "io" },
		`user.alarmEmail: "ab@`+strings.Repeat("b.", 38)+`b"…: `+wantEmail),

	is("user.onCall.email", "https://events.paging.example/integration/0a1b/enqueue", wantPage),
	is("user.onCall.email", "on-call", wantPage),
	is("user.onCall.email", "On-Call+AWS@paperwurks.example", "another address than user.alarmEmail is required, which has every page already"),

	is("user.slackWorkspace", "paperwurks", wantWorkspace),
	is("user.slackWorkspace", "t0123abcdef", wantWorkspace),
	is("user.slackWorkspace", "C0123ABCDEF", wantWorkspace),
	is("user.slackWorkspace", "https://hooks.chat.example/services/T0/B0/x", wantWorkspace),
	is("user.slackWorkspace", "T0123456789012345678901", wantWorkspace),
	refuses(func(s *Settings) { s.User.SlackWorkspace = "" },
		`environments["staging"].slack.alarms: "C07STAGINGALARMS": the workspace that the channel is of is required in user.slackWorkspace`,
		`environments["prod"].slack.alarms: "C07PRODALARMS": the workspace that the channel is of is required in user.slackWorkspace`,
		`environments["prod"].slack.pages: "C07PRODPAGES": the workspace that the channel is of is required in user.slackWorkspace`),
	is(`environments["prod"].slack.alarms`, "#alarms", wantChannel),
	is(`environments["prod"].slack.pages`, "https://paperwurks.slack.com/archives/C07PRODPAGES", wantChannel),
	is(`environments["prod"].slack.pages`, "D0123ABCDEF", wantChannel),
	is(`environments["prod"].slack.pages`, "C07PRODALARMS", `another channel than environments["prod"].slack.alarms is required: AWS takes one configuration of a channel in an account`),
	is(`environments["prod"].slack.pages`, "C07STAGINGALARMS", `another channel than environments["staging"].slack.alarms is required: AWS takes one configuration of a channel in an account`),
	is(`environments["staging"].slack.pages`, "C07STAGINGPAGES", `none is allowed where data is not "protected": no alarm there is a page`),

	is("user.domain.hostedZoneID", "", "the public Route 53 zone of user.domain.name is required, or neither"),
	is("user.domain.name", "", "the name of the zone in user.domain.hostedZoneID is required, or neither"),
	is("user.domain.name", "https://paperwurks.example", wantDomain),
	is("user.domain.name", "Paperwurks.example", wantDomain),
	is("user.domain.name", "paperwurks.example.", wantDomain),
	is("user.domain.name", "paperwurks", wantDomain),
	is("user.domain.name", "*.paperwurks.example", wantDomain),
	is("user.domain.name", "-paperwurks.example", wantDomain),
	is("user.domain.hostedZoneID", "/hostedzone/Z0123456789ABCDEFGHIJ", wantZone),
	is("user.domain.hostedZoneID", "z0123456789abcdefghij", wantZone),
}

var gitHubRows = []row{
	is("gitHub.owner", "", wantOwner),
	is("gitHub.owner", "paperwurks*", wantOwner),
	is("gitHub.owner", "paper--wurks", wantOwner),
	refuses(func(s *Settings) { s.GitHub.Owner = strings.Repeat("p-", 20) + "w" },
		`gitHub.owner: "`+strings.Repeat("p-", 20)+`w": `+wantOwner),
	is("gitHub.owner", "paperwurks/infra", wantOwner),
	is("gitHub.infraRepository", "", wantRepository),
	is("gitHub.infraRepository", "paperwurks/infra", wantRepository),
	is("gitHub.infraRepository", "infra.git", `a repository without ".git" is allowed: that ends its address, and GitHub takes it into no name`),
	is("gitHub.backendRepository", "*", wantRepository),
	is("gitHub.backendRepository", "..", wantRepository),
	is("gitHub.backendRepository", "Infra", "another repository than gitHub.infraRepository is required"),
	is("gitHub.infraBranch", "", wantBranch),
	is("gitHub.infraBranch", "*", wantBranch),
	is("gitHub.infraBranch", "ma?n", wantBranch),
	is("gitHub.infraBranch", "refs/heads/main", "a branch without refs/heads/ is allowed"),
	is("gitHub.noReviewers", "yes", "the reason in one line of 20 to 300 characters is allowed, or none"),
	is("gitHub.infraBranch", "HEAD", wantBranch),
	is("gitHub.infraBranch", "release/", wantBranch),
	is("gitHub.infraBranch", "release//1", wantBranch),
	is("gitHub.infraBranch", "release..1", wantBranch),
	is("gitHub.infraBranch", "main.lock", wantBranch),
	is("gitHub.infraBranch", "main:environment:prod", wantBranch),
	refuses(func(s *Settings) { s.GitHub.InfraBranch = strings.Repeat("b", 201) },
		`gitHub.infraBranch: "`+strings.Repeat("b", 80)+`"…: `+wantBranch),
}
