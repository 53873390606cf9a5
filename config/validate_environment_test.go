package config

import (
	"math"
	"strings"
)

const (
	wantKebab = "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"
	wantTaken = "another name is required: the platform itself has this one"
)

var nameRows = []row{
	is("environments[0].name", "", wantKebab),
	refuses(func(s *Settings) { s.Environments[0].Name = "Dev" },
		`environments["Dev"].name: "Dev": `+wantKebab),
	refuses(func(s *Settings) { s.Environments[0].Name = "dev_1" },
		`environments["dev_1"].name: "dev_1": `+wantKebab),
	refuses(func(s *Settings) { s.Environments[0].Name = "dev-" },
		`environments["dev-"].name: "dev-": `+wantKebab),
	refuses(func(s *Settings) { s.Environments[0].Name = "../prod" },
		`environments["../prod"].name: "../prod": `+wantKebab),
	refuses(func(s *Settings) { s.Environments[0].Name = "shared" },
		`environments["shared"].name: "shared": `+wantTaken),
	refuses(func(s *Settings) { s.Environments[0].Name = "state" },
		`environments["state"].name: "state": `+wantTaken),
	refuses(func(s *Settings) {
		s.Project = "pw"
		s.Environments[0].Name = "terraform-state"
	},
		`environments["terraform-state"].name: "terraform-state": `+wantTaken),
	refuses(func(s *Settings) { s.Environments[0].Name = "account-trail" },
		`environments["account-trail"].name: "account-trail": `+wantTaken),
	refuses(func(s *Settings) {
		s.Project = "pw"
		s.Environments[0].Name = "deploy-role-dev"
	},
		`environments["deploy-role-dev"].name: "deploy-role-dev": `+wantTaken),
	refuses(func(s *Settings) { s.Environments[0].Name = "terraform" },
		`environments["terraform"].name: "terraform": `+wantTaken),
	refuses(func(s *Settings) { s.Environments[0].Name = "for-tests" },
		`environments["for-tests"].name: "for-tests": a name whose first word is not "for" is allowed: that marks outputs of the shared stack`),
	is("environments[1].name", "dev", "each name is allowed once"),
	refuses(func(s *Settings) { s.Environments[1].Name = "dev-eu" },
		`environments["dev-eu"].name: "dev-eu": a name that does not continue another after a hyphen, nor is continued, is allowed: names of "dev" and of this environment would mix`),
	refuses(func(s *Settings) {
		s.Environments[0].Name = "test-a"
		s.Environments[1].Name = "test"
	},
		`environments["test"].name: "test": a name that does not continue another after a hyphen, nor is continued, is allowed: names of "test-a" and of this environment would mix`),
	refuses(func(s *Settings) { s.Environments[0].Name = "developers-playground" },
		`environments["developers-playground"].name: "developers-playground": a shorter name is required: the target group would be "paperwurks-developers-playground-web", of 36 characters, and AWS takes 32`),
	refuses(func(s *Settings) { s.Environments[0].Name = "developers-playgrounds" },
		`environments["developers-playgrounds"].name: "developers-playgrounds": a shorter name is required: the load balancer would be "paperwurks-developers-playgrounds", of 33 characters, and AWS takes 32`),
	refuses(func(s *Settings) {
		environment(s, "staging").Jobs = nil
		service(s, "staging", "web").Name = "public-web-application"
	},
		`environments["staging"].services["public-web-application"].name: "public-web-application": a shorter name is required: the target group would be "paperwurks-staging-public-web-application", of 41 characters, and AWS takes 32`),
	refuses(func(s *Settings) {
		environment(s, "staging").Jobs = nil
		service(s, "staging", "worker").Name = "converter-of-scanned-documents-into-text"
	},
		`environments["staging"].services["converter-of-scanned-documents-into-text"].name: "converter-of-scanned-documents-into-text": a shorter name is required: the IAM role would be "paperwurks-staging-converter-of-scanned-documents-into-text-execution", of 69 characters, and AWS takes 64`),
	refuses(func(s *Settings) {
		s.User.AccountID = "44445555666"
		s.Environments[0].Name = "developers-playground"
	},
		`user.accountID: "44445555666": twelve digits without hyphens are allowed`,
		`environments["developers-playground"].name: "developers-playground": a shorter name is required: the target group would be "paperwurks-developers-playground-web", of 36 characters, and AWS takes 32`),
	// deploy-role-x-web-task: a task role of one, the deploy role of the other.
	refuses(func(s *Settings) {
		s.Project = "deploy"
		s.Environments[0].Name = "role-x"
		s.Environments[1].Name = "x-web-task"
	},
		`environments["x-web-task"].name: "x-web-task": another name is required: the IAM role "deploy-role-x-web-task" is already that of environments["role-x"].name`),
	// The bootstrap role of one, the deploy role of the other.
	refuses(func(s *Settings) {
		s.Project = "deploy"
		s.Environments[0].Name = "role"
		s.Environments[1].Name = "bootstrap"
	},
		`environments["bootstrap"].name: "bootstrap": another name is required: the IAM role "deploy-role-bootstrap" is already that of environments["role"].name`),
}

