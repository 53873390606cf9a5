package constructs

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchdashboard"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// Alarms are an environment's CloudWatch alarms, the topic they are sent to
// and a dashboard of what they watch.
type Alarms struct {
	TopicARN string
	// Rollback are, by service, the names of the alarms that roll its
	// deployment back.
	Rollback map[string][]string
	// All depends on every alarm.
	All []cdktf.ITerraformDependable
}

// AlarmsProps configures Alarms.
type AlarmsProps struct {
	Names       config.Names
	Environment config.Environment
	LogsKeyARN  string
	Email       string
	// LoadBalancer and TargetGroups (by routed service) are watched.
	LoadBalancer *LoadBalancer
	TargetGroups map[string]*TargetGroup
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
	id, description string
	metric          metric
	// over: above the threshold alarms; otherwise below.
	over      bool
	threshold float64
	// periods of a minute each that must all be bad.
	periods int
	// missing is what no data means: "notBreaching", "breaching".
	missing string
}

// NewAlarms makes all of it. It fails when the topic's policy or the dashboard
// cannot be written.
func NewAlarms(scope cdk.Construct, id string, props AlarmsProps) (*Alarms, error) {
	scope = group(scope, id)
	topicARN, err := newAlarmTopic(scope, props)
	if err != nil {
		return nil, fmt.Errorf("alarms of %q: %w", props.Environment.Name, err)
	}
	out := &Alarms{TopicARN: topicARN, Rollback: map[string][]string{}}
	make := func(a alarm) string { return out.add(scope, props, a) }

	for _, a := range loadBalancerAlarms(props) {
		make(a)
	}
	for _, s := range props.Environment.Services {
		if target := props.TargetGroups[s.Name]; target != nil {
			for _, a := range routedServiceAlarms(props, s, target) {
				out.Rollback[s.Name] = append(out.Rollback[s.Name], make(a))
			}
		}
		out.Rollback[s.Name] = append(out.Rollback[s.Name], make(memoryAlarm(props, s)))
		for _, a := range serviceAlarms(props, s) {
			make(a)
		}
	}
	for _, a := range databaseAlarms(props) {
		make(a)
	}
	if err := newDashboard(scope, props); err != nil {
		return nil, fmt.Errorf("alarms of %q: %w", props.Environment.Name, err)
	}
	return out, nil
}

// newAlarmTopic gives the topic's ARN.
func newAlarmTopic(scope cdk.Construct, props AlarmsProps) (string, error) {
	n := props.Names
	name := n.AlarmTopic(props.Environment.Name)
	document, err := access.AlarmTopic(n, props.Environment.Name).JSON()
	if err != nil {
		return "", err
	}
	arn := *snstopic.NewSnsTopic(scope, new("topic"), &snstopic.SnsTopicConfig{
		Name:           &name,
		KmsMasterKeyId: &props.LogsKeyARN,
	}).Arn()
	snstopicpolicy.NewSnsTopicPolicy(scope, new("topic-policy"), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:    &arn,
		Policy: &document,
	})
	snstopicsubscription.NewSnsTopicSubscription(scope, new("email"), &snstopicsubscription.SnsTopicSubscriptionConfig{
		TopicArn: &arn,
		Protocol: new("email"),
		Endpoint: &props.Email,
	})
	return arn, nil
}

func (a *Alarms) add(scope cdk.Construct, props AlarmsProps, w alarm) string {
	name := props.Names.In(props.Environment.Name, w.id)
	comparison := "LessThanThreshold"
	if w.over {
		comparison = "GreaterThanThreshold"
	}
	dimensions := map[string]*string{}
	for _, d := range w.metric.dimensions {
		dimensions[d[0]] = &d[1]
	}
	settings := &cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		AlarmName:          &name,
		AlarmDescription:   &w.description,
		Namespace:          &w.metric.namespace,
		MetricName:         &w.metric.name,
		Dimensions:         &dimensions,
		ComparisonOperator: &comparison,
		Threshold:          &w.threshold,
		Period:             number(60),
		EvaluationPeriods:  number(w.periods),
		TreatMissingData:   &w.missing,
		AlarmActions:       list(a.TopicARN),
		OkActions:          list(a.TopicARN),
	}
	if w.metric.isPercentile() {
		settings.ExtendedStatistic = &w.metric.statistic
	} else {
		settings.Statistic = &w.metric.statistic
	}
	a.All = append(a.All, cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, &w.id, settings))
	return name
}

