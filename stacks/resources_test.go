package stacks_test

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

func TestStacksAreWhole(t *testing.T) {
	all := platform(t)
	settings := config.Platform()
	if got := len(all[config.SharedStack].Resources()); got < 80 {
		t.Errorf("shared has %d resources, want at least 80", got)
	}
	for _, env := range settings.Environments {
		stack := all[env.Name]
		if got := len(stack.Resources()); got < 60 {
			t.Errorf("%s has %d resources, want at least 60", env.Name, got)
		}
		for kind, want := range map[string]int{
			"aws_ecs_cluster": 1, "aws_ecs_service": len(env.Services), "aws_ecs_task_definition": len(env.Services) + 1,
			"aws_appautoscaling_policy": len(env.Services), "aws_db_instance": 1, "aws_lb": 1, "aws_cloudfront_distribution": 1,
			"aws_cloudfront_vpc_origin": 1, "aws_wafv2_web_acl": 2, "aws_secretsmanager_secret": len(env.Secrets),
			"aws_cloudwatch_dashboard": 1, "aws_sns_topic": 1,
		} {
			if got := len(stack.Resource[kind]); got != want {
				t.Errorf("%s has %d %s, want %d", env.Name, got, kind, want)
			}
		}
		if got := stack.Dependencies; len(got) != 1 || got[0] != config.SharedStack {
			t.Errorf("%s depends on %v, want shared", env.Name, got)
		}
	}
}

func TestNATByStrategy(t *testing.T) {
	settings := config.Platform()
	got := map[string]int{}
	for _, gateway := range platform(t)[config.SharedStack].Resource["aws_nat_gateway"] {
		env, _, _ := strings.Cut(strings.TrimPrefix(at(gateway, "//", "metadata", "path").(string), "shared/setup/"), "/")
		got[env]++
	}
	want := map[config.NATStrategy]int{config.NATSingle: 1, config.NATPerZone: len(settings.AvailabilityZones)}
	for _, env := range settings.Environments {
		if got[env.Name] != want[env.Network.NAT] {
			t.Errorf("%s has %d NAT gateways, want %d (%s)", env.Name, got[env.Name], want[env.Network.NAT], env.Network.NAT)
		}
	}
}

// A state of its own for each stack, in one bucket, with a lock.
func TestState(t *testing.T) {
	keys := map[string]string{}
	for name, stack := range platform(t) {
		backend := readBackend(t, stack.File)
		if backend["use_lockfile"] != true {
			t.Errorf("%s: no lock file", name)
		}
		key, _ := backend["key"].(string)
		if other, taken := keys[key]; taken || key == "" {
			t.Errorf("%s: state key %q is taken by %q or empty", name, key, other)
		}
		keys[key] = name
		if backend["bucket"] != config.Platform().Names().StateBucket() {
			t.Errorf("%s: bucket %v", name, backend["bucket"])
		}
	}
}

