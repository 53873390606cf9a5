package cdktf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeCLI notes its arguments and what of its environment decides, prints what is
// in the file says, waits while there is a file wait, and runs Terraform where
// there is a file terraform.
const fakeCLI = `echo "$@" >>"$FAKE_CLI/args"
env | grep -e ^TF_ -e ^CI= -e ^FORCE_ -e ^NODE_COMPILE >>"$FAKE_CLI/env"
cat "$FAKE_CLI/says"
echo "a warning" >&2
[ ! -e "$FAKE_CLI/terraform" ] || "$TERRAFORM_BINARY_NAME" apply
while [ -e "$FAKE_CLI/wait" ]; do sleep 0.02; done
exit "$(cat "$FAKE_CLI/exit")"
`

// faked is a CLI that is played, in a folder with its files.
func faked(t *testing.T, says string) (c CLI, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"cli.sh": fakeCLI, "says": says, "exit": "0", "bin/terraform": "#!/bin/sh\nexec sleep 60 # terraform\n"} {
		write(t, filepath.Join(dir, name), text)
	}
	t.Setenv("FAKE_CLI", dir)
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	return CLI{Program: []string{"sh", filepath.Join(dir, "cli.sh")}, App: "the app", Output: filepath.Join(dir, "made", "out"), Log: filepath.Join(dir, "logs", "cdktf.log"), Environment: []string{"TF_OWN=1"}}, dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o700)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// nothingLeft fails where a run left its wrapper.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

const deployed = `shared  Initializing the backend...
dev     Initializing the backend...
shared  Apply complete! Resources: 1 added
dev     Plan: 2 to add, 0 to change, 0 to destroy.
        aws_vpc.a: Creating...
        aws_vpc.a: Creation complete after 1s
        aws_eip.b: Creating...
        aws_eip.b: Creation complete after 1s
        Apply complete! Resources: 2 added
`

// Each command runs the CLI with its arguments, shows where the stacks are, and
// logs the whole.
func TestDeployAndDestroy(t *testing.T) {
	for _, test := range []struct {
		what   string
		stacks []string
		args   string
	}{
		{"deploy", []string{"shared", "dev"}, "deploy shared dev --auto-approve --app the app --terraform-parallelism 20 --no-color --output OUT --skip-provider-lock --disable-plugin-cache-env\n"},
		{"destroy", []string{"shared", "dev"}, "destroy shared dev --auto-approve --app the app --terraform-parallelism 20 --no-color --output OUT --skip-provider-lock --disable-plugin-cache-env\n"},
		{"deploy", []string{"dev"}, "deploy dev --auto-approve --app the app --terraform-parallelism 20 --ignore-missing-stack-dependencies --no-color --output OUT --skip-provider-lock --disable-plugin-cache-env\n"},
	} {
		c, dir := faked(t, deployed)
		run := c.Deploy
		if test.what == "destroy" {
			run = c.Destroy
		}
		var out bytes.Buffer
		write(t, c.Log, "what was before\n")
		seconds, err := run(t.Context(), &out, test.stacks...)
		if err != nil {
			t.Fatal(err)
		}
		if args := strings.ReplaceAll(read(t, filepath.Join(dir, "args")), c.Output, "OUT"); args != test.args {
			t.Errorf("arguments %q, want %q", args, test.args)
		}
		if log := read(t, c.Log); !strings.HasPrefix(log, "what was before\n") || !strings.Contains(log, deployed) || !strings.Contains(log, "a warning\n") {
			t.Errorf("the log has\n%s", log)
		}
		for _, name := range test.stacks {
			if _, ok := seconds[name]; !ok || !strings.Contains(out.String(), fmt.Sprintf("%-16s complete in ", name)) {
				t.Errorf("%s is not complete: %v\n%s", name, seconds, &out)
			}
		}
		environment := read(t, filepath.Join(dir, "env"))
		for _, want := range []string{"CI=1\n", "FORCE_COLOR=0\n", "TF_IN_AUTOMATION=1\n", "TF_CLI_ARGS_init=-lockfile=readonly\n", "TF_OWN=1\n"} {
			if !strings.Contains(environment, want) {
				t.Errorf("%q lacks %q", environment, want)
			}
		}
		if info, err := os.Stat(c.Output); err != nil || !info.IsDir() {
			t.Errorf("no folder for what is synthesised: %v", err)
		}
		nothingLeft(t, dir)
	}
}

