package pipeline

import (
	"errors"
	"fmt"
	"sync"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

// lackJSON is what of a plan infra-role may not do.
const lackJSON = "lacks.json"

// rights asks what infra-role may do of plans. By the policies of these stacks:
// what they change of its own is an administrator's to apply before.
type rights struct {
	stacks synthesised.Stacks

	once      sync.Once
	platform  *inventory.Platform
	table     []observed.Row
	simulator iamsim.Simulator
	err       error
}

// lacks are the changes of a stack's plan that infra-role may not make.
func (r *rights) lacks(stack string, plan *review.Plan) ([]review.Lack, error) {
	if !plan.HasChanges() {
		return nil, nil
	}
	r.once.Do(func() {
		var platformErr, tableErr error
		r.platform, platformErr = inventory.Load(r.stacks)
		r.table, tableErr = observed.ReadFile()
		r.err = errors.Join(platformErr, tableErr)
	})
	if r.err != nil {
		return nil, fmt.Errorf("who may apply it: %w", r.err)
	}
	out, err := observed.Lacking(r.platform, &r.simulator, r.table, stack, plan)
	if err != nil {
		return nil, fmt.Errorf("who may apply it: %w", err)
	}
	return out, nil
}

// whoMay is rights.lacks. Tests of all else put their own in its place: their
// stacks have no roles.
var whoMay = (*rights).lacks
