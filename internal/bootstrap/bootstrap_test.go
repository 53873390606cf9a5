package bootstrap

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// machine is a folder to bootstrap from, with a fake AWS and a fake Terraform.
type machine struct {
	dir string
	aws *fakeAWS
}

// shared is a stack with the state's home, a role and its parameter.
const shared = `{
	"terraform": {"backend": {"s3": {"bucket": "` + testBucket + `", "key": "shared/terraform.tfstate", "region": "eu-central-1"}}, "required_providers": {"aws": {"source": "aws"}}},
	"provider": {"aws": [{"region": "eu-central-1", "https_proxy": "ENDPOINT"}]},
	"resource": {
		"aws_s3_bucket": {
			"state": {"//": {"metadata": {"path": "shared/setup/state/bucket/bucket"}}, "bucket": "` + testBucket + `"},
			"log": {"//": {"metadata": {"path": "shared/setup/state/log/bucket"}}, "bucket": "` + testLogBucket + `"}},
		"aws_s3_bucket_versioning": {"state": {"//": {"metadata": {"path": "shared/setup/state/bucket/versioning"}}}},
		"aws_s3_bucket_lifecycle_configuration": {"state": {"//": {"metadata": {"path": "shared/setup/state/bucket/lifecycle"}}}},
		"aws_kms_key": {"key": {"//": {"metadata": {"path": "shared/setup/state/key/key"}}, "description": "Terraform's state"}},
		"aws_kms_alias": {"key": {"//": {"metadata": {"path": "shared/setup/state/key/alias"}}, "name": "alias/paperwurks/state", "target_key_id": "${aws_kms_key.key.key_id}"}},
		"aws_vpc": {"dev": {"//": {"metadata": {"path": "shared/setup/dev/network/vpc"}}, "tags_all": {"Name": "paperwurks-dev"}}},
		"aws_iam_role": {"infra": {"//": {"metadata": {"path": "shared/setup/infra-role/role"}}, "name": "infra-role"}}}}`

const homeSize, stackSize = 5, 8