var environmentRows = []row{
	is(`environments["dev"].subdomain`, "Dev", `a name before the domain is allowed, in lower case, such as "dev", or none for the domain itself`),
	is(`environments["dev"].subdomain`, "dev.", `a name before the domain is allowed, in lower case, such as "dev", or none for the domain itself`),
	is(`environments["dev"].subdomain`, "*", `a name before the domain is allowed, in lower case, such as "dev", or none for the domain itself`),
	is(`environments["dev"].subdomain`, "dev.paperwurks.example", `a name without user.domain.name is allowed: "paperwurks.example" is put after it`),
	is(`environments["prod"].subdomain`, "paperwurks.example", `a name without user.domain.name is allowed: "paperwurks.example" is put after it`),
	is(`environments["prod"].subdomain`, "dev", `another subdomain than that of environment "dev" is required`),
	refuses(func(s *Settings) {
		environment(s, "dev").Subdomain = ""
		environment(s, "prod").Subdomain = ""
	},
		`environments["prod"].subdomain: "": another subdomain than that of environment "dev" is required`),
	refuses(func(s *Settings) {
		s.User.Domain.Name = "Paperwurks.example"
		environment(s, "prod").Subdomain = "dev"
	},
		`user.domain.name: "Paperwurks.example": `+wantDomain,
		`environments["prod"].subdomain: "dev": another subdomain than that of environment "dev" is required`),
	is(`environments["dev"].subdomain`, "the-development-environment-of-the-backend-team", `at most 64 characters are allowed in the host name, for its certificate; "the-development-environment-of-the-backend-team.paperwurks.example" has 66`),

	is(`environments["prod"].deployment.branch`, "", wantBranch),
	is(`environments["prod"].deployment.branch`, "release/*", wantBranch),
	is(`environments["prod"].deployment.branch`, "refs/heads/main", "a branch without refs/heads/ is allowed"),

	is(`environments["dev"].cluster.spotWeight`, -1, "0 to 100 percent are allowed"),
	is(`environments["dev"].cluster.spotWeight`, 101, "0 to 100 percent are allowed"),
	is(`environments["prod"].cluster.spotWeight`, 100, `0 to 99 percent are allowed where data is "protected": AWS may take back every Spot task at once`),

	is(`environments["dev"].images.keepReleases`, 0, "10 to 1000 images are allowed"),
	is(`environments["dev"].images.keepReleases`, 1001, "10 to 1000 images are allowed"),
	is(`environments["staging"].images.from`, "prod", `an earlier environment is allowed, whose images are promoted: "dev" or ""`),
	is(`environments["prod"].images.from`, "prod", `an earlier environment is allowed, whose images are promoted: "dev", "staging" or ""`),
	is(`environments["prod"].images.from`, "dev", `an environment of the same branch is allowed: commits of "main" never run there`),
	is(`environments["prod"].alarms.noOutside`, "no", "the reason in one line of 20 to 300 characters is allowed, or none"),
	is(`environments["dev"].alarms.noOutside`, "nobody looks at dev from outside", `"" is required where data is not "protected": it is off without outside`),
	refuses(func(s *Settings) {
		environment(s, "prod").Alarms.Outside, environment(s, "prod").Alarms.NoOutside = true, "another monitoring service asks it"
	},
		`environments["prod"].alarms.outside: true: false is required where noOutside says why not`),
	refuses(func(s *Settings) { environment(s, "prod").RequestsPerIP = 19 },
		`environments["prod"].requestsPerIP: 19: 20 or more are required of an environment that is looked at from outside: each of Route 53's checkers sends 10 in five minutes`),
	is(`environments["dev"].images.architecture`, "arm64", `"X86_64" or "ARM64" is allowed, or "" for "X86_64"`),
	refuses(func(s *Settings) {
		*environment(s, "prod") = Fixture().Environments[2]
		environment(s, "prod").Images.Architecture = ARM
	},
		`environments["prod"].images.architecture: "ARM64": "X86_64" is required, that of environment "staging", whose images run here`),
	refuses(func(s *Settings) {
		*environment(s, "prod") = Fixture().Environments[2]
		environment(s, "staging").Images.Architecture = ARM
	},
		`environments["prod"].images.architecture: "": "ARM64" is required, that of environment "staging", whose images run here`),
	is(`environments["dev"].images.untaggedDays`, 0, "1 to 365 days are allowed"),

	is(`environments["dev"].documents.noncurrentVersionDays`, 0, "1 to 3653 days are allowed"),
	is(`environments["dev"].documents.infrequentAccessDays`, 29, "30 to 3653 days are allowed"),
	is(`environments["dev"].data`, "", `"disposable", "kept" or "protected" is allowed`),
	is(`environments["dev"].data`, "Kept", `"disposable", "kept" or "protected" is allowed`),

	is(`environments["dev"].logs.retentionDays`, 31, "a number of days that CloudWatch Logs has is allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653"),
	is(`environments["dev"].logs.retentionDays`, 0, "a number of days that CloudWatch Logs has is allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653"),
	is(`environments["dev"].logs.bucketDays`, 0, "1 to 3653 days are allowed"),

	is(`environments["dev"].alarms.latencySeconds`, 0, "more than 0 and less than 60 seconds are allowed: CloudFront and the load balancer wait no longer"),
	is(`environments["dev"].alarms.latencySeconds`, 1500, "more than 0 and less than 60 seconds are allowed: CloudFront and the load balancer wait no longer"),
	refuses(func(s *Settings) { environment(s, "dev").Alarms.LatencySeconds = math.NaN() },
		`environments["dev"].alarms.latencySeconds: NaN: more than 0 and less than 60 seconds are allowed: CloudFront and the load balancer wait no longer`),
	refuses(func(s *Settings) { environment(s, "dev").Alarms.LatencySeconds = math.Inf(1) },
		`environments["dev"].alarms.latencySeconds: +Inf: more than 0 and less than 60 seconds are allowed: CloudFront and the load balancer wait no longer`),
	is(`environments["dev"].alarms.serverErrors`, 0, "1 to 10000 answers are allowed"),
	is(`environments["dev"].requestsPerIP`, 9, "10 to 2000000000 requests in five minutes are allowed"),
	is(`environments["dev"].requestsPerIP`, 0, "10 to 2000000000 requests in five minutes are allowed"),
	is(`environments["dev"].budgetUSD`, 1_000_001, "0 to 1000000 US dollars a month are allowed; 0 is the default"),
}

