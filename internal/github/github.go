// Package github is the little of GitHub's REST API that the pipeline speaks:
// one comment of a pull request and one issue, each known by a marker at the
// start of its text, and the rules of an environment.
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client speaks for one repository.
type Client struct {
	// API such as "https://api.github.com", Repository as "owner/name".
	API, Repository string
	// Token is the run's own; it is sent in a header and is in no error.
	Token string
	HTTP  *http.Client
}

// Bot is who writes with a workflow run's own token. Only its texts are
// updated: anybody may quote a marker.
const Bot = "github-actions[bot]"

// perPage is how much GitHub gives at once, and maxPages how many are read: a
// marked text is never that far back.
const (
	perPage  = 100
	maxPages = 50
)

type text struct {
	ID      int64  `json:"id"`
	Number  int    `json:"number"`
	Body    string `json:"body"`
	HTMLURL string `json:"html_url"`
	User    struct {
		Login string `json:"login"`
	} `json:"user"`
	PullRequest *struct{} `json:"pull_request"`
	CreatedAt   time.Time `json:"created_at"`
}

// FromEnvironment is the client of the repository and the token that GitHub
// Actions names, or a person's shell: GITHUB_API_URL (default: GitHub's own),
// GITHUB_REPOSITORY and GITHUB_TOKEN, or GH_TOKEN as GitHub's CLI has it.
func FromEnvironment(getenv func(string) string) Client {
	c := Client{API: getenv("GITHUB_API_URL"), Repository: getenv("GITHUB_REPOSITORY"), Token: getenv("GITHUB_TOKEN"), HTTP: &http.Client{Timeout: time.Minute}}
	if c.API == "" {
		c.API = "https://api.github.com"
	}
	if c.Token == "" {
		c.Token = getenv("GH_TOKEN")
	}
	return c
}

// KeepIssue opens, updates or closes the one issue whose text starts with the
// marker, and says what it did. body starts with the marker; over says why it is closed.
func (c Client) KeepIssue(ctx context.Context, marker, title, body string, wanted bool, over string) (string, error) {
	number, err := c.FindIssue(ctx, marker)
	switch {
	case err != nil:
		return "", err
	case wanted && number == 0:
		number, err = c.OpenIssue(ctx, title, body)
		return fmt.Sprintf("issue %d opened", number), err
	case wanted:
		return fmt.Sprintf("issue %d updated", number), c.UpdateIssue(ctx, number, body)
	case number != 0:
		return fmt.Sprintf("issue %d closed", number), c.CloseIssue(ctx, number, over)
	}
	return "no issue to open or close", nil
}

// Tags are the names of the repository's tags that start with a prefix (REST
// API, "List matching references").
func (c Client) Tags(ctx context.Context, prefix string) ([]string, error) {
	const refs = "refs/tags/"
	var list []struct {
		Ref string `json:"ref"`
	}
	if err := c.call(ctx, http.MethodGet, "/git/matching-refs/tags/"+url.PathEscape(prefix), nil, &list); err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = strings.TrimPrefix(l.Ref, refs)
	}
	return out, nil
}

// UpsertComment updates the comment of a pull request that starts with the
// marker, or makes it; it gives the comment's URL.
func (c Client) UpsertComment(ctx context.Context, number int, marker, body string) (string, error) {
	found, err := c.find(ctx, fmt.Sprintf("/issues/%d/comments", number), "", marker)
	if err != nil {
		return "", err
	}
	var out text
	if found != nil {
		err = c.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/comments/%d", found.ID), map[string]any{"body": body}, &out)
	} else {
		err = c.call(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), map[string]any{"body": body}, &out)
	}
	return out.HTMLURL, err
}

// FindIssue is the number of the open issue that starts with the marker; 0 for
// none.
func (c Client) FindIssue(ctx context.Context, marker string) (int, error) {
	issue, err := c.Issue(ctx, marker)
	return issue.Number, err
}

// Issue is an open issue.
type Issue struct {
	Number    int
	CreatedAt time.Time
}

