package capability

import "github.com/paperwurks/infra/internal/accessmodel/inventory"

// Administration is the table for a person with administrator rights: what each
// command of docs/operations.md and docs/pipelines.md asks for, and what is
// refused to people. Their own policy allows everything; what says no are the
// policies of keys, buckets, secrets and repositories. Rows name prod; dev where
// the two differ.
func (e Environments) Administration() []Area {
	may, refused := list(inventory.Administrator), nobody
	const (
		putValue = "aws secretsmanager put-secret-value"
		restore  = "aws rds restore-db-instance-to-point-in-time"
		rename   = "aws rds modify-db-instance"
		update   = "aws ecs update-service"
		scale    = "aws application-autoscaling register-scalable-target"
		deploy   = "npx cdktf deploy"
		first    = "make bootstrap"
		destroy  = "terraform destroy"
		look     = "make preflight"
	)
	session, master := "{secret paperwurks/prod/session-key}", "{master paperwurks-prod}"
	secret := func(arn, version string) map[string]any {
		return with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", arn, "kms:EncryptionContext:SecretVersionId", version)
	}
	const aVersion, proof = "0a1b2c3d-0000-4000-8000-0123456789ab", "RequestToValidateKeyAccess"
	grant := func(through string) map[string]any {
		return with("kms:ViaService", through, "kms:GrantIsForAWSResource", "true")
	}
	insights := with("kms:ViaService", throughRDS, "kms:EncryptionContext:aws:pi:service", "rds", "kms:EncryptionContext:service", "pi")
	data, state := key("prod/data"), func(object string) string { return bucket("paperwurks-terraform-state", object) }
	s3 := with("kms:ViaService", throughS3)
	document := bucket("paperwurks-prod-documents", "contract.pdf")
	database, restored := arn("rds", "db:paperwurks-prod"), arn("rds", "db:paperwurks-prod-restored")
	linked := func(service, role string) Row {
		return Row{Does: "let " + service + " make its own role", Action: "iam:CreateServiceLinkedRole", On: iam("role/aws-service-role/" + service + "/" + role),
			With: with("iam:AWSServiceName", service), May: may, Why: "the first of its kind needs it", For: deploy}
	}
	return e.those(append([]Area{
		{Title: "Secrets, for an administrator", Rows: []Row{
			{Does: "set a secret's value", Action: "secretsmanager:PutSecretValue", On: session, May: may, Why: "a person fills it in", For: putValue},
			{Does: "encrypt the value that is set", Action: "kms:GenerateDataKey", On: data, With: secret(session, aVersion), May: may, Why: "Secrets Manager acts for its caller", For: putValue},
			{Does: "have it compared with a value set before", Action: "kms:Decrypt", On: data, With: secret(session, aVersion), May: may, Why: "Secrets Manager acts for its caller", For: putValue},
			{Does: "read a secret's value", Action: "secretsmanager:GetSecretValue", On: session, May: refused, Why: "its policy leaves it to the tasks"},
			{Does: "decrypt a secret past Secrets Manager", Action: "kms:Decrypt", On: data, With: with("kms:EncryptionContext:SecretARN", session), May: refused, Why: "through Secrets Manager only"},
			{Does: "renew the database's master password", Action: "secretsmanager:RotateSecret", On: master, May: may, Why: "RDS sets the new one", For: "aws secretsmanager rotate-secret"},
			{Does: "decrypt the database's master password", Action: "kms:Decrypt", On: data, With: secret(master, aVersion), May: refused, Why: "without it AWS gives nobody the value"},
			{Does: "decrypt another environment's secret with the key", Action: "kms:Decrypt", On: data, With: secret("{secret paperwurks/dev/session-key}", aVersion), May: refused, Why: "one key for each environment"},
		}},
		{Title: "Documents, for an administrator", Rows: []Row{
			{Does: "read a document", Action: "s3:GetObject", On: document, May: refused, Why: "the application's only"},
			{Does: "read an old version of a document", Action: "s3:GetObjectVersion", On: document, May: refused, Why: "the application's only"},
			{Does: "write a document", Action: "s3:PutObject", On: document, May: refused, Why: "the application's only"},
			{Does: "delete a document", Action: "s3:DeleteObject", On: document, May: refused, Why: "the application's only"},
			{Does: "delete an old version of a document", Action: "s3:DeleteObjectVersion", On: document, May: refused, Why: "versions are the backup"},
			{Does: "decrypt a document", Action: "kms:Decrypt", On: data, With: s3, May: refused, Why: "the application's only"},
			{Does: "encrypt a document", Action: "kms:GenerateDataKey", On: data, With: s3, May: refused, Why: "the application's only"},
			{Does: "list what was deleted", Action: "s3:ListBucketVersions", On: bucket("paperwurks-prod-documents"), May: may, Why: "names only; contents stay closed", For: "aws s3api list-object-versions"},
			{Does: "read the policy of the documents bucket", Action: "s3:GetBucketPolicy", On: bucket("paperwurks-prod-documents"), May: may, Why: "to put it back as it was", For: "aws s3api get-bucket-policy"},
			{Does: "open that policy to undelete", Action: "s3:PutBucketPolicy", On: bucket("paperwurks-prod-documents"), May: may, Why: "nothing in the account can refuse it; CloudTrail records it", For: "aws s3api put-bucket-policy"},
			{Does: "remove a delete marker before that policy is open", Action: "s3:DeleteObjectVersion", On: bucket("paperwurks-prod-documents", "contracts/2026/a.pdf"), May: refused, Why: "a marker is a version to S3", For: "aws s3api delete-objects"},
			{Does: "list the documents' names", Action: "s3:ListBucket", On: bucket("paperwurks-prod-documents"), May: may, Why: "IAM alone decides; contents stay closed"},
		}},
		{Title: "The database, for an administrator", Rows: []Row{
			{Does: "see the database", Action: "rds:DescribeDBInstances", On: database, May: may, Why: "to know where it is", For: "aws rds describe-db-instances"},
			{Does: "list the files of its log", Action: "rds:DescribeDBLogFiles", On: database, May: may, Why: "why an upgrade was refused", For: "aws rds describe-db-log-files"},
			{Does: "see the backups of one that is gone", Action: "rds:DescribeDBInstanceAutomatedBackups", On: arn("rds", "auto-backup:ab-1"), May: may, Why: "what can be restored", For: "aws rds describe-db-instance-automated-backups"},
			{Does: "see its snapshots", Action: "rds:DescribeDBSnapshots", On: database, May: may, Why: "what can be restored", For: "aws rds describe-db-snapshots"},
			{Does: "have its backups copied to another region", Action: "rds:StartDBInstanceAutomatedBackupsReplication", On: database, May: may, Why: "no role of the platform may", For: deploy},
			{Does: "make a key for the copies", Action: "kms:CreateKey", On: "*", May: may, Why: "in that region", For: deploy},
			{Does: "have that key renewed each year", Action: "kms:EnableKeyRotation", On: arn("kms", "key/0a1b"), May: may, Why: "as of every key", For: deploy},
			{Does: "list the copies of documents", Action: "s3:ListBucket", On: bucket("paperwurks-copies-prod-documents"), May: may, Why: "the region is lost", For: "aws s3api list-objects-v2"},
			{Does: "copy them to another bucket, once theirs is open", Action: "s3:PutObject", On: "arn:aws:s3:::elsewhere/contract.pdf", May: may, Why: "the region is lost", For: "aws s3api copy-object"},
			{Does: "find the analyzers of a region", Action: "access-analyzer:ListAnalyzers", On: "*", May: may, Why: "in each region", For: "aws accessanalyzer list-analyzers"},
			{Does: "make an analyzer in a region", Action: "access-analyzer:CreateAnalyzer", On: "arn:aws:access-analyzer:{elsewhere}:{account}:analyzer/a", May: may, Why: "in each region", For: "aws accessanalyzer create-analyzer"},
			{Does: "see whether volumes of a region are encrypted", Action: "ec2:GetEbsEncryptionByDefault", On: "*", May: may, Why: "in each region", For: "aws ec2 get-ebs-encryption-by-default"},
			{Does: "encrypt volumes of a region", Action: "ec2:EnableEbsEncryptionByDefault", On: "*", May: may, Why: "in each region", For: "aws ec2 enable-ebs-encryption-by-default"},
			{Does: "ask for IMDSv2 in a region", Action: "ec2:ModifyInstanceMetadataDefaults", On: "*", May: may, Why: "in each region", For: "aws ec2 modify-instance-metadata-defaults"},
			{Does: "find the recorders of a region", Action: "config:DescribeConfigurationRecorders", On: "*", May: may, Why: "in each region", For: "aws configservice describe-configuration-recorders"},
			{Does: "restore a snapshot", Action: "rds:RestoreDBInstanceFromDBSnapshot", On: arn("rds", "snapshot:paperwurks-prod-final"), May: may, Why: "no role of the platform may", For: "aws rds restore-db-instance-from-db-snapshot"},
			{Does: "see its security group", Action: "ec2:DescribeSecurityGroups", On: "*", May: may, Why: "the restored one gets it", For: "aws ec2 describe-security-groups"},
			{Does: "restore it to a point in time", Action: "rds:RestoreDBInstanceToPointInTime", On: database, May: may, Why: "no role of the platform may", For: restore},
			{Does: "make the copy", Action: "rds:RestoreDBInstanceToPointInTime", On: restored, May: may, Why: "no role of the platform may", For: restore},
			{Does: "let RDS encrypt the copy", Action: "kms:CreateGrant", On: data, With: grant(throughRDS), May: may, Why: "RDS acts for its caller", For: restore},
			{Does: "see the key of the copy", Action: "kms:DescribeKey", On: data, May: may, Why: "RDS acts for its caller", For: restore},
			{Does: "grant the key to somebody", Action: "kms:CreateGrant", On: data, With: with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "false"), May: refused, Why: "to AWS services only"},
			{Does: "grant the key past RDS and Secrets Manager", Action: "kms:CreateGrant", On: data, With: with("kms:GrantIsForAWSResource", "true"), May: refused, Why: "through AWS services only"},
			{Does: "decrypt with the key of data", Action: "kms:Decrypt", On: data, May: refused, Why: "through AWS services only"},
			{Does: "rename it and the copy", Action: "rds:ModifyDBInstance", On: restored, May: may, Why: "the copy takes its place", For: rename},
			{Does: "delete the old one", Action: "rds:DeleteDBInstance", On: arn("rds", "db:paperwurks-prod-old"), May: may, Why: "once the copy is in its place", For: "aws rds delete-db-instance"},
			{Does: "let RDS make the copy's master secret", Action: "secretsmanager:CreateSecret", On: master, May: may, Why: "RDS acts for its caller", For: rename},
			{Does: "prove that it may use the key of that secret", Action: "kms:Decrypt", On: data, With: secret(master, proof), May: may, Why: "Secrets Manager asks for it", For: rename},
			{Does: "encrypt that secret", Action: "kms:GenerateDataKey", On: data, With: secret(master, aVersion), May: may, Why: "RDS acts for its caller", For: rename},
			{Does: "let RDS use the key of that secret", Action: "kms:CreateGrant", On: data, With: grant(throughSM), May: may, Why: "RDS acts for its caller", For: rename},
			{Does: "pass the monitoring role to the copy", Action: "iam:PassRole", On: workload("paperwurks-prod-database-monitoring"), With: with("iam:PassedToService", "monitoring.rds.amazonaws.com"), May: may, Why: "enhanced monitoring", For: rename},
			{Does: "see its load by statement", Action: "kms:Decrypt", On: data, With: insights, May: may, Why: "Performance Insights acts for its caller", For: "CloudWatch → Database Insights"},
			{Does: "see which statements load it", Action: "pi:DescribeDimensionKeys", On: arn("pi", "metrics/rds/db-0A1B"), May: may, Why: "users' statements", For: "CloudWatch → Database Insights"},
			{Does: "have its load encrypted", Action: "kms:GenerateDataKey", On: data, With: insights, May: may, Why: "Performance Insights acts for its caller"},
			{Does: "decrypt its load past RDS", Action: "kms:Decrypt", On: data, With: with("kms:EncryptionContext:aws:pi:service", "rds", "kms:EncryptionContext:service", "pi"), May: refused, Why: "through RDS only"},
			{Does: "decrypt its storage through RDS", Action: "kms:Decrypt", On: data, With: with("kms:ViaService", throughRDS), May: refused, Why: "RDS has a grant of its own"},
			{Does: "sign in as the application", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend", May: may, Why: "AWS has no policy of a database: the network keeps people out"},
		}},
		{Title: "Services and their tasks, for an administrator", Rows: []Row{
			{Does: "restart the tasks of a service", Action: "ecs:UpdateService", On: service("prod", "web"), May: may, Why: "a new value reaches new tasks", For: update},
			{Does: "stop its scaling", Action: "application-autoscaling:RegisterScalableTarget", On: arn("application-autoscaling", "scalable-target/0a1b"), With: with("application-autoscaling:service-namespace", "ecs"), May: may, Why: "before the services are stopped", For: scale},
			{Does: "put a service back on an earlier revision", Action: "ecs:UpdateService", On: service("prod", "web"), With: with("ecs:task-definition", definition("paperwurks-prod-web")), May: may, Why: "a rollback from a laptop", For: "pipelines/backend/update.sh"},
			{Does: "register a revision", Action: "ecs:RegisterTaskDefinition", On: definition("paperwurks-prod-web"), May: may, Why: "a deployment from a laptop", For: "pipelines/backend/revise.sh"},
			{Does: "pass the role of its tasks", Action: "iam:PassRole", On: workload("paperwurks-prod-web-task"), With: with("iam:PassedToService", ecsTasks), May: may, Why: "a deployment from a laptop", For: "pipelines/backend/revise.sh"},
			{Does: "run the database setup", Action: "ecs:RunTask", On: definition("paperwurks-prod-roles"), With: with("ecs:cluster", cluster("prod")), May: may, Why: "a deployment from a laptop", For: "pipelines/backend/run-task.sh"},
			{Does: "run the migration", Action: "ecs:RunTask", On: definition("paperwurks-prod-migrate"), With: with("ecs:cluster", cluster("prod")), May: may, Why: "a deployment from a laptop", For: "pipelines/backend/run-task.sh"},
			{Does: "read a parameter", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/prod/ecs/cluster-name"), May: may, Why: "what is published", For: "aws ssm get-parameter"},
			{Does: "read an environment's parameters", Action: "ssm:GetParametersByPath", On: arn("ssm", "parameter/paperwurks/prod"), May: may, Why: "what is published", For: "pipelines/backend/settings.sh"},
			{Does: "see what runs", Action: "ecs:DescribeServices", On: service("prod", "web"), May: may, Why: "to look", For: "pipelines/backend/report.sh"},
			{Does: "find the revision that ran before", Action: "ecs:DescribeTaskDefinition", On: "*", May: may, Why: "to look", For: "pipelines/backend/earlier.sh"},
			{Does: "see a service's events", Action: "ecs:DescribeServices", On: service("prod", "worker"), May: may, Why: "to look", For: "aws ecs describe-services"},
			{Does: "see which alarms ring", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-cpu"), May: may, Why: "to look", For: "aws cloudwatch describe-alarms"},
			{Does: "try whether an alarm is mailed", Action: "cloudwatch:SetAlarmState", On: arn("cloudwatch", "alarm:paperwurks-prod-load-balancer-5xx"), May: may, Why: "the first day", For: "aws cloudwatch set-alarm-state"},
			{Does: "confirm where alarms are mailed", Action: "sns:ConfirmSubscription", On: arn("sns", "paperwurks-prod-alarms"), May: may, Why: "SNS mails nobody unasked", For: "aws sns confirm-subscription"},
			{Does: "see which workspaces are authorised", Action: "chatbot:DescribeSlackWorkspaces", On: "*", May: may, Why: "its id is a setting", For: "aws chatbot describe-slack-workspaces"},
			{Does: "see where alarms are mailed", Action: "sns:ListSubscriptionsByTopic", On: arn("sns", "paperwurks-prod-alarms"), May: may, Why: "whether it is confirmed", For: "aws sns list-subscriptions-by-topic"},
			{Does: "send pages to a paging service", Action: "sns:Subscribe", On: arn("sns", "paperwurks-prod-pages"), With: with("sns:Protocol", "https"), May: may, Why: "its address is a secret, and no setting", For: "aws sns subscribe"},
			{Does: "see which tasks run", Action: "ecs:ListTasks", On: arn("ecs", "container-instance/paperwurks-prod/0a1b"), With: with("ecs:cluster", cluster("prod")), May: may, Why: "one that nobody knows", For: "aws ecs list-tasks"},
			{Does: "see why a task stopped", Action: "ecs:DescribeTasks", On: arn("ecs", "task/paperwurks-prod/0123456789abcdef"), May: may, Why: "to look", For: "aws ecs describe-tasks"},
			{Does: "stop a task", Action: "ecs:StopTask", On: arn("ecs", "task/paperwurks-prod/0123456789abcdef"), May: may, Why: "a stolen role started it", For: "aws ecs stop-task"},
			{Does: "take from CloudFront what it keeps", Action: "cloudfront:CreateInvalidation", On: "arn:aws:cloudfront::{account}:distribution/E1", May: may, Why: "a rollback does not", For: "aws cloudfront create-invalidation"},
			{Does: "switch maintenance mode", Action: "wafv2:UpdateRegexPatternSet", On: "arn:aws:wafv2:us-east-1:{account}:global/regexpatternset/paperwurks-prod-maintenance/0a1b", May: may, Why: "users see the page, or the application", For: "make maintenance"},
			{Does: "let somebody through in maintenance mode", Action: "wafv2:UpdateIPSet", On: "arn:aws:wafv2:us-east-1:{account}:global/ipset/paperwurks-prod-maintenance-ipv4/0a1b", May: may, Why: "the team looks first", For: "make maintenance"},
			{Does: "search the application's log", Action: "logs:FilterLogEvents", On: arn("logs", "log-group:/paperwurks/prod/ecs/web"), May: may, Why: "to look", For: "aws logs filter-log-events"},
			{Does: "take a stream off the application's log", Action: "logs:DeleteLogStream", On: arn("logs", "log-group:/paperwurks/prod/ecs/web:log-stream:s"), May: may, Why: "a secret was written there", For: "aws logs delete-log-stream"},
			{Does: "read the application's log", Action: "logs:GetLogEvents", On: arn("logs", "log-group:/paperwurks/prod/ecs/web:log-stream:s"), May: may, Why: "to look"},
			{Does: "see the schedule of a job", Action: "scheduler:GetSchedule", On: arn("scheduler", "schedule/paperwurks-prod/nightly"), May: may, Why: "whether it is there", For: "aws scheduler get-schedule"},
			{Does: "find the queue of a job's ends", Action: "sqs:GetQueueUrl", On: arn("sqs", "paperwurks-prod-jobs-ended"), May: may, Why: "to look", For: "aws sqs get-queue-url"},
			{Does: "read how jobs ended", Action: "sqs:ReceiveMessage", On: arn("sqs", "paperwurks-prod-jobs-ended"), May: may, Why: "to look", For: "aws sqs receive-message"},
			{Does: "see how many jobs did not start", Action: "sqs:GetQueueAttributes", On: arn("sqs", "paperwurks-prod-jobs-dead-letter"), May: may, Why: "before they are gone", For: "aws sqs get-queue-attributes"},
			{Does: "see which requests the firewall refused", Action: "wafv2:GetSampledRequests", On: "arn:aws:wafv2:us-east-1:{account}:global/webacl/paperwurks-prod-edge/0a1b", May: may, Why: "whose they were", For: "WAF → Sampled requests"},
			{Does: "empty the queue of what did not start", Action: "sqs:PurgeQueue", On: arn("sqs", "paperwurks-prod-jobs-dead-letter"), May: may, Why: "once it is read", For: "aws sqs purge-queue"},
			{Does: "list the schedules", Action: "scheduler:ListSchedules", On: "*", May: may, Why: "which changed since a role was stolen", For: "aws scheduler list-schedules"},
			{Does: "delete a schedule", Action: "scheduler:DeleteSchedule", On: arn("scheduler", "schedule/paperwurks-prod/nightly"), May: may, Why: "a stolen role made it", For: "aws scheduler delete-schedule"},
			{Does: "put a schedule on a revision", Action: "scheduler:UpdateSchedule", On: arn("scheduler", "schedule/paperwurks-prod/nightly"), May: may, Why: "a deployment from a laptop", For: "pipelines/backend/schedule.sh"},
			{Does: "use the key of logs otherwise", Action: "kms:Decrypt", On: key("dev/logs"), May: refused, Why: "CloudWatch Logs decrypts for whoever may read"},
		}},
		{Title: "Images, for an administrator", Rows: []Row{
			{Does: "push an image", Action: "ecr:PutImage", On: repository("prod"), May: refused, Why: "its pipeline's only"},
			{Does: "pull an image", Action: "ecr:BatchGetImage", On: repository("prod"), May: refused, Why: "its pipeline's and its tasks' only"},
			{Does: "list images", Action: "ecr:DescribeImages", On: repository("prod"), May: may, Why: "to see what is there", For: "aws ecr describe-images"},
		}},
		{Title: "An environment deployed by hand, by an administrator", Rows: []Row{
			{Does: "make the database", Action: "rds:CreateDBInstance", On: database, With: with("rds:ManageMasterUserPassword", "true"), May: may, Why: "as infra-role does", For: deploy},
			{Does: "let RDS encrypt it", Action: "kms:CreateGrant", On: data, With: grant(throughRDS), May: may, Why: "RDS acts for its caller", For: deploy},
			{Does: "make a secret", Action: "secretsmanager:CreateSecret", On: session, May: may, Why: "as infra-role does", For: deploy},
			{Does: "prove that it may encrypt a secret", Action: "kms:GenerateDataKey", On: data, With: secret(session, proof), May: may, Why: "Secrets Manager asks for it", For: deploy},
			{Does: "prove that it may decrypt a secret", Action: "kms:Decrypt", On: data, With: secret(session, proof), May: may, Why: "Secrets Manager asks for it", For: deploy},
			{Does: "make a service", Action: "ecs:CreateService", On: service("prod", "web"), May: may, Why: "as infra-role does", For: deploy},
			{Does: "pass the bootstrap role", Action: "iam:PassRole", On: workload("paperwurks-prod-bootstrap"), With: with("iam:PassedToService", ecsTasks), May: may, Why: "as infra-role does", For: deploy},
			{Does: "try an alarm without a name", Action: "cloudwatch:PutMetricAlarm", On: unnamedAlarm, May: may, Why: "Application Auto Scaling asks for it", For: deploy},
			{Does: "make a log group with a key", Action: "logs:AssociateKmsKey", On: arn("logs", "log-group:/paperwurks/prod/ecs/web"), May: may, Why: "as infra-role does", For: deploy},
			{Does: "set the documents bucket's policy", Action: "s3:PutBucketPolicy", On: bucket("paperwurks-prod-documents"), May: may, Why: "as infra-role does", For: deploy},
			linked("ecs.amazonaws.com", "AWSServiceRoleForECS"),
			linked("rds.amazonaws.com", "AWSServiceRoleForRDS"),
		}},
		{Title: "An environment without user data destroyed, by an administrator", Rows: []Row{
			{Does: "delete its database", Action: "rds:DeleteDBInstance", On: arn("rds", "db:paperwurks-dev"), May: may, Why: "as infra-role does", For: destroy},
			{Does: "delete a secret", Action: "secretsmanager:DeleteSecret", On: "{secret paperwurks/dev/session-key}", May: may, Why: "as infra-role does", For: destroy},
			{Does: "delete an object of its log bucket", Action: "s3:DeleteObject", On: bucket("paperwurks-dev-logs", "a"), May: may, Why: "a bucket has to be empty", For: destroy},
			{Does: "take the limits off its documents", Action: "s3:DeleteBucketPolicy", On: bucket("paperwurks-dev-documents"), May: may, Why: "Terraform destroys the policy before the bucket is emptied", For: destroy},
			{Does: "delete its documents bucket", Action: "s3:DeleteBucket", On: bucket("paperwurks-dev-documents"), May: may, Why: "as infra-role does", For: destroy},
			{Does: "delete its services", Action: "ecs:DeleteService", On: service("dev", "web"), May: may, Why: "as infra-role does", For: destroy},
			{Does: "give up its keys", Action: "kms:ScheduleKeyDeletion", On: key("dev/data"), May: may, Why: "AWS waits 30 days", For: first},
		}},
		{Title: "Terraform's state, for an administrator", Rows: []Row{
			{Does: "read the state", Action: "s3:GetObject", On: state("prod/terraform.tfstate"), May: may, Why: "to plan", For: "make diff"},
			{Does: "decrypt the state", Action: "kms:Decrypt", On: key("state"), With: s3, May: may, Why: "through S3", For: "make diff"},
			{Does: "see whether a stack is locked", Action: "s3:ListBucket", On: bucket("paperwurks-terraform-state"), With: with("s3:prefix", "prod/"), May: may, Why: "the lock is an object", For: "aws s3 ls"},
			{Does: "see who holds a lock", Action: "s3:GetObject", On: state("prod/terraform.tfstate.tflock"), May: may, Why: "name, since when", For: "aws s3 cp"},
			{Does: "write the state", Action: "s3:PutObject", On: state("prod/terraform.tfstate"), May: may, Why: "to adopt what a killed run made", For: "make recover"},
			{Does: "encrypt the state", Action: "kms:GenerateDataKey", On: key("state"), With: s3, May: may, Why: "through S3", For: "make recover"},
			{Does: "release the lock", Action: "s3:DeleteObject", On: state("prod/terraform.tfstate.tflock"), May: may, Why: "of a run that died", For: "make recover"},
			{Does: "see what exists", Action: "rds:DescribeDBInstances", On: database, May: may, Why: "to compare it with the state", For: "make orphans"},
			{Does: "take the database out of the state", Action: "s3:PutObject", On: state("dev/terraform.tfstate"), May: may, Why: "its copy takes its place", For: "terraform state rm"},
			{Does: "see the copy that is imported", Action: "rds:DescribeDBInstances", On: database, May: may, Why: "Terraform reads it", For: "terraform import"},
			{Does: "read the state to see what it lacks", Action: "s3:GetObject", On: state("prod/terraform.tfstate"), May: may, Why: "to compare AWS with it", For: "make orphans"},
			{Does: "read the state to see how AWS differs", Action: "s3:GetObject", On: state("prod/terraform.tfstate"), May: may, Why: "to compare AWS with it", For: "make drift"},
			{Does: "see how AWS differs", Action: "iam:GetRole", On: ci(infra), May: may, Why: "to compare it with the state", For: "make drift"},
			{Does: "read an old version of the state", Action: "s3:GetObjectVersion", On: state("prod/terraform.tfstate"), May: may, Why: "versions are the backup"},
			{Does: "decrypt with the state's key past S3", Action: "kms:Decrypt", On: key("state"), May: refused, Why: "through S3 only"},
		}},
		{Title: "The account itself, for an administrator", Rows: []Row{
			{Does: "see whether the root user has keys and MFA", Action: "iam:GetAccountSummary", On: "*", May: may, Why: "nobody works as root", For: "aws iam get-account-summary"},
			{Does: "see whether root's MFA is a virtual one", Action: "iam:ListVirtualMFADevices", On: "*", May: may, Why: "hardware is asked for", For: "aws iam list-virtual-mfa-devices"},
			{Does: "see the account's contact", Action: "account:GetContactInformation", On: "arn:aws:account::{account}:account", May: may, Why: "AWS writes there", For: "aws account get-contact-information"},
			{Does: "see the security contact", Action: "account:GetAlternateContact", On: "arn:aws:account::{account}:account", May: may, Why: "AWS reports abuse there", For: "aws account get-alternate-contact"},
			{Does: "set the security contact", Action: "account:PutAlternateContact", On: "arn:aws:account::{account}:account", May: may, Why: "more than one person", For: "aws account put-alternate-contact"},
			{Does: "have the report of credentials written", Action: "iam:GenerateCredentialReport", On: "*", May: may, Why: "no user has any", For: "aws iam generate-credential-report"},
			{Does: "read the report of credentials", Action: "iam:GetCredentialReport", On: "*", May: may, Why: "no user has any", For: "aws iam get-credential-report"},
			{Does: "see who has a policy of AWS's", Action: "iam:ListEntitiesForPolicy", On: "arn:aws:iam::aws:policy/AdministratorAccess", May: may, Why: "who has every right", For: "aws iam list-entities-for-policy"},
			{Does: "see the certificates in IAM", Action: "iam:ListServerCertificates", On: "*", May: may, Why: "they expire there unseen", For: "aws iam list-server-certificates"},
			{Does: "make a budget", Action: "budgets:ModifyBudget", On: "arn:aws:budgets::{account}:budget/paperwurks-prod-month", May: may, Why: "no role of CI may", For: first},
			{Does: "make the monitor of costs", Action: "ce:CreateAnomalyMonitor", On: "*", May: may, Why: "no role of CI may", For: first},
			{Does: "make a tag one of cost allocation", Action: "ce:UpdateCostAllocationTagsStatus", On: "*", May: may, Why: "environments' budgets filter by it", For: "aws ce update-cost-allocation-tags-status"},
			{Does: "see the tags of cost allocation", Action: "ce:ListCostAllocationTags", On: "*", May: may, Why: "whether it is active", For: "aws ce list-cost-allocation-tags"},
			{Does: "see the budgets", Action: "budgets:ViewBudget", On: "arn:aws:budgets::{account}:budget/paperwurks-prod-month", May: may, Why: "what they have counted", For: "aws budgets describe-budgets"},
			{Does: "see unusual costs", Action: "ce:GetAnomalies", On: "*", May: may, Why: "which service, since when", For: "aws ce get-anomalies"},
			{Does: "see what each service cost", Action: "ce:GetCostAndUsage", On: "*", May: may, Why: "which service, since when", For: "aws ce get-cost-and-usage"},
			{Does: "see the regions", Action: "ec2:DescribeRegions", On: "*", May: may, Why: "each has a default VPC", For: "aws ec2 describe-regions"},
			{Does: "see default VPCs", Action: "ec2:DescribeVpcs", On: "*", May: may, Why: "they are open", For: "aws ec2 describe-vpcs"},
			{Does: "bring a default VPC back", Action: "ec2:CreateDefaultVpc", On: "*", May: may, Why: "if something used it", For: "aws ec2 create-default-vpc"},
		}},
		{Title: "The account's baseline, for an administrator", Rows: []Row{
			{Does: "read a log file of the trail", Action: "s3:GetObject", On: bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz"), May: may, Why: "to look into what happened"},
			{Does: "decrypt a log file of the trail", Action: "kms:Decrypt", On: key("account"), With: s3, May: may, Why: "to look into what happened"},
			{Does: "decrypt a log file of the trail past S3", Action: "kms:Decrypt", On: key("account"), May: nobody, Why: "through S3 only"},
			{Does: "check the digests of log files", Action: "cloudtrail:ListPublicKeys", On: "*", May: may, Why: "whether one was changed"},
			{Does: "delete a log file of the trail", Action: "s3:DeleteObject", On: bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz"), May: nobody, Why: "its lifecycle does, once it is old"},
			{Does: "delete a log file of the trail for good", Action: "s3:DeleteObjectVersion", On: bucket("paperwurks-account-trail", "AWSLogs/2026.json.gz"), May: nobody, Why: "its lifecycle does, once it is old"},
			{Does: "destroy the trail's bucket", Action: "s3:DeleteBucket", On: bucket("paperwurks-account-trail"), May: nobody, Why: "its policy has to be changed first, which the trail records"},
			{Does: "delete the policy of the trail's bucket", Action: "s3:DeleteBucketPolicy", On: bucket("paperwurks-account-trail"), May: nobody, Why: "with it the log files would lose what keeps them"},
			{Does: "change who may use the trail's key", Action: "kms:PutKeyPolicy", On: key("account"), May: may, Why: "make bootstrap", For: first},
			{Does: "take a key's deletion back", Action: "kms:CancelKeyDeletion", On: key("prod/data"), May: may, Why: "nobody meant it", For: "aws kms cancel-key-deletion"},
			{Does: "enable a key that was disabled", Action: "kms:EnableKey", On: key("prod/data"), May: may, Why: "nobody meant it", For: "aws kms enable-key"},
			{Does: "start the database that had lost its key", Action: "rds:StartDBInstance", On: arn("rds", "db:paperwurks-prod"), May: may, Why: "RDS does not by itself", For: "aws rds start-db-instance"},
			{Does: "see what an alarm of the account looks for", Action: "logs:DescribeMetricFilters", On: arn("logs", "log-group:/paperwurks/account/trail"), May: may, Why: "it rang", For: "aws logs describe-metric-filters"},
			{Does: "see the events that it found", Action: "logs:FilterLogEvents", On: arn("logs", "log-group:/paperwurks/account/trail"), May: may, Why: "whose they are", For: "aws logs filter-log-events"},
			{Does: "see a finding", Action: "securityhub:GetFindings", On: arn("securityhub", "hub/default"), May: may, Why: "it was mailed", For: "aws securityhub get-findings"},
			{Does: "say that a finding is known", Action: "securityhub:BatchUpdateFindings", On: arn("securityhub", "hub/default"), May: may, Why: "or it is mailed again", For: "aws securityhub batch-update-findings"},
			{Does: "read Config's history", Action: "s3:GetObject", On: bucket("paperwurks-account-config", "AWSLogs/111122223333/Config/2026.json.gz"), May: may, Why: "how a resource was set"},
			{Does: "delete Config's history", Action: "s3:DeleteObject", On: bucket("paperwurks-account-config", "AWSLogs/111122223333/Config/2026.json.gz"), May: nobody, Why: "its lifecycle does, once it is old"},
			{Does: "delete the policy of Config's bucket", Action: "s3:DeleteBucketPolicy", On: bucket("paperwurks-account-config"), May: nobody, Why: "with it the history would lose what keeps it"},
			{Does: "change the trail", Action: "cloudtrail:UpdateTrail", On: arn("cloudtrail", "trail/paperwurks-account-trail"), May: may, Why: "make bootstrap", For: first},
		}},
		{Title: "What the account can hold, for an administrator", Rows: []Row{
			{Does: "read a quota", Action: "servicequotas:GetServiceQuota", On: "*", May: may, Why: "changes nothing", For: look},
			{Does: "see what counts against a quota", Action: "ec2:DescribeAddresses", On: "*", May: may, Why: "changes nothing", For: look},
			{Does: "see whether CloudFront answers", Action: "cloudfront:ListDistributions", On: "*", May: may, Why: "changes nothing", For: look},
			{Does: "see which roles of AWS's exist", Action: "iam:GetRole", On: iam("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"), May: may, Why: "changes nothing", For: look},
			{Does: "see the OIDC provider", Action: "iam:ListOpenIDConnectProviderTags", On: iam("oidc-provider/token.actions.githubusercontent.com"), May: may, Why: "changes nothing", For: look},
			{Does: "see the budgets", Action: "budgets:ViewBudget", On: "arn:aws:budgets::{account}:budget/b", May: may, Why: "changes nothing", For: look},
			{Does: "see whether Cost Explorer answers", Action: "ce:GetAnomalyMonitors", On: "*", May: may, Why: "changes nothing", For: look},
			{Does: "see the hosted zone", Action: "route53:GetHostedZone", On: "*", May: may, Why: "changes nothing", For: look},
		}},
		{Title: "What only an administrator may", Rows: []Row{
			{Does: "write a policy into infra-role", Action: "iam:PutRolePolicy", On: ci(infra), May: may, Why: "the roles of CI", For: first},
			{Does: "refuse the sessions of a role", Action: "iam:PutRolePolicy", On: ci(prod), May: may, Why: "its credentials were stolen", For: "aws iam put-role-policy"},
			{Does: "refuse the sessions of a role for people", Action: "iam:PutRolePolicy", On: iam("role/paperwurks/people/paperwurks-break-glass"), May: may, Why: "somebody else used it"},
			{Does: "let them in again", Action: "iam:DeleteRolePolicy", On: ci(prod), May: may, Why: "once it is over", For: "aws iam delete-role-policy"},
			{Does: "read the trust of a role", Action: "iam:GetRole", On: ci(prod), May: may, Why: "to put it back as it was", For: "aws iam get-role"},
			{Does: "let no run take a role", Action: "iam:UpdateAssumeRolePolicy", On: ci(prod), May: may, Why: "its credentials were stolen", For: "aws iam update-assume-role-policy"},
			{Does: "see what a session did", Action: "cloudtrail:LookupEvents", On: "*", May: may, Why: "of 90 days", For: "aws cloudtrail lookup-events"},
			{Does: "make a deploy role", Action: "iam:CreateRole", On: ci(prod), May: may, Why: "of a new environment", For: first},
			{Does: "change a boundary", Action: "iam:CreatePolicyVersion", On: iam("policy/paperwurks/boundary/paperwurks-workload-boundary-prod"), May: may, Why: "a new service is named there", For: first},
			{Does: "make GitHub's OIDC provider", Action: "iam:CreateOpenIDConnectProvider", On: iam("oidc-provider/token.actions.githubusercontent.com"), May: may, Why: "once", For: first},
			{Does: "make the state bucket", Action: "s3:CreateBucket", On: bucket("paperwurks-terraform-state"), May: may, Why: "once", For: first},
			{Does: "let ECR use the key of images", Action: "kms:CreateGrant", On: key("prod/images"), With: grant(throughECR), May: may, Why: "ECR acts for its caller", For: first},
			{Does: "set the policy of the key of data", Action: "kms:PutKeyPolicy", On: data, May: may, Why: "who may use it", For: first},
			{Does: "set a repository's policy", Action: "ecr:SetRepositoryPolicy", On: repository("prod"), May: may, Why: "who pushes and pulls", For: first},
			{Does: "see the domain's zone", Action: "route53:ListHostedZonesByName", On: "*", May: may, Why: "before a domain is set", For: "aws route53 list-hosted-zones-by-name"},
			{Does: "see what Route 53's checkers saw", Action: "route53:GetHealthCheckStatus", On: "arn:aws:route53:::healthcheck/0a1b", May: may, Why: "from where it fails", For: "aws route53 get-health-check-status"},
			{Does: "see a key", Action: "kms:DescribeKey", On: arn("kms", "key/0a1b"), May: may, Why: "which of two is the older", For: "aws kms describe-key"},
			{Does: "destroy a key that a killed run made", Action: "kms:ScheduleKeyDeletion", On: data, May: may, Why: "AWS waits 30 days", For: "aws kms schedule-key-deletion"},
			{Does: "take the limits off a secret", Action: "secretsmanager:DeleteResourcePolicy", On: session, May: may, Why: "nothing in the account can refuse it; CloudTrail records it"},
			{Does: "take the limits off the documents", Action: "s3:DeleteBucketPolicy", On: bucket("paperwurks-prod-documents"), May: may, Why: "nothing in the account can refuse it; CloudTrail records it"},
		}},
	}, Switching([]string{"dev"}, may, may)...))
}
