package bootstrap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/adopt"
	"github.com/paperwurks/infra/internal/planrule"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// maxPlans is how often changes are shown and applied before the run gives up.
const maxPlans = 4

// change plans, shows, asks and applies, until a plan changes nothing. known is
// the state before, nil for none; targets restrict it to some resources.
//
// What exists in AWS but not in the state, because the run that made it was
// killed, is imported and not made twice.
func (b *bootstrap) change(ctx context.Context, what string, known *terraform.State, targets ...string) error {
	defer b.folder.dropPlan()
	for applied := range maxPlans {
		if err := b.keepInterrupted(ctx, known); err != nil {
			return err
		}
		var p adopt.Plan
		var found adopt.Found
		if err := b.during(ctx, progress.Plan, 0, func() (err error) {
			p, found, err = b.finder.Search(ctx, func(ctx context.Context, imports []adopt.Adoption) (adopt.Plan, error) {
				return b.plan(ctx, imports, targets)
			})
			return err
		}); err != nil {
			return err
		}
		if len(found.Ambiguous) > 0 {
			var errs []error
			for _, a := range found.Ambiguous {
				errs = append(errs, fmt.Errorf("%s: %q exist and are in no state; delete all but the right one, and run this again", a.Address, a.IDs))
			}
			return errors.Join(errs...)
		}
		for _, a := range found.Adoptable {
			fmt.Fprintf(b.out, "Found in AWS, to be imported: %s is %s\n", a.Address, a.ID)
		}
		if !p.HasChanges() {
			if applied > 0 {
				fmt.Fprintln(b.out, "Verified: each resource was read from AWS again, a second plan changes nothing")
			} else {
				fmt.Fprintln(b.out, "Nothing to change: each resource was read from AWS and is as planned")
			}
			return nil
		}
		if err := b.refuseRemoval(ctx, p.Plan); err != nil {
			return err
		}
		if err := b.refuseDestruction(p.Plan); err != nil {
			return err
		}
		reduced, err := review.Reduce(p.JSON)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "\nThe plan for %s:\n\n%s\n", what, review.Stack{Name: b.stack.Name, Plan: reduced}.Text())
		if err := b.questions.Yes(ctx, fmt.Sprintf("Apply this to account %s (%s)?", b.settings.User.AccountID, counted(p.Plan))); err != nil {
			return err
		}
		if err := b.during(ctx, progress.Apply, p.Steps(), func() error { return b.apply(ctx) }); err != nil {
			return err
		}
		b.applied = true
		if len(targets) > 0 {
			known, err = terraform.ReadStateFile(b.folder.state)
		} else {
			known, err = b.store.State(ctx)
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%d plans, and there is still something to change: look at what is shown above, and run this again", maxPlans)
}

// keepInterrupted keeps what exists although its creation was interrupted.
// Terraform would destroy and recreate it, which prevent_destroy forbids for
// keys and buckets; the next plan brings what is missing of it. The parts of a
// network are left to Terraform: a NAT gateway may have failed for good.
func (b *bootstrap) keepInterrupted(ctx context.Context, known *terraform.State) error {
	if known == nil {
		return nil
	}
	for _, address := range known.Tainted(adopt.NetworkParts) {
		if _, err := b.terraform.Run(ctx, b.stack.Dir, nil, "untaint", "-no-color", "-lock-timeout=1m", address); err != nil {
			return err
		}
		fmt.Fprintln(b.out, "Kept, though its creation was interrupted:", address)
	}
	return nil
}

// plan plans with the imports.
func (b *bootstrap) plan(ctx context.Context, imports []adopt.Adoption, targets []string) (adopt.Plan, error) {
	file := filepath.Join(b.stack.Dir, importsFile)
	if err := writeJSON(file, adopt.ImportBlocks(imports)); err != nil {
		return adopt.Plan{}, err
	}
	defer remove(file)
	args := []string{"plan", "-input=false", "-no-color", "-lock-timeout=1m", "-out=" + b.folder.plan}
	for _, address := range targets {
		args = append(args, "-target="+address)
	}
	if _, err := b.terraform.Run(ctx, b.stack.Dir, nil, args...); err != nil {
		return adopt.Plan{}, err
	}
	shown, err := b.terraform.Run(ctx, b.stack.Dir, nil, "show", "-json", b.folder.plan)
	if err != nil {
		return adopt.Plan{}, err
	}
	return adopt.DecodePlan(shown)
}

// refuseDestruction refuses what loses something, unless it is allowed. Parts
// of a network that no state knew before this plan, or whose creation was not
// finished, may be recreated: they exist because a run was killed, before
// anything could use them.
func (b *bootstrap) refuseDestruction(p *review.Plan) error {
	var lost []error
	for _, action := range []review.Action{review.Destroy, review.Replace, review.Forget} {
		for _, r := range p.Of(action) {
			unfinished := r.Change.Importing != nil || r.ActionReason == "replace_because_tainted"
			if unfinished && action == review.Replace && slices.Contains(adopt.NetworkParts, r.Type) {
				fmt.Fprintln(b.out, "Recreated, because the run that made it was killed:", r.Address)
				continue
			}
			lost = append(lost, fmt.Errorf("%s: %s", action, r.Address))
		}
	}
	if len(lost) == 0 {
		return nil
	}
	if b.allowDestroy {
		fmt.Fprintf(b.out, "\n!!! This plan destroys, replaces or forgets %d resources, as -allow-destroy allows:\n%v\n", len(lost), errors.Join(lost...))
		return nil
	}
	return fmt.Errorf("the plan loses something, and nothing was done. If that is what you want, run this with -allow-destroy:\n%w", errors.Join(lost...))
}

// refuseRemoval refuses to take network and keys from under an environment that
// is still deployed, whatever is allowed.
func (b *bootstrap) refuseRemoval(ctx context.Context, p *review.Plan) error {
	held, err := planrule.Held(ctx, b.stack.Stack, p)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range planrule.Check(b.stack.Name, p, planrule.Facts{Settings: b.settings, Held: held, Today: time.Now()}) {
		if name := planrule.Foundation(r.Address); name != "" && held[name] > 0 {
			errs = append(errs, r)
		}
	}
	return errors.Join(errs...)
}

// counted says in one line what a plan does.
func counted(p *review.Plan) string {
	var parts []string
	for _, action := range review.Actions {
		if n := len(p.Of(action)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, action))
		}
	}
	imported := 0
	for _, r := range p.ResourceChanges {
		if r.Change.Importing != nil {
			imported++
		}
	}
	if imported > 0 {
		parts = append(parts, fmt.Sprintf("%d of these exist and are imported", imported))
	}
	if n := len(p.ChangedOutputs()); n > 0 {
		parts = append(parts, fmt.Sprintf("%d outputs", n))
	}
	return strings.Join(parts, ", ")
}

