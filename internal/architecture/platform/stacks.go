package platform

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/synthesised"
)

// Shared is the stack that all others need.
const Shared = "shared"

// Resource is one resource block of a stack.
type Resource = synthesised.Resource

// Stacks are all stacks of the platform.
type Stacks struct {
	all synthesised.Stacks
	// environments are the names of the other stacks, in the order in which
	// they are shown.
	environments []string
}

// Read reads the folder that cdktf wrote. The environments named come first, in
// that order.
func Read(folder string, order []string) (*Stacks, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	s, err := of(all, order)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return s, nil
}

// Parse reads stacks by their names, each as JSON: what cdktf wrote, or a
// snapshot of it.
func Parse(stacks map[string][]byte, order []string) (*Stacks, error) {
	var all synthesised.Stacks
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		var content map[string]any
		if err := json.Unmarshal(stacks[name], &content); err != nil {
			return nil, fmt.Errorf("stack %q: %w", name, err)
		}
		stack, err := synthesised.Load(name, content)
		if err != nil {
			return nil, err
		}
		all = append(all, stack)
	}
	return of(all, order)
}

func of(all synthesised.Stacks, order []string) (*Stacks, error) {
	s := &Stacks{all: all}
	if _, ok := all.Get(Shared); !ok {
		return nil, fmt.Errorf("there is no stack %q", Shared)
	}
	for _, name := range slices.Concat(order, slices.Sorted(slices.Values(all.Names()))) {
		if _, ok := all.Get(name); ok && name != Shared && !slices.Contains(s.environments, name) {
			s.environments = append(s.environments, name)
		}
	}
	return s, nil
}

// Environments are the names of the environments' stacks.
func (s *Stacks) Environments() []string { return s.environments }

// Names of all stacks, the shared one first.
func (s *Stacks) Names() []string { return append([]string{Shared}, s.environments...) }

// Count is how many resources a stack has.
func (s *Stacks) Count(stack string) int { return len(s.get(stack).Resources()) }

func (s *Stacks) get(name string) synthesised.Stack {
	stack, _ := s.all.Get(name) // without resources if there is none
	return stack
}

// Kinds are the types of the resources of all stacks.
func (s *Stacks) Kinds() []string {
	kinds := map[string]bool{}
	for _, stack := range s.all {
		for kind := range stack.Resource {
			kinds[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Of are the resources of a type in one stack, by their construct's path.
func (s *Stacks) Of(stack, kind string) []Resource {
	out := s.get(stack).Resources(kind)
	slices.SortFunc(out, func(a, b Resource) int { return strings.Compare(a.Path()+a.Name, b.Path()+b.Name) })
	return out
}

// In are the resources of a type that belong to an environment: those of its
// stack, and those that the shared stack makes for it.
func (s *Stacks) In(env, kind string) []Resource {
	var out []Resource
	for _, r := range s.Of(Shared, kind) {
		if s.Owner(r) == env {
			out = append(out, r)
		}
	}
	return append(out, s.Of(env, kind)...)
}

// Owner is the environment that a resource serves, or Shared when it serves
// all: its construct's path in the shared stack says so.
func (s *Stacks) Owner(r Resource) string {
	if r.Stack != Shared {
		return r.Stack
	}
	if parts := strings.Split(r.Path(), "/"); len(parts) > 2 && slices.Contains(s.environments, parts[2]) {
		return parts[2]
	}
	return Shared
}

// References are the resources that a value of a stack names, through the
// outputs of the shared stack too, each attribute once.
func (s *Stacks) References(stack string, value any) []synthesised.Target {
	return s.all.Targets(stack, value)
}

// Refers says whether a value of a stack names the resource.
func (s *Stacks) Refers(stack string, value any, to Resource) bool {
	return slices.ContainsFunc(s.References(stack, value), func(r synthesised.Target) bool {
		return r.Address() == to.Address() && r.Stack == to.Stack
	})
}
