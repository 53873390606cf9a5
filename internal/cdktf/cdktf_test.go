package cdktf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/terraform"
)

// These tests run the cdktf CLI of package-lock.json (`make tools` installs
// it), with the Terraform of this machine and a stack that needs no provider,
// or with a Terraform that the test's own binary plays.

// fakeTerraform names the folder of the Terraform that is played: it works
// until it is interrupted, and then needs longer than the CLI waits.
const fakeTerraform = "FAKE_TERRAFORM"

func TestMain(m *testing.M) {
	dir := os.Getenv(fakeTerraform)
	if dir == "" {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "version":
		fmt.Println("Terraform v1.11.4")
	case "apply":
		interrupts := make(chan os.Signal, 2)
		signal.Notify(interrupts, os.Interrupt)
		fmt.Println("aws_vpc.a: Creating...")
		select {
		case <-interrupts:
		case <-time.After(20 * time.Second):
			fmt.Println("never interrupted")
			os.Exit(3)
		}
		time.Sleep(2 * time.Second)
		if err := os.WriteFile(filepath.Join(dir, "released"), nil, 0o600); err != nil {
			os.Exit(2)
		}
		fmt.Println("lock released")
		os.Exit(1)
	}
}

// synth writes stacks as the app does, and returns their folder. Their state is
// next to it.
func synth(t *testing.T, value string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{
		"cdktf.out/manifest.json": `{"version": "0.20.12", "stacks": {
			"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared", "constructPath": "shared", "annotations": [], "dependencies": []},
			"dev": {"name": "dev", "synthesizedStackPath": "stacks/dev/cdk.tf.json", "workingDirectory": "stacks/dev", "constructPath": "dev", "annotations": [], "dependencies": ["shared"]}}}`,
		"cdktf.out/stacks/shared/cdk.tf.json": "{}",
		"cdktf.out/stacks/dev/cdk.tf.json": fmt.Sprintf(`{"//": {"metadata": {"backend": "local", "stackName": "dev", "version": "0.20.12"}},
			"terraform": {"backend": {"local": {"path": %q}}}, "resource": {"terraform_data": {"a": {"//": {"metadata": {"path": "dev/a"}}, "input": %q}}}}`,
			filepath.Join(dir, "dev.tfstate"), value),
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "cdktf.out")
}

func cli(t *testing.T, output string) CLI {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
	init := exec.Command("terraform", "init", "-input=false")
	init.Dir = filepath.Join(output, "stacks", "dev")
	if said, err := init.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if _, err := os.Stat("node_modules/.bin/cdktf"); err != nil {
		t.Fatalf("%v (`make tools` installs it)", err)
	}
	return CLI{Output: output}
}

