// Command compliancedoc writes docs/compliance.md to its output: the rules, and
// the exceptions of a folder of synthesised stacks.
//
//	go run ./internal/compliancedoc FOLDER
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/paperwurks/infra/compliance"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compliancedoc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: compliancedoc FOLDER")
	}
	stacks, err := compliance.Read(args[0])
	if err != nil {
		return err
	}
	p := compliance.Platform{Stacks: stacks}
	_, err = fmt.Print(compliance.Markdown(&p))
	return err
}
