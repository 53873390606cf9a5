package architecture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// operationsPrefix begins the name of each environment's page.
const operationsPrefix = "operations-"

func operationsFile(env string) string { return operationsPrefix + env + ".md" }

// operations is the page of an environment for who has an alarm and ten minutes.
// It returns an error for an alarm without a runbook.
func operations(settings config.Settings, s *platform.Stacks, env config.Environment) (string, error) {
	o := operating{settings, s, env}
	p := &page{}
	p.WriteString(o.filled(operationsIntroduction))
	if err := o.alarms(p); err != nil {
		return "", fmt.Errorf("operations of %q: %w", env.Name, err)
	}
	if err := o.runs(p); err != nil {
		return "", err
	}
	o.console(p)
	o.logs(p)
	o.rollOut(p)
	return p.String(), nil
}

type operating struct {
	settings config.Settings
	stacks   *platform.Stacks
	env      config.Environment
}

// filled puts what is of the environment in place of {env} and the like; <host> is
// CloudFront's own name, which the settings do not have.
func (o operating) filled(text string) string {
	profile := ""
	if o.settings.People.OnCall.Any() {
		profile = " AWS_PROFILE=" + o.settings.Names().PeopleRole(config.OnCallRole)
	}
	return strings.TrimSpace(strings.NewReplacer("{env}", o.env.Name, "{region}", o.settings.Region, "{branch}", o.env.Deployment.Branch,
		"{project}", o.settings.Project, "{account}", o.settings.User.AccountID, "{profile}", profile, "{path}", o.env.OutsidePath(), "{host}", cmp.Or(o.settings.Hostname(o.env), "<host>"), "{backend}", o.settings.GitHub.Owner+"/"+o.settings.GitHub.BackendRepository).Replace(text)) + "\n"
}

// link to a page of the console, by its path behind the host and what follows #.
func (o operating) link(text, path, fragment string) string {
	return o.linkIn(o.settings.Region, text, path, fragment)
}

func (o operating) linkIn(region, text, path, fragment string) string {
	if fragment != "" {
		fragment = "#" + fragment
	}
	return fmt.Sprintf("[%s](https://%s.console.aws.amazon.com/%s?region=%[2]s%[4]s)", text, region, path, fragment)
}

// inConsole is a name in the fragment of a page of CloudWatch, which reads it as
// encoded twice, with $ for %.
func inConsole(name string) string { return strings.ReplaceAll(name, "/", "$252F") }

func (o operating) alarms(p *page) error {
	kinds := map[string]config.AlarmKind{}
	for _, k := range config.AlarmKinds() {
		kinds[o.settings.GitHub.RunbookURL(k.ID)] = k
	}
	var rows [][]string
	for _, r := range o.stacks.Of(o.env.Name, "aws_cloudwatch_metric_alarm") {
		d := config.ReadAlarmDescription(r.Text("alarm_description"))
		kind, ok := kinds[d.Runbook]
		if !ok || d.Severity == "" {
			return fmt.Errorf("alarm %q has no severity or no runbook: %q", r.Text("alarm_name"), r.Text("alarm_description"))
		}
		name, region := r.Text("alarm_name"), o.settings.Region
		if kind.ID.IsOutside() {
			region = config.EdgeRegion
		}
		rolls := ""
		if kind.RollsBack {
			rolls = "; a deployment of it is rolled back"
		}
		rows = append(rows, []string{string(d.Severity), o.linkIn(region, "`"+name+"`", "cloudwatch/home", "alarmsV2:alarm/"+name), strings.TrimSuffix(d.Means, " (bytes)") + ": " + raised(r) + rolls,
			fmt.Sprintf("%s ([runbook](operations.md#%s))", kind.First, kind.ID.Anchor())})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) })
	p.Heading("Alarms")
	text := "A page is for now, a ticket for the next working day."
	if !o.env.IsProtected() {
		text = "Here is no user data that is protected, so that all are tickets, for the next working day."
	}
	p.Text(text + " All go to `" + o.settings.User.AlarmEmail + "`" + inSlack(" and to Slack channel", o.env.Slack.Alarms) + o.pagesTo() + ".")
	if o.env.OffHours.IsSet() {
		p.Text("**[Switched off](operations.md#switch-an-environment-off-and-on)** " + o.env.OffHours.String() + ". Alarms that would ring for that look at nothing then, nor for " + fmt.Sprint(config.StartMinutes) + " minutes after.")
	}
	p.Table("severity", "alarm", "it rings when", "first step")
	for _, row := range rows {
		p.Row(row...)
	}
	p.Text("`" + o.settings.Names().AccountName("…") + "` is an alarm of the whole account: [alarms of the account](operations.md#alarms-of-the-account).")
	return nil
}

