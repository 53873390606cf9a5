package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// fakeTerraform names the folder that makes the test's own binary play
// Terraform: it answers with the files there, and notes its calls.
const fakeTerraform = "FAKE_TERRAFORM"

func TestMain(m *testing.M) {
	dir := os.Getenv(fakeTerraform)
	switch {
	case dir == "":
		os.Exit(m.Run())
	case filepath.Base(os.Args[0]) == "npx":
		os.Exit(playCDKTF(os.Args[1:]))
	default:
		os.Exit(playTerraform(dir, os.Args[1:]))
	}
}

// playCDKTF does what `npx --no cdktf diff` and `deploy` do of a synthesised
// stack (CLI 0.21.0; internal/cdktf tests the real one): it runs Terraform in
// the stack's folder, with the same environment, and puts the stack's name
// before what that prints.
func playCDKTF(args []string) int {
	flags := flag.NewFlagSet("cdktf", flag.ContinueOnError)
	output := flags.String("output", "", "")
	for _, name := range []string{"skip-synth", "skip-provider-lock", "no-color", "disable-plugin-cache-env", "ignore-missing-stack-dependencies", "refresh-only"} {
		flags.Bool(name, false, "")
	}
	what, stack := args[2], args[3]
	if err := flags.Parse(args[4:]); err != nil || !slices.Equal(args[:2], []string{"--no", "cdktf"}) || flags.Lookup("skip-synth").Value.String() != "true" {
		fmt.Fprintln(os.Stderr, "not a call of cdktf:", args, err)
		return 2
	}
	terraform := func(args ...string) int {
		c := exec.Command(os.Getenv("TERRAFORM_BINARY_NAME"), args...)
		c.Dir = filepath.Join(*output, "stacks", stack)
		printed, err := c.CombinedOutput()
		for line := range strings.Lines(string(printed)) {
			fmt.Print(stack + "  " + line)
		}
		if err != nil && c.ProcessState == nil {
			fmt.Println(err)
			return 1
		}
		return c.ProcessState.ExitCode()
	}
	if code := terraform("init"); code != 0 {
		return code
	}
	if what == "deploy" {
		return terraform("apply")
	}
	plan := []string{"plan", "-input=false", "-out=plan"}
	if flags.Lookup("refresh-only").Value.String() == "true" {
		plan = append(plan, "-refresh-only")
	}
	return terraform(plan...)
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
	// Terraform puts what the variable holds behind the command.
	more := os.Getenv("TF_CLI_ARGS_" + args[0])
	args = append(args, strings.Fields(strings.ReplaceAll(more, `"`, ""))...)
	fmt.Fprintln(log, strings.Join(args, " "))
	answer := func(name string) int {
		data, err := os.ReadFile(filepath.Join(dir, stack+"."+name))
		if err == nil {
			os.Stdout.Write(data)
		}
		return 0
	}
	unknown := func() int {
		fmt.Fprintln(os.Stderr, "not a call that the stand-in knows:", args)
		return 2
	}
	switch args[0] {
	case "init":
		if err := os.WriteFile(terraform.LockFile, []byte("lock"), 0o600); err != nil {
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
		return unknown()
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
		return 0
	case "show":
		if len(args) != 3 || args[1] != "-json" {
			return unknown()
		}
		if data, err := os.ReadFile(args[2]); err != nil || string(data) != "plan of "+stack {
			fmt.Fprintln(os.Stderr, "Error: Failed to read plan file:", err)
			return 1
		}
		return answer("show")
	case "apply":
		if slices.Contains(args, "-refresh-only") {
			if _, err := os.Stat(filepath.Join(dir, stack+".refresh-fails")); err == nil {
				fmt.Fprintln(os.Stderr, "Error: AWS is slow")
				return 1
			}
			return 0
		}
		answer("apply")
		// Somebody writes another state meanwhile.
		if state, err := os.ReadFile(filepath.Join(dir, stack+".foreign")); err == nil {
			if err := os.WriteFile("terraform.tfstate", state, 0o600); err != nil {
				return 1
			}
		}
		// What a person reads if the run is killed now.
		if summary, err := os.ReadFile(filepath.Join(dir, "..", "applied.md")); err == nil {
			if err := os.WriteFile(filepath.Join(dir, "killed.md"), summary, 0o600); err != nil {
				return 1
			}
		}
		if _, err := os.Stat(filepath.Join(dir, stack+".apply-fails")); err == nil {
			return 1
		}
	default:
		return unknown()
	}
	return 0
}

// platform is a folder of synthesised stacks, shared and dev, with Terraform's
// answers next to it.
type platform struct{ dir, synth, plans, answers string }

func newPlatform(t *testing.T) platform {
	t.Helper()
	dir := t.TempDir()
	p := platform{dir, filepath.Join(dir, "cdktf.out"), filepath.Join(dir, "plans"), filepath.Join(dir, "answers")}
	p.write(t, "cdktf.out/manifest.json", `{"stacks": {
		"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"},
		"dev": {"name": "dev", "synthesizedStackPath": "stacks/dev/cdk.tf.json", "workingDirectory": "stacks/dev", "dependencies": ["shared"]}}}`)
	for _, stack := range []string{"shared", "dev"} {
		p.write(t, "cdktf.out/stacks/"+stack+"/cdk.tf.json", `{
			"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}, "required_providers": {"aws": {"source": "aws"}}},
			"resource": {"aws_ecs_service": {"web": {"lifecycle": {"ignore_changes": ["desired_count"]}}}}}`)
		p.write(t, "cdktf.out/stacks/"+stack+"/terraform.tfstate", `{"version": 4, "serial": 3, "lineage": "`+stack+`", "outputs": {"for_dev_vpc_id": {"value": "vpc-1"}}}`)
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
	for _, program := range []string{"terraform", "npx"} {
		if err := os.Symlink(self, filepath.Join(dir, "bin", program)); err != nil {
			t.Fatal(err)
		}
	}
	p.write(t, "terraform.rc", "")
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("TF_CLI_CONFIG_FILE", filepath.Join(dir, "terraform.rc"))
	t.Setenv(fakeTerraform, p.answers)
	before := whoMay
	whoMay = func(_ *rights, _ string, plan *review.Plan) (lacks []review.Lack, err error) {
		for _, r := range plan.ResourceChanges {
			if r.Type == "aws_iam_policy" {
				lacks = append(lacks, review.Lack{Address: r.Address, Rights: []string{"iam:CreatePolicyVersion"}})
			}
		}
		return lacks, nil
	}
	t.Cleanup(func() { whoMay = before })
	return p
}

// A state that names a provider which the stack does not require stops plan and
// diff before Terraform is started, for that stack only.
func TestForeignProviderStopsThePlan(t *testing.T) {
	p := newPlatform(t)
	p.write(t, "cdktf.out/stacks/dev/terraform.tfstate", `{"version": 4, "resources": [
		{"mode": "managed", "type": "aws_vpc", "name": "a", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].edge"},
		{"mode": "managed", "type": "leak", "name": "b", "provider": "provider[\"registry.terraform.io/evil/leak\"]"}]}`)
	out, err := p.run("plan")
	if err == nil || !strings.Contains(err.Error(), `leak.b: provider "provider[\"registry.terraform.io/evil/leak\"]"`) || strings.Contains(err.Error(), "aws_vpc.a") {
		t.Errorf("got %v\n%s", err, out)
	}
	if calls, err := os.ReadFile(filepath.Join(p.answers, "dev.calls")); err == nil {
		t.Errorf("Terraform was started:\n%s", calls)
	}
	if calls := p.read(t, "answers/shared.calls"); !strings.Contains(calls, "init -input=false -no-color -lockfile=readonly") {
		t.Errorf("the other stack's calls:\n%s", calls)
	}
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

func runCommand(out io.Writer, args ...string) error {
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
	if err == nil || !strings.Contains(err.Error(), `stack "dev": cdktf diff dev: npx: exit status 1`) || !strings.Contains(out, "shared     1 to create") {
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
	if changes != "changes=true\nadministrator=false\n" {
		t.Fatalf("outputs %q", outputs)
	}
	return strings.TrimSpace(record)
}

func TestApply(t *testing.T) {
	p := newPlatform(t)
	record := p.approve(t)
	p.write(t, "answers/dev.apply", "aws_vpc.dev: Creating...\naws_vpc.dev: Creation complete after 2s [id=vpc-1]\n\nApply complete! Resources: 1 added, 0 changed, 0 destroyed.\n")
	summary := filepath.Join(p.dir, "applied.md")
	out, err := p.run("apply", "-commit", commit, "-record", record, "-summary", summary, "dev")
	const want = "### dev: the plan was applied (changes: 1)\n\n**Next:** nothing.\n"
	if err != nil || !strings.HasPrefix(out, "aws_vpc.dev: Creating...\n") && !strings.Contains(out, "\naws_vpc.dev: Creating...\n") || !strings.HasSuffix(out, "destroyed.\n\n"+want) {
		t.Fatalf("%q, %v", out, err)
	}
	if got := p.read(t, "applied.md"); got != want {
		t.Errorf("the summary is %q", got)
	}
	if got := p.read(t, "answers/killed.md"); !strings.HasPrefix(got, "### dev: the run was killed\n") || !strings.Contains(got, "**Next:** an administrator runs `make recover STACK=dev`") {
		t.Errorf("a killed run leaves the summary %q", got)
	}
	calls := p.read(t, "answers/dev.calls")
	if !strings.HasSuffix(calls, "init -input=false -no-color -lockfile=readonly -reconfigure\nshow -json "+filepath.Join(p.plans, "dev", planFile)+"\napply -input=false -lock-timeout=5m "+filepath.Join(p.plans, "dev", planFile)+"\n"+
		"init -input=false -no-color -lockfile=readonly -reconfigure\napply -refresh-only -auto-approve -input=false -no-color -lock-timeout=5m\n") {
		t.Errorf("calls\n%s", calls)
	}
}

// TestApplyOnATerminal: what Terraform does is shown below what it says, but for
// its word that it still waits.
func TestApplyOnATerminal(t *testing.T) {
	p := newPlatform(t)
	record := p.approve(t)
	p.write(t, "answers/dev.apply", "aws_vpc.dev (setup/dev): Creating...\naws_vpc.dev (setup/dev): Still creating... [10s elapsed]\naws_vpc.dev (setup/dev): Creation complete after 12s [id=vpc-1]\n\nApply complete! Resources: 1 added, 0 changed, 0 destroyed.\n")
	var out bytes.Buffer
	if err := runCommand(progress.Terminal(&out, 80, 24), "apply", "-plans", p.plans, "-synth", p.synth, "-commit", commit, "-record", record, "dev"); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	left := out.String()
	for _, want := range []string{"  dev        init\n^C: ", "  dev        check of the plan\n", "  dev        apply 0 of 1\n", "aws_vpc.dev (setup/dev): Creating...\n", "  dev        apply 0 of 1, 0 s for setup/dev\n",
		"aws_vpc.dev (setup/dev): Creation complete after 12s [id=vpc-1]\n", "  dev        apply 1 of 1\n", "  dev        refresh of the state\n", "\x1b[J\n### dev: the plan was applied"} {
		_, after, found := strings.Cut(left, want)
		if !found {
			t.Errorf("%q is not shown where it should be:\n%s", want, left)
			continue
		}
		left = after
	}
	if strings.Contains(out.String(), "Still creating") {
		t.Errorf("it says what is shown anyway:\n%s", &out)
	}
}

// A deployment whose state cannot be refreshed succeeds, and says so.
func TestApplyWithoutRefresh(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"AWS fails": {"answers/dev.refresh-fails", "", "Error: AWS is slow"},
		"a foreign provider": {"answers/dev.foreign", `{"version": 4, "resources": [{"mode": "managed", "type": "leak", "name": "b", "provider": "provider[\"registry.terraform.io/evil/leak\"]"}]}`,
			"names a provider that the stack does not require"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			record := p.approve(t)
			p.write(t, test.file, test.text)
			out, err := p.run("apply", "-commit", commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "dev")
			summary := p.read(t, "applied.md")
			if err != nil || !strings.HasSuffix(out, summary) || !strings.HasPrefix(summary, "### dev: the plan was applied (changes: 1)\n\n⚠️ The state was not refreshed") ||
				!strings.Contains(summary, test.want) || !strings.Contains(summary, "**Next:** "+terraform.NotRefreshed("dev")) {
				t.Errorf("%v\n%s", err, summary)
			}
			if calls := p.read(t, "answers/dev.calls"); strings.Contains(calls, "-refresh-only") != (name == "AWS fails") {
				t.Errorf("calls\n%s", calls)
			}
		})
	}
}

// TestBadDays are applies that end early, by what Terraform printed, with what
// a person is told.
func TestBadDays(t *testing.T) {
	const plan = `{"format_version": "1.2", "resource_changes": [
		{"address": "aws_vpc.dev", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["create"]}},
		{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance", "change": {"actions": ["delete", "create"]}},
		{"address": "aws_lb.a", "mode": "managed", "type": "aws_lb", "change": {"actions": ["create", "delete"]}},
		{"address": "aws_ecs_service.web", "mode": "managed", "type": "aws_ecs_service", "change": {"actions": ["update"]}},
		{"address": "aws_sns_topic.a", "mode": "managed", "type": "aws_sns_topic", "change": {"actions": ["delete"]}}]}`
	const half = "aws_vpc.dev (setup/dev): Creating...\naws_vpc.dev (setup/dev): Creation complete after 2s [id=vpc-1]\n" +
		"aws_db_instance.a (environment/database): Destroying... [id=db-1]\naws_db_instance.a (environment/database): Destruction complete after 1m\naws_db_instance.a (environment/database): Creating...\n" +
		"aws_lb.a: Creating...\naws_lb.a: Creation complete after 2m [id=lb-2]\naws_sns_topic.a: Destroying... [id=arn:aws:sns:x]\n"
	for _, test := range []struct {
		name, printed string
		errored       bool
		want          []string
	}{
		{"a right is missing", half + "\nError: creating RDS DB Instance: operation error RDS: CreateDBInstance, https response error StatusCode: 403, AccessDenied: not authorized to perform: rds:CreateDBInstance\n\n  with aws_db_instance.a,\n", false,
			[]string{"### dev: the deployment failed, 1 of 5 changes were made\n", "- `aws_sns_topic.a`: to destroy, was begun\n", "- `aws_db_instance.a`: ⚠️ **destroyed, and not made again yet**\n", "- `aws_lb.a`: the new one is made, the old one is there still\n", "- `aws_ecs_service.web`: to change\n",
				"AccessDenied: not authorized to perform: rds:CreateDBInstance\n\n  with aws_db_instance.a,\n```", "**Next:** if it is the CI roles", "`make bootstrap`"}},
		{"the credentials expire", half + "\nError: Failed to save state\n\nError saving state: ExpiredToken: The provided token has expired.\n\nError: Error releasing the state lock\n", true,
			[]string{"1 of 5 changes were made", "**Next:** **the state could not be written.** `", "/dev/errored.tfstate` holds what was made", "state push errored.tfstate`", "`make recover STACK=dev`"}},
		{"the credentials expire, the state is written", half + "\nError: waiting for RDS: ExpiredToken: The security token included in the request is expired\n", false,
			[]string{"**Next:** the credentials expired", "`make recover STACK=dev`, which releases the lock"}},
		{"the lock is held", "\nError: Error acquiring the state lock\n\nLock Info:\n  Who: runner@x\n  Created: 2026-11-26\n", false,
			[]string{"### dev: the deployment failed, nothing was changed\n", "Who: runner@x", "**Next:** see who holds the lock"}},
		{"the state was written since", "\nError: Saved plan is stale\n", false, []string{"nothing was changed", "**Next:** run the workflow again. "}},
		{"a killed run made it", half + "\nError: creating SNS Topic: TopicAlreadyExists\n", false, []string{"**Next:** something in AWS has the name already. If a run that was killed made it, an administrator runs `make recover STACK=dev`"}},
		{"something else", half + "\nError: creating ELB: InvalidSubnet\n", false, []string{"**Next:** remove the cause above, in AWS or by a pull request, and run the workflow again: it plans what is left. What was made stays and is in the state.\n"}},
		{"it says nothing", "", false, []string{"nothing was changed", "cdktf deploy dev: exit status 1", "**Next:** remove the cause above and run the workflow again. Nothing has to be taken back."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlatform(t)
			p.write(t, "answers/dev.show", plan)
			record := p.approve(t)
			p.write(t, "answers/dev.apply", test.printed)
			p.write(t, "answers/dev.apply-fails", "")
			if test.errored {
				p.write(t, "cdktf.out/stacks/dev/errored.tfstate", "{}")
			}
			out, err := p.run("apply", "-commit", commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "dev")
			if err == nil {
				t.Fatalf("a failed apply succeeds:\n%s", out)
			}
			summary := p.read(t, "applied.md")
			if !strings.HasSuffix(out, "\n"+summary) || !strings.Contains(out, test.printed) {
				t.Errorf("printed\n%s", out)
			}
			for _, want := range test.want {
				if !strings.Contains(summary, want) {
					t.Errorf("%q is missing in\n%s", want, summary)
				}
			}
		})
	}
	o := outcome{stack: "dev", plan: &review.Plan{ResourceChanges: []review.ResourceChange{{Address: "aws_vpc.dev", Change: review.Change{Actions: []string{"create"}}}}}}
	for line := range strings.Lines("aws_vpc.dev: Creating...\nInterrupt received.\nError: execution halted\n") {
		o.line(strings.TrimSpace(line))
	}
	if text := o.markdown(errors.New("exit status 1"), true); !strings.Contains(text, "### dev: the deployment was cancelled, 0 of 1 changes were made") || !strings.Contains(text, "**Next:** run the workflow again: it plans what is left. Terraform ended properly") || !strings.Contains(text, "- `aws_vpc.dev`: to create, was begun") {
		t.Errorf("cancelled:\n%s", text)
	}
}

func TestOutcomeListsNotTooMuch(t *testing.T) {
	o := outcome{stack: "dev", plan: &review.Plan{}}
	for i := range 200 {
		o.plan.ResourceChanges = append(o.plan.ResourceChanges, review.ResourceChange{Address: fmt.Sprintf("aws_vpc.a%d", i), Change: review.Change{Actions: []string{"create"}}})
	}
	o.line("aws_vpc.a150: Creating...")
	text := o.markdown(errors.New(strings.Repeat("ä", 100_000)+"``` x"), false)
	if len(text) > 20_000 || !strings.Contains(text, "Left:\n\n- `aws_vpc.a150`: to create, was begun\n- `aws_vpc.a0`: to create\n") || !strings.Contains(text, "- … and 150 more\n") {
		t.Errorf("%d bytes:\n%s", len(text), text)
	}
}

func TestStalePlansAreRefused(t *testing.T) {
	const again = "run the workflow again. The state, the commit or the stack is no longer the one"
	for _, test := range []struct {
		name, file, text string
		commit           string
		want, next       string
	}{
		{"another commit", "", "", strings.Repeat("1", 40), "commit: the plan was made for", again},
		{"another stack", "cdktf.out/stacks/dev/cdk.tf.json", `{"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}}}`, commit, "synthesised stack", again},
		{"another plan", "plans/dev/plan.tfplan", "other", commit, "plan file", again},
		{"other providers", "plans/dev/terraform.lock.hcl", "other", commit, "provider lock file", again},
		{"a state written since", "cdktf.out/stacks/dev/terraform.tfstate", `{"version": 4, "serial": 4, "lineage": "dev"}`, commit, `state serial: the plan was made for "3", now it is "4"`, again},
		{"another state", "cdktf.out/stacks/dev/terraform.tfstate", `{"version": 4, "serial": 3, "lineage": "x"}`, commit, "state lineage", again},
		{"another record", "plans/dev/record.json", "{}", commit, "what was approved has", "find out who changed the artifact of the plan job"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlatform(t)
			record := p.approve(t)
			if test.file != "" {
				p.write(t, test.file, test.text)
			}
			_, err := p.run("apply", "-commit", test.commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "dev")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if calls := p.read(t, "answers/dev.calls"); strings.Contains(calls, "apply") {
				t.Errorf("it was applied:\n%s", calls)
			}
			if summary := p.read(t, "applied.md"); !strings.HasPrefix(summary, "### dev: the deployment failed, nothing was changed\n") || !strings.Contains(summary, test.want) || !strings.Contains(summary, "**Next:** "+test.next) {
				t.Errorf("the summary is\n%s", summary)
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
		{[]string{"apply", "-commit", "c", "-record", "r", "qa"}, `stack "qa": one of ["shared" "dev"] is allowed`},
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
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"rescue"}, "one STACK is required\nusage: platform rescue [flags] STACK"},
		{[]string{"rescue", "shared", "dev"}, "one STACK is required"},
		{[]string{"rescue", "-synth", p.synth, "-dir", p.dir, "qa"}, `stack "qa": one of ["shared" "dev"] is allowed`},
		{[]string{"rescue", "-synth", filepath.Join(p.dir, "none"), "dev"}, "no such file"},
		{[]string{"approval"}, "one STACK is required\nusage: platform approval [flags] STACK"},
		{[]string{"approval", "qa"}, "qa"},
		{[]string{"approval", "shared"}, "GITHUB_API_URL"},
		{[]string{"apply"}, "usage: platform apply [flags] STACK"},
	} {
		if err := runCommand(&bytes.Buffer{}, test.args...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.args, err, test.want)
		}
	}
	// Without Terraform nothing is planned or rescued.
	t.Setenv(terraform.ProgramVariable, filepath.Join(p.dir, "none"))
	if _, err := p.run("plan"); err == nil || !strings.Contains(err.Error(), terraform.ProgramVariable) {
		t.Errorf("plan: got %v", err)
	}
	if err := runCommand(&bytes.Buffer{}, "rescue", "-synth", p.synth, "-dir", p.dir, "dev"); err == nil || !strings.Contains(err.Error(), terraform.ProgramVariable) {
		t.Errorf("rescue: got %v", err)
	}
	if _, err := gitHub(func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN must be set") {
		t.Errorf("got %v", err)
	}
}

// A text cannot end the block that it is in, and is cut where it is long.
func TestFenced(t *testing.T) {
	for text, want := range map[string]string{
		"a":                             "```text\na\n```",
		"a ``` b":                       "````text\na ``` b\n````",
		"a ```` b":                      "`````text\na ```` b\n`````",
		strings.Repeat("x", 8000):       "```text\n" + strings.Repeat("x", 8000) + "\n```",
		strings.Repeat("ü", 4001):       "```text\n" + strings.Repeat("ü", 4000) + "\n…\n```",
		strings.Repeat("x", 7999) + "ü": "```text\n" + strings.Repeat("x", 7999) + "\n…\n```",
	} {
		if got := fenced(text); got != want {
			t.Errorf("%.20q: %q", text, got)
		}
	}
}

// The shared stack comes first, then the environments as they are deployed, then
// others by their name.
func TestByDeployment(t *testing.T) {
	all := append([]string{"zoo", "ark"}, environments()...)
	slices.Reverse(all)
	all = append(all, config.SharedStack)
	slices.SortFunc(all, byDeployment)
	if want := append(append([]string{config.SharedStack}, environments()...), "ark", "zoo"); !slices.Equal(all, want) {
		t.Errorf("%q, want %q", all, want)
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

// fakeGitHub answers as GitHub's API with the texts given, and keeps what is
// written. The run's environment then names it.
func fakeGitHub(t *testing.T, texts string) *[]string {
	t.Helper()
	var writes []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodGet {
			fmt.Fprint(w, texts)
			return
		}
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		writes = append(writes, r.Method+" "+r.URL.Path+" "+body["title"]+body["state"]+"\n"+body["body"])
		fmt.Fprint(w, `{"id": 9, "number": 9, "html_url": "https://github.com/x"}`)
	}))
	t.Cleanup(server.Close)
	t.Setenv("GITHUB_API_URL", server.URL)
	t.Setenv("GITHUB_REPOSITORY", "paperwurks/infra")
	t.Setenv("GITHUB_TOKEN", "token")
	return &writes
}

