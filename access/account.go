package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The policies of the account's baseline. It is an administrator's: no role of CI
// changes it (CIBoundary, noHandingOn), and those that plan read how it is set.

const (
	cloudTrail = "cloudtrail.amazonaws.com"
	awsConfig  = config.ConfigPrincipal
	events     = "events.amazonaws.com"
)

// TrailBucket is the policy of the bucket of the account's trail: CloudTrail
// writes there, for this trail only (AWS CloudTrail user guide, "Amazon S3 bucket
// policy for CloudTrail"), and nobody deletes a log file, or this policy, which
// Terraform would delete before the bucket. The bucket's lifecycle deletes log files,
// which no policy binds.
func TrailBucket(n config.Names) policy.Document {
	bucket := n.TrailBucket()
	arn := config.BucketARN(bucket)
	ofThisTrail := []policy.Condition{policy.If(policy.StringEquals, "aws:SourceArn", n.TrailARN())}
	write := logDelivery{
		sid: "LogFilesOfTheTrail", service: cloudTrail, bucket: bucket, prefix: "AWSLogs/" + n.Account() + "/",
		acl: "bucket-owner-full-control",
	}.statement(n)
	write.Conditions = append(ofThisTrail, policy.If(policy.StringEquals, "s3:x-amz-acl", "bucket-owner-full-control"))
	return bucketPolicy(bucket,
		policy.Statement{
			Sid: "TheTrailLooksAtTheBucket", Effect: policy.Allow, Principals: service(cloudTrail),
			Actions: []string{"s3:GetBucketAcl"}, Resources: []string{arn}, Conditions: ofThisTrail,
		},
		write,
		on(denyAnyone("NobodyDeletesLogFiles", []string{"s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject*"}), arn, arn+"/*"),
		noRoleOfThePlatform(n, arn))
}

// ConfigBucket is the policy of the bucket of AWS Config's history: Config writes
// there, for this account (AWS Config developer guide, "Permissions for the Amazon S3
// bucket for the AWS Config delivery channel"), and nobody deletes what it wrote, or this
// policy. The bucket's lifecycle deletes what is old.
func ConfigBucket(n config.Names) policy.Document {
	bucket := n.ConfigBucket()
	arn := config.BucketARN(bucket)
	write := logDelivery{
		sid: "HistoryOfTheAccount", service: awsConfig, bucket: bucket, prefix: "AWSLogs/" + n.Account() + "/Config/",
		acl: "bucket-owner-full-control",
	}.statement(n)
	write.Conditions = append(forThisAccount(n), policy.If(policy.StringEquals, "s3:x-amz-acl", "bucket-owner-full-control"))
	return bucketPolicy(bucket,
		policy.Statement{
			Sid: "ConfigLooksAtTheBucket", Effect: policy.Allow, Principals: service(awsConfig),
			Actions: []string{"s3:GetBucketAcl", "s3:ListBucket"}, Resources: []string{arn}, Conditions: forThisAccount(n),
		},
		write,
		on(denyAnyone("NobodyDeletesHistory", []string{"s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject*"}), arn, arn+"/*"),
		noRoleOfThePlatform(n, arn))
}

// AccountKey is the policy of the key of the account's baseline. CloudTrail encrypts
// log files with it, for this trail only (AWS CloudTrail user guide, "Configure AWS
// KMS key policies for CloudTrail"), Config what it records (AWS Config developer
// guide, "Permissions for the KMS key for the AWS Config delivery channel"), and
// administrators read both; CloudWatch Logs encrypts the trail's log group, and alarms,
// findings and failed runs reach the account's topic.
func AccountKey(n config.Names) policy.Document {
	ofThisTrail := policy.If(policy.StringEquals, "aws:SourceArn", n.TrailARN())
	by := func(sid, who string, actions []string, conditions ...policy.Condition) policy.Statement {
		return policy.Statement{Sid: sid, Effect: policy.Allow, Principals: service(who), Actions: actions, Resources: []string{"*"}, Conditions: conditions}
	}
	return keyPolicy(n,
		by("LogFilesAreEncrypted", cloudTrail, []string{"kms:GenerateDataKey*"}, ofThisTrail,
			policy.If(policy.StringLike, "kms:EncryptionContext:aws:cloudtrail:arn", "arn:aws:cloudtrail:*:"+n.Account()+":trail/*")),
		by("TheTrailLooksAtTheKey", cloudTrail, []string{"kms:DescribeKey"}, ofThisTrail),
		by("HistoryIsEncrypted", awsConfig, []string{"kms:Decrypt", "kms:GenerateDataKey*"}, forThisAccount(n)...),
		useByLogs(n.Region(), n.ARN("logs", "log-group:"+n.TrailLogGroup())),
		by("AlarmsToTheTopic", "cloudwatch.amazonaws.com", []string{"kms:Decrypt", "kms:GenerateDataKey*"}, forThisAccount(n)...),
		// With the topic as encryption context and nothing else: aws:SourceAccount and
		// aws:SourceArn are "not supported for EventBridge-to-encrypted topics" (Amazon SNS
		// developer guide, "Managing Amazon SNS encryption keys and costs").
		by("FindingsToTheTopic", events, []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			policy.If(policy.StringEquals, "kms:EncryptionContext:aws:sns:topicArn", n.ARN("sns", n.AccountTopic()))),
		policy.Statement{
			Sid: "FailedRunsToTheTopic", Effect: policy.Allow, Principals: account(n), Actions: publishEncrypted(), Resources: []string{"*"},
			Conditions: []policy.Condition{
				policy.If(policy.ArnEquals, "aws:PrincipalArn", n.CIRoleARN(config.InfraReportRole)),
				through(n, "sns"),
				policy.If(policy.StringEquals, "kms:EncryptionContext:aws:sns:topicArn", n.ARN("sns", n.AccountTopic())),
			},
		},
		byAdministrators(n, "LogFilesAreReadByPeople", []string{"kms:Decrypt"}, through(n, "s3")))
}

