package token_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/accessmodel/token"
)

const provider = "arn:aws:iam::111122223333:oidc-provider/" + token.Issuer

// trust is a trust policy of one statement with the condition given.
func trust(condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Principal":{"Federated":"` + provider + `"},"Condition":{` + condition + `}}]}`
}

func key(claim string) string { return `"` + token.Issuer + ":" + claim + `"` }

var run = token.Run{
	Owner: "paperwurks", OwnerID: 1, Repository: "infra", RepositoryID: 2,
	Ref: "refs/heads/main", Workflow: ".github/workflows/deploy.yml",
}

func TestConditions(t *testing.T) {
	for _, test := range []struct {
		name, condition string
		want            bool
	}{
		{"equal", `"StringEquals":{` + key("ref") + `:"refs/heads/main"}`, true},
		{"one of several is equal", `"StringEquals":{` + key("ref") + `:["x","refs/heads/main"]}`, true},
		{"not equal", `"StringEquals":{` + key("ref") + `:"refs/heads/Main"}`, false},
		{"equal but for case", `"StringEqualsIgnoreCase":{` + key("ref") + `:"REFS/HEADS/MAIN"}`, true},
		{"equal takes no wildcard", `"StringEquals":{` + key("ref") + `:"refs/*"}`, false},
		{"like", `"StringLike":{` + key("ref") + `:"refs/*/mai?"}`, true},
		{"not like", `"StringLike":{` + key("ref") + `:"refs/tags/*"}`, false},
		{"negated, equal", `"StringNotEquals":{` + key("ref") + `:"refs/heads/main"}`, false},
		{"negated, not equal", `"StringNotEquals":{` + key("ref") + `:"x"}`, true},
		{"negated like", `"StringNotLike":{` + key("ref") + `:"refs/*"}`, false},
		{"both keys must hold", `"StringEquals":{` + key("ref") + `:"refs/heads/main",` + key("repository_id") + `:"3"}`, false},
		{"missing, equal", `"StringEquals":{` + key("environment") + `:"prod"}`, false},
		{"missing, negated", `"StringNotEquals":{` + key("environment") + `:"prod"}`, true},
		{"missing, if it exists", `"StringEqualsIfExists":{` + key("environment") + `:"prod"}`, true},
		{"missing, for all values", `"ForAllValues:StringEquals":{` + key("environment") + `:"prod"}`, true},
		{"missing, for any value", `"ForAnyValue:StringEquals":{` + key("environment") + `:"prod"}`, false},
		{"there, for any value", `"ForAnyValue:StringEquals":{` + key("ref") + `:["x","refs/heads/main"]}`, true},
		{"there, for any value, not equal", `"ForAnyValue:StringEquals":{` + key("ref") + `:"x"}`, false},
		{"there, for all values", `"ForAllValues:StringLike":{` + key("ref") + `:"refs/heads/*"}`, true},
		{"there, for all values, not equal", `"ForAllValues:StringEquals":{` + key("ref") + `:"x"}`, false},
		{"there, if it exists", `"StringEqualsIfExists":{` + key("ref") + `:"refs/heads/main"}`, true},
		{"there, if it exists, not equal", `"StringEqualsIfExists":{` + key("ref") + `:"x"}`, false},
		{"not equal but for case", `"StringNotEqualsIgnoreCase":{` + key("ref") + `:"REFS/HEADS/MAIN"}`, false},
		{"missing, negated like", `"StringNotLike":{` + key("environment") + `:"*"}`, true},
		{"missing, must be there", `"Null":{` + key("environment") + `:"false"}`, false},
		{"missing, must be missing", `"Null":{` + key("environment") + `:"true"}`, true},
		{"there, must be missing", `"Null":{` + key("ref") + `:"true"}`, false},
		{"there, must be there", `"Null":{` + key("ref") + `:"false"}`, true},
		{"a claim that AWS does not test", `"StringEquals":{` + key("event_name") + `:"push"}`, false},
		{"a key of another provider", `"StringEquals":{"accounts.google.com:aud":"sts.amazonaws.com"}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy, err := token.ParseTrust([]byte(trust(test.condition)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := policy.Admits(map[string][]string{provider: {"sts.amazonaws.com"}}, run.Token())
			if err != nil || got != test.want {
				t.Errorf("admitted: %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestUnknownOperatorIsAnError(t *testing.T) {
	policy, err := token.ParseTrust([]byte(trust(`"DateGreaterThan":{` + key("ref") + `:"x"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Admits(map[string][]string{provider: {"sts.amazonaws.com"}}, run.Token()); err == nil {
		t.Error("decided by an operator that it does not know")
	}
}

func TestProviderDecidesFirst(t *testing.T) {
	policy, err := token.ParseTrust([]byte(trust(`"StringEquals":{` + key("ref") + `:"refs/heads/main"}`)))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := run.Token()
	elsewhere.Issuer = "evil.example"
	for name, test := range map[string]struct {
		providers map[string][]string
		token     token.Token
	}{
		"no provider":                {nil, run.Token()},
		"another audience":           {map[string][]string{provider: {"other"}}, run.Token()},
		"another issuer":             {map[string][]string{provider: {"sts.amazonaws.com"}}, elsewhere},
		"another account's provider": {map[string][]string{strings.Replace(provider, "1111", "4444", 1): {"sts.amazonaws.com"}}, run.Token()},
	} {
		if got, err := policy.Admits(test.providers, test.token); got || err != nil {
			t.Errorf("%s: admitted: %v, %v", name, got, err)
		}
	}
}

func TestDenyWins(t *testing.T) {
	allow := trust(`"StringEquals":{` + key("ref") + `:"refs/heads/main"}`)
	deny := strings.Replace(allow, `{"Sid"`, `{"Sid":"D","Effect":"Deny","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"`+provider+`"}},{"Sid"`, 1)
	for text, want := range map[string]bool{allow: true, deny: false} {
		policy, err := token.ParseTrust([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := policy.Admits(map[string][]string{provider: {"sts.amazonaws.com"}}, run.Token()); got != want || err != nil {
			t.Errorf("admitted: %v, %v; want %v", got, err, want)
		}
	}
}

func TestParseRefusesOtherWaysIn(t *testing.T) {
	good := trust(`"StringEquals":{` + key("ref") + `:"refs/heads/main"}`)
	for name, change := range map[string][2]string{
		"anybody":        {`{"Federated":"` + provider + `"}`, `"*"`},
		"anybody of AWS": {`{"Federated":"` + provider + `"}`, `{"AWS":"*"}`},
		"a service too":  {`{"Federated":"` + provider + `"}`, `{"Federated":"` + provider + `","Service":"ec2.amazonaws.com"}`},
		"another action": {`"sts:AssumeRoleWithWebIdentity"`, `["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`},
		"every action":   {`"sts:AssumeRoleWithWebIdentity"`, `"*"`},
		"not an action":  {`"Action"`, `"NotAction"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing replaced", name)
		}
		if _, err := token.ParseTrust([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestSubjects(t *testing.T) {
	for want, change := range map[string]func(*token.Run){
		"repo:paperwurks/infra:ref:refs/heads/main":     func(*token.Run) {},
		"repo:paperwurks@1/infra@2:ref:refs/heads/main": func(r *token.Run) { r.ImmutableSubject = true },
		"repo:paperwurks/infra:pull_request":            func(r *token.Run) { r.PullRequest = true },
		"repo:paperwurks/infra:environment:prod":        func(r *token.Run) { r.PullRequest, r.Environment = true, "prod" },
		"repo:paperwurks@1/infra@2:environment:prod":    func(r *token.Run) { r.ImmutableSubject, r.Environment = true, "prod" },
		"repo:paperwurks@1/infra@2:pull_request":        func(r *token.Run) { r.ImmutableSubject, r.PullRequest = true, true },
	} {
		r := run
		change(&r)
		if got := r.Token().Claims["sub"]; got != want {
			t.Errorf("subject %q; want %q", got, want)
		}
	}
}

// Every claim that AWS can test is tested, and none that it cannot (AWS, January
// 2026: the list in known's documentation).
func TestClaims(t *testing.T) {
	for claims, want := range map[string]bool{
		"aud sub actor actor_id enterprise_id environment job_workflow_ref ref repository repository_id repository_owner_id workflow": true,
		"event_name repository_owner runner_environment head_ref base_ref iss jti run_id ref_type enterprise":                         false,
	} {
		for _, claim := range strings.Fields(claims) {
			policy, err := token.ParseTrust([]byte(trust(`"StringEquals":{` + key(claim) + `:"sts.amazonaws.com"}`)))
			if err != nil {
				t.Fatal(err)
			}
			shown := token.Token{Issuer: token.Issuer, Claims: map[string]string{"aud": "sts.amazonaws.com", claim: "sts.amazonaws.com"}}
			if got, err := policy.Admits(map[string][]string{provider: {"sts.amazonaws.com"}}, shown); got != want || err != nil {
				t.Errorf("%s: admitted: %t, %v", claim, got, err)
			}
		}
	}
}

// A token has GitHub's claims, and no other.
func TestToken(t *testing.T) {
	push := map[string]string{
		"aud": "sts.amazonaws.com", "sub": "repo:paperwurks/infra:ref:refs/heads/main", "ref": "refs/heads/main", "repository": "paperwurks/infra", "repository_id": "2",
		"repository_owner": "paperwurks", "repository_owner_id": "1", "actor": "octocat", "actor_id": "583231", "event_name": "push", "workflow": "deploy",
		"job_workflow_ref": "paperwurks/infra/.github/workflows/deploy.yml@refs/heads/main", "runner_environment": "github-hosted",
	}
	if got := run.Token(); got.Issuer != "token.actions.githubusercontent.com" || !maps.Equal(got.Claims, push) {
		t.Errorf("a push: %+v", got)
	}
	r := run
	r.Ref, r.PullRequest, r.Environment, r.WorkflowRef, r.Audience = "refs/pull/7/merge", true, "prod", "refs/heads/other", "me"
	asked := maps.Clone(push)
	maps.Copy(asked, map[string]string{
		"aud": "me", "sub": "repo:paperwurks/infra:environment:prod", "ref": "refs/pull/7/merge", "event_name": "pull_request", "environment": "prod",
		"job_workflow_ref": "paperwurks/infra/.github/workflows/deploy.yml@refs/heads/other",
	})
	if got := r.Token(); !maps.Equal(got.Claims, asked) {
		t.Errorf("a pull request: %+v", got)
	}
}

// A trust that is no document, and an operator in words, are errors.
func TestFaultsAreSaid(t *testing.T) {
	if _, err := token.ParseTrust([]byte("{")); err == nil || !strings.HasPrefix(err.Error(), "trust: ") {
		t.Errorf("no document: %v", err)
	}
	for change, want := range map[[2]string]string{
		{`{"Federated":"` + provider + `"}`, `"*"`}:                 `trust: statement "S": a principal that is not an OIDC provider`,
		{`"sts:AssumeRoleWithWebIdentity"`, `"sts:AssumeRole"`}:     `trust: statement "S": actions ["sts:AssumeRole"] and not []; sts:AssumeRoleWithWebIdentity is allowed`,
		{`"Principal":{"Federated"`, `"NotPrincipal":{"Federated"`}: "",
	} {
		_, err := token.ParseTrust([]byte(strings.Replace(trust(`"StringEquals":{`+key("ref")+`:"x"}`), change[0], change[1], 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", change[1], err, want)
		}
	}
}
