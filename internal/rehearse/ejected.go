package rehearse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// ejected writes the platform as a Terraform repository, as whoever leaves
// cdktf does, and plans it on the states as they are: with Terraform, and with
// OpenTofu where that is installed. Nothing may change; with short names, in the
// full form, addresses only.
func (r *rehearsal) ejected(ctx context.Context) (string, error) {
	if err := r.synth(ctx, r.app, r.path("eject", "cdktf.out"), r.endpoints.infraDiff); err != nil {
		return "", err
	}
	names := []string{"same"}
	if !r.short {
		names = append(names, "short")
	}
	var planned []string
	for _, program := range []string{"terraform", "tofu"} {
		if _, err := exec.LookPath(program); err != nil {
			continue
		}
		for _, name := range names {
			folder := r.path("eject", program+"-"+name)
			if _, err := r.command(ctx, nil, "", r.tool("bin", "platform"), "eject", "-dir", r.tools, "-names", name, "-o", folder, r.path("eject", "cdktf.out")); err != nil {
				return "", err
			}
			for _, stack := range r.stacks() {
				if err := r.planEjected(ctx, program, filepath.Join(folder, stack), stack, name == "short"); err != nil {
					return "", fmt.Errorf("%s, %s names: %w", program, name, err)
				}
			}
		}
		planned = append(planned, program)
	}
	if len(planned) == 0 {
		return "", errors.New("neither Terraform nor OpenTofu is on PATH")
	}
	result := fmt.Sprintf("no change in %d stacks by %s", len(r.stacks()), strings.Join(planned, " and "))
	if !r.short {
		result += ", and with short names addresses only"
	}
	return result, nil
}

// planEjected checks the format of a stack's folder and plans it. It returns an
// error that lists every change; a move is one unless moves are allowed.
func (r *rehearsal) planEjected(ctx context.Context, program, folder, stack string, moves bool) error {
	run := func(args ...string) (string, error) {
		return r.command(ctx, nil, "", program, append([]string{"-chdir=" + folder}, args...)...)
	}
	initialise := []string{"init", "-input=false", "-no-color"}
	if program == "terraform" {
		initialise = append(initialise, terraform.ReadOnly)
	} else if err := os.Remove(filepath.Join(folder, terraform.LockFile)); err != nil {
		return err // the ejected README says to: OpenTofu's registry has other packages
	}
	for _, args := range [][]string{
		{"fmt", "-check", "-diff"},
		initialise,
		{"plan", "-input=false", "-no-color", "-lock=false", "-out=tfplan"},
	} {
		if _, err := run(args...); err != nil {
			return err
		}
	}
	shown, err := run("show", "-json", "tfplan")
	if err != nil {
		return err
	}
	plan, err := review.Decode([]byte(shown))
	if err != nil {
		return err
	}
	if moves {
		moved := len(plan.ResourceChanges)
		plan.ResourceChanges = slices.DeleteFunc(plan.ResourceChanges, func(c review.ResourceChange) bool { return c.Action() == review.Move })
		if moved -= len(plan.ResourceChanges); moved == 0 {
			return fmt.Errorf("stack %q: nothing moves", stack)
		}
	}
	if lines := changes(stack, plan); len(lines) > 0 {
		return fmt.Errorf("%d changes that nobody made:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	return nil
}
