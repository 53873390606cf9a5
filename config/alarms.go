package config

import (
	"fmt"
	"strings"
)

// AlarmID says what an alarm watches. It ends the alarm's name, and the anchor
// of its row in the runbook.
type AlarmID string

// The alarms of an environment, those of each service first.
const (
	ServiceErrors       AlarmID = "5xx"
	ServiceLatency      AlarmID = "latency"
	ServiceUnhealthy    AlarmID = "unhealthy"
	ServiceMemory       AlarmID = "memory"
	ServiceCPU          AlarmID = "cpu"
	ServiceNoTask       AlarmID = "no-task"
	LoadBalancerErrors  AlarmID = "load-balancer-5xx"
	PublicURL           AlarmID = "public-url"
	EdgeErrors          AlarmID = "cloudfront-5xx"
	JobFails            AlarmID = "job-failed"
	JobMissed           AlarmID = "job-missed"
	JobsNotStarted      AlarmID = "jobs-not-started"
	PagesLost           AlarmID = "pages-lost"
	EdgePagesLost       AlarmID = "edge-pages-lost"
	DatabaseCPU         AlarmID = "database-cpu"
	DatabaseConnections AlarmID = "database-connections"
	DatabaseMemory      AlarmID = "database-memory"
	DatabaseStorage     AlarmID = "database-storage"
)

// EnoughRequests of a minute say something by their 95th percentile; that of a
// handful is the slowest of them (CloudWatch user guide, "Percentile-based
// CloudWatch alarms and low data samples").
const EnoughRequests = 200

// Severity says how soon somebody has to look.
type Severity string

const (
	// Page is for what users notice or data is lost by: now, at night too.
	Page Severity = "page"
	// Ticket is for the next working day.
	Ticket Severity = "ticket"
)

// AlarmKind is what is written of an alarm: in its description, which the mail
// has, and in the runbook.
type AlarmKind struct {
	ID AlarmID
	// OfService alarms are one for each service, with its name before the id.
	OfService bool
	// OfJob alarms are one for each job that has a schedule.
	OfJob bool
	// Severity where user data is protected; elsewhere no alarm wakes anybody.
	Severity Severity
	// Means is what has happened; "{service}" stands for the service, or the job.
	Means string
	// RollsBack a deployment of the service while it rings.
	RollsBack bool
	// First is the first step, as Markdown; steps are those of the runbook.
	First string
}

// AlarmKinds are all alarms, in the runbook's order.
func AlarmKinds() []AlarmKind {
	return []AlarmKind{
		{ID: PublicURL, Severity: Page, Means: "The public URL does not answer well from outside, or nobody asked it: 0 is unhealthy", First: "the section *Looked at from outside*"},
		{ID: EdgeErrors, Severity: Page, Means: "CloudFront answers 5xx to users (answers a minute)", First: "the load balancer's alarms; without one, the section *Looked at from outside*"},
		{ID: LoadBalancerErrors, Severity: Page, Means: "The load balancer itself answers 5xx: no task takes the request", First: "steps 1 and 2: does a task run?"},
		{ID: ServiceErrors, Severity: Page, OfService: true, RollsBack: true, Means: "{service} answers 5xx, two minutes in a row",
			First: "step 3; roll back if a deployment preceded"},
		{ID: ServiceLatency, Severity: Ticket, OfService: true, RollsBack: true,
			Means: fmt.Sprintf("{service} is slow: one answer in twenty takes longer (seconds); not looked at below %d requests a minute", EnoughRequests),
			First: "the database's alarms, then step 3"},
		{ID: ServiceUnhealthy, Severity: Page, OfService: true, RollsBack: true, Means: "{service} has tasks that fail their health check", First: "steps 2 and 3"},
		{ID: ServiceMemory, Severity: Ticket, OfService: true, RollsBack: true, Means: "{service} is about to run out of memory (percent)", First: "more `Memory`; step 3 if it grew slowly"},
		{ID: ServiceCPU, Severity: Ticket, OfService: true, Means: "{service} stays busy although it may scale (percent)", First: "is `MaxTasks` reached?"},
		{ID: ServiceNoTask, Severity: Page, OfService: true, Means: "{service} has no running task", First: "step 2: an image, a secret or capacity is missing"},
		{ID: JobFails, Severity: Ticket, OfJob: true, Means: "A run of job {service} failed, or was ended at its time limit", First: "the log of the job; [A job](operations.md#a-job-failed-or-did-not-run)"},
		{ID: JobMissed, Severity: Ticket, OfJob: true, Means: "No run of job {service} has succeeded for as many hours as its settings allow", First: "[A job](operations.md#a-job-failed-or-did-not-run): does its schedule exist?"},
		{ID: JobsNotStarted, Severity: Ticket, Means: "EventBridge Scheduler could not start a job; why is in the dead-letter queue", First: "[A job](operations.md#a-job-failed-or-did-not-run)"},
		{ID: DatabaseCPU, Severity: Ticket, Means: "The database stays busy (percent)", First: "CloudWatch → Database Insights: which statement?"},
		{ID: DatabaseConnections, Severity: Ticket, Means: "The database has many connections", First: "more tasks than usual, or a pool without a limit?"},
		{ID: DatabaseMemory, Severity: Ticket, Means: "The database has less than a sixteenth of its memory free (bytes)", First: "CloudWatch → Database Insights; a larger `InstanceClass`"},
		{ID: DatabaseStorage, Severity: Page, Means: "The database has less than a twentieth of its first storage free, and storage autoscaling, which starts at a tenth, has not helped (bytes)",
			First: "a larger `MaxStorageGiB`"},
		{ID: PagesLost, Severity: Ticket, Means: "SNS could not deliver a page to who is on call, or had to try again", First: lostPages},
		{ID: EdgePagesLost, Severity: Ticket, Means: "SNS could not deliver a page from us-east-1 to who is on call, or had to try again", First: lostPages},
	}
}