// Issue is the open one that starts with the marker; its number is 0 for none.
func (c Client) Issue(ctx context.Context, marker string) (Issue, error) {
	found, err := c.find(ctx, "/issues", "state=open&", marker)
	if err != nil || found == nil {
		return Issue{}, err
	}
	return Issue{found.Number, found.CreatedAt}, nil
}

// WorkflowRun is a run of a workflow: when it changed last, and GitHub's word
// for how it ended, "" while it is at work.
type WorkflowRun struct {
	UpdatedAt  time.Time `json:"updated_at"`
	Conclusion string    `json:"conclusion"`
}

// LastRun is the last completed run of a workflow's file on a branch; zero for
// none (REST API, "List workflow runs for a workflow").
func (c Client) LastRun(ctx context.Context, workflow, branch string) (WorkflowRun, error) {
	var out struct {
		Runs []WorkflowRun `json:"workflow_runs"`
	}
	if err := c.call(ctx, http.MethodGet, "/actions/workflows/"+workflow+"/runs?status=completed&per_page=1&branch="+url.QueryEscape(branch), nil, &out); err != nil || len(out.Runs) == 0 {
		return WorkflowRun{}, err
	}
	return out.Runs[0], nil
}

// OpenIssue gives the new issue's number.
func (c Client) OpenIssue(ctx context.Context, title, body string) (int, error) {
	var out text
	err := c.call(ctx, http.MethodPost, "/issues", map[string]any{"title": title, "body": body}, &out)
	return out.Number, err
}

// UpdateIssue replaces the issue's text.
func (c Client) UpdateIssue(ctx context.Context, number int, body string) error {
	return c.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/%d", number), map[string]any{"body": body}, nil)
}

// Comment adds a comment, of which GitHub tells those who follow the issue; of a changed
// text it tells nobody.
func (c Client) Comment(ctx context.Context, number int, body string) error {
	return c.call(ctx, http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), map[string]any{"body": body}, nil)
}

// CloseIssue says why, and closes the issue.
func (c Client) CloseIssue(ctx context.Context, number int, why string) error {
	if err := c.Comment(ctx, number, why); err != nil {
		return err
	}
	return c.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/%d", number), map[string]any{"state": "closed", "state_reason": "completed"}, nil)
}

func (c Client) find(ctx context.Context, path, query, marker string) (*text, error) {
	for page := 1; page <= maxPages; page++ {
		var list []text
		if err := c.call(ctx, http.MethodGet, fmt.Sprintf("%s?%sper_page=%d&page=%d", path, query, perPage, page), nil, &list); err != nil {
			return nil, err
		}
		for _, t := range list {
			if t.User.Login == Bot && t.PullRequest == nil && strings.HasPrefix(t.Body, marker) {
				return &t, nil
			}
		}
		if len(list) < perPage {
			return nil, nil
		}
	}
	return nil, nil
}

// Read asks for what is below the repository, such as "/actions/permissions". It
// returns ErrNotFound or ErrForbidden where GitHub does not show it.
func (c Client) Read(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, path, nil, out)
}

func (c Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("GitHub: %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.API+"/repos/"+c.Repository+path, body)
	if err != nil {
		return fmt.Errorf("GitHub: %s %s: %w", method, path, err)
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	request.Header.Set("Accept", "application/vnd.github+json")
	request.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("GitHub: %s %s: %w", method, path, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, 32<<20))
	if err != nil {
		return fmt.Errorf("GitHub: %s %s: %w", method, path, err)
	}
	if response.StatusCode >= 300 {
		var answer struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(data, &answer) // an answer that is no JSON has no message
		switch response.StatusCode {
		case http.StatusNotFound:
			return fmt.Errorf("GitHub: %s %s: %w: %q", method, path, ErrNotFound, answer.Message)
		case http.StatusForbidden, http.StatusUnauthorized:
			return fmt.Errorf("GitHub: %s %s: %w: %s: %q", method, path, ErrForbidden, response.Status, answer.Message)
		}
		return fmt.Errorf("GitHub: %s %s: %s: %q", method, path, response.Status, answer.Message)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("GitHub: %s %s: %w", method, path, err)
	}
	return nil
}
