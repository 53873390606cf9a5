package compliance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
)

// world is what the resources under test refer to.
const world = `{
 "resource": {
  "aws_kms_key": {"key": {}},
  "aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
  "aws_subnet": {"isolated": {}, "private": {}, "public": {}},
  "aws_internet_gateway": {"internet": {}},
  "aws_route_table": {"isolated": {}, "private": {}, "public": {}},
  "aws_route_table_association": {
   "isolated": {"subnet_id": "${aws_subnet.isolated.id}", "route_table_id": "${aws_route_table.isolated.id}"},
   "private": {"subnet_id": "${aws_subnet.private.id}", "route_table_id": "${aws_route_table.private.id}"},
   "public": {"subnet_id": "${aws_subnet.public.id}", "route_table_id": "${aws_route_table.public.id}"}},
  "aws_route": {
   "out": {"route_table_id": "${aws_route_table.private.id}", "nat_gateway_id": "nat"},
   "in": {"route_table_id": "${aws_route_table.public.id}", "gateway_id": "${aws_internet_gateway.internet.id}"}},
  "aws_security_group": {"group": {}},
  "aws_db_subnet_group": {
   "isolated": {"subnet_ids": ["${aws_subnet.isolated.id}"]},
   "private": {"subnet_ids": ["${aws_subnet.private.id}"]}},
  "aws_db_parameter_group": {"parameters": {}},
  "aws_cloudwatch_log_group": {"group": {"name": "/group"}, "waf": {"name": "aws-waf-logs-it"}},
  "aws_s3_bucket": {"logs": {}, "other": {}},
  "aws_sns_topic": {"topic": {}},
  "aws_sqs_queue": {"queue": {}},
  "aws_ecs_cluster": {"cluster": {}},
  "aws_scheduler_schedule_group": {"group": {}},
  "aws_ecr_repository": {"repository": {}},
  "aws_iam_policy": {"boundary": {"name": "boundary", "path": "/b/"}, "grant": {"name": "grant", "path": "/"}},
  "aws_iam_role": {"bounded": {"permissions_boundary": "${aws_iam_policy.boundary.arn}"}},
  "aws_iam_role_policy_attachment": {"grant": {"policy_arn": "${aws_iam_policy.grant.arn}"}},
  "aws_iam_openid_connect_provider": {"github": {}},
  "aws_wafv2_web_acl": {"edge": {"scope": "CLOUDFRONT"}, "regional": {"scope": "REGIONAL"}},
  "aws_cloudfront_vpc_origin": {"origin": {}},
  "aws_cloudfront_response_headers_policy": {"headers": {}}
 },
 "data": {"aws_ec2_managed_prefix_list": {"cloudfront": {"name": "com.amazonaws.global.cloudfront.origin-facing"}, "other": {"name": "mine"}}}
}`

// aPage is an object of a bucket, and an access to it.
const aPage = `{"aws_cloudfront_origin_access_control": {"a": {"signing_behavior": "always", "signing_protocol": "sigv4"}}, "aws_s3_object": {"o": {"bucket": "${aws_s3_bucket.other.bucket}", "key": "p.html"}}}`

// one row holds a resource that keeps the rule, and JSON merge patches (RFC
// 7396) that each break it.
type row struct {
	rule, kind, complies string
	violates             []string
	// with are resources of the same stack, with the one under test as "it".
	with string
	// in is the stack: prod unless it says otherwise.
	in string
}

const (
	key     = `"${aws_kms_key.key.arn}"`
	anyone  = `"Effect": "Allow", "Principal": "*"`
	account = `"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}`
	githubs = `"Principal": {"Federated": "${aws_iam_openid_connect_provider.github.arn}"}, "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"`
	aud     = `"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"`
	sub     = `"token.actions.githubusercontent.com:sub": ["repo:o/r:ref:refs/heads/main"]`
)

func document(statements ...string) string {
	return `{"policy": {"Statement": [{` + strings.Join(statements, "}, {") + `}]}}`
}

func trust(statements ...string) string {
	return `{"assume_role_policy": {"Statement": [{` + strings.Join(statements, "}, {") + `}]}}`
}

// elsewhereWorld is what copies in another region refer to.
const elsewhereWorld = `{"aws_db_instance": {"db": {}}, "aws_kms_key": {"there": {"provider": "aws.copies"}}, "aws_s3_bucket": {"there": {"provider": "aws.copies"}}}`

// copyRule copies objects to a bucket, with a key.
func copyRule(bucket, key string) string {
	return `{"status": "Enabled", "filter": {"prefix": ""}, "delete_marker_replication": {"status": "Disabled"}, "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
		"destination": {"bucket": "${aws_s3_bucket.` + bucket + `.arn}", "encryption_configuration": {"replica_kms_key_id": "${` + key + `.arn}"}}}`
}

func container(body string) string { return `{"container_definitions": [{` + body + `}]}` }

