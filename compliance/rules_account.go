package compliance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

type partKinds struct {
	part  config.BaselinePart
	many  bool
	kinds []string
}

// baselineKinds are the kinds that a part of the account's baseline is made of,
// each once, or more than once.
var baselineKinds = []partKinds{
	{config.TrailPart, false, []string{"aws_cloudtrail"}},
	{config.TrailAlarmsPart, true, []string{"aws_cloudwatch_log_metric_filter"}},
	{config.AccessAnalyzerPart, false, []string{"aws_accessanalyzer_analyzer"}},
	{config.PublicAccessBlockPart, false, []string{"aws_s3_account_public_access_block"}},
	{config.EBSDefaultsPart, false, []string{"aws_ebs_encryption_by_default", "aws_ebs_snapshot_block_public_access"}},
	{config.MetadataDefaultsPart, false, []string{"aws_ec2_instance_metadata_defaults"}},
	{config.PasswordPolicyPart, false, []string{"aws_iam_account_password_policy"}},
	{config.GuardDutyPart, false, []string{"aws_guardduty_detector"}},
	{config.GuardDutyPart, true, []string{"aws_guardduty_detector_feature"}},
	{config.SecurityHubPart, false, []string{"aws_securityhub_account"}},
	{config.SecurityHubPart, true, []string{"aws_securityhub_standards_subscription"}},
	{config.ConfigPart, false, []string{"aws_config_configuration_recorder", "aws_config_configuration_recorder_status", "aws_config_delivery_channel", "aws_iam_service_linked_role"}},
}

// isMade says whether the stacks have what makes a part of the baseline. Budgets and
// Cost Anomaly Detection have rules of their own, and are no settings of the account's.
func isMade(part config.BaselinePart) bool {
	if part == config.BudgetsPart || part == config.CostAnomaliesPart {
		return true
	}
	for _, b := range baselineKinds {
		if b.part == part {
			return true
		}
	}
	return false
}

