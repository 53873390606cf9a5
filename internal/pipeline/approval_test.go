package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/github"
)

func TestApprovalAskedFor(t *testing.T) {
	s := config.Fixture()
	for stack, want := range map[string]approval{
		"shared": {environment: "shared", branch: "main", reviewed: true},
		// Its job gets all of infra-role, which can change prod.
		"dev":  {environment: "dev", branch: "main", reviewed: true},
		"prod": {environment: "prod", branch: "main", reviewed: true},
	} {
		if got, err := approvalOf(s, stack); got != want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", stack, got, err, want)
		}
	}
	if _, err := approvalOf(s, "qa"); err == nil {
		t.Error("a stack that does not exist asks for nothing")
	}
	for i := range s.Environments {
		s.Environments[i].Data = config.Disposable
	}
	for stack, want := range map[string]bool{"shared": true, "dev": false} {
		if got, err := approvalOf(s, stack); got.reviewed != want || err != nil {
			t.Errorf("without a protected environment: %s: %+v, %v", stack, got, err)
		}
	}
	s = config.Fixture()
	s.GitHub.NoReviewers = "private repository, plan without required reviewers"
	if got, err := approvalOf(s, "prod"); got.reviewed || got.unreviewed != s.GitHub.NoReviewers || err != nil {
		t.Errorf("with a reason: %+v, %v", got, err)
	}
}

func TestApprovalFaults(t *testing.T) {
	main := []github.BranchPolicy{{Name: "main", Type: "branch"}}
	good := github.Environment{Branches: main, Reviewers: 1, PreventSelfReview: true, AdminsBypass: new(false)}
	change := func(edit func(*github.Environment)) github.Environment { e := good; edit(&e); return e }
	prod, dev := approval{environment: "prod", branch: "main", reviewed: true}, approval{environment: "dev", branch: "main"}
	for _, test := range []struct {
		name string
		ask  approval
		has  github.Environment
		want []string
	}{
		{"all of it", prod, good, nil},
		{"protected branches", prod, change(func(e *github.Environment) { e.Branches, e.ProtectedBranches = nil, true }), []string{"protected branches"}},
		{"a tag", prod, change(func(e *github.Environment) { e.Branches = []github.BranchPolicy{{Name: "main", Type: "tag"}} }), []string{"deployment branches"}},
		{"nobody shows the bypass", prod, change(func(e *github.Environment) { e.AdminsBypass = nil }), []string{"does not show"}},
		{"every branch", dev, change(func(e *github.Environment) { e.Branches = nil }), []string{"deployment branches"}},
		{"no branch", dev, change(func(e *github.Environment) { e.Branches = []github.BranchPolicy{} }), []string{"deployment branches"}},
		{"another branch too", dev, change(func(e *github.Environment) { e.Branches = append(main, github.BranchPolicy{Name: "*", Type: "branch"}) }), []string{`"*"`}},
		{"no rules, as GitHub makes it", prod, github.Environment{AdminsBypass: new(true)}, []string{"deployment branches", "required reviewers: none", "bypass: on"}},
		{"self-review", prod, change(func(e *github.Environment) { e.PreventSelfReview = false }), []string{"self-review: off"}},
		{"no reviewers where none are asked for", dev, change(func(e *github.Environment) { e.Reviewers, e.AdminsBypass = 0, new(true) }), nil},
	} {
		faults := test.ask.faults(test.has)
		said := fmt.Sprint(errors.Join(faults...))
		if len(faults) != len(test.want) {
			t.Errorf("%s: %s; want %q", test.name, said, test.want)
		}
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %s; want %q", test.name, said, want)
			}
		}
	}
}

func TestGranted(t *testing.T) {
	a := approval{environment: "prod", branch: "main", reviewed: true}
	const want = "environment \"prod\": 2 reviewers, self-review prevented: true, branch \"main\"\n"
	e := github.Environment{Reviewers: 2, PreventSelfReview: true}
	if got := a.granted(e); got != want {
		t.Errorf("%q", got)
	}
	a.unreviewed = "no plan for it"
	if got := a.granted(e); got != "::warning title=No reviewers for prod::config.GitHub.NoReviewers: no plan for it\n"+want {
		t.Errorf("%q", got)
	}
}

// TestApprovalCommand reads answers as GitHub's API documentation shows them.
func TestApprovalCommand(t *testing.T) {
	// Each owner has the shared stack, and environments of their own.
	environments := config.Platform().Environments
	first, last := environments[0], environments[len(environments)-1]
	const rules = `{"name": "shared", "can_admins_bypass": false, "deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true},
		"protection_rules": [{"id": 1, "type": "branch_policy"}, {"id": 2, "type": "wait_timer", "wait_timer": 30},
			{"id": 3, "type": "required_reviewers", "prevent_self_review": true, "reviewers": [{"type": "Team", "reviewer": {"id": 1}}]}]}`
	answers := map[string]string{
		"/repos/paperwurks/infra/environments/shared":                            rules,
		"/repos/paperwurks/infra/environments/shared/deployment-branch-policies": `{"total_count": 1, "branch_policies": [{"id": 1, "name": "main", "type": "branch"}]}`,
		"/repos/paperwurks/infra/environments/" + first.Name:                     `{"name": "first", "protection_rules": [], "deployment_branch_policy": null}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"message": "Not Found"}`
		}
		fmt.Fprint(w, answer)
	}))
	defer server.Close()
	t.Setenv("GITHUB_API_URL", server.URL)
	t.Setenv("GITHUB_REPOSITORY", "paperwurks/infra")
	t.Setenv("GITHUB_TOKEN", "token")
	for stack, want := range map[string]string{
		"shared":   "",
		first.Name: fmt.Sprintf(`environment %q of paperwurks/infra: deployment branches: no restriction; selected branches with "main" only is required`, first.Name),
		last.Name:  "it does not exist, and GitHub would make it without rules",
		"qa":       `"qa"`,
	} {
		var out bytes.Buffer
		err := runCommand(&out, "approval", stack)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q\n%s", stack, err, want, out.String())
		}
	}
}
