package accessmodel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/token"
	"github.com/paperwurks/infra/internal/markdown"
)

const (
	allowed = "✅"
	denied  = "🚫"
)

func mark(yes bool) string {
	if yes {
		return allowed
	}
	return denied
}

type page struct{ markdown.Page }

// admissions are the runs that can assume a role, and those that cannot.
func (p *page) admissions(settings config.Settings, platform *inventory.Platform, roles []string) error {
	p.Heading("From where each role can be assumed")
	p.Text(admissionsIntroduction)
	runs, err := capability.Runs(settings)
	if err != nil {
		return err
	}
	trusts := map[string]token.Trust{}
	for _, role := range roles {
		if trusts[role], err = token.ParseTrust(platform.Roles[role].Trust); err != nil {
			return fmt.Errorf("role %q: %w", role, err)
		}
	}
	p.Table(append([]string{"a workflow run on"}, roles...)...)
	var nowhere []string
	for _, run := range runs {
		cells := []string{run.Does}
		any := false
		for _, role := range roles {
			admitted, err := admits(trusts[role], platform.OIDCProviders, run)
			if err != nil {
				return fmt.Errorf("role %q: %w", role, err)
			}
			cells = append(cells, mark(admitted))
			any = any || admitted
		}
		if any {
			p.Row(cells...)
		} else {
			nowhere = append(nowhere, run.Does)
		}
	}
	p.Text("No role at all can be assumed from:")
	p.WriteString("\n")
	for _, does := range nowhere {
		fmt.Fprintf(p, "- %s\n", does)
	}
	return nil
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

// byArea splits verdicts where their area changes.
func byArea(verdicts []verdict) [][]verdict {
	var out [][]verdict
	for i, v := range verdicts {
		if i == 0 || v.area != verdicts[i-1].area {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], v)
	}
	return out
}

// glance is how much of each area a role may.
func (p *page) glance(verdicts []verdict, roles []string) {
	p.Table(append([]string{""}, roles...)...)
	for _, area := range byArea(verdicts) {
		may := map[string]int{}
		for _, v := range area {
			if v.got() {
				may[v.role]++
			}
		}
		cells := []string{area[0].area}
		for _, role := range roles {
			if may[role] == 0 {
				cells = append(cells, denied)
			} else {
				cells = append(cells, fmt.Sprintf("%d of %d", may[role], len(area)/len(roles)))
			}
		}
		p.Row(cells...)
	}
}

// matrix is one table an area: what is done, who may, why, and by which
// action. Verdicts are in the order of questions.
func (p *page) matrix(verdicts []verdict, roles []string) {
	for _, area := range byArea(verdicts) {
		fmt.Fprintf(p, "\n### %s\n", area[0].area)
		p.Table(append(append([]string{""}, roles...), "why", "action")...)
		for row := range slices.Chunk(area, len(roles)) {
			cells := []string{row[0].row.Does}
			for _, v := range row {
				cells = append(cells, mark(v.got()))
			}
			p.Row(append(cells, row[0].row.Why, "`"+row[0].row.Action+"`")...)
		}
	}
}

// documentedWorkloads leaves out the roles that only an attacker would make.
func documentedWorkloads(environments capability.Environments) []string {
	made := capability.MadeRoles()
	return slices.DeleteFunc(environments.WorkloadRoles(), func(role string) bool { return slices.Contains(made, role) })
}

// attachments lists each role's boundary and policies with their statements'
// names, which say what they are for.
func (p *page) attachments(platform *inventory.Platform) {
	p.Table("role", "path", "boundary", "policies")
	var names []string
	for name := range platform.Roles {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		role := platform.Roles[name]
		policies := append(slices.Clone(role.Managed), role.Inline...)
		slices.Sort(policies)
		p.Row("`"+name+"`", "`"+role.Path+"`", "`"+role.Boundary+"`", strings.Join(policies, "<br>"))
	}
	p.Table("policy", "characters", "statements")
	documents := slices.Clone(platform.Boundaries)
	for _, name := range names {
		documents = append(documents, platform.Roles[name].Managed...)
	}
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
