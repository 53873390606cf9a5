package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/review"
)

// maxRounds is how often a plan is made anew because resources were found that
// an earlier, killed run made: what is found decides what else can be found,
// as a network its subnets, and they their routes.
const maxRounds = 12

// change plans, shows, asks and applies, until a plan changes nothing. known is
// the state before, nil for none; targets restrict it to some resources.
//
// What exists in AWS but not in the state is taken over, not made twice.
func (b *bootstrap) change(ctx context.Context, what string, known *state, targets ...string) error {
	defer b.folder.dropPlan()
	imports := map[string]string{}
	applied := false
	for range maxRounds {
		if err := b.keepInterrupted(ctx, known); err != nil {
			return err
		}
		p, err := b.plan(ctx, imports, targets)
		if err != nil {
			return err
		}
		if !p.HasChanges() {
			if applied {
				fmt.Fprintln(b.out, "Verified: each resource was read from AWS again, a second plan changes nothing")
			} else {
				fmt.Fprintln(b.out, "Nothing to change: each resource was read from AWS and is as planned")
			}
			return nil
		}
		found, err := b.find(ctx, p, known)
		if err != nil {
			return err
		}
		if add(imports, found) {
			continue
		}
		if err := b.refuseDestruction(p); err != nil {
			return err
		}
		b.show(what, p)
		if err := b.questions.yes(ctx, fmt.Sprintf("Apply this to account %s (%s)?", b.settings.User.AccountID, counted(p))); err != nil {
			return err
		}
		faults, err := b.apply(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			there := existing(p, faults, b.settings.User.AccountID)
			if !add(imports, there) {
				return err
			}
			fmt.Fprintf(b.out, "\n%d resources exist already, made by a run that ended before the state knew of them; they are taken over\n", len(there))
		}
		applied = true
		if known, err = b.knownState(ctx, len(targets) > 0); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d plans, and still there is something to change: look at what is shown above, and run this again", maxRounds)
}

// keepInterrupted keeps what exists although its creation was interrupted.
// Terraform would destroy and make it anew, which prevent_destroy forbids for
// keys and buckets; the next plan brings what is missing of it. The parts of a
// network are left to Terraform: a NAT gateway may have failed for good.
func (b *bootstrap) keepInterrupted(ctx context.Context, known *state) error {
	if known == nil {
		return nil
	}
	for _, address := range known.tainted(idPrefixes) {
		if _, err := b.terraform.Run(ctx, b.stack.Dir, nil, "untaint", "-no-color", "-lock-timeout=1m", address); err != nil {
			return err
		}
		fmt.Fprintln(b.out, "Kept, though its creation was interrupted:", address)
	}
	return nil
}

// knownState reads the state that is in use: the local one, or the bucket's.
func (b *bootstrap) knownState(ctx context.Context, local bool) (*state, error) {
	if local {
		return readLocalState(b.folder.state)
	}
	return b.readRemoteState(ctx)
}

// add adds what is new, and says whether anything was.
func add(imports, found map[string]string) bool {
	before := len(imports)
	for address, id := range found {
		if _, known := imports[address]; !known {
			imports[address] = id
		}
	}
	return len(imports) > before
}

// plan plans, with the resources to take over by address and id.
func (b *bootstrap) plan(ctx context.Context, imports map[string]string, targets []string) (*review.Plan, error) {
	file := filepath.Join(b.stack.Dir, importsFile)
	if err := remove(file); err != nil {
		return nil, err
	}
	if len(imports) > 0 {
		var blocks []map[string]string
		for address, id := range imports {
			blocks = append(blocks, map[string]string{"to": address, "id": id})
		}
		if err := writeJSON(file, map[string]any{"import": blocks}); err != nil {
			return nil, err
		}
		defer remove(file)
	}
	args := []string{"plan", "-input=false", "-no-color", "-lock-timeout=1m", "-out=" + b.folder.plan}
	for _, address := range targets {
		args = append(args, "-target="+address)
	}
	if _, err := b.terraform.Run(ctx, b.stack.Dir, nil, args...); err != nil {
		return nil, err
	}
	shown, err := b.terraform.Run(ctx, b.stack.Dir, nil, "show", "-json", b.folder.plan)
	if err != nil {
		return nil, err
	}
	return review.Reduce(shown)
}

// refuseDestruction refuses what loses something, unless it is allowed. Parts
// of a network that no state knew before this plan, or whose creation was not
// finished, may be made anew: they are there because a run was killed, before
// anything could use them.
func (b *bootstrap) refuseDestruction(p *review.Plan) error {
	var lost []error
	for _, action := range []review.Action{review.Destroy, review.Replace, review.Forget} {
		for _, r := range p.Of(action) {
			unfinished := r.Change.Importing != nil || r.ActionReason == "replace_because_tainted"
			if unfinished && action == review.Replace && idPrefixes[r.Type] != "" {
				fmt.Fprintln(b.out, "Made anew, for the run that made it was killed:", r.Address)
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

// show prints the plan, all of it.
func (b *bootstrap) show(what string, p *review.Plan) {
	fmt.Fprintf(b.out, "\nThe plan for %s:\n\n%s\n", what, review.Stack{Name: b.stack.Name, Plan: p}.Text())
}

// counted says in one line what a plan does.
func counted(p *review.Plan) string {
	var parts []string
	for _, action := range review.Actions {
		if n := len(p.Of(action)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, action))
		}
	}
	taken := 0
	for _, r := range p.ResourceChanges {
		if r.Change.Importing != nil {
			taken++
		}
	}
	if taken > 0 {
		parts = append(parts, fmt.Sprintf("%d of these exist and are taken over", taken))
	}
	if n := len(p.ChangedOutputs()); n > 0 {
		parts = append(parts, fmt.Sprintf("%d outputs", n))
	}
	return strings.Join(parts, ", ")
}

// fault is an error that Terraform reports of a resource.
type fault struct{ Address, Summary, Detail string }

// parallelism is twice Terraform's: most of the time it waits for what AWS
// takes a while to make, or to tell everywhere that it is made.
const parallelism = "-parallelism=20"

// apply applies the plan that was shown, and prints each step. What it gives
// back with an error are the faults of single resources.
func (b *bootstrap) apply(ctx context.Context) ([]fault, error) {
	var faults []fault
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
		switch d := event.Diagnostic; {
		case event.Type == "diagnostic" && d.Severity == "error":
			faults = append(faults, fault{d.Address, d.Summary, d.Detail})
		case slices.Contains([]string{"apply_complete", "apply_errored", "change_summary"}, event.Type):
			fmt.Fprintln(b.out, " ", event.Message)
		}
	}, "apply", "-input=false", "-json", "-lock-timeout=1m", parallelism, b.folder.plan)
	if err == nil {
		return nil, nil
	}
	errs := []error{err}
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("%s: %s %s", f.Address, f.Summary, f.Detail))
	}
	return faults, errors.Join(errs...)
}

// exists is how AWS's services say that what is to be made is there.
var exists = regexp.MustCompile(`(?i)already ?(exist|owned|associated)`)

// existing gives, by address, the ids of the resources that could not be made
// because they are there; only of those whose id follows from their name.
func existing(p *review.Plan, faults []fault, account string) map[string]string {
	out := map[string]string{}
	for _, f := range faults {
		if !exists.MatchString(f.Summary + " " + f.Detail) {
			continue
		}
		for _, r := range p.ResourceChanges {
			if r.Address == f.Address {
				if id := importID(r, account); id != "" {
					out[r.Address] = id
				}
			}
		}
	}
	return out
}