func TestPost(t *testing.T) {
	p := newPlatform(t)
	text := review.CommentMarker + "\nhello\n"
	p.write(t, "comment.md", text)
	post := func() (string, error) {
		var out bytes.Buffer
		err := runCommand(&out, "post", "-file", filepath.Join(p.dir, "comment.md"), "-pull-request", "7")
		return out.String(), err
	}
	for name, test := range map[string]struct{ texts, want string }{
		"the first":      {`[]`, "POST /repos/paperwurks/infra/issues/7/comments \n" + text},
		"an earlier one": {`[{"id": 5, "body": "` + review.CommentMarker + `", "user": {"login": "github-actions[bot]"}}]`, "PATCH /repos/paperwurks/infra/issues/comments/5 \n" + text},
	} {
		writes := fakeGitHub(t, test.texts)
		out, err := post()
		if err != nil || out != "https://github.com/x\n" || len(*writes) != 1 || (*writes)[0] != test.want {
			t.Errorf("%s: %q, %v; wrote %q, want %q", name, out, err, *writes, test.want)
		}
	}
	writes := fakeGitHub(t, `[{"id": 5, "body": "`+review.CommentMarker+`", "user": {"login": "github-actions[bot]"}}]`)
	var out bytes.Buffer
	err := runCommand(&out, "post", "-file", filepath.Join(p.dir, "no-such.md"), "-pull-request", "7", "-source", "commit 2")
	if err != nil || len(*writes) != 1 || !strings.HasPrefix((*writes)[0], "PATCH /repos/paperwurks/infra/issues/comments/5 \n"+review.CommentMarker+"\n**What this commit would change is not known**") || !strings.HasSuffix((*writes)[0], "\n\n<sub>commit 2</sub>\n") {
		t.Errorf("without a file: %v, wrote %q: the comment of an earlier commit stays", err, *writes)
	}
	t.Setenv("GITHUB_TOKEN", "wrong")
	if _, err := post(); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("GitHub refuses, and the command says %v", err)
	}
}

