package rehearse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/paperwurks/infra/config"
)

// approved are plans that wait for an approval, as `make plan` leaves them.
type approved struct {
	r *rehearsal
	// app is the one whose stacks are planned.
	app string
	// folder holds cdktf.out and plans; record is the digest of what is approved.
	folder, record string
}

// plannedCommit stands for the commit of this repository that is deployed.
var plannedCommit = strings.Repeat("a", 40)

// approve plans the shared stack, in which nothing may have changed, and the
// disposable environment with an app, in which something must have. As the
// address of AWS is part of the plan, the plan is infra-role's here.
func (r *rehearsal) approve(ctx context.Context, app string) (approved, error) {
	a := approved{r: r, app: app, folder: r.path("approved")}
	if err := r.synth(ctx, app, a.folder+"/cdktf.out", r.endpoints.infra); err != nil {
		return a, err
	}
	for _, want := range []struct{ stack, changes string }{{config.SharedStack, "changes=false\nadministrator=false\n"}, {disposable, "changes=true\nadministrator=false\n"}} {
		outputs := a.folder + "/" + want.stack + ".outputs"
		if err := os.RemoveAll(outputs); err != nil {
			return a, err
		}
		if _, err := r.command(ctx, nil, "", program(app), "plan", "-dir", r.tools, "-keep-plan", "-commit", plannedCommit, "-outputs", outputs,
			"-synth", a.folder+"/cdktf.out", "-plans", a.folder+"/plans", want.stack); err != nil {
			return a, err
		}
		data, err := os.ReadFile(outputs)
		if err != nil {
			return a, err
		}
		record, found := strings.CutPrefix(string(data), want.changes+"record=")
		if !found {
			return a, fmt.Errorf("the plan of %s says %q; want %q", want.stack, data, want.changes)
		}
		a.record = strings.TrimSpace(record)
	}
	return a, nil
}

// apply applies the disposable environment's plan as `make apply` does, by
// `cdktf deploy`.
func (a approved) apply(ctx context.Context) (string, error) {
	return a.r.deploying(ctx, disposable, "", program(a.app), "apply", "-dir", a.r.tools, "-commit", plannedCommit, "-record", a.record,
		"-summary", a.folder+"/applied.md", "-synth", a.folder+"/cdktf.out", "-plans", a.folder+"/plans", disposable)
}

// staleIsRefused applies the plan once more, which must be refused: by the
// record before AWS is asked for anything, and by Terraform itself.
func (a approved) staleIsRefused(ctx context.Context) error {
	var errs []error
	if _, err := a.apply(ctx); err == nil || !strings.Contains(err.Error(), "stale plan of \""+disposable+"\"") {
		errs = append(errs, fmt.Errorf("the plan was not refused as stale when it was applied again: %w", err))
	}
	cli := a.r.cli("approved", "")
	var printed []string
	err := cli.Apply(ctx, disposable, a.folder+"/plans/"+disposable+"/plan.tfplan", func(line string) { printed = append(printed, line) })
	if text := strings.Join(printed, "\n"); err == nil || !strings.Contains(text, "Saved plan is stale") {
		errs = append(errs, fmt.Errorf("cdktf deploy did not refuse the stale plan: %w\n%s", err, lastLines(text, 20)))
	}
	return errors.Join(errs...)
}
