package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraData builds what holds data, without reaching the data.
func infraData(n config.Names) []policy.Statement {
	return concatStatements(buildDatabases(n), buildSecrets(n), buildKeys(n), buildRepositories(n))
}

func buildDatabases(n config.Names) []policy.Statement {
	p := named(n)
	return []policy.Statement{{
		Sid:    "BuildDatabases",
		Effect: policy.Allow,
		Actions: []string{
			"rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot",
			"rds:CreateDBSubnetGroup", "rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup",
			"rds:ModifyDBInstance", "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup", "rds:RebootDBInstance",
			"rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
		},
		Resources: []string{
			n.ARN("rds", "db:"+p), n.ARN("rds", "og:default:*"), n.ARN("rds", "pg:"+p),
			n.ARN("rds", "snapshot:"+p), n.ARN("rds", "subgrp:"+p),
		},
	}}
}

// buildSecrets makes secrets without a value. It takes KMS to write or read a
// value, and the key is given only for the two cases that AWS needs: the check
// that whoever makes a secret may use its key, and the master secret that RDS
// makes in the caller's name (AWS Secrets Manager user guide, "Secret
// encryption and decryption"; Amazon RDS user guide, "Password management with
// Secrets Manager: permissions"). There is no secretsmanager:UpdateSecret: it
// writes values too, and could move a secret to a key that anybody may use.
func buildSecrets(n config.Names) []policy.Statement {
	key := []string{n.ARN("kms", "key/*")}
	use := []string{"kms:Decrypt", "kms:GenerateDataKey"}
	through := policy.If(policy.StringEquals, "kms:ViaService", via(n, "secretsmanager")...)
	return []policy.Statement{
		{
			Sid:    "BuildSecrets",
			Effect: policy.Allow,
			Actions: []string{
				"secretsmanager:CreateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret",
				"secretsmanager:RestoreSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource",
				"secretsmanager:ValidateResourcePolicy",
			},
			Resources: []string{n.ARN("secretsmanager", "secret:"+n.Project()+"/*")},
		},
		{
			Sid:        "SetPoliciesOfSecrets",
			Effect:     policy.Allow,
			Actions:    []string{"secretsmanager:PutResourcePolicy"},
			Resources:  []string{n.ARN("secretsmanager", "secret:"+n.Project()+"/*")},
			Conditions: []policy.Condition{policy.If(policy.Bool, "secretsmanager:BlockPublicPolicy", "true")},
		},
		{
			Sid:       "LetRDSMakeTheMasterSecret",
			Effect:    policy.Allow,
			Actions:   []string{"secretsmanager:CreateSecret", "secretsmanager:TagResource"},
			Resources: []string{n.ARN("secretsmanager", "secret:rds!db-*")},
		},
		{
			Sid:       "ProveTheKeyOfASecret",
			Effect:    policy.Allow,
			Actions:   use,
			Resources: key,
			Conditions: []policy.Condition{
				through,
				policy.If(policy.StringEquals, "kms:EncryptionContext:SecretVersionId", secretKeyProof),
			},
		},
		{
			Sid:       "EncryptTheMasterSecret",
			Effect:    policy.Allow,
			Actions:   use,
			Resources: key,
			Conditions: []policy.Condition{
				through,
				policy.If(policy.StringLike, "kms:EncryptionContext:SecretARN", n.ARN("secretsmanager", "secret:rds!db-*")),
			},
		},
	}
}

// buildKeys makes and keeps KMS keys. A key has no name in its ARN: the
// project's tag tells the platform's from others.
func buildKeys(n config.Names) []policy.Statement {
	keys := regional(n, "kms", "key/*")
	ours := policy.If(policy.StringEquals, "aws:ResourceTag/project", n.Project())
	return []policy.Statement{
		{
			Sid:        "MakeKeys",
			Effect:     policy.Allow,
			Actions:    []string{"kms:CreateKey"},
			Resources:  []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:RequestTag/project", n.Project())},
		},
		{
			// A key that is not the platform's could be made so by its tag; but
			// only a new key has no alias yet.
			Sid:       "TagNewKeys",
			Effect:    policy.Allow,
			Actions:   []string{"kms:TagResource"},
			Resources: keys,
			Conditions: []policy.Condition{
				policy.If(policy.StringEquals, "aws:RequestTag/project", n.Project()),
				policy.If(policy.Null, "kms:ResourceAliases", "true"),
			},
		},
		{
			// It takes up to five minutes until a key's tag counts (AWS KMS
			// developer guide, "ABAC for AWS KMS"), and Terraform goes on at once.
			// With TagNewKeys this gives nothing that two calls would not.
			Sid:        "FinishNewKeys",
			Effect:     policy.Allow,
			Actions:    []string{"kms:CreateAlias", "kms:EnableKeyRotation"},
			Resources:  keys,
			Conditions: []policy.Condition{policy.If(policy.Null, "kms:ResourceAliases", "true")},
		},
		{
			Sid:    "KeepKeys",
			Effect: policy.Allow,
			Actions: []string{
				"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DisableKey", "kms:EnableKey",
				"kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource",
				"kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
			},
			Resources:  keys,
			Conditions: []policy.Condition{ours},
		},
		// A key whose policy nobody may change again is of no use to anybody (AWS
		// KMS developer guide, "Default key policy").
		deny("NobodyIsLockedOut", []string{"kms:CreateKey", "kms:PutKeyPolicy"}, policy.If(policy.Bool, "kms:BypassPolicyLockoutSafetyCheck", "true")),
		{
			Sid:       "NameKeys",
			Effect:    policy.Allow,
			Actions:   []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"},
			Resources: regional(n, "kms", n.KeyAliasPrefix()+"*"),
		},
		{
			// Amazon RDS and Amazon ECR, for what they make in the caller's
			// name, and RDS's master secret in Secrets Manager.
			Sid:       "GrantKeysToAWSServices",
			Effect:    policy.Allow,
			Actions:   []string{"kms:CreateGrant"},
			Resources: []string{n.ARN("kms", "key/*")},
			Conditions: []policy.Condition{
				ours,
				policy.If(policy.Bool, "kms:GrantIsForAWSResource", "true"),
				policy.If(policy.StringEquals, "kms:ViaService", via(n, "ecr", "rds", "secretsmanager")...),
			},
		},
		{
			Sid:       "UseKeysThroughAWSServices",
			Effect:    policy.Allow,
			Actions:   []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:RetireGrant"},
			Resources: []string{n.ARN("kms", "key/*")},
			Conditions: []policy.Condition{
				ours,
				policy.If(policy.StringEquals, "kms:ViaService", via(n, "ecr", "rds")...),
			},
		},
	}
}

// secretKeyProof is the version in the encryption context by which AWS Secrets
// Manager checks that the caller may use a secret's key.
const secretKeyProof = "RequestToValidateKeyAccess"

func concatStatements(lists ...[]policy.Statement) []policy.Statement {
	var out []policy.Statement
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
