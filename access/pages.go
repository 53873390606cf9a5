package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who may read and write the pages that CloudFront answers with when the load
// balancer does not: CloudFront reads them, infra-role writes them from
// config/pages. They are for everybody to see, and hold nothing else.

// PagesBucket is the policy of the bucket of an environment's pages. The
// distribution has its id from AWS, when it is made: any of this account may read.
func PagesBucket(n config.Names, env string) policy.Document {
	return bucketPolicy(n.PagesBucket(env), policy.Statement{
		// CloudFront developer guide, "Restrict access to an Amazon S3 origin".
		Sid:        "PagesByCloudFront",
		Effect:     policy.Allow,
		Principals: service("cloudfront.amazonaws.com"),
		Actions:    []string{"s3:GetObject"},
		Resources:  []string{pages(n, env)},
		Conditions: []policy.Condition{policy.If(policy.ArnLike, "aws:SourceArn", "arn:aws:cloudfront::"+n.Account()+":distribution/*")},
	})
}

// pages are the one object that there is in such a bucket; "*" as env matches
// those of every environment.
func pages(n config.Names, env string) string {
	return config.BucketARN(n.PagesBucket(env)) + config.UnavailablePath
}

// readPages is what a plan asks for: what Terraform knows of an object.
func readPages(n config.Names) policy.Statement {
	return policy.Statement{
		Sid:       "ReadPages",
		Effect:    policy.Allow,
		Actions:   []string{"s3:GetObject", "s3:GetObjectTagging"},
		Resources: []string{pages(n, "*")},
	}
}

func writePages(n config.Names) policy.Statement {
	return policy.Statement{
		Sid:       "WritePages",
		Effect:    policy.Allow,
		Actions:   []string{"s3:PutObject", "s3:PutObjectTagging"},
		Resources: []string{pages(n, "*")},
	}
}
