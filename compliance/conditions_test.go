package compliance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// each are documents, one for each of some values in the place of %s.
func each(format string, values ...string) []string {
	var out []string
	for _, value := range values {
		out = append(out, strings.ReplaceAll(format, "%s", value))
	}
	return out
}

func allow(rest string) string { return document(`"Effect": "Allow", ` + rest) }

// named is what the literals of PW-ALL-05 are looked up among.
const named = `{"aws_a": {"a": {"bucket": "the-bucket"}}, "aws_b": {"b": {"identifier": "the-database"}}, "aws_c": {"c": {"family": "the-family"}},
	"aws_d": {"d": {"alarm_name": "the-alarm"}}, "aws_e": {"e": {"dashboard_name": "the-dashboard"}}, "aws_route53_record": {"f": {"name": "the-host"}}, "other_g": {"g": {"name": "the-other"}}}`

// conditions have each condition of a rule that has more than one by itself, and
// what is just allowed.
var conditions = []row{
	{rule: "PW-ALL-04", kind: "aws_iam_role", complies: `{"permissions_boundary": "arn:aws:iam::1:policy/p/boundary-prod"}`,
		violates: []string{`{"permissions_boundary": "arn:aws:iam::1:policy/p/boundary-dev"}`, `{"assume_role_policy": "arn:aws:iam::1:policy/p/boundary-dev"}`, `{"policy": "arn:aws:iam::1:policy/p/boundary-dev"}`}},
	{rule: "PW-ALL-04", kind: "aws_sns_topic", in: "shared", complies: `{"kms_master_key_id": "${data.terraform_remote_state.dev.outputs.key}"}`},

	{rule: "PW-ALL-05", kind: "aws_iam_role", with: named, complies: `{"x": "the-bucket-2", "y": "my-the-bucket", "z": "the-host", "o": "the-other", "p": "dev-alarms", "depends_on": ["aws_c.c"], "q": "the-family"}`,
		violates: each(`{"x": "%s"}`, "the-bucket", "arn:aws:s3:::the-bucket/*", "a:the-bucket", "${a.b.c}the-bucket", "the-bucket-2/the-bucket", "the-database", "the-alarm", "the-dashboard")},
	{rule: "PW-ALL-05", kind: "aws_iam_role", with: named, complies: `{"x": "${aws_c.c.arn}", "y": "the-family"}`, violates: []string{`{"x": null}`}},
	{rule: "PW-ALL-05", kind: "aws_iam_role",
		complies: `{"//": {"a": "/group"}, "lifecycle": {"a": "/group"}, "tags": {"a": "/group"}, "description": "/group", "comment": "/group", "alarm_description": "/group", "policy": "/group", "assume_role_policy": "/group",
			"dashboard_body": "/group", "dimensions": {"a": "/group"}, "metric_name": "/group", "depends_on": ["/group"], "name": "/group", "bucket": "/group", "identifier": "/group", "family": "/group", "alarm_name": "/group", "dashboard_name": "/group"}`},
	{rule: "PW-ALL-05", kind: "output:o", complies: `{"value": "/group"}`},
	{rule: "PW-ALL-06", kind: "aws_ecs_service", with: routing,
		complies: `{"cluster": "${aws_ecs_cluster.c.arn}", "load_balancer": [{"target_group_arn": "${aws_lb_target_group.default.arn}"}], "depends_on": ["aws_ecs_cluster_capacity_providers.c", "aws_lb_listener_rule.paths"]}`},

	{rule: "PW-ACC-01", kind: "provider.aws", complies: `{"allowed_account_ids": ["111122223333"]}`, violates: []string{`{"allowed_account_ids": [""]}`, `{"access_key": "k"}`, `{"token": "t"}`}},
	{rule: "PW-STA-01", kind: "backend.s3", complies: `{"use_lockfile": true, "key": "prod/terraform.tfstate", "allowed_account_ids": ["1"]}`, violates: []string{`{"secret_key": "k"}`, `{"token": "t"}`, `{"allowed_account_ids": ["1", "2"]}`}},
	{rule: "PW-STA-01", kind: "backend.local", violates: []string{`{}`}},

	{rule: "PW-DAT-01", kind: "aws_s3_bucket", in: "dev", complies: `{}`},
	{rule: "PW-DAT-03", kind: "aws_vpc", in: "dev", complies: `{}`},
	{rule: "PW-DAT-02", kind: "aws_lb", in: "dev", complies: `{}`},
	{rule: "PW-DAT-02", kind: "aws_db_instance", in: "staging", complies: `{}`},
	{rule: "PW-DAT-01", kind: "aws_ecr_repository", in: "staging", complies: `{"lifecycle": {"prevent_destroy": true}}`, violates: []string{`{"lifecycle": null}`, `{"force_delete": true}`}},
	{rule: "PW-DAT-01", kind: "aws_db_instance", complies: `{"lifecycle": [{"prevent_destroy": true}]}`, violates: []string{`{"lifecycle": null}`, `{"skip_final_snapshot": true}`}},

	{rule: "PW-S3-01", kind: "aws_s3_bucket", complies: `{}`, with: wholeBucket, violates: each(`{"%s": [{}]}`, "grant", "website", "cors_rule", "server_side_encryption_configuration")},
	{rule: "PW-S3-02", kind: "aws_s3_bucket_server_side_encryption_configuration",
		complies: `{"rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms:dsse", "kms_master_key_id": ` + key + `}, "bucket_key_enabled": true}}`,
		violates: []string{`{"rule": {"bucket_key_enabled": false}}`, `{"rule": {"apply_server_side_encryption_by_default": {"kms_master_key_id": ""}}}`,
			`{"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": ` + key + `}, "bucket_key_enabled": true}, {}]}`}},
	{rule: "PW-S3-04", kind: "aws_s3_bucket_policy", complies: document(noTLS, oldTLS), violates: slices.Concat(
		each(document(oldTLS, strings.Replace(noTLS, `"false"`, `%s`, 1)), `"true"`, `["true"]`),
		each(document(oldTLS, strings.Replace(noTLS, `"Bool"`, `"%s"`, 1)), "BoolIfExists", "StringEquals"),
		each(document(oldTLS, strings.Replace(noTLS, `"Principal": "*"`, `"Principal": %s`, 1)), `{"AWS": "arn:aws:iam::111122223333:root"}`, `{"Service": "s"}`),
		[]string{
			document(oldTLS, strings.Replace(noTLS, `"Deny"`, `"Allow"`, 1)), document(oldTLS, strings.Replace(noTLS, `"s3:*"`, `"s3:Get*"`, 1)),
			document(oldTLS, strings.Replace(noTLS, `["b", "b/*"]`, `"b/*"`, 1)), document(oldTLS, strings.Replace(noTLS, `{"Bool":`, `{"StringEquals": {"a:b": "c"}, "Bool":`, 1)),
			document(noTLS, strings.Replace(oldTLS, `"1.2"`, `"1.1"`, 1)), document(oldTLS, strings.Replace(noTLS, `"Principal"`, `"NotPrincipal"`, 1)),
		})},
	{rule: "PW-S3-07", kind: "aws_s3_bucket_lifecycle_configuration",
		complies: `{"rule": [{"status": "Enabled", "noncurrent_version_expiration": {"noncurrent_days": 1}}, {"status": "Enabled", "abort_incomplete_multipart_upload": {"days_after_initiation": 1}}]}`,
		violates: []string{`{"rule": [{"status": "Enabled", "noncurrent_version_expiration": {"noncurrent_days": 7}}]}`, `{"rule": [{"status": "Enabled", "abort_incomplete_multipart_upload": {"days_after_initiation": 7}}]}`,
			`{"rule": [{"status": "Enabled", "noncurrent_version_expiration": {"noncurrent_days": 0}, "abort_incomplete_multipart_upload": {"days_after_initiation": 7}}]}`}},
	{rule: "PW-S3-08", kind: "aws_s3_bucket", complies: `{}`, with: `{"aws_s3_bucket_logging": {"l": {"bucket": "${aws_s3_bucket.other.id}", "target_bucket": "${aws_s3_bucket.it.id}"}}}`},

	// Only what must be there, and be ours, confines a statement to the account.
	{rule: "PW-POL-01", kind: "aws_kms_key", complies: document(anyone + `, ` + account), violates: slices.Concat(
		each(document(anyone+`, "Condition": {"%s": {"aws:SourceAccount": "111122223333"}}`), "ForAllValues:StringEquals", "StringEqualsIfExists", "StringNotEquals", "ForAnyValue:StringNotEquals", "Null", "NumericEquals"),
		[]string{document(anyone + `, "Condition": {"StringEquals": {"aws:SourceAccount": []}}`), document(anyone + `, "Condition": {"StringEquals": {"aws:SourceVpc": "111122223333"}}`),
			document(anyone + `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b*"}}`), allow(`"Principal": {"AWS": "*"}`), allow(`"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}`)})},
	{rule: "PW-POL-02", kind: "aws_sns_topic_policy", complies: allow(`"Principal": {"AWS": "arn:aws:iam::111122223333:root"}`),
		violates: []string{allow(`"Principal": {"Service": "s"}, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ecs:r:999999999999:*"}}`)}},
	{rule: "PW-POL-03", kind: "aws_s3_bucket_policy", complies: allow(`"Principal": {"AWS": ["111122223333", "*", "${aws_iam_role.bounded.arn}"], "Service": "s"}`),
		violates: []string{allow(`"Principal": {"AWS": "999999999999"}`), allow(`"Principal": {"AWS": ["111122223333", "arn:aws:iam::999999999999:root"]}`), allow(`"Principal": {"AWS": "role:111122223333"}`)}},
	{rule: "PW-POL-04", kind: "aws_s3_bucket_policy", complies: allow(`"Principal": {"AWS": "111122223333"}, "Action": "a:b", "Resource": "x"`), violates: []string{allow(`"NotPrincipal": {"AWS": "1"}, "Action": "a:b"`)}},
	{rule: "PW-POL-05", kind: "aws_vpc_endpoint", complies: `{"vpc_endpoint_type": "Gateway", "policy": {"Statement": [{"Effect": "Deny"}]}}`, violates: []string{`{"policy": "x"}`}},
	{rule: "PW-POL-05", kind: "aws_kms_key", complies: document(`"Effect": "Deny"`), violates: []string{`{"policy": "{}"}`, `{"policy": "[]"}`}},

	{rule: "PW-IAM-01", kind: "aws_iam_role", complies: `{"permissions_boundary": "${aws_iam_policy.boundary.arn}"}`,
		violates: []string{`{"permissions_boundary": ""}`, `{"permissions_boundary": "arn:aws:iam::999999999999:policy/b/boundary"}`, `{"permissions_boundary": "arn:aws:iam::111122223333:policy/boundary"}`}},
	{rule: "PW-IAM-01", kind: "aws_iam_role", violates: []string{`{"permissions_boundary": "${aws_iam_policy.boundary.arn}"}`}, with: `{"aws_iam_role_policy_attachment": {"a": {"policy_arn": "arn:aws:iam::111122223333:policy/b/boundary"}}}`},
	// A boundary grants nothing; one that a role has too does.
	{rule: "PW-IAM-02", kind: "aws_iam_policy", complies: `{"name": "it", "path": "/b/", "policy": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}`, with: `{"aws_iam_role": {"r": {"permissions_boundary": "${aws_iam_policy.it.arn}"}}}`},
	{rule: "PW-IAM-02", kind: "aws_iam_policy", complies: `{"name": "it", "path": "/b/", "policy": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}`, with: `{"aws_iam_role": {"r": {"permissions_boundary": "arn:aws:iam::111122223333:policy/b/it"}}}`,
		violates: []string{`{"name": "other"}`, `{"path": "/c/"}`}},
	{rule: "PW-IAM-02", kind: "aws_iam_policy", violates: []string{`{"name": "it", "path": "/b/", "policy": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}`},
		with: `{"aws_iam_role": {"r": {"permissions_boundary": "${aws_iam_policy.it.arn}"}}, "aws_iam_role_policy_attachment": {"a": {"policy_arn": "${aws_iam_policy.it.arn}"}}}`},
	{rule: "PW-IAM-02", kind: "aws_iam_role_policy", complies: allow(`"Action": "s3:GetObject", "Resource": "*"`), violates: []string{allow(`"Action": "s*:Get", "Resource": "*"`)}},
	{rule: "PW-IAM-03", kind: "aws_iam_role_policy", complies: allow(`"Action": ["iam:GetRole", "sts:GetCallerIdentity"], "Resource": "*"`), violates: slices.Concat(
		each(allow(`"Action": "%s", "Resource": "*"`), "iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreatePolicyVersion",
			"iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:UpdateLoginProfile", "sts:AssumeRole", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
		each(allow(`"Action": "iam:PutRolePolicy", "Resource": ["arn:aws:iam::1:role/r", "%s"]`), "arn:aws:iam::1:role/*", "arn:aws:iam::1:policy/*"),
		each(allow(`"Action": "iam:PassRole", "Resource": "%s", "Condition": {"StringEquals": {"iam:PassedToService": "ecs"}}`), "*", "arn:aws:iam::1:role/*"),
		each(allow(`"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/r", "Condition": {"%s": {"iam:PassedToService": "ecs"}}`), "StringEqualsIfExists", "ForAllValues:StringEquals"),
		[]string{allow(`"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/r", "Condition": {"StringEquals": {"iam:AssociatedResourceArn": "ecs"}}`)})},
	{rule: "PW-IAM-03", kind: "aws_iam_role_policy", complies: allow(`"Action": "iam:PutRolePolicy", "Resource": ["arn:aws:iam::1:role/r", "arn:aws:iam::1:role/p/*"]`)},
	{rule: "PW-IAM-04", kind: "aws_iam_role_policy", complies: allow(`"Action": ["kms:Decrypt"], "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3"}}`), violates: []string{allow(`"Action": "kms:ReEncryptFrom", "Resource": "*"`)}},
	{rule: "PW-IAM-04", kind: "aws_iam_role_policy", complies: allow(`"Action": ["kms:DescribeKey"], "Resource": "*"`)},
	{rule: "PW-IAM-06", kind: "aws_iam_role", complies: trust(`"Effect": "Allow", "Principal": {"Service": "ecs"}, "Action": "sts:AssumeRole"`), violates: []string{trust(`"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "sts:AssumeRoleWithWebIdentity"`)}},
	{rule: "PW-IAM-06", kind: "aws_iam_role", complies: trust(githubs + `, "Condition": {"StringEquals": {` + aud + `, ` + sub + `}}`), violates: slices.Concat(
		each(trust(`"Effect": "Allow", "Principal": {"Federated": %s}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {`+aud+`, `+sub+`}}`), `"arn:aws:iam::1:oidc-provider/evil"`, `["${aws_iam_openid_connect_provider.github.arn}", "evil"]`),
		each(trust(`"Effect": "Allow", "Principal": {"Federated": "${aws_iam_openid_connect_provider.github.arn}"}, "Action": %s, "Condition": {"StringEquals": {`+aud+`, `+sub+`}}`), `"sts:AssumeRole"`, `["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]`),
		each(trust(githubs+`, "Condition": {"StringEquals": {`+sub+`, "token.actions.githubusercontent.com:aud": %s}}`), `"mine"`, `["sts.amazonaws.com", "mine"]`),
		each(trust(githubs+`, "Condition": {"StringEquals": {`+aud+`, "token.actions.githubusercontent.com:sub": %s}}`), `"repo:o/r?:ref:x"`, `"repo:o/r"`, `["repo:o/r:ref:refs/heads/main", "repo:o/r:*"]`))},
	{rule: "PW-IAM-07", kind: "aws_iam_openid_connect_provider", complies: `{"url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts.amazonaws.com"]}`, violates: []string{`{"client_id_list": ["mine"]}`}},
	{rule: "PW-KMS-01", kind: "aws_kms_key", complies: `{"enable_key_rotation": "true", "rotation_period_in_days": 365}`, violates: []string{`{"rotation_period_in_days": 366}`}},
	{rule: "PW-KMS-03", kind: "aws_kms_key", complies: allow(`"Action": ["kms:DescribeKey"]`), violates: each(allow(`"Action": "kms:%s"`), "Decrypt", "GenerateDataKey", "Encrypt", "ReEncryptFrom", "Sign")},

	{rule: "PW-RDS-02", kind: "aws_db_instance", complies: `{"publicly_accessible": false, "db_subnet_group_name": "${aws_db_subnet_group.isolated.name}", "vpc_security_group_ids": ["g"]}`,
		violates: []string{`{"db_subnet_group_name": "${aws_db_subnet_group.strange.name}"}`}, with: `{"aws_db_subnet_group": {"strange": {"subnet_ids": ["subnet-1"]}}}`},
	{rule: "PW-RDS-03", kind: "aws_db_parameter_group", complies: `{"parameter": [{"name": "a", "value": "0"}, {"name": "rds.force_ssl", "value": "1"}]}`, violates: []string{`{"parameter": [{"name": "a", "value": "1"}]}`}},
	{rule: "PW-RDS-04", kind: "aws_db_instance", in: "dev", complies: `{"backup_retention_period": 7, "copy_tags_to_snapshot": true}`, violates: []string{`{"backup_retention_period": 6}`}},
	{rule: "PW-RDS-04", kind: "aws_db_instance", in: "staging", complies: `{"backup_retention_period": 7, "copy_tags_to_snapshot": true, "final_snapshot_identifier": "f"}`, violates: []string{`{"final_snapshot_identifier": null}`}},
	{rule: "PW-RDS-05", kind: "aws_db_instance", complies: `{"manage_master_user_password": true, "iam_database_authentication_enabled": true, "username": "paperwurks_admin"}`,
		violates: append(each(`{"username": "%s"}`, "admin", "administrator", "master", "postgres", "root", "Root"), `{"username": null}`, `{"password_wo": "p"}`)},
	{rule: "PW-RDS-06", kind: "aws_db_instance", complies: `{"enabled_cloudwatch_logs_exports": ["upgrade", "postgresql"], "monitoring_interval": 1, "performance_insights_enabled": true}`, violates: []string{`{"enabled_cloudwatch_logs_exports": ["postgresql"]}`}},
	{rule: "PW-RDS-08", kind: "aws_db_instance", in: "dev", complies: `{"multi_az": false}`},

	{rule: "PW-NET-01", kind: "aws_vpc_security_group_ingress_rule", complies: `{"cidr_ipv4": "10.0.0.0/16"}`, violates: each(`{"cidr_ipv4": "%s"}`, "10.0.0.0/15", "10.9.0.0/24", "x")},
	{rule: "PW-NET-02", kind: "aws_vpc_security_group_egress_rule", complies: `{"ip_protocol": "udp", "from_port": 53, "to_port": 53, "description": "d"}`, violates: []string{`{"from_port": 0, "to_port": 0}`, `{"ip_protocol": "icmp"}`}},
	{rule: "PW-NET-03", kind: "aws_vpc_security_group_egress_rule", complies: `{"cidr_ipv6": "::/0", "from_port": 443, "to_port": 443}`, violates: []string{`{"from_port": 80, "to_port": 80}`, `{"from_port": 444, "to_port": 444}`, `{"from_port": 0, "to_port": 442}`}},
	{rule: "PW-NET-03", kind: "aws_vpc_security_group_egress_rule", complies: `{"cidr_ipv4": "10.0.0.0/16", "from_port": 80, "to_port": 80}`, violates: []string{`{"cidr_ipv4": "0.0.0.0/0", "to_port": 443}`, `{"cidr_ipv4": "0.0.0.0/0", "from_port": 443}`}},
	{rule: "PW-NET-03", kind: "aws_vpc_security_group_egress_rule", complies: `{"referenced_security_group_id": "g", "from_port": 80, "to_port": 80}`},
	{rule: "PW-NET-04", kind: "aws_security_group", complies: `{"description": "d", "vpc_id": "${aws_vpc.vpc.id}"}`, violates: []string{`{"vpc_id": "vpc-0123"}`, `{"vpc_id": "${aws_subnet.private.id}"}`}},
	{rule: "PW-NET-05", kind: "aws_default_security_group", violates: []string{`{"vpc_id": "${aws_vpc.vpc.id}"}`}, with: `{"aws_default_security_group": {"second": {"vpc_id": "${aws_vpc.vpc.id}"}}}`},
	{rule: "PW-NET-08", kind: "output:subnet_ids", complies: `{"value": "subnet-1"}`},
	{rule: "PW-NET-08", kind: "output:for_prod_vpc_id", complies: `{"value": "vpc-1"}`},
	{rule: "PW-NET-10", kind: "aws_vpc", complies: `{"enable_dns_support": true, "enable_dns_hostnames": true}`, violates: []string{`{"enable_dns_hostnames": false}`}},
	{rule: "PW-NET-11", kind: "aws_default_route_table", complies: `{}`, violates: []string{`{"route": [{}]}`}},
	{rule: "PW-NET-11", kind: "aws_default_route_table", violates: []string{`{}`}, with: `{"aws_route": {"r": {"route_table_id": "${aws_default_route_table.it.id}"}}}`},
	{rule: "PW-NET-11", kind: "aws_route_table", complies: `{}`, with: `{"aws_route": {"r": {"route_table_id": "${aws_route_table.it.id}"}}}`},
	{rule: "PW-NET-12", kind: "aws_eip", complies: `{}`, violates: []string{`{"network_interface": "eni-1"}`}, with: `{"aws_nat_gateway": {"n": {"allocation_id": "${aws_eip.it.id}"}}}`},
	{rule: "PW-NET-12", kind: "aws_eip", violates: []string{`{}`}},

	{rule: "PW-ECR-04", kind: "aws_ecr_repository_policy", violates: []string{`{"repository": "${aws_ecr_repository.repository.name}"}`}},
	{rule: "PW-ECR-04", kind: "aws_ecr_repository_policy", violates: []string{`{"repository": "${aws_ecr_repository.repository.name}"}`},
		with: `{"aws_ecr_lifecycle_policy": {"l": {"repository": "${aws_ecr_repository.repository.name}"}}, "aws_ecr_repository_policy": {"second": {"repository": "${aws_ecr_repository.repository.name}"}}}`},
	{rule: "PW-ECS-01", kind: "aws_ecs_task_definition", complies: `{"network_mode": "awsvpc", "volume": [{"name": "v"}], "container_definitions": [{"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}]}`,
		violates: []string{`{"ipc_mode": "host"}`, `{"container_definitions": "[]"}`, container(`"linuxParameters": {"capabilities": {"drop": ["NET_RAW"]}}`)}},
	{rule: "PW-ECS-03", kind: "aws_ecs_task_definition", complies: container(`"command": ["serve"], "entryPoint": ["run"], "secrets": [{"name": "A", "valueFrom": "arn:aws:s"}]`), violates: []string{container(`"entryPoint": ["--url=https://me:pass@host/"]`)}},
	{rule: "PW-ECS-04", kind: "aws_ecs_task_definition", complies: container(`"image": "${aws_ecr_repository.repository.repository_url}:bootstrap"`),
		violates: each(container(`"image": "%s"`), "${aws_ecr_repository.repository.repository_url}:", "${aws_ecr_repository.repository.repository_url}:LATEST", "nginx:v1")},
	{rule: "PW-ECS-05", kind: "aws_ecs_task_definition", complies: container(`"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "${aws_cloudwatch_log_group.group.name}"}}`),
		violates: []string{container(`"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/dev-group"}}`)}},
	{rule: "PW-ECS-09", kind: "aws_ecs_cluster", complies: `{"setting": {"name": "containerInsights", "value": "enhanced"}}`, violates: []string{`{"setting": {"name": "other"}}`}},
	{rule: "PW-ECS-10", kind: "aws_ecs_service", complies: `{"deployment_circuit_breaker": {"enable": true, "rollback": true}, "alarms": {"enable": true, "rollback": true, "alarm_names": ["a"]}}`,
		violates: []string{`{"deployment_circuit_breaker": {"enable": false}}`, `{"alarms": {"enable": false}}`}},

	{rule: "PW-ELB-02", kind: "aws_lb", complies: `{"drop_invalid_header_fields": true, "desync_mitigation_mode": "defensive"}`, violates: []string{`{"desync_mitigation_mode": null}`}},
	{rule: "PW-ELB-04", kind: "aws_lb_listener", complies: `{"protocol": "TLS", "certificate_arn": "c", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}`, violates: []string{`{"certificate_arn": ""}`}},
	{rule: "PW-ELB-04", kind: "aws_lb_listener", complies: `{"protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}]}`,
		violates: []string{`{"default_action": null}`, `{"default_action": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}, {"type": "forward"}]}`, `{"default_action": [{"type": "forward", "redirect": {"protocol": "HTTPS"}}]}`}},
	{rule: "PW-ELB-05", kind: "aws_lb", violates: []string{`{}`}, with: `{"aws_wafv2_web_acl_association": {"a": {"resource_arn": "${aws_lb.it.arn}", "web_acl_arn": "${aws_wafv2_web_acl.edge.arn}"}}}`},
	{rule: "PW-ELB-05", kind: "aws_lb", violates: []string{`{}`}, with: `{"aws_wafv2_web_acl_association": {"a": {"resource_arn": "${aws_lb.it.arn}", "web_acl_arn": "acl"}}}`},
	{rule: "PW-ELB-05", kind: "aws_lb", violates: []string{`{}`}, with: `{"aws_wafv2_web_acl_association": {"a": {"resource_arn": "${aws_lb.it.arn}", "web_acl_arn": "${aws_wafv2_web_acl.regional.arn}"}, "b": {"resource_arn": "${aws_lb.it.arn}", "web_acl_arn": "${aws_wafv2_web_acl.regional.arn}"}}}`},
	{rule: "PW-ELB-06", kind: "aws_lb_target_group", complies: `{"protocol": "TLS"}`, violates: []string{`{"protocol": "TCP"}`}},
	{rule: "PW-ELB-07", kind: "aws_cloudwatch_metric_alarm", with: aBalancer, complies: `{"metric_name": "Other", "threshold": 600}`, violates: []string{`{"metric_name": "TargetResponseTime"}`}},
	{rule: "PW-ELB-07", kind: "aws_cloudfront_distribution", with: aBalancer, complies: `{"origin": {"vpc_origin_config": {"origin_read_timeout": 60, "origin_keepalive_timeout": 59}}}`, violates: []string{`{"origin": {"vpc_origin_config": {"origin_keepalive_timeout": 0}}}`}},
	{rule: "PW-ELB-07", kind: "aws_lb_target_group", with: aBalancer, complies: `{"deregistration_delay": "61"}`, violates: []string{`{"deregistration_delay": "59"}`}},
	{rule: "PW-ELB-07", kind: "aws_lb_target_group", in: "staging", complies: `{"deregistration_delay": "1"}`},

	{rule: "PW-CFR-01", kind: "aws_cloudfront_distribution", complies: `{"default_cache_behavior": {"viewer_protocol_policy": "https-only"}}`, violates: []string{`{"default_cache_behavior": {"viewer_protocol_policy": null}}`}},
	{rule: "PW-CFR-03", kind: "aws_cloudfront_distribution", complies: `{"web_acl_id": "${aws_wafv2_web_acl.edge.arn}"}`, violates: []string{`{"web_acl_id": "acl"}`}},
	{rule: "PW-CFR-04", kind: "aws_cloudfront_distribution", complies: `{"logging_config": {}}`},
	{rule: "PW-CFR-04", kind: "aws_cloudfront_distribution", violates: []string{`{}`}, with: `{"aws_cloudwatch_log_delivery_source": {"s": {"log_type": "OTHER", "resource_arn": "${aws_cloudfront_distribution.it.arn}"}}, "aws_cloudwatch_log_delivery": {"d": {"delivery_source_name": "${aws_cloudwatch_log_delivery_source.s.name}"}}}`},
	{rule: "PW-CFR-04", kind: "aws_cloudfront_distribution", violates: []string{`{}`}, with: `{"aws_cloudwatch_log_delivery_source": {"s": {"log_type": "ACCESS_LOGS", "resource_arn": "${aws_cloudfront_distribution.it.arn}"}}}`},
	{rule: "PW-CFR-05", kind: "aws_cloudfront_distribution", complies: `{"origin": [{"custom_origin_config": {"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}}]}`,
		violates: []string{`{"origin": [{"custom_origin_config": {"origin_protocol_policy": "http-only", "origin_ssl_protocols": ["TLSv1.2"]}}]}`, `{"origin": [{"custom_origin_config": {"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["SSLv3"]}}]}`}},
	{rule: "PW-CFR-05", kind: "aws_cloudfront_vpc_origin", complies: `{"vpc_origin_endpoint_config": {"origin_protocol_policy": "https-only", "origin_ssl_protocols": {"items": ["TLSv1.2"]}}}`, violates: []string{`{"vpc_origin_endpoint_config": {"origin_ssl_protocols": null}}`}},
	{rule: "PW-CFR-06", kind: "aws_cloudfront_distribution", complies: `{"origin": [{"origin_access_control_id": "a"}]}`, violates: []string{`{"origin": [{"origin_access_control_id": "a"}, {"custom_origin_config": {}}]}`}},
	{rule: "PW-CFR-07", kind: "aws_cloudfront_distribution", complies: `{"default_cache_behavior": {"response_headers_policy_id": "${aws_cloudfront_response_headers_policy.headers.id}"}}`, violates: []string{`{"ordered_cache_behavior": [{}]}`}},
	{rule: "PW-CFR-07", kind: "aws_cloudfront_response_headers_policy", complies: `{"security_headers_config": {"strict_transport_security": {"access_control_max_age_sec": 31536000}}}`,
		violates: []string{`{"security_headers_config": {"strict_transport_security": {"access_control_max_age_sec": 31535999}}}`}},
	{rule: "PW-WAF-01", kind: "aws_wafv2_web_acl_logging_configuration",
		complies: `{"redacted_fields": [{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}], "log_destination_configs": ["${aws_cloudwatch_log_group.waf.arn}"], "resource_arn": "${aws_wafv2_web_acl.edge.arn}"}`,
		violates: []string{`{"redacted_fields": [{"single_header": {"name": "cookie"}}]}`, `{"redacted_fields": [{"single_header": {"name": "authorization"}}]}`, `{"log_destination_configs": ["aws-waf-logs-x"]}`, `{"resource_arn": "x"}`}},
	{rule: "PW-WAF-02", kind: "aws_wafv2_web_acl",
		complies: `{"visibility_config": {"cloudwatch_metrics_enabled": true}, "rule": [{"visibility_config": {"cloudwatch_metrics_enabled": true}, "statement": {"managed_rule_group_statement": {"name": "AWSManagedRulesKnownBadInputsRuleSet"}}}, {"visibility_config": {"cloudwatch_metrics_enabled": true}}]}`,
		violates: []string{`{"visibility_config": {"cloudwatch_metrics_enabled": false}}`, `{"rule": [{"visibility_config": {"cloudwatch_metrics_enabled": true}, "statement": {"managed_rule_group_statement": {"name": "AWSManagedRulesKnownBadInputsRuleSet"}}}, {}]}`}},
	{rule: "PW-WAF-03", kind: "aws_wafv2_web_acl", complies: `{"scope": "REGIONAL"}`, violates: []string{`{"scope": "CLOUDFRONT", "rule": [{"action": {"block": {}}, "statement": {"rate_based_statement": {"limit": 0}}}]}`}},

	{rule: "PW-LOG-02", kind: "aws_cloudwatch_log_group", in: "staging", complies: `{"retention_in_days": 30}`, violates: []string{`{"retention_in_days": 29}`}},
	{rule: "PW-LOG-02", kind: "aws_cloudwatch_log_group", complies: `{"retention_in_days": 365}`, violates: []string{`{"retention_in_days": 364}`}},
	{rule: "PW-LOG-05", kind: "aws_cloudwatch_metric_alarm", complies: `{"treat_missing_data": "breaching", "evaluate_low_sample_count_percentiles": "evaluate"}`},
	{rule: "PW-SEC-02", kind: "aws_secretsmanager_secret", complies: `{}`, with: `{"aws_secretsmanager_secret_policy": {"p": {"secret_arn": "${aws_secretsmanager_secret.it.arn}"}}}`},
	{rule: "PW-SEC-02", kind: "aws_secretsmanager_secret", violates: []string{`{}`}, with: `{"aws_secretsmanager_secret_policy": {"p": {"secret_arn": "${aws_secretsmanager_secret.it.arn}"}, "q": {"secret_arn": "${aws_secretsmanager_secret.it.arn}"}}}`},
	{rule: "PW-SEC-02", kind: "aws_secretsmanager_secret_policy", complies: `{"block_public_policy": true, "policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue"}, {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "secretsmanager:PutSecretValue"}]}}`,
		violates: []string{`{"policy": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue"}]}}`}},
	{rule: "PW-SEC-03", kind: "aws_secretsmanager_secret", in: "dev", complies: `{"recovery_window_in_days": 0}`},
	{rule: "PW-SEC-03", kind: "aws_secretsmanager_secret", in: "staging", complies: `{"recovery_window_in_days": 7}`, violates: []string{`{"recovery_window_in_days": 6}`}},
	{rule: "PW-SNS-02", kind: "aws_sns_topic", complies: `{}`, violates: []string{`{"policy": "{}"}`}, with: `{"aws_sns_topic_policy": {"p": {"arn": "${aws_sns_topic.it.arn}"}}}`},
	{rule: "PW-SNS-02", kind: "aws_sns_topic", violates: []string{`{}`}},
	{rule: "PW-SNS-02", kind: "aws_sns_topic", violates: []string{`{}`}, with: `{"aws_sns_topic_policy": {"p": {"arn": "${aws_sns_topic.it.arn}"}, "q": {"arn": "${aws_sns_topic.it.arn}"}}}`},
	{rule: "PW-SNS-02", kind: "aws_sns_topic_policy", complies: `{"arn": "${aws_sns_topic.topic.arn}", "policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}`,
		violates: []string{document(`"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`), document(`"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": {"Bool": {"aws:ViaAWSService": "false"}}`)}},
	{rule: "PW-SNS-03", kind: "aws_sns_topic_subscription", complies: `{"protocol": "https"}`},
}

// wholeBucket are the parts of a bucket that has them all.
const wholeBucket = `{"aws_s3_bucket_lifecycle_configuration": {"p": {"bucket": "${aws_s3_bucket.it.id}"}}, "aws_s3_bucket_ownership_controls": {"p": {"bucket": "${aws_s3_bucket.it.id}"}},
		 "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.it.id}"}}, "aws_s3_bucket_public_access_block": {"p": {"bucket": "${aws_s3_bucket.it.id}"}},
		 "aws_s3_bucket_server_side_encryption_configuration": {"p": {"bucket": "${aws_s3_bucket.it.id}"}}, "aws_s3_bucket_versioning": {"p": {"bucket": "${aws_s3_bucket.it.id}"}}}`

// Of several that a literal names, the first by its address is said, each time.
func TestNamedInOrder(t *testing.T) {
	content := decode(t, `{"resource": {"aws_b": {"b": {"name": "one"}}, "aws_a": {"a": {"name": "two"}}, "aws_c": {"c": {"name": "three"}}, "aws_iam_role": {"it": {"x": "three:one:two"}}}}`)
	for range 20 {
		p := &Platform{Facts: facts(), Stacks: []Stack{Load("prod", content)}}
		found := Evaluate(p)
		if !slices.ContainsFunc(found, func(v Violation) bool {
			return v.Detail == `x names aws_a.a by the literal "three:one:two" and does not depend on it`
		}) {
			t.Fatalf("%v", found)
		}
	}
}

// A bucket has each of its parts once.
func TestBucketParts(t *testing.T) {
	all := decode(t, wholeBucket)
	for part := range all {
		for name, parts := range map[string]map[string]any{"without": {}, "with two": {"p": all[part].(map[string]any)["p"], "q": all[part].(map[string]any)["p"]}} {
			changed := maps.Clone(all)
			changed[part] = parts
			with, err := json.Marshal(changed)
			if err != nil {
				t.Fatal(err)
			}
			if faults := faultsOf(t, row{rule: "PW-S3-01", kind: "aws_s3_bucket", with: string(with)}, `{}`); len(faults) == 0 {
				t.Errorf("a bucket %s %s passes", name, part)
			}
		}
	}
	if len(all) != len(bucketParts) {
		t.Errorf("%d parts, want %d", len(all), len(bucketParts))
	}
}

func TestTagsOfAProvider(t *testing.T) {
	all := map[string]any{"environment": "e", "managed-by": "t", "project": "p", "repository": "r", "stack": "prod"}
	for tag := range all {
		left := maps.Clone(all)
		delete(left, tag)
		data, err := json.Marshal(map[string]any{"default_tags": map[string]any{"tags": left}})
		if err != nil {
			t.Fatal(err)
		}
		if faults := faultsOf(t, row{rule: "PW-TAG-01", kind: "provider.aws"}, string(data)); len(faults) != 1 || !strings.Contains(faults[0], tag) {
			t.Errorf("without %q: %q", tag, faults)
		}
	}
}

// The security policies that take nothing before TLS 1.2, of AWS's lists.
func TestTLSPolicies(t *testing.T) {
	for rule, test := range map[string]struct {
		kind, format string
		takes        []string
		refuses      []string
	}{
		"PW-ELB-04": {"aws_lb_listener", `{"protocol": "HTTPS", "certificate_arn": "c", "ssl_policy": %q}`,
			[]string{"ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04"},
			[]string{"ELBSecurityPolicy-TLS13-1-1-2021-06", "ELBSecurityPolicy-TLS13-1-0-2021-06", "ELBSecurityPolicy-2016-08"}},
		"PW-CFR-02": {"aws_cloudfront_distribution", `{"viewer_certificate": {"acm_certificate_arn": "c", "ssl_support_method": "sni-only", "minimum_protocol_version": %q}}`,
			[]string{"TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"}, []string{"TLSv1", "TLSv1.1_2016", "TLSv1.2_2019"}},
	} {
		for _, name := range append(test.takes, test.refuses...) {
			faults := faultsOf(t, row{rule: rule, kind: test.kind}, fmt.Sprintf(test.format, name))
			if (len(faults) == 0) != slices.Contains(test.takes, name) {
				t.Errorf("%s: %s: %q", rule, name, faults)
			}
		}
	}
}

// What confines a statement to the account: the key, the operator and the value.
func TestNamesAccount(t *testing.T) {
	for _, key := range []string{"aws:SourceAccount", "aws:SourceArn", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:ResourceAccount", "kms:CallerAccount", "kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:aws:sns:topicArn", "kms:EncryptionContext:aws:sqs:arn", "aws:SourceOwner"} {
		for _, operator := range []string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "ForAnyValue:StringEquals"} {
			s := statement{policy.Statement{Conditions: []policy.Condition{{Operator: policy.Operator(operator), Key: key, Values: []string{"111122223333"}}}}}
			if !s.namesAccount("111122223333") || s.namesAccount("999999999999") {
				t.Errorf("%s, %s", operator, key)
			}
		}
	}
	for value, want := range map[string]bool{
		"1": true, "2": false, "arn:aws:iam::1:role/r": true, "arn:aws:iam::2:role/1": false, "arn:aws:s3:::b": true, "arn:aws:s3:::b*": false, "arn:aws:s3:::?": false,
		"${aws_kms_key.k.arn}": true, "${var.x}": false, "urn:aws:iam::1:role/r": false, "arn:aws:iam::1": false, "1:1:1:1:1:1": false,
	} {
		if got := carriesAccount(value, "1"); got != want {
			t.Errorf("%q: %t, want %t", value, got, want)
		}
	}
}

