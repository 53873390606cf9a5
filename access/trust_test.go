package access_test

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
)

const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

func trust(subjects ...access.Subject) access.Trust {
	return access.Trust{
		Owner: "paperwurks", OwnerID: "1", Repository: "infra", RepositoryID: "2",
		Audience: access.Audience, Subjects: subjects,
	}
}

func TestTrust(t *testing.T) {
	d, err := trust(access.InEnvironment("prod", "main"), access.InEnvironment("dev", "main"), access.InEnvironment("dev", "develop"),
		access.PullRequest()).Document(provider)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"Sid":"EnvironmentsOnBranch1"`, `"Sid":"EnvironmentsOnBranch2"`, `"Sid":"PullRequestsOfTheRepository"`,
		`"token.actions.githubusercontent.com:sub":["repo:paperwurks/infra:environment:dev","repo:paperwurks/infra:environment:prod",` +
			`"repo:paperwurks@1/infra@2:environment:dev","repo:paperwurks@1/infra@2:environment:prod"]`,
		`"token.actions.githubusercontent.com:ref":"refs/heads/develop"`,
		`"token.actions.githubusercontent.com:sub":["repo:paperwurks/infra:pull_request","repo:paperwurks@1/infra@2:pull_request"]`,
		`"Federated":"` + provider + `"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if n := strings.Count(got, `"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"`); n != len(d.Statements) {
		t.Errorf("%d of %d statements ask for the audience", n, len(d.Statements))
	}
	if strings.Contains(got, "Like") || strings.Contains(got, "*") || strings.Contains(got, "ForA") {
		t.Errorf("%s: not plain equality", got)
	}
}

func TestTrustOnBranch(t *testing.T) {
	d, err := trust(access.OnBranch("main")).Document(provider)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com",` +
		`"token.actions.githubusercontent.com:ref":"refs/heads/main","token.actions.githubusercontent.com:repository_id":"2",` +
		`"token.actions.githubusercontent.com:repository_owner_id":"1","token.actions.githubusercontent.com:sub":` +
		`["repo:paperwurks/infra:ref:refs/heads/main","repo:paperwurks@1/infra@2:ref:refs/heads/main"]}}`
	if !strings.Contains(got, want) {
		t.Errorf("%s\nlacks %s", got, want)
	}
}

func TestTrustPinsAWorkflow(t *testing.T) {
	pinned := trust(access.InEnvironment("prod", "main"))
	pinned.Workflow = ".github/workflows/deploy.yml"
	d, err := pinned.Document(provider)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `"token.actions.githubusercontent.com:job_workflow_ref":"paperwurks/infra/.github/workflows/deploy.yml@refs/heads/main"`
	if !strings.Contains(got, want) {
		t.Errorf("%s\nlacks %s", got, want)
	}
}

func TestTrustRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*access.Trust)
		fault  string
	}{
		{"no subject", func(t *access.Trust) { t.Subjects = nil }, "no subject"},
		{"a wildcard in the owner", func(t *access.Trust) { t.Owner = "*" }, `owner "*"`},
		{"a wildcard in the repository", func(t *access.Trust) { t.Repository = "infra*" }, `repository "infra*"`},
		{"another repository", func(t *access.Trust) { t.Repository = "infra:ref:refs/heads/main" }, "repository"},
		{"a wildcard in the branch", func(t *access.Trust) { t.Subjects[0] = access.OnBranch("release/*") }, `branch "release/*"`},
		{"a question mark in the branch", func(t *access.Trust) { t.Subjects[0] = access.OnBranch("mai?") }, `branch "mai?"`},
		{"a variable in the branch", func(t *access.Trust) { t.Subjects[0] = access.OnBranch("${x}") }, "branch"},
		{"a full ref", func(t *access.Trust) { t.Subjects[0] = access.OnBranch("refs/heads/main") }, "without refs/heads/"},
		{"no branch", func(t *access.Trust) { t.Subjects[0] = access.InEnvironment("prod", "") }, `branch ""`},
		{"a wildcard in the environment", func(t *access.Trust) { t.Subjects[0] = access.InEnvironment("pro*", "main") }, `environment "pro*"`},
		{"a subject within the environment", func(t *access.Trust) { t.Subjects[0] = access.InEnvironment("a:b", "main") }, "environment"},
		{"no audience", func(t *access.Trust) { t.Audience = "" }, `audience ""`},
		{"another audience", func(t *access.Trust) { t.Audience = "sts.amazonaws.com.evil.example" }, "audience"},
		{"no owner id", func(t *access.Trust) { t.OwnerID = "" }, `owner id ""`},
		{"no repository id", func(t *access.Trust) { t.RepositoryID = "" }, `repository id ""`},
		{"zero for an id", func(t *access.Trust) { t.RepositoryID = "0" }, `repository id "0"`},
		{"a name for an id", func(t *access.Trust) { t.RepositoryID = "infra" }, `repository id "infra"`},
		{"a workflow elsewhere", func(t *access.Trust) { t.Workflow = "other/repository/.github/workflows/x.yml" }, "workflow"},
		{"a pull request's own workflow", func(t *access.Trust) {
			t.Workflow, t.Subjects[0] = ".github/workflows/plan.yml", access.PullRequest()
		}, "its own to change"},
		{"more than AWS takes", func(t *access.Trust) {
			for _, c := range "abcdefghijklmnopqrst" {
				t.Subjects = append(t.Subjects, access.InEnvironment(strings.Repeat(string(c), 40), "main"))
			}
		}, "at most 2048"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bad := trust(access.OnBranch("main"))
			test.change(&bad)
			if _, err := bad.Document(provider); err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%v; want a fault with %q", err, test.fault)
			}
		})
	}
	t.Run("all faults at once", func(t *testing.T) {
		_, err := access.Trust{}.Document("")
		for _, fault := range []string{"provider", "owner", "owner id", "repository", "repository id", "audience", "no subject"} {
			if err == nil || !strings.Contains(err.Error(), fault) {
				t.Errorf("%v\nlacks %q", err, fault)
			}
		}
	})
}
