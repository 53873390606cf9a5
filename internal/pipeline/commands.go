package pipeline

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
)

// Commands are the sub-commands that the workflows and make run.
var Commands = []command.Command{
	{Name: "plan", Arguments: "[STACK…]", Summary: "plan stacks in parallel; writes what comment, apply and drift read",
		Define: define(planStacks, func(o *options, flags *flag.FlagSet) {
			o.folders(flags)
			o.terraform(flags)
			flags.BoolVar(&o.refreshOnly, "refresh-only", false, "look for drift only")
			flags.BoolVar(&o.lock, "lock", false, "take the state's lock while planning; infra-diff-role may not")
			flags.BoolVar(&o.keepPlan, "keep-plan", false, "keep Terraform's plan file, for apply; refused when it holds a secret")
			flags.StringVar(&o.outputs, "outputs", "", "`file` to append changes=… and record=… to (GITHUB_OUTPUT); for one stack")
		})},
	{Name: "comment", Arguments: "[STACK…]", Summary: "write the plans as the comment of a pull request",
		Define: define(writeComment, func(o *options, flags *flag.FlagSet) {
			o.report(flags)
			flags.StringVar(&o.base, "base", "", "git `revision` to compare docs/access.md with; none for no comparison")
		})},
	{Name: "apply", Arguments: "STACK", Summary: "apply one stack's stored plan, unless it is stale",
		Define: define(applyPlan, func(o *options, flags *flag.FlagSet) {
			o.folders(flags)
			o.terraform(flags)
			flags.StringVar(&o.summary, "summary", "", "`file` to write what was done, what is left and what to do next to, as Markdown")
			flags.StringVar(&o.record, "record", "", "`SHA-256` of the record of the plan that was approved")
		})},
	{Name: "approval", Arguments: "STACK", Summary: "check that the stack's GitHub environment asks for the approval that it should",
		Define: define(checkApproval, func(*options, *flag.FlagSet) {})},
	{Name: "github", Summary: "compare GitHub's settings of both repositories with docs/pipelines.md; changes nothing",
		Define: define(checkGitHub, func(*options, *flag.FlagSet) {})},
	{Name: "rescue", Arguments: "STACK", Summary: "after a failed apply: write the state that it could not write; say what to do next",
		Define: define(rescue, func(o *options, flags *flag.FlagSet) {
			flags.StringVar(&o.synth, "synth", synthFolder, "`folder` of the synthesised stacks")
			flags.StringVar(&o.dir, "dir", ".local", "`folder` for the provider and its configuration")
			flags.StringVar(&o.outputs, "summary", "", "`file` to append what to do next to (GITHUB_STEP_SUMMARY)")
			flags.StringVar(&o.source, "outcome", "failure", "how the apply ended: failure or cancelled")
		})},
	{Name: "drift", Arguments: "[STACK…]", Summary: "report how AWS differs from the state, by refresh-only plans",
		Define: define(reportDrift, func(o *options, flags *flag.FlagSet) {
			o.report(flags)
			flags.StringVar(&o.synth, "synth", synthFolder, "`folder` of the synthesised stacks")
			flags.BoolVar(&o.github, "github", false, "open, update or close the issue on GitHub")
		})},
	{Name: "failure", Summary: "open, update or close the issue on GitHub about a workflow's failed runs",
		Define: define(keepFailure, func(o *options, flags *flag.FlagSet) {
			flags.StringVar(&o.workflow, "workflow", "", "`name` of the workflow")
			flags.StringVar(&o.conclusion, "conclusion", "", "how its run ended, in GitHub's `word`")
			flags.StringVar(&o.source, "source", "", "`URL` of the run")
			flags.StringVar(&o.outputs, "outputs", "", "`file` to append issue=<number> to (GITHUB_OUTPUT), where there is an open one")
		})},
	{Name: "post", Summary: "write a file as this repository's comment of a pull request",
		Define: define(postComment, func(o *options, flags *flag.FlagSet) {
			flags.StringVar(&o.file, "file", "", "`file` with the comment; if it is missing, the comment says that there is no plan")
			flags.StringVar(&o.source, "source", "", "`text` that says what was to be planned")
			flags.IntVar(&o.pullRequest, "pull-request", 0, "`number` of the pull request")
		})},
}

// options of all commands; each takes those that it declares.
type options struct {
	dir, synth, plans           string
	refreshOnly, lock, keepPlan bool
	commit, record, outputs     string
	summary                     string
	base, source, output, file  string
	workflow, conclusion        string
	github                      bool
	pullRequest                 int
	stacks                      []string
}

const (
	synthFolder = "cdktf.out"
	plansFolder = ".local/plans"
)

func (o *options) folders(flags *flag.FlagSet) {
	flags.StringVar(&o.synth, "synth", synthFolder, "`folder` of the synthesised stacks")
	flags.StringVar(&o.plans, "plans", plansFolder, "`folder` of the plans")
}

func (o *options) terraform(flags *flag.FlagSet) {
	flags.StringVar(&o.dir, "dir", ".local", "`folder` for the provider and its configuration")
	flags.StringVar(&o.commit, "commit", "", "`SHA` of the commit that is planned or applied")
}

func (o *options) report(flags *flag.FlagSet) {
	flags.StringVar(&o.plans, "plans", plansFolder, "`folder` of the plans")
	flags.StringVar(&o.source, "source", "", "`text` that says what was planned")
	flags.StringVar(&o.output, "o", "", "`file` to write (default: standard output)")
}

func define(run func(context.Context, options, func(string) string, io.Writer) error, declare func(*options, *flag.FlagSet)) func(*flag.FlagSet) command.Func {
	return func(flags *flag.FlagSet) command.Func {
		o := &options{}
		declare(o, flags)
		return func(ctx context.Context, p command.Process, args []string) error {
			o.stacks = args
			return run(ctx, *o, p.Getenv, p.Out)
		}
	}
}

// gitHub is the repository that the workflow runs in, by the variables that
// Actions sets.
func gitHub(getenv func(string) string) (github.Client, error) {
	var missing []string
	for _, name := range []string{"GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"} {
		if getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return github.Client{}, fmt.Errorf("%s must be set, as GitHub Actions does", strings.Join(missing, ", "))
	}
	return github.FromEnvironment(getenv), nil
}

// write writes text to a file, or to out without one.
func write(file, text string, out io.Writer) error {
	if file == "" {
		_, err := io.WriteString(out, text)
		return err
	}
	return os.WriteFile(file, []byte(text), 0o600)
}
