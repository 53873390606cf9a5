// Package node gives the jsii kernel a supported Node, whatever Node the
// machine has: the one that package.json beside this file pins and `make
// tools` installs. On an older Node jsii works too, but prints a warning of
// nine lines at every start.
package node

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// The variables that jsii-runtime-go and its Node read.
const (
	nodeVariable    = "JSII_NODE"
	optionsVariable = "NODE_OPTIONS"
)

// options keep the heap that jsii-runtime-go gives its kernel (MiB), and
// silence DEP0044: the kernel calls util.isArray, which newer Nodes deprecate.
const options = "--max-old-space-size=4069 --disable-warning=DEP0044"

// Use starts the program again with the pinned Node, unless the caller's
// environment already names one or it is not installed; then jsii takes the
// machine's. jsii-runtime-go reads its environment while packages are
// initialised, before main could set anything, so only a new start helps; it
// costs some milliseconds and keeps the process id.
func Use() error {
	if os.Getenv(nodeVariable) != "" || runtime.GOOS == "windows" {
		return nil
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	node := filepath.Join(root, "tools", "node", "node_modules", ".bin", "node")
	if _, err := os.Stat(node); err != nil {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start again with %s: %w", node, err)
	}
	environment := append(os.Environ(), nodeVariable+"="+node,
		optionsVariable+"="+strings.TrimSpace(os.Getenv(optionsVariable)+" "+options))
	if err := syscall.Exec(self, os.Args, environment); err != nil {
		return fmt.Errorf("start again with %s: %w", node, err)
	}
	return nil
}

// moduleRoot is the nearest folder above the working directory with a go.mod:
// cdktf runs the app in it, go test runs tests below it.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find go.mod: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("find go.mod: none above the working directory")
		}
		dir = parent
	}
}
