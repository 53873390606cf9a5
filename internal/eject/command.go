package eject

import (
	"context"
	"flag"
	"fmt"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// How resources are named.
const (
	sameNames  = "same"
	shortNames = "short"
)

// Command writes the synthesised stacks as a Terraform repository.
var Command = command.Command{
	Name: "eject", Arguments: "FOLDER", Summary: "write the synthesised stacks as a plain Terraform repository",
	Define: func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` for the provider and its schema")
		to := flags.String("o", "", "`folder` that the repository is written to")
		names := flags.String("names", sameNames, fmt.Sprintf("resource `names`: %q keeps every address, %q writes short ones and moved blocks", sameNames, shortNames))
		return func(ctx context.Context, p command.Process, args []string) error {
			if len(args) != 1 || *to == "" {
				return command.UsageError("one folder of synthesised stacks is required, and -o")
			}
			if *names != sameNames && *names != shortNames {
				return command.UsageError(fmt.Sprintf("-names: %q: %q or %q is allowed", *names, sameNames, shortNames))
			}
			stacks, err := synthesised.Read(args[0])
			if err != nil {
				return err
			}
			runner, err := terraform.NewRunner(*dir, p.Getenv)
			if err != nil {
				return err
			}
			schema, err := FetchSchema(ctx, runner, *dir)
			if err != nil {
				return err
			}
			if err := Write(*to, stacks, schema, *names == shortNames); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.Out, "%s is written; its README.md says how to go on\n", *to)
			return err
		}
	},
}
