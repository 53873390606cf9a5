package accessmodel

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// TestStatementsAreAlive checks every statement against AWS's service
// authorization reference: each action exists and takes one of the statement's
// resources, and each resource is taken by one of the actions. A statement that
// is not so grants or denies nothing. TestConditionKeys checks its conditions.
func TestStatementsAreAlive(t *testing.T) {
	p := load(t, stacksOfThePlatform)
	var patterns []string
	for _, document := range p.Documents {
		for _, s := range document.Statements() {
			patterns = append(patterns, s.Actions...)
			patterns = append(patterns, s.NotActions...)
		}
	}
	slices.Sort(patterns)
	reference, err := iamsim.Describe(slices.DeleteFunc(slices.Compact(patterns), func(s string) bool { return s == "*" }))
	if err != nil {
		t.Fatal(err)
	}
	for name, document := range p.Documents {
		for _, s := range document.Statements() {
			for _, fault := range deadParts(p, reference, s) {
				t.Errorf("%s: %s: %s", name, s.Sid, fault)
			}
		}
	}
}

func deadParts(p *inventory.Platform, reference iamsim.Reference, s policy.Statement) []string {
	var faults []string
	for _, pattern := range append(slices.Clone(s.Actions), s.NotActions...) {
		if pattern != "*" && len(reference.Matches[pattern]) == 0 {
			faults = append(faults, "no action is called "+pattern)
		}
	}
	if slices.Contains(s.Actions, "*") || len(s.NotActions) > 0 {
		return faults
	}
	used := map[string]bool{}
	for _, pattern := range s.Actions {
		alive := false
		for _, action := range reference.Matches[pattern] {
			taken := takenResources(action, s)
			for _, r := range taken {
				used[r] = true
			}
			if len(taken) > 0 || len(s.Resources) == 0 {
				alive = alive || !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return !reference.Sends(action, c.Key) })
			} else if s.Effect == policy.Allow && !strings.Contains(pattern, "*") {
				faults = append(faults, action.Name+" takes none of the resources")
			}
		}
		if !alive && strings.Contains(pattern, "*") {
			faults = append(faults, pattern+" has no effect")
		}
	}
	for _, r := range append(slices.Clone(s.Resources), s.NotResources...) {
		if wildcardKind(r) {
			faults = append(faults, r+": AWS takes no wildcard in the kind of a resource")
		}
	}
	for _, r := range s.Resources {
		if !used[r] {
			faults = append(faults, "no action takes "+r)
		}
	}
	return faults
}

// wildcardKind says whether an ARN has a wildcard in the part that names the
// kind of resource (IAM user guide, "Incorrect wildcard usage").
func wildcardKind(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] == "s3" || parts[5] == "*" {
		return false
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	kind, _, _ = strings.Cut(kind, ":")
	return strings.Contains(kind, "*") && kind != parts[5]
}

// takenResources are those of the statement's resources that the action
// takes.
func takenResources(action iamsim.Action, s policy.Statement) []string {
	var taken []string
	for _, r := range s.Resources {
		if r == "*" {
			taken = append(taken, r)
			continue
		}
		for _, pattern := range action.Resources {
			if overlap(variables(pattern), r) {
				taken = append(taken, r)
				break
			}
		}
	}
	return taken
}

// variables turns the placeholders of AWS's ARN patterns into wildcards.
func variables(pattern string) string {
	var out strings.Builder
	for {
		start := strings.Index(pattern, "${")
		if start < 0 {
			out.WriteString(pattern)
			return out.String()
		}
		end := strings.Index(pattern, "}")
		out.WriteString(pattern[:start] + "*")
		pattern = pattern[end+1:]
	}
}

// overlap says whether some text matches both patterns, in which * is any
// text.
func overlap(a, b string) bool {
	switch {
	case a == "" && b == "":
		return true
	case a != "" && a[0] == '*':
		return overlap(a[1:], b) || b != "" && overlap(a, b[1:])
	case b != "" && b[0] == '*':
		return overlap(a, b[1:]) || a != "" && overlap(a[1:], b)
	case a == "" || b == "":
		return false
	default:
		return a[0] == b[0] && overlap(a[1:], b[1:])
	}
}

// TestPrincipalsAreRoles: every pattern of aws:PrincipalArn matches a role that
// the stacks make. One that matches none lets nobody in, or keeps nobody out. Those of
// the roles for people are asked of TakingRoles.
func TestPrincipalsAreRoles(t *testing.T) {
	p, settings := load(t, stacksOfThePlatform), config.Platform()
	documents, err := documentsOf(stacksOfThePlatform)
	if err != nil {
		t.Fatal(err)
	}
	patterns := 0
	for at, document := range documents {
		for _, s := range document.Statements {
			for _, c := range s.Conditions {
				if !strings.EqualFold(c.Key, "aws:PrincipalArn") || strings.Contains(at, "setup_people_") {
					continue
				}
				for _, pattern := range c.Values {
					if pattern == settings.Names().PeopleRoleARN("*") && len(settings.People.Roles()) == 0 {
						continue
					}
					patterns++
					matches := func(role *inventory.Role) bool { return policy.MatchARN(pattern, role.ARN) }
					if !strings.Contains(pattern, ":role/aws-service-role/") && !slices.ContainsFunc(slices.Collect(maps.Values(p.Roles)), matches) {
						t.Errorf("%s: %s: %s %q matches no role", at, s.Sid, c.Operator, pattern)
					}
				}
			}
		}
	}
	t.Logf("%d patterns", patterns)
}
