package status

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/github"
	"github.com/paperwurks/infra/internal/maintenance"
	"github.com/paperwurks/infra/internal/preflight"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// partTime is how long a part may take before it counts as unread.
const partTime = 20 * time.Second

// Source is where a report is read from.
type Source struct {
	Settings config.Settings
	// Regional and Edge are AWS in the platform's region and in us-east-1.
	Regional, Edge awsapi.Client
	// LocalState is the folder of the states of `make up`; "" where they are in S3.
	LocalState string
	// GitHub has the issue about drift; nil on a local AWS, which has no
	// nightly check. Without a token the part is unread.
	GitHub *github.Client
	Now    func() time.Time
}

// part is one thing to read, into where it belongs.
type part struct {
	name string
	read func(context.Context) error
	env  *Environment // nil for what is of the account
}

// Read reads all parts of the environments at once, and says what is wrong.
func (s Source) Read(ctx context.Context, environments []config.Environment) *Report {
	r := &Report{At: s.Now().UTC(), Account: s.Settings.User.AccountID, Region: s.Settings.Region, isLocal: s.GitHub == nil}
	r.Environments = make([]Environment, len(environments))
	locks := make([]*Lock, len(environments)+1)
	var parts []part
	for i, name := range stacks(environments) {
		parts = append(parts, part{"lock of " + name, func(ctx context.Context) error { return s.lock(ctx, name, &locks[i]) }, nil})
	}
	for i, env := range environments {
		e := &r.Environments[i]
		e.Name, e.URL, e.hours = env.Name, "https://"+s.Settings.Hostname(env), env.OffHours
		e.switchable = !env.IsProtected()
		parts = append(parts,
			part{"services", func(ctx context.Context) error { return s.services(ctx, env, e) }, e},
			part{"alarms", func(ctx context.Context) (err error) { e.Alarms, err = s.alarmsOf(ctx, env); return err }, e},
			part{"topics", func(ctx context.Context) (err error) { e.Topics, err = s.topics(ctx, s.topicsOf(env)...); return err }, e},
			part{"database", func(ctx context.Context) error { return s.database(ctx, env, e) }, e},
			part{"secrets", func(ctx context.Context) error { return s.secrets(ctx, env, e) }, e},
			part{"maintenance mode", func(ctx context.Context) error { return s.maintenance(ctx, env, e) }, e})
		if s.Settings.User.Domain.IsSet() {
			parts = append(parts, part{"certificates", func(ctx context.Context) error { return s.certificates(ctx, env, e) }, e})
		} else {
			parts = append(parts, part{"address", func(ctx context.Context) error { return s.address(ctx, env, e) }, e})
		}
	}
	if s.Settings.Account.Topic() {
		parts = append(parts, part{"topic of the account", func(ctx context.Context) (err error) {
			r.Topics, err = s.topics(ctx, Topic{Name: s.Settings.Names().AccountTopic(), Region: s.Settings.Region, Wanted: 1})
			return err
		}, nil})
	}
	if s.Settings.Account.Makes(config.TrailAlarmsPart) {
		parts = append(parts, part{"alarms of the account", func(ctx context.Context) (err error) {
			r.Alarms, err = s.alarms(ctx, s.Settings.Names().AccountName(""), s.Regional)
			return err
		}, nil})
	}
	parts = append(parts, part{"quotas", func(ctx context.Context) error { return s.quotas(ctx, r) }, nil})
	if s.GitHub != nil {
		parts = append(parts, part{"drift", func(ctx context.Context) error { return s.drift(ctx, r) }, nil})
	}
	errs := make([]error, len(parts))
	var wait sync.WaitGroup
	for i, p := range parts {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, partTime)
			defer cancel()
			errs[i] = p.read(ctx)
		})
	}
	wait.Wait()
	for i, p := range parts {
		if errs[i] == nil {
			continue
		}
		unread := Unread{p.name, strings.ReplaceAll(errs[i].Error(), "\n", "; ")}
		if p.env != nil {
			p.env.Unread = append(p.env.Unread, unread)
		} else {
			r.Unread = append(r.Unread, unread)
		}
	}
	for _, l := range locks {
		if l != nil {
			r.Locks = append(r.Locks, *l)
		}
	}
	s.placeTasks(r, environments)
	r.check()
	return r
}

func (s Source) do(ctx context.Context, service, operation string, parameters map[string]any) (awsapi.Value, error) {
	answer, err := s.Regional.Do(ctx, awsapi.Request{Service: service, Operation: operation, Parameters: parameters})
	if err != nil {
		return awsapi.Value{}, err
	}
	return answer.Value, nil
}

// describedAtOnce is how many services DescribeServices takes (Amazon ECS API).
const describedAtOnce = 10