var accountRules = []Rule{
	{
		ID: "PW-BAS-01", Title: "The account has its baseline, or the organisation's", Types: []string{"aws_iam_openid_connect_provider"},
		Why: "What no stack makes nobody looks after: an account without a trail cannot say who did what.",
		Fix: "Make each part once, in constructs.AccountBaseline, or give the reason why the organisation does it in Account.Organisation (config/platform.go).",
		check: func(p *Platform, _ *Resource) []string {
			var faults []string
			for _, b := range baselineKinds {
				want := 0
				if p.Account.Makes(b.part) {
					want = 1
				}
				for _, kind := range b.kinds {
					if n := len(p.all(kind)); n != want && !(b.many && want == 1 && n > 1) {
						faults = append(faults, fmt.Sprintf("%d of %s, want %d", n, kind, want))
					}
				}
			}
			return faults
		},
	},
	{
		ID: "PW-DAT-04", Title: "Only the account's settings are taken out of a state", Types: []string{"removed"},
		Why: "What is in no state is in no plan and in no check of drift, and nothing keeps it: data that is forgotten is nobody's.",
		Fix: "Name in the removed block what the account has once (AccountBaseline), and set destroy to false; let Terraform destroy everything else.",
		check: func(_ *Platform, r *Resource) []string {
			kind, _, _ := strings.Cut(text(r.Attributes["from"]), ".")
			of := slices.ContainsFunc(baselineKinds, func(b partKinds) bool { return slices.Contains(b.kinds, kind) })
			return append(one(!of, "it forgets %q", text(r.Attributes["from"])), one(at(r.Attributes, "lifecycle", "destroy") != false, "lifecycle.destroy is not false")...)
		},
	},
	{
		ID: "PW-BAS-02", Title: "The trail records all regions, in log files that cannot be changed unseen", Types: []string{"aws_cloudtrail"},
		Why:  "Who breaks in works in the region that nobody looks at, and removes the traces.",
		Fix:  "Set is_multi_region_trail, include_global_service_events and enable_log_file_validation, and the account's key as kms_key_id; leave enable_logging on.",
		FSBP: []string{"CloudTrail.1", "CloudTrail.2", "CloudTrail.4"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"is_multi_region_trail": true, "include_global_service_events": true, "enable_log_file_validation": true})
			faults = append(faults, one(r.Attributes["enable_logging"] != nil && !isTrue(r.Attributes["enable_logging"]), "enable_logging is off")...)
			return append(faults, keyFault(p, r, "kms_key_id")...)
		},
	},
	{
		ID: "PW-BAS-03", Title: "Log files of the trail are deleted by nobody", Types: []string{"aws_cloudtrail"},
		Why: "A stolen administrator's session would remove what shows it. The bucket's own lifecycle removes log files once they are old, whatever its policy says.",
		Fix: "Send the trail to a bucket of the stack whose policy denies s3:DeleteObject to everybody, and whose access is logged.",
		check: func(p *Platform, r *Resource) []string {
			return p.keptByAll(r)
		},
	},
	{
		ID: "PW-BAS-04", Title: "Access Analyzer looks at the whole account", Types: []string{"aws_accessanalyzer_analyzer"},
		Why:   "What a policy opens to another account is seen where all policies are looked at.",
		Fix:   `Set type to "ACCOUNT".`,
		check: wants(map[string]any{"type": "ACCOUNT"}),
	},
	{
		ID: "PW-BAS-05", Title: "No bucket of the account becomes public", Types: []string{"aws_s3_account_public_access_block"},
		Why:   "A bucket that somebody makes by hand has no rule here.",
		Fix:   "Set all four of block_public_acls, block_public_policy, ignore_public_acls and restrict_public_buckets.",
		FSBP:  []string{"S3.1"},
		check: wants(map[string]any{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}),
	},
	{
		ID: "PW-BAS-06", Title: "EBS volumes are encrypted, and no snapshot is public", Types: []string{"aws_ebs_encryption_by_default", "aws_ebs_snapshot_block_public_access"},
		Why:  "A volume or snapshot that somebody makes by hand has no rule here.",
		Fix:  `Set enabled; set state to "block-all-sharing", which also covers what was shared before.`,
		FSBP: []string{"EC2.7", "EC2.182"},
		check: func(_ *Platform, r *Resource) []string {
			if r.Type == "aws_ebs_encryption_by_default" {
				return want(r, map[string]any{"enabled": true})
			}
			return want(r, map[string]any{"state": "block-all-sharing"})
		},
	},
	{
		ID: "PW-BAS-07", Title: "New EC2 instances ask for IMDSv2", Types: []string{"aws_ec2_instance_metadata_defaults"},
		Why: "By IMDSv1 an application that can be made to fetch a URL gives the instance's credentials away.",
		Fix: `Set http_tokens to "required" and http_put_response_hop_limit to 1 or 2.`,
		check: func(_ *Platform, r *Resource) []string {
			hops := number(r.Attributes["http_put_response_hop_limit"])
			return append(want(r, map[string]any{"http_tokens": "required"}), one(hops < 1 || hops > 2, "http_put_response_hop_limit is %s", show(r.Attributes["http_put_response_hop_limit"]))...)
		},
	},
	{
		ID: "PW-BAS-08", Title: "Passwords of IAM users are long, and new", Types: []string{"aws_iam_account_password_policy"},
		Why:  "The platform makes no user with a password; whoever does gets IAM's default of eight characters.",
		Fix:  "Set minimum_password_length to at least 14, password_reuse_prevention to 24, and require all four kinds of characters.",
		FSBP: []string{"IAM.7"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"require_lowercase_characters": true, "require_uppercase_characters": true, "require_numbers": true, "require_symbols": true})
			faults = append(faults, one(number(r.Attributes["minimum_password_length"]) < 14, "minimum_password_length is %s", show(r.Attributes["minimum_password_length"]))...)
			return append(faults, one(number(r.Attributes["password_reuse_prevention"]) < 24, "password_reuse_prevention is %s", show(r.Attributes["password_reuse_prevention"]))...)
		},
	},
	{
		ID: "PW-BAS-09", Title: "Somebody is told of what matters in the account", Types: []string{"aws_cloudtrail"},
		Why:  "A trail that nobody looks at tells of an intruder a year later.",
		Fix:  "Send the trail to a log group of the stack, with a metric filter for each of config.TrailAlarms and an alarm on its metric (constructs/alarm, NewEvent).",
		FSBP: []string{"CloudTrail.5"},
		check: func(p *Platform, r *Resource) []string {
			if !p.Account.Makes(config.TrailAlarmsPart) {
				return nil
			}
			group := p.target(r, r.Attributes["cloud_watch_logs_group_arn"], "aws_cloudwatch_log_group")
			if group == nil || p.target(r, r.Attributes["cloud_watch_logs_role_arn"], "aws_iam_role") == nil {
				return []string{"its events go to no log group of the stack, by no role of the stack"}
			}
			var faults []string
			filters := p.partsOf(group, "aws_cloudwatch_log_metric_filter", "log_group_name")
			for _, a := range config.TrailAlarms() {
				rings := slices.ContainsFunc(filters, func(f *Resource) bool {
					return f.Attributes["pattern"] == a.Pattern && p.isWatched(at(f.Attributes["metric_transformation"], "namespace"), at(f.Attributes["metric_transformation"], "name"))
				})
				faults = append(faults, one(!rings, "no alarm rings when: %s (%s)", a.Means, cmp.Or(strings.TrimSpace("CIS "+a.Control), string(a.ID)))...)
			}
			return faults
		},
	},
	{
		ID: "PW-BAS-10", Title: "What counts events is counted", Types: []string{"aws_cloudwatch_log_metric_filter"},
		Why: "A metric without an alarm costs and tells nobody.",
		Fix: "Make filter and alarm together (constructs/alarm, NewEvent).",
		check: func(p *Platform, r *Resource) []string {
			metric := r.Attributes["metric_transformation"]
			faults := one(p.target(r, r.Attributes["log_group_name"], "aws_cloudwatch_log_group") == nil, "log_group_name is no log group of the stack")
			known := slices.ContainsFunc(config.TrailAlarms(), func(a config.TrailAlarm) bool { return a.Pattern == r.Attributes["pattern"] })
			faults = append(faults, one(!known, "its pattern is none of config.TrailAlarms")...)
			return append(faults, one(!p.isWatched(at(metric, "namespace"), at(metric, "name")), "no alarm has its metric")...)
		},
	},
	{
		ID: "PW-BAS-11", Title: "Requests for objects are recorded", Types: []string{"aws_cloudtrail"},
		Why: "After a leak the trail says who read which document; access logs, which S3 delivers without a guarantee, may not.",
		Fix: "Set Account.Trail.ObjectEvents (config/platform.go): an advanced_event_selector of AWS::S3::Object that leaves out nothing but buckets that receive logs, and one of management events.",
		check: func(p *Platform, r *Resource) []string {
			selectors := list(r.Attributes["advanced_event_selector"])
			if !p.Account.Trail.ObjectEvents {
				return one(len(selectors) > 0 || r.Attributes["event_selector"] != nil, "it has selectors, though Account.Trail.ObjectEvents is false")
			}
			var management, objects bool
			for _, selector := range selectors {
				fields := map[string]map[string]any{}
				for _, f := range list(at(selector, "field_selector")) {
					fields[text(at(f, "field"))] = object(f)
				}
				category := strings.Join(texts(fields["eventCategory"]["equals"]), " ")
				management = management || category == "Management" && len(fields) == 1
				if category == "Data" && slices.Equal(texts(fields["resources.type"]["equals"]), []string{"AWS::S3::Object"}) && len(fields) == 3 {
					without := texts(fields["resources.ARN"]["not_starts_with"])
					objects = len(without) > 0 && !slices.ContainsFunc(without, func(arn string) bool { return !p.receivesLogs(arn) })
				}
			}
			faults := one(!management, "it does not record all management events")
			return append(faults, one(!objects, "it does not record requests for objects of all buckets but those that receive logs")...)
		},
	},
	{
		ID: "PW-BAS-12", Title: "GuardDuty looks, and tells at once", Types: []string{"aws_guardduty_detector"},
		Why:  "A stolen credential is seen by what is done with it, within minutes or with the invoice.",
		Fix:  `Set enable and finding_publishing_frequency "FIFTEEN_MINUTES", the features as Account.GuardDuty (config/platform.go) says, and send findings to the account's topic.`,
		FSBP: []string{"GuardDuty.1", "GuardDuty.9", "GuardDuty.10"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"enable": true, "finding_publishing_frequency": "FIFTEEN_MINUTES"})
			for name, on := range map[string]bool{"S3_DATA_EVENTS": p.Account.GuardDuty.ObjectEvents, "RDS_LOGIN_EVENTS": p.Account.GuardDuty.DatabaseSignIns} {
				status := map[bool]string{true: "ENABLED", false: "DISABLED"}[on]
				set := slices.ContainsFunc(p.partsOf(r, "aws_guardduty_detector_feature", "detector_id"), func(f *Resource) bool {
					return f.Attributes["name"] == name && f.Attributes["status"] == status
				})
				faults = append(faults, one(!set, "feature %s is not %s", name, status)...)
			}
			slices.Sort(faults)
			return append(faults, one(!p.isSent("aws.guardduty"), "no rule of EventBridge sends its findings of high severity to a topic")...)
		},
	},
	{
		ID: "PW-BAS-13", Title: "Security Hub checks the account, by CIS 5.0 and FSBP", Types: []string{"aws_securityhub_account"},
		Why: "The rules here see what the stacks hold; what somebody makes by hand only a check in the account finds.",
		Fix: "Subscribe both standards, once Config records and with time, let new controls begin by themselves, and send findings to the account's topic.",
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"auto_enable_controls": true, "enable_default_standards": false, "control_finding_generator": "SECURITY_CONTROL"})
			slices.Sort(faults)
			for _, standard := range []string{"::standards/cis-aws-foundations-benchmark/v/5.0.0", "::standards/aws-foundational-security-best-practices/v/1.0.0"} {
				subscribed := slices.ContainsFunc(p.all("aws_securityhub_standards_subscription"), func(s *Resource) bool {
					return strings.HasSuffix(text(s.Attributes["standards_arn"]), standard) && slices.ContainsFunc(list(s.Attributes["depends_on"]), func(d any) bool { return d == r.Address() })
				})
				faults = append(faults, one(!subscribed, "no subscription, after it, of …%s", standard)...)
			}
			// Security Hub API, StandardsSubscription: NO_AVAILABLE_CONFIGURATION_RECORDER.
			for _, s := range p.all("aws_securityhub_standards_subscription") {
				for _, status := range p.all("aws_config_configuration_recorder_status") {
					early := !slices.ContainsFunc(list(s.Attributes["depends_on"]), func(d any) bool { return d == status.Address() })
					faults = append(faults, one(early, "%s is enabled before Config records, so that it stays INCOMPLETE", s.Address())...)
				}
			}
			return append(faults, one(!p.isSent("aws.securityhub"), "no rule of EventBridge sends its findings of high severity to a topic")...)
		},
	},
	{
		ID: "PW-BAS-14", Title: "An event that is looked for reaches a topic or a queue", Types: []string{"aws_cloudwatch_event_rule"},
		Why: "A rule of EventBridge without a target, or switched off, is a rule in name.",
		Fix: "Make it with constructs/account, NewFindings, or constructs/scheduler: an event_pattern, and a topic or a queue of the stack as target.",
		check: func(p *Platform, r *Resource) []string {
			faults := one(text(r.Attributes["event_pattern"]) == "", "it has no event_pattern")
			off := r.Attributes["state"] != nil && r.Attributes["state"] != "ENABLED" || r.Attributes["is_enabled"] != nil && !isTrue(r.Attributes["is_enabled"])
			faults = append(faults, one(off, "it is switched off")...)
			return append(faults, one(!p.reaches(r, "aws_sns_topic", "aws_sqs_queue"), "its target is no topic and no queue of the stack")...)
		},
	},
	{
		ID: "PW-BAS-15", Title: "Config records every kind of resource", Types: []string{"aws_config_configuration_recorder"},
		Why:  "Security Hub's controls ask Config: of what it does not record they find nothing, and say nothing.",
		Fix:  "Set all_supported and include_global_resource_types in recording_group, recording_mode to CONTINUOUS without exceptions, give it the service-linked role of Config, and switch it on by a status.",
		FSBP: []string{"Config.1"},
		check: func(p *Platform, r *Resource) []string {
			group := r.Attributes["recording_group"]
			faults := one(!isTrue(at(group, "all_supported")) || !isTrue(at(group, "include_global_resource_types")), "it does not record all kinds, IAM's included")
			faults = append(faults, one(len(list(at(group, "exclusion_by_resource_types"))) > 0, "it leaves some out")...)
			mode := r.Attributes["recording_mode"]
			faults = append(faults, one(at(mode, "recording_frequency") != config.RecordingFrequency || at(mode, "recording_mode_override") != nil, "recording_mode is not CONTINUOUS for all of them")...)
			role := p.target(r, r.Attributes["role_arn"], "aws_iam_service_linked_role")
			faults = append(faults, one(role == nil || role.Attributes["aws_service_name"] != config.ConfigPrincipal, "role_arn is not the service-linked role of Config")...)
			return append(faults, one(!p.isRecorded(r), "it is not switched on")...)
		},
	},
	{
		ID: "PW-BAS-16", Title: "Config's history is encrypted, and deleted by nobody", Types: []string{"aws_config_delivery_channel"},
		Why: "It says how a resource was set when something happened.",
		Fix: "Deliver to a bucket of the stack, with the account's key, whose policy denies s3:DeleteObject to everybody.",
		check: func(p *Platform, r *Resource) []string {
			faults := keyFault(p, r, "s3_kms_key_arn")
			return append(faults, p.keptByAll(r)...)
		},
	},
}

