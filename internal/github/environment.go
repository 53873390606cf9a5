package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// ErrNotFound is what GitHub answers for what does not exist, or what the
// token may not see.
var ErrNotFound = errors.New("not found")

// ErrForbidden is what GitHub answers when the token may not see something that
// it says is there.
var ErrForbidden = errors.New("not allowed")

// Environment is a repository's environment, with the rules for the jobs that
// name it (REST API, "Get an environment").
type Environment struct {
	// Branches are who may deploy; nil for every branch and tag.
	Branches []BranchPolicy
	// ProtectedBranches says that every protected branch may deploy: all of them,
	// where no branch is protected (GitHub documentation, "Deployments and
	// environments"). GitHub's rulesets do not count.
	ProtectedBranches bool
	// Reviewers is how many people or teams may approve; 0 when nobody has to.
	Reviewers int
	// PreventSelfReview keeps who started the run from approving it.
	PreventSelfReview bool
	// AdminsBypass lets the repository's administrators go on without approval;
	// nil where GitHub does not show it to the token.
	AdminsBypass *bool
}

// BranchPolicy is the name or pattern of branches, or of tags, that may deploy.
type BranchPolicy struct {
	Name string `json:"name"`
	// Type is "branch" or "tag".
	Type string `json:"type"`
}

// Environment reads an environment. The token needs the permission actions:
// read. It returns ErrNotFound if there is none.
func (c Client) Environment(ctx context.Context, name string) (Environment, error) {
	path := "/environments/" + url.PathEscape(name)
	var answer struct {
		CanAdminsBypass *bool `json:"can_admins_bypass"`
		ProtectionRules []struct {
			Type              string     `json:"type"`
			PreventSelfReview bool       `json:"prevent_self_review"`
			Reviewers         []struct{} `json:"reviewers"`
		} `json:"protection_rules"`
		Policy *struct {
			Protected bool `json:"protected_branches"`
			Custom    bool `json:"custom_branch_policies"`
		} `json:"deployment_branch_policy"`
	}
	if err := c.call(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return Environment{}, err
	}
	e := Environment{AdminsBypass: answer.CanAdminsBypass}
	for _, rule := range answer.ProtectionRules {
		if rule.Type == "required_reviewers" {
			e.Reviewers, e.PreventSelfReview = len(rule.Reviewers), rule.PreventSelfReview
		}
	}
	if answer.Policy == nil {
		return e, nil
	}
	e.ProtectedBranches = answer.Policy.Protected
	if !answer.Policy.Custom {
		return e, nil
	}
	var policies struct {
		BranchPolicies []BranchPolicy `json:"branch_policies"`
	}
	if err := c.call(ctx, http.MethodGet, path+"/deployment-branch-policies?per_page=100", nil, &policies); err != nil {
		return Environment{}, err
	}
	e.Branches = append([]BranchPolicy{}, policies.BranchPolicies...)
	return e, nil
}
