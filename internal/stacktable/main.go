// Command stacktable prints what a folder of synthesised stacks holds.
//
//	go run ./internal/stacktable cdktf.out
package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/paperwurks/infra/internal/synthesised"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: stacktable FOLDER")
		os.Exit(2)
	}
	stacks, err := synthesised.Read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "stacktable:", err)
		os.Exit(1)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STACK\tRESOURCES\tKINDS\tOUTPUTS\tFILE")
	for _, s := range stacks {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\n", s.Name, len(s.Resources()), len(s.Resource), len(s.Output), s.File)
	}
	table.Flush()
}
