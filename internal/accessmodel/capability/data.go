package capability

func documents() Area {
	object := func(env string) string { return bucket("paperwurks-"+env+"-documents", "contract.pdf") }
	prodBucket := bucket("paperwurks-prod-documents")
	return Area{Title: "Documents", Rows: []Row{
		{Does: "read a document of dev", Action: "s3:GetObject", On: object("dev"), May: nobody, Why: "the application's only"},
		{Does: "read a document of prod", Action: "s3:GetObject", On: object("prod"), May: nobody, Why: "the application's only"},
		{Does: "read an old version of a document", Action: "s3:GetObjectVersion", On: object("prod"), May: nobody, Why: "the application's only"},
		{Does: "write a document of prod", Action: "s3:PutObject", On: object("prod"), May: nobody, Why: "the application's only"},
		{Does: "open a document to others", Action: "s3:PutObjectAcl", On: object("prod"), May: nobody, Why: "a way out for data"},
		{Does: "delete a document of dev", Action: "s3:DeleteObject", On: object("dev"), May: builder, Why: "dev can be destroyed"},
		{Does: "delete a document of prod", Action: "s3:DeleteObject", On: object("prod"), May: nobody, Why: "the application's only"},
		{Does: "empty the bucket of dev", Action: "s3:DeleteObjectVersion", On: object("dev"), May: builder, Why: "dev can be destroyed"},
		{Does: "empty the bucket of prod", Action: "s3:DeleteObjectVersion", On: object("prod"), May: nobody, Why: "prod cannot"},
		{Does: "decrypt a document", Action: "kms:Decrypt", On: key("prod/data"), With: with("kms:ViaService", throughS3), May: nobody, Why: "the application's only"},
		{Does: "copy documents to another account", Action: "s3:PutReplicationConfiguration", On: prodBucket, May: nobody, Why: "a way out for data"},
		{Does: "copy documents of dev to another account", Action: "s3:PutReplicationConfiguration", On: bucket("paperwurks-dev-documents"), May: nobody, Why: "a way out for data"},
		{Does: "open documents by an access point", Action: "s3:CreateAccessPoint", On: arn("s3", "accesspoint/a"), May: nobody, Why: "a way out for data"},
		{Does: "open documents by access lists", Action: "s3:PutBucketAcl", On: prodBucket, May: nobody, Why: "a way out for data"},
		{Does: "list documents elsewhere", Action: "s3:PutInventoryConfiguration", On: prodBucket, May: nobody, Why: "a way out for data"},
		{Does: "tell a function of each document", Action: "s3:PutBucketNotification", On: prodBucket, May: nobody, Why: "a way out for data"},
		{Does: "serve documents as a website", Action: "s3:PutBucketWebsite", On: prodBucket, May: nobody, Why: "a way out for data"},
		{Does: "copy documents by a batch job", Action: "s3:CreateJob", On: "*", May: nobody, Why: "a way out for data"},
	}}
}

