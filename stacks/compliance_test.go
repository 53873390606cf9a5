package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
)

// rulesPlatform is a synthesised platform as the rules see it, from the files
// that Terraform reads.
func rulesPlatform(t *testing.T, settings config.Settings, folder string) *compliance.Platform {
	t.Helper()
	p := &compliance.Platform{Facts: compliance.Facts{
		AccountID: settings.User.AccountID, Environments: map[string]compliance.Environment{}, Account: settings.Account,
		On: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC),
	}}
	for _, env := range settings.Environments {
		p.Environments[env.Name] = compliance.Environment{Protected: env.IsProtected(), Disposable: env.IsDisposable()}
	}
	var err error
	if p.Stacks, err = compliance.Read(folder); err != nil {
		t.Fatal(err)
	}
	return p
}

// thisPlatform is what is deployed.
func thisPlatform(t *testing.T) *compliance.Platform {
	t.Helper()
	platform(t) // written by now
	return rulesPlatform(t, config.Platform(), platformFolder)
}

// breakable is what tests break: a platform with a domain, in the account that
// they name.
func breakable(t *testing.T) *compliance.Platform {
	t.Helper()
	s := config.Fixture()
	s.User.AccountID = config.ExampleAccountID
	folder := filepath.Join(platformFolder, "fixture")
	if _, err := os.Stat(folder); err != nil {
		synthesiseInto(t, folder, s, config.Target{})
	}
	return rulesPlatform(t, s, folder)
}

// TestPlatformComplies: also in 30 days, so that who keeps the platform hears of
// an exception before it expires.
func TestPlatformComplies(t *testing.T) {
	p := thisPlatform(t)
	p.On = time.Now().AddDate(0, 0, 30)
	if violations := compliance.Evaluate(p); len(violations) > 0 {
		t.Error(violations)
	}
	p.On = time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC)
	if violations := compliance.Evaluate(p); len(violations) == 0 || !strings.Contains(violations.Error(), "PW-S3-02 expired on 2027-03-15") {
		t.Errorf("the day on which an exception expires: %v", violations)
	}
}

// mutant is one way to break real resources, and the rule that has to notice.
type mutant struct {
	name, kind, rule string
	// only says which resources of the kind can be broken so; nil for all.
	only func(r *compliance.Resource) bool
	// breaks changes the attributes of one resource.
	breaks func(t *testing.T, attributes map[string]any)
}

// TestMutants breaks every resource of a kind. The rule named has to report
// each one of them.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it breaks the stacks in every way that a rule knows")
	}
	p := breakable(t)
	if len(mutants) < 40 {
		t.Fatalf("%d mutants, want at least 40", len(mutants))
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			var broken []*compliance.Resource
			type kept struct {
				attributes map[string]any
				exceptions []compliance.Exception
			}
			whole := map[*compliance.Resource]kept{}
			for _, stack := range p.Stacks {
				for _, r := range stack.Resources {
					if r.Type != m.kind || m.only != nil && !m.only(r) {
						continue
					}
					broken = append(broken, r)
					whole[r] = kept{r.Attributes, r.Exceptions}
					r.Attributes, r.Exceptions = clone(t, r.Attributes), nil
					m.breaks(t, r.Attributes)
				}
			}
			violations := compliance.Evaluate(p)
			for _, r := range broken {
				if !reports(violations, m.rule, r.Path) {
					t.Errorf("%s passes", r.Path)
				}
				r.Attributes, r.Exceptions = whole[r].attributes, whole[r].exceptions
			}
			if len(broken) == 0 {
				t.Error("there is no such resource to break")
			}
		})
	}
}

func reports(violations compliance.Violations, rule, path string) bool {
	return slices.ContainsFunc(violations, func(v compliance.Violation) bool { return v.Rule.ID == rule && v.Path == path })
}

func clone(t *testing.T, attributes map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// set gives an attribute a value; nil removes it. Keys lead into blocks.
func set(value any, keys ...string) func(*testing.T, map[string]any) {
	return func(t *testing.T, attributes map[string]any) {
		t.Helper()
		put(t, attributes, value, keys...)
	}
}

func put(t *testing.T, attributes map[string]any, value any, keys ...string) {
	t.Helper()
	for _, key := range keys[:len(keys)-1] {
		inner := attributes[key]
		if blocks, ok := inner.([]any); ok && len(blocks) > 0 {
			inner = blocks[0]
		}
		block, ok := inner.(map[string]any)
		if !ok {
			block = map[string]any{}
			attributes[key] = block
		}
		attributes = block
	}
	last := keys[len(keys)-1]
	if value == nil {
		delete(attributes, last)
		return
	}
	attributes[last] = value
}

// document changes the JSON document in an attribute.
func document(attribute string, change func(t *testing.T, decoded any)) func(*testing.T, map[string]any) {
	return func(t *testing.T, attributes map[string]any) {
		t.Helper()
		var decoded any
		if err := json.Unmarshal([]byte(attributes[attribute].(string)), &decoded); err != nil {
			t.Fatal(err)
		}
		change(t, decoded)
		data, err := json.Marshal(decoded)
		if err != nil {
			t.Fatal(err)
		}
		attributes[attribute] = string(data)
	}
}

// more adds a statement to a policy.
func more(attribute, statement string) func(*testing.T, map[string]any) {
	return document(attribute, func(t *testing.T, decoded any) {
		var added any
		if err := json.Unmarshal([]byte(statement), &added); err != nil {
			t.Fatal(err)
		}
		d := decoded.(map[string]any)
		d["Statement"] = append(d["Statement"].([]any), added)
	})
}

// less takes the statements with a Sid from a policy.
func less(attribute, sid string) func(*testing.T, map[string]any) {
	return document(attribute, func(_ *testing.T, decoded any) {
		d := decoded.(map[string]any)
		d["Statement"] = slices.DeleteFunc(d["Statement"].([]any), func(s any) bool { return at(s, "Sid") == sid })
	})
}

// statements changes each statement of a policy.
func statements(attribute string, change func(s map[string]any)) func(*testing.T, map[string]any) {
	return document(attribute, func(_ *testing.T, decoded any) {
		for _, s := range decoded.(map[string]any)["Statement"].([]any) {
			change(s.(map[string]any))
		}
	})
}

// without takes what begins with one of the prefixes from a list.
func without(attribute string, prefixes ...string) func(*testing.T, map[string]any) {
	return func(_ *testing.T, attributes map[string]any) {
		attributes[attribute] = slices.DeleteFunc(attributes[attribute].([]any), func(v any) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(v.(string), prefix) })
		})
	}
}

