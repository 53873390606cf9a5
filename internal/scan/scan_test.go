package scan

import (
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
)

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

// The configuration of the repository has a reason for each entry.
func TestReasons(t *testing.T) {
	skips, err := readSkips(filepath.Join("..", "..", ".checkov.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(skips) == 0 {
		t.Fatal("no entry was read")
	}
	seen := map[string]bool{}
	for _, s := range skips {
		if seen[s.check] {
			t.Errorf("%s is listed twice", s.check)
		}
		seen[s.check] = true
	}
	for name, content := range map[string]string{
		"no reason":           "skip-check:\n  - CKV_AWS_1\n",
		"a short reason":      "skip-check:\n  # It is hard.\n  - CKV_AWS_1\n",
		"one reason for two":  "skip-check:\n  # " + strings.Repeat("a reason that says why ", 4) + "\n  - CKV_AWS_1\n  - CKV_AWS_2\n",
		"reasons apart":       "skip-check:\n  # " + strings.Repeat("a reason that says why ", 4) + "\n\n  - CKV_AWS_1\n",
		"no pattern":          "skip-check:\n  # " + strings.Repeat("a reason that says why ", 4) + "\n  - CKV_AWS_1:(\n",
		"every check at once": "skip-check:\n  # " + strings.Repeat("a reason that says why ", 4) + "\n  - CKV_*\n",
	} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		write(t, file, content)
		if _, err := readSkips(file); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	// The shortest reason has leastReason characters, the blank behind it among them.
	for length, want := range map[int]bool{leastReason - 2: false, leastReason - 1: true} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		write(t, file, "skip-check:\n  # "+strings.Repeat("x", length)+"\n  - CKV_AWS_1\n")
		if _, err := readSkips(file); (err == nil) != want {
			t.Errorf("a reason of %d characters: %v", length, err)
		}
	}
	if _, err := readSkips(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a configuration that is not there is accepted")
	}
}

