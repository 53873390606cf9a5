package changes

import "github.com/paperwurks/infra/config"

// Outcome is what a change of a setting comes to.
type Outcome string

const (
	// Nothing changes in AWS.
	Nothing Outcome = "nothing in AWS"
	// InPlace changes, adds or takes away what nothing in use depends on.
	InPlace Outcome = "in place"
	// NextDeployment changes the definition that the backend's next deployment
	// makes its revision of.
	NextDeployment Outcome = "with the backend's next deployment"
	// Replaced is harmless, and the row says why.
	Replaced Outcome = "replaced, harmless"
	// RefusedBySynth and RefusedByPlan are not deployed.
	RefusedBySynth Outcome = "refused at synth"
	RefusedByPlan  Outcome = "refused at plan"
	// Elsewhere is not planned: the row says what it is.
	Elsewhere Outcome = "not a change of this platform"
)

// Row is a typical change of one setting.
type Row struct {
	Field, Change string
	// Make makes the change; nil for Elsewhere.
	Make    func(s *config.Settings)
	Outcome Outcome
	// Note says in words what happens, and what is unavailable for how long.
	Note string
	// Runbook is a section of docs/operations.md; Test, of what is refused, one
	// that notices when it no longer is: "package TestName".
	Runbook, Test string
}

// The environment whose settings are changed: it keeps its data, and has what
// production has but for its sizes. disposable is the other kind.
const (
	changed    = "staging"
	disposable = "dev"
)

// Base are the settings that the platform is deployed with before they are
// changed: this platform's, with a version of PostgreSQL that has a later one.
func Base() config.Settings {
	s := config.Fixture().OnLocalAWS()
	s.User.Domain, s.People, s.User.SlackWorkspace = config.Domain{}, config.People{}, ""
	for i := range s.Environments {
		s.Environments[i].Slack = config.SlackChannels{}
	}
	env("prod", func(e *config.Environment) { e.Copies = config.Copies{} })(&s)
	staging(func(e *config.Environment) { e.Database.EngineVersion = "16" })(&s)
	staging(jobsOf("web"))(&s)
	return s
}

func env(name string, change func(e *config.Environment)) func(*config.Settings) {
	return func(s *config.Settings) {
		for i := range s.Environments {
			if s.Environments[i].Name == name {
				change(&s.Environments[i])
			}
		}
	}
}

func staging(change func(e *config.Environment)) func(*config.Settings) { return env(changed, change) }

// jobsOf lets the jobs reach what the service does, which may be another one after
// a change of services.
func jobsOf(service string) func(e *config.Environment) {
	return func(e *config.Environment) {
		for i := range e.Jobs {
			e.Jobs[i].Service = service
		}
	}
}

// job changes the job of staging that has a cron expression.
func job(change func(j *config.Job)) func(*config.Settings) {
	return staging(func(e *config.Environment) { change(&e.Jobs[0]) })
}

// web and worker change a service of staging.
func web(change func(v *config.Service)) func(*config.Settings) {
	return staging(func(e *config.Environment) { change(&e.Services[0]) })
}
func worker(change func(v *config.Service)) func(*config.Settings) {
	return staging(func(e *config.Environment) { change(&e.Services[1]) })
}

// The tests that notice when what is refused no longer is.
const (
	planTest  = "internal/planrule TestRules"
	synthTest = "config TestRefusedSettings"
)

