package pipelines

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/token"
)

const root = ".."

// files are the workflows and actions by their path in .github.
type files map[string]string

func readFiles(t *testing.T) files {
	t.Helper()
	out := files{}
	for _, pattern := range []string{"workflows/*.yml", "actions/*/action.yml"} {
		found, err := filepath.Glob(filepath.Join(root, ".github", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(found))
		}
		for _, file := range found {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(filepath.Join(root, ".github"), file)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.ToSlash(name)] = string(data)
		}
	}
	return out
}

type workflow struct {
	On          map[string]any    `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency concurrency       `yaml:"concurrency"`
	Jobs        map[string]job    `yaml:"jobs"`
	// Inputs and Runs are an action's.
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type concurrency struct {
	Group  string `yaml:"group"`
	Cancel bool   `yaml:"cancel-in-progress"`
	Queue  string `yaml:"queue"`
}

type job struct {
	Name        string            `yaml:"name"`
	If          string            `yaml:"if"`
	Needs       any               `yaml:"needs"`
	Timeout     int               `yaml:"timeout-minutes"`
	Environment string            `yaml:"environment"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency concurrency       `yaml:"concurrency"`
	Outputs     map[string]string `yaml:"outputs"`
	Env         map[string]string `yaml:"env"`
	Steps       []step            `yaml:"steps"`
	Uses        string            `yaml:"uses"`
	With        map[string]any    `yaml:"with"`
}

type step struct {
	Name            string            `yaml:"name"`
	ID              string            `yaml:"id"`
	If              string            `yaml:"if"`
	Uses            string            `yaml:"uses"`
	Run             string            `yaml:"run"`
	With            map[string]any    `yaml:"with"`
	Env             map[string]string `yaml:"env"`
	Timeout         int               `yaml:"timeout-minutes"`
	ContinueOnError bool              `yaml:"continue-on-error"`
}

// asksForTheNewest says whether a step runs newest.sh, which looks for the run of the
// newest commit.
func (j job) asksForTheNewest() bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return s.ID == "newest" })
}

// checksOut says whether a commit's own code can run in the job.
func (j job) checksOut() bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return strings.HasPrefix(s.Uses, "actions/checkout@") })
}

// downloads says whether the job reads an artifact by GitHub's API.
func (j job) downloads() bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return strings.HasPrefix(s.Uses, "actions/download-artifact@") })
}

// takesRole says whether the step signs in to AWS.
func (s step) takesRole() bool {
	return strings.HasPrefix(s.Uses, "aws-actions/configure-aws-credentials@")
}

// role is the repository variable with the role that the job takes; "" for
// none.
func (j job) role() string {
	for _, s := range j.Steps {
		if s.takesRole() {
			role, _ := s.With["role-to-assume"].(string)
			return role
		}
	}
	return ""
}

// checker collects faults, each with its place.
type checker struct {
	files     files
	workflows map[string]workflow
	settings  config.Settings
	versions  map[string]string
	makefile  string
	scripts   map[string]string
	faults    []string
}

func (c *checker) fault(where, format string, a ...any) {
	if fault := where + ": " + fmt.Sprintf(format, a...); !slices.Contains(c.faults, fault) {
		c.faults = append(c.faults, fault)
	}
}

// load parses the workflows.
func load(t *testing.T, f files, s config.Settings) *checker {
	t.Helper()
	c := &checker{files: f, workflows: map[string]workflow{}, versions: map[string]string{}, settings: s, scripts: map[string]string{}}
	for name, text := range f {
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			c.fault(name, "%v", err)
			continue
		}
		c.workflows[name] = w
	}
	return c
}

