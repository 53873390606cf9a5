package stacks_test

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

// TestStacks: what the settings ask for is there, in states of their own.
func TestStacks(t *testing.T) {
	all := platform(t)
	settings := config.Platform()
	for name, stack := range all {
		if got := readBackend(t, stack.File)["bucket"]; got != settings.Names().StateBucket() {
			t.Errorf("%s: its state is in the bucket %v", name, got)
		}
	}
	for _, env := range settings.Environments {
		stack, topics := all[env.Name], 1
		if env.HasOutside() {
			topics++ // of us-east-1
		}
		policies := len(env.Services)
		for _, s := range env.Services {
			if s.RequestsPerTarget > 0 {
				policies++
			}
		}
		for kind, want := range map[string]int{
			"aws_ecs_cluster": 1, "aws_ecs_service": len(env.Services), "aws_ecs_task_definition": len(env.Services) + 1,
			"aws_appautoscaling_policy": policies, "aws_db_instance": 1, "aws_lb": 1, "aws_cloudfront_distribution": 1,
			"aws_cloudfront_vpc_origin": 1, "aws_wafv2_web_acl": 2, "aws_secretsmanager_secret": len(env.Secrets),
			"aws_cloudwatch_dashboard": 1, "aws_sns_topic": topics,
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

func TestWorkloadRolesAreBounded(t *testing.T) {
	n := config.Platform().Names()
	each(t, platform(t), "aws_iam_role", func(t *testing.T, r resource) {
		boundary, _ := r.Attributes["permissions_boundary"].(string)
		workload := strings.HasPrefix(boundary, n.BoundaryARN(n.WorkloadBoundary(""))) || strings.HasPrefix(boundary, "${aws_iam_policy.setup_boundary_workload-")
		account := strings.HasPrefix(boundary, "${aws_iam_policy.setup_boundary_account_")
		if path := r.Attributes["path"]; path != n.CIPath() && (path != n.AccountPath() || !account) && (path != n.WorkloadPath() || !workload) {
			t.Errorf("path %v with the boundary %q", path, boundary)
		}
	})
}
