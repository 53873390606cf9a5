// Command localaws runs a local AWS on loopback: moto, with what it lacks answered in front of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/paperwurks/infra/internal/localaws"
)

const usage = `usage: localaws <command> [flags]

  start    start a local AWS in the background, wait until it answers, print its endpoint
  serve    run a local AWS in the foreground until ^C
  stop     end the local AWS of a folder; nothing to do where none runs
  status   print what runs in a folder
  gaps     print what is answered in front of moto, as a Markdown table

flags of start and serve:
`

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	cancel()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "localaws:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o localaws.Options
	flags := flag.NewFlagSet("localaws", flag.ContinueOnError)
	flags.StringVar(&o.Dir, "dir", "", "folder for its pid file and logs (required)")
	flags.IntVar(&o.Port, "port", localaws.DefaultPort, "port on 127.0.0.1")
	flags.StringVar(&o.Python, "python", "", "Python that has moto (default <dir>/venv/bin/python)")
	flags.StringVar(&o.Account, "account", localaws.DefaultAccount, "AWS account id")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if len(args) == 0 {
		flags.Usage()
		return flag.ErrHelp
	}
	if err := flags.Parse(args[1:]); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.Dir == "" && args[0] != "gaps" {
		return errors.New("-dir is required")
	}
	switch args[0] {
	case "serve":
		return localaws.Serve(ctx, o)
	case "start":
		executable, err := os.Executable()
		if err != nil {
			return err
		}
		state, err := localaws.Start(ctx, executable, o)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, state.Endpoint)
		return nil
	case "stop":
		stopped, err := localaws.Stop(ctx, o.Dir)
		if err == nil && !stopped {
			fmt.Fprintln(out, localaws.ErrNotRunning)
		}
		return err
	case "status":
		state, err := localaws.Status(o.Dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s account %s pid %d moto %d\n", state.Endpoint, state.Account, state.PID, state.MotoPID)
		return nil
	case "gaps":
		return localaws.WriteGaps(out)
	default:
		return fmt.Errorf("unknown command %q: want start, serve, stop, status or gaps", args[0])
	}
}
