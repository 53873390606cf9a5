package process

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
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
	if group, err := syscall.Getpgid(c.Process.Pid); err != nil || group != c.Process.Pid {
		t.Errorf("it is in the process group %d (%v): a terminal's ^C reaches it twice", group, err)
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

// The module is the nearest folder with a go.mod; Node is where npm puts it.
func TestFolders(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(below)
	if got, err := ModuleRoot(); err == nil {
		t.Errorf("a module without a go.mod: %s", got)
	}
	for _, dir := range []string{root, below} {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ModuleRoot(); err != nil || got != dir {
			t.Errorf("%s, %v, want %s", got, err, dir)
		}
	}
	if got := NodeFolder(root); got != "" {
		t.Errorf("%s", got)
	}
	folder := filepath.Join(root, "internal", "kernel", "node_modules", ".bin")
	if err := os.MkdirAll(filepath.Join(folder, "node"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := NodeFolder(root); got != folder {
		t.Errorf("%s, want %s", got, folder)
	}
}

func TestLinesAndTail(t *testing.T) {
	var lines []string
	Lines(strings.NewReader("a\r\n\nb~\n c "), func(line string) { lines = append(lines, line) })
	if !slices.Equal(lines, []string{"a", "", "b~", " c "}) {
		t.Errorf("%q", lines)
	}
	for text, want := range map[string]string{"abc\nde": "abc\nde", "abcd\nde": "de", "x": "x", "abcdefg": "bcdefg", "ab\ncd\ne": "cd\ne"} {
		if got := tail(text, 6); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	c := Command(t.Context(), "/bin/git", "-C", "x", "status")
	if got := Failed(c, errors.New("why"), " \n"); got.Error() != "git: why" {
		t.Errorf("%q", got)
	}
	if got := Failed(Command(t.Context(), "/bin/git"), errors.New("why"), "said"); got.Error() != "git: why\nsaid" {
		t.Errorf("%q", got)
	}
	if c.WaitDelay != 5*time.Minute {
		t.Errorf("it is killed after %s", c.WaitDelay)
	}
	if out, err := Combined(Command(t.Context(), "bash", "-c", "echo a; exit 1")); err == nil || string(out) != "a\n" || err.Error() != "bash: exit status 1\na" {
		t.Errorf("%q, %v", out, err)
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
