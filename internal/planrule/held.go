package planrule

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Held is how many resources the states of the environments hold whose network,
// keys or images a plan of the shared stack destroys. An environment that is no
// longer in the settings has no stack; its state is still where it was.
func Held(ctx context.Context, shared synthesised.Stack, plan *review.Plan) (map[string]int, error) {
	held := map[string]int{}
	if shared.Name != config.SharedStack {
		return held, nil
	}
	for _, name := range Foundations(plan) {
		state, err := terraform.ReadState(ctx, stateOf(shared, name))
		if err != nil {
			return nil, fmt.Errorf("the state of %q, whose network or keys the plan of %q destroys: %w", name, shared.Name, err)
		}
		if state != nil {
			held[name] = len(state.Addresses())
		}
	}
	return held, nil
}

// stateOf is a stack whose state is read where another of the same platform has
// its own.
func stateOf(other synthesised.Stack, name string) synthesised.Stack {
	out := other
	out.Name = name
	if b := other.Backend.S3; b != nil {
		copied := *b
		copied.Key = config.Settings{}.Names().StateKey(name)
		out.Backend.S3 = &copied
	}
	if b := other.Backend.Local; b != nil {
		copied := *b
		copied.Path = filepath.Join(filepath.Dir(b.Path), name+".tfstate")
		out.Backend.Local = &copied
	}
	return out
}
