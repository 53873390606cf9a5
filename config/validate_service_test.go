package config

import (
	"fmt"
	"strings"
)

const (
	wantHealthPath = "a path with a slash first is allowed, without spaces, of at most 1024 characters"
	wantPath       = `a path with a slash first is allowed, such as "/admin/*": at most 128 letters, digits, * ? and _ - . $ / ~ " ' @ : + &`
	wantPort       = "1024 to 65535 ports are allowed: the containers run without the capability that a lower one takes"
	wantReserved   = "another name is required: the environment itself has this one"
)

// routed adds a service with paths next to web.
func routed(s *Settings, name string, paths ...string) *Service {
	e := environment(s, "dev")
	added := *service(s, "dev", "web")
	added.Name = name
	added.Route = &Route{Port: 8080, HealthCheckPath: "/healthz", Paths: paths}
	e.Services = append(e.Services, added)
	return &e.Services[len(e.Services)-1]
}

var serviceRows = []row{
	refuses(func(s *Settings) { environment(s, "dev").Services, environment(s, "dev").Jobs = nil, nil },
		`environments["dev"].services: []: exactly one service with a route and no route.paths is required, to get what no path names; there are 0`),
	refuses(func(s *Settings) {
		environment(s, "dev").Services, environment(s, "dev").Jobs = environment(s, "dev").Services[1:], nil
	},
		`environments["dev"].services: ["worker"]: exactly one service with a route and no route.paths is required, to get what no path names; there are 0`),
	refuses(func(s *Settings) { service(s, "dev", "web").Route.CachedPaths = []string{"static"} },
		`environments["dev"].services["web"].route.cachedPaths[0]: "static": a path with a slash first is allowed, such as "/static/*"`),
	refuses(func(s *Settings) { service(s, "dev", "web").Route.CachedPaths = []string{"/*"} },
		`environments["dev"].services["web"].route.cachedPaths[0]: "/*": a part of the paths is allowed: what users alone may see must not be cached`),
	refuses(func(s *Settings) { service(s, "dev", "web").Route.CachedPaths = []string{"/.platform/*"} },
		`environments["dev"].services["web"].route.cachedPaths[0]: "/.platform/*": a path that does not begin with /.platform/ is allowed: CloudFront keeps those for pages of its own`),
	refuses(func(s *Settings) { routed(s, "admin", "/.platform/admin") },
		`environments["dev"].services["admin"].route.paths[0]: "/.platform/admin": a path that does not begin with /.platform/ is allowed: CloudFront keeps those for pages of its own`),
	refuses(func(s *Settings) { service(s, "dev", "web").Route.CachedPaths = []string{"/a", "/a"} },
		`environments["dev"].services["web"].route.cachedPaths[1]: "/a": each path is allowed once`),
	refuses(func(s *Settings) {
		route := service(s, "dev", "web").Route
		route.CachedPaths = nil
		for i := range 11 {
			route.CachedPaths = append(route.CachedPaths, fmt.Sprintf("/%d", i))
		}
	}, `environments["dev"].services["web"].route.cachedPaths[10]: "/10": at most 10 cached paths are allowed`),
	refuses(func(s *Settings) { routed(s, "admin", "/static/*") },
		`environments["dev"].services["web"].route.cachedPaths[0]: "/static/*": a path without service "admin"'s "/static/*" is allowed`),
	refuses(func(s *Settings) { routed(s, "admin", "/admin/*").Route.CachedPaths = []string{"/files/*"} },
		`environments["dev"].services["admin"].route.cachedPaths[0]: "/files/*": a part of the service's own paths is allowed: "/admin/*"`),
	refuses(func(s *Settings) {
		service(s, "dev", "web").Route.Paths, service(s, "dev", "web").Route.CachedPaths = []string{"/app/*"}, nil
	},
		`environments["dev"].services: ["web" "worker"]: exactly one service with a route and no route.paths is required, to get what no path names; there are 0`),
	refuses(func(s *Settings) { routed(s, "admin") },
		`environments["dev"].services: ["web" "worker" "admin"]: exactly one service with a route and no route.paths is required, to get what no path names; there are 2`),
	is(`environments["dev"].services[1].name`, "", wantKebab),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Secrets = []string{"session-key"} },
		`environments["dev"].services["web"].former.secrets[0]: "session-key": a secret that is no longer in secrets is allowed`),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Secrets = []string{"old-key"} },
		`environments["dev"].services["web"].former.secrets[0]: "old-key": one of the environment's own secrets is allowed: "session-key"`),
	refuses(func(s *Settings) { service(s, "dev", "worker").Former.Port = 8080 },
		`environments["dev"].services["worker"].former.port: 8080: 0 is required without a route`),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Port = 8080 },
		`environments["dev"].services["web"].former.port: 8080: another port than route.port is required, or 0`),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Port = 80 },
		`environments["dev"].services["web"].former.port: 80: 1024 to 65535 ports are allowed, or 0`),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Database = true },
		`environments["dev"].services["web"].former.database: true: false is required where database is true`),
	refuses(func(s *Settings) { service(s, "dev", "web").Former.Documents = true },
		`environments["dev"].services["web"].former.documents: true: false is required where documents is true`),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "Worker" },
		`environments["dev"].services["Worker"].name: "Worker": `+wantKebab),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "jobs/worker" },
		`environments["dev"].services["jobs/worker"].name: "jobs/worker": `+wantKebab),
	is(`environments["dev"].services[1].name`, "web", "each name is allowed once"),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "migrate" },
		`environments["dev"].services["migrate"].name: "migrate": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "database" },
		`environments["dev"].services["database"].name: "database": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "load-balancer" },
		`environments["dev"].services["load-balancer"].name: "load-balancer": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "exec" },
		`environments["dev"].services["exec"].name: "exec": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "web-task" },
		`environments["dev"].services["web-task"].name: "web-task": a name that does not end in "-task" is allowed: that is the task of another service`),
	refuses(func(s *Settings) { environment(s, "dev").Services[1].Name = "web-container" },
		`environments["dev"].services["web-container"].name: "web-container": a name that does not end in "-container" is allowed: that is the container of another service`),

	is(`environments["dev"].services["web"].cpu`, 0, "256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units are allowed"),
	is(`environments["dev"].services["web"].cpu`, 1, "256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units are allowed"),
	is(`environments["dev"].services["web"].cpu`, 128, "256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units are allowed"),
	is(`environments["dev"].services["web"].memory`, 1536, "512, 1024 or 2048 MiB are allowed with 256 CPU units"),
	is(`environments["dev"].services["web"].memory`, 4096, "512, 1024 or 2048 MiB are allowed with 256 CPU units"),
	refuses(func(s *Settings) { service(s, "prod", "web").CPU = 4096 },
		`environments["prod"].services["web"].memory: 2048: 8192 to 30720 MiB in steps of 1024 are allowed with 4096 CPU units`),
	refuses(func(s *Settings) {
		service(s, "prod", "web").CPU = 8192
		service(s, "prod", "web").Memory = 17408
	},
		`environments["prod"].services["web"].memory: 17408: 16384 to 61440 MiB in steps of 4096 are allowed with 8192 CPU units`),
	refuses(func(s *Settings) {
		service(s, "prod", "web").CPU = 16384
		service(s, "prod", "web").Memory = 131072
	},
		`environments["prod"].services["web"].memory: 131072: 32768 to 122880 MiB in steps of 8192 are allowed with 16384 CPU units`),

	refuses(func(s *Settings) {
		service(s, "prod", "web").CPU = 32768
		service(s, "prod", "web").Memory = 131072
	},
		`environments["prod"].services["web"].memory: 131072: 61440, 122880 or 249856 MiB are allowed with 32768 CPU units`),

	refuses(func(s *Settings) { service(s, "dev", "web").Command = nil },
		`environments["dev"].services["web"].command: []: a command is required: all services run the same image`),
	refuses(func(s *Settings) { service(s, "dev", "web").Command = []string{"web", ""} },
		`environments["dev"].services["web"].command[1]: "": an argument that is not empty is allowed`),
	refuses(func(s *Settings) { service(s, "dev", "web").Command = []string{"web", strings.Repeat("x", 4096)} },
		`environments["dev"].services["web"].command: ["web"]: at most 4096 characters are allowed in all arguments together; there are 4099`),
	refuses(func(s *Settings) { service(s, "dev", "worker").HealthCheckCommand = nil },
		`environments["dev"].services["worker"].healthCheckCommand: []: a command is required without a route: nothing else tells whether a task is healthy`),
	refuses(func(s *Settings) {
		service(s, "dev", "worker").HealthCheckCommand = []string{"test", "-f", "/tmp/alive"}
	},
		`environments["dev"].services["worker"].healthCheckCommand[0]: "test": "CMD" or "CMD-SHELL" is allowed`),
	refuses(func(s *Settings) { service(s, "dev", "worker").HealthCheckCommand = []string{""} },
		`environments["dev"].services["worker"].healthCheckCommand[0]: "": "CMD" or "CMD-SHELL" is allowed`),
	refuses(func(s *Settings) {
		service(s, "dev", "worker").HealthCheckCommand = []string{"CMD-SHELL", "test", "-f", "/tmp/alive"}
	},
		`environments["dev"].services["worker"].healthCheckCommand: ["CMD-SHELL" "test" "-f" "/tmp/alive"]: exactly one line for the shell is allowed after "CMD-SHELL"`),
	refuses(func(s *Settings) { service(s, "dev", "worker").HealthCheckCommand = []string{"CMD"} },
		`environments["dev"].services["worker"].healthCheckCommand: ["CMD"]: a program is required after "CMD"`),

	is(`environments["dev"].services["web"].route.port`, 0, wantPort),
	is(`environments["dev"].services["web"].route.port`, -1, wantPort),
	is(`environments["dev"].services["web"].route.port`, 80, wantPort),
	is(`environments["dev"].services["web"].route.port`, 65536, wantPort),
	is(`environments["dev"].services["web"].route.healthCheckPath`, "", wantHealthPath),
	is(`environments["dev"].services["web"].route.healthCheckPath`, "healthz", wantHealthPath),
	is(`environments["dev"].services["web"].route.healthCheckPath`, "http://localhost/healthz", wantHealthPath),
	is(`environments["dev"].services["web"].route.healthCheckPath`, "/health check", wantHealthPath),
	refuses(func(s *Settings) {
		service(s, "dev", "web").Route.HealthCheckPath = "/" + strings.Repeat("x", 1024)
	},
		`environments["dev"].services["web"].route.healthCheckPath: "/`+strings.Repeat("x", 79)+`"…: `+wantHealthPath),

	refuses(func(s *Settings) { routed(s, "admin", "admin/*") },
		`environments["dev"].services["admin"].route.paths[0]: "admin/*": `+wantPath),
	refuses(func(s *Settings) { routed(s, "admin", "") },
		`environments["dev"].services["admin"].route.paths[0]: "": `+wantPath),
	refuses(func(s *Settings) { routed(s, "admin", "/admin(.*)") },
		`environments["dev"].services["admin"].route.paths[0]: "/admin(.*)": `+wantPath),
	refuses(func(s *Settings) { routed(s, "admin", "/"+strings.Repeat("a", 128)) },
		`environments["dev"].services["admin"].route.paths[0]: "/`+strings.Repeat("a", 79)+`"…: `+wantPath),
	refuses(func(s *Settings) { routed(s, "admin", "/*") },
		`environments["dev"].services["admin"].route.paths[0]: "/*": a path that leaves something to the service without paths is allowed`),
	refuses(func(s *Settings) { routed(s, "admin", "/**") },
		`environments["dev"].services["admin"].route.paths[0]: "/**": a path that leaves something to the service without paths is allowed`),
	refuses(func(s *Settings) {
		routed(s, "admin", "/admin/*")
		routed(s, "users", "/users/*", "/admin/users/*")
	},
		`environments["dev"].services["users"].route.paths[1]: "/admin/users/*": a path that service "admin"'s "/admin/*" does not take is allowed: the load balancer asks services in their order, so that the narrower path stands first`),
	refuses(func(s *Settings) {
		routed(s, "version", "/v?/*")
		routed(s, "two", "/v2/docs")
	},
		`environments["dev"].services["two"].route.paths[0]: "/v2/docs": a path that service "version"'s "/v?/*" does not take is allowed: the load balancer asks services in their order, so that the narrower path stands first`),
	refuses(func(s *Settings) { routed(s, "admin", "/admin/*", "/admin/*") },
		`environments["dev"].services["admin"].route.paths[1]: "/admin/*": each path is allowed once`),
	refuses(func(s *Settings) { routed(s, "admin", "/a", "/b", "/c", "/d", "/e", "/f") },
		`environments["dev"].services["admin"].route.paths: ["/a" "/b" "/c" "/d" "/e" "/f"]: at most 5 paths are allowed: a rule of the load balancer takes no more`),
	refuses(func(s *Settings) { routed(s, "admin", "/a/*/*", "/b/??", "/c/*/d/*") },
		`environments["dev"].services["admin"].route.paths: ["/a/*/*" "/b/??" "/c/*/d/*"]: at most 5 wildcards are allowed in all paths together: a rule of the load balancer takes no more`),
	refuses(func(s *Settings) {
		routed(s, "admin", "/admin/*")
		routed(s, "office", "/office/*", "/admin/*")
	},
		`environments["dev"].services["office"].route.paths[1]: "/admin/*": another path than service "admin"'s is required: the load balancer asks that one first`),

	is(`environments["dev"].services["web"].minTasks`, 0, "1 task or more is required: without one there is no CPU utilisation to scale by"),
	is(`environments["dev"].services["web"].minTasks`, -1, "1 task or more is required: without one there is no CPU utilisation to scale by"),
	is(`environments["dev"].services["web"].minTasks`, 3, "at most maxTasks, 2, is allowed"),
	is(`environments["dev"].services["web"].maxTasks`, 0, "1 to 5000 tasks are allowed"),
	is(`environments["dev"].services["web"].maxTasks`, 5001, "1 to 5000 tasks are allowed"),
	is(`environments["prod"].services["web"].minTasks`, 1, `2 tasks or more are required of a routed service where data is "protected": the loss of one must not stop it`),
	is(`environments["dev"].services["web"].cpuTarget`, 0, "10 to 85 percent are allowed"),
	is(`environments["dev"].services["web"].cpuTarget`, 100, "10 to 85 percent are allowed"),
	is(`environments["prod"].services["web"].requestsPerTarget`, -1, "1 to 1000000 requests a minute are allowed, or 0"),
	is(`environments["prod"].services["web"].requestsPerTarget`, 1_000_001, "1 to 1000000 requests a minute are allowed, or 0"),
	is(`environments["prod"].services["worker"].requestsPerTarget`, 600, "0 is required without a route: the load balancer counts the requests"),

	is(`environments["dev"].migration.cpu`, 500, "256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units are allowed"),
	is(`environments["dev"].migration.memory`, 512, "1024, 2048, 3072 or 4096 MiB are allowed with 512 CPU units"),
	refuses(func(s *Settings) { environment(s, "dev").Migration.Command = nil },
		`environments["dev"].migration.command: []: a command is required: all services run the same image`),
}