// inContainers sets a value in every container of a task definition.
func inContainers(value any, keys ...string) func(*testing.T, map[string]any) {
	return document("container_definitions", func(t *testing.T, decoded any) {
		for _, c := range decoded.([]any) {
			put(t, c.(map[string]any), value, keys...)
		}
	})
}

func inStack(names ...string) func(*compliance.Resource) bool {
	return func(r *compliance.Resource) bool { return slices.Contains(names, r.Stack) }
}

func has(attribute string) func(*compliance.Resource) bool {
	return func(r *compliance.Resource) bool { return r.Attributes[attribute] != nil }
}

// onSpot: some of the service's tasks run on Fargate Spot.
func onSpot(r *compliance.Resource) bool {
	strategy, _ := r.Attributes["capacity_provider_strategy"].([]any)
	return slices.ContainsFunc(strategy, func(item any) bool { return at(item, "capacity_provider") == "FARGATE_SPOT" })
}

func under(parts ...string) func(*compliance.Resource) bool {
	return func(r *compliance.Resource) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(r.Path, part) })
	}
}

func isGitHubRole(r *compliance.Resource) bool {
	return strings.Contains(r.Attributes["assume_role_policy"].(string), "WebIdentity")
}

func isServiceRole(r *compliance.Resource) bool {
	return !isGitHubRole(r) && !strings.Contains(r.Path, "/people/")
}

// isGrant: a boundary grants nothing, and may allow whole services.
func isGrant(r *compliance.Resource) bool { return !strings.Contains(r.Path+"/", "/boundary/") }

// github is the prefix of the condition keys of GitHub's tokens.
const github = "token.actions.githubusercontent.com:"

func trustCondition(change func(equals map[string]any, condition map[string]any)) func(*testing.T, map[string]any) {
	return statements("assume_role_policy", func(s map[string]any) {
		condition := s["Condition"].(map[string]any)
		change(condition["StringEquals"].(map[string]any), condition)
	})
}

