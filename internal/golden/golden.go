// Package golden compares what is written with the file of it that is committed, in which a person has read it.
// For tests only.
package golden

import (
	"os"
	"testing"
)

// updateVariable makes Check write the file.
const updateVariable = "UPDATE_GOLDEN"

// Check compares a text with the file. Where it is another one the test fails, and says how the file is written, even
// if UPDATE_GOLDEN=1 has just done so: a run that changed a file is not a green one.
func Check(t testing.TB, file, got, written string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err == nil && string(want) == got {
		return
	}
	if os.Getenv(updateVariable) != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("%s is not current (%v): %s writes it\ngot\n%s\nwant\n%s", file, err, written, got, want)
}
