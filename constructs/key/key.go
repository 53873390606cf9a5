// Package key makes KMS keys. It is a part: see package
// constructs for what a part may import.
package key

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmsalias"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmskey"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/constructs/tf"
)

// Key is a customer managed KMS key that rotates every year, with an
// alias. Its policy names who may use it; a permission in IAM alone does not
// reach the data.
type Key struct {
	ARN string
	// Made is for what must be gone before the key goes.
	Made cdktf.ITerraformDependable
}

// Props configures a Key.
type Props struct {
	Alias       string
	Description string
	// PreventDestroy makes Terraform refuse to destroy the key. AWS itself keeps a
	// key scheduled for deletion for 30 days.
	PreventDestroy bool
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
	// Policy of the key.
	Policy policy.Document
}

// New makes the key. It returns an error if its policy is invalid.
func New(scope cdk.Construct, id string, props Props) (*Key, error) {
	document, err := props.Policy.JSON()
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", props.Alias, err)
	}
	scope = tf.Group(scope, id)
	key := kmskey.NewKmsKey(scope, new("key"), &kmskey.KmsKeyConfig{
		Description:          &props.Description,
		EnableKeyRotation:    new(true),
		DeletionWindowInDays: tf.Number(30),
		Policy:               &document,
		Lifecycle:            tf.PreventDestroy(props.PreventDestroy),
		Provider:             props.Provider,
	})
	kmsalias.NewKmsAlias(scope, new("alias"), &kmsalias.KmsAliasConfig{
		Name:        &props.Alias,
		TargetKeyId: key.KeyId(),
		Provider:    props.Provider,
	})
	return &Key{ARN: *key.Arn(), Made: key}, nil
}
