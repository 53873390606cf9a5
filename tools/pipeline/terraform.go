package main

import (
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
	"github.com/paperwurks/infra/tools/synthesised"
	"github.com/paperwurks/infra/tools/terraform"
)

// runner runs Terraform in a stack's folder.
type runner struct{ environment []string }

func newRunner(dir string, getenv func(string) string) (runner, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return runner{}, err
	}
	source, err := terraform.FindProvider(dir, config.ProviderVersion, getenv, home)
	if err != nil {
		return runner{}, err
	}
	return runner{append(source.Environment(os.Environ()), "TF_IN_AUTOMATION=1", "TF_INPUT=0")}, nil
}

// run gives what Terraform prints, and its exit code where that is one of
// allowed.
func (r runner) run(ctx context.Context, dir string, allowed []int, args ...string) ([]byte, int, error) {
	command := exec.CommandContext(ctx, "terraform", args...)
	command.Dir = dir
	command.Env = r.environment
	// On ^C Terraform ends what it is at and releases its lock.
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 5 * time.Minute
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

// lastOf is the end of a text, at most n bytes and in whole lines.
func lastOf(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[len(s)-n:]
	return s[strings.Index(s, "\n")+1:]
}

// choose gives the stacks named, or all, in the order of deployment.
func choose(folder string, names []string) ([]synthesised.Stack, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	var errs []error
	for _, name := range names {
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("stack %q: one of %q is allowed", name, known))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s synthesised.Stack) bool {
		return len(names) > 0 && !slices.Contains(names, s.Name)
	}), nil
}