func newMachine(t *testing.T) machine {
	t.Helper()
	m := machine{t.TempDir(), newFakeAWS(t)}
	m.aws.parameters = map[string]string{
		"/paperwurks/shared/role/infra-role-arn":        "arn:infra",
		"/paperwurks/shared/role/infra-diff-role-arn":   "arn:diff",
		"/paperwurks/shared/role/infra-report-role-arn": "arn:report",
		"/paperwurks/shared/github/oidc-provider-arn":   "arn:github",
		"/paperwurks/dev/ecs/cluster-name":              "another stack's",
	}
	m.write(t, "fake/cdktf.out/manifest.json", `{"stacks": {"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared"}}}`)
	m.write(t, "fake/cdktf.out/stacks/shared/cdk.tf.json", strings.ReplaceAll(shared, "ENDPOINT", m.aws.URL))
	m.write(t, "terraform.rc", "")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(m.dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"infra", "terraform"} {
		if err := os.Symlink(self, filepath.Join(m.dir, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(m.dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("TF_CLI_CONFIG_FILE", filepath.Join(m.dir, "terraform.rc"))
	t.Setenv(fakeFolder, filepath.Join(m.dir, "fake"))
	t.Setenv(fakeEndpoint, m.aws.URL)
	return m
}

func (m machine) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// calls of Terraform so far, a line each.
func (m machine) calls(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, "fake", "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

func (m machine) localState() string { return filepath.Join(m.dir, "bootstrap/state/shared.tfstate") }

func (m machine) hasLocalState() bool {
	_, err := os.Stat(m.localState())
	return err == nil
}

// bucketIsThere is what the first apply makes.
func (m machine) bucketIsThere() {
	m.aws.buckets[testBucket], m.aws.buckets[testLogBucket] = true, true
}

const account = "123456789012\n"

// run answers with the lines given.
func (m machine) run(answers string, args ...string) (string, error) {
	var out bytes.Buffer
	err := m.runOn(&out, answers, args...)
	return out.String(), err
}

func (m machine) runOn(out io.Writer, answers string, args ...string) error {
	p := command.Process{Getenv: os.Getenv, In: strings.NewReader(answers), Out: out, Err: out}
	return command.Run(context.Background(), p, "platform", "", []command.Command{commandFor(config.Fixture)}, append([]string{"bootstrap", "-dir", m.dir, "-local", m.aws.URL}, args...))
}

// wants compares a text and an error with what each must say; "" for no error.
func wants(t *testing.T, out string, err error, fault string, said ...string) {
	t.Helper()
	switch {
	case fault == "" && err != nil:
		t.Fatalf("%v\n%s", err, out)
	case fault != "" && (err == nil || !strings.Contains(err.Error(), fault)):
		t.Fatalf("got %v, want %q\n%s", err, fault, out)
	}
	for _, s := range said {
		if !strings.Contains(out, s) {
			t.Errorf("it does not say %q:\n%s", s, out)
		}
	}
}

// nothingLeft fails where a state or a plan is on the disk.
func (m machine) nothingLeft(t *testing.T) {
	t.Helper()
	f := folder{root: filepath.Join(m.dir, "bootstrap")}
	if _, err := os.Stat(f.root); os.IsNotExist(err) {
		return // it was refused before anything was written
	}
	if left, err := f.plainText(); err != nil || len(left) > 0 {
		t.Errorf("left in plain text: %q, %v", left, err)
	}
	if m.hasLocalState() {
		t.Error("the local state is still there")
	}
}

func (m machine) remote(t *testing.T) *terraform.State {
	t.Helper()
	s, err := terraform.ParseState([]byte(m.aws.objects[stateObject]))
	if err != nil {
		t.Fatalf("state in the bucket: %v", err)
	}
	return s
}

// stateOf is a state with these resources.
func stateOf(t *testing.T, lineage string, serial int, addresses ...string) string {
	t.Helper()
	resources := []any{}
	for _, address := range addresses {
		attributes := made[address]
		if attributes == nil {
			attributes = map[string]any{"id": address}
		}
		kind, name, _ := strings.Cut(address, ".")
		resources = append(resources, map[string]any{"mode": "managed", "type": kind, "name": name, "provider": fakeProvider, "instances": []any{map[string]any{"attributes": attributes}}})
	}
	data, err := json.Marshal(map[string]any{"version": 4, "lineage": lineage, "serial": serial, "resources": resources, "outputs": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var home = []string{"aws_kms_alias.key", "aws_kms_key.key", "aws_s3_bucket.log", "aws_s3_bucket.state", "aws_s3_bucket_versioning.state"}

// TestProgressOnATerminal: each phase is shown while it lasts, and nothing of it
// when a question is asked.
func TestProgressOnATerminal(t *testing.T) {
	m := newMachine(t)
	var out bytes.Buffer
	if err := m.runOn(progress.Terminal(&out, 80, 24), account+"yes\nyes\n"); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	left := out.String()
	for _, want := range []string{"synth", "init", "plan", "apply 0 of 5", "apply 5 of 5", "init", "plan", "apply 0 of 3", "apply 3 of 3", "plan", "refresh of the state"} {
		_, after, found := strings.Cut(left, "  shared     "+want+"\n^C: Terraform")
		if !found {
			t.Errorf("%q is not shown where it should be:\n%s", want, left)
			continue
		}
		left = after
	}
	for part := range strings.SplitSeq(out.String(), `Only "yes" is accepted:`) {
		if before := part[max(0, len(part)-300):]; strings.HasSuffix(before, "? ") && strings.LastIndex(before, "\x1b[J") < strings.LastIndex(before, "^C:") {
			t.Errorf("a question is asked below what is rewritten:\n%q", before)
		}
	}
}

func TestEmptyAccount(t *testing.T) {
	m := newMachine(t)
	out, err := m.run(account + "yes\nyes\n")
	wants(t, out, err, "", "1. State bucket: to be made", "(5 to create)", "2. State moved to the bucket: done", "3. Shared stack: 5 of its 8 resources",
		"| **shared** | · |", "  Apply complete! Resources: 5 added\n", "  aws_kms_key.key: Creation complete after 0s\n", "(3 to create)", "Verified: each resource was read", "Read back: 4 parameters", "    /paperwurks/shared/role/infra-role-arn  arn:infra\n    /paperwurks/shared/role/infra-diff-role-arn  arn:diff\n    /paperwurks/shared/role/infra-report-role-arn  arn:report\n    /paperwurks/shared/github/oidc-provider-arn  arn:github\n", "Nothing is left in plain text")
	if !strings.HasSuffix(m.calls(t), "init -input=false -no-color -lockfile=readonly -reconfigure\napply -refresh-only -auto-approve -input=false -no-color -lock-timeout=5m\n") {
		t.Errorf("it does not end with a refresh:\n%s", m.calls(t))
	}
	m.nothingLeft(t)
	for _, added := range []string{importsFile, localBackendFile} {
		if _, err := os.Stat(filepath.Join(m.dir, "bootstrap/cdktf.out/stacks/shared", added)); !os.IsNotExist(err) {
			t.Errorf("%s is left in the stack's folder: %v", added, err)
		}
	}
	if s := m.remote(t); s.Lineage != "made-by-terraform" || len(s.Addresses()) != stackSize {
		t.Errorf("lineage %q, %q", s.Lineage, s.Addresses())
	}
	calls := m.calls(t)
	for _, address := range home {
		if !strings.Contains(calls, "-target="+address) {
			t.Errorf("%s is not made first:\n%s", address, calls)
		}
	}
	for _, address := range []string{"aws_iam_role", "aws_s3_bucket_lifecycle_configuration"} {
		if strings.Contains(calls, "-target="+address) {
			t.Errorf("%s is made with local state:\n%s", address, calls)
		}
	}

	m.write(t, "fake/calls", "")
	out, err = m.run(account)
	wants(t, out, err, "", "1. State bucket: already done", "2. State moved to the bucket: already done", "Nothing to change")
	if calls := m.calls(t); strings.Contains(calls, "apply") {
		t.Errorf("it applied nothing:\n%s", calls)
	}
	m.nothingLeft(t)
}

func TestWithoutRefresh(t *testing.T) {
	m := newMachine(t)
	m.write(t, "fake/unrefreshed", "yes")
	out, err := m.run(account + "yes\nyes\n")
	wants(t, out, err, "", `Warning: refresh the state of stack "shared"`, "AWS is slow", terraform.NotRefreshed("shared"), "Nothing is left in plain text")
}

// What is left in plain text is an error, also where all else succeeded.
func TestLeftInPlainTextIsNoSuccess(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
	m.write(t, "bootstrap/cdktf.out/stacks/shared/errored.tfstate", stateOf(t, "a", 8, home...))
	out, err := m.run(account + "yes\n")
	wants(t, out, err, "left in plain text")
	if strings.Contains(out, "Done. Nothing is left") {
		t.Errorf("it says:\n%s", out)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, answers string
		set           func(*testing.T, machine)
		args          []string
		want          string
	}{
		{"no answer", "", nil, nil, "no answer"},
		{"another account is named", "111122223333\n", nil, nil, `account "111122223333": config/user.go names "123456789012"`},
		{"credentials of another account", account, func(_ *testing.T, m machine) { m.aws.account = "999999999999" }, nil, `credentials are of account "999999999999" (` + adminARN},
		{"quotas that are too small", account, func(_ *testing.T, m machine) { m.aws.quota = 1 }, nil, "the account lacks what is marked MISSING above; -skip-preflight goes on all the same"},
		{"infra-role", account, func(_ *testing.T, m machine) { m.aws.arn = "arn:aws:sts::123456789012:assumed-role/infra-role/run" }, nil, `"infra-role" is a role of CI`},
		{"deploy-role-prod", account, func(_ *testing.T, m machine) {
			m.aws.arn = "arn:aws:sts::123456789012:assumed-role/deploy-role-prod/run"
		}, nil, `"deploy-role-prod" is a role of CI`},
		{"no to the plan", account + "no\n", nil, nil, `"no" is not "yes"`},
		{"Yes is not yes", account + "Yes\n", nil, nil, `"Yes" is not "yes"`},
		{"the answers end before the plan", account, nil, nil, "no answer"},
		{"the bucket's name is another account's", account + "yes\n", func(_ *testing.T, m machine) { m.aws.flaws["forbidden"] = true }, nil, "another account's"},
		{"the plan destroys", account + "yes\n", func(t *testing.T, m machine) { m.write(t, "fake/lost", "aws_iam_role.old") }, nil, "destroy: aws_iam_role.old"},
		{"another argument", account, nil, []string{"now"}, `unexpected argument "now"`},
		{"an address elsewhere", account, nil, []string{"-local", "http://192.0.2.1"}, "only a loopback address"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			if test.set != nil {
				test.set(t, m)
			}
			out, err := m.run(test.answers, test.args...)
			wants(t, out, err, test.want)
			if calls := m.calls(t); strings.Contains(calls, "apply") {
				t.Errorf("it was applied:\n%s", calls)
			}
			m.nothingLeft(t)
		})
	}
}

// Without -local the target is AWS: nothing is asked while an example is left.
func TestSkipPreflight(t *testing.T) {
	m := newMachine(t)
	m.aws.quota = 1
	out, err := m.run(account+"yes\nyes\n", "-skip-preflight")
	wants(t, out, err, "", "request-service-quota-increase --service-code fargate", "Nothing is left in plain text")
}

func TestExamplesAreRefusedBeforeAnythingIsAsked(t *testing.T) {
	var out bytes.Buffer
	settings := config.Fixture()
	settings.User = config.ExampleUser()
	err := run(t.Context(), settings, options{dir: t.TempDir()}, command.Process{In: strings.NewReader(account), Out: &out})
	wants(t, out.String(), err, "user.accountID")
	if out.Len() > 0 {
		t.Errorf("it says %q", out.String())
	}
}

// For AWS, settings without an example are checked as any are; a local AWS takes
// examples too.
func TestSettingsAreChecked(t *testing.T) {
	settings := config.Fixture()
	settings.AvailabilityZones = nil
	for endpoint, user := range map[string]config.User{"": settings.User, "http://127.0.0.1:1": config.ExampleUser()} {
		settings.User = user
		var out bytes.Buffer
		err := run(t.Context(), settings, options{dir: t.TempDir(), target: config.Target{LocalEndpoint: endpoint}}, command.Process{In: strings.NewReader(account), Out: &out})
		if err == nil || !strings.HasPrefix(err.Error(), "availabilityZones: ") || out.Len() > 0 {
			t.Errorf("%q: %v; it says %q", endpoint, err, &out)
		}
	}
}

func TestDestroysOnlyWhenAllowed(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 3, home...)
	m.write(t, "fake/lost", "aws_iam_role.old")
	out, err := m.run(account + "yes\n")
	wants(t, out, err, "destroy: aws_iam_role.old")
	out, err = m.run(account+"yes\n", "-allow-destroy")
	wants(t, out, err, "", "!!! This plan destroys", "aws_iam_role.old", "1 to destroy, 3 to create")
}

// An environment's network does not go while its stack is there, whatever is
// allowed.
func TestNeverDestroysTheNetworkOfAStack(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 3, home...)
	m.aws.objects[testBucket+"/gone/terraform.tfstate"] = stateOf(t, "b", 1, "aws_lb.a", "aws_ecs_cluster.b")
	m.write(t, "fake/lost", "aws_vpc.setup_gone_network_vpc_1")
	out, err := m.run(account+"yes\n", "-allow-destroy")
	wants(t, out, err, `environment "gone" is no longer in the settings, and its stack still has 2 resources in AWS`)
	delete(m.aws.objects, testBucket+"/gone/terraform.tfstate")
	out, err = m.run(account+"yes\n", "-allow-destroy")
	wants(t, out, err, "", "1 to destroy")
}

func TestGoesOn(t *testing.T) {
	for _, test := range []struct {
		name    string
		set     func(*testing.T, machine)
		answers string
		said    []string
	}{
		{"killed in the first apply, with part of it in the local state", func(t *testing.T, m machine) {
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "a", 2, "aws_kms_key.key", "aws_s3_bucket.log"))
		}, "yes\nyes\n", []string{"local state, which knows 2 resources", "(3 to create"}},
		{"interrupted while the key was made", func(t *testing.T, m machine) {
			m.write(t, "bootstrap/state/shared.tfstate", strings.Replace(stateOf(t, "a", 2, "aws_kms_key.key"), `{"attributes":`, `{"status":"tainted","attributes":`, 1))
		}, "yes\nyes\n", []string{"Kept, though its creation was interrupted: aws_kms_key.key"}},
		{"killed as Terraform began to write the local state", func(t *testing.T, m machine) {
			m.write(t, "bootstrap/state/shared.tfstate", "")
		}, "yes\nyes\n", []string{"1. State bucket: to be made"}},
		{"killed while it wrote the local state", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.aliases["alias/paperwurks/state"] = "k1"
			m.aws.keys["k1"] = fakeKey{"Terraform's state", "shared"}
			m.write(t, "bootstrap/state/shared.tfstate", `{"version": 4, "lineage": "a", "resou`)
		}, "yes\nyes\n", []string{"cannot be read", "aws_s3_bucket.state is " + testBucket, "aws_kms_key.key is k1", "aws_kms_alias.key is alias/paperwurks/state"}},
		{"the local state is lost, the key has no alias yet", func(_ *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.keys["k1"], m.aws.keys["k2"], m.aws.keys["k3"] = fakeKey{"Terraform's state", "shared"}, fakeKey{"Logs", "shared"}, fakeKey{"Terraform's state", "other"}
		}, "yes\nyes\n", []string{"a state does not", "aws_kms_key.key is k1"}},
		{"all is made, nothing moved", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "a", 9, home...))
		}, "yes\n", []string{"Nothing to change", "bucket: done", "lineage a with 5 resources"}},
		{"moved, the local state not removed yet", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "a", 9, home...))
			m.write(t, "bootstrap/state/shared.tfstate.backup", stateOf(t, "a", 8, home[:2]...))
		}, "yes\n", []string{"2. State moved to the bucket: already done: s3://"}},
		{"an empty local state next to the bucket's", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "b", 1))
		}, "yes\n", []string{"an empty local state is removed"}},
		{"a plan left by a killed run", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
			m.write(t, "bootstrap/plan/shared.tfplan", zipMark)
		}, "yes\n", nil},
		{"killed in the second apply: a role exists, a network too", func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
			m.aws.vpcs["vpc-1"], m.aws.vpcs["vpc-2"] = fakeVPC{"paperwurks-dev", "shared"}, fakeVPC{"paperwurks-dev", "other"}
			m.aws.roles = []string{"infra-role"}
		}, "yes\n", []string{"aws_vpc.dev is vpc-1", "aws_iam_role.infra is infra-role", "2 to import", "2 of these exist and are imported"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			test.set(t, m)
			out, err := m.run(account + test.answers)
			wants(t, out, err, "", append(test.said, "Nothing is left in plain text")...)
			if got := m.remote(t).Addresses(); len(got) != stackSize {
				t.Errorf("the state has %q", got)
			}
			m.nothingLeft(t)
		})
	}
}

