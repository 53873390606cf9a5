// Package webacl makes AWS WAF web ACLs. It is a part: see package
// constructs for what a part may import.
package webacl

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webacl"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclloggingconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
	"github.com/paperwurks/infra/constructs/tf"
)

// WebACL is an AWS WAF web ACL with its log.
type WebACL struct {
	ARN string
}

// Scope says what a web ACL protects.
type Scope string

const (
	// CloudFront protects distributions; its provider must be
	// us-east-1's.
	CloudFront Scope = "CLOUDFRONT"
	// Regional protects load balancers.
	Regional Scope = "REGIONAL"
)

// Props configures a WebACL.
type Props struct {
	Name     string
	LogGroup string
	Scope    Scope
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
	// LogsKeyARN encrypts the log; a key of the same region.
	LogsKeyARN string
	// RetentionDays of the log.
	RetentionDays int
	// RequestsPerIP blocks an address that sends more in five minutes; 0 for
	// no limit. Only where clients connect directly: behind CloudFront every
	// request comes from CloudFront.
	RequestsPerIP int
	// ManagedRules are names of AWS's managed rule groups, in order.
	ManagedRules []ManagedRules
}

// ManagedRules is one of AWS's managed rule groups.
type ManagedRules struct {
	Name string
	// CountOnly are rules of the group that only count.
	CountOnly []string
}

// The managed rule groups that the platform uses (AWS WAF developer guide,
// "AWS Managed Rules rule groups list").
var (
	IPReputation   = ManagedRules{Name: "AWSManagedRulesAmazonIpReputationList"}
	KnownBadInputs = ManagedRules{Name: "AWSManagedRulesKnownBadInputsRuleSet"}
	// What users upload are documents, in which markup, paths and SQL are text:
	// the rules that look into bodies would block them, so they count. The limit
	// of 8 KiB would refuse every one.
	SQLInjection  = ManagedRules{Name: "AWSManagedRulesSQLiRuleSet", CountOnly: []string{"SQLi_BODY", "SQLiExtendedPatterns_BODY"}}
	CommonThreats = ManagedRules{Name: "AWSManagedRulesCommonRuleSet", CountOnly: []string{
		"CrossSiteScripting_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "SizeRestrictions_BODY",
	}}
)

// New makes the web ACL. Its log leaves out the headers that carry
// credentials.
func New(scope cdk.Construct, id string, props Props) *WebACL {
	scope = tf.Group(scope, id)
	var rules []*wafv2webacl.Wafv2WebAclRule
	if props.RequestsPerIP > 0 {
		rules = append(rules, &wafv2webacl.Wafv2WebAclRule{
			Name:     new("rate-limit"),
			Priority: tf.Number(0),
			Action:   &wafv2webacl.Wafv2WebAclRuleAction{Block: &wafv2webacl.Wafv2WebAclRuleActionBlock{}},
			Statement: map[string]any{"rate_based_statement": map[string]any{
				"aggregate_key_type":    "IP",
				"evaluation_window_sec": 300,
				"limit":                 props.RequestsPerIP,
			}},
			VisibilityConfig: ruleVisibility("rate-limit"),
		})
	}
	for _, managed := range props.ManagedRules {
		statement := map[string]any{"vendor_name": "AWS", "name": managed.Name}
		var overrides []any
		for _, rule := range managed.CountOnly {
			overrides = append(overrides, map[string]any{"name": rule, "action_to_use": map[string]any{"count": map[string]any{}}})
		}
		if len(overrides) > 0 {
			statement["rule_action_override"] = overrides
		}
		rules = append(rules, &wafv2webacl.Wafv2WebAclRule{
			Name:             &managed.Name,
			Priority:         tf.Number(len(rules)),
			OverrideAction:   &wafv2webacl.Wafv2WebAclRuleOverrideAction{None: &wafv2webacl.Wafv2WebAclRuleOverrideActionNone{}},
			Statement:        map[string]any{"managed_rule_group_statement": statement},
			VisibilityConfig: ruleVisibility(managed.Name),
		})
	}
	acl := wafv2webacl.NewWafv2WebAcl(scope, new("web-acl"), &wafv2webacl.Wafv2WebAclConfig{
		Name:          &props.Name,
		Scope:         new(string(props.Scope)),
		DefaultAction: &wafv2webacl.Wafv2WebAclDefaultAction{Allow: &wafv2webacl.Wafv2WebAclDefaultActionAllow{}},
		Rule:          rules,
		VisibilityConfig: &wafv2webacl.Wafv2WebAclVisibilityConfig{
			CloudwatchMetricsEnabled: new(true),
			MetricName:               &props.Name,
			SampledRequestsEnabled:   new(true),
		},
		Provider: props.Provider,
	})
	arn := acl.Arn()
	logs := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &props.LogGroup,
		RetentionInDays: tf.Number(props.RetentionDays),
		KmsKeyId:        &props.LogsKeyARN,
		Provider:        props.Provider,
	})
	redacted := make([]*wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFields, 0, 2)
	for _, header := range []string{"authorization", "cookie"} {
		redacted = append(redacted, &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFields{
			SingleHeader: &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader{Name: &header},
		})
	}
	wafv2webaclloggingconfiguration.NewWafv2WebAclLoggingConfiguration(scope, new("logging"), &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationConfig{
		ResourceArn:           arn,
		LogDestinationConfigs: tf.List(*logs.Arn()),
		RedactedFields:        redacted,
		Provider:              props.Provider,
	})
	return &WebACL{ARN: *arn}
}

func ruleVisibility(metric string) *wafv2webacl.Wafv2WebAclRuleVisibilityConfig {
	return &wafv2webacl.Wafv2WebAclRuleVisibilityConfig{
		CloudwatchMetricsEnabled: new(true),
		MetricName:               &metric,
		SampledRequestsEnabled:   new(true),
	}
}
