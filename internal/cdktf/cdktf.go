package cdktf

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/terraform"
)

// CLI runs the cdktf CLI of this repository's package-lock.json, or another one
// that takes its arguments.
type CLI struct {
	// Program is the CLI with what comes before its own arguments; none is cdktf's.
	Program []string
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
// and the others side by side. It shows the progress of each, and
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

// Diff runs `cdktf diff` for a stack that is synthesised and initialised
// (terraform.Runner.Init) already, and returns the plan file that it wrote. Without lock it does not take the state's lock,
// which infra-diff-role may not; refreshOnly looks for drift.
func (c CLI) Diff(ctx context.Context, stack string, lock, refreshOnly bool) (plan string, err error) {
	arguments := []string{stack, "--skip-synth"}
	if refreshOnly {
		arguments = append(arguments, "--refresh-only")
	}
	r, err := c.prepare(ctx, "diff", true, arguments, fmt.Sprintf("TF_CLI_ARGS_plan=-lock=%t -lock-timeout=5m", lock))
	if err != nil {
		return "", err
	}
	// Terraform says on standard output what is wrong, the CLI on the other that it failed.
	printed, err := r.command.CombinedOutput()
	if err != nil {
		var said strings.Builder
		process.Lines(bytes.NewReader(printed), func(line string) { said.WriteString(unprefixed(stack, line) + "\n") })
		err = fmt.Errorf("cdktf diff %s: %w", stack, process.Failed(r.command, err, said.String()))
	}
	// The CLI calls the plan so, in the stack's folder.
	return filepath.Join(c.Output, "stacks", stack, "plan"), errors.Join(err, r.wrapper.remove())
}

// Apply runs `cdktf deploy` for a stack that is synthesised and initialised
// already, with a stored plan: Terraform applies just that plan, asks nothing, and refuses one
// whose state has changed since. Each line that it prints goes to line.
func (c CLI) Apply(ctx context.Context, stack, plan string, line func(string)) error {
	r, err := c.prepare(ctx, "deploy", true, []string{stack, "--skip-synth", "--ignore-missing-stack-dependencies"}, fmt.Sprintf("TF_CLI_ARGS_apply=-input=false -lock-timeout=5m %q", plan))
	if err != nil {
		return err
	}
	output, write := io.Pipe()
	r.command.Stdout, r.command.Stderr = write, write
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		process.Lines(output, func(text string) { line(unprefixed(stack, text)) })
	}()
	err = r.command.Run()
	write.Close() // a pipe's end always closes
	<-ended
	if err != nil {
		err = fmt.Errorf("cdktf deploy %s: %w", stack, err)
	}
	return errors.Join(err, r.wrapper.remove())
}

// unprefixed is a line of Terraform's without what the CLI puts before it: the
// stack's name, or as many blanks.
func unprefixed(stack, line string) string {
	width := len(stack) + 2
	if len(line) >= width && (line[:width] == stack+"  " || strings.TrimSpace(line[:width]) == "") {
		return line[width:]
	}
	return line
}

// Run is one run of the CLI under way.
type Run struct {
	what    string
	command *exec.Cmd
	wrapper wrapper
	log     *os.File
	tracker *progress.Tracker
	done    chan string
}

// prepare makes a run of a command of the CLI.
func (c CLI) prepare(ctx context.Context, what string, initialised bool, arguments []string, environment ...string) (*Run, error) {
	root, err := process.ModuleRoot()
	if err != nil {
		return nil, err
	}
	// The CLI's compiled part is for the Node that is pinned, and earlier ones.
	path := os.Getenv("PATH")
	if folder := process.NodeFolder(root); folder != "" {
		path = folder + string(os.PathListSeparator) + path
	}
	w, err := newWrapper(cmp.Or(c.Provider.Program, "terraform"), initialised)
	if err != nil {
		return nil, err
	}
	program := c.Program
	if len(program) == 0 {
		// --no: what package-lock.json does not hold is not fetched either.
		program = []string{"npx", "--no", "cdktf"}
	}
	command := process.Command(ctx, program[0], slices.Concat(program[1:], []string{what}, arguments, []string{
		"--no-color", "--output", c.Output,
		// Terraform's lock file would need the registry; the plugin cache
		// is not safe for inits side by side, and the mirror makes it
		// needless.
		"--skip-provider-lock", "--disable-plugin-cache-env",
	})...)
	command.Env = slices.Concat(c.Provider.Environment(os.Environ()), []string{"CI=1", "FORCE_COLOR=0", "TF_IN_AUTOMATION=1", "TF_CLI_ARGS_init=" + c.readOnly(), "TERRAFORM_BINARY_NAME=" + w.file,
		"PATH=" + path}, environment, c.Environment)
	if initialised && os.Getenv(compileCache) == "" {
		command.Env = append(command.Env, compileCache+"="+filepath.Join(root, ".local", "node-cache"))
	}
	command.Cancel = w.interrupt
	return &Run{what: what, command: command, wrapper: w}, nil
}

