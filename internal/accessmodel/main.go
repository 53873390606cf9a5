// Command access simulates what every role of the platform may do and writes
// it down as docs/access.md: who may do what, and from where each role can be
// assumed. It reads the synthesised stacks, not the code that made them.
//
//	go run ./internal/accessmodel [-check]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/jsii-runtime-go"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/kernel"
)

// documentation is written relative to the module's root.
const documentation = "docs/access.md"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	if err := kernel.Use(); err != nil {
		return err
	}
	defer jsii.Close()
	flags := flag.NewFlagSet("access", flag.ContinueOnError)
	check := flags.Bool("check", false, "write nothing; fail when "+documentation+" is not current")
	if err := flags.Parse(args); err != nil {
		return err
	}
	settings := config.Platform()
	if err := settings.Validate(); err != nil {
		return err
	}
	stacks, err := synthesise(settings)
	if err != nil {
		return err
	}
	text, err := document(settings, stacks, &iamsim.Simulator{})
	if err != nil {
		return err
	}
	root, err := iamsim.ModuleRoot()
	if err != nil {
		return err
	}
	path := filepath.Join(root, documentation)
	if *check {
		return checkCurrent(path, text)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", documentation, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", documentation, err)
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// errNotCurrent says that the documentation is not what the stacks say.
var errNotCurrent = errors.New(documentation + " is not current: run make access and review what changed")

func checkCurrent(path, text string) error {
	there, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w (%w)", errNotCurrent, err)
	}
	if string(there) != text {
		return errNotCurrent
	}
	return nil
}

// document is docs/access.md for a set of stacks.
func document(settings config.Settings, stacks inventory.Stacks, simulator *iamsim.Simulator) (string, error) {
	p, err := inventory.Load(stacks)
	if err != nil {
		return "", err
	}
	environments := environmentsOf(settings)
	ci, err := simulate(p, simulator, questions(environments.Areas(), environments.CIRoles()))
	if err != nil {
		return "", err
	}
	workloads, err := simulate(p, simulator, questions(capability.Workloads(), documentedWorkloads()))
	if err != nil {
		return "", err
	}
	page := &page{}
	page.text(introduction)
	page.heading("At a glance")
	page.text(glanceIntroduction)
	page.glance(ci, environments.CIRoles())
	if err := page.admissions(settings, p, environments.CIRoles()); err != nil {
		return "", err
	}
	page.text(reasoning)
	page.heading("What the roles of CI may do")
	page.matrix(ci, environments.CIRoles())
	page.heading("What the roles of workloads may do")
	page.text(workloadsIntroduction)
	page.matrix(workloads, documentedWorkloads())
	page.heading("What is attached to whom")
	page.text(attachmentsIntroduction)
	page.attachments(p)
	return strings.TrimSpace(page.String()) + "\n", nil
}
