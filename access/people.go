package access

import (
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The roles for people. None of them reads a document, a secret's value or a state, nor
// destroys what is kept; an administrator makes them, and no role of CI changes or
// assumes one (CIBoundary, identityLimits).

// PeopleTrust lets people assume a role for people: those of permission sets of IAM
// Identity Center, and IAM users and roles by name. All are named by condition, since the
// role of a permission set gets another suffix whenever it is made (IAM Identity Center
// user guide, "Referencing permission sets in resource policies"), and a trust that
// names one who does not exist is refused. So each needs the right to assume it too.
func PeopleTrust(n config.Names, a config.Assumers) policy.Document {
	identity := "arn:aws:iam::" + n.Account() + ":"
	var sets, users, roles []string
	for _, name := range a.PermissionSets {
		// The suffix is 16 characters; the path has the region, but in us-east-1. Only
		// AWS makes roles under it.
		const reserved = "role/aws-reserved/sso.amazonaws.com/"
		role := "AWSReservedSSO_" + name + "_????????????????"
		sets = append(sets, identity+reserved+role, identity+reserved+"*/"+role)
	}
	for _, name := range a.Principals {
		if strings.HasPrefix(name, "user/") {
			users = append(users, identity+name)
		} else {
			roles = append(roles, identity+name)
		}
	}
	var statements []policy.Statement
	let := func(sid string, operator policy.Operator, who []string, more ...policy.Condition) {
		if len(who) > 0 {
			statements = append(statements, policy.Statement{
				Sid: sid, Effect: policy.Allow, Principals: account(n), Actions: []string{"sts:AssumeRole"},
				Conditions: append([]policy.Condition{policy.If(operator, "aws:PrincipalArn", who...)}, more...),
			})
		}
	}
	let("PeopleOfIdentityCenter", policy.ArnLike, sets)
	// Absent where there was no second factor, which is no "true" (IAM user guide, "AWS
	// global condition context keys").
	let("UsersWithASecondFactor", policy.ArnEquals, users, policy.If(policy.Bool, "aws:MultiFactorAuthPresent", "true"))
	let("RolesOfOthers", policy.ArnEquals, roles)
	return policy.Document{Statements: statements}
}

// PeoplePolicies are the managed policies of each role for people by its name without
// the project, those that it shares with others among them.
func PeoplePolicies(n config.Names, envs []config.Environment) map[string][]ManagedPolicy {
	of := func(role, what string, document policy.Document) ManagedPolicy {
		return ManagedPolicy{Name: n.PeopleRole(role), Description: what, Document: document}
	}
	look := of(config.ReadOnlyRole, "How things are, for people", ReadOnly(n))
	support := of(config.OnCallRole, "What whoever is on call needs", OnCall(n, envs))
	emergency := of(config.BreakGlassRole, "What an emergency asks for beyond looking and support", BreakGlass(n))
	return map[string][]ManagedPolicy{
		config.ReadOnlyRole: {look}, config.OnCallRole: {support}, config.BreakGlassRole: {look, support, emergency},
	}
}

// ReadOnly is how things are: the configuration of everything, what runs, which alarms
// ring, costs, findings and the account's history of events.
func ReadOnly(n config.Names) policy.Document {
	return policy.Document{Statements: looking(n, concat(configurationReads(), statusReads(), []string{
		"account:GetAlternateContact", "account:GetContactInformation",
		"ce:GetAnomalies", "ce:GetCostAndUsage", "ce:ListCostAllocationTags",
		"cloudtrail:LookupEvents",
		"cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
		"ecr:DescribeImages",
		"iam:GenerateCredentialReport",
		"route53:GetHealthCheckStatus", "route53:ListHostedZonesByName",
		"securityhub:GetFindings",
	}))}
}

// BreakGlass is what an emergency asks for beyond looking and support: to put services
// back, to set a secret, to restore a copy of a database next to the original, to close
// a role of CI, and to bring a key back. It destroys nothing.
func BreakGlass(n config.Names) policy.Document {
	p := named(n)
	dataKeys := policy.If(policy.ForAnyStringLike, "kms:ResourceAliases", n.DataKeyAlias("*"))
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:        "PutServicesBack",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:UpdateService"},
			Resources:  []string{n.ARN("ecs", "service/"+p+"/"+p)},
			Conditions: []policy.Condition{policy.If(boolIfExists, "ecs:auto-assign-public-ip", "false")},
		},
		{
			Sid:       "StopTasks",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:StopTask"},
			Resources: []string{n.ARN("ecs", "task/"+p+"/*")},
		},
		{
			// The backend's next deployment makes it again.
			Sid:       "StopSchedules",
			Effect:    policy.Allow,
			Actions:   []string{"scheduler:DeleteSchedule"},
			Resources: []string{n.ARN("scheduler", "schedule/"+p+"/*")},
		},
		{
			Sid:       "TakeAwayWhatCloudFrontKeeps",
			Effect:    policy.Allow,
			Actions:   []string{"cloudfront:CreateInvalidation"},
			Resources: []string{"arn:aws:cloudfront::" + n.Account() + ":distribution/*"},
		},
		{
			Sid:       "SetSecrets",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:PutSecretValue"},
			Resources: []string{n.ARN("secretsmanager", "secret:"+n.Project()+"/*")},
		},
		{
			Sid:       "RenewMasterSecrets",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:RotateSecret"},
			Resources: []string{n.ARN("secretsmanager", "secret:rds!db-*")},
		},
		{
			// The keys' policies say for which secrets.
			Sid:        "EncryptSecrets",
			Effect:     policy.Allow,
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources:  []string{n.ARN("kms", "key/*")},
			Conditions: []policy.Condition{dataKeys, through(n, "secretsmanager")},
		},
		{
			Sid:     "RestoreDatabasesNextToTheOriginal",
			Effect:  policy.Allow,
			Actions: []string{"rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBInstanceToPointInTime"},
			Resources: inRDS(n, "auto-backup:*", "db:"+p, "og:default:*", "pg:"+p, "snapshot:"+p, "snapshot:rds:"+p,
				"subgrp:"+p),
		},
		{
			// Of the original a changed setting could end its backups.
			Sid:       "ChangeCopiesOnly",
			Effect:    policy.Allow,
			Actions:   []string{"rds:AddTagsToResource", "rds:ModifyDBInstance"},
			Resources: inRDS(n, "db:"+p+"-restored"),
		},
		{
			Sid:       "LetRDSMakeTheMasterSecret",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:CreateSecret", "secretsmanager:TagResource"},
			Resources: []string{n.ARN("secretsmanager", "secret:rds!db-*")},
		},
		{
			Sid:        "LetRDSUseTheKey",
			Effect:     policy.Allow,
			Actions:    []string{"kms:CreateGrant"},
			Resources:  []string{n.ARN("kms", "key/*")},
			Conditions: []policy.Condition{dataKeys, through(n, "rds", "secretsmanager"), policy.If(policy.Bool, "kms:GrantIsForAWSResource", "true")},
		},
		{
			Sid:        "PassTheMonitoringRoleToRDS",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{rolesToPass(n).monitoring},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", rdsMonitoring)},
		},
		{
			Sid:       "CloseRolesOfCI",
			Effect:    policy.Allow,
			Actions:   closeRoles(),
			Resources: []string{n.CIRoleARN("*")},
		},
		{
			Sid:        "BringKeysBack",
			Effect:     policy.Allow,
			Actions:    []string{"kms:CancelKeyDeletion", "kms:EnableKey"},
			Resources:  regional(n, "kms", "key/*"),
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:ResourceTag/project", n.Project())},
		},
		{
			// A database whose key was disabled is started by hand once the key is back,
			// within seven days (AWS re:Post, "Amazon RDS DB instance in the
			// inaccessible-encryption-credentials-recoverable state").
			Sid:       "StartWhatLostItsKey",
			Effect:    policy.Allow,
			Actions:   []string{"rds:StartDBInstance"},
			Resources: inRDS(n, "db:"+named(n)),
		},
	}}
}

