package pipelines

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/pipeline"
)

// TestGitHubSettingsAreThoseOfTheWorkflows: `make github` asks for the checks that
// pull-request.yml has, and for the actions that the workflows use; docs/pipelines.md
// names both.
func TestGitHubSettingsAreThoseOfTheWorkflows(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "pipelines.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := readFiles(t)
	used := map[string]bool{}
	for _, text := range files {
		for _, m := range usesLine.FindAllStringSubmatch(text, -1) {
			if action, _, _ := strings.Cut(m[1], "@"); !strings.HasPrefix(action, "actions/") {
				used[action+"@*"] = true
			}
		}
	}
	if got := slices.Sorted(maps.Keys(used)); !slices.Equal(got, pipeline.AllowedActions) {
		t.Errorf("the workflows use %q, pipeline.AllowedActions are %q", got, pipeline.AllowedActions)
	}
	for _, want := range slices.Concat(pipeline.AllowedActions, pipeline.RequiredChecks) {
		if !strings.Contains(string(page), "`"+want+"`") {
			t.Errorf("docs/pipelines.md does not name %q", want)
		}
	}
	row := "require the checks `" + strings.Join(pipeline.RequiredChecks, "`, `") + "`"
	if !strings.Contains(string(page), row) {
		t.Errorf("docs/pipelines.md does not say %q", row)
	}
	pull := files["workflows/pull-request.yml"]
	for _, want := range []string{"target: [lint, test, validate]", "name: make ${{ matrix.target }}", "\n  diff:\n"} {
		if !strings.Contains(pull, want) {
			t.Errorf("pull-request.yml does not have %q, by which the checks are called", want)
		}
	}
}
