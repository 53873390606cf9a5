package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/github"
)

// RequiredChecks are the jobs of pull-request.yml without which nothing is
// merged.
var RequiredChecks = []string{"make lint", "make test", "make validate", "diff"}

// AllowedActions are the actions that the workflows use, besides GitHub's own.
var AllowedActions = []string{
	"aws-actions/amazon-ecr-login@*",
	"aws-actions/configure-aws-credentials@*",
	"docker/build-push-action@*",
	"docker/setup-buildx-action@*",
	"hashicorp/setup-terraform@*",
}

// checkGitHub reads the settings of both repositories that the trust model rests
// on, and returns an error if one differs from docs/pipelines.md or is not shown.
func checkGitHub(ctx context.Context, _ options, getenv func(string) string, out io.Writer) error {
	client := github.FromEnvironment(getenv)
	if client.Token == "" {
		return errors.New("GITHUB_TOKEN or GH_TOKEN must be set, such as by GH_TOKEN=$(gh auth token): of somebody who may read the settings of both repositories (administration, actions, environments, variables and contents: read)")
	}
	return reportSettings(ctx, config.Platform(), client, out)
}

func reportSettings(ctx context.Context, s config.Settings, client github.Client, out io.Writer) error {
	differ, unseen := 0, 0
	for _, repository := range []struct {
		name  string
		check func(*settings, config.Settings)
	}{{s.GitHub.InfraRepository, (*settings).infra}, {s.GitHub.BackendRepository, (*settings).backend}} {
		c := &settings{ctx: ctx, client: client}
		c.client.Repository = s.GitHub.Owner + "/" + repository.name
		repository.check(c, s)
		fmt.Fprintf(out, "%s: %d settings were read\n", c.client.Repository, c.read)
		for _, f := range c.findings {
			word := "differs"
			if f.unseen {
				word, unseen = "not shown", unseen+1
			} else {
				differ++
			}
			fmt.Fprintf(out, "  %s: %s: %s\n", word, f.where, f.what)
		}
	}
	if differ+unseen > 0 {
		return fmt.Errorf("%d settings differ from docs/pipelines.md, %d are not shown", differ, unseen)
	}
	return nil
}

// settings collects how a repository's settings differ.
type settings struct {
	ctx      context.Context
	client   github.Client
	read     int
	findings []finding
}

// finding is a setting that differs: where it is in GitHub's pages, what it is
// and what to set.
type finding struct {
	where, what string
	// unseen says that GitHub does not show it.
	unseen bool
}

// want notes a setting, and what is wrong with it unless it is as it should be.
func (c *settings) want(ok bool, where, format string, a ...any) {
	c.read++
	if !ok {
		c.findings = append(c.findings, finding{where, fmt.Sprintf(format, a...), false})
	}
}

// ask reads a path, and says whether there was an answer.
func (c *settings) ask(where, path string, answer any) bool {
	err := c.client.Read(c.ctx, path, answer)
	if err == nil {
		return true
	}
	c.hidden(where, err)
	return false
}

func (c *settings) hidden(where string, err error) {
	what := err.Error()
	if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrForbidden) {
		what += "; GitHub also says so to a token that may not see it"
	}
	c.findings = append(c.findings, finding{where, what, true})
}

