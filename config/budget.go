package config

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Budgets warn the alarm address of costs: one for each environment, one for
// the account, and one for what is unusual.
type Budgets struct {
	// AccountUSD is how many US dollars the account may cost in a month before a
	// mail is sent; 0 for 1.5 times what docs/architecture.md sums up.
	AccountUSD int
	// AnomalyUSD is the least total impact in US dollars of a cost anomaly that is
	// mailed.
	AnomalyUSD int
}

// EnvironmentTag is on every resource and names its environment. Costs are filtered
// by it once a person has made it a cost allocation tag: AWS takes none before it
// is in the billing data, and only from the account that pays.
const EnvironmentTag = "environment"

// maxUSD bounds a budget: more is a mistake in the unit.
const maxUSD = 1_000_000

//go:embed budgets.json
var budgetsFile []byte

// DefaultBudgets are the limits in US dollars a month that `make budgets` writes
// from the table of costs, by environment; that of AccountPrefix is the account's.
func DefaultBudgets() map[string]int {
	limits := map[string]int{}
	if err := json.Unmarshal(budgetsFile, &limits); err != nil {
		panic(fmt.Sprintf("config/budgets.json: %v", err)) // make budgets writes it
	}
	return limits
}

// LimitsUSD are the limits in US dollars a month, by environment; that of
// AccountPrefix is the account's. A new environment is not among them until
// `make budgets` has written its default: then it has no budget.
func (s Settings) LimitsUSD() map[string]int {
	limits, defaults := map[string]int{}, DefaultBudgets()
	set := func(name string, limit int) {
		if limit == 0 {
			limit = defaults[name]
		}
		if limit != 0 {
			limits[name] = limit
		}
	}
	set(AccountPrefix, s.Account.Budgets.AccountUSD)
	for _, env := range s.Environments {
		set(env.Name, env.BudgetUSD)
	}
	return limits
}

func (c *checker) budgets(b Budgets) {
	c.between("account.budgets.accountUSD", b.AccountUSD, 0, maxUSD, "US dollars a month are allowed; 0 is the default")
	c.between("account.budgets.anomalyUSD", b.AnomalyUSD, 1, maxUSD, "US dollars are allowed")
}
