package recovery

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/command"
)

// The fake Terraform's plan would create the role, and imports it where the
// workspace has an import block; what it does is in the file calls.
const fakeTerraform = `#!/bin/sh
echo "$@" >>"$FAKE_DIR/calls"
[ "$TF_IN_AUTOMATION" = 1 ] || exit 3
[ "$(wc -l <"$FAKE_DIR/calls")" != "$(cat "$FAKE_DIR/refused" 2>/dev/null)" ] || { echo "Error: refused"; exit 1; }
case "$1" in
state) cat "$FAKE_DIR/state" 2>/dev/null; exit 0 ;;
show)
	[ "$2" = -json ] || { echo "what changes, as Terraform shows it"; exit 0; }
	change='"actions": ["create"]'
	grep -q infra-old import.tf.json 2>/dev/null && change='"actions": ["no-op"], "importing": {"id": "infra-old"}'
	[ "$change" = '"actions": ["create"]' ] || [ ! -s "$FAKE_DIR/updates" ] || change='"actions": ["update"], "importing": {"id": "infra-old"}'
	[ "$(cat "$FAKE_DIR/updates")" != another ] || change=$(echo "$change" | sed s/infra-old/infra-new/)
	echo '{"format_version": "1.2", "resource_changes": [{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "change": {'"$change"', "after": {"name": "infra-old"}}}]}' ;;
apply) cp "$FAKE_DIR/applied" "$FAKE_DIR/state" ;;
esac
`

// fakeAWS has roles, a lock of dev's state, and the rules of the security groups
// of all that use the account: those of sg-1 are dev's. A filter that is not asked
// for filters nothing, as in EC2.
type fakeAWS struct {
	roles []string
	// lock is a lock file; "" for a state that is a file.
	lock  string
	rules []rule
	// revoked are the rules that were taken away, "group rule".
	revoked []string
	// asked are the calls so far; the one of the number refused is refused, counted
	// from 1.
	asked   []string
	refused int
	// updates says that an import changes the role, too; "another" that it is of
	// another role.
	updates string
	// unshown is what the terminal does not take.
	unshown string
}

// terminal does not take a text.
type terminal struct {
	strings.Builder
	unshown string
}

func (t *terminal) Write(data []byte) (int, error) {
	if t.unshown != "" && strings.Contains(string(data), t.unshown) {
		return 0, io.ErrClosedPipe
	}
	return t.Builder.Write(data)
}

type rule struct{ id, group, egress, protocol, cidr string }

