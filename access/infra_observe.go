package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraObserve builds log groups, log delivery, alarms, dashboards, the topic
// of the alarms and the published parameters. It reads no log event and sends
// none elsewhere: no subscription filter, export task or destination.
func infraObserve(n config.Names) []policy.Statement {
	p := named(n)
	return []policy.Statement{
		{
			Sid:    "BuildLogGroups",
			Effect: policy.Allow,
			Actions: []string{
				"logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
				"logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
			},
			Resources: concat(
				regional(n, "logs", "log-group:/"+n.Project()+"/*"),
				regional(n, "logs", "log-group:/aws/rds/instance/"+p),
				regional(n, "logs", "log-group:aws-waf-logs-"+p),
			),
		},
		{
			// AWS WAF and VPC flow logs set their delivery up in the caller's
			// name (CloudWatch Logs user guide, "Enable logging from AWS
			// services"), on no resource that could be named.
			Sid:    "DeliverLogsOfAWSServices",
			Effect: policy.Allow,
			Actions: []string{
				"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
			},
			Resources: []string{"*"},
		},
		{
			Sid:    "DeliverLogsOfCloudFront",
			Effect: policy.Allow,
			Actions: []string{
				"logs:CreateDelivery", "logs:DeleteDelivery", "logs:DeleteDeliveryDestination", "logs:DeleteDeliverySource",
				"logs:PutDeliverySource", "logs:TagResource", "logs:UntagResource",
				"logs:UpdateDeliveryConfiguration",
			},
			Resources: concat(
				regional(n, "logs", "delivery:*"), regional(n, "logs", "delivery-destination:"+p), regional(n, "logs", "delivery-source:"+p),
			),
		},
		{
			Sid:        "DeliverToLogBuckets",
			Effect:     policy.Allow,
			Actions:    []string{"logs:PutDeliveryDestination"},
			Resources:  regional(n, "logs", "delivery-destination:"+p),
			Conditions: []policy.Condition{policy.If(policy.ArnLike, "logs:DeliveryDestinationResourceArn", config.BucketARN(p))},
		},
		{
			Sid:    "BuildAlarms",
			Effect: policy.Allow,
			Actions: []string{
				"cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard",
				"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
			},
			Resources: concat(
				regional(n, "cloudwatch", "alarm:"+p),
				[]string{"arn:aws:cloudwatch::" + n.Account() + ":dashboard/" + n.Project() + "-*"},
			),
		},
		{
			Sid:    "BuildTopics",
			Effect: policy.Allow,
			Actions: []string{
				"sns:CreateTopic", "sns:DeleteTopic", "sns:SetSubscriptionAttributes", "sns:SetTopicAttributes",
				"sns:TagResource", "sns:Unsubscribe", "sns:UntagResource",
			},
			Resources: regional(n, "sns", p),
		},
		{
			Sid:        "SubscribePeopleToTopics",
			Effect:     policy.Allow,
			Actions:    []string{"sns:Subscribe"},
			Resources:  regional(n, "sns", p),
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "sns:Protocol", "email")},
		},
		{
			Sid:    "PublishParameters",
			Effect: policy.Allow,
			Actions: []string{
				"ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter",
				"ssm:RemoveTagsFromResource",
			},
			Resources: []string{n.ARN("ssm", "parameter/"+n.Project()+"/*")},
		},
	}
}
