package compliance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// balancerTLS are the load balancer's security policies that take nothing
// before TLS 1.2 (Elastic Load Balancing user guide, "Security policies for
// your Application Load Balancer"). The names carry the year they came with.
var balancerTLS = []string{
	"ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
}

// viewerTLS are CloudFront's (CloudFront developer guide, "Supported protocols
// and ciphers between viewers and CloudFront").
var viewerTLS = []string{"TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"}

var balancerRules = []Rule{
	{
		ID: "PW-ELB-01", Title: "A load balancer has no public address", Types: []string{"aws_lb"},
		Why: "It would be reached past CloudFront and its limits on requests.",
		Fix: "Set internal to true; CloudFront reaches it through a VPC origin.",
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"internal": true})
			subnets := subnetsOf(p, r, r.Attributes["subnets"])
			faults = append(faults, one(len(subnets) == 0, "its subnets are not the platform's")...)
			for _, subnet := range subnets {
				for _, way := range waysIn(p, subnet) {
					faults = append(faults, fmt.Sprintf("its subnet %s has the route %s", subnet.Path, way.Path))
				}
			}
			return faults
		},
	},
	{
		ID: "PW-ELB-02", Title: "A load balancer refuses requests made to confuse", Types: []string{"aws_lb"},
		Why:  "Requests that two servers read differently smuggle a second one past the first.",
		Fix:  "Set drop_invalid_header_fields, and desync_mitigation_mode to defensive or strictest.",
		FSBP: []string{"ELB.4", "ELB.12"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"drop_invalid_header_fields": true})
			mode := text(r.Attributes["desync_mitigation_mode"])
			return append(faults, one(mode != "defensive" && mode != "strictest", "desync_mitigation_mode is %q", mode)...)
		},
	},
	{
		ID: "PW-ELB-03", Title: "A load balancer logs its requests", Types: []string{"aws_lb"},
		Why:  "It is the record of what reached the application.",
		Fix:  "Turn access_logs on, to the environment's log bucket.",
		FSBP: []string{"ELB.5"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"access_logs.enabled": true})
			return append(faults, one(p.target(r, at(r.Attributes, "access_logs", "bucket"), "aws_s3_bucket") == nil, "access_logs.bucket is no bucket of the stack")...)
		},
	},
	{
		ID: "PW-ELB-04", Title: "A load balancer speaks TLS 1.2 or later", Types: []string{"aws_lb_listener"},
		Why:  "Plain HTTP is read and changed on the way.",
		Fix:  "Use HTTPS with a certificate and ELBSecurityPolicy-TLS13-1-2-2021-06; an HTTP listener may only redirect to HTTPS.",
		FSBP: []string{"ELB.1", "ELB.17", "ELB.18"},
		check: func(_ *Platform, r *Resource) []string {
			switch protocol := text(r.Attributes["protocol"]); protocol {
			case "HTTPS", "TLS":
				policy := text(r.Attributes["ssl_policy"])
				faults := one(!slices.Contains(balancerTLS, policy), "ssl_policy is %q", policy)
				return append(faults, one(text(r.Attributes["certificate_arn"]) == "", "no certificate")...)
			default:
				for _, action := range list(r.Attributes["default_action"]) {
					if at(action, "type") != "redirect" || at(action, "redirect", "protocol") != "HTTPS" {
						return one(true, "the %s listener on port %v does not redirect to HTTPS", protocol, show(r.Attributes["port"]))
					}
				}
				return one(len(list(r.Attributes["default_action"])) == 0, "no action")
			}
		},
	},
	{
		ID: "PW-ELB-05", Title: "A load balancer has a web ACL", Types: []string{"aws_lb"},
		Why: "Requests that carry known attacks stop before the application.",
		Fix: "Associate a regional web ACL.",
		check: func(p *Platform, r *Resource) []string {
			associations := p.partsOf(r, "aws_wafv2_web_acl_association", "resource_arn")
			faults := one(len(associations) != 1, "%d web ACL associations, want 1", len(associations))
			for _, a := range associations {
				acl := p.target(a, a.Attributes["web_acl_arn"], "aws_wafv2_web_acl")
				faults = append(faults, one(acl == nil || acl.Attributes["scope"] != "REGIONAL", "its web ACL is no regional one of the stack")...)
			}
			return faults
		},
	},
	{
		ID: "PW-ELB-06", Title: "A load balancer speaks TLS to its targets", Types: []string{"aws_lb_target_group"},
		Why: "What is between the load balancer and a task can read and change requests.",
		Fix: "Set protocol to HTTPS, with a certificate in the container.",
		check: func(_ *Platform, r *Resource) []string {
			protocol := text(r.Attributes["protocol"])
			return one(protocol != "HTTPS" && protocol != "TLS", "protocol is %q", protocol)
		},
	},
	{
		ID: "PW-ELB-07", Title: "A request has one time limit on its way", Types: []string{"aws_cloudfront_distribution", "aws_lb_target_group", "aws_cloudwatch_metric_alarm"},
		Why: "Where one part waits longer than the next, the user gets an error of CloudFront's while the application still works, a task ends under a request, or an alarm never rings.",
		Fix: "Set CloudFront's origin_read_timeout to the load balancer's idle_timeout, origin_keepalive_timeout to less, a target group's deregistration_delay to no less, and alarm on response times below it.",
		check: func(p *Platform, r *Resource) []string {
			var faults []string
			for _, balancer := range p.all("aws_lb") {
				if balancer.Stack != r.Stack {
					continue
				}
				limit := number(balancer.Attributes["idle_timeout"])
				wrong := func(is bool, what string, value any) {
					faults = append(faults, one(is, "%s is %s, and idle_timeout of %s is %s", what, show(value), balancer.Address(), show(balancer.Attributes["idle_timeout"]))...)
				}
				for _, origin := range list(r.Attributes["origin"]) {
					if at(origin, "origin_access_control_id") != nil {
						continue // a bucket
					}
					read, keep := at(origin, "vpc_origin_config", "origin_read_timeout"), at(origin, "vpc_origin_config", "origin_keepalive_timeout")
					wrong(number(read) != limit, "origin_read_timeout", read)
					wrong(number(keep) >= limit || number(keep) == 0, "origin_keepalive_timeout", keep)
				}
				if r.Type == "aws_lb_target_group" {
					delay := r.Attributes["deregistration_delay"] // a number as text
					wrong(number(json.Number(text(delay))) < limit, "deregistration_delay", delay)
				}
				for _, query := range append(list(r.Attributes["metric_query"]), map[string]any{"metric": r.Attributes}) {
					if at(query, "metric", "metric_name") == "TargetResponseTime" {
						wrong(number(r.Attributes["threshold"]) >= limit, "threshold", r.Attributes["threshold"])
					}
				}
			}
			return faults
		},
	},
}

