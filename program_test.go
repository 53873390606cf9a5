package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// mistakes are the edits of the sources that make the program fail when
// $PLATFORM_TEST_MISTAKE says so: by file, what is replaced, all of it where that
// is "", and by what. One program makes them all, for linking takes longer than a
// run.
var mistakes = map[string][2]string{
	"config/platform.go": {"", `package config

func Platform() Settings {
	s := Fixture()
	if os.Getenv("PLATFORM_TEST_MISTAKE") == "settings" {
		s.Environments[2].Database.InstanceClass = "db.t3.nano"
		s.Environments[1].Network.CIDR = s.Environments[0].Network.CIDR
	}
	return s
}
`},
	"constructs/bucket/bucket.go":             {"BlockPublicAcls:       new(true)", `BlockPublicAcls:       new(os.Getenv("PLATFORM_TEST_MISTAKE") != "rules")`},
	"constructs/distribution/distribution.go": {`new("redirect-to-https")`, `new(map[string]string{"": "redirect-to-https", "rules": "allow-all"}[os.Getenv("PLATFORM_TEST_MISTAKE")])`},
	"constructs/repository/repository.go":     {`new("IMMUTABLE")`, `new(map[string]string{"": "IMMUTABLE", "rules": "MUTABLE"}[os.Getenv("PLATFORM_TEST_MISTAKE")])`},
	"constructs/environment.go": {"	logBucket, documents, err := newEnvironmentBuckets(scope, props)", `	if os.Getenv("PLATFORM_TEST_MISTAKE") == "fault" {
		var nobody *config.Environment
		_ = nobody.Name
	}
	logBucket, documents, err := newEnvironmentBuckets(scope, props)`},
}

// program is the one with mistakes, built by the first test that runs it.
var program = sync.OnceValues(func() (string, error) {
	return filepath.Join(programFolder, "infra"), buildWith(programFolder, mistakes)
})

var programFolder string

func TestMain(m *testing.M) {
	var err error
	if programFolder, err = os.MkdirTemp("", "program-test"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(programFolder)
	os.Exit(code)
}

// TestProgramRefuses runs the program with mistakes over what it wrote without.
// All have to be named, without a stack trace, and what was there has to stay as
// it was.
func TestProgramRefuses(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it runs the built program")
	}
	output := filepath.Join(t.TempDir(), "cdktf.out")
	if code, said := runProgram(t, "", output); code != 0 {
		t.Fatalf("the program as it is exits with %d: %s", code, said)
	}
	earlier := contentOf(t, output)
	if written := earlier[filepath.Join(output, "stacks", "prod", "cdk.tf.json")]; !strings.Contains(written, "aws_db_instance") {
		t.Fatal("the program as it is wrote no prod")
	}
	for mistake, wants := range map[string][]string{ // what has to be said: each mistake where it is
		"rules": {
			"PW-S3-03", "shared/setup/state/bucket/public-access-block", "prod/environment/documents/public-access-block",
			"PW-CFR-01", "dev/environment/distribution/distribution", "prod/environment/distribution/distribution",
			"PW-ECR-01", "shared/setup/staging/images/repository",
		},
		"settings": {`environments["prod"].database.instanceClass: "db.t3.nano"`, `environments["staging"].network.cidr`},
	} {
		t.Run(mistake, func(t *testing.T) {
			code, said := runProgram(t, mistake, output)
			if code != 1 {
				t.Errorf("exits with %d, want 1", code)
			}
			for _, want := range wants {
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
	if testing.Short() {
		t.Skip("long: it runs the built program")
	}
	output := t.TempDir()
	code, said := runProgram(t, "fault", output)
	if code != 2 {
		t.Errorf("exits with %d, want 2", code)
	}
	for _, want := range []string{"nil pointer dereference", "goroutine ", "constructs/environment.go"} {
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
	if testing.Short() {
		t.Skip("long: it runs the built program")
	}
	named, given := filepath.Join(t.TempDir(), "named"), filepath.Join(t.TempDir(), "given")
	run := func(folder string, args ...string) string {
		_, said := runProgram(t, "", folder, args...)
		return said
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

// buildWith builds the program in a folder as if the sources were edited.
// Nothing is written into the sources: Go's -overlay puts the edited files, which
// import os, in their place.
func buildWith(folder string, edits map[string][2]string) error {
	overlay := map[string]string{}
	for file, edit := range edits {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		from := cmp.Or(edit[0], string(text))
		if bytes.Count(text, []byte(from)) != 1 {
			return fmt.Errorf("%s holds %q not exactly once", file, from)
		}
		edited := packageClause.ReplaceAllString(strings.Replace(string(text), from, edit[1], 1), "$0\n\nimport \"os\"")
		original, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		overlay[original] = filepath.Join(folder, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(overlay[original], []byte(edited), 0o600); err != nil {
			return err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return err
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(overlayFile, list, 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-overlay", overlayFile, "-o", filepath.Join(folder, "infra"), ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

var packageClause = regexp.MustCompile(`(?m)^package \w+$`)

// runProgram makes the program write into a folder, named as cdktf names it, and
// returns its exit code and all that it said.
func runProgram(t *testing.T, mistake, output string, args ...string) (int, string) {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(file, args...)
	command.Env = append(os.Environ(), "PLATFORM_TEST_MISTAKE="+mistake, "CDKTF_OUTDIR="+output)
	said, err := command.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(said)
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
