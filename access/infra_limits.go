package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraLimits says no, whatever another policy says: a policy of a resource
// that names the role's session would not be limited by what is merely not
// allowed.
func infraLimits(n config.Names, envs []config.Environment) []policy.Statement {
	return concatStatements(noImages(), noDeployment(n), noData(n, envs), noKeysOfOthers(n))
}

// noDeployment leaves what a service runs to the backend's pipeline. Terraform
// sends a task definition with an update only when it means to change it.
func noDeployment(n config.Names) []policy.Statement {
	passed := rolesToPass(n)
	return []policy.Statement{
		deny("NoDeployment", []string{
			"ecs:CreateTaskSet", "ecs:DeleteTaskDefinitions", "ecs:DeregisterTaskDefinition", "ecs:ExecuteCommand",
			"ecs:RunTask", "ecs:StartTask", "ecs:StopTask", "ecs:UpdateServicePrimaryTaskSet", "ecs:UpdateTaskSet",
		}),
		except(deny("NoOtherRoleForAService", []string{"iam:PassRole"}), passed.bootstrap, passed.monitoring, passed.flowLog, passed.offHours, n.ChatRoleARN()),
		deny("NoRoleForAnotherService", []string{"iam:PassRole"},
			policy.If(policy.StringNotEquals, "iam:PassedToService", ecsTasks, rdsMonitoring, flowLogDelivery, scheduler, chatbot)),
		except(deny("NoOtherRoleForASchedule", []string{"iam:PassRole"}, policy.If(policy.StringEquals, "iam:PassedToService", scheduler)), passed.offHours),
		except(deny("NoServiceButThePlatforms", []string{
			"ecr:CreateRepository", "ecs:CreateService", "ecs:RegisterTaskDefinition", "ecs:UpdateService",
		}), n.ARN("ecr", "repository/"+n.Project()+"/*"), n.ARN("ecs", "service/"+named(n)), n.ARN("ecs", "task-definition/"+named(n))),
		deny("NoOtherTaskDefinitionForAService", []string{"ecs:UpdateService"},
			policy.If(policy.Null, "ecs:task-definition", "false")),
	}
}

func noData(n config.Names, envs []config.Environment) []policy.Statement {
	return []policy.Statement{
		deny("NoContentsOfLogs", []string{
			"logs:CreateExportTask", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord",
			"logs:GetQueryResults", "logs:PutAccountPolicy", "logs:PutDestination*", "logs:PutSubscriptionFilter",
			"logs:StartLiveTail", "logs:StartQuery", "rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion",
			"wafv2:GetSampledRequests",
		}),
		// But the proof that it may use the key of a secret that it makes.
		deny("NoValueOfASecret", []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			policy.If(policy.StringLike, "kms:EncryptionContext:SecretARN", n.ARN("secretsmanager", "secret:"+n.Project()+"/*")),
			policy.If(policy.StringNotEquals, "kms:EncryptionContext:SecretVersionId", secretKeyProof)),
		// A restored copy could be given a password of its own.
		deny("NoCopyOfADatabase", []string{
			"rds:CopyDB*", "rds:CreateBlueGreenDeployment", "rds:CreateDBInstanceReadReplica", "rds:CreateDBProxy*",
			"rds:CreateIntegration", "rds:ModifyDBSnapshotAttribute", "rds:Restore*", "rds:StartActivityStream",
			"rds:StartDBInstanceAutomatedBackupsReplication", "rds:StartExportTask",
		}),
		deny("NoEndOfBackups", []string{"rds:DeleteDBInstanceAutomatedBackup", "rds:DeleteDBSnapshot"}),
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
		// A schedule names what a task runs.
		except(deny("NoScheduleOfItsOwn", []string{"scheduler:CreateSchedule", "scheduler:UpdateSchedule"}), offHoursSchedules(n)),
		// A rule starts anything.
		deny("NoRuleThatStartsATask", []string{"events:PutTargets"},
			policy.If(policy.ForAnyArnNotLike, "events:TargetArn", n.ARN("sqs", n.EndedQueue("*")))),
		// A secret recreated under the same name would hold a known value. Where
		// there is no user data it must go at once, for its name to be free.
		except(deny("NoSecretGoneAtOnce", []string{"secretsmanager:DeleteSecret"},
			policy.If(policy.Bool, "secretsmanager:ForceDeleteWithoutRecovery", "true")), disposableSecrets(n, envs)...),
	}
}

// disposableSecrets are the secrets of environments without real user data. Where
// there is no such environment it is a name that no secret has.
func disposableSecrets(n config.Names, envs []config.Environment) []string {
	arns := []string{n.ARN("secretsmanager", "secret:"+n.Secret("none", "none"))}
	for _, env := range envs {
		if env.IsDisposable() {
			arns = append(arns, n.ARN("secretsmanager", "secret:"+n.Secret(env.Name, "*")))
		}
	}
	return arns[min(1, len(arns)-1):]
}

// noKeysOfOthers tells the platform's keys from others by the project's tag.
func noKeysOfOthers(n config.Names) []policy.Statement {
	keys := regional(n, "kms", "key/*")
	notOurs := policy.If(policy.StringNotEquals, "aws:ResourceTag/project", n.Project())
	return []policy.Statement{
		on(deny("NoKeyOfAnotherProject",
			[]string{"kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, notOurs), keys...),
		// Only a new key has no name yet.
		on(deny("NoKeyMadeItsOwn", []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:TagResource", "kms:UpdateAlias"},
			notOurs, policy.If(policy.Null, "kms:ResourceAliases", "false")), keys...),
	}
}

// deny denies actions on everything, under the conditions given.
func deny(sid string, actions []string, conditions ...policy.Condition) policy.Statement {
	return policy.Statement{Sid: sid, Effect: policy.Deny, Actions: actions, Resources: []string{"*"}, Conditions: conditions}
}
