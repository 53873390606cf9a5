package capability

// baseline is that of the account: planners see how it is set, and nobody of CI
// stops, deletes or redirects any of it, or looks at what it found.
func baseline() Area {
	trail := arn("cloudtrail", "trail/paperwurks-account-trail")
	log := bucket("paperwurks-account-trail")
	file := bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz")
	events := arn("logs", "log-group:/paperwurks/account/trail")
	alarm := arn("cloudwatch", "alarm:paperwurks-account-root")
	topic := arn("sns", "paperwurks-account-alarms")
	writer := iam("role/paperwurks/account/paperwurks-account-trail-log")
	detector := arn("guardduty", "detector/d")
	hub := arn("securityhub", "hub/default")
	rule := arn("events", "rule/paperwurks-account-threats")
	history := bucket("paperwurks-account-config")
	record := bucket("paperwurks-account-config", "AWSLogs/111122223333/Config/2026.json.gz")
	analyzer := arn("access-analyzer", "analyzer/paperwurks-account-analyzer")
	const administrators = "an administrator's"
	never := func(does, action, on string) Row {
		return Row{Does: does, Action: action, On: on, May: nobody, Why: administrators}
	}
	plan := func(does, action, on string) Row {
		return Row{Does: does, Action: action, On: on, May: planners, Why: "to plan"}
	}
	return Area{Title: "The account's baseline", Rows: []Row{
		plan("see whether the trail records", "cloudtrail:GetTrailStatus", trail),
		never("look events up", "cloudtrail:LookupEvents", "*"),
		never("stop the trail", "cloudtrail:StopLogging", trail),
		never("delete the trail", "cloudtrail:DeleteTrail", trail),
		never("send the trail elsewhere", "cloudtrail:UpdateTrail", trail),
		never("record less", "cloudtrail:PutEventSelectors", trail),
		never("read a log file of the trail", "s3:GetObject", file),
		never("write a log file of the trail", "s3:PutObject", file),
		never("delete a log file of the trail", "s3:DeleteObject", file),
		never("delete a log file of the trail for good", "s3:DeleteObjectVersion", file),
		never("let log files of the trail expire", "s3:PutLifecycleConfiguration", log),
		never("keep the trail from its bucket", "s3:PutBucketPolicy", log),
		never("take the limits off the trail's bucket", "s3:DeleteBucketPolicy", log),
		never("stop versions of log files", "s3:PutBucketVersioning", log),
		never("encrypt log files with another key", "s3:PutEncryptionConfiguration", log),
		never("stop the log of who reads log files", "s3:PutBucketLogging", log),
		never("destroy the trail's bucket", "s3:DeleteBucket", log),
		never("keep the trail from its key", "kms:PutKeyPolicy", key("account")),
		never("disable the trail's key", "kms:DisableKey", key("account")),
		never("delete the trail's key", "kms:ScheduleKeyDeletion", key("account")),
		never("rename the trail's key", "kms:DeleteAlias", arn("kms", "alias/paperwurks/account")),
		{Does: "decrypt a log file of the trail", Action: "kms:Decrypt", On: key("account"), With: with("kms:ViaService", throughS3), May: nobody, Why: administrators},
		never("keep alarms from the trail's events", "logs:DeleteMetricFilter", events),
		never("let alarms look for something else", "logs:PutMetricFilter", events),
		plan("see what alarms look for in the trail's events", "logs:DescribeMetricFilters", events),
		never("delete the trail's events in CloudWatch Logs", "logs:DeleteLogGroup", events),
		never("keep the trail's events in CloudWatch Logs for a day", "logs:PutRetentionPolicy", events),
		never("encrypt the trail's events in CloudWatch Logs otherwise", "logs:DisassociateKmsKey", events),
		never("read the trail's events in CloudWatch Logs", "logs:FilterLogEvents", events),
		never("write events beside the trail's", "logs:PutLogEvents", events+":log-stream:s"),
		never("delete an alarm of the account", "cloudwatch:DeleteAlarms", alarm),
		never("set an alarm of the account to something else", "cloudwatch:PutMetricAlarm", alarm),
		never("mute an alarm of the account", "cloudwatch:DisableAlarmActions", alarm),
		never("end an alarm of the account that rings", "cloudwatch:SetAlarmState", alarm),
		plan("see how an alarm of the account is set", "cloudwatch:DescribeAlarms", alarm),
		never("delete the account's topic", "sns:DeleteTopic", topic),
		never("let nobody publish to the account's topic", "sns:SetTopicAttributes", topic),
		never("take who is told of the account off its topic", "sns:Unsubscribe", topic),
		never("have the account's alarms sent to oneself", "sns:Subscribe", topic),
		{Does: "publish to the account's topic that a run failed", Action: "sns:Publish", On: topic, May: reporter, Why: "failures.yml; at worst a false alarm"},
		never("publish to a topic that is not the platform's", "sns:Publish", arn("sns", "other")),
		never("publish to another account's topic", "sns:Publish", "arn:aws:sns:{region}:999999999999:paperwurks-account-alarms"),
		never("publish to a topic of that name in another region", "sns:Publish", "arn:aws:sns:us-east-1:{account}:paperwurks-account-alarms"),
		never("change what writes the trail's events", "iam:PutRolePolicy", writer),
		never("delete what writes the trail's events", "iam:DeleteRole", writer),
		plan("see how GuardDuty is set", "guardduty:GetDetector", detector),
		never("switch GuardDuty off", "guardduty:UpdateDetector", detector),
		never("delete the detector", "guardduty:DeleteDetector", detector),
		never("let GuardDuty pass over an address", "guardduty:CreateIPSet", "*"),
		never("archive what GuardDuty finds", "guardduty:CreateFilter", "*"),
		never("see what GuardDuty found", "guardduty:GetFindings", "*"),
		never("hand GuardDuty to another account", "guardduty:AcceptAdministratorInvitation", "*"),
		plan("see whether Security Hub is on", "securityhub:DescribeHub", hub),
		plan("see its standards", "securityhub:GetEnabledStandards", hub),
		never("switch Security Hub off", "securityhub:DisableSecurityHub", hub),
		never("change what Security Hub checks", "securityhub:UpdateSecurityHubConfiguration", hub),
		never("take a standard away from Security Hub", "securityhub:BatchDisableStandards", hub),
		never("switch a control of Security Hub off", "securityhub:UpdateStandardsControl", hub),
		never("suppress a finding", "securityhub:BatchUpdateFindings", hub),
		never("suppress findings to come", "securityhub:CreateAutomationRule", "*"),
		never("see what Security Hub found", "securityhub:GetFindings", hub),
		plan("see which findings are mailed", "events:DescribeRule", rule),
		plan("see where findings are mailed to", "events:ListTargetsByRule", rule),
		plan("see the tags of the rule on findings", "events:ListTagsForResource", rule),
		never("mail no finding", "events:DisableRule", rule),
		never("mail other findings", "events:PutRule", rule),
		never("send findings elsewhere", "events:PutTargets", rule),
		never("send findings nowhere", "events:RemoveTargets", rule),
		never("delete the rule on findings", "events:DeleteRule", rule),
		plan("see how Config's recorder is set", "config:DescribeConfigurationRecorders", "*"),
		plan("see whether it records", "config:DescribeConfigurationRecorderStatus", "*"),
		plan("see where its history goes", "config:DescribeDeliveryChannels", "*"),
		never("stop Config's recorder", "config:StopConfigurationRecorder", "*"),
		never("delete Config's recorder", "config:DeleteConfigurationRecorder", "*"),
		never("let Config record less", "config:PutConfigurationRecorder", "*"),
		never("send Config's history elsewhere", "config:PutDeliveryChannel", "*"),
		never("send Config's history nowhere", "config:DeleteDeliveryChannel", "*"),
		never("keep Config's history for a month", "config:PutRetentionConfiguration", "*"),
		never("destroy the role of Config", "iam:DeleteServiceLinkedRole", iam("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")),
		never("destroy the bucket of Config's history", "s3:DeleteBucket", history),
		never("change the policy of Config's bucket", "s3:PutBucketPolicy", history),
		never("let Config's history end after a day", "s3:PutLifecycleConfiguration", history),
		never("read Config's history", "s3:GetObject", record),
		never("write into Config's history", "s3:PutObject", record),
		never("delete Config's history", "s3:DeleteObject", record),
		plan("see how Access Analyzer is set", "access-analyzer:GetAnalyzer", analyzer),
		never("see what Access Analyzer found", "access-analyzer:ListFindings", analyzer),
		never("delete the analyzer", "access-analyzer:DeleteAnalyzer", analyzer),
		never("archive what Access Analyzer finds", "access-analyzer:CreateArchiveRule", arn("access-analyzer", "analyzer/paperwurks-account-analyzer/archive-rule/r")),
		plan("see the account's block of public access", "s3:GetAccountPublicAccessBlock", "*"),
		never("allow public buckets", "s3:PutAccountPublicAccessBlock", "*"),
		plan("see whether volumes are encrypted", "ec2:GetEbsEncryptionByDefault", "*"),
		never("leave volumes in plain text", "ec2:DisableEbsEncryptionByDefault", "*"),
		never("encrypt volumes with another key", "ec2:ModifyEbsDefaultKmsKeyId", "*"),
		plan("see whether snapshots may be public", "ec2:GetSnapshotBlockPublicAccessState", "*"),
		never("allow public snapshots", "ec2:DisableSnapshotBlockPublicAccess", "*"),
		never("allow the public snapshots of before", "ec2:EnableSnapshotBlockPublicAccess", "*"),
		plan("see the defaults of instances' metadata", "ec2:GetInstanceMetadataDefaults", "*"),
		never("allow IMDSv1", "ec2:ModifyInstanceMetadataDefaults", "*"),
		plan("see the policy on passwords", "iam:GetAccountPasswordPolicy", "*"),
		never("allow short passwords", "iam:UpdateAccountPasswordPolicy", "*"),
		never("allow any password", "iam:DeleteAccountPasswordPolicy", "*"),
	}}
}
