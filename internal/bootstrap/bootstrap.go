package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/published"
	"github.com/paperwurks/infra/internal/terraform"
)

// run goes through the phases. Each looks by itself whether it is done.
func (b *bootstrap) run(ctx context.Context) error {
	err := b.phases(ctx)
	left, readErr := b.folder.plainText()
	err = errors.Join(err, readErr)
	switch {
	case err != nil && len(left) > 0:
		fmt.Fprintf(b.out, "\nState is left in %q, in plain text, for its owner only: it is what going on needs. Run this again.\n", left)
	case err == nil && len(left) > 0:
		err = fmt.Errorf("state or plan is left in plain text: %q", left)
	case err == nil:
		fmt.Fprintln(b.out, "\nDone. Nothing is left in plain text on this disk.")
	}
	return err
}

func (b *bootstrap) phases(ctx context.Context) error {
	if err := b.makeStateBucket(ctx); err != nil {
		return fmt.Errorf("what the state needs: %w", err)
	}
	if err := b.makeStack(ctx); err != nil {
		return fmt.Errorf("the shared stack: %w", err)
	}
	return nil
}

// makeStateBucket makes the state bucket and what belongs to it, and moves the state
// that knows of it there. Only these resources are ever in a local state: the
// fewer, the less is lost with it.
func (b *bootstrap) makeStateBucket(ctx context.Context) error {
	exists, err := b.aws.HasBucket(ctx, b.store.Bucket)
	if err != nil {
		return err
	}
	var remote *terraform.State
	if exists {
		if remote, err = b.store.State(ctx); err != nil {
			return err
		}
	}
	local, err := terraform.ReadStateFile(b.folder.state)
	if err != nil {
		// Killed while Terraform wrote it. What exists is found by its name.
		fmt.Fprintf(b.out, "The local state cannot be read (%v); it is thrown away, and what exists is imported\n", err)
		if err := b.folder.dropState(); err != nil {
			return err
		}
	}
	if remote != nil {
		b.phase("1. State bucket", "already done")
		if local == nil {
			b.phase("2. State moved to the bucket", "already done")
			return nil
		}
		return b.finishMove(ctx, local, remote)
	}
	switch {
	case local != nil:
		b.phase("1. State bucket", fmt.Sprintf("going on from the local state, which knows %d resources", len(local.Addresses())))
	case exists:
		b.phase("1. State bucket", "the bucket exists, a state does not: what exists is imported")
	default:
		b.phase("1. State bucket", "to be made")
	}
	if err := b.folder.useLocalState(b.stack.Dir); err != nil {
		return err
	}
	if err := b.init(ctx); err != nil {
		return err
	}
	if err := b.change(ctx, "the state bucket with its key and log", local, b.stack.stateResources...); err != nil {
		return err
	}
	if local, err = terraform.ReadStateFile(b.folder.state); err != nil {
		return err
	}
	if local == nil {
		return errors.New("there is no local state after terraform apply")
	}
	return b.move(ctx, local)
}

// finishMove ends a move that was interrupted: both states are there.
func (b *bootstrap) finishMove(ctx context.Context, local, remote *terraform.State) error {
	if len(local.Addresses()) == 0 {
		b.phase("2. State moved to the bucket", "already done; an empty local state is removed")
		return b.folder.dropState()
	}
	if err := remote.Holds(local); err != nil {
		return fmt.Errorf("the bucket holds a different state than %s (%w): somebody else made it. "+
			"Compare both; if the local one has nothing that the other lacks, delete it and run this again", b.folder.state, err)
	}
	return b.verifyMove(ctx, local, "already done")
}

// move writes the local state to the bucket, byte for byte: so it keeps its
// lineage and serial, which `terraform init -migrate-state` and `terraform
// state push` do not for a first state (Terraform 1.11). S3 takes the object
// whole or not at all, and only where there is none.
func (b *bootstrap) move(ctx context.Context, local *terraform.State) error {
	if err := b.checkBucket(ctx, local.Attribute(b.stack.stateKey, "arn")); err != nil {
		return err
	}
	data, err := os.ReadFile(b.folder.state)
	if err != nil {
		return err
	}
	if err := b.store.PutFirst(ctx, data); err != nil {
		return err
	}
	return b.verifyMove(ctx, local, "done")
}

