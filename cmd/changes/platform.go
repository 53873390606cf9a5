package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/changes"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/localaws"
	"github.com/paperwurks/infra/internal/planrule"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
	"github.com/paperwurks/infra/stacks"
)

// platform is one that is deployed to a local AWS of its own.
type platform struct {
	dir, tools, endpoint string
	terraform            terraform.Runner
	table                []observed.Row
	simulator            iamsim.Simulator
	initialised          map[string]bool
	syntheses            int
	// pending is what the base itself would change, by stack and address.
	pending map[string]review.Action
}

func newPlatform(dir, tools string, port int) (*platform, error) {
	p := &platform{initialised: map[string]bool{}, endpoint: fmt.Sprintf("http://127.0.0.1:%d", port)}
	var err error
	if p.dir, err = filepath.Abs(dir); err == nil {
		p.tools, err = filepath.Abs(tools)
	}
	if err != nil {
		return nil, err
	}
	if p.table, err = observed.ReadFile(); err != nil {
		return nil, err
	}
	p.terraform, err = terraform.NewRunner(p.tools, os.Getenv)
	return p, err
}

func (p *platform) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

// deploy starts an empty local AWS and deploys the base to it.
func (p *platform) deploy(ctx context.Context) error {
	if err := p.down(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(p.dir); err != nil {
		return err
	}
	var port int
	if _, err := fmt.Sscanf(p.endpoint, "http://127.0.0.1:%d", &port); err != nil {
		return err
	}
	if _, err := localaws.Start(ctx, filepath.Join(p.tools, "bin", "platform"), localaws.Options{
		Dir: p.path("aws"), Port: port, Python: filepath.Join(p.tools, "venv", "bin", "python"), Account: config.LocalAccountID,
	}); err != nil {
		return err
	}
	all, err := p.synth(changes.FewZones())
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := p.apply(ctx, all, changes.FewZones(), config.SharedStack); err != nil {
		return err
	}
	names := []string{}
	for _, e := range changes.FewZones().Environments {
		names = append(names, e.Name)
	}
	if err := p.apply(ctx, all, changes.FewZones(), names...); err != nil {
		return err
	}
	fmt.Printf("deployed in %.0f s\n", time.Since(begin).Seconds())
	return nil
}

func (p *platform) down(ctx context.Context) error {
	_, err := localaws.Stop(ctx, p.path("aws"))
	return err
}

// synth writes the stacks of settings into a folder of their own.
func (p *platform) synth(s config.Settings) (synthesised.Stacks, error) {
	if err := access.Validate(s); err != nil {
		return nil, err
	}
	p.syntheses++
	folder := p.path("synth", fmt.Sprint(p.syntheses))
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return nil, err
	}
	if err := stacks.Synthesise(folder, s, config.Target{LocalEndpoint: p.endpoint, LocalState: p.path("state")}); err != nil {
		return nil, err
	}
	return synthesised.Read(folder)
}

// place puts a stack where its Terraform runs, and initialises that once.
func (p *platform) place(ctx context.Context, s synthesised.Stack) (string, error) {
	dir := p.path("terraform", s.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	data, err := os.ReadFile(s.File)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, filepath.Base(s.File)), data, 0o600)
	}
	if err := errors.Join(err, terraform.Accompany(s, dir)); err != nil {
		return "", err
	}
	if p.initialised[s.Name] {
		return dir, nil
	}
	p.initialised[s.Name] = true
	return dir, p.terraform.Init(ctx, s, dir)
}

// planned is a plan with what is said to it.
type planned struct {
	plan     *review.Plan
	refusals []review.Refusal
	lacks    []review.Lack
	file     string
}