func TestStateCannotBeDestroyed(t *testing.T) {
	for _, kind := range []string{"aws_s3_bucket", "aws_kms_key"} {
		each(t, platform(t), kind, func(t *testing.T, r resource) {
			if strings.HasPrefix(r.path(), "shared/setup/state/") && at(r.Attributes, "lifecycle", "prevent_destroy") != true {
				t.Error("a plan could destroy it")
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	all := platform(t)
	each(t, all, "aws_s3_bucket", func(t *testing.T, r resource) {
		bucket := "${" + r.Address + ".id}"
		for _, kind := range []string{
			"aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning",
			"aws_s3_bucket_ownership_controls", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_policy",
		} {
			found := 0
			for _, part := range all[r.Stack].Resource[kind] {
				if part["bucket"] == bucket {
					found++
				}
			}
			if found != 1 {
				t.Errorf("%d %s, want 1", found, kind)
			}
		}
	})
	each(t, all, "aws_s3_bucket_public_access_block", func(t *testing.T, r resource) {
		for _, flag := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			if r.Attributes[flag] != true {
				t.Errorf("%s is %v", flag, r.Attributes[flag])
			}
		}
	})
	each(t, all, "aws_s3_bucket_versioning", func(t *testing.T, r resource) {
		if got := at(r.Attributes, "versioning_configuration", "status"); got != "Enabled" {
			t.Errorf("versioning is %v", got)
		}
	})
	each(t, all, "aws_s3_bucket_policy", func(t *testing.T, r resource) {
		if deny := statement(policyDocument(t, r, "policy"), "DenyWithoutTLS"); at(deny, "Condition", "Bool", "aws:SecureTransport") != "false" || at(deny, "Effect") != "Deny" {
			t.Errorf("requests without TLS are not denied: %v", deny)
		}
	})
}

func statement(document map[string]any, sid string) any {
	statements, _ := document["Statement"].([]any)
	for _, s := range statements {
		if at(s, "Sid") == sid {
			return s
		}
	}
	return nil
}

func TestKeysRotate(t *testing.T) {
	each(t, platform(t), "aws_kms_key", func(t *testing.T, r resource) {
		if r.Attributes["enable_key_rotation"] != true {
			t.Error("it does not rotate")
		}
	})
}

func TestLogGroups(t *testing.T) {
	each(t, platform(t), "aws_cloudwatch_log_group", func(t *testing.T, r resource) {
		if r.Attributes["kms_key_id"] == nil {
			t.Error("no customer key")
		}
		if days, _ := r.Attributes["retention_in_days"].(float64); days < 1 {
			t.Error("kept forever")
		}
	})
}

func TestRolesAreBounded(t *testing.T) {
	n := config.Platform().Names()
	each(t, platform(t), "aws_iam_role", func(t *testing.T, r resource) {
		boundary, _ := r.Attributes["permissions_boundary"].(string)
		if boundary == "" {
			t.Error("no permissions boundary")
		}
		switch path := r.Attributes["path"]; path {
		case n.CIPath():
		case n.WorkloadPath():
			if !strings.HasPrefix(boundary, n.BoundaryARN(n.WorkloadBoundary(""))) && !strings.HasPrefix(boundary, "${aws_iam_policy.setup_boundary_workload-") {
				t.Errorf("boundary %q of a workload role", boundary)
			}
		default:
			t.Errorf("path %v", path)
		}
	})
}

func TestNothingIsOpenToTheWorld(t *testing.T) {
	all := platform(t)
	each(t, all, "aws_vpc_security_group_ingress_rule", func(t *testing.T, r resource) {
		if r.Attributes["cidr_ipv4"] == "0.0.0.0/0" || r.Attributes["cidr_ipv6"] != nil {
			t.Error("open to the internet")
		}
	})
	each(t, all, "aws_security_group", func(t *testing.T, r resource) {
		if r.Attributes["ingress"] != nil || r.Attributes["egress"] != nil {
			t.Error("has inline rules, which these checks do not see")
		}
	})
	each(t, all, "aws_default_security_group", func(t *testing.T, r resource) {
		if r.Attributes["ingress"] != nil || r.Attributes["egress"] != nil {
			t.Error("the default group is not closed")
		}
	})
	each(t, all, "aws_lb", func(t *testing.T, r resource) {
		if r.Attributes["internal"] != true {
			t.Error("has a public address")
		}
	})
	each(t, all, "aws_subnet", func(t *testing.T, r resource) {
		if r.Attributes["map_public_ip_on_launch"] != false {
			t.Error("gives public addresses")
		}
	})
}

// environmentsByName are the platform's, by the name of their stack.
func environmentsByName() map[string]config.Environment {
	out := map[string]config.Environment{}
	for _, env := range config.Platform().Environments {
		out[env.Name] = env
	}
	return out
}

func TestDatabases(t *testing.T) {
	environments := environmentsByName()
	each(t, platform(t), "aws_db_instance", func(t *testing.T, r resource) {
		for attribute, want := range map[string]any{
			"storage_encrypted": true, "publicly_accessible": false, "manage_master_user_password": true,
			"iam_database_authentication_enabled": true, "performance_insights_enabled": true, "copy_tags_to_snapshot": true,
			"password": nil,
		} {
			if got := r.Attributes[attribute]; got != want {
				t.Errorf("%s is %v, want %v", attribute, got, want)
			}
		}
		if !environments[r.Stack].IsProtected() {
			return
		}
		for attribute, want := range map[string]any{"multi_az": true, "deletion_protection": true, "skip_final_snapshot": false} {
			if got := r.Attributes[attribute]; got != want {
				t.Errorf("%s is %v, want %v", attribute, got, want)
			}
		}
		if at(r.Attributes, "lifecycle", "prevent_destroy") != true {
			t.Error("a plan could destroy it")
		}
	})
	each(t, platform(t), "aws_db_parameter_group", func(t *testing.T, r resource) {
		parameters, _ := r.Attributes["parameter"].([]any)
		for _, p := range parameters {
			if at(p, "name") == "rds.force_ssl" && at(p, "value") == "1" {
				return
			}
		}
		t.Error("TLS is not forced")
	})
}

// The backend's pipeline owns the image, autoscaling the number of tasks.
func TestServices(t *testing.T) {
	each(t, platform(t), "aws_ecs_service", func(t *testing.T, r resource) {
		ignored, _ := at(r.Attributes, "lifecycle", "ignore_changes").([]any)
		if len(ignored) != 2 || ignored[0] != "task_definition" || ignored[1] != "desired_count" {
			t.Errorf("ignores %v", ignored)
		}
		if at(r.Attributes, "deployment_circuit_breaker", "rollback") != true || at(r.Attributes, "alarms", "rollback") != true {
			t.Error("a failing deployment is not rolled back")
		}
		if names, _ := at(r.Attributes, "alarms", "alarm_names").([]any); len(names) == 0 {
			t.Error("no alarm rolls it back")
		}
		if at(r.Attributes, "network_configuration", "assign_public_ip") != false {
			t.Error("tasks get public addresses")
		}
	})
}

func TestContainers(t *testing.T) {
	each(t, platform(t), "aws_ecs_task_definition", func(t *testing.T, r resource) {
		if r.Attributes["task_role_arn"] != nil {
			t.Error("the bootstrap definition passes a role that reaches data")
		}
		containers := containersOf(t, r)
		if len(containers) == 0 {
			t.Fatal("no container")
		}
		for _, c := range containers {
			if at(c, "readonlyRootFilesystem") != true || at(c, "privileged") != false {
				t.Errorf("container %v is not hardened", at(c, "name"))
			}
			if at(c, "logConfiguration", "logDriver") != "awslogs" {
				t.Errorf("container %v does not log", at(c, "name"))
			}
		}
	})
}

// No value crosses stacks by accident: cdktf's own crossings would be
// sensitive outputs with names of theirs.
func TestNothingCrossesUnnamed(t *testing.T) {
	for name, stack := range platform(t) {
		for output, attributes := range stack.Output {
			if strings.HasPrefix(output, "cross-stack-output") || attributes["sensitive"] == true {
				t.Errorf("%s: output %q crosses unnamed", name, output)
			}
		}
	}
}
