package adopt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/recover/existing"
	"github.com/paperwurks/infra/internal/review"
)

// stateValues is a state as Terraform's plan JSON has it. The stacks have
// no modules.
type stateValues struct {
	RootModule struct {
		Resources []struct {
			Address string         `json:"address"`
			Mode    string         `json:"mode"`
			Type    string         `json:"type"`
			Values  map[string]any `json:"values"`
		} `json:"resources"`
	} `json:"root_module"`
}

// managed gives the resources of a state by type.
func (s stateValues) managed() map[string][]existing.Values {
	byType := map[string][]existing.Values{}
	for _, r := range s.RootModule.Resources {
		if r.Mode == "managed" {
			byType[r.Type] = append(byType[r.Type], existing.Values{Known: r.Values})
		}
	}
	return byType
}

// readState gives the resources of a state, as `terraform state pull` writes it
// (format 4), by type; none of nothing, which is what there is before the first deployment.
func readState(data []byte) (map[string][]existing.Values, error) {
	byType := map[string][]existing.Values{}
	if len(bytes.TrimSpace(data)) == 0 {
		return byType, nil
	}
	var state struct {
		Version   int `json:"version"`
		Resources []struct {
			Mode      string `json:"mode"`
			Type      string `json:"type"`
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, err
	}
	if state.Version != 4 {
		return nil, fmt.Errorf("format %d: 4 is allowed", state.Version)
	}
	for _, r := range state.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			byType[r.Type] = append(byType[r.Type], existing.Values{Known: i.Attributes})
		}
	}
	return byType, nil
}

// planned is a plan with the state that it starts from.
type planned struct {
	*review.Plan
	prior stateValues
}

func decodePlanned(data []byte) (planned, error) {
	var p planned
	var err error
	if p.Plan, err = review.Decode(data); err != nil {
		return p, err
	}
	var rest struct {
		PriorState struct {
			Values stateValues `json:"values"`
		} `json:"prior_state"`
	}
	if err := json.Unmarshal(data, &rest); err != nil {
		return p, fmt.Errorf("plan JSON: %w", err)
	}
	p.prior = rest.PriorState.Values
	return p, nil
}

// valuesOf are the values that a resource is to have.
func valuesOf(r review.ResourceChange) existing.Values {
	known, _ := r.Change.After.(map[string]any)
	unknown, _ := r.Change.AfterUnknown.(map[string]any)
	return existing.Values{Known: known, Unknown: unknown}
}

// nameOf is a resource's name, the part of its address after the type.
func nameOf(r review.ResourceChange) string { return strings.TrimPrefix(r.Address, r.Type+".") }
