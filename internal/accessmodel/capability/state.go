package capability

func state() Area {
	const prodState, prodLock = "prod/terraform.tfstate", "prod/terraform.tfstate.tflock"
	object := func(key string) string { return bucket("paperwurks-terraform-state", key) }
	bucketARN := bucket("paperwurks-terraform-state")
	s3 := with("kms:ViaService", throughS3)
	return Area{Title: "Terraform's state", Rows: []Row{
		{Does: "read the state", Action: "s3:GetObject", On: object(prodState), May: planners, Why: "to plan"},
		{Does: "read the shared state", Action: "s3:GetObject", On: object("shared/terraform.tfstate"), May: planners, Why: "to plan"},
		{Does: "write the state", Action: "s3:PutObject", On: object(prodState), May: builder, Why: "to apply"},
		{Does: "list the states", Action: "s3:ListBucket", On: bucketARN, May: planners, Why: "the S3 backend asks for it"},
		{Does: "take the lock", Action: "s3:PutObject", On: object(prodLock), May: builder, Why: "to apply; a plan runs without"},
		{Does: "read the lock", Action: "s3:GetObject", On: object(prodLock), May: planners, Why: "to apply; make status says who holds it"},
		{Does: "release the lock", Action: "s3:DeleteObject", On: object(prodLock), May: builder, Why: "to apply"},
		{Does: "hand the lock to others", Action: "s3:PutObjectAcl", On: object(prodLock), May: nobody, Why: "an administrator's"},
		{Does: "delete the state", Action: "s3:DeleteObject", On: object(prodState), May: nobody, Why: "Terraform never does"},
		{Does: "delete an old version of the state", Action: "s3:DeleteObjectVersion", On: object(prodState), May: nobody, Why: "they are the backup"},
		{Does: "read an old version of the state", Action: "s3:GetObjectVersion", On: object(prodState), May: nobody, Why: "an administrator's"},
		{Does: "write another object next to the state", Action: "s3:PutObject", On: object("prod/other"), May: nobody, Why: "state only"},
		{Does: "decrypt the state", Action: "kms:Decrypt", On: key("state"), With: s3, May: planners, Why: "through S3"},
		{Does: "encrypt the state", Action: "kms:GenerateDataKey", On: key("state"), With: s3, May: builder, Why: "through S3"},
		{Does: "decrypt with the state's key past S3", Action: "kms:Decrypt", On: key("state"), May: nobody, Why: "through S3 only"},
		{Does: "decrypt another project's objects", Action: "kms:Decrypt", On: arn("kms", "key/0a1b"), With: s3, May: nobody, Why: "not theirs"},
		{Does: "encrypt another project's objects", Action: "kms:GenerateDataKey", On: arn("kms", "key/0a1b"), With: s3, May: nobody, Why: "not theirs"},
		{Does: "encrypt with the state's key past S3", Action: "kms:GenerateDataKey", On: key("state"), May: nobody, Why: "through S3 only"},
		{Does: "hand the state to others", Action: "s3:PutBucketPolicy", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "take the limits off the state", Action: "s3:DeleteBucketPolicy", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "make the state public", Action: "s3:PutBucketPublicAccessBlock", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "grant the state by access list", Action: "s3:PutBucketAcl", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "copy the state to another account", Action: "s3:PutReplicationConfiguration", On: bucketARN, May: nobody, Why: "a way out for data"},
		{Does: "stop versions of the state", Action: "s3:PutBucketVersioning", On: bucketARN, May: nobody, Why: "they are the backup"},
		{Does: "let the state expire", Action: "s3:PutLifecycleConfiguration", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "encrypt the state with another key", Action: "s3:PutEncryptionConfiguration", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "destroy the state bucket", Action: "s3:DeleteBucket", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "read the log of who read the state", Action: "s3:GetObject", On: bucket("paperwurks-terraform-state-log", "state/2026"), May: nobody, Why: "an administrator's"},
		{Does: "stop the log of who read the state", Action: "s3:PutBucketLogging", On: bucketARN, May: nobody, Why: "an administrator's"},
		{Does: "destroy the log of who read the state", Action: "s3:DeleteBucket", On: bucket("paperwurks-terraform-state-log"), May: nobody, Why: "an administrator's"},
	}}
}
