package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who may read and write Terraform's state: infra-role, infra-diff-role (read
// only) and administrators.

// StateBucket is the policy of the state bucket. It keeps every role that GitHub
// Actions or a workload can act as away from the state, but for the two that
// plan and apply. People with administrator rights still reach it.
func StateBucket(n config.Names) policy.Document {
	arn := config.BucketARN(n.StateBucket())
	return bucketPolicy(n.StateBucket(), on(denyAnyone("DenyOtherRolesOfThePlatform", []string{"s3:*"},
		policy.If(policy.ArnLike, "aws:PrincipalArn", n.CIRoleARN("*"), n.WorkloadRoleARN("*")),
		policy.If(policy.ArnNotEquals, "aws:PrincipalArn", stateRoles(n)...),
	), arn, arn+"/*"))
}

// StateLogBucket is the policy of the bucket of the state's access log, and of
// those of the account's trail and of its history.
func StateLogBucket(n config.Names) policy.Document {
	deliver := func(sid, prefix, of string) policy.Statement {
		return logDelivery{sid: sid, service: "logging.s3.amazonaws.com", bucket: n.StateLogBucket(), prefix: prefix, source: config.BucketARN(of)}.statement(n)
	}
	return bucketPolicy(n.StateLogBucket(),
		deliver("AccessLogOfTheState", config.StateLogPrefix, n.StateBucket()),
		deliver("AccessLogOfTheTrail", config.TrailLogPrefix, n.TrailBucket()),
		deliver("AccessLogOfTheHistory", config.ConfigLogPrefix, n.ConfigBucket()))
}

// StateKey is the policy of the state's key. An administrator uses it too: make
// bootstrap writes the first state, before there is a pipeline.
func StateKey(n config.Names) policy.Document {
	return keyPolicy(n,
		useThrough(n, "StateOfThePipeline", stateRoles(n), "s3"),
		byAdministrators(n, "StateOfAdministrators", useOfKey(), through(n, "s3")))
}

func stateRoles(n config.Names) []string {
	return []string{n.CIRoleARN(config.InfraRole), n.CIRoleARN(config.InfraDiffRole)}
}

// lockObjects are the locks of all states.
func lockObjects(n config.Names) string {
	return config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate.tflock"
}

// infraState writes every stack's state and takes its lock (Terraform's S3
// backend: "S3 bucket permissions"). Reading is with the other reading.
func infraState(n config.Names) []policy.Statement {
	objects := config.BucketARN(n.StateBucket()) + "/*/terraform."
	return []policy.Statement{
		{
			Sid:       "WriteState",
			Effect:    policy.Allow,
			Actions:   []string{"s3:PutObject"},
			Resources: []string{objects + "tfstate"},
		},
		{
			Sid:       "TakeTheLock",
			Effect:    policy.Allow,
			Actions:   []string{"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
			Resources: []string{objects + "tfstate.tflock"},
		},
		{
			Sid:       "EncryptState",
			Effect:    policy.Allow,
			Actions:   []string{"kms:GenerateDataKey"},
			Resources: []string{n.ARN("kms", "key/*")},
			Conditions: []policy.Condition{
				policy.If(policy.ForAnyStringEquals, "kms:ResourceAliases", n.StateKeyAlias()),
				policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...),
			},
		},
	}
}