func TestDriftKeepsItsIssue(t *testing.T) {
	const open = `[{"id": 5, "number": 5, "body": "` + review.DriftMarker + `", "user": {"login": "github-actions[bot]"}}]`
	const clean = `{"format_version": "1.2"}`
	for name, test := range map[string]struct{ texts, shown, want, says string }{
		"drift, no issue": {`[]`, "", "POST /repos/paperwurks/infra/issues " + review.DriftTitle + "\n" + review.DriftMarker, "issue 9 opened"},
		"drift, an issue": {open, "", "PATCH /repos/paperwurks/infra/issues/5 \n" + review.DriftMarker, "issue 5 updated"},
		"clean, an issue": {open, clean, "PATCH /repos/paperwurks/infra/issues/5 closed", "issue 5 closed"},
		"clean, no issue": {`[]`, clean, "", "no issue to open or close"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			if test.shown != "" {
				for _, stack := range []string{"shared", "dev"} {
					p.write(t, "answers/"+stack+".show", test.shown)
				}
			}
			if _, err := p.run("plan", "-refresh-only"); err != nil {
				t.Fatal(err)
			}
			writes := fakeGitHub(t, test.texts)
			out, err := p.run("drift", "-github", "-source", "a run")
			if err != nil || !strings.Contains(out, test.says) {
				t.Errorf("%q, %v", out, err)
			}
			last := ""
			if len(*writes) > 0 {
				last = (*writes)[len(*writes)-1]
			}
			if !strings.HasPrefix(last, test.want) || (test.want == "") != (last == "") {
				t.Errorf("wrote %q, want %q", *writes, test.want)
			}
			if strings.HasPrefix(name, "drift") && (!strings.Contains(last, "`enable_dns_support`: `true` → `false`") || !strings.Contains(last, "a run")) {
				t.Errorf("the issue is\n%s", last)
			}
		})
	}
}

