package validate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Command validates every stack of a folder.
var Command = command.Command{
	Name: "validate", Arguments: "FOLDER", Summary: "run terraform validate over all synthesised stacks",
	Define: func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` for the provider and its configuration")
		return func(ctx context.Context, p command.Process, args []string) error {
			if len(args) != 1 {
				return command.UsageError("one folder is required")
			}
			runner, err := terraform.NewRunner(*dir, p.Getenv)
			if err != nil {
				return err
			}
			return validate(ctx, runner, args[0], p.Out)
		}
	},
}

func validate(ctx context.Context, runner terraform.Runner, folder string, out io.Writer) error {
	stacks, err := synthesised.Read(folder)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "AWS provider from", runner.Provider.Description)
	var errs []error
	for _, s := range stacks {
		if err := validateStack(ctx, runner, s.Dir); err != nil {
			errs = append(errs, fmt.Errorf("stack %q: %w", s.Name, err))
			continue
		}
		fmt.Fprintf(out, "%-10s Success: the configuration is valid\n", s.Name)
	}
	fmt.Fprintf(out, "Success for %d of %d stacks\n", len(stacks)-len(errs), len(stacks))
	return errors.Join(errs...)
}

func validateStack(ctx context.Context, runner terraform.Runner, dir string) error {
	if _, err := runner.Run(ctx, dir, nil, "init", "-backend=false", "-input=false", "-no-color"); err != nil {
		if runner.Provider.ConfigFile == "" {
			return fmt.Errorf("%w\nWhere no registry can be reached, name a provider mirror: %s=<folder> (see README.md)", err, terraform.MirrorVariable)
		}
		return err
	}
	_, err := runner.Run(ctx, dir, nil, "validate", "-no-color")
	return err
}
