package config

import (
	"regexp"
	"slices"
	"strings"
)

// Limits of a service.
const (
	// maxTasks of one service (Amazon ECS service quotas, "Tasks per service").
	maxTasks = 5000
	// maxCommand is the length of a command in characters, all arguments
	// together. A task definition holds 64 KiB (Amazon ECS service quotas),
	// and JSON may need six characters for one.
	maxCommand = 4096
)

func (c *checker) services(list string, e Environment) {
	names := make([]string, len(e.Services))
	var fallbacks []string
	for i, service := range e.Services {
		names[i] = service.Name
		if service.Route != nil && len(service.Route.Paths) == 0 {
			fallbacks = append(fallbacks, service.Name)
		}
	}
	if len(fallbacks) != 1 {
		c.refuse(list, names, "exactly one service with a route and no route.paths is required, to get what no path names; there are %d", len(fallbacks))
	}
	for i, service := range e.Services {
		path := element(list, names, i)
		c.serviceName(path+".name", service.Name, names[:i])
		c.size(path, service.CPU, service.Memory)
		c.command(path+".command", service.Command)
		c.healthCheckCommand(path+".healthCheckCommand", service)
		if service.Route != nil {
			c.route(path+".route", *service.Route, e.Services[:i])
			for k, pattern := range service.Route.CachedPaths {
				c.cachedPath(at(path+".route.cachedPaths", k), pattern, *service.Route, k, slices.Concat(e.Services[:i], e.Services[i+1:]))
			}
		}
		c.tasks(path, service, e.IsProtected())
		// Below, a service never rests; above, the alarm on a busy one (90)
		// comes before more tasks do.
		c.between(path+".cpuTarget", service.CPUTarget, 10, 85, "percent are allowed")
		c.requestsPerTarget(path+".requestsPerTarget", service)
		c.receivedSecrets(path+".secrets", service.Secrets, e.Secrets)
		c.variables(path+".variables", service.Variables, e.Secrets)
		c.definition(path+".variables", e.VariablesFor(service.Variables), service.Secrets, service.Command, service.HealthCheckCommand)
		c.former(path, service, e)
	}
}

// former refuses what the service still uses, and what it cannot have used.
func (c *checker) former(path string, s Service, e Environment) {
	f := s.Former
	c.receivedSecrets(path+".former.secrets", f.Secrets, e.Secrets)
	for i, secret := range f.Secrets {
		if slices.Contains(s.Secrets, secret) {
			c.refuse(at(path+".former.secrets", i), secret, "a secret that is no longer in secrets is allowed")
		}
	}
	switch {
	case f.Port == 0:
	case s.Route == nil:
		c.refuse(path+".former.port", f.Port, "0 is required without a route")
	case f.Port == s.Route.Port:
		c.refuse(path+".former.port", f.Port, "another port than route.port is required, or 0")
	default:
		c.between(path+".former.port", f.Port, 1024, 65535, "ports are allowed, or 0")
	}
	if f.Database && s.Database {
		c.refuse(path+".former.database", true, "false is required where database is true")
	}
	if f.Documents && s.Documents {
		c.refuse(path+".former.documents", true, "false is required where documents is true")
	}
}

// size checks a pair of CPU and memory.
func (c *checker) size(path string, cpu, memory int) {
	offered, ok := fargateMemory[cpu]
	if !ok {
		c.refuse(path+".cpu", cpu, "%s CPU units are allowed", or(fargateCPU()))
		return
	}
	if slices.Contains(offered, memory) {
		return
	}
	if len(offered) <= 4 {
		c.refuse(path+".memory", memory, "%s MiB are allowed with %d CPU units", or(offered), cpu)
		return
	}
	c.refuse(path+".memory", memory, "%d to %d MiB in steps of %d are allowed with %d CPU units",
		offered[0], offered[len(offered)-1], offered[1]-offered[0], cpu)
}

// command checks what a container is told to run. All run the same image, so
// that the command alone says what a service is.
func (c *checker) command(path string, command []string) {
	if len(command) == 0 {
		c.refuse(path, command, "a command is required: all services run the same image")
	}
	length := 0
	for i, argument := range command {
		length += len(argument)
		if argument == "" && !c.isRefused(at(path, i)) {
			c.refuse(at(path, i), argument, "an argument that is not empty is allowed")
		}
	}
	if length > maxCommand {
		c.refuse(path, command[:1], "at most %d characters are allowed in all arguments together; there are %d", maxCommand, length)
	}
}

