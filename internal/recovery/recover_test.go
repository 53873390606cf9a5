package recovery

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/command"
)

// The fake Terraform's plan would create the role, and imports it where the
// workspace has an import block; what it does is in the file calls.
const fakeTerraform = `#!/bin/sh
echo "$@" >>"$FAKE_DIR/calls"
case "$1" in
state) cat "$FAKE_DIR/state" 2>/dev/null; exit 0 ;;
show)
	change='"actions": ["create"]'
	grep -q infra-old import.tf.json 2>/dev/null && change='"actions": ["no-op"], "importing": {"id": "infra-old"}'
	echo '{"format_version": "1.2", "resource_changes": [{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "change": {'"$change"', "after": {"name": "infra-old"}}}]}' ;;
apply) echo '{"version": 4, "resources": [{"mode": "managed", "type": "aws_iam_role", "name": "r", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"attributes": {"id": "infra-old"}}]}]}' >"$FAKE_DIR/state" ;;
esac
`

// machine has a stack "dev" whose state is a file, and an AWS with the roles.
func machine(t *testing.T, roles ...string) (run func(ctx context.Context, in io.Reader, args ...string) (string, error), calls func() string) {
	t.Helper()
	dir := t.TempDir()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if action := r.FormValue("Action"); action != "ListRoles" {
			t.Errorf("asked for %q", action)
		}
		fmt.Fprint(w, "<R><ListRolesResult><Roles>")
		for _, name := range roles {
			fmt.Fprintf(w, "<member><RoleName>%s</RoleName></member>", name)
		}
		fmt.Fprint(w, "</Roles></ListRolesResult></R>")
	}))
	t.Cleanup(server.Close)
	for name, text := range map[string]string{
		"bin/terraform":     fakeTerraform,
		"terraform.rc":      "",
		"out/manifest.json": `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev/cdk.tf.json", "workingDirectory": "dev"}}}`,
		"out/dev/cdk.tf.json": `{"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}, "required_providers": {"aws": {"source": "aws"}}},
			"provider": {"aws": [{"region": "eu-central-1", "endpoints": [{"iam": "` + server.URL + `"}]}]},
			"resource": {"aws_iam_role": {"r": {"name": "infra-old"}}}}`,
		"out/dev/.terraform.lock.hcl": "",
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
	t.Setenv("FAKE_DIR", dir)
	return func(ctx context.Context, in io.Reader, args ...string) (string, error) {
			var out strings.Builder
			folders := []string{args[0], "-dir", dir, "-synth", filepath.Join(dir, "out")}
			err := command.Run(ctx, command.Process{Getenv: os.Getenv, In: in, Out: &out, Err: &out}, "platform", "", Commands, append(folders, args[1:]...))
			return out.String(), err
		}, func() string {
			data, err := os.ReadFile(filepath.Join(dir, "calls"))
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
}

func TestRecover(t *testing.T) {
	for name, c := range map[string]struct {
		roles   []string
		answers string
		args    []string
		fault   string
		says    []string
		applies bool
	}{
		"adopts": {[]string{"infra-old"}, "yes\n", []string{"recover", "dev"}, "",
			[]string{"Lock: none to release", "aws_iam_role.r  infra-old", "Nothing in AWS changes.", "Adopted: 1. Left: 0."}, true},
		"not without a yes":           {[]string{"infra-old"}, "no\n", []string{"recover", "dev"}, `"no" is not "yes"`, nil, false},
		"nothing to adopt":            {nil, "", []string{"recover", "dev"}, "", []string{"Nothing to adopt; a deployment will create 1 resources", "Adopted: 0. Left: 0."}, false},
		"leaves what no stack has":    {[]string{"paperwurks-dev-gone"}, "", []string{"recover", "dev"}, "1 things are in no state", []string{"Left: 1.", "paperwurks-dev-gone"}, false},
		"orphans":                     {[]string{"paperwurks-dev-gone"}, "", []string{"orphans"}, "1 things exist in AWS and are in no state", []string{"aws_iam_role  eu-central-1  paperwurks-dev-gone"}, false},
		"no orphans":                  {nil, "", []string{"orphans", "dev"}, "", []string{"nothing exists in AWS that is not in its state"}, false},
		"a stack that does not exist": {nil, "", []string{"orphans", "qa"}, `"qa"`, nil, false},
		"recover without a stack":     {nil, "", []string{"recover"}, "1 stack is required", nil, false},
		"recover with two":            {nil, "", []string{"recover", "dev", "dev"}, "1 stack is required", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			run, calls := machine(t, c.roles...)
			out, err := run(t.Context(), strings.NewReader(c.answers), c.args...)
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Fatalf("got %v, want %q\n%s", err, c.fault, out)
			}
			for _, s := range c.says {
				if !strings.Contains(out, s) {
					t.Errorf("it does not say %q:\n%s", s, out)
				}
			}
			if c.fault == "" && strings.Contains(calls(), "apply") != c.applies {
				t.Errorf("calls:\n%s", calls())
			}
		})
	}
}

// ^C and SIGTERM end the program at a question.
func TestInterruptAtTheQuestion(t *testing.T) {
	run, calls := machine(t, "infra-old")
	in, never := io.Pipe()
	defer never.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := run(ctx, in, "recover", "dev"); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
	if strings.Contains(calls(), "apply") {
		t.Errorf("calls:\n%s", calls())
	}
}
