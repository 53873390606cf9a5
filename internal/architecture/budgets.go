package architecture

import (
	"encoding/json"
	"fmt"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/cost"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// Budgets is config/budgets.json for a folder of synthesised stacks: the limits
// of the budgets that the settings leave to their default. One that was written
// before stays while it is near enough (cost.Kept).
func Budgets(settings config.Settings, synth string, before map[string]int) ([]byte, error) {
	s, err := platform.Read(synth, environmentNames(settings))
	if err != nil {
		return nil, err
	}
	prices, err := cost.Load()
	if err != nil {
		return nil, err
	}
	limits, err := prices.Limits(s)
	if err != nil {
		return nil, err
	}
	out := map[string]int{config.AccountPrefix: cost.Kept(before[config.AccountPrefix], limits.Account)}
	for _, env := range settings.Environments {
		limit := limits.Environments[env.Name]
		if limit == 0 {
			return nil, fmt.Errorf("environment %q: its stack costs nothing, so there is no limit to warn of", env.Name)
		}
		out[env.Name] = cost.Kept(before[env.Name], limit)
	}
	text, err := json.MarshalIndent(out, "", "  ")
	return append(text, '\n'), err
}
