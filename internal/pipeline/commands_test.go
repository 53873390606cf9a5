package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/review"
)

// fakeTerraform names the folder that makes the test's own binary play
// Terraform: it answers with the files there, and notes its calls.
const fakeTerraform = "FAKE_TERRAFORM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fakeTerraform); dir != "" {
		os.Exit(playTerraform(dir, os.Args[1:]))
	}
	os.Exit(m.Run())
}

func playTerraform(dir string, args []string) int {
	here, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	stack := filepath.Base(here)
	log, err := os.OpenFile(filepath.Join(dir, stack+".calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer log.Close()
	fmt.Fprintln(log, strings.Join(args, " "))
	answer := func(name string) int {
		data, err := os.ReadFile(filepath.Join(dir, stack+"."+name))
		if err == nil {
			os.Stdout.Write(data)
		}
		return 0
	}
	switch args[0] {
	case "init":
		if err := os.WriteFile(providerLock, []byte("lock"), 0o600); err != nil {
			return 1
		}
	case "state":
		if args[1] == "push" {
			data, err := os.ReadFile(filepath.Join(dir, stack+".locked"))
			if err == nil && !slices.Contains(args, "-lock=false") {
				os.Stderr.Write(data)
				return 1
			}
			return 0
		}
		return answer("state")
	case "plan":
		if _, err := os.Stat(filepath.Join(dir, stack+".fault")); err == nil {
			fmt.Fprintln(os.Stderr, "Error: no credentials")
			return 1
		}
		for _, a := range args {
			if file, ok := strings.CutPrefix(a, "-out="); ok {
				if err := os.WriteFile(file, []byte("plan of "+stack), 0o600); err != nil {
					return 1
				}
			}
		}
		return 2
	case "show":
		return answer("show")
	case "apply":
		fmt.Println("Apply complete!")
	}
	return 0
}

// platform is a folder of synthesised stacks, shared and dev, with Terraform's
// answers beside it.
type platform struct{ dir, synth, plans, answers string }

func newPlatform(t *testing.T) platform {
	t.Helper()
	dir := t.TempDir()
	p := platform{dir, filepath.Join(dir, "cdktf.out"), filepath.Join(dir, "plans"), filepath.Join(dir, "answers")}
	p.write(t, "cdktf.out/manifest.json", `{"stacks": {
		"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"},
		"dev": {"name": "dev", "synthesizedStackPath": "stacks/dev/cdk.tf.json", "workingDirectory": "stacks/dev", "dependencies": ["shared"]}}}`)
	for _, stack := range []string{"shared", "dev"} {
		p.write(t, "cdktf.out/stacks/"+stack+"/cdk.tf.json", `{"resource": {"aws_ecs_service": {"web": {"lifecycle": {"ignore_changes": ["desired_count"]}}}}}`)
		p.write(t, "answers/"+stack+".state", `{"serial": 3, "lineage": "`+stack+`"}`)
		p.write(t, "answers/"+stack+".show", `{"format_version": "1.2",
			"resource_changes": [{"address": "aws_vpc.`+stack+`", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["create"], "after": {"cidr_block": "10.0.0.0/16"}}}],
			"resource_drift": [{"address": "aws_ecs_service.web", "mode": "managed", "type": "aws_ecs_service", "change": {"actions": ["update"], "before": {"desired_count": 1}, "after": {"desired_count": 2}}},
				{"address": "aws_vpc.`+stack+`", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["update"], "before": {"enable_dns_support": true}, "after": {"enable_dns_support": false}}}]}`)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "bin", "terraform")); err != nil {
		t.Fatal(err)
	}
	p.write(t, "terraform.rc", "")
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("TF_CLI_CONFIG_FILE", filepath.Join(dir, "terraform.rc"))
	t.Setenv(fakeTerraform, p.answers)
	return p
}

func (p platform) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p platform) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func runCommand(out *bytes.Buffer, args ...string) error {
	process := command.Process{Getenv: os.Getenv, Out: out, Err: out}
	return command.Run(context.Background(), process, "platform", "", Commands, args)
}

// run runs a command with the platform's folders.
func (p platform) run(command string, args ...string) (string, error) {
	folders := []string{command, "-plans", p.plans}
	if command != "comment" {
		folders = append(folders, "-synth", p.synth)
	}
	var out bytes.Buffer
	err := runCommand(&out, append(folders, args...)...)
	return out.String(), err
}

