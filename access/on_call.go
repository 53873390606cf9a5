package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// OnCall is the policy of the permission set of a person who looks when an
// environment does not answer: what `make status` and the commands of
// docs/operations.md, "Prod does not answer" and "Looked at from outside", ask for. It changes nothing, and of
// what users leave behind it reads the application's log only. No stack makes
// it: people are IAM Identity Center's.
func OnCall(n config.Names) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			// AWS knows no resource for most of these. They show how things are, and numbers.
			Sid:    "SeeHowThingsAre",
			Effect: policy.Allow,
			Actions: concat(statusReads(), []string{
				"acm:DescribeCertificate", "acm:ListCertificates",
				"cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
				"ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
				"ecr:DescribeImages",
				"ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListServiceDeployments",
				"rds:DescribeDBInstances", "rds:DescribePendingMaintenanceActions",
				"route53:GetHealthCheckStatus",
			}),
			Resources: []string{"*"},
		},
		{
			Sid:       "SeeThatSecretsHaveValues",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:DescribeSecret"},
			Resources: []string{n.ARN("secretsmanager", "secret:"+n.Project()+"/*")},
		},
		{
			Sid:       "ReadPublishedParameters",
			Effect:    policy.Allow,
			Actions:   []string{"ssm:GetParameter", "ssm:GetParametersByPath"},
			Resources: []string{n.ARN("ssm", "parameter/"+n.Project()+"/*")},
		},
		{
			Sid:       "ReadTheApplicationsLog",
			Effect:    policy.Allow,
			Actions:   []string{"logs:FilterLogEvents"},
			Resources: logGroup(n, n.LogGroup("*", "*")),
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
	}}
}