// parallelism is twice Terraform's: most of the time it waits for what AWS
// takes a while to make, or to tell everywhere that it is made.
const parallelism = "-parallelism=20"

// apply applies the plan that was shown, and prints each step. Its error has
// the faults of single resources.
func (b *bootstrap) apply(ctx context.Context) error {
	paths := map[string]string{}
	for _, r := range b.stack.Resources() {
		paths[r.Address()] = strings.TrimPrefix(r.Path(), b.stack.Name+"/")
	}
	var faults []error
	err := b.terraform.Follow(ctx, b.stack.Dir, func(line string) {
		var event struct {
			Message    string `json:"@message"`
			Type       string `json:"type"`
			Diagnostic struct {
				Severity, Address, Summary, Detail string
			} `json:"diagnostic"`
		}
		if json.Unmarshal([]byte(line), &event) != nil {
			return
		}
		b.progress.Line(config.SharedStack, withPath(event.Message, paths))
		switch d := event.Diagnostic; {
		case event.Type == "diagnostic" && d.Severity == "error":
			faults = append(faults, fmt.Errorf("%s: %s %s", d.Address, d.Summary, d.Detail))
		case slices.Contains([]string{"apply_complete", "apply_errored", "change_summary"}, event.Type):
			fmt.Fprintln(b.out, " ", event.Message)
		}
	}, "apply", "-input=false", "-json", "-lock-timeout=1m", parallelism, b.folder.plan)
	if err != nil {
		return errors.Join(append([]error{err}, faults...)...)
	}
	return nil
}

// withPath is what Terraform says of a resource with its path in the app after
// the address, as the cdktf CLI has it: it is shorter, and says more.
func withPath(message string, paths map[string]string) string {
	address, what, found := strings.Cut(message, ": ")
	if path := paths[address]; found && path != "" {
		return address + " (" + path + "): " + what
	}
	return message
}
