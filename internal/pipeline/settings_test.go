package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/github"
)

// answers are GitHub's for two repositories that are set as docs/pipelines.md
// says, by path; their form is that of the REST API's description
// (@octokit/openapi-types 29.0.1). A number is a status without an answer.
func answers(s config.Settings) map[string]string {
	const infra, backend = "/repos/paperwurks/infra", "/repos/paperwurks/backend"
	repository := func(id string) string {
		return fmt.Sprintf(`{"id": %s, "private": true, "visibility": "private", "default_branch": "main", "owner": {"login": "paperwurks", "id": %s, "type": "Organization"}}`, id, s.User.GitHubOwnerID)
	}
	subject := `{"use_default": true, "use_immutable_subject": true, "sub_claim_prefix": "repo:paperwurks@1/infra@2"}`
	patterns, _ := json.Marshal(AllowedActions)
	out := map[string]string{
		infra:                          repository(s.User.InfraRepositoryID),
		infra + "/actions/permissions": `{"enabled": true, "allowed_actions": "selected", "selected_actions_url": "https://api.github.com/x", "sha_pinning_required": true}`,
		infra + "/actions/permissions/selected-actions":                `{"github_owned_allowed": true, "verified_allowed": false, "patterns_allowed": ` + string(patterns) + `}`,
		infra + "/actions/permissions/workflow":                        `{"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false}`,
		infra + "/actions/permissions/access":                          `{"access_level": "organization"}`,
		infra + "/actions/permissions/fork-pr-workflows-private-repos": `{"run_workflows_from_fork_pull_requests": true, "send_write_tokens_to_workflows": false, "send_secrets_and_variables": false, "require_approval_for_fork_pr_workflows": true}`,
		infra + "/actions/oidc/customization/sub":                      subject,
		infra + "/actions/variables/INFRA_ROLE_ARN":                    fmt.Sprintf(`{"name": "INFRA_ROLE_ARN", "value": "arn:aws:iam::%s:role/paperwurks/ci/infra-role"}`, s.User.AccountID),
		infra + "/actions/variables/INFRA_DIFF_ROLE_ARN":               fmt.Sprintf(`{"name": "INFRA_DIFF_ROLE_ARN", "value": "arn:aws:iam::%s:role/paperwurks/ci/infra-diff-role"}`, s.User.AccountID),
		infra + "/actions/variables/INFRA_REPORT_ROLE_ARN":             fmt.Sprintf(`{"name": "INFRA_REPORT_ROLE_ARN", "value": "arn:aws:iam::%s:role/paperwurks/ci/infra-report-role"}`, s.User.AccountID),
		infra + "/codeowners/errors":                                   `{"errors": []}`,
		infra + "/rulesets/42":                                         `{"id": 42, "name": "main", "target": "branch", "source_type": "Repository", "source": "paperwurks/infra", "enforcement": "active", "bypass_actors": []}`,
		infra + "/rules/branches/main": `[
			{"type": "deletion", "ruleset_source_type": "Repository", "ruleset_source": "paperwurks/infra", "ruleset_id": 42},
			{"type": "non_fast_forward", "ruleset_source_type": "Repository", "ruleset_source": "paperwurks/infra", "ruleset_id": 42},
			{"type": "pull_request", "ruleset_source_type": "Repository", "ruleset_source": "paperwurks/infra", "ruleset_id": 42, "parameters": {
				"allowed_merge_methods": ["squash"], "dismiss_stale_reviews_on_push": true, "require_code_owner_review": true, "require_last_push_approval": true,
				"required_approving_review_count": 1, "required_review_thread_resolution": false}},
			{"type": "required_status_checks", "ruleset_source_type": "Repository", "ruleset_source": "paperwurks/infra", "ruleset_id": 42, "parameters": {
				"strict_required_status_checks_policy": true, "do_not_enforce_on_create": false,
				"required_status_checks": [{"context": "make lint", "integration_id": 15368}, {"context": "make test"}, {"context": "make validate"}, {"context": "diff"}]}}]`,
		backend: repository(s.User.BackendRepositoryID),
		backend + "/actions/oidc/customization/sub": subject,
	}
	environment := func(path, name, branch string) {
		out[path+"/environments/"+name] = fmt.Sprintf(`{"id": 1, "name": %q, "can_admins_bypass": false, "deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true},
			"protection_rules": [{"id": 1, "type": "branch_policy"}, {"id": 2, "type": "required_reviewers", "prevent_self_review": true, "reviewers": [{"type": "Team", "reviewer": {"id": 1}}]}]}`, name)
		out[path+"/environments/"+name+"/deployment-branch-policies"] = fmt.Sprintf(`{"total_count": 1, "branch_policies": [{"id": 1, "name": %q, "type": "branch"}]}`, branch)
	}
	environment(infra, "shared", "main")
	for _, env := range s.Environments {
		environment(infra, env.Name, "main")
		environment(backend, env.Name, env.Deployment.Branch)
		out[backend+"/environments/"+env.Name+"/variables/DEPLOY_ROLE_ARN"] = fmt.Sprintf(`{"name": "DEPLOY_ROLE_ARN", "value": "arn:aws:iam::%s:role/paperwurks/ci/deploy-role-%s"}`, s.User.AccountID, env.Name)
	}
	return out
}

