package compliance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Facts are what the rules know of the platform besides its resources.
type Facts struct {
	// AccountID is the only AWS account that policies may speak of.
	AccountID string
	// Environments by name. What belongs to none is shared, and protected.
	Environments map[string]Environment
	// Account says which parts of its baseline the organisation has.
	Account config.Account
	// Local says that the stacks are for an emulator on this machine.
	Local bool
	// On is the day on which no exception may have expired. The zero day, for a
	// synth, asks for none: what is deployed must not stop by itself.
	On time.Time
}

// Environment is what the rules know of an environment.
type Environment struct {
	// Protected environments hold what users gave.
	Protected bool
	// Disposable environments are without real user data; a plan may destroy
	// them.
	Disposable bool
}

// Platform is every stack as Terraform will read it.
type Platform struct {
	Facts
	Stacks []Stack

	// Made by index, for one evaluation.
	byAddress map[address]*Resource
	byType    map[string][]*Resource
	// parts are the resources of a kind by what one of their attributes refers
	// to.
	parts map[relation]map[*Resource][]*Resource
	// names are the resources of a stack by what they are called.
	names map[string]map[string][]*Resource
	// The managed policies that a role has, and the names at the end of the
	// ARNs of such.
	attached      map[*Resource]bool
	attachedNames map[string]bool
	// What each expression refers to, as written; it outlives an evaluation.
	parsed map[string][]synthesised.Reference
	// Policy documents, as written.
	documents map[string][]statement
}

type address struct{ stack, kind, name string }

// relation is from an attribute of one type to resources of another.
type relation struct{ kind, attribute, to string }

func (p *Platform) index() {
	if p.parsed == nil {
		p.parsed, p.documents = map[string][]synthesised.Reference{}, map[string][]statement{}
	}
	p.byAddress, p.byType = map[address]*Resource{}, map[string][]*Resource{}
	p.parts = map[relation]map[*Resource][]*Resource{}
	p.attached, p.attachedNames, p.names = nil, nil, nil
	for _, s := range p.Stacks {
		for _, r := range s.Resources {
			p.byAddress[address{s.Name, r.Type, r.Name}] = r
			p.byType[r.Type] = append(p.byType[r.Type], r)
		}
	}
}

// Stack is one stack.
type Stack struct {
	Name      string
	Resources []*Resource
}

// Resource is a resource, or another block that rules look at: a data source
// has the type "data.…", a provider "provider.…", the backend "backend.…", an
// output "output", any other block of Terraform its own name.
type Resource struct {
	Stack, Type, Name string
	// Path is the construct's path.
	Path       string
	Attributes map[string]any
	Exceptions []Exception
}

// Address is how Terraform calls the resource.
func (r *Resource) Address() string { return r.Type + "." + r.Name }

// Read reads every stack of cdktf's output folder.
func Read(folder string) ([]Stack, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, fmt.Errorf("compliance: %w", err)
	}
	var stacks []Stack
	for _, s := range all {
		stacks = append(stacks, Load(s.Name, s.Content))
	}
	return stacks, nil
}

// Load takes in a stack's Terraform JSON as encoding/json decodes it.
func Load(name string, content map[string]any) Stack {
	s := Stack{Name: name}
	for _, block := range slices.Sorted(maps.Keys(content)) {
		body := content[block]
		switch block {
		case "//":
		case "resource":
			s.addTyped(body, "")
		case "data":
			s.addTyped(body, "data.")
		case "provider":
			for _, provider := range slices.Sorted(maps.Keys(object(body))) {
				for i, block := range list(object(body)[provider]) {
					alias := text(object(block)["alias"])
					if alias == "" && i > 0 {
						alias = "unnamed"
					}
					s.add("provider."+provider, alias, object(block))
				}
			}
		case "terraform":
			for _, kind := range slices.Sorted(maps.Keys(object(object(body)["backend"]))) {
				s.add("backend."+kind, "", object(object(object(body)["backend"])[kind]))
			}
		case "output":
			for _, output := range slices.Sorted(maps.Keys(object(body))) {
				s.add("output", output, object(object(body)[output]))
			}
		case "removed":
			for _, removed := range list(body) {
				s.add("removed", text(object(removed)["from"]), object(removed))
			}
		default:
			s.add(block, "", object(body))
		}
	}
	return s
}

func (s *Stack) addTyped(body any, prefix string) {
	for _, kind := range slices.Sorted(maps.Keys(object(body))) {
		ofKind := object(object(body)[kind])
		for _, name := range slices.Sorted(maps.Keys(ofKind)) {
			s.add(prefix+kind, name, object(ofKind[name]))
		}
	}
}

