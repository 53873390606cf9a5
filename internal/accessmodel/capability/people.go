package capability

import "slices"

// The roles for people.
const (
	readOnly   = "paperwurks-read-only"
	onCall     = "paperwurks-on-call"
	breakGlass = "paperwurks-break-glass"
)

// People is the table for the roles for people: what each command of the runbooks that
// they suffice for asks for, and what none of them opens. Rows name prod, but for those
// of the environments that a person may switch off.
func (e Environments) People(switched []string) []Area {
	all, supporters, auditors, emergency := list(readOnly, onCall, breakGlass), list(onCall, breakGlass), list(readOnly, breakGlass), list(breakGlass)
	const look, report, maintenance = "make status", "pipelines/backend/report.sh", "make maintenance"
	firewall := func(resource string) string { return "arn:aws:wafv2:us-east-1:{account}:global/" + resource }
	state := func(object string) string { return bucket("paperwurks-terraform-state", object) }
	session, master, web := "{secret paperwurks/prod/session-key}", "{master paperwurks-prod}", service("prod", "web")
	s3 := with("kms:ViaService", throughS3)
	log := func(group string) string { return arn("logs", "log-group:"+group) }
	secret := func(arn, version string) map[string]any {
		return with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", arn, "kms:EncryptionContext:SecretVersionId", version)
	}
	const aVersion, proof = "0a1b2c3d-0000-4000-8000-0123456789ab", "RequestToValidateKeyAccess"
	grant := func(through, aws string) map[string]any {
		return with("kms:ViaService", through, "kms:GrantIsForAWSResource", aws)
	}
	database, restored := arn("rds", "db:paperwurks-prod"), arn("rds", "db:paperwurks-prod-restored")
	data, document := key("prod/data"), bucket("paperwurks-prod-documents", "contract.pdf")
	events := log("/paperwurks/account/trail")
	own := func(role string) string { return iam("role/paperwurks/people/" + role) }
	never := func(does, action, on, why string) Row {
		return Row{Does: does, Action: action, On: on, May: nobody, Why: why}
	}
	when := func(r Row, with map[string]any) Row {
		r.With = with
		return r
	}
	return append(append(Switching(switched, supporters, all), notSwitched(switched)...), e.those([]Area{
		{Title: "What looking asks for", Rows: []Row{
			{Does: "see what runs, and ECS's events", Action: "ecs:DescribeServices", On: web, May: all, Why: "tasks, revision", For: look},
			{Does: "see what runs, by script", Action: "ecs:DescribeServices", On: web, May: all, Why: "tasks, revision", For: report},
			{Does: "see ECS's events", Action: "ecs:DescribeServices", On: web, May: all, Why: "why no task starts", For: "aws ecs describe-services"},
			{Does: "see why a task stopped", Action: "ecs:DescribeTasks", On: arn("ecs", "task/paperwurks-prod/0123456789abcdef"), May: all, Why: "no task starts", For: "aws ecs describe-tasks"},
			{Does: "see which tasks there are", Action: "ecs:ListTasks", On: arn("ecs", "container-instance/paperwurks-prod/0a1b"), With: with("ecs:cluster", cluster("prod")), May: all, Why: "no task starts", For: "aws ecs list-tasks"},
			{Does: "see how large the database may become", Action: "rds:DescribeDBInstances", On: arn("rds", "db:paperwurks-prod"), May: all, Why: "it is full", For: "aws rds describe-db-instances"},
			{Does: "see the image of a revision", Action: "ecs:DescribeTaskDefinition", On: "*", May: all, Why: "which commit", For: look},
			{Does: "see the image of a revision, by script", Action: "ecs:DescribeTaskDefinition", On: "*", May: all, Why: "which commit", For: report},
			{Does: "see how the last deployment ended", Action: "ecs:ListServiceDeployments", On: web, May: all, Why: "rolled back?", For: look},
			{Does: "see which alarms ring", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: all, Why: "since when, why", For: look},
			{Does: "see whether anybody is told of alarms", Action: "sns:GetTopicAttributes", On: arn("sns", "paperwurks-prod-alarms"), May: all, Why: "how many confirmed, not who", For: look},
			{Does: "see whether anybody is paged", Action: "sns:GetTopicAttributes", On: "arn:aws:sns:us-east-1:{account}:paperwurks-prod-pages", May: all, Why: "how many confirmed, not who", For: look},
			{Does: "see why an alarm rings", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: all, Why: "the measurement", For: "aws cloudwatch describe-alarms"},
			{Does: "see the dashboard", Action: "cloudwatch:GetDashboard", On: "arn:aws:cloudwatch::{account}:dashboard/paperwurks-prod", May: all, Why: "in the console"},
			{Does: "see the dashboard's numbers", Action: "cloudwatch:GetMetricData", On: "*", May: all, Why: "in the console"},
			{Does: "see which metrics there are", Action: "cloudwatch:ListMetrics", On: "*", May: all, Why: "in the console"},
			{Does: "see how much storage is free", Action: "cloudwatch:GetMetricStatistics", On: "*", May: all, Why: "the database's", For: look},
			{Does: "see the database's state", Action: "rds:DescribeDBInstances", On: arn("rds", "db:paperwurks-prod"), May: all, Why: "available?", For: look},
			{Does: "see what waits for maintenance", Action: "rds:DescribePendingMaintenanceActions", On: arn("rds", "db:paperwurks-prod"), May: all, Why: "tonight?", For: look},
			{Does: "see that a secret has a value", Action: "secretsmanager:DescribeSecret", On: session, May: all, Why: "not the value", For: look},
			{Does: "list certificates", Action: "acm:ListCertificates", On: "*", May: all, Why: "where there is a domain", For: look},
			{Does: "see when a certificate ends", Action: "acm:DescribeCertificate", On: arn("acm", "certificate/0a1b"), May: all, Why: "where there is a domain", For: look},
			{Does: "see how full a quota is: addresses", Action: "ec2:DescribeAddresses", On: "*", May: all, Why: "what runs out", For: look},
			{Does: "see how full a quota is: internet gateways", Action: "ec2:DescribeInternetGateways", On: "*", May: all, Why: "what runs out", For: look},
			{Does: "see how full a quota is: NAT gateways", Action: "ec2:DescribeNatGateways", On: "*", May: all, Why: "what runs out", For: look},
			{Does: "see how full a quota is: subnets", Action: "ec2:DescribeSubnets", On: "*", May: all, Why: "what runs out", For: look},
			{Does: "see how full a quota is: VPCs", Action: "ec2:DescribeVpcs", On: "*", May: all, Why: "what runs out", For: look},
			{Does: "read a quota", Action: "servicequotas:GetServiceQuota", On: "arn:aws:servicequotas:{region}:{account}:ec2/L-0263D0A3", May: all, Why: "what runs out", For: look},
			{Does: "read AWS's default of a quota", Action: "servicequotas:GetAWSDefaultServiceQuota", On: "*", May: all, Why: "where none was applied", For: look},
			{Does: "see that there is no lock", Action: "s3:ListBucket", On: bucket("paperwurks-terraform-state"), May: all, Why: "else S3 says 403", For: look},
			{Does: "list locks", Action: "s3:ListBucket", On: bucket("paperwurks-terraform-state"), May: all, Why: "without Go", For: "aws s3 ls"},
			{Does: "see who holds a lock", Action: "s3:GetObject", On: state("prod/terraform.tfstate.tflock"), May: all, Why: "name, since when", For: look},
			{Does: "see who holds a lock, without Go", Action: "s3:GetObject", On: state("prod/terraform.tfstate.tflock"), May: all, Why: "name, since when", For: "aws s3 cp"},
			{Does: "decrypt a lock", Action: "kms:Decrypt", On: key("state"), With: s3, May: all, Why: "S3 acts for its caller", For: look},
			{Does: "read where users find it", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/prod/public/url"), May: all, Why: "published", For: look},
			{Does: "read the state bucket's name", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/shared/state/bucket"), May: all, Why: "published", For: "aws ssm get-parameter"},
			{Does: "read what is published", Action: "ssm:GetParametersByPath", On: arn("ssm", "parameter/paperwurks/prod"), May: all, Why: "names for the scripts", For: "pipelines/backend/settings.sh"},
			{Does: "list images", Action: "ecr:DescribeImages", On: repository("prod"), May: all, Why: "which commit to go back to", For: "aws ecr describe-images"},
		}},
		{Title: "What support asks for", Rows: []Row{
			{Does: "search the application's log", Action: "logs:FilterLogEvents", On: log("/paperwurks/prod/ecs/web"), May: supporters, Why: "what it wrote", For: "aws logs filter-log-events"},
			{Does: "see the events that an alarm of the account found", Action: "logs:FilterLogEvents", On: events, May: supporters, Why: "whose they are", For: "aws logs filter-log-events"},
			{Does: "see what an alarm of the account looks for", Action: "logs:DescribeMetricFilters", On: events, May: all, Why: "it rang", For: "aws logs describe-metric-filters"},
			{Does: "see what Route 53's checkers saw", Action: "route53:GetHealthCheckStatus", On: "arn:aws:route53:::healthcheck/0a1b", May: all, Why: "from where it fails", For: "aws route53 get-health-check-status"},
			{Does: "list log groups", Action: "logs:DescribeLogGroups", On: "*", May: all, Why: "in the console"},
			{Does: "ask the application's log", Action: "logs:StartQuery", On: log("/paperwurks/prod/ecs/web"), May: supporters, Why: "the queries of its page"},
			{Does: "see a query's answer", Action: "logs:GetQueryResults", On: "*", May: supporters, Why: "of whatever log; its id is needed"},
			{Does: "end a query", Action: "logs:StopQuery", On: "*", May: supporters, Why: "it asks too much"},
			{Does: "restart a service", Action: "ecs:UpdateService", On: web, May: supporters, Why: "it hangs, or has a new secret", For: "aws ecs update-service"},
		}},
		{Title: "What maintenance mode asks for", Rows: []Row{
			{Does: "find the switch", Action: "wafv2:ListRegexPatternSets", On: "*", May: all, Why: "by its name", For: maintenance},
			{Does: "find the lists of guests", Action: "wafv2:ListIPSets", On: "*", May: all, Why: "by their names", For: maintenance},
			{Does: "see whether it is on", Action: "wafv2:GetRegexPatternSet", On: firewall("regexpatternset/paperwurks-prod-maintenance/0a1b"), May: all, Why: "before and after", For: maintenance},
			{Does: "see who is let through", Action: "wafv2:GetIPSet", On: firewall("ipset/paperwurks-prod-maintenance-ipv6/0a1b"), May: all, Why: "before and after", For: maintenance},
			{Does: "switch it", Action: "wafv2:UpdateRegexPatternSet", On: firewall("regexpatternset/paperwurks-prod-maintenance/0a1b"), May: supporters, Why: "users see the page, or the application", For: maintenance},
			{Does: "let somebody through", Action: "wafv2:UpdateIPSet", On: firewall("ipset/paperwurks-prod-maintenance-ipv4/0a1b"), May: supporters, Why: "the team looks first", For: maintenance},
		}},
		{Title: "What a review asks for", Rows: []Row{
			{Does: "see how a role is set", Action: "iam:GetRole", On: ci(infra), May: auditors, Why: "who may assume it"},
			{Does: "look events up", Action: "cloudtrail:LookupEvents", On: "*", May: auditors, Why: "who did what"},
			{Does: "see a finding", Action: "securityhub:GetFindings", On: arn("securityhub", "hub/default"), May: auditors, Why: "it was mailed"},
			{Does: "see the account's contact", Action: "account:GetContactInformation", On: "arn:aws:account::{account}:account", May: auditors, Why: "AWS writes there"},
			{Does: "see the security contact", Action: "account:GetAlternateContact", On: "arn:aws:account::{account}:account", May: auditors, Why: "AWS reports abuse there"},
			{Does: "have the report of credentials written", Action: "iam:GenerateCredentialReport", On: "*", May: auditors, Why: "no user has any"},
			{Does: "see unusual costs", Action: "ce:GetAnomalies", On: "*", May: auditors, Why: "which service, since when"},
			{Does: "see what each service cost", Action: "ce:GetCostAndUsage", On: "*", May: auditors, Why: "which service, since when"},
			{Does: "see the tags of cost allocation", Action: "ce:ListCostAllocationTags", On: "*", May: auditors, Why: "whether it is active"},
			{Does: "find a hosted zone", Action: "route53:ListHostedZonesByName", On: "*", May: auditors, Why: "before a domain is set"},
			{Does: "see the policy of the documents bucket", Action: "s3:GetBucketPolicy", On: bucket("paperwurks-prod-documents"), May: auditors, Why: "who may read"},
		}},
		{Title: "What an emergency asks for", Rows: []Row{
			{Does: "put a service back on an earlier revision", Action: "ecs:UpdateService", On: web, With: with("ecs:task-definition", definition("paperwurks-prod-web")), May: emergency, Why: "a rollback that nobody can approve"},
			{Does: "stop a task", Action: "ecs:StopTask", On: arn("ecs", "task/paperwurks-prod/0123456789abcdef"), May: emergency, Why: "a stolen role started it"},
			{Does: "list the schedules", Action: "scheduler:ListSchedules", On: "*", May: auditors, Why: "which changed since a role was stolen"},
			{Does: "delete a schedule", Action: "scheduler:DeleteSchedule", On: arn("scheduler", "schedule/paperwurks-prod/nightly"), May: emergency, Why: "a stolen role made it"},
			{Does: "take from CloudFront what it keeps", Action: "cloudfront:CreateInvalidation", On: "arn:aws:cloudfront::{account}:distribution/E1", May: emergency, Why: "a rollback does not"},
			{Does: "set a secret's value", Action: "secretsmanager:PutSecretValue", On: session, May: emergency, Why: "it leaked"},
			{Does: "encrypt the value that is set", Action: "kms:GenerateDataKey", On: data, With: secret(session, aVersion), May: emergency, Why: "Secrets Manager acts for its caller"},
			{Does: "have it compared with a value set before", Action: "kms:Decrypt", On: data, With: secret(session, aVersion), May: emergency, Why: "Secrets Manager acts for its caller"},
			{Does: "renew the database's master password", Action: "secretsmanager:RotateSecret", On: master, May: emergency, Why: "RDS sets the new one"},
			{Does: "restore the database to a point in time", Action: "rds:RestoreDBInstanceToPointInTime", On: database, May: emergency, Why: "next to the original"},
			{Does: "restore a snapshot", Action: "rds:RestoreDBInstanceFromDBSnapshot", On: arn("rds", "snapshot:paperwurks-prod-final"), May: emergency, Why: "next to the original"},
			{Does: "change the copy", Action: "rds:ModifyDBInstance", On: restored, May: emergency, Why: "what a restore does not take over"},
			{Does: "have the copy's tags set", Action: "rds:AddTagsToResource", On: restored, May: emergency, Why: "RDS asks for it"},
			{Does: "let RDS encrypt the copy", Action: "kms:CreateGrant", On: data, With: grant(throughRDS, "true"), May: emergency, Why: "RDS acts for its caller"},
			{Does: "let RDS make the copy's master secret", Action: "secretsmanager:CreateSecret", On: master, May: emergency, Why: "RDS acts for its caller"},
			{Does: "have that secret's tags set", Action: "secretsmanager:TagResource", On: master, May: emergency, Why: "RDS acts for its caller"},
			{Does: "prove that it may use the key of that secret", Action: "kms:Decrypt", On: data, With: secret(master, proof), May: emergency, Why: "Secrets Manager asks for it"},
			{Does: "let RDS use the key of that secret", Action: "kms:CreateGrant", On: data, With: grant(throughSM, "true"), May: emergency, Why: "RDS acts for its caller"},
			{Does: "pass the monitoring role to the copy", Action: "iam:PassRole", On: workload("paperwurks-prod-database-monitoring"), With: with("iam:PassedToService", "monitoring.rds.amazonaws.com"), May: emergency, Why: "enhanced monitoring"},
			{Does: "let nobody assume a role of CI", Action: "iam:UpdateAssumeRolePolicy", On: ci(prod), May: emergency, Why: "its credentials were stolen"},
			{Does: "refuse the sessions of a role of CI", Action: "iam:PutRolePolicy", On: ci(prod), May: emergency, Why: "its credentials were stolen"},
			{Does: "take its sessions back in", Action: "iam:DeleteRolePolicy", On: ci(prod), May: emergency, Why: "it is over"},
			{Does: "take a key's deletion back", Action: "kms:CancelKeyDeletion", On: data, May: emergency, Why: "nobody meant it"},
			{Does: "enable a key that was disabled", Action: "kms:EnableKey", On: data, May: emergency, Why: "nobody meant it"},
			{Does: "start the database that had lost its key", Action: "rds:StartDBInstance", On: database, May: emergency, Why: "RDS does not by itself"},
		}},
		{Title: neverForPeople, Rows: []Row{
			never("read a state", "s3:GetObject", state("prod/terraform.tfstate"), "locks only"),
			never("write a state", "s3:PutObject", state("prod/terraform.tfstate"), "the pipeline's and an administrator's"),
			never("release a lock", "s3:DeleteObject", state("prod/terraform.tfstate.tflock"), "make recover is an administrator's"),
			never("read a document", "s3:GetObject", document, "the application's only"),
			never("read an old version of a document", "s3:GetObjectVersion", document, "the application's only"),
			never("delete a document", "s3:DeleteObject", document, "the application's only"),
			never("delete an old version of a document", "s3:DeleteObjectVersion", document, "versions are the backup"),
			never("list the documents' names", "s3:ListBucket", bucket("paperwurks-prod-documents"), "names say much"),
			never("open the documents bucket's policy", "s3:PutBucketPolicy", bucket("paperwurks-prod-documents"), "an administrator's"),
			never("let documents' versions end sooner", "s3:PutLifecycleConfiguration", bucket("paperwurks-prod-documents"), "versions are the backup"),
			when(never("decrypt a document", "kms:Decrypt", data, "the application's only"), s3),
			never("read a secret's value", "secretsmanager:GetSecretValue", session, "the tasks' only"),
			never("read the database's master password", "secretsmanager:GetSecretValue", master, "the database setup's only"),
			when(never("decrypt the database's master password", "kms:Decrypt", data, "the database setup's only"), secret(master, aVersion)),
			when(never("decrypt a secret past Secrets Manager", "kms:Decrypt", data, "through Secrets Manager only"), with("kms:EncryptionContext:SecretARN", session)),
			when(never("grant the key to somebody", "kms:CreateGrant", data, "to AWS services only"), grant(throughRDS, "false")),
			when(never("grant the key past AWS's services", "kms:CreateGrant", data, "through AWS services only"), with("kms:GrantIsForAWSResource", "true")),
			never("delete a secret", "secretsmanager:DeleteSecret", session, "an administrator's"),
			never("open a secret's policy", "secretsmanager:PutResourcePolicy", session, "an administrator's"),
			never("sign in to the database", "rds-db:connect", "{dbuser paperwurks-prod}/backend", "the application's only"),
			never("change the database itself", "rds:ModifyDBInstance", database, "it could end its backups"),
			when(never("give the copy a password of its own", "rds:ModifyDBInstance", restored, "RDS keeps it"), with("rds:ManageMasterUserPassword", "false")),
			never("delete the database", "rds:DeleteDBInstance", database, "an administrator's"),
			never("stop the database of prod", "rds:StopDBInstance", database, "users need it at night too"),
			never("mute an alarm of prod", "cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), "it tells that users find nothing"),
			when(never("set how many tasks prod may run", "application-autoscaling:RegisterScalableTarget", arn("application-autoscaling", "scalable-target/0a1b"), "infra-role's, by a pull request"),
				with("application-autoscaling:service-namespace", "ecs", "aws:ResourceTag/environment", "prod")),
			when(never("make a scalable target", "application-autoscaling:RegisterScalableTarget", arn("application-autoscaling", "scalable-target/0a1b"), "infra-role's, by a pull request"),
				with("application-autoscaling:service-namespace", "ecs")),
			never("delete a snapshot", "rds:DeleteDBSnapshot", arn("rds", "snapshot:paperwurks-prod-final"), "a backup"),
			never("delete the database's backups", "rds:DeleteDBInstanceAutomatedBackup", arn("rds", "auto-backup:ab-1"), "a backup"),
			never("share a snapshot", "rds:ModifyDBSnapshotAttribute", arn("rds", "snapshot:paperwurks-prod-final"), "a way out for data"),
			never("have the key of data deleted", "kms:ScheduleKeyDeletion", data, "all data with it"),
			never("disable the key of data", "kms:DisableKey", data, "all data with it"),
			never("change who may use the key of data", "kms:PutKeyPolicy", data, "an administrator's"),
			never("read the database's log", "logs:FilterLogEvents", log("/aws/rds/instance/paperwurks-prod/postgresql"), "it shows data"),
			never("ask the database's log", "logs:StartQuery", log("/aws/rds/instance/paperwurks-prod/postgresql"), "it shows data"),
			never("ask the firewall's log", "logs:StartQuery", log("aws-waf-logs-paperwurks-prod"), "it shows users' requests"),
			never("read the flow log", "logs:FilterLogEvents", log("/paperwurks/prod/vpc/flow"), "not asked for"),
			never("delete a log", "logs:DeleteLogGroup", log("/paperwurks/prod/ecs/web"), "it says what happened"),
			never("take a stream off a log", "logs:DeleteLogStream", log("/paperwurks/prod/ecs/web:log-stream:s"), "it says what happened"),
			never("pull an image", "ecr:BatchGetImage", repository("prod"), "its pipeline's and its tasks' only"),
			never("push an image", "ecr:PutImage", repository("prod"), "its pipeline's only"),
			never("change a schedule", "scheduler:UpdateSchedule", arn("scheduler", "schedule/paperwurks-prod/nightly"), "code with the application's rights"),
			never("register a revision", "ecs:RegisterTaskDefinition", definition("paperwurks-prod-web"), "code with the application's rights"),
			when(never("start a task", "ecs:RunTask", definition("paperwurks-prod-web"), "deploy-role's"), with("ecs:cluster", cluster("prod"))),
			never("open a shell in a task", "ecs:ExecuteCommand", cluster("prod"), "no shell in prod"),
			when(never("give a service a shell", "ecs:UpdateService", web, "no shell in prod"), with("ecs:enable-execute-command", "true")),
			when(never("give a service a way out", "ecs:UpdateService", web, "private subnets only"), with("ecs:auto-assign-public-ip", "true")),
			never("delete a service", "ecs:DeleteService", web, "an administrator's"),
			never("set an alarm's state", "cloudwatch:SetAlarmState", arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), "it rolls deployments back"),
			never("delete the alarm on a broken glass", "cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:paperwurks-account-break-glass"), "it tells of them"),
			never("mute the alarm on a broken glass", "cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:paperwurks-account-break-glass"), "it tells of them"),
			never("let that alarm look for something else", "logs:PutMetricFilter", events, "it tells of them"),
			never("let that alarm find nothing", "logs:DeleteMetricFilter", events, "it tells of them"),
			never("delete the account's topic", "sns:DeleteTopic", arn("sns", "paperwurks-account-alarms"), "it tells of them"),
			never("take who is told off the topic", "sns:Unsubscribe", arn("sns", "paperwurks-account-alarms"), "it tells of them"),
			never("stop the trail", "cloudtrail:StopLogging", arn("cloudtrail", "trail/paperwurks-account-trail"), "the account's record"),
			never("delete the trail", "cloudtrail:DeleteTrail", arn("cloudtrail", "trail/paperwurks-account-trail"), "the account's record"),
			never("record less", "cloudtrail:PutEventSelectors", arn("cloudtrail", "trail/paperwurks-account-trail"), "the account's record"),
			never("read a log file of the trail", "s3:GetObject", bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz"), "events in CloudWatch Logs suffice"),
			never("delete a log file of the trail", "s3:DeleteObject", bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz"), "the account's record"),
			never("read Config's history", "s3:GetObject", bucket("paperwurks-account-config", "AWSLogs/111122223333/Config/2026.json.gz"), "not asked for"),
			never("suppress a finding", "securityhub:BatchUpdateFindings", arn("securityhub", "hub/default"), "an administrator's"),
			never("stop Config's recorder", "config:StopConfigurationRecorder", "*", "the account's record"),
			never("switch GuardDuty off", "guardduty:UpdateDetector", arn("guardduty", "detector/d"), "it watches them too"),
			never("take a role of CI", "sts:AssumeRole", ci(prod), "GitHub's runs only"),
			never("take a task's role", "sts:AssumeRole", workload("paperwurks-prod-web-task"), "ECS's only"),
			never("take another role for people", "sts:AssumeRole", own(breakGlass), "who signed in for it only"),
			never("change who may take a role for people", "iam:UpdateAssumeRolePolicy", own(breakGlass), "an administrator's"),
			never("give a role for people more", "iam:PutRolePolicy", own(onCall), "an administrator's"),
			never("attach a policy to a role for people", "iam:AttachRolePolicy", own(onCall), "an administrator's"),
			never("take a role's boundary away", "iam:DeleteRolePermissionsBoundary", own(onCall), "an administrator's"),
			never("change a policy of people", "iam:CreatePolicyVersion", iam("policy/paperwurks/people/paperwurks-on-call"), "an administrator's"),
			never("change the boundary of people", "iam:CreatePolicyVersion", iam("policy/paperwurks/boundary/paperwurks-people-boundary"), "an administrator's"),
			never("change who may assume a task's role", "iam:UpdateAssumeRolePolicy", workload("paperwurks-prod-web-task"), "an administrator's"),
			never("give a task's role more", "iam:PutRolePolicy", workload("paperwurks-prod-web-task"), "infra-role's, by a pull request"),
			never("make a user", "iam:CreateUser", iam("user/u"), "people sign in otherwise"),
			never("make an access key", "iam:CreateAccessKey", iam("user/ada"), "people sign in otherwise"),
			when(never("pass a role to a task", "iam:PassRole", workload("paperwurks-prod-web-task"), "deploy-role's"), with("iam:PassedToService", ecsTasks)),
			never("change the state bucket's policy", "s3:PutBucketPolicy", bucket("paperwurks-terraform-state"), "an administrator's"),
			never("decrypt a lock past S3", "kms:Decrypt", key("state"), "through S3 only"),
			never("change a published parameter", "ssm:PutParameter", arn("ssm", "parameter/paperwurks/prod/public/url"), "the stacks' only"),
			never("open a shell in one task", "ecs:ExecuteCommand", arn("ecs", "task/paperwurks-prod/0123456789abcdef"), "no shell in prod"),
			never("change the distribution", "cloudfront:UpdateDistribution", "arn:aws:cloudfront::{account}:distribution/E1", "infra-role's, by a pull request"),
			never("delete a copy of the database", "rds:DeleteDBInstance", restored, "an administrator's"),
			never("delete a role of CI", "iam:DeleteRole", ci(prod), "an administrator's"),
			when(never("pass a task's role to RDS", "iam:PassRole", workload("paperwurks-prod-web-task"), "ECS's only"), with("iam:PassedToService", "monitoring.rds.amazonaws.com")),
			never("change the firewall's rules", "wafv2:UpdateWebACL", firewall("webacl/paperwurks-prod-edge/0a1b"), "infra-role's, by a pull request"),
			never("destroy the switch of maintenance mode", "wafv2:DeleteRegexPatternSet", firewall("regexpatternset/paperwurks-prod-maintenance/0a1b"), "infra-role's, with its environment"),
			never("destroy the list of guests", "wafv2:DeleteIPSet", firewall("ipset/paperwurks-prod-maintenance-ipv4/0a1b"), "infra-role's, with its environment"),
			never("destroy a bucket", "s3:DeleteBucket", bucket("paperwurks-prod-documents"), "an administrator's"),
		}},
		{Title: "What is not the platform's, for people", Rows: []Row{
			never("read another's parameter", "ssm:GetParameter", arn("ssm", "parameter/other/x"), "the platform's only"),
			never("change a pattern set that switches no maintenance mode", "wafv2:UpdateRegexPatternSet", firewall("regexpatternset/paperwurks-prod-other/0a1b"), "that of maintenance mode only"),
			never("change another list of addresses", "wafv2:UpdateIPSet", firewall("ipset/other/0a1b"), "those of maintenance mode only"),
			never("restart another's service", "ecs:UpdateService", arn("ecs", "service/other/other"), "the platform's only"),
			never("delete another's schedule", "scheduler:DeleteSchedule", arn("scheduler", "schedule/other/x"), "the platform's only"),
			never("stop another's task", "ecs:StopTask", arn("ecs", "task/other/0123456789abcdef"), "the platform's only"),
			never("renew another's secret", "secretsmanager:RotateSecret", arn("secretsmanager", "secret:other-a1b2c3"), "master secrets only"),
			never("set another's secret", "secretsmanager:PutSecretValue", arn("secretsmanager", "secret:other-a1b2c3"), "the platform's only"),
			never("make a secret", "secretsmanager:CreateSecret", arn("secretsmanager", "secret:paperwurks/prod/made-a1b2c3"), "the stacks' only"),
			never("restore another's database", "rds:RestoreDBInstanceToPointInTime", arn("rds", "db:other"), "the platform's only"),
			when(never("use another's key for secrets", "kms:Decrypt", arn("kms", "key/0a1b"), "keys of data only"), with("kms:ViaService", throughSM)),
			when(never("use another's key for a copy", "kms:CreateGrant", arn("kms", "key/0a1b"), "keys of data only"), grant(throughRDS, "true")),
			never("start another's database", "rds:StartDBInstance", arn("rds", "db:other"), "the platform's only"),
			never("enable another's key", "kms:EnableKey", arn("kms", "key/0a1b"), "the platform's only"),
			when(never("pass the monitoring role to a task", "iam:PassRole", workload("paperwurks-prod-database-monitoring"), "RDS's only"), with("iam:PassedToService", ecsTasks)),
			when(never("pass the monitoring role of another", "iam:PassRole", workload("other"), "the platform's only"), with("iam:PassedToService", "monitoring.rds.amazonaws.com")),
		}},
	})...)
}

// neverForPeople is the title of what no role for people opens.
const neverForPeople = "What no role for people opens"

// PeopleFirmly leaves of the people's table what holds whatever the roles' own policies
// were to allow.
func (e Environments) PeopleFirmly() []Area {
	return slices.DeleteFunc(e.People(nil), func(a Area) bool { return a.Title != neverForPeople })
}
