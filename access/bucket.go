package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// bucketPolicy is the policy of a bucket: requests need TLS 1.2 or later, and
// the statements given.
func bucketPolicy(bucket string, statements ...policy.Statement) policy.Document {
	arn := config.BucketARN(bucket)
	tls := func(sid string, without policy.Condition) policy.Statement {
		return on(denyAnyone(sid, []string{"s3:*"}, without), arn, arn+"/*")
	}
	return policy.Document{Statements: append([]policy.Statement{
		tls("DenyWithoutTLS", policy.If(policy.Bool, "aws:SecureTransport", "false")),
		tls("DenyOldTLS", policy.If(policy.NumericLessThan, "s3:TlsVersion", "1.2")),
	}, statements...)}
}

// logDelivery is an AWS service that writes the logs of this account to a
// bucket.
type logDelivery struct {
	sid, service   string
	bucket, prefix string
	// source is the ARN, or its pattern, of what is logged.
	source string
	// acl is the canned ACL that the service sends with each object, where the
	// policy asks for it.
	acl string
}

func (d logDelivery) statement(n config.Names) policy.Statement {
	s := policy.Statement{
		Sid:        d.sid,
		Effect:     policy.Allow,
		Principals: service(d.service),
		Actions:    []string{"s3:PutObject"},
		Resources:  []string{config.BucketARN(d.bucket) + "/" + d.prefix + "*"},
		Conditions: forThisAccount(n, d.source),
	}
	if d.acl != "" {
		s.Conditions = append(s.Conditions, policy.If(policy.StringEquals, "s3:x-amz-acl", d.acl))
	}
	return s
}