var rows = []row{
	{rule: "PW-ALL-03", kind: "aws_vpc", complies: `{}`, violates: []string{`{"provisioner": [{"local-exec": {}}]}`, `{"connection": {"type": "ssh"}}`}},
	{rule: "PW-ALL-04", kind: "aws_sns_topic", complies: `{"kms_master_key_id": ` + key + `}`, violates: []string{`{"kms_master_key_id": "${data.terraform_remote_state.dev.outputs.key}"}`}},
	{rule: "PW-ALL-05", kind: "aws_iam_role", complies: `{"name": "boundary", "permissions_boundary": "arn:aws:iam::1:policy/b/elsewhere"}`,
		violates: []string{`{"permissions_boundary": "arn:aws:iam::1:policy/b/boundary"}`, `{"x": [{"y": "/group"}]}`, `{"x": "[{\"awslogs-group\": \"/group\"}]"}`}},
	{rule: "PW-ALL-05", kind: "aws_iam_role", complies: `{"permissions_boundary": "arn:aws:iam::1:policy/b/boundary", "depends_on": ["aws_iam_role.bounded"]}`},
	{rule: "PW-ALL-06", kind: "aws_ecs_service", with: routing,
		complies: `{"cluster": "${aws_ecs_cluster.c.arn}", "load_balancer": [{"target_group_arn": "${aws_lb_target_group.default.arn}"}], "depends_on": ["aws_ecs_cluster_capacity_providers.c", "aws_lb_listener.l"]}`,
		violates: []string{`{"depends_on": null}`, `{"depends_on": ["aws_lb_listener.l"]}`, `{"depends_on": ["aws_ecs_cluster_capacity_providers.c"]}`,
			`{"depends_on": ["aws_ecs_cluster_capacity_providers.other", "aws_lb_listener.l"]}`, `{"cluster": "c"}`, `{"load_balancer": [{"target_group_arn": "t"}]}`,
			// The listener is there, its rule for these paths not yet.
			`{"load_balancer": [{"target_group_arn": "${aws_lb_target_group.paths.arn}"}]}`}},
	{rule: "PW-ALL-06", kind: "aws_ecs_service", with: routing,
		complies: `{"cluster": "${aws_ecs_cluster.c.arn}", "load_balancer": [{"target_group_arn": "${aws_lb_target_group.paths.arn}"}], "depends_on": ["aws_ecs_cluster_capacity_providers.c", "aws_lb_listener_rule.paths"]}`,
		violates: []string{`{"load_balancer": [{"target_group_arn": "${aws_lb_target_group.paths.arn}"}, {"target_group_arn": "${aws_lb_target_group.unrouted.arn}"}]}`}},
	{rule: "PW-ALL-06", kind: "aws_ecs_service", with: routing, complies: `{"cluster": "${aws_ecs_cluster.c.arn}", "depends_on": ["aws_ecs_cluster_capacity_providers.c"]}`},
	{rule: "PW-ALL-07", kind: "aws_lb_target_group", complies: `{"lifecycle": {"create_before_destroy": true}}`, violates: []string{`{"lifecycle": null}`, `{"lifecycle": {"create_before_destroy": false}}`}},
	{rule: "PW-ALL-07", kind: "aws_nat_gateway", complies: `{"lifecycle": {"create_before_destroy": true}}`, violates: []string{`{"lifecycle": null}`}},
	{rule: "PW-TAG-01", kind: "provider.aws",
		complies: `{"default_tags": [{"tags": {"environment": "prod", "managed-by": "t", "project": "p", "repository": "r", "stack": "prod"}}]}`,
		violates: []string{`{"default_tags": null}`, `{"default_tags": [{"tags": {"project": "p"}}]}`, `{"default_tags": [{"tags": {"environment": "dev", "managed-by": "t", "project": "p", "repository": "r", "stack": "dev"}}]}`}},
	{rule: "PW-ACC-01", kind: "provider.aws", complies: `{"allowed_account_ids": ["111122223333"]}`, violates: []string{`{"allowed_account_ids": null}`, `{"allowed_account_ids": ["1", "2"]}`, `{"secret_key": "s"}`}},
	{rule: "PW-STA-01", kind: "backend.s3", complies: `{"use_lockfile": true, "key": "prod/terraform.tfstate", "allowed_account_ids": ["1"]}`,
		violates: []string{`{"use_lockfile": false}`, `{"encrypt": false}`, `{"key": "dev/terraform.tfstate"}`, `{"allowed_account_ids": null}`, `{"access_key": "k"}`}},
	{rule: "PW-DAT-01", kind: "aws_s3_bucket", complies: `{"lifecycle": {"prevent_destroy": true}}`, violates: []string{`{"lifecycle": null}`, `{"force_destroy": true}`}},
	{rule: "PW-DAT-04", kind: "removed", complies: `{"from": "aws_s3_account_public_access_block.a", "lifecycle": {"destroy": false}}`,
		violates: []string{`{"from": "aws_db_instance.a"}`, `{"lifecycle": null}`, `{"lifecycle": {"destroy": true}}`, `{"from": null}`}},
	{rule: "PW-DAT-03", kind: "aws_subnet", complies: `{"lifecycle": {"prevent_destroy": true}}`, violates: []string{`{"lifecycle": null}`}},
	{rule: "PW-DAT-02", kind: "aws_db_instance", complies: `{"deletion_protection": true}`, violates: []string{`{"deletion_protection": false}`, `{"deletion_protection": null}`}},
	{rule: "PW-DAT-02", kind: "aws_lb", complies: `{"enable_deletion_protection": true}`, violates: []string{`{"enable_deletion_protection": null}`}},

	{rule: "PW-S3-01", kind: "aws_s3_bucket", complies: `{}`, violates: []string{`{"acl": "private"}`, `{"policy": "{}"}`},
		with: wholeBucket},
	{rule: "PW-S3-02", kind: "aws_s3_bucket_server_side_encryption_configuration",
		complies: `{"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": ` + key + `}, "bucket_key_enabled": true}]}`,
		violates: []string{`{"rule": []}`, `{"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}, "bucket_key_enabled": true}]}`,
			`{"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": "alias/aws/s3"}, "bucket_key_enabled": true}]}`}},
	{rule: "PW-S3-03", kind: "aws_s3_bucket_public_access_block", complies: `{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}`,
		violates: []string{`{"block_public_acls": false}`, `{"block_public_policy": null}`, `{"ignore_public_acls": false}`, `{"restrict_public_buckets": false}`}},
	{rule: "PW-S3-04", kind: "aws_s3_bucket_policy", complies: document(noTLS, oldTLS), violates: []string{document(noTLS), document(oldTLS), `{"policy": "${unknown.at.plan}"}`}},
	{rule: "PW-S3-05", kind: "aws_s3_bucket_ownership_controls", complies: `{"rule": {"object_ownership": "BucketOwnerEnforced"}}`, violates: []string{`{"rule": {"object_ownership": "ObjectWriter"}}`, `{"rule": null}`}},
	{rule: "PW-S3-06", kind: "aws_s3_bucket_versioning", complies: `{"versioning_configuration": {"status": "Enabled"}}`, violates: []string{`{"versioning_configuration": {"status": "Suspended"}}`}},
	{rule: "PW-S3-07", kind: "aws_s3_bucket_lifecycle_configuration",
		complies: `{"rule": [{"status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 7}], "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}]}]}`,
		violates: []string{`{"rule": []}`, `{"rule": [{"status": "Disabled", "noncurrent_version_expiration": [{"noncurrent_days": 7}], "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}]}]}`}},
	{rule: "PW-S3-08", kind: "aws_s3_bucket_logging", complies: `{"bucket": "${aws_s3_bucket.other.id}", "target_bucket": "${aws_s3_bucket.logs.id}"}`, violates: []string{`{"bucket": "x"}`}},
	{rule: "PW-S3-09", kind: "aws_s3_bucket_logging", complies: `{"bucket": "${aws_s3_bucket.other.id}", "target_bucket": "${aws_s3_bucket.logs.id}", "target_prefix": "p/"}`,
		violates: []string{`{"target_bucket": "elsewhere"}`, `{"target_bucket": "${aws_s3_bucket.other.id}"}`, `{"target_prefix": null}`}},

	{rule: "PW-POL-01", kind: "aws_kms_key", complies: document(anyone + `, ` + account), violates: []string{document(anyone),
		document(anyone + `, "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}`), document(anyone + `, "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333", "999999999999"]}}`)}},
	{rule: "PW-POL-02", kind: "aws_sns_topic_policy", complies: document(`"Effect": "Allow", "Principal": {"Service": "s"}, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ecs:r:111122223333:*"}}`),
		violates: []string{document(`"Effect": "Allow", "Principal": {"Service": "s"}`), document(`"Effect": "Allow", "Principal": {"Service": "s"}, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}`)}},
	{rule: "PW-POL-03", kind: "aws_s3_bucket_policy", complies: document(`"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}`),
		violates: []string{document(`"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}`), document(`"Effect": "Allow", "Principal": {"CanonicalUser": "x"}`)}},
	{rule: "PW-POL-04", kind: "aws_iam_role_policy", complies: document(`"Effect": "Deny", "NotAction": "iam:*"`), violates: []string{document(`"Effect": "Allow", "NotAction": "iam:*"`), document(`"Effect": "Allow", "Action": "a:b", "NotResource": "x"`)}},
	{rule: "PW-POL-05", kind: "aws_iam_role_policy", complies: document(`"Effect": "Deny"`), violates: []string{`{"policy": "${a.b.c}"}`, `{"policy": null}`}},
	{rule: "PW-POL-05", kind: "aws_vpc_endpoint", complies: `{"vpc_endpoint_type": "Interface"}`, violates: []string{`{"vpc_endpoint_type": "Gateway"}`}},

	{rule: "PW-IAM-01", kind: "aws_iam_role", complies: `{"permissions_boundary": "arn:aws:iam::111122223333:policy/b/boundary"}`,
		violates: []string{`{"permissions_boundary": null}`, `{"permissions_boundary": "arn:aws:iam::aws:policy/AdministratorAccess"}`, `{"permissions_boundary": "${aws_iam_policy.grant.arn}"}`}},
	{rule: "PW-IAM-02", kind: "aws_iam_role_policy", complies: document(`"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"`),
		violates: []string{document(`"Effect": "Allow", "Action": "*", "Resource": "*"`), document(`"Effect": "Allow", "Action": ["s3:*"], "Resource": "x"`)}},
	{rule: "PW-IAM-03", kind: "aws_iam_role_policy", complies: document(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/r", "Condition": {"StringEquals": {"iam:PassedToService": "ecs"}}`),
		violates: []string{document(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/r"`), document(`"Effect": "Allow", "Action": "iam:*Policy", "Resource": "*"`)}},
	{rule: "PW-IAM-04", kind: "aws_iam_role_policy", complies: document(`"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:r:1:key/k"`), violates: []string{document(`"Effect": "Allow", "Action": "kms:D*", "Resource": "*"`)}},
	{rule: "PW-IAM-05", kind: "aws_iam_role_policy_attachment", complies: `{"policy_arn": "${aws_iam_policy.grant.arn}"}`, violates: []string{`{"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}`}},
	{rule: "PW-IAM-05", kind: "aws_iam_role", complies: `{}`, violates: []string{`{"inline_policy": [{}]}`, `{"managed_policy_arns": ["x"]}`}},
	{rule: "PW-IAM-06", kind: "aws_iam_role", complies: trust(githubs + `, "Condition": {"StringEquals": {` + aud + `, ` + sub + `}}`),
		violates: []string{trust(githubs), trust(githubs + `, "Condition": {"StringEquals": {` + aud + `}}`), trust(githubs + `, "Condition": {"StringEquals": {` + sub + `}}`),
			trust(githubs + `, "Condition": {"StringEquals": {` + aud + `}, "StringLike": {` + sub + `}}`), trust(githubs + `, "Condition": {"StringEquals": {` + aud + `, "token.actions.githubusercontent.com:sub": "repo:o/*"}}`)}},
	{rule: "PW-BAS-01", kind: "aws_iam_openid_connect_provider", in: "shared", complies: `{}`, with: wholeBaseline},
	{rule: "PW-BAS-01", kind: "aws_iam_openid_connect_provider", in: "shared", violates: []string{`{}`}},
	{rule: "PW-BAS-02", kind: "aws_cloudtrail", complies: `{"is_multi_region_trail": true, "include_global_service_events": true, "enable_log_file_validation": true, "kms_key_id": ` + key + `}`,
		violates: []string{`{"is_multi_region_trail": null}`, `{"include_global_service_events": false}`, `{"enable_log_file_validation": null}`, `{"kms_key_id": null}`, `{"enable_logging": false}`}},
	{rule: "PW-BAS-03", kind: "aws_cloudtrail", with: trailBucket(`"Action": "s3:DeleteObject*"`), complies: `{"s3_bucket_name": "${aws_s3_bucket.logs.id}"}`,
		violates: []string{`{"s3_bucket_name": "strangers"}`, `{"s3_bucket_name": "${aws_s3_bucket.other.id}"}`}},
	{rule: "PW-BAS-03", kind: "aws_cloudtrail", with: trailBucket(`"Action": "s3:PutObject"`), violates: []string{`{"s3_bucket_name": "${aws_s3_bucket.logs.id}"}`}},
	{rule: "PW-BAS-03", kind: "aws_cloudtrail", with: trailBucket(`"Action": "s3:DeleteObject*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}`), violates: []string{`{"s3_bucket_name": "${aws_s3_bucket.logs.id}"}`}},
	{rule: "PW-BAS-09", kind: "aws_cloudtrail", with: watchedTrail(func(string, config.TrailAlarm) bool { return true }),
		complies: `{"cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.events.arn}:*", "cloud_watch_logs_role_arn": "${aws_iam_role.writer.arn}"}`,
		violates: []string{`{"cloud_watch_logs_group_arn": null}`, `{"cloud_watch_logs_role_arn": null}`, `{"cloud_watch_logs_group_arn": "arn:aws:logs:eu-central-1:111122223333:log-group:g:*"}`}},
	{rule: "PW-BAS-09", kind: "aws_cloudtrail", with: without("filter", "root"),
		violates: []string{`{"cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.events.arn}:*", "cloud_watch_logs_role_arn": "${aws_iam_role.writer.arn}"}`}},
	{rule: "PW-BAS-09", kind: "aws_cloudtrail", with: without("alarm", "vpcs"),
		violates: []string{`{"cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.events.arn}:*", "cloud_watch_logs_role_arn": "${aws_iam_role.writer.arn}"}`}},
	{rule: "PW-BAS-10", kind: "aws_cloudwatch_log_metric_filter", with: `{"aws_cloudwatch_log_group": {"g": {}}, "aws_cloudwatch_metric_alarm": {"a": {"namespace": "n", "metric_name": "m"}}}`,
		complies: `{"log_group_name": "${aws_cloudwatch_log_group.g.name}", "metric_transformation": {"namespace": "n", "name": "m"}, "pattern": ` + rootPattern() + `}`,
		violates: []string{`{"metric_transformation": {"namespace": "n", "name": "other"}}`, `{"metric_transformation": {"namespace": "other", "name": "m"}}`, `{"metric_transformation": null}`, `{"log_group_name": "g"}`, `{"pattern": "{ $.a = b }"}`, `{"pattern": null}`}},
	{rule: "PW-BAS-11", kind: "aws_cloudtrail", complies: `{}`, violates: []string{`{"advanced_event_selector": ` + objectEvents("logs") + `}`, `{"event_selector": [{"read_write_type": "WriteOnly"}]}`}},
	{rule: "PW-BAS-12", kind: "aws_guardduty_detector", with: security(threats, "DISABLED"), complies: detector,
		violates: []string{`{"enable": false}`, `{"finding_publishing_frequency": "SIX_HOURS"}`}},
	{rule: "PW-BAS-12", kind: "aws_guardduty_detector", with: security(threats, "ENABLED"), violates: []string{detector}}, // Account.GuardDuty says otherwise
	{rule: "PW-BAS-12", kind: "aws_guardduty_detector", with: security(strings.Replace(threats, "7", "8.9", 1), "DISABLED"), violates: []string{detector}},
	{rule: "PW-BAS-12", kind: "aws_guardduty_detector", with: security(strings.Replace(threats, "guardduty", "securityhub", 1), "DISABLED"), violates: []string{detector}},
	{rule: "PW-BAS-12", kind: "aws_guardduty_detector", with: strings.Replace(security(threats, "DISABLED"), "aws_sns_topic.t", "aws_sns_topic.other", 1), violates: []string{detector}},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: security(failures, ""), complies: hub,
		violates: []string{`{"auto_enable_controls": false}`, `{"enable_default_standards": true}`, `{"enable_default_standards": null}`, `{"control_finding_generator": "STANDARD_CONTROL"}`}},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: security(strings.Replace(failures, `"HIGH", `, "", 1), ""), violates: []string{hub}},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: strings.Replace(security(failures, ""), "v/5.0.0", "v/1.2.0", 1), violates: []string{hub}},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: strings.Replace(security(failures, ""), "aws_securityhub_account.it", "aws_securityhub_account.other", 1), violates: []string{hub}},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: beforeConfig("aws_config_configuration_recorder_status.s"), complies: hub},
	{rule: "PW-BAS-13", kind: "aws_securityhub_account", with: beforeConfig("aws_config_configuration_recorder.r"), violates: []string{hub}},
	{rule: "PW-BAS-14", kind: "aws_cloudwatch_event_rule", with: `{"aws_sns_topic": {"t": {}}, "aws_cloudwatch_event_target": {"t": {"rule": "${aws_cloudwatch_event_rule.it.name}", "arn": "${aws_sns_topic.t.arn}"}}}`,
		complies: `{"event_pattern": "{}"}`, violates: []string{`{"event_pattern": null}`, `{"state": "DISABLED"}`, `{"is_enabled": false}`}},
	{rule: "PW-BAS-14", kind: "aws_cloudwatch_event_rule", violates: []string{`{"event_pattern": "{}"}`}},
	{rule: "PW-BAS-15", kind: "aws_config_configuration_recorder", with: recording("config.amazonaws.com", "true"), complies: recorder,
		violates: []string{`{"recording_group": null}`, `{"recording_group": {"all_supported": false, "include_global_resource_types": true}}`, `{"recording_group": {"include_global_resource_types": false}}`,
			`{"recording_group": {"all_supported": true, "include_global_resource_types": true, "exclusion_by_resource_types": [{"resource_types": ["AWS::IAM::User"]}]}}`,
			`{"recording_mode": null}`, `{"recording_mode": {"recording_frequency": "DAILY"}}`,
			`{"recording_mode": {"recording_frequency": "CONTINUOUS", "recording_mode_override": {"recording_frequency": "DAILY", "resource_types": ["AWS::IAM::User"]}}}`, `{"role_arn": "arn:aws:iam::1:role/mine"}`}},
	{rule: "PW-BAS-15", kind: "aws_config_configuration_recorder", with: recording("ecs.amazonaws.com", "true"), violates: []string{recorder}},
	{rule: "PW-BAS-15", kind: "aws_config_configuration_recorder", with: recording("config.amazonaws.com", "false"), violates: []string{recorder}},
	{rule: "PW-BAS-16", kind: "aws_config_delivery_channel", with: trailBucket(`"Action": "s3:DeleteObject*"`), complies: `{"s3_bucket_name": "${aws_s3_bucket.logs.id}", "s3_kms_key_arn": ` + key + `}`,
		violates: []string{`{"s3_bucket_name": "strangers"}`, `{"s3_kms_key_arn": null}`}},
	{rule: "PW-BAS-16", kind: "aws_config_delivery_channel", with: trailBucket(`"Action": "s3:PutObject"`), violates: []string{`{"s3_bucket_name": "${aws_s3_bucket.logs.id}", "s3_kms_key_arn": ` + key + `}`}},
	{rule: "PW-BAS-04", kind: "aws_accessanalyzer_analyzer", complies: `{"type": "ACCOUNT"}`, violates: []string{`{"type": "ACCOUNT_UNUSED_ACCESS"}`, `{"type": null}`}},
	{rule: "PW-BAS-05", kind: "aws_s3_account_public_access_block", complies: `{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}`,
		violates: each(`{"%s": null}`, "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")},
	{rule: "PW-BAS-06", kind: "aws_ebs_encryption_by_default", complies: `{"enabled": true}`, violates: []string{`{"enabled": false}`}},
	{rule: "PW-BAS-06", kind: "aws_ebs_snapshot_block_public_access", complies: `{"state": "block-all-sharing"}`, violates: []string{`{"state": "block-new-sharing"}`}},
	{rule: "PW-BAS-07", kind: "aws_ec2_instance_metadata_defaults", complies: `{"http_tokens": "required", "http_put_response_hop_limit": 2}`,
		violates: []string{`{"http_tokens": "optional"}`, `{"http_put_response_hop_limit": 3}`, `{"http_put_response_hop_limit": null}`}},
	{rule: "PW-BAS-08", kind: "aws_iam_account_password_policy", complies: `{"require_lowercase_characters": true, "require_uppercase_characters": true, "require_numbers": true, "require_symbols": true, "minimum_password_length": 14, "password_reuse_prevention": 24}`,
		violates: append(each(`{"%s": false}`, "require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols"), `{"minimum_password_length": 13}`, `{"password_reuse_prevention": 23}`)},
	{rule: "PW-IAM-07", kind: "aws_iam_openid_connect_provider", complies: `{"url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts.amazonaws.com"]}`,
		violates: []string{`{"url": "https://oidc.example.com"}`, `{"client_id_list": ["sts.amazonaws.com", "mine"]}`, `{"client_id_list": null}`}},
	{rule: "PW-IAM-09", kind: "aws_iam_role", complies: `{"max_session_duration": 7200}`, violates: []string{`{"max_session_duration": 10800}`}},

	{rule: "PW-KMS-01", kind: "aws_kms_key", complies: `{"enable_key_rotation": true}`, violates: []string{`{"enable_key_rotation": null}`, `{"rotation_period_in_days": 2000}`}},
	{rule: "PW-KMS-02", kind: "aws_kms_key", complies: `{"deletion_window_in_days": 30}`, violates: []string{`{"deletion_window_in_days": 7}`, `{"is_enabled": false}`}},
	{rule: "PW-KMS-03", kind: "aws_kms_key", complies: document(`"Effect": "Allow", "Action": "kms:Decrypt", "Condition": {"StringEquals": {"kms:ViaService": "s3"}}`),
		violates: []string{document(`"Effect": "Allow", "Action": "kms:*"`), `{"bypass_policy_lockout_safety_check": true}`}},
	{rule: "PW-KMS-04", kind: "aws_kms_alias", complies: `{"target_key_id": "${aws_kms_key.key.id}"}`, violates: []string{`{"target_key_id": "x"}`}},

	{rule: "PW-RDS-01", kind: "aws_db_instance", complies: `{"storage_encrypted": true, "kms_key_id": ` + key + `, "performance_insights_kms_key_id": ` + key + `, "master_user_secret_kms_key_id": ` + key + `}`,
		violates: []string{`{"storage_encrypted": false}`, `{"kms_key_id": null}`, `{"performance_insights_kms_key_id": "x"}`, `{"master_user_secret_kms_key_id": null}`}},
	{rule: "PW-RDS-02", kind: "aws_db_instance", complies: `{"publicly_accessible": false, "db_subnet_group_name": "${aws_db_subnet_group.isolated.name}", "vpc_security_group_ids": ["${aws_security_group.group.id}"]}`,
		violates: []string{`{"publicly_accessible": true}`, `{"publicly_accessible": null}`, `{"db_subnet_group_name": null}`, `{"db_subnet_group_name": "${aws_db_subnet_group.private.name}"}`, `{"vpc_security_group_ids": null}`}},
	{rule: "PW-RDS-03", kind: "aws_db_parameter_group", complies: `{"parameter": [{"name": "rds.force_ssl", "value": "1"}]}`, violates: []string{`{"parameter": []}`, `{"parameter": [{"name": "rds.force_ssl", "value": "0"}]}`}},
	{rule: "PW-RDS-03", kind: "aws_db_instance", complies: `{"parameter_group_name": "${aws_db_parameter_group.parameters.name}"}`, violates: []string{`{"parameter_group_name": null}`}},
	{rule: "PW-RDS-04", kind: "aws_db_instance", complies: `{"backup_retention_period": 30, "copy_tags_to_snapshot": true, "delete_automated_backups": false, "final_snapshot_identifier": "f"}`,
		violates: []string{`{"backup_retention_period": 29}`, `{"copy_tags_to_snapshot": null}`, `{"delete_automated_backups": null}`, `{"final_snapshot_identifier": null}`}},
	{rule: "PW-RDS-05", kind: "aws_db_instance", complies: `{"manage_master_user_password": true, "iam_database_authentication_enabled": true, "username": "paperwurks_admin"}`,
		violates: []string{`{"manage_master_user_password": null}`, `{"password": "p"}`, `{"iam_database_authentication_enabled": false}`, `{"username": "postgres"}`}},
	{rule: "PW-RDS-06", kind: "aws_db_instance", complies: `{"enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"], "monitoring_interval": 60, "performance_insights_enabled": true}`,
		violates: []string{`{"enabled_cloudwatch_logs_exports": ["upgrade"]}`, `{"monitoring_interval": 0}`, `{"performance_insights_enabled": false}`}},
	{rule: "PW-RDS-07", kind: "aws_db_instance", complies: `{"auto_minor_version_upgrade": true}`, violates: []string{`{"auto_minor_version_upgrade": false}`}},
	{rule: "PW-RDS-08", kind: "aws_db_instance", complies: `{"multi_az": true}`, violates: []string{`{"multi_az": false}`}},

	{rule: "PW-NET-01", kind: "aws_vpc_security_group_ingress_rule", complies: `{"referenced_security_group_id": "${aws_security_group.group.id}"}`,
		violates: []string{`{"referenced_security_group_id": "sg-1"}`, `{"cidr_ipv4": "0.0.0.0/0"}`, `{"cidr_ipv4": "10.0.0.0/8"}`, `{"cidr_ipv6": "::/0"}`, `{"prefix_list_id": "${data.aws_ec2_managed_prefix_list.other.id}"}`}},
	{rule: "PW-NET-01", kind: "aws_vpc_security_group_ingress_rule", complies: `{"prefix_list_id": "${data.aws_ec2_managed_prefix_list.cloudfront.id}"}`, violates: []string{`{"prefix_list_id": "pl-1"}`}},
	{rule: "PW-NET-01", kind: "aws_vpc_security_group_ingress_rule", complies: `{"cidr_ipv4": "10.0.1.0/24"}`, violates: []string{`{"cidr_ipv4": "10.1.0.0/24"}`}},
	{rule: "PW-NET-02", kind: "aws_vpc_security_group_ingress_rule", complies: `{"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "description": "d"}`,
		violates: []string{`{"ip_protocol": "-1"}`, `{"to_port": 444}`, `{"from_port": null, "to_port": null}`, `{"description": null}`}},
	{rule: "PW-NET-03", kind: "aws_vpc_security_group_egress_rule", complies: `{"cidr_ipv4": "0.0.0.0/0", "from_port": 443, "to_port": 443}`, violates: []string{`{"from_port": 80, "to_port": 80}`, `{"to_port": 65535}`}},
	{rule: "PW-NET-04", kind: "aws_security_group", complies: `{"description": "d", "vpc_id": "${aws_vpc.vpc.id}"}`, violates: []string{`{"ingress": [{}]}`, `{"egress": [{}]}`, `{"description": null}`, `{"vpc_id": null}`}},
	{rule: "PW-NET-05", kind: "aws_default_security_group", complies: `{"vpc_id": "${aws_vpc.vpc.id}"}`, violates: []string{`{"ingress": [{}]}`, `{"egress": [{}]}`, `{"vpc_id": "x"}`}},
	{rule: "PW-NET-06", kind: "aws_flow_log", complies: `{"vpc_id": "${aws_vpc.vpc.id}", "traffic_type": "ALL", "log_destination": "${aws_cloudwatch_log_group.group.arn}"}`,
		violates: []string{`{"traffic_type": "REJECT"}`, `{"log_destination": "x"}`, `{"vpc_id": "x"}`}},
	{rule: "PW-NET-07", kind: "aws_subnet", complies: `{"map_public_ip_on_launch": false}`, violates: []string{`{"map_public_ip_on_launch": true}`, `{"assign_ipv6_address_on_creation": true}`}},
	{rule: "PW-NET-08", kind: "output:for_prod_private_subnet_ids", complies: `{"value": ["${aws_subnet.private.id}"]}`, violates: []string{`{"value": ["${aws_subnet.public.id}"]}`, `{"value": "subnet-1"}`}},
	{rule: "PW-NET-08", kind: "output:for_prod_isolated_subnet_ids", complies: `{"value": ["${aws_subnet.isolated.id}"]}`, violates: []string{`{"value": ["${aws_subnet.private.id}"]}`}},
	{rule: "PW-NET-10", kind: "aws_vpc", complies: `{"enable_dns_support": true, "enable_dns_hostnames": true}`, violates: []string{`{"enable_dns_support": false}`}},
	{rule: "PW-NET-11", kind: "aws_route_table", complies: `{}`, violates: []string{`{"route": [{}]}`}},
	{rule: "PW-NET-12", kind: "aws_eip", complies: `{}`, violates: []string{`{"instance": "i-1"}`}, with: `{"aws_nat_gateway": {"n": {"allocation_id": "${aws_eip.it.id}"}}}`},
	{rule: "PW-NET-14", kind: "aws_vpc_security_group_ingress_rule", complies: `{"security_group_id": "${aws_security_group.group.id}", "cidr_ipv4": "10.0.0.0/16"}`,
		violates: []string{`{"prefix_list_id": "${data.aws_ec2_managed_prefix_list.cloudfront.id}"}`, `{"security_group_id": "sg-1"}`},
		with:     `{"aws_vpc_security_group_ingress_rule": {"a": {"security_group_id": "${aws_security_group.group.id}", "prefix_list_id": "${data.aws_ec2_managed_prefix_list.cloudfront.id}"}}}`},
	{rule: "PW-NET-13", kind: "aws_vpc_security_group_egress_rule", complies: `{"cidr_ipv4": "10.0.0.0/16"}`,
		violates: []string{`{"cidr_ipv4": "0.0.0.0/0"}`, `{"cidr_ipv4": "10.0.0.0/15"}`, `{"cidr_ipv4": "10.1.0.0/24"}`, `{"cidr_ipv6": "::/0"}`, `{"cidr_ipv4": null}`}},
	{rule: "PW-NET-13", kind: "aws_vpc_security_group_egress_rule", complies: `{"prefix_list_id": "${data.aws_ec2_managed_prefix_list.cloudfront.id}"}`,
		violates: []string{`{"prefix_list_id": "${data.aws_ec2_managed_prefix_list.other.id}"}`, `{"prefix_list_id": "pl-1"}`}},
	{rule: "PW-NET-13", kind: "aws_vpc_security_group_egress_rule", complies: `{"referenced_security_group_id": "${aws_security_group.group.id}"}`,
		violates: []string{`{"referenced_security_group_id": "sg-1"}`}},

	{rule: "PW-ECR-01", kind: "aws_ecr_repository", complies: `{"image_tag_mutability": "IMMUTABLE"}`, violates: []string{`{"image_tag_mutability": "MUTABLE"}`, `{"image_tag_mutability": null}`}},
	{rule: "PW-ECR-02", kind: "aws_ecr_repository", complies: `{"image_scanning_configuration": {"scan_on_push": true}}`, violates: []string{`{"image_scanning_configuration": null}`}},
	{rule: "PW-ECR-03", kind: "aws_ecr_repository", complies: `{"encryption_configuration": [{"encryption_type": "KMS", "kms_key": ` + key + `}]}`, violates: []string{`{"encryption_configuration": [{"encryption_type": "AES256"}]}`, `{"encryption_configuration": [{"encryption_type": "KMS"}]}`}},
	{rule: "PW-ECR-04", kind: "aws_ecr_repository_policy", complies: `{"repository": "${aws_ecr_repository.repository.name}"}`, violates: []string{`{"repository": "x"}`},
		with: `{"aws_ecr_lifecycle_policy": {"l": {"repository": "${aws_ecr_repository.repository.name}"}}}`},

	{rule: "PW-ECS-01", kind: "aws_ecs_task_definition", complies: `{"network_mode": "awsvpc", "container_definitions": [{"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}]}`,
		violates: []string{`{"network_mode": "host"}`, `{"pid_mode": "host"}`, `{"volume": [{"host_path": "/"}]}`, container(`"privileged": true, "linuxParameters": {"capabilities": {"drop": ["ALL"]}}`), container(``),
			container(`"linuxParameters": {"capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}`), `{"container_definitions": "x"}`}},
	{rule: "PW-ECS-02", kind: "aws_ecs_task_definition", complies: container(`"readonlyRootFilesystem": true`), violates: []string{container(`"readonlyRootFilesystem": false`), container(``)}},
	{rule: "PW-ECS-03", kind: "aws_ecs_task_definition", complies: container(`"environment": [{"name": "PORT", "value": "80"}], "secrets": [{"name": "A", "valueFrom": "${x.y.arn}"}]`),
		violates: []string{container(`"environment": [{"name": "API_KEY", "value": "v"}]`), container(`"environment": [{"name": "A", "value": "AKIAIOSFODNN7EXAMPLE"}]`), container(`"command": ["--url=https://me:pass@host/"]`), container(`"secrets": [{"name": "A", "valueFrom": "plain"}]`)}},
	{rule: "PW-ECS-04", kind: "aws_ecs_task_definition", complies: container(`"image": "${aws_ecr_repository.repository.repository_url}:v1"`),
		violates: []string{container(`"image": "${aws_ecr_repository.repository.repository_url}:latest"`), container(`"image": "${aws_ecr_repository.repository.repository_url}"`), container(`"image": "nginx:1"`)}},
	{rule: "PW-ECS-05", kind: "aws_ecs_task_definition", complies: container(`"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/group"}}`),
		violates: []string{container(``), container(`"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/other"}}`), container(`"logConfiguration": {"logDriver": "syslog", "options": {"awslogs-group": "/group"}}`)}},
	{rule: "PW-ECS-06", kind: "aws_ecs_service", complies: `{"network_configuration": {"assign_public_ip": false, "security_groups": ["g"], "subnets": ["${aws_subnet.private.id}"]}}`,
		violates: []string{`{"network_configuration": {"assign_public_ip": true}}`, `{"network_configuration": {"security_groups": null}}`, `{"network_configuration": {"subnets": ["${aws_subnet.public.id}"]}}`, `{"network_configuration": {"subnets": ["s"]}}`}},
	{rule: "PW-ECS-07", kind: "aws_ecs_service", complies: `{"platform_version": "LATEST"}`, violates: []string{`{"platform_version": "1.4.0"}`}},
	{rule: "PW-ECS-08", kind: "aws_ecs_service", complies: `{"enable_execute_command": false}`, violates: []string{`{"enable_execute_command": true}`}},
	{rule: "PW-ECS-09", kind: "aws_ecs_cluster",
		complies: `{"setting": [{"name": "containerInsights", "value": "enabled"}]}`,
		violates: []string{`{"setting": []}`, `{"setting": [{"name": "containerInsights", "value": "disabled"}]}`}},
	{rule: "PW-ECS-10", kind: "aws_ecs_service",
		complies: `{"deployment_circuit_breaker": {"enable": true, "rollback": true}, "alarms": {"enable": true, "rollback": true, "alarm_names": ["a"]}}`,
		violates: []string{`{"deployment_circuit_breaker": {"rollback": false}}`, `{"deployment_circuit_breaker": null}`, `{"alarms": {"rollback": false}}`, `{"alarms": {"alarm_names": []}}`}},
	{rule: "PW-ECS-11", kind: "aws_ecs_service", complies: `{"lifecycle": {"ignore_changes": ["task_definition", "desired_count", "load_balancer"]}}`,
		violates: []string{`{"lifecycle": {"ignore_changes": ["task_definition", "desired_count"]}}`, `{"lifecycle": null}`}},
	{rule: "PW-ECS-12", kind: "aws_ecs_task_definition", complies: `{}`, violates: []string{`{"task_role_arn": "${aws_iam_role.bounded.arn}"}`}},
	{rule: "PW-ECS-13", kind: "aws_ecs_service", complies: `{"task_definition": "${aws_ecs_task_definition.slow.arn}", "capacity_provider_strategy": [{"capacity_provider": "FARGATE"}, {"capacity_provider": "FARGATE_SPOT"}]}`,
		violates: []string{`{"task_definition": "${aws_ecs_task_definition.fast.arn}"}`, `{"task_definition": "${aws_ecs_task_definition.default.arn}"}`, `{"task_definition": "t"}`},
		with:     `{"aws_ecs_task_definition": {"slow": {"container_definitions": "[{\"name\": \"c\", \"stopTimeout\": 120}]"}, "fast": {"container_definitions": "[{\"stopTimeout\": 30}]"}, "default": {"container_definitions": "[{}]"}}}`},
	{rule: "PW-ECS-13", kind: "aws_ecs_service", complies: `{"task_definition": "t", "capacity_provider_strategy": [{"capacity_provider": "FARGATE"}]}`},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", complies: `{"type": "HTTPS", "port": 443, "enable_sni": true, "regions": ["a", "b", "c"]}`,
		violates: []string{`{"type": "TCP"}`, `{"port": 80}`, `{"enable_sni": false}`, `{"enable_sni": null}`, `{"disabled": true}`, `{"invert_healthcheck": true}`, `{"regions": ["a", "b"]}`, `{"regions": null}`},
		with:     letsIn("none", "allow", 20)},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: letsIn("whitelist", "allow", 2000), violates: []string{wholeCheck}},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: letsIn("none", "block", 2000), violates: []string{wholeCheck}},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: letsIn("none", "allow", 19), violates: []string{wholeCheck}},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: anonymous("none", ""), violates: []string{wholeCheck}},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: anonymous("none", "block"), violates: []string{wholeCheck}},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: anonymous("none", "count"), complies: wholeCheck},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: anonymous("none", "allow"), complies: wholeCheck},
	{rule: "PW-URL-01", kind: "aws_route53_health_check", with: anonymous("count", ""), complies: wholeCheck},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", complies: `{}`, with: watchesCheck("AWS/Route53", "Minimum", "LessThanThreshold", "1", "breaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Other", "Minimum", "LessThanThreshold", "1", "breaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Route53", "Average", "LessThanThreshold", "1", "breaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Route53", "Minimum", "GreaterThanThreshold", "1", "breaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Route53", "Minimum", "LessThanThreshold", "0", "breaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Route53", "Minimum", "LessThanThreshold", "1", "notBreaching", "aws.edge")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}, with: watchesCheck("AWS/Route53", "Minimum", "LessThanThreshold", "1", "breaching", "")},
	{rule: "PW-URL-02", kind: "aws_route53_health_check", violates: []string{`{}`}},
	{rule: "PW-ECS-14", kind: "aws_ecs_task_definition", complies: `{"runtime_platform": {"cpu_architecture": "ARM64"}}`,
		violates: []string{`{"runtime_platform": null}`, `{"runtime_platform": {"cpu_architecture": "X86_64"}}`, `{"runtime_platform": {"cpu_architecture": "arm64"}}`},
		with:     `{"aws_ecs_task_definition": {"other": {"runtime_platform": [{"cpu_architecture": "ARM64"}]}}}`},

	{rule: "PW-ELB-01", kind: "aws_lb", complies: `{"internal": true, "subnets": ["${aws_subnet.private.id}"]}`, violates: []string{`{"internal": false}`, `{"internal": null}`, `{"subnets": ["${aws_subnet.public.id}"]}`, `{"subnets": null}`}},
	{rule: "PW-ELB-02", kind: "aws_lb", complies: `{"drop_invalid_header_fields": true, "desync_mitigation_mode": "strictest"}`, violates: []string{`{"drop_invalid_header_fields": null}`, `{"desync_mitigation_mode": "monitor"}`}},
	{rule: "PW-ELB-03", kind: "aws_lb", complies: `{"access_logs": {"enabled": true, "bucket": "${aws_s3_bucket.logs.id}"}}`, violates: []string{`{"access_logs": {"enabled": false}}`, `{"access_logs": {"bucket": "x"}}`}},
	{rule: "PW-ELB-04", kind: "aws_lb_listener", complies: `{"protocol": "HTTPS", "certificate_arn": "c", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}`,
		violates: []string{`{"protocol": "HTTP"}`, `{"ssl_policy": null}`, `{"ssl_policy": "ELBSecurityPolicy-2016-08"}`, `{"certificate_arn": null}`}},
	{rule: "PW-ELB-04", kind: "aws_lb_listener", complies: `{"protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}]}`,
		violates: []string{`{"default_action": [{"type": "forward"}]}`, `{"default_action": [{"type": "redirect", "redirect": {"protocol": "HTTP"}}]}`}},
	{rule: "PW-ELB-05", kind: "aws_lb", complies: `{}`, violates: nil, with: `{"aws_wafv2_web_acl_association": {"a": {"resource_arn": "${aws_lb.it.arn}", "web_acl_arn": "${aws_wafv2_web_acl.regional.arn}"}}}`},
	{rule: "PW-ELB-05", kind: "aws_lb", violates: []string{`{}`}},
	{rule: "PW-ELB-06", kind: "aws_lb_target_group", complies: `{"protocol": "HTTPS"}`, violates: []string{`{"protocol": "HTTP"}`, `{"protocol": null}`}},
	{rule: "PW-ELB-07", kind: "aws_cloudfront_distribution", with: aBalancer, complies: `{"origin": [{"vpc_origin_config": {"origin_read_timeout": 60, "origin_keepalive_timeout": 5}}]}`,
		violates: []string{`{"origin": [{"vpc_origin_config": {"origin_read_timeout": 30, "origin_keepalive_timeout": 5}}]}`, `{"origin": [{"vpc_origin_config": {"origin_read_timeout": 60, "origin_keepalive_timeout": 60}}]}`, `{"origin": [{"vpc_origin_config": {"origin_read_timeout": 60}}]}`, `{"origin": [{}]}`}},
	{rule: "PW-ELB-07", kind: "aws_lb_target_group", with: aBalancer, complies: `{"deregistration_delay": "60"}`, violates: []string{`{"deregistration_delay": "30"}`, `{"deregistration_delay": null}`}},
	{rule: "PW-ELB-07", kind: "aws_cloudwatch_metric_alarm", with: aBalancer, complies: `{"metric_name": "TargetResponseTime", "threshold": 3}`,
		violates: []string{`{"threshold": 60}`, `{"metric_name": null, "metric_query": [{"id": "a", "expression": "b"}, {"id": "b", "metric": {"metric_name": "TargetResponseTime"}}], "threshold": 61}`}},

	{rule: "PW-CFR-01", kind: "aws_cloudfront_distribution", complies: `{"default_cache_behavior": {"viewer_protocol_policy": "redirect-to-https"}}`,
		violates: []string{`{"default_cache_behavior": {"viewer_protocol_policy": "allow-all"}}`, `{"ordered_cache_behavior": [{"viewer_protocol_policy": "allow-all"}]}`, `{"default_cache_behavior": null}`}},
	{rule: "PW-CFR-02", kind: "aws_cloudfront_distribution", complies: `{"viewer_certificate": {"acm_certificate_arn": "c", "minimum_protocol_version": "TLSv1.2_2021", "ssl_support_method": "sni-only"}}`,
		violates: []string{`{"viewer_certificate": {"acm_certificate_arn": null}}`, `{"viewer_certificate": {"minimum_protocol_version": "TLSv1"}}`, `{"viewer_certificate": {"ssl_support_method": "vip"}}`}},
	{rule: "PW-CFR-03", kind: "aws_cloudfront_distribution", complies: `{"web_acl_id": "${aws_wafv2_web_acl.edge.arn}"}`, violates: []string{`{"web_acl_id": null}`, `{"web_acl_id": "${aws_wafv2_web_acl.regional.arn}"}`}},
	{rule: "PW-CFR-04", kind: "aws_cloudfront_distribution", complies: `{}`, with: `{"aws_cloudwatch_log_delivery_source": {"s": {"log_type": "ACCESS_LOGS", "name": "s", "resource_arn": "${aws_cloudfront_distribution.it.arn}"}},
		"aws_cloudwatch_log_delivery": {"d": {"delivery_source_name": "${aws_cloudwatch_log_delivery_source.s.name}"}}}`},
	{rule: "PW-CFR-04", kind: "aws_cloudfront_distribution", violates: []string{`{}`}},
	{rule: "PW-CFR-05", kind: "aws_cloudfront_vpc_origin", complies: `{"vpc_origin_endpoint_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": [{"items": ["TLSv1.2"]}]}]}`,
		violates: []string{`{"vpc_origin_endpoint_config": [{"origin_protocol_policy": "match-viewer", "origin_ssl_protocols": [{"items": ["TLSv1.2"]}]}]}`, `{"vpc_origin_endpoint_config": [{"origin_protocol_policy": "https-only", "origin_ssl_protocols": [{"items": ["TLSv1.2", "SSLv3"]}]}]}`}},
	{rule: "PW-CFR-06", kind: "aws_cloudfront_distribution", complies: `{"origin": [{"vpc_origin_config": {"vpc_origin_id": "${aws_cloudfront_vpc_origin.origin.id}"}}]}`,
		violates: []string{`{"origin": [{"custom_origin_config": {}}]}`, `{"origin": null}`}},
	{rule: "PW-CFR-07", kind: "aws_cloudfront_distribution", complies: `{"default_cache_behavior": {"response_headers_policy_id": "${aws_cloudfront_response_headers_policy.headers.id}"}}`, violates: []string{`{"default_cache_behavior": {"response_headers_policy_id": null}}`}},
	{rule: "PW-CFR-07", kind: "aws_cloudfront_response_headers_policy", complies: `{"security_headers_config": {"strict_transport_security": {"access_control_max_age_sec": 63072000}}}`, violates: []string{`{"security_headers_config": null}`}},
	{rule: "PW-CFR-06", kind: "aws_cloudfront_origin_access_control", complies: `{"signing_behavior": "always", "signing_protocol": "sigv4"}`,
		violates: []string{`{"signing_behavior": "never"}`, `{"signing_behavior": "no-override"}`, `{"signing_protocol": null}`}},
	{rule: "PW-CFR-08", kind: "aws_cloudfront_distribution", with: aPage,
		complies: `{"origin": [{"origin_id": "balancer"}, {"origin_id": "pages", "domain_name": "${aws_s3_bucket.other.bucket_regional_domain_name}", "origin_access_control_id": "${aws_cloudfront_origin_access_control.a.id}"}],
			"ordered_cache_behavior": [{"path_pattern": "/p.html", "target_origin_id": "pages"}, {"path_pattern": "/static/*", "target_origin_id": "balancer"}],
			"custom_error_response": [{"error_code": 502, "response_page_path": "/p.html"}, {"error_code": 503, "response_page_path": "/p.html"}, {"error_code": 504, "response_page_path": "/p.html"}]}`,
		violates: []string{
			`{"custom_error_response": null}`, `{"custom_error_response": [{"error_code": 502, "response_page_path": "/p.html"}, {"error_code": 504, "response_page_path": "/p.html"}]}`,
			`{"custom_error_response": [{"error_code": 502, "response_page_path": "/p.html"}, {"error_code": 503}, {"error_code": 504, "response_page_path": "/p.html"}]}`,
			`{"custom_error_response": [{"error_code": 502, "response_page_path": "/static/p.html"}, {"error_code": 503, "response_page_path": "/p.html"}, {"error_code": 504, "response_page_path": "/p.html"}]}`,
			`{"ordered_cache_behavior": [{"path_pattern": "/p.html", "target_origin_id": "balancer"}]}`, `{"ordered_cache_behavior": null}`,
			`{"origin": [{"origin_id": "pages", "domain_name": "${aws_s3_bucket.other.bucket_regional_domain_name}"}]}`,
			`{"origin": [{"origin_id": "pages", "domain_name": "${aws_s3_bucket.logs.bucket_regional_domain_name}", "origin_access_control_id": "${aws_cloudfront_origin_access_control.a.id}"}]}`,
			`{"origin": [{"origin_id": "pages", "domain_name": "elsewhere.example", "origin_access_control_id": "${aws_cloudfront_origin_access_control.a.id}"}]}`,
		}},
	{rule: "PW-WAF-04", kind: "aws_wafv2_ip_set", complies: `{"addresses": [], "lifecycle": {"ignore_changes": ["addresses"]}}`, violates: []string{`{"lifecycle": null}`, `{"lifecycle": {"ignore_changes": ["tags"]}}`}},
	{rule: "PW-WAF-04", kind: "aws_wafv2_regex_pattern_set", complies: `{"regular_expression": [{"regex_string": "^off$"}], "lifecycle": {"ignore_changes": ["regular_expression"]}}`,
		violates: []string{`{"lifecycle": null}`, `{"regular_expression": [{"regex_string": "^off$"}, {"regex_string": "^/"}]}`, `{"regular_expression": [{"regex_string": "("}]}`}},
	{rule: "PW-WAF-04", kind: "aws_wafv2_web_acl", with: `{"aws_wafv2_regex_pattern_set": {"m": {"lifecycle": {"ignore_changes": ["regular_expression"]}}}}`,
		complies: `{"scope": "CLOUDFRONT", "rule": [{}, {"action": {"block": {"custom_response": {"custom_response_body_key": "m"}}}, "statement": {"and_statement": {"statement": [{"regex_pattern_set_reference_statement": {"arn": "${aws_wafv2_regex_pattern_set.m.arn}"}}, {}]}}}]}`,
		violates: []string{`{"rule": null}`,
			`{"rule": [{"action": {"block": {}}, "statement": {"and_statement": {"statement": [{"regex_pattern_set_reference_statement": {"arn": "${aws_wafv2_regex_pattern_set.m.arn}"}}]}}}]}`,
			`{"rule": [{"action": {"block": {"custom_response": {"custom_response_body_key": "m"}}}, "statement": {"and_statement": {"statement": [{"regex_pattern_set_reference_statement": {"arn": "other"}}]}}}]}`}},
	{rule: "PW-WAF-04", kind: "aws_wafv2_web_acl", complies: `{"scope": "REGIONAL"}`},
	{rule: "PW-WAF-01", kind: "aws_wafv2_web_acl_logging_configuration",
		complies: `{"redacted_fields": [{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}], "log_destination_configs": ["${aws_cloudwatch_log_group.waf.arn}"], "resource_arn": "${aws_wafv2_web_acl.edge.arn}"}`,
		violates: []string{`{"redacted_fields": []}`, `{"log_destination_configs": ["${aws_cloudwatch_log_group.group.arn}"]}`}},
	{rule: "PW-WAF-02", kind: "aws_wafv2_web_acl",
		complies: `{"visibility_config": {"cloudwatch_metrics_enabled": true}, "rule": [{"visibility_config": {"cloudwatch_metrics_enabled": true}, "override_action": {"none": {}}, "statement": {"managed_rule_group_statement": {"name": "AWSManagedRulesKnownBadInputsRuleSet"}}}]}`,
		violates: []string{`{"rule": []}`, `{"visibility_config": null}`, `{"rule": [{"visibility_config": {"cloudwatch_metrics_enabled": true}, "override_action": {"count": {}}, "statement": {"managed_rule_group_statement": {"name": "AWSManagedRulesKnownBadInputsRuleSet"}}}]}`}},
	{rule: "PW-WAF-03", kind: "aws_wafv2_web_acl", complies: `{"scope": "CLOUDFRONT", "rule": [{"action": {"block": {}}, "statement": {"rate_based_statement": {"limit": 100}}}]}`,
		violates: []string{`{"rule": []}`, `{"rule": [{"action": {"count": {}}, "statement": {"rate_based_statement": {"limit": 100}}}]}`}},
	{rule: "PW-ACM-01", kind: "aws_acm_certificate", complies: `{"validation_method": "DNS"}`, violates: []string{`{"validation_method": "EMAIL"}`, `{"private_key": "k"}`, `{"key_algorithm": "RSA_1024"}`}},

	{rule: "PW-LOG-01", kind: "aws_cloudwatch_log_group", complies: `{"kms_key_id": ` + key + `}`, violates: []string{`{"kms_key_id": null}`, `{"kms_key_id": "alias/aws/logs"}`}},
	{rule: "PW-LOG-02", kind: "aws_cloudwatch_log_group", complies: `{"retention_in_days": 365}`, violates: []string{`{"retention_in_days": 180}`, `{"retention_in_days": 0}`, `{"retention_in_days": null}`}},
	{rule: "PW-LOG-02", kind: "aws_cloudwatch_log_group", in: "dev", complies: `{"retention_in_days": 30}`, violates: []string{`{"retention_in_days": 14}`}},
	{rule: "PW-LOG-04", kind: "aws_cloudwatch_metric_alarm", complies: `{"alarm_actions": ["${aws_sns_topic.topic.arn}"]}`, violates: []string{`{"alarm_actions": []}`, `{"actions_enabled": false}`}},
	{rule: "PW-LOG-05", kind: "aws_cloudwatch_metric_alarm", complies: `{"treat_missing_data": "notBreaching"}`,
		violates: []string{`{"treat_missing_data": "ignore"}`, `{"treat_missing_data": "missing"}`, `{"treat_missing_data": null}`, `{"evaluate_low_sample_count_percentiles": "ignore"}`}},
	{rule: "PW-SEC-01", kind: "aws_secretsmanager_secret", complies: `{"kms_key_id": ` + key + `}`, violates: []string{`{"kms_key_id": null}`}},
	{rule: "PW-SEC-02", kind: "aws_secretsmanager_secret_policy", complies: `{"block_public_policy": true, "policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue"}]}}`,
		violates: []string{`{"block_public_policy": null}`, `{"policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:PutSecretValue"}]}}`}},
	{rule: "PW-SEC-02", kind: "aws_secretsmanager_secret", violates: []string{`{}`}},
	{rule: "PW-SEC-03", kind: "aws_secretsmanager_secret", complies: `{"recovery_window_in_days": 30}`, violates: []string{`{"recovery_window_in_days": 0}`, `{"recovery_window_in_days": 7}`}},
	{rule: "PW-SSM-01", kind: "aws_ssm_parameter", complies: `{"name": "/p/prod/secrets/session-key/arn", "type": "String", "value": "${aws_secretsmanager_secret.s.arn}"}`,
		violates: []string{`{"type": "SecureString"}`, `{"name": "/p/password", "value": "p"}`, `{"value": "github_pat_0123456789abcdefghijkl"}`}},
	{rule: "PW-OUT-01", kind: "output:o", complies: `{"value": "${a.b.arn}"}`, violates: []string{`{"sensitive": true}`, `{"value": "AKIAIOSFODNN7EXAMPLE"}`}},
	{rule: "PW-SNS-01", kind: "aws_sns_topic", complies: `{"kms_master_key_id": ` + key + `}`, violates: []string{`{"kms_master_key_id": "alias/aws/sns"}`}},
	{rule: "PW-SNS-02", kind: "aws_sns_topic_policy", complies: `{"arn": "${aws_sns_topic.topic.arn}", "policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}`,
		violates: []string{`{"policy": {"Statement": []}}`, `{"policy": {"Statement": [{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "sns:Publish", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}`}},
	{rule: "PW-SNS-03", kind: "aws_sns_topic_subscription", complies: `{"protocol": "email"}`, violates: []string{`{"protocol": "http"}`}},
	{rule: "PW-SQS-01", kind: "aws_sqs_queue", complies: `{"kms_master_key_id": ` + key + `}`, violates: []string{`{"kms_master_key_id": "alias/aws/sqs"}`, `{"kms_master_key_id": null}`}},
	{rule: "PW-SQS-02", kind: "aws_sqs_queue_policy", complies: `{"queue_url": "${aws_sqs_queue.queue.url}", "policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}`,
		violates: []string{`{"policy": {"Statement": []}}`, document(`"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`)}},
	{rule: "PW-SQS-02", kind: "aws_sqs_queue", complies: `{}`, violates: []string{`{"policy": "{}"}`}, with: `{"aws_sqs_queue_policy": {"p": {"queue_url": "${aws_sqs_queue.it.url}"}}}`},
	{rule: "PW-SQS-02", kind: "aws_sqs_queue", violates: []string{`{}`}},
	{rule: "PW-SQS-03", kind: "aws_sqs_queue", complies: `{"message_retention_seconds": 1209600}`, violates: []string{`{"message_retention_seconds": 345600}`, `{"message_retention_seconds": null}`}},
	{rule: "PW-EVT-01", kind: "aws_cloudwatch_event_rule", with: `{"aws_cloudwatch_event_target": {"t": {"rule": "${aws_cloudwatch_event_rule.it.name}", "arn": "${aws_sqs_queue.queue.arn}"}}}`,
		complies: `{"event_pattern": "{\"source\":[\"aws.ecs\"],\"detail\":{\"clusterArn\":[\"${aws_ecs_cluster.cluster.arn}\"]}}"}`,
		violates: []string{`{"event_pattern": null}`, `{"event_pattern": "no pattern"}`, `{"schedule_expression": "rate(1 hour)"}`,
			`{"event_pattern": "{\"source\":[\"aws.s3\"],\"detail\":{\"clusterArn\":[\"${aws_ecs_cluster.cluster.arn}\"]}}"}`,
			`{"event_pattern": "{\"source\":[\"aws.ecs\",\"aws.s3\"],\"detail\":{\"clusterArn\":[\"${aws_ecs_cluster.cluster.arn}\"]}}"}`,
			`{"event_pattern": "{\"source\":[\"aws.ecs\"],\"detail\":{\"clusterArn\":[\"arn:aws:ecs:r:1:cluster/other\"]}}"}`,
			`{"event_pattern": "{\"source\":[\"aws.ecs\"]}"}`}},
	{rule: "PW-EVT-01", kind: "aws_cloudwatch_event_rule", violates: []string{`{"event_pattern": "{\"source\":[\"aws.ecs\"],\"detail\":{\"clusterArn\":[\"${aws_ecs_cluster.cluster.arn}\"]}}"}`}},
	{rule: "PW-EVT-01", kind: "aws_cloudwatch_event_rule", with: `{"aws_sns_topic": {"mail": {}}, "aws_cloudwatch_event_target": {"t": {"rule": "${aws_cloudwatch_event_rule.it.name}", "arn": "${aws_sns_topic.mail.arn}"}}}`,
		complies: `{"event_pattern": "{\"source\":[\"aws.guardduty\"]}"}`, violates: []string{`{"schedule_expression": "rate(1 hour)"}`}},
	{rule: "PW-CHT-01", kind: "aws_chatbot_slack_channel_configuration",
		complies: `{"user_authorization_required": true, "logging_level": "ERROR", "guardrail_policy_arns": ["arn:aws:iam::111122223333:policy/p/boundary/p-chat-boundary"], "iam_role_arn": "arn:aws:iam::111122223333:role/p/account/p-account-chat", "sns_topic_arns": ["${aws_sns_topic.topic.arn}"]}`,
		violates: []string{`{"user_authorization_required": null}`, `{"user_authorization_required": false}`, `{"logging_level": "NONE"}`, `{"logging_level": null}`,
			`{"guardrail_policy_arns": null}`, `{"guardrail_policy_arns": []}`, `{"guardrail_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}`,
			`{"guardrail_policy_arns": ["arn:aws:iam::111122223333:policy/p/boundary/p-chat-boundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"]}`,
			`{"guardrail_policy_arns": ["arn:aws:iam::111122223333:policy/p/boundary/p-people-boundary"]}`,
			`{"iam_role_arn": "arn:aws:iam::111122223333:role/p/account/p-account-config"}`, `{"iam_role_arn": "arn:aws:iam::111122223333:role/p/workload/p-account-chat"}`, `{"sns_topic_arns": []}`, `{"sns_topic_arns": ["arn:aws:sns:r:1:t"]}`, `{"sns_topic_arns": ["${aws_sns_topic.topic.arn}", "arn:aws:sns:r:1:t"]}`}},
	{rule: "PW-SCH-01", kind: "aws_scheduler_schedule", in: "dev",
		complies: `{"group_name": "${aws_scheduler_schedule_group.group.name}", "target": {"arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "retry_policy": {"maximum_event_age_in_seconds": 3600}}}`,
		violates: []string{`{"group_name": "default"}`, `{"target": {"arn": "arn:aws:scheduler:::aws-sdk:rds:deleteDBInstance"}}`, `{"target": {"arn": "arn:aws:ecs:r:1:cluster/c"}}`,
			`{"target": {"retry_policy": null}}`, `{"target": {"retry_policy": {"maximum_event_age_in_seconds": 86400}}}`}},
	{rule: "PW-SCH-01", kind: "aws_scheduler_schedule",
		violates: []string{`{"group_name": "${aws_scheduler_schedule_group.group.name}", "target": {"arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "retry_policy": {"maximum_event_age_in_seconds": 3600}}}`}},
	{rule: "PW-SCH-02", kind: "aws_appautoscaling_scheduled_action", in: "dev", complies: `{}`},
	{rule: "PW-SCH-02", kind: "aws_appautoscaling_scheduled_action", violates: []string{`{}`}},
	{rule: "PW-EVT-01", kind: "aws_cloudwatch_event_target", complies: `{"arn": "${aws_sqs_queue.queue.arn}"}`,
		violates: []string{`{"arn": "${aws_ecs_cluster.cluster.arn}"}`, `{"arn": "arn:aws:sqs:r:1:q"}`, `{"role_arn": "r"}`}},

	{rule: "PW-COP-01", kind: "aws_db_instance_automated_backups_replication", with: elsewhereWorld,
		complies: `{"provider": "aws.copies", "kms_key_id": "${aws_kms_key.there.arn}", "retention_period": 14, "source_db_instance_arn": "${aws_db_instance.db.arn}"}`,
		violates: []string{`{"provider": null}`, `{"kms_key_id": null}`, `{"kms_key_id": "arn:aws:kms:eu-west-1:1:key/k"}`, `{"kms_key_id": "${aws_kms_key.key.arn}"}`, `{"retention_period": 0}`, `{"source_db_instance_arn": "arn:aws:rds:eu-central-1:1:db:x"}`}},
	{rule: "PW-COP-02", kind: "aws_s3_bucket_replication_configuration", with: elsewhereWorld,
		complies: `{"role": "${aws_iam_role.bounded.arn}", "rule": [` + copyRule("there", "aws_kms_key.there") + `]}`,
		violates: []string{`{"role": "arn:aws:iam::1:role/r"}`, `{"rule": []}`, `{"rule": [` + copyRule("there", "aws_kms_key.key") + `]}`, `{"rule": [` + copyRule("logs", "aws_kms_key.there") + `]}`,
			`{"rule": [` + copyRule("nowhere", "aws_kms_key.there") + `]}`,
			`{"rule": [` + strings.Replace(copyRule("there", "aws_kms_key.there"), `"delete_marker_replication": {"status": "Disabled"}`, `"delete_marker_replication": {"status": "Enabled"}`, 1) + `]}`,
			`{"rule": [` + strings.Replace(copyRule("there", "aws_kms_key.there"), `"sse_kms_encrypted_objects": {"status": "Enabled"}`, `"sse_kms_encrypted_objects": {"status": "Disabled"}`, 1) + `]}`,
			`{"rule": [` + strings.Replace(copyRule("there", "aws_kms_key.there"), `"prefix": ""`, `"prefix": "contracts/"`, 1) + `]}`,
			`{"rule": [` + strings.Replace(copyRule("there", "aws_kms_key.there"), `"status": "Enabled", "filter"`, `"status": "Disabled", "filter"`, 1) + `]}`}},

	{rule: "PW-CST-01", kind: "aws_budgets_budget", complies: `{"budget_type": "COST", "limit_amount": "140", "limit_unit": "USD", "notification": [
		{"notification_type": "ACTUAL", "subscriber_email_addresses": ["a@b.example"]}, {"notification_type": "FORECASTED", "subscriber_email_addresses": ["a@b.example"]}]}`,
		violates: []string{`{"notification": []}`, `{"notification": [{"notification_type": "ACTUAL", "subscriber_email_addresses": ["a@b.example"]}]}`,
			`{"notification": [{"notification_type": "ACTUAL"}, {"notification_type": "FORECASTED", "subscriber_email_addresses": ["a@b.example"]}]}`,
			`{"limit_amount": "0"}`, `{"limit_amount": null}`, `{"limit_unit": "GB"}`, `{"budget_type": "USAGE"}`}},
	{rule: "PW-CST-02", kind: "aws_ce_anomaly_subscription", with: `{"aws_ce_anomaly_monitor": {"m": {}}}`,
		complies: `{"monitor_arn_list": ["${aws_ce_anomaly_monitor.m.arn}"], "subscriber": [{"type": "EMAIL", "address": "a@b.example"}]}`,
		violates: []string{`{"monitor_arn_list": []}`, `{"monitor_arn_list": ["x"]}`, `{"subscriber": []}`}},
}