// What stops, keeps what going on needs, closed to others, and drops the plan.
func TestStops(t *testing.T) {
	for _, test := range []struct {
		name  string
		set   func(*testing.T, machine)
		want  string
		moved bool
	}{
		{"Terraform is killed", func(t *testing.T, m machine) { m.write(t, "fake/killed", "yes") }, "signal: killed", false},
		{"a resource cannot be made", func(t *testing.T, m machine) { m.write(t, "fake/exists", "aws_kms_alias.key") }, "aws_kms_alias.key: creating: operation error api error EntityAlreadyExists", false},
		{"no versions", func(_ *testing.T, m machine) { m.aws.flaws["versioning"] = true }, `versioning is "Suspended"`, false},
		{"public ACLs", func(_ *testing.T, m machine) { m.aws.flaws["BlockPublicAcls"] = true }, "public access is not blocked", false},
		{"public policies", func(_ *testing.T, m machine) { m.aws.flaws["BlockPublicPolicy"] = true }, "public access is not blocked", false},
		{"public ACLs count", func(_ *testing.T, m machine) { m.aws.flaws["IgnorePublicAcls"] = true }, "public access is not blocked", false},
		{"a public policy counts", func(_ *testing.T, m machine) { m.aws.flaws["RestrictPublicBuckets"] = true }, "public access is not blocked", false},
		{"a key of S3's", func(_ *testing.T, m machine) { m.aws.flaws["algorithm"] = true }, `objects are encrypted with the key "", want "` + testKeyARN, false},
		{"another key", func(_ *testing.T, m machine) { m.aws.flaws["encryption"] = true }, "key/other", false},
		{"stored under another key", func(_ *testing.T, m machine) { m.aws.flaws["object"] = true }, "the stored state: it is encrypted", true},
		{"stored without a version", func(_ *testing.T, m machine) { m.aws.flaws["version"] = true }, "the stored state: it has no version", true},
		{"stored unencrypted", func(_ *testing.T, m machine) { m.aws.flaws["unencrypted"] = true }, "the stored state: it is encrypted by \"\"", true},
		{"stored before versions", func(_ *testing.T, m machine) { m.aws.flaws["null version"] = true }, "the stored state: it has no version", true},
		{"another state is there", func(t *testing.T, m machine) { m.aws.objects[stateObject] = stateOf(t, "b", 9, home...) }, "somebody else made it", true},
		{"nothing is there after the move", func(_ *testing.T, m machine) { m.aws.flaws["forgets"] = true }, "the state is not in the bucket", false},
		{"less is there", func(t *testing.T, m machine) { m.aws.objects[stateObject] = stateOf(t, "a", 9, home[1:]...) }, `["aws_kms_alias.key"] are missing`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			m.bucketIsThere()
			addresses := home
			if strings.Contains(test.want, "signal") || strings.Contains(test.want, "creating") {
				addresses = home[1:3]
			}
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "a", 9, addresses...))
			test.set(t, m)
			out, err := m.run(account + "yes\nyes\n")
			wants(t, out, err, test.want, "State is left in", "Run this again")
			if isErrored := strings.Contains(test.want, "creating"); strings.Contains(out, "\n  Creation errored\n") != isErrored || strings.Contains(out, "is of no interest") {
				t.Errorf("of what Terraform says it says\n%s", out)
			}
			if _, there := m.aws.objects[stateObject]; there != test.moved {
				t.Errorf("a state in the bucket: %t, want %t", there, test.moved)
			}
			info, err := os.Stat(m.localState())
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("local state: %v, %v", info, err)
			}
			if _, err := os.Stat(filepath.Join(m.dir, "bootstrap/plan/shared.tfplan")); !os.IsNotExist(err) {
				t.Errorf("the plan is still there: %v", err)
			}
		})
	}
}

