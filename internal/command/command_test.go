package command

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
)

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
