package status

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
	"github.com/paperwurks/infra/internal/preflight"
)

// source reads from an AWS that answers as the handler does.
func source(t *testing.T, s config.Settings, now time.Time, aws http.Handler) Source {
	t.Helper()
	server := httptest.NewServer(aws)
	t.Cleanup(server.Close)
	out := Source{Settings: s, Now: func() time.Time { return now }}
	for _, c := range []struct {
		client *awsapi.Client
		region string
	}{{&out.Regional, s.Region}, {&out.Edge, config.EdgeRegion}} {
		var err error
		if *c.client, err = awsapi.Connect(t.Context(), c.region, server.URL); err != nil {
			t.Fatal(err)
		}
		c.client.RetryMaxAttempts = 1
	}
	return out
}

// recorded are the settings that the tapes are of: not today's, which the owner
// changes.
func recorded(t *testing.T) config.Settings {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tapes, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s config.Settings
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// local are settings on the local AWS.
func local() config.Settings {
	s := config.Fixture()
	s.User.Domain = config.Domain{}
	return s.OnLocalAWS()
}

const (
	tapes = "testdata"
	page  = "../../docs/status.md"
)

// TestSamples keeps the samples of docs/status.md current: each is what is
// printed of answers that the local AWS gave. Recorded again after make up by
//
//	UPDATE_STATUS=up=http://127.0.0.1:… go test -run TestSamples ./internal/status
//
// and bad-day.json is status-bad-day.json of a rehearsal with the same settings.
func TestSamples(t *testing.T) {
	if name, endpoint, found := strings.Cut(os.Getenv("UPDATE_STATUS"), "="); found {
		record(t, filepath.Join(tapes, name+".json"), endpoint)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	for _, name := range []string{"up", "bad-day"} {
		tape, err := ReadTape(filepath.Join(tapes, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		s := recorded(t)
		src := source(t, s, tape.At, tape.Replay())
		environments := s.Environments
		if name == "bad-day" {
			environments = environments[:1]
		}
		var out bytes.Buffer
		src.Read(t.Context(), environments).Print(&out)
		begin, end := "<!-- "+name+" -->\n```text\n", "```\n"
		i := strings.Index(document, begin)
		if i < 0 {
			t.Fatalf("%s has no %q", page, begin)
		}
		i += len(begin)
		j := i + strings.Index(document[i:], end)
		if document[i:j] != out.String() {
			if os.Getenv("UPDATE_STATUS") == "" {
				t.Errorf("%s is not current; UPDATE_STATUS=1 writes it. Want:\n%s", page, &out)
			}
			document = document[:i] + out.String() + document[j:]
		}
	}
	if os.Getenv("UPDATE_STATUS") != "" {
		if err := os.WriteFile(page, []byte(document), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func record(t *testing.T, file, endpoint string) {
	t.Helper()
	var tape Tape
	now := time.Now()
	handler, err := tape.Record(endpoint, now)
	if err != nil {
		t.Fatal(err)
	}
	s := config.Platform().OnLocalAWS()
	source(t, s, now, handler).Read(t.Context(), s.Environments)
	if err := tape.Write(file); err != nil {
		t.Fatal(err)
	}
	settings, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(filepath.Dir(file), "settings.json"), append(settings, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// off has noon in its hours, on has it not.
var (
	off = config.OffHours{From: "11:30", To: "06:00", TimeZone: "UTC"}
	on  = config.OffHours{From: "12:30", To: "06:00", TimeZone: "UTC"}
)

// healthy is an environment in which nothing is wrong.
func healthy() Environment {
	free := 80.0
	return Environment{
		Name:     "prod",
		Services: []Service{{Name: "web", Running: 2, Desired: 2, Revision: "web:7", Commit: strings.Repeat("a", 40), Deployment: &Deployment{Outcome: "SUCCESSFUL", Ended: noon}}},
		Alarms:   &Alarms{All: 14},
		Topics:   []Topic{{Name: "pages", Region: "us-east-1", Exists: true, Wanted: 2, Confirmed: 3}},
		Database: &Database{State: "available", StorageGiB: 100, FreeGiB: &free, Restorable: noon.Add(-5 * time.Minute), CertificateEnds: noon.AddDate(1, 0, 0)},
		Secrets:  []Secret{{Name: "session-key", HasValue: true}},
		Certificates: []Certificate{
			{Host: "app.example", Region: "us-east-1", State: "ISSUED", Ends: noon.AddDate(0, 6, 0)},
		},
	}
}

// TestWhatIsWrong: each fault is found, and alone.
func TestWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		want   string
		change func(*Environment)
	}{
		{"", func(*Environment) {}},
		{"web runs 1 of 2 tasks", func(e *Environment) { e.Services[0].Running = 1 }},
		{"web is to run 0 tasks", func(e *Environment) { e.Services[0].Desired = 0 }},
		{"web does not exist", func(e *Environment) { e.Services[0] = Service{Name: "web"} }},
		{"web was never deployed", func(e *Environment) { e.Services[0].Commit = "" }},
		{"web: the last deployment was rolled back", func(e *Environment) { e.Services[0].Deployment.Outcome = "ROLLBACK_SUCCESSFUL" }},
		{"", func(e *Environment) { e.Services[0].Deployment = &Deployment{Outcome: "IN_PROGRESS", Began: noon} }},
		{"services run different commits: aaaaaaaaaaaa, bbbbbbbbbbbb", func(e *Environment) {
			worker := e.Services[0]
			worker.Name, worker.Commit = "worker", strings.Repeat("b", 40)
			e.Services = append(e.Services, worker)
		}},
		{"web-5xx rings", func(e *Environment) { e.Alarms.Ringing = []Alarm{{Name: "web-5xx"}} }},
		{"1 alarm is not mailed: web-5xx", func(e *Environment) { e.Alarms.Muted = []string{"web-5xx"} }},
		{"there are no alarms", func(e *Environment) { e.Alarms.All = 0 }},
		{"the topic pages in us-east-1 has 0 confirmed subscribers, and 1 waits for confirmation: open the mail (docs/operations.md, First day)", func(e *Environment) {
			e.Topics[0].Confirmed, e.Topics[0].Pending = 0, 1
		}},
		{"the topic pages in us-east-1 has 3 confirmed subscribers, and 2 wait for confirmation: open the mail (docs/operations.md, First day)", func(e *Environment) {
			e.Topics[0].Pending = 2
		}},
		{"the topic pages in us-east-1 has 1 confirmed subscriber of 2, and none waits: Deploy subscribes the address and the channel again, an administrator the webhook", func(e *Environment) {
			e.Topics[0].Confirmed = 1
		}},
		{"the topic pages in us-east-1 does not exist", func(e *Environment) { e.Topics[0] = Topic{Name: "pages", Region: "us-east-1"} }},
		{"there is no database", func(e *Environment) { e.Database = &Database{} }},
		{"the database is storage-full", func(e *Environment) { e.Database.State = "storage-full" }},
		{"", func(e *Environment) {
			e.Database.Restorable, *e.Database.FreeGiB = noon.Add(-restorableWithin), lowStorage*e.Database.StorageGiB
			e.Database.CertificateEnds, e.Certificates[0].Ends = noon.AddDate(0, 0, certificateDays), time.Time{}
			worker := e.Services[0]
			worker.Name, worker.Commit = "worker", strings.Repeat("b", 40)
			worker.Deployment = &Deployment{Outcome: "PENDING", Began: noon}
			e.Services = append(e.Services, worker)
		}},
		{"", func(e *Environment) { e.Alarms, e.Database, e.Services[0].Deployment = nil, nil, nil }},
		{"web does not exist; worker was never deployed", func(e *Environment) { e.Services = []Service{{Name: "web"}, {Name: "worker", Revision: "worker:1"}} }},
		{"", func(e *Environment) {
			e.hours, e.Services[0].Desired, e.Services[0].Running, e.Database.State = off, 0, 0, "stopped"
		}},
		{"", func(e *Environment) { // in the morning, while its database starts
			e.hours = config.OffHours{From: "20:00", To: "11:46", TimeZone: "UTC"}
			e.Services[0].Desired, e.Services[0].Running, e.Database.State = 0, 0, "starting"
		}},
		{"web is to run 0 tasks", func(e *Environment) {
			e.hours, e.Services[0].Desired = config.OffHours{From: "20:00", To: "11:45", TimeZone: "UTC"}, 0
		}},
		{"", func(e *Environment) { // by hand, in the hours in which it is on
			e.Services[0].Desired, e.Services[0].Running, e.Database.State, e.Database.Restorable = 0, 0, "stopping", time.Time{}
			e.Alarms = &Alarms{All: 1, Muted: []string{"web-5xx"}, Ringing: []Alarm{{Name: "web-no-task"}}}
		}},
		{"web is to run 0 tasks; the database is stopped", func(e *Environment) {
			e.hours, e.Services[0].Desired, e.Database.State = on, 0, "stopped"
		}},
		{"1 alarm is not mailed: public-url: make switch-on ENV=prod", func(e *Environment) { e.switchable, e.Alarms.Muted = true, []string{"public-url"} }},
		{"2 alarms are not mailed: a, b: make switch-on ENV=prod", func(e *Environment) { e.switchable, e.Alarms.Muted = true, []string{"a", "b"} }},
		{"the database is stopped, and no off-hours start it: make switch-on ENV=prod", func(e *Environment) { e.switchable, e.Database.State = true, "stopped" }},
		{"the database is stopped: make switch-on ENV=prod", func(e *Environment) { e.switchable, e.hours, e.Database.State = true, on, "stopped" }},
		{"the database is starting", func(e *Environment) { e.switchable, e.Database.State = true, "starting" }},
		{"web is to run 0 tasks; 1 alarm is not mailed: a", func(e *Environment) {
			e.Services[0].Desired, e.Alarms.Muted = 0, []string{"a"}
		}},
		{"the database is stopped", func(e *Environment) { e.hours, e.Database.State = off, "stopped" }},
		{"the database is storage-full", func(e *Environment) {
			e.hours, e.Services[0].Desired, e.Database.State = off, 0, "storage-full"
		}},
		{"web does not exist", func(e *Environment) { e.hours, e.Services[0] = off, Service{Name: "web"} }},
		{"2 alarms are not mailed: a, b", func(e *Environment) { e.Alarms.Muted = []string{"a", "b"} }},
		{"web: the last deployment is being rolled back", func(e *Environment) { e.Services[0].Deployment.Outcome = "ROLLBACK_IN_PROGRESS" }},
		{"web: the last deployment failed, and so did its rollback", func(e *Environment) { e.Services[0].Deployment.Outcome = "ROLLBACK_FAILED" }},
		{"web: the last deployment was stopped", func(e *Environment) { e.Services[0].Deployment.Outcome = "STOPPED" }},
		{"web: the last deployment is stop requested", func(e *Environment) { e.Services[0].Deployment.Outcome = "STOP_REQUESTED" }},
		{"the database can be restored only to 45 min ago", func(e *Environment) { e.Database.Restorable = noon.Add(-45 * time.Minute) }},
		{"the database cannot be restored to any point in time", func(e *Environment) { e.Database.Restorable = time.Time{} }},
		{"the database has 9.0 of 100 GiB free", func(e *Environment) { *e.Database.FreeGiB = 9 }},
		{"the database's certificate ends on 2026-12-01", func(e *Environment) { e.Database.CertificateEnds = noon.AddDate(0, 0, 5) }},
		{"the secret session-key has no value", func(e *Environment) { e.Secrets[0].HasValue = false }},
		{"the secret session-key is to be deleted on 2026-12-01", func(e *Environment) { e.Secrets[0].DeletedAt = noon.AddDate(0, 0, 5) }},
		{"the certificate of app.example in us-east-1 is pending validation", func(e *Environment) { e.Certificates[0].State = "PENDING_VALIDATION" }},
		{"app.example has no certificate in us-east-1", func(e *Environment) { e.Certificates[0].State = "MISSING" }},
		{"the certificate of app.example in us-east-1 ends on 2026-12-01 and was not renewed", func(e *Environment) { e.Certificates[0].Ends = noon.AddDate(0, 0, 5) }},
	} {
		e := healthy()
		test.change(&e)
		r := Report{At: noon, Environments: []Environment{e}}
		r.check()
		if got := strings.Join(r.Environments[0].Wrong, "; "); got != test.want || r.Healthy != (test.want == "") {
			t.Errorf("want %q, got %q, healthy: %t", test.want, got, r.Healthy)
		}
	}
	for _, test := range []struct {
		want   string
		report Report
	}{
		{"account-root rings", Report{Alarms: &Alarms{All: 2, Ringing: []Alarm{{Name: "root"}}}}},
		{"1 alarm of the account is not mailed: root", Report{Alarms: &Alarms{All: 2, Muted: []string{"root"}}}},
		{"there are no alarms of the account", Report{Alarms: &Alarms{}}},
		{"", Report{Alarms: &Alarms{All: 2}}},
		{"prod is locked since 3 h by ci@runner", Report{Locks: []Lock{{Stack: "prod", Who: "ci@runner", Since: noon.Add(-3 * time.Hour)}}}},
		{"the topic account in eu-central-1 does not exist", Report{Topics: []Topic{{Name: "account", Region: "eu-central-1"}}}},
		{"", Report{Locks: []Lock{{Stack: "prod", Since: noon.Add(-lockHours * time.Hour)}}}},
		{"vCPU: 4 of 5 are used", Report{Quotas: []Quota{{"vCPU", 4, 5}, {"vCPU of Spot", 3, 5}}}},
		{"drift: issue #12 is open; the last check for drift was 3 days ago: does drift.yml run each night?", Report{Drift: &Drift{Issue: 12, Outcome: "failure", Checked: noon.AddDate(0, 0, -3)}}},
		{"Fargate On-Demand vCPU resource count: 5 of 6 are used", Report{Quotas: []Quota{{"Fargate On-Demand vCPU resource count", 5, 6}, {"VPCs per Region", 5, 5}}}},
		{"drift: issue #12 is open", Report{Drift: &Drift{Issue: 12, Outcome: "success", Checked: noon}}},
		{"the last check for drift ended in timed out", Report{Drift: &Drift{Outcome: "timed_out", Checked: noon}}},
		{"", Report{Drift: &Drift{Outcome: "success", Checked: noon.Add(-driftHours * time.Hour)}}},
		{"the last check for drift was 60 days ago: does drift.yml run each night?", Report{Drift: &Drift{Outcome: "success", Checked: noon.AddDate(0, 0, -60)}}},
		{"nobody has looked for drift yet", Report{Drift: &Drift{}}},
	} {
		test.report.At = noon
		test.report.check()
		if got := strings.Join(test.report.Wrong, "; "); got != test.want || test.report.Healthy != (test.want == "") {
			t.Errorf("want %q, got %q, healthy: %t", test.want, got, test.report.Healthy)
		}
	}
}

// TestUnreadPartsAreSaid: what AWS refuses is said, and the rest is shown.
func TestUnreadPartsAreSaid(t *testing.T) {
	tape, err := ReadTape(filepath.Join(tapes, "up.json"))
	if err != nil {
		t.Fatal(err)
	}
	replay := tape.Replay()
	refusing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if service, _ := awsapi.Scope(r); service == "monitoring" || service == "servicequotas" || service == "sns" {
			w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		replay.ServeHTTP(w, r)
	})
	s := recorded(t)
	src := source(t, s, tape.At, refusing)
	r := src.Read(context.Background(), s.Environments[:1])
	var out bytes.Buffer
	r.Print(&out)
	first, _, _ := strings.Cut(out.String(), "\n")
	for _, want := range []string{"dev: alarms", "dev: topics", "dev: database", "quotas", "topic of the account"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first line does not say that %q was not read: %s", want, first)
		}
	}
	if e := r.Environments[0]; len(e.Services) == 0 || e.Database == nil || e.Database.State == "" || len(e.Secrets) == 0 {
		t.Errorf("what could be read is not there: %+v", e)
	}
	if r.Healthy {
		t.Error("it is healthy")
	}
	data, err := json.Marshal(r)
	if err != nil || !bytes.Contains(data, []byte(`"Healthy":false`)) {
		t.Errorf("%s, %v", data, err)
	}
}

// TestLocks: the owner of a lock is shown, be the state in S3 or in a file.
func TestLocks(t *testing.T) {
	const lock = `{"ID":"0a1b","Operation":"OperationTypeApply","Who":"ci@runner","Created":"2026-11-26T11:00:00Z"}`
	s := local()
	path := "/" + s.Names().StateBucket() + "/" + s.Names().StateKey("dev")
	inS3 := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", noon.Format(http.TimeFormat))
		switch r.URL.Path {
		case path + ".tflock":
			w.Write([]byte(lock))
		case path:
		default:
			http.NotFound(w, r)
		}
	}))
	inFile := inS3
	inFile.LocalState = t.TempDir()
	if err := os.WriteFile(filepath.Join(inFile.LocalState, ".dev.tfstate.lock.info"), []byte(lock), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]Source{"S3": inS3, "file": inFile} {
		got := src.Read(t.Context(), s.Environments[:1]).Locks
		want := []Lock{{Stack: "dev", Who: "ci@runner", Operation: "OperationTypeApply", Since: noon.Add(-time.Hour)}}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestTopics: of each environment's topics, in both regions, and of the account's it is
// read how many confirmed.
func TestTopics(t *testing.T) {
	src := source(t, local(), noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		topic, confirmed := r.Form.Get("TopicArn"), 1
		switch {
		case r.Form.Get("Action") != "GetTopicAttributes":
			http.NotFound(w, r)
		case strings.HasSuffix(topic, ":us-east-1:123456789012:paperwurks-prod-pages"):
			confirmed = 0
			fallthrough
		case strings.HasSuffix(topic, "-alarms"):
			fmt.Fprintf(w, `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>SubscriptionsConfirmed</key><value>%d</value></entry>`+
				`<entry><key>SubscriptionsPending</key><value>%d</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`, confirmed, 1-confirmed)
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>`)
		}
	}))
	r := src.Read(t.Context(), src.Settings.Environments)
	if !r.Environments[0].switchable || r.Environments[2].switchable {
		t.Error("dev may be switched off, and prod not")
	}
	for _, test := range []struct {
		got  []Topic
		want []Topic
	}{
		{r.Environments[0].Topics, []Topic{{"paperwurks-dev-alarms", "eu-central-1", true, 1, 1, 0}}},
		{r.Environments[1].Topics, []Topic{{"paperwurks-staging-alarms", "eu-central-1", true, 2, 1, 0}, {"paperwurks-staging-alarms", "us-east-1", true, 2, 1, 0}}},
		{r.Environments[2].Topics, []Topic{
			{"paperwurks-prod-alarms", "eu-central-1", true, 2, 1, 0}, {"paperwurks-prod-pages", "eu-central-1", false, 3, 0, 0},
			{"paperwurks-prod-alarms", "us-east-1", true, 2, 1, 0}, {"paperwurks-prod-pages", "us-east-1", true, 3, 0, 1},
		}},
		{r.Topics, []Topic{{"paperwurks-account-alarms", "eu-central-1", true, 1, 1, 0}}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%+v\nwant %+v", test.got, test.want)
		}
	}
}

// TestNewestDeployment: ECS promises no order, and the newest one says how it went.
func TestNewestDeployment(t *testing.T) {
	const web = `{"serviceName": "paperwurks-dev-web", "taskDefinition": "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-web:7"}`
	src := source(t, local(), noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch target := r.Header.Get("X-Amz-Target"); target[strings.LastIndexByte(target, '.')+1:] {
		case "DescribeServices":
			w.Write([]byte(`{"services": [` + web + `]}`))
		case "DescribeTaskDefinition":
			w.Write([]byte(`{"taskDefinition": {}}`))
		case "ListServiceDeployments":
			w.Write([]byte(`{"serviceDeployments": [{"status": "SUCCESSFUL", "createdAt": 1000, "finishedAt": 1100}, {"status": "ROLLBACK_SUCCESSFUL", "createdAt": 3000, "finishedAt": 3100}, {"status": "STOPPED", "createdAt": 2000}]}`))
		default:
			http.NotFound(w, r)
		}
	}))
	e := src.Read(t.Context(), src.Settings.Environments[:1]).Environments[0]
	if len(e.Services) == 0 || e.Services[0].Deployment == nil || e.Services[0].Deployment.Outcome != "ROLLBACK_SUCCESSFUL" {
		t.Errorf("%+v, unread %v", e.Services, e.Unread)
	}
}

// TestCertificateIsMissing: an environment under a domain has one in each region.
func TestCertificateIsMissing(t *testing.T) {
	s := local()
	s.User.Domain = config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
	src := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"CertificateSummaryList": []}`))
	}))
	var e Environment
	if err := src.certificates(t.Context(), s.Environments[0], &e); err != nil {
		t.Fatal(err)
	}
	host := s.Hostname(s.Environments[0])
	if want := []Certificate{{Host: host, Region: s.Region, State: "MISSING"}, {Host: host, Region: config.EdgeRegion, State: "MISSING"}}; !slices.Equal(e.Certificates, want) {
		t.Errorf("%+v, want %+v", e.Certificates, want)
	}
	var out bytes.Buffer
	(&Report{At: noon, Environments: []Environment{e}}).Print(&out)
	if !strings.Contains(out.String(), ": none\n") {
		t.Errorf("it does not say that there is none:\n%s", &out)
	}
}

// TestDrift: GitHub's issue and last run, by the REST API's documented answers.
func TestDrift(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/repos/paperwurks/infra/issues":
			w.Write([]byte(`[{"number": 12, "created_at": "2026-11-24T02:11:00Z", "body": "<!-- paperwurks-infra: drift -->", "user": {"login": "github-actions[bot]"}}]`))
		case r.URL.Path == "/repos/paperwurks/infra/actions/workflows/drift.yml/runs" && r.URL.Query().Get("status") == "completed" && r.URL.Query().Get("branch") == "main":
			w.Write([]byte(`{"workflow_runs": [{"updated_at": "2026-11-26T02:20:00Z", "conclusion": "success"}]}`))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	src := Source{Settings: local(), GitHub: &github.Client{API: server.URL, Repository: "paperwurks/infra", HTTP: server.Client()}}
	var r Report
	if err := src.drift(t.Context(), &r); err == nil || !strings.Contains(err.Error(), "GH_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
	src.GitHub.Token = "x"
	if err := src.drift(t.Context(), &r); err != nil || r.Drift.Issue != 12 || r.Drift.Outcome != "success" || r.Drift.Checked.Hour() != 2 || r.Drift.Since.Format(time.RFC3339) != "2026-11-24T02:11:00Z" {
		t.Errorf("%+v, %v", r.Drift, err)
	}
}

// TestPrint compares whole what the samples of docs/status.md do not have.
func TestPrint(t *testing.T) {
	bad, free := healthy(), 80.0
	bad.Name, bad.URL = "dev", "https://dev.app.example"
	bad.Services = append(bad.Services, Service{Name: "worker", Desired: 1, Revision: "worker:2", Commit: strings.Repeat("a", 40), Since: noon.Add(-47 * time.Hour),
		Deployment: &Deployment{Outcome: "IN_PROGRESS", Reason: "a reason", Began: noon.Add(-119 * time.Minute)}}, Service{Name: "beat"})
	bad.Alarms = &Alarms{All: 3, WithoutData: 1, Ringing: []Alarm{{Name: "web-5xx", Means: "errors", Severity: "urgent", Runbook: "https://runbook.example/5xx", Since: noon.Add(-time.Minute)}, {Name: "old", Means: "slow", Runbook: "https://runbook.example/old", Since: noon.AddDate(0, 0, -2)}}}
	bad.Database = &Database{State: "available", Class: "db.t4g.medium", Version: "17", StorageGiB: 100, FreeGiB: &free, Restorable: noon.Add(-59 * time.Second), Pending: []string{"EngineVersion", "system-update"}}
	bad.Certificates = append(bad.Certificates, Certificate{Host: "dev.app.example", Region: "eu-central-1", State: "MISSING"})
	bad.Unread = []Unread{{"secrets", "no right"}}
	r := Report{At: noon, Account: "123456789012", Region: "eu-central-1", Environments: []Environment{healthy(), bad, {Name: "qa", Database: &Database{}, Unread: []Unread{{"alarms", "no right"}}}},
		Locks: []Lock{{"dev", "ada", "OperationTypeApply", noon.Add(-2 * time.Hour)}}, Quotas: []Quota{{"VPCs", 4, 5}, {"vCPU", 1, 6}},
		Drift: &Drift{Issue: 7, Since: noon.AddDate(0, 0, -2), Checked: noon.Add(-10 * time.Hour), Outcome: "timed_out"}, Unread: []Unread{{"quotas", "no right"}}}
	r.check()
	for _, test := range []struct{ got, want string }{{printed(&r), `7 things are wrong; not read: dev: secrets, qa: alarms, quotas
  dev: worker runs 0 of 1 tasks
  dev: beat does not exist
  dev: web-5xx rings
  dev: old rings
  dev: dev.app.example has no certificate in eu-central-1
  qa: there is no database
  drift: issue #7 is open
account 123456789012, eu-central-1, read at 2026-11-26 12:00 UTC

PROD  healthy  ` + `
  service  tasks   commit        revision  since  last deployment
  web      2 of 2  aaaaaaaaaaaa  web:7     –      succeeded 0 s ago
  alarms      0 of 14 ring
  told        3 confirmed subscribers of 1 topic
  database    available, , PostgreSQL , 80 of 100 GiB free, restorable to 5 min ago, nothing pending
  secrets     all 1 have a value
  certificate app.example in us-east-1: issued, until 2027-05-26

DEV  5 things wrong  https://dev.app.example
  service  tasks   commit        revision  since  last deployment
  web      2 of 2  aaaaaaaaaaaa  web:7     –      succeeded 0 s ago
  worker   0 of 1  aaaaaaaaaaaa  worker:2  47 h   is in progress, begun 119 min ago
  beat     0 of 0  –             –         –      none
    worker: a reason
  alarms      2 of 3 ring, 1 without data yet
    web-5xx (urgent) for 1 min: errors
      https://runbook.example/5xx
    old for 2 days: slow
      https://runbook.example/old
  told        3 confirmed subscribers of 1 topic
  database    available, db.t4g.medium, PostgreSQL 17, 80 of 100 GiB free, restorable to 59 s ago, pending: EngineVersion, system-update
  secrets     all 1 have a value
  certificate app.example in us-east-1: issued, until 2027-05-26
  certificate dev.app.example in eu-central-1: none
  not read    secrets: no right

QA  1 thing wrong  ` + `
  database    none
  not read    alarms: no right

ACCOUNT  1 thing wrong
  lock        dev: OperationTypeApply since 2 h, by ada
  quota       VPCs 4 of 5
  drift       issue #7, open since 2 days; last check 10 h ago: timed out
  not read    quotas: no right
`}, {printed(&Report{At: noon, Unread: []Unread{{"drift", "no token"}}}), "nothing is wrong in what could be read; not read: drift\naccount , , read at 2026-11-26 12:00 UTC\n\nACCOUNT  not all was read\n  locks       nobody holds a state\n  not read    drift: no token\n"},
		{printed(&Report{At: noon, Drift: &Drift{}}), "healthy\naccount , , read at 2026-11-26 12:00 UTC\n\nACCOUNT  healthy\n  locks       nobody holds a state\n  drift       never looked for\n"},
		{printed(&Report{At: noon, Drift: &Drift{Checked: noon.Add(-time.Hour), Outcome: "success"}}), "healthy\naccount , , read at 2026-11-26 12:00 UTC\n\nACCOUNT  healthy\n  locks       nobody holds a state\n  drift       none; last check 60 min ago: success\n"}} {
		if test.got != test.want {
			t.Errorf("got\n%s\nwant\n%s", test.got, test.want)
		}
	}
}

func printed(r *Report) string {
	var out bytes.Buffer
	r.Print(&out)
	return out.String()
}

// TestTape: what was recorded is answered again from the file, whenever it is
// asked, and nothing else is.
func TestTape(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusTeapot)
		w.Write([]byte(r.FormValue("Action")))
	}))
	t.Cleanup(upstream.Close)
	ask := func(handler http.Handler, form string) (int, string, string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20261126/eu-central-1/monitoring/aws4_request, SignedHeaders=host, Signature=x")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Header().Get("Content-Type"), w.Body.String()
	}
	var tape Tape
	if _, err := tape.Record(":", noon); err == nil {
		t.Error("recorded from no URL")
	}
	recording, err := tape.Record(upstream.URL, noon.Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if code, kind, body := ask(recording, "Action=A&Version=1&Name=x&StartTime=1&EndTime=2"); code != http.StatusTeapot || kind != "text/xml" || body != "A" {
		t.Errorf("recording: %d %s %s", code, kind, body)
	}
	if code, _, body := ask(recording, "%"); code != http.StatusBadRequest || !strings.Contains(body, "%") {
		t.Errorf("what is no call: %d %s", code, body)
	}
	file := filepath.Join(t.TempDir(), "tape.json")
	if err := tape.Write(file); err != nil {
		t.Fatal(err)
	}
	read, err := ReadTape(file)
	if err != nil || !read.At.Equal(noon) {
		t.Fatalf("%v, %v", read, err)
	}
	if code, kind, body := ask(read.Replay(), "Action=A&Version=1&Name=x&StartTime=3&EndTime=4"); code != http.StatusTeapot || kind != "text/xml" || body != "A" {
		t.Errorf("again: %d %s %s", code, kind, body)
	}
	for _, other := range []string{"Action=A&Version=1&Name=y", "Action=B&Version=1&Name=x"} {
		if code, _, body := ask(read.Replay(), other); code != http.StatusNotImplemented || !strings.Contains(body, "NotRecorded") || !strings.Contains(body, "monitoring eu-central-1 ") {
			t.Errorf("%s: %d %s", other, code, body)
		}
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTape(file); err == nil || !strings.HasPrefix(err.Error(), file+": ") {
		t.Errorf("half a tape: %v", err)
	}
	if _, err := ReadTape(file + "-none"); err == nil {
		t.Error("no tape is read")
	}
}

// TestCommand: of one environment or all, for a person or a machine, from an AWS
// that knows nothing.
func TestCommand(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(server.Close)
	status := func(ctx context.Context, args ...string) (string, error) {
		var out bytes.Buffer
		err := command.Run(ctx, command.Process{Getenv: func(string) string { return "" }, Out: &out}, "platform", "", []command.Command{Command}, append([]string{"status"}, args...))
		return out.String(), err
	}
	names := []string{}
	for _, env := range config.Platform().Environments {
		names = append(names, env.Name)
	}
	local := []string{"-local", server.URL, "-local-state", t.TempDir()}
	out, err := status(t.Context(), append(local, "-json")...)
	var r Report
	if err != nil || json.Unmarshal([]byte(out), &r) != nil || r.Healthy || len(r.Environments) != len(names) || r.Region != config.Platform().Region || !strings.Contains(out, "\n  \"Healthy\": false") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = status(t.Context(), append(local, names[0])...)
	if err != nil || strings.Count(out, "\n"+strings.ToUpper(names[0])+"  not all was read") != 1 || strings.Count(out, "database: ") != 1 || !strings.Contains(out, "nobody holds a state") {
		t.Errorf("%v\n%s", err, out)
	}
	for want, args := range map[string][]string{
		`environment ["qa"]: one of ` + strings.Join(names, ", ") + " is allowed": append(local, "qa"),
		`environment ["` + names[0] + `" "`:                                       append(local, names[0], names[0]),
		"only a loopback address":                                                 {"-local", "http://192.0.2.1"},
	} {
		if _, err := status(t.Context(), args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := status(ctx, local...); err == nil || out != "" {
		t.Errorf("interrupted: %v\n%s", err, out)
	}
	t.Setenv("AWS_PROFILE", "no-such")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	if out, err := status(t.Context()); err == nil || !strings.Contains(err.Error(), "no-such") || out != "" {
		t.Errorf("without credentials: %v\n%s", err, out)
	}
}

func TestGitHubOfTheReport(t *testing.T) {
	s := local()
	for _, test := range []struct {
		variables  map[string]string
		api, token string
	}{
		{nil, "https://api.github.com", ""},
		{map[string]string{"GITHUB_API_URL": "https://github.example/api", "GITHUB_TOKEN": "a"}, "https://github.example/api", "a"},
		{map[string]string{"GH_TOKEN": "b", "GITHUB_TOKEN": "a"}, "https://api.github.com", "b"},
	} {
		c := gitHub(s, func(name string) string { return test.variables[name] })
		if c.API != test.api || c.Token != test.token || c.Repository != s.GitHub.Owner+"/"+s.GitHub.InfraRepository || c.HTTP.Timeout != partTime {
			t.Errorf("%v: %+v", test.variables, c)
		}
	}
}

// TestConnect: each client is of its region; only what is on AWS has a GitHub.
func TestConnect(t *testing.T) {
	// As whoever has no settings of AWS's own, and then wrong ones.
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_PROFILE", "")
	none := func(string) string { return "" }
	for _, target := range []config.Target{{}, {LocalEndpoint: "http://127.0.0.1:1", LocalState: "states"}} {
		s, err := connect(t.Context(), local(), target, none)
		if err != nil || s.Regional.Region != local().Region || s.Edge.Region != config.EdgeRegion || s.LocalState != target.LocalState || (s.GitHub == nil) != target.IsLocal() {
			t.Errorf("%+v: %v: %+v", target, err, s)
		}
	}
	t.Setenv("AWS_PROFILE", "no-such")
	if _, err := connect(t.Context(), local(), config.Target{}, none); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("got %v", err)
	}
}

// TestCertificates: of the environment's host, in both regions, and no other's.
func TestCertificates(t *testing.T) {
	s := local()
	s.User.Domain = config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
	host := s.Hostname(s.Environments[0])
	src := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch target := r.Header.Get("X-Amz-Target"); {
		case strings.HasSuffix(target, "ListCertificates"):
			fmt.Fprintf(w, `{"CertificateSummaryList": [{"DomainName": "other.example", "CertificateArn": "arn:other"}, {"DomainName": %q, "CertificateArn": "arn:own"}]}`, host)
		case string(body) == `{"CertificateArn":"arn:own"}`:
			w.Write([]byte(`{"Certificate": {"Status": "ISSUED", "NotAfter": 1795694400.5}}`))
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	var e Environment
	if err := src.certificates(t.Context(), s.Environments[0], &e); err != nil {
		t.Fatal(err)
	}
	ends := time.UnixMilli(1795694400500).UTC()
	if want := []Certificate{{host, s.Region, "ISSUED", ends}, {host, config.EdgeRegion, "ISSUED", ends}}; !slices.Equal(e.Certificates, want) {
		t.Errorf("%+v, want %+v", e.Certificates, want)
	}
}

// TestEachRefusedCall: whichever call AWS refuses, its part is said to be unread.
func TestEachRefusedCall(t *testing.T) {
	tape, err := ReadTape(filepath.Join(tapes, "bad-day.json"))
	if err != nil {
		t.Fatal(err)
	}
	replay, s := tape.Replay(), recorded(t)
	for operation, want := range map[string]string{
		"DescribeServices": "services", "DescribeTaskDefinition": "services", "ListServiceDeployments": "services", "DescribeAlarms": "alarms, alarms of the account",
		"DescribeDBInstances": "database", "DescribePendingMaintenanceActions": "database", "GetMetricStatistics": "database", "DescribeSecret": "secrets",
		"GetParameter": "address", "DescribeVpcs": "quotas", "ListRegexPatternSets": "maintenance mode", "GetRegexPatternSet": "maintenance mode",
	} {
		refused := false
		src := source(t, s, tape.At, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if call, err := awsapi.Read(r); err == nil && call.Operation == operation {
				refused = true
				w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
				w.WriteHeader(http.StatusForbidden)
				return
			}
			replay.ServeHTTP(w, r)
		}))
		r := src.Read(t.Context(), s.Environments[:1])
		unread := append(r.Environments[0].Unread, r.Unread...)
		var parts []string
		for _, u := range unread {
			if parts = append(parts, u.Part); !strings.Contains(u.Why, "AccessDenied") {
				t.Errorf("%s is refused: %s", operation, u.Why)
			}
		}
		if got := strings.Join(parts, ", "); !refused || r.Healthy || got != want {
			t.Errorf("%s is refused: %t, %+v; want %s", operation, refused, unread, want)
		}
	}
	for _, refused := range []string{"ListCertificates", "DescribeCertificate"} {
		src := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), refused) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			fmt.Fprintf(w, `{"CertificateSummaryList": [{"DomainName": %q, "CertificateArn": "arn:own"}]}`, s.Hostname(s.Environments[0]))
		}))
		if err := src.certificates(t.Context(), s.Environments[0], &Environment{}); err == nil || !strings.Contains(err.Error(), refused) {
			t.Errorf("%s is refused: %v", refused, err)
		}
	}
	folder := t.TempDir()
	src := source(t, s, noon, replay)
	src.LocalState = folder
	for name, text := range map[string]string{".shared.tfstate.lock.info": "{", ".dev.tfstate.lock.info/x": ""} {
		file := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, stack := range []string{"shared", "dev"} {
		var l *Lock
		if err := src.lock(t.Context(), stack, &l); err == nil || l != nil {
			t.Errorf("a lock that cannot be read: %v, %v", l, err)
		}
	}
	for failing := range 2 {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked > failing {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.Write([]byte("[]"))
		}))
		t.Cleanup(server.Close)
		src.GitHub = &github.Client{API: server.URL, Repository: "a/b", Token: "x", HTTP: server.Client()}
		var r Report
		if err := src.drift(t.Context(), &r); err == nil || r.Drift != nil {
			t.Errorf("GitHub refuses call %d: %v, %v", failing+1, r.Drift, err)
		}
		src.GitHub.Token = ""
		if unread := src.Read(t.Context(), nil).Unread; !slices.ContainsFunc(unread, func(u Unread) bool { return u.Part == "drift" && strings.Contains(u.Why, "GH_TOKEN") }) {
			t.Errorf("without a token: %+v", unread)
		}
	}
}

