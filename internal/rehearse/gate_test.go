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

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/pipelines"
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

// newGate is a rehearsal at the repository's root that only asks.
func newGate(t *testing.T) *rehearsal {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
	r := &rehearsal{dir: t.TempDir(), out: &bytes.Buffer{}}
	if err := os.Mkdir(r.path("log"), 0o755); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestGate is over docs/pipelines.md, which is this platform's: each environment that
// comes after another waits, and what does not is found.
func TestGate(t *testing.T) {
	r := newGate(t)
	var deployed, held []string
	result, err := r.gate(t.Context(),
		func(env string) error { deployed = append(deployed, env); return nil },
		func(env string) error { held = append(held, env); return nil })
	if err != nil {
		t.Fatal(err)
	}
	waits := len(held) > 0
	if waits != strings.Contains(result, " waited while ") {
		t.Errorf("%q; held %q", result, held)
	}
	if slices.Sort(deployed); len(slices.Compact(slices.Clone(deployed))) != len(deployed) || len(deployed) != len(config.Platform().Environments) {
		t.Errorf("deployed %q", deployed)
	}
	if _, err := r.gate(t.Context(), func(string) error { return nil }, func(string) error { return errors.New("it is there") }); waits && (err == nil || !strings.Contains(err.Error(), "it is there")) {
		t.Errorf("what was promoted too early is not found: %v", err)
	}
	if _, err := r.gate(t.Context(), func(string) error { return errors.New("no credentials") }, func(string) error { return nil }); err == nil || !strings.Contains(err.Error(), "no credentials") {
		t.Errorf("a deployment that fails is not found: %v", err)
	}
}

// TestGateOf: with deploy.yml as other settings have it prod waits, and a deploy.yml in
// which it does not, or that asks too little, is found.
func TestGateOf(t *testing.T) {
	s := config.Fixture()
	for _, env := range s.Environments[1:] {
		env.Services[0].Route.HealthCheckPath = "/it's/well?deep"
	}
	r := newGate(t)
	document, err := os.ReadFile(filepath.Join("docs", "pipelines.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := pipelines.WithSettings("pipelines.md", string(document), s)
	if err != nil {
		t.Fatal(err)
	}
	product, err := r.newProduct(s.Environments)
	if err != nil {
		t.Fatal(err)
	}
	defer product.Close()
	for name, test := range map[string]struct {
		branch, from, to string
		waits, want      string
	}{
		"as documented":             {"main", "", "", "prod", ""},
		"one environment":           {"develop", "", "", "", ""},
		"no job asks dev":           {"develop", "needs: dev\n", "needs: staging\n", "", `no job asks the product of "dev"`},
		"no job asks prod":          {"main", "needs: prod\n", "needs: staging\n", "", `no job asks the product of "prod"`},
		"prod does not wait":        {"main", "needs: [staging, staging_answers]", "needs: staging", "", `job "prod" does not wait for the answer of "staging"`},
		"prod waits for nobody":     {"main", "    needs: [staging, staging_answers]\n", "", "", `of jobs ["prod" "staging"] none waits`},
		"the default path is asked": {"main", "      path: '/it''s/well?deep'\n", "", "", "answered 404"},
	} {
		changed := strings.ReplaceAll(text, test.from, test.to)
		if test.from != "" && changed == text {
			t.Errorf("%s: %q is not there", name, test.from)
		}
		jobs, err := backendJobs(changed)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		nothing := func(string) error { return nil }
		waits, err := r.gateOf(t.Context(), jobs, test.branch, product, nothing, nothing)
		if strings.Join(waits, " ") != test.waits || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q, %v", name, waits, err)
		}
	}
}