func (c *settings) infra(s config.Settings) {
	private, ok := c.repository(s.User.GitHubOwnerID, s.User.InfraRepositoryID, s.GitHub.InfraBranch)
	if !ok {
		return
	}
	c.actions(private)
	c.subject()
	names := s.Names()
	const variables = "Secrets and variables → Actions → Variables"
	c.variable(variables, "/actions/variables/", "INFRA_ROLE_ARN", names.CIRoleARN(config.InfraRole))
	c.variable(variables, "/actions/variables/", "INFRA_DIFF_ROLE_ARN", names.CIRoleARN(config.InfraDiffRole))
	if s.Account.Topic() {
		c.variable(variables, "/actions/variables/", "INFRA_REPORT_ROLE_ARN", names.CIRoleARN(config.InfraReportRole))
	}
	for _, stack := range append([]string{config.SharedStack}, environmentNames(s)...) {
		asked, err := approvalOf(s, stack)
		if err != nil { // the stack is of the settings
			panic(err)
		}
		if e, ok := c.environment(asked.environment); ok {
			for _, fault := range asked.faults(e) {
				c.want(false, "Environments → "+asked.environment, "%v", fault)
			}
		}
	}
	c.rules(s.GitHub.InfraBranch)
	var codeowners struct {
		Errors []struct {
			Line int    `json:"line"`
			Kind string `json:"kind"`
		} `json:"errors"`
	}
	const owners = ".github/CODEOWNERS"
	if c.ask(owners, "/codeowners/errors?ref="+url.QueryEscape(s.GitHub.InfraBranch), &codeowners) {
		c.read++
		for _, e := range codeowners.Errors {
			c.want(false, owners, "line %d: %s: GitHub ignores the line; the team must exist and have write access", e.Line, e.Kind)
		}
	}
}

func (c *settings) backend(s config.Settings) {
	if _, ok := c.repository(s.User.GitHubOwnerID, s.User.BackendRepositoryID, ""); !ok {
		return
	}
	c.subject()
	for _, env := range s.Environments {
		where := "Environments → " + env.Name
		e, ok := c.environment(env.Name)
		if !ok {
			continue
		}
		c.want(slices.Equal(e.Branches, []github.BranchPolicy{{Name: env.Deployment.Branch, Type: "branch"}}), where+" → Deployment branches and tags",
			"%s; select the branch %q only", branches(e), env.Deployment.Branch)
		if env.IsProtected() && s.GitHub.NoReviewers == "" {
			c.want(e.Reviewers > 0, where+" → Required reviewers", "none: whoever may merge runs code with the application's rights; name at least one")
		}
		c.variable(where+" → Environment variables", "/environments/"+url.PathEscape(env.Name)+"/variables/", "DEPLOY_ROLE_ARN", s.Names().CIRoleARN(s.Names().DeployRole(env.Name)))
	}
}

func environmentNames(s config.Settings) []string {
	var out []string
	for _, env := range s.Environments {
		out = append(out, env.Name)
	}
	return out
}

func branches(e github.Environment) string {
	switch {
	case e.ProtectedBranches:
		return "protected branches"
	case e.Branches == nil:
		return "no restriction"
	}
	return fmt.Sprintf("%q", e.Branches)
}

// repository compares the ids that the trust of the roles names (REST API, "Get
// a repository"). It says whether the repository is private, and whether it is shown.
func (c *settings) repository(owner, id, branch string) (private, ok bool) {
	var answer struct {
		ID            int64  `json:"id"`
		Private       bool   `json:"private"`
		DefaultBranch string `json:"default_branch"`
		Owner         struct {
			ID int64 `json:"id"`
		} `json:"owner"`
	}
	if !c.ask("the repository", "", &answer) {
		return false, false
	}
	c.want(fmt.Sprint(answer.Owner.ID) == owner, "the owner's id", "%d, and config/user.go has %q: no role can be assumed; set it there", answer.Owner.ID, owner)
	c.want(fmt.Sprint(answer.ID) == id, "the repository's id", "%d, and config/user.go has %q: no role can be assumed; set it there", answer.ID, id)
	if branch != "" {
		c.want(answer.DefaultBranch == branch, "General → Default branch", "%q; set %q: schedules run on the default branch only", answer.DefaultBranch, branch)
	}
	return answer.Private, true
}