func (s Source) services(ctx context.Context, env config.Environment, e *Environment) error {
	n := s.Settings.Names()
	cluster := n.Cluster(env.Name)
	found := map[string]awsapi.Value{}
	for some := range slices.Chunk(env.Services, describedAtOnce) {
		var names []any
		for _, service := range some {
			names = append(names, n.Service(env.Name, service.Name))
		}
		described, err := s.do(ctx, "ecs", "DescribeServices", map[string]any{"cluster": cluster, "services": names})
		if err != nil {
			return err
		}
		for _, v := range described.List("services") {
			if v.Text("status") != "INACTIVE" {
				found[v.Text("serviceName")] = v
			}
		}
	}
	var errs []error
	for _, service := range env.Services {
		out := Service{Name: service.Name}
		if v, ok := found[n.Service(env.Name, service.Name)]; ok {
			errs = append(errs, s.service(ctx, env.Name, cluster, v, &out))
		}
		e.Services = append(e.Services, out)
	}
	return errors.Join(errs...)
}

// service reads what one runs, and how its last deployment ended.
func (s Source) service(ctx context.Context, env, cluster string, v awsapi.Value, out *Service) error {
	out.Running, out.Desired = integer(v.Text("runningCount")), integer(v.Text("desiredCount"))
	revision := v.Text("taskDefinition")
	out.Revision = revision[strings.LastIndexByte(revision, '/')+1:]
	for _, d := range v.List("deployments") {
		if d.Text("status") == "PRIMARY" {
			out.Since = moment(d.Text("createdAt"))
		}
	}
	definition, err := s.do(ctx, "ecs", "DescribeTaskDefinition", map[string]any{"taskDefinition": revision})
	if err != nil {
		return err
	}
	for _, c := range definition.List("taskDefinition.containerDefinitions") {
		if c.Text("name") == out.Name {
			image := c.Text("image")
			out.Image = image[strings.LastIndexByte(image, ':')+1:]
			out.Commit = commitOf(env, out.Image)
		}
	}
	list, err := s.do(ctx, "ecs", "ListServiceDeployments", map[string]any{"cluster": cluster, "service": v.Text("serviceName"), "maxResults": 100})
	if err != nil {
		return err
	}
	// The API reference promises no order.
	for _, d := range list.List("serviceDeployments") {
		if began := moment(d.Text("createdAt")); out.Deployment == nil || began.After(out.Deployment.Began) {
			out.Deployment = &Deployment{Outcome: d.Text("status"), Reason: d.Text("statusReason"), Began: began, Ended: moment(d.Text("finishedAt"))}
		}
	}
	return nil
}

func (s Source) alarmsOf(ctx context.Context, env config.Environment) (*Alarms, error) {
	clients := []awsapi.Client{s.Regional}
	if env.HasOutside() {
		clients = append(clients, s.Edge)
	}
	return s.alarms(ctx, s.Settings.Names().Alarm(env.Name, ""), clients...)
}

// alarms are those whose names begin with the prefix.
func (s Source) alarms(ctx context.Context, prefix string, clients ...awsapi.Client) (*Alarms, error) {
	var found []awsapi.Value
	for _, client := range clients {
		alarms, err := client.All(ctx, awsapi.Request{Service: "monitoring", Operation: "DescribeAlarms",
			Parameters: map[string]any{"AlarmNamePrefix": prefix}}, "MetricAlarms.member")
		if err != nil {
			return nil, err
		}
		found = append(found, alarms...)
	}
	out := &Alarms{}
	for _, v := range found {
		out.All++
		name := strings.TrimPrefix(v.Text("AlarmName"), prefix)
		if v.Text("ActionsEnabled") == "false" {
			out.Muted = append(out.Muted, name)
		}
		switch v.Text("StateValue") {
		case "INSUFFICIENT_DATA":
			out.WithoutData++
		case "ALARM":
			a := Alarm{Name: name, Reason: v.Text("StateReason"), Since: moment(v.Text("StateTransitionedTimestamp"))}
			if a.Since.IsZero() {
				a.Since = moment(v.Text("StateUpdatedTimestamp"))
			}
			d := config.ReadAlarmDescription(v.Text("AlarmDescription"))
			a.Means, a.Severity, a.Runbook = d.Means, string(d.Severity), d.Runbook
			out.Ringing = append(out.Ringing, a)
		}
	}
	slices.SortFunc(out.Ringing, func(a, b Alarm) int { return a.Since.Compare(b.Since) })
	return out, nil
}

