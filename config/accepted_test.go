package config

import (
	"fmt"
	"strings"
	"testing"
)

// accepted change one thing of valid to what is still allowed, mostly the last
// value that is.
var accepted = map[string]func(s *Settings){
	"what was just taken away": func(s *Settings) {
		web := service(s, "dev", "web")
		web.Secrets, web.Database, web.Documents = nil, false, false
		web.Former = Former{Secrets: []string{"session-key"}, Port: 9090, Database: true, Documents: true}
	},
	"a job that is to read only": func(s *Settings) {
		job := &environment(s, "staging").Jobs[0]
		job.ReadOnly, job.FormerUser = true, true
	},
	"a job that is to read only no longer": func(s *Settings) {
		s.Environments[0].Jobs[3].ReadOnly, s.Environments[0].Jobs[3].FormerUser = false, true
	},
	"a job that reads only, whose service just lost the database": func(s *Settings) {
		s.Environments[0].Services[0].Database, s.Environments[0].Services[0].Former.Database = false, true
	},
	"approved":                          approval(func(*Approval) {}),
	"trail of ten years, with insights": func(s *Settings) { s.Account.Trail = Trail{RetentionDays: 3653, Insights: true} },
	"baseline by the organisation": func(s *Settings) {
		s.Account.Trail.ObjectEvents, s.People.BreakGlass = false, Assumers{}
		s.Account.Organisation = Organisation{Trail: "an organisation trail", SecurityHub: "its delegated administrator"}
	},
	"no channel":                             func(s *Settings) { s.Environments[1].Slack, s.Environments[2].Slack = SlackChannels{}, SlackChannels{} },
	"pages alone, in an old private channel": func(s *Settings) { s.Environments[2].Slack = SlackChannels{Pages: "G0123ABC"} },
	"no role for people":                     func(s *Settings) { s.People = People{} },
	"people": func(s *Settings) {
		s.People.OnCall = Assumers{PermissionSets: []string{"a+b=c,d.e@f-g_h", "A"}, Principals: []string{"user/a/b/ada@paperwurks.example", "role/aws", "role/paperwurks-admin"}}
	},
	"variables": func(s *Settings) {
		environment(s, "dev").Variables = Variables{
			"_x": "0", "Logging__Level": `{"default": "Warning"}`, strings.Repeat("A", 128): strings.Repeat("x", 4096), "FEATURES": "upload,export", "TOKEN_TTL_SECONDS": "60",
			"TENANT": "0f8fad5b-d9cb-469f-a165-70867728950e", "CALLBACK": "https://dev.paperwurks.example:8443/oauth?next=%2F", "AUTH_MODE": "oidc", "MONKEY": "see"}
		set(&service(s, "dev", "web").Variables, "FEATURES", "upload")
	},
	"approved removal": approval(func(a *Approval) { a.Address, a.Environment = "", "qa" }),
	"cached is a part of the service's own paths, or one of them": func(s *Settings) {
		routed(s, "admin", "/admin/*", "/files/*").Route.CachedPaths = []string{"/admin/static/*", "/files/*"}
	},
	"longest project": func(s *Settings) { s.Project = strings.Repeat("p", 20) },
	"two zones":       func(s *Settings) { s.AvailabilityZones = s.AvailabilityZones[:2] },
	"six zones": func(s *Settings) {
		s.Region = "us-east-1"
		s.AvailabilityZones = nil
		for _, letter := range "abcdef" {
			s.AvailabilityZones = append(s.AvailabilityZones, "us-east-1"+string(letter))
		}
	},
	"zones with a gap": func(s *Settings) {
		s.Region = "ap-northeast-1"
		s.AvailabilityZones = []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}
	},
	"plan of one environment": func(s *Settings) {
		s.AddressPlan = "192.168.16.0/20"
		s.Environments = s.Environments[:1]
		s.Environments[0].Network.CIDR = "192.168.16.0/20"
	},
	"whole of 10.0.0.0/8": func(s *Settings) { s.AddressPlan = "10.0.0.0/8" },
	"blocks side by side": func(s *Settings) {
		environment(s, "dev").Network.CIDR = "10.23.0.0/20"
		environment(s, "staging").Network.CIDR = "10.23.16.0/20"
	},
	"as many tasks as addresses": func(s *Settings) {
		environment(s, "dev").Network.CIDR = "10.23.0.0/20"
		environment(s, "dev").Jobs = environment(s, "dev").Jobs[:2]
		service(s, "dev", "worker").MaxTasks = 361
	},
	"no domain":               func(s *Settings) { s.User.Domain = Domain{} },
	"domain itself":           func(s *Settings) { environment(s, "prod").Subdomain = "" },
	"two labels":              func(s *Settings) { environment(s, "dev").Subdomain = "app.dev" },
	"longest host name":       func(s *Settings) { environment(s, "dev").Subdomain = strings.Repeat("d", 45) },
	"punycode domain":         func(s *Settings) { s.User.Domain.Name = "xn--bcher-kva.example" },
	"plainest e-mail":         func(s *Settings) { s.User.AlarmEmail = "a@b.io" },
	"branch with slashes":     func(s *Settings) { s.GitHub.InfraBranch = "release/2026.11_rc-1" },
	"repository with a dot":   func(s *Settings) { s.GitHub.BackendRepository = ".github" },
	"one branch for all":      func(s *Settings) { environment(s, "dev").Deployment.Branch = "main" },
	"name with hyphens":       func(s *Settings) { environment(s, "dev").Name = "dev-eu-1" },
	"name that starts alike":  func(s *Settings) { environment(s, "staging").Name = "dev2" },
	"preproduction":           func(s *Settings) { environment(s, "staging").Name = "preprod" },
	"products":                func(s *Settings) { environment(s, "staging").Name = "products" },
	"before production":       func(s *Settings) { environment(s, "staging").Name = "pre-prod" },
	"not production":          func(s *Settings) { environment(s, "staging").Name = "non-prod2" },
	"longest owner":           func(s *Settings) { s.GitHub.Owner = strings.Repeat("p-", 19) + "w" },
	"longest local part":      func(s *Settings) { s.User.AlarmEmail = strings.Repeat("a", 64) + "@b.io" },
	"subdomain like another":  func(s *Settings) { environment(s, "dev").Subdomain = "notpaperwurks.example" },
	"longest environment":     func(s *Settings) { environment(s, "dev").Name = strings.Repeat("d", 17) },
	"longest routed service":  func(s *Settings) { service(s, "prod", "web").Name = strings.Repeat("w", 16) },
	"longest service":         func(s *Settings) { service(s, "prod", "worker").Name = strings.Repeat("w", 38) },
	"service like the others": func(s *Settings) { service(s, "dev", "worker").Name = "web-worker" },
	"service named as an environment": func(s *Settings) {
		service(s, "dev", "worker").Name = "staging"
	},
	"all on Spot":        func(s *Settings) { environment(s, "staging").Cluster.SpotWeight = 100 },
	"nearly all on Spot": func(s *Settings) { environment(s, "prod").Cluster.SpotWeight = 99 },
	"smallest task": func(s *Settings) {
		environment(s, "dev").Migration.CPU, environment(s, "dev").Migration.Memory = 256, 512
	},
	"largest task":         func(s *Settings) { service(s, "prod", "web").CPU, service(s, "prod", "web").Memory = 32768, 249856 },
	"8 CPU in the middle":  func(s *Settings) { service(s, "prod", "web").CPU, service(s, "prod", "web").Memory = 8192, 20480 },
	"lowest port":          func(s *Settings) { service(s, "dev", "web").Route.Port = 1024 },
	"highest port":         func(s *Settings) { service(s, "dev", "web").Route.Port = 65535 },
	"health check at root": func(s *Settings) { service(s, "dev", "web").Route.HealthCheckPath = "/" },
	"health check of both": func(s *Settings) {
		service(s, "dev", "web").HealthCheckCommand = []string{"CMD", "curl", "-f", "http://127.0.0.1:8080/healthz"}
	},
	"paths":             func(s *Settings) { routed(s, "admin", "/admin", "/admin/*", "/v?/admin/*", "/~x", "/a@b:c+d&e") },
	"two more routes":   func(s *Settings) { routed(s, "admin", "/admin/*"); routed(s, "api", "/api/*") },
	"steady size":       func(s *Settings) { service(s, "dev", "web").MinTasks = 2 },
	"two tasks in prod": func(s *Settings) { service(s, "prod", "web").MinTasks = 2 },
	"longest e-mail":    func(s *Settings) { s.User.AlarmEmail = "a@" + strings.Repeat("b.", 125) + "io" },
	"one task in prod":  func(s *Settings) { service(s, "prod", "worker").MinTasks = 1 },
	"no secrets at all": func(s *Settings) { noSecrets(environment(s, "dev")) },
	"secret for nobody": func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "stripe-key") },
	"old database":      func(s *Settings) { environment(s, "prod").Database.EngineVersion = "15" },
	"large database":    func(s *Settings) { environment(s, "prod").Database.InstanceClass = "db.x2iedn.32xlarge" },
	"picky class": func(s *Settings) {
		d := &environment(s, "prod").Database
		d.InstanceClass, d.EngineVersion = "db.x2idn.16xlarge", "15"
	},
	"smallest database": func(s *Settings) {
		e := environment(s, "dev")
		e.Database.InstanceClass, e.Alarms.DatabaseConnections = "db.t4g.micro", 111
	},
	"most connections": func(s *Settings) {
		e := environment(s, "prod")
		e.Database.InstanceClass, e.Alarms.DatabaseConnections = "db.r8g.48xlarge", 4999
	},
	"a tenth of storage": func(s *Settings) { d := &environment(s, "dev").Database; d.StorageGiB, d.MaxStorageGiB = 21, 24 },
	"most services":      func(s *Settings) { workers(s, 5) },
	"most storage":       func(s *Settings) { d := &environment(s, "dev").Database; d.StorageGiB, d.MaxStorageGiB = 59578, 65536 },
	"most secrets": func(s *Settings) {
		e := environment(s, "dev")
		for i := range 49 {
			e.Secrets = append(e.Secrets, fmt.Sprintf("key-%d", i))
		}
		e.Services[0].Secrets = e.Secrets
	},
	"narrower path first": func(s *Settings) { routed(s, "users", "/admin/users/*", "/x?"); routed(s, "admin", "/admin/*", "/x*") },
	"path of the root":    func(s *Settings) { routed(s, "home", "/", "/v?") },
	"no way out": func(s *Settings) {
		environment(s, "prod").Network.NAT = NATNone
		environment(s, "prod").Network.InterfaceEndpoints = []string{"secretsmanager", "logs", "ecr.dkr", "ecr.api"}
	},
	"every endpoint": func(s *Settings) {
		environment(s, "dev").Network.NAT = NATNone
		environment(s, "dev").Network.InterfaceEndpoints = interfaceServices
	},
	"week of backups in production": func(s *Settings) { environment(s, "prod").Database.BackupDays = 7 },
	"smallest latency":              func(s *Settings) { environment(s, "dev").Alarms.LatencySeconds = 0.001 },
	"largest latency":               func(s *Settings) { environment(s, "dev").Alarms.LatencySeconds = 59.9 },
	"one environment":               func(s *Settings) { s.Environments = s.Environments[2:] },
	"shell with variables": func(s *Settings) {
		service(s, "dev", "web").Command = []string{"sh", "-c", "exec web --port $PORT --tmp $(mktemp -d) 100%"}
	},
}

