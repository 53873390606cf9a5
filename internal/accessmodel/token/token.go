package token

import (
	"cmp"
	"fmt"
	"strconv"
)

// Issuer is the host that signs GitHub Actions' tokens.
const Issuer = "token.actions.githubusercontent.com"

// Token is what a workflow run shows to AWS STS.
type Token struct {
	// Issuer is the host of the claim "iss".
	Issuer string
	// Claims by their name; a claim that the token does not have is not here.
	Claims map[string]string
}

// Run is a workflow run, from which GitHub makes a token.
type Run struct {
	Owner, Repository     string
	OwnerID, RepositoryID int
	// Ref is the full ref: "refs/heads/main", "refs/tags/v1",
	// "refs/pull/7/merge".
	Ref string
	// Environment is the GitHub environment that the job names, or "".
	Environment string
	// PullRequest says that the event is pull_request.
	PullRequest bool
	// Workflow is the file that runs, as it is at WorkflowRef; "" for Ref.
	// A reusable workflow may be called as of another branch.
	Workflow, WorkflowRef string
	// Audience is what the job asks for; "" for AWS's.
	Audience string
	// ImmutableSubject makes the subject as for repositories created, renamed
	// or transferred since 15 July 2026, with the ids in it.
	ImmutableSubject bool
}

// Token is the token that GitHub gives to the run (GitHub documentation,
// "OpenID Connect reference").
func (r Run) Token() Token {
	repository := r.Owner + "/" + r.Repository
	subject := "repo:" + repository
	if r.ImmutableSubject {
		subject = fmt.Sprintf("repo:%s@%d/%s@%d", r.Owner, r.OwnerID, r.Repository, r.RepositoryID)
	}
	switch {
	case r.Environment != "":
		subject += ":environment:" + r.Environment
	case r.PullRequest:
		subject += ":pull_request"
	default:
		subject += ":ref:" + r.Ref
	}
	audience := r.Audience
	if audience == "" {
		audience = "sts.amazonaws.com"
	}
	event := "push"
	if r.PullRequest {
		event = "pull_request"
	}
	claims := map[string]string{
		"aud":                 audience,
		"sub":                 subject,
		"ref":                 r.Ref,
		"repository":          repository,
		"repository_id":       strconv.Itoa(r.RepositoryID),
		"repository_owner":    r.Owner,
		"repository_owner_id": strconv.Itoa(r.OwnerID),
		"actor":               "octocat",
		"actor_id":            "583231",
		"event_name":          event,
		"workflow":            "deploy",
		"job_workflow_ref":    repository + "/" + r.Workflow + "@" + cmp.Or(r.WorkflowRef, r.Ref),
		"runner_environment":  "github-hosted",
	}
	if r.Environment != "" {
		claims["environment"] = r.Environment
	}
	return Token{Issuer: Issuer, Claims: claims}
}
