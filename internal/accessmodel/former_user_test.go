package accessmodel

import (
	"slices"
	"testing"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// TestFormerUser: while a job's user of the database changes, its role may sign in as
// either of the two and as no third, and no other role as more than before. Without the
// statement of the boundary that says so, the table notices.
func TestFormerUser(t *testing.T) {
	s := withoutCopies()
	s.Environments[0].Jobs[3].FormerUser, s.Environments[1].Jobs[0].FormerUser = true, true
	all, err := synthesise(s)
	if err != nil {
		t.Fatal(err)
	}
	x, err := newExaminer(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.questions {
		x.questions[i] = slices.DeleteFunc(x.questions[i], func(q question) bool { return q.row.Action != "rds-db:connect" })
	}
	examine := func(stacks inventory.Stacks) []string {
		t.Helper()
		at, err := x.scene(stacks)
		if err != nil {
			t.Fatal(err)
		}
		e, err := x.examine(at, nil)
		if err != nil {
			t.Fatal(err)
		}
		findings, err := x.check(e)
		if err != nil {
			t.Fatal(err)
		}
		return findings[0]
	}
	stacks := all.Only(inventory.Types()...)
	for _, finding := range examine(stacks) {
		t.Error(finding)
	}
	for _, env := range []string{"dev", "staging"} {
		broken := stacks.Only()
		if err := dropStatement(broken, s.Names().WorkloadBoundary(env), "AsTheReaderOrTheApplication"); err != nil {
			t.Fatal(err)
		}
		if len(examine(broken)) == 0 {
			t.Errorf("not noticed: %s", env)
		}
	}
}
