// Command architecture draws the platform from a folder of synthesised stacks:
// docs/architecture.md and the pictures that it shows, in docs/architecture.
//
//	go run ./internal/architecture [-check] FOLDER
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "architecture:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("architecture", flag.ContinueOnError)
	check := flags.Bool("check", false, "write nothing; fail when a file is not current")
	docs := flags.String("docs", "docs", "the folder that is written to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: architecture [-check] FOLDER")
	}
	want, err := files(config.Platform(), flags.Arg(0))
	if err != nil {
		return err
	}
	if *check {
		return current(*docs, want)
	}
	return write(*docs, want)
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

// leftOver are the pictures of environments that are no more.
func leftOver(docs string, want map[string][]byte) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(docs, pictureFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, entry := range entries {
		name := pictureFolder + "/" + entry.Name()
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