const lostPages = "[Send pages](operations.md#send-pages-to-who-is-on-call): does the webhook still answer? Where pages go to Slack only: [Slack](operations.md#send-alarms-to-slack): is the channel still there, and Amazon Q in it? Page by hand what rings meanwhile"

// Anchor of the alarm's row in docs/operations.md.
func (id AlarmID) Anchor() string { return "alarm-" + string(id) }

// Of is the id with the service before it; "" for an alarm of none.
func (id AlarmID) Of(service string) string {
	if service == "" {
		return string(id)
	}
	return service + "-" + string(id)
}

// SeverityOf an alarm in an environment.
func (k AlarmKind) SeverityOf(protected bool) Severity {
	if protected {
		return k.Severity
	}
	return Ticket
}

// IsOutside says whether the alarm is one of those in EdgeRegion, which only an
// environment has that is looked at from outside.
func (id AlarmID) IsOutside() bool { return id == PublicURL || id == EdgeErrors || id == EdgePagesLost }

// IsOfPages says whether the alarm is one of those on the topic of pages, which only an
// environment has whose pages have one.
func (id AlarmID) IsOfPages() bool { return id == PagesLost || id == EdgePagesLost }

// AlarmDescriptions are the descriptions of an environment's alarms of a
// service or job, or of none (""), by id: what it means, how soon somebody has to look,
// and where the runbook is.
func (g GitHub) AlarmDescriptions(service string, protected bool) map[AlarmID]string {
	out := map[AlarmID]string{}
	for _, k := range AlarmKinds() {
		if (k.OfService || k.OfJob) == (service != "") {
			out[k.ID] = strings.ReplaceAll(k.Means, "{service}", service) + severityLabel + string(k.SeverityOf(protected)) + runbookLabel + g.RunbookURL(k.ID)
		}
	}
	return out
}

const (
	severityLabel = ". Severity: "
	runbookLabel  = ". Runbook: "
)

// RunbookURL is the page that says what to do while the alarm rings.
func (g GitHub) RunbookURL(id AlarmID) string { return g.runbook(id.Anchor()) }

func (g GitHub) runbook(anchor string) string {
	return "https://github.com/" + g.Owner + "/" + g.InfraRepository + "/blob/" + g.InfraBranch + "/docs/operations.md#" + anchor
}

// AlarmDescription is a description taken apart.
type AlarmDescription struct {
	Means    string
	Severity Severity
	// Runbook is a URL, "" where there is none.
	Runbook string
}

// ReadAlarmDescription takes apart what AlarmDescriptions wrote, and what an
// earlier version did, which had no severity.
func ReadAlarmDescription(description string) AlarmDescription {
	rest, runbook, _ := strings.Cut(description, runbookLabel)
	means, severity, _ := strings.Cut(rest, severityLabel)
	return AlarmDescription{means, Severity(severity), runbook}
}
