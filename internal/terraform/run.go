package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/process"
)

// Runner runs Terraform in a stack's folder.
type Runner struct {
	// Provider is where Terraform gets the AWS provider from.
	Provider    Source
	environment []string
}

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
	return Runner{source, append(source.Environment(os.Environ()), "TF_IN_AUTOMATION=1", "TF_INPUT=0")}, nil
}

// Run returns what Terraform prints. An exit code that is one of allowed is no
// error.
func (r Runner) Run(ctx context.Context, dir string, allowed []int, args ...string) ([]byte, error) {
	printed, err := process.Output(r.command(ctx, dir, args))
	var exit *exec.ExitError
	if errors.As(err, &exit) && slices.Contains(allowed, exit.ExitCode()) {
		return printed, nil
	}
	if err != nil {
		return nil, err
	}
	return printed, nil
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
		return fmt.Errorf("%s %s: %w", r.Provider.program(), args[0], err)
	}
	process.Lines(output, line)
	if err := command.Wait(); err != nil {
		return process.Failed(command, err, stderr.String())
	}
	return nil
}

func (r Runner) command(ctx context.Context, dir string, args []string) *exec.Cmd {
	command := process.Command(ctx, r.Provider.program(), args...)
	command.Dir = dir
	command.Env = r.environment
	return command
}
