package validate

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/command"
)

// machine has two stacks and a Terraform that fails where a stack has a file of
// that call's name; its calls are in the stacks' folders.
func machine(t *testing.T) (dir string, validate func(args ...string) (string, error)) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"bin/terraform":          "#!/bin/sh\necho \"$@\" >>calls\n[ ! -e \"fails-$1\" ] || { echo \"Error: $1 of $(basename \"$PWD\")\" >&2; exit 1; }\n",
		"terraform.rc":           "",
		"out/manifest.json":      `{"stacks": {"shared": {"name": "shared", "synthesizedStackPath": "shared/cdk.tf.json", "workingDirectory": "shared"}, "dev": {"name": "dev", "synthesizedStackPath": "dev/cdk.tf.json", "workingDirectory": "dev", "dependencies": ["shared"]}}}`,
		"out/shared/cdk.tf.json": "{}", "out/dev/cdk.tf.json": "{}",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("TF_CLI_CONFIG_FILE", filepath.Join(dir, "terraform.rc"))
	t.Setenv("TERRAFORM_BINARY_NAME", "")
	return dir, func(args ...string) (string, error) {
		var out bytes.Buffer
		err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: &out, Err: &out}, "platform", "", []command.Command{Command}, append([]string{"validate", "-dir", dir}, args...))
		return out.String(), err
	}
}

func TestValidate(t *testing.T) {
	const calls = "init -backend=false -input=false -no-color\nvalidate -no-color\n"
	for _, test := range []struct {
		name, fails string
		said, want  string
	}{
		{"all are valid", "", "shared     Success: the configuration is valid\ndev        Success: the configuration is valid\nSuccess for 2 of 2 stacks\n", ""},
		{"one is not, the other is tried", "shared/fails-validate", "dev        Success: the configuration is valid\nSuccess for 1 of 2 stacks\n", "stack \"shared\": terraform validate: exit status 1\nError: validate of shared"},
		{"one has no provider", "dev/fails-init", "shared     Success: the configuration is valid\nSuccess for 1 of 2 stacks\n", "stack \"dev\": terraform init: exit status 1\nError: init of dev"},
	} {
		dir, validate := machine(t)
		if test.fails != "" {
			if err := os.WriteFile(filepath.Join(dir, "out", test.fails), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := validate(filepath.Join(dir, "out"))
		if want := "AWS provider from your own CLI configuration " + dir + "/terraform.rc\n" + test.said; out != want {
			t.Errorf("%s: %q, want %q", test.name, out, want)
		}
		if (err == nil) != (test.want == "") || err != nil && (!strings.HasSuffix(err.Error(), test.want) || strings.Contains(err.Error(), "TERRAFORM_MIRROR")) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if made, err := os.ReadFile(filepath.Join(dir, "out/shared/calls")); err != nil || string(made) != calls {
			t.Errorf("%s: %q, %v, want %q", test.name, made, err, calls)
		}
	}
}

func TestFaults(t *testing.T) {
	dir, validate := machine(t)
	for _, args := range [][]string{nil, {"a", "b"}} {
		if _, err := validate(args...); err == nil || !strings.Contains(err.Error(), "one folder is required") {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, err := validate(dir); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("no stacks: %v", err)
	}
	// Without a mirror the registry is asked, which may be out of reach.
	if err := os.WriteFile(filepath.Join(dir, "out/dev/fails-init"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TF_CLI_CONFIG_FILE", "")
	t.Setenv("HOME", dir)
	t.Setenv("TERRAFORM_MIRROR", dir)
	if _, err := validate(filepath.Join(dir, "out")); err == nil || !strings.Contains(err.Error(), "TERRAFORM_MIRROR") {
		t.Errorf("a mirror without the provider: %v", err)
	}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	Command.Define(flags)
	if f := flags.Lookup("dir"); f == nil || f.DefValue != ".local" || Command.Name != "validate" || Command.Arguments != "FOLDER" {
		t.Errorf("%+v of %s %s", f, Command.Name, Command.Arguments)
	}
}
