package accessmodel

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Write simulates what every role of the stacks in the folder synth may do, and
// writes it into file. It reads the synthesised stacks, not the code that made them.
func Write(file, synth string) error {
	stacks, err := synthesised.Read(synth)
	if err != nil {
		return err
	}
	text, err := document(config.Platform(), stacks, &iamsim.Simulator{})
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// errNotCurrent says that the documentation is not what the stacks say.
var errNotCurrent = errors.New("docs/access.md is not current: run make access and review what changed")

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
	workloads, err := simulate(p, simulator, questions(environments.Workloads(), documentedWorkloads(environments)))
	if err != nil {
		return "", err
	}
	page := &page{}
	page.Text(introduction)
	page.Heading("At a glance")
	page.Text(glanceIntroduction)
	page.glance(ci, environments.CIRoles())
	if err := page.admissions(settings, p, environments.CIRoles()); err != nil {
		return "", err
	}
	page.Text(reasoning)
	page.Heading("What the roles of CI may do")
	page.matrix(ci, environments.CIRoles())
	page.Heading("What the roles of workloads may do")
	page.Text(workloadsIntroduction)
	page.matrix(workloads, documentedWorkloads(environments))
	page.Heading("What is attached to whom")
	page.Text(attachmentsIntroduction)
	page.attachments(p)
	return strings.TrimSpace(page.String()) + "\n", nil
}

// environmentsOf are the names of the settings' environments.
func environmentsOf(settings config.Settings) capability.Environments {
	var names capability.Environments
	for _, env := range settings.Environments {
		names = append(names, env.Name)
	}
	return names
}
