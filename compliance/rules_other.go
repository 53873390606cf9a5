package compliance

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// leastDays and leastDaysProtected are how long logs are kept at least: long
// enough to look into what is noticed late. A year is CloudWatch.16's default.
const (
	leastDays          = 30.0
	leastDaysProtected = 365.0
)

var logRules = []Rule{
	{
		ID: "PW-LOG-01", Title: "Logs are encrypted with a customer key", Types: []string{"aws_cloudwatch_log_group"},
		Why:   "Logs hold what users typed.",
		Fix:   "Set kms_key_id to the environment's logs key.",
		check: func(p *Platform, r *Resource) []string { return keyFault(p, r, "kms_key_id") },
	},
	{
		ID: "PW-LOG-02", Title: "Logs are kept long enough, and not forever", Types: []string{"aws_cloudwatch_log_group"},
		Why: "Too short, and the trace is gone when somebody looks; forever costs, and keeps personal data without need.",
		Fix: "Set Logs.RetentionDays in config/platform.go (retention_in_days) to at least 30, in a protected environment to at least 365.",
		check: func(p *Platform, r *Resource) []string {
			least := leastDays
			if p.isProtected(r) {
				least = leastDaysProtected
			}
			days := number(r.Attributes["retention_in_days"])
			return one(days < least, "retention_in_days is %s, want at least %v", show(r.Attributes["retention_in_days"]), least)
		},
	},
	{
		ID: "PW-LOG-04", Title: "An alarm tells somebody", Types: []string{"aws_cloudwatch_metric_alarm"},
		Why: "An alarm without an action turns red where nobody looks.",
		Fix: "Set alarm_actions to the environment's topic.",
		check: func(p *Platform, r *Resource) []string {
			faults := one(p.target(r, r.Attributes["alarm_actions"], "aws_sns_topic") == nil, "alarm_actions is no topic of the stack")
			return append(faults, one(r.Attributes["actions_enabled"] == false, "actions_enabled is false")...)
		},
	},
	{
		ID: "PW-LOG-05", Title: "An alarm ends when what it measures ends", Types: []string{"aws_cloudwatch_metric_alarm"},
		Why: "An alarm that keeps its state without data, or with few samples, rings all night after the traffic stops; ECS does not watch an alarm that rings when a deployment begins.",
		Fix: "Say what no data means: treat_missing_data breaching or notBreaching. Instead of a percentile that ignores few samples, alarm on an expression of it and the number of requests.",
		check: func(_ *Platform, r *Resource) []string {
			missing := text(r.Attributes["treat_missing_data"])
			faults := one(missing != "breaching" && missing != "notBreaching", "treat_missing_data is %s", show(r.Attributes["treat_missing_data"]))
			return append(faults, one(r.Attributes["evaluate_low_sample_count_percentiles"] == "ignore", "evaluate_low_sample_count_percentiles is ignore")...)
		},
	},
}

