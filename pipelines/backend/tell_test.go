package backend

import (
	"strings"
	"testing"
)

// told runs tell.sh as failures.yml does, and returns the subject and the message that
// it publishes.
func told(t *testing.T, answers map[string][]string, environment ...string) (r result, subject, message string) {
	t.Helper()
	all := map[string][]string{"sts get-caller-identity": {"111122223333"}, "sns publish": {"f7a0a5b4"}}
	for name, answer := range answers {
		all[name] = answer
	}
	r = run(t, "tell", all, append([]string{"TOPIC=paperwurks-account-alarms", "WORKFLOW=Deploy", "CONCLUSION=failure", "COMMIT=" + sha, "RUN=4711", "ISSUE=9",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=paperwurks/infra", "GITHUB_REF_NAME=main"}, environment...)...)
	_, after, _ := strings.Cut(r.calls, " --subject ")
	subject, after, _ = strings.Cut(after, " --message ")
	message, _, _ = strings.Cut(after, " --query ")
	return r, subject, message
}

func TestTell(t *testing.T) {
	t.Parallel()
	r, subject, message := told(t, nil)
	wants(t, r, 0, r.calls, "sns publish --topic-arn arn:aws:sns:eu-central-1:111122223333:paperwurks-account-alarms --subject Failed: Deploy of paperwurks/infra --message Workflow Deploy ended")
	wants(t, r, 0, message, `Workflow Deploy ended with "failure"`, "https://github.com/paperwurks/infra/actions/runs/4711 ", sha,
		"https://github.com/paperwurks/infra/issues/9 ", "https://github.com/paperwurks/infra/blob/main/docs/pipelines.md#what-happens-when")
	if subject != "Failed: Deploy of paperwurks/infra" {
		t.Errorf("subject %q", subject)
	}
	r, _, message = told(t, nil, "ISSUE=")
	wants(t, r, 0, message, "none could be opened: see the run https://github.com/paperwurks/infra/actions/runs/42")
}

// TestTellPassesNothingStrangeOn: what the event holds is no command, neither of the shell's nor
// of GitHub's log, no second line and no link.
func TestTellPassesNothingStrangeOn(t *testing.T) {
	t.Parallel()
	const strange = "::error::x\n::stop-commands::y\r\x1b[31m\x07é\u202e$(touch made)`touch made`;--topic-arn z"
	for _, name := range []string{"WORKFLOW", "CONCLUSION", "COMMIT", "RUN", "ISSUE"} {
		r, subject, message := told(t, nil, name+"="+strange+strings.Repeat("w", 300))
		wants(t, r, 0, r.calls, "arn:aws:sns:eu-central-1:111122223333:paperwurks-account-alarms")
		if len(subject) > 99 || strings.Count(r.calls, " --topic-arn arn:") != 1 {
			t.Errorf("%s: %d characters of subject; called\n%s", name, len(subject), r.calls)
		}
		for _, c := range subject + message {
			if c < ' ' || c > '~' {
				t.Errorf("%s: %q is passed on in %q", name, c, subject+message)
				break
			}
		}
		for line := range strings.Lines(r.output) {
			if strings.HasPrefix(line, "::") {
				t.Errorf("%s: a command of GitHub's log: %q", name, line)
			}
		}
		if (name == "COMMIT" || name == "RUN" || name == "ISSUE") && strings.Contains(message, "stop-commands") {
			t.Errorf("%s: passed on in %q", name, message)
		}
	}
	// The longest names that GitHub has.
	_, subject, _ := told(t, nil, "WORKFLOW="+strings.Repeat("W", 200), "GITHUB_REPOSITORY="+strings.Repeat("o", 39)+"/"+strings.Repeat("r", 100))
	if len(subject) != 99 || !strings.HasPrefix(subject, "Failed: WWW") || !strings.Contains(subject, "W of ooo") {
		t.Errorf("%d characters: %q", len(subject), subject)
	}
}

// TestTellFails: a run that told nobody is red, and says so.
func TestTellFails(t *testing.T) {
	t.Parallel()
	const refused = "An error occurred (AuthorizationError) when calling the Publish operation"
	r, _, _ := told(t, map[string][]string{"sns publish": {"!" + refused}})
	wants(t, r, 254, r.output, refused, "::error title=Nobody was told::The failed run is not at the topic: a command failed (exit code 254)")
	r, _, _ = told(t, map[string][]string{"sts get-caller-identity": {"!" + expired}})
	wants(t, r, 254, r.output, "::error title=Nobody was told::")
	r, _, _ = told(t, map[string][]string{"sts get-caller-identity": {"None"}})
	wants(t, r, 1, r.output, `::error title=Nobody was told::AWS names no account for these credentials: "None"`)
	if strings.Contains(r.calls, "sns publish") {
		t.Errorf("called\n%s", r.calls)
	}
}
