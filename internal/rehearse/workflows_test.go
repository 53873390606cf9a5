package rehearse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paperwurks/infra/config"
)

// TestWithClaims: every job that runs steps says in which environment and file
// it is, and every other line stays.
func TestWithClaims(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d files", err, len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		written := withClaims(filepath.Base(file), string(data))
		if dir := os.Getenv("WRITE_WORKFLOWS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(written), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var w struct {
			Jobs map[string]struct {
				Environment string            `yaml:"environment"`
				Env         map[string]string `yaml:"env"`
				Steps       []any             `yaml:"steps"`
			} `yaml:"jobs"`
		}
		if err := yaml.Unmarshal([]byte(written), &w); err != nil {
			t.Fatalf("%s: %v\n%s", file, err, written)
		}
		for id, j := range w.Jobs {
			if len(j.Steps) > 0 && (j.Env["STANDIN_ENVIRONMENT"] != j.Environment || j.Env["STANDIN_WORKFLOW"] != ".github/workflows/"+filepath.Base(file)) {
				t.Errorf("%s: job %s: %q in environment %q", file, id, j.Env, j.Environment)
			}
		}
		lines := strings.Split(written, "\n")
		for _, line := range strings.Split(string(data), "\n") {
			if strings.Contains(line, "queue: max") {
				continue
			}
			for len(lines) > 0 && lines[0] != line {
				if added := strings.TrimSpace(lines[0]); added != "env:" && !strings.HasPrefix(added, "STANDIN_") {
					t.Fatalf("%s: %q is new", file, lines[0])
				}
				lines = lines[1:]
			}
			if len(lines) == 0 {
				t.Fatalf("%s: %q is lost", file, line)
			}
			lines = lines[1:]
		}
	}
}

// TestStandins: there is one for every action that the workflows pin.
func TestStandins(t *testing.T) {
	pins, err := pinned("../../.github")
	if err != nil || len(pins) < 8 {
		t.Fatalf("%v, %d actions", err, len(pins))
	}
	for name, action := range pins {
		// act itself leaves the checkout out: the job's folder is a copy already.
		if _, err := standins.Open("standin/" + action + "/action.yml"); err != nil && action != "actions/checkout" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryCalledWorkflowRuns: act runs each workflow that the backend calls, but the one
// that asks CloudFront, which the local AWS does not have.
func TestEveryCalledWorkflowRuns(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/backend-*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d files", err, len(files))
	}
	s := config.Fixture()
	s.Environments[0].Name = disposable
	g := &gitHub{r: &rehearsal{settings: s}}
	ran := map[string]bool{askWorkflow: true}
	for _, run := range g.runs() {
		ran[run.name] = true
	}
	for _, file := range files {
		if name := filepath.Base(file); !ran[name] {
			t.Errorf("act does not run %s", name)
		}
	}
}
