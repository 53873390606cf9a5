package capability

import (
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// Copies is the table of an environment's copies in another region, for the roles of
// CI: planners see how they are made, and nobody stops, deletes or redirects them.
func Copies(env, region string) Area {
	there := func(service, resource string) string {
		return "arn:aws:" + service + ":" + region + ":{account}:" + resource
	}
	documents, copies, log := bucket("paperwurks-"+env+"-documents"), bucket("paperwurks-copies-"+env+"-documents"), bucket("paperwurks-copies-"+env+"-log")
	object := bucket("paperwurks-copies-"+env+"-documents", "contract.pdf")
	database, backup := arn("rds", "db:paperwurks-"+env), there("rds", "auto-backup:ab-0a1b")
	replicator, boundary := iam("role/paperwurks/copies/paperwurks-copies-"+env+"-replication"), iam("policy/paperwurks/boundary/paperwurks-copies-boundary-"+env)
	itsKey := key("copies/" + env)
	in := with("aws:RequestedRegion", region)
	never := func(does, action, on string) Row {
		return Row{Does: does, Action: action, On: on, May: nobody, Why: "an administrator's"}
	}
	plan := func(does, action, on string) Row {
		return Row{Does: does, Action: action, On: on, With: in, May: planners, Why: "to plan"}
	}
	made := func(does, action, on string) Row {
		r := never(does, action, on)
		r.With = in
		return r
	}
	return Area{Title: "Copies in another region", Rows: []Row{
		plan("see which backups are copied", "rds:DescribeDBInstanceAutomatedBackups", backup),
		plan("see the policy of the copies' bucket", "s3:GetBucketPolicy", copies),
		plan("see what is copied of the documents", "s3:GetReplicationConfiguration", documents),
		plan("see the key of the copies", "kms:DescribeKey", itsKey),
		plan("see the policy of the copies' key", "kms:GetKeyPolicy", itsKey),
		{Does: "see the role that S3 copies with", Action: "iam:GetRole", On: replicator, May: planners, Why: "to plan"},
		never("stop the copying of backups", "rds:StopDBInstanceAutomatedBackupsReplication", database),
		made("have backups copied elsewhere", "rds:StartDBInstanceAutomatedBackupsReplication", database),
		made("delete the copies of backups", "rds:DeleteDBInstanceAutomatedBackup", backup),
		made("restore the copies of backups", "rds:RestoreDBInstanceToPointInTime", there("rds", "db:paperwurks-"+env)),
		never("stop the copying of documents, or copy them elsewhere", "s3:PutReplicationConfiguration", documents),
		never("keep S3 from reading what it copies", "s3:PutBucketPolicy", documents),
		never("open the documents to whom it may not be", "s3:DeleteBucketPolicy", documents),
		never("encrypt documents with a key that S3 cannot copy by", "s3:PutEncryptionConfiguration", documents),
		never("let documents have no versions, which S3 needs to copy them", "s3:PutBucketVersioning", documents),
		made("read a copy", "s3:GetObject", object),
		made("write a copy", "s3:PutObject", object),
		made("write a copy as S3 does", "s3:ReplicateObject", object),
		made("delete a copy", "s3:DeleteObject", object),
		made("delete a copy for good", "s3:DeleteObjectVersion", object),
		made("delete a copy as S3 would", "s3:ReplicateDelete", object),
		made("let copies end", "s3:PutLifecycleConfiguration", copies),
		made("keep S3 from writing copies", "s3:PutBucketPolicy", copies),
		made("take the limits off the copies", "s3:DeleteBucketPolicy", copies),
		made("stop versions of copies", "s3:PutBucketVersioning", copies),
		made("encrypt copies with another key", "s3:PutEncryptionConfiguration", copies),
		made("let copies be public", "s3:PutBucketPublicAccessBlock", copies),
		made("stop the log of who reads copies", "s3:PutBucketLogging", copies),
		made("destroy the bucket of the copies", "s3:DeleteBucket", copies),
		made("delete the log of who reads copies", "s3:DeleteObject", log+"/documents/2026"),
		made("destroy that log's bucket", "s3:DeleteBucket", log),
		made("disable the copies' key", "kms:DisableKey", itsKey),
		made("delete the copies' key", "kms:ScheduleKeyDeletion", itsKey),
		made("keep S3 from the copies' key", "kms:PutKeyPolicy", itsKey),
		made("rename the copies' key", "kms:DeleteAlias", there("kms", "alias/paperwurks/copies/"+env)),
		made("take RDS's right on the copies' key", "kms:RevokeGrant", itsKey),
		made("make a key there", "kms:CreateKey", "*"),
		made("make a bucket there", "s3:CreateBucket", bucket("paperwurks-"+env+"-other")),
		{Does: "decrypt a copy", Action: "kms:Decrypt", On: itsKey, With: with("kms:ViaService", "s3."+region+".amazonaws.com", "aws:RequestedRegion", region), May: nobody, Why: "an administrator's"},
		{Does: "let somebody use the copies' key", Action: "kms:CreateGrant", On: itsKey, With: with("kms:ViaService", "rds."+region+".amazonaws.com", "kms:GrantIsForAWSResource", "true", "aws:RequestedRegion", region), May: nobody, Why: "an administrator's"},
		{Does: "decrypt a document as S3 does to copy it", Action: "kms:Decrypt", On: key(env + "/data"), With: with("kms:ViaService", throughS3), May: nobody, Why: "S3's, with a role of its own"},
		never("change what S3 may do", "iam:PutRolePolicy", replicator),
		never("take from S3 what it may do", "iam:DeleteRolePolicy", replicator),
		never("let nobody assume the role that S3 copies with", "iam:UpdateAssumeRolePolicy", replicator),
		never("delete the role that S3 copies with", "iam:DeleteRole", replicator),
		never("have another bucket copied with that role", "iam:PassRole", replicator),
		never("change its boundary", "iam:CreatePolicyVersion", boundary),
		never("delete its boundary", "iam:DeletePolicy", boundary),
	}}
}

// CopiesForPeople is the same for a person with administrator rights, who opens the
// bucket first (docs/worst-day.md).
func CopiesForPeople(env, region string) Area {
	may := list(inventory.Administrator)
	in := with("aws:RequestedRegion", region)
	copies, object := bucket("paperwurks-copies-"+env+"-documents"), bucket("paperwurks-copies-"+env+"-documents", "contract.pdf")
	itsKey := key("copies/" + env)
	row := func(does, action, on, why string, may []string) Row {
		return Row{Does: does, Action: action, On: on, With: in, May: may, Why: why}
	}
	through := func(service string, more ...any) map[string]any {
		return with(append([]any{"kms:ViaService", service + "." + region + ".amazonaws.com", "aws:RequestedRegion", region}, more...)...)
	}
	return Area{Title: "Copies in another region, for an administrator", Rows: []Row{
		row("read a copy before the bucket is open", "s3:GetObject", object, "its policy leaves it to nobody", nobody),
		row("write a copy", "s3:PutObject", object, "S3 does", nobody),
		row("write a copy as S3 does", "s3:ReplicateObject", object, "with its own role only", nobody),
		row("delete a copy before the bucket is open", "s3:DeleteObjectVersion", object, "nobody meant it", nobody),
		row("delete a copy as S3 would", "s3:ReplicateDelete", object, "deletions are not copied", nobody),
		row("destroy the bucket of the copies", "s3:DeleteBucket", copies, "S3 does so once it is empty, and no copy is deleted before its policy was opened", may),
		row("delete the policy of the copies", "s3:DeleteBucketPolicy", copies, "Terraform does, when copies end", may),
		row("open that policy to recover documents", "s3:PutBucketPolicy", copies, "nothing in the account can refuse it; CloudTrail records it", may),
		{Does: "decrypt a copy", Action: "kms:Decrypt", On: itsKey, With: through("s3"), May: may, Why: "once its bucket is open"},
		{Does: "decrypt a copy past S3", Action: "kms:Decrypt", On: itsKey, With: in, May: nobody, Why: "through S3 only"},
		{Does: "let RDS use the key of the copies", Action: "kms:CreateGrant", On: itsKey, With: through("rds", "kms:GrantIsForAWSResource", "true"), May: may, Why: "to start the copying, and to restore"},
		row("use that key oneself", "kms:GenerateDataKey", itsKey, "S3 and RDS do", nobody),
		row("start the copying of backups", "rds:StartDBInstanceAutomatedBackupsReplication", arn("rds", "db:paperwurks-"+env), "npx cdktf deploy", may),
	}}
}

// CopiesForS3 is what S3 may do with the role that it copies with.
func CopiesForS3(env, region string) Area {
	role := list("paperwurks-copies-" + env + "-replication")
	document, object := bucket("paperwurks-"+env+"-documents", "contract.pdf"), bucket("paperwurks-copies-"+env+"-documents", "contract.pdf")
	row := func(does, action, on string, may []string, context ...any) Row {
		return Row{Does: does, Action: action, On: on, With: with(context...), May: may, Why: "to copy"}
	}
	toContext := []any{"kms:ViaService", "s3." + region + ".amazonaws.com", "kms:EncryptionContext:aws:s3:arn", bucket("paperwurks-copies-" + env + "-documents")}
	return Area{Title: "Copies in another region, for S3", Rows: []Row{
		row("read a document to copy it", "s3:GetObjectVersionForReplication", document, role),
		row("decrypt it", "kms:Decrypt", key(env+"/data"), role, "kms:ViaService", throughS3),
		row("write the copy", "s3:ReplicateObject", object, role),
		row("write it to a bucket of that name in another account", "s3:ReplicateObject", object, nobody, "aws:ResourceAccount", "999988887777"),
		row("encrypt it", "kms:GenerateDataKey", key("copies/"+env), role, toContext...),
		row("read a document otherwise", "s3:GetObject", document, nobody),
		row("write a document", "s3:PutObject", document, nobody),
		row("delete a document", "s3:DeleteObject", document, nobody),
		row("read a copy", "s3:GetObject", object, nobody),
		row("delete a copy", "s3:DeleteObject", object, nobody),
		row("delete a copy as a deletion that is copied", "s3:ReplicateDelete", object, nobody),
		row("verify the key of the copies' bucket", "kms:Decrypt", key("copies/"+env), role, toContext...),
		row("decrypt what is another bucket's", "kms:Decrypt", key("copies/"+env), nobody, "kms:ViaService", "s3."+region+".amazonaws.com", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::other"),
		row("encrypt for another bucket", "kms:GenerateDataKey", key("copies/"+env), nobody, "kms:ViaService", "s3."+region+".amazonaws.com", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::other"),
		row("decrypt another environment's documents", "kms:Decrypt", key("dev/data"), nobody, "kms:ViaService", throughS3),
		row("copy another environment's documents", "s3:GetObjectVersionForReplication", bucket("paperwurks-dev-documents", "contract.pdf"), nobody),
		row("read a secret", "secretsmanager:GetSecretValue", "{secret paperwurks/"+env+"/session-key}", nobody),
	}}
}
