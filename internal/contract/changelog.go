package contract

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/command"
)

const (
	changelogFile   = "CHANGELOG.md"
	interfaceFolder = "docs/interface"
)

// Entry is a version of the contract in the changelog.
type Entry struct{ Major, Minor int }

func (e Entry) String() string { return fmt.Sprintf("%d.%d", e.Major, e.Minor) }

func (e Entry) file() string { return interfaceFolder + "/" + e.String() + ".txt" }

var (
	entryTitle = regexp.MustCompile(`(?m)^## .*$`)
	entryForm  = regexp.MustCompile(`^## (\d+)\.(\d+) · (\d{4}-\d{2}-\d{2})$`)
)

// Entries are the changelog's, newest first. It returns an error for each that
// lacks its form: the title "## 1.2 · 2026-11-26", a paragraph that starts with
// "**Backend:**" and one that starts with "**Deploy:**".
func Entries(changelog string) ([]Entry, error) {
	var out []Entry
	var errs []error
	titles := entryTitle.FindAllStringIndex(changelog, -1)
	day := ""
	for i, at := range titles {
		end := len(changelog)
		if i+1 < len(titles) {
			end = titles[i+1][0]
		}
		title, body := changelog[at[0]:at[1]], changelog[at[1]:end]
		m := entryForm.FindStringSubmatch(title)
		if m == nil {
			errs = append(errs, fmt.Errorf("%s: %q: a title such as \"## 1.2 · 2026-11-26\" is required", changelogFile, title))
			continue
		}
		if _, err := time.Parse(time.DateOnly, m[3]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %q: %w", changelogFile, title, err))
		}
		if day != "" && m[3] > day {
			errs = append(errs, fmt.Errorf("%s: %q is below an entry of %s: the newest is first", changelogFile, title, day))
		}
		day = m[3]
		for _, paragraph := range []string{"\n**Backend:** ", "\n**Deploy:** "} {
			if !strings.Contains(body, paragraph) {
				errs = append(errs, fmt.Errorf("%s: %q: a paragraph that starts with %q is required", changelogFile, title, strings.TrimSpace(paragraph)))
			}
		}
		major, _ := strconv.Atoi(m[1]) // both are digits
		minor, _ := strconv.Atoi(m[2])
		out = append(out, Entry{major, minor})
	}
	if len(titles) == 0 {
		errs = append(errs, fmt.Errorf("%s: no entry", changelogFile))
	}
	return out, errors.Join(errs...)
}

// Check returns an error for each fault of the repository's changelog and of the
// versions in docs/interface: a change without an entry, a version that is too
// small for what changed, an entry without its file.
func Check(files fs.FS) error {
	changelog, err := fs.ReadFile(files, changelogFile)
	if err != nil {
		return err
	}
	entries, err := Entries(string(changelog))
	if err != nil {
		return err
	}
	now, err := Interface(files)
	if err != nil {
		return err
	}
	var errs []error
	recorded := make([][]string, len(entries))
	wanted := map[string]bool{}
	for i, e := range entries {
		wanted[e.file()] = true
		data, err := fs.ReadFile(files, e.file())
		if err != nil {
			return fmt.Errorf("version %s: %w: run make interface", e, err)
		}
		recorded[i] = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	there, err := fs.Glob(files, interfaceFolder+"/*")
	if err != nil {
		return err
	}
	for _, file := range there {
		if !wanted[file] {
			errs = append(errs, fmt.Errorf("%s: no entry of %s has this version", file, changelogFile))
		}
	}
	if d := Compare(recorded[0], now); len(d.Gone)+len(d.New) > 0 {
		errs = append(errs, fmt.Errorf("what others depend on changed since version %s:%s\nwrite an entry of version %s at the top of %s, with what the backend has to do and which stacks to deploy, and run make interface", entries[0], d, next(entries[0], d), changelogFile))
	}
	for i := range len(entries) - 1 {
		newer, before := entries[i], entries[i+1]
		d := Compare(recorded[i+1], recorded[i])
		if want := next(before, d); newer != want && newer != (Entry{before.Major + 1, 0}) {
			errs = append(errs, fmt.Errorf("version %s follows %s: what changed needs %s:%s", newer, before, want, d))
		}
	}
	return errors.Join(errs...)
}

// next is the version after one, by what changed.
func next(e Entry, d Difference) Entry {
	if d.Breaks() {
		return Entry{e.Major + 1, 0}
	}
	return Entry{e.Major, e.Minor + 1}
}

// Command writes the file of the newest version.
var Command = command.Command{Name: "interface", Summary: "write what others depend on, for the newest version in the changelog",
	Define: func(*flag.FlagSet) command.Func {
		return func(_ context.Context, p command.Process, _ []string) error {
			file, err := Write(".")
			if err == nil {
				fmt.Fprintln(p.Out, file)
			}
			return err
		}
	}}

// Write writes the file of the newest version, and returns its name. One that is
// there is never overwritten: it says what a merged version was.
func Write(root string) (string, error) {
	files := os.DirFS(root)
	changelog, err := fs.ReadFile(files, changelogFile)
	if err != nil {
		return "", err
	}
	entries, err := Entries(string(changelog))
	if err != nil {
		return "", err
	}
	now, err := Interface(files)
	if err != nil {
		return "", err
	}
	text := strings.Join(now, "\n") + "\n"
	file := entries[0].file()
	there, err := fs.ReadFile(files, file)
	switch {
	case err == nil && string(there) == text:
		return file, nil
	case err == nil:
		return "", fmt.Errorf("%s is another one: write a new entry in %s first, or remove the file if version %s was never merged", file, changelogFile, entries[0])
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(root, interfaceFolder), 0o755); err != nil {
		return "", err
	}
	return file, os.WriteFile(filepath.Join(root, file), []byte(text), 0o644)
}