func (m metric) isPercentile() bool { return m.statistic[0] == 'p' }

func (p AlarmsProps) loadBalancerMetric(name, statistic string) metric {
	return metric{"AWS/ApplicationELB", name, statistic, [][2]string{{"LoadBalancer", p.LoadBalancer.ARNSuffix}}}
}

func (p AlarmsProps) targetMetric(name, statistic string, target *TargetGroup) metric {
	return metric{"AWS/ApplicationELB", name, statistic, [][2]string{
		{"LoadBalancer", p.LoadBalancer.ARNSuffix}, {"TargetGroup", target.ARNSuffix},
	}}
}

func (p AlarmsProps) serviceMetric(namespace, name, statistic string, s config.Service) metric {
	return metric{namespace, name, statistic, [][2]string{
		{"ClusterName", p.Names.Cluster(p.Environment.Name)},
		{"ServiceName", p.Names.Service(p.Environment.Name, s.Name)},
	}}
}

func (p AlarmsProps) databaseMetric(name, statistic string) metric {
	return metric{"AWS/RDS", name, statistic, [][2]string{{"DBInstanceIdentifier", p.Names.Database(p.Environment.Name)}}}
}

func loadBalancerAlarms(p AlarmsProps) []alarm {
	return []alarm{{
		id:          "load-balancer-5xx",
		description: "The load balancer itself answers 5xx: no task takes the request",
		metric:      p.loadBalancerMetric("HTTPCode_ELB_5XX_Count", "Sum"),
		over:        true, threshold: float64(p.Environment.Alarms.ServerErrors), periods: 5, missing: "notBreaching",
	}}
}

func routedServiceAlarms(p AlarmsProps, s config.Service, target *TargetGroup) []alarm {
	return []alarm{
		{
			id:          s.Name + "-5xx",
			description: s.Name + " answers 5xx",
			metric:      p.targetMetric("HTTPCode_Target_5XX_Count", "Sum", target),
			over:        true, threshold: float64(p.Environment.Alarms.ServerErrors), periods: 1, missing: "notBreaching",
		},
		{
			id:          s.Name + "-latency",
			description: s.Name + " is slow: one answer in twenty takes longer (seconds)",
			metric:      p.targetMetric("TargetResponseTime", "p95", target),
			over:        true, threshold: p.Environment.Alarms.LatencySeconds, periods: 5, missing: "notBreaching",
		},
		{
			id:          s.Name + "-unhealthy",
			description: s.Name + " has tasks that fail their health check",
			metric:      p.targetMetric("UnHealthyHostCount", "Maximum", target),
			over:        true, threshold: 0, periods: 3, missing: "notBreaching",
		},
	}
}

func memoryAlarm(p AlarmsProps, s config.Service) alarm {
	return alarm{
		id:          s.Name + "-memory",
		description: s.Name + " is about to run out of memory (percent)",
		metric:      p.serviceMetric("AWS/ECS", "MemoryUtilization", "Maximum", s),
		over:        true, threshold: 90, periods: 3, missing: "notBreaching",
	}
}

func serviceAlarms(p AlarmsProps, s config.Service) []alarm {
	return []alarm{
		{
			id:          s.Name + "-cpu",
			description: s.Name + " stays busy although it may scale (percent)",
			metric:      p.serviceMetric("AWS/ECS", "CPUUtilization", "Average", s),
			over:        true, threshold: 90, periods: 10, missing: "notBreaching",
		},
		{
			id:          s.Name + "-no-task",
			description: s.Name + " has no running task",
			metric:      p.serviceMetric("ECS/ContainerInsights", "RunningTaskCount", "Minimum", s),
			over:        false, threshold: 1, periods: 5, missing: "breaching",
		},
	}
}

