package doctor

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAtLeast(t *testing.T) {
	for _, test := range []struct {
		found, least string
		want         bool
	}{
		{"1.26", "1.26", true}, {"1.27", "1.26", true}, {"2.0", "1.26", true},
		{"1.9", "1.26", false}, {"0.99", "1.0", false}, {"", "1.0", false}, {"20.9", "20.9", true}, {"20.10", "20.9", true},
	} {
		if got := atLeast(test.found, test.least); got != test.want {
			t.Errorf("atLeast(%q, %q) = %v", test.found, test.least, got)
		}
	}
}

func TestLook(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "tool")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho tool version v3.14.1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	found := program{name: "tool", version: []string{script}, least: "3.2", install: "get tool"}.look()
	if !found.ok || found.found != "3.14" {
		t.Errorf("%+v, want 3.14 to do", found)
	}
	if old := (program{version: []string{script}, least: "4.0"}).look(); old.ok {
		t.Errorf("%+v, want it too old", old)
	}
	missing := program{name: "tool", version: []string{filepath.Join(folder, "none")}, least: "1.0", install: "get tool"}.look()
	if missing.ok || missing.found != "not found" {
		t.Errorf("%+v, want it missing", missing)
	}
}

func TestReport(t *testing.T) {
	var out bytes.Buffer
	if report(&out, []finding{{name: "go", found: "1.26", ok: true}, {name: "terraform", found: "not found", need: "the command"}}) {
		t.Error("a missing program is all right")
	}
	for _, want := range []string{"ok       go", "MISSING  terraform", "the command"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if !report(&out, []finding{{name: "go", ok: true}, {name: "AWS provider"}}) {
		t.Error("a provider that the registry may serve counts as missing")
	}
}
