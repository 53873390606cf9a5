package accessmodel

import (
	"maps"
	"slices"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
)

// recorded are the rows of the table of calls in every environment.
func recorded(t *testing.T) []observed.Row {
	t.Helper()
	rows, err := observed.ReadFile()
	if err != nil {
		t.Fatal(err)
	}
	return observed.In(rows, config.Fixture().Environments)
}

func ask(t *testing.T, p *inventory.Platform, rows []observed.Row) []observed.Asked {
	t.Helper()
	out, err := observed.Ask(p, rows)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func refused(t *testing.T, asked []observed.Asked) []string {
	t.Helper()
	out, err := observed.Refused(simulator, asked)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRecordedCallsAreAllowed: nobody meets AccessDenied on the first real day.
// What Terraform, the backend's pipeline and the person who bootstraps did in the
// rehearsal, they may do.
func TestRecordedCallsAreAllowed(t *testing.T) {
	rows, p := recorded(t), load(t, stacksOfTheFixture)
	if err := p.AddAdministrator(); err != nil {
		t.Fatal(err)
	}
	for _, why := range refused(t, ask(t, p, rows)) {
		if why != "" {
			t.Error(why)
		}
	}
	calls := map[string]int{}
	for _, row := range rows {
		calls[row.Role]++
	}
	t.Logf("%d recorded needs, by role %v", len(rows), calls)
	for _, role := range append(ciRolesOf(config.Fixture()), observed.Administrator) {
		if calls[role] == 0 {
			t.Errorf("%s: no call of it is recorded", role)
		}
	}
}

// TestRecordedCallsNoticeWhatIsMissing takes every statement that allows a
// recorded call away, one at a time: the call must then be refused.
func TestRecordedCallsNoticeWhatIsMissing(t *testing.T) {
	rows := recorded(t)
	p := load(t, stacksOfTheFixture)
	type taken struct {
		role, sid string
		rows      []observed.Row
	}
	var all []taken
	var asked []observed.Asked
	for _, name := range []string{config.InfraRole, config.InfraDiffRole, config.InfraReportRole, "deploy-role-dev"} {
		own := ask(t, p, slices.DeleteFunc(slices.Clone(rows), func(r observed.Row) bool { return r.Role != name }))
		for _, document := range p.Roles[name].Managed {
			for _, s := range p.Documents[document].Statements() {
				it := taken{role: name, sid: s.Sid}
				seen := map[string]bool{} // one row of each call and action is enough
				for _, r := range own {
					if s.Effect == policy.Allow && !seen[r.Call+r.Action] && policy.MatchAction(s.Actions, r.Action) && policy.MatchAny(s.Resources, r.Request.Resource) {
						it.rows, seen[r.Call+r.Action] = append(it.rows, r.Row), true
					}
				}
				if len(it.rows) == 0 {
					continue
				}
				left, err := without(p.Documents[document].Statements(), s.Sid).JSON()
				if err != nil {
					t.Fatal(err)
				}
				changed := p.Clone()
				if err := changed.SetDocument(document, left); err != nil {
					t.Fatal(err)
				}
				all = append(all, it)
				asked = append(asked, ask(t, changed, it.rows)...)
			}
		}
	}
	answers, left := refused(t, asked), maps.Clone(overlapping)
	for _, it := range all {
		noticed := slices.ContainsFunc(answers[:len(it.rows)], func(why string) bool { return why != "" })
		answers = answers[len(it.rows):]
		if !noticed && overlapping[it.sid] == "" {
			t.Errorf("%s: without %q all of its %d recorded actions are still allowed", it.role, it.sid, len(it.rows))
		}
		if !noticed {
			delete(left, it.sid)
		}
	}
	for sid := range left {
		t.Errorf("%q is not overlapping any more", sid)
	}
	t.Logf("%d statements taken away, one at a time", len(all))
}

// overlapping are the statements whose recorded calls another allows too, and
// what else they are for.
var overlapping = map[string]string{
	"FinishNewKeys":             "KeepKeys allows the same of a key whose tag counts, as the simulated one's does",
	"UseKeysThroughAWSServices": "what RDS and ECR do with a key in the caller's name; the state and secrets have statements of their own",
}