func TestPlanAndComment(t *testing.T) {
	p := newPlatform(t)
	out, err := p.run("plan")
	if err != nil || !strings.Contains(out, "shared     1 to create\ndev        1 to create\n") {
		t.Fatalf("%q, %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(p.plans, "dev", planFile)); !os.IsNotExist(err) {
		t.Errorf("Terraform's plan file is kept unasked: %v", err)
	}
	if calls := p.read(t, "answers/dev.calls"); !strings.Contains(calls, "-lock=false") || strings.Contains(calls, "-refresh-only") {
		t.Errorf("calls\n%s", calls)
	}
	out, err = p.run("comment", "-source", "commit 1")
	if err != nil || !strings.HasPrefix(out, review.CommentMarker) || strings.Index(out, "**shared**") > strings.Index(out, "**dev**") || !strings.Contains(out, "commit 1") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestOneStackFails(t *testing.T) {
	p := newPlatform(t)
	p.write(t, "answers/dev.fault", "")
	out, err := p.run("plan")
	if err == nil || !strings.Contains(err.Error(), `stack "dev": terraform plan`) || !strings.Contains(out, "shared     1 to create") {
		t.Errorf("%q, %v", out, err)
	}
	out, err = p.run("comment")
	if err != nil || !strings.Contains(out, "**dev could not be planned:**") || !strings.Contains(out, "Error: no credentials") || !strings.Contains(out, "| **shared** | · | · | · | · | 1 |") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDrift(t *testing.T) {
	p := newPlatform(t)
	if _, err := p.run("plan", "-refresh-only"); err != nil {
		t.Fatal(err)
	}
	if calls := p.read(t, "answers/dev.calls"); !strings.Contains(calls, "-refresh-only") {
		t.Errorf("calls\n%s", calls)
	}
	out, err := p.run("drift")
	if err != nil || !strings.Contains(out, "`enable_dns_support`: `true` → `false`") || strings.Contains(out, "desired_count") {
		t.Errorf("%v\n%s", err, out)
	}
	p.write(t, "answers/dev.fault", "")
	if _, err := p.run("plan", "-refresh-only"); err == nil {
		t.Error("a stack that cannot be planned went unnoticed")
	}
	if out, err = p.run("drift"); err == nil || !strings.Contains(out, "dev could not be checked") {
		t.Errorf("%v\n%s", err, out)
	}
}

const commit = "0123456789abcdef0123456789abcdef01234567"

// approve plans dev for an approval, and gives the record's digest.
func (p platform) approve(t *testing.T) string {
	t.Helper()
	if _, err := p.run("plan", "-keep-plan", "-commit", commit, "-outputs", filepath.Join(p.dir, "outputs"), "dev"); err != nil {
		t.Fatal(err)
	}
	outputs := p.read(t, "outputs")
	changes, record, _ := strings.Cut(outputs, "record=")
	if changes != "changes=true\n" {
		t.Fatalf("outputs %q", outputs)
	}
	return strings.TrimSpace(record)
}

func TestApply(t *testing.T) {
	p := newPlatform(t)
	record := p.approve(t)
	out, err := p.run("apply", "-commit", commit, "-record", record, "dev")
	if err != nil || out != "Apply complete!\n" {
		t.Fatalf("%q, %v", out, err)
	}
	calls := p.read(t, "answers/dev.calls")
	if !strings.HasSuffix(calls, "apply -input=false -no-color -lock-timeout=5m "+filepath.Join(p.plans, "dev", planFile)+"\n") || !strings.Contains(calls, "-lockfile=readonly") {
		t.Errorf("calls\n%s", calls)
	}
}

func TestStalePlansAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		commit           string
		want             string
	}{
		{"another commit", "", "", strings.Repeat("1", 40), "commit: the plan was made for"},
		{"another stack", "cdktf.out/stacks/dev/cdk.tf.json", "{}", commit, "synthesised stack"},
		{"another plan", "plans/dev/plan.tfplan", "other", commit, "plan file"},
		{"other providers", "plans/dev/terraform.lock.hcl", "other", commit, "provider lock file"},
		{"a state written since", "answers/dev.state", `{"serial": 4, "lineage": "dev"}`, commit, `state serial: the plan was made for "3", now it is "4"`},
		{"another state", "answers/dev.state", `{"serial": 3, "lineage": "x"}`, commit, "state lineage"},
		{"another record", "plans/dev/record.json", "{}", commit, "what was approved has"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlatform(t)
			record := p.approve(t)
			if test.file != "" {
				p.write(t, test.file, test.text)
			}
			_, err := p.run("apply", "-commit", test.commit, "-record", record, "dev")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if calls := p.read(t, "answers/dev.calls"); strings.Contains(calls, "apply") {
				t.Errorf("it was applied:\n%s", calls)
			}
		})
	}
}

func TestAPlanWithASecretIsNotKept(t *testing.T) {
	p := newPlatform(t)
	p.write(t, "answers/dev.show", `{"format_version": "1.2", "resource_changes": [{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance",
		"change": {"actions": ["create"], "after": {"password": "hidden1"}, "after_sensitive": {"password": true}}}]}`)
	_, err := p.run("plan", "-keep-plan", "-commit", commit, "dev")
	if err == nil || !strings.Contains(err.Error(), `"aws_db_instance.a: password"`) || strings.Contains(err.Error(), "hidden1") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(p.plans, "dev", planFile)); !os.IsNotExist(err) {
		t.Errorf("the plan file is kept: %v", err)
	}
	if stored := p.read(t, "plans/dev/plan.json"); strings.Contains(stored, "hidden1") {
		t.Errorf("the stored plan holds the secret:\n%s", stored)
	}
}

func TestRefusals(t *testing.T) {
	p := newPlatform(t)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"plan", "-keep-plan"}, "-keep-plan asks for -commit"},
		{[]string{"plan", "-record", "x"}, "not defined: -record"},
		{[]string{"plan", "prod", "qa"}, `stack "qa": one of ["shared" "dev"] is allowed`},
		{[]string{"apply", "dev"}, "-commit, -record and one stack are required"},
		{[]string{"drift"}, "no such file"},
	} {
		if _, err := p.run(test.args[0], test.args[1:]...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.args, err, test.want)
		}
	}
	p.write(t, "comment.md", "hello")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"post", "-file", filepath.Join(p.dir, "comment.md"), "-pull-request", "1"}, "does not start with"},
		{[]string{"post", "-file", filepath.Join(p.dir, "comment.md")}, "-pull-request 0"},
	} {
		if err := runCommand(&bytes.Buffer{}, test.args...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.args, err, test.want)
		}
	}
	if _, err := gitHub(func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN must be set") {
		t.Errorf("got %v", err)
	}
}

func TestWithoutHeader(t *testing.T) {
	const diff = "diff --git a/docs/access.md b/docs/access.md\nindex 1..2 100644\n--- a/docs/access.md\n+++ b/docs/access.md\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n"
	if got := withoutHeader(diff); got != "@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n" {
		t.Errorf("%q", got)
	}
	if got := withoutHeader(""); got != "" {
		t.Errorf("%q", got)
	}
}
