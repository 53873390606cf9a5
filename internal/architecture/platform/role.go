package platform

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
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
	Statements        []Statement
}

// Statement is one statement of a policy.
type Statement struct {
	Sid                string
	Allows             bool
	Actions, Resources []string
}

// OnlyDenies says that a policy gives nothing.
func (p Policy) OnlyDenies() bool {
	return !slices.ContainsFunc(p.Statements, func(s Statement) bool { return s.Allows })
}

// Allows says whether a statement of the role's policies allows the action on
// the resource. It looks at no condition, boundary or denial: docs/access.md has
// the whole evaluation.
func (r Role) Allows(action, resource string) bool {
	for _, p := range r.Policies {
		for _, s := range p.Statements {
			if s.Allows && matches(s.Actions, action) && matches(s.Resources, resource) {
				return true
			}
		}
	}
	return false
}

// matches compares as IAM does: "*" is any text, "?" any character.
func matches(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		return regexp.MustCompile("^" + expression + "$").MatchString(value)
	})
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
			for _, policy := range s.References(stack, attachment.Attributes["policy_arn"]) {
				if err := role.add(policy.Text("name"), policy.Text("description"), policy.Text("policy")); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, role)
	}
	slices.SortFunc(out, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// document is an IAM policy; a value that may be one string or many is any.
type document struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource any
		Principal        struct{ Service any }
		Condition        map[string]map[string]any
	}
}

func (r *Role) add(name, description, policy string) error {
	var d document
	if err := json.Unmarshal([]byte(policy), &d); err != nil {
		return fmt.Errorf("policy %q of role %q: %w", name, r.Name, err)
	}
	p := Policy{Name: name, Description: description}
	for _, s := range d.Statement {
		p.Statements = append(p.Statements, Statement{s.Sid, s.Effect == "Allow", many(s.Action), many(s.Resource)})
	}
	r.Policies = append(r.Policies, p)
	return nil
}

// subject is the spelling of GitHub's subject that has no numbers.
var subject = regexp.MustCompile(`^repo:([^:@]+):(.*)$`)

func trusts(policy string) ([]Trust, error) {
	var d document
	if err := json.Unmarshal([]byte(policy), &d); err != nil {
		return nil, fmt.Errorf("its trust: %w", err)
	}
	var out []Trust
	for _, statement := range d.Statement {
		var t Trust
		t.Service = strings.Join(many(statement.Principal.Service), ", ")
		for key, value := range statement.Condition["StringEquals"] {
			_, claim, _ := strings.Cut(key, ":")
			values := many(value)
			switch claim {
			case "ref":
				t.Branch = strings.TrimPrefix(strings.Join(values, ", "), "refs/heads/")
			case "environment":
				t.Environments = values
			case "sub":
				for _, value := range values {
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

func many(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, inner := range v {
			if s, ok := inner.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