// compileCache names the folder where Node.js keeps the compiled CLI, a quarter of
// its time (Node.js, "Module compile cache"). The app's kernel, which the CLI runs
// where it synthesises itself, is not faster by it.
const compileCache = "NODE_COMPILE_CACHE"

// readOnly is the argument of init where the CLI itself synthesises. OpenTofu
// does without it then: the lock file is Terraform's, which only Init changes.
func (c CLI) readOnly() string {
	if c.Provider.IsOpenTofu() {
		return ""
	}
	return terraform.ReadOnly
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
	arguments := slices.Concat(stacks, []string{
		"--auto-approve", "--app", c.App,
		// Most of the time is spent waiting for what the provider polls.
		"--terraform-parallelism", "20",
	})
	if len(stacks) == 1 {
		// Alone, a stack is deployed onto what is there. With several the CLI
		// would not wait for those that the others depend on.
		arguments = append(arguments, "--ignore-missing-stack-dependencies")
	}
	r, err := c.prepare(ctx, what, false, arguments)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	output, err := r.command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close(), r.wrapper.remove())
	}
	r.command.Stderr = log
	if err := r.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("run cdktf (`make tools` installs it): %w", err), log.Close(), r.wrapper.remove())
	}
	r.log, r.tracker, r.done = log, progress.New(out, stacks...), make(chan string, 1)
	r.tracker.Announce = true
	end := r.tracker.Show(ctx)
	go func() {
		last := follow(io.TeeReader(output, log), stacks, r.tracker.Line)
		end()
		r.done <- last
	}()
	return r, nil
}

// lastLines of the CLI's output are for an error.
const lastLines = 25

// follow hands over each line that Terraform writes with the name of its stack,
// until the end, and returns the last of them.
func follow(in io.Reader, stacks []string, take func(stack, line string)) string {
	current := ""
	var last, faults []string
	failed := "" // the stack whose error is being read
	process.Lines(in, func(line string) {
		if strings.TrimSpace(line) != "" {
			last = append(last, line)
			last = last[max(0, len(last)-lastLines):]
		}
		// The CLI names the stack on the first line of what Terraform wrote at
		// once, and indents the rest.
		if name, _, found := strings.Cut(line, " "); found && slices.Contains(stacks, name) {
			current = name
			failed = ""
		}
		if strings.Contains(line, "Error: ") {
			failed = current
		}
		if failed != "" && len(faults) < lastLines && strings.TrimSpace(line) != "" {
			faults = append(faults, line)
		}
		take(current, line)
	})
	if len(faults) > 0 { // another stack may have had the last word
		return strings.Join(faults, "\n")
	}
	return strings.Join(last, "\n")
}

// Wait waits for the end of the run, and gives the seconds that each stack took.
func (r *Run) Wait() (map[string]float64, error) {
	tail := <-r.done
	err := r.command.Wait()
	// Whatever of the run is left after an interrupt ends with it.
	if left := syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL); left != nil && !errors.Is(left, syscall.ESRCH) {
		err = errors.Join(err, fmt.Errorf("end what is left of cdktf: %w", left))
	}
	err = errors.Join(err, r.log.Close(), r.wrapper.remove())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cdktf %s: %w; all of it is in %s; it ended with", r.what, err, r.log.Name()), errors.New(tail))
	}
	return r.tracker.Seconds(), nil
}

// Left is how many resources Terraform is still to make, change or destroy.
// That is known once it has planned.
func (r *Run) Left() (n int, known bool) {
	return r.tracker.Left()
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
	// Terraform has a session of its own, in the CLI's pseudo-terminal.
	if err := r.wrapper.signal(syscall.SIGKILL); err != nil {
		return err
	}
	if err := syscall.Kill(-r.command.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill cdktf: %w", err)
	}
	if _, err := r.Wait(); err == nil {
		return errors.New("kill cdktf: it had ended before")
	}
	return nil
}