// cacheBehaviors are all of a distribution's.
func cacheBehaviors(r *Resource) []any {
	return slices.Concat(list(r.Attributes["default_cache_behavior"]), list(r.Attributes["ordered_cache_behavior"]))
}

// hasPage says whether a distribution takes a path from a bucket, where it is.
func (p *Platform) hasPage(r *Resource, path string) bool {
	var origin any
	for _, b := range list(r.Attributes["ordered_cache_behavior"]) {
		for _, o := range list(r.Attributes["origin"]) {
			if text(at(b, "path_pattern")) == path && at(o, "origin_id") == at(b, "target_origin_id") {
				origin = o
			}
		}
	}
	if p.target(r, at(origin, "origin_access_control_id"), "aws_cloudfront_origin_access_control") == nil {
		return false
	}
	bucket := p.target(r, at(origin, "domain_name"), "aws_s3_bucket")
	return bucket != nil && slices.ContainsFunc(p.partsOf(bucket, "aws_s3_object", "bucket"), func(o *Resource) bool {
		return "/"+text(o.Attributes["key"]) == path
	})
}

// baseRules are the managed rule groups of which each web ACL has at least one
// (AWS WAF developer guide, "AWS Managed Rules rule groups list").
const badInputs = "AWSManagedRulesKnownBadInputsRuleSet"

