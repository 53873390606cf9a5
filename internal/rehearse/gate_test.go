package rehearse

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPushed: which jobs of a push run, as GitHub decides it.
func TestPushed(t *testing.T) {
	const main, develop = "github.ref == 'refs/heads/main'", "github.ref == 'refs/heads/develop'"
	jobs := map[string]backendJob{
		"dev": {If: develop}, "staging": {If: main}, "answers": {If: main, Needs: needs{"staging"}},
		"prod": {If: main, Needs: needs{"staging", "answers"}}, "after": {If: main, Needs: needs{"prod"}}, "mixed": {If: main, Needs: needs{"dev"}},
	}
	all := map[string]string{"dev": skipped, "mixed": skipped, "staging": succeeded, "answers": succeeded, "prod": succeeded, "after": succeeded}
	but := func(changes map[string]string) map[string]string {
		out := maps.Clone(all)
		maps.Copy(out, changes)
		return out
	}
	for name, test := range map[string]struct {
		branch string
		before map[string]string
		fails  string
		ran    string
		want   map[string]string
	}{
		"all":            {"main", nil, "", "staging answers prod after", all},
		"answers fails":  {"main", nil, "answers", "staging answers", but(map[string]string{"answers": failed, "prod": skipped, "after": skipped})},
		"staging fails":  {"main", nil, "staging", "staging", but(map[string]string{"staging": failed, "answers": skipped, "prod": skipped, "after": skipped})},
		"re-run":         {"main", map[string]string{"staging": succeeded, "answers": failed, "prod": skipped}, "", "answers prod after", all},
		"another branch": {"develop", nil, "", "dev", map[string]string{"dev": succeeded, "mixed": skipped, "staging": skipped, "answers": skipped, "prod": skipped, "after": skipped}},
	} {
		ended := map[string]string{}
		maps.Copy(ended, test.before)
		var ran []string
		err := pushed(jobs, test.branch, ended, func(id string, _ backendJob) error {
			ran = append(ran, id)
			if id == test.fails {
				return errors.New("fails")
			}
			return nil
		})
		if err != nil || !maps.Equal(ended, test.want) || strings.Join(ran, " ") != test.ran {
			t.Errorf("%s: %v, %v, ran %v", name, err, ended, ran)
		}
	}
	for name, jobs := range map[string]map[string]backendJob{
		"a condition that lets it run": {"prod": {If: "always() && " + main}},
		"none":                         {"prod": {}},
		"a ring":                       {"a": {If: main, Needs: needs{"b"}}, "b": {If: main, Needs: needs{"a"}}},
	} {
		if err := pushed(jobs, "main", map[string]string{}, func(string, backendJob) error { return nil }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestGate: with deploy.yml as documented prod waits, and a deploy.yml in which it does
// not is found.
func TestGate(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	document, err := os.ReadFile(filepath.Join("docs", "pipelines.md"))
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := backendJobs(string(document))
	if err != nil {
		t.Fatal(err)
	}
	asked := slices.ContainsFunc(slices.Collect(maps.Values(jobs)), func(j backendJob) bool { return j.calls(askWorkflow) })
	r := &rehearsal{dir: t.TempDir(), out: &bytes.Buffer{}}
	if err := os.Mkdir(r.path("log"), 0o755); err != nil {
		t.Fatal(err)
	}
	var deployed, held []string
	result, err := r.gate(t.Context(),
		func(env string) error { deployed = append(deployed, env); return nil },
		func(env string) error { held = append(held, env); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if asked != (len(held) > 0) || asked != strings.Contains(result, " waited while ") {
		t.Errorf("%q; held %q", result, held)
	}
	if slices.Sort(deployed); len(slices.Compact(slices.Clone(deployed))) != len(deployed) || len(deployed) == 0 {
		t.Errorf("deployed %q", deployed)
	}
	if _, err := r.gate(t.Context(), func(string) error { return nil }, func(string) error { return errors.New("it is there") }); asked && (err == nil || !strings.Contains(err.Error(), "it is there")) {
		t.Errorf("what was promoted too early is not found: %v", err)
	}
	if _, err := r.gate(t.Context(), func(string) error { return errors.New("no credentials") }, func(string) error { return nil }); err == nil || !strings.Contains(err.Error(), "no credentials") {
		t.Errorf("a deployment that fails is not found: %v", err)
	}
}
