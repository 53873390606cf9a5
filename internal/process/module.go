package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ModuleRoot is the nearest folder above the working directory with a go.mod:
// cdktf runs the app in it, go test runs tests below it.
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

// NodeFolder is where the Node.js that internal/kernel/package-lock.json pins has
// its program, of the module at root; "" before `make tools` installed it.
func NodeFolder(root string) string {
	folder := filepath.Join(root, "internal", "kernel", "node_modules", ".bin")
	if _, err := os.Stat(filepath.Join(folder, "node")); err != nil {
		return ""
	}
	return folder
}
