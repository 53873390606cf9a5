package localaws

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paperwurks/infra/internal/command"
)

const serveCommand = "local-serve"

// Commands start, show and end a local AWS.
var Commands = []command.Command{
	{Name: "down", Summary: "end the local AWS; nothing to do where none runs",
		Define: define(false, func(ctx context.Context, p command.Process, o Options) error {
			stopped, err := Stop(ctx, o.Dir)
			if err == nil && !stopped {
				fmt.Fprintln(p.Out, ErrNotRunning)
			}
			return err
		})},
	{Name: "local-start", Summary: "start an empty local AWS in the background, and print its endpoint",
		Define: define(true, func(ctx context.Context, p command.Process, o Options) error {
			executable, err := os.Executable()
			if err != nil {
				return err
			}
			state, err := Start(ctx, executable, o)
			if err != nil {
				return err
			}
			fmt.Fprintln(p.Out, state.Endpoint)
			return nil
		})},
	{Name: serveCommand, Summary: "run an empty local AWS in the foreground until ^C",
		Define: define(true, func(ctx context.Context, _ command.Process, o Options) error { return Serve(ctx, o) })},
	{Name: "local-status", Summary: "print endpoint, account and processes of the local AWS",
		Define: define(false, func(_ context.Context, p command.Process, o Options) error {
			state, err := Status(o.Dir)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.Out, "%s account %s pid %d moto %d\n", state.Endpoint, state.Account, state.PID, state.MotoPID)
			return nil
		})},
	{Name: "local-gaps", Summary: "print what moto alone does not answer, as a Markdown table", Define: table(WriteGaps)},
	{Name: "local-rules", Summary: "print the rules of AWS's that the local AWS keeps, as a Markdown table", Define: table(WriteRules)},
}

func table(write func(io.Writer) error) func(*flag.FlagSet) command.Func {
	return func(*flag.FlagSet) command.Func {
		return func(_ context.Context, p command.Process, _ []string) error { return write(p.Out) }
	}
}

func define(starts bool, run func(context.Context, command.Process, Options) error) func(*flag.FlagSet) command.Func {
	return func(flags *flag.FlagSet) command.Func {
		o := &Options{}
		flags.StringVar(&o.Dir, "dir", ".local/aws", "`folder` for its pid file and logs")
		if starts {
			flags.IntVar(&o.Port, "port", DefaultPort, "`port` on 127.0.0.1")
			flags.StringVar(&o.Python, "python", ".local/venv/bin/python", "`program`: a Python that has moto")
			flags.StringVar(&o.Account, "account", DefaultAccount, "AWS account `id`")
			flags.DurationVar(&o.VPCOriginDelay, "vpc-origin-delay", 0, "`time` that a VPC origin of CloudFront is Deploying; on AWS up to 15m")
		}
		return func(ctx context.Context, p command.Process, _ []string) (err error) {
			// What serves has a working directory of its own.
			if starts {
				if o.Python, err = filepath.Abs(o.Python); err != nil {
					return err
				}
			}
			return run(ctx, p, *o)
		}
	}
}
