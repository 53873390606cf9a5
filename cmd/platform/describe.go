package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel"
	"github.com/paperwurks/infra/internal/architecture"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
)

// describing are the commands that say what a folder of synthesised stacks is.
var describing = []command.Command{
	{Name: "stacks", Arguments: "FOLDER", Summary: "print a table of the synthesised stacks",
		Define: ofFolder(func(synth, _ string, out io.Writer) error {
			stacks, err := synthesised.Read(synth)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "STACK\tRESOURCES\tKINDS\tOUTPUTS\tFILE")
			for _, s := range stacks {
				fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\n", s.Name, len(s.Resources()), len(s.Resource), len(s.Output), s.File)
			}
			return table.Flush()
		})},
	{Name: "docs", Arguments: "FOLDER", Summary: "write docs/architecture.md with its pictures, and docs/compliance.md",
		Define: ofFolder(func(synth, docs string, _ io.Writer) error {
			stacks, err := compliance.Read(synth)
			if err != nil {
				return err
			}
			if err := architecture.Write(docs, synth); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(docs, "compliance.md"), []byte(compliance.Markdown(&compliance.Platform{Stacks: stacks})), 0o644)
		})},
	{Name: "budgets", Arguments: "FOLDER", Summary: "write config/budgets.json, the budgets' default limits, from the table of costs",
		Define: ofFolder(func(synth, docs string, _ io.Writer) error {
			text, err := architecture.Budgets(config.Platform(), synth, config.DefaultBudgets())
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(docs, "..", "config", "budgets.json"), text, 0o644)
		})},
	{Name: "access", Arguments: "FOLDER", Summary: "write docs/access.md, who may do what, from the simulation, and docs/on-call.json",
		Define: ofFolder(func(synth, docs string, out io.Writer) error {
			file := filepath.Join(docs, "access.md")
			if err := accessmodel.Write(file, synth); err != nil {
				return err
			}
			_, err := fmt.Fprintln(out, file, "is written; review what changed")
			return err
		})},
}

func ofFolder(run func(synth, docs string, out io.Writer) error) func(*flag.FlagSet) command.Func {
	return func(flags *flag.FlagSet) command.Func {
		docs := flags.String("docs", "docs", "`folder` of the documents")
		return func(_ context.Context, p command.Process, args []string) error {
			if len(args) != 1 {
				return command.UsageError("one folder of synthesised stacks is required")
			}
			return run(args[0], *docs, p.Out)
		}
	}
}