var mutants = []mutant{
	{"no default tags", "provider.aws", "PW-TAG-01", nil, set(nil, "default_tags")},
	{"a default tag is gone", "provider.aws", "PW-TAG-01", nil, set(nil, "default_tags", "tags", "environment")},
	{"any account may be deployed to", "provider.aws", "PW-ACC-01", nil, set(nil, "allowed_account_ids")},
	{"a key in the provider", "provider.aws", "PW-ACC-01", nil, set("AKIAIOSFODNN7EXAMPLE", "access_key")},
	{"the state has no lock", "backend.s3", "PW-STA-01", nil, set(nil, "use_lockfile")},
	{"the state of another stack", "backend.s3", "PW-STA-01", nil, set("other/terraform.tfstate", "key")},
	{"a provisioner runs a command", "aws_ecs_cluster", "PW-ALL-03", nil, set([]any{map[string]any{"local-exec": map[string]any{"command": "true"}}}, "provisioner")},

	{"a plan may destroy the database", "aws_db_instance", "PW-DAT-01", inStack("staging", "prod"), set(nil, "lifecycle", "prevent_destroy")},
	{"a plan may destroy a bucket", "aws_s3_bucket", "PW-DAT-01", inStack("shared", "staging", "prod"), set(false, "lifecycle", "prevent_destroy")},
	{"a bucket is emptied to be destroyed", "aws_s3_bucket", "PW-DAT-01", inStack("shared", "staging", "prod"), set(true, "force_destroy")},
	{"a plan may destroy a key", "aws_kms_key", "PW-DAT-01", under("prod", "staging", "state"), set(nil, "lifecycle")},
	{"a plan may destroy the images", "aws_ecr_repository", "PW-DAT-01", under("prod", "staging"), set(nil, "lifecycle")},
	{"a plan may destroy a secret", "aws_secretsmanager_secret", "PW-DAT-01", inStack("staging", "prod"), set(nil, "lifecycle")},
	{"a plan may destroy a network", "aws_vpc", "PW-DAT-03", under("prod", "staging"), set(nil, "lifecycle")},
	{"a plan may destroy a subnet", "aws_subnet", "PW-DAT-03", under("prod", "staging"), set(nil, "lifecycle")},
	{"no final snapshot", "aws_db_instance", "PW-DAT-01", inStack("staging", "prod"), set(true, "skip_final_snapshot")},
	{"the database can be deleted", "aws_db_instance", "PW-DAT-02", inStack("prod"), set(false, "deletion_protection")},
	{"the load balancer can be deleted", "aws_lb", "PW-DAT-02", inStack("prod"), set(nil, "enable_deletion_protection")},

	{"a bucket with an ACL in it", "aws_s3_bucket", "PW-S3-01", nil, set("public-read", "acl")},
	{"a bucket without a customer key", "aws_s3_bucket_server_side_encryption_configuration", "PW-S3-02", nil, set("AES256", "rule", "apply_server_side_encryption_by_default", "sse_algorithm")},
	{"a bucket with a stranger's key", "aws_s3_bucket_server_side_encryption_configuration", "PW-S3-02", nil, set("arn:aws:kms:eu-central-1:999999999999:key/1", "rule", "apply_server_side_encryption_by_default", "kms_master_key_id")},
	{"public ACLs are not blocked", "aws_s3_bucket_public_access_block", "PW-S3-03", nil, set(false, "block_public_acls")},
	{"public policies are not restricted", "aws_s3_bucket_public_access_block", "PW-S3-03", nil, set(nil, "restrict_public_buckets")},
	{"a bucket answers HTTP", "aws_s3_bucket_policy", "PW-S3-04", nil, less("policy", "DenyWithoutTLS")},
	{"a bucket answers TLS 1.0", "aws_s3_bucket_policy", "PW-S3-04", nil, less("policy", "DenyOldTLS")},
	{"ACLs are back", "aws_s3_bucket_ownership_controls", "PW-S3-05", nil, set("ObjectWriter", "rule", "object_ownership")},
	{"no versions", "aws_s3_bucket_versioning", "PW-S3-06", nil, set("Suspended", "versioning_configuration", "status")},
	{"nothing is cleaned up", "aws_s3_bucket_lifecycle_configuration", "PW-S3-07", nil, set([]any{}, "rule")},
	{"a bucket logs elsewhere", "aws_s3_bucket_logging", "PW-S3-09", nil, set("somebody-elses-bucket", "target_bucket")},

	{"a bucket is readable by everybody", "aws_s3_bucket_policy", "PW-POL-01", nil, more("policy", `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}`)},
	{"a key is open to everybody", "aws_kms_key", "PW-POL-01", nil, more("policy", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}`)},
	{"images are public", "aws_ecr_repository_policy", "PW-POL-01", nil, more("policy", `{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}`)},
	{"everybody publishes alarms", "aws_sns_topic_policy", "PW-POL-01", nil, more("policy", `{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "sns:Publish", "Resource": "*"}`)},
	{"everybody reads the secret, if the key is absent", "aws_secretsmanager_secret_policy", "PW-POL-01", nil, more("policy", `{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}}`)},
	{"everybody may assume the role", "aws_iam_role", "PW-POL-01", nil, more("assume_role_policy", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`)},
	{"a service acts for anybody", "aws_iam_role", "PW-POL-02", isServiceRole, statements("assume_role_policy", func(s map[string]any) { delete(s, "Condition") })},
	{"a service acts for another account", "aws_iam_role", "PW-POL-02", isServiceRole, statements("assume_role_policy", func(s map[string]any) {
		s["Condition"] = map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "999999999999"}}
	})},
	{"another account reads a bucket", "aws_s3_bucket_policy", "PW-POL-03", nil, more("policy", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "s3:GetObject", "Resource": "*"}`)},
	{"another account uses a key", "aws_kms_key", "PW-POL-03", nil, more("policy", `{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}}`)},
	{"everything but one thing", "aws_iam_policy", "PW-POL-04", nil, more("policy", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`)},
	{"a policy known after apply", "aws_iam_role_policy", "PW-POL-05", nil, set("${aws_s3_object.policy.content}", "policy")},
	{"no policy at the way to S3", "aws_vpc_endpoint", "PW-POL-05", nil, set(nil, "policy")},

	{"a role without boundary", "aws_iam_role", "PW-IAM-01", nil, set(nil, "permissions_boundary")},
	{"a boundary that bounds nothing", "aws_iam_role", "PW-IAM-01", nil, set("arn:aws:iam::aws:policy/AdministratorAccess", "permissions_boundary")},
	{"an administrator", "aws_iam_policy", "PW-IAM-02", isGrant, more("policy", `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)},
	{"an inline administrator", "aws_iam_role_policy", "PW-IAM-02", nil, more("policy", `{"Effect": "Allow", "Action": ["*:*"], "Resource": "*"}`)},
	{"a whole service", "aws_iam_role_policy", "PW-IAM-02", nil, more("policy", `{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}`)},
	{"any role may be passed", "aws_iam_policy", "PW-IAM-03", isGrant, more("policy", `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}`)},
	{"any policy may be written", "aws_iam_policy", "PW-IAM-03", isGrant, more("policy", `{"Effect": "Allow", "Action": "iam:Put*", "Resource": "*"}`)},
	{"every key is opened", "aws_iam_role_policy", "PW-IAM-04", nil, more("policy", `{"Effect": "Allow", "Action": "kms:Dec*", "Resource": "*"}`)},
	{"AWS's own administrator policy", "aws_iam_role_policy_attachment", "PW-IAM-05", nil, set("arn:aws:iam::aws:policy/AdministratorAccess", "policy_arn")},
	{"a policy inside the role", "aws_iam_role", "PW-IAM-05", nil, set([]any{map[string]any{"name": "a", "policy": "{}"}}, "inline_policy")},
	{"any subject of GitHub", "aws_iam_role", "PW-IAM-06", isGitHubRole, trustCondition(func(equals, _ map[string]any) { delete(equals, github+"sub") })},
	{"a wildcard in the subject", "aws_iam_role", "PW-IAM-06", isGitHubRole, trustCondition(func(equals, _ map[string]any) { equals[github+"sub"] = "repo:paperwurks/*" })},
	{"a subject that is only like it", "aws_iam_role", "PW-IAM-06", isGitHubRole, trustCondition(func(equals, condition map[string]any) {
		condition["StringLike"] = map[string]any{github + "sub": equals[github+"sub"]}
		delete(equals, github+"sub")
	})},
	{"any audience", "aws_iam_role", "PW-IAM-06", isGitHubRole, trustCondition(func(equals, condition map[string]any) {
		condition["ForAllValues:StringEquals"] = map[string]any{github + "aud": "sts.amazonaws.com"}
		delete(equals, github+"aud")
	})},
	{"another identity provider", "aws_iam_openid_connect_provider", "PW-IAM-07", nil, set("https://oidc.example.com", "url")},
	{"one more audience", "aws_iam_openid_connect_provider", "PW-IAM-07", nil, set([]any{"sts.amazonaws.com", "https://github.com/paperwurks"}, "client_id_list")},
	{"sessions of half a day", "aws_iam_role", "PW-IAM-09", nil, set(43200, "max_session_duration")},

	{"a key does not rotate", "aws_kms_key", "PW-KMS-01", nil, set(false, "enable_key_rotation")},
	{"a key is gone in a week", "aws_kms_key", "PW-KMS-02", nil, set(7, "deletion_window_in_days")},
	{"the account's IAM decides who uses a key", "aws_kms_key", "PW-KMS-03", nil, more("policy", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}`)},

	{"an unencrypted database", "aws_db_instance", "PW-RDS-01", nil, set(false, "storage_encrypted")},
	{"AWS's key for the database", "aws_db_instance", "PW-RDS-01", nil, set(nil, "kms_key_id")},
	{"a public database", "aws_db_instance", "PW-RDS-02", nil, set(true, "publicly_accessible")},
	{"a database in the default VPC", "aws_db_instance", "PW-RDS-02", nil, set(nil, "db_subnet_group_name")},
	{"plain text to the database", "aws_db_parameter_group", "PW-RDS-03", nil, set([]any{}, "parameter")},
	{"AWS's own parameters", "aws_db_instance", "PW-RDS-03", nil, set("default.postgres17", "parameter_group_name")},
	{"no backup", "aws_db_instance", "PW-RDS-04", nil, set(0, "backup_retention_period")},
	{"a week of backups for prod", "aws_db_instance", "PW-RDS-04", inStack("prod"), set(7, "backup_retention_period")},
	{"a password in the state", "aws_db_instance", "PW-RDS-05", nil, set("hunter2hunter2", "password")},
	{"nobody sees who signs in", "aws_db_instance", "PW-RDS-06", nil, set([]any{}, "enabled_cloudwatch_logs_exports")},
	{"no security fixes", "aws_db_instance", "PW-RDS-07", nil, set(false, "auto_minor_version_upgrade")},
	{"prod in one zone", "aws_db_instance", "PW-RDS-08", inStack("prod"), set(false, "multi_az")},

	{"open to the world", "aws_vpc_security_group_ingress_rule", "PW-NET-01", nil, openTo("0.0.0.0/0")},
	{"open to half the world", "aws_vpc_security_group_ingress_rule", "PW-NET-01", nil, openTo("0.0.0.0/1")},
	{"open to the other environments", "aws_vpc_security_group_ingress_rule", "PW-NET-01", nil, openTo("10.20.0.0/14")},
	{"open to all of IPv6", "aws_vpc_security_group_ingress_rule", "PW-NET-01", nil, set("::/0", "cidr_ipv6")},
	{"open to an unknown group", "aws_vpc_security_group_ingress_rule", "PW-NET-01", has("referenced_security_group_id"), set("sg-0123456789abcdef0", "referenced_security_group_id")},
	{"every protocol", "aws_vpc_security_group_ingress_rule", "PW-NET-02", nil, set("-1", "ip_protocol")},
	{"every port", "aws_vpc_security_group_egress_rule", "PW-NET-02", nil, set(65535, "to_port")},
	{"plain HTTP to the world", "aws_vpc_security_group_egress_rule", "PW-NET-03", has("cidr_ipv4"), set(80, "from_port")},
	{"inline rules", "aws_security_group", "PW-NET-04", nil, set([]any{map[string]any{"cidr_blocks": []any{"0.0.0.0/0"}}}, "ingress")},
	{"the default group is open", "aws_default_security_group", "PW-NET-05", nil, set([]any{map[string]any{"protocol": "-1"}}, "ingress")},
	{"only refused connections are recorded", "aws_flow_log", "PW-NET-06", nil, set("REJECT", "traffic_type")},
	{"public addresses for what starts in a subnet", "aws_subnet", "PW-NET-07", nil, set(true, "map_public_ip_on_launch")},
	{"a route inside the table", "aws_route_table", "PW-NET-11", nil, set([]any{map[string]any{"cidr_block": "0.0.0.0/0"}}, "route")},
	{"a public address for an instance", "aws_eip", "PW-NET-12", nil, set("i-0123456789abcdef0", "instance")},
	{"a way out to the world", "aws_vpc_security_group_egress_rule", "PW-NET-13", has("referenced_security_group_id"), set("0.0.0.0/0", "cidr_ipv4")},
	{"a way out to an unknown group", "aws_vpc_security_group_egress_rule", "PW-NET-13", has("referenced_security_group_id"), set("sg-0123456789abcdef0", "referenced_security_group_id")},
	{"no DNS in the VPC", "aws_vpc", "PW-NET-10", nil, set(false, "enable_dns_support")},

	{"tags that move", "aws_ecr_repository", "PW-ECR-01", nil, set("MUTABLE", "image_tag_mutability")},
	{"images are not scanned", "aws_ecr_repository", "PW-ECR-02", nil, set(false, "image_scanning_configuration", "scan_on_push")},
	{"AWS's key for images", "aws_ecr_repository", "PW-ECR-03", nil, set("AES256", "encryption_configuration", "encryption_type")},

	{"a privileged container", "aws_ecs_task_definition", "PW-ECS-01", nil, inContainers(true, "privileged")},
	{"a container with capabilities", "aws_ecs_task_definition", "PW-ECS-01", nil, inContainers(nil, "linuxParameters")},
	{"the host's network", "aws_ecs_task_definition", "PW-ECS-01", nil, set("host", "network_mode")},
	{"a container that changes itself", "aws_ecs_task_definition", "PW-ECS-02", nil, inContainers(false, "readonlyRootFilesystem")},
	{"a password by its name", "aws_ecs_task_definition", "PW-ECS-03", nil, inContainers([]any{map[string]any{"name": "DATABASE_PASSWORD", "value": "correct horse"}}, "environment")},
	{"a password in a URL", "aws_ecs_task_definition", "PW-ECS-03", nil, inContainers([]any{map[string]any{"name": "DATABASE", "value": "postgres://app:hunter2@db/app"}}, "environment")},
	{"a key by its looks", "aws_ecs_task_definition", "PW-ECS-03", nil, inContainers([]any{map[string]any{"name": "SETTING", "value": "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY"}}, "environment")},
	{"the latest image", "aws_ecs_task_definition", "PW-ECS-04", nil, document("container_definitions", func(_ *testing.T, decoded any) {
		for _, c := range decoded.([]any) {
			image := c.(map[string]any)["image"].(string)
			c.(map[string]any)["image"] = image[:strings.LastIndex(image, ":")] + ":latest"
		}
	})},
	{"a stranger's image", "aws_ecs_task_definition", "PW-ECS-04", nil, inContainers("docker.io/library/nginx:1.29", "image")},
	{"a log group that ECS makes", "aws_ecs_task_definition", "PW-ECS-05", nil, inContainers("elsewhere", "logConfiguration", "options", "awslogs-group")},
	{"tasks with public addresses", "aws_ecs_service", "PW-ECS-06", nil, set(true, "network_configuration", "assign_public_ip")},
	{"an old platform", "aws_ecs_service", "PW-ECS-07", nil, set("1.3.0", "platform_version")},
	{"a shell", "aws_ecs_service", "PW-ECS-08", nil, set(true, "enable_execute_command")},
	{"a cluster that nobody watches", "aws_ecs_cluster", "PW-ECS-09", nil, set([]any{}, "setting")},
	{"a failing deployment stays", "aws_ecs_service", "PW-ECS-10", nil, set(false, "deployment_circuit_breaker", "rollback")},
	{"no alarm rolls back", "aws_ecs_service", "PW-ECS-10", nil, set([]any{}, "alarms", "alarm_names")},
	{"an apply undoes a release", "aws_ecs_service", "PW-ECS-11", nil, set([]any{"desired_count"}, "lifecycle", "ignore_changes")},
	{"a service before its capacity providers", "aws_ecs_service", "PW-ALL-06", nil, without("depends_on", "aws_ecs_cluster_capacity_providers.")},
	{"a service before its listener", "aws_ecs_service", "PW-ALL-06", has("load_balancer"), without("depends_on", "aws_lb_listener.", "aws_lb_listener_rule.")},
	{"a task on Spot that nobody knows", "aws_ecs_service", "PW-ECS-13", onSpot, set("arn:aws:ecs:eu-central-1:111122223333:task-definition/t:1", "task_definition")},
	{"a check that is switched off", "aws_route53_health_check", "PW-URL-01", nil, set(true, "disabled")},
	{"a check that cannot fail", "aws_route53_health_check", "PW-URL-01", nil, set("TCP", "type")},
	{"the default processors", "aws_ecs_task_definition", "PW-ECS-14", nil, set(nil, "runtime_platform")},
	{"a migration on other processors", "aws_ecs_task_definition", "PW-ECS-14",
		func(r *compliance.Resource) bool { return strings.Contains(r.Path, "/"+config.MigrationTask+"-task/") }, set("ARM64", "runtime_platform", "cpu_architecture")},
	{"the first task reaches data", "aws_ecs_task_definition", "PW-ECS-12", nil, set("arn:aws:iam::111122223333:role/r", "task_role_arn")},

	{"a public load balancer", "aws_lb", "PW-ELB-01", nil, set(false, "internal")},
	{"invalid headers get through", "aws_lb", "PW-ELB-02", nil, set(false, "drop_invalid_header_fields")},
	{"requests are not logged", "aws_lb", "PW-ELB-03", nil, set(nil, "access_logs")},
	{"plain HTTP", "aws_lb_listener", "PW-ELB-04", nil, func(t *testing.T, attributes map[string]any) {
		put(t, attributes, "HTTP", "protocol")
		put(t, attributes, []any{map[string]any{"type": "forward"}}, "default_action")
	}},
	{"TLS 1.0", "aws_lb_listener", "PW-ELB-04", nil, func(t *testing.T, attributes map[string]any) {
		put(t, attributes, "HTTPS", "protocol")
		put(t, attributes, "arn", "certificate_arn")
		put(t, attributes, "ELBSecurityPolicy-2016-08", "ssl_policy")
	}},
	{"a target group goes before its listener leaves it", "aws_lb_target_group", "PW-ALL-07", nil, set(nil, "lifecycle", "create_before_destroy")},
	{"a listener goes before its origin", "aws_lb_listener", "PW-ALL-07", nil, set(nil, "lifecycle")},
	{"an origin goes before its distribution leaves it", "aws_cloudfront_vpc_origin", "PW-ALL-07", nil, set(nil, "lifecycle")},
	{"plain HTTP to tasks", "aws_lb_target_group", "PW-ELB-06", nil, set("HTTP", "protocol")},
	{"a task ends under a request", "aws_lb_target_group", "PW-ELB-07", nil, set("30", "deregistration_delay")},
	{"CloudFront gives up first", "aws_cloudfront_distribution", "PW-ELB-07", nil, set(30, "origin", "vpc_origin_config", "origin_read_timeout")},

	{"HTTP for users", "aws_cloudfront_distribution", "PW-CFR-01", nil, set("allow-all", "default_cache_behavior", "viewer_protocol_policy")},
	{"CloudFront's own certificate", "aws_cloudfront_distribution", "PW-CFR-02", nil, set(map[string]any{"cloudfront_default_certificate": true}, "viewer_certificate")},
	{"no web ACL at the edge", "aws_cloudfront_distribution", "PW-CFR-03", nil, set(nil, "web_acl_id")},
	{"HTTP to the origin", "aws_cloudfront_vpc_origin", "PW-CFR-05", nil, set("http-only", "vpc_origin_endpoint_config", "origin_protocol_policy")},
	{"a public origin", "aws_cloudfront_distribution", "PW-CFR-06", nil, set(nil, "origin", "vpc_origin_config")},
	{"no security headers", "aws_cloudfront_distribution", "PW-CFR-07", nil, set(nil, "default_cache_behavior", "response_headers_policy_id")},
	{"HSTS of a minute", "aws_cloudfront_response_headers_policy", "PW-CFR-07", nil, set(60, "security_headers_config", "strict_transport_security", "access_control_max_age_sec")},
	{"an access to a bucket that signs nothing", "aws_cloudfront_origin_access_control", "PW-CFR-06", nil, set("never", "signing_behavior")},
	{"CloudFront's own error page", "aws_cloudfront_distribution", "PW-CFR-08", nil, set(nil, "custom_error_response")},
	{"the page of errors is the application's", "aws_cloudfront_distribution", "PW-CFR-08", nil, set("load-balancer", "ordered_cache_behavior", "target_origin_id")},
	{"an apply ends maintenance", "aws_wafv2_regex_pattern_set", "PW-WAF-04", nil, set(nil, "lifecycle")},
	{"maintenance from the start", "aws_wafv2_regex_pattern_set", "PW-WAF-04", nil, set("^/", "regular_expression", "regex_string")},
	{"an apply shows the team the maintenance page", "aws_wafv2_ip_set", "PW-WAF-04", nil, set(nil, "lifecycle")},
	{"no maintenance mode", "aws_wafv2_web_acl", "PW-WAF-04", under("edge"), set([]any{}, "rule")},
	{"cookies in the log", "aws_wafv2_web_acl_logging_configuration", "PW-WAF-01", nil, set([]any{}, "redacted_fields")},
	{"a web ACL without rules", "aws_wafv2_web_acl", "PW-WAF-02", nil, set([]any{}, "rule")},
	{"no limit on requests", "aws_wafv2_web_acl", "PW-WAF-03", under("edge"), set([]any{}, "rule")},

	{"unencrypted logs", "aws_cloudwatch_log_group", "PW-LOG-01", nil, set(nil, "kms_key_id")},
	{"logs of a day", "aws_cloudwatch_log_group", "PW-LOG-02", nil, set(1, "retention_in_days")},
	{"logs kept forever", "aws_cloudwatch_log_group", "PW-LOG-02", nil, set(nil, "retention_in_days")},
	{"an alarm that keeps ringing", "aws_cloudwatch_metric_alarm", "PW-LOG-05", nil, set("ignore", "evaluate_low_sample_count_percentiles")},
	{"an alarm that tells nobody", "aws_cloudwatch_metric_alarm", "PW-LOG-04", nil, set(nil, "alarm_actions")},
	{"AWS's key for a secret", "aws_secretsmanager_secret", "PW-SEC-01", nil, set(nil, "kms_key_id")},
	{"every role reads the secret", "aws_secretsmanager_secret_policy", "PW-SEC-02", nil, set(`{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:PutSecretValue", "Resource": "*"}]}`, "policy")},
	{"a secret is deleted at once", "aws_secretsmanager_secret", "PW-SEC-03", inStack("staging", "prod"), set(0, "recovery_window_in_days")},
	{"a secret as parameter", "aws_ssm_parameter", "PW-SSM-01", nil, set("SecureString", "type")},
	{"a token as parameter", "aws_ssm_parameter", "PW-SSM-01", nil, set("ghp_0123456789abcdefghijABCDEFGHIJ012345", "value")},
	{"a sensitive output", "output", "PW-OUT-01", nil, set(true, "sensitive")},
	{"unencrypted alarms", "aws_sns_topic", "PW-SNS-01", nil, set(nil, "kms_master_key_id")},
	{"alarms over HTTP", "aws_sns_topic_policy", "PW-SNS-02", nil, less("policy", "DenyWithoutTLS")},
	{"copies of backups in the same region", "aws_db_instance_automated_backups_replication", "PW-COP-01", nil, set(nil, "provider")},
	{"copies of backups with AWS's key", "aws_db_instance_automated_backups_replication", "PW-COP-01", nil, set(nil, "kms_key_id")},
	{"deletions are copied", "aws_s3_bucket_replication_configuration", "PW-COP-02", nil, set("Enabled", "rule", "delete_marker_replication", "status")},
	{"documents are copied to a stranger's bucket", "aws_s3_bucket_replication_configuration", "PW-COP-02", nil, set("arn:aws:s3:::strangers", "rule", "destination", "bucket")},
	{"encrypted documents are not copied", "aws_s3_bucket_replication_configuration", "PW-COP-02", nil, set(nil, "rule", "source_selection_criteria")},
	{"a trail of one region", "aws_cloudtrail", "PW-BAS-02", nil, set(false, "is_multi_region_trail")},
	{"log files without digests", "aws_cloudtrail", "PW-BAS-02", nil, set(false, "enable_log_file_validation")},
	{"log files with AWS's key", "aws_cloudtrail", "PW-BAS-02", nil, set(nil, "kms_key_id")},
	{"a trail to a stranger's bucket", "aws_cloudtrail", "PW-BAS-03", nil, set("strangers", "s3_bucket_name")},
	{"a trail that nobody looks at", "aws_cloudtrail", "PW-BAS-09", nil, set(nil, "cloud_watch_logs_group_arn")},
	{"an alarm that looks for less", "aws_cloudwatch_log_metric_filter", "PW-BAS-10", nil, set("{ $.eventName = StopLogging }", "pattern")},
	{"a metric of events without an alarm", "aws_cloudwatch_log_metric_filter", "PW-BAS-10", nil, set("other", "metric_transformation", "name")},
	{"requests for objects that nobody records", "aws_cloudtrail", "PW-BAS-11", nil, set(nil, "advanced_event_selector")},
	{"findings that come hours later", "aws_guardduty_detector", "PW-BAS-12", nil, set("SIX_HOURS", "finding_publishing_frequency")},
	{"standards of AWS's choice", "aws_securityhub_account", "PW-BAS-13", nil, set(true, "enable_default_standards")},
	{"a recorder that leaves IAM out", "aws_config_configuration_recorder", "PW-BAS-15", nil, set(false, "recording_group", "include_global_resource_types")},
	{"a recorder that looks once a day", "aws_config_configuration_recorder", "PW-BAS-15", nil, set("DAILY", "recording_mode", "recording_frequency")},
	{"Config's history with AWS's key", "aws_config_delivery_channel", "PW-BAS-16", nil, set(nil, "s3_kms_key_arn")},
	{"Config's history to a stranger's bucket", "aws_config_delivery_channel", "PW-BAS-16", nil, set("strangers", "s3_bucket_name")},
	{"findings that nobody is told of", "aws_cloudwatch_event_rule", "PW-BAS-14", nil, set("DISABLED", "state")},
	{"an analyzer of unused access", "aws_accessanalyzer_analyzer", "PW-BAS-04", nil, set("ACCOUNT_UNUSED_ACCESS", "type")},
	{"public buckets", "aws_s3_account_public_access_block", "PW-BAS-05", nil, set(false, "restrict_public_buckets")},
	{"volumes in plain text", "aws_ebs_encryption_by_default", "PW-BAS-06", nil, set(false, "enabled")},
	{"snapshots that stay shared", "aws_ebs_snapshot_block_public_access", "PW-BAS-06", nil, set("block-new-sharing", "state")},
	{"IMDSv1", "aws_ec2_instance_metadata_defaults", "PW-BAS-07", nil, set("optional", "http_tokens")},
	{"short passwords", "aws_iam_account_password_policy", "PW-BAS-08", nil, set(8, "minimum_password_length")},
	{"a budget that tells nobody", "aws_budgets_budget", "PW-CST-01", nil, set(nil, "notification")},
	{"a budget without a limit", "aws_budgets_budget", "PW-CST-01", nil, set("0", "limit_amount")},
	{"unusual costs that nobody hears of", "aws_ce_anomaly_subscription", "PW-CST-02", nil, set(nil, "subscriber")},
	{"alarms delivered in plain text", "aws_sns_topic_subscription", "PW-SNS-03", nil, set("http", "protocol")},
	{"a channel without a guardrail", "aws_chatbot_slack_channel_configuration", "PW-CHT-01", nil, set(nil, "guardrail_policy_arns")},
	{"a channel that permits reading", "aws_chatbot_slack_channel_configuration", "PW-CHT-01", nil, set([]any{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, "guardrail_policy_arns")},
	{"a channel's role for every member", "aws_chatbot_slack_channel_configuration", "PW-CHT-01", nil, set(false, "user_authorization_required")},
}

