package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	recordName   = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)
	recordHead   = regexp.MustCompile(`^# (\d+)\. ([^\n]+)\n\n- Date: (\d{4}-\d{2}-\d{2})\n- Status: ([^\n]+)\n\n\S`)
	recordStatus = regexp.MustCompile(`^(proposed|accepted|rejected|superseded by \[\d+\]\((\d{4}-[a-z0-9-]+\.md)\))$`)
)

// recordFaults names what is wrong with a folder of decision records and its index.
func recordFaults(folder string) ([]string, error) {
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	want, number := "", 0
	for _, e := range entries {
		if e.Name() == "README.md" {
			continue
		}
		number++
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		name, head := recordName.FindStringSubmatch(e.Name()), recordHead.FindStringSubmatch(string(data))
		if name == nil || head == nil {
			fault("%s: a name such as 0007-a-name.md, the title \"# 7. …\", and the lines \"- Date: …\" and \"- Status: …\" are required", e.Name())
			continue
		}
		if name[1] != fmt.Sprintf("%04d", number) || head[1] != fmt.Sprint(number) {
			fault("%s: the numbers %s and %s: %d is required", e.Name(), name[1], head[1], number)
		}
		if _, err := time.Parse(time.DateOnly, head[3]); err != nil {
			fault("%s: %v", e.Name(), err)
		}
		status := recordStatus.FindStringSubmatch(head[4])
		if status == nil {
			fault("%s: status %q: proposed, accepted, rejected or superseded by [N](file) is required", e.Name(), head[4])
		} else if status[2] != "" {
			if _, err := os.Stat(filepath.Join(folder, status[2])); err != nil {
				fault("%s: superseded by a record that is not there: %v", e.Name(), err)
			}
		}
		want += fmt.Sprintf("| [%s. %s](%s) | %s | %s |\n", head[1], head[2], e.Name(), head[3], head[4])
	}
	index, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		return nil, err
	}
	if _, rows, ok := strings.Cut(string(index), "| --- | --- | --- |\n"); !ok || rows != want {
		fault("README.md: the rows of its table have to be\n%s", want)
	}
	return faults, nil
}

// TestDecisionRecords: each has its number, date and status, and the index has each.
func TestDecisionRecords(t *testing.T) {
	faults, err := recordFaults(filepath.Join("docs", "adr"))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

func TestRecordFaults(t *testing.T) {
	const good = "# 1. One\n\n- Date: 2026-11-24\n- Status: accepted\n\nText.\n"
	const index = "# Records\n\n| record | date | status |\n| --- | --- | --- |\n| [1. One](0001-one.md) | 2026-11-24 | accepted |\n"
	for name, test := range map[string]struct {
		file, text, index string
		want              string
	}{
		"good":              {"0001-one.md", good, index, ""},
		"no date":           {"0001-one.md", strings.Replace(good, "- Date: 2026-11-24\n", "", 1), index, "are required"},
		"no such day":       {"0001-one.md", strings.Replace(good, "11-24", "11-31", 1), strings.Replace(index, "11-24", "11-31", 1), "out of range"},
		"another status":    {"0001-one.md", strings.Replace(good, "accepted", "done", 1), strings.Replace(index, "accepted", "done", 1), `status "done"`},
		"a number left out": {"0002-one.md", good, strings.Replace(index, "0001", "0002", 1), "1 is required"},
		"not in the index":  {"0001-one.md", good, strings.Replace(index, "2026-11-24", "2026-11-25", 1), "README.md: the rows"},
		"superseded by nothing": {"0001-one.md", strings.Replace(good, "accepted", "superseded by [2](0002-two.md)", 1),
			strings.Replace(index, "accepted", "superseded by [2](0002-two.md)", 1), "not there"},
	} {
		folder := t.TempDir()
		for file, text := range map[string]string{test.file: test.text, "README.md": test.index} {
			if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		faults, err := recordFaults(folder)
		if said := strings.Join(faults, "\n"); err != nil || test.want == "" && said != "" || !strings.Contains(said, test.want) {
			t.Errorf("%s: %v, %s; want %q", name, err, said, test.want)
		}
	}
}

// TestNoConflictMarkers: both sides of a merge were once committed in a README.
func TestNoConflictMarkers(t *testing.T) {
	out, err := exec.Command("git", "grep", "--no-index", "--exclude-standard", "-nE", "^(<{7}|>{7}) ").CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("a file holds a conflict marker: %v\n%s", err, out)
	}
}
