package accessmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// maxInlineSize is a limit of IAM that package access does not check when it
// writes (IAM user guide, "IAM and AWS STS quotas").
const maxInlineSize = 10240

// form is what must hold of every role whatever it may do: IAM's limits of what
// is attached, and the right boundary. Names, sizes and Sids are checked where
// they are written, and sessions and what no statement may say by package compliance.
func form(p *inventory.Platform) []string {
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for _, role := range p.Roles {
		if n := len(role.Managed); n > access.MaxManagedPolicies {
			fault("role %q: %d managed policies; at most %d", role.Name, n, access.MaxManagedPolicies)
		}
		inline := 0
		for _, name := range role.Inline {
			inline += len(p.Documents[name].JSON())
		}
		if inline > maxInlineSize {
			fault("role %q: inline policies of %d characters; at most %d", role.Name, inline, maxInlineSize)
		}
	}
	for name, document := range p.Documents {
		if slices.ContainsFunc(document.Statements(), func(s policy.Statement) bool { return s.Effect == policy.Allow && slices.Contains(s.Actions, "*") }) {
			fault("policy %q allows every action", name)
		}
	}
	faults = append(faults, boundaries(p)...)
	slices.Sort(faults)
	return faults
}

func isManaged(p *inventory.Platform, name string) bool {
	return p.Sources[name].Resource.Type == "aws_iam_policy"
}

// boundaries finds roles that do not carry the boundary that they must.
func boundaries(p *inventory.Platform) []string {
	var faults []string
	for _, role := range p.Roles {
		if want := boundaryOf(role); role.Boundary != want {
			faults = append(faults, fmt.Sprintf("role %q: boundary %q; want %q", role.Name, role.Boundary, want))
		}
	}
	return faults
}

// boundaryOf is the boundary that a role must carry by its path and name.
func boundaryOf(role *inventory.Role) string {
	if strings.HasSuffix(role.Path, "/ci/") {
		return "paperwurks-ci-boundary"
	}
	if strings.HasSuffix(role.Path, "/people/") {
		return "paperwurks-people-boundary"
	}
	if role.Name == capability.ChatRole {
		return "paperwurks-chat-boundary"
	}
	if strings.HasSuffix(role.Path, "/account/") {
		return "paperwurks-account-boundary"
	}
	if strings.HasSuffix(role.Path, "/copies/") {
		return strings.Replace(strings.TrimSuffix(role.Name, "-replication"), "-copies-", "-copies-boundary-", 1)
	}
	for _, of := range []string{"-scheduler", "-off-hours"} {
		if env, ok := strings.CutSuffix(role.Name, of); ok {
			return strings.Replace(env, "paperwurks-", "paperwurks-workload-boundary-", 1) + of
		}
	}
	environment, _, _ := strings.Cut(strings.TrimPrefix(role.Name, "paperwurks-"), "-")
	return "paperwurks-workload-boundary-" + environment
}

// TestForm checks every role against IAM's limits, and prints how much room is left.
func TestForm(t *testing.T) {
	p := load(t, stacksOfThePlatform)
	for _, f := range form(p) {
		t.Error(f)
	}
	largest, trust, attached := 0, 0, 0
	for name, document := range p.Documents {
		if isManaged(p, name) {
			largest = max(largest, len(document.JSON()))
		}
	}
	for _, role := range p.Roles {
		trust, attached = max(trust, len(role.Trust)), max(attached, len(role.Managed))
	}
	t.Logf("%d roles, %d documents; largest policy %d of %d, trust %d of %d, attachments %d of %d", len(p.Roles), len(p.Documents),
		largest, access.MaxManagedPolicySize, trust, access.MaxTrustSize, attached, access.MaxManagedPolicies)
}
