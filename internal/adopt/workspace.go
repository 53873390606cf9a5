package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Workspace is a folder of its own with a copy of a stack, in which Terraform
// works on the stack's own state. The synthesised stack is left as it is.
type Workspace struct {
	*Finder
	runner terraform.Runner
	dir    string
}

// Open makes the workspace of a stack and initialises Terraform in it. Close
// removes it.
func Open(ctx context.Context, runner terraform.Runner, stack synthesised.Stack, settings config.Settings) (*Workspace, error) {
	finder, err := NewFinder(stack, settings)
	if err != nil {
		return nil, err
	}
	w := &Workspace{Finder: finder, runner: runner}
	// Plan files may hold secrets: only the person who runs this reads them.
	if w.dir, err = os.MkdirTemp("", "recover-"+stack.Name+"-*"); err != nil {
		return nil, err
	}
	err = w.write(stackFileName, w.stack.Content)
	if err == nil {
		err = w.init(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// init initialises Terraform with the providers that the stack's lock file pins.
func (w *Workspace) init(ctx context.Context) error {
	if err := terraform.Accompany(w.stack, w.dir); err != nil {
		return err
	}
	return w.runner.Init(ctx, w.stack, w.dir)
}

// Close removes the workspace.
func (w *Workspace) Close() error { return os.RemoveAll(w.dir) }

// What is in the workspace.
const (
	stackFileName = "cdk.tf.json"
	importsName   = "import.tf.json"
	planName      = "adopt.tfplan"
)

func (w *Workspace) write(name string, content any) error {
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, name), data, 0o600)
}

// terraform runs Terraform in the workspace, and returns what it prints.
func (w *Workspace) terraform(ctx context.Context, args ...string) ([]byte, error) {
	out, err := w.runner.Run(ctx, w.dir, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("stack %q: %w", w.stack.Name, err)
	}
	return out, nil
}

// Unlock runs `terraform force-unlock` for the lock with the id.
func (w *Workspace) Unlock(ctx context.Context, id string) error {
	_, err := w.terraform(ctx, "force-unlock", "-force", id)
	return err
}

// Find searches the whole stack. Nothing is refreshed and no lock taken: the
// plans are only looked at.
func (w *Workspace) Find(ctx context.Context) (Found, error) {
	_, found, err := w.Search(ctx, func(ctx context.Context, imports []Adoption) (Plan, error) {
		if err := w.configure(imports, false); err != nil {
			return Plan{}, err
		}
		return w.plan(ctx, "-refresh=false", "-lock=false")
	})
	return found, err
}

// plan plans with the arguments and reads the plan.
func (w *Workspace) plan(ctx context.Context, args ...string) (Plan, error) {
	args = append([]string{"plan", "-input=false", "-no-color", "-out=" + planName}, args...)
	if _, err := w.terraform(ctx, args...); err != nil {
		return Plan{}, err
	}
	shown, err := w.terraform(ctx, "show", "-json", planName)
	if err != nil {
		return Plan{}, err
	}
	return DecodePlan(shown)
}
