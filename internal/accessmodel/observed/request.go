package observed

import (
	"strings"

	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// someID stands for an id that AWS makes up.
const someID = "0a1b2c3d"

// request is the row, in one environment, as its role's session asks IAM.
func (r Row) request(p *inventory.Platform, role *inventory.Role) (iamsim.Request, error) {
	fill := func(text string) string { return strings.ReplaceAll(text, "{id}", someID) }
	context := map[string]any{}
	for key, value := range r.Context {
		context[key] = fill(value)
		if strings.Contains(value, "|") {
			context[key] = strings.Split(fill(value), "|")
		}
	}
	row := capability.Row{Does: r.Call, Action: r.Action, On: fill(r.Resource), With: context}
	return row.Request(p, role)
}
