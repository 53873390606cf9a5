package scan

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/paperwurks/infra/compliance"
)

// A reason that leans on a rule names one that there is.
func TestReasonsNameRules(t *testing.T) {
	known := map[string]bool{}
	for _, rule := range compliance.Rules() {
		known[rule.ID] = true
	}
	text, err := os.ReadFile(filepath.Join("..", "..", ".checkov.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\bPW-[A-Z0-9]+-\d+`).FindAllString(string(text), -1)
	if len(found) == 0 {
		t.Error("no rule is named")
	}
	for _, id := range found {
		if !known[id] {
			t.Errorf("%s is no rule", id)
		}
	}
}
