package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// applyPlan applies the stored plan of one stack by `cdktf deploy`: the very
// file that was approved, with the providers that made it, to the state that it
// was made for. Anything else is refused before AWS is touched; what changes
// after that check Terraform itself refuses, under its lock. What was done,
// what is left and what to do next is printed and written to -summary, whose
// text is that of a killed run until this one has ended. The state is refreshed
// at last; that this failed is said, and fails no deployment.
func applyPlan(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	if len(o.stacks) != 1 || o.commit == "" || o.record == "" {
		return command.UsageError("-commit, -record and one stack are required")
	}
	stacks, err := choose(o.synth, o.stacks)
	if err != nil {
		return err
	}
	s := stacks[0]
	result := outcome{stack: s.Name, dir: s.Dir}
	if err := result.write(o.summary, result.killed()); err != nil {
		return err
	}
	out = progress.On(out)
	err = result.apply(ctx, o, getenv, out, s)
	text := result.markdown(err, ctx.Err() != nil)
	fmt.Fprint(out, "\n", text)
	return errors.Join(err, result.write(o.summary, text))
}

func (result *outcome) apply(ctx context.Context, o options, getenv func(string) string, out io.Writer, s synthesised.Stack) error {
	folder, err := filepath.Abs(filepath.Join(o.plans, s.Name))
	if err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(folder, recordJSON))
	if err != nil {
		return err
	}
	if found := review.Digest(data); found != o.record {
		return fmt.Errorf("record of %q: SHA-256 %q; what was approved has %q", s.Name, found, o.record)
	}
	var approved review.Record
	if err := json.Unmarshal(data, &approved); err != nil {
		return fmt.Errorf("record of %q: %w", s.Name, err)
	}
	r, err := terraform.NewRunner(o.dir, getenv)
	if err != nil {
		return err
	}
	tracker := progress.New(out, s.Name)
	tracker.Enter(s.Name, progress.Init, 0)
	defer tracker.Show(ctx)()
	if err := copyFile(filepath.Join(folder, lockFile), filepath.Join(s.Dir, terraform.LockFile)); err != nil {
		return err
	}
	if err := r.Init(ctx, s, s.Dir, "-reconfigure"); err != nil {
		return err
	}
	tracker.Enter(s.Name, progress.Check, 0)
	state, err := readState(ctx, s)
	if err != nil {
		return err
	}
	now, err := recordOf(folder, s, o.commit, state)
	if err != nil {
		return err
	}
	if err := approved.Stale(now); err != nil {
		return err
	}
	plan := filepath.Join(folder, planFile)
	// By the file that is applied, not by the copy that was shown.
	shown, err := r.Run(ctx, s.Dir, nil, "show", "-json", plan)
	if err != nil {
		return err
	}
	if result.plan, err = review.Reduce(shown); err != nil {
		return err
	}
	// What was allowed when it was planned may not be any more: an approval has an end.
	whole, err := review.Decode(shown)
	if err != nil {
		return err
	}
	refused, err := refusals(ctx, s, whole)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range refused {
		faults = append(faults, fmt.Errorf("refused: %w", r))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	tracker.Enter(s.Name, progress.Apply, whole.Steps())
	if err := cli(o, r).Apply(ctx, s.Name, plan, func(line string) {
		tracker.Print(s.Name, line)
		result.line(line)
	}); err != nil {
		return err
	}
	tracker.Enter(s.Name, progress.Refresh, 0)
	result.notRefreshed = r.Refresh(ctx, s, s.Dir)
	return nil
}