// actions checks what workflows may do and run (REST API, "GitHub Actions
// permissions").
func (c *settings) actions(private bool) {
	const general = "Actions → General → "
	var permissions struct {
		Allowed    string `json:"allowed_actions"`
		SHAPinning *bool  `json:"sha_pinning_required"`
	}
	if c.ask(general+"Actions permissions", "/actions/permissions", &permissions) {
		c.want(permissions.Allowed == "selected", general+"Actions permissions", "allowed actions: %q; select those of GitHub and %s", permissions.Allowed, strings.Join(AllowedActions, ", "))
		c.want(permissions.SHAPinning != nil && *permissions.SHAPinning, general+"Require actions to be pinned to a full-length commit SHA", "off; turn it on")
		if permissions.Allowed == "selected" {
			c.selected(general+"Actions permissions", private)
		}
	}
	var workflow struct {
		Default string `json:"default_workflow_permissions"`
		Approve bool   `json:"can_approve_pull_request_reviews"`
	}
	if c.ask(general+"Workflow permissions", "/actions/permissions/workflow", &workflow) {
		c.want(workflow.Default == "read", general+"Workflow permissions", "%q is GITHUB_TOKEN's default; set \"Read repository contents and packages permissions\"", workflow.Default)
		c.want(!workflow.Approve, general+"Allow GitHub Actions to create and approve pull requests", "on; turn it off")
	}
	if !private {
		return // GitHub has the other two for private repositories only
	}
	var access struct {
		Level string `json:"access_level"`
	}
	if c.ask(general+"Access", "/actions/permissions/access", &access) {
		c.want(access.Level == "organization" || access.Level == "enterprise", general+"Access", "%q: the backend may not call the reusable workflows; set \"Accessible from repositories in the organization\"", access.Level)
	}
	var forks struct {
		Run     bool `json:"run_workflows_from_fork_pull_requests"`
		Write   bool `json:"send_write_tokens_to_workflows"`
		Secrets bool `json:"send_secrets_and_variables"`
	}
	const fork = general + "Fork pull request workflows → "
	if c.ask(fork+"Run workflows from fork pull requests", "/actions/permissions/fork-pr-workflows-private-repos", &forks) {
		c.want(!forks.Run || !forks.Write, fork+"Send write tokens", "on: a fork's pull request could ask for a token for AWS; turn it off")
		c.want(!forks.Run || !forks.Secrets, fork+"Send secrets and variables", "on; turn it off")
	}
}

// selected checks which actions may run. GitHub's page on patterns says that
// they are for public repositories; in a private one without them, those of verified
// creators have to be allowed, or nothing runs.
func (c *settings) selected(where string, private bool) {
	var answer struct {
		GitHub   bool     `json:"github_owned_allowed"`
		Verified bool     `json:"verified_allowed"`
		Patterns []string `json:"patterns_allowed"`
	}
	if !c.ask(where, "/actions/permissions/selected-actions", &answer) {
		return
	}
	c.want(answer.GitHub, where, "GitHub's own actions are not allowed; allow them")
	c.want(!answer.Verified || private && len(answer.Patterns) == 0, where, "actions of all verified creators are allowed; allow these only: %s", strings.Join(AllowedActions, ", "))
	for _, pattern := range answer.Patterns {
		c.want(slices.Contains(AllowedActions, pattern), where, "%q is allowed, and no workflow uses it; take it away", pattern)
	}
	for _, pattern := range AllowedActions {
		c.want(answer.Verified || slices.Contains(answer.Patterns, pattern), where, "%q is not allowed, and the workflows use it; allow it", pattern)
	}
}

// subject checks the form of the subject in GitHub's tokens (REST API, "GitHub
// Actions OIDC"): the trust of the roles takes both forms of the default one.
func (c *settings) subject() {
	var answer struct {
		Default bool     `json:"use_default"`
		Claims  []string `json:"include_claim_keys"`
	}
	const where = "actions/oidc/customization/sub"
	if c.ask(where, "/actions/oidc/customization/sub", &answer) {
		c.want(answer.Default, where, "made of %q: no role can be assumed; gh api -X PUT repos/%s/%s -F use_default=true", answer.Claims, c.client.Repository, where)
	}
}

// variable checks a variable of Actions.
func (c *settings) variable(where, path, name, value string) {
	var answer struct {
		Value string `json:"value"`
	}
	err := c.client.Read(c.ctx, path+name, &answer)
	switch {
	case errors.Is(err, github.ErrNotFound):
		c.want(false, where, "there is no %s; set %q", name, value)
	case err != nil:
		c.hidden(where, err)
	default:
		c.want(answer.Value == value, where, "%s is %q; set %q", name, answer.Value, value)
	}
}