// check returns every fault of the workflows.
func check(t *testing.T, f files, s config.Settings) []string {
	t.Helper()
	c := load(t, f, s)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	c.makefile = string(makefile)
	scripts, err := filepath.Glob(filepath.Join(root, "pipelines/backend/*.sh"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%v, %d scripts", err, len(scripts))
	}
	for _, file := range scripts {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(data), "\n") // without #!
		c.scripts[strings.TrimSuffix(filepath.Base(file), ".sh")] = body
	}
	for _, name := range slices.Sorted(maps.Keys(c.workflows)) {
		c.pins(name)
		c.words(name)
		for _, s := range c.workflows[name].Runs.Steps {
			c.step(name, s)
		}
		if strings.HasPrefix(name, "workflows/") {
			c.workflow(name)
		}
	}
	c.order()
	c.github()
	c.embedded()
	return c.faults
}

var (
	usesLine = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*([^.\s].*)$`)
	pinned   = regexp.MustCompile(`^\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// pins wants the version of every pinned action as a comment, and one version
// of each. That it is pinned, zizmor sees.
func (c *checker) pins(name string) {
	for _, m := range usesLine.FindAllStringSubmatch(c.files[name], -1) {
		if !pinned.MatchString(m[1]) {
			c.fault(name, "uses %q: owner/name@<40 hexadecimal digits> # v1.2.3 is required", m[1])
		}
		action, at, _ := strings.Cut(m[1], "@")
		if earlier, ok := c.versions[action]; ok && earlier != at {
			c.fault(name, "%s in two versions", action)
		}
		c.versions[action] = at
	}
	// What a builder pulls is as much of a job's code as an action is.
	if strings.Contains(c.files[name], "docker/setup-buildx-action@") {
		if !regexp.MustCompile(`\n +version: v[0-9.]+\n`).MatchString(c.files[name]) {
			c.fault(name, "no version of buildx: the runner's copies images as it likes")
		}
		for _, image := range []string{"driver-opts: image=moby/buildkit:", "sbom: generator=docker/buildkit-syft-scanner:"} {
			if !regexp.MustCompile(regexp.QuoteMeta(image) + `v?[0-9.]+@sha256:[0-9a-f]{64}\n`).MatchString(c.files[name]) {
				c.fault(name, "no %q with version and digest: Docker pulls the one of the day", image)
			}
		}
	}
}

// words may not stand in any workflow.
func (c *checker) words(name string) {
	for _, word := range []string{
		"secrets.", "secrets:", "toJSON(github", "toJSON(env",
		"aws-access-key-id", "aws-secret-access-key", "aws-session-token", "set -x", "printenv", "ACTIONS_ID_TOKEN", "self-hosted",
	} {
		if strings.Contains(c.files[name], word) {
			c.fault(name, "%q may not stand there", word)
		}
	}
}

// mayHoldToken are the commands that speak to GitHub with the run's token.
var mayHoldToken = regexp.MustCompile(`^(go run \./cmd/platform |make approval |# Says whether the run's commit is still the newest|# Names the image of this commit)`)

func (c *checker) step(where string, s step) {
	if s.ContinueOnError && !strings.HasPrefix(s.Uses, "actions/download-artifact@") {
		c.fault(where, "step %q: continue-on-error hides a failure", s.label())
	}
	if s.takesRole() && s.With["aws-region"] != c.settings.Region {
		c.fault(where, "region %v, want %q", s.With["aws-region"], c.settings.Region)
	}
	for key, value := range s.Env {
		if strings.Contains(value, "github.token") && (key != "GITHUB_TOKEN" || !mayHoldToken.MatchString(s.Run)) {
			c.fault(where, "the run's token goes to %q", s.Run)
		}
	}
	if command := strings.TrimPrefix(s.Run, "exec pipelines/forward.sh "); strings.HasPrefix(command, "make ") {
		target := strings.Fields(command)[1]
		if !strings.HasPrefix(target, `"$`) && !strings.Contains(c.makefile, "\n"+target+":") {
			c.fault(where, "make has no target %q", target)
		}
	}
	if s.Uses == "" && s.Run == "" {
		c.fault(where, "an empty step")
	}
}

// writes are the permissions to write that a job may have, beside the token
// for a role.
var writes = map[string][]string{
	"workflows/pull-request.yml/comment": {"pull-requests"},
	"workflows/drift.yml/issue":          {"issues"},
	"workflows/updates.yml/look":         {"issues"},
	"workflows/failures.yml/report":      {"issues"},
}

// repeatable wants sessions of AWS that name their run, for CloudTrail, and uploads
// that a re-run can repeat: without overwrite GitHub refuses the second (409).
func (c *checker) repeatable(where string, s step) {
	if name, _ := s.With["role-session-name"].(string); s.takesRole() &&
		(!strings.HasSuffix(name, "-${{ github.run_id }}-${{ github.run_attempt }}") || strings.HasPrefix(name, "-")) {
		c.fault(where, "role-session-name %q: stack or environment, github.run_id and github.run_attempt are required", name)
	}
	if strings.HasPrefix(s.Uses, "actions/upload-artifact@") {
		if s.With["overwrite"] != true {
			c.fault(where, "an upload without overwrite: true")
		}
		if name, _ := s.With["name"].(string); !strings.HasSuffix(name, "-${{ github.run_attempt }}") {
			c.fault(where, "artifact %q: a name that ends in github.run_attempt is required", name)
		}
	}
}

// downloads wants an artifact by the name that the job which made it gave, and by
// GitHub's API: after a re-run of failed jobs it is an earlier attempt's, which the
// run's own service may not find (actions/download-artifact#486).
func (c *checker) downloads(where string, j job, s step) {
	if !strings.HasPrefix(s.Uses, "actions/download-artifact@") {
		return
	}
	if name, _ := s.With["name"].(string); !regexp.MustCompile(`^\$\{\{ needs\.[a-z]+\.outputs\.artifact( \|\| 'none')? \}\}$`).MatchString(name) {
		c.fault(where, "artifact %q: the output of the job that made it is required", name)
	}
	if s.With["github-token"] != "${{ github.token }}" || s.With["run-id"] != "${{ github.run_id }}" || j.Permissions["actions"] != "read" {
		c.fault(where, "an artifact of an earlier attempt is not found: github-token, run-id and actions: read are required")
	}
}

func (c *checker) workflow(name string) {
	w := c.workflows[name]
	if push, ok := w.On["push"].(map[string]any); ok {
		if fmt.Sprint(push["branches"]) != fmt.Sprint([]string{c.settings.GitHub.InfraBranch}) {
			c.fault(name, "runs on pushes to %v", push["branches"])
		}
	}
	for id, j := range w.Jobs {
		where := name + "/" + id
		if j.asksForTheNewest() && j.Permissions["actions"] != "read" {
			c.fault(where, "asks for the newest commit's run without actions: read")
		}
		if strings.Contains(j.role(), "INFRA_") && j.checksOut() {
			first := slices.IndexFunc(j.Steps, step.takesRole)
			if !slices.ContainsFunc(j.Steps[:first], func(s step) bool { return s.Run == "make ready" && s.If == j.Steps[first].If }) {
				c.fault(where, "signs in before make ready: what is installed would run with the role")
			}
		}
		for _, s := range j.Steps {
			if s.With["push"] == true && (j.Name != "deploy to ${{ inputs.environment }}" || !strings.HasPrefix(s.Name, "Push, ")) {
				c.fault(where, "job %q, step %q: image.sh looks for what \"deploy to <environment>\" pushed in \"Push, …\"", j.Name, s.Name)
			}
			c.step(where, s)
			c.repeatable(where, s)
			c.downloads(where, j, s)
		}
		takes := j.role() != ""
		most := 180
		if !takes {
			most = 360 // GitHub ends a job then
		}
		if j.Uses == "" && (j.Timeout < 1 || j.Timeout > most) {
			c.fault(where, "timeout-minutes %d: 1 to %d are allowed", j.Timeout, most)
		}
		if j.Uses != "" {
			called := c.workflows[strings.TrimPrefix(j.Uses, "./.github/")]
			for _, inner := range called.Jobs {
				takes = takes || inner.role() != ""
			}
		}
		if j.Permissions == nil {
			c.fault(where, "permissions are required")
		}
		for scope, level := range j.Permissions {
			switch {
			case scope == "id-token" && level == "write" && takes:
			case scope == "contents" && level == "read":
			case scope == "actions" && level == "read" && (where == deployStackYML+"/plan" || j.Uses == "./.github/"+deployStackYML || j.asksForTheNewest() || j.downloads()):
			case level == "write" && slices.Contains(writes[where], scope):
			default:
				c.fault(where, "permission %s: %s is not needed", scope, level)
			}
		}
		if takes && j.Permissions["id-token"] != "write" {
			c.fault(where, "takes a role without id-token: write")
		}
		if takes && j.Uses == "" {
			c.trust(name, where, j)
		}
	}
}

// trust checks the token that the job would get against the trust of every
// role: that of the role it takes admits it, and no other one does.
func (c *checker) trust(name, where string, j job) {
	for _, run := range c.runs(name, j) {
		role, ok := c.roleOf(j.role(), run.Environment)
		if !ok {
			c.fault(where, "takes %q: a repository's variable with a role is required", j.role())
			return
		}
		admitted := false
		for other, trust := range c.trusts() {
			allowed, err := admits(c.settings, trust, run)
			if err != nil {
				c.fault(where, "%v", err)
			}
			// Any run of the deploying branch may plan.
			if allowed && other != role && !(role == config.InfraReportRole && other == config.InfraDiffRole) {
				c.fault(where, "could take %s too, with %+v", other, run)
			}
			admitted = admitted || allowed && other == role
		}
		if !admitted {
			c.fault(where, "cannot take %s with %+v", role, run)
		}
	}
}

func (c *checker) trusts() map[string]access.Trust {
	out := map[string]access.Trust{
		config.InfraRole:       access.InfraTrust(c.settings),
		config.InfraDiffRole:   access.InfraDiffTrust(c.settings),
		config.InfraReportRole: access.InfraReportTrust(c.settings),
	}
	for _, env := range c.settings.Environments {
		out[c.settings.Names().DeployRole(env.Name)] = access.DeployTrust(c.settings, env)
	}
	return out
}

func (c *checker) roleOf(variable, environment string) (string, bool) {
	switch variable {
	case "${{ vars.INFRA_ROLE_ARN }}":
		return config.InfraRole, true
	case "${{ vars.INFRA_DIFF_ROLE_ARN }}":
		return config.InfraDiffRole, true
	case "${{ vars.INFRA_REPORT_ROLE_ARN }}":
		return config.InfraReportRole, true
	case "${{ vars.DEPLOY_ROLE_ARN }}":
		return c.settings.Names().DeployRole(environment), true
	}
	return "", false
}

// runs are the runs in which the job asks for a token, in both spellings of
// the subject.
func (c *checker) runs(name string, j job) []token.Run {
	g, u := c.settings.GitHub, c.settings.User
	number := func(id string) int { n, _ := strconv.Atoi(id); return n } // the settings are valid
	base := token.Run{Owner: g.Owner, OwnerID: number(u.GitHubOwnerID), Workflow: ".github/" + name}
	var out []token.Run
	add := func(run token.Run) {
		out = append(out, run)
		run.ImmutableSubject = true
		out = append(out, run)
	}
	if strings.HasPrefix(name, "workflows/backend-") {
		base.Repository, base.RepositoryID = g.BackendRepository, number(u.BackendRepositoryID)
		for _, env := range c.settings.Environments {
			run := base
			run.Ref = "refs/heads/" + env.Deployment.Branch
			run.Environment = c.environment(j, map[string]any{"environment": env.Name})
			add(run)
		}
		return out
	}
	base.Repository, base.RepositoryID = g.InfraRepository, number(u.InfraRepositoryID)
	infra := func(environment, event string) {
		run := base
		run.Environment, run.Ref = environment, "refs/heads/"+g.InfraBranch
		if event == "pull_request" {
			run.PullRequest, run.Ref = true, "refs/pull/1/merge"
		}
		add(run)
	}
	for event := range c.workflows[name].On {
		if event != "workflow_call" {
			infra(c.environment(j, nil), event)
			continue
		}
		for _, caller := range c.workflows {
			for _, calling := range caller.Jobs {
				if calling.Uses == "./.github/"+name {
					for event := range caller.On {
						infra(c.environment(j, calling.With), event)
					}
				}
			}
		}
	}
	return out
}

// environment is what the job names in a run that changes something.
func (c *checker) environment(j job, inputs map[string]any) string {
	plan := map[string]any{"outputs": map[string]any{"changes": "true"}}
	x := context{values: map[string]any{"inputs": inputs, "needs": map[string]any{"plan": plan}}}
	name, err := x.text(j.Environment)
	if err != nil {
		c.fault("environment", "%v", err)
	}
	return name
}

// admits checks a run's token against a trust policy, as AWS does.
func admits(s config.Settings, trust access.Trust, run token.Run) (bool, error) {
	provider := s.Names().OIDCProviderARN()
	document, err := trust.Document(provider)
	if err != nil {
		return false, err
	}
	text, err := document.JSON()
	if err != nil {
		return false, err
	}
	parsed, err := token.ParseTrust([]byte(text))
	if err != nil {
		return false, err
	}
	return parsed.Admits(map[string][]string{provider: {access.Audience}}, run.Token())
}

// order wants every stack deployed once, each after the one before and by its
// own GitHub environment.
func (c *checker) order() {
	const name = "workflows/deploy.yml"
	jobs := c.workflows[name].Jobs
	stacks := [][2]string{{config.SharedStack, access.SharedGitHubEnvironment}}
	for _, env := range c.settings.Environments {
		stacks = append(stacks, [2]string{env.Name, env.Name})
	}
	before := "check"
	for _, s := range stacks {
		j, ok := jobs[s[0]]
		switch {
		case !ok:
			c.fault(name, "does not deploy %q", s[0])
		case fmt.Sprint(j.Needs) != before:
			c.fault(name, "%s comes after %v, want %q", s[0], j.Needs, before)
		case j.With["stack"] != s[0] || j.With["environment"] != s[1]:
			c.fault(name, "%s deploys %v", s[0], j.With)
		}
		before = s[0]
	}
	if len(jobs) != len(stacks)+1 {
		c.fault(name, "%d jobs, want check and %d stacks", len(jobs), len(stacks))
	}
}

// embedded wants each script of pipelines/backend in the workflows, word for word.
func (c *checker) embedded() {
	used := map[string]bool{}
	for _, name := range []string{"workflows/backend-deploy.yml", "workflows/backend-rollback.yml", "workflows/backend-redeploy.yml", "workflows/backend-ask.yml", "workflows/backend-run.yml", "workflows/deploy.yml", "workflows/deploy-stack.yml", "workflows/failures.yml"} {
		found := regexp.MustCompile(`run: \| # pipelines/backend/([a-z-]+)\.sh`).FindAllStringSubmatch(c.files[name], -1)
		var runs []string
		for _, j := range c.workflows[name].Jobs {
			for _, s := range j.Steps {
				if strings.Contains(s.Run, "\n") {
					runs = append(runs, s.Run)
				}
				// Only a rollback may go on while its environment is off.
				if refuses := name != "workflows/backend-rollback.yml"; s.Run == c.scripts["settings"] && (s.Env["REFUSE_OFF"] == "true") != refuses {
					c.fault(name, "settings.sh refuses an environment that is switched off: %t, want %t", !refuses, refuses)
				}
			}
		}
		for _, m := range found {
			used[m[1]] = true
			if !slices.Contains(runs, c.scripts[m[1]]) {
				c.fault(name, "pipelines/backend/%s.sh differs; `make workflows` writes it", m[1])
			}
		}
		if len(runs) != len(found) {
			c.fault(name, "%d scripts, %d of them with the name of their file", len(runs), len(found))
		}
	}
	for script := range c.scripts {
		if !used[script] {
			c.fault("pipelines/backend/"+script+".sh", "is used by no workflow")
		}
	}
}
