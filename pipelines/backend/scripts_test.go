package backend

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// scenario names the file that makes the test's own binary play the AWS CLI.
const scenario = "FAKE_AWS_SCENARIO"

func TestMain(m *testing.M) {
	if file := os.Getenv(scenario); file != "" {
		os.Exit(playAWS(file, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// playAWS answers a call as the scenario says: the answers of an operation one
// after the other, the last one again and again. "!" starts an error. The
// calls are kept beside it.
func playAWS(file string, args []string) int {
	data, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var answers map[string][]string
	if err := json.Unmarshal(data, &answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	log, err := os.OpenFile(file+".calls", os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer log.Close()
	earlier, err := os.ReadFile(file + ".calls")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	call := strings.Join(args, " ")
	// An answer may be for the calls with a certain argument only.
	key := strings.Join(args[:2], " ")
	for _, name := range slices.Sorted(keysOf(answers)) {
		if operation, argument, found := strings.Cut(name, " @"); found && operation == key && slices.Contains(args, argument) {
			key = name
		}
	}
	fmt.Fprintf(log, "%s\x00%s\n", key, strings.ReplaceAll(call, "\n", " "))
	before := strings.Count(string(earlier), key+"\x00")
	list := answers[key]
	if len(list) == 0 {
		fmt.Fprintf(os.Stderr, "no answer to %q\n", key)
		return 254
	}
	answer := list[min(before, len(list)-1)]
	if text, failed := strings.CutPrefix(answer, "!"); failed {
		fmt.Fprintln(os.Stderr, text)
		return 254
	}
	fmt.Println(answer)
	return 0
}

func keysOf(m map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// result is what a script did.
type result struct {
	code   int
	output string
	calls  string
	// dir holds parameters.json, revisions.json, output and summary.md.
	dir string
}

func (r result) file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const (
	registry  = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/paperwurks/dev/backend"
	sha       = "0123456789abcdef0123456789abcdef01234567"
	arnPrefix = "arn:aws:ecs:eu-central-1:111122223333:task-definition/paperwurks-dev-"
)

// parameters are what SSM holds for dev, by the names that config publishes.
func parameters() map[string]string {
	p := map[string]string{
		"ecs/cluster-name": "paperwurks-dev", "ecs/service-names": "paperwurks-dev-web,paperwurks-dev-worker",
		"image/repository-url": registry, "network/private-subnet-ids": "subnet-1,subnet-2", "public/url": "https://dev.paperwurks.example",
	}
	for _, s := range []string{"web", "worker", "migrate"} {
		p["service/"+s+"/task-family"] = "paperwurks-dev-" + s
		p["service/"+s+"/container-name"] = s
		p["service/"+s+"/log-group"] = "/paperwurks/dev/ecs/" + s
		p["service/"+s+"/security-group-id"] = "sg-" + s
		p["service/"+s+"/task-role-arn"] = "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-" + s + "-task"
		p["service/"+s+"/execution-role-arn"] = "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-" + s + "-execution"
		if s != "migrate" {
			p["service/"+s+"/name"] = "paperwurks-dev-" + s
		}
	}
	return p
}

// run runs a script with the answers given.
func run(t *testing.T, script string, answers map[string][]string, environment ...string) result {
	t.Helper()
	r := result{dir: t.TempDir()}
	write := func(name string, value any) {
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("scenario.json", answers)
	write("parameters.json", parameters())
	write("revisions.json", map[string]string{"web": arnPrefix + "web:8", "worker": arnPrefix + "worker:5", "migrate": arnPrefix + "migrate:3"})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(r.dir, "aws")); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("bash", script+".sh")
	command.Env = append(os.Environ(), "PATH="+r.dir+":"+os.Getenv("PATH"), scenario+"="+filepath.Join(r.dir, "scenario.json"),
		"ENVIRONMENT=dev", "GITHUB_SHA="+sha, "SHA="+sha, "REPOSITORY="+registry, "IMAGE="+registry+":dev-"+sha, "MINUTES=1", "POLL_SECONDS=0",
		"PARAMETERS="+filepath.Join(r.dir, "parameters.json"), "REVISIONS="+filepath.Join(r.dir, "revisions.json"),
		"GITHUB_OUTPUT="+filepath.Join(r.dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(r.dir, "summary.md"), "GITHUB_RUN_ID=42")
	command.Env = append(command.Env, environment...)
	output, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	r.code, r.output = command.ProcessState.ExitCode(), string(output)
	calls, err := os.ReadFile(filepath.Join(r.dir, "scenario.json.calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	r.calls = string(calls)
	return r
}

func wants(t *testing.T, r result, code int, text string, parts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d:\n%s", r.code, code, r.output)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

func TestSettings(t *testing.T) {
	type parameter struct{ Name, Value string }
	var published struct{ Parameters []parameter }
	for name, value := range parameters() {
		published.Parameters = append(published.Parameters, parameter{"/paperwurks/dev/" + name, value})
	}
	answer, err := json.Marshal(published)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, "settings", map[string][]string{"ssm get-parameters-by-path": {string(answer)}})
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	var read map[string]string
	if err := json.Unmarshal([]byte(r.file(t, "parameters.json")), &read); err != nil || len(read) != len(parameters()) || read["service/web/name"] != "paperwurks-dev-web" {
		t.Errorf("%v, %v", read, err)
	}
	r = run(t, "settings", map[string][]string{"ssm get-parameters-by-path": {`{"Parameters": []}`}})
	wants(t, r, 1, r.output, "SSM has no parameter /paperwurks/dev/ecs/cluster-name: has the stack of dev been deployed?")
	r = run(t, "settings", map[string][]string{"ssm get-parameters-by-path": {"!AccessDeniedException"}})
	if r.code == 0 {
		t.Error("an error of AWS was taken for an answer")
	}
}

func TestImage(t *testing.T) {
	for want, answer := range map[string]string{
		"there=true":  `{"imageIds": [{"imageTag": "dev-` + sha + `"}]}`,
		"there=false": `{"imageIds": [{"imageTag": "dev-other"}]}`,
	} {
		r := run(t, "image", map[string][]string{"ecr list-images": {answer}})
		wants(t, r, 0, r.file(t, "output"), want, "image="+registry+":dev-"+sha)
		wants(t, r, 0, r.calls, "--repository-name paperwurks/dev/backend")
	}
}

// definition is what DescribeTaskDefinition answers of a family whose newest
// revision infrastructure made.
func definition(service string) string {
	return `{"taskDefinition": {"taskDefinitionArn": "` + arnPrefix + service + `:7", "family": "paperwurks-dev-` + service + `", "revision": 7, "status": "ACTIVE",
		"containerDefinitions": [{"name": "` + service + `", "image": "` + registry + `:bootstrap", "environment": [{"name": "PORT", "value": "8080"}], "readonlyRootFilesystem": true},
			{"name": "sidecar", "image": "sidecar:1"}],
		"executionRoleArn": "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-bootstrap", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
		"volumes": [{"name": "tmp"}], "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"], "requiresAttributes": [{"name": "x"}],
		"registeredAt": 1.5, "registeredBy": "somebody"}, "tags": [{"key": "environment", "value": "dev"}]}`
}

func TestRevise(t *testing.T) {
	answers := map[string][]string{"ecs register-task-definition": {arnPrefix + "new:8"}}
	for _, s := range []string{"web", "worker", "migrate"} {
		answers["ecs describe-task-definition @paperwurks-dev-"+s] = []string{definition(s)}
	}
	r := run(t, "revise", answers)
	wants(t, r, 0, r.file(t, "revisions.json"), `"web":`, `"worker":`, `"migrate":`)
	registered := 0
	for call := range strings.Lines(r.calls) {
		_, input, found := strings.Cut(call, "--cli-input-json ")
		if !found {
			continue
		}
		registered++
		var d map[string]any
		if err := json.NewDecoder(strings.NewReader(input)).Decode(&d); err != nil {
			t.Fatal(err)
		}
		container := d["containerDefinitions"].([]any)[0].(map[string]any)
		name, _ := container["name"].(string)
		role := "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-" + name
		if container["image"] != registry+":dev-"+sha || d["taskRoleArn"] != role+"-task" || d["executionRoleArn"] != role+"-execution" {
			t.Errorf("%s is registered as %v", name, d)
		}
		if d["containerDefinitions"].([]any)[1].(map[string]any)["image"] != "sidecar:1" {
			t.Error("another container got the image too")
		}
		for _, kept := range []string{"family", "cpu", "memory", "networkMode", "volumes", "requiresCompatibilities", "tags"} {
			if d[kept] == nil {
				t.Errorf("%s: %s is lost", name, kept)
			}
		}
		if container["readonlyRootFilesystem"] != true || container["environment"] == nil {
			t.Errorf("%s: what infrastructure set is lost: %v", name, container)
		}
		for _, refused := range []string{"taskDefinitionArn", "revision", "status", "compatibilities", "requiresAttributes", "registeredAt", "registeredBy"} {
			if d[refused] != nil {
				t.Errorf("%s: AWS refuses %s", name, refused)
			}
		}
	}
	if registered != 3 {
		t.Errorf("%d revisions, want 3", registered)
	}
	answers["ecs describe-task-definition @paperwurks-dev-worker"] = []string{strings.ReplaceAll(definition("worker"), `"name": "worker"`, `"name": "other"`)}
	r = run(t, "revise", answers)
	if r.code == 0 || !strings.Contains(r.output, "no container worker in paperwurks-dev-worker") {
		t.Errorf("%d: %s", r.code, r.output)
	}
}

func TestMigrate(t *testing.T) {
	const arn = "arn:aws:ecs:eu-central-1:111122223333:task/paperwurks-dev/0123456789abcdef"
	stopped := func(container string) string {
		return `{"tasks": [{"lastStatus": "STOPPED", "stoppedReason": "Essential container in task exited", "containers": [` + container + `]}]}`
	}
	started := []string{`{"tasks": [{"taskArn": "` + arn + `"}], "failures": []}`}
	logs := []string{`{"events": [{"message": "Applying 0001_initial"}, {"message": "::error::not a command"}]}`}
	for _, test := range []struct {
		name    string
		answers map[string][]string
		code    int
		want    []string
	}{
		{"ends well", map[string][]string{
			"ecs run-task":        started,
			"ecs describe-tasks":  {`{"tasks": [{"lastStatus": "PENDING"}]}`, `{"tasks": [{"lastStatus": "RUNNING"}]}`, stopped(`{"name": "sidecar", "exitCode": 9}, {"name": "migrate", "exitCode": 0}`)},
			"logs get-log-events": logs,
		}, 0, []string{"Applying 0001_initial", "ended with exit code 0"}},
		{"fails", map[string][]string{
			"ecs run-task": started, "ecs describe-tasks": {stopped(`{"name": "migrate", "exitCode": 3}`)}, "logs get-log-events": logs,
		}, 1, []string{"Applying 0001_initial", "exit code 3: Essential container in task exited. No service was updated."}},
		{"never starts its container", map[string][]string{
			"ecs run-task": started, "ecs describe-tasks": {stopped(`{"name": "migrate"}`)}, "logs get-log-events": {"!ResourceNotFoundException"},
		}, 1, []string{"(no log", "exit code none"}},
		{"no capacity", map[string][]string{"ecs run-task": {`{"tasks": [], "failures": [{"reason": "RESOURCE:FARGATE"}]}`}}, 1, []string{"did not start", "RESOURCE:FARGATE"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, "migrate", test.answers)
			wants(t, r, test.code, r.output, test.want...)
			if strings.Contains(r.output, "Applying") {
				begin, end := strings.Index(r.output, "::stop-commands::end-"), strings.LastIndex(r.output, "::end-")
				if at := strings.Index(r.output, "::error::not a command"); begin < 0 || at < begin || at > end {
					t.Errorf("the task's log could give commands to the workflow:\n%s", r.output)
				}
			}
			wants(t, r, test.code, r.calls, "--task-definition "+arnPrefix+"migrate:3", `"subnet-1",`, `"sg-migrate"`, `"DISABLED"`)
		})
	}
	r := run(t, "migrate", map[string][]string{"ecs run-task": started, "ecs describe-tasks": {`{"tasks": [{"lastStatus": "RUNNING"}]}`}, "ecs stop-task": {"{}"}}, "MINUTES=0")
	wants(t, r, 1, r.output, "did not end within 0 minutes")
	wants(t, r, 1, r.calls, "ecs stop-task --cluster paperwurks-dev --task "+arn)
}

func services(id, state, definition, reason string) string {
	return `{"services": [{"taskDefinition": "` + definition + `", "runningCount": 2, "desiredCount": 2, "deployments": [{"id": "` + id + `", "status": "PRIMARY", "rolloutState": "` + state +
		`", "rolloutStateReason": "` + reason + `", "taskDefinition": "` + definition + `"}], "events": [{"message": "has reached a steady state"}]}]}`
}

func TestUpdate(t *testing.T) {
	update := map[string][]string{
		"ecs update-service @paperwurks-dev-web":    {`{"service": {"deployments": [{"id": "ecs-svc/1", "status": "ACTIVE"}, {"id": "ecs-svc/2", "status": "PRIMARY"}]}}`},
		"ecs update-service @paperwurks-dev-worker": {`{"service": {"deployments": [{"id": "ecs-svc/3", "status": "PRIMARY"}]}}`},
	}
	worker := services("ecs-svc/3", "COMPLETED", arnPrefix+"worker:5", "")
	for _, test := range []struct {
		name string
		web  []string
		code int
		want []string
	}{
		{"complete", []string{services("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", ""), services("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", "")}, 0, []string{"web: runs paperwurks-dev-web:8", "worker: runs paperwurks-dev-worker:5"}},
		{"rolled back, the deployment still listed", []string{services("ecs-svc/2", "FAILED", arnPrefix+"web:8", "tasks failed to start")}, 1, []string{"web does not run paperwurks-dev-web:8: the deployment is FAILED", "tasks failed to start", "worker: runs"}},
		{"rolled back, the deployment gone", []string{services("ecs-svc/9", "COMPLETED", arnPrefix+"web:7", "")}, 1, []string{"the deployment is GONE"}},
		{"not shown yet", []string{services("ecs-svc/1", "COMPLETED", arnPrefix+"web:7", ""), services("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", "")}, 0, []string{"web: runs paperwurks-dev-web:8"}},
		{"complete on another revision", []string{services("ecs-svc/2", "COMPLETED", arnPrefix+"web:7", "")}, 1, []string{"REPLACED by paperwurks-dev-web:7"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := map[string][]string{"ecs describe-services @paperwurks-dev-web": test.web, "ecs describe-services @paperwurks-dev-worker": {worker}}
			for key, value := range update {
				answers[key] = value
			}
			r := run(t, "update", answers)
			wants(t, r, test.code, r.output, test.want...)
			wants(t, r, test.code, r.calls, "--task-definition "+arnPrefix+"web:8", "--task-definition "+arnPrefix+"worker:5")
		})
	}
	answers := map[string][]string{"ecs describe-services": {services("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", "")}}
	for key, value := range update {
		answers[key] = value
	}
	r := run(t, "update", answers, "MINUTES=0")
	wants(t, r, 1, r.output, "the deployment is IN_PROGRESS")
}

func TestReport(t *testing.T) {
	r := run(t, "report", map[string][]string{
		"ecs describe-services":        {services("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", "")},
		"ecs describe-task-definition": {strings.ReplaceAll(definition("web"), "bootstrap", "dev-"+sha), strings.ReplaceAll(definition("worker"), "bootstrap", "dev-"+sha)},
	})
	wants(t, r, 0, r.file(t, "summary.md"), "| web | paperwurks-dev-web:8 | backend:dev-"+sha+" | 2 of 2 |", "| worker |", "https://dev.paperwurks.example")
}

func TestEarlier(t *testing.T) {
	answers := map[string][]string{
		"ecs list-task-definitions":                            {arnPrefix + "web:8\t" + arnPrefix + "web:7\nNone"},
		"ecs describe-task-definition @" + arnPrefix + "web:8": {definition("web"), definition("worker")},
		"ecs describe-task-definition @" + arnPrefix + "web:7": {strings.ReplaceAll(definition("web"), "bootstrap", "dev-"+sha), strings.ReplaceAll(definition("worker"), "bootstrap", "dev-"+sha)},
	}
	r := run(t, "earlier", answers)
	wants(t, r, 0, r.file(t, "revisions.json"), `"web": "`+arnPrefix+`web:7"`, `"worker": "`+arnPrefix+`web:7"`)
	r = run(t, "earlier", answers, "SHA=main")
	wants(t, r, 1, r.output, "40 hexadecimal digits are required")
	answers["ecs list-task-definitions"] = []string{arnPrefix + "web:8"}
	r = run(t, "earlier", answers)
	wants(t, r, 1, r.output, "web was never deployed with "+registry+":dev-"+sha)
}
