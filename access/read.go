package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// readConfiguration is what a plan reads of AWS: how resources are configured,
// never what is in them. No log event, image, request, secret or query result is
// among the actions; of objects the states and the pages for everybody.
func readConfiguration(n config.Names) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:       "ReadConfiguration",
			Effect:    policy.Allow,
			Actions:   configurationReads(),
			Resources: []string{"*"},
		},
		{
			Sid:       "ListBucketsOfThePlatform",
			Effect:    policy.Allow,
			Actions:   []string{"s3:ListBucket"},
			Resources: []string{config.BucketARN(named(n))},
		},
		{
			Sid:       "ReadPublishedParameters",
			Effect:    policy.Allow,
			Actions:   parameterReads(),
			Resources: []string{n.ARN("ssm", "parameter/"+n.Project()+"/*")},
		},
		{
			Sid:       "ReadState",
			Effect:    policy.Allow,
			Actions:   []string{"s3:GetObject"},
			Resources: []string{config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate"},
		},
		decryptState(n),
		readPages(n),
	}}
}

// decryptState opens the state with its key: the key with the state's alias,
// and only through S3.
func decryptState(n config.Names) policy.Statement {
	return policy.Statement{
		Sid:       "DecryptState",
		Effect:    policy.Allow,
		Actions:   []string{"kms:Decrypt"},
		Resources: []string{n.ARN("kms", "key/*")},
		Conditions: []policy.Condition{
			policy.If(policy.ForAnyStringEquals, "kms:ResourceAliases", n.StateKeyAlias()),
			policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...),
		},
	}
}

func configurationReads() []string {
	return concat(baselineReads(), []string{
		"acm:DescribeCertificate", "acm:ListCertificates", "acm:ListTagsForCertificate",
		"application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource",
		// Not ce:GetCost*: that costs by the call.
		"budgets:ListTagsForResource", "budgets:ViewBudget",
		"ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions", "ce:ListTagsForResource",
		"chatbot:DescribeSlackChannelConfigurations", "chatbot:ListTagsForResource",
		"cloudfront:Get*", "cloudfront:List*",
		"cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
		"ec2:Describe*", "ec2:GetManagedPrefixListEntries", "ec2:GetSecurityGroupsForVpc",
		"ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy",
		"ecr:ListTagsForResource",
		"ecs:Describe*", "ecs:List*",
		"elasticloadbalancing:Describe*",
		"events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
		"iam:Get*", "iam:List*",
		"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListKeys",
		"kms:ListResourceTags",
		"logs:DescribeDeliveries", "logs:DescribeDelivery*", "logs:DescribeLogGroups",
		"logs:DescribeResourcePolicies", "logs:GetDelivery*", "logs:GetLogDelivery", "logs:ListLogDeliveries",
		"logs:ListTagsForResource",
		"rds:Describe*", "rds:ListTagsForResource",
		"route53:GetChange", "route53:GetHealthCheck", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource",
		"s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
		"s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
		"scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListScheduleGroups", "scheduler:ListSchedules", "scheduler:ListTagsForResource",
		"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets",
		// Not sns:ListSubscriptions*: the address of a webhook is a secret.
		"sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
		"sqs:GetQueueAttributes", "sqs:ListQueueTags",
		"ssm:DescribeParameters", "ssm:ListTagsForResource",
		// Not wafv2:GetSampledRequests: it shows users' requests.
		"wafv2:GetIPSet", "wafv2:GetLoggingConfiguration", "wafv2:GetRegexPatternSet", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:List*",
	})
}

func parameterReads() []string {
	return []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}
}
