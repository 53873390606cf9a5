package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// infraLimits says no, whatever another policy says: a policy of a resource
// that names the role's session would not be limited by what is merely not
// allowed.
func infraLimits(n config.Names, envs []config.Environment) []policy.Statement {
	return concatStatements(noImages(), noDeployment(), noData(n), noHandingOn(n), keepProtected(n, envs))
}

func noImages() []policy.Statement {
	return []policy.Statement{
		deny("NoImages", concat(pushImages(), pullImages(), []string{"ecr:GetAuthorizationToken"})),
		deny("NoHandingOnOfImages", []string{
			"ecr:CreatePullThroughCacheRule", "ecr:DeleteRegistryPolicy", "ecr:DeleteRepositoryPolicy",
			"ecr:PutRegistryPolicy", "ecr:PutReplicationConfiguration", "ecr:SetRepositoryPolicy",
		}),
	}
}

// noDeployment leaves what a service runs to the backend's pipeline. Terraform
// sends a task definition with an update only when it means to change it.
func noDeployment() []policy.Statement {
	return []policy.Statement{
		deny("NoDeployment", []string{
			"ecs:CreateTaskSet", "ecs:ExecuteCommand", "ecs:RunTask", "ecs:StartTask", "ecs:UpdateServicePrimaryTaskSet",
			"ecs:UpdateTaskSet",
		}),
		deny("NoOtherTaskDefinitionForAService", []string{"ecs:UpdateService"},
			policy.If(policy.Null, "ecs:task-definition", "false")),
	}
}

func noData(n config.Names) []policy.Statement {
	return []policy.Statement{
		deny("NoContentsOfLogs", []string{
			"logs:CreateExportTask", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord",
			"logs:GetQueryResults", "logs:PutAccountPolicy", "logs:PutDestination*", "logs:PutSubscriptionFilter",
			"logs:StartLiveTail", "logs:StartQuery", "rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion",
			"wafv2:GetSampledRequests",
		}),
		// A restored copy could be given a password of one's own.
		deny("NoCopyOfADatabase", []string{
			"rds:CopyDB*", "rds:CreateDBInstanceReadReplica", "rds:ModifyDBSnapshotAttribute", "rds:Restore*",
			"rds:StartDBInstanceAutomatedBackupsReplication", "rds:StartExportTask",
		}),
		// Amazon RDS user guide, "Enforcing RDS management of the master user
		// password in AWS Secrets Manager".
		deny("NoPasswordOfItsOwn", []string{"rds:CreateDBInstance", "rds:ModifyDBInstance"},
			policy.If(policy.Bool, "rds:ManageMasterUserPassword", "false")),
		deny("NoPublicDatabase", []string{"rds:CreateDBInstance"},
			policy.If(policy.Bool, "rds:PubliclyAccessible", "true")),
		deny("NoPublicLoadBalancer", []string{"elasticloadbalancing:CreateLoadBalancer"},
			policy.If(policy.StringNotEquals, "elasticloadbalancing:Scheme", "internal")),
		deny("NoPublicTask", []string{"ecs:CreateService", "ecs:UpdateService"},
			policy.If(policy.Bool, "ecs:auto-assign-public-ip", "true")),
		// A secret made anew under the same name would hold a known value.
		deny("NoSecretGoneAtOnce", []string{"secretsmanager:DeleteSecret"},
			policy.If(policy.Bool, "secretsmanager:ForceDeleteWithoutRecovery", "true")),
	}
}

// noHandingOn keeps what decides over data at rest, the policies of the keys
// of data and state and all of the state bucket, an administrator's to change.
func noHandingOn(n config.Names) []policy.Statement {
	aliases := []string{n.KeyAlias("state"), n.KeyAlias("*", "data")}
	var aliasARNs []string
	for _, alias := range aliases {
		aliasARNs = append(aliasARNs, n.ARN("kms", alias))
	}
	renaming := []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}

	state := deny("NoChangeOfTheStateBucket", []string{
		"s3:CreateBucket", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutBucket*", "s3:PutEncryptionConfiguration",
		"s3:PutLifecycleConfiguration",
	})
	state.Resources = nil
	for _, bucket := range []string{n.StateBucket(), n.StateLogBucket()} {
		state.Resources = append(state.Resources, config.BucketARN(bucket), config.BucketARN(bucket)+"/*")
	}
	keys := deny("NoOtherPolicyForKeysOfData",
		concat(renaming, []string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:ScheduleKeyDeletion"}),
		policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...))
	keys.Resources = []string{n.ARN("kms", "key/*")}
	names := deny("NoOtherNameForKeysOfData", renaming)
	names.Resources = aliasARNs
	return []policy.Statement{state, keys, names}
}

// deny denies actions on everything, under the conditions given.
func deny(sid string, actions []string, conditions ...policy.Condition) policy.Statement {
	return policy.Statement{Sid: sid, Effect: policy.Deny, Actions: actions, Resources: []string{"*"}, Conditions: conditions}
}
