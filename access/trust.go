package access

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Audience is what a workflow asks GitHub to address its token to
// (configure-aws-credentials' default) and the only one that roles here take.
const Audience = "sts.amazonaws.com"

// Trust is what a role asks of the token of a GitHub Actions run. Every value
// is compared as written; a wildcard is refused.
type Trust struct {
	// Owner and Repository are names; OwnerID and RepositoryID GitHub's
	// immutable numbers, which no later owner of the same name has.
	Owner, OwnerID           string
	Repository, RepositoryID string
	// Audience must be the constant of this package.
	Audience string
	// Subjects are the runs that may assume the role: at least one.
	Subjects []Subject
	// Workflow is the only workflow file that may, such as
	// ".github/workflows/deploy.yml", as it is on the subject's branch; ""
	// for any. Not with PullRequest, whose workflow is the pull request's own.
	Workflow string
}

// Subject is one kind of run. Make it with OnBranch, InEnvironment or
// PullRequest.
type Subject struct {
	branch, environment string
	pullRequest         bool
}

// OnBranch is a run on a branch, in a job that names no GitHub environment.
func OnBranch(branch string) Subject { return Subject{branch: branch} }

// InEnvironment is a job that names a GitHub environment, in a run on a
// branch. Its token's subject speaks of the environment only; the branch is
// asked for by the claim "ref".
func InEnvironment(environment, branch string) Subject {
	return Subject{branch: branch, environment: environment}
}

// PullRequest is a run for a pull request from a branch of the repository
// itself: GitHub gives a fork's run no token.
func PullRequest() Subject { return Subject{pullRequest: true} }

