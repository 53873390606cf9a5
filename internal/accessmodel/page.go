package accessmodel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/token"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/markdown"
)

type page struct{ markdown.Page }

// allowedTo says who may, of all who were asked: the deploy roles of all
// environments as one, so that another environment changes nothing here.
func allowedTo(roles, asked []string) string {
	deploys := func(of []string) int {
		return len(slices.DeleteFunc(slices.Clone(of), func(r string) bool { return !strings.HasPrefix(r, "deploy-role-") }))
	}
	var out []string
	every := deploys(roles) > 0 && deploys(roles) == deploys(asked)
	for _, role := range roles {
		if !every || !strings.HasPrefix(role, "deploy-role-") {
			out = append(out, "`"+role+"`")
		}
	}
	if every {
		out = append(out, "each deploy-role")
	}
	if len(out) == 0 {
		return "🚫"
	}
	return "✅ " + strings.Join(out, ", ")
}

// answered is a row with those who may.
type answered struct {
	area  string
	row   capability.Row
	roles []string
}

// byRow puts together the verdicts of each row, which were asked of every role
// in turn.
func byRow(verdicts []verdict, roles []string) []answered {
	var out []answered
	for of := range slices.Chunk(verdicts, len(roles)) {
		a := answered{area: of[0].area, row: of[0].row}
		for _, v := range of {
			if v.got() {
				a.roles = append(a.roles, v.role)
			}
		}
		out = append(out, a)
	}
	return out
}

// of leaves the rows about an environment, or "" for those about all.
func of(rows []answered, env string) []answered {
	return slices.DeleteFunc(slices.Clone(rows), func(a answered) bool { return a.row.Of != env })
}

// matrix is one folded table for each area: what is done, who may, why, and by
// which action.
func (p *page) matrix(rows []answered, asked []string) {
	for len(rows) > 0 {
		end := slices.IndexFunc(rows, func(a answered) bool { return a.area != rows[0].area })
		if end < 0 {
			end = len(rows)
		}
		area := rows[:end]
		p.Details(fmt.Sprintf("%s (%d)", area[0].area, len(area)), func() {
			p.Table("what", "allowed to", "why", "action")
			for _, a := range area {
				p.Row(a.row.Does, allowedTo(a.roles, asked), a.row.Why, "`"+a.row.Action+"`")
			}
		})
		rows = rows[end:]
	}
}

// people is the administrator's matrix: what is done, whether it may be, for
// which command, why, and by which action.
func (p *page) people(rows []answered) {
	p.Table("what", "", "for", "why", "action")
	area := ""
	for _, a := range rows {
		if a.area != area {
			area = a.area
			p.Row("**"+strings.TrimSuffix(strings.TrimSuffix(area, ", for an administrator"), ", by an administrator")+"**", "", "", "", "")
		}
		mark, command := "🚫", ""
		if len(a.roles) > 0 {
			mark = "✅"
		}
		if a.row.For != "" {
			command = "`" + a.row.For + "`"
		}
		p.Row(a.row.Does, mark, command, a.row.Why, "`"+a.row.Action+"`")
	}
}

// assumers says who may assume each role for people.
func (p *page) assumers(settings config.Settings) {
	p.Table("role", "assumed by permission sets", "by IAM users, with a second factor, and roles", "for at most")
	for _, r := range settings.People.All() {
		cell := func(names []string) string {
			if len(names) == 0 {
				return "nobody"
			}
			return "`" + strings.Join(names, "`, `") + "`"
		}
		role := "`" + settings.Names().PeopleRole(r.Role) + "`"
		if !r.Any() {
			role += ", which is not made"
		}
		p.Row(role, cell(r.PermissionSets), cell(r.Principals), fmt.Sprintf("%d minutes", config.SessionSeconds(r.Role)/60))
	}
}

// admission is a workflow run and the roles that it can assume.
type admission struct {
	run   capability.Run
	roles []string
}