// A call that AWS or Terraform refuses ends the run, whichever it is: nothing is
// taken for done that was not.
func TestEachRefusedCall(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it bootstraps once for each call")
	}
	var complete string
	scenarios := map[string]func(*testing.T, machine){
		"an empty account": func(*testing.T, machine) {},
		"a move that was interrupted": func(t *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
			m.write(t, "bootstrap/state/shared.tfstate", stateOf(t, "a", 9, home...))
		},
		"all is there": func(_ *testing.T, m machine) {
			m.bucketIsThere()
			m.aws.objects[stateObject] = complete
		},
	}
	seen := map[string]bool{} // calls of a scenario before, which went on from there as this one does
	for _, name := range []string{"an empty account", "a move that was interrupted", "all is there"} {
		set := scenarios[name]
		whole := newMachine(t)
		set(t, whole)
		out, err := whole.run(account + "yes\nyes\n")
		wants(t, out, err, "")
		complete = whole.aws.objects[stateObject]
		terraforms := strings.Split(strings.TrimSpace(whole.calls(t)), "\n")
		afterPreflight := slices.Index(whole.aws.asked, "HEAD /"+testBucket)
		runs := 0
		for i, call := range whole.aws.asked {
			if i > 0 && i < afterPreflight {
				continue // preflight says what it could not see
			}
			before := strings.Join(whole.aws.asked[max(0, i-1):i+1], ", ")
			if seen[before] && name != "all is there" { // what was asked before too, the stack asks for itself
				continue
			}
			seen[before] = true
			runs++
			m := newMachine(t)
			set(t, m)
			m.aws.refused = i + 1
			out, err := m.run(account + "yes\nyes\n")
			if isRefresh := strings.Contains(out, "Warning: refresh the state"); (err == nil || strings.Contains(out, "Done.")) != isRefresh || err != nil && !strings.Contains(err.Error(), "403") {
				t.Errorf("%s: AWS refuses call %d, %s, and the run goes on: %v\n%s", name, i+1, call, err, out)
			}
		}
		for i, call := range terraforms {
			if seen[call] && name != "all is there" {
				continue
			}
			seen[call] = true
			runs++
			m := newMachine(t)
			set(t, m)
			m.write(t, "fake/refused", fmt.Sprint(i+1))
			out, err := m.run(account + "yes\nyes\n")
			if isRefresh := strings.Contains(strings.Join(terraforms[i:min(i+2, len(terraforms))], ""), "-refresh-only"); isRefresh {
				wants(t, out, err, "", "Warning: ", terraform.NotRefreshed("shared"))
			} else if err == nil || strings.Contains(out, "Done.") || !strings.Contains(err.Error(), "refused") {
				t.Errorf("%s: Terraform fails at call %d, %s, and the run goes on: %v\n%s", name, i+1, call, err, out)
			}
		}
		t.Logf("%s: %d calls of AWS, %d of Terraform, %d runs", name, len(whole.aws.asked), len(terraforms), runs)
	}
}

