package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/account"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/tf"
)

// AccountBaseline is what the AWS account has once, whatever the environments
// are: who did what is recorded, what could become public is blocked, and what
// people make by hand begins safe. What the organisation does is left out.
type AccountBaseline struct {
	// Key is the customer key of the trail; nil where the organisation has the
	// trail.
	Key *key.Key
}

// AccountBaselineProps configures AccountBaseline.
type AccountBaselineProps struct {
	Names   config.Names
	Account config.Account
	// LogBucket receives the access log of the trail's bucket.
	LogBucket *bucket.Bucket
}

// NewAccountBaseline makes the parts that the organisation does not do.
func NewAccountBaseline(scope cdk.Construct, id string, props AccountBaselineProps) (*AccountBaseline, error) {
	n, a := props.Names, props.Account
	scope = tf.Group(scope, id)
	out := &AccountBaseline{}
	if a.Makes(config.TrailPart) {
		if err := out.newTrail(scope, props); err != nil {
			return nil, fmt.Errorf("the account's trail: %w", err)
		}
	}
	if a.Makes(config.AccessAnalyzerPart) {
		account.NewAccessAnalyzer(scope, "access-analyzer", n.AccountName("analyzer"))
	}
	if a.Makes(config.PublicAccessBlockPart) {
		account.NewPublicAccessBlock(scope, "public-access-block")
	}
	if a.Makes(config.EBSDefaultsPart) {
		account.NewEBSDefaults(scope, "ebs-defaults")
	}
	if a.Makes(config.MetadataDefaultsPart) {
		account.NewMetadataDefaults(scope, "metadata-defaults")
	}
	if a.Makes(config.PasswordPolicyPart) {
		account.NewPasswordPolicy(scope, "password-policy")
	}
	var left []string
	for _, p := range a.Organisation.Parts() {
		if p.Reason != "" {
			left = append(left, leftAsTheyAre[p.Part]...)
		}
	}
	tf.Forget(scope, left...)
	return out, nil
}

// leftAsTheyAre are the addresses of the settings that the account, or a region,
// has once. To destroy one in Terraform puts AWS's default in its place (Terraform
// AWS provider 5.100.0: DisableEbsEncryptionByDefault, DeletePublicAccessBlock and
// their like), over what the organisation has set there in the meantime. So they
// are taken out of the state, and stay.
var leftAsTheyAre = map[config.BaselinePart][]string{
	config.PublicAccessBlockPart: {"aws_s3_account_public_access_block.setup_account_public-access-block_F84FB1E3"},
	config.EBSDefaultsPart: {
		"aws_ebs_encryption_by_default.setup_account_ebs-defaults_encryption_54DFAF87",
		"aws_ebs_snapshot_block_public_access.setup_account_ebs-defaults_snapshots_CB8C151F",
	},
	config.MetadataDefaultsPart: {"aws_ec2_instance_metadata_defaults.setup_account_metadata-defaults_3C237AA5"},
	config.PasswordPolicyPart:   {"aws_iam_account_password_policy.setup_account_password-policy_07BA60F2"},
}

// newTrail makes the trail with its key and its bucket, in which log files are
// kept as long as the settings say and deleted by nobody before.
func (b *AccountBaseline) newTrail(scope cdk.Construct, props AccountBaselineProps) error {
	n, settings := props.Names, props.Account.Trail
	made, err := key.New(scope, "key", key.Props{
		Alias:          n.AccountKeyAlias(),
		Description:    "The account's trail",
		PreventDestroy: true,
		Policy:         access.AccountKey(n),
	})
	if err != nil {
		return err
	}
	b.Key = made
	log, err := bucket.New(scope, "trail-bucket", bucket.Props{
		Name:                  n.TrailBucket(),
		KeyARN:                made.ARN,
		LogBucket:             props.LogBucket.Name,
		LogPrefix:             config.TrailLogPrefix,
		LogReady:              props.LogBucket.Ready,
		WithoutBucketKey:      true,
		NoncurrentVersionDays: 30,
		ExpireDays:            settings.RetentionDays,
		PreventDestroy:        true,
		Policy:                access.TrailBucket(n),
	})
	if err != nil {
		return err
	}
	account.NewTrail(scope, "trail", account.TrailProps{
		Name: n.AccountName("trail"), Bucket: log.Name, KeyARN: made.ARN, Ready: log.Ready, Insights: settings.Insights,
	})
	return nil
}
