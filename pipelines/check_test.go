package pipelines

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
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
	Jobs        map[string]job    `yaml:"jobs"`
	// Runs is an action's.
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type job struct {
	If          string            `yaml:"if"`
	Needs       any               `yaml:"needs"`
	Timeout     int               `yaml:"timeout-minutes"`
	Environment string            `yaml:"environment"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Group  string `yaml:"group"`
		Cancel bool   `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Steps []step         `yaml:"steps"`
	Uses  string         `yaml:"uses"`
	With  map[string]any `yaml:"with"`
}

type step struct {
	Name string            `yaml:"name"`
	ID   string            `yaml:"id"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	With map[string]any    `yaml:"with"`
	Env  map[string]string `yaml:"env"`
}

// role is the repository variable with the role that the job takes; "" for
// none.
func (j job) role() string {
	for _, s := range j.Steps {
		if strings.HasPrefix(s.Uses, "aws-actions/configure-aws-credentials@") {
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
	makefile  string
	scripts   map[string]string
	faults    []string
}

func (c *checker) fault(where, format string, a ...any) {
	c.faults = append(c.faults, where+": "+fmt.Sprintf(format, a...))
}

// check gives every fault of the workflows.
func check(t *testing.T, f files, s config.Settings) []string {
	t.Helper()
	c := checker{files: f, workflows: map[string]workflow{}, settings: s, scripts: map[string]string{}}
	for name, text := range f {
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			c.fault(name, "%v", err)
			continue
		}
		c.workflows[name] = w
	}
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
	c.embedded()
	return c.faults
}

var (
	usesLine = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	pinned   = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	local    = regexp.MustCompile(`^\./\.github/(actions/[a-z-]+|workflows/[a-z-]+\.yml)$`)
)

// pins wants every action by its full SHA, its version beside it.
func (c *checker) pins(name string) {
	shas := map[string]string{}
	for _, m := range usesLine.FindAllStringSubmatch(c.files[name], -1) {
		if !pinned.MatchString(m[1]) && !local.MatchString(m[1]) {
			c.fault(name, "uses %q: owner/name@<40 hexadecimal digits> # v1.2.3 is required", m[1])
		}
		action, at, _ := strings.Cut(m[1], "@")
		if earlier, ok := shas[action]; ok && earlier != at {
			c.fault(name, "%s in two versions", action)
		}
		shas[action] = at
	}
}

// words may not stand in any workflow.
func (c *checker) words(name string) {
	for _, word := range []string{
		"pull_request_target", "workflow_run:", "secrets.", "secrets:", "toJSON(github", "toJSON(env",
		"aws-access-key-id", "aws-secret-access-key", "aws-session-token", "set -x", "printenv", "ACTIONS_ID_TOKEN",
		"permissions: write-all", "permissions: read-all", "self-hosted", "continue-on-error", "node20",
	} {
		if strings.Contains(c.files[name], word) {
			c.fault(name, "%q may not stand there", word)
		}
	}
}

func (c *checker) step(where string, s step) {
	if strings.Contains(s.Run, "${{") {
		c.fault(where, "step %q: an expression in run is pasted into the script; use env", s.Run[:min(40, len(s.Run))])
	}
	if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
		c.fault(where, "checkout keeps the token in .git")
	}
	if strings.HasPrefix(s.Uses, "aws-actions/configure-aws-credentials@") && s.With["aws-region"] != c.settings.Region {
		c.fault(where, "region %v, want %q", s.With["aws-region"], c.settings.Region)
	}
	for key, value := range s.Env {
		if strings.Contains(value, "github.token") && (key != "GITHUB_TOKEN" || !strings.HasPrefix(s.Run, "go run ./cmd/platform ")) {
			c.fault(where, "the run's token goes to %q", s.Run)
		}
	}
	if strings.HasPrefix(s.Run, "make ") {
		target := strings.Fields(s.Run)[1]
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
}

func (c *checker) workflow(name string) {
	w := c.workflows[name]
	if w.Permissions == nil || len(w.Permissions) > 0 {
		c.fault(name, "permissions: {} is required at the top")
	}
	if push, ok := w.On["push"].(map[string]any); ok {
		if fmt.Sprint(push["branches"]) != fmt.Sprint([]string{c.settings.GitHub.InfraBranch}) {
			c.fault(name, "runs on pushes to %v", push["branches"])
		}
	}
	for id, j := range w.Jobs {
		where := name + "/" + id
		for _, s := range j.Steps {
			c.step(where, s)
		}
		takes := j.role() != ""
		if j.Uses == "" && (j.Timeout < 1 || j.Timeout > 120) {
			c.fault(where, "timeout-minutes %d: 1 to 120 are allowed", j.Timeout)
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

// claims of a run's token that a trust policy may look at.
type claims map[string]string

// trust holds the token that the job would get against the trust of every
// role: that of the role it takes lets it in, and no other one does.
func (c *checker) trust(name, where string, j job) {
	for _, run := range c.runs(name, j) {
		role, ok := c.roleOf(j.role(), run)
		if !ok {
			c.fault(where, "takes %q: a repository's variable with a role is required", j.role())
			return
		}
		if _, known := c.trusts()[role]; !known {
			c.fault(where, "cannot take %s with %v", role, run)
		}
		for other, trust := range c.trusts() {
			allowed, err := lets(trust, run)
			if err != nil {
				c.fault(where, "%v", err)
			}
			if allowed && other != role {
				c.fault(where, "could take %s too, with %v", other, run)
			}
			if !allowed && other == role {
				c.fault(where, "cannot take %s with %v", other, run)
			}
		}
	}
}

func (c *checker) trusts() map[string]access.Trust {
	out := map[string]access.Trust{
		config.InfraRole:     access.InfraTrust(c.settings),
		config.InfraDiffRole: access.InfraDiffTrust(c.settings),
	}
	for _, env := range c.settings.Environments {
		out[c.settings.Names().DeployRole(env.Name)] = access.DeployTrust(c.settings, env)
	}
	return out
}

func (c *checker) roleOf(variable string, run claims) (string, bool) {
	switch variable {
	case "${{ vars.INFRA_ROLE_ARN }}":
		return config.InfraRole, true
	case "${{ vars.INFRA_DIFF_ROLE_ARN }}":
		return config.InfraDiffRole, true
	case "${{ vars.DEPLOY_ROLE_ARN }}":
		return c.settings.Names().DeployRole(run["environment"]), true
	}
	return "", false
}

// runs are the tokens that the job may ask for, in both spellings of the
// subject.
func (c *checker) runs(name string, j job) []claims {
	var out []claims
	add := func(owner, ownerID, repository, repositoryID, ref, environment, context string) {
		if environment != "" {
			context = "environment:" + environment
		}
		for _, prefix := range []string{owner + "/" + repository, owner + "@" + ownerID + "/" + repository + "@" + repositoryID} {
			run := claims{"aud": access.Audience, "sub": "repo:" + prefix + ":" + context, "ref": ref, "repository_id": repositoryID, "repository_owner_id": ownerID}
			if environment != "" {
				run["environment"] = environment
			}
			out = append(out, run)
		}
	}
	g, u := c.settings.GitHub, c.settings.User
	main := "refs/heads/" + g.InfraBranch
	if strings.HasPrefix(name, "workflows/backend-") {
		for _, env := range c.settings.Environments {
			ref := "refs/heads/" + env.Deployment.Branch
			add(g.Owner, u.GitHubOwnerID, g.BackendRepository, u.BackendRepositoryID, ref, resolve(j.Environment, map[string]any{"environment": env.Deployment.GitHubEnvironment}), "ref:"+ref)
		}
		return out
	}
	infra := func(environment, event string) {
		if event == "pull_request" {
			add(g.Owner, u.GitHubOwnerID, g.InfraRepository, u.InfraRepositoryID, "refs/pull/1/merge", environment, "pull_request")
			return
		}
		add(g.Owner, u.GitHubOwnerID, g.InfraRepository, u.InfraRepositoryID, main, environment, "ref:"+main)
	}
	for event := range c.workflows[name].On {
		if event != "workflow_call" {
			infra(j.Environment, event)
			continue
		}
		for _, caller := range c.workflows {
			for _, calling := range caller.Jobs {
				if calling.Uses == "./.github/"+name {
					for event := range caller.On {
						infra(resolve(j.Environment, calling.With), event)
					}
				}
			}
		}
	}
	return out
}

// resolve puts what a caller gives in the place of an input.
func resolve(value string, with map[string]any) string {
	for name, given := range with {
		value = strings.ReplaceAll(value, "${{ inputs."+name+" }}", fmt.Sprint(given))
	}
	return value
}

// lets evaluates the trust policy for a token. It knows StringEquals, and
// fails on everything else.
func lets(trust access.Trust, run claims) (bool, error) {
	document, err := trust.Document("arn:aws:iam::111122223333:oidc-provider/" + config.GitHubOIDCHost)
	if err != nil {
		return false, err
	}
	text, err := document.JSON()
	if err != nil {
		return false, err
	}
	var policy struct {
		Statement []struct {
			Effect    string
			Condition map[string]map[string]any
		}
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return false, err
	}
	for _, s := range policy.Statement {
		matches := s.Effect == "Allow"
		for operator, conditions := range s.Condition {
			if operator != "StringEquals" {
				return false, fmt.Errorf("trust: operator %q is not known here", operator)
			}
			for key, allowed := range conditions {
				name := strings.TrimPrefix(key, config.GitHubOIDCHost+":")
				value, there := run[name]
				list, ok := allowed.([]any)
				if !ok {
					list = []any{allowed}
				}
				matches = matches && there && slices.Contains(list, any(value))
			}
		}
		if matches {
			return true, nil
		}
	}
	return false, nil
}

// order wants every stack deployed once, each after the one before and by its
// own GitHub environment.
func (c *checker) order() {
	const name = "workflows/deploy.yml"
	jobs := c.workflows[name].Jobs
	stacks := [][2]string{{config.SharedStack, access.SharedGitHubEnvironment}}
	for _, env := range c.settings.Environments {
		stacks = append(stacks, [2]string{env.Name, env.Deployment.GitHubEnvironment})
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
		case strings.Contains(j.If, "always()"):
			c.fault(name, "%s runs after a failure", s[0])
		}
		before = s[0]
	}
	if len(jobs) != len(stacks)+1 {
		c.fault(name, "%d jobs, want check and %d stacks", len(jobs), len(stacks))
	}
	apply := c.workflows["workflows/deploy-stack.yml"].Jobs["apply"]
	if apply.Concurrency.Group != "apply-${{ inputs.stack }}" || apply.Concurrency.Cancel {
		c.fault("workflows/deploy-stack.yml/apply", "concurrency %+v: one run for each stack, never cancelled", apply.Concurrency)
	}
	if fork := c.workflows["workflows/pull-request.yml"].Jobs["diff"].If; fork != "github.event.pull_request.head.repo.full_name == github.repository" {
		c.fault("workflows/pull-request.yml/diff", "if %q lets forks in", fork)
	}
}

// embedded wants each script of pipelines/backend in the workflows, word for word.
func (c *checker) embedded() {
	used := map[string]bool{}
	for _, name := range []string{"workflows/backend-deploy.yml", "workflows/backend-rollback.yml"} {
		found := regexp.MustCompile(`run: \| # pipelines/backend/(\w+)\.sh`).FindAllStringSubmatch(c.files[name], -1)
		var runs []string
		for _, j := range c.workflows[name].Jobs {
			for _, s := range j.Steps {
				if strings.Contains(s.Run, "\n") {
					runs = append(runs, s.Run)
				}
			}
		}
		for _, m := range found {
			used[m[1]] = true
			if !slices.Contains(runs, c.scripts[m[1]]) {
				c.fault(name, "pipelines/backend/%s.sh is not what stands there; `make workflows` writes it", m[1])
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
