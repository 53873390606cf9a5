package main

import (
	"fmt"
	"os"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/stacks"
)

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

// environmentsOf are the names of the settings' environments.
func environmentsOf(settings config.Settings) capability.Environments {
	var names capability.Environments
	for _, env := range settings.Environments {
		names = append(names, env.Name)
	}
	return names
}
