package rehearse

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/paperwurks/infra/internal/cdktf"
)

// killAt are the numbers of resources still to be made at which a run is
// killed, of some 140: each run goes on where the one before was killed. At the
// last of them Terraform waits for what AWS takes minutes to make.
func (r *rehearsal) killAt() []int {
	if r.short {
		return []int{45}
	}
	return []int{120, 75, 45}
}

// deploy deploys the disposable environment, with runs that are killed and
// recovered, and with its last run all other stacks.
func (r *rehearsal) deploy(ctx context.Context) (string, error) {
	cli := r.cli("deploy", r.app)
	adopted := 0
	for _, at := range r.killAt() {
		n, err := r.deployKilled(ctx, cli, at)
		if err != nil {
			return "", err
		}
		adopted += n
	}
	var group sync.WaitGroup
	var othersErr error
	group.Go(func() { othersErr = r.deployOthers(ctx) })
	_, err := cli.Deploy(ctx, prefixed{r.out, "   "}, disposable)
	if err != nil {
		err = fmt.Errorf("the run after the last kill -9: %w", err)
	}
	group.Wait()
	if err := errors.Join(err, othersErr); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d stacks; %d times killed, %d resources adopted, no orphan; a second bootstrap changed nothing",
		len(r.stacks()), len(r.killAt()), adopted), r.noOrphans(ctx)
}

// deployOthers has the administrator run the bootstrap once more, which must
// find nothing to change, and deploys all stacks but the disposable one.
func (r *rehearsal) deployOthers(ctx context.Context) error {
	if err := r.bootstrapAgain(ctx); err != nil {
		return err
	}
	others := slices.DeleteFunc(r.stacks(), func(s string) bool { return s == disposable })
	_, err := r.cli("deploy-others", r.app).Deploy(ctx, prefixed{r.out, "   "}, others...)
	return err
}

// deployKilled deploys the disposable environment, kills the run at so many
// resources left, recovers, and says how many resources were adopted.
func (r *rehearsal) deployKilled(ctx context.Context, cli cdktf.CLI, at int) (adopted int, err error) {
	run, err := cli.Start(ctx, "deploy", prefixed{r.out, "   "}, disposable)
	if err != nil {
		return 0, err
	}
	left := 0
	if err := waitFor(ctx, 10*time.Minute, func() (bool, error) {
		n, planned := run.Left()
		left = n
		return planned && n <= at, run.Ended()
	}); err != nil {
		return 0, fmt.Errorf("wait until %d resources are left: %w", at, err)
	}
	if err := run.Kill(); err != nil {
		return 0, err
	}
	if adopted, err = r.recover(ctx); err != nil {
		return 0, fmt.Errorf("recover after kill -9 with %d resources left: %w", left, err)
	}
	fmt.Fprintf(r.out, "   killed with %d resources left; lock released, %d resources adopted\n", left, adopted)
	return adopted, nil
}

// recover releases the lock that a killed run left, and adopts what it made
// and did not note, by the book.
func (r *rehearsal) recover(ctx context.Context) (adopted int, err error) {
	out, err := r.byTheBook(ctx, r.app, afterKill, "make recover", in(disposable))
	if err != nil {
		return 0, err
	}
	m := adoptedLine.FindStringSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("it does not say how many it adopted:\n%s", lastLines(out, 20))
	}
	_, err = fmt.Sscan(m[1], &adopted)
	return adopted, err
}

func (r *rehearsal) noOrphans(ctx context.Context) error {
	_, err := r.byTheBook(ctx, r.app, afterKill, "make orphans", in(disposable))
	return err
}

// waitFor looks every fifth of a second until done says so, for at most limit.
func waitFor(ctx context.Context, limit time.Duration, done func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it did not happen within %s", limit)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

var adoptedLine = regexp.MustCompile(`Adopted: (\d+)\.`)
