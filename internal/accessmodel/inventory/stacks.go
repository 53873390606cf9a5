package inventory

import "github.com/paperwurks/infra/internal/synthesised"

type (
	// Stacks are the synthesised stacks.
	Stacks = synthesised.Stacks
	// Resource is one resource block.
	Resource = synthesised.Resource
)

// Types are the types of resources that Load reads.
func Types() []string {
	return []string{
		"aws_cloudwatch_log_group", "aws_db_instance", "aws_ecr_repository", "aws_ecr_repository_policy",
		"aws_iam_openid_connect_provider", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy",
		"aws_iam_role_policy_attachment", "aws_kms_alias", "aws_kms_key", "aws_s3_bucket", "aws_s3_bucket_policy",
		"aws_secretsmanager_secret", "aws_secretsmanager_secret_policy", "aws_sns_topic", "aws_sns_topic_policy",
		"aws_subnet",
	}
}