func noSecrets(e *Environment) {
	e.Secrets, e.Migration.Secrets = nil, nil
	for i := range e.Services {
		e.Services[i].Secrets = nil
	}
}

func TestAcceptedSettings(t *testing.T) {
	for name, change := range accepted {
		t.Run(name, func(t *testing.T) {
			s := valid()
			change(&s)
			if err := s.Validate(); err != nil {
				t.Fatalf("refused:\n%v", err)
			}
			checkSound(t, s)
		})
	}
}

// TestEveryValueOfTheTables walks what AWS offers: all of it is allowed.
func TestEveryValueOfTheTables(t *testing.T) {
	check := func(what string, change func(s *Settings)) {
		s := valid()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s is refused:\n%v", what, err)
		}
	}
	for region, letters := range zonesOf {
		check(region, func(s *Settings) {
			s.Region = region
			s.AvailabilityZones = zoneNames(region, letters)
			environment(s, "prod").Copies.Region = copiesRegions(region)[0]
		})
	}
	for _, region := range copiesRegions(valid().Region) {
		check("copies in "+region, func(s *Settings) { environment(s, "prod").Copies.Region = region })
	}
	for cpu, memories := range fargateMemory {
		for _, memory := range memories {
			check(fmt.Sprintf("%d CPU units with %d MiB", cpu, memory), func(s *Settings) {
				service(s, "dev", "web").CPU, service(s, "dev", "web").Memory = cpu, memory
			})
		}
	}
	for family, sizes := range instanceFamilies {
		majors := postgresMajors
		if only, limited := familyMajors[family]; limited {
			majors = only
		}
		for _, size := range sizes {
			for _, major := range majors {
				check("db."+family+"."+size.Name+" with PostgreSQL "+major, func(s *Settings) {
					e := environment(s, "dev")
					d := &e.Database
					d.InstanceClass, d.EngineVersion, e.Alarms.DatabaseConnections = "db."+family+"."+size.Name, major, 100
				})
			}
		}
	}
	for _, days := range logRetentionDays {
		check(fmt.Sprintf("%d days of retention", days), func(s *Settings) { environment(s, "dev").Logs.RetentionDays = days })
	}
}