func secrets() Area {
	session := func(env string) string { return "{secret paperwurks/" + env + "/session-key}" }
	decrypt := with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", session("prod"))
	return Area{Title: "Values of secrets", Rows: []Row{
		{Does: "read a secret of dev", Action: "secretsmanager:GetSecretValue", On: session("dev"), May: nobody, Why: "the application's only"},
		{Does: "read a secret of prod", Action: "secretsmanager:GetSecretValue", On: session("prod"), May: nobody, Why: "the application's only"},
		{Does: "read the database's master password", Action: "secretsmanager:GetSecretValue", On: "{master paperwurks-prod}", May: nobody, Why: "the database setup's only"},
		{Does: "read several secrets", Action: "secretsmanager:BatchGetSecretValue", On: "*", May: nobody, Why: "the application's only"},
		{Does: "set a secret's value", Action: "secretsmanager:PutSecretValue", On: session("prod"), May: nobody, Why: "a known session key forges sessions"},
		{Does: "set a secret's value by an update", Action: "secretsmanager:UpdateSecret", On: session("prod"), May: nobody, Why: "a known session key forges sessions"},
		{Does: "bring back an old value", Action: "secretsmanager:UpdateSecretVersionStage", On: session("prod"), May: nobody, Why: "a known session key forges sessions"},
		{Does: "rotate a secret by a function", Action: "secretsmanager:RotateSecret", On: session("prod"), May: nobody, Why: "the function would see it"},
		{Does: "copy a secret to another region", Action: "secretsmanager:ReplicateSecretToRegions", On: session("prod"), May: nobody, Why: "a way out for data"},
		{Does: "decrypt a secret", Action: "kms:Decrypt", On: key("prod/data"), With: decrypt, May: nobody, Why: "the application's only"},
		{Does: "encrypt a secret's value", Action: "kms:GenerateDataKey", On: key("prod/data"), With: decrypt, May: nobody, Why: "a known session key forges sessions"},
		{Does: "delete a secret of dev at once", Action: "secretsmanager:DeleteSecret", On: session("dev"), With: with("secretsmanager:ForceDeleteWithoutRecovery", "true"), May: builder, Why: "dev can be destroyed, and made again at once"},
		{Does: "delete a secret of staging at once", Action: "secretsmanager:DeleteSecret", On: session("staging"), With: with("secretsmanager:ForceDeleteWithoutRecovery", "true"), May: nobody, Why: "it could come back with a known value"},
		{Does: "delete a secret of dev in time", Action: "secretsmanager:DeleteSecret", On: session("dev"), With: with("secretsmanager:RecoveryWindowInDays", "30"), May: builder, Why: "dev can be destroyed"},
	}}
}

