package alarm

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogmetricfilter"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"

	"github.com/paperwurks/infra/constructs/tf"
)

// EventProps configures an alarm on events in a log group.
type EventProps struct {
	Name, Description string
	// LogGroup has the events, which Pattern selects.
	LogGroup, Pattern string
	// Namespace and Metric count them.
	Namespace, Metric string
	TopicARN          string
}

// NewEvent makes an alarm that rings when such an event is logged. It tells nobody
// that it ends, which it does five minutes later.
func NewEvent(scope cdk.Construct, id string, props EventProps) {
	scope = tf.Group(scope, id)
	cloudwatchlogmetricfilter.NewCloudwatchLogMetricFilter(scope, new("filter"), &cloudwatchlogmetricfilter.CloudwatchLogMetricFilterConfig{
		Name:         &props.Name,
		LogGroupName: &props.LogGroup,
		Pattern:      &props.Pattern,
		MetricTransformation: &cloudwatchlogmetricfilter.CloudwatchLogMetricFilterMetricTransformation{
			Name: &props.Metric, Namespace: &props.Namespace, Value: new("1"),
		},
	})
	cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, new("alarm"), &cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		AlarmName:          &props.Name,
		AlarmDescription:   &props.Description,
		Namespace:          &props.Namespace,
		MetricName:         &props.Metric,
		Statistic:          new("Sum"),
		Period:             tf.Number(300),
		EvaluationPeriods:  tf.Number(1),
		ComparisonOperator: new("GreaterThanOrEqualToThreshold"),
		Threshold:          tf.Number(1),
		TreatMissingData:   new(string(isGood)),
		AlarmActions:       tf.List(props.TopicARN),
	})
}
