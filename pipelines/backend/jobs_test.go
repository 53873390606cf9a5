package backend

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
)

// withJobs are the parameters of a dev that has a job with a schedule and a job
// without one.
func withJobs() map[string]string {
	const env = "dev"
	n, p, out := platform.Names(), platform.Parameters(), parameters()
	set := func(parameter config.Parameter, value string) {
		out[strings.TrimPrefix(parameter.Name, p.Path(env))] = value
	}
	for _, job := range []string{"nightly", "reindex"} {
		set(p.TaskFamily(env, job), n.Service(env, job))
		set(p.TaskDefinitionARN(env, job), arnPrefix+job+":7")
		set(p.ContainerName(env, job), job)
		set(p.LogGroup(env, job), n.LogGroup(env, job))
		set(p.SecurityGroupID(env, job), "sg-0b2")
		set(p.TaskRoleARN(env, job), n.WorkloadRoleARN(n.TaskRole(env, job)))
		set(p.ExecutionRoleARN(env, job), n.WorkloadRoleARN(n.ExecutionRole(env, job)))
		set(p.JobTimeLimit(env, job), "3600")
	}
	set(p.JobSchedule(env, "nightly"), "cron(0 3 * * ? *)")
	set(p.JobTimeZone(env, "nightly"), "Europe/Berlin")
	set(p.ScheduleGroup(env), n.ScheduleGroup(env))
	set(p.SchedulerRoleARN(env), n.WorkloadRoleARN(n.SchedulerRole(env)))
	set(p.DeadLetterQueueARN(env), n.ARN("sqs", n.DeadLetterQueue(env)))
	return out
}

// jobsFile is a file of such parameters with some changed; "" takes one away.
func jobsFile(t *testing.T, changed map[string]string) string {
	t.Helper()
	all := withJobs()
	maps.Copy(all, changed)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	file := filepath.Join(t.TempDir(), "parameters.json")
	writeJSON(t, file, all)
	return file
}

func revisionsFile(t *testing.T, of ...string) string {
	t.Helper()
	revisions := map[string]string{}
	for _, name := range of {
		revisions[name] = arnPrefix + name + ":8"
	}
	file := filepath.Join(t.TempDir(), "revisions.json")
	writeJSON(t, file, revisions)
	return file
}

// TestSettingsOfJobs: what does not follow from the account, the region and the
// environment is refused, and so is what could be more than a schedule.
func TestSettingsOfJobs(t *testing.T) {
	t.Parallel()
	read := func(changed map[string]string) result {
		all := withJobs()
		maps.Copy(all, changed)
		return run(t, "settings", map[string][]string{"sts get-caller-identity": {"111122223333"}, "ssm get-parameters-by-path": {published(t, all)}})
	}
	r := read(nil)
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	changed := map[string]string{
		"service/nightly/task-family":    "paperwurks-dev-migrate",
		"service/reindex/task-role-arn":  "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-task",
		"job/nightly/time-limit-seconds": "0; id",
		"job/reindex/time-limit-seconds": "999999",
		"job/nightly/schedule":           "at(2027-01-01T00:00:00)",
		"job/nightly/time-zone":          "$(id)",
		"jobs/schedule-group":            "default",
		"jobs/scheduler-role-arn":        "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-prod-scheduler",
		"jobs/dead-letter-queue-arn":     "arn:aws:sqs:eu-central-1:999999999999:paperwurks-dev-jobs-dead-letter",
	}
	r = read(changed)
	for name, value := range changed {
		wants(t, r, 1, r.output, `::error::/paperwurks/dev/`+name+` is "`+value+`": `)
	}
	if got := strings.Count(r.output, " is allowed\n"); got != len(changed) {
		t.Errorf("%d parameters are refused, want %d:\n%s", got, len(changed), r.output)
	}
	r = read(map[string]string{"jobs/schedule-group": "", "jobs/scheduler-role-arn": "", "job/nightly/time-limit-seconds": ""})
	wants(t, r, 1, r.output, "::error::/paperwurks/dev/jobs/schedule-group is not published", "::error::/paperwurks/dev/jobs/scheduler-role-arn is not published", "::error::/paperwurks/dev/job/nightly/time-limit-seconds is not published")
}

