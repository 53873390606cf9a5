package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/stacks"
	"github.com/paperwurks/infra/tools/access/capability"
	"github.com/paperwurks/infra/tools/access/inventory"
)

// synthesise builds every stack as for AWS and reads back what cdktf wrote.
func synthesise(settings config.Settings) (out inventory.Stacks, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("synth: %v", fault)
		}
	}()
	dir, err := os.MkdirTemp("", "access-")
	if err != nil {
		return nil, fmt.Errorf("synth: %w", err)
	}
	defer os.RemoveAll(dir)
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &dir})
	if err := stacks.Build(app, settings, config.Target{}); err != nil {
		return nil, err
	}
	app.Synth()
	return inventory.ReadStacks(dir)
}

// environmentsOf are the names of the settings' environments.
func environmentsOf(settings config.Settings) capability.Environments {
	var names capability.Environments
	for _, env := range settings.Environments {
		names = append(names, env.Name)
	}
	return names
}