func TestFailureKeepsItsIssue(t *testing.T) {
	const marker = "<!-- failed run: Deploy -->"
	const open = `[{"id": 5, "number": 5, "body": "` + marker + `", "user": {"login": "github-actions[bot]"}}]`
	const other = `[{"id": 5, "number": 5, "body": "<!-- failed run: Drift -->", "user": {"login": "github-actions[bot]"}}]`
	for _, test := range []struct{ texts, conclusion, want, says, output string }{
		{`[]`, "failure", "POST /repos/paperwurks/infra/issues Deploy failed on the branch that is deployed\n" + marker, "issue 9 opened", "issue=9\n"},
		{other, "startup_failure", "POST /repos/paperwurks/infra/issues Deploy failed on the branch that is deployed\n" + marker, "issue 9 opened", "issue=9\n"},
		{open, "timed_out", "POST /repos/paperwurks/infra/issues/5/comments \nDeploy ended with `timed_out`: ", "issue 5 has a comment", "issue=5\n"},
		{open, "success", "PATCH /repos/paperwurks/infra/issues/5 closed", "issue 5 closed", ""},
		{other, "success", "", "no issue to open or close", ""},
		{open, "cancelled", "POST /repos/paperwurks/infra/issues/5/comments \nDeploy ended with `cancelled`: ", "issue 5 has a comment", "issue=5\n"},
		{open, "skipped", "", "the issue stays as it is", ""},
	} {
		writes := fakeGitHub(t, test.texts)
		var out bytes.Buffer
		outputs := filepath.Join(t.TempDir(), "outputs")
		err := runCommand(&out, "failure", "-workflow", "Deploy", "-conclusion", test.conclusion, "-source", "https://github.com/run/1", "-outputs", outputs)
		if err != nil || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: %q, %v", test.conclusion, &out, err)
		}
		if written, _ := os.ReadFile(outputs); string(written) != test.output {
			t.Errorf("%s: outputs %q, want %q", test.conclusion, written, test.output)
		}
		last, all := "", strings.Join(*writes, "\n")
		if len(*writes) > 0 {
			last = (*writes)[len(*writes)-1]
		}
		if !strings.HasPrefix(last, test.want) || (test.want == "") != (last == "") || last != "" && !strings.Contains(all, "https://github.com/run/1") {
			t.Errorf("%s: wrote %q, want %q", test.conclusion, *writes, test.want)
		}
	}
	fakeGitHub(t, `[]`)
	if err := runCommand(io.Discard, "failure", "-workflow", "Deploy", "-conclusion", "failure", "-outputs", "/"); err == nil {
		t.Error("the number of the issue cannot be written, and it says nothing")
	}
	for want, arguments := range map[string][]string{
		`-conclusion "red"`: {"-workflow", "Deploy", "-conclusion", "red"},
		`-conclusion ""`:    {"-workflow", "Deploy"},
		`-workflow ""`:      {"-conclusion", "failure"},
		`-workflow "a-->b"`: {"-conclusion", "failure", "-workflow", "a-->b"},
	} {
		writes := fakeGitHub(t, `[]`)
		if err := runCommand(io.Discard, append([]string{"failure"}, arguments...)...); err == nil || !strings.Contains(err.Error(), want) || len(*writes) > 0 {
			t.Errorf("%q: %v, wrote %q; want %s", arguments, err, *writes, want)
		}
	}
}

