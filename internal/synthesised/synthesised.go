package synthesised

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Stack is one synthesised stack.
type Stack struct {
	// Name of the stack, File its JSON, and Dir where Terraform runs.
	Name, File, Dir string
	// Dependencies are the stacks that must be deployed before.
	Dependencies []string
	// Content is the whole file. What follows is parts of it: a change of an
	// attribute is a change of the content.
	Content map[string]any
	// Resource and Data are by type and then by name.
	Resource, Data map[string]map[string]map[string]any
	Output         map[string]map[string]any
	Providers      []Provider
	Backend        Backend
}

// Provider is one of a stack's AWS providers.
type Provider struct {
	// Alias is "" for the one that resources have unless they name another.
	Alias             string   `json:"alias"`
	Region            string   `json:"region"`
	AccessKey         string   `json:"access_key"`
	SecretKey         string   `json:"secret_key"`
	AllowedAccountIDs []string `json:"allowed_account_ids"`
	// HTTPSProxy is an emulator's address. SharedConfigFiles, of which the
	// provider takes Profile, send it the requests. All are for an emulator only.
	HTTPSProxy        string                             `json:"https_proxy"`
	SharedConfigFiles []string                           `json:"shared_config_files"`
	Profile           string                             `json:"profile"`
	DefaultTags       []struct{ Tags map[string]string } `json:"default_tags"`
}

// Endpoint is the emulator's address, the same for every service; "" means AWS
// itself.
func (p Provider) Endpoint() string {
	return p.HTTPSProxy
}

// Companions are the names of the files in the stack's folder that its
// providers read.
func (s Stack) Companions() []string {
	var out []string
	for _, p := range s.Providers {
		for _, file := range p.SharedConfigFiles {
			if !slices.Contains(out, file) {
				out = append(out, file)
			}
		}
	}
	return out
}

// Backend is where a stack's state is; the one that it is not is nil.
type Backend struct {
	S3    *struct{ Bucket, Key, Region string }
	Local *struct{ Path string }
}

// ProviderOf is the provider of a resource, by the resource's "aws.alias".
func (s Stack) ProviderOf(attributes map[string]any) (Provider, error) {
	named, _ := attributes["provider"].(string)
	alias := strings.TrimPrefix(strings.TrimPrefix(named, "aws"), ".")
	for _, p := range s.Providers {
		if p.Alias == alias {
			return p, nil
		}
	}
	return Provider{}, fmt.Errorf("stack %q: no AWS provider with the alias %q", s.Name, alias)
}

// RequiredProviders are the sources of the providers, such as "hashicorp/aws".
func (s Stack) RequiredProviders() []string {
	var required struct {
		Providers map[string]struct{ Source string } `json:"required_providers"`
	}
	var sources []string
	// Load has read the same block.
	if convert(s.Content["terraform"], &required) == nil {
		for _, p := range required.Providers {
			sources = append(sources, p.Source)
		}
	}
	slices.Sort(sources)
	return sources
}

// Load is a stack from its content, as encoding/json decodes it.
func Load(name string, content map[string]any) (Stack, error) {
	s := Stack{Name: name, Content: content}
	var rest struct {
		Provider  struct{ AWS []Provider }
		Terraform struct{ Backend Backend }
	}
	err := errors.Join(
		blocks(content["resource"], &s.Resource),
		blocks(content["data"], &s.Data),
		objects(content["output"], &s.Output),
		convert(content["provider"], &rest.Provider),
		convert(content["terraform"], &rest.Terraform),
	)
	s.Providers, s.Backend = rest.Provider.AWS, rest.Terraform.Backend
	if err != nil {
		return Stack{}, fmt.Errorf("stack %q: %w", name, err)
	}
	return s, nil
}

// blocks reads blocks by type and name; their attributes are not copied.
func blocks(value any, into *map[string]map[string]map[string]any) error {
	var byType map[string]map[string]any
	err := objects(value, &byType)
	*into = make(map[string]map[string]map[string]any, len(byType))
	for kind, named := range byType {
		var ofType map[string]map[string]any
		err = errors.Join(err, objects(named, &ofType))
		(*into)[kind] = ofType
	}
	return err
}