// workers adds services like worker.
func workers(s *Settings, more int) {
	e := environment(s, "dev")
	for i := range more {
		added := *service(s, "dev", "worker")
		added.Name = fmt.Sprintf("worker%d", i)
		e.Services = append(e.Services, added)
	}
}

// set gives a variable to an environment, a service or the migration.
func set(variables *Variables, name, value string) {
	*variables = Variables{name: value}
}

const (
	wantVariable = `a name of at most 128 letters, digits and underscores is allowed, without a digit first, such as "LOG_LEVEL"`
	wantPlain    = "put it into the environment's secrets, which have names only"
)

// named refuses the name of a variable of dev.
func named(name, problem string) row {
	return refuses(func(s *Settings) { set(&environment(s, "dev").Variables, name, "on") },
		fmt.Sprintf(`environments["dev"].variables[%q]: %q: %s`, name, name, problem))
}

// valued refuses the value of a variable of dev's web.
func valued(name, value, shown, problem string) row {
	return refuses(func(s *Settings) { set(&service(s, "dev", "web").Variables, name, value) },
		fmt.Sprintf(`environments["dev"].services["web"].variables[%q]: %s: %s`, name, shown, problem))
}

// long are so many variables of 4,000 characters.
func long(n int) Variables {
	out := Variables{}
	for i := range n {
		out[fmt.Sprintf("TEXT_%02d", i)] = strings.Repeat("text ", 799) + "text"
	}
	return out
}

