package process

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Patience is how long a program that was asked to end may take. Terraform
// first finishes what it is creating, then writes the state and releases its lock.
const Patience = 5 * time.Minute

// Command prepares a program that gets SIGINT when ctx is done, and SIGKILL
// after Patience.
//
// It is in a process group of its own: a terminal's ^C reaches it once, from
// here. Terraform drops everything at the second one, even the lock and what
// it has not written yet.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
	c.WaitDelay = Patience
	return c
}

// Output runs a command and returns its standard output, also when it fails.
// The error then wraps *exec.ExitError and ends with what the command wrote to
// standard error, or else to standard output.
func Output(c *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		said := stderr.String()
		if said == "" {
			said = stdout.String()
		}
		return stdout.Bytes(), Failed(c, err, said)
	}
	return stdout.Bytes(), nil
}

// Combined is Output with standard error among the standard output.
func Combined(c *exec.Cmd) ([]byte, error) {
	printed, err := c.CombinedOutput()
	if err != nil {
		err = Failed(c, err, string(printed))
	}
	return printed, err
}

// Failed is the error of a command that wrote said: the program, its first
// argument where it is a sub-command, what happened, and the end of what it wrote.
func Failed(c *exec.Cmd, err error, said string) error {
	name := filepath.Base(c.Path)
	if len(c.Args) > 1 && !strings.HasPrefix(c.Args[1], "-") {
		name += " " + c.Args[1]
	}
	if said = strings.TrimSpace(tail(said, tailBytes)); said == "" {
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%s: %w\n%s", name, err, said)
}

// tailBytes of what a command wrote are enough to see what is wrong.
const tailBytes = 6000

// tail is the end of a text, at most n bytes and in whole lines.
func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[len(s)-n:]
	return s[strings.Index(s, "\n")+1:]
}

// Lines reads until the end, and hands over each line without its end.
func Lines(in io.Reader, line func(string)) {
	reader := bufio.NewReader(in)
	for {
		text, err := reader.ReadString('\n')
		if text != "" {
			line(strings.TrimRight(text, "\r\n"))
		}
		if err != nil {
			return // the end; what went wrong, the command's own error says
		}
	}
}
