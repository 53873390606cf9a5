package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/planrule"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// refusals are what a stack's plan, as Terraform shows it, may not do.
func refusals(ctx context.Context, s synthesised.Stack, whole *review.Plan) ([]review.Refusal, error) {
	held, err := planrule.Held(ctx, s, whole)
	if err != nil {
		return nil, err
	}
	return planrule.Check(s.Name, whole, planrule.Facts{Settings: config.Platform(), Held: held, Today: time.Now()}), nil
}

// waitsForShared says of an environment's stack that it has no plan before the
// shared stack is deployed, which makes what it reads; "" where it has.
func waitsForShared(ctx context.Context, all synthesised.Stacks, s synthesised.Stack) (string, error) {
	if !slices.Contains(s.Dependencies, config.SharedStack) {
		return "", nil
	}
	shared, err := all.Choose(config.SharedStack)
	if err != nil {
		return "", err
	}
	state, err := terraform.ReadState(ctx, shared[0])
	if err != nil {
		return "", fmt.Errorf("the state of %q, which %q reads: %w", config.SharedStack, s.Name, err)
	}
	if state != nil {
		for output := range state.Outputs {
			if strings.HasPrefix(output, config.CrossingPrefix+s.Name+"_") {
				return "", nil
			}
		}
	}
	count := 0
	for _, byName := range s.Resource {
		count += len(byName)
	}
	return fmt.Sprintf("it is new: %s is deployed first, which makes its network, keys and images; then it has a plan, which creates %d resources", config.SharedStack, count), nil
}
