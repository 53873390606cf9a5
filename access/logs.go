package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// LogBucket is the policy of an environment's bucket of access logs: three AWS
// services write there, each its own logs of this account.
func LogBucket(n config.Names, env string) policy.Document {
	bucket := n.LogBucket(env)
	deliver := func(sid, service, prefix, source string) policy.Statement {
		return logDelivery{sid: sid, service: service, bucket: bucket, prefix: prefix, source: source}.statement(n)
	}
	// CloudFront developer guide, "Standard logging (v2): permissions". But for
	// the Sid it is the statement that CloudWatch Logs appends to the policy
	// where it finds no equal one ("Logs sent to Amazon S3", V2 permissions).
	edge := logDelivery{sid: "LogOfCloudFront", service: "delivery.logs.amazonaws.com", bucket: bucket, prefix: config.CloudFrontLogPrefix,
		source: n.EdgeARN("logs", "delivery-source:"+n.CloudFrontLog(env)), acl: "bucket-owner-full-control"}
	// The Elastic Load Balancing user guide, "Access logs: attach a policy to your
	// S3 bucket", has aws:SourceArn only, which holds the account; no document
	// says that the service sends aws:SourceAccount.
	balancerARN := n.ARN("elasticloadbalancing", "loadbalancer/app/"+n.LoadBalancer(env)+"/*")
	balancer := deliver("LogsOfTheLoadBalancer", "logdelivery.elasticloadbalancing.amazonaws.com", config.LoadBalancerLogPrefix, balancerARN)
	balancer.Conditions = []policy.Condition{policy.If(policy.ArnLike, "aws:SourceArn", balancerARN)}
	return bucketPolicy(bucket,
		deliver("AccessLogOfDocuments", "logging.s3.amazonaws.com", config.DocumentsLogPrefix,
			config.BucketARN(n.DocumentsBucket(env))),
		deliver("AccessLogOfPages", "logging.s3.amazonaws.com", config.PagesLogPrefix, config.BucketARN(n.PagesBucket(env))),
		balancer,
		edge.statement(n))
}

// FlowLog is what the role of the VPC's flow log may do: write to its log
// group.
func FlowLog(groupARN string) policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid:       "WriteFlowLog",
		Effect:    policy.Allow,
		Actions:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
		Resources: []string{groupARN + ":*"},
	}}}
}

// monitoringLog is where RDS writes enhanced monitoring, of all instances.
const monitoringLog = "RDSOSMetrics"

// DatabaseMonitoring lets RDS write enhanced monitoring, as AWS's own
// AmazonRDSEnhancedMonitoringRole does.
func DatabaseMonitoring(n config.Names) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:       "MakeTheLogGroup",
			Effect:    policy.Allow,
			Actions:   []string{"logs:CreateLogGroup", "logs:PutRetentionPolicy"},
			Resources: logGroup(n, monitoringLog),
		},
		{
			Sid:       "WriteMetrics",
			Effect:    policy.Allow,
			Actions:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"},
			Resources: logGroup(n, monitoringLog),
		},
	}}
}