func databases() Area {
	instance, snapshot := arn("rds", "db:paperwurks-prod"), arn("rds", "snapshot:paperwurks-prod-final")
	return Area{Title: "Contents of databases", Rows: []Row{
		{Does: "sign in to the database", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend", May: nobody, Why: "the application's only"},
		{Does: "set a master password of its own", Action: "rds:ModifyDBInstance", On: instance, With: with("rds:ManageMasterUserPassword", "false"), May: nobody, Why: "RDS keeps it"},
		{Does: "make a database with a password of its own", Action: "rds:CreateDBInstance", On: arn("rds", "db:paperwurks-copy"), With: with("rds:ManageMasterUserPassword", "false"), May: nobody, Why: "RDS keeps it"},
		{Does: "make a public database", Action: "rds:CreateDBInstance", On: arn("rds", "db:paperwurks-copy"), With: with("rds:PubliclyAccessible", "true"), May: nobody, Why: "databases are private"},
		{Does: "restore a snapshot", Action: "rds:RestoreDBInstanceFromDBSnapshot", On: snapshot, May: nobody, Why: "a copy with another password"},
		{Does: "restore a point in time", Action: "rds:RestoreDBInstanceToPointInTime", On: instance, May: nobody, Why: "a copy with another password"},
		{Does: "restore from a bucket", Action: "rds:RestoreDBInstanceFromS3", On: instance, May: nobody, Why: "not in use"},
		{Does: "make a replica", Action: "rds:CreateDBInstanceReadReplica", On: instance, May: nobody, Why: "a copy elsewhere"},
		{Does: "make a copy to change", Action: "rds:CreateBlueGreenDeployment", On: instance, May: nobody, Why: "a copy elsewhere"},
		{Does: "put a proxy before the database", Action: "rds:CreateDBProxy", On: "*", May: nobody, Why: "it would hold the password"},
		{Does: "feed a warehouse from the database", Action: "rds:CreateIntegration", On: arn("rds", "integration:i"), May: nobody, Why: "a way out for data"},
		{Does: "stream what the database does", Action: "rds:StartActivityStream", On: instance, May: nobody, Why: "it shows data"},
		{Does: "copy a snapshot", Action: "rds:CopyDBSnapshot", On: snapshot, May: nobody, Why: "a way out for data"},
		{Does: "share a snapshot", Action: "rds:ModifyDBSnapshotAttribute", On: snapshot, May: nobody, Why: "a way out for data"},
		{Does: "export a snapshot", Action: "rds:StartExportTask", On: snapshot, May: nobody, Why: "a way out for data"},
		{Does: "copy backups to another region", Action: "rds:StartDBInstanceAutomatedBackupsReplication", On: instance, May: nobody, Why: "a way out for data"},
		{Does: "download the database's log", Action: "rds:DownloadDBLogFilePortion", On: instance, May: nobody, Why: "it shows data"},
		{Does: "run SQL by the Data API", Action: "rds-data:ExecuteStatement", On: arn("rds", "cluster:paperwurks-prod"), May: nobody, Why: "not in use"},
		{Does: "see the queries that run", Action: "pi:GetResourceMetrics", On: arn("pi", "metrics/rds/db-1"), May: nobody, Why: "it shows data"},
	}}
}

func keys() Area {
	dataKey := key("prod/data")
	return Area{Title: "Keys", Rows: []Row{
		{Does: "change who may use the key of prod's data", Action: "kms:PutKeyPolicy", On: dataKey, May: nobody, Why: "an administrator's"},
		{Does: "change who may use the key of dev's data", Action: "kms:PutKeyPolicy", On: key("dev/data"), May: nobody, Why: "an administrator's"},
		{Does: "change who may use the key of the state", Action: "kms:PutKeyPolicy", On: key("state"), May: nobody, Why: "an administrator's"},
		{Does: "grant the key of data to somebody", Action: "kms:CreateGrant", On: dataKey, May: nobody, Why: "to AWS services only"},
		{Does: "grant the key of data through RDS, to somebody", Action: "kms:CreateGrant", On: dataKey, With: with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "false"), May: nobody, Why: "to AWS services only"},
		{Does: "decrypt with the key of data", Action: "kms:Decrypt", On: dataKey, May: nobody, Why: "through AWS services only"},
		{Does: "re-encrypt with the key of data", Action: "kms:ReEncryptFrom", On: dataKey, May: nobody, Why: "through AWS services only"},
		{Does: "take the name off the key of data", Action: "kms:DeleteAlias", On: dataKey, May: nobody, Why: "the name protects it"},
		{Does: "give the key of data a second name", Action: "kms:CreateAlias", On: dataKey, May: nobody, Why: "the name protects it"},
		{Does: "point the name of the key of data elsewhere", Action: "kms:UpdateAlias", On: arn("kms", "alias/paperwurks/prod/data"), May: nobody, Why: "the name protects it"},
		{Does: "take the name of the key of data away", Action: "kms:DeleteAlias", On: arn("kms", "alias/paperwurks/prod/data"), May: nobody, Why: "the name protects it"},
		{Does: "take the name of the key of dev's data away", Action: "kms:DeleteAlias", On: arn("kms", "alias/paperwurks/dev/data"), May: nobody, Why: "the name protects it"},
		{Does: "copy a key to another region", Action: "kms:ReplicateKey", On: dataKey, May: nobody, Why: "not in use"},
		{Does: "make a key of another project its own", Action: "kms:TagResource", On: arn("kms", "key/0a1b"), With: with("aws:RequestTag/project", "paperwurks", "kms:ResourceAliases", list("alias/other")), May: nobody, Why: "the tag says whose it is"},
		{Does: "change a key of another project", Action: "kms:PutKeyPolicy", On: arn("kms", "key/0a1b"), With: with("aws:ResourceTag/project", "other"), May: nobody, Why: "not theirs"},
	}}
}

