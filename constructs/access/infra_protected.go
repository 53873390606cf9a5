package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

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

	var data, aliases []string
	for _, env := range envs {
		if !env.IsProtected() {
			continue
		}
		data = append(data,
			n.ARN("rds", "db:"+n.Database(env.Name)),
			config.BucketARN(n.DocumentsBucket(env.Name)),
			config.BucketARN(n.LogBucket(env.Name)),
			n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*")),
			n.ARN("ecr", "repository/"+n.Repository(env.Name)),
			n.ARN("ecs", "service/"+n.Cluster(env.Name)+"/*"),
		)
		data = append(data, rolesOfTasks(n, env)...)
		aliases = append(aliases, n.KeyAlias(env.Name, "*"))
	}
	if len(data) == 0 {
		return statements
	}
	keep := deny("KeepWhatIsProtected", []string{
		"ecr:DeleteRepository", "ecs:DeleteService", "iam:DeleteRole", "rds:DeleteDBInstance", "s3:DeleteBucket",
		"secretsmanager:DeleteSecret",
	})
	keep.Resources = data
	keys := deny("KeepKeysOfWhatIsProtected", []string{"kms:DisableKey", "kms:ScheduleKeyDeletion"},
		policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", aliases...))
	keys.Resources = regional(n, "kms", "key/*")
	return append(statements, keep, keys)
}

// rolesOfTasks matches every task and execution role of an environment.
func rolesOfTasks(n config.Names, env config.Environment) []string {
	return []string{n.WorkloadRoleARN(n.TaskRole(env.Name, "*")), n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))}
}