const limitContainer = `{"name": "time-limit", "image": "` + registry + `:bootstrap", "essential": true, "entryPoint": ["/bin/sh", "-c"],
	"command": ["trap 'exit 0' TERM; sleep 3600 & wait $!; echo 'The time limit of 3600 seconds is over'; exit 124"], "environment": [],
	"linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": true}, "readonlyRootFilesystem": true}`

// jobDefinition is that of a job as infrastructure writes it.
func jobDefinition(job string) string {
	return strings.Replace(definition(job), `"containerDefinitions": [`, `"containerDefinitions": [`+limitContainer+`, `, 1)
}

func registeredJob(job string) string {
	return strings.ReplaceAll(strings.Replace(registered(job), `"containerDefinitions": [`, `"containerDefinitions": [`+limitContainer+`, `, 1), ":bootstrap", ":dev-"+sha)
}

// TestReviseJobs: both containers get the image, a job keeps its database's user and the
// run's summary says that it is another one, and a time limit that is not the settings'
// is refused.
func TestReviseJobs(t *testing.T) {
	t.Parallel()
	answers := definitions()
	for _, job := range []string{"nightly", "reindex"} {
		answers[templateOf(job)] = []string{jobDefinition(job)}
		answers["ecs list-task-definitions @paperwurks-dev-"+job] = []string{"None"}
	}
	as := func(user, definition string) string {
		return strings.Replace(definition, `"value": "8080"}`, `"value": "8080"}, {"name": "DATABASE_USER", "value": "`+user+`"}`, 1)
	}
	answers[templateOf("reindex")] = []string{as("backend_readonly", jobDefinition("reindex"))}
	answers["ecs list-task-definitions @paperwurks-dev-reindex"] = []string{arnPrefix + "reindex:6"}
	answers["ecs describe-task-definition @"+arnPrefix+"reindex:6"] = []string{as("backend", registeredJob("reindex"))}
	r := run(t, "revise", answers, "PARAMETERS="+jobsFile(t, nil))
	wants(t, r, 0, r.file(t, "revisions.json"), `"web":`, `"migrate":`, `"nightly":`, `"reindex":`)
	wants(t, r, 0, r.output, `- reindex: variable DATABASE_USER is "backend_readonly", where "backend" is in paperwurks-dev-reindex:6`)
	if got := strings.Count(r.calls, "backend_readonly"); got != 1 {
		t.Errorf("%d revisions sign in as who only reads:\n%s", got, r.calls)
	}
	for call := range strings.Lines(r.calls) {
		if !strings.Contains(call, `"time-limit"`) || !strings.Contains(call, "register-task-definition") {
			continue
		}
		if strings.Contains(call, ":bootstrap") || strings.Count(call, registry+":dev-"+sha) != 2 {
			t.Errorf("a container has another image:\n%s", call)
		}
	}
	if got := strings.Count(r.calls, `"time-limit"`); got != 2 {
		t.Errorf("%d revisions have a time limit, want 2", got)
	}
	for name, change := range map[string][3]string{
		"another limit":       {"sleep 3600", "sleep 9999", "container time-limit is"},
		"another entry point": {`["/bin/sh", "-c"]`, `["/bin/stranger", "-c"]`, "container time-limit is"},
		"secrets":             {`"environment": [],`, `"environment": [], "secrets": [{"name": "A", "valueFrom": "arn:x"}],`, "container time-limit: secrets is"},
		"no limit":            {limitContainer + ", ", "", `it has no container "time-limit"`},
		"a capability":        {`{"drop": ["ALL"]}`, `{"add": ["SYS_PTRACE"], "drop": ["ALL"]}`, `container time-limit: it adds capabilities ["SYS_PTRACE"]`},
		"not essential":       {`"essential": true, "entryPoint"`, `"essential": false, "entryPoint"`, "container time-limit is"},
	} {
		changed := maps.Clone(answers)
		changed[templateOf("nightly")] = []string{strings.Replace(jobDefinition("nightly"), change[0], change[1], 1)}
		if changed[templateOf("nightly")][0] == jobDefinition("nightly") {
			t.Fatalf("%s: %q is not there", name, change[0])
		}
		r := run(t, "revise", changed, "PARAMETERS="+jobsFile(t, nil))
		wants(t, r, 1, r.output, "::error::paperwurks-dev-nightly:7, which SSM names, is not a revision that the stacks write: "+change[2], "Nothing was registered.")
		if strings.Contains(r.calls, "register-task-definition") {
			t.Errorf("%s: registered:\n%s", name, r.calls)
		}
	}
	// A service has no time limit.
	answers[templateOf("web")] = []string{jobDefinition("web")}
	r = run(t, "revise", answers, "PARAMETERS="+jobsFile(t, nil))
	wants(t, r, 1, r.output, `is not a revision that the stacks write: it has a container "time-limit"`)
}