func TestStatementInWords(t *testing.T) {
	all := statement{policy.Statement{NotPrincipals: []policy.Principal{policy.Anyone}, NotActions: []string{"a"}, NotResources: []string{"r"}}}
	if got := strings.Join(all.leavesOut(), " "); got != "NotPrincipal NotAction NotResource" {
		t.Errorf("%q", got)
	}
	if got := (statement{}).name() + ", " + (statement{policy.Statement{Sid: "Read"}}).name(); got != "a statement without Sid, statement Read" || len((statement{}).leavesOut()) > 0 {
		t.Errorf("%q", got)
	}
	for kind, want := range map[string]bool{"aws_iam_policy": false, "aws_iam_role_policy": false, "aws_iam_role": true, "aws_ecr_repository_policy": true, "aws_kms_key": true, "aws_s3_bucket_policy": true, "aws_secretsmanager_secret_policy": true, "aws_sns_topic_policy": true, "aws_vpc_endpoint": true} {
		if slices.Contains(resourcePolicies(), kind) != want || !slices.Contains(allPolicies(), kind) {
			t.Errorf("%s: a policy with principals: %t", kind, !want)
		}
	}
}

// For the local AWS, state may be a file and credentials may be written down.
func TestOnlyTheLocalAWSHasCredentials(t *testing.T) {
	content := decode(t, `{"provider": {"aws": [{"allowed_account_ids": ["1"], "access_key": "a", "secret_key": "b", "token": "c"}]}, "terraform": {"backend": {"local": {}, "s3": {"use_lockfile": true, "key": "prod/terraform.tfstate", "allowed_account_ids": ["1"], "access_key": "a"}}}}`)
	for _, local := range []bool{true, false} {
		p := &Platform{Facts: facts(), Stacks: []Stack{Load("prod", content)}}
		p.Local = local
		var got []string
		for _, v := range Evaluate(p) {
			if v.Rule.ID != "PW-TAG-01" {
				got = append(got, v.Detail)
			}
		}
		want := []string{"the state is a file on whatever machine deploys", "access_key is set in the configuration", "access_key is set in the configuration", "secret_key is set in the configuration", "token is set in the configuration"}
		if local {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("local %t: %q, want %q", local, got, want)
		}
	}
}