// outsideRules are about what is seen of an environment from outside.
var outsideRules = []Rule{
	{
		ID: "PW-URL-01", Title: "A check from outside asks as users do, and is let in", Types: []string{"aws_route53_health_check"},
		Why: "One that cannot fail, or that the web ACL or a country's rule refuses, says nothing of what users see: the first sleeps through an outage, the second rings without one.",
		Fix: "Use type HTTPS on port 443 with SNI and three regions or more, neither disabled nor inverted; a distribution without geo restriction, whose web ACL allows by default, takes 20 requests in five minutes from an address and only counts those of hosting providers, such as Route 53's checkers.",
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"type": "HTTPS", "port": 443.0, "enable_sni": true})
			faults = append(faults, one(r.Attributes["disabled"] == true, "disabled is true")...)
			faults = append(faults, one(r.Attributes["invert_healthcheck"] == true, "invert_healthcheck is true")...)
			faults = append(faults, one(len(list(r.Attributes["regions"])) < 3, "regions are %s", show(r.Attributes["regions"]))...)
			for _, d := range p.all("aws_cloudfront_distribution") {
				if d.Stack != r.Stack {
					continue
				}
				kind := at(d.Attributes, "restrictions", "geo_restriction", "restriction_type")
				faults = append(faults, one(kind != "none", "%s has geo_restriction %s", d.Path, show(kind))...)
				acl := p.target(d, d.Attributes["web_acl_id"], "aws_wafv2_web_acl")
				if acl == nil {
					continue
				}
				faults = append(faults, one(at(acl.Attributes, "default_action", "allow") == nil, "%s does not allow by default", acl.Path)...)
				for _, rule := range list(acl.Attributes["rule"]) {
					limit := at(rule, "statement", "rate_based_statement", "limit")
					faults = append(faults, one(limit != nil && number(limit) < 20, "%s blocks an address after %s requests", acl.Path, show(limit))...)
					faults = append(faults, one(blocksHosting(rule), "%s blocks addresses of hosting providers", acl.Path)...)
				}
			}
			return faults
		},
	},
	{
		ID: "PW-URL-02", Title: "A check from outside that fails, or does not run, rings", Types: []string{"aws_route53_health_check"},
		Why: "Route 53 tells nobody. Its metric is in us-east-1 only, and ends when the check is disabled or gone.",
		Fix: "Add an alarm in us-east-1 on HealthCheckStatus of its id, whose Minimum is below 1, with treat_missing_data breaching.",
		check: func(p *Platform, r *Resource) []string {
			for _, a := range p.all("aws_cloudwatch_metric_alarm") {
				for _, m := range metricsOf(a) {
					if a.Stack != r.Stack || at(m, "metric_name") != "HealthCheckStatus" || p.target(a, at(m, "dimensions", "HealthCheckId"), "aws_route53_health_check") != r {
						continue
					}
					faults := want(a, map[string]any{"comparison_operator": "LessThanThreshold", "threshold": 1.0, "treat_missing_data": "breaching"})
					faults = append(faults, one(at(m, "namespace") != "AWS/Route53" || at(m, "stat") != "Minimum", "it looks at %s of %s", show(at(m, "stat")), show(at(m, "namespace")))...)
					return append(faults, one(text(a.Attributes["provider"]) != "aws.edge", "its alarm %s is not in us-east-1", a.Path)...)
				}
			}
			return []string{"no alarm on its HealthCheckStatus"}
		},
	},
}

// metricsOf are the metrics that an alarm is about: its own, or those of its queries,
// in the words of a query.
func metricsOf(alarm *Resource) []any {
	own := map[string]any{}
	for of, as := range map[string]string{"metric_name": "metric_name", "namespace": "namespace", "dimensions": "dimensions", "statistic": "stat"} {
		own[as] = alarm.Attributes[of]
	}
	metrics := []any{own}
	for _, query := range list(alarm.Attributes["metric_query"]) {
		metrics = append(metrics, at(query, "metric"))
	}
	return metrics
}