func databaseAlarms(p AlarmsProps) []alarm {
	const gib = 1 << 30
	settings := p.Environment.Database
	return []alarm{
		{
			id:          "database-cpu",
			description: "The database stays busy (percent)",
			metric:      p.databaseMetric("CPUUtilization", "Average"),
			over:        true, threshold: 80, periods: 10, missing: "breaching",
		},
		{
			id:          "database-storage",
			description: "The database has less than a tenth of its storage free (bytes)",
			metric:      p.databaseMetric("FreeStorageSpace", "Minimum"),
			over:        false, threshold: float64(settings.StorageGiB) * gib / 10, periods: 5, missing: "breaching",
		},
		{
			id:          "database-connections",
			description: "The database has many connections",
			metric:      p.databaseMetric("DatabaseConnections", "Maximum"),
			over:        true, threshold: float64(settings.MaxConnectionsAlarm), periods: 5, missing: "breaching",
		},
		{
			id:          "database-memory",
			description: "The database has less than 256 MiB of memory free (bytes)",
			metric:      p.databaseMetric("FreeableMemory", "Minimum"),
			over:        false, threshold: gib / 4, periods: 5, missing: "breaching",
		},
	}
}

// newDashboard shows what the alarms watch, one row each for the load
// balancer, the services and the database.
func newDashboard(scope cdk.Construct, p AlarmsProps) error {
	type properties struct {
		Title   string  `json:"title"`
		Region  string  `json:"region"`
		View    string  `json:"view"`
		Stacked bool    `json:"stacked"`
		Period  int     `json:"period"`
		Metrics [][]any `json:"metrics"`
	}
	type widget struct {
		Type       string     `json:"type"`
		X          int        `json:"x"`
		Y          int        `json:"y"`
		Width      int        `json:"width"`
		Height     int        `json:"height"`
		Properties properties `json:"properties"`
	}
	const width, height, perRow = 8, 6, 3
	var widgets []widget
	type graph struct {
		title   string
		metrics []metric
	}
	row := func(graphs ...graph) {
		for i, g := range graphs {
			var lines [][]any
			for _, m := range g.metrics {
				line := []any{m.namespace, m.name}
				for _, d := range m.dimensions {
					line = append(line, d[0], d[1])
				}
				lines = append(lines, append(line, map[string]string{"stat": m.statistic}))
			}
			widgets = append(widgets, widget{
				Type: "metric", X: i % perRow * width, Y: len(widgets) / perRow * height, Width: width, Height: height,
				Properties: properties{Title: g.title, Region: p.Names.Region(), View: "timeSeries", Period: 60, Metrics: lines},
			})
		}
	}
	var cpu, memory, tasks []metric
	for _, s := range p.Environment.Services {
		cpu = append(cpu, p.serviceMetric("AWS/ECS", "CPUUtilization", "Average", s))
		memory = append(memory, p.serviceMetric("AWS/ECS", "MemoryUtilization", "Maximum", s))
		tasks = append(tasks, p.serviceMetric("ECS/ContainerInsights", "RunningTaskCount", "Minimum", s))
	}
	row(
		graph{"Requests", []metric{p.loadBalancerMetric("RequestCount", "Sum")}},
		graph{"Server errors", []metric{
			p.loadBalancerMetric("HTTPCode_Target_5XX_Count", "Sum"), p.loadBalancerMetric("HTTPCode_ELB_5XX_Count", "Sum"),
		}},
		graph{"Response time (seconds)", []metric{
			p.loadBalancerMetric("TargetResponseTime", "p50"), p.loadBalancerMetric("TargetResponseTime", "p95"),
		}},
	)
	row(graph{"Service CPU (percent)", cpu}, graph{"Service memory (percent)", memory}, graph{"Running tasks", tasks})
	row(
		graph{"Database CPU (percent)", []metric{p.databaseMetric("CPUUtilization", "Average")}},
		graph{"Database connections", []metric{p.databaseMetric("DatabaseConnections", "Maximum")}},
		graph{"Database free storage (bytes)", []metric{p.databaseMetric("FreeStorageSpace", "Minimum")}},
	)
	body, err := json.Marshal(map[string]any{"widgets": widgets})
	if err != nil {
		return fmt.Errorf("dashboard: %w", err)
	}
	cloudwatchdashboard.NewCloudwatchDashboard(scope, new("dashboard"), &cloudwatchdashboard.CloudwatchDashboardConfig{
		DashboardName: new(p.Names.Environment(p.Environment.Name)),
		DashboardBody: new(string(body)),
	})
	return nil
}