// plan plans a stack; with refresh what AWS says is read again. Terraform's own
// refusal to destroy is one of the refusals.
func (p *platform) plan(ctx context.Context, all synthesised.Stacks, settings config.Settings, name string, refresh bool) (planned, error) {
	s, ok := all.Get(name)
	if !ok {
		return planned{}, fmt.Errorf("no stack %q", name)
	}
	dir, err := p.place(ctx, s)
	if err != nil {
		return planned{}, err
	}
	out := planned{file: filepath.Join(dir, "plan")}
	if _, err := p.terraform.Run(ctx, dir, nil, "plan", "-input=false", "-no-color", fmt.Sprintf("-refresh=%t", refresh), "-lock=false", "-out="+out.file); err != nil {
		if text := err.Error(); strings.Contains(text, "Instance cannot be destroyed") {
			_, rest, _ := strings.Cut(text, "Resource ")
			address, _, _ := strings.Cut(rest, " ")
			out.refusals = append(out.refusals, review.Refusal{Address: address, Reason: "Terraform refuses to destroy it: its environment is not disposable", Next: "see docs/operations.md"})
			return out, nil
		}
		return out, err
	}
	shown, err := p.terraform.Run(ctx, dir, nil, "show", "-json", out.file)
	if err != nil {
		return out, err
	}
	if out.plan, err = review.Decode(shown); err != nil {
		return out, err
	}
	held, err := planrule.Held(ctx, s, out.plan)
	if err != nil {
		return out, err
	}
	out.refusals = planrule.Check(name, out.plan, planrule.Facts{Settings: settings, Held: held, Today: time.Now()})
	if !out.plan.HasChanges() {
		return out, nil
	}
	roles, err := inventory.Load(all)
	if err != nil {
		return out, err
	}
	out.lacks, err = observed.Lacking(roles, &p.simulator, p.table, name, out.plan)
	return out, err
}

// apply plans stacks side by side and applies what is planned.
func (p *platform) apply(ctx context.Context, all synthesised.Stacks, settings config.Settings, names ...string) error {
	var dirs []string
	for _, name := range names {
		s, ok := all.Get(name)
		if !ok {
			return fmt.Errorf("no stack %q", name)
		}
		dir, err := p.place(ctx, s)
		if err != nil {
			return err
		}
		dirs = append(dirs, dir)
	}
	faults := make(chan error)
	for _, dir := range dirs {
		go func() {
			_, err := p.terraform.Run(ctx, dir, nil, "apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=20")
			if err != nil {
				err = fmt.Errorf("%s: %w", filepath.Base(dir), err)
			}
			faults <- err
		}()
	}
	var errs []error
	for range dirs {
		errs = append(errs, <-faults)
	}
	return errors.Join(errs...)
}