var secretRules = []Rule{
	{
		ID: "PW-SEC-01", Title: "A secret is encrypted with a customer key", Types: []string{"aws_secretsmanager_secret"},
		Why:   "AWS's own key can be used by everybody in the account who may read the secret.",
		Fix:   "Set kms_key_id to the environment's data key.",
		check: func(p *Platform, r *Resource) []string { return keyFault(p, r, "kms_key_id") },
	},
	{
		ID: "PW-SEC-02", Title: "A secret says who reads it", Types: []string{"aws_secretsmanager_secret", "aws_secretsmanager_secret_policy"},
		Why: "Without a policy every role with the right to read secrets reads this one.",
		Fix: "Add an aws_secretsmanager_secret_policy with block_public_policy that denies the value to all but its readers.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_secretsmanager_secret" {
				return one(len(p.partsOf(r, "aws_secretsmanager_secret_policy", "secret_arn")) != 1, "no aws_secretsmanager_secret_policy")
			}
			faults := want(r, map[string]any{"block_public_policy": true})
			denied := false
			statements, _ := statementsOf(p, r)
			for _, s := range statements {
				denied = denied || s.Effect == "Deny" && policy.MatchAction(s.Actions, "secretsmanager:GetSecretValue")
			}
			return append(faults, one(!denied, "the value is not denied to others")...)
		},
	},
	{
		ID: "PW-SEC-03", Title: "A deleted secret can be brought back", Types: []string{"aws_secretsmanager_secret"},
		Why: "A recovery window of 0 deletes at once.",
		Fix: "Set recovery_window_in_days to at least 7, in a protected environment to 30. In a disposable one 0 is allowed, so that it can be recreated under the same names.",
		check: func(p *Platform, r *Resource) []string {
			least := 7.0
			switch {
			case p.isProtected(r):
				least = 30
			case p.isDisposable(r):
				least = 0
			}
			return one(number(r.Attributes["recovery_window_in_days"]) < least, "recovery_window_in_days is %s", show(r.Attributes["recovery_window_in_days"]))
		},
	},
	{
		ID: "PW-SSM-01", Title: "A parameter holds nothing secret", Types: []string{"aws_ssm_parameter"},
		Why: "Published parameters are of the type String and read by every pipeline; a SecureString's value would be in the state.",
		Fix: "Publish the secret's ARN instead of the secret; keep the type String.",
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"type": "String"})
			name := text(r.Attributes["name"])
			value := text(r.Attributes["value"])
			why := config.SecretLike(name[strings.LastIndex(name, "/")+1:], value)
			return append(faults, one(why != "", "%s %s", name, why)...)
		},
	},
	{
		ID: "PW-OUT-01", Title: "An output holds nothing secret", Types: []string{"output"},
		Why: "Outputs are in the state and in the pipeline's log; what is marked sensitive crossed by accident and hides in diffs.",
		Fix: "Hand over names and ARNs, by stacks/crossing.go or constructs/published.",
		check: func(_ *Platform, r *Resource) []string {
			faults := one(isTrue(r.Attributes["sensitive"]), "is marked sensitive")
			why := config.SecretLike("", text(r.Attributes["value"]))
			return append(faults, one(why != "", "%s", why)...)
		},
	},
}

// chatBoundary and chatRole are ARNs of what an administrator makes in the shared
// stack, which an environment's names as text.
var (
	chatBoundary = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:policy/[^/]+/boundary/[^/]+-chat-boundary$`)
	chatRole     = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:role/[^/]+/account/[^/]+-account-chat$`)
)

