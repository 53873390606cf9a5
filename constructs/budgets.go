package constructs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/budget"
	"github.com/paperwurks/infra/constructs/tf"
)

// newBudgets warns the alarm address of what each environment's stack costs, of
// what the account costs, and of what is unusual.
func newBudgets(scope cdk.Construct, id string, s config.Settings) {
	n, email, limits := s.Names(), s.User.AlarmEmail, s.LimitsUSD()
	scope = tf.Group(scope, id)
	if s.Account.Makes(config.BudgetsPart) {
		for _, env := range s.Environments {
			if limit, ok := limits[env.Name]; ok {
				budget.New(scope, env.Name, budget.Props{Name: n.Budget(env.Name), LimitUSD: limit, TagKey: config.EnvironmentTag, TagValue: env.Name, Email: email})
			}
		}
		if limit, ok := limits[config.AccountPrefix]; ok {
			budget.New(scope, config.AccountPrefix, budget.Props{Name: n.Budget(config.AccountPrefix), LimitUSD: limit, Email: email})
		}
	}
	if s.Account.Makes(config.CostAnomaliesPart) {
		budget.NewAnomalies(scope, "anomalies", n.AccountName("costs"), s.Account.Budgets.AnomalyUSD, email)
	}
}