// TestEarlierJobs: a rollback takes the job's revision of its commit, and leaves a
// job out that the commit did not have.
func TestEarlierJobs(t *testing.T) {
	t.Parallel()
	answers := definitions()
	for _, s := range []string{"web", "worker"} {
		answers["ecs list-task-definitions @paperwurks-dev-"+s] = []string{arnPrefix + s + ":6"}
	}
	answers["ecs list-task-definitions @paperwurks-dev-nightly"] = []string{arnPrefix + "nightly:8\t" + arnPrefix + "nightly:6"}
	answers["ecs describe-task-definition @"+arnPrefix+"nightly:8"] = []string{strings.ReplaceAll(registeredJob("nightly"), "time-limit", "stranger")}
	answers["ecs describe-task-definition @"+arnPrefix+"nightly:6"] = []string{registeredJob("nightly")}
	answers["ecs list-task-definitions @paperwurks-dev-reindex"] = []string{"None"}
	r := run(t, "earlier", answers, "PARAMETERS="+jobsFile(t, nil))
	wants(t, r, 0, r.output, "nightly: "+arnPrefix+"nightly:6", "::warning::Job reindex was never deployed with")
	var revisions map[string]string
	if err := json.Unmarshal([]byte(r.file(t, "revisions.json")), &revisions); err != nil || revisions["nightly"] != arnPrefix+"nightly:6" || revisions["reindex"] != "" || len(revisions) != 3 {
		t.Errorf("%v, %v", revisions, err)
	}
}

// schedules are the schedules that a run of schedule.sh wrote, by the operation.
func schedules(t *testing.T, r result) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for call := range strings.Lines(r.calls) {
		key, rest, _ := strings.Cut(call, "\x00")
		_, input, found := strings.Cut(rest, "--cli-input-json ")
		if !found {
			continue
		}
		var schedule map[string]any
		if err := json.NewDecoder(strings.NewReader(input)).Decode(&schedule); err != nil {
			t.Fatal(err)
		}
		out[key+" "+schedule["Name"].(string)] = schedule
	}
	return out
}

