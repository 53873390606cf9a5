package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraBuckets builds the buckets of environments; the state's is an
// administrator's. Its name is all that tells a bucket of the platform from
// others, and AWS's names of buckets have no path, so every environment is
// named here: the statements grow with them, and have a policy to themselves.
func infraBuckets(n config.Names, envs []config.Environment) []policy.Statement {
	build := policy.Statement{
		Sid:    "BuildBuckets",
		Effect: policy.Allow,
		Actions: []string{
			"s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketLogging",
			"s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
			"s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
			"s3:PutLifecycleConfiguration",
		},
	}
	var empty []string
	for _, env := range envs {
		build.Resources = append(build.Resources, config.BucketARN(n.Environment(env.Name)+"-*"))
		if env.IsDisposable() {
			empty = append(empty, config.BucketARN(n.DocumentsBucket(env.Name)), config.BucketARN(n.LogBucket(env.Name)), config.BucketARN(n.PagesBucket(env.Name)))
		}
	}
	if len(empty) == 0 {
		return []policy.Statement{build, writePages(n)}
	}
	var objects []string
	for _, bucket := range empty {
		objects = append(objects, bucket+"/*")
	}
	return []policy.Statement{
		build,
		writePages(n),
		{
			Sid:       "ListDisposableBuckets",
			Effect:    policy.Allow,
			Actions:   []string{"s3:ListBucketVersions"},
			Resources: empty,
		},
		{
			Sid:       "EmptyDisposableBuckets",
			Effect:    policy.Allow,
			Actions:   []string{"s3:DeleteObject", "s3:DeleteObjectVersion"},
			Resources: objects,
		},
	}
}