// TestParts: what is read of each answer, in the forms of the API references.
func TestParts(t *testing.T) {
	s := local()
	n := s.Names()
	env := s.Environments[0]
	env.Services, env.Secrets = env.Services[:1], []string{"kept", "empty", "deleted"}
	answers := map[string]string{
		"DescribeServices": `{"services": [{"serviceName": "` + n.Service("dev", env.Services[0].Name) + `", "status": "ACTIVE", "runningCount": 1, "desiredCount": 2, "taskDefinition": "arn:aws:ecs:r:1:task-definition/web:7",
			"deployments": [{"status": "ACTIVE", "createdAt": 1}, {"status": "PRIMARY", "createdAt": 1000.5}]}, {"serviceName": "gone", "status": "INACTIVE"}]}`,
		"DescribeTaskDefinition": `{"taskDefinition": {"containerDefinitions": [{"name": "other", "image": "r/other:1"}, {"name": "` + env.Services[0].Name + `", "image": "host:5000/web:dev-` + strings.Repeat("a", 40) + `"}]}}`,
		"ListServiceDeployments": `{"serviceDeployments": [{"status": "STOPPED", "statusReason": "why", "createdAt": 1000, "finishedAt": 1100}]}`,
		"DescribeAlarms": `<R><DescribeAlarmsResult><MetricAlarms>` +
			`<member><AlarmName>` + n.Alarm("dev", "late") + `</AlarmName><StateValue>ALARM</StateValue><ActionsEnabled>true</ActionsEnabled><StateReason>r</StateReason><StateTransitionedTimestamp>2026-11-26T11:00:00Z</StateTransitionedTimestamp><AlarmDescription>Means. Severity: urgent. Runbook: https://r.example</AlarmDescription></member>` +
			`<member><AlarmName>` + n.Alarm("dev", "early") + `</AlarmName><StateValue>ALARM</StateValue><ActionsEnabled>false</ActionsEnabled><StateUpdatedTimestamp>2026-11-26T10:00:00Z</StateUpdatedTimestamp></member>` +
			`<member><AlarmName>` + n.Alarm("dev", "none") + `</AlarmName><StateValue>INSUFFICIENT_DATA</StateValue></member><member><AlarmName>` + n.Alarm("dev", "fine") + `</AlarmName><StateValue>OK</StateValue></member>` +
			`</MetricAlarms></DescribeAlarmsResult></R>`,
		"DescribeDBInstances": `<R><DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceStatus>available</DBInstanceStatus><DBInstanceClass>c</DBInstanceClass><EngineVersion>17</EngineVersion><AllocatedStorage>20</AllocatedStorage>` +
			`<LatestRestorableTime>2026-11-26T11:55:00Z</LatestRestorableTime><CertificateDetails><ValidTill>2027-11-26T00:00:00Z</ValidTill></CertificateDetails><PendingModifiedValues><EngineVersion>18</EngineVersion></PendingModifiedValues></DBInstance></DBInstances></DescribeDBInstancesResult></R>`,
		"DescribePendingMaintenanceActions": `<R><DescribePendingMaintenanceActionsResult><PendingMaintenanceActions><ResourcePendingMaintenanceActions><PendingMaintenanceActionDetails>` +
			`<PendingMaintenanceAction><Action>system-update</Action><CurrentApplyDate>2026-11-29T03:00:00Z</CurrentApplyDate></PendingMaintenanceAction><PendingMaintenanceAction><Action>ca-certificate-rotation</Action></PendingMaintenanceAction>` +
			`</PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions></PendingMaintenanceActions></DescribePendingMaintenanceActionsResult></R>`,
		"GetMetricStatistics":  `<R><GetMetricStatisticsResult><Datapoints><member><Timestamp>2026-11-26T11:59:00Z</Timestamp><Minimum>2147483648</Minimum></member><member><Timestamp>2026-11-26T11:58:00Z</Timestamp><Minimum>1</Minimum></member></Datapoints></GetMetricStatisticsResult></R>`,
		"kept":                 `{"VersionIdsToStages": {"a": ["AWSPREVIOUS"], "b": ["AWSCURRENT", "AWSPENDING"]}}`,
		"empty":                `{"VersionIdsToStages": {"a": ["AWSPENDING"]}}`,
		"deleted":              `{"DeletedDate": 1795694400, "VersionIdsToStages": {"b": ["AWSCURRENT"]}}`,
		"GetParameter":         `{"Parameter": {"Value": "https://dev.example"}}`,
		"ListRegexPatternSets": `{"RegexPatternSets": [{"Name": "` + n.Maintenance("prod") + `", "Id": "p"}, {"Name": "` + n.Maintenance("dev") + `", "Id": "d", "ARN": "` + n.EdgeARN("wafv2", "global/regexpatternset/"+n.Maintenance("dev")+"/d") + `"}]}`,
		"GetRegexPatternSet":   `{"RegexPatternSet": {"RegularExpressionList": [{"RegexString": "^/admin"}]}, "LockToken": "l"}`,
	}
	asked := map[string]map[string]string{}
	src := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call, err := awsapi.Read(r)
		if err != nil {
			t.Error(err)
			return
		}
		asked[call.Operation] = call.Parameters
		if body, err := io.ReadAll(r.Body); call.Operation == "GetMetricStatistics" && (err != nil || !strings.Contains(string(body), "Dimensions.member.1.Name=DBInstanceIdentifier&Dimensions.member.1.Value=") || !strings.Contains(string(body), "&Statistics.member.1=Minimum&")) {
			t.Errorf("CloudWatch takes lists as members: %v, %s", err, body)
		}
		key := call.Operation
		for _, name := range env.Secrets {
			if call.Parameters["SecretId"] == n.Secret("dev", name) {
				key = name
			}
		}
		io.WriteString(w, answers[key])
	}))
	var e Environment
	for _, read := range []func(context.Context, config.Environment, *Environment) error{src.services, src.database, src.secrets, src.maintenance, src.address} {
		if err := read(t.Context(), env, &e); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if e.Alarms, err = src.alarmsOf(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	free := 2.0
	want := Environment{
		URL: "https://dev.example",
		Services: []Service{{Name: env.Services[0].Name, Running: 1, Desired: 2, Revision: "web:7", Image: "dev-" + strings.Repeat("a", 40), Commit: strings.Repeat("a", 40), Since: time.UnixMilli(1000500).UTC(),
			Deployment: &Deployment{Outcome: "STOPPED", Reason: "why", Began: time.Unix(1000, 0).UTC(), Ended: time.Unix(1100, 0).UTC()}}},
		Alarms: &Alarms{All: 4, WithoutData: 1, Muted: []string{"early"}, Ringing: []Alarm{{Name: "early", Since: noon.Add(-2 * time.Hour)},
			{Name: "late", Means: "Means", Severity: "urgent", Runbook: "https://r.example", Reason: "r", Since: noon.Add(-time.Hour)}}},
		Database: &Database{State: "available", Class: "c", Version: "17", StorageGiB: 20, FreeGiB: &free, Restorable: noon.Add(-5 * time.Minute), CertificateEnds: time.Date(2027, 11, 26, 0, 0, 0, 0, time.UTC),
			Pending: []string{"EngineVersion", "system-update on 2026-11-29", "ca-certificate-rotation"}},
		Secrets:     []Secret{{Name: "kept", HasValue: true}, {Name: "empty"}, {Name: "deleted", HasValue: true, DeletedAt: time.Unix(1795694400, 0).UTC()}},
		Maintenance: "maintenance mode is on for paths that match ^/admin",
	}
	if got, wanted := asText(t, e), asText(t, want); got != wanted {
		t.Errorf("got\n%s\nwant\n%s", got, wanted)
	}
	for operation, want := range map[string]map[string]string{
		"DescribeServices":                  {"cluster": n.Cluster("dev"), "services.1": n.Service("dev", env.Services[0].Name)},
		"DescribeTaskDefinition":            {"taskDefinition": "arn:aws:ecs:r:1:task-definition/web:7"},
		"ListServiceDeployments":            {"cluster": n.Cluster("dev"), "service": n.Service("dev", env.Services[0].Name), "maxResults": "100"},
		"DescribeAlarms":                    {"AlarmNamePrefix": n.Alarm("dev", "")},
		"DescribeDBInstances":               {"DBInstanceIdentifier": n.Database("dev")},
		"DescribePendingMaintenanceActions": {"ResourceIdentifier": n.ARN("rds", "db:"+n.Database("dev"))},
		"GetMetricStatistics": {"Namespace": "AWS/RDS", "MetricName": "FreeStorageSpace", "Period": "60", "StartTime": "2026-11-26T11:45:00Z", "EndTime": "2026-11-26T12:00:00Z",
			"Dimensions.1.Name": "DBInstanceIdentifier", "Dimensions.1.Value": n.Database("dev"), "Statistics.1": "Minimum"},
		"GetParameter":       {"Name": s.Parameters().URL("dev").Name},
		"GetRegexPatternSet": {"Name": n.Maintenance("dev"), "Id": "d", "Scope": "CLOUDFRONT"},
	} {
		if !maps.Equal(asked[operation], want) {
			t.Errorf("%s was asked with %v, want %v", operation, asked[operation], want)
		}
	}
	gone := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "<ErrorResponse><Error><Code>DBInstanceNotFound</Code></Error></ErrorResponse>")
	}))
	if err := gone.database(t.Context(), env, &e); err != nil || e.Database.State != "" {
		t.Errorf("no database: %+v, %v", e.Database, err)
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEveryPartIsRead: with a domain it has certificates, and without one an
// address that AWS gave.
func TestEveryPartIsRead(t *testing.T) {
	for _, domain := range []config.Domain{{}, {Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"}} {
		s := local()
		s.User.Domain = domain
		refused := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
		src := source(t, s, noon, refused)
		server := httptest.NewServer(refused)
		t.Cleanup(server.Close)
		src.GitHub = &github.Client{API: server.URL, Repository: "a/b", Token: "x", HTTP: server.Client()}
		r := src.Read(t.Context(), s.Environments[:1])
		parts := func(unread []Unread) string {
			var names []string
			for _, u := range unread {
				names = append(names, u.Part)
			}
			slices.Sort(names)
			return strings.Join(names, " ")
		}
		want := "address alarms database maintenance mode secrets services topics"
		if domain.IsSet() {
			want = "alarms certificates database maintenance mode secrets services topics"
		}
		if got := parts(r.Environments[0].Unread); got != want || r.Healthy {
			t.Errorf("unread %q, want %q", got, want)
		}
		if got := parts(r.Unread); got != "alarms of the account drift lock of dev lock of shared quotas topic of the account" {
			t.Errorf("unread of the platform %q", got)
		}
	}
}

func TestCommitOf(t *testing.T) {
	sha := strings.Repeat("a1", 20)
	for tag, want := range map[string]string{"dev-" + sha: sha, "dev-" + sha[1:]: "", "dev-" + sha + "b": "", sha: "", "prod-" + sha: "", "": "", sha[:36] + "dev-": ""} {
		if got := commitOf("dev", tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

// TestTasksAreInTheirQuotas: what runs of all environments, and no other quota.
func TestTasksAreInTheirQuotas(t *testing.T) {
	environments := config.Fixture().Environments
	r := Report{Quotas: []Quota{{"another", 7, 9}, {preflight.FargateOnDemand, 0, 10}, {preflight.FargateSpot, 0, 10}}}
	onDemand, spot := 0.0, 0.0
	for _, env := range environments {
		e, running := Environment{Name: env.Name}, map[string]int{}
		for i, service := range env.Services {
			e.Services = append(e.Services, Service{Name: service.Name, Running: 2 + i})
			running[service.Name] = 2 + i
		}
		r.Environments = append(r.Environments, e)
		a, b := preflight.VCPUs(env, running)
		onDemand, spot = onDemand+a, spot+b
	}
	Source{}.placeTasks(&r, environments)
	if want := []Quota{{"another", 7, 9}, {preflight.FargateOnDemand, onDemand, 10}, {preflight.FargateSpot, spot, 10}}; !slices.Equal(r.Quotas, want) || onDemand == 0 || spot == 0 {
		t.Errorf("%+v, want %+v", r.Quotas, want)
	}
}

// TestInactiveServiceIsNone: ECS shows what was deleted for a while.
func TestInactiveServiceIsNone(t *testing.T) {
	s := local()
	env := s.Environments[0]
	read := func(answer string) Environment {
		src := source(t, s, noon, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "DescribeServices") {
				io.WriteString(w, answer)
				return
			}
			io.WriteString(w, "{}")
		}))
		var e Environment
		if err := src.services(t.Context(), env, &e); err != nil {
			t.Log(err)
		}
		return e
	}
	deleted := fmt.Sprintf(`{"services": [{"serviceName": %q, "status": "INACTIVE", "runningCount": 3, "desiredCount": 4}]}`, s.Names().Service("dev", env.Services[0].Name))
	if got, none, active := asText(t, read(deleted)), asText(t, read(`{"services": []}`)), asText(t, read(strings.Replace(deleted, "INACTIVE", "ACTIVE", 1))); got != none || active == none {
		t.Errorf("deleted it is\n%s\nnone is\n%s\nactive is\n%s", got, none, active)
	}
}

// TestWhoSubscribes: Amazon Q Developer is a subscriber of each topic that a channel gets.
func TestWhoSubscribes(t *testing.T) {
	s := config.Fixture()
	prod := s.Environments[2]
	s.User.OnCall = config.OnCall{Email: "page@example.com"}
	for _, test := range []struct {
		slack         config.SlackChannels
		alarms, pages int
	}{
		{config.SlackChannels{}, 1, 1},
		{config.SlackChannels{Alarms: "C1"}, 2, 1},
		{config.SlackChannels{Pages: "C2"}, 1, 2},
	} {
		prod.Slack = test.slack
		topics := Source{Settings: s}.topicsOf(prod)
		if len(topics) != 4 {
			t.Fatalf("%+v: %d topics, want two in each of two regions", test.slack, len(topics))
		}
		for i, want := range []int{test.alarms, test.pages, test.alarms, test.pages} {
			if topics[i].Wanted != want {
				t.Errorf("%+v: %s in %s is to have %d subscribers, want %d", test.slack, topics[i].Name, topics[i].Region, topics[i].Wanted, want)
			}
		}
	}
}
