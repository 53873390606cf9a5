package config

import (
	"regexp"
	"slices"
	"strings"
)

var (
	healthPath  = regexp.MustCompile(`^/[!-~]*$`)
	pathPattern = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&*?-]*$`)
)

// reservedServices are names that an environment's own parts have beside the
// services': security groups, log groups, alarms and the parts of the stack.
var reservedServices = []string{
	MigrationTask, "alarms", "certificates", "cluster", "database", "distribution", "documents", "edge",
	"edge-logs-key", "edge-web-acl", "endpoints", "exec", "load-balancer", "logs", "published", "secrets", "web-acl",
}

func (c *checker) services(path string, s Settings, e Environment) {
	list := path + ".services"
	names := make([]string, len(e.Services))
	for i, service := range e.Services {
		names[i] = service.Name
	}
	var fallback []string
	for i, service := range e.Services {
		path := element(list, names, i)
		c.serviceName(path+".name", service.Name, names[:i])
		c.size(path, service.CPU, service.Memory)
		if service.Route != nil {
			c.route(path+".route", *service.Route)
			if len(service.Route.Paths) == 0 {
				fallback = append(fallback, service.Name)
			}
		}
		c.between(path+".minTasks", service.MinTasks, 1, service.MaxTasks, "tasks")
		c.between(path+".maxTasks", service.MaxTasks, 1, 5000, "tasks")
		c.between(path+".cpuTarget", service.CPUTarget, 10, 90, "percent")
		c.taken(path+".secrets", service.Secrets, e.Secrets)
	}
	switch len(fallback) {
	case 0:
		c.refuse(list, names, "exactly one service with a route and no paths is required")
	case 1:
	default:
		c.refuse(list, fallback, "exactly one service with a route and no paths is allowed")
	}
}

func (c *checker) serviceName(path, name string, before []string) {
	switch {
	case !kebab.MatchString(name):
		c.refuse(path, name, kebabForm)
	case slices.Contains(reservedServices, name), strings.HasSuffix(name, "-task"):
		c.refuse(path, name, "the name is reserved for the environment itself")
	case slices.Contains(before, name):
		c.refuse(path, name, "each name is allowed once")
	}
}

func (c *checker) size(path string, cpu, memory int) {
	offered, ok := fargateMemory[cpu]
	if !ok {
		c.refuse(path+".cpu", cpu, "256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units are allowed")
		return
	}
	if !offered.has(memory) {
		c.refuse(path+".memory", memory, "from %d to %d MiB in steps of %d are allowed with %d CPU units", offered.Min, offered.Max, offered.Step, cpu)
	}
}

func (r memoryRange) has(memory int) bool {
	return memory >= r.Min && memory <= r.Max && (memory-r.Min)%r.Step == 0
}

func (c *checker) route(path string, r Route) {
	c.between(path+".port", r.Port, 1024, 65535, "ports")
	if !healthPath.MatchString(r.HealthCheckPath) || len(r.HealthCheckPath) > 1024 {
		c.refuse(path+".healthCheckPath", r.HealthCheckPath, "a path that starts with a slash is allowed, without spaces, at most 1024 characters")
	}
	for i, pattern := range r.Paths {
		if !pathPattern.MatchString(pattern) || len(pattern) > 128 {
			c.refuse(element(path+".paths", make([]string, len(r.Paths)), i), pattern, "a path that starts with a slash is allowed, at most 128 characters, with * and ?")
		}
	}
}

func (c *checker) migration(path string, e Environment) {
	path += ".migration"
	c.size(path, e.Migration.CPU, e.Migration.Memory)
	c.taken(path+".secrets", e.Migration.Secrets, e.Secrets)
}

func (c *checker) secrets(path string, secrets []string) {
	for i, secret := range secrets {
		path := element(path+".secrets", make([]string, len(secrets)), i)
		switch {
		case !kebab.MatchString(secret):
			c.refuse(path, secret, kebabForm)
		case slices.Contains(secrets[:i], secret):
			c.refuse(path, secret, "each name is allowed once")
		}
	}
}

// taken checks the secrets that a task receives.
func (c *checker) taken(list string, secrets, all []string) {
	for i, secret := range secrets {
		path := element(list, make([]string, len(secrets)), i)
		switch {
		case !slices.Contains(all, secret):
			c.refuse(path, secret, "one of the environment's secrets is allowed: %s", or(all))
		case slices.Contains(secrets[:i], secret):
			c.refuse(path, secret, "each secret is allowed once")
		}
	}
}
