package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The policies of an environment's KMS keys. The state's is in state.go, the
// images' in images.go.

// DataKey is the policy of the key of database, documents and secrets: tasks
// use it for documents, ECS for the secrets that a task starts with.
func DataKey(n config.Names, env string) policy.Document {
	return keyPolicy(n,
		grantThrough(n, "DatabaseAndSecretsAreMade", []string{n.CIRoleARN(config.InfraRole)}, "rds", "secretsmanager"),
		useThrough(n, "DocumentsOfTheTasks", []string{n.WorkloadRoleARN(n.TaskRole(env, "*"))}, "s3"),
		useThrough(n, "SecretsAtTaskStart", []string{n.WorkloadRoleARN(n.ExecutionRole(env, "*"))}, "secretsmanager"))
}

// LogsKey is the policy of the key of logs and of the alarms' topic.
func LogsKey(n config.Names, env string) policy.Document {
	return keyPolicy(n,
		useByLogs(n.Region(),
			n.ARN("logs", "log-group:"+n.LogGroups(env)+"*"),
			n.ARN("logs", "log-group:"+n.DatabaseLogGroup(env, "*")),
			n.ARN("logs", "log-group:"+n.WebACLLogGroup(n.WebACL(env))+"*")),
		policy.Statement{
			Sid:        "AlarmsToTheTopic",
			Effect:     policy.Allow,
			Principals: service("cloudwatch.amazonaws.com"),
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Resources:  []string{"*"},
			Conditions: forThisAccount(n),
		},
		policy.Statement{
			// Tasks open the encrypted channel of a session (Amazon ECS
			// developer guide, "Using ECS Exec": kms:Decrypt for the task).
			Sid:        "SessionsOfECSExec",
			Effect:     policy.Allow,
			Principals: account(n),
			Actions:    []string{"kms:Decrypt"},
			Resources:  []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.ArnLike, "aws:PrincipalArn", n.WorkloadRoleARN(n.TaskRole(env, "*")))},
		})
}

// EdgeLogsKey is the policy of the key of what CloudFront's web ACL logs.
func EdgeLogsKey(n config.Names, env string) policy.Document {
	return keyPolicy(n, useByLogs(config.EdgeRegion, n.EdgeARN("logs", "log-group:"+n.WebACLLogGroup(n.WebACL(env))+"*")))
}

// keyPolicy splits the account's default "root may do everything" into
// administration, which IAM decides, and use, which only the statements given
// grant.
func keyPolicy(n config.Names, uses ...policy.Statement) policy.Document {
	administration := policy.Statement{
		Sid:        "AdministerThroughIAM",
		Effect:     policy.Allow,
		Principals: account(n),
		// AWS KMS developer guide, "Allows key administrators to administer
		// the KMS key", without CreateGrant, which would grant use.
		Actions: []string{
			"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:Delete*", "kms:Describe*",
			"kms:Disable*", "kms:Enable*", "kms:Get*", "kms:List*", "kms:Put*",
			"kms:Revoke*", "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion",
			"kms:TagResource", "kms:UntagResource", "kms:Update*",
		},
		Resources: []string{"*"},
	}
	grants := denyAnyone("GrantsOnlyForAWSServices", []string{"kms:CreateGrant"},
		policy.If(policy.Bool, "kms:GrantIsForAWSResource", "false"))
	return policy.Document{Statements: append([]policy.Statement{administration, grants}, uses...)}
}

// useThrough lets the given roles of this account use a key, only by way of
// the AWS services named, such as "s3".
func useThrough(n config.Names, sid string, roleARNs []string, services ...string) policy.Statement {
	return policy.Statement{
		Sid:        sid,
		Effect:     policy.Allow,
		Principals: account(n),
		Actions:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*"},
		Resources:  []string{"*"},
		// Named by condition: a key's policy cannot name a role that does not
		// exist yet, and breaks when a named role is recreated.
		Conditions: []policy.Condition{
			policy.If(policy.ArnLike, "aws:PrincipalArn", roleARNs...),
			policy.If(policy.StringEquals, "kms:ViaService", via(n, services...)...),
		},
	}
}

// grantThrough lets the given roles hand a key to the AWS services that they
// create resources of; the service then holds a grant of its own.
func grantThrough(n config.Names, sid string, roleARNs []string, services ...string) policy.Statement {
	s := useThrough(n, sid, roleARNs, services...)
	s.Actions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:RetireGrant"}
	return s
}

// byAdministrators gives what roles of the platform may do with a key to those
// whom IAM lets, none of the platform's own roles among them: people with
// administrator rights, who make the shared stack.
func byAdministrators(n config.Names, sid string, s policy.Statement) policy.Statement {
	s.Sid = sid
	conditions := []policy.Condition{policy.If(policy.ArnNotLike, "aws:PrincipalArn", n.CIRoleARN("*"), n.WorkloadRoleARN("*"))}
	for _, c := range s.Conditions {
		if c.Key != "aws:PrincipalArn" {
			conditions = append(conditions, c)
		}
	}
	s.Conditions = conditions
	return s
}

// useByLogs lets CloudWatch Logs of a region encrypt the log groups whose ARN
// matches.
func useByLogs(region string, groups ...string) policy.Statement {
	return policy.Statement{
		Sid:        "CloudWatchLogs",
		Effect:     policy.Allow,
		Principals: service("logs." + region + ".amazonaws.com"),
		Actions:    []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{
			// CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
			policy.If(policy.ArnLike, "kms:EncryptionContext:aws:logs:arn", groups...),
		},
	}
}
