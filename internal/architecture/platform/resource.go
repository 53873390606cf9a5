package platform

import "strconv"

// Resource is one resource block of a stack.
type Resource struct {
	Stack, Kind, ID string
	// Path is the construct's.
	Path       string
	Attributes map[string]any
}

// Text is an attribute that is a string, or "".
func (r Resource) Text(name string) string { return text(r.Attributes, name) }

// Number is an attribute that is a number or a string of digits, or 0.
func (r Resource) Number(name string) float64 { return number(r.Attributes[name]) }

// Is says whether an attribute is true.
func (r Resource) Is(name string) bool { return r.Attributes[name] == true }

// Blocks are an attribute's nested blocks, one or many.
func (r Resource) Blocks(name string) []map[string]any { return blocks(r.Attributes[name]) }

// Nested are the blocks within blocks that a path leads to.
func Nested(block map[string]any, path ...string) []Resource {
	if len(path) == 0 {
		return []Resource{{Attributes: block}}
	}
	var out []Resource
	for _, inner := range blocks(block[path[0]]) {
		out = append(out, Nested(inner, path[1:]...)...)
	}
	return out
}

// Tag is the value of a tag, or "".
func (r Resource) Tag(name string) string {
	tags, _ := r.Attributes["tags"].(map[string]any)
	return text(tags, name)
}

func text(of map[string]any, name string) string {
	s, _ := of[name].(string)
	return s
}

func number(value any) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case string:
		n, _ := strconv.ParseFloat(v, 64) // 0 for what is no number, as said
		return n
	}
	return 0
}

func blocks(value any) []map[string]any {
	switch v := value.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, inner := range v {
			if block, ok := inner.(map[string]any); ok {
				out = append(out, block)
			}
		}
		return out
	}
	return nil
}

func pathOf(attributes map[string]any) string {
	for _, note := range blocks(attributes["//"]) {
		for _, metadata := range blocks(note["metadata"]) {
			return text(metadata, "path")
		}
	}
	return ""
}
