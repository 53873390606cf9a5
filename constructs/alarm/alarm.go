// Package alarm makes CloudWatch alarms, their topic and their dashboard. It is a part: see package
// constructs for what a part may import.
package alarm

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Alarms are an environment's CloudWatch alarms, the topic they are sent to
// and a dashboard of what they watch.
type Alarms struct {
	TopicARN string
	// PageTopicARN is that of the topic of pages; "" where they have none of their own.
	PageTopicARN string
	// Rollback are, by service, the names of the alarms that roll its
	// deployment back.
	Rollback map[string][]string
	// Names of all alarms; All depends on each of them.
	Names []string
	All   []cdktf.ITerraformDependable
	// provider of the region that they are in; nil for the stack's own.
	provider cdktf.TerraformProvider
}

// Props configures Alarms.
type Props struct {
	// Names and Environment make the names of the alarms and of what they watch.
	Names       config.Names
	Environment string
	Thresholds  config.Alarms
	// Protected says that there is user data, so that an alarm may wake somebody.
	Protected bool
	// LoadBalancer is the ARN suffix of the load balancer.
	LoadBalancer string
	Services     []Service
	// Jobs are those that have a schedule.
	Jobs []Job
	// StorageGiB is how much storage the database has.
	StorageGiB int
	// MemoryGiB is how much memory its instance class has.
	MemoryGiB int
	// TopicPolicy says who publishes to the topic; LogsKeyARN encrypts it.
	TopicPolicy policy.Document
	LogsKeyARN  string
	// OffHours are when alarms do not look that would ring because the environment
	// is off.
	OffHours config.OffHours
	// Email receives every alarm.
	Email string
	// Pages is the topic of those alarms that are pages; nil for none.
	Pages *TopicProps
	// GitHub has the runbook that each alarm's description names.
	GitHub config.GitHub
}

// Service is an ECS service that is watched.
type Service struct {
	Name string
	// TargetGroup is the ARN suffix of its target group; "" for a service that
	// is not behind the load balancer.
	TargetGroup string
}

// Job is a job that is watched.
type Job struct {
	Name string
	// MissedHours without a run that succeeded raise an alarm; 0 for none.
	MissedHours int
}

// metric is a CloudWatch metric, in the words of the CloudWatch API.
type metric struct {
	namespace, name string
	// statistic such as "Average" or "p95".
	statistic  string
	dimensions [][2]string
}

// alarm is what differs between one alarm and the next.
type alarm struct {
	id config.AlarmID
	// service that it watches; "" for none.
	service string
	metric  metric
	// requests, if there are any, are counted; combined says what of them and of
	// the metric is compared with the threshold.
	requests *metric
	combined string
	// bad is the side of the threshold that raises the alarm.
	bad       side
	threshold float64
	// periods of a minute each, or of seconds, that must all be bad.
	periods, seconds int
	missing          missingData
	// whileOn says that it would ring while the environment is switched off.
	whileOn bool
}

// side of a threshold, in the words of the CloudWatch API.
type side string

const (
	above side = "GreaterThanThreshold"
	below side = "LessThanThreshold"
)

// missingData is what no data means, in the words of the CloudWatch API.
type missingData string

const (
	isGood missingData = "notBreaching"
	isBad  missingData = "breaching"
)

// New makes all of it. It returns an error if the topic's policy is invalid.
func New(scope cdk.Construct, id string, props Props) (*Alarms, error) {
	scope = tf.Group(scope, id)
	topicARN, err := NewTopic(scope, TopicProps{
		Name: props.Names.AlarmTopic(props.Environment), KeyARN: props.LogsKeyARN, Policy: props.TopicPolicy, Email: props.Email,
	})
	if err != nil {
		return nil, fmt.Errorf("alarms of %q: %w", props.Environment, err)
	}
	out := &Alarms{TopicARN: topicARN, Rollback: map[string][]string{}}
	if err := out.newPages(scope, props.Pages); err != nil {
		return nil, fmt.Errorf("pages of %q: %w", props.Environment, err)
	}
	for _, a := range loadBalancerAlarms(props) {
		out.add(scope, props, a)
	}
	for _, service := range props.Services {
		for _, a := range rollbackAlarms(props, service) {
			out.Rollback[service.Name] = append(out.Rollback[service.Name], out.add(scope, props, a))
		}
		for _, a := range serviceAlarms(props, service) {
			out.add(scope, props, a)
		}
	}
	for _, a := range jobAlarms(props) {
		out.add(scope, props, a)
	}
	for _, a := range databaseAlarms(props) {
		out.add(scope, props, a)
	}
	for _, a := range pageAlarms(config.PagesLost, props.Pages) {
		out.add(scope, props, a)
	}
	if err := newDashboard(scope, props); err != nil {
		return nil, fmt.Errorf("alarms of %q: %w", props.Environment, err)
	}
	return out, nil
}

