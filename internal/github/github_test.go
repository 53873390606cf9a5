package github

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
			if len(*writes) != 1 || !strings.HasPrefix((*writes)[0], test.want) || !strings.Contains((*writes)[0], `\nnew`) {
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

func TestErrorsNameTheCallAndNotTheToken(t *testing.T) {
	client, _ := fake(t, nil)
	client.Token = "wrong-token"
	_, err := client.FindIssue(context.Background(), marker)
	if err == nil || !strings.Contains(err.Error(), "GET /issues") || !strings.Contains(err.Error(), `"Bad credentials"`) || strings.Contains(err.Error(), "wrong-token") {
		t.Errorf("got %v", err)
	}
}
