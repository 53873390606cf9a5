package terraform

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/synthesised"
)

// inTheWay makes a folder where a file would be: it can be neither read nor written.
func inTheWay(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, text string) *State {
	t.Helper()
	s, err := ParseState([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a state became by being moved has its lineage, its resources and a serial
// that is not lower.
func TestHolds(t *testing.T) {
	moved := state(t, `{"version": 4, "lineage": "l", "serial": 5, "resources": [{"mode": "managed", "type": "a", "name": "a", "instances": [{}]}, {"mode": "managed", "type": "b", "name": "b", "instances": [{}]}]}`)
	for change, want := range map[string]string{
		`"lineage": "l", "serial": 5`: "", `"lineage": "l", "serial": 6`: "", `"lineage": "l", "serial": 4`: "serial 4, want at least 5", `"lineage": "m", "serial": 5`: `lineage "m", want "l"`,
	} {
		s := state(t, `{"version": 4, `+change+`, "resources": [{"mode": "managed", "type": "a", "name": "a", "instances": [{}]}, {"mode": "managed", "type": "b", "name": "b", "instances": [{}]}, {"mode": "managed", "type": "c", "name": "c", "instances": [{}]}]}`)
		got := ""
		if err := s.Holds(moved); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", change, got, want)
		}
	}
	less := state(t, `{"version": 4, "lineage": "l", "serial": 5, "resources": [{"mode": "managed", "type": "b", "name": "b", "instances": [{}]}, {"mode": "data", "type": "a", "name": "a", "instances": [{}]}]}`)
	if err := less.Holds(moved); err == nil || err.Error() != `["a.a"] are missing` {
		t.Errorf("got %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for want, r := range map[string]StateResource{
		"t.n": {Mode: "managed", Type: "t", Name: "n"}, "data.t.n": {Mode: "data", Type: "t", Name: "n"}, "module.m.t.n": {Module: "module.m", Type: "t", Name: "n"}, "module.m.data.t.n": {Module: "module.m", Mode: "data", Type: "t", Name: "n"},
	} {
		if got := r.Address(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	s := state(t, `{"version": 4, "resources": [{"mode": "managed", "type": "t", "name": "n", "instances": [{"attributes": {"a": "x", "b": 1}}]}, {"mode": "data", "type": "t", "name": "n", "instances": [{"attributes": {"a": "y"}}]}]}`)
	for address, want := range map[string]string{"t.n a": "x", "t.n b": "", "t.n c": "", "t.o a": "", "data.t.n a": "y"} {
		of, attribute, _ := strings.Cut(address, " ")
		if got := s.Attribute(of, attribute); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if got := s.Managed(); len(got) != 1 || len(got["t"]) != 1 || got["t"][0]["a"] != "x" {
		t.Errorf("managed: %v", got)
	}
}

// The state is read where the backend has it.
func TestReadState(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "here", "a.tfstate"), `{"version": 4, "serial": 1}`)
	write(t, filepath.Join(dir, "there.tfstate"), `{"version": 4, "serial": 2}`)
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		if r.URL.Path == "/b/k" && status == http.StatusOK {
			w.Write([]byte(`{"version": 4, "serial": 3}`))
		}
	}))
	defer server.Close()
	load := func(backend string) synthesised.Stack {
		var content map[string]any
		if err := json.Unmarshal([]byte(`{"terraform": {"backend": `+backend+`}, "provider": {"aws": [{"region": "eu-central-1", "https_proxy": "`+server.URL+`"}]}}`), &content); err != nil {
			t.Fatal(err)
		}
		s, err := synthesised.Load("dev", content)
		if err != nil {
			t.Fatal(err)
		}
		s.Dir = filepath.Join(dir, "here")
		return s
	}
	const s3 = `{"s3": {"bucket": "b", "key": "k", "region": "eu-central-1"}}`
	for backend, serial := range map[string]uint64{
		`{"local": {"path": "a.tfstate"}}`: 1, `{"local": {"path": "` + dir + `/there.tfstate"}}`: 2, s3: 3, `{"local": {"path": "none.tfstate"}}`: 0,
	} {
		s, err := ReadState(t.Context(), load(backend))
		if err != nil || (s == nil) != (serial == 0) || s != nil && s.Serial != serial {
			t.Errorf("%s: %+v, %v", backend, s, err)
		}
	}
	if _, err := ReadState(t.Context(), load(`{}`)); err == nil || !strings.Contains(err.Error(), `stack "dev": its backend is neither S3 nor a file`) {
		t.Errorf("no backend: %v", err)
	}
	status = http.StatusForbidden
	if s, err := ReadState(t.Context(), load(s3)); err == nil || s != nil {
		t.Errorf("a bucket that may not be read: %+v, %v", s, err)
	}
	status = http.StatusNotFound
	if s, err := ReadState(t.Context(), load(s3)); err != nil || s != nil {
		t.Errorf("no state: %+v, %v", s, err)
	}
	stack := load(s3)
	stack.Providers = nil
	if _, err := ReadState(t.Context(), stack); err == nil {
		t.Error("a stack without a provider has a store")
	}
	inTheWay(t, filepath.Join(dir, "here", "folder.tfstate"))
	if _, err := ReadState(t.Context(), load(`{"local": {"path": "folder.tfstate"}}`)); err == nil {
		t.Error("a folder is read as a state")
	}
	if err := (Runner{}).Init(t.Context(), load(`{"local": {"path": "folder.tfstate"}}`), dir); err == nil || !strings.Contains(err.Error(), `read the state of stack "dev"`) {
		t.Errorf("Init: %v", err)
	}
}

// script is a Terraform that is a shell script; the runner is as NewRunner makes it.
func script(t *testing.T, text string) (Runner, string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bin", "terraform"), "#!/bin/sh\n"+text+"\n")
	if err := os.Chmod(filepath.Join(dir, "bin", "terraform"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "terraform.rc"), "")
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv(configVariable, filepath.Join(dir, "terraform.rc"))
	t.Setenv("CHECKPOINT_DISABLE", "no")
	t.Setenv(ProgramVariable, "")
	r, err := NewRunner(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return r, dir
}

func TestRun(t *testing.T) {
	r, dir := script(t, `echo "$1 in $(pwd): $TF_IN_AUTOMATION $TF_INPUT $CHECKPOINT_DISABLE $TF_CLI_CONFIG_FILE"; echo why >&2; exit $2`)
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := "plan in " + dir + ": 1 0 1 " + os.Getenv(configVariable) + "\n"
	for _, test := range []struct {
		code    string
		allowed []int
		fails   bool
	}{{"0", nil, false}, {"2", []int{2}, false}, {"2", []int{1, 2}, false}, {"1", []int{2}, true}, {"2", nil, true}} {
		out, err := r.Run(t.Context(), dir, test.allowed, "plan", test.code)
		if (err != nil) != test.fails || !test.fails && string(out) != want || test.fails && out != nil {
			t.Errorf("%+v: %q, %v, want %q", test, out, err, want)
		}
		if test.fails && !strings.Contains(err.Error(), "why") {
			t.Errorf("what Terraform says is lost: %v", err)
		}
		var lines []string
		err = r.Follow(t.Context(), dir, func(line string) { lines = append(lines, line) }, "plan", test.code)
		if (err != nil) != (test.code != "0") || strings.Join(lines, "\n")+"\n" != want {
			t.Errorf("Follow %s: %q, %v", test.code, lines, err)
		}
		if err != nil && !strings.Contains(err.Error(), "why") {
			t.Errorf("what Terraform says is lost: %v", err)
		}
	}
	r.Provider.Program = "no-such-terraform"
	if err := r.Follow(t.Context(), dir, func(string) {}, "plan"); !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "no-such-terraform plan: ") {
		t.Errorf("got %v", err)
	}
	if _, err := r.Run(t.Context(), dir, []int{0, 1}, "plan"); err == nil {
		t.Error("a program that is not there has run")
	}
	t.Setenv("HOME", "")
	if _, err := NewRunner(dir, os.Getenv); err == nil {
		t.Error("a runner without a home folder")
	}
	t.Setenv("HOME", dir)
	if _, err := NewRunner(dir, variables(map[string]string{MirrorVariable: "/no/such"})); err == nil {
		t.Error("a runner without a provider")
	}
}

// Init gives Terraform what it is asked for, after the lock file's pin.
func TestInit(t *testing.T) {
	r, dir := script(t, `echo "$@" >calls; exit "${FAILS:-0}"`)
	stack := synthesised.Stack{Name: "dev", Dir: dir}
	stack.Backend.Local = &struct{ Path string }{"none.tfstate"}
	if err := r.Init(t.Context(), stack, dir, "-reconfigure"); err != nil {
		t.Fatal(err)
	}
	if calls, err := os.ReadFile(filepath.Join(dir, "calls")); err != nil || string(calls) != "init -input=false -no-color -lockfile=readonly -reconfigure\n" {
		t.Errorf("%q, %v", calls, err)
	}
	t.Setenv("FAILS", "1")
	r, _ = script(t, "exit 1")
	if err := r.Init(t.Context(), stack, dir); err == nil {
		t.Error("an init that fails succeeds")
	}
	if err := r.Refresh(t.Context(), stack, dir); err == nil || !strings.Contains(err.Error(), `refresh the state of stack "dev"`) {
		t.Errorf("got %v", err)
	}
	// OpenTofu: the lock file names its registry.
	r.Provider.Program = "tofu"
	inTheWay(t, filepath.Join(dir, LockFile))
	if err := r.Init(t.Context(), stack, dir); err == nil || !strings.Contains(err.Error(), `stack "dev": the lock file for OpenTofu`) {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(t.TempDir(), LockFile)
	write(t, file, "provider \"registry.example.com/a/b\" {\n  hashes = [\n    \"x\",\n  ]\n}\n")
	before, _ := os.ReadFile(file)
	if err := openTofuLock(file); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Errorf("another registry's provider is changed:\n%s", after)
	}
}

// What cannot be found, read or written is an error that says so.
func TestProviderFaults(t *testing.T) {
	version := "5.100.0"
	good := func(t *testing.T) string { return unpackedMirror(t, t.TempDir()) }
	for name, test := range map[string]struct {
		mirror func(*testing.T) string
		dir    func(*testing.T, string)
		want   string
	}{
		"the configuration cannot be written": {good, func(t *testing.T, dir string) { inTheWay(t, filepath.Join(dir, "terraform.tfrc")) }, "write the CLI configuration"},
		"the folder is a file":                {good, func(t *testing.T, dir string) { write(t, dir, "") }, "not a directory"},
		"the provider's place is taken":       {good, func(t *testing.T, dir string) { write(t, filepath.Join(dir, "providers"), "") }, "take the provider of"},
		"an archive that is none": {func(t *testing.T) string {
			root := t.TempDir()
			write(t, packed(root, registry, version), "x")
			return root
		}, nil, "zip: not a valid zip file"},
		"a folder in an archive": {func(t *testing.T) string { return packedMirror(t, map[string]string{"a/b": "x"}) }, nil, `"a/b": a provider's archive holds files without folders`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "dir")
			if test.dir != nil {
				test.dir(t, dir)
			}
			_, err := FindProvider(dir, version, variables(map[string]string{MirrorVariable: test.mirror(t)}), t.TempDir())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "providers", "*", "*", "*", "*", "unpacking-*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
	t.Setenv("PATH", "")
	if _, err := FindProvider(t.TempDir(), version, variables(map[string]string{MirrorVariable: good(t)}), t.TempDir()); err == nil {
		t.Error("without Terraform there is a provider")
	}
}

func TestLookForProvider(t *testing.T) {
	home := t.TempDir()
	if got, found := LookForProvider(version, variables(map[string]string{MirrorVariable: home}), home); found || !strings.Contains(got, home) {
		t.Errorf("%q, %t", got, found)
	}
	if got, found := LookForProvider("0.0.0", variables(nil), home); found || got != "no mirror on this machine" {
		t.Errorf("%q, %t", got, found)
	}
	write(t, filepath.Join(home, ".terraformrc"), "")
	if got, found := LookForProvider(version, variables(nil), home); !found || !strings.Contains(got, "your own CLI configuration "+home) {
		t.Errorf("%q, %t", got, found)
	}
	// A mirror of OpenTofu's serves too, and a home folder's places.
	for _, place := range []string{".terraform.d/plugins", ".local/share/terraform/plugins"} {
		home := t.TempDir()
		write(t, filepath.Join(unpacked(filepath.Join(home, place), openTofuRegistry, version), "terraform-provider-aws"), "provider")
		source, err := FindProvider(t.TempDir(), version, variables(nil), home)
		if err != nil || source.Description != "the mirror "+filepath.Join(home, place) {
			t.Errorf("%+v, %v", source, err)
		}
		text, err := os.ReadFile(source.ConfigFile)
		if err != nil || !strings.Contains(string(text), "  direct {\n    exclude = [\"registry.terraform.io/hashicorp/*\", \"registry.opentofu.org/hashicorp/*\"]\n  }\n") {
			t.Errorf("%v\n%s", err, text)
		}
	}
	places := usualPlaces("/home/a")
	for _, want := range []string{"/home/a/.terraform.d/plugins", "/home/a/.local/share/terraform/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/usr/local/share/terraform-plugins", "/usr/share/terraform-plugins"} {
		if !slices.Contains(places, want) {
			t.Errorf("%s is not looked at", want)
		}
	}
}

// A link to another provider is made new, one to the same stays.
func TestReplaceLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	for _, to := range []string{"a", "b", "b"} {
		if err := replaceLink(to, link); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Readlink(link); err != nil || got != to {
			t.Errorf("%q, %v, want %q", got, err, to)
		}
	}
	inTheWay(t, filepath.Join(dir, "taken"))
	if err := replaceLink("a", filepath.Join(dir, "taken")); err == nil {
		t.Error("a folder is replaced")
	}
	if err := replaceLink("a", filepath.Join(dir, "no", "folder")); err == nil {
		t.Error("a link in no folder")
	}
	if err := provide(filepath.Join(dir, "none"), filepath.Join(dir, "to")); err == nil {
		t.Error("a provider that is not there")
	}
}

func TestStoreFaults(t *testing.T) {
	head := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			w.Header().Set("Last-Modified", "yesterday")
			w.Write([]byte(lockJSON))
		default:
			w.WriteHeader(head)
		}
	}))
	defer server.Close()
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := Store{client, "b", "k"}
	if _, _, err := s.Lock(t.Context()); err == nil || !strings.Contains(err.Error(), "s3://b/k: ") {
		t.Errorf("a time that is none: %v", err)
	}
	head = http.StatusForbidden
	if _, err := s.Head(t.Context()); err == nil {
		t.Error("a state that is hidden has a header")
	}
	if err := s.PutFirst(t.Context(), nil); err == nil || strings.Contains(err.Error(), "somebody else wrote") {
		t.Errorf("a write that is refused: %v", err)
	}
}