var variableRows = []row{
	named("", wantVariable),
	named("1LEVEL", wantVariable),
	named("log-level", wantVariable),
	named("LOG LEVEL", wantVariable),
	named("A=B", wantVariable),
	refuses(func(s *Settings) { set(&environment(s, "dev").Variables, strings.Repeat("A", 129), "on") },
		`environments["dev"].variables["`+strings.Repeat("A", 129)+`"]: "`+strings.Repeat("A", 80)+`"…: `+wantVariable),
	named("PORT", "another name is required: the platform itself sets PORT"),
	named("Port", "another name is required: the platform itself sets PORT"),
	named("DATABASE_HOST", "another name is required: the platform itself sets DATABASE_HOST"),
	named("ENVIRONMENT", "another name is required: the platform itself sets ENVIRONMENT"),
	named("AWS_PROFILE", "another name is required: AWS_PROFILE means something to programs, shells or AWS"),
	named("ECS_X", "another name is required: ECS_X means something to programs, shells or AWS"),
	named("LD_PRELOAD", "another name is required: LD_PRELOAD means something to programs, shells or AWS"),
	named("https_proxy", "another name is required: HTTPS_PROXY sends the requests for the task's credentials to a proxy too; a name that only the application reads does not"),
	named("SESSION_KEY", `another name is required: secret "session-key" is this variable`),
	valued("LOG_LEVEL", "", `""`, "a value is required: a variable without one is left out"),
	valued("LOG_LEVEL", strings.Repeat("x", 4097), `"`+strings.Repeat("x", 80)+`"…`, "at most 4096 characters are allowed; there are 4097: what is longer is a file of the image"),
	valued("LOG_LEVEL", "de\tbug", `"de\tbug"`, "no tab, line break or other control character is allowed"),
	valued("LOG_LEVEL", "${HOME}", `"${HOME}"`, `neither "${" nor "%{" is allowed: Terraform would expand them; a shell takes $NAME`),
	valued("STRIPE_API_KEY", "x", "(not shown)", "a value that everybody may read is allowed, and this has the name of a secret and a plain value: "+wantPlain),
	valued("BROKER", "amqp://app:hunter2@mq/", "(not shown)", "a value that everybody may read is allowed, and this holds a URL with a password: "+wantPlain),
	valued("BROKER", "9f86d081884c7d659a2feaa0c55ad015", "(not shown)", "a value that everybody may read is allowed, and this holds what looks like a generated secret: "+wantPlain),
	refuses(func(s *Settings) {
		set(&environment(s, "dev").Migration.Variables, "DATABASE_USER", "root")
		set(&environment(s, "dev").Variables, "log-level", "debug")
		environment(s, "dev").Variables["PORT"] = "80"
	},
		`environments["dev"].migration.variables["DATABASE_USER"]: "DATABASE_USER": another name is required: the platform itself sets DATABASE_USER`,
		`environments["dev"].variables["PORT"]: "PORT": another name is required: the platform itself sets PORT`,
		`environments["dev"].variables["log-level"]: "log-level": `+wantVariable),
	// The environment's 9 fit, as web, the migration and the roles show.
	refuses(func(s *Settings) {
		environment(s, "dev").Variables = long(9)
		service(s, "dev", "worker").Variables = Variables{}
		for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
			service(s, "dev", "worker").Variables[name] = strings.Repeat("m", 4096)
		}
	},
		`environments["dev"].services["worker"].variables: 15: at most 65536 bytes are allowed in a task definition, as JSON with the environment's variables and the command; there would be up to 69493`),
	refuses(func(s *Settings) { environment(s, "dev").Variables = long(10) },
		`environments["dev"].variables: 11: at most 65536 bytes are allowed in a task definition, as JSON with the environment's variables and the command; there would be up to 69028`),
	refuses(func(s *Settings) { environment(s, "dev").Migration.Variables = long(15) },
		`environments["dev"].migration.variables: 16: at most 65536 bytes are allowed in a task definition, as JSON with the environment's variables and the command; there would be up to 68952`),
}

