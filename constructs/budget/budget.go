// Package budget makes an account's warnings of costs: a budget for a month, and
// Cost Anomaly Detection. Both mail an address without asking it to confirm.
//
// They mail it themselves, rather than through a topic: a topic encrypted with a
// customer key would have to be opened, with its key, to two more services of
// AWS, and its subscription would have to be confirmed.
package budget

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/budgetsbudget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ceanomalymonitor"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ceanomalysubscription"

	"github.com/paperwurks/infra/constructs/tf"
)

// Props configures a budget.
type Props struct {
	Name string
	// LimitUSD is how many US dollars a month may cost.
	LimitUSD int
	// TagKey and TagValue are those of the resources whose costs count; all costs
	// of the account without a key.
	TagKey, TagValue string
	// Email is told when the month has cost more, and when AWS forecasts that it
	// will.
	Email string
}

// New makes a budget of one calendar month. What credits and refunds pay counts
// too: they end, and costs do not.
func New(scope cdk.Construct, id string, p Props) {
	notice := func(kind string) *budgetsbudget.BudgetsBudgetNotification {
		return &budgetsbudget.BudgetsBudgetNotification{
			NotificationType:         &kind,
			ComparisonOperator:       new("GREATER_THAN"),
			Threshold:                tf.Number(100),
			ThresholdType:            new("PERCENTAGE"),
			SubscriberEmailAddresses: tf.List(p.Email),
		}
	}
	settings := &budgetsbudget.BudgetsBudgetConfig{
		Name:         &p.Name,
		BudgetType:   new("COST"),
		TimeUnit:     new("MONTHLY"),
		LimitAmount:  tf.Decimal(p.LimitUSD),
		LimitUnit:    new("USD"),
		CostTypes:    &budgetsbudget.BudgetsBudgetCostTypes{IncludeCredit: new(false), IncludeRefund: new(false)},
		Notification: &[]*budgetsbudget.BudgetsBudgetNotification{notice("ACTUAL"), notice("FORECASTED")},
	}
	if p.TagKey != "" {
		settings.CostFilter = &[]*budgetsbudget.BudgetsBudgetCostFilter{{
			Name: new("TagKeyValue"), Values: tf.List("user:" + p.TagKey + "$" + p.TagValue),
		}}
	}
	budgetsbudget.NewBudgetsBudget(scope, &id, settings)
}

// NewAnomalies makes the account's monitor of the costs of each AWS service, of
// which an account has one, and mails once a day what was unusual by leastUSD or
// more in all.
func NewAnomalies(scope cdk.Construct, id, name string, leastUSD int, email string) {
	scope = tf.Group(scope, id)
	monitor := ceanomalymonitor.NewCeAnomalyMonitor(scope, new("monitor"), &ceanomalymonitor.CeAnomalyMonitorConfig{
		Name:             &name,
		MonitorType:      new("DIMENSIONAL"),
		MonitorDimension: new("SERVICE"),
	})
	ceanomalysubscription.NewCeAnomalySubscription(scope, new("subscription"), &ceanomalysubscription.CeAnomalySubscriptionConfig{
		Name:           &name,
		Frequency:      new("DAILY"),
		MonitorArnList: tf.List(*monitor.Arn()),
		Subscriber:     &[]*ceanomalysubscription.CeAnomalySubscriptionSubscriber{{Type: new("EMAIL"), Address: &email}},
		ThresholdExpression: &ceanomalysubscription.CeAnomalySubscriptionThresholdExpression{
			Dimension: &ceanomalysubscription.CeAnomalySubscriptionThresholdExpressionDimension{
				Key:          new("ANOMALY_TOTAL_IMPACT_ABSOLUTE"),
				MatchOptions: tf.List("GREATER_THAN_OR_EQUAL"),
				Values:       tf.List(*tf.Decimal(leastUSD)),
			},
		},
	})
}
