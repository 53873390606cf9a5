package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs"
)

func newEnvironmentStack(app cdktf.App, s config.Settings, target config.Target, env config.Environment, shared *sharedStack) error {
	stack, _ := newStack(app, s, target, env.Name)
	stack.AddDependency(shared.stack)
	newProvider(stack, s, target, defaultRegion(s))
	props := constructs.EnvironmentProps{
		Settings:    s,
		Environment: env,
		Shared:      shared.read(stack, env.Name),
		Edge:        newProvider(stack, s, target, edgeRegion()),
	}
	// Also where they are ended: Terraform destroys nothing without its provider.
	if env.Copies.Region != "" {
		props.Copies = newProvider(stack, s, target, copiesRegion(env))
	}
	return constructs.NewEnvironment(stack, "environment", props)
}
