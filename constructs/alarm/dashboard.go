package alarm

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchdashboard"
)

// newDashboard shows what the alarms watch, one row each for the load
// balancer, the services and the database.
func newDashboard(scope cdk.Construct, p Props) error {
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
	for _, s := range p.Services {
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
		DashboardName: new(p.Names.Dashboard(p.Environment)),
		DashboardBody: new(string(body)),
	})
	return nil
}