// repository is a git repository that the test works in.
type repository struct{ t *testing.T }

func newRepository(t *testing.T) repository {
	t.Helper()
	t.Chdir(t.TempDir())
	r := repository{t}
	r.git("init", "--quiet")
	return r
}

func (r repository) git(args ...string) {
	r.t.Helper()
	command := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
	if printed, err := command.CombinedOutput(); err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, printed)
	}
}

func (r repository) commit() {
	r.t.Helper()
	r.git("add", ".")
	r.git("commit", "--quiet", "--message", "x")
}

func (r repository) write(file, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// The comment has what changed of docs/access.md since a revision.
func TestCommentComparesAccess(t *testing.T) {
	p := newPlatform(t)
	if _, err := p.run("plan"); err != nil {
		t.Fatal(err)
	}
	repository := newRepository(t)
	repository.write("docs/access.md", "| push | no |\n")
	repository.commit()
	if out, err := p.run("comment", "-base", "HEAD"); err != nil || strings.Contains(out, "docs/access.md") {
		t.Errorf("nothing changed: %v\n%s", err, out)
	}
	repository.write("docs/access.md", "| push | yes |\n")
	if out, err := p.run("comment", "-base", "HEAD"); err != nil || !strings.Contains(out, "In plain words (docs/access.md):\n```diff\n@@ -1 +1 @@\n-| push | no |\n+| push | yes |\n```\n") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := p.run("comment"); err != nil || strings.Contains(out, "docs/access.md") {
		t.Errorf("without a base: %v\n%s", err, out)
	}
	if _, err := p.run("comment", "-base", "no-such"); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("a base that is not there: %v", err)
	}
	written := filepath.Join(p.dir, "comment.md")
	if out, err := p.run("comment", "-o", written); err != nil || out != "" || !strings.HasPrefix(p.read(t, "comment.md"), review.CommentMarker) {
		t.Errorf("-o: %q, %v", out, err)
	}
}

