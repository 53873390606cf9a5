package adopt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Orphan is an object of a stack that no stack's state has.
type Orphan struct{ Type, Region, ID, Key string }

// Inventory is what is known of all stacks: names alone do not tell which stack
// an object is of, because the shared stack makes parts of each environment.
type Inventory struct {
	// ids are the import ids that the states have, by type.
	ids map[string]map[string]bool
	// claims are the stacks whose configuration names an object, by type and key.
	claims map[[2]string]string
}

// NewInventory knows what the stacks' configurations say, and no state yet.
func NewInventory(stacks []synthesised.Stack) Inventory {
	inventory := Inventory{map[string]map[string]bool{}, map[[2]string]string{}}
	kinds := Kinds()
	for _, s := range stacks {
		for resourceType, named := range s.Resource {
			for _, block := range named {
				// What refers to something else is no name.
				known := map[string]any{}
				for name, value := range block {
					if value, ok := literal(value, nil); ok {
						known[name] = value
					}
				}
				if key, ok := kinds[resourceType].KeyOf(Values{Known: known}); ok {
					inventory.claims[[2]string{resourceType, key}] = s.Name
				}
			}
		}
	}
	return inventory
}

// Add adds what the workspace's state has.
func (i Inventory) Add(ctx context.Context, w *Workspace) error {
	// The raw state, because showing it would start the provider.
	data, err := w.terraform(ctx, "state", "pull")
	if err != nil {
		return err
	}
	state, err := terraform.ParseState(data)
	if err != nil {
		return fmt.Errorf("state of stack %q: %w", w.stack.Name, err)
	}
	for resourceType, ids := range w.idsIn(state.Managed()) {
		if i.ids[resourceType] == nil {
			i.ids[resourceType] = map[string]bool{}
		}
		maps.Copy(i.ids[resourceType], ids)
	}
	return nil
}

// Orphans lists everything of the stack that exists, of all types that it
// uses, and returns what is in no state. The inventory must have the states of all stacks.
func (w *Workspace) Orphans(ctx context.Context, known Inventory) ([]Orphan, error) {
	clear(w.seen)
	var orphans []Orphan
	for resourceType, named := range w.stack.Resource {
		kind, ok := w.kinds[resourceType]
		if !ok {
			return nil, fmt.Errorf("%s: internal/adopt knows nothing of it", resourceType)
		}
		if kind.List == nil {
			continue
		}
		regions := map[string]bool{}
		for _, resource := range named {
			provider, err := w.stack.ProviderOf(resource)
			if err != nil {
				return nil, err
			}
			regions[provider.Region] = true
		}
		for region := range regions {
			objects, err := w.list(ctx, listing{resourceType, region})
			if err != nil {
				return nil, err
			}
			for _, o := range objects {
				if !known.ids[resourceType][o.ID] && w.owns(o, known.claims[[2]string{resourceType, o.Key}]) {
					orphans = append(orphans, Orphan{resourceType, region, o.ID, o.Key})
				}
			}
		}
	}
	slices.SortFunc(orphans, func(a, b Orphan) int {
		return strings.Compare(a.Type+a.Region+a.ID, b.Type+b.Region+b.ID)
	})
	return orphans, nil
}

// owns says whether an object is the stack's: by its tag, or else by the stack
// whose configuration claims it, or else by the environment that its name has; what
// names no environment is the shared stack's.
func (w *Workspace) owns(o Object, claimedBy string) bool {
	if o.Stack != "" {
		return o.Stack == w.stack.Name
	}
	if claimedBy != "" {
		return claimedBy == w.stack.Name
	}
	parts := strings.FieldsFunc(o.Key, func(r rune) bool { return strings.ContainsRune("-/ |", r) })
	for _, e := range w.settings.Environments {
		if slices.Contains(parts, e.Name) {
			return e.Name == w.stack.Name
		}
	}
	return w.stack.Name == config.SharedStack
}
