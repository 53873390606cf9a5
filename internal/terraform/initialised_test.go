package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/synthesised"
)

// Init runs again after any change of what it reads or left, and only then.
func TestInitOnce(t *testing.T) {
	r, dir := script(t, `echo "$@" >>calls; [ ! -e fails ] || exit 1; mkdir -p .terraform/providers; touch .terraform/terraform.tfstate; ln -sfn "$PWD/mirror" .terraform/providers/aws`)
	in := func(name string) string { return filepath.Join(dir, name) }
	const configuration = `{"terraform": {"backend": {"local": {"path": "a"}}, "required_providers": {"aws": {"version": "5.100.0"}}}, "resource": {}}`
	write(t, in("cdk.tf.json"), configuration)
	write(t, in(LockFile), "one")
	write(t, in("mirror/provider"), "program")
	write(t, in("terraform.tfstate"), `{"version": 4, "serial": 1}`)
	stack := synthesised.Stack{Name: "dev", Dir: dir}
	stack.Backend.Local = &struct{ Path string }{"terraform.tfstate"}
	arguments := []string{"-reconfigure"}
	runs := func() bool {
		t.Helper()
		if err := os.WriteFile(in("calls"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.Init(t.Context(), stack, dir, arguments...); err != nil {
			t.Fatal(err)
		}
		calls, err := os.ReadFile(in("calls"))
		if err != nil {
			t.Fatal(err)
		}
		return len(calls) > 0
	}
	if !runs() {
		t.Fatal("a folder is initialised before the first init")
	}
	if runs() {
		t.Fatal("init runs twice for the same")
	}
	later := time.Now().Add(time.Hour)
	for _, change := range []struct {
		name string
		make func() error
	}{
		{"backend", func() error {
			return os.WriteFile(in("cdk.tf.json"), []byte(strings.Replace(configuration, `"a"`, `"b"`, 1)), 0o600)
		}},
		{"required provider", func() error {
			return os.WriteFile(in("cdk.tf.json"), []byte(strings.Replace(configuration, "5.100.0", "5.99.0", 1)), 0o600)
		}},
		{"another file", func() error {
			return os.WriteFile(in("x_override.tf.json"), []byte(`{"terraform": {"backend": {"local": {}}}}`), 0o600)
		}},
		{"lock file", func() error { return os.WriteFile(in(LockFile), []byte("two"), 0o600) }},
		{"arguments", func() error { arguments = nil; return nil }},
		{"provider", func() error { return os.WriteFile(in("mirror/provider"), []byte("another one"), 0o600) }},
		{"time of the provider", func() error { return os.Chtimes(in("mirror/provider"), later, later) }},
		{"stored backend", func() error { return os.WriteFile(in(".terraform/terraform.tfstate"), []byte("other"), 0o600) }},
		{"stored backend is gone", func() error { return os.Remove(in(".terraform/terraform.tfstate")) }},
		{"provider is gone", func() error { return os.Remove(in(".terraform/providers/aws")) }},
		{"Terraform", func() error { return os.Chtimes(in("bin/terraform"), later, later) }},
		{"CLI configuration", func() error { return os.WriteFile(in("terraform.rc"), []byte("# new"), 0o600) }},
		{"Terraform's variables", func() error { r.environment = append(r.environment, "TF_PLUGIN_CACHE_DIR=/x"); return nil }},
	} {
		if err := change.make(); err != nil {
			t.Fatal(err)
		}
		if !runs() {
			t.Errorf("%s: init does not run", change.name)
		}
		if runs() {
			t.Errorf("%s: init runs twice for the same", change.name)
		}
	}
	// What init does not read.
	if err := os.WriteFile(in("cdk.tf.json"), []byte(strings.Replace(configuration, "5.100.0", "5.99.0", 1)[:len(configuration)-2]+`, "output": {}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if runs() {
		t.Error("init runs for an output")
	}
	// A failure is tried again.
	write(t, in("fails"), "")
	write(t, in(LockFile), "three")
	if err := r.Init(t.Context(), stack, dir, arguments...); err == nil {
		t.Error("an init that fails succeeds")
	}
	if err := os.Remove(in("fails")); err != nil {
		t.Fatal(err)
	}
	if !runs() || runs() {
		t.Error("after a failure init runs once")
	}
	// A state that names a foreign provider is refused in an initialised folder too.
	write(t, in("terraform.tfstate"), `{"version": 4, "serial": 2, "resources": [{"mode": "managed", "type": "leak_secret", "name": "all", "provider": "provider[\"registry.terraform.io/evil/leak\"]", "instances": [{"attributes": {}}]}]}`)
	if err := r.Init(t.Context(), stack, dir, arguments...); err == nil || !strings.Contains(err.Error(), "evil/leak") {
		t.Errorf("a foreign provider: %v", err)
	}
	write(t, in("terraform.tfstate"), `{"version": 4, "serial": 1}`)
	// What the digest does not know is initialised each time.
	for _, unknown := range []func() error{
		func() error {
			return os.WriteFile(in("y.tf.json"), []byte(`{"module": {"m": {"source": "./m"}}}`), 0o600)
		},
		func() error { return os.Rename(in("y.tf.json"), in("y.tf")) },
		func() error { return os.Rename(in("y.tf"), in("y.tofu")) },
		func() error { r.environment = append(r.environment, "TF_DATA_DIR=/x"); return os.Remove(in("y.tofu")) },
	} {
		if err := unknown(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if !runs() {
				t.Error("init does not run where its digest does not know everything")
			}
		}
	}
}
