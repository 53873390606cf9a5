package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// destroyDisposable destroys the disposable environment's stack. The others
// must stay as they are.
func (r *rehearsal) destroyDisposable(ctx context.Context) (string, error) {
	r.wire.As("")
	before, err := r.parameters(ctx)
	if err != nil {
		return "", err
	}
	r.wire.As(config.InfraRole)
	if _, err := r.cli("destroy").Destroy(ctx, prefixed{r.out, "   "}, disposable); err != nil {
		return "", err
	}
	others := slices.DeleteFunc(r.stacks(), func(s string) bool { return s == disposable })
	if _, err := r.nothingChanges(ctx, r.tool("bin", "infra"), others...); err != nil {
		return "", fmt.Errorf("a diff of the others: %w", err)
	}
	r.wire.As("")
	after, err := r.parameters(ctx)
	if err != nil {
		return "", err
	}
	of := func(parameters map[string]string) map[string]string {
		out := maps.Clone(parameters)
		maps.DeleteFunc(out, func(name, _ string) bool { return strings.HasPrefix(name, r.settings.Parameters().Path(disposable)) })
		return out
	}
	if !maps.Equal(of(before), of(after)) {
		return "", errors.New("what the other stacks publish has changed")
	}
	return fmt.Sprintf("gone; %s unchanged", strings.Join(others, ", ")), nil
}

// destroyProtected tries to destroy what must not be: each try has to end
// before anything is destroyed.
func (r *rehearsal) destroyProtected(ctx context.Context) (string, error) {
	r.wire.As(config.InfraRole)
	tries := []string{config.SharedStack}
	if slices.Contains(r.environments(), protected) {
		tries = append(tries, protected)
	}
	for _, stack := range tries {
		_, err := r.cli("destroy-"+stack).Destroy(ctx, prefixed{r.out, "   "}, stack)
		if err == nil {
			return "", fmt.Errorf("stack %q was destroyed", stack)
		}
		if !strings.Contains(err.Error(), "prevent_destroy") && !strings.Contains(err.Error(), "Instance cannot be destroyed") {
			return "", fmt.Errorf("stack %q was not destroyed, but for another reason than prevent_destroy: %w", stack, err)
		}
	}
	if _, err := r.nothingChanges(ctx, r.tool("bin", "infra"), tries...); err != nil {
		return "", fmt.Errorf("after the tries: %w", err)
	}
	return strings.Join(tries, " and ") + " (with the state bucket): refused, and nothing changed", nil
}
