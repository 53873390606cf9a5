// Package secret makes secrets in Secrets Manager, without a value. It is a part: see package
// constructs for what a part may import.
package secret

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretpolicy"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/constructs/tf"
)

// Secret is one of the application's own secrets in Secrets Manager. Terraform
// makes it empty and never learns its value: a person or the application sets
// it.
type Secret struct {
	ARN string
}

// Props configures a Secret.
type Props struct {
	Name        string
	Description string
	KeyARN      string
	// Disposable deletes a destroyed secret at once, so that its name is free for
	// the next one. Else Terraform refuses to destroy it, and AWS keeps it for 30
	// days.
	Disposable bool
	// Policy says who reads the value.
	Policy policy.Document
}

// New makes the secret. It returns an error if its policy is invalid.
func New(scope cdk.Construct, id string, props Props) (*Secret, error) {
	document, err := props.Policy.JSON()
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", props.Name, err)
	}
	recoveryDays := 30
	if props.Disposable {
		recoveryDays = 0
	}
	scope = tf.Group(scope, id)
	arn := *secretsmanagersecret.NewSecretsmanagerSecret(scope, new("secret"), &secretsmanagersecret.SecretsmanagerSecretConfig{
		Name:                 &props.Name,
		Description:          &props.Description,
		KmsKeyId:             &props.KeyARN,
		RecoveryWindowInDays: tf.Number(recoveryDays),
		Lifecycle:            tf.PreventDestroy(!props.Disposable),
	}).Arn()
	secretsmanagersecretpolicy.NewSecretsmanagerSecretPolicy(scope, new("policy"), &secretsmanagersecretpolicy.SecretsmanagerSecretPolicyConfig{
		SecretArn:         &arn,
		Policy:            &document,
		BlockPublicPolicy: new(true),
	})
	return &Secret{ARN: arn}, nil
}
