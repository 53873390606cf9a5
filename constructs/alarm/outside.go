package alarm

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// OutsideProps configures the alarms on what is seen from outside.
type OutsideProps struct {
	Names        config.Names
	Environment  string
	ServerErrors int
	Protected    bool
	// HealthCheckID of Route 53's check of the public URL, DistributionID of
	// CloudFront's distribution.
	HealthCheckID, DistributionID string
	// Edge is EdgeRegion's provider: Route 53 and CloudFront have their metrics there
	// only, and an alarm publishes in its own region (Amazon CloudWatch user guide,
	// "Using Amazon CloudWatch alarms").
	Edge cdktf.TerraformProvider
	// TopicPolicy says who publishes to the topic; KeyARN encrypts it.
	TopicPolicy policy.Document
	KeyARN      string
	Email       string
	// OffHours are when nobody answers.
	OffHours config.OffHours
	// Pages is the topic of those alarms that are pages; nil for none.
	Pages  *TopicProps
	GitHub config.GitHub
}

// NewOutside makes the alarms with a topic of their own. It returns an error if
// the topic's policy is invalid.
func NewOutside(scope cdk.Construct, id string, props OutsideProps) (*Alarms, error) {
	scope = tf.Group(scope, id)
	topicARN, err := NewTopic(scope, TopicProps{
		Name: props.Names.AlarmTopic(props.Environment), KeyARN: props.KeyARN, Policy: props.TopicPolicy, Email: props.Email, Provider: props.Edge,
	})
	if err != nil {
		return nil, fmt.Errorf("alarms of %q from outside: %w", props.Environment, err)
	}
	out := &Alarms{TopicARN: topicARN, provider: props.Edge}
	if err := out.newPages(scope, props.Pages); err != nil {
		return nil, fmt.Errorf("pages of %q from outside: %w", props.Environment, err)
	}
	requests := props.edgeMetric("Requests", "Sum")
	for _, a := range append(pageAlarms(config.EdgePagesLost, props.Pages), []alarm{
		{
			id: config.PublicURL,
			// 1 while Route 53 takes the answers for good. Of a check that is gone,
			// disabled or never ran there is no data, and nobody would be told that
			// users cannot come in: that is bad too.
			metric: metric{"AWS/Route53", "HealthCheckStatus", "Minimum", [][2]string{{"HealthCheckId", props.HealthCheckID}}},
			bad:    below, threshold: 1, periods: 3, missing: isBad, whileOn: true,
		},
		{
			id: config.EdgeErrors,
			// A percentage, of which a handful of requests makes any number: counted,
			// as those of services are.
			metric: props.edgeMetric("5xxErrorRate", "Average"), requests: &requests, combined: "measured * requests / 100",
			bad: above, threshold: float64(props.ServerErrors), periods: 5, missing: isGood, whileOn: true,
		},
	}...) {
		out.add(scope, Props{Names: props.Names, Environment: props.Environment, Protected: props.Protected, OffHours: props.OffHours, GitHub: props.GitHub}, a)
	}
	return out, nil
}

// edgeMetric is a metric of the distribution (Amazon CloudFront developer guide,
// "CloudFront metrics").
func (p OutsideProps) edgeMetric(name, statistic string) metric {
	return metric{"AWS/CloudFront", name, statistic, [][2]string{{"DistributionId", p.DistributionID}, {"Region", "Global"}}}
}
