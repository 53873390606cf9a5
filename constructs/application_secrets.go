package constructs

import (
	"fmt"
	"slices"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretpolicy"

	"github.com/paperwurks/infra/access/policy"
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
		document, err := secretPolicy(n, env, name).JSON()
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

// secretPolicy lets only the execution roles of the tasks that receive the
// secret read its value.
func secretPolicy(n config.Names, env config.Environment, secret string) policy.Document {
	var readers []string
	for _, s := range env.Services {
		if slices.Contains(s.Secrets, secret) {
			readers = append(readers, n.WorkloadRoleARN(n.ExecutionRole(env.Name, s.Name)))
		}
	}
	if slices.Contains(env.Migration.Secrets, secret) {
		readers = append(readers, n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.MigrationTask)))
	}
	deny := policy.Statement{
		Sid:        "DenyValueToOthers",
		Effect:     policy.Deny,
		Principals: []policy.Principal{policy.Anyone},
		Actions:    []string{"secretsmanager:GetSecretValue"},
		Resources:  []string{"*"},
	}
	if len(readers) > 0 {
		deny.Conditions = []policy.Condition{policy.If(policy.ArnNotEquals, "aws:PrincipalArn", readers...)}
	}
	return policy.Document{Statements: []policy.Statement{deny}}
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
