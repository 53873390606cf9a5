package synthesised

import (
	"slices"
	"strconv"
	"strings"
)

// Resource is one resource block of a stack.
type Resource struct {
	Stack, Type, Name string
	// Attributes can be changed; the change is in the stack.
	Attributes map[string]any
}

// Address is how Terraform calls the resource.
func (r Resource) Address() string { return r.Type + "." + r.Name }

// Path is the path of the construct that made the resource, or "".
func (r Resource) Path() string {
	if path, ok := r.Attributes["//"].(string); ok {
		return path // as __snapshots__ have it
	}
	for _, note := range r.Nested("//", "metadata") {
		return note.Text("path")
	}
	return ""
}

// Text is an attribute that is a string, or "".
func (r Resource) Text(name string) string { return text(r.Attributes, name) }

// Number is an attribute that is a number or a string of digits, or 0.
func (r Resource) Number(name string) float64 {
	switch v := r.Attributes[name].(type) {
	case float64:
		return v
	case string:
		n, _ := strconv.ParseFloat(v, 64) // 0 for what is no number, as said
		return n
	}
	return 0
}

// Is says whether an attribute is true.
func (r Resource) Is(name string) bool { return r.Attributes[name] == true }

// Tag is the value of a tag, or "".
func (r Resource) Tag(name string) string {
	tags, _ := r.Attributes["tags"].(map[string]any)
	return text(tags, name)
}

// Nested are the blocks within blocks that a path of attributes leads to, each
// of which may be there once or many times. They have attributes only.
func (r Resource) Nested(path ...string) []Resource {
	if len(path) == 0 {
		return []Resource{r}
	}
	var out []Resource
	add := func(value any) {
		if block, ok := value.(map[string]any); ok {
			out = append(out, Resource{Attributes: block}.Nested(path[1:]...)...)
		}
	}
	if list, ok := r.Attributes[path[0]].([]any); ok {
		for _, inner := range list {
			add(inner)
		}
	} else {
		add(r.Attributes[path[0]])
	}
	return out
}

func text(of map[string]any, name string) string {
	s, _ := of[name].(string)
	return s
}

// Resources are the blocks of the types given, or all, by type and name.
func (s Stack) Resources(types ...string) []Resource {
	var out []Resource
	for kind, named := range s.Resource {
		if len(types) > 0 && !slices.Contains(types, kind) {
			continue
		}
		for name, attributes := range named {
			out = append(out, Resource{s.Name, kind, name, attributes})
		}
	}
	slices.SortFunc(out, func(a, b Resource) int {
		return slices.Compare([]string{a.Type, a.Name}, []string{b.Type, b.Name})
	})
	return out
}

// Find is the resource of an address such as "aws_vpc.main".
func (s Stack) Find(address string) (r Resource, ok bool) {
	kind, name, _ := strings.Cut(address, ".")
	attributes, ok := s.Resource[kind][name]
	return Resource{s.Name, kind, name, attributes}, ok
}

// Resources are the blocks of the types given, or all, of every stack.
func (all Stacks) Resources(types ...string) []Resource {
	var out []Resource
	for _, s := range all {
		out = append(out, s.Resources(types...)...)
	}
	return out
}
