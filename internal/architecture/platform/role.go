package platform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
)

// Role is an IAM role.
type Role struct {
	Resource
	Name, Path, Description string
	// Trust says who may assume it, one for each statement.
	Trust []Trust
	// Policies are its own and those attached to it.
	Policies []Policy
}

// Trust is one statement of who may assume a role.
type Trust struct {
	// Service of AWS, such as "ecs-tasks.amazonaws.com"; or "".
	Service string
	// Repository on GitHub, such as "paperwurks/infra"; or "".
	Repository string
	// Branch and Environments that GitHub's token must name, and PullRequest
	// when it must be of one.
	Branch       string
	Environments []string
	PullRequest  bool
}

// Policy is a permissions policy.
type Policy struct {
	Name, Description string
	Statements        []policy.Statement
}

// OnlyDenies says that a policy gives nothing.
func (p Policy) OnlyDenies() bool {
	return !slices.ContainsFunc(p.Statements, func(s policy.Statement) bool { return s.Effect == policy.Allow })
}

// Allows says whether a statement of the role's policies allows the action on
// the resource. It looks at no condition, boundary or denial: docs/access.md has
// the whole evaluation.
func (r Role) Allows(action, resource string) bool {
	for _, p := range r.Policies {
		for _, s := range p.Statements {
			if s.Effect == policy.Allow && policy.MatchAction(s.Actions, action) && policy.MatchAny(s.Resources, resource) {
				return true
			}
		}
	}
	return false
}

// Roles are a stack's, by name.
func (s *Stacks) Roles(stack string) ([]Role, error) {
	var out []Role
	for _, r := range s.Of(stack, "aws_iam_role") {
		role := Role{Resource: r, Name: r.Text("name"), Path: r.Text("path"), Description: r.Text("description")}
		var err error
		if role.Trust, err = trusts(r.Text("assume_role_policy")); err != nil {
			return nil, fmt.Errorf("role %q: %w", role.Name, err)
		}
		for _, inline := range s.Of(stack, "aws_iam_role_policy") {
			if s.Refers(stack, inline.Attributes["role"], r) {
				if err := role.add(inline.Text("name"), "", inline.Text("policy")); err != nil {
					return nil, err
				}
			}
		}
		for _, attachment := range s.Of(stack, "aws_iam_role_policy_attachment") {
			if !s.Refers(stack, attachment.Attributes["role"], r) {
				continue
			}
			for _, managed := range s.References(stack, attachment.Attributes["policy_arn"]) {
				if err := role.add(managed.Text("name"), managed.Text("description"), managed.Text("policy")); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, role)
	}
	slices.SortFunc(out, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (r *Role) add(name, description, document string) error {
	d, err := policy.Parse([]byte(document))
	if err != nil {
		return fmt.Errorf("policy %q of role %q: %w", name, r.Name, err)
	}
	r.Policies = append(r.Policies, Policy{Name: name, Description: description, Statements: d.Statements})
	return nil
}

// subject is the spelling of GitHub's subject that has no numbers.
var subject = regexp.MustCompile(`^repo:([^:@]+):(.*)$`)

func trusts(document string) ([]Trust, error) {
	d, err := policy.Parse([]byte(document))
	if err != nil {
		return nil, fmt.Errorf("its trust: %w", err)
	}
	var out []Trust
	for _, statement := range d.Statements {
		t := Trust{Service: strings.Join(statement.IDs(policy.Service), ", ")}
		for _, c := range statement.Conditions {
			if c.Operator != policy.StringEquals {
				continue
			}
			_, claim, _ := strings.Cut(c.Key, ":")
			switch claim {
			case "ref":
				t.Branch = strings.TrimPrefix(strings.Join(c.Values, ", "), "refs/heads/")
			case "environment":
				t.Environments = c.Values
			case "sub":
				for _, value := range c.Values {
					if m := subject.FindStringSubmatch(value); m != nil {
						t.Repository, t.PullRequest = m[1], m[2] == "pull_request"
					}
				}
			}
		}
		out = append(out, t)
	}
	return out, nil
}
