package architecture

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// Write draws a folder of synthesised stacks: architecture.md and the pictures
// that it shows, contract.md and a page of operations for each environment, in the
// folder docs. Pictures and pages of environments that are no more are removed.
func Write(docs, synth string) error {
	want, err := files(filepath.Join(docs, ".."), config.Platform(), synth)
	if err != nil {
		return err
	}
	return write(docs, want)
}

// current fails when a folder does not hold the files wanted, or holds a
// picture that is not among them.
func current(docs string, want map[string][]byte) error {
	var stale []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if there, err := os.ReadFile(filepath.Join(docs, name)); err != nil || string(there) != string(want[name]) {
			stale = append(stale, name)
		}
	}
	left, err := leftOver(docs, want)
	if err != nil {
		return err
	}
	if stale = append(stale, left...); len(stale) > 0 {
		return fmt.Errorf("%s is not current (%s): run make docs and look at what changed", docs, strings.Join(stale, ", "))
	}
	return nil
}

// leftOver are the pictures and pages of environments that are no more.
func leftOver(docs string, want map[string][]byte) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(docs, pictureFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	names, err := filepath.Glob(filepath.Join(docs, operationsPrefix+"*.md"))
	if err != nil {
		return nil, err
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	for _, entry := range entries {
		names = append(names, pictureFolder+"/"+entry.Name())
	}
	for _, name := range names {
		if _, wanted := want[name]; !wanted {
			out = append(out, name)
		}
	}
	return out, nil
}

// write puts each file in place whole, and removes pictures that are left over.
func write(docs string, want map[string][]byte) error {
	if err := os.MkdirAll(filepath.Join(docs, pictureFolder), 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		path := filepath.Join(docs, name)
		unfinished := path + ".new"
		if err := os.WriteFile(unfinished, want[name], 0o644); err != nil {
			return err
		}
		if err := os.Rename(unfinished, path); err != nil {
			return err
		}
	}
	left, err := leftOver(docs, want)
	if err != nil {
		return err
	}
	for _, name := range left {
		if err := os.Remove(filepath.Join(docs, name)); err != nil {
			return err
		}
	}
	return nil
}
