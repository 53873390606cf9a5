package localaws

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/command"
)

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args string
		out  string // what the output holds
		err  string // what the error holds; empty for none
	}{
		{"local-gaps", "| service | operation | why not moto alone |", ""},
		{"local-rules", "| rule | service | calls | what AWS does | error | source |", ""},
		{"down -dir " + dir, "no local AWS runs here", ""},
		{"local-status -dir " + dir, "", "no local AWS runs here"},
		{"local-start -dir " + dir + " -account 1", "", `account "1": want twelve digits`},
		{"local-start -dir " + dir + " -port 70000", "", "port 70000: want 1 to 65535"},
		{"local-start -dir " + dir + " more", "", `unexpected argument "more"`},
		{"down -port 1", "", "not defined: -port"},
	} {
		var out strings.Builder
		p := command.Process{Out: &out, Err: &out}
		err := command.Run(t.Context(), p, "platform", "", Commands, strings.Fields(test.args))
		if !strings.Contains(out.String(), test.out) {
			t.Errorf("%s: printed %q, want %q in it", test.args, out.String(), test.out)
		}
		if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got error %v, want %q", test.args, err, test.err)
		}
	}
}