// pagesTo says where pages go besides.
func (o operating) pagesTo() string {
	if !o.settings.HasPages(o.env) {
		return ""
	}
	var to []string
	if email := o.settings.User.OnCall.Email; email != "" {
		to = append(to, "`"+email+"`")
	}
	if o.settings.User.OnCall.Webhook {
		to = append(to, "the paging service that [an administrator subscribed](operations.md#send-pages-to-who-is-on-call)")
	}
	if o.env.Slack.Pages != "" {
		to = append(to, inSlack("Slack channel", o.env.Slack.Pages))
	}
	return ", pages to " + strings.Join(to, " and ") + " too"
}

// inSlack names a channel after words that go before it; "" without one.
func inSlack(words, channel string) string {
	if channel == "" {
		return ""
	}
	return words + " [`" + channel + "`](operations.md#send-alarms-to-slack)"
}

// raised says on which values an alarm rings.
func raised(r platform.Resource) string {
	statistic := r.Text("statistic")
	for _, q := range r.Nested("metric_query") {
		for _, m := range q.Nested("metric") {
			if q.Text("id") == "measured" && m.Text("namespace") != "AWS/CloudFront" {
				statistic = m.Text("stat")
			}
		}
	}
	if statistic == "" {
		statistic = "number" // what is computed of two metrics
	}
	side := map[string]string{"GreaterThanThreshold": "above", "LessThanThreshold": "below"}[r.Text("comparison_operator")]
	threshold := fmt.Sprintf("%g", r.Number("threshold"))
	if gib := r.Number("threshold") / (1 << 30); gib >= 0.1 {
		threshold = fmt.Sprintf("%g GiB", math.Round(gib*10)/10)
	}
	minutes := fmt.Sprintf("%g minutes", r.Number("evaluation_periods"))
	switch period := r.Number("period"); {
	case period == 60*60:
		minutes = fmt.Sprintf("%g hours", r.Number("evaluation_periods"))
	case period > 60:
		minutes = fmt.Sprintf("%g minutes", r.Number("evaluation_periods")*period/60)
	}
	missing := ""
	if r.Text("treat_missing_data") == "breaching" {
		missing = ", or nothing is measured"
	}
	return fmt.Sprintf("%s %s %s for %s%s", strings.ToLower(statistic), side, threshold, minutes, missing)
}

func (o operating) runs(p *page) error {
	n := o.settings.Names()
	workloads, err := o.stacks.Workloads(o.env.Name)
	if err != nil {
		return err
	}
	p.Heading("What runs")
	p.Text(fmt.Sprintf("In the cluster %s. Who is on call opens alarms, the dashboard and the application's logs; the other links want `"+n.PeopleRole(config.ReadOnlyRole)+"`.", o.link("`"+n.Cluster(o.env.Name)+"`", "ecs/v2/clusters/"+n.Cluster(o.env.Name)+"/services", "")))
	p.Table("what", "size", "tasks", "look at")
	for _, w := range workloads {
		size := fmt.Sprintf("%g vCPU, %g MiB", w.CPU/1024, w.Memory)
		look := o.logGroup(o.settings.Region, n.LogGroup(o.env.Name, strings.TrimPrefix(w.Name, n.Service(o.env.Name, ""))), "log")
		tasks := "one, by the backend's pipeline"
		for _, job := range o.env.Jobs {
			if w.Name == n.Service(o.env.Name, job.Name) {
				tasks = "one, when somebody [starts it](operations.md#run-a-job-once)"
				if job.Schedule != "" {
					tasks = strings.TrimSpace("one, `" + job.Schedule + "` " + job.TimeZone)
					look = o.link("schedule", "scheduler/home", "schedules/"+n.ScheduleGroup(o.env.Name)+"/"+job.Name) + ", " + look
				}
				tasks += fmt.Sprintf("; ended after %d minutes", job.TimeLimitSeconds/60)
			}
		}
		if w.IsService {
			tasks = fmt.Sprintf("%g to %g", w.Min, w.Max)
			look = o.link("health", "ecs/v2/clusters/"+n.Cluster(o.env.Name)+"/services/"+w.Name+"/health", "") + ", " +
				o.link("deployments", "ecs/v2/clusters/"+n.Cluster(o.env.Name)+"/services/"+w.Name+"/deployments", "") + ", " + look
		}
		p.Row("`"+w.Name+"`", size, tasks, look)
	}
	for _, r := range o.stacks.Of(o.env.Name, "aws_db_instance") {
		zones := "one zone"
		if multi, _ := r.Attributes["multi_az"].(bool); multi {
			zones = "two zones"
		}
		id := r.Text("identifier")
		p.Row("`"+id+"`", fmt.Sprintf("PostgreSQL %s, %s, %g to %g GiB", r.Text("engine_version"), r.Text("instance_class"), r.Number("allocated_storage"), r.Number("max_allocated_storage")),
			zones, o.link("monitoring", "rds/home", "database:id="+id+";is-cluster=false;tab=monitoring")+", "+o.link("Database Insights", "cloudwatch/home", "database-insights:"))
	}
	for _, r := range o.stacks.Of(o.env.Name, "aws_lb") {
		p.Row("`"+r.Text("name")+"`", "load balancer, inside the network", "–", o.link("load balancers", "ec2/home", "LoadBalancers:search="+r.Text("name")))
	}
	for range o.stacks.Of(o.env.Name, "aws_cloudfront_distribution") {
		host := o.settings.Hostname(o.env)
		if host == "" {
			host = "CloudFront's own name (`make status ENV=" + o.env.Name + "`)"
		} else {
			host = "`" + host + "`"
		}
		p.Row("CloudFront", host, "–", o.linkIn(config.EdgeRegion, "distributions", "cloudfront/v4/home", "/distributions")+", "+"[firewall](https://"+config.EdgeRegion+".console.aws.amazon.com/wafv2/homev2/web-acls?region=global)")
	}
	return nil
}

