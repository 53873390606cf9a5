package process

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// A program that takes ^C as Terraform does: it finishes its work first.
const finishes = `trap 'echo finished; exit 3' INT; echo ready; while :; do sleep 0.01; done`

func TestACancelledCommandFinishesItsWork(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := Command(ctx, "bash", "-c", finishes)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			cancel()
			continue
		}
		break
	}
	if lines.Text() != "finished" {
		t.Errorf("the last line is %q: it was killed", lines.Text())
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%v; want its own exit code 3", err)
	}
}

func TestOutput(t *testing.T) {
	for name, test := range map[string]struct{ script, out, fault string }{
		"succeeds":                {"echo a; echo b >&2", "a\n", ""},
		"fails":                   {"echo a; echo b >&2; exit 4", "a\n", "bash: exit status 4\nb"},
		"fails on stdout":         {"echo a; exit 4", "a\n", "bash: exit status 4\na"},
		"fails without a word":    {"exit 4", "", "bash: exit status 4"},
		"says more than is shown": {"for i in {1..2000}; do echo line $i >&2; done; exit 1", "", "\nline 2000"},
	} {
		out, err := Output(Command(t.Context(), "bash", "-c", test.script))
		if string(out) != test.out || (err == nil) != (test.fault == "") || err != nil && !strings.HasSuffix(err.Error(), test.fault) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		if err != nil && len(err.Error()) > tailBytes+100 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
	if out, err := Combined(Command(t.Context(), "bash", "-c", "echo a; echo b >&2")); err != nil || string(out) != "a\nb\n" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := Output(Command(t.Context(), "git", "no-such-command")); err == nil || !strings.HasPrefix(err.Error(), "git no-such-command: ") {
		t.Errorf("%v", err)
	}
}
