package pipelines

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
)

// bash runs a step's script as GitHub does, and returns what it prints and
// what it writes to GITHUB_OUTPUT and GITHUB_STEP_SUMMARY.
func bash(t *testing.T, script string, environment ...string) (printed, outputs, summary string, err error) {
	t.Helper()
	dir := t.TempDir()
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Env = append(os.Environ(), "GITHUB_OUTPUT="+filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"))
	c.Env = append(c.Env, environment...)
	out, err := c.CombinedOutput()
	read := func(name string) string { data, _ := os.ReadFile(filepath.Join(dir, name)); return string(data) }
	return string(out), read("output"), read("summary"), err
}

// TestNewest runs newest.sh before a GitHub whose branch has moved on, or not.
func TestNewest(t *testing.T) {
	const head, old = "0123456789abcdef0123456789abcdef01234567", "fedcba9876543210fedcba9876543210fedcba98"
	status, runs, compared, before := http.StatusOK, "", "ahead", 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/repos/paperwurks/infra/actions/runs" && r.URL.Query().Get("head_sha") == head && r.URL.Query().Get("branch") == "release/1" && r.URL.Query().Get("event") == "push" {
			fmt.Fprintf(w, `{"total_count": 1, "workflow_runs": [%s]}`, runs)
			return
		}
		if r.URL.Path == "/repos/paperwurks/infra/compare/"+old+"..."+head {
			fmt.Fprintf(w, `{"status": %q}`, compared)
			return
		}
		if r.URL.Path == "/repos/paperwurks/infra/compare/"+head+"..."+old {
			fmt.Fprint(w, `{"status": "behind"}`)
			return
		}
		if r.URL.Path != "/repos/paperwurks/infra/git/ref/heads/release/1" || r.Header.Get("Authorization") != "Bearer t0ken" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(status)
		sha := head
		if before > 0 {
			sha, before = old, before-1
		}
		fmt.Fprintf(w, `{"ref": "refs/heads/release/1", "object": {"type": "commit", "sha": %q}}`, sha)
	}))
	defer server.Close()
	script, err := os.ReadFile(filepath.Join("backend", "newest.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, sha, attempt, token string
		output, says              string
		fails                     bool
	}{
		{"the newest", head, "1", "t0ken", "newest=true\n", "", false},
		{"a re-run of the newest", head, "2", "t0ken", "newest=true\n", "", false},
		{"overtaken by [skip ci]", old, "1", "t0ken", "newest=false\n", head + ", has no run of .github/workflows/deploy.yml", true},
		{"overtaken by a commit with another workflow's run", old, "1", "t0ken", "newest=false\n", head + ", has no run of .github/workflows/deploy.yml", true},
		{"overtaken", old, "1", "t0ken", "newest=false\n", old + " is no longer the newest commit of release/1, which is " + head, false},
		{"a re-run of an old run", old, "2", "t0ken", "newest=false\n", "To undo a change, revert its commit", true},
		{"a branch that was moved aside", old, "1", "t0ken", "newest=false\n", old + " is no longer the newest commit", false},
		{"an answer from before the push", head, "1", "t0ken", "newest=true\n", "", false},
		{"GitHub does not say", head, "1", "wrong", "", "404", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			compared, before = "ahead", 0
			switch test.name {
			case "a branch that was moved aside":
				compared = "diverged"
			case "an answer from before the push":
				before = 3
			}
			runs = map[string]string{
				"overtaken by [skip ci]": "", "overtaken by a commit with another workflow's run": `{"path": ".github/workflows/other.yml@release/1"}`,
			}[test.name]
			if !test.fails || test.attempt == "2" {
				runs = `{"path": ".github/workflows/deploy.yml@release/1"}`
			}
			printed, outputs, summary, err := bash(t, strings.Replace(string(script), "--retry 5", "--retry 0", 1), "GITHUB_API_URL="+server.URL, "GITHUB_REPOSITORY=paperwurks/infra",
				"GITHUB_WORKFLOW_REF=paperwurks/infra/.github/workflows/deploy.yml@refs/heads/release/1", "POLL_SECONDS=0",
				"GITHUB_REF=refs/heads/release/1", "GITHUB_SHA="+test.sha, "GITHUB_RUN_ATTEMPT="+test.attempt, "GITHUB_TOKEN="+test.token)
			if (err != nil) != test.fails || outputs != test.output || !strings.Contains(printed, test.says) || strings.Contains(printed, test.token) {
				t.Errorf("%v, output %q, printed\n%s", err, outputs, printed)
			}
			if (summary != "") != (test.output == "newest=false\n") {
				t.Errorf("summary %q", summary)
			}
		})
	}
}

// TestAuthor runs the first step of the job diff.
func TestAuthor(t *testing.T) {
	c := load(t, readFiles(t), config.Platform())
	var script string
	for _, s := range c.workflows[pullRequestYML].Jobs["diff"].Steps {
		if s.ID == "author" {
			script = s.Run
		}
	}
	for _, test := range []struct {
		from, author string
		ours         bool
	}{
		{"paperwurks/infra", "ann", true},
		{"stranger/infra", "ann", false},
		{"", "ann", false}, // the fork is deleted
		{"paperwurks/infra", "dependabot[bot]", false},
	} {
		printed, outputs, summary, err := bash(t, script, "GITHUB_REPOSITORY=paperwurks/infra", "FROM="+test.from, "AUTHOR="+test.author)
		if (err == nil) != test.ours || (outputs == "ours=true\n") != test.ours || (summary == "") != test.ours {
			t.Errorf("%s from %q: %v, outputs %q\n%s", test.author, test.from, err, outputs, printed)
		}
	}
}

// TestForward cancels a step as GitHub's runner does: a signal to the shell
// only. What make started gets it, once, and the step ends with its status.
func TestForward(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	// A child of a child: as Terraform is of make. On bash, a trap runs once its
	// child has ended.
	program := `trap 'echo INT >>"$LOG"; exit 7' INT; trap 'echo TERM >>"$LOG"' TERM; echo started >>"$LOG"; for i in $(seq 100); do sleep 0.1; done`
	c := exec.Command("bash", "--noprofile", "--norc", "-e", "-c", `exec ./forward.sh bash -c 'bash -c "$PROGRAM"; exit $?'`)
	c.Env = append(os.Environ(), "LOG="+log, "PROGRAM="+program)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	read := func() string { data, _ := os.ReadFile(log); return string(data) }
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(read(), "started"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not start: %s", out.String())
		}
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	err := c.Wait()
	if read() != "started\nINT\n" || err == nil || !strings.Contains(out.String(), "::warning title=Cancelled::") {
		t.Errorf("%v; the program got %q\n%s", err, read(), out.String())
	}
	for status, want := range map[string]string{"0": "<nil>", "3": "exit status 3"} {
		if err := exec.Command("./forward.sh", "bash", "-c", "exit "+status).Run(); fmt.Sprint(err) != want {
			t.Errorf("exit %s: %v", status, err)
		}
	}
}

// TestInstallationRunsNoScripts: npm runs no script of a package that it
// installs, but for the one that the Makefile names.
func TestInstallationRunsNoScripts(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	installs := 0
	for line := range strings.Lines(string(makefile)) {
		if !strings.Contains(line, "npm ci") {
			continue
		}
		installs++
		if !strings.Contains(line, "--ignore-scripts") {
			t.Errorf("Makefile: %q", strings.TrimSpace(line))
		}
	}
	if installs < 3 {
		t.Errorf("%d installations; want those of the CLI, Node and the simulator", installs)
	}
}
