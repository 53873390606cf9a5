package constructs

import (
	"fmt"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretpolicy"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// ApplicationSecrets are the application's own secrets in Secrets Manager.
// Terraform makes them empty and never learns a value: a person or the
// application sets it.
type ApplicationSecrets struct {
	// ARNs by the secret's name in the settings.
	ARNs map[string]string
}

// ApplicationSecretsProps configures ApplicationSecrets.
type ApplicationSecretsProps struct {
	Names       config.Names
	Environment config.Environment
	KeyARN      string
}

// NewApplicationSecrets makes the secrets. It fails when a policy is not one.
func NewApplicationSecrets(scope cdk.Construct, id string, props ApplicationSecretsProps) (*ApplicationSecrets, error) {
	n, env := props.Names, props.Environment
	scope = group(scope, id)
	out := &ApplicationSecrets{ARNs: map[string]string{}}
	for _, name := range env.Secrets {
		document, err := access.Secret(n, env, name).JSON()
		if err != nil {
			return nil, fmt.Errorf("secret %q: %w", n.Secret(env.Name, name), err)
		}
		scope := group(scope, name)
		arn := *secretsmanagersecret.NewSecretsmanagerSecret(scope, new("secret"), &secretsmanagersecret.SecretsmanagerSecretConfig{
			Name:                 new(n.Secret(env.Name, name)),
			Description:          new("The application's " + name + " in " + env.Name),
			KmsKeyId:             &props.KeyARN,
			RecoveryWindowInDays: number(30),
			Lifecycle:            preventDestroy(!env.IsDisposable()),
		}).Arn()
		secretsmanagersecretpolicy.NewSecretsmanagerSecretPolicy(scope, new("policy"), &secretsmanagersecretpolicy.SecretsmanagerSecretPolicyConfig{
			SecretArn:         &arn,
			Policy:            &document,
			BlockPublicPolicy: new(true),
		})
		out.ARNs[name] = arn
	}
	return out, nil
}

// Variables gives the named secrets to a container: the ARN of each by its
// environment variable, the name in upper snake case.
func (s *ApplicationSecrets) Variables(names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = s.ARNs[name]
	}
	return out
}
