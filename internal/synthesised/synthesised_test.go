package synthesised

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRead(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "manifest.json"), `{"stacks": {
		"dev": {"name": "dev", "synthesizedStackPath": "stacks/dev/cdk.tf.json", "workingDirectory": "stacks/dev", "dependencies": ["shared"]},
		"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared", "dependencies": []}}}`)
	write(t, filepath.Join(folder, "stacks/shared/cdk.tf.json"), `{"resource": {"aws_vpc": {"a": {}, "b": {}}, "aws_eip": {"c": {}}}, "output": {"o": {}}}`)
	write(t, filepath.Join(folder, "stacks/dev/cdk.tf.json"), `{"resource": {}}`)
	stacks, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(stacks) != 2 || stacks[0].Name != "shared" || stacks[1].Name != "dev" {
		t.Fatalf("%+v, want shared before dev", stacks)
	}
	if got := stacks[0].Resources(); got != 3 {
		t.Errorf("%d resources, want 3", got)
	}
}

func TestReadFaults(t *testing.T) {
	folder := t.TempDir()
	if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), "make synth") {
		t.Errorf("got %v, want what to do", err)
	}
	write(t, filepath.Join(folder, "manifest.json"), `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev.json"}}}`)
	write(t, filepath.Join(folder, "dev.json"), `{`)
	if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), `stack "dev"`) {
		t.Errorf("got %v, want the stack named", err)
	}
}