// routing is a cluster and a load balancer, for a service.
const routing = `{
 "aws_ecs_cluster": {"c": {}, "other": {}},
 "aws_ecs_cluster_capacity_providers": {"c": {"cluster_name": "${aws_ecs_cluster.c.name}"}, "other": {"cluster_name": "${aws_ecs_cluster.other.name}"}},
 "aws_lb_target_group": {"default": {}, "paths": {}, "unrouted": {}},
 "aws_lb_listener": {"l": {"default_action": [{"target_group_arn": "${aws_lb_target_group.default.arn}"}]}},
 "aws_lb_listener_rule": {"paths": {"listener_arn": "${aws_lb_listener.l.arn}", "action": [{"target_group_arn": "${aws_lb_target_group.paths.arn}"}]}}
}`

const (
	noTLS  = `"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["b", "b/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}`
	oldTLS = `"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["b", "b/*"], "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}`
)

// wholeBaseline is each kind of the account's baseline, once.
const wholeBaseline = `{"aws_cloudtrail": {"b": {}}, "aws_accessanalyzer_analyzer": {"b": {}}, "aws_s3_account_public_access_block": {"b": {}},
	"aws_ebs_encryption_by_default": {"b": {}}, "aws_ebs_snapshot_block_public_access": {"b": {}}, "aws_ec2_instance_metadata_defaults": {"b": {}},
	"aws_iam_account_password_policy": {"b": {}}, "aws_cloudwatch_log_metric_filter": {"b": {}},
	"aws_guardduty_detector": {"b": {}}, "aws_guardduty_detector_feature": {"b": {}}, "aws_securityhub_account": {"b": {}}, "aws_securityhub_standards_subscription": {"b": {}},
	"aws_config_configuration_recorder": {"b": {}}, "aws_config_configuration_recorder_status": {"b": {}}, "aws_config_delivery_channel": {"b": {}}, "aws_iam_service_linked_role": {"b": {}}}`