func openTo(cidr string) func(*testing.T, map[string]any) {
	return func(_ *testing.T, attributes map[string]any) {
		delete(attributes, "referenced_security_group_id")
		delete(attributes, "prefix_list_id")
		attributes["cidr_ipv4"] = cidr
	}
}

// TestMissing takes a resource away, each of the kind in turn. What it made
// whole has to be reported.
func TestMissing(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it takes every kind of resource away")
	}
	p := breakable(t)
	for kind, rule := range map[string]string{
		"aws_cloudtrail":                                     "PW-BAS-01",
		"aws_accessanalyzer_analyzer":                        "PW-BAS-01",
		"aws_s3_account_public_access_block":                 "PW-BAS-01",
		"aws_ebs_encryption_by_default":                      "PW-BAS-01",
		"aws_ebs_snapshot_block_public_access":               "PW-BAS-01",
		"aws_ec2_instance_metadata_defaults":                 "PW-BAS-01",
		"aws_iam_account_password_policy":                    "PW-BAS-01",
		"aws_s3_bucket_lifecycle_configuration":              "PW-S3-01",
		"aws_s3_bucket_logging":                              "PW-S3-08",
		"aws_s3_bucket_ownership_controls":                   "PW-S3-01",
		"aws_s3_bucket_policy":                               "PW-S3-01",
		"aws_s3_bucket_public_access_block":                  "PW-S3-01",
		"aws_s3_bucket_server_side_encryption_configuration": "PW-S3-01",
		"aws_s3_bucket_versioning":                           "PW-S3-01",
		"aws_kms_alias":                                      "PW-KMS-04",
		"aws_default_security_group":                         "PW-NET-05",
		"aws_flow_log":                                       "PW-NET-06",
		"aws_nat_gateway":                                    "PW-NET-12",
		"aws_ecr_repository_policy":                          "PW-ECR-04",
		"aws_ecr_lifecycle_policy":                           "PW-ECR-04",
		"aws_wafv2_web_acl_association":                      "PW-ELB-05",
		"aws_wafv2_web_acl_logging_configuration":            "PW-WAF-01",
		"aws_cloudfront_origin_access_control":               "PW-CFR-08",
		"aws_s3_object":                                      "PW-CFR-08",
		"aws_wafv2_regex_pattern_set":                        "PW-WAF-04",
		"aws_cloudwatch_log_delivery":                        "PW-CFR-04",
		"aws_cloudwatch_log_delivery_source":                 "PW-CFR-04",
		"aws_secretsmanager_secret_policy":                   "PW-SEC-02",
		"aws_sns_topic_policy":                               "PW-SNS-02",
		"aws_ce_anomaly_monitor":                             "PW-CST-02",
		"aws_db_subnet_group":                                "PW-RDS-02",
		"aws_db_parameter_group":                             "PW-RDS-03",
	} {
		t.Run(kind, func(t *testing.T) {
			taken := 0
			for i := range p.Stacks {
				whole := p.Stacks[i].Resources
				for n, r := range whole {
					if r.Type != kind {
						continue
					}
					taken++
					p.Stacks[i].Resources = slices.Delete(slices.Clone(whole), n, n+1)
					if !slices.ContainsFunc(compliance.Evaluate(p), func(v compliance.Violation) bool { return v.Rule.ID == rule }) {
						t.Errorf("without %s %s finds nothing", r.Path, rule)
					}
				}
				p.Stacks[i].Resources = whole
			}
			if taken == 0 {
				t.Error("there is no such resource to take away")
			}
		})
	}
}

