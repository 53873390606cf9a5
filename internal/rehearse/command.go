package rehearse

import (
	"context"
	"errors"
	"flag"
	"path/filepath"

	"github.com/paperwurks/infra/internal/command"
)

// Command lives the platform's life and ends with a table of every step. It
// starts a local AWS of its own, or uses the emulator at AWS_ENDPOINT_URL, which
// must be empty and on a loopback address.
var Command = command.Command{
	Name: "rehearse", Summary: "live the platform's whole life on a local AWS of its own",
	Define: func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` with the tools in bin and venv; everything is written below it")
		short := flags.Bool("short", false, "shared and dev only, one killed deployment")
		through := flags.Int("through", 0, "`number` of the last step to run; 0 for all")
		calls := flags.Bool("calls", false, "only check the calls of the last rehearsal once more, as after a review of the table of calls")
		return func(ctx context.Context, p command.Process, _ []string) (err error) {
			root, err := filepath.Abs(*dir)
			if err != nil {
				return err
			}
			r, err := newRehearsal(root, *short, p.Out)
			if err != nil {
				return err
			}
			steps := r.steps()
			if *calls {
				return runSteps(ctx, r.out, filepath.Join(r.dir, "calls.md"), steps[len(steps)-1:])
			}
			if err := r.open(ctx, p.Getenv("AWS_ENDPOINT_URL")); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, r.close()) }()
			if *through > 0 {
				// Its calls are kept for -calls, which the last step does else.
				defer func() {
					_, kept := r.recorded()
					err = errors.Join(err, kept)
				}()
				steps = steps[:min(*through, len(steps))]
			}
			return runSteps(ctx, r.out, filepath.Join(r.dir, "table.md"), steps)
		}
	},
}

// Workflows runs the workflows of .github on a local AWS of its own, and ends
// with a table of every job.
var Workflows = command.Command{
	Name: "workflows", Summary: "run the workflows with act on a local AWS of its own",
	Define: func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` with the tools in bin and venv; everything is written below it")
		act := flags.String("act", "", "the `program` act")
		short := flags.Bool("short", false, "deploy shared and the disposable environment only")
		on := flags.String("on", "", "`URL` of a local AWS that is bootstrapped already")
		only := flags.String("only", "", "the `name` with which those workflows begin that are run, such as drift.yml")
		return func(ctx context.Context, p command.Process, _ []string) (err error) {
			root, err := filepath.Abs(*dir)
			if err != nil {
				return err
			}
			r, err := newRehearsal(root, false, p.Out)
			if err != nil {
				return err
			}
			r.dir, r.short = filepath.Join(root, "workflows"), *short
			if *on != "" {
				r.dir = filepath.Join(root, "workflows-on")
				err = r.reopen(*on)
			} else {
				err = r.open(ctx, "")
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, r.close()) }()
			return r.runWorkflows(ctx, *act, *on == "", *only)
		}
	},
}