func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.asked = append(f.asked, strings.TrimSpace(r.FormValue("Action")+" "+r.Method+" "+r.URL.Path))
	switch action := r.FormValue("Action"); {
	case len(f.asked) == f.refused:
		w.WriteHeader(http.StatusForbidden)
	case action == "ListRoles":
		fmt.Fprint(w, "<R><ListRolesResult><Roles>")
		for _, name := range f.roles {
			fmt.Fprintf(w, "<member><RoleName>%s</RoleName></member>", name)
		}
		fmt.Fprint(w, "</Roles></ListRolesResult></R>")
	case action == "DescribeSecurityGroups":
		fmt.Fprint(w, "<R><securityGroupInfo><item><groupId>sg-1</groupId><vpcId>vpc-1</vpcId><groupName>web</groupName></item>")
		if r.FormValue("Filter.1.Value.1") != "paperwurks" || r.FormValue("Filter.2.Value.1") != "dev" {
			fmt.Fprint(w, "<item><groupId>sg-2</groupId><vpcId>vpc-2</vpcId><groupName>another's</groupName></item>")
		}
		fmt.Fprint(w, "</securityGroupInfo></R>")
	case action == "DescribeSecurityGroupRules":
		fmt.Fprint(w, "<R><securityGroupRuleSet>")
		for _, rule := range f.rules {
			if r.FormValue("Filter.1.Name") == "group-id" && r.FormValue("Filter.1.Value.1") != rule.group && r.FormValue("Filter.1.Value.2") != rule.group {
				continue
			}
			fmt.Fprintf(w, "<item><securityGroupRuleId>%s</securityGroupRuleId><groupId>%s</groupId><isEgress>%s</isEgress><ipProtocol>%s</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort><cidrIpv4>%s</cidrIpv4></item>",
				rule.id, rule.group, rule.egress, rule.protocol, rule.cidr)
		}
		fmt.Fprint(w, "</securityGroupRuleSet></R>")
	case action == "RevokeSecurityGroupEgress":
		f.revoked = append(f.revoked, r.FormValue("GroupId")+" "+r.FormValue("SecurityGroupRuleId.1"))
		fmt.Fprint(w, "<R><return>true</return></R>")
	case r.Method == http.MethodGet && f.lock != "" && r.URL.Path == "/bucket/dev.tfstate.tflock":
		w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
		fmt.Fprint(w, f.lock)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func stateOf(resources ...string) string {
	return `{"version": 4, "resources": [` + strings.Join(resources, ", ") + `]}`
}

func inState(kind, name, id string) string {
	return fmt.Sprintf(`{"mode": "managed", "type": %q, "name": %q, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"attributes": {"id": %q}}]}`, kind, name, id)
}

// machine has a stack "dev", whose state is a file unless it can be locked. The
// call of Terraform with the number refused fails, counted from 1.
func machine(t *testing.T, aws *fakeAWS, refused ...int) (run func(ctx context.Context, in io.Reader, args ...string) (string, error), calls func() string) {
	t.Helper()
	dir := t.TempDir()
	server := httptest.NewServer(aws)
	t.Cleanup(server.Close)
	backend, resources, state := `"local": {"path": "terraform.tfstate"}`, `"aws_iam_role": {"r": {"name": "infra-old"}}`, []string(nil)
	if aws.lock != "" {
		backend = `"s3": {"bucket": "bucket", "key": "dev.tfstate", "region": "eu-central-1"}`
	}
	if aws.rules != nil {
		resources += `, "aws_security_group": {"web": {"name": "web"}}, "aws_vpc_security_group_egress_rule": {"web": {"security_group_id": "${aws_security_group.web.id}"}}`
		state = append(state, inState("aws_security_group", "web", "sg-1"))
	}
	for name, text := range map[string]string{
		"bin/terraform":     fakeTerraform,
		"terraform.rc":      "",
		"state":             stateOf(state...),
		"applied":           stateOf(append(state, inState("aws_iam_role", "r", "infra-old"))...),
		"updates":           aws.updates,
		"refused":           strings.Trim(fmt.Sprint(refused), "[]"),
		"out/manifest.json": `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev/cdk.tf.json", "workingDirectory": "dev"}}}`,
		"out/dev/cdk.tf.json": `{"terraform": {"backend": {` + backend + `}, "required_providers": {"aws": {"source": "aws"}}},
			"provider": {"aws": [{"region": "eu-central-1", "https_proxy": "` + server.URL + `"}]},
			"resource": {` + resources + `}}`,
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
			out := terminal{unshown: aws.unshown}
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
			[]string{"Lock: none to release", "Found 1, planning their adoption.\nRESOURCE        IN AWS\naws_iam_role.r  infra-old\n", "Looking for what exists in AWS and not in the state of dev.", "Nothing in AWS changes.", "Adopted: 1. Left: 0."}, true},
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
			run, calls := machine(t, &fakeAWS{roles: c.roles})
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

// What AWS made with a group of the stack, and Terraform was killed before it
// took away, is revoked when the person says so: no rule but that, and of no
// group but the stack's.
func TestRecoverRevokesDefaultRules(t *testing.T) {
	const asks = "Revoke them in AWS?"
	own, foreign := rule{"sgr-1", "sg-1", "true", "-1", "0.0.0.0/0"}, rule{"sgr-2", "sg-2", "true", "-1", "0.0.0.0/0"}
	for name, c := range map[string]struct {
		rules   []rule
		answers string
		fault   string
		asked   bool
		revoked string
	}{
		"yes":                       {[]rule{own, foreign}, "yes\n", "", true, "sg-1 sgr-1"},
		"no":                        {[]rule{own, foreign}, "no\n", `"no" is not "yes"`, true, ""},
		"another's alone":           {[]rule{foreign}, "", "", false, ""},
		"a rule that is no default": {[]rule{{"sgr-3", "sg-1", "true", "-1", "10.0.0.0/8"}}, "", "1 things are in no state", false, ""},
		"both":                      {[]rule{own, {"sgr-3", "sg-1", "true", "-1", "10.0.0.0/8"}}, "yes\n", "1 things are in no state", true, "sg-1 sgr-1"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := &fakeAWS{rules: c.rules}
			run, _ := machine(t, aws)
			out, err := run(t.Context(), strings.NewReader(c.answers), "recover", "dev")
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Fatalf("got %v, want %q\n%s", err, c.fault, out)
			}
			if strings.Contains(out, asks) != c.asked || strings.Contains(out, "sgr-2") || c.asked && !strings.Contains(out, "\nAWS makes a security group with a rule that lets everything out. Terraform was killed before it took these away:\nTYPE                                REGION        IN AWS  RECOGNISED BY\naws_vpc_security_group_egress_rule  eu-central-1  sgr-1   sg-1 | -1") {
				t.Errorf("it says\n%s", out)
			}
			if got := strings.Join(aws.revoked, ", "); got != c.revoked {
				t.Errorf("revoked %q, want %q", got, c.revoked)
			}
			if left := strings.Contains(out, "Left: 1.") && strings.Contains(out, "sgr-3"); left != strings.Contains(c.fault, "in no state") {
				t.Errorf("what is left is not said:\n%s", out)
			}
		})
	}
}

