package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// S3Endpoint is the policy of the VPC endpoint of S3. It lets what runs in the
// VPC reach buckets of this account and ECR's own bucket of image layers, and no
// stranger's: data cannot leave to another account's bucket by way of the
// endpoint.
func S3Endpoint(n config.Names) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:        "BucketsOfThisAccount",
			Effect:     policy.Allow,
			Principals: []policy.Principal{policy.Anyone},
			Actions:    []string{"s3:*"},
			Resources:  []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:ResourceAccount", n.Account())},
		},
		{
			// Amazon ECR user guide, "Minimum Amazon S3 bucket permissions".
			Sid:        "ImageLayers",
			Effect:     policy.Allow,
			Principals: []policy.Principal{policy.Anyone},
			Actions:    []string{"s3:GetObject"},
			Resources:  []string{config.BucketARN("prod-" + n.Region() + "-starport-layer-bucket/*")},
		},
	}}
}
