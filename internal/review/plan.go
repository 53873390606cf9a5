package review

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Plan is the part of Terraform's plan JSON (format 1.x) that is used here.
type Plan struct {
	FormatVersion    string            `json:"format_version"`
	TerraformVersion string            `json:"terraform_version"`
	ResourceChanges  []ResourceChange  `json:"resource_changes,omitempty"`
	ResourceDrift    []ResourceChange  `json:"resource_drift,omitempty"`
	OutputChanges    map[string]Change `json:"output_changes,omitempty"`
	Errored          bool              `json:"errored"`
}

// ResourceChange is what happens, or happened, to one resource.
type ResourceChange struct {
	Address         string `json:"address"`
	PreviousAddress string `json:"previous_address,omitempty"`
	Mode            string `json:"mode"`
	Type            string `json:"type"`
	Deposed         string `json:"deposed,omitempty"`
	ActionReason    string `json:"action_reason,omitempty"`
	Change          Change `json:"change"`
}

// Change is a value before and after.
type Change struct {
	Actions []string `json:"actions"`
	Before  any      `json:"before"`
	After   any      `json:"after"`
	// AfterUnknown, BeforeSensitive and AfterSensitive have true where the
	// value is so, in the value's own shape.
	AfterUnknown    any        `json:"after_unknown,omitempty"`
	BeforeSensitive any        `json:"before_sensitive,omitempty"`
	AfterSensitive  any        `json:"after_sensitive,omitempty"`
	ReplacePaths    [][]any    `json:"replace_paths,omitempty"`
	Importing       *Importing `json:"importing,omitempty"`
}

// Importing is an existing object that comes under Terraform.
type Importing struct {
	ID string `json:"id"`
}

// Refusal is one thing that a plan may not do.
type Refusal struct {
	Address string `json:"address"`
	// Reason why not, and Next, what a person does instead.
	Reason string `json:"reason"`
	Next   string `json:"next"`
}

func (r Refusal) Error() string { return r.Address + ": " + r.Reason + ". Next: " + r.Next }

// Lack is one change that infra-role may not make, with the rights that it lacks.
type Lack struct {
	Address string   `json:"address"`
	Rights  []string `json:"rights"`
}

// Action is what happens to a resource, in one word.
type Action string

const (
	Create  Action = "create"
	Update  Action = "change"
	Replace Action = "replace"
	Destroy Action = "destroy"
	Move    Action = "move"
	Import  Action = "import"
	// Forget leaves the object in AWS and takes it out of the state.
	Forget Action = "forget"
	None   Action = "no change"
)

// Actions in the order in which they are shown: what destroys comes first.
var Actions = []Action{Destroy, Replace, Forget, Update, Create, Import, Move}

// Action of the resource. Reading a data source is none.
func (r ResourceChange) Action() Action {
	has := func(a string) bool { return slices.Contains(r.Change.Actions, a) }
	switch {
	case r.Mode == "data":
		return None
	case has("create") && (has("delete") || has("forget")):
		return Replace
	case has("delete"):
		return Destroy
	case has("forget"):
		return Forget
	case has("create"):
		return Create
	case has("update"):
		return Update
	case r.Change.Importing != nil:
		return Import
	case r.PreviousAddress != "" && r.PreviousAddress != r.Address:
		return Move
	default:
		return None
	}
}

// Decode reads a plan. A format other than 1.x is refused: its marks of
// sensitive values may have another shape.
func Decode(data []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("plan JSON: %w", err)
	}
	if len(p.FormatVersion) < 2 || p.FormatVersion[:2] != "1." {
		return nil, fmt.Errorf("plan JSON: format_version %q: 1.x is allowed", p.FormatVersion)
	}
	return &p, nil
}

// Of are the resources with the action, in the plan's order.
func (p *Plan) Of(action Action) []ResourceChange {
	var out []ResourceChange
	for _, r := range p.ResourceChanges {
		if r.Action() == action {
			out = append(out, r)
		}
	}
	return out
}

// Steps are the creations, modifications and destructions that Terraform says
// one by one when it applies the plan: a replacement is two.
func (p *Plan) Steps() int {
	n := 0
	for _, r := range p.ResourceChanges {
		for _, action := range r.Change.Actions {
			if r.Mode != "data" && slices.Contains([]string{"create", "update", "delete"}, action) {
				n++
			}
		}
	}
	return n
}

// ChangedOutputs are the names of the outputs that change, sorted.
func (p *Plan) ChangedOutputs() []string {
	var names []string
	for name, c := range p.OutputChanges {
		if !slices.Equal(c.Actions, []string{"no-op"}) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// HasChanges says whether applying the plan would do anything.
func (p *Plan) HasChanges() bool {
	return len(p.ChangedOutputs()) > 0 ||
		slices.ContainsFunc(p.ResourceChanges, func(r ResourceChange) bool { return r.Action() != None })
}