// objects reads an object of objects; nil is an empty one.
func objects(value any, into *map[string]map[string]any) error {
	all, ok := value.(map[string]any)
	if !ok && value != nil {
		return fmt.Errorf("%v: an object is required", value)
	}
	*into = make(map[string]map[string]any, len(all))
	for name, inner := range all {
		object, ok := inner.(map[string]any)
		if !ok && inner != nil {
			return fmt.Errorf("%s: %v: an object is required", name, inner)
		}
		(*into)[name] = object
	}
	return nil
}

func convert(value, into any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
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
func Read(folder string) (Stacks, error) {
	var m manifest
	if err := readJSON(filepath.Join(folder, "manifest.json"), &m); err != nil {
		return nil, fmt.Errorf("%s: run `make synth` first: %w", folder, err)
	}
	names := slices.Sorted(maps.Keys(m.Stacks))
	stacks, errs := make(Stacks, len(names)), make([]error, len(names))
	var reading sync.WaitGroup
	for i, name := range names {
		reading.Go(func() {
			entry := m.Stacks[name]
			file := filepath.Join(folder, entry.SynthesizedStackPath)
			if filepath.Ext(file) != ".json" {
				errs[i] = fmt.Errorf("stack %q: %s: only JSON is read, not HCL", entry.Name, file)
				return
			}
			var content map[string]any
			if err := readJSON(file, &content); err != nil {
				errs[i] = fmt.Errorf("stack %q: %w", entry.Name, err)
				return
			}
			stacks[i], errs[i] = Load(entry.Name, content)
			stacks[i].File, stacks[i].Dir = file, filepath.Join(folder, entry.WorkingDirectory)
			stacks[i].Dependencies = entry.Dependencies
		})
	}
	reading.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return stacks.ordered()
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Stacks are stacks that refer to each other.
type Stacks []Stack

// ordered are the stacks in the order of deployment. It returns an error when
// a stack depends on itself, by whatever way, or on one that is not there.
func (all Stacks) ordered() (Stacks, error) {
	var out Stacks
	done := map[string]bool{}
	for len(out) < len(all) {
		i := slices.IndexFunc(all, func(s Stack) bool {
			return !done[s.Name] && !slices.ContainsFunc(s.Dependencies, func(name string) bool { return !done[name] })
		})
		if i < 0 {
			var waiting []string
			for _, s := range all {
				if !done[s.Name] {
					waiting = append(waiting, fmt.Sprintf("%q on %q", s.Name, s.Dependencies))
				}
			}
			return nil, fmt.Errorf("stacks depend on each other, or on one that is not there: %s", strings.Join(waiting, ", "))
		}
		done[all[i].Name] = true
		out = append(out, all[i])
	}
	return out, nil
}

// Get is the stack of the name.
func (all Stacks) Get(name string) (s Stack, ok bool) {
	i := slices.IndexFunc(all, func(s Stack) bool { return s.Name == name })
	if i < 0 {
		return Stack{}, false
	}
	return all[i], true
}

// Names of the stacks, in their order.
func (all Stacks) Names() []string {
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

// Choose returns the stacks named, or all when none is, in their order.
func (all Stacks) Choose(names ...string) (Stacks, error) {
	var errs []error
	for _, name := range names {
		if _, ok := all.Get(name); !ok {
			errs = append(errs, fmt.Errorf("stack %q: one of %q is allowed", name, all.Names()))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(s Stack) bool {
		return len(names) > 0 && !slices.Contains(names, s.Name)
	}), nil
}

// Only is a copy with the resources of the types given, or all. They, the
// outputs and what they hold can be changed; Content is not copied.
func (all Stacks) Only(types ...string) Stacks {
	out := slices.Clone(all)
	for i, s := range all {
		out[i].Content, out[i].Data = nil, nil
		out[i].Output = copied(s.Output)
		out[i].Resource = map[string]map[string]map[string]any{}
		for kind, named := range s.Resource {
			if len(types) == 0 || slices.Contains(types, kind) {
				out[i].Resource[kind] = copied(named)
			}
		}
	}
	return out
}

func copied(objects map[string]map[string]any) map[string]map[string]any {
	out := make(map[string]map[string]any, len(objects))
	for name, object := range objects {
		out[name] = clone(object).(map[string]any)
	}
	return out
}

// clone copies decoded JSON.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = clone(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = clone(inner)
		}
		return out
	default:
		return v
	}
}
