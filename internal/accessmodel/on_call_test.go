package accessmodel

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/status"
)

func onCallRows() []capability.Row {
	var rows []capability.Row
	for _, area := range environmentsOf(config.Fixture()).OnCall() {
		rows = append(rows, area.Rows...)
	}
	return rows
}

// TestOnCallTableHasEveryCommand: what the page for three in the morning runs,
// and what `make status` was recorded to call, has a row that says yes; and no
// row is for another command.
func TestOnCallTableHasEveryCommand(t *testing.T) {
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
	run := command.FindAllString(section+rollback, -1)
	if !strings.Contains(section, "make status ENV=<env>") || len(run) < 6 {
		t.Fatalf("the section runs %q", run)
	}
	inTable := map[string]bool{}
	actions := map[string]bool{}
	for _, row := range onCallRows() {
		if len(row.May) > 0 {
			inTable[row.For] = true
			actions[row.Action] = true
		}
	}
	for _, c := range run {
		if !inTable[c] {
			t.Errorf("%q: no row of capability.OnCall is for it", c)
		}
	}
	for c := range inTable {
		if c != "" && c != "make status" && !slices.Contains(run, c) {
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
			t.Errorf("make status called %s: no row of capability.OnCall is about it", action)
		}
	}
}

// TestOnCallHasNoMoreThanItNeeds: each action is in a row, and without any of its
// statements a row is refused.
func TestOnCallHasNoMoreThanItNeeds(t *testing.T) {
	p := load(t, stacksOfTheFixture)
	document := access.OnCall(config.Fixture().Names())
	for _, s := range document.Statements {
		for _, action := range s.Actions {
			if !slices.ContainsFunc(onCallRows(), func(r capability.Row) bool { return len(r.May) > 0 && r.Action == action }) {
				t.Errorf("%s: no row needs it", action)
			}
		}
	}
	for i, s := range document.Statements {
		changed := p.Clone()
		less, err := (policy.Document{Statements: slices.Delete(slices.Clone(document.Statements), i, i+1)}).JSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := changed.AddOnCall(less); err != nil {
			t.Fatal(err)
		}
		verdicts, err := simulate(changed, simulator, questions(environmentsOf(config.Fixture()).OnCall(), []string{inventory.OnCall}))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(verdicts, func(v verdict) bool { return v.want() && !v.got() }) {
			t.Errorf("without %q all rows are still allowed", s.Sid)
		}
	}
}
