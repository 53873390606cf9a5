package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

var (
	pageLink = regexp.MustCompile(`\]\(([a-z-]*\.md)?#([a-z0-9-]+)\)`)
	logLink  = regexp.MustCompile(`log-groups/log-group/([^)]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	marker   = regexp.MustCompile(`<a id="([a-z0-9-]+)">`)
)

// anchors of a page, as GitHub makes them of its headings.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		out[strings.NewReplacer(" ", "-", ",", "", ".", "", "`", "", ":", "").Replace(strings.ToLower(m[1]))] = true
	}
	for _, m := range marker.FindAllStringSubmatch(text, -1) {
		out[m[1]] = true
	}
	return out
}

// lacking are the alarms, log groups and anchors that an environment's page does
// not have or does not find.
func lacking(t *testing.T, s *platform.Stacks, env, text string) []string {
	t.Helper()
	var out []string
	runbook, err := os.ReadFile(filepath.Join(docs, "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Of(env, "aws_cloudwatch_metric_alarm") {
		name, d := r.Text("alarm_name"), config.ReadAlarmDescription(r.Text("alarm_description"))
		_, anchor, _ := strings.Cut(d.Runbook, "/docs/operations.md#")
		row := regexp.MustCompile(`(?m)^\| ` + string(d.Severity) + ` \| \[.` + name + `.\]\(https://\S+alarm/` + name + `\) \| ` + regexp.QuoteMeta(strings.TrimSuffix(d.Means, " (bytes)")) + `: .+ \| .+\(\[runbook\]\(operations\.md#` + anchor + `\)\) \|$`)
		if d.Severity == "" || anchor == "" || !anchors(string(runbook))[anchor] || !row.MatchString(text) {
			out = append(out, name)
		}
	}
	for _, r := range s.In(env, "aws_cloudwatch_log_group") {
		if !strings.Contains(text, "[`"+r.Text("name")+"`]") {
			out = append(out, r.Text("name"))
		}
	}
	for _, r := range s.Of(env, "aws_ecs_service") {
		if name := r.Text("name"); !strings.Contains(text, "\n| `"+name+"` |") || !strings.Contains(text, "/services/"+name+"/health?") {
			out = append(out, name)
		}
	}
	// Each log is linked by the name of a group that is there.
	for _, m := range logLink.FindAllStringSubmatch(text, -1) {
		name := strings.ReplaceAll(m[1], "$252F", "/")
		if !slices.ContainsFunc(s.In(env, "aws_cloudwatch_log_group"), func(r platform.Resource) bool { return r.Text("name") == name }) {
			out = append(out, name)
		}
	}
	for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
		in := text
		if m[1] != "" {
			data, err := os.ReadFile(filepath.Join(docs, m[1]))
			if err != nil {
				t.Fatal(err)
			}
			in = string(data)
		}
		if !anchors(in)[m[2]] {
			out = append(out, m[0])
		}
	}
	return out
}

// TestOperations: who has an alarm of an environment finds it on its page, with a
// runbook that exists; so is each log, and each link to a section.
func TestOperations(t *testing.T) {
	settings := config.Platform()
	s, err := platform.Read(synthesised(t), environmentNames(settings))
	if err != nil {
		t.Fatal(err)
	}
	for _, env := range settings.Environments {
		text, err := operations(settings, s, env)
		if err != nil {
			t.Fatal(err)
		}
		if faults := lacking(t, s, env.Name, text); len(faults) > 0 {
			t.Errorf("%s lacks %q", env.Name, faults)
		}
		if strings.Contains(text, "### Other") || strings.ContainsAny(text, "{}") {
			t.Errorf("%s has a log of no known kind, or a gap:\n%s", env.Name, text)
		}
		if pages := strings.Count(text, "\n| page |"); (pages > 0) != env.IsProtected() {
			t.Errorf("%s: %d alarms page somebody, and its data is %q", env.Name, pages, env.Data)
		}
		for old, changed := range map[string]string{
			"| ticket | [`": "| today | [`", "#alarm-no-task)": "#alarm-notask)", "/ecs/web`]": "/ecs/wob`]", "/health?": "/healths?", "252Fecs$252Fweb)": "252Fecs$252Fwob)", "operations.md#change-a-variable": "operations.md#change-variables", "operations.md#step-2": "operations.md#step-9",
		} {
			if !strings.Contains(text, old) {
				t.Errorf("%s: %q is not there", env.Name, old)
			} else if len(lacking(t, s, env.Name, strings.ReplaceAll(text, old, changed))) == 0 {
				t.Errorf("%s: %q → %q is not noticed", env.Name, old, changed)
			}
		}
	}
	for want, onCall := range map[string]config.OnCall{
		"": {},
		", pages to `page@paperwurks.example` too": {Email: "page@paperwurks.example"},
		", pages to the paging service that [an administrator subscribed](operations.md#send-pages-to-who-is-on-call) too":                               {Webhook: true},
		", pages to `page@paperwurks.example` and the paging service that [an administrator subscribed](operations.md#send-pages-to-who-is-on-call) too": {Email: "page@paperwurks.example", Webhook: true},
	} {
		paged := config.Fixture()
		paged.User.OnCall, paged.Environments[2].Slack.Pages = onCall, ""
		for _, env := range paged.Environments {
			if got := (operating{paged, s, env}).pagesTo(); env.IsProtected() && got != want || !env.IsProtected() && got != "" {
				t.Errorf("%+v, %s: %q, want %q", onCall, env.Name, got, want)
			}
		}
	}
	posted := config.Fixture()
	posted.User.OnCall = config.OnCall{}
	if got, want := (operating{posted, s, posted.Environments[2]}).pagesTo(), ", pages to Slack channel [`C07PRODPAGES`](operations.md#send-alarms-to-slack) too"; got != want {
		t.Errorf("a channel of pages: %q, want %q", got, want)
	}
	settings.GitHub.InfraBranch = "trunk"
	if _, err := operations(settings, s, settings.Environments[0]); err == nil || !strings.Contains(err.Error(), "has no severity or no runbook") {
		t.Errorf("an alarm whose runbook is no page of ours: %v", err)
	}
}

// TestRaised says a threshold as the alarm has it.
func TestRaised(t *testing.T) {
	for want, attributes := range map[string]map[string]any{
		"sum above 5 for 2 minutes":                                   {"statistic": "Sum", "comparison_operator": "GreaterThanThreshold", "threshold": 5.0, "evaluation_periods": 2.0, "treat_missing_data": "notBreaching"},
		"minimum below 0.5 GiB for 5 minutes, or nothing is measured": {"statistic": "Minimum", "comparison_operator": "LessThanThreshold", "threshold": 0.5 * (1 << 30), "evaluation_periods": 5.0, "treat_missing_data": "breaching"},
		"p95 above 1.5 for 5 minutes": {"comparison_operator": "GreaterThanThreshold", "threshold": 1.5, "evaluation_periods": 5.0, "metric_query": []any{
			map[string]any{"id": "requests", "metric": map[string]any{"stat": "Sum"}}, map[string]any{"id": "measured", "metric": map[string]any{"stat": "p95"}}}},
	} {
		if got := raised(platform.Resource{Attributes: attributes}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
