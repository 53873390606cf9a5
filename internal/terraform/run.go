package terraform

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/paperwurks/infra/config"
)

// Runner runs Terraform in a stack's folder.
type Runner struct{ environment []string }

// NewRunner finds the AWS provider as FindProvider does; dir is for what that
// has to write.
func NewRunner(dir string, getenv func(string) string) (Runner, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Runner{}, err
	}
	source, err := FindProvider(dir, config.ProviderVersion, getenv, home)
	if err != nil {
		return Runner{}, err
	}
	return Runner{append(source.Environment(os.Environ()), "TF_IN_AUTOMATION=1", "TF_INPUT=0")}, nil
}

// Run gives what Terraform prints, and its exit code where that is one of
// allowed.
func (r Runner) Run(ctx context.Context, dir string, allowed []int, args ...string) ([]byte, int, error) {
	command := r.command(ctx, dir, args)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && slices.Contains(allowed, exit.ExitCode()) {
		return stdout.Bytes(), exit.ExitCode(), nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("terraform %s: %w\n%s", args[0], err, strings.TrimSpace(lastOf(stderr.String(), 6000)))
	}
	return stdout.Bytes(), 0, nil
}

// Follow runs Terraform and hands over each line that it prints, as it comes.
func (r Runner) Follow(ctx context.Context, dir string, line func(string), args ...string) error {
	command := r.command(ctx, dir, args)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("terraform %s: %w", args[0], err)
	}
	reader := bufio.NewReader(output)
	for {
		text, err := reader.ReadString('\n')
		if text != "" {
			line(strings.TrimRight(text, "\n"))
		}
		if err != nil {
			break // the end; what went wrong, Wait says
		}
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("terraform %s: %w\n%s", args[0], err, strings.TrimSpace(lastOf(stderr.String(), 6000)))
	}
	return nil
}

func (r Runner) command(ctx context.Context, dir string, args []string) *exec.Cmd {
	command := exec.CommandContext(ctx, "terraform", args...)
	command.Dir = dir
	command.Env = r.environment
	// On ^C Terraform ends what it is at and releases its lock. In a process
	// group of its own it hears of ^C once, from here; at the second time it
	// would drop everything, the lock and what it has not written yet.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 5 * time.Minute
	return command
}

// lastOf is the end of a text, at most n bytes and in whole lines.
func lastOf(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[len(s)-n:]
	return s[strings.Index(s, "\n")+1:]
}
