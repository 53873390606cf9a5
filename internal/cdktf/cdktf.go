package cdktf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/terraform"
)

// CLI runs the cdktf CLI of this repository's package-lock.json.
type CLI struct {
	// App is the command that synthesises, Output the folder that it writes
	// to; a folder bears one run at a time.
	App, Output string
	// Log is the file that each run appends its whole output to.
	Log string
	// Provider is where Terraform gets the AWS provider from.
	Provider terraform.Source
	// Environment is added to the environment of the process.
	Environment []string
}

// App is the command line of the app for a local AWS. State is the folder of
// the stacks' state; "" keeps it in the state bucket.
func App(binary, endpoint, state string) string {
	app := fmt.Sprintf("%q -local %s", binary, endpoint)
	if state != "" {
		app += fmt.Sprintf(" -local-state %q", state)
	}
	return app
}

// Deploy runs `cdktf deploy` for the stacks, those that others depend on first
// and the others side by side. It prints a line of progress now and then, and
// gives the seconds that each stack took. Its error ends with the run's last lines.
func (c CLI) Deploy(ctx context.Context, out io.Writer, stacks ...string) (map[string]float64, error) {
	run, err := c.Start(ctx, "deploy", out, stacks...)
	if err != nil {
		return nil, err
	}
	return run.Wait()
}

// Destroy runs `cdktf destroy` for the stacks.
func (c CLI) Destroy(ctx context.Context, out io.Writer, stacks ...string) (map[string]float64, error) {
	run, err := c.Start(ctx, "destroy", out, stacks...)
	if err != nil {
		return nil, err
	}
	return run.Wait()
}

// Run is one run of the CLI under way.
type Run struct {
	what     string
	command  *exec.Cmd
	log      *os.File
	progress *progress
	done     chan string
}

// Start starts `cdktf deploy` or `cdktf destroy`.
func (c CLI) Start(ctx context.Context, what string, out io.Writer, stacks ...string) (*Run, error) {
	// cdktf makes no parents.
	for _, folder := range []string{filepath.Dir(c.Log), c.Output} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	arguments := slices.Concat([]string{"cdktf", what}, stacks, []string{
		"--auto-approve", "--no-color", "--app", c.App, "--output", c.Output,
		// Terraform's lock file would need the registry; the plugin cache
		// is not safe for inits side by side, and the mirror makes it
		// needless.
		"--skip-provider-lock", "--disable-plugin-cache-env",
		// Most of the time is spent waiting for what the provider polls.
		"--terraform-parallelism", "20",
	})
	if len(stacks) == 1 {
		// Alone, a stack is deployed onto what is there. With several the CLI
		// would not wait for those that the others depend on.
		arguments = append(arguments, "--ignore-missing-stack-dependencies")
	}
	command := process.Command(ctx, "npx", arguments...)
	command.Env = append(append(c.Provider.Environment(os.Environ()), "CI=1", "FORCE_COLOR=0"), c.Environment...)
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	command.Stderr = log
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("run cdktf (`make tools` installs it): %w", err), log.Close())
	}
	r := &Run{what, command, log, newProgress(stacks, out, time.Now), make(chan string, 1)}
	go func() {
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		r.done <- r.progress.follow(io.TeeReader(output, log), ticker.C)
	}()
	return r, nil
}

// Wait waits for the end of the run, and gives the seconds that each stack took.
func (r *Run) Wait() (map[string]float64, error) {
	tail := <-r.done
	err := r.command.Wait()
	// Whatever of the run is left after an interrupt ends with it.
	if left := syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL); left != nil && !errors.Is(left, syscall.ESRCH) {
		err = errors.Join(err, fmt.Errorf("end what is left of cdktf: %w", left))
	}
	err = errors.Join(err, r.log.Close())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cdktf %s: %w; all of it is in %s; it ended with", r.what, err, r.log.Name()), errors.New(tail))
	}
	return r.progress.finish(), nil
}

// Left is how many resources Terraform is still to make, change or destroy.
// That is known once it has planned.
func (r *Run) Left() (n int, known bool) {
	return int(r.progress.left.Load()), r.progress.planned.Load()
}

// Ended is an error once the run's output has ended.
func (r *Run) Ended() error {
	select {
	case tail := <-r.done:
		r.done <- tail
		return fmt.Errorf("cdktf %s has ended:\n%s", r.what, tail)
	default:
		return nil
	}
}

// Kill ends the CLI, Terraform and its providers at once, as a lost machine
// does (SIGKILL), and waits until they are gone.
func (r *Run) Kill() error {
	if err := syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill cdktf: %w", err)
	}
	if _, err := r.Wait(); err == nil {
		return errors.New("kill cdktf: it had ended before")
	}
	return nil
}
