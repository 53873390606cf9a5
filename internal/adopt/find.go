package adopt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Adoption is one object that exists and a resource that Terraform would create.
type Adoption struct {
	// Address of the resource, Type its type, ID what Terraform imports.
	Address, Type, ID string
	// planned are the values that it was to be created with, values those that
	// it has, once it is imported.
	planned, values Values
}

func byAddress(a, b Adoption) int { return strings.Compare(a.Address, b.Address) }

// ImportBlocks is the Terraform configuration that imports the adoptions.
func ImportBlocks(adoptions []Adoption) map[string]any {
	blocks := []any{}
	for _, a := range adoptions {
		blocks = append(blocks, map[string]any{"to": a.Address, "id": escape(a.ID)})
	}
	return map[string]any{"import": blocks}
}

// Ambiguous is a resource that more than one object answers to, or an object
// that more than one resource wants. A person has to decide.
type Ambiguous struct {
	Address string
	IDs     []string
}

// Found is what was found.
type Found struct {
	// Adoptable are sorted by address.
	Adoptable []Adoption
	Ambiguous []Ambiguous
	// Creates is how many resources are still to be created by a deployment.
	Creates int
}

// Finder looks in AWS for what of a stack exists.
type Finder struct {
	stack    synthesised.Stack
	settings config.Settings
	kinds    map[string]Kind
	// seen is what was listed, by type and region.
	seen map[listing][]Object
}

type listing struct{ resourceType, region string }

// NewFinder makes the finder of a stack.
func NewFinder(stack synthesised.Stack, settings config.Settings) (*Finder, error) {
	main, err := stack.ProviderOf(nil)
	if err != nil {
		return nil, err
	}
	target := config.Target{LocalEndpoint: main.Endpoint()}
	if err := target.Validate(); err != nil {
		return nil, fmt.Errorf("stack %q: %w", stack.Name, err)
	}
	return &Finder{stack: stack, settings: target.For(settings), kinds: Kinds(), seen: map[listing][]Object{}}, nil
}

// maxRounds bounds the plans of Search. What needs something that is not in
// the state is found a round later; the stacks' longest such chain has seven links
// (VPC, subnet, load balancer, listener, VPC origin, distribution, log delivery).
const maxRounds = 12

// Search plans and looks for every resource that would be created. It plans
// again with what it found imported, because the ids of these tell what else
// exists, until it finds no more. It returns the last plan.
func (f *Finder) Search(ctx context.Context, plan func(context.Context, []Adoption) (Plan, error)) (Plan, Found, error) {
	clear(f.seen)
	adopted := map[string]Adoption{}
	for range maxRounds {
		p, err := plan(ctx, slices.SortedFunc(maps.Values(adopted), byAddress))
		if err != nil {
			return Plan{}, Found{}, err
		}
		found, err := f.match(ctx, p)
		if err != nil {
			return Plan{}, Found{}, err
		}
		for _, r := range p.ResourceChanges {
			if a, ok := adopted[r.Address]; ok {
				a.values = valuesOf(r)
				adopted[r.Address] = a
			}
		}
		if len(found.Adoptable) == 0 {
			found.Adoptable = slices.SortedFunc(maps.Values(adopted), byAddress)
			return p, found, nil
		}
		for _, a := range found.Adoptable {
			adopted[a.Address] = a
		}
	}
	return Plan{}, Found{}, fmt.Errorf("stack %q: still finding more after %d rounds", f.stack.Name, maxRounds)
}

// match looks for the resources that a plan would create.
func (f *Finder) match(ctx context.Context, p Plan) (Found, error) {
	var found Found
	inState := f.idsIn(p.prior.managed())
	wanted := map[listing]map[string][]review.ResourceChange{}
	for _, r := range p.Of(review.Create) {
		found.Creates++
		kind, ok := f.kinds[r.Type]
		if !ok {
			return found, fmt.Errorf("%s: internal/adopt knows nothing of its type", r.Address)
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
		provider, err := f.stack.ProviderOf(f.stack.Resource[r.Type][nameOf(r)])
		if err != nil {
			return found, fmt.Errorf("%s: %w", r.Address, err)
		}
		place := listing{r.Type, provider.Region}
		objects, err := f.list(ctx, place)
		if err != nil {
			return found, err
		}
		ids := answering(objects, key, f.stack.Name, inState[r.Type])
		switch {
		case len(ids) > 1:
			found.Ambiguous = append(found.Ambiguous, Ambiguous{r.Address, ids})
		case len(ids) == 1:
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
func answering(objects []Object, key, stack string, inState map[string]bool) []string {
	var ids []string
	for _, o := range objects {
		if o.Key == key && (o.Stack == "" || o.Stack == stack) && !inState[o.ID] {
			ids = append(ids, o.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// idsIn are the import ids of what is in a state, by type.
func (f *Finder) idsIn(state map[string][]map[string]any) map[string]map[string]bool {
	ids := map[string]map[string]bool{}
	for resourceType, resources := range state {
		ids[resourceType] = map[string]bool{}
		for _, attributes := range resources {
			ids[resourceType][f.kinds[resourceType].IDOf(Values{Known: attributes})] = true
		}
	}
	return ids
}

// list lists what exists of a type, once.
func (f *Finder) list(ctx context.Context, of listing) ([]Object, error) {
	if found, ok := f.seen[of]; ok {
		return found, nil
	}
	client, err := f.connect(ctx, of.region)
	if err != nil {
		return nil, err
	}
	found, err := f.kinds[of.resourceType].List(ctx, AWS{Client: client, Settings: f.settings, Stack: f.stack.Name})
	if err != nil {
		return nil, fmt.Errorf("list %s in %s: %w", of.resourceType, of.region, err)
	}
	f.seen[of] = found
	return found, nil
}

// connect reaches AWS, or the emulator, as the stack's providers do.
func (f *Finder) connect(ctx context.Context, region string) (awsapi.Client, error) {
	return awsapi.Connect(ctx, region, f.stack.Providers[0].Endpoint())
}

// Store is where the stack's state is; nil for one in a file.
func (f *Finder) Store(ctx context.Context) (*terraform.Store, error) {
	if f.stack.Backend.S3 == nil {
		return nil, nil
	}
	return terraform.NewStore(ctx, f.stack)
}
