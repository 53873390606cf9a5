package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmsalias"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmskey"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// EncryptionKey is a customer managed KMS key that rotates every year, with an
// alias. Its policy names who may use it; a permission in IAM alone does not
// reach the data.
type EncryptionKey struct {
	ARN string
}

// EncryptionKeyProps configures an EncryptionKey.
type EncryptionKeyProps struct {
	Names       config.Names
	Alias       string
	Description string
	// Protected makes Terraform refuse to destroy the key. AWS itself keeps a
	// key scheduled for deletion for 30 days.
	Protected bool
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
	// Uses are the statements that let somebody use the key.
	Uses []policy.Statement
}

// NewEncryptionKey makes the key. It fails when the policy is not one.
func NewEncryptionKey(scope cdk.Construct, id string, props EncryptionKeyProps) (*EncryptionKey, error) {
	document, err := keyPolicy(props.Names, props.Uses).JSON()
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", props.Alias, err)
	}
	scope = group(scope, id)
	key := kmskey.NewKmsKey(scope, new("key"), &kmskey.KmsKeyConfig{
		Description:          &props.Description,
		EnableKeyRotation:    new(true),
		DeletionWindowInDays: number(30),
		Policy:               &document,
		Lifecycle:            preventDestroy(props.Protected),
		Provider:             props.Provider,
	})
	kmsalias.NewKmsAlias(scope, new("alias"), &kmsalias.KmsAliasConfig{
		Name:        &props.Alias,
		TargetKeyId: key.KeyId(),
		Provider:    props.Provider,
	})
	return &EncryptionKey{ARN: *key.Arn()}, nil
}

// keyPolicy splits the account's default "root may do everything" into
// administration, which IAM decides, and use, which only the statements given
// grant.
func keyPolicy(n config.Names, uses []policy.Statement) policy.Document {
	administration := policy.Statement{
		Sid:        "AdministerThroughIAM",
		Effect:     policy.Allow,
		Principals: []policy.Principal{account(n.Account())},
		// AWS KMS developer guide, "Allows key administrators to administer
		// the KMS key", without CreateGrant, which would grant use.
		Actions: []string{
			"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:Delete*", "kms:Describe*",
			"kms:Disable*", "kms:Enable*", "kms:Get*", "kms:List*", "kms:Put*",
			"kms:Revoke*", "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion",
			"kms:TagResource", "kms:UntagResource", "kms:Update*",
		},
		Resources: []string{"*"},
	}
	grants := policy.Statement{
		Sid:        "GrantsOnlyForAWSServices",
		Effect:     policy.Deny,
		Principals: []policy.Principal{policy.Anyone},
		Actions:    []string{"kms:CreateGrant"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{policy.If(policy.Bool, "kms:GrantIsForAWSResource", "false")},
	}
	return policy.Document{Statements: append([]policy.Statement{administration, grants}, uses...)}
}

// useThrough lets the given roles of this account use a key, only by way of
// the AWS services named, such as "s3".
func useThrough(n config.Names, sid string, roleARNs []string, services ...string) policy.Statement {
	via := make([]string, len(services))
	for i, s := range services {
		via[i] = s + "." + n.Region() + ".amazonaws.com"
	}
	return policy.Statement{
		Sid:        sid,
		Effect:     policy.Allow,
		Principals: []policy.Principal{account(n.Account())},
		Actions:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*"},
		Resources:  []string{"*"},
		// Named by condition: a key's policy cannot name a role that does not
		// exist yet, and breaks when a named role is made anew.
		Conditions: []policy.Condition{
			policy.If(policy.ArnLike, "aws:PrincipalArn", roleARNs...),
			policy.If(policy.StringEquals, "kms:ViaService", via...),
		},
	}
}

// grantThrough lets the given roles hand a key to the AWS services that they
// create resources of; the service then holds a grant of its own.
func grantThrough(n config.Names, sid string, roleARNs []string, services ...string) policy.Statement {
	s := useThrough(n, sid, roleARNs, services...)
	s.Actions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:RetireGrant"}
	return s
}

// byAdministrators turns what roles of the platform may do with a key over to
// those whom IAM lets, none of the platform's own roles among them: people with
// administrator rights, who make the shared stack.
func byAdministrators(n config.Names, sid string, s policy.Statement) policy.Statement {
	s.Sid = sid
	conditions := []policy.Condition{policy.If(policy.ArnNotLike, "aws:PrincipalArn", n.CIRoleARN("*"), n.WorkloadRoleARN("*"))}
	for _, c := range s.Conditions {
		if c.Key != "aws:PrincipalArn" {
			conditions = append(conditions, c)
		}
	}
	s.Conditions = conditions
	return s
}

// useByLogs lets CloudWatch Logs of a region encrypt the log groups whose ARN
// matches.
func useByLogs(region string, groups ...string) policy.Statement {
	return policy.Statement{
		Sid:        "CloudWatchLogs",
		Effect:     policy.Allow,
		Principals: []policy.Principal{{Type: policy.Service, ID: "logs." + region + ".amazonaws.com"}},
		Actions:    []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{
			// CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
			policy.If(policy.ArnLike, "kms:EncryptionContext:aws:logs:arn", groups...),
		},
	}
}

// useByService lets an AWS service use a key for resources of this account.
func useByService(n config.Names, sid, service string) policy.Statement {
	return policy.Statement{
		Sid:        sid,
		Effect:     policy.Allow,
		Principals: []policy.Principal{{Type: policy.Service, ID: service}},
		Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:SourceAccount", n.Account())},
	}
}