// keptByAll are the faults of the bucket that a trail or Config writes to: nobody may
// delete an object there, and access to it is logged.
func (p *Platform) keptByAll(r *Resource) []string {
	bucket := p.target(r, r.Attributes["s3_bucket_name"], "aws_s3_bucket")
	if bucket == nil {
		return []string{"s3_bucket_name is no bucket of the stack"}
	}
	denied := false
	for _, attached := range p.partsOf(bucket, "aws_s3_bucket_policy", "bucket") {
		statements, _ := statementsOf(p, attached)
		for _, s := range statements {
			denied = denied || s.Effect == "Deny" && len(s.Conditions) == 0 && slices.Contains(s.Actions, "s3:DeleteObject*")
		}
	}
	faults := one(!denied, "its bucket's policy does not deny everybody to delete objects")
	return append(faults, one(len(p.partsOf(bucket, "aws_s3_bucket_logging", "bucket")) != 1, "access to its bucket is not logged")...)
}

// isRecorded says whether a recorder is switched on.
func (p *Platform) isRecorded(recorder *Resource) bool {
	return slices.ContainsFunc(p.partsOf(recorder, "aws_config_configuration_recorder_status", "name"), func(s *Resource) bool { return isTrue(s.Attributes["is_enabled"]) })
}

// reachesTopic says whether a target of a rule of EventBridge is a topic.
func (p *Platform) reachesTopic(rule *Resource) bool { return p.reaches(rule, "aws_sns_topic") }