// trailBucket is a logged bucket whose policy denies something to everybody.
func trailBucket(denied string) string {
	return `{"aws_s3_bucket_logging": {"l": {"bucket": "${aws_s3_bucket.logs.id}"}}, "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.logs.id}",
		"policy": "{\"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Resource\": \"*\", ` + strings.ReplaceAll(denied, `"`, `\"`) + `}]}"}}}`
}

const (
	detector = `{"enable": true, "finding_publishing_frequency": "FIFTEEN_MINUTES"}`
	threats  = `"source": ["aws.guardduty"], "detail": {"severity": [{"numeric": [">=", 7]}]}`
	failures = `"source": ["aws.securityhub"], "detail": {"findings": {"Severity": {"Label": ["HIGH", "CRITICAL"]}}}`
	hub      = `{"auto_enable_controls": true, "enable_default_standards": false, "control_finding_generator": "SECURITY_CONTROL"}`
)

const recorder = `{"role_arn": "${aws_iam_service_linked_role.r.arn}", "recording_group": {"all_supported": true, "include_global_resource_types": true},
	"recording_mode": {"recording_frequency": "CONTINUOUS"}}`

// recording is what the rule on a recorder looks for next to it.
func recording(of, on string) string {
	return `{"aws_iam_service_linked_role": {"r": {"aws_service_name": "` + of + `"}}, "aws_config_configuration_recorder_status": {"s": {"name": "${aws_config_configuration_recorder.it.name}", "is_enabled": ` + on + `}}}`
}