// inRDS are ARNs of RDS.
func inRDS(n config.Names, names ...string) []string {
	var out []string
	for _, name := range names {
		out = append(out, n.ARN("rds", name))
	}
	return out
}

// anyRDS are ARNs of RDS in every region and account, to take them out of a denial.
func anyRDS(names ...string) []string {
	var out []string
	for _, name := range names {
		out = append(out, "arn:aws:rds:*:*:"+name)
	}
	return out
}

// closeRoles refuse the sessions of a role and let nobody begin another (IAM user guide,
// "Revoke IAM role temporary security credentials").
func closeRoles() []string {
	return []string{"iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"}
}

// readsNoData are reading actions that show no data of users': the boundary has them by
// their verb, for a policy's size.
var readsNoData = regexp.MustCompile(`^(?:(access-analyzer|account|acm|application-autoscaling|budgets|ce|cloudfront|cloudtrail|cloudwatch|config|events|guardduty|iam|` +
	`route53|scheduler|securityhub|servicequotas|sns|ecs|elasticloadbalancing):(Describe|Get|List|Lookup|View)|` +
	`(ecr|kms|logs|secretsmanager|sqs|ssm):(Describe|List))`)

// inBoundary spells an action as the boundary does: some share a pattern, of which
// nothing else is allowed either.
func inBoundary(action string) string {
	if m := readsNoData.FindString(action); m != "" {
		return m + "*"
	}
	switch {
	case strings.HasPrefix(action, "s3:Get") && strings.HasSuffix(action, "Configuration"):
		return "s3:Get*Configuration"
	case slices.Contains([]string{"cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"}, action):
		return switchAlarms
	case slices.Contains([]string{"rds:StartDBInstance", "rds:StopDBInstance"}, action):
		return switchDatabases
	}
	return action
}

