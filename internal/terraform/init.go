package terraform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/synthesised"
)

// LockFile is the file by which Terraform pins providers, in a stack's folder.
const LockFile = ".terraform.lock.hcl"

// Accompany copies into dir, where a copy of the stack's configuration is, what
// Terraform reads next to it: the lock file, and what the providers read.
func Accompany(stack synthesised.Stack, dir string) error {
	for _, name := range append(stack.Companions(), LockFile) {
		data, err := os.ReadFile(filepath.Join(stack.Dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadOnly keeps `terraform init` from installing a provider that the lock file
// lacks; the cdktf CLI gets it by the environment.
const ReadOnly = "-lockfile=readonly"

// ReadState reads the state of a stack where its backend keeps it, without
// Terraform; nil where there is none.
func ReadState(ctx context.Context, stack synthesised.Stack) (*State, error) {
	switch b := stack.Backend; {
	case b.S3 != nil:
		store, err := NewStore(ctx, stack)
		if err != nil {
			return nil, err
		}
		return store.State(ctx)
	case b.Local != nil && filepath.IsAbs(b.Local.Path):
		return ReadStateFile(b.Local.Path)
	case b.Local != nil:
		return ReadStateFile(filepath.Join(stack.Dir, b.Local.Path))
	}
	return nil, fmt.Errorf("stack %q: its backend is neither S3 nor a file", stack.Name)
}

// NewStore is where the S3 backend of a stack keeps its state. It reaches AWS,
// or an emulator, as the stack's provider does.
func NewStore(ctx context.Context, stack synthesised.Stack) (*Store, error) {
	b := stack.Backend.S3
	provider, err := stack.ProviderOf(nil)
	if err != nil {
		return nil, err
	}
	client, err := awsapi.Connect(ctx, b.Region, provider.Endpoint())
	return &Store{Client: client, Bucket: b.Bucket, Key: b.Key}, err
}

// Refresh writes into the state what AWS says of the stack's resources; it
// changes nothing else. An apply ends with it: the provider notes a security
// group's rules, a role's inline policies and a target group's load balancers
// with their parent, which Terraform makes and reads before them, so that the
// next refresh-only plan would report all of them as drift (provider issues
// 18437, 29142). It initialises first, and refuses what Init refuses.
func (r Runner) Refresh(ctx context.Context, stack synthesised.Stack, dir string) error {
	err := r.Init(ctx, stack, dir, "-reconfigure")
	if err == nil {
		_, err = r.Run(ctx, dir, nil, "apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color", "-lock-timeout=5m")
	}
	if err != nil {
		return fmt.Errorf("refresh the state of stack %q: %w", stack.Name, err)
	}
	return nil
}

// NotRefreshed says what a person does when Refresh failed after an apply.
func NotRefreshed(stack string) string {
	return fmt.Sprintf("AWS is as it should be, but the nightly check may report rules, policies and load balancers of this apply as drift. The next apply of %q ends it, or an administrator does: docs/operations.md, \"Drift\".", stack)
}

// Init runs `terraform init` in dir, where the configuration of the stack is,
// unless it has succeeded there for the same backend, providers and lock file.
// It refuses a state that names a provider which the stack does not require,
// before Terraform can install it or run it, and one with resources in a region that
// no provider of the stack has.
func (r Runner) Init(ctx context.Context, stack synthesised.Stack, dir string, args ...string) error {
	state, err := ReadState(ctx, stack)
	if err != nil {
		return fmt.Errorf("read the state of stack %q: %w", stack.Name, err)
	}
	if state != nil {
		if err := r.checkProviders(state, stack); err != nil {
			return err
		}
		if err := state.CheckRegions(stack.Providers); err != nil {
			return fmt.Errorf(`the state of stack %q has resources in a region that its settings no longer name. Terraform could neither change nor destroy them, so nothing was done.
Put `+"`Copies`"+` of the environment back as they were, and end them first (docs/operations.md, "End the copies, or move them"):
%w`, stack.Name, err)
		}
	}
	if r.Provider.IsOpenTofu() {
		if err := openTofuLock(filepath.Join(dir, LockFile)); err != nil {
			return fmt.Errorf("stack %q: the lock file for OpenTofu: %w", stack.Name, err)
		}
	}
	args = slices.Concat([]string{"init", "-input=false", "-no-color", ReadOnly}, args)
	if r.isInitialised(dir, args) {
		return nil
	}
	if _, err := r.Run(ctx, dir, nil, args...); err != nil {
		return err
	}
	return r.markInitialised(dir, args)
}

// checkProviders of a state. OpenTofu takes a state of Terraform's, and writes
// its own registry into it; Terraform takes none of OpenTofu's.
func (r Runner) checkProviders(state *State, stack synthesised.Stack) error {
	required := stack.RequiredProviders()
	ofBoth := state.CheckProviders(required, registries...)
	if ofBoth != nil {
		return fmt.Errorf(`the state of stack %q names a provider that the stack does not require. Terraform would install and run it with your credentials, so nothing was done.
Somebody who may write this state put it there: find out who, by the log of the state bucket, and restore the version of the state before it (docs/operations.md, "A state names a foreign provider"):
%w`, stack.Name, ofBoth)
	}
	if !r.Provider.IsOpenTofu() && state.CheckProviders(required, registry) != nil {
		return fmt.Errorf(`the state of stack %q was last written by OpenTofu, whose registry Terraform does not know: go on with OpenTofu (%s=tofu), or take the state back (docs/operations.md, "Leave cdktf")`, stack.Name, ProgramVariable)
	}
	return nil
}

// lockHashes are the hashes of a provider in a lock file.
var lockHashes = regexp.MustCompile(`(?s)\n  hashes = \[.*?\n  \]`)

// openTofuLock makes a lock file name OpenTofu's registry in place of
// Terraform's: OpenTofu would else refuse it as read-only. The version stays; the
// hashes go, since the packages of that registry are others.
func openTofuLock(file string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // as without OpenTofu: init says what it thinks of that
	}
	if err != nil {
		return err
	}
	text := string(data)
	if !strings.Contains(text, `"`+registry+`/`) {
		return nil
	}
	text = strings.ReplaceAll(lockHashes.ReplaceAllString(text, ""), `"`+registry+`/`, `"`+openTofuRegistry+`/`)
	return replaceFile(file, []byte(text))
}