// What fails says how, where all of it is, and its end.
func TestDeployFails(t *testing.T) {
	c, dir := faked(t, "dev  aws_vpc.a: Creating...\ndev  Error: it is there\n")
	write(t, filepath.Join(dir, "exit"), "3")
	seconds, err := c.Deploy(t.Context(), &bytes.Buffer{}, "dev")
	var exit *exec.ExitError
	if want := "cdktf deploy: exit status 3; all of it is in " + c.Log + "; it ended with\ndev  Error: it is there"; !errors.As(err, &exit) || err.Error() != want || seconds != nil {
		t.Errorf("%v, %v", seconds, err)
	}
	if _, err := c.Destroy(t.Context(), &bytes.Buffer{}, "dev"); err == nil || !strings.HasPrefix(err.Error(), "cdktf destroy: exit status 3") {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, dir)
}

// What cannot be begun is not, and leaves nothing.
func TestNotStarted(t *testing.T) {
	for want, set := range map[string]func(t *testing.T, c *CLI, dir string){
		"mkdir ": func(t *testing.T, c *CLI, dir string) { c.Log = filepath.Join(dir, "says", "log") },
		"made":   func(t *testing.T, c *CLI, dir string) { write(t, filepath.Join(dir, "made"), "") },
		"is a directory": func(t *testing.T, c *CLI, dir string) {
			c.Log = dir
		},
		"run cdktf (`make tools` installs it)": func(t *testing.T, c *CLI, dir string) { c.Program = []string{filepath.Join(dir, "none")} },
		"no such file or directory":            func(t *testing.T, c *CLI, dir string) { os.Remove(filepath.Join(dir, "tmp")) },
	} {
		for _, what := range []string{"deploy", "destroy"} {
			c, dir := faked(t, "")
			set(t, &c, dir)
			run := c.Deploy
			if what == "destroy" {
				run = c.Destroy
			}
			before, err := os.ReadDir("/dev/fd")
			if err != nil {
				t.Fatal(err)
			}
			const tries = 12
			for range tries {
				if _, err := run(t.Context(), &bytes.Buffer{}, "dev"); err == nil || !strings.Contains(err.Error(), want) {
					t.Fatalf("%v, want %q", err, want)
				}
			}
			if after, err := os.ReadDir("/dev/fd"); err != nil || len(after)-len(before) > tries/2 {
				t.Errorf("%s: %d files are open, and were %d: %v", want, len(after), len(before), err)
			}
			if _, err := os.Stat(filepath.Join(dir, "args")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: the CLI was run", want)
			}
			if want != "no such file or directory" {
				nothingLeft(t, dir)
			} else if _, err := c.Diff(t.Context(), "dev", true, false); err == nil {
				t.Error("a diff without a wrapper")
			} else if err := c.Apply(t.Context(), "dev", "plan", func(string) {}); err == nil {
				t.Error("an apply without a wrapper")
			}
		}
	}
}

// What is under way can be asked, and its end is known once.
func TestUnderWay(t *testing.T) {
	c, dir := faked(t, "dev  Plan: 2 to add, 0 to change, 0 to destroy.\n     aws_vpc.a: Creating...\n     aws_vpc.a: Creation complete after 1s\n")
	write(t, filepath.Join(dir, "wait"), "")
	run, err := c.Start(t.Context(), "deploy", &bytes.Buffer{}, "dev")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "one is left", func() bool { n, known := run.Left(); return known && n == 1 })
	if err := run.Ended(); err != nil {
		t.Errorf("it runs, and has ended: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "wait")); err != nil {
		t.Fatal(err)
	}
	until(t, "it ends", func() bool { return run.Ended() != nil })
	if err := run.Ended(); err == nil || !strings.HasPrefix(err.Error(), "cdktf deploy has ended:\ndev  Plan: 2") {
		t.Errorf("got %v", err)
	}
	if seconds, err := run.Wait(); err != nil || len(seconds) > 0 {
		t.Errorf("no stack is complete: %v, %v", seconds, err)
	}
	nothingLeft(t, dir)
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// A run that is killed leaves neither the CLI nor Terraform, and one that had
// ended was not killed.
func TestKill(t *testing.T) {
	c, dir := faked(t, "")
	c.Provider.Program = filepath.Join(dir, "bin", "terraform")
	write(t, filepath.Join(dir, "bin", "terraform"), "#!/bin/sh\necho $$ >\"$FAKE_CLI/pid\"\nwhile true; do sleep 0.1; done\n")
	for _, name := range []string{"wait", "terraform"} {
		write(t, filepath.Join(dir, name), "")
	}
	run, err := c.Start(t.Context(), "deploy", &bytes.Buffer{}, "dev")
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	until(t, "Terraform runs", func() bool {
		data, _ := os.ReadFile(filepath.Join(dir, "pid"))
		pid, _ = strconv.Atoi(strings.TrimSpace(string(data)))
		return pid > 0
	})
	if err := run.Kill(); err != nil {
		t.Error(err)
	}
	for of, pid := range map[string]int{"Terraform": pid, "the CLI": run.command.Process.Pid} {
		until(t, of+" is gone", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || isDead(pid) })
	}
	nothingLeft(t, dir)

	c, _ = faked(t, "")
	if run, err = c.Start(t.Context(), "deploy", &bytes.Buffer{}, "dev"); err != nil {
		t.Fatal(err)
	}
	until(t, "it ends", func() bool { return run.Ended() != nil && isDead(run.command.Process.Pid) })
	if err := run.Kill(); err == nil || err.Error() != "kill cdktf: it had ended before" {
		t.Errorf("got %v", err)
	}
}

