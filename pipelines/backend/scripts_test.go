package backend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
)

// scenario names the file that makes the test's own binary play the AWS CLI and
// Docker's.
const scenario = "FAKE_AWS_SCENARIO"

func TestMain(m *testing.M) {
	if file := os.Getenv(scenario); file != "" {
		os.Exit(play(file, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// play answers a call as the scenario says: the answers of an operation one
// after the other, the last one again and again. "slow " starts one that takes a
// second, "!" an error. The
// calls are kept next to the scenario.
func play(file string, args []string) int {
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
	for _, name := range slices.Sorted(maps.Keys(answers)) {
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
	if text, slow := strings.CutPrefix(answer, "slow "); slow {
		time.Sleep(time.Second)
		answer = text
	}
	if text, failed := strings.CutPrefix(answer, "!"); failed {
		fmt.Fprintln(os.Stderr, text)
		return 254
	}
	fmt.Println(answer)
	return 0
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

// platform is a platform's settings as far as the names follow from them.
var platform = config.Settings{Project: "paperwurks", Region: "eu-central-1", User: config.User{AccountID: "111122223333"}}

// parameters are what SSM holds for dev, by the names and values that config
// makes.
func parameters() map[string]string {
	const env = "dev"
	n, p, out := platform.Names(), platform.Parameters(), map[string]string{}
	set := func(parameter config.Parameter, value string) {
		out[strings.TrimPrefix(parameter.Name, p.Path(env))] = value
	}
	set(p.ClusterName(env), n.Cluster(env))
	set(p.ServiceNames(env), n.Service(env, "web")+","+n.Service(env, "worker"))
	set(p.RepositoryURL(env), registry)
	set(p.ImagePlatform(env), "linux/amd64")
	set(p.PrivateSubnetIDs(env), "subnet-0a1,subnet-0b2")
	set(p.URL(env), "https://dev.paperwurks.example")
	for _, s := range tasks {
		set(p.TaskFamily(env, s), n.Service(env, s))
		set(p.TaskDefinitionARN(env, s), arnPrefix+s+":7")
		set(p.ContainerName(env, s), s)
		set(p.LogGroup(env, s), n.LogGroup(env, s))
		set(p.SecurityGroupID(env, s), "sg-0a1")
		set(p.TaskRoleARN(env, s), n.WorkloadRoleARN(n.TaskRole(env, s)))
		set(p.ExecutionRoleARN(env, s), n.WorkloadRoleARN(n.ExecutionRole(env, s)))
		if s != config.MigrationTask && s != config.RolesTask {
			set(p.ServiceName(env, s), n.Service(env, s))
		}
	}
	return out
}

// prepare makes the command that runs a script with the answers given.
func prepare(t *testing.T, script string, answers map[string][]string, environment ...string) (*exec.Cmd, result) {
	t.Helper()
	r := result{dir: t.TempDir()}
	write := func(name string, value any) { writeJSON(t, filepath.Join(r.dir, name), value) }
	write("scenario.json", answers)
	write("parameters.json", parameters())
	write("revisions.json", map[string]string{"web": arnPrefix + "web:8", "worker": arnPrefix + "worker:5", "migrate": arnPrefix + "migrate:3", "roles": arnPrefix + "roles:2"})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"aws", "docker"} {
		if err := os.Symlink(self, filepath.Join(r.dir, program)); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("bash", script+".sh")
	command.Env = append(os.Environ(), "PATH="+r.dir+":"+os.Getenv("PATH"), scenario+"="+filepath.Join(r.dir, "scenario.json"),
		"ENVIRONMENT=dev", "AWS_REGION=eu-central-1", "GITHUB_SHA="+sha, "SHA="+sha, "REPOSITORY="+registry, "IMAGE="+registry+":dev-"+sha, "MINUTES=1", "POLL_SECONDS=0",
		"PARAMETERS="+filepath.Join(r.dir, "parameters.json"), "REVISIONS="+filepath.Join(r.dir, "revisions.json"),
		"GITHUB_OUTPUT="+filepath.Join(r.dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(r.dir, "summary.md"), "GITHUB_RUN_ID=42")
	command.Env = append(command.Env, environment...)
	return command, r
}

// run runs a script with the answers given.
func run(t *testing.T, script string, answers map[string][]string, environment ...string) result {
	t.Helper()
	command, r := prepare(t, script, answers, environment...)
	output, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return r.ended(t, command, output)
}

// runCancelled runs a script until it has made a call, and then cancels it as
// GitHub's runner does: by a SIGINT to bash alone, and a SIGTERM while it still
// works on that.
func runCancelled(t *testing.T, script, call string, answers map[string][]string) result {
	t.Helper()
	command, r := prepare(t, script, answers, "POLL_SECONDS=60")
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	// The sleep that the script leaves behind keeps its output open.
	command.WaitDelay = 100 * time.Millisecond
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		calls, err := os.ReadFile(filepath.Join(r.dir, "scenario.json.calls"))
		if err == nil && strings.Contains(string(calls), call) {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("%s did not call %q:\n%s", script, call, calls)
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	size := func() int64 {
		info, err := os.Stat(filepath.Join(r.dir, "scenario.json.calls"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	for before := size(); size() == before && time.Since(begin) < 5*time.Second; {
		time.Sleep(20 * time.Millisecond)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("%s: SIGTERM came too late for this test: %v", script, err)
	}
	if err := command.Wait(); command.ProcessState == nil {
		t.Fatal(err)
	}
	// GitHub's runner kills what is left ten seconds after the signal.
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("%s ended %s after the signal", script, took)
	}
	return r.ended(t, command, output.Bytes())
}

func (r result) ended(t *testing.T, command *exec.Cmd, output []byte) result {
	t.Helper()
	r.code, r.output = command.ProcessState.ExitCode(), string(output)
	calls, err := os.ReadFile(filepath.Join(r.dir, "scenario.json.calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	r.calls = string(calls)
	return r
}

func writeJSON(t *testing.T, file string, value any) {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
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

// published is the answer of SSM with some of the parameters changed; "" takes
// one away.
func published(t *testing.T, changed map[string]string) string {
	t.Helper()
	type parameter struct{ Name, Value string }
	var answer struct{ Parameters []parameter }
	all := parameters()
	maps.Copy(all, changed)
	for name, value := range all {
		if value != "" {
			answer.Parameters = append(answer.Parameters, parameter{"/paperwurks/dev/" + name, value})
		}
	}
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	read := func(changed map[string]string, environment ...string) result {
		return run(t, "settings", map[string][]string{"sts get-caller-identity": {"111122223333"}, "ssm get-parameters-by-path": {published(t, changed)}}, environment...)
	}
	r := read(map[string]string{"network/vpc-id": "vpc-1"})
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	var kept map[string]string
	if err := json.Unmarshal([]byte(r.file(t, "parameters.json")), &kept); err != nil || len(kept) != len(parameters())+1 || kept["service/web/name"] != "paperwurks-dev-web" {
		t.Errorf("%v, %v", kept, err)
	}
	changed := map[string]string{
		"ecs/cluster-name":                  "paperwurks-prod",
		"image/repository-url":              "111122223333.dkr.ecr.eu-central-1.amazonaws.com/stranger",
		"image/platform":                    "linux/s390x",
		"network/private-subnet-ids":        "subnet-0a1, --overrides",
		"public/url":                        "javascript:alert(1)",
		"service/web/name":                  "paperwurks-prod-web",
		"service/web/task-family":           "stranger",
		"service/migrate/task-family":       "paperwurks-dev-web",
		"service/worker/container-name":     "stranger",
		"service/web/task-definition-arn":   arnPrefix + "migrate:7",
		"service/worker/log-group":          "/stranger",
		"service/web/security-group-id":     "sg-0a1 --x",
		"service/web/task-role-arn":         "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-task",
		"service/migrate/task-role-arn":     "arn:aws:iam::999999999999:role/paperwurks/workload/paperwurks-dev-migrate-task",
		"service/web/execution-role-arn":    "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-execution",
		"service/worker/execution-role-arn": "arn:aws:iam::111122223333:role/stranger",
	}
	r = read(changed)
	for name, value := range changed {
		wants(t, r, 1, r.output, `::error::/paperwurks/dev/`+name+` is "`+value+`": `, "is allowed", "somebody changed it outside the stacks")
	}
	if got := strings.Count(r.output, " is allowed\n"); got != len(changed) {
		t.Errorf("%d parameters are refused, want %d:\n%s", got, len(changed), r.output)
	}
	// Only a deployment asks for the database's roles: the other workflows serve an
	// environment of version 2 of the contract too.
	before := map[string]string{}
	for name := range parameters() {
		if strings.HasPrefix(name, "service/roles/") {
			before[name] = ""
		}
	}
	r = read(before)
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	r = read(before, "PLATFORM=linux/amd64")
	wants(t, r, 1, r.output, "::error::/paperwurks/dev/service/roles/task-family is not published")
	missing := map[string]string{}
	for _, name := range []string{"ecs/cluster-name", "image/repository-url", "network/private-subnet-ids", "public/url", "service/web/name", "service/web/task-family", "service/migrate/log-group", "service/migrate/task-role-arn", "service/roles/task-family"} {
		missing[name] = ""
	}
	r = read(missing)
	for name := range missing {
		wants(t, r, 1, r.output, "::error::/paperwurks/dev/"+name+" is not published")
	}
	r = read(map[string]string{"ecs/cluster-name": "x"})
	if wants(t, r, 1, r.output); strings.Count(r.output, "::error::") != 1 {
		t.Errorf("want one fault:\n%s", r.output)
	}
	r = read(nil, "AWS_REGION=eu-west-1")
	wants(t, r, 1, r.output, `"111122223333.dkr.ecr.eu-west-1.amazonaws.com/paperwurks/dev/backend" is allowed`)
	r = read(nil, "PLATFORM=linux/amd64")
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	r = read(nil, "PLATFORM=linux/arm64")
	wants(t, r, 1, r.output, "::error::dev runs linux/amd64, and this workflow builds for linux/arm64. One of them is older")
	off := func(web, worker string, environment ...string) result {
		hours := config.OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "America/Argentina/Buenos_Aires"}.String()
		return run(t, "settings", map[string][]string{"sts get-caller-identity": {"111122223333"}, "ssm get-parameters-by-path": {published(t, map[string]string{"off-hours": hours})},
			"ecs describe-services @paperwurks-dev-web": {web}, "ecs describe-services @paperwurks-dev-worker": {worker}}, environment...)
	}
	r = off("0", "0", "REFUSE_OFF=true")
	wants(t, r, 1, r.output, "::error::dev is switched off, so nothing was changed. It is off 20:00 to 07:00 and at weekends, America/Argentina/Buenos_Aires. Next: wait until it is on, or have somebody run `make switch-on ENV=dev`")
	r = off("0", "1", "REFUSE_OFF=true")
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	r = off("!none", "!none") // who only looks, or rolls back
	wants(t, r, 0, r.file(t, "output"), "repository="+registry)
	r = off("!An error occurred (AccessDeniedException)", "0", "REFUSE_OFF=true")
	wants(t, r, 254, r.output, "AccessDeniedException", "::error::Nothing was changed: a command failed (exit code 254)")
	r = read(map[string]string{"off-hours": "never; rm"})
	wants(t, r, 1, r.output, `::error::/paperwurks/dev/off-hours is "never; rm": `)
	r = read(nil, "ENVIRONMENT=../prod")
	wants(t, r, 1, r.output, `ENVIRONMENT is "../prod"`)
	r = run(t, "settings", map[string][]string{"sts get-caller-identity": {"111122223333"}, "ssm get-parameters-by-path": {`{"Parameters": []}`}})
	wants(t, r, 1, r.output, "::error::/paperwurks/dev/ecs/cluster-name is not published", "has the stack of dev been deployed")
	r = run(t, "settings", map[string][]string{"sts get-caller-identity": {"111122223333"}, "ssm get-parameters-by-path": {"!An error occurred (AccessDeniedException)"}})
	wants(t, r, 254, r.output, "::error::Nothing was changed: a command failed (exit code 254)", "AccessDeniedException")
	r = run(t, "settings", map[string][]string{"sts get-caller-identity": {expired}})
	wants(t, r, 254, r.output, "ExpiredToken", "::error::Nothing was changed")
}

// expired is what the AWS CLI says once the job's credentials have expired.
const expired = "!An error occurred (ExpiredTokenException) when calling the operation: The security token included in the request is expired"

// TestImage: an image that is there was pushed by an earlier attempt of this run.
func TestImage(t *testing.T) {
	t.Parallel()
	const there, other = `{"imageIds": [{"imageTag": "dev-` + sha + `"}]}`, `{"imageIds": [{"imageTag": "dev-other"}]}`
	// The jobs of a run, as GitHub's "List jobs for a workflow run" shows them.
	push := func(attempt int, job, step, conclusion, began, ended string) string {
		return fmt.Sprintf(`{"name": %q, "run_attempt": %d, "conclusion": "failure", "completed_at": "2026-11-26T03:20:00Z", "steps": [
			{"name": "Sign in to push", "conclusion": "success", "started_at": "2026-11-26T02:00:00Z", "completed_at": "2026-11-26T04:00:00Z"},
			{"name": %q, "conclusion": %q, "started_at": %s, "completed_at": %s}]}`, job, attempt, step, conclusion, began, ended)
	}
	const job, step, at, after = "dev / deploy to dev", "Push, with the bill of materials and the provenance", `"2026-11-26T02:59:58Z"`, `"2026-11-26T03:00:01Z"`
	for _, test := range []struct {
		name, answer, attempt, promoted string
		jobs                            string
		want                            string // "" where it is refused
	}{
		{"new", other, "1", "", "", "there=false"},
		{"promoted, so promote.sh compares it", there, "1", "staging", "", "there=true"},
		{"pushed by the first attempt", there, "2", "", push(1, job, step, "success", at, after), "there=true"},
		{"pushed by an attempt that was cancelled", there, "3", "", push(1, job, step, "skipped", at, at) + "," + push(2, job, step, "cancelled", at, "null"), "there=true"},
		{"at the first attempt", there, "1", "", push(1, job, step, "success", at, after), ""},
		{"before the attempt pushed", there, "2", "", push(1, job, step, "success", `"2026-11-26T03:00:09Z"`, `"2026-11-26T03:01:00Z"`), ""},
		{"after the attempt pushed", there, "2", "", push(1, job, step, "success", `"2026-11-26T02:58:09Z"`, `"2026-11-26T02:59:00Z"`), ""},
		{"while the attempt did something else", there, "2", "", push(1, job, "Build, before there are credentials", "success", at, after), ""},
		{"while the attempt skipped its push", there, "2", "", push(1, job, step, "skipped", at, after), ""},
		{"while another environment was pushed to", there, "2", "", push(1, "staging / deploy to staging", step, "success", at, after), ""},
		{"only by this attempt", there, "2", "", push(2, job, step, "success", at, after), ""},
		{"by nobody", there, "2", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.String() != "/repos/paperwurks/backend/actions/runs/42/jobs?filter=all&per_page=100" || r.Header.Get("Authorization") != "Bearer secret" {
					http.Error(w, "no "+r.URL.String(), http.StatusNotFound)
					return
				}
				fmt.Fprintf(w, `{"total_count": 1, "jobs": [%s]}`, test.jobs)
			}))
			defer server.Close()
			r := run(t, "image", map[string][]string{"ecr list-images": {test.answer},
				"ecr describe-images": {`{"imageDetails": [{"imageDigest": "sha256:0a1b", "imagePushedAt": "2026-11-26T04:00:00+01:00"}]}`}},
				"GITHUB_RUN_ATTEMPT="+test.attempt, "PROMOTED_FROM="+test.promoted, "GITHUB_API_URL="+server.URL, "GITHUB_TOKEN=secret", "GITHUB_REPOSITORY=paperwurks/backend")
			if test.want != "" {
				wants(t, r, 0, r.file(t, "output"), test.want, "image="+registry+":dev-"+sha)
				wants(t, r, 0, r.calls, "--repository-name paperwurks/dev/backend")
				return
			}
			wants(t, r, 1, r.output, "dev-"+sha+" is sha256:0a1b, pushed at 2026-11-26T04:00:00+01:00, and no earlier attempt of this run was pushing then", "do not deploy")
			wants(t, r, 1, r.calls, "--image-ids imageTag=dev-"+sha)
			if _, err := os.Stat(filepath.Join(r.dir, "output")); err == nil {
				t.Error("it names the image all the same")
			}
		})
	}
	r := run(t, "image", map[string][]string{"ecr list-images": {expired}})
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::Nothing was deployed")
}

// definition is what DescribeTaskDefinition answers of a revision that
// infrastructure made, with what ECS adds by itself.
func definition(service string) string {
	secret := `{"name": "SESSION_KEY", "valueFrom": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:paperwurks/dev/session-key-AbCdEf"}`
	if service == config.RolesTask {
		secret = `{"name": "DATABASE_MASTER_CREDENTIALS", "valueFrom": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-0a1-AbCdEf"}`
	}
	return `{"taskDefinition": {"taskDefinitionArn": "` + arnPrefix + service + `:7", "family": "paperwurks-dev-` + service + `", "revision": 7, "status": "ACTIVE",
		"containerDefinitions": [{"name": "` + service + `", "image": "` + registry + `:bootstrap", "cpu": 0, "essential": true, "command": ["` + service + `"], "environment": [{"name": "PORT", "value": "8080"}],
			"secrets": [` + secret + `],
			"linuxParameters": {"capabilities": {"add": [], "drop": ["ALL"]}, "devices": [], "initProcessEnabled": true, "tmpfs": []},
			"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/paperwurks/dev/ecs/` + service + `", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "` + service + `"}, "secretOptions": []},
			"mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": false}], "volumesFrom": [], "systemControls": [], "privileged": false, "readonlyRootFilesystem": true}],
		"executionRoleArn": "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-bootstrap", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
		"volumes": [{"name": "tmp", "host": {}}], "placementConstraints": [], "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"], "requiresAttributes": [{"name": "x"}],
		"runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}, "enableFaultInjection": false,
		"registeredAt": 1.5, "registeredBy": "somebody"}, "tags": [{"key": "environment", "value": "dev"}]}`
}

// registered is the revision that the pipeline made of it.
func registered(service string) string {
	role := "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-" + service
	return strings.NewReplacer(":bootstrap", ":dev-"+sha, "paperwurks-dev-bootstrap\"", "paperwurks-dev-"+service+"-execution\", \"taskRoleArn\": \""+role+"-task\"").Replace(definition(service))
}

// templateOf is the call that reads the revision that SSM names.
func templateOf(service string) string {
	return "ecs describe-task-definition @" + arnPrefix + service + ":7"
}

// index is what ECR answers of an image that holds one for each platform.
func index(platforms ...string) string {
	type platform struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
	}
	manifests := []map[string]platform{}
	for _, p := range platforms {
		os, architecture, _ := strings.Cut(p, "/")
		manifests = append(manifests, map[string]platform{"platform": {os, architecture}})
	}
	manifest, _ := json.Marshal(map[string]any{"manifests": manifests})
	answer, _ := json.Marshal(map[string]any{"images": []any{map[string]any{"imageManifest": string(manifest)}}})
	return string(answer)
}

// TestReviseRefusesAnotherArchitecture: what was built before the environment's
// processors changed is not registered, by whichever way it comes.
func TestReviseRefusesAnotherArchitecture(t *testing.T) {
	for _, test := range []struct{ image, runs, fault, says string }{
		{index("linux/amd64", "unknown/unknown"), "ARM64", "linux/arm64", ""},
		{index("linux/arm64", "unknown/unknown"), "X86_64", "linux/amd64", ""},
		{index("linux/amd64", "linux/arm64"), "ARM64", "", ""},
		{index("linux/amd64", "linux/arm64"), "X86_64", "", ""},
		{index("linux/arm64", "unknown/unknown"), "ARM64", "", ""},
		{`{"images": [{"imageManifest": "{\"config\": {}}"}]}`, "ARM64", "", "::notice::ECR does not say what processors"},
		{`{"images": [], "failures": [{"failureCode": "ImageNotFound"}]}`, "ARM64", "", "::notice::ECR does not say what processors"},
	} {
		answers := definitions()
		answers["ecr batch-get-image"] = []string{test.image}
		for _, s := range tasks {
			answers[templateOf(s)] = []string{strings.Replace(definition(s), "X86_64", test.runs, 1)}
		}
		r := run(t, "revise", answers)
		if test.fault == "" {
			wants(t, r, 0, r.output, "web: "+arnPrefix+"new:9", test.says)
			continue
		}
		for _, s := range tasks {
			wants(t, r, 1, r.output, "::error::"+s+" runs "+test.fault+", and "+registry+":dev-"+sha+" is for linux/")
		}
		wants(t, r, 1, r.output, "Nothing was registered")
		if strings.Contains(r.calls, "register-task-definition") {
			t.Errorf("registered:\n%s", r.calls)
		}
	}
	// An administrator may see images and not pull them.
	answers := definitions()
	answers["ecr batch-get-image"] = []string{"!An error occurred (AccessDeniedException) when calling the BatchGetImage operation"}
	r := run(t, "revise", answers)
	wants(t, r, 0, r.output, "::notice::ECR does not say what processors", "web: "+arnPrefix+"new:9")
	answers["ecr batch-get-image"] = []string{expired}
	r = run(t, "revise", answers)
	wants(t, r, 254, r.output, "ExpiredToken", "::error::No service was updated")
	// Without a runtime platform ECS takes X86_64.
	answers = definitions()
	answers["ecr batch-get-image"] = []string{index("linux/arm64")}
	answers[templateOf("web")] = []string{strings.Replace(definition("web"), `"runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},`, "", 1)}
	r = run(t, "revise", answers)
	wants(t, r, 1, r.output, "::error::web runs linux/amd64, and ")
}

// tasks are those of an environment without jobs.
var tasks = []string{"web", "worker", config.RolesTask, config.MigrationTask}

func definitions() map[string][]string {
	answers := map[string][]string{"ecs register-task-definition": {arnPrefix + "new:9"}, "ecr batch-get-image": {index("linux/amd64", "unknown/unknown")}}
	for _, s := range tasks {
		answers[templateOf(s)] = []string{definition(s)}
		// What runs, or ran, is made of what infrastructure wrote.
		answers["ecs describe-task-definition @"+arnPrefix+s+":6"] = []string{registered(s)}
		answers["ecs describe-services @paperwurks-dev-"+s] = []string{`{"services": [{"taskDefinition": "` + arnPrefix + s + `:6"}]}`}
	}
	answers["ecs list-task-definitions @paperwurks-dev-migrate"] = []string{arnPrefix + "migrate:7\t" + arnPrefix + "migrate:6\nNone"}
	answers["ecs list-task-definitions @paperwurks-dev-roles"] = []string{arnPrefix + "roles:6"}
	return answers
}

func TestRevise(t *testing.T) {
	t.Parallel()
	r := run(t, "revise", definitions())
	wants(t, r, 0, r.file(t, "revisions.json"), `"web":`, `"worker":`, `"migrate":`)
	count := 0
	for call := range strings.Lines(r.calls) {
		_, input, found := strings.Cut(call, "--cli-input-json ")
		if !found {
			continue
		}
		count++
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
	if count != len(tasks) {
		t.Errorf("%d revisions, want %d", count, len(tasks))
	}
	// What somebody registered with a stolen deploy-role is the newest revision.
	planted := definitions()
	for _, s := range tasks {
		newest := strings.Replace(registered(s), `"environment": [`, `"environment": [{"name": "PGOPTIONS", "value": "planted"}, `, 1)
		for _, name := range []string{"paperwurks-dev-" + s, arnPrefix + s + ":8"} {
			planted["ecs describe-task-definition @"+name] = []string{newest}
		}
	}
	planted["ecs list-task-definitions @paperwurks-dev-migrate"] = []string{arnPrefix + "migrate:8\t" + arnPrefix + "migrate:7"}
	r = run(t, "revise", planted)
	wants(t, r, 0, r.output, "web: ", "worker: ", "migrate: ", `- migrate: variable PGOPTIONS is null, where "planted" is in paperwurks-dev-migrate:8`)
	for call := range strings.Lines(r.calls) {
		if strings.Contains(call, "register-task-definition") && strings.Contains(call, "planted") {
			t.Errorf("what somebody planted is taken over:\n%s", call)
		}
	}
}

// TestReviseTellsWhatComesWithTheImage: what infrastructure wrote since the
// revision that runs, or ran as the migration.
func TestReviseTellsWhatComesWithTheImage(t *testing.T) {
	t.Parallel()
	if r := run(t, "revise", definitions()); strings.Contains(r.output, "Besides the image") {
		t.Errorf("nothing changed, and it says\n%s", r.output)
	}
	answers, wanted := definitions(), []string{"Besides the image, this deployment changes:"}
	for _, test := range []struct{ name, of, old, new, want string }{
		{"a variable", "web", `"environment": [`, `"environment": [{"name": "NODE_OPTIONS", "value": "--require\n::x"}, `, `- web: variable NODE_OPTIONS is "--require\n::x", where null is in paperwurks-dev-web:6`},
		{"a command", "web", `"command": ["web"]`, `"command": ["sh"]`, `- web: command is ["sh"], where ["web"] is in`},
		{"a secret", "web", `"SESSION_KEY"`, `"OTHER_KEY"`, `- web: secret OTHER_KEY is `},
		{"another size", "web", `"cpu": "256"`, `"cpu": "512"`, `- web: cpu is "512", where "256" is in`},
		{"a writable file system", "web", `"readonlyRootFilesystem": true`, `"readonlyRootFilesystem": false`, `- web: readonlyRootFilesystem is null, where true is in`},
		{"kept capabilities", "web", `"drop": ["ALL"]`, `"drop": []`, `- web: capabilities is {"add":[],"drop":[]}, where {"add":[],"drop":["ALL"]} is in`},
		{"a health check", "worker", `"essential": true`, `"essential": true, "healthCheck": {"command": ["CMD", "true"]}`, `- worker: healthCheck is {"command":["CMD","true"]}, where null is in`},
		{"the migration's command", "migrate", `"command": ["migrate"]`, `"command": ["sh"]`, `- migrate: command is ["sh"], where ["migrate"] is in paperwurks-dev-migrate:6`},
		{"a variable of the migration", "migrate", `"environment": [`, `"environment": [{"name": "PGOPTIONS", "value": "x"}, `, `- migrate: variable PGOPTIONS is "x", where null is in paperwurks-dev-migrate:6`},
	} {
		template := templateOf(test.of)
		changed := strings.Replace(answers[template][0], test.old, test.new, 1)
		if changed == answers[template][0] {
			t.Fatalf("%s: %q is not there", test.name, test.old)
		}
		answers[template] = []string{changed}
		wanted = append(wanted, test.want)
	}
	r := run(t, "revise", answers)
	wants(t, r, 0, r.output, wanted...)
	wants(t, r, 0, r.file(t, "summary.md"), wanted...)
	if got := strings.Count(r.output, "\n- "); got != len(wanted) { // another secret is one more and one less
		t.Errorf("it tells of %d changes, want %d:\n%s", got, len(wanted), r.output)
	}
	// Of a text the lines that differ, so that one is seen among two hundred.
	answers = definitions()
	sql := func(text string) func(string) string {
		return func(d string) string {
			return strings.Replace(d, `"environment": [`, `"environment": [{"name": "DATABASE_ROLES_SQL", "value": "BEGIN;\n`+text+`;\nCOMMIT;\n"}, `, 1)
		}
	}
	answers[templateOf("roles")] = []string{sql("GRANT rds_superuser TO backend")(definition("roles"))}
	answers["ecs describe-task-definition @"+arnPrefix+"roles:6"] = []string{sql("GRANT rds_iam TO backend")(registered("roles"))}
	r = run(t, "revise", answers)
	wants(t, r, 0, r.output, "- roles: variable DATABASE_ROLES_SQL has other lines than in paperwurks-dev-roles:6:\n  - line 2:\n  - before: \"GRANT rds_iam TO backend;\"\n  - now: \"GRANT rds_superuser TO backend;\"\n")
	if strings.Contains(r.output, "COMMIT") {
		t.Errorf("it shows what is the same:\n%s", r.output)
	}
	// Another order and a line once more are changes too: a right is granted again after it was revoked.
	for name, test := range map[string]struct{ before, now, want string }{
		"another order": {`REVOKE a;\nGRANT a`, `GRANT a;\nREVOKE a`, "  - line 2:\n  - before: \"REVOKE a;\"\n  - line 3:\n  - now: \"REVOKE a;\"\n"},
		"once more":     {`GRANT a;\nREVOKE a;\n-- then`, `GRANT a;\nREVOKE a;\nGRANT a;\n-- then`, "  - line 3:\n  - now: \"GRANT a;\"\n"},
	} {
		answers[templateOf("roles")] = []string{sql(test.now)(definition("roles"))}
		answers["ecs describe-task-definition @"+arnPrefix+"roles:6"] = []string{sql(test.before)(registered("roles"))}
		r = run(t, "revise", answers)
		if !strings.Contains(r.output, "paperwurks-dev-roles:6:\n"+test.want) {
			t.Errorf("%s: it shows\n%s\nwant\n%s", name, r.output, test.want)
		}
	}
	// A service that is not there yet runs nothing, and the first migration has none before it.
	answers = definitions()
	answers["ecs list-task-definitions @paperwurks-dev-migrate"] = []string{arnPrefix + "migrate:7"}
	answers["ecs describe-services @paperwurks-dev-web"] = []string{`{"services": [], "failures": [{"reason": "MISSING"}]}`}
	r = run(t, "revise", answers)
	wants(t, r, 0, r.output, "web: ")
}

// TestReviseTakesVariables: what was added to Variables of the settings, changed or
// taken out is so in the next revision, whatever the one before it had.
func TestReviseTakesVariables(t *testing.T) {
	t.Parallel()
	answers := definitions()
	const port = `{"name": "PORT", "value": "8080"}`
	with := func(text, variables string) string { return strings.Replace(text, port, port+variables, 1) }
	answers[templateOf("web")] = []string{with(definition("web"), `, {"name": "FEATURES", "value": "a,b"}, {"name": "LOG_LEVEL", "value": "debug"}`)}
	answers["ecs describe-task-definition @"+arnPrefix+"web:6"] = []string{with(registered("web"), `, {"name": "LOG_LEVEL", "value": "info"}, {"name": "OLD", "value": "1"}`)}
	r := run(t, "revise", answers)
	wants(t, r, 0, r.output, `- web: variable FEATURES is "a,b", where null is in paperwurks-dev-web:6`,
		`- web: variable LOG_LEVEL is "debug", where "info" is in`, `- web: variable OLD is null, where "1" is in`)
	got := map[string]string{}
	for call := range strings.Lines(r.calls) {
		_, input, found := strings.Cut(call, "--cli-input-json ")
		if !found {
			continue
		}
		var d struct {
			Containers []struct {
				Name        string
				Environment []struct{ Name, Value string }
			} `json:"containerDefinitions"`
		}
		if err := json.NewDecoder(strings.NewReader(input)).Decode(&d); err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Containers[0].Environment {
			got[d.Containers[0].Name+" "+v.Name] = v.Value
		}
	}
	want := map[string]string{"web PORT": "8080", "web FEATURES": "a,b", "web LOG_LEVEL": "debug", "worker PORT": "8080", "migrate PORT": "8080", "roles PORT": "8080"}
	if !maps.Equal(got, want) {
		t.Errorf("registered with %v, want %v", got, want)
	}
}

// TestReviseKnowsWhatItChanges: where AWS does not say what runs, nothing is
// registered, rather than with a list that lacks a change.
func TestReviseKnowsWhatItChanges(t *testing.T) {
	for _, call := range []string{
		"ecs describe-services @paperwurks-dev-web", "ecs describe-task-definition @" + arnPrefix + "web:6",
		"ecs list-task-definitions @paperwurks-dev-migrate",
	} {
		answers := definitions()
		answers[call] = []string{expired}
		r := run(t, "revise", answers)
		wants(t, r, 254, r.output, "ExpiredTokenException", "::error::No service was updated: a command failed")
		if strings.Contains(r.calls, "register-task-definition") {
			t.Errorf("%s fails, and revisions are registered:\n%s", call, r.calls)
		}
	}
}

// TestRunning: the image of a deployment that all services run, and no other.
func TestRunning(t *testing.T) {
	t.Parallel()
	answers := definitions()
	gotten := func(digest string) []string {
		if digest == "" {
			return []string{`{"images": [], "failures": [{"failureCode": "ImageNotFound"}]}`}
		}
		return []string{`{"images": [{"imageId": {"imageDigest": "` + digest + `"}}], "failures": []}`}
	}
	tag := "ecr batch-get-image @imageTag=dev-" + sha
	answers[tag], answers[tag+"-ran"] = gotten("sha256:a"), gotten("sha256:a")
	r := run(t, "running", answers)
	wants(t, r, 0, r.file(t, "output"), "image="+registry+":dev-"+sha+"\n")
	wants(t, r, 0, r.output, "web: paperwurks-dev-web:6, "+registry, "worker: paperwurks-dev-worker:6, "+registry)
	runs := func(service, image string) result {
		changed := maps.Clone(answers)
		changed["ecs describe-task-definition @"+arnPrefix+service+":6"] = []string{strings.Replace(registered(service), registry+":dev-"+sha, image, 1)}
		return run(t, "running", changed)
	}
	other := registry + ":dev-" + strings.Repeat("f", 40)
	r = runs("worker", other)
	wants(t, r, 1, r.output, "::error::The services run "+registry+":dev-"+sha+" "+other+", and one image is required")
	for _, image := range []string{registry + ":bootstrap", registry + ":staging-" + sha, "stranger:dev-" + sha, registry + ":dev-" + sha + "-ran"} {
		r = runs("web", image)
		wants(t, r, 1, r.output, "::error::web runs "+image+": "+registry+":dev-<commit> is what a deployment starts")
		if _, err := os.Stat(filepath.Join(r.dir, "output")); err == nil {
			t.Errorf("it names %s all the same", image)
		}
	}
	gone := maps.Clone(answers)
	gone["ecs describe-services @paperwurks-dev-web"] = []string{`{"services": [], "failures": [{"reason": "MISSING"}]}`}
	r = run(t, "running", gone)
	wants(t, r, 1, r.output, "::error::No service was updated: a command failed")
	gone["ecs describe-services @paperwurks-dev-web"] = []string{expired}
	r = run(t, "running", gone)
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::No service was updated")

	// Not what no deployment proved, nor what somebody else marked.
	marked := func(deployed, ran []string) result {
		changed := maps.Clone(answers)
		changed[tag], changed[tag+"-ran"] = deployed, ran
		r := run(t, "running", changed)
		if _, err := os.Stat(filepath.Join(r.dir, "output")); err == nil {
			t.Errorf("it names the image all the same:\n%s", r.output)
		}
		return r
	}
	r = marked(gotten("sha256:a"), gotten(""))
	wants(t, r, 1, r.output, "::error::No deployment of dev-"+sha+" ended well in dev", "paperwurks/dev/backend has no dev-"+sha+"-ran")
	r = marked(gotten("sha256:a"), gotten("sha256:b"))
	wants(t, r, 1, r.output, "::error::paperwurks/dev/backend: dev-"+sha+" is sha256:a, and dev-"+sha+"-ran is sha256:b")
	r = marked(gotten(""), gotten("sha256:b"))
	wants(t, r, 1, r.output, "dev-"+sha+" is not there, and dev-"+sha+"-ran is sha256:b")
	r = marked(gotten("sha256:a"), []string{`{"images": [], "failures": [{"failureCode": "KmsError"}]}`})
	wants(t, r, 5, r.output, "KmsError", "::error::No service was updated: a command failed")
	r = marked(gotten("sha256:a"), []string{expired})
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::No service was updated")
}

// TestReviseRefuses changes the revision that SSM names as a stolen infra-role could:
// nothing may be registered with the real roles then.
func TestReviseRefuses(t *testing.T) {
	t.Parallel()
	all := parameters()
	maps.DeleteFunc(all, func(name, _ string) bool {
		return strings.HasPrefix(name, "service/") && !strings.HasPrefix(name, "service/web/")
	})
	ofWeb := filepath.Join(t.TempDir(), "parameters.json")
	writeJSON(t, ofWeb, all)
	type change struct{ name, old, new, want string }
	for _, changes := range [][]change{ // those of one revision
		{
			{"another container", `"containerDefinitions": [`, `"containerDefinitions": [{"name": "stranger", "image": "stranger:1"}, `, `it has a container "stranger"`},
			{"an entry point", `"essential": true`, `"essential": true, "entryPoint": ["sh"]`, `container: entryPoint is ["sh"]`},
			{"another user", `"essential": true`, `"essential": true, "user": "0"`, `container: user is "0"`},
			{"privileges", `"privileged": false`, `"privileged": true`, "container: privileged is true"},
			{"a capability", `"add": []`, `"add": ["SYS_PTRACE"]`, `it adds capabilities ["SYS_PTRACE"]`},
			{"variables from a bucket", `"essential": true`, `"essential": true, "environmentFiles": [{"value": "arn:aws:s3:::x/y", "type": "s3"}]`, "container: environmentFiles is"},
			{"another log", "/paperwurks/dev/ecs/web", "/stranger", `its log is {"logDriver":"awslogs","group":"/stranger"`},
			{"another environment's secret", "secret:paperwurks/dev/", "secret:paperwurks/prod/", "secret SESSION_KEY is"},
			{"a file system", `"host": {}`, `"efsVolumeConfiguration": {"fileSystemId": "fs-1"}`, "a volume: efsVolumeConfiguration is"},
			{"another execution role", "paperwurks-dev-bootstrap", "paperwurks-dev-migrate-execution", "executionRoleArn is"},
			{"another task role", `"cpu": "256"`, `"cpu": "256", "taskRoleArn": "arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-migrate-task"`, "taskRoleArn is"},
			{"a revision that is gone", `"status": "ACTIVE"`, `"status": "INACTIVE"`, `its status is "INACTIVE"`},
			{"another network mode", `"networkMode": "awsvpc"`, `"networkMode": "host"`, `networkMode is "host"`},
			{"a proxy", `"cpu": "256"`, `"cpu": "256", "proxyConfiguration": {"containerName": "x"}`, "proxyConfiguration is"},
		},
		{
			{"none of its containers", `"name": "web", "image"`, `"name": "other", "image"`, `it has 0 containers "web"`},
			{"no role to start with", `"executionRoleArn"`, `"other": null, "was"`, "executionRoleArn is null"},
		},
		{{"another account's secret", "111122223333:secret:", "999999999999:secret:", "secret SESSION_KEY is"}},
		{
			{"its container twice", `"containerDefinitions": [`, `"containerDefinitions": [{"name": "web", "image": "stranger:1"}, `, `it has 2 containers "web"`},
			{"the database's master secret", "secret:paperwurks/dev/session-key", "secret:rds!db-0a1", "secret SESSION_KEY is"},
			{"another log driver", `"logDriver": "awslogs"`, `"logDriver": "splunk"`, `its log is {"logDriver":"splunk"`},
			{"a revision of the pipeline's", "paperwurks-dev-bootstrap\"", "paperwurks-dev-web-execution\", \"taskRoleArn\": \"arn:aws:iam::111122223333:role/paperwurks/workload/paperwurks-dev-web-task\"", "executionRoleArn is"},
		},
	} {
		answers, changed := definitions(), definition("web")
		wanted := []string{"Nothing was registered."}
		for _, c := range changes {
			before := changed
			if changed = strings.ReplaceAll(changed, c.old, c.new); changed == before {
				t.Fatalf("%s: %q is not there", c.name, c.old)
			}
			wanted = append(wanted, "::error::paperwurks-dev-web:7, which SSM names, is not a revision that the stacks write: "+c.want)
		}
		answers[templateOf("web")] = []string{changed}
		r := run(t, "revise", answers, "PARAMETERS="+ofWeb)
		wants(t, r, 1, r.output, wanted...)
		if strings.Contains(r.calls, "register-task-definition") {
			t.Errorf("registered:\n%s", r.calls)
		}
	}
	// In version 2 of the contract the migration has the master secret, where there is no
	// task of the database's roles.
	for name := range all {
		all[strings.Replace(name, "service/web/", "service/migrate/", 1)] = strings.ReplaceAll(all[name], "web", "migrate")
	}
	withMaster := definitions()
	withMaster[templateOf("migrate")] = []string{strings.Replace(definition("migrate"), "secret:paperwurks/dev/session-key", "secret:rds!db-0a1", 1)}
	refused := "is not a revision that the stacks write: secret SESSION_KEY is"
	if r := run(t, "revise", withMaster); !strings.Contains(r.output, refused) {
		t.Errorf("the migration may have the master secret next to the task of the roles:\n%s", r.output)
	}
	writeJSON(t, ofWeb, all)
	if r := run(t, "revise", withMaster, "PARAMETERS="+ofWeb); strings.Contains(r.output, refused) {
		t.Errorf("version 2 is refused:\n%s", r.output)
	}
	r := run(t, "revise", definitions(), "IMAGE=stranger/backend:dev-1")
	wants(t, r, 1, r.output, `::error::IMAGE is "stranger/backend:dev-1": `+registry+":dev-<commit> is allowed")
	answers := definitions()
	answers["ecs register-task-definition"] = []string{arnPrefix + "new:8", expired}
	r = run(t, "revise", answers)
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::No service was updated: a command failed")
}

// TestReviseTakesTheStacksDefinitions gives it the task definitions of the
// snapshots: what the stacks write is never refused.
func TestReviseTakesTheStacksDefinitions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../__snapshots__/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d snapshots", err, len(files))
	}
	taken := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// In the region and account that these tests are for.
		data = bytes.ReplaceAll(data, []byte(config.Platform().User.AccountID), []byte(platform.User.AccountID))
		data = bytes.ReplaceAll(data, []byte(config.Platform().Region), []byte(platform.Region))
		var stack struct {
			Resource struct {
				Definitions map[string]struct {
					Family      string `json:"family"`
					NetworkMode string `json:"network_mode"`
					Containers  struct {
						JSON []map[string]any `json:"JSON"`
					} `json:"container_definitions"`
					Volume []struct {
						Name string `json:"name"`
					} `json:"volume"`
				} `json:"aws_ecs_task_definition"`
				LogGroups map[string]struct {
					Name string `json:"name"`
				} `json:"aws_cloudwatch_log_group"`
			} `json:"resource"`
		}
		if err := json.Unmarshal(data, &stack); err != nil {
			t.Fatal(err)
		}
		env := strings.TrimSuffix(filepath.Base(file), ".json")
		answers := map[string][]string{"ecs register-task-definition": {arnPrefix + "new:8"}, "ecr batch-get-image": {index("linux/amd64")}}
		published := map[string]string{"image/repository-url": registry}
		n := platform.Names()
		for _, d := range stack.Resource.Definitions {
			name := strings.TrimPrefix(d.Family, n.Environment(env)+"-")
			for _, container := range d.Containers.JSON {
				options := container["logConfiguration"].(map[string]any)["options"].(map[string]any)
				if strings.HasPrefix(options["awslogs-group"].(string), "${aws_cloudwatch_log_group.environment_"+name+"-task_log-group_") {
					options["awslogs-group"] = n.LogGroup(env, name)
				}
				secrets, _ := container["secrets"].([]any) // the container of a time limit has none
				for _, item := range secrets {
					secret := item.(map[string]any)
					arn := "arn:aws:secretsmanager:eu-central-1:111122223333:secret:" + n.Secret(env, "x")
					if strings.Contains(secret["valueFrom"].(string), "master_user_secret") {
						arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-0a1"
					}
					secret["valueFrom"] = arn
				}
			}
			answer, err := json.Marshal(map[string]any{"taskDefinition": map[string]any{"family": d.Family, "revision": 1, "networkMode": d.NetworkMode,
				"executionRoleArn": n.WorkloadRoleARN(n.In(env, "bootstrap")), "containerDefinitions": d.Containers.JSON, "volumes": d.Volume}})
			if err != nil {
				t.Fatal(err)
			}
			text := string(answer)
			for id, group := range stack.Resource.LogGroups {
				text = strings.ReplaceAll(text, "${aws_cloudwatch_log_group."+id+".name}", group.Name)
			}
			template := "arn:aws:ecs:eu-central-1:111122223333:task-definition/" + d.Family + ":1"
			answers["ecs describe-task-definition @"+template] = []string{text}
			answers["ecs list-task-definitions"] = []string{"None"}
			of := "service/" + name + "/"
			published[of+"task-definition-arn"] = template
			published[of+"task-family"], published[of+"container-name"], published[of+"log-group"] = d.Family, name, n.LogGroup(env, name)
			for _, container := range d.Containers.JSON {
				if command, ok := container["command"].([]any); ok && container["name"] == "time-limit" {
					published["job/"+name+"/time-limit-seconds"] = regexp.MustCompile(`sleep ([0-9]+) `).FindStringSubmatch(command[0].(string))[1]
				}
			}
			published[of+"task-role-arn"] = n.WorkloadRoleARN(n.TaskRole(env, name))
			published[of+"execution-role-arn"] = n.WorkloadRoleARN(n.ExecutionRole(env, name))
			taken++
		}
		if len(stack.Resource.Definitions) == 0 {
			continue
		}
		parametersFile := filepath.Join(t.TempDir(), "parameters.json")
		writeJSON(t, parametersFile, published)
		r := run(t, "revise", answers, "ENVIRONMENT="+env, "PARAMETERS="+parametersFile, "IMAGE="+registry+":"+env+"-"+sha)
		wants(t, r, 0, r.output, "migrate: ")
	}
	if taken == 0 {
		t.Error("the snapshots have no task definition")
	}
}

const taskARN = "arn:aws:ecs:eu-central-1:111122223333:task/paperwurks-dev/0123456789abcdef"

func stopped(container string) string {
	return `{"tasks": [{"lastStatus": "STOPPED", "stoppedReason": "Essential container in task exited", "containers": [` + container + `]}]}`
}

const (
	startedTask = `{"tasks": [{"taskArn": "` + taskARN + `"}], "failures": []}`
	runningTask = `{"tasks": [{"lastStatus": "RUNNING"}]}`
	endOfLog    = `{"events": [], "nextForwardToken": "f/2"}`
)

// TestMigrate are good and bad days of the migration, with what a person sees.
func TestMigrate(t *testing.T) {
	t.Parallel()
	logs := []string{
		`{"events": [{"message": "Applying 0001_initial"}, {"message": "::error::not a command"}], "nextForwardToken": "f/1"}`,
		`{"events": [], "nextForwardToken": "f/1b"}`, // a page may be empty before the end
		`{"events": [{"message": "Applying 0002_more"}], "nextForwardToken": "f/2"}`, endOfLog,
	}
	noLog := "!An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The specified log stream does not exist."
	for _, test := range []struct {
		name    string
		answers map[string][]string
		code    int
		want    []string
	}{
		{"ends well", map[string][]string{
			"ecs describe-tasks":  {`{"tasks": [{"lastStatus": "PENDING"}]}`, runningTask, stopped(`{"name": "sidecar", "exitCode": 9}, {"name": "migrate", "exitCode": 0}`)},
			"logs get-log-events": append([]string{noLog}, logs...),
		}, 0, []string{"Applying 0001_initial", "Applying 0002_more", "ended with exit code 0"}},
		{"fails", map[string][]string{
			"ecs describe-tasks": {stopped(`{"name": "migrate", "exitCode": 3}`)}, "logs get-log-events": logs,
		}, 1, []string{"Applying 0001_initial", "Applying 0002_more", "::error::The migration ended with exit code 3: Essential container in task exited. No service was updated. Next: "}},
		{"is killed for its memory", map[string][]string{
			"ecs describe-tasks": {stopped(`{"name": "migrate", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}`)}, "logs get-log-events": logs,
		}, 1, []string{"exit code 137: Essential container in task exited; OutOfMemoryError: Container killed due to memory usage. No service was updated."}},
		{"never starts its container", map[string][]string{
			"ecs describe-tasks": {stopped(`{"name": "migrate"}`)}, "logs get-log-events": {noLog},
		}, 1, []string{"(no log", "exit code none"}},
		{"the log cannot be read", map[string][]string{
			"ecs describe-tasks": {stopped(`{"name": "migrate", "exitCode": 0}`)}, "logs get-log-events": {"!An error occurred (ThrottlingException)"},
		}, 0, []string{"The log cannot be read now:", "ThrottlingException", "ended with exit code 0"}},
		{"no capacity", map[string][]string{"ecs run-task": {`{"tasks": [], "failures": [{"reason": "RESOURCE:FARGATE"}]}`}}, 1,
			[]string{"::error::The migration did not start, and no service was updated", "RESOURCE:FARGATE"}},
		{"takes too long", map[string][]string{
			"ecs describe-tasks": {runningTask}, "logs get-log-events": logs, "ecs stop-task": {"{}"},
		}, 1, []string{"Applying 0002_more", "::error::The migration did not end within 0 minutes (the input migration-minutes). The migration task was stopped, and no service was updated. Next: "}},
		{"the token expires", map[string][]string{
			"ecs describe-tasks": {runningTask, expired}, "logs get-log-events": append(logs, expired), "ecs stop-task": {expired},
		}, 254, []string{"Applying 0002_more", "ExpiredTokenException", "**The migration task may still run**", "aws ecs stop-task --cluster paperwurks-dev --task 0123456789abcdef"}},
		{"the token has expired before", map[string][]string{"ecs run-task": {expired}}, 254, []string{"ExpiredTokenException", "::error::AWS did not start the migration, or did not say so: its message is above. No service was updated, and AWS lists no migration task"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := map[string][]string{"ecs list-tasks": {"[]"}, "ecs run-task": {startedTask}}
			maps.Copy(answers, test.answers)
			minutes := "MINUTES=1"
			if test.name == "takes too long" {
				minutes = "MINUTES=0"
			}
			r := run(t, "run-task", answers, minutes)
			wants(t, r, test.code, r.output, test.want...)
			if strings.Count(r.output, "Applying 0001_initial") > 1 {
				t.Errorf("the log is shown twice:\n%s", r.output)
			}
			if strings.Contains(r.output, "Applying") {
				begin := strings.Index(r.output, "::stop-commands::end-")
				end := begin + strings.Index(r.output[max(0, begin):], "\n::end-")
				if at := strings.Index(r.output, "::error::not a command"); begin < 0 || at < begin || at > end {
					t.Errorf("the task's log could give commands to the workflow:\n%s", r.output)
				}
			}
			if test.code != 0 {
				said := strings.ReplaceAll(r.output, "::error::not a command", "")
				if error, _, _ := strings.Cut(said[strings.LastIndex(said, "::error::")+9:], "\n"); !strings.Contains(r.file(t, "summary.md"), strings.TrimSpace(error)) {
					t.Errorf("the summary does not say %q:\n%s", error, r.file(t, "summary.md"))
				}
			}
			wants(t, r, test.code, r.calls, "--task-definition "+arnPrefix+"migrate:3", `"subnet-0a1",`, `"sg-0a1"`, `"DISABLED"`, "--started-by github-42")
		})
	}
}

// TestDatabaseSetup: the task of the database's roles says what it is, and which
// definition it runs.
func TestDatabaseSetup(t *testing.T) {
	t.Parallel()
	for code, want := range map[int][]string{
		0: {"Database setup arn:", "The database setup ended with exit code 0"},
		1: {"permission denied", "::error::The database setup ended with exit code 1: Essential container in task exited. Neither migration nor service was changed. Next: the log says what failed; fix it and deploy again."},
	} {
		r := run(t, "run-task", map[string][]string{
			"ecs list-tasks": {"[]"}, "ecs run-task": {startedTask}, "ecs describe-tasks": {stopped(fmt.Sprintf(`{"name": "roles", "exitCode": %d}`, code))},
			"logs get-log-events": {`{"events": [{"message": "permission denied"}], "nextForwardToken": "f/2"}`, endOfLog},
		}, "MINUTES=1", "TASK=roles")
		wants(t, r, code, r.output, want...)
		wants(t, r, code, r.calls, "--task-definition "+arnPrefix+"roles:2", "--family paperwurks-dev-roles", "--log-group-name /paperwurks/dev/ecs/roles")
	}
}

func TestMigrateIsCancelled(t *testing.T) {
	t.Parallel()
	r := runCancelled(t, "run-task", "--next-token f/1", map[string][]string{
		"ecs list-tasks": {"[]"}, "ecs run-task": {startedTask}, "ecs describe-tasks": {runningTask}, "ecs stop-task": {"slow {}"},
		"logs get-log-events": {`{"events": [{"message": "Applying 0001_initial"}], "nextForwardToken": "f/1"}`, `{"events": [], "nextForwardToken": "f/1"}`, `{"events": [{"message": "Rolling back"}], "nextForwardToken": "f/2"}`, endOfLog},
	})
	wants(t, r, 130, r.output, "Applying 0001_initial", "Rolling back", "::error::The job was cancelled. The migration task was stopped, and no service was updated. Next: ")
	wants(t, r, 130, r.calls, "ecs stop-task --cluster paperwurks-dev --task "+taskARN+" --reason The job was cancelled")
}

// TestMigrateIsCancelledWhileItStarts: a task that AWS started is stopped, also
// when its ARN was not read.
func TestMigrateIsCancelledWhileItStarts(t *testing.T) {
	t.Parallel()
	const stop = "ecs stop-task --cluster paperwurks-dev --task " + taskARN
	answers := func(runTask, list string) map[string][]string {
		return map[string][]string{
			"ecs list-tasks": {"[]"}, "ecs list-tasks @--started-by": {list}, "ecs run-task": {runTask}, "ecs stop-task": {"slow {}"}, "logs get-log-events": {endOfLog},
		}
	}
	r := runCancelled(t, "run-task", "ecs run-task", answers("slow "+startedTask, "[]"))
	wants(t, r, 130, r.output, "::error::The job was cancelled. The migration task was stopped, and no service was updated.")
	wants(t, r, 130, r.calls, stop)
	r = run(t, "run-task", answers("!Connection was closed before we received a valid response", `["`+taskARN+`"]`))
	wants(t, r, 254, r.output, "The migration task was stopped, and no service was updated.")
	wants(t, r, 254, r.calls, "--started-by github-42", stop)
	r = run(t, "run-task", answers("!Connection was closed before we received a valid response", expired))
	wants(t, r, 254, r.output, "**A migration task may run**", "aws ecs list-tasks --cluster paperwurks-dev --started-by github-42")
	r = runCancelled(t, "run-task", "ecs run-task", answers("slow !Interrupted", "slow []"))
	wants(t, r, 130, r.output, "The job was cancelled. No service was updated, and AWS lists no migration task of this run")
}

func TestOneMigrationAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		task string
		code int
	}{
		"one runs":             {`{"taskArn": "` + taskARN + `", "lastStatus": "RUNNING", "startedBy": "github-41"}`, 1},
		"one is being stopped": {`{"taskArn": "` + taskARN + `", "lastStatus": "DEPROVISIONING", "startedBy": "github-41"}`, 1},
		"one has ended":        {`{"taskArn": "` + taskARN + `", "lastStatus": "STOPPED", "startedBy": "github-41"}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, "run-task", map[string][]string{
				"ecs list-tasks": {`["` + taskARN + `"]`, "[]"}, "ecs run-task": {startedTask},
				"ecs describe-tasks": {`{"tasks": [` + test.task + `]}`, stopped(`{"name": "migrate", "exitCode": 0}`)}, "logs get-log-events": {endOfLog},
			})
			if test.code == 0 {
				wants(t, r, 0, r.output, "ended with exit code 0")
				return
			}
			wants(t, r, 1, r.output, "::error::A migration runs already, so none was started and no service was updated: 0123456789abcdef, started by github-41, is ", "Next: wait until it has ended")
			wants(t, r, 1, r.calls, "--family paperwurks-dev-migrate --desired-status RUNNING", "--desired-status STOPPED", taskARN)
			if strings.Contains(r.calls, "run-task") {
				t.Errorf("a second one was started:\n%s", r.calls)
			}
		})
	}
}

// service is what DescribeServices answers of one with a deployment.
func service(id, state, definition, reason string) string {
	return `{"services": [{"taskDefinition": "` + definition + `", "runningCount": 2, "desiredCount": 2, "deployments": [{"id": "` + id + `", "status": "PRIMARY", "rolloutState": "` + state +
		`", "rolloutStateReason": "` + reason + `", "taskDefinition": "` + definition + `"}], "events": [{"message": "has reached a steady state"}]}]}`
}

// TestUpdate are good and bad days of a deployment, with what a person sees.
func TestUpdate(t *testing.T) {
	t.Parallel()
	before := service("ecs-svc/1", "COMPLETED", arnPrefix+"web:7", "")
	now := service("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", "")
	// What ECS shows while it rolls back, and afterwards.
	failed := `{"services": [{"taskDefinition": "` + arnPrefix + `web:7", "desiredCount": 2, "deployments": [
		{"id": "ecs-svc/4", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "rolloutStateReason": "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.", "taskDefinition": "` + arnPrefix + `web:7"},
		{"id": "ecs-svc/2", "status": "ACTIVE", "rolloutState": "FAILED", "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.", "taskDefinition": "` + arnPrefix + `web:8"}],
		"events": [{"message": "(deployment ecs-svc/2) deployment failed: tasks failed to start."}]}]}`
	zero := strings.ReplaceAll(now, `"desiredCount": 2`, `"desiredCount": 0`)
	for _, test := range []struct {
		name string
		// web are the answers of DescribeServices, worker's UpdateService last.
		web     []string
		worker  string
		minutes string
		code    int
		want    []string
	}{
		{"complete", []string{before, service("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", ""), now}, "", "1", 0,
			[]string{"web: runs paperwurks-dev-web:8", "worker: runs paperwurks-dev-worker:5", "| web | paperwurks-dev-web:7 | paperwurks-dev-web:8 | paperwurks-dev-web:8 | complete |", "Every service runs its revision."}},
		{"run again, all is done", []string{now}, "", "1", 0, []string{"web: runs paperwurks-dev-web:8", "| web | paperwurks-dev-web:8 | paperwurks-dev-web:8 | paperwurks-dev-web:8 | complete |"}},
		{"rolled back, the deployment still listed", []string{before, failed}, "", "1", 1, []string{
			"::error::web does not run paperwurks-dev-web:8: the deployment is rolled back to paperwurks-dev-web:7", "circuit breaker: tasks failed to start", "worker: runs",
			"| web | paperwurks-dev-web:7 | paperwurks-dev-web:8 | paperwurks-dev-web:7 | rolled back to paperwurks-dev-web:7 |", "| worker | paperwurks-dev-worker:5 | paperwurks-dev-worker:5 | paperwurks-dev-worker:5 | complete |",
			"**Some services run the revision that was to run, and some do not.**", "run the rollback workflow with the commit that ran before"}},
		{"rolled back by an alarm", []string{before, strings.ReplaceAll(failed, "circuit breaker: tasks failed to start", "failed: alarm detected")}, "", "1", 1, []string{"the deployment is rolled back", "alarm detected"}},
		{"rolled back, the deployment gone", []string{before, service("ecs-svc/9", "COMPLETED", arnPrefix+"web:7", "")}, "", "1", 1, []string{"the deployment is gone: rolled back to paperwurks-dev-web:7, or replaced by another run"}},
		{"not shown yet", []string{before, before, now}, "", "1", 0, []string{"web: runs paperwurks-dev-web:8"}},
		{"complete on another revision", []string{before, service("ecs-svc/2", "COMPLETED", arnPrefix+"web:7", "")}, "", "1", 1, []string{"the deployment is replaced by paperwurks-dev-web:7"}},
		{"takes too long", []string{before, service("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", "")}, "", "0", 1, []string{"the deployment is still in progress after 0 minutes"}},
		{"no task is wanted", []string{zero}, "", "1", 0, []string{"::warning::web is to have 0 tasks", "nobody has seen that paperwurks-dev-web:8 works"}},
		{"no task is left", []string{before, zero}, "", "1", 0, []string{"web: runs paperwurks-dev-web:8"}},
		{"the second is refused", []string{before, now}, "!An error occurred (AccessDeniedException) when calling the UpdateService operation", "1", 1, []string{
			"AccessDeniedException", "::error::worker could not be put on paperwurks-dev-worker:5: AWS refused", "web: runs paperwurks-dev-web:8",
			"| web | paperwurks-dev-web:7 | paperwurks-dev-web:8 | paperwurks-dev-web:8 | complete |", "| refused by AWS, the message is above |", "**Some services run"}},
		{"the token expires", []string{before, service("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", ""), expired}, "", "1", 254, []string{
			"ExpiredTokenException", "::error::A command failed (exit code 254)", "| web | paperwurks-dev-web:7 | paperwurks-dev-web:8 | unknown, AWS does not answer | not known: this run no longer watches it |", "ECS goes on with what is in progress"}},
		{"the token has expired before", []string{expired}, "", "1", 254, []string{"::error::No service was updated: a command failed (exit code 254)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.worker == "" {
				test.worker = `{"service": {"deployments": [{"id": "ecs-svc/3", "status": "PRIMARY"}]}}`
			}
			r := run(t, "update", map[string][]string{
				"ecs describe-services @paperwurks-dev-web": test.web, "ecs describe-services @paperwurks-dev-worker": {service("ecs-svc/3", "COMPLETED", arnPrefix+"worker:5", "")},
				"ecs update-service @paperwurks-dev-web":    {`{"service": {"deployments": [{"id": "ecs-svc/1", "status": "ACTIVE"}, {"id": "ecs-svc/2", "status": "PRIMARY"}]}}`},
				"ecs update-service @paperwurks-dev-worker": {test.worker},
			}, "MINUTES="+test.minutes)
			wants(t, r, test.code, r.output, test.want...)
			if proven := map[string]string{"complete": "proven=true\n", "run again, all is done": "proven=true\n", "not shown yet": "proven=true\n", "no task is wanted": "proven=false\n", "no task is left": "proven=false\n"}[test.name]; proven != "" {
				wants(t, r, test.code, r.file(t, "output"), proven)
			} else if _, err := os.Stat(filepath.Join(r.dir, "output")); err == nil {
				t.Error("a deployment that did not end well says whether it is proven")
			}
			if strings.Contains(r.output, "| web |") {
				wants(t, r, test.code, r.calls, "--task-definition "+arnPrefix+"web:8", "--task-definition "+arnPrefix+"worker:5")
				if table := r.output[strings.Index(r.output, "| service |"):]; r.file(t, "summary.md") != table {
					t.Errorf("the summary is\n%s\nwant\n%s", r.file(t, "summary.md"), table)
				}
			}
		})
	}
	r := run(t, "update", map[string][]string{
		"ecs describe-services @paperwurks-dev-web": {before}, "ecs describe-services @paperwurks-dev-worker": {service("ecs-svc/3", "COMPLETED", arnPrefix+"worker:4", "")},
		"ecs update-service": {"!An error occurred (ServiceNotActiveException)"},
	})
	wants(t, r, 1, r.output, "| worker | paperwurks-dev-worker:4 | paperwurks-dev-worker:5 | paperwurks-dev-worker:4 | not started |", "**No service runs the revision that was to run.**")
}

// TestUpdateFollowsThePort: the load balancer is sent to the port of the revision,
// and left alone where that is the same.
func TestUpdateFollowsThePort(t *testing.T) {
	t.Parallel()
	balanced := func(s string) string {
		return strings.Replace(s, `"runningCount"`, `"loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "web", "containerPort": 8080}], "runningCount"`, 1)
	}
	for port, want := range map[string]bool{"8080": false, "9090": true} {
		r := run(t, "update", map[string][]string{
			"ecs describe-services @paperwurks-dev-web":    {balanced(service("ecs-svc/1", "COMPLETED", arnPrefix+"web:7", "")), balanced(service("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", ""))},
			"ecs describe-services @paperwurks-dev-worker": {service("ecs-svc/2", "COMPLETED", arnPrefix+"worker:5", "")},
			"ecs describe-task-definition":                 {`{"taskDefinition": {"containerDefinitions": [{"name": "web", "portMappings": [{"containerPort": ` + port + `}]}]}}`},
			"ecs update-service":                           {`{"service": {"deployments": [{"id": "ecs-svc/2", "status": "PRIMARY"}]}}`},
		})
		wants(t, r, 0, r.output, "Every service runs its revision.")
		if got := strings.Contains(r.calls, `--load-balancers [{"targetGroupArn":"arn:tg","containerName":"web","containerPort":`+port+`}]`); got != want {
			t.Errorf("port %s: load balancers set: %t, want %t\n%s", port, got, want, r.calls)
		}
		if strings.Count(r.calls, "--load-balancers") > 1 {
			t.Errorf("a service without a load balancer gets one:\n%s", r.calls)
		}
	}
}

func TestUpdateIsCancelled(t *testing.T) {
	t.Parallel()
	r := runCancelled(t, "update", "--service paperwurks-dev-worker", map[string][]string{
		"ecs describe-services @paperwurks-dev-web":    {service("ecs-svc/1", "COMPLETED", arnPrefix+"web:7", ""), "slow " + service("ecs-svc/2", "IN_PROGRESS", arnPrefix+"web:8", "")},
		"ecs describe-services @paperwurks-dev-worker": {service("ecs-svc/3", "IN_PROGRESS", arnPrefix+"worker:5", "")},
		"ecs update-service":                           {`{"service": {"deployments": [{"id": "ecs-svc/2", "status": "PRIMARY"}]}}`},
	})
	wants(t, r, 130, r.output, "::error::The job was cancelled. ECS finishes the deployments that were started, or rolls them back, by itself.", "| web | paperwurks-dev-web:7 | paperwurks-dev-web:8 | ")
}

func TestReport(t *testing.T) {
	t.Parallel()
	answers := map[string][]string{
		"ecs describe-services":        {service("ecs-svc/2", "COMPLETED", arnPrefix+"web:8", "")},
		"ecs describe-task-definition": {strings.ReplaceAll(definition("web"), "bootstrap", "dev-"+sha), strings.ReplaceAll(definition("worker"), "bootstrap", "dev-"+sha)},
	}
	r := run(t, "report", answers)
	wants(t, r, 0, r.file(t, "summary.md"), "| web | paperwurks-dev-web:8 | backend:dev-"+sha+" | 2 of 2 |", "| worker |", "https://dev.paperwurks.example")
	answers["ecs describe-services @paperwurks-dev-web"] = []string{expired}
	answers["ecs describe-task-definition"] = answers["ecs describe-task-definition"][1:]
	r = run(t, "report", answers)
	wants(t, r, 1, r.file(t, "summary.md"), "| web | AWS does not say | | |", "| worker | paperwurks-dev-web:8 |")
	answers["ecs describe-services @paperwurks-dev-web"] = []string{`{"services": [], "failures": [{"reason": "MISSING"}]}`}
	r = run(t, "report", answers)
	wants(t, r, 1, r.file(t, "summary.md"), "| web | AWS does not say | | |")
}

// TestBashIsChecked: the bash of macOS is 3.2, which ends at an associative array.
func TestBashIsChecked(t *testing.T) {
	scripts, err := filepath.Glob("*.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%v, %d scripts", err, len(scripts))
	}
	for _, file := range scripts {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, _, found := strings.Cut(string(data), "declare -A")
		if found && !strings.Contains(before, "((BASH_VERSINFO[0] >= 4)) || {") {
			t.Errorf("%s uses an associative array and does not ask for bash 4", file)
		}
	}
}

func TestEarlier(t *testing.T) {
	t.Parallel()
	web := registered("web")
	answers := map[string][]string{
		"ecs list-task-definitions @paperwurks-dev-web":           {arnPrefix + "web:8\t" + arnPrefix + "web:7\nNone"},
		"ecs list-task-definitions @paperwurks-dev-worker":        {arnPrefix + "worker:4"},
		"ecs describe-task-definition @" + arnPrefix + "web:8":    {definition("web")},
		"ecs describe-task-definition @" + arnPrefix + "web:7":    {web},
		"ecs describe-task-definition @" + arnPrefix + "worker:4": {registered("worker")},
	}
	for _, s := range []string{"web", "worker"} {
		answers["ecs describe-services @paperwurks-dev-"+s] = []string{`{"services": [{"taskDefinition": "` + arnPrefix + s + `:9"}]}`}
		answers["ecs describe-task-definition @"+arnPrefix+s+":9"] = []string{strings.Replace(registered(s), sha, strings.Repeat("f", 40), 1)}
	}
	r := run(t, "earlier", answers)
	wants(t, r, 0, r.file(t, "revisions.json"), `"web": "`+arnPrefix+`web:7"`, `"worker": "`+arnPrefix+`worker:4"`)
	if strings.Contains(r.output, "Besides the image") {
		t.Errorf("nothing else changes, and it says\n%s", r.output)
	}
	// Somebody registered another revision with the image that ran.
	answers["ecs describe-task-definition @"+arnPrefix+"worker:4"] = []string{strings.Replace(registered("worker"), `"command": ["worker"]`, `"command": ["sh"]`, 1)}
	r = run(t, "earlier", answers)
	wants(t, r, 0, r.output, "Besides the image, this rollback changes:", `- worker: command is ["sh"], where ["worker"] is in paperwurks-dev-worker:9`)
	wants(t, r, 0, r.file(t, "summary.md"), `- worker: command is ["sh"]`)
	r = run(t, "earlier", answers, "SHA=main")
	wants(t, r, 1, r.output, `SHA is "main": 40 hexadecimal digits are required`)
	revisions := []string{}
	for name, other := range map[string]string{
		"another-image":     definition("web"),
		"another-container": strings.Replace(web, `"containerDefinitions": [`, `"containerDefinitions": [{"name": "stranger", "image": "stranger:1"}, `, 1),
		"another-role":      strings.ReplaceAll(web, "paperwurks-dev-web-execution", "paperwurks-dev-bootstrap"),
		"another-family":    strings.ReplaceAll(web, `"paperwurks-dev-web"`, `"paperwurks-dev-web-api"`),
	} {
		revisions = append(revisions, arnPrefix+name)
		answers["ecs describe-task-definition @"+arnPrefix+name] = []string{other}
	}
	answers["ecs list-task-definitions @paperwurks-dev-web"] = []string{strings.Join(revisions, "\t")}
	r = run(t, "earlier", answers)
	wants(t, r, 1, r.output, "::error::web was never deployed with "+registry+":dev-"+sha, "worker: "+arnPrefix+"worker:4", "No service was updated.")
	wants(t, r, 1, r.calls, revisions...)
	answers["ecs list-task-definitions @paperwurks-dev-web"] = []string{expired}
	r = run(t, "earlier", answers)
	wants(t, r, 254, r.output, "ExpiredTokenException", "::error::No service was updated: a command failed")
	if strings.Contains(r.output, "was never deployed") {
		t.Errorf("what AWS does not answer is read as no revision:\n%s", r.output)
	}
}

// TestCheckImage gives it what `+"`docker image inspect`"+` prints of images of the
// backend, in testdata.
func TestCheckImage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/image.json")
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	type change struct{ name, old, new, want string }
	for _, changes := range [][]change{ // those of one image
		{},
		{{"an empty variable", `"PATH=`, `"SESSION_KEY=", "PATH=`, ""}},
		{
			{"no user", `"User": "10001:10001"`, `"User": ""`, "it runs as root: USER with another user is required"},
			{"another architecture", `"Architecture": "amd64"`, `"Architecture": "arm64"`, "it is for linux/arm64: linux/amd64 is required (docker build --platform linux/amd64)"},
			{"no volume", `"/tmp": {}`, `"/data": {}`, "it declares no VOLUME /tmp"},
			{"changes user", `"/usr/local/bin/backend"`, `"/usr/sbin/gosu"`, `it starts with "gosu", which changes the user`},
			{"another signal", `"StopSignal": "SIGTERM"`, `"StopSignal": "SIGKILL"`, `STOPSIGNAL is "SIGKILL"`},
			{"credentials", `"PATH=`, `"AWS_ACCESS_KEY_ID=x", "PATH=`, "its variable AWS_ACCESS_KEY_ID would be used in place of the role of its task"},
			{"a secret", `"PATH=`, `"SESSION_KEY=x", "PATH=`, "its variable SESSION_KEY looks like a secret"},
		},
		{
			{"root", `"User": "10001:10001"`, `"User": "0:0"`, `it runs as "0:0"`},
			{"no entry point", `"Entrypoint": [`, `"Entrypoint": [], "Other": [`, "it has no ENTRYPOINT"},
		},
	} {
		inspected, wanted, code := good, []string{}, 0
		for _, c := range changes {
			before := inspected
			if inspected = strings.Replace(inspected, c.old, c.new, 1); inspected == before {
				t.Fatalf("%s: %q is not there", c.name, c.old)
			}
			if c.want != "" {
				wanted, code = append(wanted, "::error::The image does not fit the platform: "+c.want), 1
			}
		}
		r := run(t, "check-image", map[string][]string{"image inspect": {inspected}, "run --rm": {""}})
		wants(t, r, code, r.output, wanted...)
		if got := strings.Count(r.output, "::error::"); got != len(wanted) || strings.Contains(r.output, "The image fits the platform") != (code == 0) {
			t.Errorf("%d faults, want %d:\n%s", got, len(wanted), r.output)
		}
	}
	for _, test := range []struct{ image, wanted string }{
		{strings.Replace(good, `"amd64"`, `"arm64"`, 1), ""},
		{good, "it is for linux/amd64: linux/arm64 is required (docker build --platform linux/arm64)"},
	} {
		r := run(t, "check-image", map[string][]string{"image inspect": {test.image}, "run --rm": {""}}, "PLATFORM=linux/arm64")
		if test.wanted == "" {
			wants(t, r, 0, r.output, "The image fits the platform")
		} else {
			wants(t, r, 1, r.output, "::error::The image does not fit the platform: "+test.wanted)
		}
	}
	r := run(t, "check-image", map[string][]string{"image inspect": {good}, "run --rm": {"!touch: /tmp/heartbeat: Permission denied"}})
	wants(t, r, 1, r.output, "/tmp/heartbeat: Permission denied", "::error::The image does not fit the platform: under its restrictions")
	wants(t, r, 1, r.calls, "--read-only --cap-drop ALL --mount type=volume,destination=/tmp --entrypoint /bin/sh "+registry+":dev-"+sha)
	r = run(t, "check-image", map[string][]string{"image inspect": {"!Error response from daemon: No such image"}})
	if r.code == 0 {
		t.Error("an image that is not there fits")
	}
}