// TopicProps configures the topic of alarms.
type TopicProps struct {
	Name, KeyARN string
	// Policy says who publishes to it.
	Policy policy.Document
	// Email receives everything that is published; "" for nobody yet.
	Email string
	// SourceUnknown is why the policy cannot say for whom a service publishes; "" for
	// one that says it.
	SourceUnknown string
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
}

// NewTopic makes a topic with its policy and subscription, and returns its ARN. It
// returns an error if the policy is invalid.
func NewTopic(scope cdk.Construct, props TopicProps) (string, error) {
	document, err := props.Policy.JSON()
	if err != nil {
		return "", err
	}
	arn := *snstopic.NewSnsTopic(scope, new("topic"), &snstopic.SnsTopicConfig{
		Name:           &props.Name,
		KmsMasterKeyId: &props.KeyARN,
		Provider:       props.Provider,
	}).Arn()
	attached := snstopicpolicy.NewSnsTopicPolicy(scope, new("topic-policy"), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:      &arn,
		Policy:   &document,
		Provider: props.Provider,
	})
	if props.SourceUnknown != "" {
		compliance.Except(attached, compliance.Exception{Rule: "PW-POL-02", Reason: props.SourceUnknown, Expires: "2027-10-14"})
	}
	if props.Email != "" {
		snstopicsubscription.NewSnsTopicSubscription(scope, new("email"), &snstopicsubscription.SnsTopicSubscriptionConfig{
			TopicArn: &arn,
			Protocol: new("email"),
			Endpoint: &props.Email,
			Provider: props.Provider,
		})
	}
	return arn, nil
}

// newPages makes the topic of pages, if they have one.
func (a *Alarms) newPages(scope cdk.Construct, props *TopicProps) (err error) {
	if props != nil {
		a.PageTopicARN, err = NewTopic(tf.Group(scope, "pages"), *props)
	}
	return err
}

// pageAlarms watch whether SNS delivers pages; none where there is no topic of pages. Of a
// webhook each attempt counts that failed (Amazon SNS developer guide, "Monitoring Amazon
// SNS topics using CloudWatch": NumberOfNotificationsFailed, sent every five minutes).
// They are tickets, since a page would go the same way.
func pageAlarms(id config.AlarmID, pages *TopicProps) []alarm {
	if pages == nil {
		return nil
	}
	return []alarm{{
		id: id, metric: metric{"AWS/SNS", "NumberOfNotificationsFailed", "Sum", [][2]string{{"TopicName", pages.Name}}},
		bad: above, threshold: 0, periods: 1, seconds: 300, missing: isGood,
	}}
}

// topics are those that an alarm is published to, when it rings and when it ends.
func (a *Alarms) topics(severity config.Severity) *[]*string {
	if severity == config.Page && a.PageTopicARN != "" {
		return tf.List(a.TopicARN, a.PageTopicARN)
	}
	return tf.List(a.TopicARN)
}

// add makes an alarm and returns its name.
func (a *Alarms) add(scope cdk.Construct, props Props, w alarm) string {
	id := w.id.Of(w.service)
	name := props.Names.Alarm(props.Environment, id)
	description := props.GitHub.AlarmDescriptions(w.service, props.Protected)[w.id]
	topics := a.topics(config.ReadAlarmDescription(description).Severity)
	settings := &cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		AlarmName:          &name,
		AlarmDescription:   &description,
		ComparisonOperator: new(string(w.bad)),
		Threshold:          &w.threshold,
		EvaluationPeriods:  tf.Number(w.periods + late(w, props.OffHours)),
		TreatMissingData:   new(string(w.missing)),
		AlarmActions:       topics,
		OkActions:          topics,
		Provider:           a.provider,
	}
	if props.OffHours.IsSet() {
		// Whoever switches the environment off by hand silences its alarms, until its
		// schedule lets them call again.
		settings.Lifecycle = &cdktf.TerraformResourceLifecycle{IgnoreChanges: tf.List("actions_enabled")}
	}
	switch {
	case w.whileOn && props.OffHours.IsSet():
		minute, value := whileOn(w, props.OffHours.Watched())
		queries := []*cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery{
			expression("value", value, w.metric, true), expression("minute", minute, w.metric, false), query("measured", w.metric),
		}
		if w.requests != nil {
			queries = append(queries, query("requests", *w.requests))
		}
		settings.MetricQuery = queries
	case w.requests != nil:
		settings.MetricQuery = combine(w.combined, w.metric, *w.requests)
	default:
		settings.Namespace, settings.MetricName, settings.Dimensions = &w.metric.namespace, &w.metric.name, w.metric.dimensionMap()
		settings.Statistic, settings.Period = &w.metric.statistic, tf.Number(cmp.Or(w.seconds, period))
	}
	a.Names = append(a.Names, name)
	a.All = append(a.All, cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, &id, settings))
	return name
}

