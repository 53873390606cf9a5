package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// noted is a test that only notes whether it failed.
type noted struct {
	testing.TB
	failed bool
}

func (n *noted) Errorf(string, ...any) { n.failed = true }

func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page")
	for _, test := range []struct {
		name, update, got string
		fails             bool
		after             string
	}{
		{"no file yet", "", "a", true, ""},
		{"written", "1", "a", true, "a"},
		{"the same", "1", "a", false, "a"},
		{"another", "", "b", true, "a"},
	} {
		t.Setenv(updateVariable, test.update)
		n := &noted{TB: t}
		Check(n, file, test.got, "this test")
		if after, _ := os.ReadFile(file); n.failed != test.fails || string(after) != test.after {
			t.Errorf("%s: failed %t, the file holds %q", test.name, n.failed, after)
		}
	}
}
