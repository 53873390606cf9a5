package pipelines

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"
)

// Reusable is a workflow of this repository that the backend calls.
type Reusable struct {
	// File is its name in .github/workflows, and Text what is in it.
	File, Text string
	// Inputs are in the order of the file, as are Secrets and Outputs.
	Inputs, Secrets, Outputs Values
	// Permissions of its jobs, by job and scope, which a caller has to grant.
	Permissions []map[string]string
}

// Value is an input, a secret or an output.
type Value struct {
	Name, Description, Type string
	Required                bool
	Default                 any
}

// Values are a mapping in the order of the file.
type Values []Value

func (v *Values) UnmarshalYAML(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := Value{Name: node.Content[i].Value}
		if err := node.Content[i+1].Decode(&value); err != nil {
			return err
		}
		*v = append(*v, value)
	}
	return nil
}

// ReadReusable reads the workflows that the backend calls, from the repository's root.
func ReadReusable(files fs.FS) ([]Reusable, error) {
	names, err := fs.Glob(files, ".github/workflows/backend-*.yml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no .github/workflows/backend-*.yml: the repository's root is required")
	}
	var out []Reusable
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		w, err := ParseReusable(path.Base(name), data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, w)
	}
	return out, nil
}

// ParseReusable is a workflow by the name of its file.
func ParseReusable(file string, data []byte) (Reusable, error) {
	var w struct {
		On struct {
			Call struct{ Inputs, Secrets, Outputs Values } `yaml:"workflow_call"`
		}
		Jobs map[string]struct{ Permissions map[string]string }
	}
	if err := yaml.Unmarshal(data, &w); err != nil {
		return Reusable{}, err
	}
	out := Reusable{File: file, Text: string(data), Inputs: w.On.Call.Inputs, Secrets: w.On.Call.Secrets, Outputs: w.On.Call.Outputs}
	for _, job := range w.Jobs {
		out.Permissions = append(out.Permissions, job.Permissions)
	}
	return out, nil
}
