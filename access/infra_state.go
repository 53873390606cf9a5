package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

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
				policy.If(policy.ForAnyStringEquals, "kms:ResourceAliases", n.KeyAlias("state")),
				policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...),
			},
		},
	}
}
