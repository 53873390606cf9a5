package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
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
		}}, {"say", "WORD…", "says words", func(*flag.FlagSet) Func {
			return func(_ context.Context, p Process, args []string) error {
				if len(args) == 0 {
					return UsageError("words are required")
				}
				in, err := io.ReadAll(p.In)
				fmt.Fprint(p.Out, args, " ", string(in))
				return err
			}
		}}, {"wait", "", "waits", func(*flag.FlagSet) Func {
			return func(ctx context.Context, p Process, _ []string) error {
				fmt.Fprintln(p.Out, "ready")
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(10 * time.Second):
					return nil
				}
			}
		}}})
		os.Exit(99) // Main does not return: these tests must not run in a program that they start
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
		{[]string{"plan", "-help"}, "prog plan: plans stacks\n\nusage: prog plan [flags] [STACK…]\n", "", 0},
		{[]string{"fail", "-h"}, "prog fail: fails\n\nusage: prog fail [flags]\n", "", 0},
		{[]string{"help"}, "About.\n\nusage: prog COMMAND [flags] [arguments]; COMMAND -help lists the flags\n\n  plan         plans stacks\n  fail         fails\n", "", 0},
		{[]string{"-h"}, "About.", "", 0},
		{[]string{"-help"}, "About.", "", 0},
		{[]string{"--help"}, "About.", "", 0},
		{[]string{"plan", "a", "b"}, "false [a b]", "", 0},
		{[]string{"plan", "-record", "x"}, "", "prog plan: flag provided but not defined: -record\nusage: prog plan [flags] [STACK…]\n", 2},
		{[]string{"fail", "x"}, "", "prog fail: unexpected argument \"x\"\nusage: prog fail [flags]\n", 2},
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

// Main runs as a program does: by its arguments, with the exit code and both
// outputs, and ends at the first ^C.
func TestMainIsAProgram(t *testing.T) {
	for args, want := range map[string]struct {
		code        int
		out, stderr string
	}{
		"say a b": {0, "[a b] HOME\n", ""}, "say": {2, "", "prog say: words are required\nusage: prog say [flags] WORD…\n"}, "no-such": {2, "", "prog: unknown command \"no-such\": one of files, say, wait is allowed\n"},
		"say -x": {2, "", "prog say: flag provided but not defined: -x\nusage: prog say [flags] WORD…\n"},
		"":       {2, "", "\n\nusage: prog COMMAND [flags] [arguments]; COMMAND -help lists the flags\n\n  files        what a program started from here inherits\n  say          says words\n  wait         waits\n"},
	} {
		c := exec.Command(os.Args[0], strings.Fields(args)...)
		c.Env = append(os.Environ(), asProgram+"=1")
		c.Stdin = strings.NewReader("HOME\n")
		var out, stderr bytes.Buffer
		c.Stdout, c.Stderr = &out, &stderr
		_ = c.Run()
		if c.ProcessState.ExitCode() != want.code || out.String() != want.out || stderr.String() != want.stderr {
			t.Errorf("%q: exit code %d, %q, %q; want %+v", args, c.ProcessState.ExitCode(), &out, &stderr, want)
		}
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		c := exec.Command(os.Args[0], "wait")
		c.Env = append(os.Environ(), asProgram+"=1")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		if code := c.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%s: exit code %d, want 130", signal, code)
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
