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
		waits[i], faults[i] = waitsForShared(ctx, all, s)
	}
	plans := make([]planned, len(stacks))
	var group sync.WaitGroup
	// One init at a time: Terraform's plugin cache bears no two.
	var initialising sync.Mutex
	for i, s := range stacks {
		if waits[i] != "" || faults[i] != nil {
			continue
		}
		group.Go(func() {
			initialising.Lock()
			faults[i] = r.Init(ctx, s, s.Dir, "-reconfigure")
			initialising.Unlock()
			if faults[i] == nil {
				plans[i], faults[i] = planStack(ctx, r, o, s, who)
			}
		})
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
			fmt.Fprintf(out, "%-10s %s\n", s.Name, counted(plans[i].plan, o.refreshOnly))
			for _, r := range plans[i].refused {
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
		return appendTo(o.outputs, plans[0].outputs())
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

// planned is what a stack's plan is, as the files in its folder have it.
type planned struct {
	plan    *review.Plan
	refused []review.Refusal
	lacks   []review.Lack
	// record is the digest of the record; "" where no plan is kept.
	record string
}

func planStack(ctx context.Context, r terraform.Runner, o options, s synthesised.Stack, who *rights) (p planned, err error) {
	folder := filepath.Join(o.plans, s.Name)
	file := filepath.Join(folder, planFile)
	// The state's version is read before the plan is made: what is written in
	// between then makes the plan stale, never fresh.
	state, err := readState(ctx, s)
	if err != nil {
		return p, err
	}
	isKept := false
	defer func() {
		if !isKept {
			os.Remove(file) // not there when planning failed
		}
	}()
	written, err := cli(o, r).Diff(ctx, s.Name, o.lock, o.refreshOnly)
	if err != nil {
		return p, err
	}
	if err := os.Rename(written, file); err != nil {
		return p, err
	}
	shown, err := r.Run(ctx, s.Dir, nil, "show", "-json", file)
	if err != nil {
		return p, err
	}
	whole, err := review.Decode(shown)
	if err != nil {
		return p, err
	}
	if p.plan, err = review.Reduce(shown); err != nil {
		return p, err
	}
	if err := writeJSON(filepath.Join(folder, planJSON), p.plan); err != nil {
		return p, err
	}
	if o.refreshOnly {
		return p, nil
	}
	if p.refused, err = refusals(ctx, s, whole); err != nil {
		return p, err
	}
	if p.lacks, err = whoMay(who, s.Name, whole); err != nil {
		return p, err
	}
	if err := writeList(filepath.Join(folder, lackJSON), p.lacks); err != nil {
		return p, err
	}
	if err := writeList(filepath.Join(folder, refusedJSON), p.refused); err != nil || len(p.refused) > 0 || !o.keepPlan {
		return p, err
	}
	secrets, err := review.Secrets(shown)
	if err == nil && len(secrets) > 0 {
		err = fmt.Errorf("the plan file may not be stored, it holds sensitive values: %q", secrets)
	}
	if err != nil {
		return p, err
	}
	if err := copyFile(filepath.Join(s.Dir, terraform.LockFile), filepath.Join(folder, lockFile)); err != nil {
		return p, err
	}
	record, err := recordOf(folder, s, o.commit, state)
	if err != nil {
		return p, err
	}
	record.Changes = p.plan.HasChanges()
	if err := writeJSON(filepath.Join(folder, recordJSON), record); err != nil {
		return p, err
	}
	p.record, err = digestOf(filepath.Join(folder, recordJSON))
	isKept = err == nil
	return p, err
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
		var err error
		if *f.into, err = digestOf(f.file); err != nil {
			return r, err
		}
	}
	return r, nil
}

func digestOf(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return review.Digest(data), nil
}

func readState(ctx context.Context, s synthesised.Stack) (review.State, error) {
	state, err := terraform.ReadState(ctx, s)
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

// outputs are those of a workflow's step.
func (p planned) outputs() string {
	text := fmt.Sprintf("changes=%t\nadministrator=%t\n", p.plan.HasChanges(), len(p.lacks) > 0)
	if p.record != "" {
		text += "record=" + p.record + "\n"
	}
	return text
}

// writeList writes a list, unless it is empty.
func writeList[T any](file string, list []T) error {
	if len(list) == 0 {
		return nil
	}
	return writeJSON(file, list)
}

// readList reads what writeList wrote; none where there is no file.
func readList[T any](file string) (out []T, err error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(data, &out)
	return out, err
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