// Rows has one for every field, and more where one setting has several changes.
func Rows() []Row {
	const deployment = "The definition is new at once; tasks get it when the backend deploys. Nothing is unavailable."
	const jobDeployment = "The definition is new at once; runs get it when the backend deploys, which puts the schedule on its revision. A run that is at work ends as it began."
	return []Row{
		{Field: "Project", Change: "another name", Make: func(s *config.Settings) { s.Project = "papers" }, Outcome: RefusedByPlan, Test: planTest,
			Note: "Every name changes: it would be another platform, whose state is in another bucket."},
		{Field: "Region", Change: "another region", Make: func(s *config.Settings) {
			s.Region, s.AvailabilityZones = "eu-west-1", []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}
		}, Outcome: RefusedByPlan, Test: planTest, Note: "It would be another platform. Deploy one of its own there, and move the data."},
		{Field: "AvailabilityZones", Change: "another order", Make: func(s *config.Settings) {
			z := s.AvailabilityZones
			s.AvailabilityZones = []string{z[2], z[0], z[1]}
		}, Outcome: Nothing, Note: "A zone's addresses and names follow from its letter. One more, where the region has it: subnets next to those there, and the deploy roles name them, so an administrator applies it first (applied below)."},
		{Field: "AvailabilityZones", Change: "one less", Make: func(s *config.Settings) { s.AvailabilityZones = s.AvailabilityZones[1:] }, Outcome: RefusedByPlan, Test: planTest,
			Runbook: "Other addresses or zones", Note: "Its subnets hold tasks, load balancer and database."},
		{Field: "AddressPlan", Change: "a larger block", Make: func(s *config.Settings) { s.AddressPlan = "10.16.0.0/12" }, Outcome: Nothing, Note: "It bounds what `CIDR` may be."},
		{Field: "User.AccountID", Change: "another account", Outcome: Elsewhere, Note: "It is another platform, to be bootstrapped there; the provider refuses the wrong account before it reads anything."},
		{Field: "User.GitHubOwnerID", Change: "another id", Make: func(s *config.Settings) { s.User.GitHubOwnerID = "99999999" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "Who may assume the roles of CI. Until it is right, no pipeline signs in; what runs goes on."},
		{Field: "User.InfraRepositoryID", Change: "another id", Make: func(s *config.Settings) { s.User.InfraRepositoryID = "999999999" }, Outcome: InPlace, Runbook: "CI roles change", Note: "As above, for this repository."},
		{Field: "User.BackendRepositoryID", Change: "another id", Make: func(s *config.Settings) { s.User.BackendRepositoryID = "999999998" }, Outcome: InPlace, Runbook: "CI roles change", Note: "As above, for the backend's."},
		{Field: "User.AlarmEmail", Change: "another address", Make: func(s *config.Settings) { s.User.AlarmEmail = "other@paperwurks.example" }, Outcome: Replaced,
			Note: "The subscription is replaced; alarms reach nobody by mail until the new address has confirmed, within 48 hours. The dashboard shows them all the time. Budgets, in shared, mail the new one at once, without asking."},
		{Field: "User.OnCall.Email", Change: "another address", Make: func(s *config.Settings) { s.User.OnCall.Email = "other@paperwurks.example" }, Outcome: Replaced, Runbook: "Send pages to who is on call",
			Note: "As above, of the topics of pages: until it has confirmed, pages reach the alarm address only. Set for the first time: the topics are made, and the alarms publish there too."},
		{Field: "User.OnCall.Webhook", Change: "off", Make: func(s *config.Settings) { s.User.OnCall.Webhook = false }, Outcome: Nothing, Runbook: "Send pages to who is on call",
			Note: "With an address for pages their topics stay, and so does what an administrator subscribed. Without one the topics go, with every subscription."},
		{Field: "User.SlackWorkspace", Change: "set, without a channel", Make: func(s *config.Settings) { s.User.SlackWorkspace = "T07PAPERWURKS" }, Outcome: Nothing, Runbook: "Send alarms to Slack",
			Note: "It names what a person has authorised. Another one: the channels' configurations are recreated under other names."},
		{Field: "User.Domain.Name", Change: "set", Make: setDomain, Outcome: InPlace, Runbook: "Set a domain",
			Note: "The HTTPS listener, certificates and a second VPC origin are made, CloudFront changes to them, then the old ones go. **CloudFront's own name, by which users came until then, answers 502 from that moment on**: no certificate is of it. The new name answers once its record is seen, minutes after at most."},
		{Field: "User.Domain.HostedZoneID", Change: "another zone", Outcome: Elsewhere, Note: "Only with a domain: its records are made in the new zone and taken from the old one; users reach the application by whichever zone is delegated to."},
		{Field: "GitHub.Owner", Change: "renamed", Make: func(s *config.Settings) { s.GitHub.Owner = "paperwurks2" }, Outcome: InPlace, Runbook: "CI roles change", Note: "Trusts, and the tag `repository` of everything."},
		{Field: "GitHub.InfraRepository", Change: "renamed", Make: func(s *config.Settings) { s.GitHub.InfraRepository = "platform" }, Outcome: InPlace, Runbook: "CI roles change", Note: "As above."},
		{Field: "GitHub.BackendRepository", Change: "renamed", Make: func(s *config.Settings) { s.GitHub.BackendRepository = "app" }, Outcome: InPlace, Runbook: "CI roles change", Note: "The trusts of the deploy roles."},
		{Field: "GitHub.InfraBranch", Change: "another branch", Make: func(s *config.Settings) { s.GitHub.InfraBranch = "trunk" }, Outcome: InPlace, Runbook: "CI roles change", Note: "From which branch infra-role is assumed."},
		{Field: "GitHub.NoReviewers", Change: "a reason", Make: func(s *config.Settings) {
			s.GitHub.NoReviewers = "the plan of this organisation has no required reviewers"
		}, Outcome: Nothing, Note: "Whether Deploy asks GitHub for the rule of reviewers."},
		{Field: "State.NoncurrentVersionDays", Change: "more", Make: func(s *config.Settings) { s.State.NoncurrentVersionDays = 180 }, Outcome: InPlace, Runbook: "CI roles change", Note: "How long a former state can be brought back."},
		{Field: "State.AccessLogDays", Change: "more", Make: func(s *config.Settings) { s.State.AccessLogDays = 400 }, Outcome: InPlace, Runbook: "CI roles change", Note: "How long it is known who read the state."},

		{Field: "People.ReadOnly.PermissionSets", Change: "the first", Make: func(s *config.Settings) { s.People.ReadOnly.PermissionSets = []string{"Auditor"} }, Outcome: InPlace, Runbook: "Roles for people",
			Note: "The role and its policies are made. The last one taken away: they go, and sessions end with them."},
		{Field: "People.ReadOnly.Principals", Change: "the first", Make: func(s *config.Settings) { s.People.ReadOnly.Principals = []string{"user/ada"} }, Outcome: InPlace, Runbook: "Roles for people", Note: "As above."},
		{Field: "People.OnCall.PermissionSets", Change: "the first", Make: func(s *config.Settings) { s.People.OnCall.PermissionSets = []string{"OnCall"} }, Outcome: InPlace, Runbook: "Roles for people", Note: "As above."},
		{Field: "People.OnCall.Principals", Change: "the first", Make: func(s *config.Settings) { s.People.OnCall.Principals = []string{"role/on-call"} }, Outcome: InPlace, Runbook: "Roles for people", Note: "As above."},
		{Field: "People.BreakGlass.PermissionSets", Change: "the first", Make: func(s *config.Settings) { s.People.BreakGlass.PermissionSets = []string{"BreakGlass"} }, Outcome: InPlace, Runbook: "Roles for people",
			Note: "As above. The alarm on its use is there before it."},
		{Field: "People.BreakGlass.Principals", Change: "the first", Make: func(s *config.Settings) { s.People.BreakGlass.Principals = []string{"user/break-glass"} }, Outcome: InPlace, Runbook: "Roles for people", Note: "As above."},

		{Field: "Account.Trail.RetentionDays", Change: "more", Make: func(s *config.Settings) { s.Account.Trail.RetentionDays = 730 }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "How long log files are kept. Fewer: older ones go within a day or two."},
		{Field: "Account.Trail.Insights", Change: "on", Make: func(s *config.Settings) { s.Account.Trail.Insights = true }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "AWS takes up to 36 hours for the first event."},
		{Field: "Account.Trail.ObjectEvents", Change: "off", Make: func(s *config.Settings) { s.Account.Trail.ObjectEvents = false }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "From then on the trail has no request for an object; access logs have most. What was recorded stays."},
		{Field: "Account.GuardDuty.ObjectEvents", Change: "off", Make: func(s *config.Settings) { s.Account.GuardDuty.ObjectEvents = false }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "GuardDuty no longer looks at requests for objects."},
		{Field: "Account.GuardDuty.DatabaseSignIns", Change: "off", Make: func(s *config.Settings) { s.Account.GuardDuty.DatabaseSignIns = false }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "GuardDuty no longer looks at who signs in to databases."},
		{Field: "Account.Budgets.AccountUSD", Change: "more", Make: func(s *config.Settings) { s.Account.Budgets.AccountUSD = 2000 }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "The account's budget mails later. A mail that was sent for this month does not come again."},
		{Field: "Account.Budgets.AnomalyUSD", Change: "less", Make: func(s *config.Settings) { s.Account.Budgets.AnomalyUSD = 20 }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "Smaller anomalies are mailed too."},
		{Field: "Account.Organisation.Trail", Change: "the organisation does it", Make: func(s *config.Settings) {
			s.Account.Organisation.Trail, s.Account.Trail.ObjectEvents = "the organisation's landing zone", false
		}, Outcome: RefusedByPlan, Test: planTest, Runbook: "Approve a destruction",
			Note: "Its bucket would go, and the alarms on its events with it. Once that is approved the trail ends; the bucket and the key that its log files are read with stay, whose policy lets nobody delete a file, the bucket or the policy."},
		{Field: "Account.Organisation.TrailAlarms", Change: "the organisation does it", Make: func(s *config.Settings) {
			s.Account.Organisation.TrailAlarms = "the organisation's security account watches"
		}, Outcome: InPlace, Runbook: "CI roles change",
			Note: "Alarms, metric filters and their log group with its events go. The trail's bucket has the events still."},
		{Field: "Account.Organisation.AccessAnalyzer", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.AccessAnalyzer = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "The analyzer and its findings go; the organisation's has them."},
		{Field: "Account.Organisation.S3PublicAccessBlock", Change: "the organisation does it", Make: func(s *config.Settings) {
			s.Account.Organisation.S3PublicAccessBlock = "the organisation's landing zone"
		}, Outcome: InPlace, Runbook: "CI roles change",
			Note: "It is taken out of the state, and stays as it is in AWS: Terraform would set AWS's default over what the organisation has set."},
		{Field: "Account.Organisation.EBSDefaults", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.EBSDefaults = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "It is taken out of the state, and stays as it is in AWS: Terraform would set AWS's default over what the organisation has set."},
		{Field: "Account.Organisation.MetadataDefaults", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.MetadataDefaults = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "It is taken out of the state, and stays as it is in AWS: Terraform would set AWS's default over what the organisation has set."},
		{Field: "Account.Organisation.PasswordPolicy", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.PasswordPolicy = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "It is taken out of the state, and stays as it is in AWS: Terraform would set AWS's default over what the organisation has set."},
		{Field: "Account.Organisation.GuardDuty", Change: "the organisation does it", Make: func(s *config.Settings) {
			s.Account.GuardDuty = config.GuardDuty{}
			s.Account.Organisation.GuardDuty = "the organisation's landing zone"
		}, Outcome: InPlace, Runbook: "CI roles change",
			Note: "The detector is taken out of the state, and stays as it is in AWS for the organisation's administrator to take over; the rule that mails its findings goes."},
		{Field: "Account.Organisation.SecurityHub", Change: "the organisation does it", Make: func(s *config.Settings) {
			s.Account.Organisation.SecurityHub = "the organisation's landing zone"
		}, Outcome: InPlace, Runbook: "CI roles change",
			Note: "Security Hub and its standards are taken out of the state, and stay as they are in AWS for the organisation's administrator to take over; the rule that mails its findings goes."},
		{Field: "Account.Organisation.Config", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.Config = "the organisation's landing zone" }, Outcome: RefusedByPlan, Test: planTest, Runbook: "Approve a destruction",
			Note: "Its bucket would go. Once that is approved the recorder ends, so that the organisation can make its own; the service-linked role stays, and so does the bucket, whose policy lets nobody delete its history, the bucket or the policy."},
		{Field: "Account.Organisation.Budgets", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.Budgets = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "The budgets go; nobody here is mailed what a month costs."},
		{Field: "Account.Organisation.CostAnomalies", Change: "the organisation does it", Make: func(s *config.Settings) { s.Account.Organisation.CostAnomalies = "the organisation's landing zone" }, Outcome: InPlace, Runbook: "CI roles change",
			Note: "The monitor goes and forgets what it has learnt of usual costs; of its kind an account has one, so another may be made."},

		{Field: "Environments", Change: "one more", Make: addSandbox, Outcome: InPlace, Runbook: "Add an environment", Note: "Its own stack has a plan once shared is deployed. The others do not change."},
		{Field: "Environments", Change: "prod taken out", Make: func(s *config.Settings) { s.Environments = s.Environments[:2] }, Outcome: RefusedByPlan, Test: planTest, Runbook: "Remove an environment",
			Note: "Its stack would lose network and keys."},
		{Field: "Environments", Change: "another order", Make: func(s *config.Settings) {
			s.Environments[0], s.Environments[1] = s.Environments[1], s.Environments[0]
		}, Outcome: Nothing, Note: "The order in which Deploy deploys: `make review` writes its jobs."},
		{Field: "Environments[].Name", Change: "renamed", Make: func(s *config.Settings) {
			env(changed, func(e *config.Environment) { e.Name = "stage" })(s)
			env("prod", func(e *config.Environment) { e.Images.From = "stage" })(s)
		}, Outcome: RefusedByPlan, Test: planTest, Runbook: "Remove an environment",
			Note: "It would be another environment. Add the new one, move the data, remove the old one."},
		{Field: "Environments[].BudgetUSD", Change: "more", Make: staging(func(e *config.Environment) { e.BudgetUSD = 400 }), Outcome: InPlace, Runbook: "CI roles change",
			Note: "The environment's budget mails later. A mail that was sent for this month does not come again."},
		{Field: "Environments[].Subdomain", Change: "another, without a domain", Make: staging(func(e *config.Environment) { e.Subdomain = "next" }), Outcome: Nothing,
			Note: "With a domain (`Domain.Name` too): new certificates are made before CloudFront and the listener take them. The listener does within seconds, CloudFront within minutes: **until then requests are answered with 502**. Users of the old name are not served any more."},
		{Field: "Environments[].Data", Change: "kept → disposable", Make: staging(func(e *config.Environment) { e.Data = config.Disposable }), Outcome: InPlace, Runbook: "Remove an environment",
			Note: "From the next plan on it may be destroyed; not by the plan that makes it so."},
		{Field: "Environments[].Data", Change: "kept → protected", Make: staging(func(e *config.Environment) {
			e.Data, e.Database.MultiAZ, e.Database.BackupDays, e.Logs.RetentionDays, e.Network.NAT = config.Protected, true, 30, 365, config.NATPerZone
		}), Outcome: InPlace, Note: "AWS refuses too what Terraform refuses, and infra-role may not. Settings that it asks for change with it."},
		{Field: "Environments[].Deployment.Branch", Change: "another branch", Make: env(disposable, func(e *config.Environment) { e.Deployment.Branch = "next" }), Outcome: InPlace, Runbook: "CI roles change", Note: "From which branch the backend deploys."},
		{Field: "Environments[].Network.CIDR", Change: "another block", Make: staging(func(e *config.Environment) { e.Network.CIDR = "10.23.0.0/16" }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Other addresses or zones", Note: "Every subnet would be another one."},
		{Field: "Environments[].Network.NAT", Change: "single → one a zone", Make: staging(func(e *config.Environment) { e.Network.NAT = config.NATPerZone }), Outcome: InPlace,
			Note: "Two zones leave by another address from then on: who lets the old one in has to let in the new ones. Connections that are open break once."},
		{Field: "Environments[].Network.NAT", Change: "single → none", Make: staging(func(e *config.Environment) {
			e.Network.NAT, e.Network.InterfaceEndpoints = config.NATNone, []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
		}), Outcome: RefusedByPlan, Test: planTest, Runbook: "Approve a destruction", Note: "The way out and its address are gone; tasks reach AWS by endpoints only."},
		{Field: "Environments[].Network.InterfaceEndpoints", Change: "one more", Make: staging(func(e *config.Environment) { e.Network.InterfaceEndpoints = []string{"logs"} }), Outcome: InPlace, Note: "From a minute after, that service is reached inside the network."},
		{Field: "Environments[].Cluster.SpotWeight", Change: "50 → 0", Make: staging(func(e *config.Environment) { e.Cluster.SpotWeight = 0 }), Outcome: InPlace,
			Note: "A deployment of the revision that runs, with no task less than before, moves them. The time to end of the next revision is shorter."},
		{Field: "Environments[].OffHours.From", Change: "set, with the others", Make: staging(func(e *config.Environment) {
			e.OffHours = config.OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"}
			e.Jobs = nil // those of the fixture run at night
		}), Outcome: InPlace, Runbook: "Switch an environment off and on",
			Note: "Nothing stops before the first evening. From then on the bounds of autoscaling are the schedule's: other `MinTasks` or `MaxTasks` count from the next morning, or `make switch-on`."},
		{Field: "Environments[].OffHours.To", Change: "earlier", Make: env(disposable, func(e *config.Environment) { e.OffHours.To = "06:00" }), Outcome: InPlace, Runbook: "Switch an environment off and on",
			Note: "It counts from the next morning."},
		{Field: "Environments[].OffHours.Weekends", Change: "on at weekends", Make: env(disposable, func(e *config.Environment) { e.OffHours.Weekends = false }), Outcome: InPlace, Runbook: "Switch an environment off and on",
			Note: "It counts from the next weekend."},
		{Field: "Environments[].OffHours.TimeZone", Change: "another", Make: env(disposable, func(e *config.Environment) { e.OffHours.TimeZone = "Europe/Paris" }), Outcome: InPlace, Runbook: "Switch an environment off and on",
			Note: "It counts from the next switch."},
		{Field: "Environments[].OffHours.TimeZone", Change: "never off again", Make: env(disposable, func(e *config.Environment) { e.OffHours = config.OffHours{} }), Outcome: InPlace, Runbook: "Switch an environment off and on",
			Note: "Of an environment that is off Deploy sets the bounds, which brings the services back; start its database before (`make switch-on`)."},
		{Field: "Environments[].Images.From", Change: "prod builds its own", Make: env("prod", func(e *config.Environment) { e.Images.From = "" }), Outcome: InPlace, Runbook: "CI roles change",
			Note: "Its deploy role no longer reads the other environment's images. What runs goes on."},
		{Field: "Environments[].Images.KeepReleases", Change: "more", Make: staging(func(e *config.Environment) { e.Images.KeepReleases = 80 }), Outcome: Replaced, Note: "The rule is replaced, on which nothing depends. Fewer: images that a rollback wanted may be gone within a day."},
		{Field: "Environments[].Images.UntaggedDays", Change: "fewer", Make: staging(func(e *config.Environment) { e.Images.UntaggedDays = 3 }), Outcome: Replaced, Note: "The rule is replaced, on which nothing depends; it is about what no release uses."},
		{Field: "Environments[].Images.Architecture", Change: "ARM64, for prod too", Make: func(s *config.Settings) {
			staging(func(e *config.Environment) { e.Images.Architecture = config.ARM })(s)
			env("prod", func(e *config.Environment) { e.Images.Architecture = config.ARM })(s)
		}, Outcome: NextDeployment, Runbook: "Change the processors",
			Note: "What runs goes on, as does a rollback to what ran. A build for the former processors is refused before it is pushed or registered. An environment whose images are promoted takes the first image that was built since then."},
		{Field: "Environments[].Services", Change: "one more", Make: staging(addMailer), Outcome: InPlace, Runbook: "Add a service", Note: "It has no task until the backend deploys."},
		{Field: "Environments[].Services", Change: "worker taken away", Make: staging(func(e *config.Environment) { e.Services = e.Services[:1] }), Outcome: InPlace,
			Note: "Its tasks end within their time to stop; after them goes what they used. Its log goes too. Shared's part, by an administrator, takes its right to data at once: stop what must not break off before."},
		{Field: "Environments[].Services[].Name", Change: "web renamed", Make: staging(func(e *config.Environment) {
			e.Services[0].Name = "site"
			jobsOf("site")(e)
		}), Outcome: RefusedByPlan, Test: planTest, Runbook: "Rename a service, or give it a route", Note: "Requests would go to a service without a task."},
		{Field: "Environments[].Services[].Name", Change: "worker renamed", Make: worker(func(v *config.Service) { v.Name = "jobs" }), Outcome: InPlace, Runbook: "Rename a service, or give it a route", Note: "The old one's tasks end, the new one has none until the backend deploys: jobs wait. Its log is a new one, the old one goes."},
		{Field: "Environments[].Services[].CPU", Change: "more", Make: web(func(v *config.Service) { v.CPU, v.Memory = 1024, 2048 }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Services[].Memory", Change: "more", Make: web(func(v *config.Service) { v.Memory = 2048 }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Services[].Command", Change: "another", Make: web(func(v *config.Service) { v.Command = []string{"serve"} }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Services[].HealthCheckCommand", Change: "another", Make: worker(func(v *config.Service) { v.HealthCheckCommand = []string{"CMD", "healthy"} }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Services[].Route", Change: "given to worker", Make: worker(func(v *config.Service) {
			v.Route = &config.Route{Port: 9000, HealthCheckPath: "/", Paths: []string{"/jobs/*"}}
		}), Outcome: RefusedByPlan, Test: planTest, Runbook: "Rename a service, or give it a route", Note: "ECS takes a load balancer only with a revision that has its port."},
		{Field: "Environments[].Services[].Route.Port", Change: "another, the former one at once closed", Make: web(func(v *config.Service) { v.Route.Port = 9090 }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Take something away from a service", Note: "The revision that runs listens on the old one."},
		{Field: "Environments[].Services[].Route.Port", Change: "another, with `Former.Port`", Make: web(func(v *config.Service) { v.Route.Port, v.Former.Port = 9090, 8080 }), Outcome: NextDeployment, Runbook: "Take something away from a service",
			Note: "Both ports are open; the backend's deployment moves load balancer and tasks at once. While Deploy moves the rules the former port is shut for seconds: new connections wait, and the load balancer tries again."},
		{Field: "Environments[].Services[].Route.HealthCheckPath", Change: "another", Make: web(func(v *config.Service) { v.Route.HealthCheckPath = "/ready" }), Outcome: InPlace,
			Note: "It counts at once, for the revision that runs too: let the backend answer the new path first, or every task is unhealthy after 45 seconds."},
		{Field: "Environments[].Services[].Route.Paths", Change: "a routed service at the end", Make: staging(addAPI), Outcome: InPlace, Runbook: "Add a service", Note: "Its paths answer 503 until the backend has deployed it."},
		{Field: "Environments[].Services[].Route.CachedPaths", Change: "one more", Make: web(func(v *config.Service) { v.Route.CachedPaths = append(v.Route.CachedPaths, "/media/*") }), Outcome: InPlace,
			Note: "CloudFront answers them without asking the service, as long as its answers say; within some minutes everywhere."},
		{Field: "Environments[].Services[].MinTasks", Change: "one more", Make: web(func(v *config.Service) { v.MinTasks++ }), Outcome: InPlace, Note: "A deployment of the revision that runs, and one task more. Nothing is unavailable."},
		{Field: "Environments[].Services[].MaxTasks", Change: "more", Make: web(func(v *config.Service) { v.MaxTasks = 6 }), Outcome: InPlace, Note: "Autoscaling's bound."},
		{Field: "Environments[].Services[].CPUTarget", Change: "lower", Make: web(func(v *config.Service) { v.CPUTarget = 50 }), Outcome: InPlace, Note: "Autoscaling's aim."},
		{Field: "Environments[].Services[].RequestsPerTarget", Change: "set", Make: web(func(v *config.Service) { v.RequestsPerTarget = 600 }), Outcome: InPlace,
			Note: "A second policy: whichever asks for more tasks wins. 0 again takes it away; tasks go by the CPU alone."},
		{Field: "Environments[].Services[].Database", Change: "no longer, at once", Make: worker(func(v *config.Service) { v.Database = false }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Take something away from a service", Note: "The revision that runs uses it."},
		{Field: "Environments[].Services[].Documents", Change: "no longer, at once", Make: worker(func(v *config.Service) { v.Documents = false }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Take something away from a service", Note: "The revision that runs uses them."},
		{Field: "Environments[].Services[].Secrets", Change: "one less, at once", Make: web(func(v *config.Service) { v.Secrets = nil }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Take something away from a service", Note: "No task of the revision that runs could start."},
		{Field: "Environments[].Services[].Variables", Change: "another value", Make: worker(func(v *config.Service) { v.Variables = config.Variables{"LOG_LEVEL": "debug"} }), Outcome: NextDeployment, Runbook: "Change a variable", Note: deployment},
		{Field: "Environments[].Services[].Former.Secrets", Change: "the secret just taken away", Make: web(func(v *config.Service) { v.Secrets, v.Former.Secrets = nil, []string{"session-key"} }), Outcome: NextDeployment, Runbook: "Take something away from a service", Note: deployment},
		{Field: "Environments[].Services[].Former.Port", Change: "the port just changed", Make: web(func(v *config.Service) { v.Route.Port, v.Former.Port = 9090, 8080 }), Outcome: NextDeployment, Runbook: "Take something away from a service", Note: deployment},
		{Field: "Environments[].Services[].Former.Database", Change: "just taken away", Make: worker(func(v *config.Service) { v.Database, v.Former.Database = false, true }), Outcome: NextDeployment, Runbook: "Take something away from a service", Note: deployment},
		{Field: "Environments[].Services[].Former.Documents", Change: "just taken away", Make: worker(func(v *config.Service) { v.Documents, v.Former.Documents = false, true }), Outcome: NextDeployment, Runbook: "Take something away from a service", Note: deployment},
		{Field: "Environments[].Migration.CPU", Change: "more", Make: staging(func(e *config.Environment) { e.Migration.CPU, e.Migration.Memory = 1024, 2048 }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Migration.Memory", Change: "more", Make: staging(func(e *config.Environment) { e.Migration.Memory = 2048 }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Migration.Command", Change: "another", Make: staging(func(e *config.Environment) { e.Migration.Command = []string{"upgrade"} }), Outcome: NextDeployment, Note: deployment},
		{Field: "Environments[].Migration.Secrets", Change: "none", Make: staging(func(e *config.Environment) { e.Migration.Secrets = nil }), Outcome: NextDeployment, Note: "No migration runs between two deployments that would need it."},
		{Field: "Environments[].Migration.Variables", Change: "one more", Make: staging(func(e *config.Environment) { e.Migration.Variables = config.Variables{"MIGRATION_BATCH": "500"} }), Outcome: NextDeployment, Runbook: "Change a variable", Note: "The next migration has it."},
		{Field: "Environments[].Jobs", Change: "one more", Make: staging(func(e *config.Environment) {
			more := e.Jobs[1]
			more.Name = "weekly"
			e.Jobs = append(e.Jobs, more)
		}), Outcome: InPlace, Runbook: "Add a job", Note: "It runs after the backend's next deployment, which makes its schedule; until its first run has ended well the alarm of a missed one rings."},
		{Field: "Environments[].Jobs[].Name", Change: "renamed", Make: job(func(j *config.Job) { j.Name = "night" }), Outcome: InPlace, Runbook: "Add a job",
			Note: "Its roles and its log are new ones. It runs under the new name after the backend's next deployment; until then its schedule starts nothing, which the alarm says."},
		{Field: "Environments[].Jobs[].Service", Change: "another", Make: job(func(j *config.Job) { j.Service = "worker" }), Outcome: NextDeployment, Note: "The runs that a schedule starts until then have the former service's secrets and variables, if the new one may read them."},
		{Field: "Environments[].Jobs[].CPU", Change: "more", Make: job(func(j *config.Job) { j.CPU, j.Memory = 512, 1024 }), Outcome: NextDeployment, Note: jobDeployment},
		{Field: "Environments[].Jobs[].Memory", Change: "more", Make: job(func(j *config.Job) { j.Memory = 1024 }), Outcome: NextDeployment, Note: jobDeployment},
		{Field: "Environments[].Jobs[].Command", Change: "another", Make: job(func(j *config.Job) { j.Command = []string{"nightly", "--all"} }), Outcome: NextDeployment, Note: jobDeployment},
		{Field: "Environments[].Jobs[].ReadOnly", Change: "set, at once", Make: job(func(j *config.Job) { j.ReadOnly = true }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Let a job only read", Note: "The revision that runs signs in to the database as `backend`."},
		{Field: "Environments[].Jobs[].ReadOnly", Change: "set, with `FormerUser`", Make: job(func(j *config.Job) { j.ReadOnly, j.FormerUser = true, true }), Outcome: InPlace, Runbook: "Let a job only read",
			Note: "The role may be both users at once; runs sign in as `backend` until the backend deploys, as `backend_readonly` after that."},
		{Field: "Environments[].Jobs[].FormerUser", Change: "the user just changed", Make: job(func(j *config.Job) { j.ReadOnly, j.FormerUser = true, true }), Outcome: InPlace, Runbook: "Let a job only read", Note: "As above. Taken out before the backend has deployed, the runs until then cannot sign in."},
		{Field: "Environments[].Jobs[].TimeLimitSeconds", Change: "longer", Make: job(func(j *config.Job) { j.TimeLimitSeconds = 7200 }), Outcome: NextDeployment, Note: jobDeployment},
		{Field: "Environments[].Jobs[].Schedule", Change: "another time", Make: job(func(j *config.Job) { j.Schedule = "cron(0 5 * * ? *)" }), Outcome: InPlace, Note: "What is published changes; the schedule does with the backend's next deployment."},
		{Field: "Environments[].Jobs[].TimeZone", Change: "another", Make: job(func(j *config.Job) { j.TimeZone = "UTC" }), Outcome: InPlace, Note: "What is published changes; the schedule does with the backend's next deployment."},
		{Field: "Environments[].Jobs[].MissedAfterHours", Change: "more", Make: job(func(j *config.Job) { j.MissedAfterHours = 50 }), Outcome: InPlace, Note: "The alarm's bound."},
		{Field: "Environments[].Database.EngineVersion", Change: "16 → 17, in the window", Make: staging(func(e *config.Environment) { e.Database.EngineVersion = "17" }), Outcome: RefusedByPlan, Test: planTest, Runbook: "Another major version of PostgreSQL", Note: "It would end half-way."},
		{Field: "Environments[].Database.EngineVersion", Change: "16 → 17, with `ChangeNow`", Make: staging(func(e *config.Environment) { e.Database.EngineVersion, e.Database.ChangeNow = "17", true }), Outcome: Replaced, Runbook: "Another major version of PostgreSQL",
			Note: "The parameter group is replaced, the new one made first. **The database is unavailable for minutes**; a restored copy shows how many."},
		{Field: "Environments[].Database.EngineVersion", Change: "16 → 15", Make: staging(func(e *config.Environment) { e.Database.EngineVersion = "15" }), Outcome: RefusedByPlan, Test: planTest, Note: "RDS has no way back."},
		{Field: "Environments[].Database.InstanceClass", Change: "larger", Make: staging(func(e *config.Environment) { e.Database.InstanceClass = "db.t4g.large" }), Outcome: InPlace,
			Note: "In the next maintenance window, Sunday 03:00 UTC, or at once with `ChangeNow`: **the database restarts**, some minutes; with Multi-AZ a fail-over, a minute or two."},
		{Field: "Environments[].Database.StorageGiB", Change: "more", Make: staging(func(e *config.Environment) { e.Database.StorageGiB = 80 }), Outcome: InPlace, Note: "In the next maintenance window, or at once with `ChangeNow`; nothing is unavailable. It cannot be changed again for six hours, or until RDS has optimised the storage. In a hurry: more `MaxStorageGiB`. Less than there is does nothing: RDS cannot shrink."},
		{Field: "Environments[].Database.MaxStorageGiB", Change: "more", Make: staging(func(e *config.Environment) { e.Database.MaxStorageGiB = 200 }), Outcome: InPlace, Note: "Where growing by itself ends."},
		{Field: "Environments[].Database.MultiAZ", Change: "on", Make: staging(func(e *config.Environment) { e.Database.MultiAZ = true }), Outcome: InPlace, Note: "In the next maintenance window, or at once with `ChangeNow`: a second instance is made; writing is slower for some time, nothing stops."},
		{Field: "Environments[].Database.FinalSnapshot", Change: "off", Make: staging(func(e *config.Environment) { e.Database.FinalSnapshot = false }), Outcome: RefusedBySynth, Test: "stacks TestMutants", Note: "Where data is kept, a last snapshot is (PW-DAT-01)."},
		{Field: "Environments[].Database.BackupDays", Change: "more", Make: staging(func(e *config.Environment) { e.Database.BackupDays = 21 }), Outcome: InPlace, Note: "Fewer: older points in time are gone at once."},
		{Field: "Environments[].Database.ChangeNow", Change: "set", Make: staging(func(e *config.Environment) { e.Database.ChangeNow = true }), Outcome: InPlace, Note: "**What waits for the maintenance window happens with this apply.**"},
		{Field: "Environments[].Documents.NoncurrentVersionDays", Change: "more", Make: staging(func(e *config.Environment) { e.Documents.NoncurrentVersionDays = 60 }), Outcome: InPlace, Note: "Fewer: older versions are gone within some days."},
		{Field: "Environments[].Documents.InfrequentAccessDays", Change: "fewer", Make: staging(func(e *config.Environment) { e.Documents.InfrequentAccessDays = 60 }), Outcome: InPlace, Note: "Where documents are kept, not whether."},
		{Field: "Environments[].Copies.Region", Change: "set, for prod", Make: env("prod", func(e *config.Environment) {
			e.Copies = config.Copies{Region: "eu-north-1", BackupDays: 14, NoncurrentVersionDays: 90}
		}), Outcome: InPlace, Runbook: "Keep copies in another region", Note: "An administrator's, as all of `Copies`. Nothing is unavailable. What is there already is not copied, but the backups. Taken away, or another one: refused before Terraform begins, until `Ended` has ended them."},
		{Field: "Environments[].Copies.Ended", Change: "kept, then destroyed", Outcome: Elsewhere, Runbook: "End the copies, or move them", Note: "An administrator's. `kept`: nothing more is copied, and nothing is lost. `destroyed`: **all copies are lost**; the plan is refused until that is approved."},
		{Field: "Environments[].Copies.BackupDays", Change: "more", Outcome: Elsewhere, Runbook: "Keep copies in another region", Note: "RDS has no call for it: copying would end and begin again, which a plan is refused for until it is approved. What was copied is kept for its former retention."},
		{Field: "Environments[].Copies.NoncurrentVersionDays", Change: "more", Outcome: Elsewhere, Runbook: "Keep copies in another region", Note: "In place. Fewer: older versions of copies are gone within some days."},
		{Field: "Environments[].Copies.TimeControl", Change: "off", Outcome: Elsewhere, Runbook: "Keep copies in another region", Note: "In place. Documents are copied as before, but AWS promises no time."},
		{Field: "Environments[].Secrets", Change: "one more", Make: staging(func(e *config.Environment) { e.Secrets = append(e.Secrets, "stripe-key") }), Outcome: InPlace, Runbook: "Rotate a secret", Note: "It is empty: fill it in before a service receives it, or no task starts."},
		{Field: "Environments[].Secrets", Change: "one that nobody receives any more", Make: func(s *config.Settings) {
			staging(func(e *config.Environment) {
				e.Secrets, e.Migration.Secrets = nil, nil
				for i := range e.Services {
					e.Services[i].Secrets = nil
				}
			})(s)
		}, Outcome: RefusedByPlan, Test: planTest, Runbook: "Take something away from a service", Note: "Its value would be lost, and what runs names it."},
		{Field: "Environments[].Variables", Change: "one more", Make: staging(func(e *config.Environment) { e.Variables = config.Variables{"LOG_LEVEL": "info", "FEATURES": "export"} }), Outcome: NextDeployment, Runbook: "Change a variable", Note: "The definitions of every task are new at once; tasks get it when the backend deploys, or by its redeploy workflow. Nothing is unavailable."},
		{Field: "Environments[].Variables", Change: "one less", Make: staging(func(e *config.Environment) { e.Variables = nil }), Outcome: NextDeployment, Runbook: "Change a variable", Note: "The revision that runs keeps it until the backend deploys."},
		{Field: "Environments[].Logs.RetentionDays", Change: "more", Make: staging(func(e *config.Environment) { e.Logs.RetentionDays = 120 }), Outcome: InPlace, Note: "Fewer: older logs are gone within days."},
		{Field: "Environments[].Logs.BucketDays", Change: "more", Make: staging(func(e *config.Environment) { e.Logs.BucketDays = 365 }), Outcome: InPlace, Note: "Fewer: older logs are gone within some days."},
		{Field: "Environments[].Alarms.LatencySeconds", Change: "lower", Make: staging(func(e *config.Environment) { e.Alarms.LatencySeconds = 1 }), Outcome: InPlace, Note: "The alarm's threshold."},
		{Field: "Environments[].Alarms.ServerErrors", Change: "lower", Make: staging(func(e *config.Environment) { e.Alarms.ServerErrors = 5 }), Outcome: InPlace, Note: "The alarm's threshold, which rolls deployments back."},
		{Field: "Environments[].Alarms.DatabaseConnections", Change: "lower", Make: staging(func(e *config.Environment) { e.Alarms.DatabaseConnections = 200 }), Outcome: InPlace, Note: "The alarm's threshold."},
		{Field: "Environments[].Alarms.Outside", Change: "off", Make: staging(func(e *config.Environment) { e.Alarms.Outside = false }), Outcome: InPlace, Runbook: "Looked at from outside",
			Note: "The check, its alarms and their topic go. On: AWS asks the alarm address to confirm once more, for the topic in us-east-1."},
		{Field: "Environments[].Slack.Alarms", Change: "set, with the workspace", Make: func(s *config.Settings) {
			s.User.SlackWorkspace = "T07PAPERWURKS"
			staging(func(e *config.Environment) { e.Slack.Alarms = "C07STAGINGALARMS" })(s)
		}, Outcome: InPlace, Runbook: "Send alarms to Slack", Note: "The channel gets the alarms from then on. The role of all channels, in shared, is an administrator's to make first. Another channel is changed in place."},
		{Field: "Environments[].Slack.Pages", Change: "set, with the workspace", Make: func(s *config.Settings) {
			s.User.SlackWorkspace = "T07PAPERWURKS"
			env("prod", func(e *config.Environment) { e.Slack.Pages = "C07PRODPAGES" })(s)
		}, Outcome: InPlace, Runbook: "Send alarms to Slack", Note: "As above. Without `OnCall` the topics of pages are made for it."},
		{Field: "Environments[].Alarms.NoOutside", Change: "a reason, where data is protected", Make: env("prod", func(e *config.Environment) { e.Alarms.NoOutside = "a monitoring service of the company's asks it" }), Outcome: InPlace, Runbook: "Looked at from outside",
			Note: "As above."},
		{Field: "Environments[].RequestsPerIP", Change: "fewer", Make: staging(func(e *config.Environment) { e.RequestsPerIP = 1000 }), Outcome: InPlace, Note: "Whoever sends more is blocked from a minute after."},

		{Field: "Approved", Change: "an entry", Make: approve(func(*config.Approval) {}), Outcome: Nothing, Runbook: "Approve a destruction", Note: "What a plan may destroy, by the commit that says so."},
		{Field: "Approved[].Stack", Change: "another", Make: approve(func(a *config.Approval) { a.Stack = "prod" }), Outcome: Nothing, Runbook: "Approve a destruction", Note: "As above."},
		{Field: "Approved[].Address", Change: "another", Make: approve(func(a *config.Approval) { a.Address = "aws_eip.other" }), Outcome: Nothing, Runbook: "Approve a destruction", Note: "As above."},
		{Field: "Approved[].Environment", Change: "one that is there", Make: approve(func(a *config.Approval) { a.Address, a.Environment = "", "prod" }), Outcome: RefusedBySynth, Test: synthTest, Runbook: "Remove an environment", Note: "Only one that is no longer in the list."},
		{Field: "Approved[].Reason", Change: "too short", Make: approve(func(a *config.Approval) { a.Reason = "so" }), Outcome: RefusedBySynth, Test: synthTest, Note: "Who reads it in a year wants to know."},
		{Field: "Approved[].Until", Change: "another day", Make: approve(func(a *config.Approval) { a.Until = "2027-01-01" }), Outcome: Nothing, Runbook: "Approve a destruction", Note: "After that day it counts no more."},
	}
}

func approve(change func(a *config.Approval)) func(*config.Settings) {
	return func(s *config.Settings) {
		a := config.Approval{Stack: "shared", Address: "aws_nat_gateway.setup_staging_network_nat-gateway-b", Reason: "staging leaves by one zone only", Until: "2026-12-31"}
		change(&a)
		s.Approved = []config.Approval{a}
	}
}

func setDomain(s *config.Settings) {
	s.User.Domain = config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
}

func addSandbox(s *config.Settings) {
	e := s.Environments[0]
	e.Name, e.Subdomain, e.Network.CIDR = "sandbox", "sandbox", "10.23.0.0/16"
	e.Deployment = config.Deployment{Branch: "develop"}
	s.Environments = append(s.Environments, e)
}

func addMailer(e *config.Environment) {
	added := e.Services[1]
	added.Name = "mailer"
	e.Services = append(e.Services, added)
}

func addAPI(e *config.Environment) {
	added := e.Services[0]
	added.Name, added.Route = "api", &config.Route{Port: 8080, HealthCheckPath: "/healthz", Paths: []string{"/api/*"}}
	e.Services = append(e.Services, added)
}
