package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// foreign is a stack whose state names a provider that it does not require, and
// a mirror that has the provider: a program that leaves a file when it runs.
type foreign struct {
	stack  synthesised.Stack
	runner Runner
	// ran is the file.
	ran string
}

func newForeign(t *testing.T) foreign {
	t.Helper()
	dir := t.TempDir()
	f := foreign{ran: filepath.Join(dir, "ran")}
	write(t, filepath.Join(dir, "stack", "cdk.tf.json"), `{"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}}}`)
	write(t, filepath.Join(dir, "stack", "terraform.tfstate"), `{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "a", "outputs": {}, "resources": [
		{"mode": "managed", "type": "leak_secret", "name": "all", "provider": "provider[\"registry.terraform.io/evil/leak\"]",
		 "instances": [{"schema_version": 0, "attributes": {"id": "1"}}]}]}`)
	plugin := filepath.Join(dir, "mirror", "registry.terraform.io", "evil", "leak", "1.0.0", platform(), "terraform-provider-leak_v1.0.0")
	write(t, plugin, "#!/bin/sh\ntouch "+f.ran+"\nexit 1\n")
	if err := os.Chmod(plugin, 0o755); err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(dir, "terraform.rc")
	write(t, rc, fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(dir, "mirror")))
	f.runner = Runner{environment: append(Source{ConfigFile: rc}.Environment(os.Environ()), "TF_IN_AUTOMATION=1")}
	var err error
	var content map[string]any
	data, _ := os.ReadFile(filepath.Join(dir, "stack", "cdk.tf.json"))
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	if f.stack, err = synthesised.Load("dev", content); err != nil {
		t.Fatal(err)
	}
	f.stack.Dir = filepath.Join(dir, "stack")
	return f
}

func (f foreign) run(t *testing.T, args ...string) error {
	t.Helper()
	_, err := f.runner.Run(t.Context(), f.stack.Dir, nil, args...)
	return err
}

func exists(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Stat(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return err == nil
}

// The real Terraform installs and runs a provider only because a state names
// it; Init refuses the state first, and so does the read-only lock file.
func TestForeignProvider(t *testing.T) {
	t.Run("Terraform alone", func(t *testing.T) {
		f := newForeign(t)
		if err := f.run(t, "init", "-input=false"); err != nil {
			t.Fatal(err)
		}
		if err := f.run(t, "plan", "-input=false"); err == nil || !exists(t, f.ran) {
			t.Errorf("the provider did not run, so this test shows nothing: %v", err)
		}
	})
	t.Run("read-only lock file", func(t *testing.T) {
		f := newForeign(t)
		lock, err := os.ReadFile("../../stacks/terraform.lock.hcl")
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(f.stack.Dir, LockFile), string(lock))
		if err := f.run(t, "init", "-input=false", "-no-color", ReadOnly); err == nil || !strings.Contains(err.Error(), "Provider dependency changes detected") {
			t.Errorf("got %v", err)
		}
		if err := f.run(t, "plan", "-input=false"); err == nil || exists(t, f.ran) {
			t.Errorf("%v; the provider ran: %t", err, exists(t, f.ran))
		}
	})
	t.Run("Init", func(t *testing.T) {
		f := newForeign(t)
		err := f.runner.Init(t.Context(), f.stack, f.stack.Dir)
		if err == nil || !strings.Contains(err.Error(), `leak_secret.all: provider "provider[\"registry.terraform.io/evil/leak\"]"`) {
			t.Errorf("got %v", err)
		}
		if exists(t, f.ran) || exists(t, filepath.Join(f.stack.Dir, ".terraform")) {
			t.Error("the provider was installed or ran")
		}
	})
}

