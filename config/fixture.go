package config

// Fixture is a platform as an owner might have filled it in: three environments
// like those of this platform, every optional setting set, no example left.
// Tests start from it, so that they hold whatever Platform says; each call
// returns a value that shares nothing with another's.
func Fixture() Settings {
	task := func(cpu, memory, least, most int) Service {
		return Service{CPU: cpu, Memory: memory, MinTasks: least, MaxTasks: most, Database: true, Documents: true, Secrets: []string{"session-key"}}
	}
	services := func(web, worker Service) []Service {
		web.Name, web.Command, web.CPUTarget = "web", []string{"web"}, 60
		web.Route = &Route{Port: 8080, HealthCheckPath: "/healthz", CachedPaths: []string{"/static/*"}}
		worker.Name, worker.Command, worker.CPUTarget = "worker", []string{"worker"}, 70
		worker.HealthCheckCommand = []string{"CMD-SHELL", "test -f /tmp/heartbeat"}
		worker.Variables = Variables{"LOG_LEVEL": "warning"}
		return []Service{web, worker}
	}
	busy := func(services []Service) []Service {
		services[0].RequestsPerTarget = 1200
		return services
	}
	migration := func() Migration {
		return Migration{CPU: 512, Memory: 1024, Command: []string{"migrate"}, Secrets: []string{"session-key"}}
	}
	jobs := func(service string) []Job {
		return []Job{
			{Name: "nightly", Service: service, CPU: 256, Memory: 512, Command: []string{"nightly"},
				Schedule: "cron(0 3 * * ? *)", TimeZone: "Europe/Berlin", TimeLimitSeconds: 3600, MissedAfterHours: 26},
			{Name: "sync", Service: "web", CPU: 256, Memory: 512, Command: []string{"sync", "--all"}, Schedule: "rate(6 hours)", TimeLimitSeconds: 900, MissedAfterHours: 12},
			{Name: "reindex", Service: service, CPU: 512, Memory: 1024, Command: []string{"reindex"}, TimeLimitSeconds: 1800},
		}
	}
	whileOn := func(jobs []Job) []Job {
		jobs[0].Schedule, jobs[0].MissedAfterHours = "cron(0 12 ? * MON-FRI *)", 74
		jobs[1].Schedule, jobs[1].TimeZone, jobs[1].MissedAfterHours = "cron(0 8-18/2 ? * MON-FRI *)", "Europe/Berlin", 64
		return jobs
	}
	report := Job{Name: "report", Service: "web", CPU: 256, Memory: 512, Command: []string{"report"}, ReadOnly: true, TimeLimitSeconds: 900}
	return Settings{
		Project:           "paperwurks",
		Region:            "eu-central-1",
		AvailabilityZones: []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"},
		AddressPlan:       "10.20.0.0/14",
		User: User{
			AccountID:           "444455556666",
			GitHubOwnerID:       "48151623",
			InfraRepositoryID:   "731204567",
			BackendRepositoryID: "731204890",
			AlarmEmail:          "on-call+aws@paperwurks.example",
			OnCall:              OnCall{Email: "page@paperwurks.example", Webhook: true},
			SlackWorkspace:      "T07PAPERWURKS",
			Domain:              Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"},
		},
		GitHub:  GitHub{Owner: "paperwurks", InfraRepository: "infra", BackendRepository: "backend", InfraBranch: "main"},
		State:   State{NoncurrentVersionDays: 90, AccessLogDays: 365},
		Account: Account{Trail: Trail{RetentionDays: 365, ObjectEvents: true}, GuardDuty: GuardDuty{ObjectEvents: true, DatabaseSignIns: true}, Budgets: Budgets{AccountUSD: 1500, AnomalyUSD: 50}},
		People: People{
			ReadOnly:   Assumers{PermissionSets: []string{"Auditor", "Support.L1"}},
			OnCall:     Assumers{PermissionSets: []string{"OnCall"}, Principals: []string{"user/people/ada"}},
			BreakGlass: Assumers{PermissionSets: []string{"BreakGlass"}, Principals: []string{"user/break-glass", "role/emergency"}},
		},
		Environments: []Environment{
			{
				Name: "dev", Subdomain: "dev", Data: Disposable,
				Deployment:    Deployment{Branch: "develop"},
				OffHours:      OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"},
				Network:       Network{CIDR: "10.20.0.0/16", NAT: NATSingle},
				Cluster:       Cluster{SpotWeight: 100},
				Images:        Images{KeepReleases: 30, UntaggedDays: 7, Architecture: X86},
				Services:      services(task(256, 512, 1, 2), task(256, 512, 1, 2)),
				Migration:     migration(),
				Jobs:          append(whileOn(jobs("web")), report),
				Database:      Database{EngineVersion: "17", InstanceClass: "db.t4g.medium", StorageGiB: 20, MaxStorageGiB: 50, BackupDays: 7},
				Documents:     Documents{NoncurrentVersionDays: 7, InfrequentAccessDays: 90},
				Secrets:       []string{"session-key"},
				Variables:     Variables{"LOG_LEVEL": "debug"},
				Logs:          Logs{RetentionDays: 30, BucketDays: 90},
				Alarms:        Alarms{LatencySeconds: 3, ServerErrors: 20, DatabaseConnections: 300},
				RequestsPerIP: 2000, BudgetUSD: 150,
			},
			{
				Name: "staging", Subdomain: "staging", Data: Kept,
				Deployment: Deployment{Branch: "main"},
				Network:    Network{CIDR: "10.21.0.0/16", NAT: NATSingle},
				Cluster:    Cluster{SpotWeight: 50},
				Images:     Images{KeepReleases: 50, UntaggedDays: 7},
				Services:   services(task(512, 1024, 2, 4), task(512, 1024, 1, 4)),
				Migration:  migration(),
				Jobs:       jobs("worker"),
				Database: Database{EngineVersion: "17", InstanceClass: "db.t4g.medium", StorageGiB: 50, MaxStorageGiB: 100, FinalSnapshot: true,
					BackupDays: 14},
				Documents:     Documents{NoncurrentVersionDays: 30, InfrequentAccessDays: 90},
				Secrets:       []string{"session-key"},
				Variables:     Variables{"LOG_LEVEL": "info"},
				Logs:          Logs{RetentionDays: 90, BucketDays: 180},
				Alarms:        Alarms{LatencySeconds: 2, ServerErrors: 10, DatabaseConnections: 300, Outside: true},
				Slack:         SlackChannels{Alarms: "C07STAGINGALARMS"},
				RequestsPerIP: 2000, BudgetUSD: 250,
			},
			{
				Name: "prod", Subdomain: "app", Data: Protected,
				Deployment: Deployment{Branch: "main"},
				Network:    Network{CIDR: "10.22.0.0/16", NAT: NATPerZone},
				Cluster:    Cluster{SpotWeight: 0},
				Images:     Images{From: "staging", KeepReleases: 100, UntaggedDays: 14},
				Services:   busy(services(task(1024, 2048, 3, 12), task(1024, 2048, 2, 8))),
				Migration:  migration(),
				Database: Database{EngineVersion: "17", InstanceClass: "db.m7g.large", StorageGiB: 100, MaxStorageGiB: 500, MultiAZ: true,
					FinalSnapshot: true, BackupDays: 35},
				Documents:     Documents{NoncurrentVersionDays: 365, InfrequentAccessDays: 90},
				Copies:        Copies{Region: "eu-north-1", BackupDays: 14, NoncurrentVersionDays: 90, TimeControl: true},
				Secrets:       []string{"session-key"},
				Variables:     Variables{"LOG_LEVEL": "info"},
				Logs:          Logs{RetentionDays: 365, BucketDays: 365},
				Alarms:        Alarms{LatencySeconds: 1.5, ServerErrors: 5, DatabaseConnections: 600},
				Slack:         SlackChannels{Alarms: "C07PRODALARMS", Pages: "C07PRODPAGES"},
				RequestsPerIP: 2000, BudgetUSD: 900,
			},
		},
	}
}