func (s *Stack) add(kind, name string, attributes map[string]any) {
	r := &Resource{Stack: s.Name, Type: kind, Name: name, Attributes: attributes}
	r.Path = text(at(attributes, "//", "metadata", "path"))
	if r.Path == "" {
		r.Path = strings.TrimSuffix(s.Name+"/"+kind+"."+name, ".")
	}
	r.Exceptions = exceptionsOf(attributes)
	s.Resources = append(s.Resources, r)
}

// environmentOf is the name of the environment that a resource belongs to: its
// stack, or in the shared stack the part of the path that names one. "" is
// shared.
func (p *Platform) environmentOf(r *Resource) string {
	if _, ok := p.Environments[r.Stack]; ok {
		return r.Stack
	}
	for part := range strings.SplitSeq(r.Path, "/") {
		if _, ok := p.Environments[part]; ok {
			return part
		}
	}
	if r.Type == "output" {
		for name := range p.Environments {
			if strings.HasPrefix(r.Name, config.CrossingPrefix+name+"_") {
				return name
			}
		}
	}
	return ""
}

func (p *Platform) isProtected(r *Resource) bool {
	env, ok := p.Environments[p.environmentOf(r)]
	return !ok || env.Protected
}

func (p *Platform) isDisposable(r *Resource) bool {
	return p.Environments[p.environmentOf(r)].Disposable
}

// all are the resources of a type in every stack.
func (p *Platform) all(kind string) []*Resource { return p.byType[kind] }

// targets are the resources that the expressions in a value refer to, through
// the outputs of another stack if they cross.
func (p *Platform) targets(from *Resource, value any) []*Resource {
	var out []*Resource
	for _, expression := range synthesised.Expressions(value) {
		for _, reference := range p.parse(expression) {
			if stack, name, ok := reference.Output(); ok {
				if output := p.byAddress[address{stack, "output", name}]; output != nil {
					out = append(out, p.targets(output, output.Attributes["value"])...)
				}
				continue
			}
			if r := p.byAddress[address{from.Stack, reference.Type, reference.Name}]; r != nil {
				out = append(out, r)
			}
		}
	}
	return out
}

func (p *Platform) parse(expression string) []synthesised.Reference {
	found, done := p.parsed[expression]
	if !done {
		found = synthesised.References(expression)
		p.parsed[expression] = found
	}
	return found
}

// target is the one resource of a type that a value refers to; nil for none.
func (p *Platform) target(from *Resource, value any, kind string) *Resource {
	for _, r := range p.targets(from, value) {
		if r.Type == kind {
			return r
		}
	}
	return nil
}

// partsOf are the resources of a type, in the same stack, whose attribute
// refers to r.
func (p *Platform) partsOf(r *Resource, kind, attribute string) []*Resource {
	by := relation{kind, attribute, r.Type}
	parts, known := p.parts[by]
	if !known {
		parts = map[*Resource][]*Resource{}
		for _, part := range p.all(kind) {
			if whole := p.target(part, part.Attributes[attribute], r.Type); whole != nil && whole.Stack == part.Stack {
				parts[whole] = append(parts[whole], part)
			}
		}
		p.parts[by] = parts
	}
	return slices.Clone(parts[r])
}

// networkOf is the address range of the VPC of a resource's environment.
func (p *Platform) networkOf(r *Resource) (netip.Prefix, bool) {
	for _, vpc := range p.all("aws_vpc") {
		if p.environmentOf(vpc) != p.environmentOf(r) {
			continue
		}
		prefix, err := netip.ParsePrefix(text(vpc.Attributes["cidr_block"]))
		return prefix, err == nil
	}
	return netip.Prefix{}, false
}

// at follows keys into decoded JSON, stepping into the first element of a list
// on the way: Terraform takes a block both as an object and as a list.
func at(value any, keys ...string) any {
	for _, key := range keys {
		if l, ok := value.([]any); ok {
			if len(l) == 0 {
				return nil
			}
			value = l[0]
		}
		value = object(value)[key]
	}
	return value
}

func object(value any) map[string]any {
	if l, ok := value.([]any); ok && len(l) == 1 {
		value = l[0]
	}
	m, _ := value.(map[string]any)
	return m
}

// list is the list itself, or a list of the one value given in its place.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func texts(value any) []string {
	var out []string
	for _, v := range list(value) {
		out = append(out, text(v))
	}
	return out
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

func number(value any) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case json.Number:
		f, _ := v.Float64()
		return f
	case int:
		return float64(v)
	}
	return 0
}

// isTrue accepts what Terraform takes for true.
func isTrue(value any) bool { return value == true || value == "true" }
