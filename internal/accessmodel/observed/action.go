package observed

import (
	"regexp"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
)

// prefixes are IAM's names of services whose requests are signed for another.
var prefixes = map[string]string{"monitoring": "cloudwatch", "tagging": "tag"}

func prefix(service string) string {
	if p := prefixes[service]; p != "" {
		return p
	}
	return service
}

// renamed are the IAM actions of operations that are not called like them
// (Service authorization reference; for S3: "Required permissions for Amazon
// S3 API operations").
var renamed = map[string][]string{
	// Identity-based policies with AWS Cost Management: budgets have two actions.
	"budgets CreateBudget":                       {"budgets:ModifyBudget"},
	"budgets CreateNotification":                 {"budgets:ModifyBudget"},
	"budgets DeleteBudget":                       {"budgets:ModifyBudget"},
	"budgets DeleteNotification":                 {"budgets:ModifyBudget"},
	"budgets UpdateBudget":                       {"budgets:ModifyBudget"},
	"budgets DescribeBudget":                     {"budgets:ViewBudget"},
	"budgets DescribeBudgets":                    {"budgets:ViewBudget"},
	"budgets DescribeNotificationsForBudget":     {"budgets:ViewBudget"},
	"budgets DescribeSubscribersForNotification": {"budgets:ViewBudget"},

	"cloudfront CreateDistributionWithTags": {"cloudfront:CreateDistribution"},

	"s3 DeleteAccountPublicAccessBlock":     {"s3:PutAccountPublicAccessBlock"},
	"s3 DeleteBucketCors":                   {"s3:PutBucketCORS"},
	"s3 DeleteBucketEncryption":             {"s3:PutEncryptionConfiguration"},
	"s3 DeleteBucketLifecycle":              {"s3:PutLifecycleConfiguration"},
	"s3 DeleteBucketOwnershipControls":      {"s3:PutBucketOwnershipControls"},
	"s3 DeleteBucketTagging":                {"s3:PutBucketTagging"},
	"s3 DeletePublicAccessBlock":            {"s3:PutBucketPublicAccessBlock"},
	"s3 GetBucketAccelerateConfiguration":   {"s3:GetAccelerateConfiguration"},
	"s3 GetBucketCors":                      {"s3:GetBucketCORS"},
	"s3 GetBucketEncryption":                {"s3:GetEncryptionConfiguration"},
	"s3 GetBucketLifecycleConfiguration":    {"s3:GetLifecycleConfiguration"},
	"s3 GetBucketNotificationConfiguration": {"s3:GetBucketNotification"},
	"s3 GetBucketReplication":               {"s3:GetReplicationConfiguration"},
	"s3 PutBucketReplication":               {"s3:PutReplicationConfiguration"},
	"s3 DeleteBucketReplication":            {"s3:PutReplicationConfiguration"},
	"s3 GetObjectLockConfiguration":         {"s3:GetBucketObjectLockConfiguration"},
	"s3 GetPublicAccessBlock":               {"s3:GetBucketPublicAccessBlock"},
	"s3 HeadBucket":                         {"s3:ListBucket"},
	"s3 HeadObject":                         {"s3:GetObject"},
	"s3 ListBuckets":                        {"s3:ListAllMyBuckets"},
	"s3 ListObjectVersions":                 {"s3:ListBucketVersions"},
	"s3 ListObjects":                        {"s3:ListBucket"},
	"s3 ListObjectsV2":                      {"s3:ListBucket"},
	"s3 PutBucketCors":                      {"s3:PutBucketCORS"},
	"s3 PutBucketEncryption":                {"s3:PutEncryptionConfiguration"},
	"s3 PutBucketLifecycleConfiguration":    {"s3:PutLifecycleConfiguration"},
	"s3 PutBucketNotificationConfiguration": {"s3:PutBucketNotification"},
	"s3 PutPublicAccessBlock":               {"s3:PutBucketPublicAccessBlock"},

	"s3 DeleteObjects": {"s3:DeleteObject"},
}

// tagParameter is a parameter that sets a tag, however the service spells it.
var tagParameter = regexp.MustCompile(`(?i)(^|\.)(tags?|tagset|tagspecification)(\.[0-9]+)?(\.tag(\.[0-9]+)?)?(\.items\.tag(\.[0-9]+)?)?\.(key|tagkey)$|^tags\.[^.0-9]+$|^x-amz-tagging$`)

// tagging are the actions that IAM is asked for when an operation of a service
// makes something with tags. Others set tags with the action that makes the
// thing.
var tagging = map[string]string{
	"acm": "acm:AddTagsToCertificate", "application-autoscaling": "application-autoscaling:TagResource",
	"budgets": "budgets:TagResource", "ce": "ce:TagResource",
	"chatbot": "chatbot:TagResource", "cloudfront": "cloudfront:TagResource", "cloudwatch": "cloudwatch:TagResource", "ec2": "ec2:CreateTags",
	"ecr": "ecr:TagResource", "ecs": "ecs:TagResource", "elasticloadbalancing": "elasticloadbalancing:AddTags",
	"kms": "kms:TagResource", "logs": "logs:TagResource", "rds": "rds:AddTagsToResource",
	"secretsmanager": "secretsmanager:TagResource", "sns": "sns:TagResource", "ssm": "ssm:AddTagsToResource",
	"wafv2": "wafv2:TagResource",
}

// makes says of an operation whether it makes something.
var makes = regexp.MustCompile(`^(Create|Register|Request|Put|Allocate|Authorize|Run)`)

// actionsOf are the IAM actions of a call itself, without those that follow
// from it.
func actionsOf(c awsapi.Call) []string {
	r := request{Call: c}
	operation := c.Service + " " + c.Operation
	out := renamed[operation]
	if out == nil {
		out = []string{prefix(c.Service) + ":" + c.Operation}
	}
	out = append([]string{}, out...)
	if c.Service == "s3" {
		out = versioned(r, out)
	}
	if tag := tagOf(c); tag != "" && r.tagged() && makes.MatchString(c.Operation) && c.Operation != "CreateTags" {
		out = append(out, tag)
	}
	// CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
	if operation == "logs CreateLogGroup" && c.Parameters["kmsKeyId"] != "" {
		out = append(out, "logs:AssociateKmsKey")
	}
	return out
}

// tagOf is the action that tags what a call makes; IAM has one per kind.
func tagOf(c awsapi.Call) string {
	switch c.Service + " " + c.Operation {
	case "iam CreateRole":
		return "iam:TagRole"
	case "iam CreatePolicy":
		return "iam:TagPolicy"
	case "iam CreateOpenIDConnectProvider":
		return "iam:TagOpenIDConnectProvider"
	case "s3 PutObject":
		return "s3:PutObjectTagging"
	}
	return tagging[prefix(c.Service)]
}

// versioned are the actions of S3 where the call names an object's version.
func versioned(r request, actions []string) []string {
	version := r.first("versionId") != ""
	for name := range r.Parameters {
		version = version || strings.HasSuffix(name, ".VersionId")
	}
	if !version {
		return actions
	}
	for i, action := range actions {
		switch action {
		case "s3:GetObject", "s3:DeleteObject":
			actions[i] = action + "Version"
		}
	}
	return actions
}