// Each form of a credential by itself, and each name of a secret.
func TestEachSecretForm(t *testing.T) {
	letters := strings.Repeat("a", 40)
	for value, what := range map[string]string{
		"ASIAIOSFODNN7EXAMPLE": "an AWS access key", "AKIAIOSFODNN7EXAMPLE": "an AWS access key", "github_pat_" + letters: "a GitHub token", "xoxb-" + letters: "a Slack token", "sk_live_" + letters: "a Stripe key",
		"rk_test_" + letters: "a Stripe key", "AIza" + letters[:35]: "a Google API key", "-----BEGIN PRIVATE KEY-----": "a private key", "eyJ" + letters + "." + letters + ".": "a signed token", "ftp://:p@h": "a URL with a password",
		"ghp_" + letters: "a GitHub token", "gho_" + letters: "a GitHub token", "ghu_" + letters: "a GitHub token", "ghs_" + letters: "a GitHub token", "ghr_" + letters: "a GitHub token",
		"Zx8Kq2Lm9Wp4Rt7Yv3Bn": "what looks like a generated secret",
	} {
		if got := config.SecretLike("A", value); got != "holds "+what {
			t.Errorf("%s: %q, want %q", value, got, what)
		}
	}
	for _, value := range []string{letters, "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "${Zx8Kq2Lm9Wp4Rt7Yv3Bn}", "short9Kx", "https://host:80/a@b"} {
		if got := config.SecretLike("A", value); got != "" {
			t.Errorf("%s: %q", value, got)
		}
	}
	for _, name := range []string{"password", "DB_PASSWD", "passphrase", "pwd", "secret", "the-token", "api_key", "APIKEY", "private-key", "access_key", "SECRET_KEY", "session_key", "signing_key", "encryption_key", "credential", "CREDENTIALS", "auth"} {
		if got := config.SecretLike(name, "x"); got != "has the name of a secret and a plain value" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"token_arn", "token_id", "secret_name", "auth_url", "secret_path", "auth_host", "token-ttl", "token_days", "token_seconds", "author", "keyboard", "secretary"} {
		if got := config.SecretLike(name, "x"); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for value, want := range map[string]string{"": "", "arn:aws:x": "", "${x.y.z}": "", "x${x.y.z}": "has the name of a secret and a plain value"} {
		if got := config.SecretLike("password", value); got != want {
			t.Errorf("a password of %q: %q", value, got)
		}
	}
}

// A stack is taken in whole: each kind of block, in the order of names.
func TestLoad(t *testing.T) {
	s := Load("dev", decode(t, `{"//": {}, "resource": {"aws_vpc": {"b": {"//": {"metadata": {"path": "dev/net/vpc"}}}, "a": {}}}, "data": {"aws_region": {"here": {}}},
		"provider": {"aws": [{"alias": "edge"}, {}, {}], "random": {}}, "terraform": {"backend": {"s3": {"key": "k"}}}, "output": {"o": {"value": 1}}, "module": {"m": {}}}`))
	var got []string
	for _, r := range s.Resources {
		got = append(got, r.Type+" "+r.Name+" "+r.Path)
		if r.Stack != "dev" {
			t.Errorf("%s is of stack %q", r.Path, r.Stack)
		}
	}
	want := []string{"data.aws_region here dev/data.aws_region.here", "module  dev/module", "output o dev/output.o", "provider.aws edge dev/provider.aws.edge", "provider.aws unnamed dev/provider.aws.unnamed",
		"provider.aws unnamed dev/provider.aws.unnamed", "provider.random  dev/provider.random", "aws_vpc a dev/aws_vpc.a", "aws_vpc b dev/net/vpc", "backend.s3  dev/backend.s3"}
	if s.Name != "dev" || !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"manifest.json": `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev/cdk.tf.json", "workingDirectory": "dev"}}}`, "dev/cdk.tf.json": `{"output": {"o": {}}}`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if stacks, err := Read(dir); err != nil || len(stacks) != 1 || len(stacks[0].Resources) != 1 || stacks[0].Resources[0].Path != "dev/output.o" {
		t.Errorf("%+v, %v", stacks, err)
	}
	if _, err := Read(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "compliance: ") {
		t.Errorf("got %v", err)
	}
}

func TestEnvironmentOf(t *testing.T) {
	p := &Platform{Facts: facts()}
	for _, test := range []struct {
		r                     Resource
		want                  string
		protected, disposable bool
	}{
		{Resource{Stack: "dev", Path: "dev/prod/x"}, "dev", false, true},
		{Resource{Stack: "shared", Path: "shared/setup/prod/network"}, "prod", true, false},
		{Resource{Stack: "shared", Path: "shared/setup/state"}, "", true, false},
		{Resource{Stack: "shared", Type: "output", Name: "for_staging_vpc", Path: "shared/x"}, "staging", false, false},
		{Resource{Stack: "shared", Type: "output", Name: "staging_vpc", Path: "shared/x"}, "", true, false},
		{Resource{Stack: "shared", Type: "aws_vpc", Name: "for_staging_vpc", Path: "shared/x"}, "", true, false},
	} {
		if got := p.environmentOf(&test.r); got != test.want || p.isProtected(&test.r) != test.protected || p.isDisposable(&test.r) != test.disposable {
			t.Errorf("%+v: %q, protected %t, disposable %t", test.r, got, p.isProtected(&test.r), p.isDisposable(&test.r))
		}
	}
}

// Values as Terraform's JSON has them: a block as an object or a list of one, a
// number or a truth as text.
func TestValues(t *testing.T) {
	one, two := []any{map[string]any{"a": "x"}}, []any{map[string]any{"a": "x"}, map[string]any{"a": "y"}}
	for name, pair := range map[string][2]any{
		"into a list": {at(map[string]any{"b": two}, "b", "a"), "x"}, "into an object": {at(map[string]any{"b": map[string]any{"a": "x"}}, "b", "a"), "x"},
		"into nothing": {at(map[string]any{"b": []any{}}, "b", "a"), nil}, "no key": {at(map[string]any{}, "b", "a"), nil},
		"one as an object": {text(object(one)["a"]), "x"}, "two as none": {len(object(two)), 0},
		"a list": {len(list(two)), 2}, "a value": {len(list("x")), 1}, "none": {len(list(nil)), 0},
		"texts": {strings.Join(texts([]any{"a", 1.0, "b"}), ","), "a,,b"}, "a float": {number(1.5), 1.5}, "an integer": {number(2), 2.0}, "digits": {number(json.Number("60")), 60.0}, "a text": {number("60"), 0.0},
		"true": {isTrue(true), true}, "the text true": {isTrue("true"), true}, "the text false": {isTrue("false"), false}, "not set": {show(nil), "not set"}, "set": {show(1), "1"},
		"expressions": {strings.Join(synthesised.Expressions(map[string]any{"b": []any{"${b.b.b}", "plain"}, "a": "${a.a.a}", "//": "${c.c.c}"}), " "), "${a.a.a} ${b.b.b}"},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	r := &Resource{Attributes: map[string]any{"a": "true", "b": []any{map[string]any{"c": 1.0}}}}
	if faults := want(r, map[string]any{"a": true, "b.c": 1.0}); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
	if faults := want(r, map[string]any{"b.c": 2.0, "a": false, "d": false}); !slices.Equal(faults, []string{"a is true, want false", "b.c is 1, want 2", "d is not set, want false"}) {
		t.Errorf("%q", faults)
	}
}

// The error that stops synth has each construct once, with what to do.
func TestViolationsAsText(t *testing.T) {
	a, b := Rule{ID: "A", Title: "Title a", Fix: "do a"}, Rule{ID: "B", Title: "Title b", Fix: "do b"}
	if got := (Violations{{a, "dev/x", "wrong"}}).Error(); got != "compliance: 1 violation; no stack was written (rules: docs/compliance.md)\ndev/x\n  A Title a: wrong\n    fix: do a" {
		t.Error(got)
	}
	got := (Violations{{a, "dev/x", "wrong"}, {b, "dev/x", "too"}, {b, "dev/y", "too"}}).Error()
	if !strings.HasPrefix(got, "compliance: 3 violations") || strings.Count(got, "\ndev/x\n") != 1 || !strings.HasSuffix(got, "\n  B Title b: too\n    fix: do b\ndev/y\n  B Title b: too\n    fix: do b") {
		t.Error(got)
	}
	p := &Platform{Facts: facts(), Stacks: []Stack{Load("prod", decode(t, `{"resource": {"aws_sns_topic_subscription": {"b": {"protocol": "http"}, "a": {"protocol": "http", "connection": {}}}}}`))}}
	var order []string
	for _, v := range Evaluate(p) {
		order = append(order, v.Path+" "+v.Rule.ID)
	}
	if want := []string{"prod/aws_sns_topic_subscription.a PW-ALL-03", "prod/aws_sns_topic_subscription.a PW-SNS-03", "prod/aws_sns_topic_subscription.b PW-SNS-03"}; !slices.Equal(order, want) {
		t.Errorf("%q", order)
	}
}

// The page has each rule, what it looks at, and the exceptions of a platform.
func TestMarkdown(t *testing.T) {
	const reason = "A reason that says why the rule cannot be kept here."
	content := map[string]any{"resource": map[string]any{"aws_sns_topic_subscription": map[string]any{}}}
	for _, name := range []string{"b", "a"} {
		attributes := noted{"protocol": "http"}
		Except(attributes, Exception{"PW-SNS-03", reason, "2027-06-30"})
		content["resource"].(map[string]any)["aws_sns_topic_subscription"].(map[string]any)[name] = map[string]any(attributes)
	}
	page := Markdown(&Platform{Facts: facts(), Stacks: []Stack{Load("prod", content)}})
	for _, want := range []string{
		fmt.Sprintf("against these %d rules", len(Rules())),
		"| [PW-S3-03](#pw-s3-03) | No bucket is public | 2.1.4 | S3.1, S3.2, S3.3, S3.8 |",
		"| PW-SNS-03 | prod/aws_sns_topic_subscription.a<br>prod/aws_sns_topic_subscription.b | " + reason + " | 2027-06-30 |",
		"\n### PW-SNS-03\n\n**A subscription is delivered encrypted.** ", "\n\nFix: ", "Looks at: `aws_vpc`\n", "Looks at: everything\n", "- `aws_kms_alias`: a name\n", "## Exceptions", "## Rules", "## Nothing to check",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	none := Markdown(&Platform{})
	if !strings.Contains(none, "None.") {
		t.Error("no exceptions, and it is not said")
	}
	// But for the exceptions, which stacks has, the page is the one that is committed.
	committed, err := os.ReadFile("../docs/compliance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(strings.Replace(none, "\nNone.\n", "\n## Rules", 1), "\n#") {
		if part = strings.TrimSpace(part); !strings.Contains(string(committed), part) {
			t.Errorf("docs/compliance.md lacks, which `make docs` writes:\n%s", part)
		}
	}
}
