package config

import (
	"slices"
	"strings"
)

// reservedEnvironments are names in the place of an environment's: the
// shared stack and its parameters, the account's baseline, the copies in another region, the parts of the shared
// setup, IAM paths and boundaries, and the bucket of the state, which policies that say
// paperwurks-terraform-* would reach.
var reservedEnvironments = []string{
	SharedStack, AccountPrefix, "boundary", "budgets", "chat-role", "ci", CopiesPrefix, "github", "published", "state", "terraform", "terraform-state", "workload", InfraRole, InfraDiffRole, InfraReportRole,
}

func (c *checker) environmentName(path, name string, before []string) {
	if !kebab.MatchString(name) {
		c.refuse(path, name, kebabForm)
		return
	}
	switch {
	case slices.Contains(reservedEnvironments, name), strings.HasPrefix(name+"-", deployRole+"-"), strings.HasPrefix(name+"-", AccountPrefix+"-"), strings.HasPrefix(name+"-", CopiesPrefix+"-"):
		c.refuse(path, name, "another name is required: the platform itself has this one")
	case strings.HasPrefix(name+"-", strings.ReplaceAll(CrossingPrefix, "_", "-")):
		c.refuse(path, name, "a name whose first word is not %q is allowed: that marks outputs of the shared stack", strings.TrimSuffix(CrossingPrefix, "_"))
	}
	for _, other := range before {
		switch {
		case other == name:
			c.refuse(path, name, "each name is allowed once")
		// paperwurks-dev-a-web is service web of dev-a, and service a-web of
		// dev; and policies that say paperwurks-dev-* would reach dev-a.
		case strings.HasPrefix(name, other+"-"), strings.HasPrefix(other, name+"-"):
			c.refuse(path, name, "a name that does not continue another after a hyphen, nor is continued, is allowed: names of %s and of this environment would mix", show(other))
		}
	}
}

// reservedServices are names in the place of a service's: the tasks before a deployment,
// and the environment's own security groups, log groups, alarms and constructs.
var reservedServices = []string{
	RolesTask, MigrationTask, "alarms", "bootstrap", "bootstrap-role", "certificates", "cluster", "copies", "database", "distribution",
	"documents", "edge", "edge-logs-key", "edge-web-acl", "endpoints", "exec", "load-balancer", "logs",
	"off-hours", "off-hours-role", "published",
	"scheduled", "scheduled-role",
	"secrets", "slack-channels", "web-acl",
}

func (c *checker) serviceName(path, name string, before []string) {
	switch {
	case !kebab.MatchString(name):
		c.refuse(path, name, kebabForm)
	case slices.Contains(reservedServices, name):
		c.refuse(path, name, "another name is required: the environment itself has this one")
	case strings.HasSuffix(name, "-task"):
		c.refuse(path, name, `a name that does not end in "-task" is allowed: that is the task of another service`)
	// Outputs of the stack: dev_service_web_container_name is the container of
	// web, and the name of web-container.
	case strings.HasSuffix(name, "-container"):
		c.refuse(path, name, `a name that does not end in "-container" is allowed: that is the container of another service`)
	case slices.Contains(before, name):
		c.refuse(path, name, "each name is allowed once")
	}
}

// lengths checks the environment's name and each service's by the names that
// AWS sees.
func (c *checker) lengths(path string, s Settings, e Environment) {
	if c.isRefused("project") {
		return
	}
	if c.isRefused("user.accountID") {
		s.User.AccountID = ExampleAccountID // the right one is as long
	}
	n := s.Names()
	names := make([]string, len(e.Services))
	for i, service := range e.Services {
		names[i] = service.Name
	}
	jobNames := make([]string, len(e.Jobs))
	for i, job := range e.Jobs {
		jobNames[i] = job.Name
	}
	services, jobs := e.Services, e.Jobs
	e.Services, e.Jobs = nil, nil
	own := n.Limited(e)
	c.length(path+".name", e.Name, own)
	check := func(list string, names []string, i int) {
		limited := n.Limited(e)[len(own):]
		// Of a name too long for both, the longer part is to blame.
		if len(e.Name) > len(names[i]) {
			c.length(path+".name", e.Name, limited)
		} else {
			c.length(element(path+list, names, i)+".name", names[i], limited)
		}
	}
	for i := range services {
		e.Services = services[i : i+1]
		check(".services", names, i)
	}
	e.Services = nil
	for i := range jobs {
		e.Jobs = jobs[i : i+1]
		check(".jobs", jobNames, i)
	}
}