// A refresh takes into the state what is there, and makes nothing.
func TestRefresh(t *testing.T) {
	f := newForeign(t)
	f.stack.Dir = t.TempDir()
	configure := func(text string) { write(t, filepath.Join(f.stack.Dir, "cdk.tf.json"), text) }
	configure(`{"resource": {"terraform_data": {"a": {"input": 1}}}, "output": {"a": {"value": 1}}}`)
	if err := errors.Join(f.run(t, "init"), f.run(t, "apply", "-auto-approve")); err != nil {
		t.Fatal(err)
	}
	configure(`{"resource": {"terraform_data": {"a": {"input": 2}, "b": {}}}, "output": {"a": {"value": 2}}}`)
	if err := f.runner.Refresh(t.Context(), f.stack, f.stack.Dir); err != nil {
		t.Fatal(err)
	}
	state, err := ReadStateFile(filepath.Join(f.stack.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if got := state.Attribute("terraform_data.a", "id"); got == "" || len(state.Addresses()) != 1 {
		t.Errorf("resources %q, id %q", state.Addresses(), got)
	}
	data, err := os.ReadFile(filepath.Join(f.stack.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Outputs map[string]struct{ Value int }
	}
	if err := json.Unmarshal(data, &written); err != nil || written.Outputs["a"].Value != 2 || !strings.Contains(string(data), `"value": 1`) {
		t.Errorf("%v\n%s", err, data)
	}
	write(t, filepath.Join(f.stack.Dir, "terraform.tfstate"), `{"version": 4, "resources": [{"type": "leak_secret", "name": "a", "provider": "provider[\"registry.terraform.io/evil/leak\"]"}]}`)
	if err := f.runner.Refresh(t.Context(), f.stack, f.stack.Dir); err == nil || exists(t, f.ran) || !strings.Contains(err.Error(), "leak_secret.a") {
		t.Errorf("%v; the provider ran: %t", err, exists(t, f.ran))
	}
}

func TestCheckProviders(t *testing.T) {
	const aws = `provider[\"registry.terraform.io/hashicorp/aws\"]`
	for name, c := range map[string]struct {
		resource string
		refused  bool
	}{
		"required":                    {`"provider": "` + aws + `"`, false},
		"with an alias":               {`"provider": "` + aws + `.edge"`, false},
		"Terraform's own":             {`"provider": "provider[\"terraform.io/builtin/terraform\"]"`, false},
		"a data source of another":    {`"mode": "data", "provider": "provider[\"registry.terraform.io/evil/leak\"]"`, true},
		"the same name, another host": {`"provider": "provider[\"evil.example.com/hashicorp/aws\"]"`, true},
		"the same name, another org":  {`"provider": "provider[\"registry.terraform.io/evil/aws\"]"`, true},
		"in a module":                 {`"provider": "module.m.provider[\"registry.terraform.io/hashicorp/aws\"]"`, true},
		"two at once":                 {`"provider": "` + aws + `.provider[\"registry.terraform.io/evil/leak\"]"`, true},
		"an old format":               {`"provider": "provider.aws"`, true},
		"none":                        {`"x": 1`, true},
	} {
		s, err := ParseState([]byte(`{"version": 4, "resources": [{"type": "t", "name": "n", ` + c.resource + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CheckProviders([]string{"aws"}, registry); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := ParseState([]byte(`{"version": 4, "resources": [{"module": "module.m", "mode": "data", "type": "t", "name": "n"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckProviders([]string{"evil.example.com/hashicorp/aws"}, registry); err == nil || !strings.Contains(err.Error(), "module.m.data.t.n") {
		t.Errorf("got %v", err)
	}
}

// OpenTofu takes a state of Terraform's, and the other way round only by hand:
// each knows its own registry.
func TestRegistryOfAState(t *testing.T) {
	stack := synthesised.Stack{Name: "dev", Content: map[string]any{"terraform": map[string]any{"required_providers": map[string]any{"aws": map[string]any{"source": "aws"}}}}}
	for _, test := range []struct{ program, host, want string }{
		{"terraform", registry, ""},
		{"tofu", registry, ""},
		{"tofu", openTofuRegistry, ""},
		{"terraform", openTofuRegistry, "last written by OpenTofu"},
		{"tofu", "evil.example.com", "nothing was done"},
	} {
		s, err := ParseState([]byte(`{"version": 4, "resources": [{"type": "t", "name": "n", "provider": "provider[\"` + test.host + `/hashicorp/aws\"]"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := (Runner{Provider: Source{Program: test.program}}).checkProviders(s, stack); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%s, a state of %s: %q, want %q", test.program, test.host, got, test.want)
		}
	}
}

func TestOpenTofuLock(t *testing.T) {
	data, err := os.ReadFile("../../stacks/terraform.lock.hcl")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), LockFile)
	write(t, file, string(data))
	for range 2 {
		if err := openTofuLock(file); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		const want = "provider \"registry.opentofu.org/hashicorp/aws\" {\n  version     = \"5.100.0\"\n  constraints = \"5.100.0\"\n}\n"
		if err != nil || !strings.HasSuffix(string(got), want) {
			t.Errorf("%v\n%s\nwant %s", err, got, want)
		}
	}
	if err := openTofuLock(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}

// The committed lock file pins the version that the app requires, for every
// platform in use, and the provider of this machine is the one that it pins.
func TestCommittedLockFile(t *testing.T) {
	data, err := os.ReadFile("../../stacks/terraform.lock.hcl")
	if err != nil {
		t.Fatal(err)
	}
	lock := string(data)
	if !strings.Contains(lock, `version     = "`+config.ProviderVersion+`"`) || !strings.Contains(lock, `constraints = "`+config.ProviderVersion+`"`) {
		t.Errorf("it pins another version than %s", config.ProviderVersion)
	}
	if n := strings.Count(lock, "provider \""); n != 1 {
		t.Errorf("%d providers, want 1", n)
	}
	// AWS's provider is published for 14 platforms; one hash is its manifest's.
	if n := strings.Count(lock, `"zh:`); n != 15 {
		t.Errorf("%d hashes of packages, want 15", n)
	}
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("an unpacked mirror has only the hash of linux_amd64 here")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	source, err := FindProvider(t.TempDir(), config.ProviderVersion, os.Getenv, home)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.tf.json"), `{"terraform": {"required_providers": {"aws": {"source": "aws", "version": "`+config.ProviderVersion+`"}}}}`)
	write(t, filepath.Join(dir, LockFile), lock)
	if _, err := (Runner{environment: source.Environment(os.Environ())}).Run(context.Background(), dir, nil, "init", "-input=false", "-no-color", ReadOnly); err != nil {
		t.Error(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, LockFile))
	if err != nil || string(after) != lock {
		t.Errorf("init changed it: %v", err)
	}
}

func TestAccompany(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	stack := synthesised.Stack{Name: "dev", Dir: from, Providers: []synthesised.Provider{{SharedConfigFiles: []string{"emulator.config"}}, {SharedConfigFiles: []string{"emulator.config"}}}}
	for _, name := range []string{LockFile, "emulator.config"} {
		if err := Accompany(stack, to); err == nil {
			t.Fatalf("copied without %s", name)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte("the "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Accompany(stack, to); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{LockFile, "emulator.config"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != "the "+name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A state is refused that has resources where no provider of the stack works:
// Terraform would say so only in its own words, or look in the wrong region.
func TestCheckRegions(t *testing.T) {
	state, err := ParseState([]byte(`{"version": 4, "resources": [
		{"mode": "managed", "type": "aws_kms_key", "name": "here", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"attributes": {"arn": "arn:aws:kms:eu-west-1:1:key/a"}}]},
		{"mode": "managed", "type": "aws_kms_key", "name": "there", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].copies", "instances": [{"attributes": {"arn": "arn:aws:kms:eu-north-1:1:key/a"}}]},
		{"mode": "managed", "type": "aws_s3_bucket", "name": "there", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].copies", "instances": [{"attributes": {"arn": "arn:aws:s3:::b"}}]},
		{"mode": "managed", "type": "aws_s3_bucket", "name": "gone", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].copies", "instances": []},
		{"mode": "data", "type": "aws_s3_bucket", "name": "read", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].copies", "instances": [{"attributes": {}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	here, there, other := synthesised.Provider{Region: "eu-central-1"}, synthesised.Provider{Alias: "copies", Region: "eu-north-1"}, synthesised.Provider{Alias: "copies", Region: "eu-west-3"}
	for _, test := range []struct {
		providers []synthesised.Provider
		want      string
	}{
		{[]synthesised.Provider{here, there}, ""},
		{[]synthesised.Provider{here}, "aws_kms_key.there: no provider has the alias \"copies\"\naws_s3_bucket.there: no provider has the alias \"copies\""},
		{[]synthesised.Provider{here, other}, "aws_kms_key.there: it is in eu-north-1, and the provider \"copies\" in eu-west-3"},
	} {
		got := ""
		if err := state.CheckRegions(test.providers); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "state"), `{"version": 4, "resources": [{"mode": "managed", "type": "terraform_data", "name": "a", "provider": "provider[\"terraform.io/builtin/terraform\"].copies", "instances": [{"attributes": {}}]}]}`)
	stack, err := synthesised.Load("prod", map[string]any{"terraform": map[string]any{"backend": map[string]any{"local": map[string]any{"path": filepath.Join(dir, "state")}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := (Runner{}).Init(t.Context(), stack, dir); err == nil || !strings.Contains(err.Error(), "End the copies, or move them") {
		t.Errorf("Init: %v", err)
	}
}
