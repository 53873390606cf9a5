package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraProtection keeps from infra-role what would let it destroy data, or
// hand data on.
func infraProtection(n config.Names, envs []config.Environment) []policy.Statement {
	return concatStatements(noHandingOn(n), keepProtected(n, envs))
}

// noHandingOn keeps what decides over data at rest, the policies of the keys
// of data, state and account and all of the buckets of state and account, an
// administrator's to change.
func noHandingOn(n config.Names) []policy.Statement {
	aliases := []string{n.StateKeyAlias(), n.AccountKeyAlias(), n.DataKeyAlias("*")}
	var aliasARNs []string
	for _, alias := range aliases {
		aliasARNs = append(aliasARNs, n.ARN("kms", alias))
	}
	renaming := []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}
	keys := regional(n, "kms", "key/*")

	state, log, account := config.BucketARN(n.StateBucket()), config.BucketARN(n.StateLogBucket()), config.BucketARN(n.AccountName("*"))
	return []policy.Statement{
		on(deny("NoChangeOfTheStateBucket", []string{
			"s3:CreateBucket", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:GetObjectVersion*", "s3:PutBucket*",
			"s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
		}), state, state+"/*", log, log+"/*", account, account+"/*"),
		on(deny("NoEndOfTheState", []string{"s3:DeleteObject"}), state+"/*/terraform.tfstate", account+"/*"),
		on(deny("NoOtherPolicyForKeysOfData",
			concat(renaming, []string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:ScheduleKeyDeletion"}),
			policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...)), keys...),
		on(deny("NoOtherNameForKeysOfData", renaming), aliasARNs...),
	}
}

// keepProtected keeps what holds a protected environment's data, and the roles
// that reach it, from infra-role: it cannot destroy them, and so cannot
// recreate them to its liking. Who may assume the role of a task is settled when
// the role is made, in every environment.
func keepProtected(n config.Names, envs []config.Environment) []policy.Statement {
	statements := []policy.Statement{on(deny("NoOtherTrustForRolesOfTasks", []string{"iam:UpdateAssumeRolePolicy"}),
		n.WorkloadRoleARN(n.TaskRole("*", "*")), n.WorkloadRoleARN(n.ExecutionRole("*", "*")), n.WorkloadRoleARN(n.SchedulerRole("*")))}

	var names, data, services, aliases []string
	for _, env := range envs {
		if !env.IsProtected() {
			continue
		}
		names = append(names, env.Name)
		data = append(data,
			n.ARN("rds", "db:"+n.Database(env.Name)),
			config.BucketARN(n.Environment(env.Name)+"-*"),
			n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*")),
			n.ARN("ecr", "repository/"+n.Repository(env.Name)),
			n.WorkloadRoleARN(n.In(env.Name, "*")),
		)
		services = append(services, n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/*"))
		aliases = append(aliases, n.KeyAliases(env.Name))
	}
	noShell := deny("NoShell", []string{"ecs:CreateService", "ecs:UpdateService"},
		policy.If(policy.StringEquals, "ecs:enable-execute-command", "true"))
	if len(data) == 0 {
		return append(statements, noShell)
	}
	return append(statements,
		on(deny("KeepWhatIsProtected", []string{
			"ecr:DeleteRepository", "ecs:DeleteService", "iam:DeleteRole", "rds:DeleteDBInstance", "s3:DeleteBucket",
			"s3:DeleteObject*", "secretsmanager:DeleteSecret",
		}), concat(data, services)...),
		// A database can be renamed; its tag says whose it is.
		deny("KeepRenamedDatabases", []string{"rds:DeleteDBInstance"}, policy.If(policy.StringEquals, "aws:ResourceTag/environment", names...)),
		deny("KeepTheTagOfDatabases", []string{"rds:AddTagsToResource", "rds:RemoveTagsFromResource"},
			policy.If(policy.StringEquals, "aws:ResourceTag/environment", names...),
			policy.If(policy.ForAnyStringEqualsIgnoreCase, "aws:TagKeys", "environment")),
		noShell,
		on(deny("KeepKeysOfWhatIsProtected", []string{"kms:DeleteAlias", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"},
			policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...)), regional(n, "kms", "key/*")...))
}
