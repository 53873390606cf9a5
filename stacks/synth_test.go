package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/kernel"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/stacks"
)

// One jsii kernel serves every test of the package; it cannot be used by two
// at once.
func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "stacks-*")
	if err != nil {
		panic(err)
	}
	platformFolder = folder
	code := m.Run()
	kernel.Close()
	if err := validated.validate(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		code = 1
	}
	if err := os.RemoveAll(folder); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// synthesise writes the stacks of the settings, once for all tests that ask for
// the same ones, which only read them.
func synthesise(t *testing.T, s config.Settings, target config.Target) map[string]synthesised.Stack {
	t.Helper()
	key, err := json.Marshal([]any{s, target})
	if err != nil {
		t.Fatal(err)
	}
	if synthesisedOf[string(key)] == nil {
		synthesisedOf[string(key)] = synthesiseInto(t, filepath.Join(platformFolder, fmt.Sprint("other-", len(synthesisedOf))), s, target)
	}
	return synthesisedOf[string(key)]
}

func synthesiseInto(t *testing.T, folder string, s config.Settings, target config.Target) map[string]synthesised.Stack {
	t.Helper()
	if err := access.Validate(s); err != nil {
		t.Fatalf("settings: %v", err)
	}
	if err := stacks.Synthesise(folder, s, target); err != nil {
		t.Fatal(err)
	}
	read, err := synthesised.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]synthesised.Stack{}
	for _, stack := range read {
		if len(stack.Providers) == 0 {
			t.Errorf("%s: no provider", stack.Name)
		}
		byName[stack.Name] = stack
		ownIDsAreRefused(t, s, stack)
	}
	return byName
}

// ownIDsAreRefused: no environment can have the id of a construct of the shared setup,
// and no service that of one of an environment's: both are ids of the same constructs.
func ownIDsAreRefused(t *testing.T, s config.Settings, stack synthesised.Stack) {
	t.Helper()
	refused := func(id string) bool {
		s := s
		s.Environments = slices.Clone(s.Environments)
		of, path := &s.Environments[0], fmt.Sprintf("environments[%q].name: ", id)
		if stack.Name == config.SharedStack {
			of.Name = id
		} else {
			of.Services = slices.Clone(of.Services)
			of.Services[0].Name, path = id, fmt.Sprintf("environments[%q].services[%q].name: ", of.Name, id)
		}
		err := access.Validate(s)
		return err != nil && strings.Contains(err.Error(), path)
	}
	taken := map[string]bool{}
	for _, env := range s.Environments {
		taken[env.Name] = stack.Name == config.SharedStack
		for _, service := range env.Services {
			taken[service.Name] = taken[service.Name] || stack.Name == env.Name
		}
	}
	for _, resources := range stack.Resource {
		for _, attributes := range resources {
			path, _ := at(attributes, "//", "metadata", "path").(string)
			if id := strings.Split(path, "/"); len(id) > 2 && !taken[id[2]] {
				taken[id[2]] = true
				if !refused(id[2]) {
					t.Errorf("%s: the settings take %q as a name, which is the id of a construct", stack.Name, id[2])
				}
			}
		}
	}
}

// platform is this platform, synthesised once for all tests that only read.
func platform(t *testing.T) map[string]synthesised.Stack {
	t.Helper()
	if synthesisedPlatform == nil {
		synthesisedPlatform = synthesiseInto(t, platformFolder, config.Platform(), config.Target{})
	}
	return synthesisedPlatform
}

// platformFolder outlives the test that happens to come first. The keys of
// synthesisedOf are settings and target as JSON, which has every field of both.
var (
	platformFolder      string
	synthesisedPlatform map[string]synthesised.Stack
	synthesisedOf       = map[string]map[string]synthesised.Stack{}
)

// each calls check for every resource of a type, in every stack given. It
// fails when there is none: a check of nothing proves nothing.
func each(t *testing.T, all map[string]synthesised.Stack, kind string, check func(t *testing.T, r resource)) {
	t.Helper()
	found := false
	for _, stack := range all {
		for name, attributes := range stack.Resource[kind] {
			found = true
			r := resource{Stack: stack.Name, Address: kind + "." + name, Attributes: attributes}
			t.Run(r.Stack+"/"+r.path(), func(t *testing.T) { check(t, r) })
		}
	}
	if !found {
		t.Errorf("no %s in any stack", kind)
	}
}

// resource is one resource of a synthesised stack.
type resource struct {
	Stack, Address string
	Attributes     map[string]any
}

// path is the construct path.
func (r resource) path() string {
	path, _ := at(r.Attributes, "//", "metadata", "path").(string)
	return path
}

// at follows keys and indices into decoded JSON; nil where there is nothing.
func at(value any, keys ...any) any {
	for _, key := range keys {
		switch k := key.(type) {
		case string:
			m, _ := value.(map[string]any)
			value = m[k]
		case int:
			list, _ := value.([]any)
			if k >= len(list) {
				return nil
			}
			value = list[k]
		}
	}
	return value
}

// repositoryRoot is the folder above stacks.
func repositoryRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func readBackend(t *testing.T, file string) map[string]any {
	t.Helper()
	backend, _ := at(readJSON(t, file), "terraform", "backend", "s3").(map[string]any)
	return backend
}

func readJSON(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content any
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	return content
}