// period of every metric but those of jobs, in seconds.
const period = 60

// whereEnough is the measured value where there were enough requests, and otherwise 0.
// CloudWatch's own answer to few samples is to keep the alarm's state: one that
// rings when the traffic stops would ring all night, and ECS does not watch an
// alarm that rings already when a deployment begins (ECS developer guide, "How
// CloudWatch alarms detect Amazon ECS deployment failures").
var whereEnough = fmt.Sprintf("IF(requests >= %d, measured, 0)", config.EnoughRequests)

// combine makes the queries "measured" and "requests" and one of both.
func combine(of string, m, requests metric) []*cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery {
	return []*cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery{
		expression("value", of, m, true),
		query("measured", m),
		query("requests", requests),
	}
}

// whileOn are two expressions: the minute of the week, and the metric while the
// environment is on, and otherwise the threshold, which is good on both sides (AWS
// Incident Detection and Response user guide, "Use a metric math function to suppress
// an alarm"; AWS, "Enhance CloudWatch metrics with metric math functions": DAY is 1 on
// Monday). DAY, HOUR and MINUTE know UTC only. What is missing counts as the alarm says:
// FILL has a bad value for it; where it had none, the alarm's missing data is bad too.
// The functions of time have a value for each minute of any metric (Amazon CloudWatch
// user guide, "Metric math syntax and functions": "a new non-sparse time series where
// each value is based on its timestamp").
func whileOn(w alarm, spans []config.Span) (minute, value string) {
	measured := cmp.Or(w.combined, "measured")
	if w.missing == isBad {
		bad := w.threshold + 1
		if w.bad == below {
			bad = w.threshold - 1
		}
		measured = "FILL(measured, " + number(bad) + ")"
	}
	on := make([]string, len(spans))
	for i, span := range spans {
		on[i] = fmt.Sprintf("(minute >= %d AND minute < %d)", span.From, span.Until)
	}
	return "(DAY(measured) - 1) * 1440 + HOUR(measured) * 60 + MINUTE(measured)",
		"IF(" + strings.Join(on, " OR ") + ", " + measured + ", " + number(w.threshold) + ")"
}

// lateMinutes is how long CloudWatch may wait for a minute's value of a metric that
// comes late.
const lateMinutes = 3

// late is how many more minutes must be bad where FILL gives a bad value to each that
// CloudWatch has not received yet (Amazon CloudWatch user guide, "Metric math syntax and
// functions": "an issue if your metrics are being published with a slight delay"): of an
// alarm without FILL it looks at the minutes that it has.
func late(w alarm, hours config.OffHours) int {
	if w.whileOn && w.missing == isBad && hours.IsSet() {
		return lateMinutes
	}
	return 0
}

// number in full: metric math has no exponents.
func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func query(id string, m metric) *cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery {
	return &cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery{
		Id: &id,
		Metric: &cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQueryMetric{
			Namespace: &m.namespace, MetricName: &m.name, Dimensions: m.dimensionMap(), Stat: &m.statistic, Period: tf.Number(period),
		},
	}
}

// expression is over metrics of the same alarm; one of them is what it looks at.
func expression(id, text string, of metric, looks bool) *cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery {
	out := &cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery{Id: &id, Expression: &text}
	if looks {
		out.Label, out.ReturnData = new(of.name+" "+of.statistic), new(true)
	}
	return out
}

func (m metric) dimensionMap() *map[string]*string {
	out := map[string]*string{}
	for _, d := range m.dimensions {
		out[d[0]] = &d[1]
	}
	return &out
}

func (p Props) loadBalancerMetric(name, statistic string) metric {
	return metric{"AWS/ApplicationELB", name, statistic, [][2]string{{"LoadBalancer", p.LoadBalancer}}}
}

func (p Props) targetMetric(name, statistic string, target string) metric {
	return metric{"AWS/ApplicationELB", name, statistic, [][2]string{
		{"LoadBalancer", p.LoadBalancer}, {"TargetGroup", target},
	}}
}

func (p Props) serviceMetric(namespace, name, statistic string, service Service) metric {
	return metric{namespace, name, statistic, [][2]string{
		{"ClusterName", p.Names.Cluster(p.Environment)},
		{"ServiceName", p.Names.Service(p.Environment, service.Name)},
	}}
}

func (p Props) databaseMetric(name, statistic string) metric {
	return metric{"AWS/RDS", name, statistic, [][2]string{{"DBInstanceIdentifier", p.Names.Database(p.Environment)}}}
}

