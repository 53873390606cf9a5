package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs"
)

// sharedStack is the stack that is created once, and the way to read what it
// hands to the environments.
type sharedStack struct {
	stack    cdktf.TerraformStack
	settings config.Settings
	backend  cdktf.TerraformBackend
}

func newSharedStack(app cdktf.App, s config.Settings, target config.Target) (*sharedStack, error) {
	stack, backend := newStack(app, s, target, config.SharedStack)
	newProviders(stack, s, target, config.SharedStack)
	setup, err := constructs.NewSharedSetup(stack, "setup", constructs.SharedSetupProps{Settings: s})
	if err != nil {
		return nil, err
	}
	for _, env := range s.Environments {
		handOver(stack, env.Name, setup.Foundations[env.Name])
	}
	return &sharedStack{stack: stack, settings: s, backend: backend}, nil
}
