package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who reads the application's secrets: the execution roles of the tasks that
// receive them. infra-role makes secrets without a value (buildSecrets).

// readSecrets and writeSecrets touch a secret's value, or have somebody touch
// it.
func readSecrets() []string {
	return []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
}

func writeSecrets() []string {
	return []string{
		"secretsmanager:PutSecretValue", "secretsmanager:ReplicateSecretToRegions", "secretsmanager:RotateSecret",
		"secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
	}
}

// Secret is the policy of one of the application's secrets: only the execution
// roles of the tasks that receive it read its value.
func Secret(n config.Names, env config.Environment, secret string) policy.Document {
	var readers []string
	for _, s := range env.Tasks() {
		if slices.Contains(s.MayRead(), secret) {
			readers = append(readers, n.WorkloadRoleARN(n.ExecutionRole(env.Name, s.Name)))
		}
	}
	if slices.Contains(env.Migration.Secrets, secret) {
		readers = append(readers, n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.MigrationTask)))
	}
	s := denyAnyone("DenyValueToOthers", []string{"secretsmanager:GetSecretValue"})
	if len(readers) > 0 {
		s.Conditions = []policy.Condition{policy.If(policy.ArnNotEquals, "aws:PrincipalArn", readers...)}
	}
	return policy.Document{Statements: []policy.Statement{s}}
}

// readItsSecrets is what the execution role of such a task allows.
func readItsSecrets(r ExecutionResources) []policy.Statement {
	return []policy.Statement{
		{
			Sid:       "ReadItsSecrets",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:GetSecretValue"},
			Resources: r.SecretARNs,
		},
		{
			Sid:        "DecryptItsSecrets",
			Effect:     policy.Allow,
			Actions:    []string{"kms:Decrypt"},
			Resources:  []string{r.DataKeyARN},
			Conditions: []policy.Condition{policy.If(policy.StringLike, "kms:ViaService", "secretsmanager.*.amazonaws.com")},
		},
	}
}