var productionRows = []row{
	refuses(func(s *Settings) { environment(s, "prod").Data = Kept },
		`environments["prod"].data: "kept": "protected" is required in production`),
	refuses(func(s *Settings) {
		s.Environments[2].Name = "Prod"
		s.Environments[2].Database.MultiAZ = false
	},
		`environments["Prod"].name: "Prod": `+wantKebab,
		`environments["Prod"].database.multiAZ: false: true is required in production`),
	refuses(func(s *Settings) {
		s.Environments[2].Name = "prod2"
		s.Environments[2].Database.MultiAZ = false
	},
		`environments["prod2"].database.multiAZ: false: true is required in production`),
	refuses(func(s *Settings) {
		s.Environments[2].Name = "eu-prod"
		s.Environments[2].Database.MultiAZ = false
	},
		`environments["eu-prod"].database.multiAZ: false: true is required in production`),
	// The missing protection hides no other fault.
	refuses(func(s *Settings) {
		environment(s, "prod").Data = Disposable
		environment(s, "prod").Cluster.SpotWeight = 100
	},
		`environments["prod"].data: "disposable": "protected" is required in production`,
		`environments["prod"].cluster.spotWeight: 100: 0 to 99 percent are allowed where data is "protected": AWS may take back every Spot task at once`),
	is(`environments["prod"].database.multiAZ`, false, "true is required in production"),
	is(`environments["prod"].database.finalSnapshot`, false, "true is required in production"),
	is(`environments["prod"].database.backupDays`, 6, "7 days or more are required in production"),
	refuses(func(s *Settings) { environment(s, "prod").Network.NAT = NATSingle },
		`environments["prod"].network.nat: "single": "per-zone" or "none" is required in production: the loss of one zone must not close the way out`),
	refuses(func(s *Settings) { environment(s, "dev").Name = "production" },
		`environments["production"].data: "disposable": "protected" is required in production`,
		`environments["production"].offHours: "20:00 to 07:00 and at weekends, Europe/Berlin": none are allowed where data is "protected": users would find nothing`,
		`environments["production"].cluster.spotWeight: 100: 0 to 99 percent are allowed where data is "protected": AWS may take back every Spot task at once`,
		`environments["production"].services["web"].minTasks: 1: 2 tasks or more are required of a routed service where data is "protected": the loss of one must not stop it`,
		`environments["production"].database.multiAZ: false: true is required in production`,
		`environments["production"].database.finalSnapshot: false: true is required in production`,
		`environments["production"].network.nat: "single": "per-zone" or "none" is required in production: the loss of one zone must not close the way out`),
	refuses(func(s *Settings) {
		without(s, "prod")
		environment(s, "staging").Name = "prod-eu"
	},
		`environments["prod-eu"].data: "kept": "protected" is required in production`,
		`environments["prod-eu"].database.multiAZ: false: true is required in production`,
		`environments["prod-eu"].network.nat: "single": "per-zone" or "none" is required in production: the loss of one zone must not close the way out`),
}