// verifyMove removes the local state once the bucket holds all of it.
func (b *bootstrap) verifyMove(ctx context.Context, local *terraform.State, how string) error {
	remote, err := b.store.State(ctx)
	if err != nil {
		return err
	}
	if remote == nil {
		return errors.New("the state is not in the bucket")
	}
	if err := remote.Holds(local); err != nil {
		return fmt.Errorf("the state in the bucket is not the local one: %w", err)
	}
	keyARN := local.Attribute(b.stack.stateKey, "arn")
	if err := errors.Join(b.checkBucket(ctx, keyARN), b.checkStateObject(ctx, keyARN)); err != nil {
		return err
	}
	if err := b.folder.dropState(); err != nil {
		return err
	}
	b.phase("2. State moved to the bucket", fmt.Sprintf("%s: %s has lineage %s with %d resources, encrypted with %s; the local state is removed",
		how, b.store, remote.Lineage, len(remote.Addresses()), keyARN))
	return nil
}

// makeStack makes, or brings up to date, all of the shared stack.
func (b *bootstrap) makeStack(ctx context.Context) error {
	if err := useStateBucket(b.stack.Dir); err != nil {
		return err
	}
	if err := b.init(ctx); err != nil {
		return err
	}
	if err := b.checkLock(ctx); err != nil {
		return err
	}
	before, err := b.store.State(ctx)
	if err != nil {
		return err
	}
	if before == nil {
		return errors.New("the state is gone from the bucket")
	}
	b.phase("3. Shared stack", fmt.Sprintf("%d of its %d resources are in the state", len(before.Addresses()), len(b.stack.Resources())))
	if err := b.change(ctx, "the shared stack", before); err != nil {
		return err
	}
	if b.applied {
		if err := b.during(ctx, progress.Refresh, 0, func() error { return b.terraform.Refresh(ctx, b.stack.Stack, b.stack.Dir) }); err != nil {
			fmt.Fprintf(b.out, "Warning: %v\n%s\n", err, terraform.NotRefreshed(b.stack.Name))
		} else {
			fmt.Fprintln(b.out, "The state was refreshed")
		}
	}
	after, err := b.store.State(ctx)
	if err != nil {
		return err
	}
	if after == nil {
		return errors.New("the state is gone from the bucket")
	}
	keyARN := after.Attribute(b.stack.stateKey, "arn")
	if err := errors.Join(b.checkBucket(ctx, keyARN), b.checkStateObject(ctx, keyARN)); err != nil {
		return err
	}
	return b.checkPublished(ctx, after.Texts())
}

// checkPublished compares what the stack published in SSM with its outputs.
func (b *bootstrap) checkPublished(ctx context.Context, outputs map[string]string) error {
	parameters, err := published.Read(ctx, b.aws.Client, b.settings.Project)
	if err != nil {
		return err
	}
	// Those of the environments are not this stack's.
	maps.DeleteFunc(parameters, func(name, _ string) bool {
		return outputs[config.OutputName(b.settings.Project, config.Parameter{Name: name})] == ""
	})
	if err := published.Compare(b.settings.Project, parameters, outputs); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "Read back: %d parameters in SSM equal the outputs; for GitHub's variables:\n", len(parameters))
	p := b.settings.Parameters()
	wanted := []config.Parameter{p.InfraRoleARN(), p.InfraDiffRoleARN(), p.OIDCProviderARN()}
	if b.settings.Account.Topic() {
		wanted = slices.Insert(wanted, 2, p.InfraReportRoleARN())
	}
	for _, parameter := range wanted {
		value, found := parameters[parameter.Name]
		if !found {
			return fmt.Errorf("parameter %s does not exist", parameter.Name)
		}
		fmt.Fprintf(b.out, "    %s  %s\n", parameter.Name, value)
	}
	return nil
}

// init prepares Terraform for the backend that the stack's files name. Neither
// backend's note of an earlier run counts.
func (b *bootstrap) init(ctx context.Context) error {
	if err := remove(filepath.Join(b.stack.Dir, importsFile)); err != nil {
		return err
	}
	return b.during(ctx, progress.Init, 0, func() error { return b.terraform.Init(ctx, b.stack.Stack, b.stack.Dir, "-reconfigure") })
}

func (b *bootstrap) phase(name, how string) {
	fmt.Fprintf(b.out, "\n%s: %s\n", name, strings.TrimSpace(how))
}
