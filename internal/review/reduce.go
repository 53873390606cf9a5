package review

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// What a stored plan has in place of a sensitive value. Two of them,
// so that a change of the value still shows as one.
const (
	sensitiveValue   = "(sensitive value)"
	sensitiveChanged = "(sensitive value, changed)"
)

// Reduce reads the output of `terraform show -json` and leaves out what need
// not be kept: the whole state and configuration, the values of what does not
// change, and each sensitive value.
func Reduce(data []byte) (*Plan, error) {
	p, err := Decode(data)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]ResourceChange{p.ResourceChanges, p.ResourceDrift} {
		for i := range list {
			r := &list[i]
			if r.Action() == None {
				r.Change = Change{Actions: r.Change.Actions}
				continue
			}
			r.Change = masked(r.Change)
		}
	}
	p.ResourceChanges = slices.DeleteFunc(p.ResourceChanges, func(r ResourceChange) bool { return r.Mode == "data" })
	for name, c := range p.OutputChanges {
		p.OutputChanges[name] = masked(c)
	}
	return p, nil
}

func masked(c Change) Change {
	before, after := c.Before, c.After
	c.Before = mask(before, c.BeforeSensitive, nil, sensitiveValue)
	c.After = mask(after, c.AfterSensitive, counterpart{before}, sensitiveChanged)
	// A value that is sensitive on one side only is so on the other: it may
	// be the same.
	c.Before = mask(c.Before, c.AfterSensitive, nil, sensitiveValue)
	c.After = mask(c.After, c.BeforeSensitive, counterpart{before}, sensitiveChanged)
	return c
}

// counterpart is the other side's value, to tell whether a masked one changed.
type counterpart struct{ value any }

func mask(value, marks any, other any, token string) any {
	if value == nil || value == sensitiveValue || value == sensitiveChanged {
		return value
	}
	switch m := marks.(type) {
	case bool:
		if !m {
			return value
		}
		if o, ok := other.(counterpart); ok && reflect.DeepEqual(o.value, value) {
			return sensitiveValue
		}
		return token
	case map[string]any:
		v, ok := value.(map[string]any)
		if !ok {
			return value
		}
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = mask(item, m[key], member(other, key), token)
		}
		return out
	case []any:
		v, ok := value.([]any)
		if !ok {
			return value
		}
		out := make([]any, len(v))
		for i, item := range v {
			var mark any
			if i < len(m) {
				mark = m[i]
			} else if containsTrue(m) {
				// A set or list of another length on the side that carries the
				// marks: which member is meant cannot be told.
				mark = true
			}
			out[i] = mask(item, mark, element(other, i), token)
		}
		return out
	}
	return value
}

func containsTrue(marks any) bool {
	switch m := marks.(type) {
	case bool:
		return m
	case map[string]any:
		for _, v := range m {
			if containsTrue(v) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(m, containsTrue)
	}
	return false
}

func member(other any, key string) any {
	o, ok := other.(counterpart)
	if !ok {
		return nil
	}
	m, _ := o.value.(map[string]any)
	return counterpart{m[key]}
}

func element(other any, i int) any {
	o, ok := other.(counterpart)
	if !ok {
		return nil
	}
	list, _ := o.value.([]any)
	if i >= len(list) {
		return counterpart{}
	}
	return counterpart{list[i]}
}

// Secrets names, by address and attribute, every value in the output of
// `terraform show -json` that is marked as sensitive and known. A plan file
// holds them in plain text, so one with any may not be stored.
//
// The value of an SSM parameter of type String is marked by the provider
// whatever it is; here such parameters hold what is published
// (constructs.Published) and nothing else.
func Secrets(data []byte) ([]string, error) {
	p, err := Decode(data)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	note := func(address, kind string, value, marks any) {
		for _, path := range knownSecrets(value, marks, "") {
			if values, _ := value.(map[string]any); kind == "aws_ssm_parameter" && path == "value" && values["type"] == "String" {
				continue
			}
			found[address+": "+path] = true
		}
	}
	for _, list := range [][]ResourceChange{p.ResourceChanges, p.ResourceDrift} {
		for _, r := range list {
			note(r.Address, r.Type, r.Change.Before, r.Change.BeforeSensitive)
			note(r.Address, r.Type, r.Change.After, r.Change.AfterSensitive)
		}
	}
	for name, c := range p.OutputChanges {
		note("output."+name, "", c.Before, c.BeforeSensitive)
		note("output."+name, "", c.After, c.AfterSensitive)
	}
	var state struct {
		PriorState struct {
			Values struct {
				Outputs map[string]struct {
					Value     any  `json:"value"`
					Sensitive bool `json:"sensitive"`
				} `json:"outputs"`
				RootModule module `json:"root_module"`
			} `json:"values"`
		} `json:"prior_state"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, fmt.Errorf("plan JSON: %w", err)
	}
	for name, o := range state.PriorState.Values.Outputs {
		note("output."+name, "", o.Value, o.Sensitive)
	}
	state.PriorState.Values.RootModule.each(note)
	var out []string
	for name := range found {
		out = append(out, name)
	}
	slices.Sort(out)
	return out, nil
}

// module is a module of a state, as `terraform show -json` writes it.
type module struct {
	Resources []struct {
		Address         string `json:"address"`
		Type            string `json:"type"`
		Values          any    `json:"values"`
		SensitiveValues any    `json:"sensitive_values"`
	} `json:"resources"`
	ChildModules []module `json:"child_modules"`
}

func (m module) each(note func(address, kind string, value, marks any)) {
	for _, r := range m.Resources {
		note(r.Address, r.Type, r.Values, r.SensitiveValues)
	}
	for _, child := range m.ChildModules {
		child.each(note)
	}
}

func knownSecrets(value, marks any, path string) []string {
	switch m := marks.(type) {
	case bool:
		if m && !empty(value) {
			return []string{orAll(path)}
		}
	case map[string]any:
		v, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		var out []string
		for key, mark := range m {
			out = append(out, knownSecrets(v[key], mark, join(path, key))...)
		}
		return out
	case []any:
		v, ok := value.([]any)
		if !ok {
			return nil
		}
		var out []string
		for i, mark := range m {
			if i < len(v) {
				out = append(out, knownSecrets(v[i], mark, fmt.Sprintf("%s[%d]", path, i))...)
			}
		}
		return out
	}
	return nil
}

// empty is a value that tells nothing.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func orAll(path string) string {
	if path == "" {
		return "the whole value"
	}
	return path
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
