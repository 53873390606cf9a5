package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraEdge builds what is between users and the load balancer. CloudFront
// functions are left out: they are code that sees every request. What the sets of
// maintenance mode hold is not Terraform's (switchMaintenance).
func infraEdge(n config.Names) []policy.Statement {
	p := named(n)
	return []policy.Statement{
		{
			// AWS knows no resource for what does not exist yet.
			Sid:    "MakeDistributionsAndCertificates",
			Effect: policy.Allow,
			Actions: []string{
				"acm:RequestCertificate", "cloudfront:CreateDistribution", "cloudfront:CreateOriginAccessControl",
				"cloudfront:CreateResponseHeadersPolicy", "cloudfront:CreateVpcOrigin", "route53:CreateHealthCheck",
			},
			Resources: []string{"*"},
		},
		{
			Sid:    "BuildDistributions",
			Effect: policy.Allow,
			Actions: []string{
				"cloudfront:AllowVendedLogDeliveryForResource", "cloudfront:DeleteDistribution",
				"cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:DeleteVpcOrigin",
				"cloudfront:TagResource", "cloudfront:UntagResource", "cloudfront:UpdateDistribution",
				"cloudfront:UpdateOriginAccessControl", "cloudfront:UpdateResponseHeadersPolicy", "cloudfront:UpdateVpcOrigin",
			},
			Resources: []string{"arn:aws:cloudfront::" + n.Account() + ":*"},
		},
		{
			Sid:    "BuildFirewalls",
			Effect: policy.Allow,
			Actions: []string{
				"wafv2:AssociateWebACL", "wafv2:CreateIPSet", "wafv2:CreateRegexPatternSet", "wafv2:CreateWebACL",
				"wafv2:DeleteIPSet", "wafv2:DeleteLoggingConfiguration", "wafv2:DeleteRegexPatternSet", "wafv2:DeleteWebACL",
				"wafv2:DisassociateWebACL", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateWebACL",
			},
			Resources: concat(
				regional(n, "wafv2", "regional/*/"+p), regional(n, "wafv2", "global/*/"+p),
				regional(n, "wafv2", "regional/managedruleset/*"), regional(n, "wafv2", "global/managedruleset/*"),
				[]string{n.ARN("elasticloadbalancing", "loadbalancer/app/"+p+"/*")},
			),
		},
		{
			// Requests hold session cookies: their log stays here.
			Sid:       "LogFirewallsToTheirGroups",
			Effect:    policy.Allow,
			Actions:   []string{"wafv2:PutLoggingConfiguration"},
			Resources: concat(regional(n, "wafv2", "regional/webacl/"+p), regional(n, "wafv2", "global/webacl/"+p)),
			Conditions: []policy.Condition{
				policy.If(policy.ArnLike, "wafv2:LogDestinationResource", regional(n, "logs", "log-group:aws-waf-logs-"+p)...),
			},
		},
		{
			Sid:    "BuildCertificates",
			Effect: policy.Allow,
			Actions: []string{
				"acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate",
				"acm:UpdateCertificateOptions",
			},
			Resources: regional(n, "acm", "certificate/*"),
		},
		{
			// AWS knows neither names nor tags of them as conditions (Service
			// Authorization Reference, Amazon Route 53).
			Sid:       "BuildChecksFromOutside",
			Effect:    policy.Allow,
			Actions:   []string{"route53:ChangeTagsForResource", "route53:DeleteHealthCheck", "route53:UpdateHealthCheck"},
			Resources: []string{"arn:aws:route53:::healthcheck/*"},
		},
		{
			// The distribution's own records and those that prove a
			// certificate's name; no MX, NS or TXT.
			Sid:       "WriteRecordsOfTheApplication",
			Effect:    policy.Allow,
			Actions:   []string{"route53:ChangeResourceRecordSets"},
			Resources: []string{"arn:aws:route53:::hostedzone/*"},
			Conditions: []policy.Condition{
				policy.If(policy.ForAllStringEquals, "route53:ChangeResourceRecordSetsRecordTypes", "A", "AAAA", "CNAME"),
			},
		},
	}
}
