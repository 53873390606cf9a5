package cdktf

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// wrapper is the program that the CLI runs as Terraform. It notes each
// Terraform that is started, so that these can be interrupted: the CLI itself
// ends at once on SIGINT and hangs up on Terraform, which then can neither write
// its state nor release its lock (seen with 0.21.0).
type wrapper struct{ file string }

// newWrapper wraps a Terraform. Where the stack's folder is initialised, the
// CLI's init does nothing: it would only compare the provider, of 700 MB, with
// the lock file once more.
func newWrapper(terraform string, initialised bool) (wrapper, error) {
	dir, err := os.MkdirTemp("", "cdktf-*")
	if err != nil {
		return wrapper{}, err
	}
	w := wrapper{filepath.Join(dir, "terraform")}
	skipped := ""
	if initialised {
		skipped = `[ "$1" != init ] || exit 0
`
	}
	text := fmt.Sprintf(`#!/bin/sh
# Terraform for the cdktf CLI; internal/cdktf wrote it.
[ ! -e "$0.stop" ] || { echo "The run was interrupted: no further terraform $1." >&2; exit 1; }
%secho $$ >>"$0.pids"
exec %q "$@"
`, skipped, terraform)
	if err := os.WriteFile(w.file, []byte(text), 0o700); err != nil {
		return wrapper{}, errors.Join(err, w.remove())
	}
	return w, nil
}

func (w wrapper) remove() error { return os.RemoveAll(filepath.Dir(w.file)) }

// interrupt sends SIGINT to each Terraform that runs, and has the CLI start no
// other one: it ends once they have.
func (w wrapper) interrupt() error {
	if err := os.WriteFile(w.file+".stop", nil, 0o600); err != nil {
		return err
	}
	return w.signal(syscall.SIGINT)
}

func (w wrapper) signal(signal syscall.Signal) error {
	data, err := os.ReadFile(w.file + ".pids")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, line := range strings.Fields(string(data)) {
		pid, err := strconv.Atoi(line)
		if err != nil {
			return fmt.Errorf("%s.pids: %w", w.file, err)
		}
		// A process that has ended may have left its number to another one.
		running, err := exec.Command("ps", "-o", "args=", "-p", line).Output()
		if err != nil || !strings.Contains(string(running), "terraform") && !strings.Contains(string(running), "tofu") {
			continue
		}
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("interrupt Terraform: %w", err)
		}
	}
	return nil
}
