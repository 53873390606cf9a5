package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Difference is one value, deep inside a resource, that is not as it was.
type Difference struct {
	// Path such as "tags.Name", or "policy.Statement[ReadState].Action" in a
	// document that an attribute holds as text.
	Path string
	// Before and After as JSON; "" where there is nothing, unknown for what
	// only AWS will tell.
	Before, After string
	// Replaces says that this is what forces a replacement.
	Replaces bool
}

const unknown = "(known after apply)"

// Differences of a change that Reduce gave, sorted by path.
func Differences(c Change) []Difference {
	d := differ{replace: c.ReplacePaths}
	d.walk("", c.Before, c.After, c.AfterUnknown)
	slices.SortStableFunc(d.out, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return d.out
}

// Attributes are the top-level attributes among the differences, each once.
func Attributes(differences []Difference) []string {
	var out []string
	for _, d := range differences {
		if a := topLevel(d.Path); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func topLevel(path string) string {
	if end := strings.IndexAny(path, ".["); end > 0 {
		return path[:end]
	}
	return path
}

type differ struct {
	replace [][]any
	out     []Difference
}

func (d *differ) add(path, before, after string) {
	replaces := slices.ContainsFunc(d.replace, func(p []any) bool {
		if len(p) == 0 {
			return false
		}
		name, _ := p[0].(string)
		return name == topLevel(path)
	})
	d.out = append(d.out, Difference{Path: path, Before: before, After: after, Replaces: replaces})
}

func (d *differ) walk(path string, before, after, marks any) {
	if marks == true {
		d.add(path, text(before), unknown)
		return
	}
	if !containsTrue(marks) && reflect.DeepEqual(before, after) {
		return
	}
	before, after = document(before), document(after)
	before, after = alike(before, after)
	switch {
	case isMap(before, after):
		b, _ := before.(map[string]any)
		a, _ := after.(map[string]any)
		m, _ := marks.(map[string]any)
		for _, key := range keys(b, a, m) {
			d.walk(join(path, key), b[key], a[key], m[key])
		}
	case isList(before, after) && marks != nil && containsTrue(marks):
		b, _ := before.([]any)
		a, _ := after.([]any)
		m, _ := marks.([]any)
		for i := range max(len(b), len(a), len(m)) {
			d.walk(fmt.Sprintf("%s[%d]", path, i), at(b, i), at(a, i), at(m, i))
		}
	case isList(before, after):
		b, _ := before.([]any)
		a, _ := after.([]any)
		d.list(path, b, a)
	case text(before) != text(after):
		d.add(path, text(before), text(after))
	}
}

// alike makes a list of a single text where the other side has a
// list, as in IAM documents.
func alike(before, after any) (any, any) {
	_, beforeList := before.([]any)
	_, afterList := after.([]any)
	if one, ok := before.(string); ok && afterList {
		return []any{one}, after
	}
	if one, ok := after.(string); ok && beforeList {
		return before, []any{one}
	}
	return before, after
}

// list compares lists: of objects with names by these, of plain values as
// sets, of other objects by place.
func (d *differ) list(path string, before, after []any) {
	bNames, bNamed := named(before)
	aNames, aNamed := named(after)
	if bNamed && aNamed {
		for _, key := range keys(bNames, aNames) {
			d.walk(path+"["+key+"]", bNames[key], aNames[key], nil)
		}
		return
	}
	if !plain(before) || !plain(after) {
		for i := range max(len(before), len(after)) {
			d.walk(fmt.Sprintf("%s[%d]", path, i), at(before, i), at(after, i), nil)
		}
		return
	}
	gone, come := without(before, after), without(after, before)
	if len(gone) == 0 && len(come) == 0 {
		d.add(path, text(before), text(after)+" (another order)")
		return
	}
	for _, value := range gone {
		d.add(path, value, "")
	}
	for _, value := range come {
		d.add(path, "", value)
	}
}

// named gives objects by what their documents call them: an IAM statement's
// Sid with its effect, a container's name, an environment variable's name.
func named(list []any) (map[string]any, bool) {
	out := map[string]any{}
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		name, ok := m["name"].(string)
		if sid, is := m["Sid"].(string); is {
			name, ok = fmt.Sprintf("%s, %v", sid, m["Effect"]), true
		}
		if !ok || out[name] != nil {
			return nil, false
		}
		out[name] = m
		// An environment variable is one line, not its name and its value.
		for _, only := range []string{"value", "valueFrom"} {
			if value, has := m[only]; has && len(m) == 2 && value != nil {
				out[name] = value
			}
		}
	}
	return out, true
}

// document decodes a text that is a JSON object or list, such as a policy.
func document(value any) any {
	s, ok := value.(string)
	if !ok || len(s) < 2 || s[0] != '{' && s[0] != '[' {
		return value
	}
	var decoded any
	if json.Unmarshal([]byte(s), &decoded) != nil {
		return value
	}
	return decoded
}

// text is a value as JSON; "" for none.
func text(value any) string {
	if value == nil {
		return ""
	}
	if value == sensitiveValue || value == sensitiveChanged {
		return value.(string)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprintf("%v", value)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func isMap(values ...any) bool {
	found := false
	for _, v := range values {
		_, ok := v.(map[string]any)
		if !ok && v != nil {
			return false
		}
		found = found || ok
	}
	return found
}

func isList(values ...any) bool {
	found := false
	for _, v := range values {
		_, ok := v.([]any)
		if !ok && v != nil {
			return false
		}
		found = found || ok
	}
	return found
}

func plain(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool {
		switch v.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
}

func without(list, other []any) []string {
	left := map[string]int{}
	for _, v := range other {
		left[text(v)]++
	}
	var out []string
	for _, v := range list {
		if left[text(v)] > 0 {
			left[text(v)]--
			continue
		}
		out = append(out, text(v))
	}
	return out
}

func at(list []any, i int) any {
	if i >= len(list) {
		return nil
	}
	return list[i]
}

func keys(maps ...map[string]any) []string {
	var out []string
	for _, m := range maps {
		for key := range m {
			if !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out
}