// What the change costs is told by the snapshots of both revisions: here a
// bigger database and one alarm more, and an environment that is new.
func TestCommentTellsCosts(t *testing.T) {
	p := newPlatform(t)
	if _, err := p.run("plan"); err != nil {
		t.Fatal(err)
	}
	repository := newRepository(t)
	stack := func(name, resources string) {
		t.Helper()
		repository.write("__snapshots__/"+name+".json", `{"resource": {`+resources+`}}`)
	}
	const alarm = `"aws_vpc": {"a": {}}, "aws_cloudwatch_metric_alarm": {"a": {}%s}`
	database := func(class string) string {
		return `"aws_db_instance": {"a": {"instance_class": "` + class + `", "storage_type": "gp3", "allocated_storage": 20}}, `
	}
	stack("shared", "")
	stack("dev", database("db.t4g.medium")+fmt.Sprintf(alarm, ""))
	stack("prod", database("db.m7g.large")+fmt.Sprintf(alarm, ""))
	// What is no stack's snapshot costs nothing.
	stack("options/dev", "")
	repository.write("__snapshots__/README.md", "no JSON\n")
	repository.commit()
	comment := func() string {
		t.Helper()
		out, err := p.run("comment", "-base", "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := comment(); strings.Contains(out, "costs") {
		t.Errorf("nothing changes, and the comment says\n%s", out)
	}
	stack("dev", database("db.t4g.large")+fmt.Sprintf(alarm, `, "b": {}`))
	stack("new", fmt.Sprintf(alarm, ""))
	out := comment()
	for _, want := range []string{
		"- **dev**: +54.12 US dollars a month (57.59 → 111.71)\n", "- **new**: +0.10 US dollars a month (0.00 → 0.10)\n",
		"- **dev** RDS db.t4g.large: 0 → 1 instance, +108.77\n", "- **dev** RDS db.t4g.medium: 1 → 0 instance, -54.75\n", "- **dev** Alarms: 1 → 2 alarm, +0.10\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if strings.Contains(out, "**prod**:") {
		t.Errorf("prod costs what it did:\n%s", out)
	}
	stack("dev", database("db.no.such")+fmt.Sprintf(alarm, ""))
	if out := comment(); !strings.Contains(out, "**and what has no price**") || !strings.Contains(out, "- **dev** RDS db.no.such: 0 → 1 ") {
		t.Errorf("a price is missing, and the comment says\n%s", out)
	}
}

// TestRefusedPlan: a plan that takes what may not go is shown with the reason,
// kept by nobody and ends red; a removed environment's state is looked up.
func TestRefusedPlan(t *testing.T) {
	p := newPlatform(t)
	p.write(t, "answers/shared.show", `{"format_version": "1.2", "resource_changes": [
		{"address": "aws_vpc.setup_gone_network_vpc_1", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["delete"], "before": {}}}]}`)
	p.write(t, "cdktf.out/stacks/shared/gone.tfstate", `{"version": 4, "resources": [{"mode": "managed", "type": "aws_lb", "name": "a", "instances": [{"attributes": {}}]}]}`)
	outputs := filepath.Join(p.dir, "outputs")
	out, err := p.run("plan", "-keep-plan", "-commit", "c1", "-outputs", outputs, "shared")
	if err == nil || !strings.Contains(err.Error(), `refused: aws_vpc.setup_gone_network_vpc_1: environment "gone" is no longer in the settings, and its stack still has 1 resources in AWS`) {
		t.Errorf("got %v\n%s", err, out)
	}
	for _, file := range []string{filepath.Join(p.plans, "shared", planFile), filepath.Join(p.plans, "shared", recordJSON), outputs} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is there", file)
		}
	}
	comment, err := p.run("comment")
	if err != nil || !strings.Contains(comment, "### 🛑 Refused: this is not deployed") || !strings.Contains(comment, "Remove an environment") {
		t.Errorf("%v\n%s", err, comment)
	}
}

