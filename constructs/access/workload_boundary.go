package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// WorkloadBoundaryName is the boundary of an environment's workload roles.
func WorkloadBoundaryName(n config.Names, env string) string { return n.WorkloadBoundary() + "-" + env }

// anyWorkloadBoundary matches the boundary of every environment.
func anyWorkloadBoundary(n config.Names) string {
	return n.BoundaryARN(WorkloadBoundaryName(n, "*"))
}

// WorkloadBoundary is what no role of an environment's workloads can exceed,
// whoever wrote its policies. Data is reached only by the roles named here, so
// that a role made beside them reaches none; no other environment's is reached
// by any.
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
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}
	bucket := config.BucketARN(n.DocumentsBucket(env.Name))
	repository := n.ARN("ecr", "repository/"+n.Repository(env.Name))
	secrets := n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*"))
	masterSecrets := n.ARN("secretsmanager", "secret:rds!db-*")
	monitoring := n.ARN("logs", "log-group:RDSOSMetrics")
	readers := dataRoles(n, env)
	return policy.Document{Statements: []policy.Statement{
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
		{
			// A workload role is an AWS service's to assume. A trust that let a
			// workflow run in would gain nothing.
			Sid:        "NotForAWebIdentity",
			Effect:     policy.Deny,
			Actions:    everything,
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Null, "aws:FederatedProvider", "false")},
		},
		onlyFor(readers.documents, deny("DocumentsForTheirReaders", []string{"s3:*"})),
		onlyFor(readers.database, deny("DatabaseForItsUsers", []string{"rds-db:connect"})),
		onlyFor(readers.secrets, deny("SecretsForTheirReaders", []string{"secretsmanager:*"})),
		onlyFor(readers.masterSecret, on(deny("MasterSecretForTheMigration", []string{"secretsmanager:*"}), masterSecrets)),
		onlyFor(executionRoles(n, env), deny("ImagesForECS", pullImages())),
		except(deny("NoOtherBucket", []string{"s3:*"}), bucket, bucket+"/*"),
		except(deny("NoOtherSecret", []string{"secretsmanager:*"}), secrets, masterSecrets),
		except(deny("NoOtherImage", pullImages()), repository),
		except(deny("NoOtherLog", []string{"logs:CreateLogStream", "logs:PutLogEvents"}),
			n.ARN("logs", "log-group:"+n.LogGroups(env.Name)+"*"), monitoring+":*"),
		except(deny("NoContentsOfLogs", []string{"logs:CreateLogGroup", "logs:GetLogEvents", "logs:PutRetentionPolicy"}),
			monitoring, monitoring+":*"),
	}}
}

// readers are the roles that reach an environment's data.
type readers struct{ documents, database, secrets, masterSecret []string }

func dataRoles(n config.Names, env config.Environment) readers {
	var r readers
	r.masterSecret = []string{n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.MigrationTask))}
	r.secrets = append(r.secrets, r.masterSecret...)
	for _, s := range env.Services {
		if s.Documents {
			r.documents = append(r.documents, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
		}
		if s.Database {
			r.database = append(r.database, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
		}
		if len(s.Secrets) > 0 {
			r.secrets = append(r.secrets, n.WorkloadRoleARN(n.ExecutionRole(env.Name, s.Name)))
		}
	}
	return r
}

// onlyFor limits a denial to whoever is not one of the roles; without a role
// it denies to all.
func onlyFor(roles []string, s policy.Statement) policy.Statement {
	if len(roles) > 0 {
		s.Conditions = append(s.Conditions, policy.If(policy.ArnNotEquals, "aws:PrincipalArn", roles...))
	}
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
