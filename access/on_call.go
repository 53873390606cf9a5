package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// OnCall is what a person needs who looks when an environment does not answer, and
// supports what runs: what `make status` and the commands of docs/operations.md,
// "Prod does not answer" and "Looked at from outside", ask for, the application's log, the account's events,
// the restart of a service, and maintenance mode. Of what users leave behind it reads the application's log
// only. docs/on-call.json has it, as a permission set's own policy where the role of this
// name is not wanted.
func OnCall(n config.Names) policy.Document {
	return policy.Document{Statements: append(slices.Concat(looking(n, concat(statusReads(), []string{
		"acm:DescribeCertificate", "acm:ListCertificates",
		"cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
		"ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
		"ecr:DescribeImages",
		"ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListServiceDeployments",
		"logs:DescribeLogGroups", "logs:DescribeMetricFilters", "logs:GetQueryResults", "logs:StopQuery",
		"rds:DescribeDBInstances", "rds:DescribePendingMaintenanceActions",
		"route53:GetHealthCheckStatus",
	})), switchMaintenance(n)),
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