var otherRules = []Rule{
	{
		ID: "PW-SNS-01", Title: "Messages are encrypted with a customer key", Types: []string{"aws_sns_topic"},
		Why:   "Alarms name resources and what is wrong with them.",
		Fix:   "Set kms_master_key_id to the environment's logs key.",
		check: func(p *Platform, r *Resource) []string { return keyFault(p, r, "kms_master_key_id") },
	},
	{
		ID: "PW-SNS-02", Title: "A topic takes messages over TLS, from whom its policy names", Types: []string{"aws_sns_topic", "aws_sns_topic_policy"},
		Why:  "SNS answers plain HTTP too unless the topic's policy denies it.",
		Fix:  "Add an aws_sns_topic_policy that denies sns:Publish to everybody when aws:SecureTransport is false.",
		FSBP: []string{"SNS.4"},
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_sns_topic" {
				faults := one(len(p.partsOf(r, "aws_sns_topic_policy", "arn")) != 1, "no aws_sns_topic_policy")
				return append(faults, one(r.Attributes["policy"] != nil, "its policy is in the topic itself")...)
			}
			statements, _ := statementsOf(p, r)
			return one(!denies(statements, "Bool", "aws:SecureTransport", "false"), "messages without TLS are not denied")
		},
	},
	{
		ID: "PW-SNS-03", Title: "A subscription is delivered encrypted", Types: []string{"aws_sns_topic_subscription"},
		Why: "http sends every alarm in plain text.",
		Fix: "Use email, https, sqs or lambda.",
		check: func(_ *Platform, r *Resource) []string {
			return one(r.Attributes["protocol"] == "http", "protocol is http")
		},
	},
	{
		ID: "PW-CHT-01", Title: "A chat channel shows alarms, and permits nothing", Types: []string{"aws_chatbot_slack_channel_configuration"},
		Why: "Whoever may write in a channel commands AWS by it: with the channel's role, or one of their own, within the guardrails. Without one AWS takes AdministratorAccess.",
		Fix: "Make it with constructs/chat: the guardrail the boundary of the role for chat, user_authorization_required, logging_level ERROR, the topics those of the stack.",
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"user_authorization_required": true, "logging_level": "ERROR"})
			guardrails := list(r.Attributes["guardrail_policy_arns"])
			faults = append(faults, one(len(guardrails) == 0, "it has no guardrail: AWS takes AdministratorAccess")...)
			for _, g := range guardrails {
				faults = append(faults, one(!chatBoundary.MatchString(text(g)), "guardrail %s is not the boundary of the role for chat", show(g))...)
			}
			faults = append(faults, one(!chatRole.MatchString(text(r.Attributes["iam_role_arn"])), "iam_role_arn is %s, not the role for chat, which no role of CI changes", show(r.Attributes["iam_role_arn"]))...)
			topics := list(r.Attributes["sns_topic_arns"])
			faults = append(faults, one(len(topics) == 0, "it shows nothing: sns_topic_arns is empty")...)
			for _, topic := range topics {
				faults = append(faults, one(p.target(r, topic, "aws_sns_topic") == nil, "%s is no topic of the stack", show(topic))...)
			}
			return faults
		},
	},
	{
		ID: "PW-SQS-01", Title: "A queue is encrypted with a customer key", Types: []string{"aws_sqs_queue"},
		Why:   "Who reads what is in it is then said in one place, the key's policy.",
		Fix:   "Set kms_master_key_id to the environment's logs key.",
		FSBP:  []string{"SQS.1"},
		check: func(p *Platform, r *Resource) []string { return keyFault(p, r, "kms_master_key_id") },
	},
	{
		ID: "PW-SQS-02", Title: "A queue is used over TLS, by whom its policy names", Types: []string{"aws_sqs_queue", "aws_sqs_queue_policy"},
		Why:  "SQS answers plain HTTP too unless the queue's policy denies it.",
		Fix:  "Add an aws_sqs_queue_policy that denies everything to everybody when aws:SecureTransport is false.",
		FSBP: []string{"SQS.3"},
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_sqs_queue" {
				faults := one(len(p.partsOf(r, "aws_sqs_queue_policy", "queue_url")) != 1, "no aws_sqs_queue_policy")
				return append(faults, one(r.Attributes["policy"] != nil, "its policy is in the queue itself")...)
			}
			statements, _ := statementsOf(p, r)
			return one(!denies(statements, "Bool", "aws:SecureTransport", "false"), "use without TLS is not denied")
		},
	},
	{
		ID: "PW-SQS-03", Title: "A queue keeps what nobody has read yet", Types: []string{"aws_sqs_queue"},
		Why: "It holds why a job did not run; the default of four days is a long weekend.",
		Fix: "Set message_retention_seconds to 1209600, as long as SQS keeps a message.",
		check: func(_ *Platform, r *Resource) []string {
			seconds := r.Attributes["message_retention_seconds"]
			return one(number(seconds) != 14*24*60*60, "message_retention_seconds is %s", show(seconds))
		},
	},
	{
		ID: "PW-EVT-01", Title: "An event rule sees the tasks of its own cluster or sends mail, and starts nothing", Types: []string{"aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"},
		Why: "A rule can hand any event of the account to anybody, and start tasks with roles that reach data.",
		Fix: "Give the rule an event_pattern of the source aws.ecs and the stack's cluster, and one queue of the stack as its target, or a topic of the stack; no schedule, and no role.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_cloudwatch_event_target" {
				arn := r.Attributes["arn"]
				faults := one(p.target(r, arn, "aws_sqs_queue") == nil && p.target(r, arn, "aws_sns_topic") == nil, "arn is no queue and no topic of the stack")
				return append(faults, one(r.Attributes["role_arn"] != nil, "role_arn is set")...)
			}
			var pattern struct {
				Source []string
				Detail struct{ ClusterArn []string }
			}
			err := json.Unmarshal([]byte(text(r.Attributes["event_pattern"])), &pattern)
			var faults []string
			if !p.reachesTopic(r) {
				clusters := pattern.Detail.ClusterArn
				faults = append(faults, one(err != nil || !slices.Equal(pattern.Source, []string{"aws.ecs"}), "its pattern is not of the source aws.ecs only")...)
				faults = append(faults, one(len(clusters) != 1 || p.target(r, clusters[0], "aws_ecs_cluster") == nil, "its pattern is not of one cluster of the stack")...)
			}
			faults = append(faults, one(r.Attributes["schedule_expression"] != nil, "schedule_expression is set")...)
			return append(faults, one(len(p.partsOf(r, "aws_cloudwatch_event_target", "rule")) != 1, "it does not have one aws_cloudwatch_event_target")...)
		},
	},
	{
		ID: "PW-SCH-01", Title: "A schedule of infrastructure does what off-hours need", Types: []string{"aws_scheduler_schedule"},
		Why: "A schedule calls any API of AWS's with its role. A call that is tried again for a day, as is the default, stops a database in the morning that was not to be stopped in the evening.",
		Fix: "Make it with constructs/scheduler, NewAsks: in a group of the stack, its retry_policy an hour at most; not where data is protected.",
		check: func(p *Platform, r *Resource) []string {
			const sdk = "arn:aws:scheduler:::aws-sdk:"
			target := r.Attributes["target"]
			arn, age := text(at(target, "arn")), number(at(target, "retry_policy", "maximum_event_age_in_seconds"))
			faults := one(!slices.Contains([]string{sdk + "rds:startDBInstance", sdk + "rds:stopDBInstance", sdk + "cloudwatch:enableAlarmActions"}, arn), "its target is %s", show(arn))
			faults = append(faults, one(age < 60 || age > 60*60, "retry_policy's maximum_event_age_in_seconds is %s", show(at(target, "retry_policy", "maximum_event_age_in_seconds")))...)
			faults = append(faults, one(p.target(r, r.Attributes["group_name"], "aws_scheduler_schedule_group") == nil, "group_name is no group of the stack")...)
			return append(faults, one(p.isProtected(r), "data is protected")...)
		},
	},
	{
		ID: "PW-SCH-02", Title: "A service of users is not switched off by the clock", Types: []string{"aws_appautoscaling_scheduled_action"},
		Why:   "Users come at any time.",
		Fix:   "Take OffHours out where data is protected.",
		check: func(p *Platform, r *Resource) []string { return one(p.isProtected(r), "data is protected") },
	},
	{
		ID: "PW-NET-10", Title: "A VPC resolves names", Types: []string{"aws_vpc"},
		Why:   "Without DNS in the VPC the endpoints' private names do not resolve, and traffic to AWS leaves by the internet.",
		Fix:   "Set enable_dns_support and enable_dns_hostnames.",
		check: wants(map[string]any{"enable_dns_support": true, "enable_dns_hostnames": true}),
	},
}

// blocksHosting says whether a rule of a web ACL blocks addresses of hosting providers (AWS
// WAF developer guide, "IP reputation rule groups": HostingProviderIPList). Route 53's
// checkers come from AWS's, which the list held when somebody tried (DevelopersIO, 30
// December 2021).
func blocksHosting(rule any) bool {
	group := at(rule, "statement", "managed_rule_group_statement")
	if text(at(group, "name")) != "AWSManagedRulesAnonymousIpList" || at(rule, "override_action", "count") != nil {
		return false
	}
	for _, o := range list(at(group, "rule_action_override")) {
		if text(at(o, "name")) == "HostingProviderIPList" {
			return at(o, "action_to_use", "count") == nil && at(o, "action_to_use", "allow") == nil
		}
	}
	return true
}