// security is what the rules on a detector and on Security Hub look for next to
// them: features, standards, and a rule of EventBridge with a pattern.
func security(pattern, features string) string {
	quoted, err := json.Marshal("{" + pattern + "}")
	if err != nil {
		panic(err)
	}
	return `{"aws_sns_topic": {"t": {}}, "aws_cloudwatch_event_rule": {"r": {"event_pattern": ` + string(quoted) + `}},
		"aws_cloudwatch_event_target": {"r": {"rule": "${aws_cloudwatch_event_rule.r.name}", "arn": "${aws_sns_topic.t.arn}"}},
		"aws_guardduty_detector_feature": {"a": {"detector_id": "${aws_guardduty_detector.it.id}", "name": "S3_DATA_EVENTS", "status": "` + features + `"},
			"b": {"detector_id": "${aws_guardduty_detector.it.id}", "name": "RDS_LOGIN_EVENTS", "status": "` + features + `"}},
		"aws_securityhub_standards_subscription": {"a": {"standards_arn": "arn:aws:securityhub:r::standards/cis-aws-foundations-benchmark/v/5.0.0", "depends_on": ["aws_securityhub_account.it"]},
			"b": {"standards_arn": "arn:aws:securityhub:r::standards/aws-foundational-security-best-practices/v/1.0.0", "depends_on": ["aws_securityhub_account.it"]}}}`
}