func destruction() Area {
	return Area{Title: "Destruction", Rows: []Row{
		{Does: "destroy dev's database", Action: "rds:DeleteDBInstance", On: arn("rds", "db:paperwurks-dev"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy prod's database", Action: "rds:DeleteDBInstance", On: arn("rds", "db:paperwurks-prod"), May: nobody, Why: "prod is protected"},
		{Does: "destroy prod's database under another name", Action: "rds:DeleteDBInstance", On: arn("rds", "db:paperwurks-renamed"), With: with("aws:ResourceTag/environment", "prod"), May: nobody, Why: "prod is protected"},
		{Does: "say that prod's database is dev's", Action: "rds:AddTagsToResource", On: arn("rds", "db:paperwurks-renamed"), With: with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("environment")), May: nobody, Why: "its tag protects it"},
		{Does: "say that prod's database is nobody's", Action: "rds:RemoveTagsFromResource", On: arn("rds", "db:paperwurks-prod"), With: with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("environment")), May: nobody, Why: "its tag protects it"},
		{Does: "say that prod's database is dev's, in capitals", Action: "rds:AddTagsToResource", On: arn("rds", "db:paperwurks-renamed"), With: with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("Environment")), May: nobody, Why: "its tag protects it"},
		{Does: "tag prod's database otherwise", Action: "rds:AddTagsToResource", On: arn("rds", "db:paperwurks-prod"), With: with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("owner")), May: builder, Why: "infrastructure"},
		{Does: "tag a database that it makes", Action: "rds:AddTagsToResource", On: arn("rds", "db:paperwurks-prod"), With: with("aws:TagKeys", list("environment")), May: builder, Why: "part of making it"},
		{Does: "destroy a snapshot of prod", Action: "rds:DeleteDBSnapshot", On: arn("rds", "snapshot:paperwurks-prod-final"), May: nobody, Why: "it is the backup"},
		{Does: "destroy prod's backups", Action: "rds:DeleteDBInstanceAutomatedBackup", On: arn("rds", "auto-backup:ab-1"), May: nobody, Why: "they are the backup"},
		{Does: "destroy dev's documents bucket", Action: "s3:DeleteBucket", On: bucket("paperwurks-dev-documents"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy prod's documents bucket", Action: "s3:DeleteBucket", On: bucket("paperwurks-prod-documents"), May: nobody, Why: "prod is protected"},
		{Does: "destroy prod's log bucket", Action: "s3:DeleteBucket", On: bucket("paperwurks-prod-log"), May: nobody, Why: "prod is protected"},
		{Does: "destroy a secret of prod", Action: "secretsmanager:DeleteSecret", On: "{secret paperwurks/prod/session-key}", May: nobody, Why: "prod is protected"},
		{Does: "destroy the images of dev", Action: "ecr:DeleteRepository", On: repository("dev"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy the images of prod", Action: "ecr:DeleteRepository", On: repository("prod"), May: nobody, Why: "prod is protected"},
		{Does: "destroy a service of dev", Action: "ecs:DeleteService", On: service("dev", "web"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy a service of prod", Action: "ecs:DeleteService", On: service("prod", "web"), May: nobody, Why: "recreated, it would run something else"},
		{Does: "destroy the key of dev's images", Action: "kms:ScheduleKeyDeletion", On: key("dev/images"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy the key of dev's data", Action: "kms:ScheduleKeyDeletion", On: key("dev/data"), May: nobody, Why: "an administrator's"},
		{Does: "destroy the key of prod's images", Action: "kms:ScheduleKeyDeletion", On: key("prod/images"), May: nobody, Why: "prod is protected"},
		{Does: "give the key of prod's images a policy that nobody can change", Action: "kms:PutKeyPolicy", On: key("prod/images"), With: with("kms:BypassPolicyLockoutSafetyCheck", "true"), May: nobody, Why: "no task could start, and nobody could repair it"},
		{Does: "disable the key of prod's logs at the edge", Action: "kms:DisableKey", On: key("prod/edge-logs"), May: nobody, Why: "prod is protected"},
		{Does: "take the name of the key of prod's images away", Action: "kms:DeleteAlias", On: arn("kms", "alias/paperwurks/prod/images"), May: nobody, Why: "the name protects it"},
		{Does: "take the name off the key of prod's logs", Action: "kms:DeleteAlias", On: key("prod/logs"), May: nobody, Why: "the name protects it"},
		{Does: "point the name of prod's logs at the edge elsewhere", Action: "kms:UpdateAlias", On: "arn:aws:kms:us-east-1:{account}:alias/paperwurks/prod/edge-logs", May: nobody, Why: "the name protects it"},
		{Does: "take the name of the key of dev's images away", Action: "kms:DeleteAlias", On: arn("kms", "alias/paperwurks/dev/images"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy dev's NAT gateway", Action: "ec2:DeleteNatGateway", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-dev-a"), May: builder, Why: "dev can be destroyed"},
		{Does: "destroy prod's NAT gateway", Action: "ec2:DeleteNatGateway", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a"), May: nobody, Why: "prod is protected"},
		{Does: "take the address of prod's NAT gateway away", Action: "ec2:ReleaseAddress", On: arn("ec2", "elastic-ip/eipalloc-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-nat-a"), May: nobody, Why: "prod is protected"},
		{Does: "point prod's route elsewhere", Action: "ec2:ReplaceRoute", On: arn("ec2", "route-table/rtb-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-private-a"), May: nobody, Why: "prod is protected"},
		{Does: "take prod's route away", Action: "ec2:DeleteRoute", On: arn("ec2", "route-table/rtb-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-private-a"), May: nobody, Why: "prod is protected"},
		{Does: "point dev's route elsewhere", Action: "ec2:ReplaceRoute", On: arn("ec2", "route-table/rtb-1"), With: with("aws:ResourceTag/Name", "paperwurks-dev-private-a"), May: builder, Why: "dev can be destroyed"},
		{Does: "take the endpoints of prod's network away", Action: "ec2:DeleteVpcEndpoints", On: arn("ec2", "vpc-endpoint/vpce-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-s3"), May: nobody, Why: "prod is protected"},
		{Does: "destroy prod's network", Action: "ec2:DeleteVpc", On: arn("ec2", "vpc/vpc-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod"), May: nobody, Why: "prod is protected"},
		{Does: "give prod's NAT gateway another name", Action: "ec2:CreateTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a", "aws:TagKeys", list("Name")), May: nobody, Why: "its name protects it"},
		{Does: "take the name of prod's NAT gateway away", Action: "ec2:DeleteTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a", "aws:TagKeys", list("Name")), May: nobody, Why: "its name protects it"},
		{Does: "give prod's NAT gateway a second name, of small letters", Action: "ec2:CreateTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a", "aws:TagKeys", list("name")), May: nobody, Why: "its name protects it"},
		{Does: "take all tags of prod's NAT gateway away", Action: "ec2:DeleteTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a"), May: nobody, Why: "its name protects it"},
		{Does: "take another tag of prod's NAT gateway away", Action: "ec2:DeleteTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a", "aws:TagKeys", list("owner")), May: builder, Why: "infrastructure"},
		{Does: "tag prod's NAT gateway otherwise", Action: "ec2:CreateTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:ResourceTag/Name", "paperwurks-prod-a", "aws:TagKeys", list("owner")), May: builder, Why: "infrastructure"},
		{Does: "name a NAT gateway that it makes", Action: "ec2:CreateTags", On: arn("ec2", "natgateway/nat-1"), With: with("aws:TagKeys", list("Name")), May: builder, Why: "part of making it"},
		{Does: "destroy the role of prod's web", Action: "iam:DeleteRole", On: workload("paperwurks-prod-web-task"), May: nobody, Why: "recreated, others could assume it"},
	}}
}
