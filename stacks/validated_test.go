package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// validated are the stacks that Terraform itself validates, with the real provider,
// when all tests have run: as modules of one configuration, since the provider
// takes seconds to say what it knows and moments to check a stack against it.
var validated modules

// modules is a folder of Terraform modules, no two of which are the same.
type modules struct {
	names []string
	added map[string]bool // by their files, as JSON
}

// terraformValidates puts a stack among those validated.
func terraformValidates(t *testing.T, stack synthesised.Stack) {
	t.Helper()
	content, err := os.ReadFile(stack.File)
	if err != nil {
		t.Fatal(err)
	}
	validated.add(t, stack.Name, map[string][]byte{"cdk.tf.json": content})
}

func (m *modules) add(t *testing.T, name string, files map[string][]byte) {
	t.Helper()
	all, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	if m.added[string(all)] {
		return
	}
	if m.added == nil {
		m.added = map[string]bool{}
	}
	m.added[string(all)] = true
	name = strings.NewReplacer("/", "-", "#", "").Replace(t.Name()) + "-" + name
	dir := filepath.Join(validatedFolder(), name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.names = append(m.names, name)
}

func validatedFolder() string { return filepath.Join(platformFolder, "validated") }

// validate runs terraform validate over all of them at once.
func (m modules) validate() error {
	if len(m.names) == 0 {
		return nil
	}
	blocks := map[string]any{}
	for _, name := range m.names {
		blocks[name] = map[string]string{"source": "./" + name}
	}
	root, err := json.Marshal(map[string]any{"module": blocks})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(validatedFolder(), "main.tf.json"), root, 0o600); err != nil {
		return err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	source, err := terraform.FindProvider(filepath.Join("..", ".local"), config.ProviderVersion, os.Getenv, home)
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"init", "-backend=false", "-input=false", "-no-color"}, {"validate", "-no-color"}, {"fmt", "-check", "-diff", "-recursive", "-no-color"}} {
		command := exec.Command(source.Program, args...)
		command.Dir = validatedFolder()
		command.Env = source.Environment(os.Environ())
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("terraform %s: %w\n%s", args[0], err, out)
		}
	}
	fmt.Printf("terraform validate: %d stacks are valid\n", len(m.names))
	return nil
}
