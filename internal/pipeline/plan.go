package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/paperwurks/infra/internal/cdktf"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// The files in a plan's folder, which is named after its stack.
const (
	planFile   = "plan.tfplan"
	planJSON   = "plan.json"
	recordJSON = "record.json"
	lockFile   = "terraform.lock.hcl"
	faultText  = "fault.txt"
	// waitsText says of a stack that is new why it has no plan yet.
	waitsText   = "waits.txt"
	refusedJSON = "refused.json"
)

// planStacks plans the stacks side by side. A stack that fails is noted and
// does not keep the others from being planned.
func planStacks(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	all, err := synthesised.Read(o.synth)
	if err != nil {
		return err
	}
	stacks, err := all.Choose(o.stacks...)
	if err != nil {
		return err
	}
	if o.outputs != "" && len(stacks) != 1 {
		return fmt.Errorf("-outputs: %d stacks; one is allowed", len(stacks))
	}
	if o.keepPlan && o.commit == "" {
		return command.UsageError("-keep-plan asks for -commit")
	}
	r, err := terraform.NewRunner(o.dir, getenv)
	if err != nil {
		return err
	}
	if o.plans, err = filepath.Abs(o.plans); err != nil {
		return err
	}
	// Only what this run planned may be read afterwards.
	if err := os.RemoveAll(o.plans); err != nil {
		return err
	}
	who := &rights{stacks: all}
	faults := make([]error, len(stacks))
	waits := make([]string, len(stacks))
	for i, s := range stacks {
		if err := os.MkdirAll(filepath.Join(o.plans, s.Name), 0o700); err != nil {
			return err
		}
		if waits[i], faults[i] = waitsForShared(ctx, all, s); waits[i] != "" || faults[i] != nil {
			continue
		}
		// One after the other: Terraform's plugin cache bears no two inits. The
		// CLI's own, which follow side by side, find the provider in place.
		faults[i] = r.Init(ctx, s, s.Dir, "-reconfigure")
	}
	var group sync.WaitGroup
	for i, s := range stacks {
		if faults[i] == nil && waits[i] == "" {
			group.Go(func() { faults[i] = planStack(ctx, r, o, s, who) })
		}
	}
	group.Wait()
	var errs []error
	for i, s := range stacks {
		folder := filepath.Join(o.plans, s.Name)
		if waits[i] != "" {
			fmt.Fprintf(out, "%-10s %s\n", s.Name, waits[i])
			if err := os.WriteFile(filepath.Join(folder, waitsText), []byte(waits[i]), 0o600); err != nil {
				return err
			}
			if o.outputs != "" || o.keepPlan {
				errs = append(errs, fmt.Errorf("stack %q: %s", s.Name, waits[i]))
			}
			continue
		}
		if faults[i] == nil {
			p, err := readPlan(folder)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%-10s %s\n", s.Name, counted(p, o.refreshOnly))
			refused, err := readRefusals(folder)
			if err != nil {
				return err
			}
			for _, r := range refused {
				errs = append(errs, fmt.Errorf("stack %q: refused: %w", s.Name, r))
			}
			continue
		}
		errs = append(errs, fmt.Errorf("stack %q: %w", s.Name, faults[i]))
		if err := os.WriteFile(filepath.Join(folder, faultText), []byte(faults[i].Error()), 0o600); err != nil {
			return err
		}
	}
	if len(errs) == 0 && o.outputs != "" {
		return appendOutputs(o.outputs, filepath.Join(o.plans, stacks[0].Name))
	}
	return errors.Join(errs...)
}

func counted(p *review.Plan, refreshOnly bool) string {
	if refreshOnly {
		return fmt.Sprintf("%d resources read differently than Terraform left them", len(p.ResourceDrift))
	}
	var parts []string
	for _, action := range review.Actions {
		if n := len(p.Of(action)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, action))
		}
	}
	if n := len(p.ChangedOutputs()); n > 0 {
		parts = append(parts, fmt.Sprintf("%d outputs", n))
	}
	if len(parts) == 0 {
		return "no changes"
	}
	return strings.Join(parts, ", ")
}