var secretRows = []row{
	refuses(func(s *Settings) {
		for i := range 50 {
			environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, fmt.Sprintf("key-%d", i))
		}
	},
		`environments["dev"].secrets: 51: at most 50 secrets are allowed: the policy of the role that starts a task takes no more`),
	refuses(func(s *Settings) {
		environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "session_key")
	},
		`environments["dev"].secrets[1]: "session_key": `+wantKebab,
		`environments["dev"].secrets[1]: "session_key": another name is required: as an environment variable it is SESSION_KEY, as is environments["dev"].secrets[0]`),
	refuses(func(s *Settings) {
		environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "session-key")
	},
		`environments["dev"].secrets[1]: "session-key": each secret is allowed once`),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "") },
		`environments["dev"].secrets[1]: "": `+wantKebab),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "STRIPE_KEY") },
		`environments["dev"].secrets[1]: "STRIPE_KEY": `+wantKebab),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "stripe/key") },
		`environments["dev"].secrets[1]: "stripe/key": `+wantKebab),
	refuses(func(s *Settings) {
		environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "k"+strings.Repeat("-key", 16))
	},
		`environments["dev"].secrets[1]: "k`+strings.Repeat("-key", 16)+`": at most 64 characters are allowed`),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "port") },
		`environments["dev"].secrets[1]: "port": another name is required: the platform itself sets PORT`),
	refuses(func(s *Settings) {
		environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "database-master-credentials")
	},
		`environments["dev"].secrets[1]: "database-master-credentials": another name is required: the platform itself sets DATABASE_MASTER_CREDENTIALS`),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "path") },
		`environments["dev"].secrets[1]: "path": another name is required: PATH means something to programs, shells or AWS`),
	refuses(func(s *Settings) {
		environment(s, "dev").Secrets = append(environment(s, "dev").Secrets, "aws-secret-access-key")
	},
		`environments["dev"].secrets[1]: "aws-secret-access-key": another name is required: AWS_SECRET_ACCESS_KEY means something to programs, shells or AWS`),
	refuses(func(s *Settings) { service(s, "dev", "web").Secrets = []string{"sesion-key"} },
		`environments["dev"].services["web"].secrets[0]: "sesion-key": one of the environment's own secrets is allowed: "session-key"`),
	refuses(func(s *Settings) { service(s, "dev", "web").Secrets = []string{"session-key", "session-key"} },
		`environments["dev"].services["web"].secrets[1]: "session-key": each secret is allowed once`),
	refuses(func(s *Settings) { environment(s, "dev").Migration.Secrets = []string{"admin-key"} },
		`environments["dev"].migration.secrets[0]: "admin-key": one of the environment's own secrets is allowed: "session-key"`),
	refuses(func(s *Settings) { environment(s, "dev").Secrets = nil },
		`environments["dev"].services["web"].secrets[0]: "session-key": one of the environment's own secrets is allowed: none`,
		`environments["dev"].services["worker"].secrets[0]: "session-key": one of the environment's own secrets is allowed: none`,
		`environments["dev"].migration.secrets[0]: "session-key": one of the environment's own secrets is allowed: none`),
}