// TestAdded adds what has no place in the platform.
func TestAdded(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it adds to every stack what a rule refuses")
	}
	for _, test := range []struct{ name, stack, kind, attributes, rule string }{
		{"a kind that nobody looked at", "dev", "aws_lambda_function", `{}`, "PW-ALL-01"},
		{"a data source that nobody looked at", "dev", "data.external", `{}`, "PW-ALL-01"},
		{"a module", "dev", "module", `{"m": {"source": "./m"}}`, "PW-ALL-01"},
		{"a bucket and nothing else", "prod", "aws_s3_bucket", `{"bucket": "b"}`, "PW-S3-01"},
		{"an exception that has expired", "prod", "aws_eip", `{"//": {"exceptions": {"PW-NET-12": {"reason": "An address that is needed for as long as it takes.", "expires": "2026-11-24"}}}}`, "PW-ALL-02"},
		{"an exception that nothing needs", "prod", "aws_kms_alias", `{"//": {"exceptions": {"PW-KMS-01": {"reason": "An alias needs no exception at all, so this is none.", "expires": "2027-06-30"}}}}`, "PW-ALL-02"},
		{"an exception without reason", "prod", "aws_eip", `{"//": {"exceptions": {"PW-NET-12": {"reason": "hard", "expires": "2027-06-30"}}}}`, "PW-ALL-02"},
		{"an exception to no rule", "prod", "aws_eip", `{"//": {"exceptions": {"PW-NO-99": {"reason": "An exception to a rule that does not exist.", "expires": "2027-06-30"}}}}`, "PW-ALL-02"},
		{"dev takes prod's key", "dev", "aws_sns_topic", `{"kms_master_key_id": "${data.terraform_remote_state.shared.outputs.for_prod_logs_key_arn}"}`, "PW-ALL-04"},
		{"dev is in prod's network", "dev", "aws_security_group", `{"vpc_id": "${data.terraform_remote_state.shared.outputs.for_prod_vpc_id}"}`, "PW-ALL-04"},
		{"dev's role has prod's boundary", "dev", "aws_iam_role", `{"permissions_boundary": "arn:aws:iam::111122223333:policy/paperwurks/boundary/paperwurks-workload-boundary-prod"}`, "PW-ALL-04"},
		{"the state on somebody's disk", "dev", "backend.local", `{"path": "terraform.tfstate"}`, "PW-STA-01"},
		{"an output with a password", "dev", "output", `{"value": "postgres://app:hunter2@db/app"}`, "PW-OUT-01"},
		{"a subnet handed over that is none of ours", "shared", "output", `{"value": "subnet-1"}`, "PW-NET-08"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := breakable(t)
			var attributes map[string]any
			if err := json.Unmarshal([]byte(test.attributes), &attributes); err != nil {
				t.Fatal(err)
			}
			const name = "for_dev_subnet_added"
			var content map[string]any
			switch kind, isData := strings.CutPrefix(test.kind, "data."); {
			case isData:
				content = map[string]any{"data": map[string]any{kind: map[string]any{name: attributes}}}
			case test.kind == "output":
				content = map[string]any{"output": map[string]any{name: attributes}}
			case test.kind == "backend.local":
				content = map[string]any{"terraform": map[string]any{"backend": map[string]any{"local": attributes}}}
			case test.kind == "module":
				content = map[string]any{"module": attributes}
			default:
				content = map[string]any{"resource": map[string]any{test.kind: map[string]any{name: attributes}}}
			}
			added := compliance.Load(test.stack, content).Resources
			for i := range p.Stacks {
				if p.Stacks[i].Name == test.stack {
					p.Stacks[i].Resources = append(p.Stacks[i].Resources, added...)
				}
			}
			if !reports(compliance.Evaluate(p), test.rule, added[0].Path) {
				t.Errorf("%s passes", added[0].Path)
			}
		})
	}
}

