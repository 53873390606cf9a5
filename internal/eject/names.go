package eject

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/synthesised"
)

// Renamed is a copy of a stack in which each resource has a short name, made of
// its construct's path as a person would, and a moved block from the address
// that it had, so that Terraform takes its state along.
func Renamed(stack synthesised.Stack) (synthesised.Stack, error) {
	all := items(stack)
	names := map[string]string{}
	taken := map[string][]string{}
	for _, short := range []func(synthesised.Resource) string{shortName, longName} {
		taken = map[string][]string{}
		for _, r := range all {
			if names[r.Address()] == "" {
				names[r.Address()] = short(r)
			}
			address := r.Type + "." + names[r.Address()]
			taken[address] = append(taken[address], r.Address())
		}
		for _, same := range taken {
			if len(same) > 1 {
				for _, address := range same {
					names[address] = ""
				}
			}
		}
	}
	var errs []error
	for _, address := range slices.Sorted(maps.Keys(taken)) {
		if same := taken[address]; len(same) > 1 {
			errs = append(errs, fmt.Errorf("stack %q: %q would all be %s", stack.Name, same, address))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return synthesised.Stack{}, err
	}
	content := maps.Clone(stack.Content)
	moves, _ := content["moved"].([]any)
	moves = slices.Clone(moves)
	for _, kind := range []string{"resource", "data"} {
		types, _ := content[kind].(map[string]any)
		out := map[string]any{}
		for _, of := range slices.Sorted(maps.Keys(types)) {
			named, _ := types[of].(map[string]any)
			renamed := map[string]any{}
			for _, name := range slices.Sorted(maps.Keys(named)) {
				address := of + "." + name
				if kind == "data" {
					address = "data." + address
				}
				renamed[names[address]] = readdressed(named[name], names)
				if kind == "resource" && names[address] != name {
					moves = append(moves, map[string]any{"from": address, "to": of + "." + names[address]})
				}
			}
			out[of] = renamed
		}
		if len(out) > 0 {
			content[kind] = out
		}
	}
	content["output"] = readdressed(content["output"], names)
	if len(moves) > 0 {
		content["moved"] = moves
	}
	renamed, err := synthesised.Load(stack.Name, content)
	renamed.File, renamed.Dir, renamed.Dependencies = stack.File, stack.Dir, stack.Dependencies
	return renamed, err
}

var addresses = regexp.MustCompile(`\b(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+`)

// readdressed is a value with the addresses that it holds as they are now.
func readdressed(value any, names map[string]string) any {
	switch v := value.(type) {
	case string:
		return addresses.ReplaceAllStringFunc(v, func(address string) string {
			if name, ok := names[address]; ok {
				return address[:strings.LastIndex(address, ".")+1] + name
			}
			return address
		})
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = readdressed(inner, names)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			if key == "//" { // the path is no address
				out[key] = inner
				continue
			}
			out[key] = readdressed(inner, names)
		}
		return out
	}
	return value
}

// longName is a construct's path without the stack and its composition:
// "web_task_security_group".
func longName(r synthesised.Resource) string {
	parts := within(r)
	if parts == nil {
		return r.Name
	}
	return strings.ReplaceAll(strings.Join(parts, "_"), "-", "_")
}

// shortName is longName without what the resource's type says already: the
// security group of web-task is aws_security_group.web_task.
func shortName(r synthesised.Resource) string {
	parts := within(r)
	if parts == nil {
		return r.Name
	}
	for i := 1; i < len(parts); i++ {
		// A construct within another one may repeat its name.
		if _, after, ok := strings.Cut(parts[i], parts[i-1]+"-"); ok {
			parts[i] = after
		}
	}
	last := strings.ReplaceAll(parts[len(parts)-1], "-", "_")
	if len(parts) > 1 && strings.Contains(r.Type+"_", "_"+last+"_") {
		parts = parts[:len(parts)-1]
	}
	return strings.ReplaceAll(strings.Join(parts, "_"), "-", "_")
}

// within is the path of a resource's construct within its stack's composition;
// nil for one that has none.
func within(r synthesised.Resource) []string {
	parts := strings.Split(r.Path(), "/")
	if len(parts) < 3 {
		return nil
	}
	return parts[2:]
}
