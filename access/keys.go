package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The policies of an environment's KMS keys. The state's is in state.go, the
// images' in images.go.

// DataKey is the policy of the key of database, documents and secrets: tasks
// use it for documents, ECS for the secrets that a task starts with. People with
// administrator rights set the application's secrets, restore a database, look
// at its load and deploy by hand; documents and the master password stay closed to them, and the
// application's secrets by their own policies (Secret).
func DataKey(n config.Names, of config.Environment) policy.Document {
	env := of.Name
	throughSecretsManager := through(n, "secretsmanager")
	secretARN := func(name string) policy.Condition {
		return policy.If(policy.StringLike, "kms:EncryptionContext:SecretARN", n.ARN("secretsmanager", "secret:"+name))
	}
	master := secretARN("rds!db-*")
	var uses []policy.Statement
	if of.Copies.AreMade() {
		uses = append(uses, readToReplicate(n, of))
	}
	return keyPolicy(n, append(uses,
		grantThrough(n, "DatabaseAndSecretsAreMade", []string{n.CIRoleARN(config.InfraRole)}, "rds", "secretsmanager"),
		useThrough(n, "DocumentsOfTheTasks", []string{n.WorkloadRoleARN(n.TaskRole(env, "*"))}, "s3"),
		useThrough(n, "SecretsAtTaskStart", []string{n.WorkloadRoleARN(n.ExecutionRole(env, "*"))}, "secretsmanager"),
		// To set a value takes the right to decrypt too: a value that is set
		// again is compared (AWS Secrets Manager user guide, "Secret encryption
		// and decryption").
		byAdministrators(n, "SecretsAreSetByPeople", []string{"kms:Decrypt", "kms:GenerateDataKey"},
			throughSecretsManager, secretARN(n.Secret(env, "*"))),
		// Amazon RDS user guide, "Encrypting Amazon RDS resources" (CreateGrant
		// and DescribeKey, which is administration) and "Permissions required for
		// Secrets Manager integration". Decrypt is for the proof alone.
		byAdministrators(n, "DatabasesAreRestoredByPeople", []string{"kms:CreateGrant"},
			through(n, "rds", "secretsmanager")),
		byAdministrators(n, "MasterSecretIsMade", []string{"kms:GenerateDataKey"}, throughSecretsManager, master),
		byAdministrators(n, "MasterSecretIsProved", []string{"kms:Decrypt"}, throughSecretsManager, master,
			policy.If(policy.StringEquals, "kms:EncryptionContext:SecretVersionId", secretKeyProof)),
		// Amazon RDS user guide, "Changing an AWS KMS policy for Performance
		// Insights": whoever looks at them decrypts with the instance's key.
		byAdministrators(n, "InsightsAreReadByPeople", []string{"kms:Decrypt", "kms:GenerateDataKey"},
			through(n, "rds"),
			policy.If(policy.StringEquals, "kms:EncryptionContext:aws:pi:service", "rds"),
			policy.If(policy.StringEquals, "kms:EncryptionContext:service", "pi")))...)
}

// LogsKey is the policy of the key of logs and of the alarms' topic.
func LogsKey(n config.Names, environment config.Environment) policy.Document {
	env := environment.Name
	return keyPolicy(n, append([]policy.Statement{
		useByLogs(n.Region(),
			n.ARN("logs", "log-group:"+n.LogGroups(env)+"*"),
			n.ARN("logs", "log-group:"+n.DatabaseLogGroup(env, "*")),
			n.ARN("logs", "log-group:"+n.WebACLLogGroup(n.WebACL(env))+"*")),
		useByAlarms(n),
	}, queueKey(n, environment)...)...)
}

// EdgeLogsKey is the policy of the key of what CloudFront's web ACL logs and, in an
// environment that is looked at from outside, of the topic of those alarms.
func EdgeLogsKey(n config.Names, env config.Environment) policy.Document {
	uses := []policy.Statement{useByLogs(config.EdgeRegion, n.EdgeARN("logs", "log-group:"+n.WebACLLogGroup(n.WebACL(env.Name))+"*"))}
	if env.HasOutside() {
		uses = append(uses, useByAlarms(n))
	}
	return keyPolicy(n, uses...)
}

// useByAlarms lets CloudWatch publish to a topic that a key encrypts (Amazon SNS
// developer guide, "Enable compatibility between event sources from AWS services
// and encrypted topics").
func useByAlarms(n config.Names) policy.Statement {
	return policy.Statement{
		Sid:        "AlarmsToTheTopic",
		Effect:     policy.Allow,
		Principals: service("cloudwatch.amazonaws.com"),
		Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
		Resources:  []string{"*"},
		Conditions: forThisAccount(n),
	}
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
		Actions:    useOfKey(),
		Resources:  []string{"*"},
		// Named by condition: a key's policy cannot name a role that does not
		// exist yet, and breaks when a named role is recreated.
		Conditions: []policy.Condition{
			policy.If(policy.ArnLike, "aws:PrincipalArn", roleARNs...),
			through(n, services...),
		},
	}
}

// through is the use of a key by way of the AWS services named.
func through(n config.Names, services ...string) policy.Condition {
	return policy.If(policy.StringEquals, "kms:ViaService", via(n, services...)...)
}

func useOfKey() []string {
	return []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*"}
}

func grantOfKey() []string {
	return []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:RetireGrant"}
}

// grantThrough lets the given roles hand a key to the AWS services that they
// create resources of; the service then holds a grant of its own.
func grantThrough(n config.Names, sid string, roleARNs []string, services ...string) policy.Statement {
	s := useThrough(n, sid, roleARNs, services...)
	s.Actions = grantOfKey()
	return s
}

// byAdministrators leaves some use of a key to those whom IAM lets, none of the
// platform's own roles among them: people with administrator rights.
func byAdministrators(n config.Names, sid string, actions []string, conditions ...policy.Condition) policy.Statement {
	return policy.Statement{
		Sid:        sid,
		Effect:     policy.Allow,
		Principals: account(n),
		Actions:    actions,
		Resources:  []string{"*"},
		Conditions: append([]policy.Condition{
			policy.If(policy.ArnNotLike, "aws:PrincipalArn", n.CIRoleARN("*"), n.WorkloadRoleARN("*")),
		}, conditions...),
	}
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