// Names as GitHub allows them, without all that IAM gives a meaning (*, ?, $)
// and the separators of a subject (: and, but in branches, /).
var (
	ownerPattern       = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$`)
	repositoryPattern  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	branchPattern      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)
	environmentPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)
	idPattern          = regexp.MustCompile(`^[1-9][0-9]*$`)
	workflowPattern    = regexp.MustCompile(`^\.github/workflows/[A-Za-z0-9._-]+\.ya?ml$`)
)

// Document is the role's trust policy. It refuses, with every fault, a trust
// that somebody else's run could satisfy and a document that AWS would refuse.
func (t Trust) Document(providerARN string) (policy.Document, error) {
	if err := t.validate(providerARN); err != nil {
		return policy.Document{}, err
	}
	document := t.document(providerARN)
	text, err := document.JSON()
	if err != nil {
		return policy.Document{}, fmt.Errorf("trust: %w", err)
	}
	if len(text) > MaxTrustSize {
		return policy.Document{}, fmt.Errorf("trust: %d characters; at most %d are allowed", len(text), MaxTrustSize)
	}
	return document, nil
}

func (t Trust) document(providerARN string) policy.Document {
	var statements []policy.Statement
	branches := t.branches(func(s Subject) bool { return s.environment != "" })
	for i, branch := range branches {
		statements = append(statements, t.environmentStatement(sid("EnvironmentsOnBranch", i, len(branches)), providerARN, branch))
	}
	branches = t.branches(func(s Subject) bool { return s.environment == "" && !s.pullRequest })
	for i, branch := range branches {
		statements = append(statements, t.statement(sid("Branch", i, len(branches)), providerARN,
			t.subjects("ref:"+ref(branch)), t.workflow(branch), policy.If(policy.StringEquals, claim("ref"), ref(branch))))
	}
	if slices.ContainsFunc(t.Subjects, func(s Subject) bool { return s.pullRequest }) {
		statements = append(statements, t.statement("PullRequestsOfTheRepository", providerARN, t.subjects("pull_request"), nil))
	}
	return policy.Document{Statements: statements}
}

func (t Trust) environmentStatement(sid, providerARN, branch string) policy.Statement {
	var environments, subjects []string
	for _, s := range t.Subjects {
		if s.environment != "" && s.branch == branch {
			environments = append(environments, s.environment)
			subjects = append(subjects, t.subjects("environment:"+s.environment)...)
		}
	}
	return t.statement(sid, providerARN, subjects, t.workflow(branch),
		policy.If(policy.StringEquals, claim("environment"), environments...),
		policy.If(policy.StringEquals, claim("ref"), ref(branch)))
}

func (t Trust) statement(sid, providerARN string, subjects, workflow []string, more ...policy.Condition) policy.Statement {
	conditions := []policy.Condition{
		policy.If(policy.StringEquals, claim("aud"), t.Audience),
		policy.If(policy.StringEquals, claim("sub"), subjects...),
		policy.If(policy.StringEquals, claim("repository_id"), t.RepositoryID),
		policy.If(policy.StringEquals, claim("repository_owner_id"), t.OwnerID),
	}
	if len(workflow) > 0 {
		conditions = append(conditions, policy.If(policy.StringEquals, claim("job_workflow_ref"), workflow...))
	}
	return policy.Statement{
		Sid:        sid,
		Effect:     policy.Allow,
		Principals: []policy.Principal{{Type: policy.Federated, ID: providerARN}},
		Actions:    []string{"sts:AssumeRoleWithWebIdentity"},
		Conditions: append(conditions, more...),
	}
}

// subjects are a subject's two spellings: repositories created, renamed or
// transferred since 15 July 2026 send the second
// (aws-actions/configure-aws-credentials #1888).
func (t Trust) subjects(context string) []string {
	return []string{
		"repo:" + t.Owner + "/" + t.Repository + ":" + context,
		"repo:" + t.Owner + "@" + t.OwnerID + "/" + t.Repository + "@" + t.RepositoryID + ":" + context,
	}
}

func (t Trust) workflow(branch string) []string {
	if t.Workflow == "" {
		return nil
	}
	return []string{t.Owner + "/" + t.Repository + "/" + t.Workflow + "@" + ref(branch)}
}

// branches of the subjects chosen, each once, in their order.
func (t Trust) branches(choose func(Subject) bool) []string {
	var out []string
	for _, s := range t.Subjects {
		if choose(s) && !slices.Contains(out, s.branch) {
			out = append(out, s.branch)
		}
	}
	return out
}

func (t Trust) validate(providerARN string) error {
	var errs []error
	fault := func(format string, a ...any) { errs = append(errs, fmt.Errorf("trust: "+format, a...)) }
	check := func(what, value string, allowed *regexp.Regexp, words string) {
		if !allowed.MatchString(value) {
			fault("%s %q: %s are allowed", what, value, words)
		}
	}
	if providerARN == "" {
		fault("the OIDC provider's ARN is required")
	}
	check("owner", t.Owner, ownerPattern, "1 to 39 letters, digits and single hyphens, without wildcards,")
	check("owner id", t.OwnerID, idPattern, "digits")
	check("repository", t.Repository, repositoryPattern, "1 to 100 letters, digits, dots, underscores and hyphens, without wildcards,")
	check("repository id", t.RepositoryID, idPattern, "digits")
	if t.Audience != Audience {
		fault("audience %q: %q is allowed", t.Audience, Audience)
	}
	if len(t.Subjects) == 0 {
		fault("no subject: at least one of OnBranch, InEnvironment and PullRequest is required")
	}
	for i, s := range t.Subjects {
		if s.pullRequest {
			if t.Workflow != "" {
				fault("subjects[%d]: a pull request's workflow %q is its own to change: none is allowed", i, t.Workflow)
			}
			continue
		}
		check(fmt.Sprintf("subjects[%d]: branch", i), s.branch, branchPattern, "letters, digits, dots, underscores, hyphens and slashes, without wildcards and refs/heads/,")
		if len(s.branch) > 5 && s.branch[:5] == "refs/" {
			fault("subjects[%d]: branch %q: a name without refs/heads/ is allowed", i, s.branch)
		}
		if s.environment != "" {
			check(fmt.Sprintf("subjects[%d]: environment", i), s.environment, environmentPattern, "letters, digits, dots, underscores and hyphens, without wildcards,")
		}
	}
	if t.Workflow != "" {
		check("workflow", t.Workflow, workflowPattern, "files such as \".github/workflows/deploy.yml\"")
	}
	return errors.Join(errs...)
}

func claim(name string) string { return config.GitHubOIDCHost + ":" + name }

func ref(branch string) string { return "refs/heads/" + branch }

// sid numbers a statement's Sid where there are several of its kind.
func sid(name string, i, of int) string {
	if of == 1 {
		return name
	}
	return fmt.Sprintf("%s%d", name, i+1)
}
