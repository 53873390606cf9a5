package scan

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/compliance"
)

// lists are the files that say where a scanner and the platform differ.
var lists = []string{".checkov.yaml", ".trivyignore", ".tfsec/config.yml", "kics.config"}

// A reason that leans on a rule names one that there is.
func TestReasonsNameRules(t *testing.T) {
	known := map[string]bool{}
	for _, rule := range compliance.Rules() {
		known[rule.ID] = true
	}
	named := regexp.MustCompile(`\bPW-[A-Z0-9]+-\d+`)
	for _, list := range lists {
		found := named.FindAllString(readList(t, list), -1)
		if len(found) == 0 {
			t.Errorf("%s names no rule", list)
		}
		for _, id := range found {
			if !known[id] {
				t.Errorf("%s names %s, which is no rule", list, id)
			}
		}
	}
}

// What Trivy passes over has a reason above it and a day, still to come, on
// which it is decided on again.
func TestTrivyReasons(t *testing.T) {
	entry := regexp.MustCompile(`^AVD-AWS-\d{4} exp:(\d{4}-\d\d-\d\d)$`)
	reason, entries := "", 0
	for n, line := range strings.Split(readList(t, ".trivyignore"), "\n") {
		switch {
		case line == "":
			reason = ""
		case strings.HasPrefix(line, "#"):
			reason += strings.TrimSpace(strings.TrimPrefix(line, "#")) + " "
		default:
			entries++
			m := entry.FindStringSubmatch(line)
			if m == nil {
				t.Errorf("line %d: %q, want a check and its last day", n+1, line)
				continue
			}
			if len(reason) < leastReason {
				t.Errorf("line %d: %s has no reason above it", n+1, line)
			}
			if day, err := time.Parse(time.DateOnly, m[1]); err != nil || !time.Now().Before(day) {
				t.Errorf("line %d: %s is over, %v", n+1, line, err)
			}
			reason = ""
		}
	}
	if entries == 0 {
		t.Error("no entries")
	}
}

func readList(t *testing.T, list string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(list)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
