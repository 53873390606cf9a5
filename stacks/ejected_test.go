package stacks_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/eject"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// providerSchema is asked for once.
var providerSchema = sync.OnceValues(func() (eject.Schema, error) {
	dir := filepath.Join("..", ".local")
	runner, err := terraform.NewRunner(dir, os.Getenv)
	if err != nil {
		return eject.Schema{}, err
	}
	return eject.FetchSchema(context.Background(), runner, dir)
})

// ejected are the files of a stack.
func ejected(t *testing.T, stack synthesised.Stack) map[string][]byte {
	t.Helper()
	schema, err := providerSchema()
	if err != nil {
		t.Fatal(err)
	}
	files, err := eject.Stack(stack, schema)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// ejectedValidates checks that a stack is ejected as what it is, and puts that
// among those that Terraform validates, and whose format it checks.
func ejectedValidates(t *testing.T, stack synthesised.Stack) {
	t.Helper()
	files := ejected(t, stack)
	sameMeaning(t, stack, files)
	validated.add(t, stack.Name+"-ejected", files)
}

// TestEjected ejects this platform: with short names, which Terraform validates,
// and with those that it has, of which it compares three files with docs/ejected.
// The tests of the options validate what these change.
func TestEjected(t *testing.T) {
	environment := config.Platform().Environments[0]
	files := map[string]map[string][]byte{}
	for name, stack := range platform(t) {
		files[name] = ejected(t, stack)
		sameMeaning(t, stack, files[name])
		if name != config.SharedStack && name != environment.Name {
			continue
		}
		short, err := eject.Renamed(stack)
		if err != nil {
			t.Fatal(err)
		}
		validated.add(t, name+"-renamed", ejected(t, short))
	}
	for sample, of := range map[string][2]string{
		"network.tf": {config.SharedStack, environment.Name + "-network.tf"},
		"role.tf":    {config.SharedStack, config.Platform().Names().DeployRole(environment.Name) + ".tf"},
		"service.tf": {environment.Name, "service-" + environment.Services[0].Name + ".tf"},
	} {
		got, ok := files[of[0]][of[1]]
		if !ok {
			t.Errorf("stack %q has no file %q: %q", of[0], of[1], slices.Sorted(maps.Keys(files[of[0]])))
			continue
		}
		compareSnapshot(t, filepath.Join(repositoryRoot(t), "docs", "ejected", sample), got)
	}
}
