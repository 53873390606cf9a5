package accessmodel

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/runbook"
	"github.com/paperwurks/infra/internal/status"
)

// rowsFor are the rows of the people's table that say yes to a role.
func rowsFor(role string) []capability.Row {
	var rows []capability.Row
	for _, area := range environmentsOf(config.Fixture()).People(switchableOf(config.Fixture())) {
		for _, row := range area.Rows {
			if slices.Contains(row.May, config.Fixture().Names().PeopleRole(role)) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// TestOnCallTableHasEveryCommand: what the page for three in the morning runs,
// and what `make status` was recorded to call, has a row that says yes; and no
// row is for another command.
func TestOnCallTableHasEveryCommand(t *testing.T) {
	// What whoever is on call does by other pages.
	elsewhere := []string{"aws logs describe-metric-filters", "aws ecs update-service", "make switch-off", "make switch-on"}
	root, err := process.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Prod does not answer\n")
	section, rollback, _ := strings.Cut(section, "\n### Send pages to who is on call\n")
	_, rollback, _ = strings.Cut(rollback, "\n## Roll back a deployment\n")
	rollback, _, _ = strings.Cut(rollback, "\n**Nobody to approve?**")
	var run []string
	for _, part := range runbook.Parts(section + rollback) {
		if part.Role != config.BreakGlassRole && part.Role != "administrator" {
			run = append(run, command.FindAllString(part.Text, -1)...)
		}
	}
	if !strings.Contains(section, "make status ENV=<env>") || len(run) < 6 {
		t.Fatalf("the section runs %q", run)
	}
	inTable := map[string]bool{}
	actions := map[string]bool{}
	for _, row := range rowsFor(config.OnCallRole) {
		inTable[row.For] = true
		actions[row.Action] = true
	}
	for _, c := range run {
		if !inTable[c] {
			t.Errorf("%q: no row of capability.People is for it", c)
		}
	}
	for c := range inTable {
		if c != "" && c != "make status" && !slices.Contains(elsewhere, c) && !slices.Contains(run, c) {
			t.Errorf("%q: the section does not run it", c)
		}
	}
	tape, err := status.ReadTape(filepath.Join(root, "internal/status/testdata/up.json"))
	if err != nil {
		t.Fatal(err)
	}
	for call := range tape.Answers {
		fields := strings.Fields(call)
		service := fields[0]
		if service == "monitoring" { // the name that CloudWatch's requests are signed with
			service = "cloudwatch"
		}
		if action := service + ":" + fields[2]; !actions[action] {
			t.Errorf("make status called %s: no row of capability.People is about it", action)
		}
	}
}

// TestPeopleHaveNoMoreThanTheyNeed: each action of a role is in a row, but for the
// configuration that a plan reads too, and without any of its statements a row is
// refused.
func TestPeopleHaveNoMoreThanTheyNeed(t *testing.T) {
	p := load(t, stacksOfTheFixture)
	n := config.Fixture().Names()
	configuration := p.Documents["paperwurks-infra-diff-role-read"]
	for _, role := range []string{config.ReadOnlyRole, config.OnCallRole, config.BreakGlassRole} {
		name := n.PeopleRole(role)
		statements := p.Documents[name].Statements()
		for _, s := range statements {
			for _, action := range s.Actions {
				read := role == config.ReadOnlyRole && slices.ContainsFunc(configuration.Statements(), func(s policy.Statement) bool { return slices.Contains(s.Actions, action) })
				if !read && !slices.ContainsFunc(rowsFor(role), func(r capability.Row) bool { return policy.MatchAction([]string{action}, r.Action) }) {
					t.Errorf("%s: %s: no row needs it", name, action)
				}
			}
		}
		for _, s := range statements {
			changed := p.Clone()
			less, err := without(statements, s.Sid).JSON()
			if err != nil {
				t.Fatal(err)
			}
			if err := changed.SetDocument(name, less); err != nil {
				t.Fatal(err)
			}
			verdicts, err := simulate(changed, simulator, questions(environmentsOf(config.Fixture()).People(switchableOf(config.Fixture())), []string{name}))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(verdicts, func(v verdict) bool { return v.want() && !v.got() }) {
				t.Errorf("%s: without %q all rows are still allowed", name, s.Sid)
			}
		}
	}
}
