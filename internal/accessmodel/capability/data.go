package capability

func documents() Area {
	object := func(env string) string { return bucket("paperwurks-"+env+"-documents", "contract.pdf") }
	prodBucket := bucket("paperwurks-prod-documents")
	return Area{"Documents", []Row{
		{"read a document of dev", "s3:GetObject", object("dev"), nil, nobody, "the application's only"},
		{"read a document of prod", "s3:GetObject", object("prod"), nil, nobody, "the application's only"},
		{"read an old version of a document", "s3:GetObjectVersion", object("prod"), nil, nobody, "the application's only"},
		{"write a document of prod", "s3:PutObject", object("prod"), nil, nobody, "the application's only"},
		{"open a document to others", "s3:PutObjectAcl", object("prod"), nil, nobody, "a way out for data"},
		{"delete a document of dev", "s3:DeleteObject", object("dev"), nil, builder, "dev can be destroyed"},
		{"delete a document of prod", "s3:DeleteObject", object("prod"), nil, nobody, "the application's only"},
		{"empty the bucket of dev", "s3:DeleteObjectVersion", object("dev"), nil, builder, "dev can be destroyed"},
		{"empty the bucket of prod", "s3:DeleteObjectVersion", object("prod"), nil, nobody, "prod cannot"},
		{"decrypt a document", "kms:Decrypt", key("prod/data"), with("kms:ViaService", throughS3), nobody, "the application's only"},
		{"copy documents to another account", "s3:PutReplicationConfiguration", prodBucket, nil, nobody, "a way out for data"},
		{"copy documents of dev to another account", "s3:PutReplicationConfiguration", bucket("paperwurks-dev-documents"), nil, nobody, "a way out for data"},
		{"open documents by an access point", "s3:CreateAccessPoint", arn("s3", "accesspoint/a"), nil, nobody, "a way out for data"},
		{"open documents by access lists", "s3:PutBucketAcl", prodBucket, nil, nobody, "a way out for data"},
		{"list documents elsewhere", "s3:PutInventoryConfiguration", prodBucket, nil, nobody, "a way out for data"},
		{"tell a function of each document", "s3:PutBucketNotification", prodBucket, nil, nobody, "a way out for data"},
		{"serve documents as a website", "s3:PutBucketWebsite", prodBucket, nil, nobody, "a way out for data"},
		{"copy documents by a batch job", "s3:CreateJob", "*", nil, nobody, "a way out for data"},
	}}
}

func secrets() Area {
	session := func(env string) string { return "{secret paperwurks/" + env + "/session-key}" }
	decrypt := with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", session("prod"))
	return Area{"Values of secrets", []Row{
		{"read a secret of dev", "secretsmanager:GetSecretValue", session("dev"), nil, nobody, "the application's only"},
		{"read a secret of prod", "secretsmanager:GetSecretValue", session("prod"), nil, nobody, "the application's only"},
		{"read the database's master password", "secretsmanager:GetSecretValue", "{master paperwurks-prod}", nil, nobody, "the migration's only"},
		{"read several secrets", "secretsmanager:BatchGetSecretValue", "*", nil, nobody, "the application's only"},
		{"set a secret's value", "secretsmanager:PutSecretValue", session("prod"), nil, nobody, "a known session key forges sessions"},
		{"set a secret's value by an update", "secretsmanager:UpdateSecret", session("prod"), nil, nobody, "a known session key forges sessions"},
		{"bring back an old value", "secretsmanager:UpdateSecretVersionStage", session("prod"), nil, nobody, "a known session key forges sessions"},
		{"rotate a secret by a function", "secretsmanager:RotateSecret", session("prod"), nil, nobody, "the function would see it"},
		{"copy a secret to another region", "secretsmanager:ReplicateSecretToRegions", session("prod"), nil, nobody, "a way out for data"},
		{"decrypt a secret", "kms:Decrypt", key("prod/data"), decrypt, nobody, "the application's only"},
		{"encrypt a secret's value", "kms:GenerateDataKey", key("prod/data"), decrypt, nobody, "a known session key forges sessions"},
		{"delete a secret of dev at once", "secretsmanager:DeleteSecret", session("dev"), with("secretsmanager:ForceDeleteWithoutRecovery", "true"), nobody, "it could come back with a known value"},
		{"delete a secret of dev in time", "secretsmanager:DeleteSecret", session("dev"), with("secretsmanager:RecoveryWindowInDays", "30"), builder, "dev can be destroyed"},
	}}
}

