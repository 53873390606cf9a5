package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
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
		if settings.HasPages(env) {
			topics *= 2
		}
		policies, actions := len(env.Services), 0
		if env.OffHours.IsSet() {
			actions = 2 * len(env.Services)
		}
		for _, s := range env.Services {
			if s.RequestsPerTarget > 0 {
				policies++
			}
		}
		for kind, want := range map[string]int{
			"aws_ecs_cluster": 1, "aws_ecs_service": len(env.Services), "aws_ecs_task_definition": len(env.Services) + 2 + len(env.Jobs),
			"aws_appautoscaling_policy": policies, "aws_appautoscaling_scheduled_action": actions, "aws_db_instance": 1, "aws_lb": 1, "aws_cloudfront_distribution": 1,
			"aws_cloudfront_vpc_origin": 1, "aws_wafv2_web_acl": 2, "aws_wafv2_ip_set": 2, "aws_wafv2_regex_pattern_set": 1, "aws_s3_object": 1, "aws_secretsmanager_secret": len(env.Secrets),
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

// TestOneChangeOfATargetAtATime: what sets how many tasks a service has is made one
// after the other, which no emulator asks for: AWS refuses the second of two changes of a
// target in the same moment.
func TestOneChangeOfATargetAtATime(t *testing.T) {
	settings := config.Fixture()
	settings.Environments[0].Services[0].RequestsPerTarget = 600
	stack, most := synthesise(t, settings, config.Target{})["dev"], 0
	for target := range stack.Resource["aws_appautoscaling_target"] {
		var all, waiting []string
		for _, kind := range []string{"aws_appautoscaling_policy", "aws_appautoscaling_scheduled_action"} {
			for id, resource := range stack.Resource[kind] {
				if !strings.Contains(fmt.Sprint(resource["resource_id"]), "aws_appautoscaling_target."+target+".") {
					continue
				}
				all = append(all, kind+"."+id)
				if after, ok := resource["depends_on"].([]any); ok {
					waiting = append(waiting, fmt.Sprint(after...))
				}
			}
		}
		most = max(most, len(all))
		slices.Sort(waiting)
		if len(waiting) != len(all)-1 || len(slices.Compact(waiting)) != len(all)-1 || slices.ContainsFunc(waiting, func(id string) bool { return !slices.Contains(all, id) }) {
			t.Errorf("%s: of %v these are waited for: %v", target, all, waiting)
		}
	}
	if most != 4 {
		t.Errorf("a target has %d policies and scheduled actions, want 4", most)
	}
}

// TestPages: where pages have a topic of their own, they are published to it too, in
// both regions, and tickets are not, such as the one that says that pages are lost; a
// channel of Slack gets the topics of both regions.
func TestPages(t *testing.T) {
	fixture, posted, quiet := config.Fixture(), config.Fixture(), config.Fixture()
	posted.User.OnCall = config.OnCall{}
	quiet.User.OnCall, quiet.Environments[2].Slack = config.OnCall{}, config.SlackChannels{}
	pages, channels, posts := 0, 0, 0
	for _, test := range []struct {
		settings config.Settings
		stacks   map[string]synthesised.Stack
	}{{fixture, synthesise(t, fixture, config.Target{})}, {posted, synthesise(t, posted, config.Target{})}, {quiet, synthesise(t, quiet, config.Target{})}, {config.Platform(), platform(t)}} {
		n := test.settings.Names()
		for _, env := range test.settings.Environments {
			stack := test.stacks[env.Name]
			names, watched := map[string]string{}, map[string]int{}
			for id, topic := range stack.Resource["aws_sns_topic"] {
				names["${aws_sns_topic."+id+".arn}"] = fmt.Sprint(topic["name"], topic["provider"])
				if topic["name"] == n.PageTopic(env.Name) {
					watched[fmt.Sprint(topic["provider"])] = 0
				}
			}
			for id, alarm := range stack.Resource["aws_cloudwatch_metric_alarm"] {
				want := []string{fmt.Sprint(n.AlarmTopic(env.Name), alarm["provider"])}
				if config.ReadAlarmDescription(fmt.Sprint(alarm["alarm_description"])).Severity == config.Page && test.settings.HasPages(env) {
					want = append(want, fmt.Sprint(n.PageTopic(env.Name), alarm["provider"]))
					pages++
				}
				if of, ok := alarm["dimensions"].(map[string]any); ok && of["TopicName"] == n.PageTopic(env.Name) {
					watched[fmt.Sprint(alarm["provider"])]++
				}
				for _, attribute := range []string{"alarm_actions", "ok_actions"} {
					var got []string
					for _, topic := range alarm[attribute].([]any) {
						got = append(got, names[fmt.Sprint(topic)])
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s of %s is %q, want %q", attribute, id, got, want)
					}
				}
			}
			for provider, alarms := range watched {
				if alarms != 1 {
					t.Errorf("the topic of pages of %s with provider %s has %d alarms on what is lost, want 1", env.Name, provider, alarms)
				}
			}
			of := map[string]string{env.Slack.Alarms: n.AlarmTopic(env.Name), env.Slack.Pages: n.PageTopic(env.Name)}
			for id := range of {
				if id != "" {
					posts++
				}
			}
			for id, channel := range stack.Resource["aws_chatbot_slack_channel_configuration"] {
				channels++
				topic := of[fmt.Sprint(channel["slack_channel_id"])]
				var got []string
				for _, arn := range channel["sns_topic_arns"].([]any) {
					got = append(got, names[fmt.Sprint(arn)])
				}
				if want := []string{topic + "<nil>", topic + "aws.edge"}; !slices.Equal(got, want) {
					t.Errorf("%s gets %q, want %q", id, got, want)
				}
			}
		}
	}
	if channels != posts || channels < 3+3+1 {
		t.Errorf("%d channels, want %d, and 7 of the fixture", channels, posts)
	}
	if pages < 8 {
		t.Errorf("%d pages of the fixture: too few to prove anything", pages)
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
		people := strings.HasPrefix(boundary, "${aws_iam_policy.setup_boundary_people_")
		copies := strings.HasPrefix(boundary, "${aws_iam_policy.environment_copies_boundary_replication_")
		chat := strings.HasPrefix(boundary, "${aws_iam_policy.setup_chat-role_boundary_")
		if path := r.Attributes["path"]; path != n.CIPath() && (path != n.CopiesPath() || !copies) && (path != n.PeoplePath() || !people) && (path != n.AccountPath() || !account && !chat) && (path != n.WorkloadPath() || !workload) {
			t.Errorf("path %v with the boundary %q", path, boundary)
		}
	})
}
