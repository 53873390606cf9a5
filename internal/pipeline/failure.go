package pipeline

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// keepFailure opens the issue about a workflow when a run of it failed, says below it that
// another one failed, and closes it when one succeeded. A run that was cancelled has failed: GitHub cancels what reaches
// its time limit (Workflow syntax, "jobs.<job_id>.timeout-minutes"). One that had nothing to do leaves the issue as it is.
func keepFailure(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	var failed bool
	// GitHub's words (Webhook events and payloads, "workflow_run").
	switch o.conclusion {
	case "cancelled", "failure", "timed_out", "startup_failure":
		failed = true
	case "success":
	case "skipped", "neutral", "stale", "action_required":
		fmt.Fprintf(out, "a run of %s ended with %q: the issue stays as it is\n", o.workflow, o.conclusion)
		return nil
	default:
		return fmt.Errorf("-conclusion %q: a run's end in GitHub's words is required, such as \"failure\" or \"success\"", o.conclusion)
	}
	if o.workflow == "" || strings.Contains(o.workflow, "--") {
		return fmt.Errorf("-workflow %q: the name of a workflow without \"--\" is required, which ends a comment in Markdown", o.workflow)
	}
	client, err := gitHub(getenv)
	if err != nil {
		return err
	}
	marker := "<!-- failed run: " + o.workflow + " -->"
	ended := fmt.Sprintf("%s ended with `%s`: %s", o.workflow, o.conclusion, o.source)
	if !failed {
		done, err := client.KeepIssue(ctx, marker, "", "", false, "It succeeded: "+o.source)
		if err == nil {
			fmt.Fprintln(out, done)
		}
		return err
	}
	number, err := client.FindIssue(ctx, marker)
	if err != nil {
		return err
	}
	done := "has a comment"
	if number != 0 {
		err = client.Comment(ctx, number, ended)
	} else {
		done = "opened"
		number, err = client.OpenIssue(ctx, o.workflow+" failed on the branch that is deployed", marker+"\n"+ended+"\n\nThe log of that run says what failed, and docs/pipelines.md, \"What happens when\", what to do next. "+
			"The next run that succeeds closes this issue.\n")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "issue %d %s\n", number, done)
	if o.outputs == "" {
		return nil
	}
	return appendTo(o.outputs, fmt.Sprintf("issue=%d\n", number))
}
