package constructs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iampolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/database"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/role"
	"github.com/paperwurks/infra/constructs/tf"
)

// newCopies has RDS and S3 copy a protected environment's backups and documents to
// another region: a key there, a bucket with its access log, and the role that S3
// copies with. An administrator deploys it; no plan may destroy what holds copies, until
// the settings say so. Where copying has ended, only what holds them is left.
func newCopies(scope cdk.Construct, id string, props EnvironmentProps, documents *bucket.Bucket, db *database.Database) error {
	n, env := props.Settings.Names(), props.Environment
	scope = tf.Group(scope, id)
	there := props.Copies
	copiesKey, err := key.New(scope, "key", key.Props{
		Alias: n.CopiesKeyAlias(env.Name), Description: "Copies of backups and documents of " + env.Name,
		PreventDestroy: true, Provider: there, Policy: access.CopiesKey(n, env),
	})
	if err != nil {
		return err
	}
	log, err := bucket.New(scope, "log", bucket.Props{
		Name: n.CopiesLogBucket(env.Name), NoncurrentVersionDays: 1, ExpireDays: env.Logs.BucketDays,
		PreventDestroy: true, Provider: there, Policy: access.CopiesLogBucket(n, env.Name),
	})
	if err != nil {
		return err
	}
	copies, err := bucket.New(scope, "documents", bucket.Props{
		Name: n.CopiesBucket(env.Name), KeyARN: copiesKey.ARN, Outlived: []cdktf.ITerraformDependable{copiesKey.Made},
		LogBucket: log.Name, LogPrefix: config.DocumentsLogPrefix, LogReady: log.Ready,
		NoncurrentVersionDays: env.Copies.NoncurrentVersionDays, InfrequentAccessDays: env.Documents.InfrequentAccessDays,
		PreventDestroy: true, Provider: there, Policy: access.CopiesBucket(n, env),
	})
	if err != nil {
		return err
	}
	if !env.Copies.AreMade() {
		return nil
	}
	replication := access.Replication(n, env, props.Shared.DataKeyARN, copiesKey.ARN)
	limits, err := replication.JSON()
	if err != nil {
		return err
	}
	boundary := iampolicy.NewIamPolicy(tf.Group(scope, "boundary"), new("replication"), &iampolicy.IamPolicyConfig{
		Name: new(n.CopiesBoundary(env.Name)), Path: new(n.BoundaryPath()),
		Description: new("What the role that copies documents of " + env.Name + " cannot exceed"), Policy: &limits,
	})
	replicator, err := role.New(scope, "replication-role", role.Props{
		Name: n.ReplicationRole(env.Name), Path: n.CopiesPath(), Description: "Copies documents of " + env.Name + " to " + env.Copies.Region,
		BoundaryARN: *boundary.Arn(), Trust: access.ReplicationTrust(), Policy: replication,
		SourceUnknown: "No document of AWS's says that S3 sends the bucket that it replicates when it assumes the role (Amazon S3 user guide, \"Setting up permissions for live replication\").",
	})
	if err != nil {
		return err
	}
	bucket.NewReplication(scope, "replication", bucket.Replication{
		From: documents, To: copies, RoleARN: replicator.ARN, KeyARN: copiesKey.ARN, TimeControl: env.Copies.TimeControl,
		Ready: append([]cdktf.ITerraformDependable{replicator.Policy}, documents.Ready...),
	})
	database.CopyBackups(scope, "backups", database.BackupCopies{
		DatabaseARN: db.ARN, KeyARN: copiesKey.ARN, Days: env.Copies.BackupDays, Provider: there,
	})
	return nil
}
