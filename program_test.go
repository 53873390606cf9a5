package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// edit changes one piece of a source file, or all of it where from is "".
type edit struct{ file, from, to string }

// settings are the program's in place of those of today, with a change.
func settings(change string) edit {
	return edit{"config/platform.go", "", "package config\n\nfunc Platform() Settings {\n\ts := Fixture()\n" + change + "\treturn s\n}\n"}
}

// TestProgramRefuses builds the program from sources with mistakes in them and
// runs it over what the right one wrote. All mistakes have to be named, without
// a stack trace, and what stood there has to stay as it was.
func TestProgramRefuses(t *testing.T) {
	output := filepath.Join(t.TempDir(), "cdktf.out")
	if code, said := runProgram(t, buildWith(t, settings("")), output); code != 0 {
		t.Fatalf("the program as it is exits with %d: %s", code, said)
	}
	earlier := contentOf(t, output)
	if written := earlier[filepath.Join(output, "stacks", "prod", "cdk.tf.json")]; !strings.Contains(written, "aws_db_instance") {
		t.Fatal("the program as it is wrote no prod")
	}
	for _, test := range []struct {
		name  string
		edits []edit
		// want are what has to be said: each mistake where it is.
		want []string
	}{
		{
			name: "constructs that break rules",
			edits: []edit{
				settings(""),
				{"constructs/bucket/bucket.go", "BlockPublicAcls:       new(true)", "BlockPublicAcls:       new(false)"},
				{"constructs/distribution/distribution.go", `new("redirect-to-https")`, `new("allow-all")`},
				{"constructs/repository/repository.go", `new("IMMUTABLE")`, `new("MUTABLE")`},
			},
			want: []string{
				"PW-S3-03", "shared/setup/state/bucket/public-access-block", "prod/environment/documents/public-access-block",
				"PW-CFR-01", "dev/environment/distribution/distribution", "prod/environment/distribution/distribution",
				"PW-ECR-01", "shared/setup/staging/images/repository",
			},
		},
		{
			name: "settings that cannot be",
			edits: []edit{settings(`
				s.Environments[2].Database.InstanceClass = "db.t3.nano"
				s.Environments[1].Network.CIDR = s.Environments[0].Network.CIDR
			`)},
			want: []string{`environments["prod"].database.instanceClass: "db.t3.nano"`, `environments["staging"].network.cidr`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, said := runProgram(t, buildWith(t, test.edits...), output)
			if code != 1 {
				t.Errorf("exits with %d, want 1", code)
			}
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, trace := range []string{"panic:", "goroutine ", "runtime error", ".go:", "    at "} {
				if strings.Contains(said, trace) {
					t.Errorf("shows a stack trace: %q", trace)
				}
			}
			if t.Failed() {
				t.Logf("said:\n%s", said)
			}
			if now := contentOf(t, output); !maps.Equal(now, earlier) {
				t.Error("what an earlier synth wrote is not as it was")
			}
		})
	}
}

// TestProgramFaults: a fault of the program's own shows where it is; a rule that
// is broken does not (TestProgramRefuses). No draft is left.
func TestProgramFaults(t *testing.T) {
	const file = "constructs/environment.go"
	program := buildWith(t, edit{file, "	logBucket, documents, err := newEnvironmentBuckets(scope, props)",
		"	var nobody *config.Environment\n	_ = nobody.Name\n	logBucket, documents, err := newEnvironmentBuckets(scope, props)"})
	output := t.TempDir()
	code, said := runProgram(t, program, output)
	if code != 2 {
		t.Errorf("exits with %d, want 2", code)
	}
	for _, want := range []string{"nil pointer dereference", "goroutine ", file} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
	if left, err := os.ReadDir(output); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestProgramFolder: cdktf's command line names the folder by a variable, and -o
// comes before it.
func TestProgramFolder(t *testing.T) {
	program := buildWith(t)
	named, given := filepath.Join(t.TempDir(), "named"), filepath.Join(t.TempDir(), "given")
	run := func(folder string, args ...string) string {
		command := exec.Command(program, args...)
		command.Env = append(os.Environ(), "CDKTF_OUTDIR="+folder)
		said, _ := command.CombinedOutput()
		return string(said)
	}
	run(named)
	for _, folder := range []string{named, given} {
		if _, err := os.Stat(filepath.Join(folder, "manifest.json")); (err == nil) != (folder == named) {
			t.Errorf("$CDKTF_OUTDIR: %s: %v", folder, err)
		}
	}
	if err := os.RemoveAll(named); err != nil {
		t.Fatal(err)
	}
	run(named, "-o", given)
	for _, folder := range []string{named, given} {
		if _, err := os.Stat(filepath.Join(folder, "manifest.json")); (err == nil) != (folder == given) {
			t.Errorf("-o: %s: %v", folder, err)
		}
	}
	if said := run("", "-h"); !strings.Contains(said, `(default "cdktf.out")`) {
		t.Errorf("without both: %s", said)
	}
}

// buildWith builds the program as if the edits were made, and returns its path.
// Nothing is written into the sources: Go's -overlay puts the edited files in
// their place.
func buildWith(t *testing.T, edits ...edit) string {
	t.Helper()
	folder := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, e := range edits {
		original, err := filepath.Abs(e.file)
		if err != nil {
			t.Fatal(err)
		}
		edited, again := overlay.Replace[original]
		if !again {
			edited = filepath.Join(folder, strings.ReplaceAll(e.file, "/", "_"))
			overlay.Replace[original] = edited
		}
		source := original
		if again {
			source = edited
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if e.from == "" {
			e.from = string(text)
		}
		if bytes.Count(text, []byte(e.from)) != 1 {
			t.Fatalf("%s holds %q not exactly once", e.file, e.from)
		}
		if err := os.WriteFile(edited, bytes.Replace(text, []byte(e.from), []byte(e.to), 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(overlayFile, list, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "infra")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-overlay", overlayFile, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// runProgram returns the exit code and all that the program said.
func runProgram(t *testing.T, program, output string) (int, string) {
	t.Helper()
	said, err := exec.Command(program, "-o", output).CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), string(said)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(said)
}

// contentOf is each file below a folder, with its bytes, and each folder.
func contentOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			out[path] = ""
			return err
		}
		content, err := os.ReadFile(path)
		out[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
