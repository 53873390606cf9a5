package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/tools/access/observed"
	"github.com/paperwurks/infra/tools/cdktf"
)

// administrator is the person who runs the bootstrap and what follows a crash:
// no role of the platform.
const administrator = observed.Administrator

func (r *rehearsal) steps() []step {
	steps := []step{
		{"bootstrap of an empty account", r.bootstrap},
		{"deploy, with kill -9 on the way", r.deploy},
		{"a second diff", r.secondDiff},
		{"read back: SSM, outputs, IAM", r.readBack},
		{"the backend deploys", r.backendDeploys},
		{"a deployment that fails", r.backendFails},
		{"a change of infrastructure", r.change},
		{"two deploys at once, AWS slow and failing", r.badDay},
		{"destroy " + disposable, r.destroyDisposable},
		{"destroy what is protected", r.destroyProtected},
		{"every call is one that its role may make", r.checkCalls},
	}
	return steps
}

// bootstrap makes the shared stack as a person does on the first day, and runs
// the same command again.
func (r *rehearsal) bootstrap(ctx context.Context) (string, error) {
	r.wire.As(administrator)
	answers := config.LocalAccountID + strings.Repeat("\nyes", 10) + "\n"
	run := func() (string, error) {
		return r.command(ctx, nil, answers, r.tool("bin", "bootstrap"), "-dir", r.dir, "-app", r.tool("bin", "infra"), "-local", r.wire.Endpoint)
	}
	if _, err := run(); err != nil {
		return "", err
	}
	again, err := run()
	if err != nil {
		return "", fmt.Errorf("a second time: %w", err)
	}
	if !strings.Contains(again, nothingToChange) {
		return "", fmt.Errorf("a second time: it does not say %q:\n%s", nothingToChange, lastLines(again, 20))
	}
	return "shared made, state moved; a second run changes nothing", nil
}

const nothingToChange = "Nothing to change"

// killAt are the numbers of resources made at which a run is killed: each run
// goes on where the one before was killed.
func (r *rehearsal) killAt() []int {
	if r.short {
		return []int{40}
	}
	return []int{15, 30, 45}
}

// deploy deploys all stacks. Meanwhile the run that deploys the disposable
// environment is killed, recovered and run again.
func (r *rehearsal) deploy(ctx context.Context) (string, error) {
	r.wire.As(config.InfraRole)
	others := slices.DeleteFunc(r.stacks(), func(s string) bool { return s == disposable })
	var group sync.WaitGroup
	var othersErr error
	group.Go(func() {
		_, othersErr = r.cli("deploy-others").Deploy(ctx, prefixed{r.out, "   "}, others...)
	})
	result, err := r.deployKilled(ctx)
	group.Wait()
	return result, errors.Join(err, othersErr)
}

func (r *rehearsal) deployKilled(ctx context.Context) (string, error) {
	cli := r.cli("deploy")
	adopted := 0
	for _, at := range r.killAt() {
		run, err := cli.Start(ctx, "deploy", prefixed{r.out, "   "}, disposable)
		if err != nil {
			return "", err
		}
		if err := waitFor(ctx, 10*time.Minute, func() (bool, error) { return run.Done() >= at, run.Ended() }); err != nil {
			return "", fmt.Errorf("wait for %d resources: %w", at, err)
		}
		made := run.Done()
		if err := run.Kill(); err != nil {
			return "", err
		}
		n, err := r.recover(ctx, cli)
		if err != nil {
			return "", fmt.Errorf("recover after kill -9 at %d resources: %w", made, err)
		}
		adopted += n
		fmt.Fprintf(r.out, "   killed at %d resources; lock released, %d resources adopted\n", made, n)
	}
	if _, err := cli.Deploy(ctx, prefixed{r.out, "   "}, disposable); err != nil {
		return "", fmt.Errorf("the run after the last kill -9: %w", err)
	}
	if err := r.noOrphans(ctx, cli); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d stacks; %d times killed, %d resources adopted, no orphan", len(r.stacks()), len(r.killAt()), adopted), nil
}

// recover releases the lock that a killed run left, and adopts what it made
// and did not note, by the documented command.
func (r *rehearsal) recover(ctx context.Context, cli cdktf.CLI) (adopted int, err error) {
	out, err := r.command(ctx, nil, strings.Repeat("yes\n", 20), r.tool("bin", "recover"), "-dir", r.tools, "-synth", cli.Output, disposable)
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

func (r *rehearsal) noOrphans(ctx context.Context, cli cdktf.CLI) error {
	_, err := r.command(ctx, nil, "", r.tool("bin", "recover"), "-dir", r.tools, "-synth", cli.Output, "-check", disposable)
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
