package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// DeployRole is what the backend's pipeline needs to deploy to one
// environment: its image repository, the task definitions of its families, its
// services, its migration task, its logs and its parameters.
func DeployRole(n config.Names, env config.Environment) []ManagedPolicy {
	name := n.Project() + "-" + n.DeployRole(env.Name)
	return []ManagedPolicy{
		{
			Name:        name + "-images",
			Description: "Pushes and pulls the images of " + env.Name,
			Document:    policy.Document{Statements: deployImages(n, env)},
		},
		{
			Name:        name + "-tasks",
			Description: "Deploys to the services of " + env.Name,
			Document:    policy.Document{Statements: deployTasks(n, env)},
		},
	}
}

func deployImages(n config.Names, env config.Environment) []policy.Statement {
	repository := n.ARN("ecr", "repository/"+n.Repository(env.Name))
	return []policy.Statement{
		{
			Sid:       "LogInToECR",
			Effect:    policy.Allow,
			Actions:   []string{"ecr:GetAuthorizationToken"},
			Resources: []string{"*"},
		},
		{
			Sid:    "PushAndPullItsImages",
			Effect: policy.Allow,
			Actions: []string{
				"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload",
				"ecr:DescribeImageScanFindings", "ecr:DescribeImages", "ecr:DescribeRepositories",
				"ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:ListImages",
				"ecr:PutImage", "ecr:UploadLayerPart",
			},
			Resources: []string{repository},
		},
		{
			Sid:          "NoImageOfAnotherEnvironment",
			Effect:       policy.Deny,
			Actions:      concat(pushImages(), pullImages()),
			NotResources: []string{repository},
		},
	}
}

func deployTasks(n config.Names, env config.Environment) []policy.Statement {
	cluster := n.ARN("ecs", "cluster/"+n.Cluster(env.Name))
	inCluster := policy.If(policy.ArnEquals, "ecs:cluster", cluster)
	noShell := policy.If(policy.StringEqualsIfExists, "ecs:enable-execute-command", "false")
	migration := n.ARN("ecs", "task-definition/"+n.MigrationFamily(env.Name)+":*")

	services := make([]string, 0, len(env.Services))
	families := []string{migration}
	groups := []string{n.ARN("logs", "log-group:"+n.LogGroup(env.Name, config.MigrationTask)+":*")}
	for _, s := range env.Services {
		services = append(services, n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/"+n.Service(env.Name, s.Name)))
		families = append(families, n.ARN("ecs", "task-definition/"+n.Service(env.Name, s.Name)+":*"))
		groups = append(groups, n.ARN("logs", "log-group:"+n.LogGroup(env.Name, s.Name)+":*"))
	}
	return []policy.Statement{
		{
			Sid:       "RegisterItsTaskDefinitions",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:RegisterTaskDefinition"},
			Resources: families,
		},
		{
			Sid:        "TagWhatItRegisters",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:TagResource"},
			Resources:  families,
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
			Resources: services,
			Conditions: []policy.Condition{
				inCluster, noShell,
				policy.If(arnLikeIfExists, "ecs:task-definition", families...),
			},
		},
		{
			Sid:        "WatchItsServices",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:DescribeServices", "ecs:ListServiceDeployments"},
			Resources:  services,
			Conditions: []policy.Condition{inCluster},
		},
		{
			Sid:        "RunItsMigration",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:RunTask"},
			Resources:  []string{migration},
			Conditions: []policy.Condition{inCluster, noShell},
		},
		{
			Sid:        "WatchItsTasks",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:DescribeTasks", "ecs:StopTask"},
			Resources:  []string{n.ARN("ecs", "task/"+n.Cluster(env.Name)+"/*")},
			Conditions: []policy.Condition{inCluster},
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
			Resources:  concat(taskRoles(n, env), executionRoles(n, env)),
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", "ecs-tasks.amazonaws.com")},
		},
		{
			Sid:       "ReadItsLogs",
			Effect:    policy.Allow,
			Actions:   []string{"logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"},
			Resources: groups,
		},
		{
			Sid:     "ReadItsParameters",
			Effect:  policy.Allow,
			Actions: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"},
			Resources: []string{
				n.ARN("ssm", "parameter/"+n.Project()+"/"+env.Name),
				n.ARN("ssm", "parameter/"+n.Project()+"/"+env.Name+"/*"),
			},
		},
	}
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

const arnLikeIfExists policy.Operator = "ArnLikeIfExists"
