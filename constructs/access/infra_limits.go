package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// infraLimits says no, whatever another policy says: a policy of a resource
// that names the role's session would not be limited by what is merely not
// allowed.
func infraLimits(n config.Names, envs []config.Environment) []policy.Statement {
	everything := []string{"*"}
	dataKeys := append([]string{n.KeyAlias("state")}, n.KeyAlias("*", "data"))
	statements := []policy.Statement{
		{
			Sid:       "NoImages",
			Effect:    policy.Deny,
			Actions:   concat(pushImages(), pullImages(), []string{"ecr:GetAuthorizationToken"}),
			Resources: everything,
		},
		{
			Sid:    "NoHandingOnOfImages",
			Effect: policy.Deny,
			Actions: []string{
				"ecr:CreatePullThroughCacheRule", "ecr:DeleteRegistryPolicy", "ecr:DeleteRepositoryPolicy",
				"ecr:PutRegistryPolicy", "ecr:PutReplicationConfiguration", "ecr:SetRepositoryPolicy",
			},
			Resources: everything,
		},
		{
			Sid:    "NoDeployment",
			Effect: policy.Deny,
			Actions: []string{
				"ecs:CreateTaskSet", "ecs:ExecuteCommand", "ecs:RunTask", "ecs:StartTask", "ecs:UpdateServicePrimaryTaskSet",
				"ecs:UpdateTaskSet",
			},
			Resources: everything,
		},
		{
			Sid:        "NoOtherTaskDefinitionForAService",
			Effect:     policy.Deny,
			Actions:    []string{"ecs:UpdateService"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Null, "ecs:task-definition", "false")},
		},
		{
			Sid:    "NoLogContents",
			Effect: policy.Deny,
			Actions: []string{
				"logs:CreateExportTask", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogObject", "logs:GetLogRecord",
				"logs:GetQueryResults", "logs:PutDestination*", "logs:PutSubscriptionFilter", "logs:PutAccountPolicy",
				"logs:StartLiveTail", "logs:StartQuery",
			},
			Resources: everything,
		},
		{
			// A restored copy could be given a password of one's own.
			Sid:    "NoCopyOfADatabase",
			Effect: policy.Deny,
			Actions: []string{
				"rds:CopyDB*", "rds:CreateDBInstanceReadReplica", "rds:ModifyDBSnapshotAttribute", "rds:Restore*",
				"rds:StartDBInstanceAutomatedBackupsReplication", "rds:StartExportTask",
			},
			Resources: everything,
		},
		{
			Sid:        "NoPasswordOfItsOwn",
			Effect:     policy.Deny,
			Actions:    []string{"rds:CreateDBInstance", "rds:ModifyDBInstance"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Bool, "rds:ManageMasterUserPassword", "false")},
		},
		{
			Sid:        "NoPublicDatabase",
			Effect:     policy.Deny,
			Actions:    []string{"rds:CreateDBInstance", "rds:ModifyDBInstance"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Bool, "rds:PubliclyAccessible", "true")},
		},
		{
			Sid:        "NoPublicLoadBalancer",
			Effect:     policy.Deny,
			Actions:    []string{"elasticloadbalancing:CreateLoadBalancer"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.StringNotEquals, "elasticloadbalancing:Scheme", "internal")},
		},
		{
			Sid:    "NoOtherKeyPolicyForData",
			Effect: policy.Deny,
			Actions: []string{
				"kms:CreateAlias", "kms:DeleteAlias", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ReplicateKey",
				"kms:ScheduleKeyDeletion", "kms:UpdateAlias",
			},
			Resources:  regional(n, "kms", "key/*"),
			Conditions: []policy.Condition{policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", dataKeys...)},
		},
		{
			Sid:     "NoOtherStateBucket",
			Effect:  policy.Deny,
			Actions: []string{"s3:CreateBucket", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"},
			Resources: []string{
				config.BucketARN(n.StateBucket()), config.BucketARN(n.StateBucket()) + "/*",
				config.BucketARN(n.StateLogBucket()), config.BucketARN(n.StateLogBucket()) + "/*",
			},
		},
	}
	if names := protectedRoles(n, envs); len(names) > 0 {
		statements = append(statements, policy.Statement{
			Sid:       "KeepRolesThatReachProtectedData",
			Effect:    policy.Deny,
			Actions:   []string{"iam:DeleteRole", "iam:UpdateAssumeRolePolicy"},
			Resources: names,
		})
	}
	return statements
}

func protectedRoles(n config.Names, envs []config.Environment) []string {
	var out []string
	for _, env := range protected(envs) {
		out = append(out,
			n.WorkloadRoleARN(n.TaskRole(env.Name, "*")),
			n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*")))
	}
	return out
}
