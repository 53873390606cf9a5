package main

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/localaws"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args string
		out  string // what the output holds
		err  string // what the error holds; empty for none
	}{
		{"gaps", "| service | operation | why the front answers it |", ""},
		{"stop -dir " + dir, "no local AWS runs here", ""},
		{"status -dir " + dir, "", "no local AWS runs here"},
		{"start", "", "-dir is required"},
		{"start -dir " + dir + " -account 1", "", `account "1": want twelve digits`},
		{"start -dir " + dir + " -port 70000", "", "port 70000: want 1 to 65535"},
		{"start -dir " + dir + " more", "", `unexpected argument "more"`},
		{"begin -dir " + dir, "", `unknown command "begin"`},
	} {
		var out strings.Builder
		err := run(t.Context(), strings.Fields(test.args), &out)
		if !strings.Contains(out.String(), test.out) {
			t.Errorf("%s: printed %q, want %q in it", test.args, out.String(), test.out)
		}
		if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got error %v, want %q", test.args, err, test.err)
		}
	}
	if err := run(t.Context(), []string{"status", "-dir", dir}, &strings.Builder{}); !errors.Is(err, localaws.ErrNotRunning) {
		t.Errorf("status: %v", err)
	}
}

func TestRunWithoutACommand(t *testing.T) {
	if err := run(t.Context(), nil, &strings.Builder{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
}
