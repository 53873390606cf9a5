package accessmodel

import (
	"fmt"
	"os"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/kernel"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/stacks"
)

// Synthesised once for all tests; a test that changes them changes a clone. The
// fixture's are for tests that name what they look at, without copies in another
// region, as the calls were recorded; TestCopies has them.
var stacksOfThePlatform, stacksOfTheFixture, stacksWithCopies inventory.Stacks

func withoutCopies() config.Settings {
	s := config.Fixture()
	s.Environments[2].Copies = config.Copies{}
	return s
}

// simulator remembers for all tests.
var simulator = &iamsim.Simulator{}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if err := kernel.Use(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer kernel.Close()
		var err error
		if stacksOfThePlatform, err = synthesise(config.Platform()); err == nil {
			stacksOfTheFixture, err = synthesise(withoutCopies())
		}
		if err == nil {
			stacksWithCopies, err = synthesise(config.Fixture())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func load(t *testing.T, stacks inventory.Stacks) *inventory.Platform {
	t.Helper()
	p, err := inventory.Load(stacks)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// synthesise writes every stack as for AWS and reads back what cdktf wrote.
func synthesise(settings config.Settings) (inventory.Stacks, error) {
	dir, err := os.MkdirTemp("", "access-")
	if err != nil {
		return nil, fmt.Errorf("synth: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := stacks.Synthesise(dir, settings, config.Target{}); err != nil {
		return nil, err
	}
	return synthesised.Read(dir)
}
