package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// DeployRole is what the backend's pipeline needs to deploy to one
// environment: its image repository, the task definitions of its families, its
// services, its migration task, its logs and its parameters. subnetIDs are the
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
	return []ManagedPolicy{
		made("images", "Pushes and pulls the images of "+env.Name, d.images()),
		made("tasks", "Deploys to the services of "+env.Name, d.tasks()),
		made("observe", "Reads the logs and parameters of "+env.Name, d.observation()),
		made("limits", "What "+n.DeployRole(env.Name)+" never does", d.limits(d.allowed())),
	}
}

// deployment is what one environment's pipeline works on, as ARNs.
type deployment struct {
	repository, cluster, migration string
	// source is the repository whose images are promoted; "" for none.
	source                          string
	services, families, roles, logs []string
	parameters, subnetIDs           []string
	// Patterns, for what the grants name one by one.
	tasksOfCluster, servicesOfCluster string
	rolesOfTasks                      []string
}

func newDeployment(n config.Names, env config.Environment, subnetIDs []string) deployment {
	path := "parameter/" + n.Project() + "/" + env.Name
	d := deployment{
		repository: n.ARN("ecr", "repository/"+n.Repository(env.Name)),
		cluster:    n.ARN("ecs", "cluster/"+n.Cluster(env.Name)),
		migration:  n.ARN("ecs", "task-definition/"+n.MigrationFamily(env.Name)+":*"),
		roles:      concat(taskRoles(n, env), executionRoles(n, env)),
		logs:       logGroup(n, n.LogGroup(env.Name, config.MigrationTask)),
		parameters: []string{n.ARN("ssm", path), n.ARN("ssm", path+"/*")},
		subnetIDs:  subnetIDs,

		tasksOfCluster:    n.ARN("ecs", "task/"+n.Cluster(env.Name)+"/*"),
		servicesOfCluster: n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/*"),
		rolesOfTasks:      []string{n.WorkloadRoleARN(n.TaskRole(env.Name, "*")), n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))},
	}
	if env.Images.From != "" {
		d.source = n.ARN("ecr", "repository/"+n.Repository(env.Images.From))
	}
	d.families = []string{d.migration}
	for _, s := range env.Services {
		d.services = append(d.services, n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/"+n.Service(env.Name, s.Name)))
		d.families = append(d.families, n.ARN("ecs", "task-definition/"+n.Service(env.Name, s.Name)+":*"))
		d.logs = append(d.logs, logGroup(n, n.LogGroup(env.Name, s.Name))...)
	}
	return d
}

// allowed is all that deploy-role allows.
func (d deployment) allowed() []policy.Statement {
	return concatStatements(d.images(), d.tasks(), d.observation())
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
				policy.If(arnLikeIfExists, "ecs:task-definition", d.families...),
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
			Resources:  []string{d.migration},
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
	own.NotResources = concat([]string{d.repository, d.tasksOfCluster, d.servicesOfCluster}, d.rolesOfTasks, d.families, d.logs, d.parameters)
	var promoting []policy.Statement
	if d.source != "" {
		own.NotResources = append(own.NotResources, d.source)
		others := slices.DeleteFunc(d.images()[1].Actions, func(action string) bool { return slices.Contains(promoted(), action) })
		promoting = []policy.Statement{on(deny("OnlyToPromote", others), d.source)}
	}
	return append(promoting,
		nothingElse,
		own,
		except(deny("NoTaskButTheMigration", []string{"ecs:RunTask"}), d.migration),
		deny("NoTagButWhereItRegisters", []string{"ecs:TagResource"}, policy.If(policy.StringNotEquals, "ecs:CreateAction", "RegisterTaskDefinition")),
		deny("RolesForTasksOnly", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", ecsTasks)),
		deny("OnlyInItsCluster", []string{"ecs:ListTasks", "ecs:RunTask"}, policy.If(policy.ArnNotEquals, "ecs:cluster", d.cluster)),
		// Without a definition an update changes none.
		deny("OnlyItsDefinitions", []string{"ecs:UpdateService"},
			policy.If(policy.Null, "ecs:task-definition", "false"), policy.If(policy.ArnNotLike, "ecs:task-definition", d.families...)),
		deny("NoShell", []string{"ecs:RunTask", "ecs:UpdateService"}, policy.If(policy.StringEquals, "ecs:enable-execute-command", "true")),
		// An update without a network names no subnet, and ForAnyValue then does
		// not hold (IAM user guide, "Multivalued context keys").
		deny("OnlyInItsSubnets", []string{"ecs:UpdateService"}, policy.If(policy.ForAnyStringNotEquals, "ecs:subnet", d.subnetIDs...)),
		deny("NoPublicTask", []string{"ecs:UpdateService"}, policy.If(policy.Bool, "ecs:auto-assign-public-ip", "true")),
	)
}

// taskRoles and executionRoles are the roles of an environment's tasks, the
// migration's among them.
func taskRoles(n config.Names, env config.Environment) []string {
	roles := []string{n.WorkloadRoleARN(n.TaskRole(env.Name, config.MigrationTask))}
	for _, s := range env.Services {
		roles = append(roles, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
	}
	return roles
}

func executionRoles(n config.Names, env config.Environment) []string {
	roles := []string{n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.MigrationTask))}
	for _, s := range env.Services {
		roles = append(roles, n.WorkloadRoleARN(n.ExecutionRole(env.Name, s.Name)))
	}
	return roles
}

const (
	arnLikeIfExists policy.Operator = "ArnLikeIfExists"
	boolIfExists    policy.Operator = "BoolIfExists"
)
