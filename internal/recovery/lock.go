package recovery

import (
	"context"
	"fmt"
	"time"

	"github.com/paperwurks/infra/internal/adopt"
	"github.com/paperwurks/infra/internal/terraform"
)

// quiet is how long nothing may have been written before a lock is taken for
// one that was left behind. A run that makes resources writes the state every 20 s.
const quiet = 45 * time.Second

// releaser releases the lock of a stack.
type releaser struct {
	lock   func(context.Context) (held *terraform.Lock, written time.Time, err error)
	unlock func(ctx context.Context, id string) error
	now    func() time.Time
	quiet  time.Duration
	talk
}

// releaseLock releases the lock of the workspace's stack, if there is one.
func releaseLock(ctx context.Context, w *adopt.Workspace, t talk) (bool, error) {
	store, err := w.Store(ctx)
	if err != nil {
		return false, err
	}
	if store == nil {
		t.say("Lock: none to release. This state is a file, whose lock ends with the process that holds it.")
		return false, nil
	}
	return releaser{store.Lock, w.Unlock, time.Now, quiet, t}.release(ctx)
}

// release shows who holds the lock and releases it when the person says so. It
// says whether there was one.
//
// A lock whose run still writes is not offered. That a run is silent does not prove that
// it is dead, it may wait for a database; so the person is asked in any case.
func (r releaser) release(ctx context.Context) (bool, error) {
	held, written, err := r.lock(ctx)
	if err != nil {
		return false, err
	}
	if held == nil {
		r.say("Lock: nobody holds it.")
		return false, nil
	}
	r.say("Lock: held since %s (%s ago) by %s, for %s, id %s.",
		held.Created.UTC().Format("2006-01-02 15:04:05 MST"), r.now().Sub(held.Created).Round(time.Second), held.Who, held.Operation, held.ID)
	if wait := r.quiet - r.now().Sub(written); wait > 0 {
		r.say("The last write was %s ago. Waiting %s for a sign that the run is alive.", r.now().Sub(written).Round(time.Second), wait.Round(time.Second))
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(wait):
		}
	}
	r.say(`Before you release it, make sure that this run is over. Two runs at once can destroy the state.
  - runner@… is GitHub Actions: "gh run list --workflow deploy.yml --status in_progress" must show none for this stack.
  - Anyone else is a person at that machine: ask them, or look there with "pgrep -a terraform".
  - A run that waits for a database or a distribution may write nothing for half an hour and be alive.`)
	if err := r.Yes(ctx, "Release the lock?"); err != nil {
		return false, err
	}
	// The answer may have taken so long that this is another lock by now.
	again, writtenAgain, err := r.lock(ctx)
	switch {
	case err != nil:
		return false, err
	case again == nil:
		r.say("The lock was released meanwhile: that run was alive, and ended by itself.")
		return false, nil
	case again.ID != held.ID || writtenAgain.After(written):
		return false, fmt.Errorf("the lock is in use: %s wrote at %s; wait for the end of that run", again.Who, writtenAgain.UTC().Format(time.TimeOnly))
	}
	if err := r.unlock(ctx, held.ID); err != nil {
		return false, err
	}
	r.say("Lock %s released (terraform force-unlock).", held.ID)
	return true, nil
}
