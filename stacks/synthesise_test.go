package stacks_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/stacks"
)

// A violation stops synth with a message and no panic, and leaves what an
// earlier synth wrote as it was.
func TestViolationStopsSynth(t *testing.T) {
	settings := config.Fixture()
	settings.Environments[1].Database.FinalSnapshot = false
	settings.Environments[2].Logs.RetentionDays = 30
	if err := access.Validate(settings); err != nil {
		t.Fatalf("the settings' own check refuses it first: %v", err)
	}
	folder := t.TempDir()
	earlier := map[string]string{
		"manifest.json":                 "earlier",
		"stacks/dev/cdk.tf.json":        "{}",
		"stacks/dev/terraform.tfstate":  "a state",
		"stacks/gone/cdk.tf.json":       "of an environment that is no more",
		"stacks/staging/import.tf.json": "put there by hand",
	}
	for file, content := range earlier {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := stacks.Synthesise(folder, settings, config.Target{})
	var violations compliance.Violations
	if !errors.As(err, &violations) {
		t.Fatalf("got %v, want violations", err)
	}
	for _, want := range []string{
		"no stack was written", "staging/environment/database/instance\n", "PW-DAT-01", "PW-RDS-04", "fix: ",
		"prod/environment/web-task/log-group\n", "PW-LOG-02 Logs are kept long enough",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message lacks %q:\n%v", want, err)
		}
	}
	if got := filesIn(t, folder); !maps.Equal(got, earlier) {
		t.Errorf("the folder holds %v, want %v", slices.Sorted(maps.Keys(got)), earlier)
	}
}

// Synth replaces what an earlier synth wrote and leaves everything else; a
// folder that it made for nothing goes, and one that was there stays, even if
// it is a link.
func TestSynthFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new[1]")
	settings, refused := config.Fixture(), config.Fixture()
	settings.Environments, refused.Environments = settings.Environments[:1], refused.Environments[:2]
	refused.Environments[1].Database.FinalSnapshot = false
	refuse := func(folder string) {
		t.Helper()
		var violations compliance.Violations
		if err := stacks.Synthesise(folder, refused, config.Target{}); !errors.As(err, &violations) {
			t.Fatalf("got %v, want violations", err)
		}
	}
	refuse(folder)
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is there: %v", err)
	}
	synthesiseInto(t, folder, settings, config.Target{})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{link, t.TempDir()} {
		refuse(there)
		if _, err := os.Lstat(there); err != nil {
			t.Error(err)
		}
	}
	want := filesIn(t, folder)
	if len(want) != 1+2*2 {
		t.Errorf("wrote %v, want the manifest and 2 stacks with the providers' lock file", slices.Sorted(maps.Keys(want)))
	}
	want["stacks/dev/terraform.tfstate"] = "a state"
	if err := os.WriteFile(filepath.Join(folder, "stacks/dev/terraform.tfstate"), []byte("a state"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"manifest.json", "stacks/dev/cdk.tf.json"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte("earlier"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synthesiseInto(t, folder, settings, config.Target{})
	if got := filesIn(t, folder); !maps.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v, or other contents", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// filesIn reads every file of a folder and its folders.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, file))
		files[file] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
