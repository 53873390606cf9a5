package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// DeployRole is what the backend's pipeline needs to deploy to one
// environment: its image repository, the task definitions of its families, its
// services, the tasks before a deployment, its logs and its parameters. subnetIDs are the
// environment's private subnets, which its services stay in.
func DeployRole(n config.Names, env config.Environment, subnetIDs []string) []ManagedPolicy {
	made := func(suffix, description string, statements []policy.Statement) ManagedPolicy {
		return ManagedPolicy{
			Name:        n.CIPolicy(n.DeployRole(env.Name), suffix),
			Description: description,
			Document:    policy.Document{Statements: statements},
		}
	}
	d := newDeployment(n, env, subnetIDs)
	policies := []ManagedPolicy{
		made("images", "Pushes and pulls the images of "+env.Name, d.images()),
		made("tasks", "Deploys to the services of "+env.Name, d.tasks()),
		made("jobs", "Runs the jobs of "+env.Name, d.jobs()),
		made("observe", "Reads the logs and parameters of "+env.Name, d.observation()),
		made("limits", "What "+n.DeployRole(env.Name)+" never does", d.limits(d.allowed())),
	}
	return slices.DeleteFunc(policies, func(p ManagedPolicy) bool { return len(p.Document.Statements) == 0 })
}

// deployment is what one environment's pipeline works on, as ARNs.
type deployment struct {
	repository, cluster string
	// once are the families of the tasks that run before the services are updated.
	once []string
	// source is the repository whose images are promoted; "" for none.
	source string
	// families are all, serviceFamilies those that a service may run.
	services, families, serviceFamilies, roles, logs []string
	// jobFamilies and jobRoles are those of jobs.
	jobFamilies, jobRoles []string
	// schedules and scheduler are those of the environment's jobs; "" for none.
	schedules, scheduler  string
	parameters, subnetIDs []string
	// Patterns, for what the grants name one by one.
	tasksOfCluster, servicesOfCluster string
	anyLog                            string
	rolesOfTasks                      []string
}

