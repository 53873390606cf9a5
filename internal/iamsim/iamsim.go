// Package iamsim asks the IAM simulator that package.json pins
// (@cloud-copilot/iam-simulate), which runs as a Node program of its own: one
// process for any number of requests.
package iamsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// Install is the command that installs the simulator.
const Install = "npm ci --prefix internal/iamsim"

// ErrNotInstalled is returned while the simulator is not installed.
var ErrNotInstalled = errors.New("the IAM simulator is not installed; install it with: " + Install)

func run(program string, in, out any) error {
	root, err := ModuleRoot()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "internal", "iamsim")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@cloud-copilot", "iam-simulate")); errors.Is(err, fs.ErrNotExist) {
		return ErrNotInstalled
	}
	input, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(node(root), filepath.Join(dir, program))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, stderr.Bytes())
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}

// node is the Node that internal/kernel pins, or else the machine's.
func node(root string) string {
	pinned := filepath.Join(root, "internal", "kernel", "node_modules", ".bin", "node")
	if _, err := os.Stat(pinned); err == nil {
		return pinned
	}
	return "node"
}

// ModuleRoot is the nearest folder above the working directory with a go.mod.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the module: no go.mod above the working directory")
		}
		dir = parent
	}
}
