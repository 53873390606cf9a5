package bootstrap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/paperwurks/infra/internal/terraform"
)

// folder holds all that a bootstrap writes. State and plans are plain text, so
// it is closed to other users, and nothing of that kind outlives its use.
type folder struct {
	root string
	// synth is cdktf's output.
	synth string
	// state is the local state, between the first resource and the move.
	state string
	// plan is Terraform's plan file, between planning and applying.
	plan string
	lock *os.File
}

// openFolder makes the folder, and takes it for this process alone.
func openFolder(root string) (*folder, error) {
	f := &folder{
		root:  root,
		synth: filepath.Join(root, "cdktf.out"),
		state: filepath.Join(root, "state", "shared.tfstate"),
		plan:  filepath.Join(root, "plan", "shared.tfplan"),
	}
	for _, dir := range []string{root, filepath.Dir(f.state), filepath.Dir(f.plan)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if f.lock, err = os.OpenFile(filepath.Join(root, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.lock.Close()
		return nil, fmt.Errorf("another bootstrap runs in %s: %w", root, err)
	}
	// What a killed run left.
	if err := f.dropPlan(); err != nil {
		f.lock.Close()
		return nil, err
	}
	return f, nil
}

// Close lets go of the folder. The kernel does too, however the process ends.
func (f *folder) Close() error { return f.lock.Close() }

func (f *folder) dropPlan() error { return remove(f.plan) }

// dropState removes the local state with its backup and lock.
func (f *folder) dropState() error {
	left, err := filepath.Glob(filepath.Join(filepath.Dir(f.state), "*"))
	if err != nil {
		return err
	}
	hidden, err := filepath.Glob(filepath.Join(filepath.Dir(f.state), ".*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range append(left, hidden...) {
		errs = append(errs, remove(file))
	}
	return errors.Join(errs...)
}

func remove(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// The files that are added to the stack's own: Terraform reads every *.tf.json
// of a folder, and lets what ends in _override replace the same blocks.
const (
	localBackendFile = "bootstrap_override.tf.json"
	importsFile      = "bootstrap_imports.tf.json"
)

// useLocalState makes Terraform keep the stack's state in the file.
func (f *folder) useLocalState(stack string) error {
	return writeJSON(filepath.Join(stack, localBackendFile), map[string]any{
		"terraform": map[string]any{"backend": map[string]any{"local": map[string]any{"path": f.state}}},
	})
}

// useStateBucket makes Terraform keep it where the stack says.
func useStateBucket(stack string) error { return remove(filepath.Join(stack, localBackendFile)) }

func writeJSON(file string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o600)
}

// plainText lists the files that hold a state or a plan, by what is in them.
// Terraform's note of the backend, .terraform/terraform.tfstate, holds neither.
func (f *folder) plainText() ([]string, error) {
	var found []string
	err := filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		// A provider's binary is no state.
		if info.Size() > 64<<20 {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isPlan(data) || isState(data) {
			found = append(found, path)
		}
		return nil
	})
	return found, err
}

// isPlan says whether data is a plan file, which is a ZIP archive that begins
// with the plan, or a plan as JSON.
func isPlan(data []byte) bool {
	if strings.HasPrefix(string(data), "PK\x03\x04") {
		return true
	}
	var p map[string]json.RawMessage
	return json.Unmarshal(data, &p) == nil && p["planned_values"] != nil
}

func isState(data []byte) bool {
	var s terraform.State
	return json.Unmarshal(data, &s) == nil && s.Lineage != "" && (len(s.Resources) > 0 || len(s.Outputs) > 0)
}
