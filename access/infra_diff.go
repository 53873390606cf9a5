package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// InfraDiffRole is what a plan and `make status` need: configuration and state,
// who holds its lock, how full a database is and the quotas, read only. It does
// not take the lock, which it would have to write: a plan runs with -lock=false
// (TF_CLI_ARGS_plan).
func InfraDiffRole(n config.Names, _ []config.Environment) []ManagedPolicy {
	nothingElse := deny("NothingButReading", nil)
	nothingElse.NotActions = concat(configurationReads(), parameterReads(),
		statusReads(), []string{"kms:Decrypt", "s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"})
	read := readConfiguration(n)
	read.Statements = append(read.Statements,
		policy.Statement{Sid: "ReadMetricsAndQuotas", Effect: policy.Allow, Actions: statusReads(), Resources: []string{"*"}},
		policy.Statement{Sid: "ReadLocks", Effect: policy.Allow, Actions: []string{"s3:GetObject"}, Resources: []string{lockObjects(n)}})
	return []ManagedPolicy{
		{
			Name:        n.CIPolicy(config.InfraDiffRole, "read"),
			Description: "Reads how resources are configured, and Terraform's state",
			Document:    read,
		},
		{
			Name:        n.CIPolicy(config.InfraDiffRole, "limits"),
			Description: "What infra-diff-role never does",
			Document: policy.Document{Statements: []policy.Statement{
				nothingElse,
				deny("NoKeyButForState", []string{"kms:Decrypt"}, policy.If(policy.StringNotEquals, "kms:ViaService", via(n, "s3")...)),
				// That no object but state, lock and page is read is in the boundary.
				except(deny("NoBucketButThePlatforms", []string{"s3:ListBucket"}), config.BucketARN(named(n))),
				except(deny("NoParameterButThePlatforms", parameterReads()), n.ARN("ssm", "parameter/"+n.Project()+"/*")),
			}},
		},
	}
}

// statusReads are what `make status` reads beyond the configuration. Metrics
// are numbers; no metric of the platform has a user in its name.
func statusReads() []string {
	return []string{"cloudwatch:GetMetricStatistics", "servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota"}
}