func loadBalancerAlarms(p Props) []alarm {
	return []alarm{{
		id:     config.LoadBalancerErrors,
		metric: p.loadBalancerMetric("HTTPCode_ELB_5XX_Count", "Sum"),
		bad:    above, threshold: float64(p.Thresholds.ServerErrors), periods: 5, missing: isGood, whileOn: true,
	}}
}

// rollbackAlarms roll a deployment of the service back.
func rollbackAlarms(p Props, s Service) []alarm {
	memory := alarm{
		id: config.ServiceMemory, service: s.Name,
		metric: p.serviceMetric("AWS/ECS", "MemoryUtilization", "Maximum", s),
		bad:    above, threshold: 90, periods: 3, missing: isGood,
	}
	if s.TargetGroup == "" {
		return []alarm{memory}
	}
	requests := p.targetMetric("RequestCount", "Sum", s.TargetGroup)
	return []alarm{
		{
			id: config.ServiceErrors, service: s.Name,
			metric: p.targetMetric("HTTPCode_Target_5XX_Count", "Sum", s.TargetGroup),
			bad:    above, threshold: float64(p.Thresholds.ServerErrors), periods: 2, missing: isGood,
		},
		{
			id: config.ServiceLatency, service: s.Name,
			metric:   p.targetMetric("TargetResponseTime", "p95", s.TargetGroup),
			requests: &requests, combined: whereEnough,
			bad: above, threshold: p.Thresholds.LatencySeconds, periods: 5, missing: isGood,
		},
		{
			id: config.ServiceUnhealthy, service: s.Name,
			metric: p.targetMetric("UnHealthyHostCount", "Maximum", s.TargetGroup),
			bad:    above, threshold: 0, periods: 3, missing: isGood,
		},
		memory,
	}
}

func serviceAlarms(p Props, s Service) []alarm {
	return []alarm{
		{
			id: config.ServiceCPU, service: s.Name,
			metric: p.serviceMetric("AWS/ECS", "CPUUtilization", "Average", s),
			bad:    above, threshold: 90, periods: 10, missing: isGood,
		},
		{
			id: config.ServiceNoTask, service: s.Name,
			metric: p.serviceMetric("ECS/ContainerInsights", "RunningTaskCount", "Minimum", s),
			bad:    below, threshold: 1, periods: 5, missing: isBad, whileOn: true,
		},
	}
}

// jobAlarms watch how often EventBridge passed on the end of a run (EventBridge user
// guide, "Monitoring Amazon EventBridge": Invocations, which is sent only where it
// is not zero).
func jobAlarms(p Props) []alarm {
	ends := func(job Job, end string) metric {
		return metric{"AWS/Events", "Invocations", "Sum", [][2]string{{"RuleName", p.Names.JobRule(p.Environment, job.Name, end)}}}
	}
	var alarms []alarm
	for _, job := range p.Jobs {
		alarms = append(alarms, alarm{
			id: config.JobFails, service: job.Name, metric: ends(job, config.JobFailed),
			bad: above, threshold: 0, periods: 1, seconds: 300, missing: isGood,
		})
		if job.MissedHours > 0 {
			alarms = append(alarms, alarm{
				id: config.JobMissed, service: job.Name, metric: ends(job, config.JobSucceeded),
				bad: below, threshold: 1, periods: job.MissedHours, seconds: 3600, missing: isBad,
			})
		}
	}
	if len(p.Jobs) > 0 {
		alarms = append(alarms, alarm{
			id: config.JobsNotStarted,
			metric: metric{"AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum",
				[][2]string{{"QueueName", p.Names.DeadLetterQueue(p.Environment)}}},
			bad: above, threshold: 0, periods: 1, seconds: 300, missing: isGood,
		})
	}
	return alarms
}

func databaseAlarms(p Props) []alarm {
	const gib = 1 << 30
	return []alarm{
		{
			id:     config.DatabaseCPU,
			metric: p.databaseMetric("CPUUtilization", "Average"),
			bad:    above, threshold: 80, periods: 10, missing: isBad, whileOn: true,
		},
		{
			id:     config.DatabaseStorage,
			metric: p.databaseMetric("FreeStorageSpace", "Minimum"),
			bad:    below, threshold: float64(p.StorageGiB) * gib / 20, periods: 5, missing: isBad, whileOn: true,
		},
		{
			id:     config.DatabaseConnections,
			metric: p.databaseMetric("DatabaseConnections", "Maximum"),
			bad:    above, threshold: float64(p.Thresholds.DatabaseConnections), periods: 5, missing: isBad, whileOn: true,
		},
		{
			id:     config.DatabaseMemory,
			metric: p.databaseMetric("FreeableMemory", "Minimum"),
			bad:    below, threshold: float64(p.MemoryGiB) * gib / 16, periods: 5, missing: isBad, whileOn: true,
		},
	}
}
