package stacks

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
)

// Synthesise writes every stack of the settings into folder, which it makes
// when there is none.
//
// The settings must have been validated. It returns the faults that only show
// while a construct is made, jsii's own errors, or all violations of the
// compliance rules (compliance.Violations); what an earlier synth wrote is then
// as it was. A fault in this code itself panics.
//
// cdktf writes before anybody can check, so it writes into a draft in the
// folder, which only a kill leaves there. What the rules check is thereby what
// Terraform reads, to the byte. Should a file not move, those moved before it
// stay; they have been checked too.
func Synthesise(folder string, settings config.Settings, target config.Target) (err error) {
	if err := target.Validate(); err != nil {
		return err
	}
	settings = target.For(settings)

	_, missing := os.Lstat(folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	draft, err := os.MkdirTemp(folder, ".draft-")
	if err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	defer func() {
		fault := recover()
		err = errors.Join(err, asError(fault), os.RemoveAll(draft))
		if err != nil && missing != nil {
			os.Remove(folder) // made above, for nothing; succeeds if it is empty
		}
		if ours, ok := fault.(runtime.Error); ok {
			panic(ours)
		}
	}()
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &draft})
	if err := build(app, settings, target); err != nil {
		return err
	}
	app.Synth()
	if err := check(draft, complianceFacts(settings, target)); err != nil {
		return err
	}
	if err := accompany(draft, target); err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	return publish(draft, folder)
}

// providerLock pins what `terraform init` may install (Terraform, "Dependency
// lock file"). Without it a provider that a stolen pipeline names in a state
// would be downloaded and run by whoever plans next.
//
//go:embed terraform.lock.hcl
var providerLock []byte

// accompany writes into the folder of each stack what Terraform reads next to
// its configuration: the lock file, and where the emulator is.
func accompany(draft string, target config.Target) error {
	files := map[string][]byte{".terraform.lock.hcl": providerLock}
	if target.IsLocal() {
		files[emulatorFile] = emulatorConfig(target)
	}
	stacks, err := os.ReadDir(filepath.Join(draft, "stacks"))
	if err != nil {
		return err
	}
	for _, s := range stacks {
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(draft, "stacks", s.Name(), name), content, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// asError is what a panic says: jsii's kernel has no other way to report an
// error.
func asError(fault any) error {
	if fault == nil {
		return nil
	}
	return fmt.Errorf("synth: %v", fault)
}

// build puts every stack of the settings into app: the shared stack first, then
// each environment with what it takes from it. It returns the faults that only
// show while a construct is made.
func build(app cdktf.App, settings config.Settings, target config.Target) error {
	shared, err := newSharedStack(app, settings, target)
	if err != nil {
		return fmt.Errorf("stack %q: %w", config.SharedStack, err)
	}
	var errs []error
	for _, env := range settings.Environments {
		if err := newEnvironmentStack(app, settings, target, env, shared); err != nil {
			errs = append(errs, fmt.Errorf("stack %q: %w", env.Name, err))
		}
	}
	return errors.Join(errs...)
}

// manifest is the file by which the others are found.
const manifest = "manifest.json"

// publish moves the files of a draft into folder, each at once, the manifest
// last. What else is there stays: Terraform's own files, above all.
func publish(draft, folder string) error {
	move := func(file string) error {
		to := filepath.Join(folder, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.Rename(filepath.Join(draft, file), to)
	}
	err := fs.WalkDir(os.DirFS(draft), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file == manifest {
			return err
		}
		return move(file)
	})
	if err == nil {
		err = move(manifest)
	}
	if err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	return nil
}