// TestCommand runs the command as make does, with its default program, which is
// not there, and with one that is.
func TestCommand(t *testing.T) {
	run := func(args ...string) (string, error) {
		var out strings.Builder
		err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: &out, Err: &out}, "platform", "", []command.Command{Command}, args)
		return out.String(), err
	}
	t.Chdir(t.TempDir())
	write(t, "out/manifest.json", `{"stacks": {"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"}}}`)
	write(t, "out/stacks/shared/cdk.tf.json", `{"resource": {"aws_vpc": {"a": {}}}}`)
	write(t, ".checkov.yaml", "skip-check:\n  # "+strings.Repeat("a reason that says why ", 4)+"\n  - CKV_AWS_1:shared/cdk.tf.json\n")
	if _, err := run("scan"); err == nil || !strings.Contains(err.Error(), "one folder is required\nusage: platform scan [flags] FOLDER") {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := run("scan", "out"); err == nil || !strings.Contains(err.Error(), ".local/scan-venv/bin/checkov") {
		t.Errorf("without Checkov: %v", err)
	}
	if _, err := run("scan", "nowhere"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("without stacks: %v", err)
	}
	// It notes how it is run: in the folder, with no home and no network.
	write(t, ".local/scan-venv/bin/checkov", "#!/bin/sh\necho \"$PWD $HOME $CKV_SKIP_PACKAGE_UPDATE_CHECK $BC_API_KEY $LOG_LEVEL $*\" >>ran\n"+
		"case \"$*\" in *--config-file*) echo '{\"results\": {}, \"summary\": {}}' ;; *) echo '"+found("shared", "CKV_AWS_1")+"' ;; esac\n")
	t.Setenv("BC_API_KEY", "secret")
	said, err := run("scan", "out")
	if want := "Checkov : 1 checks passed, 1 findings listed with their reason, 0 not listed\n"; err != nil || said != want {
		t.Errorf("%q, %v; want %q", said, err, want)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(".local/scan/ran")
	arguments := "--directory . --framework terraform_json --skip-download --output json"
	folder := here + "/.local/scan"
	want := folder + " " + folder + " true  ERROR " + arguments + " --config-file " + folder + ".yaml\n" + folder + " " + folder + " true  ERROR " + arguments + "\n"
	if err != nil || string(data) != want {
		t.Errorf("it ran as %q (%v), want %q", data, err, want)
	}
}

// TestScan lets a program in Checkov's place say what it found.
func TestScan(t *testing.T) {
	for _, test := range []struct {
		name, listed, all string
		want              string
	}{
		{"all is listed", `{"results": {"passed_checks": [], "failed_checks": []}, "summary": {}}`, found("shared", "CKV_AWS_1"), ""},
		{"one is not listed", found("shared", "CKV_AWS_2"), found("shared", "CKV_AWS_1"), "CKV_AWS_2"},
		{"an entry is for nothing", `{"results": {}, "summary": {}}`, found("shared", "CKV_AWS_9"), "CKV_AWS_1 is listed and nothing fails it"},
		{"an entry is for another file", `{"results": {}, "summary": {}}`, strings.ReplaceAll(found("shared", "CKV_AWS_1"), `"/shared/cdk.tf.json", "resource"`, `"/dev/cdk.tf.json", "resource"`), "nothing fails it"},
		{"a stack was passed over", `{"results": {}, "summary": {}}`, found("other", "CKV_AWS_1"), `stack "shared" was not read`},
		{"a file that cannot be read", `{"results": {}, "summary": {"parsing_errors": 1}}`, found("shared", "CKV_AWS_1"), "1 files could not be read"},
		{"no report", "", "", "JSON"},
		{"no report of what is not listed", "", found("shared", "CKV_AWS_1"), "JSON"},
		{"no report of all", `{"results": {}, "summary": {}}`, "", "JSON"},
		{"two things at once", found("shared", "CKV_AWS_2"), found("other", "CKV_AWS_9"), "CKV_AWS_1 is listed and nothing fails it"},
		{"two things at once, the other", found("shared", "CKV_AWS_2"), found("other", "CKV_AWS_9"), `stack "shared" was not read`},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, "out", "manifest.json"), `{"stacks": {"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"}}}`)
			write(t, filepath.Join(folder, "out", "stacks", "shared", "cdk.tf.json"), `{"//": {}, "terraform": {"required_version": "1"}, "resource": {"aws_vpc": {"a": {}}}}`)
			config := filepath.Join(folder, "config.yaml")
			write(t, config, "skip-check:\n  # "+strings.Repeat("a reason that says why ", 4)+"\n  - CKV_AWS_1:shared/cdk.tf.json\n")
			program := filepath.Join(folder, "checkov")
			write(t, program, "#!/bin/sh\ncase \"$*\" in *--config-file*) cat <<'END'\n"+test.listed+"\nEND\n;; *) cat <<'END'\n"+test.all+"\nEND\nesac\nexit 1\n")
			err := scan(t.Context(), io.Discard, program, config, filepath.Join(folder, "read"), filepath.Join(folder, "out"), noSettings)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// An entry for a platform without a domain is needed where there is none, and
// does not pass over what fails with one.
func TestWithoutADomain(t *testing.T) {
	for resources, want := range map[string][2]string{
		`{"aws_vpc": {"a": {}}}`:             {"", "CKV_AWS_1 is listed and nothing fails it"},
		`{"aws_acm_certificate": {"a": {}}}`: {"CKV_AWS_1 is listed for a platform without a domain", ""},
	} {
		stack, err := synthesised.Load("shared", map[string]any{"resource": decoded(t, resources)})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "config.yaml")
		write(t, file, "skip-check:\n  # Without a domain "+strings.Repeat("a reason that says why ", 4)+"\n  - CKV_AWS_1\n")
		skips, err := readSkips(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, failing := range []string{"CKV_AWS_1", "CKV_AWS_2"} {
			var all report
			if err := json.Unmarshal([]byte(found("shared", failing)), &all); err != nil {
				t.Fatal(err)
			}
			err := check(synthesised.Stacks{stack}, skips, report{}, all)
			if want := want[i]; want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s, %s fails: got %v, want %q", resources, failing, err, want)
			}
		}
	}
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// The list names environments by what they are, for whichever there are.
func TestExpand(t *testing.T) {
	dir := t.TempDir()
	list, to := filepath.Join(dir, "list"), filepath.Join(dir, "to")
	write(t, list, "- CKV_AWS_1:({environments})/x\n- CKV_AWS_2:({unprotected})/x\n- CKV_AWS_3:(shared|{unprotected})/x\n- CKV_AWS_4:({people})/x\n- CKV_AWS_5:({offhours})/x\n")
	dev, demo, prod := config.Environment{Name: "dev", OffHours: config.OffHours{From: "20:00"}}, config.Environment{Name: "demo", Data: config.Kept}, config.Environment{Name: "live", Data: config.Protected}
	somebody := config.People{OnCall: config.Assumers{PermissionSets: []string{"A"}}}
	for want, settings := range map[string]config.Settings{
		"- CKV_AWS_1:(dev|demo|live)/x\n- CKV_AWS_2:(dev|demo)/x\n- CKV_AWS_3:(shared|dev|demo)/x\n- CKV_AWS_5:(dev)/x\n": {Environments: []config.Environment{dev, demo, prod}},
		"- CKV_AWS_1:(live)/x\n- CKV_AWS_3:(shared)/x\n- CKV_AWS_4:(shared)/x\n":                                          {Environments: []config.Environment{prod}, People: somebody},
	} {
		if err := expand(list, to, settings); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(to); err != nil || string(got) != want {
			t.Errorf("got %q (%v), want %q", got, err, want)
		}
	}
	if err := expand(filepath.Join(dir, "none"), to, config.Settings{}); err == nil {
		t.Error("a list that is not there")
	}
	if err := expand(list, filepath.Join(dir, "none", "to"), config.Settings{}); err == nil {
		t.Error("a folder that is not there")
	}
}

// The flags, with what they are where nobody says.
func TestFlags(t *testing.T) {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	Command.Define(flags)
	var got []string
	flags.VisitAll(func(f *flag.Flag) { got = append(got, f.Name+"="+f.DefValue) })
	if want := "checkov=.local/scan-venv/bin/checkov config=.checkov.yaml dir=.local/scan"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Relative paths are of a working directory that there is.
func TestWithoutAFolder(t *testing.T) {
	synth, gone := t.TempDir(), t.TempDir()
	write(t, filepath.Join(synth, "manifest.json"), `{"stacks": {}}`)
	t.Chdir(gone)
	t.Setenv("PWD", "")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := scan(t.Context(), io.Discard, "checkov", "config", "dir", synth, config.Settings{}); err == nil || !strings.Contains(err.Error(), "getwd") {
		t.Errorf("got %v", err)
	}
}

func found(stack, check string) string {
	file := "/" + stack + "/cdk.tf.json"
	return `{"results": {"passed_checks": [{"check_id": "CKV_AWS_0", "file_path": "` + file + `"}], "failed_checks": [{"check_id": "` + check + `", "file_path": "` + file + `", "resource": "r"}]}, "summary": {"passed": 1}}`
}

func TestPrepare(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "cdk.tf.json")
	write(t, file, `{"//": {}, "terraform": {"required_version": "1"}, "resource": {"aws_vpc": {"a": {"tags": {"b": "c"}}}}}`)
	if err := prepare(filepath.Join(folder, "read"), []synthesised.Stack{{Name: "dev", File: file}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, "read", "dev", "cdk.tf.json"))
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	if len(content) != 1 || content["resource"] == nil {
		t.Errorf("left %v, want the resources only", content)
	}
}

// Every fault of a stack's file or of the folder is said, by what it is about.
func TestPrepareFails(t *testing.T) {
	folder := t.TempDir()
	good, bad := filepath.Join(folder, "cdk.tf.json"), filepath.Join(folder, "bad.json")
	write(t, good, `{"resource": {}}`)
	write(t, bad, `{`)
	for want, stacks := range map[string][]synthesised.Stack{
		"gone.json: no such file":     {{Name: "dev", File: filepath.Join(folder, "gone.json")}},
		`stack "dev": unexpected end`: {{Name: "shared", File: good}, {Name: "dev", File: bad}},
		"mkdir ":                      {{Name: "dev", File: good}, {Name: "dev/cdk.tf.json/below", File: good}},
		"cdk.tf.json: is a directory": {{Name: "dev/cdk.tf.json", File: good}, {Name: "dev", File: good}},
	} {
		if err := prepare(filepath.Join(folder, "read"), stacks); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := prepare(filepath.Join(good, "below"), nil); err == nil {
		t.Error("a folder that cannot be emptied")
	}
	// What an earlier scan read is gone.
	old := filepath.Join(folder, "read", "old", "cdk.tf.json")
	write(t, old, "{}")
	if err := prepare(filepath.Join(folder, "read"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("a stack of an earlier scan is read again")
	}
}

var noSettings config.Settings
