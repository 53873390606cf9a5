package access

import (
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// anyWorkloadBoundary matches the boundary of every environment.
func anyWorkloadBoundary(n config.Names) string {
	return n.BoundaryARN(n.WorkloadBoundary("*"))
}

// WorkloadBoundary is what no role of an environment's workloads can exceed,
// whoever wrote its policies. Data is reached only by the roles of tasks named
// here, so that any other role reaches none; no other environment's
// is reached by any. A new service's roles are named by an administrator, with
// `make bootstrap`.
func WorkloadBoundary(n config.Names, env config.Environment) policy.Document {
	everything := []string{"*"}
	allowed := []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
		"kms:Decrypt", "kms:GenerateDataKey",
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
		"logs:GetLogEvents", "logs:PutLogEvents", "logs:PutRetentionPolicy",
		"rds-db:connect",
		"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject",
		"secretsmanager:GetSecretValue",
	}
	bucket := config.BucketARN(n.DocumentsBucket(env.Name))
	repository := n.ARN("ecr", "repository/"+n.Repository(env.Name))
	masterSecrets := n.ARN("secretsmanager", "secret:rds!db-*")
	setup := []string{n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.RolesTask))}
	migration := n.WorkloadRoleARN(n.TaskRole(env.Name, config.MigrationTask))
	own, ofOwn := databaseUsers(n, env)
	monitoring := logGroup(n, monitoringLog)
	return policy.Document{Statements: append([]policy.Statement{
		{
			Sid:       "WhatWorkloadsNeed",
			Effect:    policy.Allow,
			Actions:   allowed,
			Resources: everything,
		},
		{
			Sid:        "NothingElse",
			Effect:     policy.Deny,
			NotActions: allowed,
			Resources:  everything,
		},
		notForAWebIdentity(),
		onlyFor(rolesThatReachData(n, env),
			deny("DataForTheRolesNamedHere", concat(pullImages(), []string{"kms:*", "rds-db:*", "s3:*", "secretsmanager:*"}))),
		onlyForLike(n.WorkloadRoleARN(n.TaskRole(env.Name, "*")),
			deny("DocumentsAndDatabaseForTasks", []string{"rds-db:*", "s3:*"})),
		onlyForLike(n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*")),
			deny("SecretsAndImagesToStartTasks", concat(pullImages(), []string{"secretsmanager:*"}))),
		onlyFor(setup, except(deny("TheApplicationsSecretsOnly", []string{"secretsmanager:*"}), n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*")))),
		only(setup, except(deny("MasterSecretAloneForTheRoles", []string{"secretsmanager:*"}), masterSecrets)),
		onlyFor(append([]string{migration}, own...),
			except(deny("AsTheApplicationOnly", []string{"rds-db:*"}), databaseUser(n, config.DatabaseUser))),
		// A document and a key are no user, so they are denied.
		only([]string{migration}, except(deny("AsTheMigratorAndNothingElse", []string{"kms:*", "rds-db:*", "s3:*"}), databaseUser(n, config.DatabaseMigrator))),
		except(deny("NoOtherBucket", []string{"s3:*"}), bucket, bucket+"/*"),
		// RDS names its secrets at random, and tags them with their instance.
		on(deny("NoOtherMasterSecret", []string{"secretsmanager:*"},
			policy.If(policy.StringNotEquals, "aws:ResourceTag/aws:rds:primaryDBInstanceArn", n.ARN("rds", "db:"+n.Database(env.Name)))),
			masterSecrets),
		except(deny("NoOtherImage", pullImages()), repository),
		except(deny("NoOtherLog", []string{"logs:CreateLogStream", "logs:PutLogEvents"}),
			append(monitoring, n.ARN("logs", "log-group:"+n.LogGroups(env.Name)+"*"))...),
		except(deny("NoContentsOfLogs", []string{"logs:CreateLogGroup", "logs:GetLogEvents", "logs:PutRetentionPolicy"}),
			monitoring...),
	}, ofOwn...)}
}

// databaseUsers are the task roles of the jobs that do not sign in as the application
// alone, and what denies them every other user. IAM does not know whose an instance is.
func databaseUsers(n config.Names, env config.Environment) (roles []string, statements []policy.Statement) {
	var reading, either []string
	for _, task := range env.Tasks() {
		role := n.WorkloadRoleARN(n.TaskRole(env.Name, task.Name))
		switch users := env.DatabaseUsers(task); {
		case len(users) > 1:
			either = append(either, role)
		case slices.Contains(users, config.DatabaseReader):
			reading = append(reading, role)
		}
	}
	if len(reading) > 0 {
		statements = append(statements, only(reading, except(deny("AsTheReaderOnly", []string{"rds-db:*"}), databaseUser(n, config.DatabaseReader))))
	}
	if len(either) > 0 {
		statements = append(statements, only(either, except(deny("AsTheReaderOrTheApplication", []string{"rds-db:*"}),
			databaseUser(n, config.DatabaseReader), databaseUser(n, config.DatabaseUser))))
	}
	return append(reading, either...), statements
}

func databaseUser(n config.Names, user string) string { return n.ARN("rds-db", "dbuser:*/"+user) }

// rolesThatReachData are those of all tasks but the one that makes the database's roles,
// whose containers call nothing: ECS gives them the master secret.
func rolesThatReachData(n config.Names, env config.Environment) []string {
	others := append([]config.Service{{Name: config.MigrationTask}}, env.Tasks()...)
	return append(rolesOf(n, env, others), n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.RolesTask)))
}

// notForAWebIdentity: a workload role is an AWS service's to assume. A trust that let a
// workflow run in would gain nothing.
func notForAWebIdentity() policy.Statement {
	return deny("NotForAWebIdentity", []string{"*"}, policy.If(policy.Null, "aws:FederatedProvider", "false"))
}

// onlyFor limits a denial to whoever is not one of the roles.
func onlyFor(roles []string, s policy.Statement) policy.Statement {
	s.Conditions = append(s.Conditions, policy.If(policy.ArnNotEquals, "aws:PrincipalArn", roles...))
	return s
}

// only limits a denial to the roles.
func only(roles []string, s policy.Statement) policy.Statement {
	s.Conditions = append(s.Conditions, policy.If(policy.ArnEquals, "aws:PrincipalArn", roles...))
	return s
}

// onlyForLike is onlyFor with a pattern.
func onlyForLike(roles string, s policy.Statement) policy.Statement {
	s.Conditions = append(s.Conditions, policy.If(policy.ArnNotLike, "aws:PrincipalArn", roles))
	return s
}

// on makes a denial hold for the resources given.
func on(s policy.Statement, resources ...string) policy.Statement {
	s.Resources = resources
	return s
}

// except makes a denial hold for all but the resources given.
func except(s policy.Statement, resources ...string) policy.Statement {
	s.Resources, s.NotResources = nil, resources
	return s
}