// reaches says whether a target of a rule of EventBridge is of one of the kinds.
func (p *Platform) reaches(rule *Resource, kinds ...string) bool {
	return slices.ContainsFunc(p.partsOf(rule, "aws_cloudwatch_event_target", "rule"), func(t *Resource) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool { return p.target(t, t.Attributes["arn"], kind) != nil })
	})
}

// isSent says whether findings of a service that are of high severity reach a topic.
func (p *Platform) isSent(source string) bool {
	return slices.ContainsFunc(p.all("aws_cloudwatch_event_rule"), func(r *Resource) bool {
		var pattern struct {
			Source []string
			Detail struct {
				Severity []struct{ Numeric []any }
				Findings struct {
					Severity struct{ Label []string }
				}
			}
		}
		if json.Unmarshal([]byte(text(r.Attributes["event_pattern"])), &pattern) != nil || !slices.Equal(pattern.Source, []string{source}) || !p.reachesTopic(r) {
			return false
		}
		high := slices.ContainsFunc(pattern.Detail.Severity, func(s struct{ Numeric []any }) bool {
			return len(s.Numeric) == 2 && s.Numeric[0] == ">=" && number(s.Numeric[1]) <= config.HighSeverity
		})
		return high || !slices.ContainsFunc(config.HighLabels(), func(label string) bool { return !slices.Contains(pattern.Detail.Findings.Severity.Label, label) })
	})
}

// isWatched says whether an alarm of the stacks has a metric.
func (p *Platform) isWatched(namespace, name any) bool {
	return namespace != nil && slices.ContainsFunc(p.all("aws_cloudwatch_metric_alarm"), func(a *Resource) bool {
		return a.Attributes["namespace"] == namespace && a.Attributes["metric_name"] == name
	})
}

// receivesLogs says whether an ARN is the beginning of those of objects in a
// bucket that a trail, Config's history or access logs are sent to.
func (p *Platform) receivesLogs(arn string) bool {
	return slices.ContainsFunc(p.all("aws_s3_bucket"), func(b *Resource) bool {
		if arn != "arn:aws:s3:::"+text(b.Attributes["bucket"])+"/" {
			return false
		}
		for kind, attribute := range map[string]string{"aws_cloudtrail": "s3_bucket_name", "aws_config_delivery_channel": "s3_bucket_name", "aws_s3_bucket_logging": "target_bucket"} {
			if len(p.partsOf(b, kind, attribute)) > 0 {
				return true
			}
		}
		return false
	})
}