// TestRouteToTheInternet opens a way from the internet gateway into each
// private and isolated table.
func TestRouteToTheInternet(t *testing.T) {
	p := breakable(t)
	for i := range p.Stacks {
		whole := p.Stacks[i].Resources
		for _, r := range whole {
			if r.Type != "aws_route_table" || strings.HasSuffix(r.Path, "public-routes") {
				continue
			}
			gateway := slices.IndexFunc(whole, func(r *compliance.Resource) bool { return r.Type == "aws_internet_gateway" })
			added := compliance.Load(p.Stacks[i].Name, map[string]any{"resource": map[string]any{"aws_route": map[string]any{"added": map[string]any{
				"route_table_id": "${aws_route_table." + r.Name + ".id}",
				"gateway_id":     "${aws_internet_gateway." + whole[gateway].Name + ".id}",
			}}}})
			p.Stacks[i].Resources = append(slices.Clone(whole), added.Resources...)
			violations := compliance.Evaluate(p)
			if !slices.ContainsFunc(violations, func(v compliance.Violation) bool { return v.Rule.ID == "PW-NET-08" }) {
				t.Errorf("a route from the internet into %s passes", r.Path)
			}
		}
		p.Stacks[i].Resources = whole
	}
}

// docs/compliance.md lists the rules and exceptions of today.
func TestComplianceDocument(t *testing.T) {
	file := filepath.Join(repositoryRoot(t), "docs", "compliance.md")
	want := compliance.Markdown(thisPlatform(t))
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("docs/compliance.md is out of date (%v): `make docs` writes it\n%s", err, diff(t, file, []byte(want)))
	}
}