// PeopleBoundary is what no role for people can exceed: what all of them may together,
// and never what reads data, or ends what is kept of it or of what was done.
func PeopleBoundary(n config.Names, envs []config.Environment) policy.Document {
	var all []string
	for _, document := range []policy.Document{ReadOnly(n), OnCall(n, envs), BreakGlass(n)} {
		for _, s := range document.Statements {
			for _, action := range s.Actions {
				action = inBoundary(action)
				if !slices.Contains(all, action) && !policy.MatchAction(all, action) {
					all = append(all, action)
				}
			}
		}
	}
	return policy.Document{Statements: append([]policy.Statement{
		{Sid: "WhatPeopleNeed", Effect: policy.Allow, Actions: all, Resources: []string{"*"}},
		deny("NoValueOfASecret", readSecrets()),
		except(deny("NoObjectsButLocks", []string{"s3:GetObject*"}), lockObjects(n)),
		deny("NoEndOfWhatIsKept", []string{
			"cloudtrail:Delete*", "cloudtrail:Put*", "cloudtrail:S*", "cloudtrail:Update*",
			"kms:DeleteAlias", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
			"logs:Delete*", "logs:PutRetentionPolicy",
			"rds:Delete*", "s3:Delete*", "s3:Put*", "secretsmanager:Delete*", "secretsmanager:PutResourcePolicy",
		}),
		except(deny("OnlyRolesOfCIAreClosed", closeRoles()), n.CIRoleARN("*")),
		deny("NoOtherIdentity", []string{"sts:Assume*", "sts:GetFederationToken", "sts:SetSourceIdentity", "sts:TagSession"}),
		deny("NoKeyButThroughAnAWSService", []string{"kms:CreateGrant", "kms:Decrypt", "kms:GenerateData*"}, policy.If(policy.Null, "kms:ViaService", "true")),
		deny("NoGrantButToAWSServices", []string{"kms:CreateGrant"}, policy.If(policy.Bool, "kms:GrantIsForAWSResource", "false")),
		deny("NoEncryptedObjectButLocks", []string{"kms:Decrypt", "kms:GenerateData*"},
			policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...),
			policy.If(policy.ForAllStringNotEquals, "kms:ResourceAliases", n.StateKeyAlias())),
		except(deny("NoOtherBucketIsListed", []string{"s3:ListBucket"}), config.BucketARN(n.StateBucket())),
		except(deny("NoLogThatShowsData", []string{"logs:FilterLogEvents", "logs:StartQuery"}), append(logGroup(n, n.TrailLogGroup()), n.ARN("logs", "log-group:"+n.LogGroup("*", "*")))...),
		except(deny("OnlyCopiesChange", []string{"rds:ModifyDBInstance"}), append(inRDS(n, "db:"+named(n)+"-restored"), anyRDS("og:*", "pg:*", "secgrp:*", "subgrp:*")...)...),
		except(deny("NoOtherRoleIsPassed", []string{"iam:PassRole"}), rolesToPass(n).monitoring),
		deny("NoPublicTask", []string{"ecs:UpdateService"}, policy.If(policy.Bool, "ecs:auto-assign-public-ip", "true")),
		deny("NoPasswordOfItsOwn", []string{"rds:ModifyDBInstance"}, policy.If(policy.Bool, "rds:ManageMasterUserPassword", "false")),
		deny("NoShell", []string{"ecs:UpdateService"}, policy.If(policy.StringEquals, "ecs:enable-execute-command", "true")),
	}, onlySwitchable(envs)...)}
}