// length refuses a part that makes one of the names too long, by the name that
// leaves it the least room.
func (c *checker) length(path, part string, names []LimitedName) {
	over := func(n LimitedName) int { return len(n.Name) - n.Max }
	longest := slices.MaxFunc(names, func(a, b LimitedName) int { return over(a) - over(b) })
	if over(longest) > 0 && !c.isRefused(path) {
		c.refuse(path, part, "a shorter name is required: the %s would be %s, of %d characters, and AWS takes %d",
			longest.Kind, show(longest.Name), len(longest.Name), longest.Max)
	}
}

// ownedName is a name that one resource of the account and region has to
// itself, and the setting that it comes from.
type ownedName struct {
	kind, name string
	// path and value of the setting.
	path, value string
}

// owned lists the names that two settings could both claim.
func (s Settings) owned() []ownedName {
	n := s.Names()
	var owned []ownedName
	add := func(path, value, kind string, names ...string) {
		for _, name := range names {
			owned = append(owned, ownedName{kind, name, path, value})
		}
	}
	add("project", s.Project, "IAM role", InfraRole, InfraDiffRole, InfraReportRole)
	add("project", s.Project, "S3 bucket", n.StateBucket(), n.StateLogBucket())
	environments := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		environments[i] = e.Name
	}
	for i, e := range s.Environments {
		path := element("environments", environments, i) + ".name"
		add(path, e.Name, "IAM role", n.DeployRole(e.Name), n.DatabaseMonitoringRole(e.Name), n.FlowLogRole(e.Name), n.In(e.Name, "bootstrap"), n.SchedulerRole(e.Name))
		add(path, e.Name, "IAM policy", n.WorkloadBoundary(e.Name), n.SchedulerBoundary(e.Name))
		add(path, e.Name, "S3 bucket", n.DocumentsBucket(e.Name), n.LogBucket(e.Name))
		add(path, e.Name, "load balancer", n.Environment(e.Name))
		add(path, e.Name, "RDS instance", n.Database(e.Name))
		add(path, e.Name, "ECR repository", n.Repository(e.Name))
		tasks := []string{RolesTask, MigrationTask}
		for _, task := range e.Tasks() {
			tasks = append(tasks, task.Name)
		}
		for _, task := range tasks {
			add(path, e.Name, "IAM role", n.TaskRole(e.Name, task), n.ExecutionRole(e.Name, task))
			add(path, e.Name, "task definition family", n.Service(e.Name, task))
			add(path, e.Name, "log group", n.LogGroup(e.Name, task))
		}
		for _, secret := range e.Secrets {
			add(path, e.Name, "secret", n.Secret(e.Name, secret))
		}
	}
	return owned
}

// collisions refuses an environment one of whose names is already another's.
// It is the net below the rules on names, which say it better.
func (c *checker) collisions(s Settings) {
	owners := map[[2]string]string{}
	for _, o := range s.owned() {
		// IAM does not tell names apart by case (IAM API, CreateRole).
		key := [2]string{o.kind, strings.ToLower(o.name)}
		owner, taken := owners[key]
		if !taken {
			owners[key] = o.path
			continue
		}
		if owner != o.path && !c.isRefused(owner) && !c.isRefused(o.path) {
			c.refuse(o.path, o.value, "another name is required: the %s %s is already that of %s", o.kind, show(o.name), owner)
		}
	}
}
