// Package synthesised reads the stacks that the app wrote, as Terraform reads
// them.
package synthesised

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stack is one synthesised stack.
type Stack struct {
	// Name of the stack, File its JSON, and Dir where Terraform runs.
	Name, File, Dir string
	// Dependencies are the stacks that must be deployed before.
	Dependencies []string
	// Resource and Data are by type and then by name.
	Resource, Data map[string]map[string]map[string]any
	Output         map[string]map[string]any
}

// Resources counts the stack's resources.
func (s Stack) Resources() int {
	n := 0
	for _, ofType := range s.Resource {
		n += len(ofType)
	}
	return n
}

type manifest struct {
	Stacks map[string]struct {
		Name                 string   `json:"name"`
		SynthesizedStackPath string   `json:"synthesizedStackPath"`
		WorkingDirectory     string   `json:"workingDirectory"`
		Dependencies         []string `json:"dependencies"`
	} `json:"stacks"`
}

// Read reads every stack of cdktf's output folder, each after those that it
// depends on and otherwise by name.
func Read(folder string) ([]Stack, error) {
	var m manifest
	if err := readJSON(filepath.Join(folder, "manifest.json"), &m); err != nil {
		return nil, fmt.Errorf("%s: run `make synth` first: %w", folder, err)
	}
	var stacks []Stack
	for _, entry := range m.Stacks {
		s := Stack{
			Name:         entry.Name,
			File:         filepath.Join(folder, entry.SynthesizedStackPath),
			Dir:          filepath.Join(folder, entry.WorkingDirectory),
			Dependencies: entry.Dependencies,
		}
		var content struct {
			Resource, Data map[string]map[string]map[string]any
			Output         map[string]map[string]any
		}
		if err := readJSON(s.File, &content); err != nil {
			return nil, fmt.Errorf("stack %q: %w", s.Name, err)
		}
		s.Resource, s.Data, s.Output = content.Resource, content.Data, content.Output
		stacks = append(stacks, s)
	}
	slices.SortFunc(stacks, func(a, b Stack) int {
		if n := len(a.Dependencies) - len(b.Dependencies); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return stacks, nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// Choose gives the stacks named, or all when none is, in their order.
func Choose(all []Stack, names []string) ([]Stack, error) {
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	var errs []error
	for _, name := range names {
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("stack %q: one of %q is allowed", name, known))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(s Stack) bool {
		return len(names) > 0 && !slices.Contains(names, s.Name)
	}), nil
}
