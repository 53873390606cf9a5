package kernel

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The variables that the loader reads.
const (
	// switchVariable is "off" for the stock kernel, "pin" to have the pins of
	// the app's packages printed.
	switchVariable = "FASTJSII"
	// stockOptionsVariable tells the loader what NODE_OPTIONS would have been.
	stockOptionsVariable = "FASTJSII_NODE_OPTIONS"
	runtimeVariable      = "JSII_RUNTIME"
)

// stockOptions is what jsii-runtime-go gives its kernel where the environment
// has no NODE_OPTIONS.
const stockOptions = "--max-old-space-size=4069"

//go:embed loader.cjs
var loader []byte

var enabled bool

// Enable has the jsii kernel started with the loader, which loads only what the
// app uses of a prebuilt provider; README.md tells how, and what it costs to
// trust it. Use calls it. A second call does nothing. Changes that the program has made to its environment by then
// (JSII_NODE, say) reach the kernel too.
//
// Where the loader can't be had, it says so in one line on stderr, and the
// kernel is the stock one. The error is about a FASTJSII that means nothing.
func Enable() error {
	switch value := os.Getenv(switchVariable); value {
	case "off":
		return nil
	case "", "pin":
	default:
		return fmt.Errorf("%s=%s: it is off, pin or unset", switchVariable, value)
	}
	if enabled {
		return nil
	}
	enabled = true
	if err := enable(); err != nil {
		fmt.Fprintf(os.Stderr, "fastjsii: %v; loading the stock way\n", err)
	}
	return nil
}

func enable() error {
	if os.Getenv(runtimeVariable) != "" {
		return fmt.Errorf("%s names another kernel", runtimeVariable)
	}
	file, err := install()
	if err != nil {
		return err
	}
	given, found := os.LookupEnv(optionsVariable)
	if !found {
		given = stockOptions
	}
	defer setenv(optionsVariable, given+" --preserve-symlinks --require "+quote(file))()
	defer setenv(stockOptionsVariable, given)()
	restart()
	return nil
}

// quote writes a path as Node reads it in NODE_OPTIONS.
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// install puts the loader in the user's cache folder, where its packs go too,
// and returns its path.
func install() (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "fastjsii")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !isPrivate(info) {
		return "", fmt.Errorf("%s is not this user's alone", dir)
	}
	sum := sha256.Sum256(loader)
	file := filepath.Join(dir, "loader-"+hex.EncodeToString(sum[:8])+".cjs")
	if content, err := os.ReadFile(file); err == nil && bytes.Equal(content, loader) {
		return file, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return file, writeAtomically(file, loader)
}

// writeAtomically has file whole or not at all, also with another process at
// the same.
func writeAtomically(file string, content []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = draft.Write(content)
	if closing := draft.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		os.Remove(draft.Name())
	}
	return err
}
