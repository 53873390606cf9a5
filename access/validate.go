package access

import (
	"errors"
	"fmt"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Validate checks the settings (config.Settings.Validate) and that every policy
// that grows with them is one that AWS takes. Its error is config.Faults: all
// that is wrong, at once. A name that is refused anyway counts as one character.
func Validate(s config.Settings) error {
	var faults config.Faults
	if err := s.Validate(); err != nil && !errors.As(err, &faults) {
		return err
	}
	faults = append(faults, sizeFaults(s, s.Shortest(faults))...)
	if len(faults) == 0 {
		return nil
	}
	return faults
}

// growing is a policy that grows with a list of settings.
type growing struct {
	// path of the list, and how many it holds.
	path  string
	count int
	// need is what helps, what names the policy.
	need, what string
	document   policy.Document
	// limit is how many characters AWS takes.
	limit int
}

// sizeFaults measures the policies of the shortened settings. Of several
// policies that are too large by the same list it reports the largest.
func sizeFaults(s, shortened config.Settings) []config.Fault {
	var faults []config.Fault
	largest := map[[2]string]int{}
	at := map[[2]string]int{}
	for _, g := range growingPolicies(s, shortened) {
		text, err := g.document.JSON()
		if err != nil || len(text) <= g.limit {
			continue // an invalid document has a fault of its own
		}
		fault := config.Fault{
			Path: g.path, Value: fmt.Sprint(g.count),
			Problem: fmt.Sprintf("%s are required: %s would have at least %d characters, and AWS takes %d", g.need, g.what, len(text), g.limit),
		}
		list := [2]string{g.path, g.need}
		switch {
		case largest[list] == 0:
			at[list] = len(faults)
			faults = append(faults, fault)
		case largest[list] < len(text):
			faults[at[list]] = fault
		default:
			continue
		}
		largest[list] = len(text)
	}
	return faults
}

func growingPolicies(given, s config.Settings) []growing {
	const path = "environments"
	n := s.Names()
	protected := 0
	for _, env := range s.Environments {
		if env.IsProtected() {
			protected++
		}
	}
	out := []growing{
		{
			path: path, count: len(s.Environments), need: "fewer environments, or shorter names of GitHub environments,",
			what:     "the trust policy of " + config.InfraRole,
			document: InfraTrust(s).document(n.OIDCProviderARN()), limit: MaxTrustSize,
		},
		{
			path: path, count: protected, need: "fewer environments whose data is protected, or shorter names,",
			what:     "the policy that keeps " + config.InfraRole + " from what they hold",
			document: policy.Document{Statements: infraProtection(n, s.Environments)}, limit: MaxManagedPolicySize,
		},
		{
			path: path, count: len(s.Environments), need: "fewer environments, or shorter names,",
			what:     "the policy that lets " + config.InfraRole + " build their buckets",
			document: policy.Document{Statements: infraBuckets(n, s.Environments)}, limit: MaxManagedPolicySize,
		},
	}
	if len(s.People.Roles()) > 0 {
		what := []ManagedPolicy{{Name: n.PeopleBoundary(), Document: PeopleBoundary(n, s.Environments)}, {Name: n.PeopleRole(config.OnCallRole), Document: OnCall(n, s.Environments)}}
		for _, p := range what {
			out = append(out, growing{
				path: path, count: len(s.Environments) - protected, need: "fewer environments whose data is not protected, or shorter names,",
				what: p.Name, document: p.Document, limit: MaxManagedPolicySize,
			})
		}
	}
	for _, r := range s.People.Roles() {
		out = append(out, growing{
			path: r.Path(), count: len(r.PermissionSets) + len(r.Principals), need: "fewer people, or a permission set for all of them,",
			what:     "the trust policy of " + n.PeopleRole(r.Role),
			document: PeopleTrust(n, r.Assumers), limit: MaxTrustSize,
		})
	}
	for i, env := range s.Environments {
		fewer := "fewer services, or shorter names,"
		if len(env.Jobs) > 0 {
			fewer = "fewer services and jobs, or shorter names,"
		}
		services := func(what string, document policy.Document) growing {
			return growing{
				path: given.EnvironmentPath(i) + ".services", count: len(env.Services), need: fewer,
				what: what, document: document, limit: MaxManagedPolicySize,
			}
		}
		d := newDeployment(n, env, subnetIDs(s))
		out = append(out,
			services("the policy that lets deploy-role deploy them", policy.Document{Statements: d.tasks()}),
			services("the policy that lets deploy-role read their logs", policy.Document{Statements: d.observation()}),
			services("the policy of what deploy-role never does", policy.Document{Statements: d.limits(d.allowed())}),
			services("the permissions boundary of their roles", WorkloadBoundary(n, env)))
		for _, j := range []struct {
			what     string
			document policy.Document
		}{
			{"the policy that lets deploy-role run them", policy.Document{Statements: d.jobs()}},
			{"the permissions boundary of the role that starts them", SchedulerBoundary(n, env)},
		} {
			if len(env.Jobs) > 0 {
				out = append(out, growing{
					path: given.EnvironmentPath(i) + ".jobs", count: len(env.Jobs), need: "fewer jobs, or shorter names,",
					what: j.what, document: j.document, limit: MaxManagedPolicySize,
				})
			}
		}
	}
	return out
}

// subnetIDs are as many and as long as those of an environment's private
// subnets, which AWS makes: "subnet-" and 17 digits, one a zone.
func subnetIDs(s config.Settings) []string {
	var out []string
	for i := range s.AvailabilityZones {
		out = append(out, fmt.Sprintf("subnet-%017x", i))
	}
	return out
}
