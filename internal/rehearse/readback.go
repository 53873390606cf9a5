package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/published"
)

// readBack reads everything that is published, from SSM, and compares it with
// the stacks' outputs; every role among it with IAM.
func (r *rehearsal) readBack(ctx context.Context) (string, error) {
	parameters, err := r.parameters(ctx)
	if err != nil {
		return "", err
	}
	outputs, err := r.outputs(ctx)
	if err != nil {
		return "", err
	}
	if err := published.Compare(r.settings.Project, parameters, outputs); err != nil {
		return "", err
	}
	roles, err := r.compareRoles(ctx, parameters)
	if err != nil {
		return "", err
	}
	if roles == 0 {
		return "", errors.New("no role is published")
	}
	return fmt.Sprintf("%d parameters equal to the outputs, %d roles in IAM with their boundary", len(parameters), roles), nil
}

func (r *rehearsal) parameters(ctx context.Context) (map[string]string, error) {
	client, err := awsapi.Connect(ctx, r.settings.Region, r.endpoints.nobody)
	if err != nil {
		return nil, err
	}
	return published.Read(ctx, client, r.settings.Project)
}

// outputs of all stacks that are text, by name. The diff has initialised the
// stacks' folders.
func (r *rehearsal) outputs(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	for _, stack := range r.stacks() {
		data, err := r.terraform.Run(ctx, r.path("diff", "cdktf.out", "stacks", stack), nil, "output", "-json", "-no-color")
		if err != nil {
			return nil, fmt.Errorf("stack %q: %w", stack, err)
		}
		var outputs map[string]struct {
			Value any `json:"value"`
		}
		if err := json.Unmarshal(data, &outputs); err != nil {
			return nil, fmt.Errorf("stack %q: outputs: %w", stack, err)
		}
		for name, o := range outputs {
			if text, is := o.Value.(string); is {
				all[name] = text
			}
		}
	}
	return all, nil
}

// compareRoles looks every role up that a parameter names, and says how many.
func (r *rehearsal) compareRoles(ctx context.Context, parameters map[string]string) (int, error) {
	var errs []error
	n := 0
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		value := parameters[name]
		if !strings.HasPrefix(value, "arn:aws:iam::") || !strings.Contains(value, ":role/") {
			continue
		}
		n++
		found, err := r.ask(ctx, "GetRole", "RoleName", filepath.Base(value))
		if err != nil {
			errs = append(errs, fmt.Errorf("parameter %s: %w", name, err))
			continue
		}
		if got := found.Text("Role.Arn"); got != value {
			errs = append(errs, fmt.Errorf("parameter %s: %q in SSM, %q in IAM", name, value, got))
		}
		if found.Text("Role.PermissionsBoundary.PermissionsBoundaryArn") == "" {
			errs = append(errs, fmt.Errorf("parameter %s: role %q has no permissions boundary", name, value))
		}
	}
	return n, errors.Join(errs...)
}