// isDead says of a process that nobody has waited for.
func isDead(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(data), ") Z ")
}

// A diff takes the lock or leaves it, looks at all or for drift alone, and says
// where its plan is.
func TestDiffArguments(t *testing.T) {
	for _, lock := range []bool{true, false} {
		for _, refreshOnly := range []bool{true, false} {
			c, dir := faked(t, "")
			plan, err := c.Diff(t.Context(), "dev", lock, refreshOnly)
			if err != nil || plan != filepath.Join(c.Output, "stacks", "dev", "plan") {
				t.Errorf("%q, %v", plan, err)
			}
			want := "diff dev --skip-synth --no-color"
			if refreshOnly {
				want = "diff dev --skip-synth --refresh-only --no-color"
			}
			if args := read(t, filepath.Join(dir, "args")); !strings.HasPrefix(args, want) {
				t.Errorf("arguments %q, want %q", args, want)
			}
			if environment := read(t, filepath.Join(dir, "env")); !strings.Contains(environment, fmt.Sprintf("TF_CLI_ARGS_plan=-lock=%t -lock-timeout=5m\n", lock)) {
				t.Errorf("%s", environment)
			}
			nothingLeft(t, dir)
		}
	}
	c, dir := faked(t, "dev  Error: no_such\n     it is not there\nanother line\n")
	write(t, filepath.Join(dir, "exit"), "1")
	if _, err := c.Diff(t.Context(), "dev", true, false); err == nil || !strings.HasPrefix(err.Error(), "cdktf diff dev: ") || !strings.Contains(err.Error(), "\nError: no_such\nit is not there\n") {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, dir)
}

// An apply is of one plan, alone, and each of its lines is handed over, also
// where it fails.
func TestApplyArguments(t *testing.T) {
	c, dir := faked(t, "dev  one\n     two\n")
	var lines []string
	if err := c.Apply(t.Context(), "dev", "a plan", func(line string) { lines = append(lines, line) }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"one", "two", "a warning"}; !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	if args := read(t, filepath.Join(dir, "args")); !strings.HasPrefix(args, "deploy dev --skip-synth --ignore-missing-stack-dependencies --no-color") {
		t.Errorf("arguments %q", args)
	}
	if environment := read(t, filepath.Join(dir, "env")); !strings.Contains(environment, "TF_CLI_ARGS_apply=-input=false -lock-timeout=5m \"a plan\"\n") {
		t.Errorf("%s", environment)
	}
	write(t, filepath.Join(dir, "exit"), "2")
	if err := c.Apply(t.Context(), "dev", "plan", func(string) {}); err == nil || err.Error() != "cdktf deploy dev: exit status 2" {
		t.Errorf("got %v", err)
	}
	nothingLeft(t, dir)
}

