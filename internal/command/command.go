package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Command is one sub-command of a program.
type Command struct {
	// Name is what selects it; Arguments follow its flags ("" for none);
	// Summary is its line in the list of commands.
	Name, Arguments, Summary string
	// Define declares the flags, and returns what runs the command once they
	// are parsed.
	Define func(*flag.FlagSet) Func
}

// Func runs a command with the arguments that follow its flags. It returns a
// UsageError when they are not what the command takes.
type Func func(ctx context.Context, p Process, args []string) error

// Process is what a command has of the process that runs it.
type Process struct {
	Getenv   func(string) string
	In       io.Reader
	Out, Err io.Writer
}

// UsageError says what is wrong with the flags or arguments.
type UsageError string

func (e UsageError) Error() string { return string(e) }

// The exit codes of a program, as shells and Terraform know them.
const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 128 + int(syscall.SIGINT)
)

// Main runs the command that the process's arguments name, and exits.
// The first ^C or SIGTERM cancels the command's context, so that it can stop
// what it started; a second one ends the process.
func Main(program, about string, commands []Command) {
	keepInherited()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, cancel)
	p := Process{os.Getenv, os.Stdin, os.Stdout, os.Stderr}
	os.Exit(exitCode(ctx, program, p.Err, Run(ctx, p, program, about, commands, os.Args[1:])))
}

// exitCode prints what went wrong, and says what to exit with.
func exitCode(ctx context.Context, program string, stderr io.Writer, err error) int {
	var usage UsageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "%s: %v\n", program, err)
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return exitFailure
}

// Run runs the command that the first argument names, with the rest, or prints
// help. It returns a UsageError for arguments that the command does not take, and
// else what the command returned.
func Run(ctx context.Context, p Process, program, about string, commands []Command, args []string) error {
	list := usage(program, about, commands)
	if len(args) == 0 {
		return UsageError(list)
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		fmt.Fprintln(p.Out, list)
		return nil
	}
	for _, c := range commands {
		if c.Name == args[0] {
			return c.run(ctx, p, program, args[1:])
		}
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return UsageError(fmt.Sprintf("%s: unknown command %q: one of %s is allowed", program, args[0], strings.Join(names, ", ")))
}

func (c Command) run(ctx context.Context, p Process, program string, args []string) error {
	name := program + " " + c.Name
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	run := c.Define(flags)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(p.Out, "%s: %s\n\n%s\n", name, c.Summary, c.usage(program))
		flags.SetOutput(p.Out)
		flags.PrintDefaults()
		return nil
	case err != nil:
		return UsageError(fmt.Sprintf("%s: %v\n%s", name, err, c.usage(program)))
	case c.Arguments == "" && flags.NArg() > 0:
		return UsageError(fmt.Sprintf("%s: unexpected argument %q\n%s", name, flags.Arg(0), c.usage(program)))
	}
	err := run(ctx, p, flags.Args())
	var wrong UsageError
	if errors.As(err, &wrong) {
		return UsageError(fmt.Sprintf("%s: %s\n%s", name, wrong, c.usage(program)))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	return nil
}

func (c Command) usage(program string) string {
	return strings.TrimSpace(fmt.Sprintf("usage: %s %s [flags] %s", program, c.Name, c.Arguments))
}

func usage(program, about string, commands []Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nusage: %s COMMAND [flags] [arguments]; COMMAND -help lists the flags\n", about, program)
	for _, c := range commands {
		fmt.Fprintf(&b, "\n  %-12s %s", c.Name, c.Summary)
	}
	return b.String()
}
