package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs"
)

// sharedStack is the stack that is created once; by its backend the environments
// read what it exports to them.
type sharedStack struct {
	stack   cdktf.TerraformStack
	backend cdktf.TerraformBackend
}

func newSharedStack(app cdktf.App, s config.Settings, target config.Target) (*sharedStack, error) {
	stack, backend := newStack(app, s, target, config.SharedStack)
	newProvider(stack, s, target, defaultRegion(s))
	setup, err := constructs.NewSharedSetup(stack, "setup", constructs.SharedSetupProps{Settings: s})
	if err != nil {
		return nil, err
	}
	for _, env := range s.Environments {
		export(stack, env.Name, setup.Foundations[env.Name])
	}
	return &sharedStack{stack: stack, backend: backend}, nil
}