// AccountTopic is the policy of the account's topic: as AlarmTopic's, and
// EventBridge publishes findings there. Its statement has no condition: "You can't use
// Condition blocks in Amazon SNS topic policies for EventBridge" (Amazon EventBridge
// user guide, "Using resource-based policies").
func AccountTopic(n config.Names) policy.Document {
	document := AlarmTopic(n, config.AccountPrefix)
	document.Statements = append(document.Statements, policy.Statement{
		Sid: "FindingsPublish", Effect: policy.Allow, Principals: service(events), Actions: []string{"sns:Publish"}, Resources: []string{n.ARN("sns", n.AccountTopic())},
	})
	return document
}

// TrailLogTrust lets CloudTrail assume the role that it writes the trail's log
// group with. It has no condition: no document of AWS's says that CloudTrail sends
// one (CloudTrail user guide, "Role policy document for CloudTrail to use CloudWatch
// Logs"), and a trail of another account cannot be given this role, since only who
// may pass it names it.
func TrailLogTrust() policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid: "AssumedByService", Effect: policy.Allow, Principals: service(cloudTrail), Actions: []string{"sts:AssumeRole"},
	}}}
}

// TrailLog is what CloudTrail may do with it: write log streams of its own name.
func TrailLog(n config.Names) policy.Document {
	return writeTrailLog(n.ARN("logs", "log-group:"+n.TrailLogGroup()+":log-stream:"+n.Account()+"_CloudTrail_*"))
}

// AccountBoundary is what no role of the account's baseline can exceed.
func AccountBoundary(n config.Names) policy.Document {
	return writeTrailLog(n.ARN("logs", "log-group:"+n.TrailLogGroup()+":log-stream:*"))
}

func writeTrailLog(streams string) policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid: "WriteTheTrailsEvents", Effect: policy.Allow, Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []string{streams},
	}}}
}

// baselineReads are what a plan reads of the account's baseline, beyond what it
// reads anyway: how it is set, no finding and no event.
func baselineReads() []string {
	return []string{
		"access-analyzer:GetAnalyzer", "access-analyzer:ListAnalyzers",
		"cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors", "cloudtrail:GetTrailStatus", "cloudtrail:ListTags",
		"cloudtrail:ListTrails",
		"config:DescribeConfigurationRecorder*", "config:DescribeDeliveryChannels",
		"ec2:GetEbs*", "ec2:GetInstanceMetadataDefaults", "ec2:GetSnapshotBlock*",
		"events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
		"guardduty:GetDetector",
		"logs:DescribeMetricFilters",
		"s3:GetAccountPublicAccessBlock",
		"securityhub:DescribeHub", "securityhub:GetEnabledStandards",
	}
}

// keepBaseline keeps the account's baseline from every role of CI. Of the services
// that only the baseline uses the boundary allows no more than reading; of its
// alarms, rules, log group and topic, which have names as those of environments, this.
// What is published to any topic is CloudWatch's and EventBridge's, but for failed runs.
func keepBaseline(n config.Names) []policy.Statement {
	watch := on(deny("NoChangeOfTheAccountsAlarms", nil),
		n.ARN("cloudwatch", "alarm:"+n.AccountName("*")), n.ARN("events", "rule/"+n.AccountName("*")),
		n.ARN("logs", "log-group:"+n.LogGroups(config.AccountPrefix)+"*"), n.ARN("sns", n.AccountName("*")))
	watch.NotActions = []string{"cloudwatch:Describe*", "cloudwatch:List*", "events:Describe*", "events:List*", "logs:Describe*", "logs:List*", "sns:Get*", "sns:List*", "sns:Publish"}
	publish := onlyFor([]string{n.CIRoleARN(config.InfraReportRole)}, deny("OnlyFailedRunsArePublished", []string{"sns:Publish"}))
	return []policy.Statement{watch, publish, deny("NoChangeOfTheAccount", []string{
		"ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess", "ec2:EnableSnapshotBlockPublicAccess", "ec2:ModifyEbsDefaultKmsKeyId", "ec2:ModifyInstanceMetadataDefaults",
		"ec2:ResetEbsDefaultKmsKeyId", "s3:PutAccountPublicAccessBlock",
	})}
}
