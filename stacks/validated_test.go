package stacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
//
// Terraform starts a process for each provider block, which costs more than all
// that is checked with it: a module keeps its own blocks where no other has the
// like, but for what texts say, and else takes over those of the configuration.
type modules struct {
	blocks map[string]any  // by the module's name
	seen   map[string]bool // files of modules, as JSON, and provider blocks
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
	if m.seen == nil {
		m.blocks, m.seen = map[string]any{}, map[string]bool{}
	}
	all, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	if m.seen[string(all)] {
		return
	}
	m.seen[string(all)] = true
	name = strings.NewReplacer("/", "-", "#", "").Replace(t.Name()) + "-" + name
	dir := filepath.Join(validatedFolder(), name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	stripped, providers := withoutProviders(t, files)
	block := map[string]any{"source": "./" + name}
	shape := quoted.ReplaceAllStringFunc(providers, func(text string) string {
		if strings.HasSuffix(text, ":") { // a name in JSON
			return text
		}
		return `""`
	})
	if m.seen[shape] {
		passed, aliases := map[string]string{"aws": "aws"}, []string{}
		for _, alias := range []string{"edge", "copies"} {
			if strings.Contains(providers, `"`+alias+`"`) {
				passed["aws."+alias], aliases = "aws."+alias, append(aliases, "aws."+alias)
			}
		}
		block["providers"] = passed
		files = stripped
		files["validated_override.tf.json"] = mustJSON(map[string]any{"terraform": map[string]any{"required_providers": map[string]any{
			"aws": map[string]any{"source": "aws", "version": config.ProviderVersion, "configuration_aliases": aliases}}}})
	} else {
		m.seen[shape] = true
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.blocks[name] = block
}

var quoted = regexp.MustCompile(`"[^"]*"(\s*:)?`)

// withoutProviders are a module's files without its provider blocks, and those.
func withoutProviders(t *testing.T, files map[string][]byte) (map[string][]byte, string) {
	t.Helper()
	out := maps.Clone(files)
	if text, ok := files["providers.tf"]; ok {
		delete(out, "providers.tf")
		return out, string(text)
	}
	var stack map[string]json.RawMessage
	if err := json.Unmarshal(files["cdk.tf.json"], &stack); err != nil || len(stack["provider"]) == 0 {
		t.Fatalf("no provider: %v", err)
	}
	providers := stack["provider"]
	delete(stack, "provider")
	out["cdk.tf.json"] = mustJSON(stack)
	return out, string(providers)
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func validatedFolder() string { return filepath.Join(platformFolder, "validated") }

// validate runs terraform validate over all of them at once.
func (m modules) validate() error {
	if len(m.blocks) == 0 {
		return nil
	}
	if testing.Short() {
		fmt.Printf("--- SKIP: terraform validate of %d stacks: long\n", len(m.blocks))
		return nil
	}
	root := mustJSON(map[string]any{
		"module":   m.blocks,
		"provider": map[string]any{"aws": []any{map[string]string{"region": "eu-central-1"}, map[string]string{"alias": "edge", "region": "us-east-1"}, map[string]string{"alias": "copies", "region": "eu-north-1"}}},
	})
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
	fmt.Printf("terraform validate: %d stacks are valid\n", len(m.blocks))
	return nil
}