// What was allowed when it was planned may be refused when it is applied.
func TestRefusedApply(t *testing.T) {
	p := newPlatform(t)
	if out, err := p.run("plan", "-keep-plan", "-commit", commit, "shared"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	record := review.Digest([]byte(p.read(t, "plans/shared/record.json")))
	p.write(t, "answers/shared.show", `{"format_version": "1.2", "resource_changes": [
		{"address": "aws_vpc.setup_gone_network_vpc_1", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["delete"], "before": {}}}]}`)
	_, err := p.run("apply", "-commit", commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "shared")
	if err == nil || !strings.Contains(err.Error(), "refused: aws_vpc.setup_gone_network_vpc_1: ") {
		t.Errorf("got %v", err)
	}
	if calls := p.read(t, "answers/shared.calls"); strings.Contains(calls, "apply") {
		t.Errorf("it was applied:\n%s", calls)
	}
}

// TestNewEnvironment: a stack that reads what shared does not have yet is said to
// wait, which is no fault of a pull request; there is nothing to approve of it.
func TestNewEnvironment(t *testing.T) {
	p := newPlatform(t)
	p.write(t, "cdktf.out/stacks/shared/terraform.tfstate", `{"version": 4, "outputs": {"for_prod_vpc_id": {"value": "vpc-1"}}}`)
	if out, err := p.run("plan"); err != nil || !strings.Contains(out, "it is new: shared is deployed first") {
		t.Errorf("%v\n%s", err, out)
	}
	comment, err := p.run("comment")
	if want := "**dev** has no plan yet: it is new: shared is deployed first, which makes its network, keys and images; then it has a plan, which creates 1 resources."; err != nil || !strings.Contains(comment, want) {
		t.Errorf("%v\n%s\nwant %s", err, comment, want)
	}
	if _, err := p.run("plan", "-keep-plan", "-commit", "c1", "dev"); err == nil || !strings.Contains(err.Error(), "it is new") {
		t.Errorf("a plan to approve: %v", err)
	}
	if out, err := p.run("plan", "-refresh-only"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := p.run("drift"); err != nil || strings.Contains(out, "dev") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAdministratorFirst: what infra-role may not do is at the top of the
// comment and among the outputs by which Deploy stops; nothing of it is said of
// what it may.
func TestAdministratorFirst(t *testing.T) {
	p := newPlatform(t)
	outputs := filepath.Join(p.dir, "outputs")
	if out, err := p.run("plan", "-outputs", outputs, "shared"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if comment, err := p.run("comment"); err != nil || strings.Contains(comment, "administrator") || !strings.Contains(p.read(t, "outputs"), "administrator=false\n") {
		t.Errorf("%v\n%s\n%s", err, comment, p.read(t, "outputs"))
	}
	p.write(t, "answers/shared.show", `{"format_version": "1.2", "resource_changes": [
		{"address": "aws_iam_policy.boundary", "mode": "managed", "type": "aws_iam_policy", "change": {"actions": ["update"], "before": {"policy": "a"}, "after": {"policy": "b"}}}]}`)
	if out, err := p.run("plan", "-outputs", outputs, "shared"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	comment, err := p.run("comment")
	if err != nil || !strings.Contains(comment, "### 🔐 An administrator applies this first: `make bootstrap`") ||
		!strings.Contains(comment, "- changes iam policy `aws_iam_policy.boundary`, which takes `iam:CreatePolicyVersion`") || !strings.HasSuffix(p.read(t, "outputs"), "changes=true\nadministrator=true\n") {
		t.Errorf("%v\n%s\n%s", err, comment, p.read(t, "outputs"))
	}
}