// healthCheckCommand follows Amazon ECS API, HealthCheck: command.
func (c *checker) healthCheckCommand(path string, s Service) {
	command := s.HealthCheckCommand
	if len(command) == 0 {
		if s.Route == nil {
			c.refuse(path, command, "a command is required without a route: nothing else tells whether a task is healthy")
		}
		return
	}
	switch command[0] {
	case "CMD-SHELL":
		if len(command) != 2 {
			c.refuse(path, command, `exactly one line for the shell is allowed after "CMD-SHELL"`)
		}
	case "CMD":
		if len(command) < 2 {
			c.refuse(path, command, `a program is required after "CMD"`)
		}
	default:
		c.refuse(at(path, 0), command[0], `"CMD" or "CMD-SHELL" is allowed`)
	}
	c.command(path, command)
}

func (c *checker) tasks(path string, s Service, protected bool) {
	c.between(path+".maxTasks", s.MaxTasks, 1, maxTasks, "tasks are allowed")
	switch {
	case s.MinTasks < 1:
		// Application Auto Scaling API, RegisterScalableTarget: MinCapacity.
		c.refuse(path+".minTasks", s.MinTasks, "1 task or more is required: without one there is no CPU utilisation to scale by")
	case s.MinTasks > s.MaxTasks && !c.isRefused(path+".maxTasks"):
		c.refuse(path+".minTasks", s.MinTasks, "at most maxTasks, %d, is allowed", s.MaxTasks)
	case s.MinTasks < 2 && s.Route != nil && protected:
		c.refuse(path+".minTasks", s.MinTasks, "2 tasks or more are required of a routed service where data is \"protected\": the loss of one must not stop it")
	}
}

func (c *checker) requestsPerTarget(path string, s Service) {
	switch {
	case s.RequestsPerTarget == 0:
	case s.Route == nil:
		c.refuse(path, s.RequestsPerTarget, "0 is required without a route: the load balancer counts the requests")
	default:
		// A task answers some thousand requests a second at most.
		c.between(path, s.RequestsPerTarget, 1, 1_000_000, "requests a minute are allowed, or 0")
	}
}

var (
	// Printable ASCII without a space.
	healthCheckPath = regexp.MustCompile(`^/[!-~]*$`)
	// Elastic Load Balancing API, RuleCondition: Values.
	routePath = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&*?-]*$`)
)

func (c *checker) route(path string, r Route, before []Service) {
	c.between(path+".port", r.Port, 1024, 65535, "ports are allowed: the containers run without the capability that a lower one takes")
	// Elastic Load Balancing API, CreateTargetGroup: HealthCheckPath.
	const maxHealthCheckPath = 1024
	if !healthCheckPath.MatchString(r.HealthCheckPath) || len(r.HealthCheckPath) > maxHealthCheckPath {
		c.refuse(path+".healthCheckPath", r.HealthCheckPath, "a path with a slash first is allowed, without spaces, of at most %d characters", maxHealthCheckPath)
	}
	// Elastic Load Balancing quotas: "Condition values per rule", "Match
	// evaluations per rule" and (Application Load Balancer user guide,
	// "Condition types for listener rules") wildcards per rule.
	const maxPaths, maxWildcards = 5, 5
	if len(r.Paths) > maxPaths {
		c.refuse(path+".paths", r.Paths, "at most %d paths are allowed: a rule of the load balancer takes no more", maxPaths)
	}
	wildcards := 0
	for i, pattern := range r.Paths {
		wildcards += strings.Count(pattern, "*") + strings.Count(pattern, "?")
		c.routePath(at(path+".paths", i), pattern, r.Paths[:i], before)
	}
	if wildcards > maxWildcards {
		c.refuse(path+".paths", r.Paths, "at most %d wildcards are allowed in all paths together: a rule of the load balancer takes no more", maxWildcards)
	}
}

func (c *checker) routePath(path, pattern string, paths []string, before []Service) {
	const maxPath = 128
	switch {
	case !routePath.MatchString(pattern) || len(pattern) > maxPath:
		c.refuse(path, pattern, `a path with a slash first is allowed, such as "/admin/*": at most %d letters, digits, * ? and _ - . $ / ~ " ' @ : + &`, maxPath)
		return
	case strings.HasPrefix(pattern, ReservedPaths):
		c.refuse(path, pattern, "a path that does not begin with %s is allowed: CloudFront keeps those for pages of its own", ReservedPaths)
	case takesAll(pattern):
		c.refuse(path, pattern, "a path that leaves something to the service without paths is allowed")
	case slices.Contains(paths, pattern):
		c.refuse(path, pattern, "each path is allowed once")
	}
	for _, other := range before {
		if other.Route == nil {
			continue
		}
		if slices.Contains(other.Route.Paths, pattern) {
			c.refuse(path, pattern, "another path than service %s's is required: the load balancer asks that one first", show(other.Name))
		} else if i := slices.IndexFunc(other.Route.Paths, func(p string) bool { return covers(p, pattern) }); i >= 0 {
			c.refuse(path, pattern, "a path that service %s's %s does not take is allowed: the load balancer asks services in their order, so that the narrower path stands first",
				show(other.Name), show(other.Route.Paths[i]))
		}
	}
}

