package config

// Platform is this platform's settings. After a change: `make review`. What else
// a new environment or service needs is in docs/operations.md.
func Platform() Settings {
	return Settings{
		Project:           "paperwurks",
		Region:            "eu-central-1",
		AvailabilityZones: []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"},
		AddressPlan:       "10.20.0.0/14",

		User: ThisUser(),
		GitHub: GitHub{
			Owner:             "paperwurks",
			InfraRepository:   "infra",
			BackendRepository: "backend",
			InfraBranch:       "main",
		},
		State:   State{NoncurrentVersionDays: 90, AccessLogDays: 365},
		Account: Account{Trail: Trail{RetentionDays: 365, ObjectEvents: true}, GuardDuty: GuardDuty{ObjectEvents: true, DatabaseSignIns: true}, Budgets: Budgets{AnomalyUSD: 50}},

		People: People{
			ReadOnly:   Assumers{PermissionSets: []string{"PaperwurksReadOnly"}},
			OnCall:     Assumers{PermissionSets: []string{"PaperwurksOnCall"}},
			BreakGlass: Assumers{PermissionSets: []string{"PaperwurksBreakGlass"}},
		},

		Environments: []Environment{
			{
				Name:       "dev",
				Subdomain:  "dev",
				Data:       Disposable,
				Deployment: Deployment{Branch: "develop"},
				OffHours:   OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"},
				Network:    Network{CIDR: "10.20.0.0/16", NAT: NATSingle},
				Cluster:    Cluster{SpotWeight: 100},
				Images:     Images{KeepReleases: 30, UntaggedDays: 7, Architecture: ARM},
				Services: []Service{
					web(Service{CPU: 256, Memory: 512, MinTasks: 1, MaxTasks: 2}),
					worker(Service{CPU: 256, Memory: 512, MinTasks: 1, MaxTasks: 2}),
				},
				Migration: migration(),
				Jobs: []Job{
					{Name: "nightly", Service: "worker", CPU: 256, Memory: 512, Command: []string{"nightly"},
						// While the environment is on; from Friday to Monday is the longest time between two, an hour more at the end of summer time.
						Schedule: "cron(0 18 ? * MON-FRI *)", TimeZone: "Europe/Berlin", TimeLimitSeconds: 3600, MissedAfterHours: 76},
					{Name: "reindex", Service: "worker", CPU: 256, Memory: 512, Command: []string{"reindex"}, TimeLimitSeconds: 1800},
				},
				Database: Database{
					EngineVersion: "17",
					InstanceClass: "db.t4g.medium",
					StorageGiB:    20,
					MaxStorageGiB: 50,
					BackupDays:    7,
				},
				Documents:     Documents{NoncurrentVersionDays: 7, InfrequentAccessDays: 90},
				Secrets:       applicationSecrets(),
				Variables:     Variables{"LOG_LEVEL": "debug"},
				Logs:          Logs{RetentionDays: 30, BucketDays: 90},
				Alarms:        Alarms{LatencySeconds: 3, ServerErrors: 20, DatabaseConnections: 300, Outside: true},
				RequestsPerIP: 2000,
			},
			{
				Name:       "staging",
				Subdomain:  "staging",
				Data:       Kept,
				Deployment: Deployment{Branch: "main"},
				Network:    Network{CIDR: "10.21.0.0/16", NAT: NATSingle},
				Cluster:    Cluster{SpotWeight: 50},
				Images:     Images{KeepReleases: 50, UntaggedDays: 7, Architecture: X86},
				Services: []Service{
					web(Service{CPU: 512, Memory: 1024, MinTasks: 2, MaxTasks: 4}),
					worker(Service{CPU: 512, Memory: 1024, MinTasks: 1, MaxTasks: 4}),
				},
				Migration: migration(),
				Database: Database{
					EngineVersion: "17",
					InstanceClass: "db.t4g.medium",
					StorageGiB:    50,
					MaxStorageGiB: 100,
					FinalSnapshot: true,
					BackupDays:    14,
				},
				Documents:     Documents{NoncurrentVersionDays: 30, InfrequentAccessDays: 90},
				Secrets:       applicationSecrets(),
				Variables:     Variables{"LOG_LEVEL": "info"},
				Logs:          Logs{RetentionDays: 90, BucketDays: 180},
				Alarms:        Alarms{LatencySeconds: 2, ServerErrors: 10, DatabaseConnections: 300},
				RequestsPerIP: 2000,
			},
			{
				Name:       "prod",
				Subdomain:  "app",
				Data:       Protected,
				Deployment: Deployment{Branch: "main"},
				Network:    Network{CIDR: "10.22.0.0/16", NAT: NATPerZone},
				Cluster:    Cluster{SpotWeight: 0},
				Images:     Images{From: "staging", KeepReleases: 100, UntaggedDays: 14, Architecture: X86},
				Services: []Service{
					web(Service{CPU: 1024, Memory: 2048, MinTasks: 3, MaxTasks: 12}),
					worker(Service{CPU: 1024, Memory: 2048, MinTasks: 2, MaxTasks: 8}),
				},
				Migration: migration(),
				Database: Database{
					EngineVersion: "17",
					InstanceClass: "db.m7g.large",
					StorageGiB:    100,
					MaxStorageGiB: 500,
					MultiAZ:       true,
					FinalSnapshot: true,
					BackupDays:    35,
				},
				Documents:     Documents{NoncurrentVersionDays: 365, InfrequentAccessDays: 90},
				Secrets:       applicationSecrets(),
				Variables:     Variables{"LOG_LEVEL": "info"},
				Logs:          Logs{RetentionDays: 365, BucketDays: 365},
				Alarms:        Alarms{LatencySeconds: 1.5, ServerErrors: 5, DatabaseConnections: 600},
				RequestsPerIP: 2000,
			},
		},
	}
}

// web is the service that answers users; the environment gives its size.
func web(size Service) Service {
	size.Name = "web"
	size.Command = []string{"web"}
	size.Route = &Route{Port: 8080, HealthCheckPath: "/healthz", CachedPaths: []string{"/static/*"}}
	size.CPUTarget = 60
	size.Database = true
	size.Documents = true
	size.Secrets = applicationSecrets()
	return size
}

// worker takes jobs in the background; the environment gives its size.
func worker(size Service) Service {
	size.Name = "worker"
	size.Command = []string{"worker"}
	size.HealthCheckCommand = heartbeat()
	size.CPUTarget = 70
	size.Database = true
	size.Documents = true
	size.Secrets = applicationSecrets()
	return size
}

// heartbeat is the health check of a service without a route: the file
// /tmp/heartbeat was touched less than 60 seconds ago. Touch it every 30.
func heartbeat() []string {
	return []string{"CMD-SHELL", "test $(( $(date +%s) - $(stat -c %Y /tmp/heartbeat) )) -lt 60"}
}

func migration() Migration {
	return Migration{CPU: 512, Memory: 1024, Command: []string{"migrate"}, Secrets: applicationSecrets()}
}

func applicationSecrets() []string { return []string{"session-key"} }