// compare compares settings with a stand-in of GitHub.
func compare(t *testing.T, s config.Settings, answers map[string]string) (string, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s: it changes nothing", r.Method, r.URL)
		}
		switch answer, ok := answers[r.URL.Path]; {
		case answer == "403":
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"message": "Resource not accessible by personal access token", "documentation_url": "https://docs.github.com/rest", "status": "403"}`)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}`)
		default:
			fmt.Fprint(w, answer)
		}
	}))
	defer server.Close()
	var out bytes.Buffer
	err := reportSettings(context.Background(), s, github.Client{API: server.URL, Token: "token", HTTP: server.Client()}, &out)
	return out.String(), err
}

func TestGitHubAsItShouldBe(t *testing.T) {
	s := config.Fixture()
	said, err := compare(t, s, answers(s))
	if err != nil || strings.Contains(said, "differs") || strings.Contains(said, "not shown") {
		t.Fatalf("%v\n%s", err, said)
	}
	// A public repository has no settings of private ones.
	public := answers(s)
	public["/repos/paperwurks/infra"] = strings.Replace(public["/repos/paperwurks/infra"], `"private": true`, `"private": false`, 1)
	delete(public, "/repos/paperwurks/infra/actions/permissions/access")
	delete(public, "/repos/paperwurks/infra/actions/permissions/fork-pr-workflows-private-repos")
	if said, err := compare(t, s, public); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	// Without a topic there is no role to report with.
	untold := answers(s)
	delete(untold, "/repos/paperwurks/infra/actions/variables/INFRA_REPORT_ROLE_ARN")
	if _, err := compare(t, s, untold); err == nil {
		t.Error("there is no INFRA_REPORT_ROLE_ARN, and nothing differs")
	}
	alone := s
	alone.Account.Organisation = config.Organisation{Trail: "the organisation's", GuardDuty: "the organisation's", SecurityHub: "the organisation's"}
	if said, err := compare(t, alone, untold); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	// Without reviewers where the settings say why.
	s.GitHub.NoReviewers = "no plan with reviewers"
	without := answers(s)
	for path, answer := range without {
		without[path] = strings.Replace(answer, `"reviewers": [{"type": "Team", "reviewer": {"id": 1}}]`, `"reviewers": []`, 1)
	}
	if said, err := compare(t, s, without); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestGitHubDiffers(t *testing.T) {
	s := config.Fixture()
	const infra, backend = "/repos/paperwurks/infra", "/repos/paperwurks/backend"
	const permissions, selected, workflow, rules = infra + "/actions/permissions", infra + "/actions/permissions/selected-actions", infra + "/actions/permissions/workflow", infra + "/rules/branches/main"
	const forks = infra + "/actions/permissions/fork-pr-workflows-private-repos"
	for _, test := range []struct{ path, from, to, want string }{
		{infra, `"default_branch": "main"`, `"default_branch": "old"`, `differs: General → Default branch: "old"; set "main"`},
		{infra, `"id": ` + s.User.InfraRepositoryID, `"id": 99`, "differs: the repository's id: 99"},
		{infra, `"id": ` + s.User.GitHubOwnerID, `"id": 98`, "differs: the owner's id: 98"},
		{permissions, `"selected"`, `"all"`, `allowed actions: "all"; select those of GitHub and aws-actions/amazon-ecr-login@*`},
		{permissions, `"sha_pinning_required": true`, `"sha_pinning_required": false`, "full-length commit SHA: off; turn it on"},
		{permissions, `, "sha_pinning_required": true`, ``, "full-length commit SHA: off; turn it on"},
		{selected, `"github_owned_allowed": true`, `"github_owned_allowed": false`, "GitHub's own actions are not allowed"},
		{selected, `"verified_allowed": false`, `"verified_allowed": true`, "all verified creators are allowed"},
		{selected, `"hashicorp/setup-terraform@*"`, `"hashicorp/*"`, `"hashicorp/*" is allowed, and no workflow uses it`},
		{selected, `"hashicorp/setup-terraform@*"`, `"hashicorp/*"`, `"hashicorp/setup-terraform@*" is not allowed`},
		{workflow, `"read"`, `"write"`, `"write" is GITHUB_TOKEN's default`},
		{workflow, `reviews": false`, `reviews": true`, "create and approve pull requests: on; turn it off"},
		{infra + "/actions/permissions/access", "organization", "none", `Access: "none": the backend may not call`},
		{forks, `"send_write_tokens_to_workflows": false`, `"send_write_tokens_to_workflows": true`, "Send write tokens: on"},
		{forks, `"send_secrets_and_variables": false`, `"send_secrets_and_variables": true`, "Send secrets and variables: on"},
		{infra + "/actions/oidc/customization/sub", `"use_default": true`, `"use_default": false, "include_claim_keys": ["repo", "context"]`, `made of ["repo" "context"]: no role can be assumed; gh api -X PUT repos/paperwurks/infra/actions/oidc/customization/sub -F use_default=true`},
		{backend + "/actions/oidc/customization/sub", `"use_default": true`, `"use_default": false`, "gh api -X PUT repos/paperwurks/backend/"},
		{infra + "/actions/variables/INFRA_ROLE_ARN", "infra-role", "other-role", `INFRA_ROLE_ARN is "arn:aws:iam::` + s.User.AccountID + `:role/paperwurks/ci/other-role"; set "arn:`},
		{infra + "/actions/variables/INFRA_REPORT_ROLE_ARN", "infra-report-role", "infra-role", `INFRA_REPORT_ROLE_ARN is "arn:aws:iam::` + s.User.AccountID + `:role/paperwurks/ci/infra-role"; set "arn:`},
		{infra + "/actions/variables/INFRA_DIFF_ROLE_ARN", "", "", "there is no INFRA_DIFF_ROLE_ARN; set \"arn:"},
		{infra + "/environments/shared", "", "", "Environments → shared: it does not exist, and GitHub would make it without rules"},
		{infra + "/environments/prod", `"can_admins_bypass": false`, `"can_admins_bypass": true`, "Environments → prod: allow administrators to bypass: on"},
		{infra + "/codeowners/errors", `[]`, `[{"line": 7, "column": 3, "kind": "Unknown owner", "source": "* @paperwurks/gone", "suggestion": null, "message": "x", "path": ".github/CODEOWNERS"}]`, ".github/CODEOWNERS: line 7: Unknown owner"},
		{rules, `"required_approving_review_count": 1`, `"required_approving_review_count": 0`, "no pull request with an approval"},
		{rules, `"require_code_owner_review": true`, `"require_code_owner_review": false`, "no review of code owners"},
		{rules, `"dismiss_stale_reviews_on_push": true`, `"dismiss_stale_reviews_on_push": false`, "dismiss stale approvals"},
		{rules, `"require_last_push_approval": true`, `"require_last_push_approval": false`, "approval of the most recent push"},
		{rules, `"make validate"`, `"make scan"`, `the check "make validate" is not required`},
		{rules, `"strict_required_status_checks_policy": true`, `"strict_required_status_checks_policy": false`, "up to date before merging"},
		{rules, `"non_fast_forward"`, `"creation"`, "force pushes are not blocked"},
		{rules, `"type": "deletion"`, `"type": "update"`, "deletions are not restricted"},
		{infra + "/rulesets/42", `"bypass_actors": []`, `"bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]`, "Rulesets → main → Bypass list: RepositoryRole may bypass (always)"},
		{infra + "/rulesets/42", `, "bypass_actors": []`, ``, "not shown: Rules → Rulesets → main → Bypass list: GitHub shows it only"},
		{backend + "/environments/dev/deployment-branch-policies", `"name": "develop"`, `"name": "*"`, `Environments → dev → Deployment branches and tags: [{"*" "branch"}]; select the branch "develop" only`},
		{backend + "/environments/prod", `"reviewers": [{"type": "Team", "reviewer": {"id": 1}}]`, `"reviewers": []`, "Environments → prod → Required reviewers: none"},
		{backend + "/environments/prod", `{"protected_branches": false, "custom_branch_policies": true}`, "null", "Environments → prod → Deployment branches and tags: no restriction"},
		{backend + "/environments/staging/variables/DEPLOY_ROLE_ARN", "deploy-role-staging", "deploy-role-prod", "DEPLOY_ROLE_ARN is"},
		// What is not shown is no setting that is right.
		{rules, "", "403", `not shown: Rules → Rulesets, for main: GitHub: GET /rules/branches/main?per_page=100: not allowed: 403 Forbidden: "Resource not accessible by personal access token"`},
		{permissions, "", "", "not shown: Actions → General → Actions permissions: "},
		{infra + "/actions/variables/INFRA_ROLE_ARN", "", "403", "not shown: Secrets and variables → Actions → Variables: "},
		{infra + "/environments/dev", "", "403", "not shown: Environments → dev: "},
		{backend, "", "", "not shown: the repository: "},
	} {
		wrong := maps.Clone(answers(s))
		switch {
		case test.from != "":
			before := wrong[test.path]
			if wrong[test.path] = strings.Replace(before, test.from, test.to, 1); wrong[test.path] == before {
				t.Errorf("%q is not in the answer to %s", test.from, test.path)
			}
		case test.to != "":
			wrong[test.path] = test.to
		default:
			delete(wrong, test.path)
		}
		said, err := compare(t, s, wrong)
		if err == nil || !strings.Contains(said, test.want) {
			t.Errorf("%s: %v\n%s\nwant %q", test.path, err, said, test.want)
		}
		if found := strings.Count(said, "differs:") + strings.Count(said, "not shown:"); found != 1 && test.to != `"hashicorp/*"` {
			t.Errorf("%s, %q: %d findings, want one\n%s", test.path, test.to, found, said)
		}
	}
}

func TestGitHubWithoutAToken(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "")
	t.Setenv("GH_TOKEN", "")
	var out bytes.Buffer
	if err := runCommand(&out, "github"); err == nil || !strings.Contains(err.Error(), "GH_TOKEN=$(gh auth token)") {
		t.Error(err)
	}
}
