package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/paperwurks/infra/config"
)

// destroy destroys the disposable environment's stack, and meanwhile tries to
// destroy what must not be. All but the disposable one must stay as it is.
func (r *rehearsal) destroy(ctx context.Context) (string, error) {
	before, err := r.publishedByOthers(ctx)
	if err != nil {
		return "", err
	}
	var group sync.WaitGroup
	var refused string
	var refusedErr error
	group.Go(func() { refused, refusedErr = r.destroyProtected(ctx) })
	_, err = r.cli("destroy", r.app).Destroy(ctx, prefixed{r.out, "   "}, disposable)
	group.Wait()
	if err := errors.Join(err, refusedErr); err != nil {
		return "", err
	}
	others := slices.DeleteFunc(r.stacks(), func(s string) bool { return s == disposable })
	if err := r.nothingChanges(ctx, r.app, others...); err != nil {
		return "", fmt.Errorf("a diff of the others: %w", err)
	}
	after, err := r.publishedByOthers(ctx)
	if err != nil {
		return "", err
	}
	if !maps.Equal(before, after) {
		return "", errors.New("what the other stacks publish has changed")
	}
	return fmt.Sprintf("%s gone; %s; %s unchanged", disposable, refused, strings.Join(others, ", ")), nil
}

// publishedByOthers are the parameters of all but the disposable environment.
func (r *rehearsal) publishedByOthers(ctx context.Context) (map[string]string, error) {
	parameters, err := r.parameters(ctx)
	maps.DeleteFunc(parameters, func(name, _ string) bool {
		return strings.HasPrefix(name, r.settings.Parameters().Path(disposable))
	})
	return parameters, err
}

// destroyProtected tries to destroy what must not be: each try has to end
// before anything is destroyed.
func (r *rehearsal) destroyProtected(ctx context.Context) (string, error) {
	tries := []string{config.SharedStack}
	if slices.Contains(r.environments(), protected) {
		tries = append(tries, protected)
	}
	for _, stack := range tries {
		_, err := r.cli("destroy-"+stack, r.app).Destroy(ctx, prefixed{r.out, "   "}, stack)
		if err == nil {
			return "", fmt.Errorf("stack %q was destroyed", stack)
		}
		if !strings.Contains(err.Error(), "prevent_destroy") && !strings.Contains(err.Error(), "Instance cannot be destroyed") {
			return "", fmt.Errorf("stack %q was not destroyed, but for another reason than prevent_destroy: %w", stack, err)
		}
	}
	return strings.Join(tries, " and ") + " (with the state bucket) refused", nil
}