// TestMemoryOfClasses compares the computed table with rows of AWS's own
// (Amazon RDS user guide, "Hardware specifications for DB instance classes"):
// a row of every family, and every size.
func TestMemoryOfClasses(t *testing.T) {
	want := map[string]int{
		"t3.micro": 1, "t3.small": 2, "t3.medium": 4, "t3.large": 8, "t3.xlarge": 16, "t3.2xlarge": 32, "t4g.medium": 4,
		"m5.large": 8, "m5d.xlarge": 16, "m6g.2xlarge": 32, "m6gd.4xlarge": 64, "m6i.8xlarge": 128, "m6id.12xlarge": 192,
		"m6idn.16xlarge": 256, "m6in.24xlarge": 384, "m6i.32xlarge": 512, "m7g.large": 8, "m7i.xlarge": 16, "m8g.48xlarge": 768,
		"m8gd.large": 8, "r5.large": 16, "r5b.xlarge": 32, "r5d.2xlarge": 64, "r6g.4xlarge": 128, "r6gd.8xlarge": 256,
		"r6i.12xlarge": 384, "r6id.16xlarge": 512, "r6idn.24xlarge": 768, "r6in.32xlarge": 1024, "r7g.large": 16, "r7i.large": 16,
		"r8g.48xlarge": 1536, "r8gd.large": 16, "x2g.large": 32, "x2g.16xlarge": 1024, "x2idn.24xlarge": 1536, "x2iedn.xlarge": 128,
		"x2iedn.32xlarge": 4096,
	}
	seen := map[string]bool{}
	for family, sizes := range instanceFamilies {
		for _, size := range sizes {
			class := family + "." + size.Name
			if gib, known := want[class]; known {
				seen[class], seen[family] = true, true
				if size.GiB != gib {
					t.Errorf("db.%s: %d GiB, want %d", class, size.GiB, gib)
				}
			}
		}
		if !seen[family] {
			t.Errorf("db.%s: no row of AWS's to compare it with", family)
		}
	}
	for class := range want {
		if !seen[class] {
			t.Errorf("db.%s is not in the table", class)
		}
	}
}

