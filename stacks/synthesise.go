package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
)

// Synthesise writes every stack of the settings into folder, which it makes
// when there is none; "" stands for the one that cdktf's command line names
// ($CDKTF_OUTDIR) or cdktf.out.
//
// The settings must have been validated. It fails with the faults that only
// show while a construct is made, with jsii's own errors, or with all
// violations of the compliance rules (compliance.Violations); what an earlier
// synth wrote is then as it was. cdktf writes before anybody can judge, so it
// writes into a draft in the folder, which only a kill leaves there. What the
// rules judge is thereby what Terraform reads, to the byte. Should a file not
// move, those moved before it stay; they have been judged too.
func Synthesise(folder string, settings config.Settings, target config.Target) (err error) {
	if err := target.Validate(); err != nil {
		return err
	}
	settings = target.For(settings)

	folder = cmp.Or(folder, os.Getenv("CDKTF_OUTDIR"), "cdktf.out")
	_, missing := os.Lstat(folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	draft, err := os.MkdirTemp(folder, ".draft-")
	if err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	defer func() {
		// The kernel has no other way than a panic to report an error.
		if fault := recover(); fault != nil {
			err = fmt.Errorf("synth: %v", fault)
		}
		err = errors.Join(err, os.RemoveAll(draft))
		if err != nil && missing != nil {
			os.Remove(folder) // made above, for nothing; succeeds if it is empty
		}
	}()
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &draft})
	if err := build(app, settings, target); err != nil {
		return err
	}
	app.Synth()
	if err := judge(draft, complianceFacts(settings, target)); err != nil {
		return err
	}
	return publish(draft, folder)
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