// beforeConfig is Security Hub next to a recorder, with standards that wait for a part
// of it.
func beforeConfig(wait string) string {
	return strings.Replace(strings.ReplaceAll(security(failures, ""), `["aws_securityhub_account.it"]`, `["aws_securityhub_account.it", "`+wait+`"]`),
		`{`, `{"aws_config_configuration_recorder_status": {"s": {}}, `, 1)
}

// rootPattern is that of one of the trail's alarms, in JSON.
func rootPattern() string {
	text, err := json.Marshal(config.TrailAlarms()[2].Pattern)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// watchedTrail is a log group with a metric filter and an alarm for each of the
// trail's alarms; keep takes some of it away.
func watchedTrail(keep func(kind string, a config.TrailAlarm) bool) string {
	filters, alarms := map[string]any{}, map[string]any{}
	for _, a := range config.TrailAlarms() {
		if keep("filter", a) {
			filters[string(a.ID)] = map[string]any{"log_group_name": "${aws_cloudwatch_log_group.events.name}", "pattern": a.Pattern,
				"metric_transformation": map[string]any{"namespace": "n", "name": a.ID}}
		}
		if keep("alarm", a) {
			alarms[string(a.ID)] = map[string]any{"namespace": "n", "metric_name": a.ID}
		}
	}
	out, err := json.Marshal(map[string]any{"aws_cloudwatch_log_group": map[string]any{"events": map[string]any{}}, "aws_iam_role": map[string]any{"writer": map[string]any{}},
		"aws_cloudwatch_log_metric_filter": filters, "aws_cloudwatch_metric_alarm": alarms})
	if err != nil {
		panic(err)
	}
	return string(out)
}

// without is a watchedTrail that lacks the filter or the alarm of one kind of event.
func without(kind string, id config.AlarmID) string {
	return watchedTrail(func(k string, a config.TrailAlarm) bool { return k != kind || a.ID != id })
}

// objectEvents are the selectors of a trail: management events, and requests for
// objects but in the bucket given.
func objectEvents(bucket string) string {
	return `[{"field_selector": [{"field": "eventCategory", "equals": ["Management"]}]}, {"field_selector": [{"field": "eventCategory", "equals": ["Data"]},
		{"field": "resources.type", "equals": ["AWS::S3::Object"]}, {"field": "resources.ARN", "not_starts_with": ["arn:aws:s3:::` + bucket + `/"]}]}]`
}

// TestObjectEvents: where the settings ask for them, the trail records requests for
// objects of every bucket that no logs are sent to, and management events as before.
func TestObjectEvents(t *testing.T) {
	faults := func(trail string) string {
		t.Helper()
		content := decode(t, `{"aws_s3_bucket": {"logs": {"bucket": "logs"}, "documents": {"bucket": "documents"}}, "aws_cloudtrail": {"t": `+trail+`}}`)
		p := &Platform{Facts: facts(), Stacks: []Stack{Load("shared", map[string]any{"resource": content})}}
		p.Account.Trail.ObjectEvents = true
		var found []string
		for _, v := range Evaluate(p) {
			if v.Rule.ID == "PW-BAS-11" {
				found = append(found, v.Detail)
			}
		}
		return strings.Join(found, "; ")
	}
	trail := func(selectors string) string {
		return `{"s3_bucket_name": "${aws_s3_bucket.logs.id}", "advanced_event_selector": ` + selectors + `}`
	}
	if found := faults(trail(objectEvents("logs"))); found != "" {
		t.Errorf("a trail that records all: %s", found)
	}
	for name, selectors := range map[string]string{
		"none":                      `[]`,
		"without the documents":     objectEvents("documents"),
		"writes only":               strings.Replace(objectEvents("logs"), `{"field": "resources.type"`, `{"field": "readOnly", "equals": ["false"]}, {"field": "resources.type"`, 1),
		"of functions":              strings.Replace(objectEvents("logs"), "S3::Object", "Lambda::Function", 1),
		"some management events":    strings.Replace(objectEvents("logs"), `["Management"]}`, `["Management"]}, {"field": "readOnly", "equals": ["false"]}`, 1),
		"without management events": strings.Replace(objectEvents("logs"), `["Management"]`, `["Data"]`, 1),
	} {
		if found := faults(trail(selectors)); found == "" {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestBaseline: without a kind, or with a second one, the baseline is not whole;
// what the organisation does is made nowhere.
func TestBaseline(t *testing.T) {
	evaluate := func(account config.Account, change func(resources map[string]any)) []string {
		content := map[string]any{"aws_iam_openid_connect_provider": map[string]any{"github": map[string]any{}}}
		maps.Copy(content, decode(t, wholeBaseline))
		change(content)
		p := &Platform{Facts: facts(), Stacks: []Stack{Load("shared", map[string]any{"resource": content})}}
		p.Account = account
		var found []string
		for _, v := range Evaluate(p) {
			if v.Rule.ID == "PW-BAS-01" {
				found = append(found, v.Detail)
			}
		}
		return found
	}
	for _, b := range baselineKinds {
		for _, kind := range b.kinds {
			gone := evaluate(config.Account{}, func(r map[string]any) { delete(r, kind) })
			twice := evaluate(config.Account{}, func(r map[string]any) { r[kind].(map[string]any)["c"] = map[string]any{} })
			if b.many {
				if len(gone) != 1 || len(twice) != 0 || !strings.Contains(gone[0], "0 of "+kind) {
					t.Errorf("%s: without it %q, with two %q", kind, gone, twice)
				}
				continue
			}
			if len(gone) != 1 || len(twice) != 1 || !strings.Contains(gone[0], "0 of "+kind) || !strings.Contains(twice[0], "2 of "+kind) {
				t.Errorf("%s: without it %q, with two %q", kind, gone, twice)
			}
		}
	}
	byOrganisation := config.Account{Organisation: config.Organisation{Trail: "an organisation trail"}}
	if found := evaluate(byOrganisation, func(r map[string]any) { delete(r, "aws_cloudtrail"); delete(r, "aws_cloudwatch_log_metric_filter") }); len(found) != 0 {
		t.Errorf("the organisation has the trail: %q", found)
	}
	if found := evaluate(byOrganisation, func(map[string]any) {}); len(found) != 2 {
		t.Errorf("the organisation has the trail, and the stack too: %q", found)
	}
}

// TestRules checks every row with its rule, and that every rule has rows.
const aBalancer = `{"aws_lb": {"balancer": {"idle_timeout": 60}}}`

func TestRules(t *testing.T) {
	complied, violated := map[string]bool{}, map[string]bool{}
	for _, row := range append(rows, conditions...) {
		t.Run(row.rule+" "+row.kind, func(t *testing.T) {
			if row.complies != "" {
				complied[row.rule] = true
				if faults := faultsOf(t, row, row.complies); len(faults) > 0 {
					t.Errorf("%s should comply: %v", row.complies, faults)
				}
			}
			for _, patch := range row.violates {
				violated[row.rule] = true
				base := row.complies
				if base == "" {
					base = `{}`
				}
				if faults := faultsOf(t, row, merged(t, base, patch)); len(faults) == 0 {
					t.Errorf("%s with %s passes", base, patch)
				}
			}
		})
	}
	for _, rule := range Rules() {
		if rule.ID == unknownKind.ID || rule.ID == soundExceptions.ID {
			continue // TestExceptions and TestUnknownKinds
		}
		if !violated[rule.ID] {
			t.Errorf("no violating resource for %s", rule.ID)
		}
		if !complied[rule.ID] {
			t.Errorf("no complying resource for %s", rule.ID)
		}
	}
}

// faultsOf evaluates a small platform with the resource in it and returns what
// the rule says of it, or of what it completes.
func faultsOf(t *testing.T, row row, attributes string) []string {
	t.Helper()
	stack := row.in
	if stack == "" {
		stack = "prod"
	}
	base := decode(t, world)
	kind, name, named := strings.Cut(row.kind, ":")
	if !named {
		name = "it"
	}
	if row.with != "" {
		for withKind, resources := range decode(t, row.with) {
			addTo(base, withKind, resources.(map[string]any))
		}
	}
	under := withDocuments(t, kind, decode(t, attributes))
	base["provider"] = map[string]any{"aws": []any{map[string]any{"region": "eu-central-1"}, map[string]any{"region": "eu-west-1", "alias": "copies"}}}
	switch {
	case kind == "output":
		base["output"] = map[string]any{name: under}
	case strings.HasPrefix(kind, "provider."):
		base["provider"] = map[string]any{strings.TrimPrefix(kind, "provider."): []any{under}}
	case strings.HasPrefix(kind, "backend."):
		base["terraform"] = map[string]any{"backend": map[string]any{strings.TrimPrefix(kind, "backend."): under}}
	default:
		addTo(base, kind, map[string]any{name: under})
	}
	p := &Platform{Facts: facts(), Stacks: []Stack{
		Load("dev", decode(t, `{"resource": {"aws_kms_key": {"key": {}}, "aws_vpc": {"vpc": {"cidr_block": "10.9.0.0/16"}}, "aws_sns_topic": {"alarms": {"name": "dev-alarms"}}, "aws_cloudwatch_log_group": {"group": {"name": "/dev-group"}}}, "output": {"key": {"value": "${aws_kms_key.key.arn}"}}}`)), Load(stack, base),
	}}
	// Some rules say of a resource what others make of it: their rows break the
	// one that completes it.
	completes := map[string]string{
		"PW-S3-08 aws_s3_bucket_logging": "other", "PW-KMS-04 aws_kms_alias": "key", "PW-ECR-04 aws_ecr_repository_policy": "repository",
		"PW-NET-05 aws_default_security_group": "vpc", "PW-NET-06 aws_flow_log": "vpc", "PW-SNS-02 aws_sns_topic_policy": "topic",
		"PW-WAF-01 aws_wafv2_web_acl_logging_configuration": "edge",
	}[row.rule+" "+kind]
	var faults []string
	for _, v := range Evaluate(p) {
		under := strings.HasSuffix(v.Path, "."+name) || !strings.Contains(strings.TrimPrefix(v.Path, stack+"/"+kind), ".")
		if v.Rule.ID == row.rule && strings.HasPrefix(v.Path, stack+"/") && (under || completes != "" && strings.HasSuffix(v.Path, "."+completes)) {
			faults = append(faults, v.Path+": "+v.Detail)
		}
	}
	return faults
}

func facts() Facts {
	return Facts{
		AccountID:    "111122223333",
		Environments: map[string]Environment{"dev": {Disposable: true}, "staging": {}, "prod": {Protected: true}},
		On:           time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
	}
}

func addTo(content map[string]any, kind string, resources map[string]any) {
	all := content["resource"].(map[string]any)
	if all[kind] == nil {
		all[kind] = map[string]any{}
	}
	maps.Copy(all[kind].(map[string]any), resources)
}

// withDocuments turns policies and containers, written out in the table, into
// the strings that Terraform takes.
func withDocuments(t *testing.T, kind string, attributes map[string]any) map[string]any {
	t.Helper()
	for _, attribute := range []string{documentOf[kind], "container_definitions"} {
		switch attributes[attribute].(type) {
		case map[string]any, []any:
			data, err := json.Marshal(attributes[attribute])
			if err != nil {
				t.Fatal(err)
			}
			attributes[attribute] = string(data)
		}
	}
	return attributes
}

func decode(t *testing.T, data string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(data), &out); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return out
}

func merged(t *testing.T, base, patch string) string {
	t.Helper()
	data, err := json.Marshal(merge(decode(t, base), decode(t, patch)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func merge(base, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	target, ok := base.(map[string]any)
	if !ok {
		target = map[string]any{}
	}
	for key, value := range changes {
		if value == nil {
			delete(target, key)
			continue
		}
		target[key] = merge(target[key], value)
	}
	return target
}

func TestUnknownKinds(t *testing.T) {
	for kind, want := range map[string]bool{
		"aws_lambda_function": true, "aws_iam_user": true, "aws_iam_access_key": true, "aws_vpc_peering_connection": true, "aws_instance": true,
		"aws_ebs_volume": true, "aws_db_snapshot": true, "aws_ecrpublic_repository": true, "aws_secretsmanager_secret_version": true,
		"data.aws_secretsmanager_secret_version": true, "random_password": true, "data.external": true, "module": true, "moved": true,
		"aws_route53_record": false, "aws_vpc": false,
	} {
		p := &Platform{Facts: facts(), Stacks: []Stack{{Name: "dev", Resources: []*Resource{{Stack: "dev", Type: kind, Name: "it", Path: "dev/it", Attributes: map[string]any{}}}}}}
		got := slices.ContainsFunc(Evaluate(p), func(v Violation) bool { return v.Rule.ID == unknownKind.ID })
		if got != want {
			t.Errorf("%s reported: %v, want %v", kind, got, want)
		}
	}
}

// noted gives what Except writes to a resource.
type noted map[string]any

func (n noted) AddOverride(path *string, value any) {
	parts := strings.Split(*path, ".")
	m := map[string]any(n)
	for _, part := range parts[:len(parts)-1] {
		if m[part] == nil {
			m[part] = map[string]any{}
		}
		m = m[part].(map[string]any)
	}
	m[parts[len(parts)-1]] = value
}

func TestExceptions(t *testing.T) {
	const reason = "A reason that says why the rule cannot be kept here."
	for _, test := range []struct {
		name, kind string
		protocol   string
		exception  Exception
		// want is part of the only violation; "" for none.
		want string
	}{
		{"that is needed", "aws_sns_topic_subscription", "http", Exception{"PW-SNS-03", reason, "2026-11-25"}, ""},
		{"of today", "aws_sns_topic_subscription", "http", Exception{"PW-SNS-03", reason, "2026-11-24"}, "expired on 2026-11-24"},
		{"of long ago", "aws_sns_topic_subscription", "http", Exception{"PW-SNS-03", reason, "2020-01-01"}, "expired on 2020-01-01"},
		{"without a day", "aws_sns_topic_subscription", "http", Exception{"PW-SNS-03", reason, "never"}, `expires on "never"`},
		{"without a reason", "aws_sns_topic_subscription", "http", Exception{"PW-SNS-03", "it is hard", "2027-06-30"}, "say why"},
		{"that is needed no more", "aws_sns_topic_subscription", "https", Exception{"PW-SNS-03", reason, "2027-06-30"}, "no violation of PW-SNS-03 is left"},
		{"that nothing needs", "aws_kms_alias", "", Exception{"PW-SNS-03", reason, "2027-06-30"}, "no violation of PW-SNS-03 is left"},
		{"to no rule", "aws_kms_alias", "", Exception{"PW-IAM-99", reason, "2027-06-30"}, `"PW-IAM-99", which is no rule`},
	} {
		t.Run(test.name, func(t *testing.T) {
			attributes := noted{"protocol": test.protocol}
			Except(attributes, test.exception)
			p := &Platform{Facts: facts(), Stacks: []Stack{Load("prod", map[string]any{"resource": map[string]any{test.kind: map[string]any{"it": map[string]any(attributes)}}})}}
			violations := Evaluate(p)
			if test.want == "" {
				if len(violations) > 0 {
					t.Error(violations)
				}
				return
			}
			found := slices.ContainsFunc(violations, func(v Violation) bool {
				return v.Rule.ID == soundExceptions.ID && strings.Contains(v.Detail, test.want)
			})
			if !found {
				t.Errorf("got %v, want %q", violations, test.want)
			}
			// What excuses nothing leaves the violation standing.
			if test.protocol == "http" && !slices.ContainsFunc(violations, func(v Violation) bool { return v.Rule.ID == "PW-SNS-03" }) {
				t.Error("the violation is excused")
			}
		})
	}
}

// TestRulesNameWhatIsThere: a file or folder of this repository that a rule
// names exists.
func TestRulesNameWhatIsThere(t *testing.T) {
	named := regexp.MustCompile(`\b(?:access|compliance|config|constructs|stacks)/[a-z_]+(?:\.go)?`)
	found := 0
	for _, r := range Rules() {
		for _, path := range named.FindAllString(r.Why+" "+r.Fix, -1) {
			found++
			if _, err := os.Stat("../" + path); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
	}
	if found == 0 {
		t.Error("no rule names a file: the test would prove nothing")
	}
}

func TestRulesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.Why == "" || r.Fix == "" || r.check == nil {
			t.Errorf("%s lacks its title, why, fix or check", r.ID)
		}
		for _, kind := range r.Types {
			if isInert(kind) {
				t.Errorf("%s looks at %s, which is listed as nothing to check", r.ID, kind)
			}
		}
	}
}

func TestSecretLike(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        bool
	}{
		{"DATABASE_NAME", "paperwurks", false},
		{"DOCUMENTS_BUCKET", "paperwurks-dev-documents-111122223333", false},
		{"URL", "https://d111111abcdef8.cloudfront.net", false},
		{"DATABASE_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x", false},
		{"SESSION_KEY", "${aws_secretsmanager_secret.s.arn}", false},
		{"TOKEN_TTL", "3600", false},
		{"SESSION_KEY", "x", true},
		{"AUTH", "x", true},
		{"A", "-----BEGIN RSA PRIVATE KEY-----", true},
		{"A", "0f3c9a7be1d24586a7b0c3d9e8f12345", true},
		{"A", "redis://:hunter2@cache", true},
		{"A", "redis://user:hunter2@cache", true},
	} {
		if got := config.SecretLike(test.name, test.value); (got != "") != test.want {
			t.Errorf("%s=%s: %q, want a finding: %v", test.name, test.value, got, test.want)
		}
	}
}

// TestWriteExpired: from its day on an exception is named; synth goes on.
func TestWriteExpired(t *testing.T) {
	stacks := []Stack{{Resources: []*Resource{{Path: "dev/one", Exceptions: []Exception{{"PW-S3-02", "why", "2027-03-15"}}}}}}
	for day, want := range map[string]string{
		"2027-03-14": "",
		"2027-03-15": "compliance: dev/one: the exception to PW-S3-02 expired on 2027-03-15: decide on it again\n",
	} {
		on, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		WriteExpired(&said, stacks, on)
		if said.String() != want {
			t.Errorf("%s: %q, want %q", day, said.String(), want)
		}
	}
}

const wholeCheck = `{"type": "HTTPS", "port": 443, "enable_sni": true, "regions": ["a", "b", "c"]}`

// letsIn is a distribution with a geo restriction, and its web ACL with a default
// action and a limit of requests.
func letsIn(restriction, action string, limit int) string {
	return fmt.Sprintf(`{"aws_cloudfront_distribution": {"d": {"restrictions": {"geo_restriction": {"restriction_type": %q}}, "web_acl_id": "${aws_wafv2_web_acl.edge-acl.arn}"}},
		"aws_wafv2_web_acl": {"edge-acl": {"default_action": {%q: {}}, "rule": [{"statement": {"rate_based_statement": {"limit": %d}}}]}}}`, restriction, action, limit)
}

// anonymous is a web ACL with the list of anonymous addresses, and what it does with those
// of hosting providers; "" for the group's own.
func anonymous(override, hosting string) string {
	if hosting != "" {
		hosting = fmt.Sprintf(`, "rule_action_override": [{"name": "AnonymousIPList", "action_to_use": {"count": {}}}, {"name": "HostingProviderIPList", "action_to_use": {%q: {}}}]`, hosting)
	}
	return fmt.Sprintf(`{"aws_cloudfront_distribution": {"d": {"restrictions": {"geo_restriction": {"restriction_type": "none"}}, "web_acl_id": "${aws_wafv2_web_acl.edge-acl.arn}"}},
		"aws_wafv2_web_acl": {"edge-acl": {"default_action": {"allow": {}}, "rule": [{"override_action": {%q: {}}, "statement": {"managed_rule_group_statement": {"name": "AWSManagedRulesAnonymousIpList"%s}}}]}}}`, override, hosting)
}

// watchesCheck is an alarm on the check.
func watchesCheck(namespace, statistic, comparison, threshold, missing, provider string) string {
	return fmt.Sprintf(`{"aws_cloudwatch_metric_alarm": {"a": {"namespace": %q, "metric_name": "HealthCheckStatus", "dimensions": {"HealthCheckId": "${aws_route53_health_check.it.id}"},
		"statistic": %q, "comparison_operator": %q, "threshold": %s, "treat_missing_data": %q, "provider": %q}}}`, namespace, statistic, comparison, threshold, missing, provider)
}
