package rehearse

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/paperwurks/infra/internal/review"
)

// changes of a plan, one line each.
func changes(stack string, p *review.Plan) []string {
	var lines []string
	for _, r := range p.ResourceChanges {
		switch r.Action() {
		case review.None:
		case review.Update:
			for _, attribute := range review.Attributes(review.Differences(r.Change)) {
				lines = append(lines, fmt.Sprintf("%s: %s: %s changes", stack, r.Address, attribute))
			}
		default:
			lines = append(lines, fmt.Sprintf("%s: %s: %s", stack, r.Address, r.Action()))
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
	if err := r.synth(ctx, app, r.path("diff", "cdktf.out"), r.endpoints.infraDiff); err != nil {
		return nil, err
	}
	if _, err := r.command(ctx, nil, "", program(app), append([]string{"plan", "-dir", r.tools,
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

// nothingChanges plans the stacks, and fails with every change.
func (r *rehearsal) nothingChanges(ctx context.Context, app string, stacks ...string) error {
	plans, err := r.plans(ctx, app, stacks...)
	if err != nil {
		return err
	}
	var lines []string
	for _, stack := range stacks {
		lines = append(lines, changes(stack, plans[stack])...)
	}
	if len(lines) > 0 {
		return fmt.Errorf("%d changes that nobody made:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	return nil
}

// secondDiff plans every stack again.
func (r *rehearsal) secondDiff(ctx context.Context) (string, error) {
	if err := r.maintenance(ctx, " MODE=on", maintenanceIsOn); err != nil {
		return "", err
	}
	if err := r.nothingChanges(ctx, r.app, r.stacks()...); err != nil {
		return "", err
	}
	return fmt.Sprintf("no change in %d stacks, %s in maintenance mode", len(r.stacks()), disposable), nil
}
