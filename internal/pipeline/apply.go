package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// applyPlan applies the stored plan of one stack: the very file that was
// approved, with the providers that made it, to the state that it was made
// for. Anything else is refused before AWS is touched; what changes after that
// check Terraform itself refuses, under its lock.
func applyPlan(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	if len(o.stacks) != 1 || o.commit == "" || o.record == "" {
		return command.UsageError("-commit, -record and one stack are required")
	}
	stacks, err := choose(o.synth, o.stacks)
	if err != nil {
		return err
	}
	s := stacks[0]
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
	if err := copyFile(filepath.Join(folder, lockFile), filepath.Join(s.Dir, providerLock)); err != nil {
		return err
	}
	if _, err := r.Run(ctx, s.Dir, nil, "init", "-input=false", "-no-color", "-reconfigure", "-lockfile=readonly"); err != nil {
		return err
	}
	state, err := readState(ctx, r, s)
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
	printed, err := r.Run(ctx, s.Dir, nil, "apply", "-input=false", "-no-color", "-lock-timeout=5m", filepath.Join(folder, planFile))
	if err != nil {
		return err
	}
	_, err = out.Write(printed)
	return err
}
