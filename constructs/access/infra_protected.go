package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// infraProtection keeps from infra-role what would let it destroy data, or
// hand data on.
func infraProtection(n config.Names, envs []config.Environment) []policy.Statement {
	return concatStatements(noHandingOn(n), keepProtected(n, envs))
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
		"s3:CreateBucket", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:GetObjectVersion*", "s3:PutBucket*",
		"s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
	})
	state.Resources = nil
	for _, bucket := range []string{n.StateBucket(), n.StateLogBucket()} {
		state.Resources = append(state.Resources, config.BucketARN(bucket), config.BucketARN(bucket)+"/*")
	}
	objects := deny("NoEndOfTheState", []string{"s3:DeleteObject"})
	objects.Resources = []string{config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate"}
	keys := deny("NoOtherPolicyForKeysOfData",
		concat(renaming, []string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ReplicateKey", "kms:ScheduleKeyDeletion"}),
		policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...))
	keys.Resources = []string{n.ARN("kms", "key/*")}
	names := deny("NoOtherNameForKeysOfData", renaming)
	names.Resources = aliasARNs
	notOurs := policy.If(policy.StringNotEquals, "aws:ResourceTag/project", n.Project())
	others := deny("NoKeyOfAnotherProject", concat(renaming, []string{
		"kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
	}), notOurs)
	// Only a new key has no name yet.
	adopted := deny("NoKeyMadeItsOwn", []string{"kms:TagResource"}, notOurs, policy.If(policy.Null, "kms:ResourceAliases", "false"))
	for _, s := range []*policy.Statement{&others, &adopted} {
		s.Resources = regional(n, "kms", "key/*")
	}
	return []policy.Statement{state, objects, keys, names, others, adopted}
}

// keepProtected keeps what holds a protected environment's data, and the roles
// that reach it, from infra-role: it cannot destroy them, and so cannot make
// them anew to its liking. Who may assume the role of a task is settled when
// the role is made, in every environment.
func keepProtected(n config.Names, envs []config.Environment) []policy.Statement {
	var taskRoles []string
	for _, env := range envs {
		taskRoles = append(taskRoles, rolesOfTasks(n, env)...)
	}
	retrust := deny("NoOtherTrustForRolesOfTasks", []string{"iam:UpdateAssumeRolePolicy"})
	retrust.Resources = taskRoles
	statements := []policy.Statement{retrust}

	var data, services, aliases []string
	for _, env := range envs {
		if !env.IsProtected() {
			continue
		}
		data = append(data,
			n.ARN("rds", "db:"+n.Database(env.Name)),
			config.BucketARN(n.DocumentsBucket(env.Name)), config.BucketARN(n.DocumentsBucket(env.Name))+"/*",
			config.BucketARN(n.LogBucket(env.Name)), config.BucketARN(n.LogBucket(env.Name))+"/*",
			n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*")),
			n.ARN("ecr", "repository/"+n.Repository(env.Name)),
		)
		services = append(services, n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/*"))
		data = append(data, rolesOfTasks(n, env)...)
		aliases = append(aliases, n.KeyAlias(env.Name, "*"))
	}
	if len(data) == 0 {
		return statements
	}
	keep := deny("KeepWhatIsProtected", []string{
		"ecr:DeleteRepository", "ecs:DeleteService", "iam:DeleteRole", "rds:DeleteDBInstance", "s3:DeleteBucket",
		"s3:DeleteObject*", "secretsmanager:DeleteSecret",
	})
	keep.Resources = concat(data, services)
	shell := deny("NoShellInWhatIsProtected", []string{"ecs:CreateService", "ecs:UpdateService"},
		policy.If(policy.StringEquals, "ecs:enable-execute-command", "true"))
	shell.Resources = services
	keys := deny("KeepKeysOfWhatIsProtected", []string{"kms:DisableKey", "kms:ScheduleKeyDeletion"},
		policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...))
	keys.Resources = regional(n, "kms", "key/*")
	return append(statements, keep, shell, keys)
}

// rolesOfTasks matches every task and execution role of an environment.
func rolesOfTasks(n config.Names, env config.Environment) []string {
	return []string{n.WorkloadRoleARN(n.TaskRole(env.Name, "*")), n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))}
}
