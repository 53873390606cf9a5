package command

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asProgram makes the test's binary a program that starts another one.
const asProgram = "COMMAND_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		Main("prog", "", []Command{{"files", "", "what a program started from here inherits", func(*flag.FlagSet) Func {
			return func(_ context.Context, p Process, _ []string) error {
				c := exec.Command("sh", "-c", "echo inherited >&3")
				c.Stdout = p.Out
				return c.Run()
			}
		}}})
	}
	os.Exit(m.Run())
}

func TestProgramsInheritNoFiles(t *testing.T) {
	lock, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	c := exec.Command(os.Args[0], "files")
	c.Env = append(os.Environ(), asProgram+"=1")
	c.ExtraFiles = []*os.File{lock}
	out, err := c.CombinedOutput()
	written, _ := os.ReadFile(lock.Name())
	if c.ProcessState.ExitCode() != exitFailure || len(written) > 0 {
		t.Errorf("a program has the file: %q, %v\n%s", written, err, out)
	}
}

var errFault = errors.New("a fault")

var commands = []Command{
	{"plan", "[STACK…]", "plans stacks", func(flags *flag.FlagSet) Func {
		keep := flags.Bool("keep", false, "keep the plan")
		return func(_ context.Context, p Process, args []string) error {
			if len(args) == 0 {
				return UsageError("a stack is required")
			}
			fmt.Fprintln(p.Out, *keep, args)
			return nil
		}
	}},
	{"fail", "", "fails", func(*flag.FlagSet) Func {
		return func(context.Context, Process, []string) error { return errFault }
	}},
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		args      []string
		out, want string
		code      int
	}{
		{[]string{"plan", "-keep", "dev"}, "true [dev]", "", 0},
		{[]string{"plan"}, "", "prog plan: a stack is required\nusage: prog plan [flags] [STACK…]", 2},
		{[]string{"plan", "-record", "x"}, "", "flag provided but not defined: -record", 2},
		{[]string{"plan", "-help"}, "-keep", "", 0},
		{[]string{"help"}, "  fail         fails\n", "", 0},
		{nil, "", "  plan         plans stacks\n  fail         fails\n", 2},
		{[]string{"explain"}, "", `unknown command "explain": one of plan, fail is allowed`, 2},
		{[]string{"fail"}, "", "prog: fail: a fault", 1},
		{[]string{"fail", "x"}, "", `unexpected argument "x"`, 2},
	} {
		var out, stderr bytes.Buffer
		p := Process{Out: &out, Err: &stderr}
		err := Run(t.Context(), p, "prog", "About.", commands, test.args)
		code := exitCode(t.Context(), "prog", &stderr, err)
		if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(stderr.String(), test.want) || test.want == "" && stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, want %d; wrote %q, want %q; on stderr %q, want %q", test.args, code, test.code, &out, test.out, &stderr, test.want)
		}
	}
}

func TestAnInterruptedCommandHasAnExitCodeOfItsOwn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := exitCode(ctx, "prog", &bytes.Buffer{}, errFault); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
