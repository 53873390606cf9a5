package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// OnCall is what a person needs who looks when an environment does not answer, and
// supports what runs: what `make status` and the commands of docs/operations.md,
// "Prod does not answer" and "Looked at from outside", ask for, the application's log, the account's events,
// the restart of a service, and maintenance mode; and to switch an environment without
// protected data off and on. Of what users leave behind it reads the application's log
// only. docs/on-call.json has it, as a permission set's own policy where the role of this
// name is not wanted.
func OnCall(n config.Names, envs []config.Environment) policy.Document {
	return policy.Document{Statements: append(slices.Concat(looking(n, concat(statusReads(), []string{
		"acm:DescribeCertificate", "acm:ListCertificates",
		"cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
		"ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
		"ecr:DescribeImages",
		"ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:DescribeTasks", "ecs:ListServiceDeployments", "ecs:ListTasks",
		"logs:DescribeLogGroups", "logs:DescribeMetricFilters", "logs:GetQueryResults", "logs:StopQuery",
		"rds:DescribeDBInstances", "rds:DescribePendingMaintenanceActions",
		"route53:GetHealthCheckStatus",
		"sns:GetTopicAttributes",
	})), switchMaintenance(n), switching(n, envs)),
		policy.Statement{
			Sid:       "SeeThatSecretsHaveValues",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:DescribeSecret"},
			Resources: []string{n.ARN("secretsmanager", "secret:"+n.Project()+"/*")},
		},
		policy.Statement{
			Sid:       "ReadTheApplicationsLog",
			Effect:    policy.Allow,
			Actions:   []string{"logs:FilterLogEvents", "logs:StartQuery"},
			Resources: logGroup(n, n.LogGroup("*", "*")),
		},
		policy.Statement{
			Sid:       "ReadTheAccountsEvents",
			Effect:    policy.Allow,
			Actions:   []string{"logs:FilterLogEvents"},
			Resources: logGroup(n, n.TrailLogGroup()),
		},
		policy.Statement{
			// No other revision, no way out for its tasks, and no shell. A count of tasks
			// is the same call; autoscaling brings it back into its range.
			Sid:       "RestartServices",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:UpdateService"},
			Resources: []string{n.ARN("ecs", "service/"+named(n)+"/"+named(n))},
			Conditions: []policy.Condition{
				policy.If(policy.Null, "ecs:task-definition", "true"),
				policy.If(boolIfExists, "ecs:auto-assign-public-ip", "false"),
			},
		},
	)}
}

// switchable are the names of the environments without protected data.
func switchable(envs []config.Environment) []string {
	var names []string
	for _, env := range envs {
		if !env.IsProtected() {
			names = append(names, env.Name)
		}
	}
	return names
}

// switching is what `make switch-off` and `make switch-on` do to environments without
// protected data; nothing where there are none.
func switching(n config.Names, envs []config.Environment) []policy.Statement {
	names := switchable(envs)
	if len(names) == 0 {
		return nil
	}
	tagged := policy.If(policy.StringEquals, "aws:ResourceTag/environment", names...)
	return []policy.Statement{
		{
			Sid:        "StopAndStartDatabases",
			Effect:     policy.Allow,
			Actions:    []string{"rds:StartDBInstance", "rds:StopDBInstance"},
			Resources:  []string{n.ARN("rds", "db:"+named(n))},
			Conditions: []policy.Condition{tagged},
		},
		{
			Sid:        "SilenceAlarms",
			Effect:     policy.Allow,
			Actions:    []string{"cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"},
			Resources:  regional(n, "cloudwatch", "alarm:"+named(n)),
			Conditions: []policy.Condition{tagged},
		},
		{
			// The id of a target says nothing, so its tag does (Application Auto Scaling
			// user guide, "Tagging support": ABAC).
			Sid:       "SetHowManyTasksMayRun",
			Effect:    policy.Allow,
			Actions:   []string{"application-autoscaling:RegisterScalableTarget"},
			Resources: []string{n.ARN("application-autoscaling", "scalable-target/*")},
			Conditions: []policy.Condition{
				policy.If(policy.StringEquals, "application-autoscaling:service-namespace", "ecs"),
				tagged,
			},
		},
	}
}

// What a person may do to whether alarms call and databases run, as the boundary of
// people spells it.
const (
	switchAlarms    = "cloudwatch:*AlarmActions"
	switchDatabases = "rds:St*DBInstance"
)

// onlySwitchable keeps people from switching anything else off: by the tag, since names of
// ten environments would not fit into the boundary.
func onlySwitchable(envs []config.Environment) []policy.Statement {
	names := switchable(envs)
	if len(names) == 0 {
		return nil
	}
	return []policy.Statement{deny("OnlyOthersAreSwitched", []string{"application-autoscaling:RegisterScalableTarget", switchAlarms, "rds:StopDBInstance"},
		policy.If(policy.StringNotEquals, "aws:ResourceTag/environment", names...))}
}

// looking is how things are, without what is in them: the actions given, which AWS mostly
// knows no resource for, published parameters, and who holds a lock.
func looking(n config.Names, actions []string) []policy.Statement {
	return []policy.Statement{
		{
			Sid:       "SeeHowThingsAre",
			Effect:    policy.Allow,
			Actions:   actions,
			Resources: []string{"*"},
		},
		{
			Sid:       "ReadPublishedParameters",
			Effect:    policy.Allow,
			Actions:   []string{"ssm:GetParameter", "ssm:GetParametersByPath"},
			Resources: []string{n.ARN("ssm", "parameter/"+n.Project()+"/*")},
		},
		{
			// Without it S3 answers 403 where there is no lock (Amazon S3 API, "GetObject").
			Sid:       "SeeWhetherThereIsALock",
			Effect:    policy.Allow,
			Actions:   []string{"s3:ListBucket"},
			Resources: []string{config.BucketARN(n.StateBucket())},
		},
		{
			Sid:       "SeeWhoHoldsALock",
			Effect:    policy.Allow,
			Actions:   []string{"s3:GetObject"},
			Resources: []string{lockObjects(n)},
		},
		decryptState(n),
	}
}