func TestStaleLock(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
	m.aws.objects[stateObject+".tflock"] = `{"ID": "1-2-3", "Operation": "OperationTypeApply", "Who": "ada@laptop", "Created": "2026-11-24T10:00:00Z"}`
	out, err := m.run(account + "yes\n")
	wants(t, out, err, "locked by ada@laptop since 2026-11-24 10:00:00 UTC")
	wants(t, out, err, "terraform -chdir="+filepath.Join(m.dir, "bootstrap/cdktf.out/stacks/shared")+" force-unlock -force 1-2-3")
	if calls := m.calls(t); strings.Contains(calls, "plan") || strings.Contains(calls, "unlock") {
		t.Errorf("calls\n%s", calls)
	}
}

func TestForeignProviderInTheState(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = strings.Replace(stateOf(t, "a", 9, home...), "hashicorp/aws", "evil/leak", 1)
	out, err := m.run(account + "yes\n")
	wants(t, out, err, `aws_kms_alias.key: provider "provider[\"registry.terraform.io/evil/leak\"]"`)
	if calls := m.calls(t); calls != "" {
		t.Errorf("Terraform was started:\n%s", calls)
	}
	m.nothingLeft(t)
}

func TestPublishedValuesAreHeldAgainstTheOutputs(t *testing.T) {
	m := newMachine(t)
	m.aws.parameters["/paperwurks/shared/role/infra-role-arn"] = "arn:evil"
	out, err := m.run(account + "yes\nyes\n")
	wants(t, out, err, `"arn:evil" in SSM, "arn:infra" in the output`)
}

