package platform

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/synthesised"
)

// Shared is the stack that all others stand on.
const Shared = "shared"

// Stacks are all stacks of the platform.
type Stacks struct {
	byName map[string]synthesised.Stack
	// environments are the names of the other stacks, in the order in which
	// they are shown.
	environments []string
}

// Read reads the folder that cdktf wrote. The environments named come first, in
// that order.
func Read(folder string, order []string) (*Stacks, error) {
	list, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	s := &Stacks{byName: map[string]synthesised.Stack{}}
	for _, stack := range list {
		s.byName[stack.Name] = stack
	}
	if _, there := s.byName[Shared]; !there {
		return nil, fmt.Errorf("%s: there is no stack %q", folder, Shared)
	}
	for _, name := range slices.Concat(order, slices.Sorted(maps.Keys(s.byName))) {
		if _, there := s.byName[name]; there && name != Shared && !slices.Contains(s.environments, name) {
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
func (s *Stacks) Count(stack string) int { return s.byName[stack].Resources() }

// Kinds are the types of the resources of all stacks.
func (s *Stacks) Kinds() []string {
	kinds := map[string]bool{}
	for _, stack := range s.byName {
		for kind := range stack.Resource {
			kinds[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Of are the resources of a type in one stack, by their construct's path.
func (s *Stacks) Of(stack, kind string) []Resource {
	var out []Resource
	for id, attributes := range s.byName[stack].Resource[kind] {
		out = append(out, Resource{Stack: stack, Kind: kind, ID: id, Attributes: attributes, Path: pathOf(attributes)})
	}
	slices.SortFunc(out, func(a, b Resource) int { return strings.Compare(a.Path+a.ID, b.Path+b.ID) })
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
	if parts := strings.Split(r.Path, "/"); len(parts) > 2 && slices.Contains(s.environments, parts[2]) {
		return parts[2]
	}
	return Shared
}

// reference is how an expression in Terraform's JSON names another resource's
// attribute. What looks like it and names no resource of the stack is none.
var reference = regexp.MustCompile(`\b(aws_[a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z_]+)`)

// crossing is how a stack names an output of the shared stack.
var crossing = regexp.MustCompile(`\$\{data\.terraform_remote_state\.` + Shared + `\.outputs\.([a-z0-9_]+)\}`)

// Reference is a resource that a value names, and the attribute of it.
type Reference struct {
	Resource
	Attribute string
}

// References are the resources that a value of a stack names, through the
// outputs of the shared stack too, each once.
func (s *Stacks) References(stack string, value any) []Reference {
	var out []Reference
	switch v := value.(type) {
	case string:
		for _, m := range crossing.FindAllStringSubmatch(v, -1) {
			out = append(out, s.References(Shared, s.byName[Shared].Output[m[1]]["value"])...)
		}
		for _, m := range reference.FindAllStringSubmatch(v, -1) {
			if attributes, there := s.byName[stack].Resource[m[1]][m[2]]; there {
				r := Resource{Stack: stack, Kind: m[1], ID: m[2], Attributes: attributes, Path: pathOf(attributes)}
				out = append(out, Reference{r, m[3]})
			}
		}
	case []any:
		for _, inner := range v {
			out = append(out, s.References(stack, inner)...)
		}
	}
	var once []Reference
	for _, r := range out {
		if !slices.ContainsFunc(once, func(o Reference) bool { return o.ID == r.ID && o.Attribute == r.Attribute }) {
			once = append(once, r)
		}
	}
	return once
}

// Refers says whether a value of a stack names the resource.
func (s *Stacks) Refers(stack string, value any, to Resource) bool {
	return slices.ContainsFunc(s.References(stack, value), func(r Reference) bool {
		return r.Kind == to.Kind && r.ID == to.ID && r.Stack == to.Stack
	})
}