// cli is the cdktf CLI for the stacks that are synthesised already.
func cli(o options, r terraform.Runner) cdktf.CLI {
	return cdktf.CLI{Output: o.synth, Provider: r.Provider}
}

func planStack(ctx context.Context, r terraform.Runner, o options, s synthesised.Stack, who *rights) error {
	folder := filepath.Join(o.plans, s.Name)
	file := filepath.Join(folder, planFile)
	// The state's version is read before the plan is made: what is written in
	// between then makes the plan stale, never fresh.
	state, err := readState(ctx, r, s)
	if err != nil {
		return err
	}
	defer func() {
		if !o.keepPlan {
			os.Remove(file) // not there when planning failed
		}
	}()
	written, err := cli(o, r).Diff(ctx, s.Name, o.lock, o.refreshOnly)
	if err != nil {
		return err
	}
	if err := os.Rename(written, file); err != nil {
		return err
	}
	shown, err := r.Run(ctx, s.Dir, nil, "show", "-json", file)
	if err != nil {
		return err
	}
	reduced, err := review.Reduce(shown)
	if err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(folder, planJSON), reduced); err != nil {
		return err
	}
	whole, err := review.Decode(shown)
	if err != nil {
		return err
	}
	refused, err := refusals(ctx, s, whole)
	if err != nil {
		return err
	}
	if !o.refreshOnly {
		lacks, err := whoMay(who, s.Name, whole)
		if err == nil && len(lacks) > 0 {
			err = writeJSON(filepath.Join(folder, lackJSON), lacks)
		}
		if err != nil {
			return err
		}
	}
	if len(refused) > 0 && !o.refreshOnly {
		if err := os.Remove(file); err != nil {
			return err
		}
		return writeJSON(filepath.Join(folder, refusedJSON), refused)
	}
	if !o.keepPlan {
		return nil
	}
	secrets, err := review.Secrets(shown)
	if err == nil && len(secrets) > 0 {
		err = fmt.Errorf("the plan file may not be stored, it holds sensitive values: %q", secrets)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file))
	}
	if err := copyFile(filepath.Join(s.Dir, terraform.LockFile), filepath.Join(folder, lockFile)); err != nil {
		return err
	}
	record, err := recordOf(folder, s, o.commit, state)
	if err != nil {
		return err
	}
	record.Changes = reduced.HasChanges()
	return writeJSON(filepath.Join(folder, recordJSON), record)
}

// recordOf is the record of the plan in folder, by what is there now.
func recordOf(folder string, s synthesised.Stack, commit string, state review.State) (review.Record, error) {
	r := review.Record{Stack: s.Name, Commit: commit, State: state}
	for _, f := range []struct {
		file string
		into *string
	}{
		{s.File, &r.Configuration},
		{filepath.Join(folder, planFile), &r.PlanFile},
		{filepath.Join(folder, lockFile), &r.LockFile},
	} {
		data, err := os.ReadFile(f.file)
		if err != nil {
			return r, err
		}
		*f.into = review.Digest(data)
	}
	return r, nil
}

func readState(ctx context.Context, r terraform.Runner, s synthesised.Stack) (review.State, error) {
	data, err := r.Run(ctx, s.Dir, nil, "state", "pull")
	if err != nil {
		return review.State{}, err
	}
	state, err := terraform.ParseState(data)
	if err != nil || state == nil {
		return review.State{}, err
	}
	return review.State{Lineage: state.Lineage, Serial: state.Serial}, nil
}

// readPlan reads a plan that Reduce gave.
func readPlan(folder string) (*review.Plan, error) {
	data, err := os.ReadFile(filepath.Join(folder, planJSON))
	if err != nil {
		return nil, err
	}
	return review.Decode(data)
}

func appendOutputs(file, folder string) (err error) {
	p, err := readPlan(folder)
	if err != nil {
		return err
	}
	lacks, err := readLacks(folder)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("changes=%t\nadministrator=%t\n", p.HasChanges(), len(lacks) > 0)
	if record, err := os.ReadFile(filepath.Join(folder, recordJSON)); err == nil {
		text += "record=" + review.Digest(record) + "\n"
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return appendTo(file, text)
}

func writeJSON(file string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o600)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
