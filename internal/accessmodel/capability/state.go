package capability

func state() Area {
	const prodState, prodLock = "prod/terraform.tfstate", "prod/terraform.tfstate.tflock"
	object := func(key string) string { return bucket("paperwurks-terraform-state", key) }
	bucketARN := bucket("paperwurks-terraform-state")
	s3 := with("kms:ViaService", throughS3)
	return Area{"Terraform's state", []Row{
		{"read the state", "s3:GetObject", object(prodState), nil, planners, "to plan"},
		{"read the shared state", "s3:GetObject", object("shared/terraform.tfstate"), nil, planners, "to plan"},
		{"write the state", "s3:PutObject", object(prodState), nil, builder, "to apply"},
		{"list the states", "s3:ListBucket", bucketARN, nil, planners, "the S3 backend asks for it"},
		{"take the lock", "s3:PutObject", object(prodLock), nil, builder, "to apply; a plan runs without"},
		{"read the lock", "s3:GetObject", object(prodLock), nil, builder, "to apply"},
		{"release the lock", "s3:DeleteObject", object(prodLock), nil, builder, "to apply"},
		{"hand the lock to others", "s3:PutObjectAcl", object(prodLock), nil, nobody, "an administrator's"},
		{"delete the state", "s3:DeleteObject", object(prodState), nil, nobody, "Terraform never does"},
		{"delete an old version of the state", "s3:DeleteObjectVersion", object(prodState), nil, nobody, "they are the backup"},
		{"read an old version of the state", "s3:GetObjectVersion", object(prodState), nil, nobody, "an administrator's"},
		{"write another object beside the state", "s3:PutObject", object("prod/other"), nil, nobody, "state only"},
		{"decrypt the state", "kms:Decrypt", key("state"), s3, planners, "through S3"},
		{"encrypt the state", "kms:GenerateDataKey", key("state"), s3, builder, "through S3"},
		{"decrypt with the state's key past S3", "kms:Decrypt", key("state"), nil, nobody, "through S3 only"},
		{"decrypt another project's objects", "kms:Decrypt", arn("kms", "key/0a1b"), s3, nobody, "not theirs"},
		{"encrypt another project's objects", "kms:GenerateDataKey", arn("kms", "key/0a1b"), s3, nobody, "not theirs"},
		{"encrypt with the state's key past S3", "kms:GenerateDataKey", key("state"), nil, nobody, "through S3 only"},
		{"hand the state to others", "s3:PutBucketPolicy", bucketARN, nil, nobody, "an administrator's"},
		{"take the limits off the state", "s3:DeleteBucketPolicy", bucketARN, nil, nobody, "an administrator's"},
		{"make the state public", "s3:PutBucketPublicAccessBlock", bucketARN, nil, nobody, "an administrator's"},
		{"grant the state by access list", "s3:PutBucketAcl", bucketARN, nil, nobody, "an administrator's"},
		{"copy the state to another account", "s3:PutReplicationConfiguration", bucketARN, nil, nobody, "a way out for data"},
		{"stop versions of the state", "s3:PutBucketVersioning", bucketARN, nil, nobody, "they are the backup"},
		{"let the state expire", "s3:PutLifecycleConfiguration", bucketARN, nil, nobody, "an administrator's"},
		{"encrypt the state with another key", "s3:PutEncryptionConfiguration", bucketARN, nil, nobody, "an administrator's"},
		{"destroy the state bucket", "s3:DeleteBucket", bucketARN, nil, nobody, "an administrator's"},
		{"read the log of who read the state", "s3:GetObject", bucket("paperwurks-terraform-state-log", "state/2026"), nil, nobody, "an administrator's"},
		{"stop the log of who read the state", "s3:PutBucketLogging", bucketARN, nil, nobody, "an administrator's"},
		{"destroy the log of who read the state", "s3:DeleteBucket", bucket("paperwurks-terraform-state-log"), nil, nobody, "an administrator's"},
	}}
}