var edgeRules = []Rule{
	{
		ID: "PW-CFR-01", Title: "Users are served with HTTPS only", Types: []string{"aws_cloudfront_distribution"},
		Why:  "A cookie sent once over HTTP is anybody's on the way.",
		Fix:  "Set viewer_protocol_policy to redirect-to-https or https-only in every cache behaviour.",
		FSBP: []string{"CloudFront.3"},
		check: func(_ *Platform, r *Resource) []string {
			behaviors := cacheBehaviors(r)
			faults := one(len(behaviors) == 0, "no cache behaviour")
			for _, b := range behaviors {
				policy := text(at(b, "viewer_protocol_policy"))
				faults = append(faults, one(policy != "redirect-to-https" && policy != "https-only", "viewer_protocol_policy is %q", policy)...)
			}
			return faults
		},
	},
	{
		ID: "PW-CFR-02", Title: "Users are served with TLS 1.2 or later, under our own domain", Types: []string{"aws_cloudfront_distribution"},
		Why:  "With CloudFront's own certificate the oldest TLS version is CloudFront's to choose: it is TLS 1.0.",
		Fix:  "Set a domain in config/user.go: certificate, sni-only and TLSv1.2_2021 follow.",
		FSBP: []string{"CloudFront.7", "CloudFront.8", "CloudFront.15"},
		check: func(_ *Platform, r *Resource) []string {
			certificate := object(r.Attributes["viewer_certificate"])
			faults := one(text(certificate["acm_certificate_arn"]) == "", "CloudFront's default certificate")
			minimum := text(certificate["minimum_protocol_version"])
			faults = append(faults, one(!slices.Contains(viewerTLS, minimum), "minimum_protocol_version is %q", minimum)...)
			return append(faults, one(text(certificate["ssl_support_method"]) != "sni-only", "ssl_support_method is %q", text(certificate["ssl_support_method"]))...)
		},
	},
	{
		ID: "PW-CFR-03", Title: "A distribution has a web ACL", Types: []string{"aws_cloudfront_distribution"},
		Why:  "The web ACL at the edge is where floods and known attacks stop.",
		Fix:  "Set web_acl_id to a web ACL of the scope CLOUDFRONT.",
		FSBP: []string{"CloudFront.6"},
		check: func(p *Platform, r *Resource) []string {
			acl := p.target(r, r.Attributes["web_acl_id"], "aws_wafv2_web_acl")
			return one(acl == nil || acl.Attributes["scope"] != "CLOUDFRONT", "web_acl_id is no web ACL of the scope CLOUDFRONT")
		},
	},
	{
		ID: "PW-CFR-04", Title: "A distribution logs its requests", Types: []string{"aws_cloudfront_distribution"},
		Why:  "What the edge answers by itself appears in no other log.",
		Fix:  "Add a log delivery source for it, with a delivery (standard logging v2).",
		FSBP: []string{"CloudFront.5"},
		check: func(p *Platform, r *Resource) []string {
			for _, source := range p.partsOf(r, "aws_cloudwatch_log_delivery_source", "resource_arn") {
				if source.Attributes["log_type"] == "ACCESS_LOGS" && len(p.partsOf(source, "aws_cloudwatch_log_delivery", "delivery_source_name")) > 0 {
					return nil
				}
			}
			return one(r.Attributes["logging_config"] == nil, "no log")
		},
	},
	{
		ID: "PW-CFR-05", Title: "CloudFront speaks TLS 1.2 to its origin", Types: []string{"aws_cloudfront_vpc_origin", "aws_cloudfront_distribution"},
		Why:  "Between CloudFront and the load balancer requests carry the same cookies as before it.",
		Fix:  "Set origin_protocol_policy to https-only with TLSv1.2, which a domain brings.",
		FSBP: []string{"CloudFront.9", "CloudFront.10"},
		check: func(_ *Platform, r *Resource) []string {
			var settings []any
			if r.Type == "aws_cloudfront_vpc_origin" {
				settings = list(r.Attributes["vpc_origin_endpoint_config"])
			}
			for _, origin := range list(r.Attributes["origin"]) {
				settings = append(settings, list(at(origin, "custom_origin_config"))...)
			}
			var faults []string
			for _, s := range settings {
				policy := text(at(s, "origin_protocol_policy"))
				faults = append(faults, one(policy != "https-only", "origin_protocol_policy is %q", policy)...)
				versions := texts(at(s, "origin_ssl_protocols"))
				if items := at(s, "origin_ssl_protocols", "items"); items != nil {
					versions = texts(items)
				}
				faults = append(faults, one(len(versions) != 1 || versions[0] != "TLSv1.2", "origin_ssl_protocols is %v", versions)...)
			}
			return faults
		},
	},
	{
		ID: "PW-CFR-06", Title: "An origin is reached through CloudFront only", Types: []string{"aws_cloudfront_distribution", "aws_cloudfront_origin_access_control"},
		Why:  "An origin with a public address is reached past the web ACL.",
		Fix:  "Use a VPC origin, or for a bucket an origin access control.",
		FSBP: []string{"CloudFront.13", "CloudFront.16"},
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_cloudfront_origin_access_control" {
				return want(r, map[string]any{"signing_behavior": "always", "signing_protocol": "sigv4"})
			}
			origins := list(r.Attributes["origin"])
			faults := one(len(origins) == 0, "no origin")
			for _, origin := range origins {
				private := p.target(r, at(origin, "vpc_origin_config", "vpc_origin_id"), "aws_cloudfront_vpc_origin") != nil || text(at(origin, "origin_access_control_id")) != ""
				faults = append(faults, one(!private, "origin %q is public", text(at(origin, "origin_id")))...)
			}
			return faults
		},
	},
	{
		ID: "PW-CFR-07", Title: "Answers carry the security headers", Types: []string{"aws_cloudfront_distribution", "aws_cloudfront_response_headers_policy"},
		Why: "HSTS keeps a browser from ever trying HTTP; the others keep pages out of strangers' frames.",
		Fix: "Give every cache behaviour a response headers policy with HSTS of at least a year.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_cloudfront_response_headers_policy" {
				age := number(at(r.Attributes, "security_headers_config", "strict_transport_security", "access_control_max_age_sec"))
				return one(age < 31536000, "HSTS lasts %v seconds", age)
			}
			var faults []string
			for _, b := range cacheBehaviors(r) {
				faults = append(faults, one(p.target(r, at(b, "response_headers_policy_id"), "aws_cloudfront_response_headers_policy") == nil, "a cache behaviour without the headers")...)
			}
			return faults
		},
	},
	{
		ID: "PW-CFR-08", Title: "Users see a page of ours when the application does not answer", Types: []string{"aws_cloudfront_distribution"},
		Why: "CloudFront's own error names AWS and request ids, and says nothing to whom it meets; a page behind the same load balancer is down with it.",
		Fix: "Give each of 502, 503 and 504 a custom_error_response whose page is an object of a bucket that the distribution has an access control and a cache behaviour of its own for.",
		check: func(p *Platform, r *Resource) []string {
			var faults []string
			for _, code := range config.UnavailableCodes() {
				page := ""
				for _, e := range list(r.Attributes["custom_error_response"]) {
					if number(at(e, "error_code")) == float64(code) {
						page = text(at(e, "response_page_path"))
					}
				}
				faults = append(faults, one(!p.hasPage(r, page), "for %d it shows no page of a bucket", code)...)
			}
			return faults
		},
	},
	{
		ID: "PW-WAF-01", Title: "A web ACL logs what it blocks, without credentials", Types: []string{"aws_wafv2_web_acl", "aws_wafv2_web_acl_logging_configuration"},
		Why: "Without its log nobody knows what was blocked; with cookies in it, who reads the log is whom it logs.",
		Fix: "Add a logging configuration that redacts authorization and cookie, to an aws-waf-logs- group of the stack.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_wafv2_web_acl" {
				n := len(p.partsOf(r, "aws_wafv2_web_acl_logging_configuration", "resource_arn"))
				return one(n != 1, "%d logging configurations, want 1", n)
			}
			var redacted []string
			for _, field := range list(r.Attributes["redacted_fields"]) {
				redacted = append(redacted, text(at(field, "single_header", "name")))
			}
			faults := one(!containsAll(redacted, "authorization", "cookie"), "redacts %v, want authorization and cookie", redacted)
			group := p.target(r, r.Attributes["log_destination_configs"], "aws_cloudwatch_log_group")
			return append(faults, one(group == nil || !strings.HasPrefix(text(group.Attributes["name"]), "aws-waf-logs-"), "logs to no aws-waf-logs- group of the stack")...)
		},
	},
	{
		ID: "PW-WAF-02", Title: "A web ACL blocks known attacks and can be watched", Types: []string{"aws_wafv2_web_acl"},
		Why:  "A web ACL without a rule is a web ACL in name.",
		Fix:  "Add " + badInputs + " without overriding the group to count, and metrics for every rule.",
		FSBP: []string{"WAF.10"},
		check: func(_ *Platform, r *Resource) []string {
			blocks := false
			faults := want(r, map[string]any{"visibility_config.cloudwatch_metrics_enabled": true})
			for _, rule := range list(r.Attributes["rule"]) {
				faults = append(faults, one(!isTrue(at(rule, "visibility_config", "cloudwatch_metrics_enabled")), "rule %q has no metrics", text(at(rule, "name")))...)
				counts := at(rule, "override_action", "count") != nil
				blocks = blocks || !counts && at(rule, "statement", "managed_rule_group_statement", "name") == badInputs
			}
			return append(faults, one(!blocks, "does not block with %s", badInputs)...)
		},
	},
	{
		ID: "PW-WAF-03", Title: "One address cannot flood the edge", Types: []string{"aws_wafv2_web_acl"},
		Why: "Guessing passwords and exhausting the application both need many requests.",
		Fix: "Add a rate-based rule that blocks, to the web ACL of the scope CLOUDFRONT.",
		check: func(_ *Platform, r *Resource) []string {
			if r.Attributes["scope"] != "CLOUDFRONT" {
				return nil
			}
			limited := slices.ContainsFunc(list(r.Attributes["rule"]), func(rule any) bool {
				return number(at(rule, "statement", "rate_based_statement", "limit")) > 0 && at(rule, "action", "block") != nil
			})
			return one(!limited, "no rate-based rule that blocks")
		},
	},
	{
		ID: "PW-WAF-04", Title: "Maintenance mode is people's to switch, not Terraform's", Types: []string{"aws_wafv2_ip_set", "aws_wafv2_regex_pattern_set", "aws_wafv2_web_acl"},
		Why: "What an apply puts back shows users a half-changed application in the middle of maintenance, or the maintenance page long after it.",
		Fix: "Answer with a page, in the web ACL of the scope CLOUDFRONT, for the paths of a pattern set that matches none at first; set lifecycle.ignore_changes to what make maintenance changes of the sets.",
		check: func(p *Platform, r *Resource) []string {
			ignored := texts(at(r.Attributes, "lifecycle", "ignore_changes"))
			switch r.Type {
			case "aws_wafv2_ip_set":
				return one(!slices.Equal(ignored, []string{"addresses"}), "ignore_changes is %v", ignored)
			case "aws_wafv2_regex_pattern_set":
				faults := one(!slices.Equal(ignored, []string{"regular_expression"}), "ignore_changes is %v", ignored)
				for _, expression := range list(r.Attributes["regular_expression"]) {
					pattern, err := regexp.Compile(text(at(expression, "regex_string")))
					faults = append(faults, one(err != nil || pattern.MatchString("/"), "at first it matches %q", "/")...)
				}
				return faults
			}
			answers := slices.ContainsFunc(list(r.Attributes["rule"]), func(rule any) bool {
				paths := slices.ContainsFunc(list(at(rule, "statement", "and_statement", "statement")), func(s any) bool {
					return p.target(r, at(s, "regex_pattern_set_reference_statement", "arn"), "aws_wafv2_regex_pattern_set") != nil
				})
				return paths && at(rule, "action", "block", "custom_response", "custom_response_body_key") != nil
			})
			return one(r.Attributes["scope"] == "CLOUDFRONT" && !answers, "no rule answers with a page for the paths of a pattern set of the stack")
		},
	},
	{
		ID: "PW-ACM-01", Title: "A certificate renews itself and has a strong key", Types: []string{"aws_acm_certificate"},
		Why:  "A certificate that a person has to renew expires on a holiday.",
		Fix:  "Request it from ACM with DNS validation; no imported certificate, no RSA_1024.",
		FSBP: []string{"ACM.1", "ACM.2"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"validation_method": "DNS"})
			faults = append(faults, one(r.Attributes["private_key"] != nil, "its private key is set in the configuration")...)
			return append(faults, one(r.Attributes["key_algorithm"] == "RSA_1024", "key_algorithm is RSA_1024")...)
		},
	},
}
