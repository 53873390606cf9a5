package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/kernel"
)

// stacksOfThePlatform are synthesised once for all tests; a test that changes
// them changes a clone.
var stacksOfThePlatform inventory.Stacks

// simulator remembers for all tests.
var simulator = &iamsim.Simulator{}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if err := kernel.Use(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer jsii.Close()
		var err error
		if stacksOfThePlatform, err = synthesise(config.Platform()); err != nil {
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