func TestUnprefixed(t *testing.T) {
	for line, want := range map[string]string{"dev  a": "a", "     a": "a", "dev a": "dev a", "prod  a": "prod  a", "dev": "dev", "dev  ": "", "": "", "  b  a": "  b  a", "    a": "    a"} {
		if got := unprefixed("dev", line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if got := App("/a b/infra", "http://127.0.0.1:1", ""); got != `"/a b/infra" -local http://127.0.0.1:1` {
		t.Errorf("%s", got)
	}
	if got := App("infra", "http://127.0.0.1:1", "/a state"); got != `"infra" -local http://127.0.0.1:1 -local-state "/a state"` {
		t.Errorf("%s", got)
	}
	// Of a long output the end is told, and of long faults the beginning.
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	if got := strings.Split(follow(strings.NewReader(text.String()), []string{"dev"}, func(string, string) {}), "\n"); len(got) != lastLines || got[0] != "line 15" || got[24] != "line 39" {
		t.Errorf("%q", got)
	}
	if got := strings.Split(follow(strings.NewReader("dev  Error: a\n"+text.String()), []string{"dev"}, func(string, string) {}), "\n"); len(got) != lastLines || got[0] != "dev  Error: a" || got[24] != "line 23" {
		t.Errorf("%q", got)
	}
}

// The wrapper starts no Terraform behind an interrupt, none for the init of a
// folder that is initialised, and signals no process that is no Terraform.
func TestWrapper(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	write(t, program, "#!/bin/sh\necho \"ran $@\"\n")
	for _, initialised := range []bool{true, false} {
		w, err := newWrapper(program, initialised)
		if err != nil {
			t.Fatal(err)
		}
		run := func(argument string) string {
			out, err := exec.Command(w.file, argument, "more").CombinedOutput()
			return fmt.Sprint(string(out), err)
		}
		if got, want := run("init"), map[bool]string{true: "<nil>", false: "ran init more\n<nil>"}[initialised]; got != want {
			t.Errorf("init: %q, want %q", got, want)
		}
		if got := run("plan"); got != "ran plan more\n<nil>" {
			t.Errorf("plan: %q", got)
		}
		if pids := strings.Fields(read(t, w.file+".pids")); len(pids) != map[bool]int{true: 1, false: 2}[initialised] {
			t.Errorf("noted are %q", pids)
		}
		other := exec.CommandContext(t.Context(), "sleep", "60")
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		write(t, w.file+".pids", fmt.Sprint(other.Process.Pid, "\n"))
		if err := w.interrupt(); err != nil {
			t.Error(err)
		}
		if err := syscall.Kill(other.Process.Pid, 0); err != nil || isDead(other.Process.Pid) {
			t.Errorf("another program was interrupted: %v", err)
		}
		if err := errors.Join(other.Process.Kill(), ignored(other.Wait())); err != nil {
			t.Error(err)
		}
		if got := run("apply"); got != "The run was interrupted: no further terraform apply.\nexit status 1" {
			t.Errorf("after an interrupt: %q", got)
		}
		write(t, w.file+".pids", "x\n")
		if err := w.signal(syscall.SIGINT); err == nil || !strings.Contains(err.Error(), "terraform.pids: ") {
			t.Errorf("got %v", err)
		}
		if err := errors.Join(os.Remove(w.file+".pids"), w.signal(syscall.SIGINT)); err != nil {
			t.Errorf("where none ran: %v", err)
		}
		if err := errors.Join(os.Mkdir(w.file+".pids", 0o700)); err != nil {
			t.Fatal(err)
		}
		if err := w.signal(syscall.SIGINT); err == nil {
			t.Error("what cannot be read is taken for none")
		}
		if err := w.remove(); err != nil {
			t.Error(err)
		}
		if err := w.interrupt(); err == nil {
			t.Error("an interrupt that nobody sees is none")
		}
		if _, err := os.Stat(filepath.Dir(w.file)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("left: %v", err)
		}
	}
	// Each kind of Terraform is one.
	for _, name := range []string{"terraform", "tofu"} {
		program := filepath.Join(dir, name)
		if err := os.Symlink("/bin/sleep", program); err != nil {
			t.Fatal(err)
		}
		w, err := newWrapper(program, false)
		if err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), program, "60")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		write(t, w.file+".pids", fmt.Sprint(command.Process.Pid, "\n"))
		if err := w.signal(syscall.Signal(1000)); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: a signal that is none: %v", name, err)
		}
		if err := w.interrupt(); err != nil {
			t.Error(err)
		}
		if err := command.Wait(); err == nil || err.Error() != "signal: interrupt" {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.remove(); err != nil {
			t.Error(err)
		}
	}
}

func ignored(error) error { return nil }

// What is cancelled interrupts Terraform, and is waited for.
func TestCancelled(t *testing.T) {
	c, dir := faked(t, "")
	c.Provider.Program = filepath.Join(dir, "bin", "terraform")
	write(t, c.Provider.Program, "#!/bin/sh\ntrap 'echo \"released\" >\"$FAKE_CLI/released\"; exit 1' INT\necho >\"$FAKE_CLI/pid\"\nwhile true; do sleep 0.05; done\n")
	write(t, filepath.Join(dir, "terraform"), "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	run, err := c.Start(ctx, "deploy", &bytes.Buffer{}, "dev")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "Terraform runs", func() bool { _, err := os.Stat(filepath.Join(dir, "pid")); return err == nil })
	cancel()
	if _, err := run.Wait(); err == nil {
		t.Error("what was cancelled succeeded")
	}
	if _, err := os.Stat(filepath.Join(dir, "released")); err != nil {
		t.Errorf("Terraform was not interrupted: %v", err)
	}
	nothingLeft(t, dir)
}