// environment reads an environment; one that does not exist differs.
func (c *settings) environment(name string) (github.Environment, bool) {
	where := "Environments → " + name
	e, err := c.client.Environment(c.ctx, name)
	switch {
	case errors.Is(err, github.ErrNotFound):
		c.want(false, where, "it does not exist, and GitHub would make it without rules; make it")
	case err != nil:
		c.hidden(where, err)
	default:
		c.read++
	}
	return e, err == nil
}

// rule is what protects a branch, with the parameters of the kinds that are
// asked for (REST API, "Get rules for a branch").
type rule struct {
	Type       string `json:"type"`
	Ruleset    int64  `json:"ruleset_id"`
	Parameters struct {
		Reviews      int             `json:"required_approving_review_count"`
		CodeOwners   bool            `json:"require_code_owner_review"`
		DismissStale bool            `json:"dismiss_stale_reviews_on_push"`
		LastPush     bool            `json:"require_last_push_approval"`
		Strict       bool            `json:"strict_required_status_checks_policy"`
		Checks       []requiredCheck `json:"required_status_checks"`
	} `json:"parameters"`
}

type requiredCheck struct {
	Context string `json:"context"`
}

// rules checks the rulesets of the deploying branch. Of several, each adds its
// rules, and GitHub applies the strictest.
func (c *settings) rules(branch string) {
	where := "Rules → Rulesets, for " + branch
	var rules []rule
	if !c.ask(where, "/rules/branches/"+url.PathEscape(branch)+"?per_page=100", &rules) {
		return
	}
	// The rulesets that have a rule that is asked for: nobody may bypass them.
	var rulesets []int64
	has := func(kind string, ok func(rule) bool) bool {
		found := false
		for _, r := range rules {
			if r.Type == kind && ok(r) {
				found = true
				if !slices.Contains(rulesets, r.Ruleset) {
					rulesets = append(rulesets, r.Ruleset)
				}
			}
		}
		return found
	}
	always := func(rule) bool { return true }
	c.want(has("pull_request", func(r rule) bool { return r.Parameters.Reviews > 0 }), where, "no pull request with an approval is required; require one with 1 approval")
	c.want(has("pull_request", func(r rule) bool { return r.Parameters.CodeOwners }), where, "no review of code owners is required; require it")
	c.want(has("pull_request", func(r rule) bool { return r.Parameters.DismissStale }), where, "approvals stay when more is pushed; dismiss stale approvals")
	c.want(has("pull_request", func(r rule) bool { return r.Parameters.LastPush }), where, "who pushed last may approve; require approval of the most recent push")
	for _, check := range RequiredChecks {
		c.want(has("required_status_checks", func(r rule) bool {
			return slices.Contains(r.Parameters.Checks, requiredCheck{check})
		}), where, "the check %q is not required; require it", check)
	}
	c.want(has("required_status_checks", func(r rule) bool { return r.Parameters.Strict }) || has("merge_queue", always), where, "branches need not be up to date before merging; require it")
	c.want(has("non_fast_forward", always), where, "force pushes are not blocked; block them")
	c.want(has("deletion", always), where, "deletions are not restricted; restrict them")
	for _, id := range rulesets {
		c.bypass(id)
	}
}

// bypass checks that nobody may go round a ruleset.
func (c *settings) bypass(id int64) {
	where := fmt.Sprintf("Rules → Rulesets → %d → Bypass list", id)
	var ruleset struct {
		Name   string `json:"name"`
		Actors *[]struct {
			Type string `json:"actor_type"`
			Mode string `json:"bypass_mode"`
		} `json:"bypass_actors"`
	}
	if !c.ask(where, fmt.Sprintf("/rulesets/%d", id), &ruleset) {
		return
	}
	where = fmt.Sprintf("Rules → Rulesets → %s → Bypass list", ruleset.Name)
	if ruleset.Actors == nil {
		c.findings = append(c.findings, finding{where, "GitHub shows it only to who may change the ruleset", true})
		return
	}
	c.read++
	for _, a := range *ruleset.Actors {
		c.want(false, where, "%s may bypass (%s); take it off the list", a.Type, a.Mode)
	}
}
