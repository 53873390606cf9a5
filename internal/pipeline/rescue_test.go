package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// lockedBy is what Terraform 1.11.4 writes when the S3 backend is locked.
const lockedBy = `Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode: 412
Lock Info:
  ID:        1c3d9b1e-7b57-0d4b-2a39-5bb1ec3bd7ea
  Path:      paperwurks-tfstate/dev.tfstate
  Operation: OperationTypeApply
  Who:       %s
  Version:   1.11.4
`

func TestRescue(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, outcome, errored, holder string
		calls                          string
		says                           []string
		fails                          bool
	}{
		{"nothing to write", "failure", "", "", "", []string{"*Re-run all jobs*", "make recover STACK=dev"}, false},
		{"cancelled", "cancelled", "", "", "", []string{"after ten seconds", "make recover STACK=dev"}, false},
		{"credentials that expired", "failure", "{}", "", "state push -lock-timeout=30s errored.tfstate\n", []string{"is in the bucket now"}, false},
		{"and this run's own lock is left", "failure", "{}", me.Username + "@" + host,
			"state push -lock-timeout=30s errored.tfstate\nstate push -lock=false errored.tfstate\n", []string{"is in the bucket now"}, false},
		{"somebody else holds the lock", "failure", "{}", "ann@laptop", "state push -lock-timeout=30s errored.tfstate\n", []string{"neither could this run"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlatform(t)
			if test.errored != "" {
				p.write(t, "cdktf.out/stacks/dev/errored.tfstate", test.errored)
			}
			if test.holder != "" {
				p.write(t, "answers/dev.locked", fmt.Sprintf(lockedBy, test.holder))
			}
			summary := filepath.Join(p.dir, "summary.md")
			var out bytes.Buffer
			err := runCommand(&out, "rescue", "-dir", p.dir, "-synth", p.synth, "-outcome", test.outcome, "-summary", summary, "dev")
			if (err != nil) != test.fails {
				t.Errorf("%v", err)
			}
			calls, _ := os.ReadFile(filepath.Join(p.answers, "dev.calls"))
			if string(calls) != test.calls {
				t.Errorf("called %q, want %q", calls, test.calls)
			}
			written := p.read(t, "summary.md")
			for _, want := range test.says {
				if !strings.Contains(written, want) || !strings.Contains(out.String(), want) {
					t.Errorf("the summary does not say %q:\n%s", want, written)
				}
			}
		})
	}
}
