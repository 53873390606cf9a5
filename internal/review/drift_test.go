package review

import (
	"slices"
	"strings"
	"testing"
)

func TestDrift(t *testing.T) {
	p := reduced(t, "drift")
	if len(p.ResourceDrift) < 8 {
		t.Fatalf("%d resources read differently, want more: the fixture proves nothing", len(p.ResourceDrift))
	}
	d := FindDrift("dev", p, nil)
	var got []string
	for _, r := range d.Resources {
		for _, difference := range r.Differences {
			got = append(got, r.Address+" "+difference.Path+" "+difference.Before+" "+difference.After)
		}
		if r.Gone {
			got = append(got, r.Address+" gone")
		}
	}
	want := "aws_cloudwatch_log_group.environment_worker-task_log-group_4CED0DD4 retention_in_days 30 1"
	if !slices.Contains(got, want) {
		t.Errorf("%q is not among the drift:\n%s", want, strings.Join(got, "\n"))
	}
	report := DriftReport([]Drift{d, {Stack: "prod", Fault: "no credentials"}}, "a run")
	for _, want := range []string{DriftMarker + "\n", "`retention_in_days`: `30` → `1`", "### prod could not be checked", "no credentials", "<sub>a run</sub>"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not say %q:\n%s", want, report)
		}
	}
	without := FindDrift("dev", p, map[string][]string{"aws_cloudwatch_log_group.environment_worker-task_log-group_4CED0DD4": {"retention_in_days"}})
	if len(without.Resources) != len(d.Resources)-1 {
		t.Errorf("%d resources with an ignored attribute, want one less than %d", len(without.Resources), len(d.Resources))
	}
}

func TestWhatIsNoDrift(t *testing.T) {
	drifted := func(kind, attribute string, before, after any, actions ...string) *Plan {
		return &Plan{ResourceDrift: []ResourceChange{{Address: kind + ".a", Mode: "managed", Type: kind, Change: Change{
			Actions: actions, Before: map[string]any{attribute: before}, After: map[string]any{attribute: after}}}}}
	}
	for _, test := range []struct {
		name string
		plan *Plan
		want int
	}{
		{"backups go on", drifted("aws_db_instance", "latest_restorable_time", "a", "b", "update"), 0},
		{"the master secret becomes active", drifted("aws_db_instance", "master_user_secret", []any{map[string]any{"secret_status": "creating"}}, []any{map[string]any{"secret_status": "active"}}, "update"), 0},
		{"a subscription is confirmed", drifted("aws_sns_topic_subscription", "pending_confirmation", true, false, "update"), 0},
		{"by whom", drifted("aws_sns_topic_subscription", "confirmation_was_authenticated", false, true, "update"), 0},
		{"alarms go to another address", drifted("aws_sns_topic_subscription", "endpoint", "a@example.com", "b@example.com", "update"), 1},
		{"maintenance mode is switched", drifted("aws_wafv2_regex_pattern_set", "lock_token", "a", "b", "update"), 0},
		{"others are let through in it", drifted("aws_wafv2_ip_set", "lock_token", "a", "b", "update"), 0},
		{"it shows another set", drifted("aws_wafv2_ip_set", "description", "a", "b", "update"), 1},
		{"an inline policy made outside Terraform", drifted("aws_iam_role", "inline_policy", []any{}, []any{map[string]any{"name": "x"}}, "update"), 1},
		{"none by another name", drifted("aws_vpc", "tags", nil, map[string]any{}, "update"), 0},
		{"a setting", drifted("aws_db_instance", "publicly_accessible", false, true, "update"), 1},
		{"a rule made outside Terraform", drifted("aws_security_group", "ingress", []any{}, []any{map[string]any{"from_port": 22.0}}, "update"), 1},
		{"became empty", drifted("aws_security_group", "tags", map[string]any{"a": "b"}, map[string]any{}, "update"), 1},
		{"became none", drifted("aws_security_group", "description", "text", nil, "update"), 1},
		{"a list became empty", drifted("aws_security_group", "ingress", []any{"x"}, []any{}, "update"), 1},
		{"was empty", drifted("aws_vpc", "tags", map[string]any{}, map[string]any{"a": "b"}, "update"), 1},
		{"none is empty", drifted("aws_vpc", "tags", "", nil, "update"), 0},
		{"gone", drifted("aws_vpc", "id", "a", nil, "delete"), 1},
	} {
		if got := FindDrift("dev", test.plan, nil).Resources; len(got) != test.want {
			t.Errorf("%s: %+v, want %d", test.name, got, test.want)
		}
	}
	if report := DriftReport([]Drift{FindDrift("dev", drifted("aws_vpc", "id", "a", nil, "delete"), nil)}, ""); !strings.Contains(report, "gone from AWS") {
		t.Errorf("the report does not say that the VPC is gone:\n%s", report)
	}
}

func TestDriftReportStaysUnderGitHubsLimit(t *testing.T) {
	p := large(300, "update")
	p.ResourceDrift = p.ResourceChanges
	if report := DriftReport([]Drift{FindDrift("dev", p, nil)}, ""); len(report) > 65_536 || !strings.Contains(report, "more lines") {
		t.Errorf("%d bytes", len(report))
	}
}
