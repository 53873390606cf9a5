package accessmodel

import (
	"testing"

	"github.com/paperwurks/infra/config"
)

// TestTable asks the simulator of every row of the table, as the stacks are
// and as an attacker would have them, and evaluates every role's trust against
// the tokens of every run.
func TestTable(t *testing.T) {
	x, err := newExaminer(config.Platform())
	if err != nil {
		t.Fatal(err)
	}
	deployed, err := x.scene(stacksOfThePlatform)
	if err != nil {
		t.Fatal(err)
	}
	e, err := x.examine(deployed, nil)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := x.check(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings[0] {
		t.Error(f)
	}
	t.Logf("%d rows", e.rows)
}
