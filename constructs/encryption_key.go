package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmsalias"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmskey"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
)

// EncryptionKey is a customer managed KMS key that rotates every year, with an
// alias. Its policy names who may use it; a permission in IAM alone does not
// reach the data.
type EncryptionKey struct {
	ARN string
}

// EncryptionKeyProps configures an EncryptionKey.
type EncryptionKeyProps struct {
	Alias       string
	Description string
	// Protected makes Terraform refuse to destroy the key. AWS itself keeps a
	// key scheduled for deletion for 30 days.
	Protected bool
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
	// Policy of the key.
	Policy policy.Document
}

// NewEncryptionKey makes the key. It returns an error if its policy is invalid.
func NewEncryptionKey(scope cdk.Construct, id string, props EncryptionKeyProps) (*EncryptionKey, error) {
	document, err := props.Policy.JSON()
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
