package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/terraform"
)

// erroredState is where Terraform writes the state that the backend did not
// take (Terraform documentation, "terraform state push").
const erroredState = "errored.tfstate"

// rescue runs after an apply that failed or was cancelled, with credentials of
// its own: it writes the state that the apply could not write, and says what a
// person has to do.
func rescue(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	if len(o.stacks) != 1 {
		return command.UsageError("one STACK is required")
	}
	stacks, err := choose(o.synth, o.stacks)
	if err != nil {
		return err
	}
	s := stacks[0]
	r, err := terraform.NewRunner(o.dir, getenv)
	if err != nil {
		return err
	}
	var saved string
	var failed error
	if _, err := os.Stat(filepath.Join(s.Dir, erroredState)); err == nil {
		if failed = pushErrored(ctx, r, s.Dir); failed == nil {
			saved = "The state that Terraform could not write is in the bucket now.\n\n"
		} else {
			saved = "**Terraform could not write the state, and neither could this run** (the step's log says why): it ends with the runner. What was made since exists in AWS and in no state.\n\n"
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	text := fmt.Sprintf("### The deployment of %s ended early (%s)\n\n%s%s", s.Name, o.source, saved, nextStep(s.Name, o.source))
	fmt.Fprintf(out, "::error title=The deployment of %s ended early::The summary of this run says what to do next\n%s", s.Name, text)
	if o.outputs != "" {
		failed = errors.Join(failed, appendTo(o.outputs, text))
	}
	return failed
}

// nextStep is what a person does after an apply with that outcome (GitHub's
// steps.<id>.outcome).
func nextStep(stack, outcome string) string {
	recover := fmt.Sprintf("An administrator runs `make recover STACK=%s` on a laptop: it says who holds the state's lock, releases it when asked to, and adopts what was made and is in no state. Then *Re-run all jobs*.\n", stack)
	if outcome == "cancelled" {
		return "GitHub kills a cancelled step after ten seconds, which is less than Terraform needs to end. So the state's lock may remain, and AWS may hold what the state does not know.\n\n" +
			"**Next:** " + recover
	}
	return "What Terraform did, and what it refused, is in the log of the apply step.\n\n" +
		"**Next:** if it says that the plan is stale, *Re-run all jobs*: it plans again. If it speaks of the state's lock, or of something that exists already: " + recover +
		"Otherwise remove the cause that it names, in AWS or by a pull request, and *Re-run all jobs*.\n"
}

// pushErrored writes the errored state to the backend. The lock that the apply
// left keeps everybody else out, so it stays: a person releases it with `make recover`.
func pushErrored(ctx context.Context, r terraform.Runner, dir string) error {
	_, err := r.Run(ctx, dir, nil, "state", "push", "-lock-timeout=30s", erroredState)
	if err == nil {
		return nil
	}
	us, userErr := user.Current()
	host, hostErr := os.Hostname()
	if userErr != nil || hostErr != nil || !heldBy(err.Error(), us.Username+"@"+host) {
		return err
	}
	_, err = r.Run(ctx, dir, nil, "state", "push", "-lock=false", erroredState)
	return err
}

var lockHolder = regexp.MustCompile(`(?m)^\W*Who:\s+(\S+)`)

// heldBy says whether Terraform's message is of a lock that is held by who.
func heldBy(message, who string) bool {
	m := lockHolder.FindStringSubmatch(message)
	return m != nil && m[1] == who && strings.Contains(message, "state lock")
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
