package bootstrap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// The state's home is what is next to the bucket of the backend, with one key.
func TestSharedOf(t *testing.T) {
	for name, test := range map[string]struct{ from, to, want string }{
		"whole":                 {"", "", ""},
		"another name":          {`"shared": {"name": "shared"`, `"other": {"name": "other"`, `no stack "shared"`},
		"a state in a file":     {`"backend": {"s3": {"bucket": "` + testBucket + `", "key": "shared/terraform.tfstate", "region": "eu-central-1"}}`, `"backend": {"local": {"path": "x"}}`, `stack "shared": no S3 backend`},
		"another's bucket":      {`"backend": {"s3": {"bucket": "` + testBucket + `"`, `"backend": {"s3": {"bucket": "other"`, `stack "shared": no resource makes the bucket "other" of its backend`},
		"a key elsewhere":       {`shared/setup/state/key/key`, `shared/setup/other/key/key`, `stack "shared": no key under "shared/setup/state/"`},
		"another key's there":   {`"aws_kms_key": {"key"`, `"aws_kms_key": {"second": {"//": {"metadata": {"path": "shared/setup/state/log/key"}}}, "key"`, `stack "shared": two keys under "shared/setup/state/"`},
		"no stacks at all":      {`{"stacks"`, `x{"stacks"`, "manifest.json"},
		"what only begins so":   {`shared/setup/dev/network/vpc`, `shared/setup/state-2/network/vpc`, ""},
		"a bucket with no path": {`"aws_s3_bucket": {`, `"aws_s3_bucket": {"none": {"bucket": "x"},`, ""},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{
			"manifest.json": `{"stacks": {"shared": {"name": "shared", "synthesizedStackPath": "cdk.tf.json", "workingDirectory": "."}}}`, "cdk.tf.json": strings.ReplaceAll(shared, "ENDPOINT", "http://127.0.0.1:1"),
		} {
			if test.from != "" {
				text = strings.Replace(text, test.from, test.to, 1)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		all, err := synthesised.Read(dir)
		s := &stack{}
		if err == nil {
			s, err = sharedOf(all)
		}
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
			continue
		}
		if test.want != "" {
			continue
		}
		slices.Sort(s.stateResources)
		if !slices.Equal(s.stateResources, home) || s.stateKey != "aws_kms_key.key" || !filepath.IsAbs(s.Dir) {
			t.Errorf("%s: %q, key %q, in %s", name, s.stateResources, s.stateKey, s.Dir)
		}
	}
}

func TestRoles(t *testing.T) {
	for arn, want := range map[string]string{
		adminARN: "AWSReservedSSO_Admin_0", "arn:aws:sts::1:assumed-role/infra-role/run": "infra-role", "arn:aws:sts::1:assumed-role/infra-role": "infra-role", "arn:aws:iam::1:user/ada": "", "arn:aws:iam::1:root": "",
	} {
		if got := roleOf(arn); got != want {
			t.Errorf("%s: %q, want %q", arn, got, want)
		}
	}
	if got := ciRoles(config.Fixture()); !slices.Equal(got, []string{"infra-role", "infra-diff-role", "infra-report-role", "deploy-role-dev", "deploy-role-staging", "deploy-role-prod"}) {
		t.Errorf("%q", got)
	}
}

func TestCounted(t *testing.T) {
	change := func(importing bool, actions ...string) review.ResourceChange {
		r := review.ResourceChange{Mode: "managed", Change: review.Change{Actions: actions}}
		if importing {
			r.Change.Importing = &review.Importing{ID: "i"}
		}
		return r
	}
	for want, p := range map[string]*review.Plan{
		"":            {},
		"1 to create": {ResourceChanges: []review.ResourceChange{change(false, "create"), change(false, "no-op")}},
		"1 to destroy, 2 to change, 1 to import, 2 of these exist and are imported, 1 outputs": {
			ResourceChanges: []review.ResourceChange{change(false, "update"), change(true, "update"), change(true, "no-op"), change(false, "delete")},
			OutputChanges:   map[string]review.Change{"a": {Actions: []string{"create"}}, "b": {Actions: []string{"no-op"}}}},
	} {
		if got := counted(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The app that synthesises is that of the folder, or the one that is named.
func TestApp(t *testing.T) {
	m := newMachine(t)
	app := filepath.Join(m.dir, "bin", "infra")
	elsewhere := filepath.Join(m.dir, "elsewhere", "infra")
	if err := os.Mkdir(filepath.Dir(elsewhere), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(app, elsewhere); err != nil {
		t.Fatal(err)
	}
	out, err := m.run(account + "yes\nyes\n")
	wants(t, out, err, "synth (`make tools` builds "+app+")")
	out, err = m.run(account+"yes\nyes\n", "-app", elsewhere)
	wants(t, out, err, "", "Account 123456789012 as "+adminARN, "Synthesising the stacks", "What the platform needs of the account:", "The state was refreshed")
}

// What the machine lacks stops the run before AWS is touched.
func TestWhatIsMissingHere(t *testing.T) {
	for want, set := range map[string]func(*testing.T, machine){
		terraform.MirrorVariable: func(t *testing.T, m machine) {
			t.Setenv("TF_CLI_CONFIG_FILE", "")
			t.Setenv("HOME", m.dir)
			t.Setenv(terraform.MirrorVariable, m.dir)
		},
		importsFile: func(t *testing.T, m machine) {
			for _, dir := range []string{"fake/cdktf.out/stacks/shared", "bootstrap/cdktf.out/stacks/shared"} {
				m.write(t, filepath.Join(dir, importsFile, "in", "the-way"), "")
			}
		},
		"not a directory": func(t *testing.T, m machine) { m.write(t, "bootstrap", "a file") },
		"another bootstrap runs": func(t *testing.T, m machine) {
			f, err := openFolder(filepath.Join(m.dir, "bootstrap"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
		},
		"no stack \"shared\"": func(t *testing.T, m machine) {
			m.write(t, "fake/cdktf.out/manifest.json", `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"}}}`)
		},
	} {
		t.Run(want, func(t *testing.T) {
			m := newMachine(t)
			set(t, m)
			out, err := m.run(account + "yes\nyes\n")
			wants(t, out, err, want)
			if calls := m.calls(t); calls != "" {
				t.Errorf("Terraform was started:\n%s", calls)
			}
		})
	}
}

// What the first run publishes is there, each of the four by its name.
func TestPublishedParameters(t *testing.T) {
	for _, name := range []string{"/paperwurks/shared/role/infra-role-arn", "/paperwurks/shared/role/infra-diff-role-arn", "/paperwurks/shared/role/infra-report-role-arn", "/paperwurks/shared/github/oidc-provider-arn"} {
		m := newMachine(t)
		delete(m.aws.parameters, name)
		m.write(t, "fake/unpublished", strings.NewReplacer("/paperwurks/", "", "/", "_", "-", "_").Replace(name))
		out, err := m.run(account + "yes\nyes\n")
		wants(t, out, err, "parameter "+name+" does not exist")
	}
	m := newMachine(t)
	delete(m.aws.parameters, "/paperwurks/shared/role/infra-role-arn")
	out, err := m.run(account + "yes\nyes\n")
	wants(t, out, err, "output shared_role_infra_role_arn: no such parameter in SSM")
}

// The folder is for its owner only, whatever it was before, and empties whole.
func TestFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "bootstrap")
	for _, dir := range []string{root, filepath.Join(root, "state"), filepath.Join(root, "plan")} {
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"state/shared.tfstate", "state/shared.tfstate.backup", "state/.shared.tfstate.lock.info", "plan/shared.tfplan"} {
		if err := os.WriteFile(filepath.Join(root, file), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, dir := range []string{root, filepath.Join(root, "state"), filepath.Join(root, "plan")} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "plan", "*")); len(left) > 0 {
		t.Errorf("the plan of a killed run is left: %q", left)
	}
	if err := f.dropState(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Join(root, "state")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := os.MkdirAll(filepath.Join(root, "state", "taken", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.dropState(); err == nil {
		t.Error("what cannot be removed is left in silence")
	}
	for _, file := range []string{"", "state", "plan", "lock/folder", "plan/shared.tfplan/folder"} {
		root := filepath.Join(t.TempDir(), "bootstrap")
		file := filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := openFolder(root); err == nil {
			t.Errorf("%s is in the way, and the folder is opened", file)
		}
	}
	if _, err := openFolder("/proc/self/task"); err == nil { // root cannot close that to others either
		t.Error("a folder that stays open to others is opened")
	}
	// A folder that is not opened leaves no file open: another process's, and one
	// whose plan cannot be removed.
	taken := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.MkdirAll(filepath.Join(taken, "plan", "shared.tfplan", "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	const tries = 20
	for _, root := range []string{root, taken} {
		before, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Fatal(err)
		}
		for range tries {
			if _, err := openFolder(root); err == nil {
				t.Errorf("%s is opened twice", root)
			}
		}
		if after, err := os.ReadDir("/dev/fd"); err != nil || len(after)-len(before) > tries/2 {
			t.Errorf("%d files are open, and were %d: %v", len(after), len(before), err)
		}
	}
	if err := writeJSON(filepath.Join(root, "no", "folder"), 1); err == nil {
		t.Error("written into no folder")
	}
	if err := writeJSON(filepath.Join(root, "x"), func() {}); err == nil {
		t.Error("a function is written as JSON")
	}
}

func TestIsPlanOrState(t *testing.T) {
	for text, want := range map[string][2]bool{
		"PK\x03\x04": {true, false}, "PK": {false, false}, `{"planned_values": {}}`: {true, false}, `{"planned_values": null}`: {true, false}, `{"a": 1}`: {false, false}, "": {false, false},
		`{"lineage": "a", "resources": [{}]}`: {false, true}, `{"lineage": "a", "outputs": {"x": {}}}`: {false, true}, `{"lineage": "a"}`: {false, false}, `{"resources": [{}]}`: {false, false},
	} {
		if got := [2]bool{isPlan([]byte(text)), isState([]byte(text))}; got != want {
			t.Errorf("%q: a plan or a state: %v, want %v", text, got, want)
		}
	}
}

// Exactly as many plans as are allowed end with what is still to change.
func TestPlansAreCounted(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
	m.write(t, "fake/changing", "yes")
	out, err := m.run(account + strings.Repeat("yes\n", maxPlans))
	wants(t, out, err, fmt.Sprintf("%d plans, and there is still something to change", maxPlans))
	if got := strings.Count(m.calls(t), "plan -input=false -no-color -lock-timeout=1m -out="+filepath.Join(m.dir, "bootstrap/plan/shared.tfplan")+"\n"); got != maxPlans {
		t.Errorf("%d plans, want %d", got, maxPlans)
	}
	if got := strings.Count(m.calls(t), "apply -input=false -json -lock-timeout=1m -parallelism=20 "); got != maxPlans {
		t.Errorf("%d applies, want %d\n%s", got, maxPlans, m.calls(t))
	}
}
