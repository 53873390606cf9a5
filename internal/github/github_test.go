package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

const marker = "<!-- mark -->"

// fake is a repository on GitHub with some texts; it keeps what was written.
func fake(t *testing.T, texts []map[string]any) (Client, *[]string) {
	t.Helper()
	var writes []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"message": "Bad credentials"}`)
			return
		}
		if r.Method == http.MethodGet {
			page, size := 1, 100
			if _, err := fmt.Sscanf(r.URL.Query().Get("page"), "%d", &page); err != nil {
				t.Error(err)
			}
			from := min(len(texts), (page-1)*size)
			if err := json.NewEncoder(w).Encode(texts[from:min(len(texts), from+size)]); err != nil {
				t.Error(err)
			}
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		writes = append(writes, r.Method+" "+r.URL.Path+" "+string(body))
		fmt.Fprint(w, `{"id": 9, "number": 9, "html_url": "https://github.com/x"}`)
	}))
	t.Cleanup(server.Close)
	return Client{API: server.URL, Repository: "paperwurks/infra", Token: "token", HTTP: server.Client()}, &writes
}

func by(login, body string, number int) map[string]any {
	return map[string]any{"id": number + 1000, "number": number, "body": body, "user": map[string]any{"login": login}}
}

func TestUpsertComment(t *testing.T) {
	many := make([]map[string]any, 150)
	for i := range many {
		many[i] = by("somebody", "hello", i)
	}
	for _, test := range []struct {
		name  string
		texts []map[string]any
		want  string
	}{
		{"the first", nil, "POST /repos/paperwurks/infra/issues/7/comments"},
		{"an earlier one", []map[string]any{by(Bot, marker+"\nold", 5)}, "PATCH /repos/paperwurks/infra/issues/comments/1005"},
		{"on the second page", append(many, by(Bot, marker+"\nold", 5)), "PATCH /repos/paperwurks/infra/issues/comments/1005"},
		{"somebody quotes the marker", []map[string]any{by("somebody", marker+"\nold", 5)}, "POST "},
		{"another comment of the bot", []map[string]any{by(Bot, "not "+marker, 5)}, "POST "},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, writes := fake(t, test.texts)
			url, err := client.UpsertComment(context.Background(), 7, marker, marker+"\nnew")
			if err != nil || url != "https://github.com/x" {
				t.Errorf("%q, %v", url, err)
			}
			if len(*writes) != 1 || !strings.HasPrefix((*writes)[0], test.want) || !strings.HasSuffix((*writes)[0], ` {"body":"\u003c!-- mark --\u003e\nnew"}`) {
				t.Errorf("wrote %q, want %q", *writes, test.want)
			}
		})
	}
}

func TestIssue(t *testing.T) {
	ctx := context.Background()
	pull := by(Bot, marker, 3)
	pull["pull_request"] = map[string]any{}
	client, writes := fake(t, []map[string]any{pull, by(Bot, marker+"\nold", 4)})
	if number, err := client.FindIssue(ctx, marker); number != 4 || err != nil {
		t.Errorf("issue %d, %v, want 4", number, err)
	}
	if number, err := client.OpenIssue(ctx, "title", "body"); number != 9 || err != nil {
		t.Errorf("issue %d, %v", number, err)
	}
	if err := client.UpdateIssue(ctx, 4, "body"); err != nil {
		t.Error(err)
	}
	if err := client.CloseIssue(ctx, 4, "clean"); err != nil {
		t.Error(err)
	}
	const base = "/repos/paperwurks/infra/issues"
	for i, want := range []string{
		"POST " + base + ` {"body":"body","title":"title"}`, "PATCH " + base + `/4 {"body":"body"}`,
		"POST " + base + `/4/comments {"body":"clean"}`, "PATCH " + base + `/4 {"state":"closed","state_reason":"completed"}`,
	} {
		if i >= len(*writes) || (*writes)[i] != want {
			t.Errorf("wrote %q, want %q at %d", *writes, want, i)
		}
	}
	if client, _ := fake(t, nil); true {
		if number, err := client.FindIssue(ctx, marker); number != 0 || err != nil {
			t.Errorf("issue %d, %v, want none", number, err)
		}
	}
}

// Each request is as GitHub's REST API documents it, and each fault of an answer
// is an error that names the call.
func TestRequests(t *testing.T) {
	ctx := t.Context()
	var asked []string
	status, answer := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Accept")+" "+r.Header.Get("X-GitHub-Api-Version"))
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	defer server.Close()
	c := Client{API: server.URL, Repository: "o/r", Token: "token", HTTP: server.Client()}
	const headers = " application/vnd.github+json 2022-11-28"
	for _, test := range []struct {
		name, answer, want string
		call               func() (any, error)
		got                any
	}{
		{"no issue", `[]`, "GET /repos/o/r/issues?state=open&per_page=100&page=1", func() (any, error) { return c.Issue(ctx, marker) }, Issue{}},
		{"an issue", `[{"number": 4, "body": "` + marker + `", "user": {"login": "github-actions[bot]"}, "created_at": "2026-11-26T01:02:03Z"}]`, "GET /repos/o/r/issues?state=open&per_page=100&page=1",
			func() (any, error) { return c.Issue(ctx, marker) }, Issue{4, time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC)}},
		{"no comment", `{"html_url": "u"}`, "POST /repos/o/r/issues", func() (any, error) { return c.OpenIssue(ctx, "t", "b") }, 0},
		{"no run", `{"workflow_runs": []}`, "GET /repos/o/r/actions/workflows/drift.yml/runs?status=completed&per_page=1&branch=a%2Fb", func() (any, error) { return c.LastRun(ctx, "drift.yml", "a/b") }, WorkflowRun{}},
		{"a run", `{"workflow_runs": [{"updated_at": "2026-11-26T01:02:03Z", "conclusion": "success"}, {}]}`, "GET /repos/o/r/actions/workflows/drift.yml/runs?status=completed&per_page=1&branch=a%2Fb",
			func() (any, error) { return c.LastRun(ctx, "drift.yml", "a/b") }, WorkflowRun{time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC), "success"}},
	} {
		asked, answer = nil, test.answer
		got, err := test.call()
		if err != nil || got != test.got || len(asked) != 1 || asked[0] != test.want+headers {
			t.Errorf("%s: %v, %v, asked %q; want %v by %q", test.name, got, err, asked, test.got, test.want)
		}
	}
	for name, fault := range map[string]struct {
		status int
		answer string
		want   string
	}{"no JSON": {200, "x", "invalid character"}, "a refusal": {403, `{"message": "no"}`, `403 Forbidden: "no"`}, "moved": {300, "", "300"}, "none": {404, `{"message": "Not Found"}`, `not found: "Not Found"`}, "no message": {500, "x", `500 Internal Server Error: ""`}} {
		status, answer = fault.status, fault.answer
		for call, run := range map[string]func() error{
			"GET /issues/1/comments":        func() error { _, err := c.UpsertComment(ctx, 1, marker, "b"); return err },
			"GET /issues":                   func() error { _, err := c.FindIssue(ctx, marker); return err },
			"POST /issues":                  func() error { _, err := c.OpenIssue(ctx, "t", "b"); return err },
			"GET /actions/workflows/w/runs": func() error { _, err := c.LastRun(ctx, "w", "main"); return err },
			"GET /environments/a%20b":       func() error { _, err := c.Environment(ctx, "a b"); return err },
		} {
			if err := run(); err == nil || !strings.Contains(err.Error(), "GitHub: "+call) || !strings.Contains(err.Error(), fault.want) || errors.Is(err, ErrNotFound) != (name == "none") {
				t.Errorf("%s, %s: %v, want %q", name, call, err, fault.want)
			}
		}
		if name == "no JSON" {
			continue // nothing is read of these answers
		}
		for call, run := range map[string]func() error{
			"PATCH /issues/1": func() error { return c.UpdateIssue(ctx, 1, "b") }, "POST /issues/1/comments": func() error { return c.CloseIssue(ctx, 1, "b") },
		} {
			if err := run(); err == nil || !strings.Contains(err.Error(), "GitHub: "+call) {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
	server.Close()
	if err := c.UpdateIssue(ctx, 1, "b"); err == nil || !strings.HasPrefix(err.Error(), "GitHub: PATCH /issues/1: ") {
		t.Errorf("nobody answers: %v", err)
	}
	c.API = "://"
	if err := c.UpdateIssue(ctx, 1, "b"); err == nil || !strings.HasPrefix(err.Error(), "GitHub: PATCH /issues/1: ") {
		t.Errorf("no address: %v", err)
	}
}

// The rules of an environment, as GitHub's API documentation shows them.
func TestEnvironment(t *testing.T) {
	rules, branches := "", `{"branch_policies": []}`
	refuses := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case refuses != "" && strings.Contains(r.URL.RequestURI(), refuses):
			w.WriteHeader(http.StatusForbidden)
		case r.URL.RequestURI() == "/repos/o/r/environments/dev":
			fmt.Fprint(w, rules)
		case r.URL.RequestURI() == "/repos/o/r/environments/dev/deployment-branch-policies?per_page=100":
			fmt.Fprint(w, branches)
		default:
			t.Errorf("asked for %s", r.URL)
		}
	}))
	defer server.Close()
	c := Client{API: server.URL, Repository: "o/r", HTTP: server.Client()}
	for _, test := range []struct {
		rules, branches string
		want            Environment
	}{
		{`{}`, "", Environment{}},
		{`{"can_admins_bypass": true}`, "", Environment{AdminsBypass: new(true)}},
		{`{"protection_rules": [{"type": "wait_timer", "prevent_self_review": true, "reviewers": [{}]}, {"type": "required_reviewers", "prevent_self_review": true, "reviewers": [{}, {}]}]}`, "", Environment{Reviewers: 2, PreventSelfReview: true}},
		{`{"deployment_branch_policy": {"protected_branches": true}}`, "", Environment{ProtectedBranches: true}},
		{`{"deployment_branch_policy": {"custom_branch_policies": true}}`, `{}`, Environment{Branches: []BranchPolicy{}}},
		{`{"deployment_branch_policy": {"custom_branch_policies": true}}`, `{"branch_policies": [{"name": "main", "type": "branch"}]}`, Environment{Branches: []BranchPolicy{{"main", "branch"}}}},
	} {
		rules, branches = test.rules, test.branches
		if got, err := c.Environment(t.Context(), "dev"); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v, want %+v", test.rules, got, err, test.want)
		}
	}
	refuses = "deployment-branch-policies"
	if e, err := c.Environment(t.Context(), "dev"); err == nil || !reflect.DeepEqual(e, Environment{}) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestErrorsNameTheCallAndNotTheToken(t *testing.T) {
	client, _ := fake(t, nil)
	client.Token = "wrong-token"
	_, err := client.FindIssue(context.Background(), marker)
	if err == nil || !strings.Contains(err.Error(), "GET /issues") || !strings.Contains(err.Error(), `"Bad credentials"`) || strings.Contains(err.Error(), "wrong-token") {
		t.Errorf("got %v", err)
	}
}