func newDeployment(n config.Names, env config.Environment, subnetIDs []string) deployment {
	path := "parameter/" + n.Project() + "/" + env.Name
	d := deployment{
		repository: n.ARN("ecr", "repository/"+n.Repository(env.Name)),
		cluster:    n.ARN("ecs", "cluster/"+n.Cluster(env.Name)),
		parameters: []string{n.ARN("ssm", path), n.ARN("ssm", path+"/*")},
		subnetIDs:  subnetIDs,

		tasksOfCluster:    n.ARN("ecs", "task/"+n.Cluster(env.Name)+"/*"),
		anyLog:            n.ARN("logs", "log-group:"+n.LogGroup(env.Name, "*")),
		servicesOfCluster: n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/*"),
		rolesOfTasks:      []string{n.WorkloadRoleARN(n.TaskRole(env.Name, "*")), n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))},
	}
	if env.Images.From != "" {
		d.source = n.ARN("ecr", "repository/"+n.Repository(env.Images.From))
	}
	for _, t := range once() {
		d.once = append(d.once, family(n, env, t.Name))
		d.logs = append(d.logs, logGroup(n, n.LogGroup(env.Name, t.Name))...)
	}
	d.roles = rolesOf(n, env, append(once(), env.Services...))
	for _, s := range env.Services {
		d.services = append(d.services, n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/"+n.Service(env.Name, s.Name)))
		d.serviceFamilies = append(d.serviceFamilies, family(n, env, s.Name))
	}
	d.families = concat(d.once, d.serviceFamilies)
	for _, j := range env.Jobs {
		d.jobFamilies = append(d.jobFamilies, family(n, env, j.Name))
		d.jobRoles = append(d.jobRoles, rolesOf(n, env, []config.Service{{Name: j.Name}})...)
	}
	for _, t := range env.Tasks() {
		d.logs = append(d.logs, logGroup(n, n.LogGroup(env.Name, t.Name))...)
	}
	if len(env.ScheduledJobs()) > 0 {
		d.schedules = n.ARN("scheduler", "schedule/"+n.ScheduleGroup(env.Name)+"/*")
		d.scheduler = n.WorkloadRoleARN(n.SchedulerRole(env.Name))
	}
	return d
}

// allowed is all that deploy-role allows.
func (d deployment) allowed() []policy.Statement {
	return concatStatements(d.images(), d.tasks(), d.jobs(), d.observation())
}

func (d deployment) tasks() []policy.Statement {
	inCluster := policy.If(policy.ArnEquals, "ecs:cluster", d.cluster)
	noShell := policy.If(policy.StringEqualsIfExists, "ecs:enable-execute-command", "false")
	return []policy.Statement{
		{
			Sid:       "RegisterItsTaskDefinitions",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:RegisterTaskDefinition"},
			Resources: d.families,
		},
		{
			Sid:        "TagWhatItRegisters",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:TagResource"},
			Resources:  d.families,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "ecs:CreateAction", "RegisterTaskDefinition")},
		},
		{
			// AWS knows no resource for these two.
			Sid:       "ReadTaskDefinitions",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"},
			Resources: []string{"*"},
		},
		{
			Sid:       "UpdateItsServices",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:UpdateService"},
			Resources: d.services,
			Conditions: []policy.Condition{
				noShell,
				policy.If(boolIfExists, "ecs:auto-assign-public-ip", "false"),
				policy.If(arnLikeIfExists, "ecs:task-definition", d.serviceFamilies...),
				// Holds for an update that names no subnet.
				policy.If(policy.ForAllStringEquals, "ecs:subnet", d.subnetIDs...),
			},
		},
		{
			Sid:       "WatchItsServices",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:DescribeServices"},
			Resources: d.services,
		},
		{
			Sid:        "RunItsMigration",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:RunTask"},
			Resources:  d.once,
			Conditions: []policy.Condition{inCluster, noShell},
		},
		{
			Sid:       "WatchItsTasks",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:DescribeTasks", "ecs:StopTask"},
			Resources: []string{d.tasksOfCluster},
		},
		{
			Sid:        "ListItsTasks",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:ListTasks"},
			Resources:  []string{"*"},
			Conditions: []policy.Condition{inCluster},
		},
		{
			Sid:        "PassTheRolesOfItsTasks",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  d.roles,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", ecsTasks)},
		},
	}
}

// jobs is what it takes to register the revisions of jobs, to run one, and to put
// their schedules on a revision. What a schedule starts is decided by whoever passes
// the scheduler's role: a schedule may give a container another command, with the
// rights of the job's task.
func (d deployment) jobs() []policy.Statement {
	if len(d.jobFamilies) == 0 {
		return nil
	}
	statements := []policy.Statement{
		{Sid: "RegisterItsJobs", Effect: policy.Allow, Actions: []string{"ecs:RegisterTaskDefinition"}, Resources: d.jobFamilies},
		{
			Sid: "TagTheJobsThatItRegisters", Effect: policy.Allow, Actions: []string{"ecs:TagResource"}, Resources: d.jobFamilies,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "ecs:CreateAction", "RegisterTaskDefinition")},
		},
		{
			Sid: "RunItsJobs", Effect: policy.Allow, Actions: []string{"ecs:RunTask"}, Resources: d.jobFamilies,
			Conditions: []policy.Condition{
				policy.If(policy.ArnEquals, "ecs:cluster", d.cluster),
				policy.If(policy.StringEqualsIfExists, "ecs:enable-execute-command", "false"),
			},
		},
		{
			Sid: "PassTheRolesOfItsJobs", Effect: policy.Allow, Actions: []string{"iam:PassRole"}, Resources: d.jobRoles,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", ecsTasks)},
		},
	}
	if d.schedules == "" {
		return statements
	}
	return append(statements, []policy.Statement{
		{
			Sid:       "ScheduleItsJobs",
			Effect:    policy.Allow,
			Actions:   []string{"scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"},
			Resources: []string{d.schedules},
		},
		{
			// AWS knows no resource for it.
			Sid:       "ListSchedules",
			Effect:    policy.Allow,
			Actions:   []string{"scheduler:ListSchedules"},
			Resources: []string{"*"},
		},
		{
			Sid:        "PassTheSchedulersRole",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{d.scheduler},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", scheduler)},
		},
	}...)
}

func (d deployment) observation() []policy.Statement {
	return []policy.Statement{
		{
			Sid:       "ReadItsLogs",
			Effect:    policy.Allow,
			Actions:   []string{"logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"},
			Resources: d.logs,
		},
		{
			Sid:       "ReadItsParameters",
			Effect:    policy.Allow,
			Actions:   parameterReads(),
			Resources: d.parameters,
		},
	}
}

// limits hold whatever another policy says: nothing but the actions allowed,
// and those that AWS can tell by their resource on the environment's own only.
func (d deployment) limits(allowed []policy.Statement) []policy.Statement {
	nothingElse := deny("NothingButDeploying", nil)
	own := deny("NothingOfAnotherEnvironment", nil)
	own.Resources = nil
	for _, s := range allowed {
		nothingElse.NotActions = append(nothingElse.NotActions, s.Actions...)
		if s.Resources[0] != "*" {
			own.Actions = append(own.Actions, s.Actions...)
		}
	}
	own.NotResources = concat([]string{d.repository, d.tasksOfCluster, d.servicesOfCluster}, d.rolesOfTasks, d.families, d.jobFamilies, []string{d.anyLog}, d.parameters)
	passed := []policy.Statement{deny("RolesForTasksOnly", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", ecsTasks))}
	if d.schedules != "" {
		own.NotResources = append(own.NotResources, d.schedules, d.scheduler)
		passed = []policy.Statement{
			except(deny("RolesForTasksOnly", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", ecsTasks)), d.scheduler),
			on(deny("TheSchedulersForTheScheduler", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", scheduler)), d.scheduler),
		}
	}
	var promoting []policy.Statement
	if d.source != "" {
		own.NotResources = append(own.NotResources, d.source)
		others := slices.DeleteFunc(d.images()[1].Actions, func(action string) bool { return slices.Contains(promoted(), action) })
		promoting = []policy.Statement{on(deny("OnlyToPromote", others), d.source)}
	}
	return append(append(promoting, passed...),
		nothingElse,
		own,
		except(deny("NoTaskButTheMigration", []string{"ecs:RunTask"}), concat(d.once, d.jobFamilies)...),
		deny("NoTagButWhereItRegisters", []string{"ecs:TagResource"}, policy.If(policy.StringNotEquals, "ecs:CreateAction", "RegisterTaskDefinition")),
		deny("OnlyInItsCluster", []string{"ecs:ListTasks", "ecs:RunTask"}, policy.If(policy.ArnNotEquals, "ecs:cluster", d.cluster)),
		// Without a definition an update changes none.
		deny("OnlyItsDefinitions", []string{"ecs:UpdateService"},
			policy.If(policy.Null, "ecs:task-definition", "false"), policy.If(policy.ArnNotLike, "ecs:task-definition", d.serviceFamilies...)),
		deny("NoShell", []string{"ecs:RunTask", "ecs:UpdateService"}, policy.If(policy.StringEquals, "ecs:enable-execute-command", "true")),
		// An update without a network names no subnet, and ForAnyValue then does
		// not hold (IAM user guide, "Multivalued context keys").
		deny("OnlyInItsSubnets", []string{"ecs:UpdateService"}, policy.If(policy.ForAnyStringNotEquals, "ecs:subnet", d.subnetIDs...)),
		deny("NoPublicTask", []string{"ecs:UpdateService"}, policy.If(policy.Bool, "ecs:auto-assign-public-ip", "true")),
	)
}

// family matches the revisions of a task.
func family(n config.Names, env config.Environment, task string) string {
	return n.ARN("ecs", "task-definition/"+n.Service(env.Name, task)+":*")
}

// rolesOf are the roles of tasks, those that their containers act with first.
func rolesOf(n config.Names, env config.Environment, tasks []config.Service) []string {
	var roles []string
	for _, t := range tasks {
		roles = append(roles, n.WorkloadRoleARN(n.TaskRole(env.Name, t.Name)))
	}
	for _, t := range tasks {
		roles = append(roles, n.WorkloadRoleARN(n.ExecutionRole(env.Name, t.Name)))
	}
	return roles
}

// once are the tasks that run before each deployment, in their order.
func once() []config.Service {
	return []config.Service{{Name: config.RolesTask}, {Name: config.MigrationTask}}
}

const (
	arnLikeIfExists policy.Operator = "ArnLikeIfExists"
	boolIfExists    policy.Operator = "BoolIfExists"
)
