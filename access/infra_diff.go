package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// InfraDiffRole is what a plan needs: configuration and state, read only. It
// does not take the state's lock, which it would have to write: a plan runs
// with -lock=false (TF_CLI_ARGS_plan).
func InfraDiffRole(n config.Names, _ []config.Environment) []ManagedPolicy {
	nothingElse := deny("NothingButReading", nil)
	nothingElse.NotActions = concat(configurationReads(), parameterReads(),
		[]string{"kms:Decrypt", "s3:GetObject", "s3:ListBucket"})
	state := config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate"
	return []ManagedPolicy{
		{
			Name:        n.CIPolicy(config.InfraDiffRole, "read"),
			Description: "Reads how resources are configured, and Terraform's state",
			Document:    readConfiguration(n),
		},
		{
			Name:        n.CIPolicy(config.InfraDiffRole, "limits"),
			Description: "What infra-diff-role never does",
			Document: policy.Document{Statements: []policy.Statement{
				nothingElse,
				deny("NoKeyButForState", []string{"kms:Decrypt"}, policy.If(policy.StringNotEquals, "kms:ViaService", via(n, "s3")...)),
				except(deny("NoObjectButState", []string{"s3:GetObject"}), state),
				except(deny("NoBucketButThePlatforms", []string{"s3:ListBucket"}), config.BucketARN(named(n))),
				except(deny("NoParameterButThePlatforms", parameterReads()), n.ARN("ssm", "parameter/"+n.Project()+"/*")),
			}},
		},
	}
}
