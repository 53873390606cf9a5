package rehearse

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/review"
)

// gap is a change that every plan against the emulator shows, since the
// emulator forgets what was written.
type gap struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute"`
	Reason    string `json:"reason"`
}

//go:embed known-gaps.json
var knownGaps []byte

// readGaps reads the file of gaps, and refuses one that says too little.
func readGaps(data []byte) ([]gap, error) {
	var gaps []gap
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&gaps); err != nil {
		return nil, fmt.Errorf("known-gaps.json: %w", err)
	}
	var errs []error
	for i, g := range gaps {
		if g.Address == "" || g.Attribute == "" || len(g.Reason) < 20 {
			errs = append(errs, fmt.Errorf("known-gaps.json: [%d]: address %q, attribute %q, reason %q: all three are required, the reason in a sentence", i, g.Address, g.Attribute, g.Reason))
		}
	}
	return gaps, errors.Join(errs...)
}

// unexpected are the changes of a plan that are no known gap, one line each.
// It notes in used which gaps there were.
func unexpected(stack string, p *review.Plan, gaps []gap, used map[gap]bool) []string {
	var lines []string
	for _, r := range p.ResourceChanges {
		if r.Action() == review.None {
			continue
		}
		if r.Action() != review.Update {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", stack, r.Address, r.Action()))
			continue
		}
		for _, attribute := range review.Attributes(review.Differences(r.Change)) {
			i := slices.IndexFunc(gaps, func(g gap) bool { return g.Address == r.Address && g.Attribute == attribute })
			if i < 0 {
				lines = append(lines, fmt.Sprintf("%s: %s: %s changes", stack, r.Address, attribute))
				continue
			}
			used[gaps[i]] = true
		}
	}
	for _, name := range p.ChangedOutputs() {
		lines = append(lines, fmt.Sprintf("%s: output %s changes", stack, name))
	}
	return lines
}

// plans synthesises with the app and plans the stacks as infra-diff-role does
// on a pull request: without the lock.
func (r *rehearsal) plans(ctx context.Context, app string, stacks ...string) (map[string]*review.Plan, error) {
	if err := r.synth(ctx, app, r.path("diff", "cdktf.out"), r.doors.infraDiff); err != nil {
		return nil, err
	}
	if _, err := r.command(ctx, nil, "", r.tool("bin", "platform"), append([]string{"plan", "-dir", r.tools,
		"-synth", r.path("diff", "cdktf.out"), "-plans", r.path("diff", "plans")}, stacks...)...); err != nil {
		return nil, err
	}
	out := map[string]*review.Plan{}
	for _, stack := range stacks {
		data, err := os.ReadFile(r.path("diff", "plans", stack, "plan.json"))
		if err != nil {
			return nil, err
		}
		if out[stack], err = review.Decode(data); err != nil {
			return nil, fmt.Errorf("stack %q: %w", stack, err)
		}
	}
	return out, nil
}

// synth writes the app's stacks for AWS at an address into a folder.
func (r *rehearsal) synth(ctx context.Context, app, folder, endpoint string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { // cdktf makes no parents
		return err
	}
	_, err := r.command(ctx, nil, "", app, "-o", folder, "-local", endpoint)
	return err
}

// nothingChanges plans the stacks, and fails with every change that is no
// known gap.
func (r *rehearsal) nothingChanges(ctx context.Context, app string, stacks ...string) (used map[gap]bool, err error) {
	gaps, err := readGaps(knownGaps)
	if err != nil {
		return nil, err
	}
	plans, err := r.plans(ctx, app, stacks...)
	if err != nil {
		return nil, err
	}
	used = map[gap]bool{}
	var lines []string
	for _, stack := range stacks {
		lines = append(lines, unexpected(stack, plans[stack], gaps, used)...)
	}
	if len(lines) > 0 {
		return used, fmt.Errorf("%d changes that nobody made:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	return used, nil
}

// secondDiff plans every stack again. A gap that no plan of the full rehearsal
// shows any more is to be taken off the list.
func (r *rehearsal) secondDiff(ctx context.Context) (string, error) {
	used, err := r.nothingChanges(ctx, r.app, r.stacks()...)
	if err != nil {
		return "", err
	}
	gaps, err := readGaps(knownGaps)
	if err != nil {
		return "", err
	}
	if r.short {
		return fmt.Sprintf("no change in %d stacks, %d known gaps", len(r.stacks()), len(used)), nil
	}
	var errs []error
	for _, g := range gaps {
		if !used[g] {
			errs = append(errs, fmt.Errorf("known-gaps.json: %s: %s is no gap any more", g.Address, g.Attribute))
		}
	}
	return fmt.Sprintf("no change in %d stacks, %d known gaps", len(r.stacks()), len(used)), errors.Join(errs...)
}
