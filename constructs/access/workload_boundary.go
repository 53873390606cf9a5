package access

import (
	"slices"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// WorkloadBoundary is what no role of a workload can exceed, whoever wrote its
// policies. Data is reached only by the roles named here, each in its own
// environment, so that a role made beside them reaches none.
func WorkloadBoundary(n config.Names, envs []config.Environment) policy.Document {
	everything := []string{"*"}
	allowed := []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
		"kms:Decrypt", "kms:GenerateDataKey",
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
		"logs:GetLogEvents", "logs:PutLogEvents", "logs:PutRetentionPolicy",
		"rds-db:connect",
		"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject",
		"secretsmanager:GetSecretValue",
		"ssmmessages:*",
	}
	statements := []policy.Statement{
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
			Actions:    []string{"*"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Null, "aws:FederatedProvider", "false")},
		},
	}
	var buckets, databases []string
	for _, env := range envs {
		documents, secrets, database := dataRoles(n, env)
		bucket := config.BucketARN(n.DocumentsBucket(env.Name))
		buckets = append(buckets, bucket, bucket+"/*")
		databases = append(databases, database...)
		statements = append(statements,
			onlyFor("DocumentsOf"+sidPart(env.Name), documents, []string{"s3:*"}, []string{bucket, bucket + "/*"}),
			onlyFor("SecretsOf"+sidPart(env.Name), secrets, []string{"secretsmanager:*"}, []string{n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*"))}),
			onlyForLike("ImagesOf"+sidPart(env.Name), []string{n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))},
				pullImages(), []string{n.ARN("ecr", "repository/"+n.Repository(env.Name))}),
		)
	}
	return policy.Document{Statements: append(statements,
		policy.Statement{
			Sid:          "NoOtherBucket",
			Effect:       policy.Deny,
			Actions:      []string{"s3:*"},
			NotResources: buckets,
		},
		onlyFor("TheDatabase", databases, []string{"rds-db:connect"}, everything),
		onlyForLike("MasterSecrets", []string{n.WorkloadRoleARN(n.ExecutionRole("*", config.MigrationTask))},
			[]string{"secretsmanager:*"}, []string{n.ARN("secretsmanager", "secret:rds!*")}),
	)}
}

// onlyFor denies actions to all but the roles named; without a role, to all.
func onlyFor(sid string, roles, actions, resources []string) policy.Statement {
	s := policy.Statement{Sid: sid, Effect: policy.Deny, Actions: actions, Resources: resources}
	if len(roles) > 0 {
		s.Conditions = []policy.Condition{policy.If(policy.ArnNotEquals, "aws:PrincipalArn", roles...)}
	}
	return s
}

// onlyForLike is onlyFor with patterns.
func onlyForLike(sid string, roles, actions, resources []string) policy.Statement {
	s := onlyFor(sid, nil, actions, resources)
	s.Conditions = []policy.Condition{policy.If(policy.ArnNotLike, "aws:PrincipalArn", roles...)}
	return s
}

// dataRoles are the roles of an environment that reach its documents, its
// secrets and its database.
func dataRoles(n config.Names, env config.Environment) (documents, secrets, database []string) {
	for _, s := range env.Services {
		if s.Documents {
			documents = append(documents, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
		}
		if s.Database {
			database = append(database, n.WorkloadRoleARN(n.TaskRole(env.Name, s.Name)))
		}
		if len(s.Secrets) > 0 {
			secrets = append(secrets, n.WorkloadRoleARN(n.ExecutionRole(env.Name, s.Name)))
		}
	}
	if len(env.Migration.Secrets) > 0 {
		secrets = append(secrets, n.WorkloadRoleARN(n.ExecutionRole(env.Name, config.MigrationTask)))
	}
	slices.Sort(database)
	return documents, secrets, database
}

// sidPart is a name as a Sid may hold it.
func sidPart(name string) string {
	var out []byte
	upper := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-':
			upper = true
		case upper && c >= 'a' && c <= 'z':
			out = append(out, c-'a'+'A')
			upper = false
		default:
			out = append(out, c)
			upper = false
		}
	}
	return string(out)
}