// cachedPath asks for a part of what the service gets, once. Amazon CloudFront
// developer guide, "Path pattern"; quotas, "Cache behaviors per distribution".
func (c *checker) cachedPath(path, pattern string, r Route, i int, others []Service) {
	const maxCached = 10
	switch {
	case !routePath.MatchString(pattern) || len(pattern) > 255:
		c.refuse(path, pattern, `a path with a slash first is allowed, such as "/static/*"`)
	case strings.HasPrefix(pattern, ReservedPaths):
		c.refuse(path, pattern, "a path that does not begin with %s is allowed: CloudFront keeps those for pages of its own", ReservedPaths)
	case takesAll(pattern):
		c.refuse(path, pattern, "a part of the paths is allowed: what users alone may see must not be cached")
	case slices.Contains(r.CachedPaths[:i], pattern):
		c.refuse(path, pattern, "each path is allowed once")
	case i >= maxCached:
		c.refuse(path, pattern, "at most %d cached paths are allowed", maxCached)
	case len(r.Paths) > 0 && !slices.ContainsFunc(r.Paths, func(own string) bool { return own == pattern || covers(own, pattern) }):
		c.refuse(path, pattern, "a part of the service's own paths is allowed: %s", or(r.Paths))
	}
	for _, other := range others {
		if other.Route == nil {
			continue
		}
		if slices.Contains(other.Route.CachedPaths, pattern) {
			c.refuse(path, pattern, "another path than service %s's is required", show(other.Name))
		}
		if i := slices.IndexFunc(other.Route.Paths, func(p string) bool { return p == pattern || covers(pattern, p) || covers(p, pattern) }); i >= 0 && len(r.Paths) == 0 {
			c.refuse(path, pattern, "a path without service %s's %s is allowed", show(other.Name), show(other.Route.Paths[i]))
		}
	}
}

// takesAll says whether a path pattern is /*, whatever the number of stars.
func takesAll(pattern string) bool {
	return strings.HasPrefix(pattern, "/*") && strings.Trim(pattern[1:], "*") == ""
}

// covers says whether a wider path pattern takes all that a narrower one does:
// * stands for any characters, ? for one (Application Load Balancer user guide,
// "Path conditions").
func covers(wider, narrower string) bool {
	if !routePath.MatchString(wider) || takesAll(wider) {
		return false // at fault itself
	}
	expression := strings.NewReplacer(`\*`, `.*`, `\?`, `[^*]`).Replace(regexp.QuoteMeta(wider))
	return regexp.MustCompile("^" + expression + "$").MatchString(narrower)
}

func (c *checker) migration(path string, e Environment) {
	c.size(path, e.Migration.CPU, e.Migration.Memory)
	c.command(path+".command", e.Migration.Command)
	c.receivedSecrets(path+".secrets", e.Migration.Secrets, e.Secrets)
	c.variables(path+".variables", e.Migration.Variables, e.Secrets)
	c.definition(path+".variables", e.VariablesFor(e.Migration.Variables), e.Migration.Secrets, e.Migration.Command, nil)
	roles := e.VariablesFor(Variables{"DATABASE_ROLES_SQL": strings.Repeat(" ", MaxDatabaseRoles)})
	c.definition(strings.TrimSuffix(path, ".migration")+".variables", roles, nil, []string{RolesTask}, nil)
}