// TestSchedule: a schedule starts the revision that was deployed, in the job's
// network, and what is no job any more has none.
func TestSchedule(t *testing.T) {
	t.Parallel()
	answers := func(there string) map[string][]string {
		return map[string][]string{"scheduler list-schedules": {`{"Schedules": [` + there + `]}`}, "scheduler create-schedule": {"{}"}, "scheduler update-schedule": {"{}"}, "scheduler delete-schedule": {""}}
	}
	all := revisionsFile(t, "web", "nightly", "reindex")
	r := run(t, "schedule", answers(`{"Name": "gone"}`), "PARAMETERS="+jobsFile(t, nil), "REVISIONS="+all)
	wants(t, r, 0, r.output, "nightly: paperwurks-dev-nightly:8, cron(0 3 * * ? *) Europe/Berlin", "gone: is no scheduled job any more")
	wants(t, r, 0, r.calls, "scheduler delete-schedule --group-name paperwurks-dev --name gone")
	made := schedules(t, r)
	schedule := made["scheduler create-schedule nightly"]
	if len(made) != 1 || schedule == nil {
		t.Fatalf("want one schedule, which is made: %v", made)
	}
	target := schedule["Target"].(map[string]any)
	ecs := target["EcsParameters"].(map[string]any)
	network, err := json.Marshal(ecs["NetworkConfiguration"])
	if err != nil || string(network) != `{"awsvpcConfiguration":{"AssignPublicIp":"DISABLED","SecurityGroups":["sg-0b2"],"Subnets":["subnet-0a1","subnet-0b2"]}}` {
		t.Errorf("network %s, %v", network, err)
	}
	for name, got := range map[string][2]any{
		"group":      {schedule["GroupName"], "paperwurks-dev"},
		"expression": {schedule["ScheduleExpression"], "cron(0 3 * * ? *)"},
		"zone":       {schedule["ScheduleExpressionTimezone"], "Europe/Berlin"},
		"state":      {schedule["State"], "ENABLED"},
		"cluster":    {target["Arn"], "arn:aws:ecs:eu-central-1:111122223333:cluster/paperwurks-dev"},
		"role":       {target["RoleArn"], "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-scheduler"},
		"queue":      {target["DeadLetterConfig"].(map[string]any)["Arn"], "arn:aws:sqs:eu-central-1:111122223333:paperwurks-dev-jobs-dead-letter"},
		"revision":   {ecs["TaskDefinitionArn"], arnPrefix + "nightly:8"},
		"launch":     {ecs["LaunchType"], "FARGATE"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}
	if start, set := schedule["StartDate"]; set {
		t.Errorf("a cron expression begins at %v", start)
	}
	// One that is there is changed; a rate has no time zone of its own, and does not begin
	// with the deployment but at the next of its multiples.
	before := time.Now()
	file := jobsFile(t, map[string]string{"job/nightly/schedule": "rate(6 hours)", "job/nightly/time-zone": ""})
	r = run(t, "schedule", answers(`{"Name": "nightly"}`), "PARAMETERS="+file, "REVISIONS="+all)
	made = schedules(t, r)
	if schedule := made["scheduler update-schedule nightly"]; r.code != 0 || len(made) != 1 || schedule["ScheduleExpression"] != "rate(6 hours)" || schedule["ScheduleExpressionTimezone"] != "UTC" || strings.Contains(r.calls, "delete-schedule") {
		t.Errorf("%d, %v\n%s", r.code, made, r.output)
	}
	for expression, every := range map[string]time.Duration{"rate(6 hours)": 6 * time.Hour, "rate(1 day)": 24 * time.Hour, "rate(25 minutes)": 25 * time.Minute} {
		r := run(t, "schedule", answers(`{"Name": "nightly"}`), "PARAMETERS="+jobsFile(t, map[string]string{"job/nightly/schedule": expression, "job/nightly/time-zone": ""}), "REVISIONS="+all)
		given, _ := schedules(t, r)["scheduler update-schedule nightly"]["StartDate"].(string)
		start, err := time.Parse(time.RFC3339, given)
		if err != nil || start.Unix()%int64(every/time.Second) != 0 || start.Before(before) || start.After(time.Now().Add(every)) {
			t.Errorf("%s begins at %q, %v", expression, given, err)
		}
	}
	// A commit that did not have the job yet leaves it without a schedule.
	r = run(t, "schedule", answers(`{"Name": "nightly"}`), "PARAMETERS="+jobsFile(t, nil), "REVISIONS="+revisionsFile(t, "web"))
	wants(t, r, 0, r.calls, "delete-schedule --group-name paperwurks-dev --name nightly")
	r = run(t, "schedule", nil)
	wants(t, r, 0, r.output, "No job has a schedule")
	failing := answers("")
	failing["scheduler create-schedule"] = []string{expired}
	r = run(t, "schedule", failing, "PARAMETERS="+jobsFile(t, nil), "REVISIONS="+all)
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::The services are deployed, and the schedules of the jobs are not all up to date")
}

// TestJob: a person runs a job of the list, with the image that runs, and nothing
// else.
func TestJob(t *testing.T) {
	t.Parallel()
	answers := map[string][]string{
		"ecs list-task-definitions @paperwurks-dev-reindex":        {arnPrefix + "reindex:9\t" + arnPrefix + "reindex:8\tNone"},
		"ecs describe-task-definition @" + arnPrefix + "reindex:9": {strings.Replace(registeredJob("reindex"), "paperwurks-dev-reindex-task", "paperwurks-dev-web-task", 1)},
		"ecs describe-task-definition @" + arnPrefix + "reindex:8": {registeredJob("reindex")},
	}
	file := jobsFile(t, nil)
	r := run(t, "job", answers, "PARAMETERS="+file, "TASK=reindex")
	wants(t, r, 0, r.file(t, "revisions.json"), `"reindex": "`+arnPrefix+`reindex:8"`)
	for _, task := range []string{"web", "migrate", "x; id", ""} {
		r = run(t, "job", answers, "PARAMETERS="+file, "TASK="+task)
		wants(t, r, 1, r.output, `::error::"`+task+`" is no job of dev: nightly, reindex is allowed`)
	}
	r = run(t, "job", nil, "TASK=nightly")
	wants(t, r, 1, r.output, "there is none")
	other := maps.Clone(answers)
	other["ecs describe-task-definition @"+arnPrefix+"reindex:8"] = []string{strings.ReplaceAll(registeredJob("reindex"), sha, strings.Repeat("e", 40))}
	r = run(t, "job", other, "PARAMETERS="+file, "TASK=reindex")
	wants(t, r, 1, r.output, "::error::No revision of reindex has the image that the services run")
	r = run(t, "job", map[string][]string{"ecs list-task-definitions": {expired}}, "PARAMETERS="+file, "TASK=reindex")
	wants(t, r, 254, r.output, "::error::Nothing was started")
}

// TestRunJob: the job's own exit code decides, whatever its time limit's container
// exits with.
func TestRunJob(t *testing.T) {
	t.Parallel()
	ends := func(containers string, environment ...string) result {
		environment = append([]string{"PARAMETERS=" + jobsFile(t, nil), "REVISIONS=" + revisionsFile(t, "reindex"), "TASK=reindex"}, environment...)
		return run(t, "run-task", map[string][]string{
			"ecs list-tasks": {"[]"}, "ecs run-task": {startedTask}, "ecs describe-tasks": {stopped(containers)},
			"logs get-log-events": {`{"events": [{"message": "42 documents"}], "nextForwardToken": "f/2"}`, endOfLog},
		}, environment...)
	}
	r := ends(`{"name": "time-limit", "exitCode": 0}, {"name": "reindex", "exitCode": 0}`)
	wants(t, r, 0, r.output, "42 documents", "The job reindex ended with exit code 0")
	wants(t, r, 0, r.calls, "--task-definition "+arnPrefix+"reindex:8", "--log-group-name /paperwurks/dev/ecs/reindex --log-stream-name reindex/reindex/0123456789abcdef", `"sg-0b2"`)
	r = ends(`{"name": "time-limit", "exitCode": 124}, {"name": "reindex", "exitCode": 143}`)
	wants(t, r, 1, r.output, "42 documents", "::error::The job reindex ended with exit code 143", "Nothing else was changed. Next: the log says what failed; fix it and run this again.")
	if words := []string{"migration", "Migration", "No service was updated"}; slices.ContainsFunc(words, func(word string) bool { return strings.Contains(r.output, word) }) {
		t.Errorf("it speaks of a migration:\n%s", r.output)
	}
}
