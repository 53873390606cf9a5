package accessmodel

import (
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/iamsim"
)

// identities are what the roles of CI must not change, for each kind of
// resource that IAM knows: their own roles and policies, the boundaries, the
// provider of tokens, and all that the platform does not have.
var identities = map[string][]string{
	"role":               {"paperwurks/ci/infra-role", "paperwurks/ci/infra-diff-role", "paperwurks/ci/infra-report-role", "paperwurks/ci/deploy-role-prod", "paperwurks/people/paperwurks-on-call", "paperwurks/people/paperwurks-break-glass", "administrator"},
	"policy":             {"paperwurks/ci/paperwurks-infra-role-limits", "paperwurks/boundary/paperwurks-ci-boundary", "paperwurks/boundary/paperwurks-workload-boundary-prod", "paperwurks/boundary/paperwurks-people-boundary", "paperwurks/people/paperwurks-break-glass", "other"},
	"oidc-provider":      {"token.actions.githubusercontent.com", "evil.example"},
	"user":               {"u"},
	"group":              {"g"},
	"saml-provider":      {"s"},
	"instance-profile":   {"i"},
	"mfa":                {"m"},
	"server-certificate": {"c"},
	"sms-mfa":            {"m"},
}

// TestNoIdentityChanges asks of every action that IAM has, whatever AWS adds:
// what does not merely read is denied to every role of CI on every identity
// but a workload's, even when somebody allows everything by mistake.
func TestNoIdentityChanges(t *testing.T) {
	p := load(t, stacksOfTheFixture)
	if err := allowEverything(p); err != nil {
		t.Fatal(err)
	}
	reference, err := iamsim.Describe([]string{"iam:*"})
	if err != nil {
		t.Fatal(err)
	}
	var requests []iamsim.Request
	for _, action := range reference.Matches["iam:*"] {
		if reads(action.Name) {
			continue
		}
		for _, resource := range identitiesOf(action, p.Account) {
			for _, name := range ciRolesOf(config.Fixture()) {
				request, err := p.Request(p.Roles[name], action.Name, resource, nil)
				if err != nil {
					t.Fatal(err)
				}
				// The best that could be sent.
				request.Ambient["iam:PermissionsBoundary"] = p.Roles["paperwurks-prod-web-task"].BoundaryARN
				request.Ambient["iam:PolicyARN"] = "arn:aws:iam::" + p.Account + ":policy/paperwurks/workload/queue"
				request.Ambient["iam:PassedToService"] = "ecs-tasks.amazonaws.com"
				requests = append(requests, request)
			}
		}
	}
	answers, err := simulator.Ask(requests)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if a.Error != "" || a.Decision == iamsim.Allowed {
			t.Errorf("%s: %s on %s: %s %s by %q", requests[i].Principal, requests[i].Action, requests[i].Resource, a.Decision, a.Error, a.By)
		}
	}
	t.Logf("%d requests over %d actions of IAM", len(requests), len(reference.Matches["iam:*"]))
}

// reads says whether an action of IAM changes nothing, or makes only what AWS
// defines.
func reads(action string) bool {
	name := strings.TrimPrefix(action, "iam:")
	return slices.ContainsFunc([]string{"Get", "List", "Simulate", "Generate"}, func(verb string) bool { return strings.HasPrefix(name, verb) }) ||
		name == "CreateServiceLinkedRole"
}

// identitiesOf are the identities that an action takes; "*" when it takes
// none.
func identitiesOf(action iamsim.Action, account string) []string {
	if len(action.Resources) == 0 {
		return []string{"*"}
	}
	var out []string
	for _, pattern := range action.Resources {
		kind, _, _ := strings.Cut(strings.SplitN(pattern, ":", 6)[5], "/")
		for _, name := range identities[kind] {
			out = append(out, "arn:aws:iam::"+account+":"+kind+"/"+name)
		}
		if identities[kind] == nil {
			out = append(out, "arn:aws:iam::"+account+":"+kind+"/x")
		}
	}
	return out
}
