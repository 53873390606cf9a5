// Package webacl makes AWS WAF web ACLs. It is a part: see package
// constructs for what a part may import.
package webacl

import (
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2ipset"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2regexpatternset"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webacl"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclloggingconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
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
	// Maintenance is how all requests can be answered with a page; nil for none.
	Maintenance *Maintenance
}

// Maintenance mode answers requests with a page, but those of guests. What it is
// about is switched without Terraform, in the three sets that are named here.
type Maintenance struct {
	// SwitchName is the regex pattern set of the paths that are answered so.
	SwitchName string
	// GuestNames are the IP sets of those who are let through.
	GuestNames map[config.IPVersion]string
	// Page is the HTML document, at most config.MaxPageBytes.
	Page string
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
	var bodies []*wafv2webacl.Wafv2WebAclCustomResponseBody
	if props.Maintenance != nil {
		rules = append(rules, maintenanceRule(scope, props, len(rules)))
		bodies = append(bodies, &wafv2webacl.Wafv2WebAclCustomResponseBody{
			Key: new(maintenance), Content: &props.Maintenance.Page, ContentType: new("TEXT_HTML"),
		})
	}
	acl := wafv2webacl.NewWafv2WebAcl(scope, new("web-acl"), &wafv2webacl.Wafv2WebAclConfig{
		Name:               &props.Name,
		Scope:              new(string(props.Scope)),
		DefaultAction:      &wafv2webacl.Wafv2WebAclDefaultAction{Allow: &wafv2webacl.Wafv2WebAclDefaultActionAllow{}},
		Rule:               rules,
		CustomResponseBody: bodies,
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

// maintenance names the rule, its page and the parts that switch it.
const maintenance = "maintenance"

// maintenanceRule answers the requests for what the pattern set matches. It is the
// last rule: who is blocked otherwise stays so. AWS WAF answers before CloudFront
// looks at its cache or its origin, and CloudFront puts no page of its own in the
// place of a custom response (AWS WAF developer guide, "Custom responses for Block
// actions").
func maintenanceRule(scope cdk.Construct, props Props, priority int) *wafv2webacl.Wafv2WebAclRule {
	m := props.Maintenance
	// What the sets hold is switched by `make maintenance`, and stays as it is when
	// Terraform applies.
	pattern := wafv2regexpatternset.NewWafv2RegexPatternSet(scope, new(maintenance), &wafv2regexpatternset.Wafv2RegexPatternSetConfig{
		Name:              &m.SwitchName,
		Description:       new("Paths that are answered with the maintenance page, as make maintenance switches it"),
		Scope:             new(string(props.Scope)),
		RegularExpression: []*wafv2regexpatternset.Wafv2RegexPatternSetRegularExpression{{RegexString: new(config.MaintenanceOff)}},
		Lifecycle:         &cdktf.TerraformResourceLifecycle{IgnoreChanges: tf.List("regular_expression")},
		Provider:          props.Provider,
	})
	conditions := []any{map[string]any{"regex_pattern_set_reference_statement": map[string]any{
		"arn":                 *pattern.Arn(),
		"field_to_match":      map[string]any{"uri_path": map[string]any{}},
		"text_transformation": []any{map[string]any{"priority": 0, "type": "NONE"}},
	}}}
	for _, version := range config.IPVersions {
		guests := wafv2ipset.NewWafv2IpSet(scope, new("guests-"+strings.ToLower(string(version))), &wafv2ipset.Wafv2IpSetConfig{
			Name:             new(m.GuestNames[version]),
			Description:      new("Who is let through in maintenance mode, as make maintenance says"),
			Scope:            new(string(props.Scope)),
			IpAddressVersion: new(string(version)),
			Addresses:        tf.List(),
			Lifecycle:        &cdktf.TerraformResourceLifecycle{IgnoreChanges: tf.List("addresses")},
			Provider:         props.Provider,
		})
		conditions = append(conditions, map[string]any{"not_statement": map[string]any{
			"statement": []any{map[string]any{"ip_set_reference_statement": map[string]any{"arn": *guests.Arn()}}},
		}})
	}
	return &wafv2webacl.Wafv2WebAclRule{
		Name:     new(maintenance),
		Priority: tf.Number(priority),
		Action: &wafv2webacl.Wafv2WebAclRuleAction{Block: &wafv2webacl.Wafv2WebAclRuleActionBlock{
			CustomResponse: &wafv2webacl.Wafv2WebAclRuleActionBlockCustomResponse{
				ResponseCode:          tf.Number(503),
				CustomResponseBodyKey: new(maintenance),
				ResponseHeader: []*wafv2webacl.Wafv2WebAclRuleActionBlockCustomResponseResponseHeader{
					{Name: new("Cache-Control"), Value: new("no-store")},
					{Name: new("Retry-After"), Value: new("300")},
				},
			},
		}},
		Statement:        map[string]any{"and_statement": map[string]any{"statement": conditions}},
		VisibilityConfig: ruleVisibility(maintenance),
	}
}

func ruleVisibility(metric string) *wafv2webacl.Wafv2WebAclRuleVisibilityConfig {
	return &wafv2webacl.Wafv2WebAclRuleVisibilityConfig{
		CloudwatchMetricsEnabled: new(true),
		MetricName:               &metric,
		SampledRequestsEnabled:   new(true),
	}
}
