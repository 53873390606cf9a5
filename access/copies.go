package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The policies of an environment's copies in another region: an administrator
// makes them, S3 and RDS write them, nobody reads or deletes them until an
// administrator opens them (docs/worst-day.md), and roles of CI only see how they
// are configured.

// viaIn is an AWS service's name in kms:ViaService in another region.
func viaIn(region, service string) policy.Condition {
	return policy.If(policy.StringEquals, "kms:ViaService", service+"."+region+".amazonaws.com")
}

// CopiesKey is the policy of the key of an environment's copies, in their region.
// RDS gets its grant from the administrator who starts the copying, or restores
// (Amazon RDS user guide, "Encrypting Amazon RDS resources"); S3 encrypts copies for
// the bucket alone, whose ARN is the context with an S3 Bucket Key, which it also
// decrypts: "The call to kms:Decrypt verifies the integrity of the S3 Bucket Key before
// using it" (Amazon S3 user guide, "Replicating encrypted objects").
func CopiesKey(n config.Names, env config.Environment) policy.Document {
	region, bucket := env.Copies.Region, config.BucketARN(n.CopiesBucket(env.Name))
	return keyPolicy(n,
		policy.Statement{
			Sid: "DocumentsAreCopied", Effect: policy.Allow, Principals: account(n), Actions: []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}, Resources: []string{"*"},
			Conditions: []policy.Condition{
				policy.If(policy.ArnEquals, "aws:PrincipalArn", n.ReplicationRoleARN(env.Name)),
				viaIn(region, "s3"),
				policy.If(policy.StringLike, "kms:EncryptionContext:aws:s3:arn", bucket, bucket+"/*"),
			},
		},
		byAdministrators(n, "BackupsAreCopiedAndRestoredByPeople", []string{"kms:CreateGrant"}, viaIn(region, "rds")),
		byAdministrators(n, "DocumentsAreRecoveredByPeople", []string{"kms:Decrypt"}, viaIn(region, "s3")))
}

// readToReplicate lets S3 read documents to copy them: the statement of the
// environment's data key.
func readToReplicate(n config.Names, env config.Environment) policy.Statement {
	s := useThrough(n, "DocumentsAreCopied", []string{n.ReplicationRoleARN(env.Name)}, "s3")
	s.Actions = []string{"kms:Decrypt"}
	return s
}

// CopiesBucket is the policy of the bucket of the copies of documents. Deletions are
// not copied, and nobody deletes or reads a copy. An administrator may delete the
// policy, and then the bucket once it is empty, which Terraform does when copies end.
func CopiesBucket(n config.Names, env config.Environment) policy.Document {
	bucket := n.CopiesBucket(env.Name)
	arn := config.BucketARN(bucket)
	onlyS3 := on(denyAnyone("OnlyS3Copies", []string{"s3:ReplicateObject", "s3:ReplicateTags"},
		policy.If(policy.ArnNotEquals, "aws:PrincipalArn", n.ReplicationRoleARN(env.Name))), arn+"/*")
	return bucketPolicy(bucket,
		onlyS3,
		on(denyAnyone("NobodyReadsCopies", []string{"s3:GetObject*"}), arn+"/*"),
		on(denyAnyone("NobodyWritesCopies", []string{"s3:PutObject*", "s3:ReplicateDelete"}), arn+"/*"),
		on(denyAnyone("NobodyDeletesCopies", []string{"s3:DeleteObject*"}), arn+"/*"),
		noRoleOfThePlatform(n, arn))
}

// CopiesLogBucket is the policy of the bucket of its access log.
func CopiesLogBucket(n config.Names, env string) policy.Document {
	bucket := n.CopiesLogBucket(env)
	return bucketPolicy(bucket, logDelivery{
		sid: "AccessLogOfCopies", service: "logging.s3.amazonaws.com", bucket: bucket, prefix: config.DocumentsLogPrefix,
		source: config.BucketARN(n.CopiesBucket(env)),
	}.statement(n), noRoleOfThePlatform(n, config.BucketARN(bucket)))
}