var textRows = []row{
	// The a is Cyrillic.
	refuses(func(s *Settings) { s.Project = "p\u0430perwurks" },
		`project: "p\u0430perwurks": only ASCII is allowed: a look-alike from another script makes another name`),
	refuses(func(s *Settings) { s.User.AlarmEmail = "on-call@paperw\u00fcrks.example" },
		`user.alarmEmail: "on-call@paperw\u00fcrks.example": only ASCII is allowed: a look-alike from another script makes another name`),
	// A zero-width space, as copied from a web page.
	refuses(func(s *Settings) { s.User.AccountID = "444455556666\u200b" },
		`user.accountID: "444455556666\u200b": only ASCII is allowed: a look-alike from another script makes another name`),
	// A non-breaking space and a hyphen that is none.
	refuses(func(s *Settings) { service(s, "dev", "worker").Command = []string{"worker\u00a0--fast"} },
		`environments["dev"].services["worker"].command[0]: "worker\u00a0--fast": only ASCII is allowed: a look-alike from another script makes another name`),
	refuses(func(s *Settings) { environment(s, "prod").Database.InstanceClass = "db.m7g\u2011large" },
		`environments["prod"].database.instanceClass: "db.m7g\u2011large": only ASCII is allowed: a look-alike from another script makes another name`),
	is("gitHub.owner", " paperwurks", "no space is allowed at the start or the end"),
	is("user.gitHubOwnerID", "48151623 ", "no space is allowed at the start or the end"),
	is("region", "eu-central-1 ", "no space is allowed at the start or the end"),
	is("availabilityZones[1]", " eu-central-1b", "no space is allowed at the start or the end"),
	refuses(func(s *Settings) { s.Environments[0].Name = "dev " },
		`environments["dev "].name: "dev ": no space is allowed at the start or the end`),
	is(`environments["dev"].network.nat`, "single ", "no space is allowed at the start or the end"),
	is(`environments["dev"].network.cidr`, "10.20.0.0/16 ", "no space is allowed at the start or the end"),
	refuses(func(s *Settings) { environment(s, "dev").Deployment.Branch = "develop\n" },
		`environments["dev"].deployment.branch: "develop\n": no tab, line break or other control character is allowed`),
	refuses(func(s *Settings) { service(s, "dev", "web").Route.HealthCheckPath = "/healthz\t" },
		`environments["dev"].services["web"].route.healthCheckPath: "/healthz\t": no tab, line break or other control character is allowed`),
	refuses(func(s *Settings) { service(s, "dev", "web").Command = []string{"sh", "-c", "exec web --port ${PORT}"} },
		`environments["dev"].services["web"].command[2]: "exec web --port ${PORT}": neither "${" nor "%{" is allowed: Terraform would expand them; a shell takes $NAME`),
	refuses(func(s *Settings) { environment(s, "dev").Migration.Command = []string{"migrate", "--format=%{name}"} },
		`environments["dev"].migration.command[1]: "--format=%{name}": neither "${" nor "%{" is allowed: Terraform would expand them; a shell takes $NAME`),
	refuses(func(s *Settings) {
		service(s, "dev", "worker").HealthCheckCommand = []string{"CMD", "#{TfToken[TOKEN.0]}"}
	},
		`environments["dev"].services["worker"].healthCheckCommand[1]: "#{TfToken[TOKEN.0]}": "TfToken[" is not allowed: cdktf would expand it`),
	refuses(func(s *Settings) { service(s, "dev", "web").Command = []string{"web", "\xff"} },
		`environments["dev"].services["web"].command[1]: "\xff": only ASCII is allowed: a look-alike from another script makes another name`),
	refuses(func(s *Settings) { s.Environments[0].Subdomain = strings.Repeat("\u0435", 3) },
		`environments["dev"].subdomain: "\u0435\u0435\u0435": only ASCII is allowed: a look-alike from another script makes another name`),
}