// An adoption that changes AWS too is shown as Terraform shows it, and said.
func TestAdoptionThatChangesAWS(t *testing.T) {
	run, _ := machine(t, &fakeAWS{roles: []string{"infra-old"}, updates: "yes"})
	out, err := run(t.Context(), strings.NewReader("yes\n"), "recover", "dev")
	if err != nil || !strings.Contains(out, "planning their adoption.\nwhat changes, as Terraform shows it\n\nRESOURCE") || !strings.Contains(out, "Write these 1 into the state? In AWS these change in place: aws_iam_role.r.") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A plan that does anything but what was found is not even shown.
func TestAdoptionThatIsRefused(t *testing.T) {
	run, calls := machine(t, &fakeAWS{roles: []string{"infra-old"}, updates: "another"})
	out, err := run(t.Context(), strings.NewReader("yes\n"), "recover", "dev")
	if err == nil || !strings.Contains(err.Error(), `the adoption is refused: aws_iam_role.r: the plan imports "infra-new"; "infra-old" was found`) || strings.Contains(out, "Write these") || strings.Contains(calls(), "apply") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Without the synthesised stacks nothing is looked for.
func TestWithoutStacks(t *testing.T) {
	run, _ := machine(t, &fakeAWS{})
	for _, command := range []string{"recover", "orphans"} {
		if out, err := run(t.Context(), strings.NewReader(""), command, "-synth", t.TempDir(), "dev"); err == nil || !strings.Contains(err.Error(), "manifest.json") {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

// What could not be listed is no "nothing".
func TestOrphansRefused(t *testing.T) {
	run, _ := machine(t, &fakeAWS{refused: 1})
	if out, err := run(t.Context(), strings.NewReader(""), "orphans"); err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(out, "nothing exists") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Nobody says yes to what was not shown.
func TestNothingIsAdoptedUnseen(t *testing.T) {
	run, calls := machine(t, &fakeAWS{roles: []string{"infra-old"}, unshown: "aws_iam_role.r"})
	if out, err := run(t.Context(), strings.NewReader("yes\n"), "recover", "dev"); !errors.Is(err, io.ErrClosedPipe) || strings.Contains(calls(), "apply") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A lock is released by Terraform, after a yes, and before anything is adopted.
func TestRecoverReleasesTheLock(t *testing.T) {
	const lock = `{"ID": "l-1", "Operation": "OperationTypeApply", "Who": "runner@fv-az1", "Created": "2026-11-24T10:00:00Z"}`
	for answer, released := range map[string]bool{"yes\n": true, "no\n": false} {
		run, calls := machine(t, &fakeAWS{lock: lock})
		out, err := run(t.Context(), strings.NewReader(answer), "recover", "dev")
		if (err == nil) != released || strings.Contains(calls(), "force-unlock -force l-1\n") != released {
			t.Errorf("%q: %v, calls\n%s\n%s", answer, err, calls(), out)
		}
		if strings.Contains(out, "Locks released: 1. Adopted: 0. Left: 0.\nNow deploy dev again") != released || !released && strings.Contains(calls(), "plan") {
			t.Errorf("%q: it says\n%s\ncalls\n%s", answer, out, calls())
		}
	}
}

// A call that AWS or Terraform refuses ends recover, whichever it is, and its
// folders are removed, which may hold secrets.
func TestEachRefusedCall(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	newAWS := func() *fakeAWS {
		return &fakeAWS{
			roles: []string{"infra-old"}, lock: `{"ID": "l-1", "Operation": "OperationTypeApply", "Who": "runner@fv-az1", "Created": "2026-11-24T10:00:00Z"}`,
			rules: []rule{{"sgr-1", "sg-1", "true", "-1", "0.0.0.0/0"}},
		}
	}
	const answers = "yes\nyes\nyes\n"
	whole := newAWS()
	run, calls := machine(t, whole)
	out, err := run(t.Context(), strings.NewReader(answers), "recover", "dev")
	if err != nil || !strings.Contains(out, "Locks released: 1. Adopted: 1. Left: 0.") {
		t.Fatalf("%v\n%s", err, out)
	}
	terraforms := strings.Split(strings.TrimSpace(calls()), "\n")
	if want := []string{
		"init -input=false -no-color -lockfile=readonly", "force-unlock -force l-1",
		"plan -input=false -no-color -out=adopt.tfplan -refresh=false -lock=false", "show -json adopt.tfplan",
		"plan -input=false -no-color -out=adopt.tfplan -refresh=false -lock=false", "show -json adopt.tfplan",
		"plan -input=false -no-color -out=adopt.tfplan -lock-timeout=1m -target=aws_iam_role.r", "show -json adopt.tfplan",
		"apply -input=false -no-color -lock-timeout=1m adopt.tfplan",
		"init -input=false -no-color -lockfile=readonly", "state pull",
	}; !slices.Equal(terraforms, want) {
		t.Errorf("Terraform was asked for\n%q, want\n%q", terraforms, want)
	}
	for i, call := range whole.asked {
		aws := newAWS()
		aws.refused = i + 1
		run, _ := machine(t, aws)
		if out, err := run(t.Context(), strings.NewReader(answers), "recover", "dev"); err == nil || strings.Contains(out, "Now deploy") && !strings.HasPrefix(call, "Revoke") {
			t.Errorf("AWS refuses call %d, %s, and recover goes on: %v\n%s", i+1, call, err, out)
		}
	}
	for i, call := range terraforms {
		run, _ := machine(t, newAWS(), i+1)
		if out, err := run(t.Context(), strings.NewReader(answers), "recover", "dev"); err == nil || strings.Contains(out, "Now deploy") {
			t.Errorf("Terraform fails at call %d, %s, and recover goes on: %v\n%s", i+1, call, err, out)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d calls of AWS, %d of Terraform", len(whole.asked), len(terraforms))
}

// ^C and SIGTERM end the program at a question.
func TestInterruptAtTheQuestion(t *testing.T) {
	run, calls := machine(t, &fakeAWS{roles: []string{"infra-old"}})
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

// The flags of each command, with what they are where nobody says.
func TestFlags(t *testing.T) {
	for _, c := range Commands {
		flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
		c.Define(flags)
		var got []string
		flags.VisitAll(func(f *flag.Flag) { got = append(got, f.Name+"="+f.DefValue) })
		if strings.Join(got, " ") != "dir=.local synth=cdktf.out" {
			t.Errorf("%s: %q", c.Name, got)
		}
	}
	if len(Commands) != 2 || Commands[0].Name != "recover" || Commands[0].Arguments != "STACK" || Commands[1].Name != "orphans" || Commands[1].Arguments != "[STACK…]" {
		t.Errorf("commands %+v", Commands)
	}
}