// noRoleOfThePlatform keeps the roles of CI, of workloads and for people from changing a bucket
// or what is in it.
func noRoleOfThePlatform(n config.Names, bucketARN string) policy.Statement {
	return on(denyAnyone("NoRoleOfThePlatform", []string{"s3:DeleteBucket*", "s3:DeleteObject*", "s3:GetObject*", "s3:Put*"},
		policy.If(policy.ArnLike, "aws:PrincipalArn", n.CIRoleARN("*"), n.WorkloadRoleARN("*"), n.PeopleRoleARN("*"))), bucketARN, bucketARN+"/*")
}

// keepReplication keeps the roles of CI from what would end the copying of
// documents: a policy or a key that S3's role cannot read by, or no more versions.
func keepReplication(n config.Names, bucket string) policy.Statement {
	return on(denyAnyone("KeepReplication", []string{
		"s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutReplicationConfiguration",
	}, policy.If(policy.ArnLike, "aws:PrincipalArn", n.CIRoleARN("*"))), config.BucketARN(bucket))
}

// ReplicationTrust lets S3 assume the role that it copies an environment's documents
// with. It has no condition: no document of AWS's says that S3 sends one (Amazon S3
// user guide, "Setting up permissions for live replication"), and a bucket of another
// account cannot be given this role, since only who may pass it names it.
func ReplicationTrust() policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid: "AssumedByService", Effect: policy.Allow, Principals: service("s3.amazonaws.com"), Actions: []string{"sts:AssumeRole"},
	}}}
}

// Replication is what S3 may do with that role (Amazon S3 user guide, "Setting up
// permissions for live replication" and "Replicating encrypted objects"): read the
// documents' versions, and write copies, but no deletion. It is the role's
// permissions boundary too.
func Replication(n config.Names, env config.Environment, dataKeyARN, copiesKeyARN string) policy.Document {
	from, to := config.BucketARN(n.DocumentsBucket(env.Name)), config.BucketARN(n.CopiesBucket(env.Name))
	return policy.Document{Statements: []policy.Statement{
		{Sid: "SeeWhatToCopy", Effect: policy.Allow, Actions: []string{"s3:GetReplicationConfiguration", "s3:ListBucket"}, Resources: []string{from}},
		{
			Sid: "ReadDocuments", Effect: policy.Allow, Resources: []string{from + "/*"},
			Actions: []string{"s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"},
		},
		{
			Sid: "WriteCopies", Effect: policy.Allow, Actions: []string{"s3:ReplicateObject", "s3:ReplicateTags"}, Resources: []string{to + "/*"},
			// A bucket that was destroyed leaves its name to whoever takes it.
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:ResourceAccount", n.Account())},
		},
		{
			Sid: "DecryptDocuments", Effect: policy.Allow, Actions: []string{"kms:Decrypt"}, Resources: []string{dataKeyARN},
			Conditions: []policy.Condition{through(n, "s3")},
		},
		{
			Sid: "EncryptCopies", Effect: policy.Allow, Actions: []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}, Resources: []string{copiesKeyARN},
			Conditions: []policy.Condition{viaIn(env.Copies.Region, "s3"), policy.If(policy.StringLike, "kms:EncryptionContext:aws:s3:arn", to, to+"/*")},
		},
	}}
}

// readCopies is all that a role of CI may do in the regions of copies: see how they
// are configured, to plan.
func readCopies(envs []config.Environment) []policy.Statement {
	regions := config.CopiesRegions(envs)
	if len(regions) == 0 {
		return nil
	}
	return []policy.Statement{{
		Sid:    "SeeTheCopies",
		Effect: policy.Allow,
		Actions: []string{
			"kms:DescribeKey", "kms:GetKey*", "kms:ListAliases", "kms:ListResourceTags", "rds:DescribeDBInstanceAutomatedBackups",
			"s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
		},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:RequestedRegion", regions...)},
	}}
}
