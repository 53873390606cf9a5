package adopt

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/review"
)

// Plan is a plan of Terraform's with the state that it starts from.
type Plan struct {
	*review.Plan
	// JSON is what it was read from.
	JSON  []byte
	prior planState
}

// planState is a state as Terraform's plan JSON has it. The stacks have no
// modules.
type planState struct {
	RootModule struct {
		Resources []struct {
			Mode   string         `json:"mode"`
			Type   string         `json:"type"`
			Values map[string]any `json:"values"`
		} `json:"resources"`
	} `json:"root_module"`
}

// managed are the attributes of the resources by type.
func (s planState) managed() map[string][]map[string]any {
	byType := map[string][]map[string]any{}
	for _, r := range s.RootModule.Resources {
		if r.Mode == "managed" {
			byType[r.Type] = append(byType[r.Type], r.Values)
		}
	}
	return byType
}

// DecodePlan reads what `terraform show -json` prints of a plan.
func DecodePlan(data []byte) (Plan, error) {
	p := Plan{JSON: data}
	var err error
	if p.Plan, err = review.Decode(data); err != nil {
		return p, err
	}
	var rest struct {
		PriorState struct {
			Values planState `json:"values"`
		} `json:"prior_state"`
	}
	if err := json.Unmarshal(data, &rest); err != nil {
		return p, fmt.Errorf("plan JSON: %w", err)
	}
	p.prior = rest.PriorState.Values
	return p, nil
}

// valuesOf are the values that a resource is to have.
func valuesOf(r review.ResourceChange) Values {
	known, _ := r.Change.After.(map[string]any)
	unknown, _ := r.Change.AfterUnknown.(map[string]any)
	return Values{Known: known, Unknown: unknown}
}

// nameOf is a resource's name, the part of its address after the type.
func nameOf(r review.ResourceChange) string { return strings.TrimPrefix(r.Address, r.Type+".") }
