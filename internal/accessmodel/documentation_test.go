package accessmodel

import (
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/golden"
)

// TestDocumentationIsCurrent fails when what a role may do is not what
// docs/access.md says.
func TestDocumentationIsCurrent(t *testing.T) {
	text, err := document(config.Platform(), stacksOfThePlatform, simulator)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/access.md", text, "make access")
}

// TestOnCallPolicyIsCurrent: so is the policy next to it.
func TestOnCallPolicyIsCurrent(t *testing.T) {
	text, err := onCallPolicy(config.Platform())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/on-call.json", text, "make access")
}

// TestAnEnvironmentHasASectionOfItsOwn: what one more environment changes in the
// document can be reviewed. Its own lines are new; hardly another changes.
func TestAnEnvironmentHasASectionOfItsOwn(t *testing.T) {
	with := config.Platform()
	// The rows name dev and prod.
	i := slices.IndexFunc(with.Environments, func(e config.Environment) bool { return e.Name != "dev" && e.Name != "prod" })
	if i < 0 {
		t.Skip("the platform has dev and prod only, which the rows name")
	}
	without, name := with, with.Environments[i].Name
	without.Environments = slices.Delete(slices.Clone(with.Environments), i, i+1)
	var lines [2][]string
	for j, settings := range []config.Settings{without, with} {
		stacks := stacksOfThePlatform
		if j == 0 {
			var err error
			if stacks, err = synthesise(settings); err != nil {
				t.Fatal(err)
			}
		}
		text, err := document(settings, stacks, simulator)
		if err != nil {
			t.Fatal(err)
		}
		lines[j] = strings.Split(text, "\n")
	}
	left := map[string]int{}
	for _, line := range lines[1] {
		left[line]++
	}
	changed := 0
	for _, line := range lines[0] {
		if left[line]--; left[line] < 0 {
			changed++
			t.Logf("gone: %.160s", line)
		}
	}
	if changed > 12 {
		t.Errorf("%s changes %d lines of the document without it, which has %d", name, changed, len(lines[0]))
	}
	if added := len(lines[1]) - len(lines[0]); added < 50 {
		t.Errorf("%s adds only %d lines", name, added)
	}
}
