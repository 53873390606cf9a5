package rehearse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/awsapi"
)

// deployOnABadDay plans the disposable environment with an app, and applies that
// plan while AWS answers slowly and at times with an error; meanwhile a second
// person deploys the same stack, and is stopped by the lock. Applied again, the
// plan is stale. It says through how many errors the first went.
func (r *rehearsal) deployOnABadDay(ctx context.Context, app string) (string, error) {
	second := r.path("second-deploy", "cdktf.out")
	// The second person has everything ready already.
	if err := r.synth(ctx, app, second, r.endpoints.infra); err != nil {
		return "", err
	}
	if _, err := r.terraform.Run(ctx, second+"/stacks/"+disposable, nil, "init", "-input=false", "-no-color", "-lockfile=readonly"); err != nil {
		return "", err
	}
	plan, err := r.approve(ctx, app)
	if err != nil {
		return "", err
	}
	before := r.recorder.FaultCount()
	delay := time.Second
	if r.short {
		delay /= 2 // CI's ten minutes have to do for all of it
	}
	// The first cannot end before the second was stopped, however fast it is.
	secondEnded := make(chan struct{})
	r.recorder.Faults(awsapi.Faults{Throttled: 0.02, Internal: 0.02, Delay: delay, Held: secondEnded, Seed: 1})
	first := make(chan error, 1)
	go func() {
		_, err := plan.apply(ctx)
		first <- err
	}()
	locked := waitFor(ctx, 5*time.Minute, func() (bool, error) {
		there, err := r.isLocked(ctx, disposable)
		select {
		case ended := <-first:
			first <- ended
			return there, errors.Join(err, errors.New("the first deploy has ended"))
		default:
			return there, err
		}
	})
	var secondErr error
	if locked == nil {
		_, secondErr = r.terraform.Run(ctx, second+"/stacks/"+disposable, nil, "apply", "-input=false", "-no-color", "-auto-approve")
	}
	close(secondEnded)
	firstErr := <-first
	r.recorder.Faults(awsapi.Faults{})
	now := r.recorder.FaultCount()
	injected := now.Throttled + now.Internal - before.Throttled - before.Internal
	switch {
	case locked != nil:
		return "", fmt.Errorf("wait for the first deploy's lock: %w", errors.Join(locked, firstErr))
	case firstErr != nil:
		return "", fmt.Errorf("the first of two deploys, with %d errors of AWS: %w", injected, firstErr)
	case secondErr == nil:
		return "", errors.New("the second of two deploys was not stopped")
	case !strings.Contains(secondErr.Error(), "Error acquiring the state lock"):
		return "", fmt.Errorf("the second of two deploys was stopped by something else than the lock: %w", secondErr)
	case injected == 0:
		return "", errors.New("AWS answered with no error at all")
	}
	if there, err := r.isLocked(ctx, disposable); err != nil || there {
		return "", errors.Join(err, fmt.Errorf("after the first deploy the stack is still locked: %t", there))
	}
	if err := plan.staleIsRefused(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("shared unchanged, the approved plan of %s applied by cdktf deploy through %d errors; the second was stopped by the lock; the plan is stale now, and refused", disposable, injected), nil
}

// isLocked says whether the stack's lock is next to its state.
func (r *rehearsal) isLocked(ctx context.Context, stack string) (bool, error) {
	n := r.settings.Names()
	return r.exists(ctx, n.StateBucket()+"/"+n.StateKey(stack)+".tflock")
}