func (o operating) console(p *page) {
	p.Heading("Dashboard")
	var links []string
	for _, r := range o.stacks.Of(o.env.Name, "aws_cloudwatch_dashboard") {
		name := r.Text("dashboard_name")
		links = append(links, o.link("`"+name+"`", "cloudwatch/home", "dashboards/dashboard/"+name))
	}
	const ringing = "alarmsV2:?~(alarmStateFilter~'ALARM)"
	links = append(links, o.link("all alarms that ring", "cloudwatch/home", ringing))
	if o.env.HasOutside() {
		links = append(links, o.linkIn(config.EdgeRegion, "those in "+config.EdgeRegion, "cloudwatch/home", ringing))
	}
	p.Text(strings.Join(links, ", ") + ".")
}

func (o operating) logGroup(region, name, text string) string {
	return o.linkIn(region, text, "cloudwatch/home", "logsV2:log-groups/log-group/"+inConsole(name))
}

// logs are the log groups of the environment, and queries for each kind.
func (o operating) logs(p *page) {
	p.Heading("Logs, and what to ask them")
	p.Text(o.filled(logsIntroduction))
	type group struct{ region, name string }
	groups := map[string][]group{}
	for _, r := range o.stacks.In(o.env.Name, "aws_cloudwatch_log_group") {
		g := group{o.settings.Region, r.Text("name")}
		if r.Text("provider") != "" {
			g.region = config.EdgeRegion
		}
		for _, k := range logKinds {
			if strings.Contains(g.name, k.has) {
				groups[k.title] = append(groups[k.title], g)
				break
			}
		}
	}
	for _, k := range logKinds {
		if len(groups[k.title]) == 0 {
			continue
		}
		var links []string
		for _, g := range groups[k.title] {
			link := o.logGroup(g.region, g.name, "`"+g.name+"`")
			if g.region != o.settings.Region {
				link += " in " + g.region
			}
			links = append(links, link)
		}
		fmt.Fprintf(p, "\n### %s\n", k.title)
		p.Text(strings.Join(links, ", "))
		for _, q := range k.queries {
			p.Text(q.what + ":")
			p.WriteString("\n```text\n" + q.query + "\n```\n")
		}
	}
}

func (o operating) rollOut(p *page) {
	p.Heading("In which order it is rolled out")
	stacks := []string{"shared"}
	var fed []string
	for _, e := range o.settings.Environments {
		stacks = append(stacks, e.Name)
		if e.Images.From == o.env.Name {
			fed = append(fed, e.Name)
		}
	}
	for i, name := range stacks {
		if name == o.env.Name {
			stacks[i] = "**" + name + "**"
		}
	}
	image := "Its images are built from `" + o.env.Deployment.Branch + "`."
	if from := o.env.Images.From; from != "" {
		image = "Its images are those that ran in **" + from + "**, of `" + o.env.Deployment.Branch + "`; nothing is built."
	}
	if len(fed) > 0 {
		image += " What ran here goes on to **" + strings.Join(fed, "**, **") + "**."
	}
	p.Text("Infrastructure, by `deploy.yml`: " + strings.Join(stacks, " → ") + ", each after the one before it and its approval. " +
		"The backend, by its own: check → image → scan → database's roles → migration → services → what runs → the public URL is asked. " + image)
	p.Text(o.filled(rollOutText))
}
