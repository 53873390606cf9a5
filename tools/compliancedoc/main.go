// Command compliancedoc writes docs/compliance.md to its output: the rules, and
// the exceptions of a folder of synthesised stacks.
//
//	go run ./tools/compliancedoc FOLDER
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/paperwurks/infra/constructs/compliance"
	"github.com/paperwurks/infra/tools/synthesised"
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
	stacks, err := synthesised.Read(args[0])
	if err != nil {
		return err
	}
	var p compliance.Platform
	for _, s := range stacks {
		data, err := os.ReadFile(s.File)
		if err != nil {
			return err
		}
		var content map[string]any
		if err := json.Unmarshal(data, &content); err != nil {
			return fmt.Errorf("stack %q: %w", s.Name, err)
		}
		p.Stacks = append(p.Stacks, compliance.Load(s.Name, content))
	}
	_, err = fmt.Print(compliance.Markdown(&p))
	return err
}