func databases() Area {
	instance, snapshot := arn("rds", "db:paperwurks-prod"), arn("rds", "snapshot:paperwurks-prod-final")
	return Area{"Contents of databases", []Row{
		{"sign in to the database", "rds-db:connect", "{dbuser paperwurks-prod}/backend", nil, nobody, "the application's only"},
		{"set a master password of its own", "rds:ModifyDBInstance", instance, with("rds:ManageMasterUserPassword", "false"), nobody, "RDS keeps it"},
		{"make a database with a password of its own", "rds:CreateDBInstance", arn("rds", "db:paperwurks-copy"), with("rds:ManageMasterUserPassword", "false"), nobody, "RDS keeps it"},
		{"make a public database", "rds:CreateDBInstance", arn("rds", "db:paperwurks-copy"), with("rds:PubliclyAccessible", "true"), nobody, "databases are private"},
		{"restore a snapshot", "rds:RestoreDBInstanceFromDBSnapshot", snapshot, nil, nobody, "a copy with another password"},
		{"restore a point in time", "rds:RestoreDBInstanceToPointInTime", instance, nil, nobody, "a copy with another password"},
		{"restore from a bucket", "rds:RestoreDBInstanceFromS3", instance, nil, nobody, "not in use"},
		{"make a replica", "rds:CreateDBInstanceReadReplica", instance, nil, nobody, "a copy elsewhere"},
		{"make a copy to change", "rds:CreateBlueGreenDeployment", instance, nil, nobody, "a copy elsewhere"},
		{"put a proxy before the database", "rds:CreateDBProxy", "*", nil, nobody, "it would hold the password"},
		{"feed a warehouse from the database", "rds:CreateIntegration", arn("rds", "integration:i"), nil, nobody, "a way out for data"},
		{"stream what the database does", "rds:StartActivityStream", instance, nil, nobody, "it shows data"},
		{"copy a snapshot", "rds:CopyDBSnapshot", snapshot, nil, nobody, "a way out for data"},
		{"share a snapshot", "rds:ModifyDBSnapshotAttribute", snapshot, nil, nobody, "a way out for data"},
		{"export a snapshot", "rds:StartExportTask", snapshot, nil, nobody, "a way out for data"},
		{"copy backups to another region", "rds:StartDBInstanceAutomatedBackupsReplication", instance, nil, nobody, "a way out for data"},
		{"download the database's log", "rds:DownloadDBLogFilePortion", instance, nil, nobody, "it shows data"},
		{"run SQL by the Data API", "rds-data:ExecuteStatement", arn("rds", "cluster:paperwurks-prod"), nil, nobody, "not in use"},
		{"see the queries that run", "pi:GetResourceMetrics", arn("pi", "metrics/rds/db-1"), nil, nobody, "it shows data"},
	}}
}

func keys() Area {
	dataKey := key("prod/data")
	return Area{"Keys", []Row{
		{"say anew who may use the key of prod's data", "kms:PutKeyPolicy", dataKey, nil, nobody, "an administrator's"},
		{"say anew who may use the key of dev's data", "kms:PutKeyPolicy", key("dev/data"), nil, nobody, "an administrator's"},
		{"say anew who may use the key of the state", "kms:PutKeyPolicy", key("state"), nil, nobody, "an administrator's"},
		{"grant the key of data to somebody", "kms:CreateGrant", dataKey, nil, nobody, "to AWS services only"},
		{"grant the key of data through RDS, to somebody", "kms:CreateGrant", dataKey, with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "false"), nobody, "to AWS services only"},
		{"decrypt with the key of data", "kms:Decrypt", dataKey, nil, nobody, "through AWS services only"},
		{"re-encrypt with the key of data", "kms:ReEncryptFrom", dataKey, nil, nobody, "through AWS services only"},
		{"take the name off the key of data", "kms:DeleteAlias", dataKey, nil, nobody, "the name protects it"},
		{"give the key of data a second name", "kms:CreateAlias", dataKey, nil, nobody, "the name protects it"},
		{"point the name of the key of data elsewhere", "kms:UpdateAlias", arn("kms", "alias/paperwurks/prod/data"), nil, nobody, "the name protects it"},
		{"take the name of the key of data away", "kms:DeleteAlias", arn("kms", "alias/paperwurks/prod/data"), nil, nobody, "the name protects it"},
		{"copy a key to another region", "kms:ReplicateKey", dataKey, nil, nobody, "not in use"},
		{"make a key of another project its own", "kms:TagResource", arn("kms", "key/0a1b"), with("aws:RequestTag/project", "paperwurks", "kms:ResourceAliases", list("alias/other")), nobody, "the tag says whose it is"},
		{"change a key of another project", "kms:PutKeyPolicy", arn("kms", "key/0a1b"), with("aws:ResourceTag/project", "other"), nobody, "not theirs"},
	}}
}

