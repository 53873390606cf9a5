package compliance

import (
	"slices"
	"strconv"
)

var costRules = []Rule{
	{
		ID: "PW-CST-01", Title: "A budget tells somebody", Types: []string{"aws_budgets_budget"},
		Why: "A budget without a mail is looked at with the invoice; a forecast comes weeks before it.",
		Fix: "Make it with constructs/budget: a limit in US dollars, mails on what was spent and on what is forecast.",
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"budget_type": "COST", "limit_unit": "USD"})
			limit, err := strconv.ParseFloat(text(r.Attributes["limit_amount"]), 64)
			faults = append(faults, one(err != nil || limit <= 0, "limit_amount is %s", show(r.Attributes["limit_amount"]))...)
			for _, kind := range []string{"ACTUAL", "FORECASTED"} {
				told := slices.ContainsFunc(list(r.Attributes["notification"]), func(n any) bool {
					return at(n, "notification_type") == kind && len(list(at(n, "subscriber_email_addresses"))) > 0
				})
				faults = append(faults, one(!told, "nobody is mailed what is %s", kind)...)
			}
			return faults
		},
	},
	{
		ID: "PW-CST-02", Title: "Unusual costs are mailed", Types: []string{"aws_ce_anomaly_subscription"},
		Why: "A stolen credential that mines coins costs thousands before the month's budget is reached.",
		Fix: "Name the account's monitor and a subscriber.",
		check: func(p *Platform, r *Resource) []string {
			monitors := list(r.Attributes["monitor_arn_list"])
			watched := len(monitors) > 0 && !slices.ContainsFunc(monitors, func(m any) bool { return p.target(r, m, "aws_ce_anomaly_monitor") == nil })
			faults := one(!watched, "monitor_arn_list names no monitor of the stack")
			return append(faults, one(len(list(r.Attributes["subscriber"])) == 0, "nobody is mailed")...)
		},
	},
}