func admissions(settings config.Settings, platform *inventory.Platform, roles []string) ([]admission, error) {
	runs, err := capability.Runs(settings)
	if err != nil {
		return nil, err
	}
	var out []admission
	for _, run := range runs {
		a := admission{run: run}
		for _, role := range roles {
			trust, err := token.ParseTrust(platform.Roles[role].Trust)
			if err != nil {
				return nil, fmt.Errorf("role %q: %w", role, err)
			}
			admitted, err := admits(trust, platform.OIDCProviders, run)
			if err != nil {
				return nil, fmt.Errorf("role %q: %w", role, err)
			}
			if admitted {
				a.roles = append(a.roles, role)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// admits says whether a run may assume the role with either spelling of its
// subject.
func admits(trust token.Trust, providers map[string][]string, run capability.Run) (bool, error) {
	for _, immutable := range []bool{false, true} {
		run.ImmutableSubject = immutable
		admitted, err := trust.Admits(providers, run.Token())
		if err != nil || admitted {
			return admitted, err
		}
	}
	return false, nil
}

// runs are the workflow runs about an environment, or "" for those about none.
func (p *page) runs(all []admission, env string) {
	p.Table("a workflow run on", "can assume")
	for _, a := range all {
		if a.run.Of == env {
			p.Row(a.run.Does, allowedTo(a.roles, nil))
		}
	}
}

// deployments are the runs that change something, by environment.
func (p *page) deployments(settings config.Settings, all []admission) {
	p.Table("what changes", "by a run on", "as", "approved by the reviewers of")
	names := map[string]string{config.InfraRole: "infrastructure"}
	repositories := map[string]string{config.InfraRole: settings.GitHub.InfraRepository}
	for _, a := range all {
		for _, role := range a.roles {
			if role == config.InfraDiffRole || role == config.InfraReportRole {
				continue
			}
			what, ok := names[role]
			repository := repositories[role]
			if !ok {
				what, repository = "what runs", settings.GitHub.BackendRepository
			}
			environment := a.run.Run.Environment
			p.Row(what+" of "+environment, a.run.Does, "`"+role+"`", "environment `"+environment+"` of "+settings.GitHub.Owner+"/"+repository)
		}
	}
}

// reaches is a table of what there is to reach in each environment, and who
// does, of every role that the stacks make and the administrator.
func (p *page) reaches(settings config.Settings, platform *inventory.Platform, simulator *iamsim.Simulator) error {
	for i, env := range settings.Environments {
		cells := []string{env.Name}
		columns := []string{""}
		for _, reach := range capability.Reached(env) {
			roles, err := whoReachesIt(platform, simulator, reach)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", reach.What, env.Name, err)
			}
			columns, cells = append(columns, reach.What), append(cells, strings.Join(roles, "<br>"))
		}
		if i == 0 {
			p.Table(columns...)
		}
		p.Row(cells...)
	}
	return nil
}

// whoReachesIt are the roles that may do all of it.
func whoReachesIt(platform *inventory.Platform, simulator *iamsim.Simulator, reach capability.Reach) ([]string, error) {
	if len(reach.Rows) == 0 {
		return []string{"–"}, nil
	}
	names := slices.Sorted(maps.Keys(platform.Roles))
	var requests []iamsim.Request
	for _, name := range names {
		for _, row := range reach.Rows {
			request, err := row.Request(platform, platform.Roles[name])
			if err != nil {
				return nil, err
			}
			requests = append(requests, request)
		}
	}
	answers, err := simulator.Ask(requests)
	if err != nil {
		return nil, err
	}
	var out []string
	for i, of := range slices.Collect(slices.Chunk(answers, len(reach.Rows))) {
		all := true
		for _, answer := range of {
			if answer.Error != "" {
				return nil, errors.New(answer.Error)
			}
			all = all && answer.Decision == iamsim.Allowed
		}
		if all {
			out = append(out, "`"+names[i]+"`")
		}
	}
	return out, nil
}

// sessions says how long the sessions of roles may be, by their length.
func sessions(platform *inventory.Platform, roles []string) string {
	of := map[float64][]string{}
	for _, role := range roles {
		seconds := platform.Roles[role].MaxSession
		of[seconds] = append(of[seconds], role)
	}
	var out []string
	for _, seconds := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fmt.Sprintf("%g minutes (%s)", seconds/60, strings.TrimPrefix(allowedTo(of[seconds], roles), "✅ ")))
	}
	return strings.Join(out, ", ")
}

// documentedWorkloads leaves out the roles that only an attacker would make.
func documentedWorkloads(environments capability.Environments, jobs capability.Jobs, off []string) []string {
	return slices.DeleteFunc(environments.WorkloadRoles(jobs, off), capability.IsMade)
}

// environmentOf is the environment that the name of a role or a policy holds; ""
// for none.
func environmentOf(name string, environments []string) string {
	found := ""
	for _, env := range environments {
		if strings.Contains(name+"-", "-"+env+"-") && len(env) > len(found) {
			found = env
		}
	}
	return found
}

// attachments lists the boundary and policies of an environment's roles, or of
// those of none, with their statements' names, which say what they are for.
func (p *page) attachments(platform *inventory.Platform, env string, environments []string) {
	p.Table("role", "path", "boundary", "policies")
	in := func(name string) bool { return environmentOf(name, environments) == env }
	documents := slices.DeleteFunc(slices.Clone(platform.Boundaries), func(name string) bool { return !in(name) })
	for _, name := range slices.Sorted(maps.Keys(platform.Roles)) {
		if !in(name) {
			continue
		}
		role := platform.Roles[name]
		policies := append(slices.Clone(role.Managed), role.Inline...)
		slices.Sort(policies)
		p.Row("`"+name+"`", "`"+role.Path+"`", "`"+role.Boundary+"`", strings.Join(policies, "<br>"))
		documents = append(documents, role.Managed...)
	}
	p.Table("policy", "characters", "statements")
	slices.Sort(documents)
	for _, name := range slices.Compact(documents) {
		document := platform.Documents[name]
		var sids []string
		for _, s := range document.Statements() {
			sids = append(sids, s.Sid)
		}
		p.Row("`"+name+"`", fmt.Sprint(len(document.JSON())), strings.Join(sids, ", "))
	}
}