func TestOneAtATime(t *testing.T) {
	root := t.TempDir()
	f, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(root); err == nil || !strings.Contains(err.Error(), "another bootstrap runs") {
		t.Errorf("got %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestPlainText(t *testing.T) {
	f := folder{root: t.TempDir()}
	for name, text := range map[string]string{
		"a/terraform.tfstate":  `{"version": 3, "lineage": "", "backend": {"type": "s3"}}`,
		"cdk.tf.json":          shared,
		"hidden/.state.backup": stateOf(t, "a", 1, home...),
		"outputs":              `{"lineage": "a", "outputs": {"x": {"value": "y"}}}`,
		"plan":                 zipMark + "tfplan",
		"plan.json":            `{"format_version": "1.2", "planned_values": {}}`,
	} {
		file := filepath.Join(f.root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := f.plainText()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&folder{root: filepath.Join(f.root, "no-such")}).plainText(); err == nil {
		t.Error("a folder that cannot be read holds nothing")
	}
	if got := strings.ReplaceAll(strings.Join(found, " "), f.root+"/", ""); got != "hidden/.state.backup outputs plan plan.json" {
		t.Errorf("found %q", got)
	}
}

func TestTwoThatFitAreNotGuessed(t *testing.T) {
	m := newMachine(t)
	m.bucketIsThere()
	m.aws.objects[stateObject] = stateOf(t, "a", 9, home...)
	m.aws.vpcs["vpc-1"], m.aws.vpcs["vpc-2"] = fakeVPC{"paperwurks-dev", "shared"}, fakeVPC{"paperwurks-dev", "shared"}
	out, err := m.run(account + "yes\n")
	wants(t, out, err, `["vpc-1" "vpc-2"] exist and are in no state`)
}

// A network part of a killed run may be recreated; what a state knew may not.
func TestRefuseDestruction(t *testing.T) {
	replace := func(kind string, importing *review.Importing, reason string) *review.Plan {
		return &review.Plan{ResourceChanges: []review.ResourceChange{{Address: kind + ".a", Mode: "managed", Type: kind, ActionReason: reason,
			Change: review.Change{Actions: []string{"delete", "create"}, Importing: importing}}}}
	}
	lost := func(kind string, action string) *review.Plan {
		return &review.Plan{ResourceChanges: []review.ResourceChange{{Address: kind + ".a", Mode: "managed", Type: kind, Change: review.Change{Actions: []string{action}}}}}
	}
	var out strings.Builder
	b := bootstrap{out: progress.On(&out)}
	for _, test := range []struct {
		plan    *review.Plan
		refused bool
	}{
		{replace("aws_nat_gateway", &review.Importing{ID: "nat-1"}, ""), false},
		{replace("aws_nat_gateway", nil, "replace_because_tainted"), false},
		{replace("aws_nat_gateway", nil, "replace_because_cannot_update"), true},
		{replace("aws_kms_key", &review.Importing{ID: "k"}, ""), true},
		{replace("aws_kms_key", nil, "replace_because_tainted"), true},
		{lost("aws_nat_gateway", "delete"), true},
		{lost("aws_nat_gateway", "forget"), true},
		{lost("aws_iam_role", "forget"), true},
		{lost("aws_iam_role", "update"), false},
	} {
		if err := b.refuseDestruction(test.plan); (err != nil) != test.refused {
			t.Errorf("%s: %v", test.plan.ResourceChanges[0].Type, err)
		}
		said := out.String()
		out.Reset()
		if isRecreated := !test.refused && test.plan.ResourceChanges[0].Type == "aws_nat_gateway"; (said == "Recreated, because the run that made it was killed: aws_nat_gateway.a\n") != isRecreated {
			t.Errorf("it says %q", said)
		}
	}
}

// The flags, with what they are where nobody says.
func TestFlags(t *testing.T) {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	Command.Define(flags)
	var got []string
	flags.VisitAll(func(f *flag.Flag) { got = append(got, f.Name+"="+f.DefValue) })
	if strings.Join(got, " ") != "allow-destroy=false app= dir=.local local= skip-preflight=false" || Command.Name != "bootstrap" || Command.Arguments != "" {
		t.Errorf("%s: %q", Command.Name, got)
	}
}

func TestWithPath(t *testing.T) {
	paths := map[string]string{"aws_vpc.a": "setup/dev/vpc"}
	for message, want := range map[string]string{
		"aws_vpc.a: Creating...":       "aws_vpc.a (setup/dev/vpc): Creating...",
		"aws_vpc.b: Creating...":       "aws_vpc.b: Creating...",
		"Apply complete! Resources: 1": "Apply complete! Resources: 1",
	} {
		if got := withPath(message, paths); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
