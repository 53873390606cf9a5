package capability

// costs are the account's budgets and Cost Anomaly Detection: an administrator
// makes them, a plan reads them, and no role of CI can silence them.
func costs() Area {
	const budget, monitor, subscription = "arn:aws:budgets::{account}:budget/paperwurks-prod-month", "arn:aws:ce::{account}:anomalymonitor/0a1b", "arn:aws:ce::{account}:anomalysubscription/0a1b"
	const silence = "who steals a role would begin with it"
	return Area{Title: "Budgets and unusual costs", Rows: []Row{
		{Does: "see a budget and who is mailed", Action: "budgets:ViewBudget", On: budget, May: planners, Why: "Terraform reads it"},
		{Does: "see a budget's tags", Action: "budgets:ListTagsForResource", On: budget, May: planners, Why: "Terraform reads them"},
		{Does: "make, change or delete a budget, or who is mailed", Action: "budgets:ModifyBudget", On: budget, May: nobody, Why: silence},
		{Does: "tag a budget", Action: "budgets:TagResource", On: budget, May: nobody, Why: "an administrator's"},
		{Does: "take a budget's tags away", Action: "budgets:UntagResource", On: budget, May: nobody, Why: "an administrator's"},
		{Does: "let a budget act", Action: "budgets:CreateBudgetAction", On: budget + "/action/0a1b", May: nobody, Why: "it would act with a role"},
		{Does: "see the monitor of costs", Action: "ce:GetAnomalyMonitors", On: monitor, May: planners, Why: "Terraform reads it"},
		{Does: "see who is mailed unusual costs", Action: "ce:GetAnomalySubscriptions", On: subscription, May: planners, Why: "Terraform reads it"},
		{Does: "see the monitor's tags", Action: "ce:ListTagsForResource", On: monitor, May: planners, Why: "Terraform reads them"},
		{Does: "make a monitor of costs", Action: "ce:CreateAnomalyMonitor", On: "*", May: nobody, Why: "an administrator's"},
		{Does: "change the monitor of costs", Action: "ce:UpdateAnomalyMonitor", On: monitor, May: nobody, Why: silence},
		{Does: "delete the monitor of costs", Action: "ce:DeleteAnomalyMonitor", On: monitor, May: nobody, Why: silence},
		{Does: "send unusual costs to somebody else", Action: "ce:UpdateAnomalySubscription", On: subscription, May: nobody, Why: silence},
		{Does: "have nobody mailed unusual costs", Action: "ce:DeleteAnomalySubscription", On: subscription, May: nobody, Why: silence},
		{Does: "call an unusual cost a false alarm", Action: "ce:ProvideAnomalyFeedback", On: "*", May: nobody, Why: "the monitor learns from it"},
		{Does: "tag the monitor", Action: "ce:TagResource", On: monitor, May: nobody, Why: "an administrator's"},
		{Does: "take the tag of environments off the bill", Action: "ce:UpdateCostAllocationTagsStatus", On: "*", May: nobody, Why: "environments' budgets would see nothing"},
		{Does: "read what things cost", Action: "ce:GetCostAndUsage", On: "*", May: nobody, Why: "each call costs, and no plan asks"},
	}}
}