// What a person read is what is applied, and once only.
func TestAStoredPlanIsApplied(t *testing.T) {
	output := synth(t, "one")
	c := cli(t, output)
	ctx := t.Context()
	written, err := c.Diff(ctx, "dev", false, false)
	if err != nil {
		t.Fatal(err)
	}
	plan := filepath.Join(t.TempDir(), "a plan") // with a blank, which Terraform's variable must not split
	data, err := os.ReadFile(written)
	if err == nil {
		err = os.WriteFile(plan, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	apply := func() (string, error) {
		var lines []string
		err := c.Apply(ctx, "dev", plan, func(line string) { lines = append(lines, line) })
		return strings.Join(lines, "\n"), err
	}
	printed, err := apply()
	if err != nil || !strings.Contains("\n"+printed, "\nterraform_data.a (a): Creating...\n") || !strings.Contains(printed, "\nApply complete! Resources: 1 added") {
		t.Fatalf("%v\n%s", err, printed)
	}
	if strings.Contains(printed, "\x1b") {
		t.Errorf("colours in what is logged: %q", printed)
	}
	var exit *exec.ExitError
	if printed, err = apply(); !errors.As(err, &exit) || !strings.Contains(printed, "Error: Saved plan is stale") {
		t.Errorf("the plan was applied again: %v\n%s", err, printed)
	}
	state, err := os.ReadFile(filepath.Join(filepath.Dir(output), "dev.tfstate"))
	if err != nil || !strings.Contains(string(state), `"serial": 1,`) {
		t.Errorf("%v\n%s", err, state)
	}
}

func TestDiffFails(t *testing.T) {
	output := synth(t, "one")
	if err := os.WriteFile(filepath.Join(output, "stacks/dev/cdk.tf.json"), []byte(`{"//": {"metadata": {"backend": "local", "stackName": "dev", "version": "0.20.12"}}, "resource": {"terraform_data": {"a": {"no_such": 1}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cli(t, output).Diff(t.Context(), "dev", false, false); err == nil || !strings.Contains(err.Error(), "no_such") {
		t.Errorf("got %v, want Terraform's reason", err)
	}
}

// The CLI ends at once on ^C, whatever Terraform does; here Terraform ends first.
func TestAnInterruptedApplyEndsProperly(t *testing.T) {
	output := synth(t, "one")
	c := cli(t, output)
	dir := t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(dir, "terraform"))
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Environment = []string{fakeTerraform + "=" + dir, "PATH=" + dir + ":" + os.Getenv("PATH")}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var lines []string
	err = c.Apply(ctx, "dev", "plan", func(line string) {
		lines = append(lines, line)
		if strings.Contains(line, "Creating...") {
			cancel()
		}
	})
	if err == nil {
		t.Error("an interrupted apply succeeded")
	}
	if _, missing := os.Stat(filepath.Join(dir, "released")); missing != nil {
		t.Errorf("the CLI ended before Terraform had: %v\n%s", err, strings.Join(lines, "\n"))
	}
	if !strings.Contains(strings.Join(lines, "\n"), "lock released") {
		t.Errorf("what Terraform said last is lost:\n%s", strings.Join(lines, "\n"))
	}
}

// Another CLI takes the same arguments, and OpenTofu no read-only lock file of
// Terraform's.
func TestPrograms(t *testing.T) {
	for _, test := range []struct {
		cli           CLI
		program, init string
	}{
		{CLI{}, "npx --no cdktf diff dev", "TF_CLI_ARGS_init=-lockfile=readonly"},
		{CLI{Program: []string{"node", "cdktn.js"}, Provider: terraform.Source{Program: "tofu"}}, "node cdktn.js diff dev", "TF_CLI_ARGS_init="},
	} {
		r, err := test.cli.prepare(t.Context(), "diff", false, []string{"dev"})
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := os.ReadFile(r.wrapper.file)
		if got := strings.Join(r.command.Args, " "); !strings.HasPrefix(got, test.program+" --no-color") {
			t.Errorf("runs %q, want %q", got, test.program)
		}
		if !slices.Contains(r.command.Env, test.init) {
			t.Errorf("%q lacks %s", r.command.Env, test.init)
		}
		if want := fmt.Sprintf("exec %q ", cmp.Or(test.cli.Provider.Program, "terraform")); err != nil || !strings.Contains(string(wrapped), want) {
			t.Errorf("%v: the wrapper lacks %q:\n%s", err, want, wrapped)
		}
		if err := r.wrapper.remove(); err != nil {
			t.Error(err)
		}
	}
}

// Only where the CLI does not synthesise, Node.js keeps what it compiled; a
// person's own folder for that stays.
func TestCompileCache(t *testing.T) {
	for _, test := range []struct {
		initialised bool
		own         string
		want        bool
	}{{true, "", true}, {false, "", false}, {true, "/own", false}} {
		t.Setenv(compileCache, test.own)
		r, err := CLI{}.prepare(t.Context(), "diff", test.initialised, []string{"dev"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.HasSuffix(r.command.Env[len(r.command.Env)-1], "/.local/node-cache"); got != test.want {
			t.Errorf("%+v: %q", test, r.command.Env)
		}
		if err := r.wrapper.remove(); err != nil {
			t.Error(err)
		}
	}
}

// TestTheFaultIsInTheError: of stacks side by side, another one may have the last
// word.
func TestTheFaultIsInTheError(t *testing.T) {
	in := "dev  aws_vpc.a: Creating...\nstaging  Error: reading a parameter\n\n         with aws_ssm_parameter.x\nprod  Apply complete! Resources: 1 added\n\n      Outputs:\n" + strings.Repeat("      a = 1\n", 40)
	var lines []string
	got := follow(strings.NewReader(in), []string{"dev", "staging", "prod"}, func(stack, line string) { lines = append(lines, stack) })
	if want := "staging  Error: reading a parameter\n         with aws_ssm_parameter.x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if lines[0] != "dev" || lines[3] != "staging" || lines[len(lines)-1] != "prod" {
		t.Errorf("the lines are of %q", lines)
	}
	if got := follow(strings.NewReader("a\n\nb\n"), nil, func(string, string) {}); got != "a\nb" {
		t.Errorf("without a fault: %q", got)
	}
}
