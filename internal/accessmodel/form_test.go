package accessmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// The limits of IAM that package access does not check when it writes (IAM
// user guide, "IAM and AWS STS quotas").
const (
	maxInlineSize  = 10240
	maxSessionTime = 12 * 3600
)

// form is what must hold of every role and policy whatever it allows: IAM's
// limits, the right boundary, and statements that say what they are for.
func form(p *inventory.Platform) []string {
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for _, role := range p.Roles {
		if len(role.Name) > access.MaxRoleNameLength {
			fault("role %q: a name of %d characters; at most %d", role.Name, len(role.Name), access.MaxRoleNameLength)
		}
		if n := len(role.Trust); n > access.MaxTrustSize {
			fault("role %q: a trust of %d characters; at most %d", role.Name, n, access.MaxTrustSize)
		}
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
		if role.MaxSession > maxSessionTime {
			fault("role %q: sessions of %g seconds; at most %d", role.Name, role.MaxSession, maxSessionTime)
		}
	}
	faults = append(faults, boundaries(p)...)
	for name, document := range p.Documents {
		if isManaged(p, name) && len(document.JSON()) > access.MaxManagedPolicySize {
			fault("policy %q: %d characters; at most %d", name, len(document.JSON()), access.MaxManagedPolicySize)
		}
		sids := map[string]bool{}
		for _, s := range document.Statements() {
			if s.Sid == "" || sids[s.Sid] {
				fault("policy %q: Sid %q: every statement has one of its own", name, s.Sid)
			}
			sids[s.Sid] = true
			if s.Effect == policy.Allow && slices.Contains(s.Actions, "*") {
				fault("policy %q: %q allows every action", name, s.Sid)
			}
			if s.Effect == policy.Allow && len(s.NotActions)+len(s.NotResources) > 0 {
				fault("policy %q: %q allows all but something", name, s.Sid)
			}
			wholeServices := slices.ContainsFunc(s.Actions, func(a string) bool { return strings.HasSuffix(a, ":*") })
			if s.Effect == policy.Allow && len(s.Principals) == 0 && wholeServices && !slices.Contains(p.Boundaries, name) {
				fault("policy %q: %q allows all of a service; only a boundary may", name, s.Sid)
			}
		}
	}
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
	environment, _, _ := strings.Cut(strings.TrimPrefix(role.Name, "paperwurks-"), "-")
	return "paperwurks-workload-boundary-" + environment
}

// TestForm holds every role and policy against IAM's limits and the house's
// rules, and prints how much room is left.
func TestForm(t *testing.T) {
	p := load(t, stacksOfThePlatform)
	for _, f := range form(p) {
		t.Error(f)
	}
	policy, trust, attached := 0, 0, 0
	for name, document := range p.Documents {
		if isManaged(p, name) {
			policy = max(policy, len(document.JSON()))
		}
	}
	for _, role := range p.Roles {
		trust, attached = max(trust, len(role.Trust)), max(attached, len(role.Managed))
	}
	t.Logf("%d roles, %d documents; largest policy %d of %d, trust %d of %d, attachments %d of %d", len(p.Roles), len(p.Documents),
		policy, access.MaxManagedPolicySize, trust, access.MaxTrustSize, attached, access.MaxManagedPolicies)
}