// TestMaxConnections: LEAST(DBInstanceClassMemory / 9531392, 5000).
func TestMaxConnections(t *testing.T) {
	for gib, want := range map[int]int{1: 112, 4: 450, 8: 901, 32: 3604, 44: 4956, 45: 5000, 1536: 5000} {
		if got := maxConnections(gib); got != want {
			t.Errorf("%d GiB: %d connections, want %d", gib, got, want)
		}
	}
}

// TestFargateSizes spells AWS's table out by its ends and by how many there
// are.
func TestFargateSizes(t *testing.T) {
	for cpu, want := range map[int]struct{ first, second, last, count int }{
		256:   {512, 1024, 2048, 3},
		512:   {1024, 2048, 4096, 4},
		1024:  {2048, 3072, 8192, 7},
		2048:  {4096, 5120, 16384, 13},
		4096:  {8192, 9216, 30720, 23},
		8192:  {16384, 20480, 61440, 12},
		16384: {32768, 40960, 122880, 12},
		32768: {61440, 122880, 249856, 3},
	} {
		memory := fargateMemory[cpu]
		if len(memory) != want.count || memory[0] != want.first || memory[1] != want.second || memory[len(memory)-1] != want.last {
			t.Errorf("%d CPU units: %v, want %+v", cpu, memory, want)
		}
	}
	if len(fargateMemory) != 8 {
		t.Errorf("%d numbers of CPU units, want 8", len(fargateMemory))
	}
}
