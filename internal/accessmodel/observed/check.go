package observed

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// In the environments given are the rows: each once for every one of its own
// that is among them. What a deploy role does in one environment, every
// environment's must be able to do, but for jobs that this one does not have.
func In(rows []Row, environments []config.Environment) []Row {
	var jobs []string
	for _, env := range environments {
		for _, job := range env.Jobs {
			jobs = append(jobs, job.Name)
		}
	}
	var out []Row
	for _, row := range rows {
		if len(row.Environments) == 0 {
			out = append(out, row)
			continue
		}
		for _, env := range environments {
			if slices.Contains(row.Environments, env.Name) || strings.HasPrefix(row.Role, "deploy-role-") && !row.isOfAJobNotIn(env, jobs) {
				out = append(out, row.In(env.Name))
			}
		}
	}
	return out
}

// isOfAJobNotIn says whether the row is about one of the jobs, or about schedules, and
// the environment has none of that.
func (r Row) isOfAJobNotIn(env config.Environment, jobs []string) bool {
	if len(env.ScheduledJobs()) == 0 && strings.HasPrefix(r.Call, "scheduler ") {
		return true
	}
	return slices.ContainsFunc(jobs, func(job string) bool {
		is := strings.Contains(r.Resource, "-{env}-"+job+":") || strings.Contains(r.Resource, "/{env}/ecs/"+job+":") ||
			strings.HasSuffix(r.Resource, "-{env}-"+job+"-task") || strings.HasSuffix(r.Resource, "-{env}-"+job+"-execution") || strings.HasSuffix(r.Resource, "-{env}/"+job)
		return is && !slices.ContainsFunc(env.Jobs, func(j config.Job) bool { return j.Name == job })
	})
}

// Missing are the rows that a table lacks, in any of their environments.
func Missing(rows, table []Row) []Row {
	there := map[string]Row{}
	for _, r := range table {
		there[r.key()] = r
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		known, ok := there[r.key()]
		return ok && !slices.ContainsFunc(r.Environments, func(name string) bool { return !slices.Contains(known.Environments, name) })
	})
}

// Merge is a table with rows added to it, in order.
func Merge(table, rows []Row) []Row {
	merged := map[string]Row{}
	for _, r := range slices.Concat(table, rows) {
		r.Environments = slices.Concat(merged[r.key()].Environments, r.Environments)
		slices.Sort(r.Environments)
		r.Environments = slices.Compact(r.Environments)
		merged[r.key()] = r
	}
	return slices.SortedFunc(maps.Values(merged), func(a, b Row) int { return strings.Compare(a.key(), b.key()) })
}

// Asked is a row as IAM is asked for it.
type Asked struct {
	Row
	Request iamsim.Request
}

// Ask puts rows, in one environment each, to the roles of the stacks.
func Ask(p *inventory.Platform, rows []Row) ([]Asked, error) {
	out := make([]Asked, len(rows))
	for i, row := range rows {
		role := p.Roles[row.Role]
		if role == nil {
			return nil, fmt.Errorf("%s: no stack makes role %q", row.Call, row.Role)
		}
		request, err := row.request(p, role)
		if err != nil {
			return nil, err
		}
		out[i] = Asked{row, request}
	}
	return out, nil
}

// Refused says of each row why its role may not do it; "" where it may.
func Refused(simulator *iamsim.Simulator, asked []Asked) ([]string, error) {
	requests := make([]iamsim.Request, len(asked))
	for i, a := range asked {
		requests[i] = a.Request
	}
	answers, err := simulator.Ask(requests)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(asked))
	for i, answer := range answers {
		allowed := answer.Decision == iamsim.Allowed
		if answer.Error != "" && beyondTheSimulator(asked[i].Row) {
			allowed = plainlyAllowed(asked[i].Request)
		}
		if !allowed {
			out[i] = strings.TrimSpace(asked[i].String() + ": " + string(answer.Decision) + answer.Error + " " + strings.Join(answer.By, " "))
		}
	}
	return out, nil
}

// beyondTheSimulator are the tags of target groups and listeners: its data
// knows elasticloadbalancing:AddTags as Classic Load Balancers have it.
func beyondTheSimulator(r Row) bool {
	return slices.Contains([]string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"}, r.Action) &&
		!strings.Contains(r.Resource, ":loadbalancer/")
}

// plainlyAllowed says whether a statement without conditions of a role's own allows
// a request, one of its boundary does too, and none denies its action on it, both
// whatever the conditions.
func plainlyAllowed(r iamsim.Request) bool {
	says := func(effect policy.Effect, conditions bool, documents ...*iamsim.Policy) bool {
		return slices.ContainsFunc(documents, func(p *iamsim.Policy) bool {
			return slices.ContainsFunc(p.Statements(), func(s policy.Statement) bool {
				return s.Effect == effect && s.SpeaksOf(r.Action) && (conditions || len(s.Conditions) == 0) &&
					(policy.MatchAny(s.Resources, r.Resource) || effect == policy.Deny && len(s.NotResources) > 0)
			})
		})
	}
	if r.Boundary != nil && (!says(policy.Allow, true, r.Boundary) || says(policy.Deny, true, r.Boundary)) {
		return false
	}
	return says(policy.Allow, false, r.Identity...) && !says(policy.Deny, true, r.Identity...)
}