// topicsOf are the topics of an environment's alarms. Amazon Q Developer in chat
// applications is a subscriber too, which confirms by itself.
func (s Source) topicsOf(env config.Environment) []Topic {
	n := s.Settings.Names()
	regions := []string{s.Settings.Region}
	if env.HasOutside() {
		regions = append(regions, config.EdgeRegion)
	}
	var out []Topic
	for _, region := range regions {
		out = append(out, Topic{Name: n.AlarmTopic(env.Name), Region: region, Wanted: 1 + min(len(env.Slack.Alarms), 1)})
		if s.Settings.HasPages(env) {
			out = append(out, Topic{Name: n.PageTopic(env.Name), Region: region, Wanted: s.Settings.User.OnCall.Subscribers() + min(len(env.Slack.Pages), 1)})
		}
	}
	return out
}

// topics reads how many confirmed that they want to be told.
func (s Source) topics(ctx context.Context, topics ...Topic) ([]Topic, error) {
	n := s.Settings.Names()
	for i := range topics {
		t := &topics[i]
		client, arn := s.Regional, n.ARN("sns", t.Name)
		if t.Region == s.Edge.Region {
			client, arn = s.Edge, n.EdgeARN("sns", t.Name)
		}
		answer, err := client.Do(ctx, awsapi.Request{Service: "sns", Operation: "GetTopicAttributes", Parameters: map[string]any{"TopicArn": arn}})
		var fault *awsapi.Fault
		if errors.As(err, &fault) && strings.HasPrefix(fault.Code, "NotFound") {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.Exists = true
		for _, entry := range answer.Value.List("Attributes.entry") {
			switch entry.Text("key") {
			case "SubscriptionsConfirmed":
				t.Confirmed = integer(entry.Text("value"))
			case "SubscriptionsPending":
				t.Pending = integer(entry.Text("value"))
			}
		}
	}
	return topics, nil
}

func (s Source) database(ctx context.Context, env config.Environment, e *Environment) error {
	n := s.Settings.Names()
	id := n.Database(env.Name)
	answer, err := s.do(ctx, "rds", "DescribeDBInstances", map[string]any{"DBInstanceIdentifier": id})
	var fault *awsapi.Fault
	if errors.As(err, &fault) && strings.HasPrefix(fault.Code, "DBInstanceNotFound") {
		e.Database = &Database{}
		return nil
	}
	if err != nil {
		return err
	}
	v := answer.At("DBInstances.DBInstance")
	out := &Database{State: v.Text("DBInstanceStatus"), Class: v.Text("DBInstanceClass"), Version: v.Text("EngineVersion"),
		StorageGiB: number(v.Text("AllocatedStorage")), Restorable: moment(v.Text("LatestRestorableTime")), CertificateEnds: moment(v.Text("CertificateDetails.ValidTill"))}
	out.Pending = append(out.Pending, v.At("PendingModifiedValues").Members()...)
	e.Database = out
	pending, pendingErr := s.do(ctx, "rds", "DescribePendingMaintenanceActions", map[string]any{"ResourceIdentifier": n.ARN("rds", "db:"+id)})
	if pendingErr == nil {
		for _, a := range pending.List("PendingMaintenanceActions.ResourcePendingMaintenanceActions.PendingMaintenanceActionDetails.PendingMaintenanceAction") {
			text := a.Text("Action")
			if at := moment(a.Text("CurrentApplyDate")); !at.IsZero() {
				text += " on " + day(at)
			}
			out.Pending = append(out.Pending, text)
		}
	}
	free, freeErr := s.freeStorage(ctx, id)
	out.FreeGiB = free
	return errors.Join(pendingErr, freeErr)
}

// freeStorage is the last measurement of the last quarter of an hour, in GiB;
// nil for none.
func (s Source) freeStorage(ctx context.Context, id string) (*float64, error) {
	now := s.Now().UTC()
	answer, err := s.do(ctx, "monitoring", "GetMetricStatistics", map[string]any{
		"Namespace": "AWS/RDS", "MetricName": "FreeStorageSpace", "Period": 60,
		"StartTime": now.Add(-15 * time.Minute).Format(time.RFC3339), "EndTime": now.Format(time.RFC3339),
		"Dimensions": map[string]any{"member": []any{map[string]any{"Name": "DBInstanceIdentifier", "Value": id}}},
		"Statistics": map[string]any{"member": []any{"Minimum"}},
	})
	if err != nil {
		return nil, err
	}
	var last time.Time
	var free *float64
	for _, v := range answer.List("Datapoints.member") {
		if at := moment(v.Text("Timestamp")); at.After(last) {
			last, free = at, new(number(v.Text("Minimum"))/(1<<30))
		}
	}
	return free, nil
}

func (s Source) secrets(ctx context.Context, env config.Environment, e *Environment) error {
	var errs []error
	for _, name := range env.Secrets {
		v, err := s.do(ctx, "secretsmanager", "DescribeSecret", map[string]any{"SecretId": s.Settings.Names().Secret(env.Name, name)})
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		out := Secret{Name: name, DeletedAt: moment(v.Text("DeletedDate"))}
		for _, version := range v.At("VersionIdsToStages").Members() {
			for _, stage := range v.List("VersionIdsToStages." + version) {
				out.HasValue = out.HasValue || stage.Text("") == "AWSCURRENT"
			}
		}
		e.Secrets = append(e.Secrets, out)
	}
	return errors.Join(errs...)
}

func (s Source) certificates(ctx context.Context, env config.Environment, e *Environment) error {
	host := s.Settings.Hostname(env)
	for _, client := range []awsapi.Client{s.Regional, s.Edge} {
		list, err := client.All(ctx, awsapi.Request{Service: "acm", Operation: "ListCertificates"}, "CertificateSummaryList")
		if err != nil {
			return err
		}
		found := false
		for _, c := range list {
			if c.Text("DomainName") != host {
				continue
			}
			found = true
			answer, err := client.Do(ctx, awsapi.Request{Service: "acm", Operation: "DescribeCertificate", Parameters: map[string]any{"CertificateArn": c.Text("CertificateArn")}})
			if err != nil {
				return err
			}
			v := answer.Value.At("Certificate")
			e.Certificates = append(e.Certificates, Certificate{Host: host, Region: client.Region, State: v.Text("Status"), Ends: moment(v.Text("NotAfter"))})
		}
		if !found {
			e.Certificates = append(e.Certificates, Certificate{Host: host, Region: client.Region, State: "MISSING"})
		}
	}
	return nil
}

// maintenance is whether users see the maintenance page.
func (s Source) maintenance(ctx context.Context, env config.Environment, e *Environment) error {
	state, err := maintenance.Switch{Settings: s.Settings, Environment: env.Name, Edge: s.Edge}.Mode(ctx)
	if err == nil && !state.Off() {
		e.Maintenance = state.Mode()
	}
	return err
}

// address is where users find an environment without a domain.
func (s Source) address(ctx context.Context, env config.Environment, e *Environment) error {
	v, err := s.do(ctx, "ssm", "GetParameter", map[string]any{"Name": s.Settings.Parameters().URL(env.Name).Name})
	e.URL = v.Text("Parameter.Value")
	return err
}

// lock reads who holds a state: next to it in S3, or as Terraform writes it
// next to a state in a file.
func (s Source) lock(ctx context.Context, stack string, out **Lock) error {
	var held *terraform.Lock
	if s.LocalState == "" {
		n := s.Settings.Names()
		var err error
		if held, _, err = (terraform.Store{Client: s.Regional, Bucket: n.StateBucket(), Key: n.StateKey(stack)}).Lock(ctx); err != nil || held == nil {
			return err
		}
	} else {
		data, err := os.ReadFile(filepath.Join(s.LocalState, "."+stack+".tfstate.lock.info"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if held, err = terraform.ParseLock(data); err != nil {
			return err
		}
	}
	*out = &Lock{Stack: stack, Who: held.Who, Operation: held.Operation, Since: held.Created.UTC()}
	return nil
}

func (s Source) quotas(ctx context.Context, r *Report) error {
	used, err := preflight.Usage(ctx, s.Regional, s.Edge)
	for _, u := range used {
		r.Quotas = append(r.Quotas, Quota{u.Name, u.Used, u.Limit})
	}
	return err
}

// placeTasks adds the vCPUs of the environments' tasks to the quotas that count
// them.
func (s Source) placeTasks(r *Report, environments []config.Environment) {
	onDemand, spot := 0.0, 0.0
	for i, env := range environments {
		running := map[string]int{}
		for _, service := range r.Environments[i].Services {
			running[service.Name] = service.Running
		}
		a, b := preflight.VCPUs(env, running)
		onDemand, spot = onDemand+a, spot+b
	}
	for i := range r.Quotas {
		switch q := &r.Quotas[i]; q.Name {
		case preflight.FargateOnDemand:
			q.Used = onDemand
		case preflight.FargateSpot:
			q.Used = spot
		}
	}
}

// driftWorkflow looks for drift each night.
const driftWorkflow = "drift.yml"

func (s Source) drift(ctx context.Context, r *Report) error {
	if s.GitHub.Token == "" {
		return errors.New("GH_TOKEN is not set (export GH_TOKEN=$(gh auth token))")
	}
	issue, err := s.GitHub.Issue(ctx, review.DriftMarker)
	if err != nil {
		return err
	}
	run, err := s.GitHub.LastRun(ctx, driftWorkflow, s.Settings.GitHub.InfraBranch)
	if err != nil {
		return err
	}
	r.Drift = &Drift{Issue: issue.Number, Since: issue.CreatedAt, Checked: run.UpdatedAt, Outcome: run.Conclusion}
	return nil
}

// integer and number are 0 where AWS names none.
func integer(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func number(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// moment is a time as AWS writes it: seconds since 1970 in JSON, RFC 3339 in
// XML; zero for none.
func moment(text string) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC()
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC()
}
