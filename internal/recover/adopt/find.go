package adopt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/recover/existing"
	"github.com/paperwurks/infra/internal/review"
)

// Adoption is one object that exists and a resource that Terraform would create.
type Adoption struct {
	// Address of the resource, Type its type, ID what Terraform imports.
	Address, Type, ID string
	// planned are the values that it was to be created with, values those that
	// it has, once it is imported.
	planned, values existing.Values
}

// Ambiguous is a resource that more than one object answers to, or an object
// that more than one resource wants. A person has to decide.
type Ambiguous struct {
	Address string
	IDs     []string
}

// Found is what Find found.
type Found struct {
	// Adoptable are sorted by address.
	Adoptable []Adoption
	Ambiguous []Ambiguous
	// Creates is how many resources are still to be created by a deployment.
	Creates int
}

// maxRounds bounds the rounds of Find. What stands on something that is not in
// the state is found a round later; the stacks' longest such chain has seven links
// (VPC, subnet, load balancer, listener, VPC origin, distribution, log delivery).
const maxRounds = 12

// Find plans the stack without changing anything and looks for every resource
// that would be created. What it finds is imported into the next plan, which then knows
// the ids that other resources are recognised by, until nothing more is found.
func (w *Workspace) Find(ctx context.Context) (Found, error) {
	clear(w.seen)
	adopted := map[string]Adoption{}
	for range maxRounds {
		p, err := w.search(ctx, slices.Collect(maps.Values(adopted)))
		if err != nil {
			return Found{}, err
		}
		found, err := w.match(ctx, p)
		if err != nil {
			return Found{}, err
		}
		for _, r := range p.ResourceChanges {
			if a, ok := adopted[r.Address]; ok {
				a.values = valuesOf(r)
				adopted[r.Address] = a
			}
		}
		if len(found.Adoptable) == 0 {
			found.Adoptable = slices.SortedFunc(maps.Values(adopted), byAddress)
			return found, nil
		}
		for _, a := range found.Adoptable {
			adopted[a.Address] = a
		}
	}
	return Found{}, fmt.Errorf("stack %q: still finding more after %d rounds", w.stack.Name, maxRounds)
}

// match looks for the resources that a plan would create.
func (w *Workspace) match(ctx context.Context, p planned) (Found, error) {
	var found Found
	taken := w.idsIn(p.prior.managed())
	wanted := map[listing]map[string][]review.ResourceChange{}
	for _, r := range p.Of(review.Create) {
		found.Creates++
		kind, ok := w.kinds[r.Type]
		if !ok {
			return found, fmt.Errorf("%s: internal/recover/existing knows nothing of its type", r.Address)
		}
		if kind.List == nil {
			continue
		}
		if imported := r.Change.Importing; imported != nil {
			return found, fmt.Errorf("%s: Terraform would import %q and create it too", r.Address, imported.ID)
		}
		key, ok := kind.KeyOf(valuesOf(r))
		if !ok {
			continue
		}
		provider, err := w.file.providerOf(w.stack.Resource[r.Type][nameOf(r)])
		if err != nil {
			return found, fmt.Errorf("%s: %w", r.Address, err)
		}
		objects, err := w.list(ctx, r.Type, provider.Region)
		if err != nil {
			return found, err
		}
		ids := answering(objects, key, w.stack.Name, taken[r.Type])
		switch {
		case len(ids) > 1:
			found.Ambiguous = append(found.Ambiguous, Ambiguous{r.Address, ids})
		case len(ids) == 1:
			place := listing{r.Type, provider.Region}
			if wanted[place] == nil {
				wanted[place] = map[string][]review.ResourceChange{}
			}
			wanted[place][ids[0]] = append(wanted[place][ids[0]], r)
		}
	}
	for _, byID := range wanted {
		for id, resources := range byID {
			if len(resources) > 1 {
				for _, r := range resources {
					found.Ambiguous = append(found.Ambiguous, Ambiguous{r.Address, []string{id}})
				}
				continue
			}
			r := resources[0]
			found.Adoptable = append(found.Adoptable, Adoption{Address: r.Address, Type: r.Type, ID: id, planned: valuesOf(r)})
		}
	}
	slices.SortFunc(found.Adoptable, byAddress)
	slices.SortFunc(found.Ambiguous, func(a, b Ambiguous) int { return strings.Compare(a.Address, b.Address) })
	return found, nil
}

// answering are the ids of the objects with the key that are of the stack or of
// no stack that is known, and that no resource of the state has already.
func answering(objects []existing.Object, key, stack string, taken map[string]bool) []string {
	var ids []string
	for _, o := range objects {
		if o.Key == key && (o.Stack == "" || o.Stack == stack) && !taken[o.ID] {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// idsIn are the import ids of what is in a state, by type.
func (w *Workspace) idsIn(state map[string][]existing.Values) map[string]map[string]bool {
	ids := map[string]map[string]bool{}
	for resourceType, resources := range state {
		ids[resourceType] = map[string]bool{}
		for _, v := range resources {
			ids[resourceType][w.kinds[resourceType].IDOf(v)] = true
		}
	}
	return ids
}

// search plans the whole stack with the imports. Nothing is refreshed and no
// lock taken: the plan is only looked at.
func (w *Workspace) search(ctx context.Context, imports []Adoption) (planned, error) {
	if err := w.configure(imports, false); err != nil {
		return planned{}, err
	}
	return w.plan(ctx, "-refresh=false", "-lock=false")
}

// plan plans with the arguments and reads the plan.
func (w *Workspace) plan(ctx context.Context, args ...string) (planned, error) {
	args = append([]string{"plan", "-input=false", "-no-color", "-out=" + planName}, args...)
	if _, err := w.terraform(ctx, nil, args...); err != nil {
		return planned{}, err
	}
	shown, err := w.terraform(ctx, nil, "show", "-json", planName)
	if err != nil {
		return planned{}, err
	}
	return decodePlanned(shown)
}