func destruction() Area {
	return Area{"Destruction", []Row{
		{"destroy dev's database", "rds:DeleteDBInstance", arn("rds", "db:paperwurks-dev"), nil, builder, "dev can be destroyed"},
		{"destroy prod's database", "rds:DeleteDBInstance", arn("rds", "db:paperwurks-prod"), nil, nobody, "prod is protected"},
		{"destroy prod's database under another name", "rds:DeleteDBInstance", arn("rds", "db:paperwurks-renamed"), with("aws:ResourceTag/environment", "prod"), nobody, "prod is protected"},
		{"say that prod's database is dev's", "rds:AddTagsToResource", arn("rds", "db:paperwurks-renamed"), with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("environment")), nobody, "its tag protects it"},
		{"say that prod's database is nobody's", "rds:RemoveTagsFromResource", arn("rds", "db:paperwurks-prod"), with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("environment")), nobody, "its tag protects it"},
		{"tag prod's database otherwise", "rds:AddTagsToResource", arn("rds", "db:paperwurks-prod"), with("aws:ResourceTag/environment", "prod", "aws:TagKeys", list("owner")), builder, "infrastructure"},
		{"tag a database that it makes", "rds:AddTagsToResource", arn("rds", "db:paperwurks-prod"), with("aws:TagKeys", list("environment")), builder, "part of making it"},
		{"destroy a snapshot of prod", "rds:DeleteDBSnapshot", arn("rds", "snapshot:paperwurks-prod-final"), nil, nobody, "it is the backup"},
		{"destroy prod's backups", "rds:DeleteDBInstanceAutomatedBackup", arn("rds", "auto-backup:ab-1"), nil, nobody, "they are the backup"},
		{"destroy dev's documents bucket", "s3:DeleteBucket", bucket("paperwurks-dev-documents"), nil, builder, "dev can be destroyed"},
		{"destroy prod's documents bucket", "s3:DeleteBucket", bucket("paperwurks-prod-documents"), nil, nobody, "prod is protected"},
		{"destroy prod's log bucket", "s3:DeleteBucket", bucket("paperwurks-prod-log"), nil, nobody, "prod is protected"},
		{"destroy a secret of prod", "secretsmanager:DeleteSecret", "{secret paperwurks/prod/session-key}", nil, nobody, "prod is protected"},
		{"destroy the images of dev", "ecr:DeleteRepository", repository("dev"), nil, builder, "dev can be destroyed"},
		{"destroy the images of prod", "ecr:DeleteRepository", repository("prod"), nil, nobody, "prod is protected"},
		{"destroy a service of dev", "ecs:DeleteService", service("dev", "web"), nil, builder, "dev can be destroyed"},
		{"destroy a service of prod", "ecs:DeleteService", service("prod", "web"), nil, nobody, "made anew, it would run something else"},
		{"destroy the key of dev's images", "kms:ScheduleKeyDeletion", key("dev/images"), nil, builder, "dev can be destroyed"},
		{"destroy the key of dev's data", "kms:ScheduleKeyDeletion", key("dev/data"), nil, nobody, "an administrator's"},
		{"destroy the key of prod's images", "kms:ScheduleKeyDeletion", key("prod/images"), nil, nobody, "prod is protected"},
		{"disable the key of prod's logs at the edge", "kms:DisableKey", key("prod/edge-logs"), nil, nobody, "prod is protected"},
		{"destroy the role of prod's web", "iam:DeleteRole", workload("paperwurks-prod-web-task"), nil, nobody, "made anew, others could assume it"},
	}}
}