// rows plans the change of every row that has one. Rows that touch different
// resources are planned together, and each change of the plan is said of the row
// that touches it; what is to be refused is planned by itself.
func (p *platform) rows(ctx context.Context, done []changes.Result, keep func([]changes.Result) error) ([]changes.Result, error) {
	base, err := p.synth(changes.Base())
	if err != nil {
		return nil, err
	}
	var together, alone []*changes.Candidate
	out := slices.Clone(done)
	for _, row := range changes.Rows() {
		if _, known := (changes.Results{Rows: done}).Of(row); known || row.Make == nil {
			continue
		}
		c := changes.NewCandidate(row)
		settings := changes.Clone(changes.Base())
		row.Make(&settings)
		all, err := p.synth(settings)
		if err != nil {
			c.Refused(changes.RefusedBySynth, firstLine(err.Error()))
			out = append(out, p.say(c))
			continue
		}
		for _, s := range all {
			was, known := base.Get(s.Name)
			if !known {
				c.Result.Stacks[s.Name] = "new"
				continue
			}
			c.Touch(was, s)
		}
		switch {
		case len(c.Touched) == 0:
			out = append(out, p.say(c))
		case row.Outcome == changes.RefusedByPlan:
			alone = append(alone, c)
		default:
			together = append(together, c)
		}
	}
	if err := keep(out); err != nil {
		return out, err
	}
	if len(together)+len(alone) == 0 {
		return out, nil
	}
	if err := p.baseline(ctx, base); err != nil {
		return out, err
	}
	for _, batch := range changes.Batches(together) {
		results, err := p.batch(ctx, base, batch)
		if err != nil {
			return out, err
		}
		out = append(out, results...)
		if err := keep(out); err != nil {
			return out, err
		}
	}
	for _, c := range alone {
		results, err := p.batch(ctx, base, []*changes.Candidate{c})
		if err != nil {
			return out, fmt.Errorf("%s, %s: %w", c.Row.Field, c.Row.Change, err)
		}
		out = append(out, results...)
		if err := keep(out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// batch plans the changes of candidates in one go.
func (p *platform) batch(ctx context.Context, base synthesised.Stacks, batch []*changes.Candidate) ([]changes.Result, error) {
	settings := changes.Clone(changes.Base())
	for _, c := range batch {
		c.Row.Make(&settings)
	}
	all, err := p.synth(settings)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		was, known := base.Get(s.Name)
		if !known || sameFile(was.File, s.File) {
			continue
		}
		planned, err := p.plan(ctx, all, settings, s.Name, false)
		if err != nil {
			return nil, err
		}
		if len(planned.refusals) > 0 {
			if len(batch) > 1 {
				return nil, fmt.Errorf("refused in a batch: %v", planned.refusals[0])
			}
			batch[0].Refused(changes.RefusedByPlan, planned.refusals[0].Error())
			return []changes.Result{p.say(batch[0])}, nil
		}
		if err := changes.Share(batch, s.Name, planned.plan, planned.lacks, p.pending); err != nil {
			return nil, err
		}
	}
	var out []changes.Result
	for _, c := range batch {
		c.Conclude()
		result := p.say(c)
		if result.Outcome == changes.Nothing {
			fmt.Println("    not kept: the deployed platform is to change there anyway")
			continue
		}
		out = append(out, result)
	}
	return out, nil
}

// say prints a result, with a mark where the row says otherwise.
func (p *platform) say(c *changes.Candidate) changes.Result {
	r, mark := c.Result, ""
	if r.Outcome != c.Row.Outcome {
		mark = fmt.Sprintf("   !!! the row says %q", c.Row.Outcome)
	}
	fmt.Printf("%s, %s: %s %v %v admin=%t %s%s\n", r.Field, r.Change, r.Outcome, r.Stacks, r.Replaced, r.Administrator, r.Refusal, mark)
	return r
}

// baseline notes what a plan of the base would change: nothing, unless the
// platform was deployed from another commit; no row speaks of that.
func (p *platform) baseline(ctx context.Context, base synthesised.Stacks) error {
	p.pending = map[string]review.Action{}
	for _, s := range base {
		planned, err := p.plan(ctx, base, changes.Base(), s.Name, false)
		if err != nil {
			return err
		}
		for _, r := range planned.plan.ResourceChanges {
			if a := r.Action(); a != review.None {
				p.pending[s.Name+" "+r.Address] = a
			}
		}
	}
	if len(p.pending) > 0 {
		fmt.Printf("the deployed platform differs from the base in %d resources, which are left out\n", len(p.pending))
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func sameFile(a, b string) bool {
	x, errX := os.ReadFile(a)
	y, errY := os.ReadFile(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func save(r changes.Results) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(resultsFile, append(data, '\n'), 0o644)
}

func write(r changes.Results) error {
	return os.WriteFile(document, []byte(r.Document(changes.Rows())), 0o644)
}

// differs writes the document, or with check compares the rows' results with
// those in the repository.
func differs(r changes.Results, check bool) error {
	if !check {
		return write(r)
	}
	kept, err := changes.Kept()
	if err != nil {
		return err
	}
	added, err := r.Differ(kept)
	for _, row := range added {
		fmt.Printf("%s, %s: not in the repository yet: it came to %q\n", row.Field, row.Change, row.Outcome)
	}
	return err
}
