package recovery

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/adopt"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/prompt"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Commands are recover and orphans.
var Commands = []command.Command{
	{
		Name: "recover", Arguments: "STACK", Summary: "after a killed deployment, release its lock and adopt what it made",
		Define: define(func(ctx context.Context, r recovery, stacks []synthesised.Stack) error {
			return r.recover(ctx, stacks[0])
		}, 1),
	},
	{
		Name: "orphans", Arguments: "[STACK…]", Summary: "list what exists in AWS and is in no state; fail if there is any",
		Define: define(func(ctx context.Context, r recovery, stacks []synthesised.Stack) error { return r.check(ctx, stacks) }, 0),
	},
}

// define declares the flags of a command that takes at least so many stacks, and
// at most one if it needs any.
func define(run func(context.Context, recovery, []synthesised.Stack) error, needs int) func(*flag.FlagSet) command.Func {
	return func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` for the provider and its configuration")
		synth := flags.String("synth", "cdktf.out", "`folder` of the synthesised stacks")
		return func(ctx context.Context, p command.Process, args []string) error {
			if needs > 0 && len(args) != needs {
				return command.UsageError(fmt.Sprintf("%d stack is required", needs))
			}
			all, err := synthesised.Read(*synth)
			if err != nil {
				return err
			}
			chosen, err := all.Choose(args...)
			if err != nil {
				return err
			}
			runner, err := terraform.NewRunner(*dir, p.Getenv)
			if err != nil {
				return err
			}
			return run(ctx, recovery{runner, config.Platform(), all, talk{prompt.New(p.In, p.Out), p.Out}}, chosen)
		}
	}
}

// talk is with the person at the terminal.
type talk struct {
	*prompt.Prompt
	out io.Writer
}

func (t talk) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// recovery is one run of the command.
type recovery struct {
	runner   terraform.Runner
	settings config.Settings
	all      []synthesised.Stack
	talk
}

func (r recovery) recover(ctx context.Context, stack synthesised.Stack) (err error) {
	w, err := adopt.Open(ctx, r.runner, stack, r.settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	released, err := releaseLock(ctx, w, r.talk)
	if err != nil {
		return err
	}
	r.say("Looking for what exists in AWS and not in the state of %s.", stack.Name)
	found, err := w.Find(ctx)
	if err != nil {
		return err
	}
	if err := r.adopt(ctx, w, found); err != nil {
		return err
	}
	orphans, err := r.orphans(ctx, []synthesised.Stack{stack})
	if err != nil {
		return err
	}
	if orphans, err = r.revokeDefaults(ctx, w, orphans); err != nil {
		return err
	}
	locks := 0
	if released {
		locks = 1
	}
	r.say("\nLocks released: %d. Adopted: %d. Left: %d.", locks, len(found.Adoptable), len(orphans))
	if len(orphans) > 0 {
		r.list(orphans)
		return fmt.Errorf("%d things are in no state: docs/operations.md, \"A deployment was killed\", says what to do with each", len(orphans))
	}
	r.say("Now deploy %s again: it makes what is missing and changes what was left half done.", stack.Name)
	return nil
}

// adopt adopts what was found, when the person says so.
func (r recovery) adopt(ctx context.Context, w *adopt.Workspace, found adopt.Found) error {
	for _, a := range found.Ambiguous {
		r.say("Not adopted, because it is not clear which one it is: %s: %q", a.Address, a.IDs)
	}
	if len(found.Adoptable) == 0 {
		r.say("Nothing to adopt; a deployment will create %d resources.", found.Creates)
		return nil
	}
	r.say("Found %d, planning their adoption.", len(found.Adoptable))
	plan, err := w.Plan(ctx, found.Adoptable)
	if err != nil {
		return err
	}
	if plan.Changes() {
		r.say("%s", plan.Text)
	}
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RESOURCE\tIN AWS")
	for _, a := range found.Adoptable {
		fmt.Fprintf(table, "%s\t%s\n", a.Address, a.ID)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := r.Yes(ctx, fmt.Sprintf("Write these %d into the state? %s", len(found.Adoptable), plan.Effect())); err != nil {
		return err
	}
	return w.Apply(ctx, plan)
}

// revokeDefaults takes the rules that AWS made with security groups from them,
// when the person says so, and returns the orphans that are left.
func (r recovery) revokeDefaults(ctx context.Context, w *adopt.Workspace, orphans []adopt.Orphan) ([]adopt.Orphan, error) {
	defaults, left := adopt.DefaultEgress(orphans)
	if len(defaults) == 0 {
		return orphans, nil
	}
	r.say("\nAWS makes a security group with a rule that lets everything out. Terraform was killed before it took these away:")
	r.list(defaults)
	if err := r.Yes(ctx, "Revoke them in AWS?"); err != nil {
		return nil, err
	}
	return left, w.RevokeEgress(ctx, defaults)
}

func (r recovery) check(ctx context.Context, stacks []synthesised.Stack) error {
	orphans, err := r.orphans(ctx, stacks)
	if err != nil {
		return err
	}
	if len(orphans) > 0 {
		r.list(orphans)
		return fmt.Errorf("%d things exist in AWS and are in no state", len(orphans))
	}
	for _, s := range stacks {
		r.say("%-10s nothing exists in AWS that is not in its state", s.Name)
	}
	return nil
}

// orphans are what of the stacks is in no state of any stack.
func (r recovery) orphans(ctx context.Context, of []synthesised.Stack) (orphans []adopt.Orphan, err error) {
	inventory := adopt.NewInventory(r.all)
	open := map[string]*adopt.Workspace{}
	defer func() {
		for _, w := range open {
			err = errors.Join(err, w.Close())
		}
	}()
	for _, s := range r.all {
		w, err := adopt.Open(ctx, r.runner, s, r.settings)
		if err != nil {
			return nil, err
		}
		open[s.Name] = w
		if err := inventory.Add(ctx, w); err != nil {
			return nil, err
		}
	}
	for _, s := range of {
		found, err := open[s.Name].Orphans(ctx, inventory)
		if err != nil {
			return nil, err
		}
		orphans = append(orphans, found...)
	}
	return orphans, nil
}

func (r recovery) list(orphans []adopt.Orphan) {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TYPE\tREGION\tIN AWS\tRECOGNISED BY")
	for _, o := range orphans {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.Type, o.Region, o.ID, o.Key)
	}
	table.Flush()
}
