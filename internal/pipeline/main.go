// Command pipeline is what this repository's workflows run: plans of the
// synthesised stacks, the comment of a pull request, the application of a plan
// that was approved, the report of drift. All but what speaks to GitHub runs
// on a laptop as it does there.
//
//	go run ./internal/pipeline plan|comment|apply|drift|post [flags] [STACK…]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/paperwurks/infra/internal/github"
)

const usage = `usage: pipeline <command> [flags] [STACK…]

  plan     plan stacks side by side; writes what comment, apply and drift read
  comment  write the plans as the comment of a pull request
  apply    apply one stack's stored plan, unless it is stale
  drift    report how AWS differs from the state, by refresh-only plans
  post     write a file as this repository's comment of a pull request

`

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	cancel()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "pipeline:", err)
		os.Exit(1)
	}
}

// options of all commands; each takes those that it names.
type options struct {
	dir, synth, plans           string
	refreshOnly, lock, keepPlan bool
	commit, record, outputs     string
	base, source, output, file  string
	github                      bool
	pullRequest                 int
	stacks                      []string
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	commands := map[string]struct {
		flags []string
		run   func(context.Context, options, func(string) string, io.Writer) error
	}{
		"plan":    {[]string{"dir", "synth", "plans", "refresh-only", "lock", "keep-plan", "commit", "outputs"}, planStacks},
		"comment": {[]string{"plans", "base", "source", "o"}, writeComment},
		"apply":   {[]string{"dir", "synth", "plans", "commit", "record"}, applyPlan},
		"drift":   {[]string{"synth", "plans", "source", "o", "github"}, reportDrift},
		"post":    {[]string{"file", "pull-request"}, postComment},
	}
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return flag.ErrHelp
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("unknown command %q", args[0])
	}
	var o options
	all := flag.NewFlagSet("pipeline "+args[0], flag.ContinueOnError)
	all.StringVar(&o.dir, "dir", ".local", "`folder` for the provider and its configuration")
	all.StringVar(&o.synth, "synth", "cdktf.out", "`folder` of the synthesised stacks")
	all.StringVar(&o.plans, "plans", ".local/plans", "`folder` of the plans")
	all.BoolVar(&o.refreshOnly, "refresh-only", false, "look for drift only")
	all.BoolVar(&o.lock, "lock", false, "take the state's lock while planning; infra-diff-role may not")
	all.BoolVar(&o.keepPlan, "keep-plan", false, "keep Terraform's plan file, for apply; refused when it holds a secret")
	all.StringVar(&o.commit, "commit", "", "`SHA` of the commit that is planned or applied")
	all.StringVar(&o.outputs, "outputs", "", "`file` to append changes=… and record=… to (GITHUB_OUTPUT); for one stack")
	all.StringVar(&o.record, "record", "", "`SHA-256` of the record of the plan that was approved")
	all.StringVar(&o.base, "base", "", "git `revision` to compare docs/access.md with; none for no comparison")
	all.StringVar(&o.source, "source", "", "`text` that says what was planned")
	all.StringVar(&o.output, "o", "", "`file` to write (default: standard output)")
	all.BoolVar(&o.github, "github", false, "open, update or close the issue on GitHub")
	all.StringVar(&o.file, "file", "", "`file` with the comment")
	all.IntVar(&o.pullRequest, "pull-request", 0, "`number` of the pull request")
	if err := all.Parse(args[1:]); err != nil {
		return flag.ErrHelp
	}
	var refused []string
	all.Visit(func(f *flag.Flag) {
		if !slices.Contains(command.flags, f.Name) {
			refused = append(refused, fmt.Sprintf("%q", "-"+f.Name))
		}
	})
	if len(refused) > 0 {
		return fmt.Errorf("%s takes no %s", args[0], strings.Join(refused, ", "))
	}
	o.stacks = all.Args()
	return command.run(ctx, o, getenv, out)
}

// gitHub is the repository that the workflow runs in, by the variables that
// Actions sets.
func gitHub(getenv func(string) string) (github.Client, error) {
	c := github.Client{
		API:        getenv("GITHUB_API_URL"),
		Repository: getenv("GITHUB_REPOSITORY"),
		Token:      getenv("GITHUB_TOKEN"),
		HTTP:       &http.Client{Timeout: time.Minute},
	}
	var missing []string
	for name, value := range map[string]string{"GITHUB_API_URL": c.API, "GITHUB_REPOSITORY": c.Repository, "GITHUB_TOKEN": c.Token} {
		if value == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return c, fmt.Errorf("%s must be set, as GitHub Actions does", strings.Join(missing, ", "))
	}
	return c, nil
}

// write writes text to a file, or to out without one.
func write(file, text string, out io.Writer) error {
	if file == "" {
		_, err := io.WriteString(out, text)
		return err
	}
	return os.WriteFile(file, []byte(text), 0o600)
}
