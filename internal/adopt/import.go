package adopt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/review"
)

// Import is an adoption that was planned, and checked to do nothing else.
type Import struct {
	// Text is the plan as Terraform shows it to a person; "" of one that
	// changes nothing in AWS.
	Text string
	// updates are the resources that change in AWS, too.
	updates []string
}

// Changes says whether applying the plan changes anything in AWS.
func (p Import) Changes() bool { return len(p.updates) > 0 }

// Effect says in a sentence what applying the plan does to AWS.
func (p Import) Effect() string {
	if !p.Changes() {
		return "Nothing in AWS changes."
	}
	return fmt.Sprintf("In AWS these change in place: %s.", strings.Join(p.updates, ", "))
}

// Plan plans the adoption of exactly these. It fails unless the plan does
// nothing but import them, or update them in place.
func (w *Workspace) Plan(ctx context.Context, adoptions []Adoption) (Import, error) {
	if len(adoptions) == 0 {
		return Import{}, errors.New("nothing to adopt")
	}
	if err := w.configure(adoptions, true); err != nil {
		return Import{}, err
	}
	args := []string{"-lock-timeout=1m"}
	for _, a := range adoptions {
		args = append(args, "-target="+a.Address)
	}
	p, err := w.plan(ctx, args...)
	if err != nil {
		return Import{}, err
	}
	if err := verify(p.Plan, adoptions); err != nil {
		return Import{}, err
	}
	var out Import
	for _, r := range p.Of(review.Update) {
		out.updates = append(out.updates, r.Address)
	}
	if !out.Changes() {
		return out, nil
	}
	text, err := w.terraform(ctx, "show", "-no-color", planName)
	out.Text = string(text)
	return out, err
}

// Apply applies the adoption that was planned last.
func (w *Workspace) Apply(ctx context.Context, _ Import) error {
	_, err := w.terraform(ctx, "apply", "-input=false", "-no-color", "-lock-timeout=1m", planName)
	return err
}

// verify refuses a plan that does anything but import the adoptions, with
// their ids, and change them in place.
func verify(p *review.Plan, adoptions []Adoption) error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	missing := map[string]string{}
	for _, a := range adoptions {
		missing[a.Address] = a.ID
	}
	for _, r := range p.ResourceChanges {
		action := r.Action()
		if action == review.None {
			continue
		}
		id, ours := missing[r.Address]
		switch {
		case !ours:
			refuse("%s: the plan would %s it, which was not asked for", r.Address, action)
		case action != review.Import && action != review.Update:
			refuse("%s: the plan would %s it; only an import is allowed", r.Address, action)
		case r.Change.Importing == nil:
			refuse("%s: the plan would %s it without an import", r.Address, action)
		case r.Change.Importing.ID != id:
			refuse("%s: the plan imports %q; %q was found", r.Address, r.Change.Importing.ID, id)
		default:
			delete(missing, r.Address)
		}
	}
	for _, a := range adoptions {
		if _, ok := missing[a.Address]; ok && len(errs) == 0 {
			refuse("%s: the plan does not import %q", a.Address, a.ID)
		}
	}
	for name, c := range p.OutputChanges {
		if slices.Contains(c.Actions, "delete") {
			refuse("output %q: the plan would remove it", name)
		}
	}
	if p.Errored {
		refuse("the plan has errors")
	}
	if len(errs) > 0 {
		return fmt.Errorf("the adoption is refused: %w", errors.Join(errs...))
	}
	return nil
}
