package synthesised

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Reference is what one expression of Terraform names.
type Reference struct {
	// Type is "data.…" for a data source.
	Type, Name string
	// Attribute is what follows, such as "arn" or "master_user_secret[0].secret_arn"; "" for nothing.
	Attribute string
}

// Output is the output of another stack that the reference reads.
func (r Reference) Output() (stack, output string, ok bool) {
	output, ok = strings.CutPrefix(r.Attribute, "outputs.")
	return r.Name, output, ok && r.Type == "data.terraform_remote_state"
}

// A construct id may hold hyphens, a name no dots.
const pattern = `((?:data\.)?[a-z][a-z0-9_]*)\.([A-Za-z0-9_-]+)((?:\.[A-Za-z0-9_-]+|\[\d+\])*)`

var (
	within = regexp.MustCompile(`\b` + pattern)
	whole  = regexp.MustCompile(`^` + pattern + `$`)
)

// ParseReference reads an expression that is a reference and nothing else, such as
// "aws_vpc.main.id".
func ParseReference(expression string) (r Reference, ok bool) {
	m := whole.FindStringSubmatch(expression)
	if m == nil {
		return Reference{}, false
	}
	return reference(m), true
}

func reference(m []string) Reference { return Reference{m[1], m[2], strings.TrimPrefix(m[3], ".")} }

// References are what the strings in a value refer to, in the order of the
// value, each as often as it is there. Some may look like references and name
// nothing: text between the expressions is read too.
func References(value any) []Reference {
	var out []Reference
	for _, text := range Expressions(value) {
		for _, m := range within.FindAllStringSubmatch(text, -1) {
			out = append(out, reference(m))
		}
	}
	return out
}

// Expressions are the strings in a value that hold ${…}, in the order of the
// value; of an object in that of its keys, without the metadata under "//".
func Expressions(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "${") {
			out = append(out, v)
		}
	case []any:
		for _, inner := range v {
			out = append(out, Expressions(inner)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != "//" {
				out = append(out, Expressions(v[key])...)
			}
		}
	}
	return out
}

// Target is a resource that a value refers to, and the attribute of it.
type Target struct {
	Resource
	Attribute string
}

// Targets are the resources that a value of a stack refers to, through the
// outputs of other stacks too, each attribute once.
func (all Stacks) Targets(stack string, value any) []Target {
	s, _ := all.Get(stack)
	var out []Target
	add := func(t Target) {
		if !slices.ContainsFunc(out, func(o Target) bool {
			return o.Stack == t.Stack && o.Address() == t.Address() && o.Attribute == t.Attribute
		}) {
			out = append(out, t)
		}
	}
	for _, r := range References(value) {
		if other, output, ok := r.Output(); ok {
			from, _ := all.Get(other)
			for _, t := range all.Targets(other, from.Output[output]["value"]) {
				add(t)
			}
		} else if resource, ok := s.Find(r.Type + "." + r.Name); ok {
			add(Target{resource, r.Attribute})
		}
	}
	return out
}
