package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

// What is refused is refused before jsii starts, and leaves what an earlier
// synth wrote as it was.
func TestRefusals(t *testing.T) {
	t.Setenv("JSII_NODE", "no such node: jsii must not start")
	output := t.TempDir()
	earlier := filepath.Join(output, "manifest.json")
	if err := os.WriteFile(earlier, []byte("earlier"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := config.Fixture()
	wrong.User.AccountID = "12345678901"
	wrong.Environments[2].Database.InstanceClass = "db.t3.nano"
	for _, test := range []struct {
		name     string
		settings config.Settings
		args     []string
		want     string
	}{
		{"an address that is not loopback", config.Fixture(), []string{"-local", "http://10.0.0.1:4566"}, `"http://10.0.0.1:4566": only a loopback address is allowed`},
		{"a name that is not loopback", config.Fixture(), []string{"-local", "https://aws.example.com"}, "only a loopback address is allowed"},
		{"local state on real AWS", config.Fixture(), []string{"-local-state", "/tmp/state"}, "allowed only with a local endpoint"},
		{"wrong settings", wrong, nil, `user.accountID: "12345678901"`},
		{"all of them at once", wrong, nil, `environments["prod"].database.instanceClass: "db.t3.nano"`},
		{"an unknown flag", config.Fixture(), []string{"-remote"}, "flag provided but not defined"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			err := run(test.settings, append(test.args, "-o", output), &stderr)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			entries, err := os.ReadDir(output)
			if err != nil || len(entries) != 1 {
				t.Errorf("wrote %v, %v", entries, err)
			}
			if content, err := os.ReadFile(earlier); err != nil || string(content) != "earlier" {
				t.Errorf("the earlier synth became %q, %v", content, err)
			}
		})
	}
}
