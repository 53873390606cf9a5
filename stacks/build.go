// Package stacks composes the constructs into Terraform stacks: one shared and
// one for each environment.
package stacks

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
)

// build puts every stack of the settings into app. All wiring stands here: the
// shared stack first, then each environment with what it takes from it. It
// fails with the faults that only show while a construct is made.
func build(app cdktf.App, settings config.Settings, target config.Target) error {
	shared, err := newSharedStack(app, settings, target)
	if err != nil {
		return fmt.Errorf("stack %q: %w", config.SharedStack, err)
	}
	var errs []error
	for _, env := range settings.Environments {
		if err := newEnvironmentStack(app, settings, target, env, shared); err != nil {
			errs = append(errs, fmt.Errorf("stack %q: %w", env.Name, err))
		}
	}
	return errors.Join(errs...)
}
