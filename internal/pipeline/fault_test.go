package pipeline

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/review"
)

// replace puts a folder in the place of a file: it can neither be read nor
// written.
func (p platform) replace(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(file, "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// What the plans' folder holds and cannot be read is no empty comment.
func TestUnreadablePlans(t *testing.T) {
	for _, file := range []string{planJSON, refusedJSON, lackJSON, faultText, waitsText} {
		p := newPlatform(t)
		if _, err := p.run("plan"); err != nil {
			t.Fatal(err)
		}
		p.replace(t, "plans/dev/"+file)
		if out, err := p.run("comment"); err == nil || !strings.Contains(err.Error(), `stack "dev": read `) || out != "" {
			t.Errorf("%s: %v, and the comment is %q", file, err, out)
		}
		if out, err := p.run("drift"); err == nil || !strings.Contains(err.Error(), `stack "dev" could not be checked: stack "dev": read `) || !strings.Contains(out, "### dev could not be checked") {
			t.Errorf("%s: %v, and the report is %q", file, err, out)
		}
	}
	for _, file := range []string{planJSON, refusedJSON, lackJSON} {
		p := newPlatform(t)
		if _, err := p.run("plan"); err != nil {
			t.Fatal(err)
		}
		p.write(t, "plans/dev/"+file, "[{")
		if _, err := p.run("comment"); err == nil {
			t.Errorf("%s is no JSON, and the comment is written", file)
		}
	}
	p := newPlatform(t)
	if _, err := p.run("comment"); err == nil || !strings.Contains(err.Error(), "run `platform plan` first") {
		t.Errorf("without a plan: %v", err)
	}
	if err := os.MkdirAll(p.plans, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.run("comment"); err == nil || !strings.Contains(err.Error(), "no plans: run `platform plan` first") {
		t.Errorf("without a stack's plan: %v", err)
	}
	if out, err := p.run("drift"); err == nil || !strings.Contains(out, "### shared could not be checked") || !strings.Contains(out, "### dev could not be checked") {
		t.Errorf("without a stack's plan: %v\n%s", err, out)
	}
}

// A plan that cannot be made as a whole ends red, and nothing of it is kept.
func TestPlanFaults(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*testing.T, platform)
		args []string
		want string
	}{
		{"outputs of two stacks", nil, []string{"-outputs", "x"}, "-outputs: 2 stacks; one is allowed"},
		{"no synthesised stacks", func(t *testing.T, p platform) { p.replace(t, "cdktf.out/manifest.json") }, nil, "manifest.json"},
		{"the plans' folder is under a file", func(t *testing.T, p platform) { p.write(t, "file", "") }, []string{"-plans", "DIR/file/x"}, "not a directory"},
		{"the state of shared is none", func(t *testing.T, p platform) { p.write(t, "cdktf.out/stacks/shared/terraform.tfstate", "x") }, []string{"dev"}, `the state of "shared", which "dev" reads`},
		{"a state that cannot be read", func(t *testing.T, p platform) { p.write(t, "cdktf.out/stacks/dev/terraform.tfstate", "x") }, []string{"dev"}, `stack "dev": `},
		{"no plan is shown", func(t *testing.T, p platform) { p.write(t, "answers/dev.show", "x") }, []string{"dev"}, "plan JSON"},
		{"a plan of a format to come", func(t *testing.T, p platform) { p.write(t, "answers/dev.show", `{"format_version": "2.0"}`) }, []string{"dev"}, `format_version "2.0"`},
		{"the outputs cannot be written", nil, []string{"-outputs", "/", "dev"}, "/"},
		{"a state that shared's destruction looks up", func(t *testing.T, p platform) {
			p.write(t, "answers/shared.show", `{"format_version": "1.2", "resource_changes": [{"address": "aws_vpc.setup_gone_network_vpc_1", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["delete"], "before": {}}}]}`)
			p.write(t, "cdktf.out/stacks/shared/gone.tfstate", "x")
		}, []string{"shared"}, `the state of "gone"`},
		{"nobody can tell who may apply it", func(t *testing.T, _ platform) {
			whoMay = func(*rights, string, *review.Plan) ([]review.Lack, error) { return nil, errors.New("no simulator") }
		}, []string{"dev"}, "no simulator"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlatform(t)
			if test.set != nil {
				test.set(t, p)
			}
			args := []string{"-keep-plan", "-commit", commit}
			for _, arg := range test.args {
				args = append(args, strings.ReplaceAll(arg, "DIR", p.dir))
			}
			out, err := p.run("plan", args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q\n%s", err, test.want, out)
			}
			if test.args == nil || strings.HasPrefix(test.args[0], "-") {
				return
			}
			for _, file := range []string{planFile, recordJSON} {
				if _, err := os.Stat(filepath.Join(p.plans, test.args[0], file)); err == nil {
					t.Errorf("%s is kept", file)
				}
			}
		})
	}
}

// An apply that lacks anything of what was approved changes nothing.
func TestApplyFaults(t *testing.T) {
	for name, set := range map[string]func(*testing.T, platform){
		"no record":        func(t *testing.T, p platform) { p.replace(t, "plans/dev/record.json") },
		"no lock file":     func(t *testing.T, p platform) { p.replace(t, "plans/dev/terraform.lock.hcl") },
		"no plan":          func(t *testing.T, p platform) { p.replace(t, "plans/dev/plan.tfplan") },
		"no state":         func(t *testing.T, p platform) { p.write(t, "cdktf.out/stacks/dev/terraform.tfstate", "x") },
		"no plan to show":  func(t *testing.T, p platform) { p.write(t, "answers/dev.show", "x") },
		"a format to come": func(t *testing.T, p platform) { p.write(t, "answers/dev.show", `{"format_version": "2.0"}`) },
		"no stack":         func(t *testing.T, p platform) { p.replace(t, "cdktf.out/manifest.json") },
		"a foreign provider": func(t *testing.T, p platform) {
			p.write(t, "cdktf.out/stacks/dev/terraform.tfstate", `{"version": 4, "resources": [{"mode": "managed", "type": "leak", "name": "b", "provider": "provider[\"registry.terraform.io/evil/leak\"]"}]}`)
		},
		"no provider's place": func(t *testing.T, p platform) {
			t.Setenv("TF_CLI_CONFIG_FILE", "")
			t.Setenv("TF_PLUGIN_CACHE_DIR", "")
			t.Setenv("PATH", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			record := p.approve(t)
			set(t, p)
			out, err := p.run("apply", "-commit", commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "dev")
			if err == nil {
				t.Errorf("it is applied:\n%s", out)
			}
			if calls := p.read(t, "answers/dev.calls"); strings.Contains(calls, "apply") {
				t.Errorf("calls\n%s", calls)
			}
		})
	}
	p := newPlatform(t)
	record := p.approve(t)
	p.replace(t, "applied.md")
	if _, err := p.run("apply", "-commit", commit, "-record", record, "-summary", filepath.Join(p.dir, "applied.md"), "dev"); err == nil {
		t.Error("the summary cannot be written, and the run succeeds")
	}
	for _, args := range [][]string{{"-commit", commit, "dev"}, {"-record", record, "dev"}, {"-commit", commit, "-record", record}, {"-commit", commit, "-record", record, "dev", "shared"}} {
		if _, err := p.run("apply", args...); err == nil || !strings.Contains(err.Error(), "-commit, -record and one stack are required") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// Each line that Terraform writes of a step, and what is left when it ends there.
func TestOutcomeCounts(t *testing.T) {
	change := func(address string, actions ...string) review.ResourceChange {
		return review.ResourceChange{Address: address, Mode: "managed", Change: review.Change{Actions: actions}}
	}
	imported := change("aws_a.import", "no-op")
	imported.Change.Importing = &review.Importing{ID: "i"}
	plan := &review.Plan{ResourceChanges: []review.ResourceChange{
		change("aws_a.create", "create"), change("aws_a.update", "update"), change("aws_a.destroy", "delete"), change("aws_a.replace", "delete", "create"), imported,
		change("aws_a.forget", "forget"), change("aws_a.same", "no-op"),
	}}
	for _, test := range []struct {
		lines string
		made  int
		left  []string
	}{
		{"", 0, []string{"- `aws_a.destroy`: to destroy", "- `aws_a.replace`: to replace", "- `aws_a.update`: to change", "- `aws_a.create`: to create", "- `aws_a.import`: to import"}},
		{"aws_a.update: Modifying... [id=x]|aws_a.create: Creating...|aws_a.import: Importing... [id=i]|aws_a.destroy (a/b): Destroying... [id=y]|aws_a.replace: Destroying...", 0,
			[]string{"- `aws_a.destroy`: to destroy, was begun", "- `aws_a.replace`: to replace, was begun", "- `aws_a.update`: to change, was begun", "- `aws_a.create`: to create, was begun", "- `aws_a.import`: to import, was begun"}},
		{"aws_a.update: Modifications complete after 1s|aws_a.create (a/b): Creation complete after 2m|aws_a.import: Import complete [id=i]|aws_a.destroy: Destruction complete after 1s|aws_a.replace: Destruction complete after 1s|aws_a.replace: Creation complete after 1s", 5, nil},
		{"aws_a.replace: Destroying...|aws_a.replace: Destruction complete after 1s|aws_a.create: Creating...|aws_a.create: Creation complete after 1s", 1,
			[]string{"- `aws_a.replace`: ⚠️ **destroyed, and not made again yet**", "- `aws_a.destroy`: to destroy", "- `aws_a.update`: to change", "- `aws_a.import`: to import"}},
		{"aws_a.replace: Creation complete after 1s", 0,
			[]string{"- `aws_a.replace`: the new one is made, the old one is there still", "- `aws_a.destroy`: to destroy", "- `aws_a.update`: to change", "- `aws_a.create`: to create", "- `aws_a.import`: to import"}},
	} {
		o := outcome{plan: plan}
		for line := range strings.SplitSeq(test.lines, "|") {
			o.line(line)
		}
		if all, made, left := o.count(); all != 5 || made != test.made || !slices.Equal(left, test.left) {
			t.Errorf("%q: %d of %d, left %q; want %d, %q", test.lines, made, all, left, test.made, test.left)
		}
	}
	var o outcome
	for _, line := range []string{"aws_a.a: Creating...", "aws_b.b: Modifying...", "aws_c.c: Destroying...", "aws_d.d: Importing...", "no step"} {
		o.line(line)
	}
	if got := slices.Concat(o.begun["aws_a.a"], o.begun["aws_b.b"], o.begun["aws_c.c"], o.begun["aws_d.d"]); !slices.Equal(got, []string{"Creation", "Modifications", "Destruction", "Import"}) || len(o.begun) != 4 || len(o.done) != 0 || o.fault != nil {
		t.Errorf("%q, %+v", got, o)
	}
	exactly := outcome{plan: &review.Plan{}}
	for range maxLeft {
		exactly.plan.ResourceChanges = append(exactly.plan.ResourceChanges, change("aws_a.a", "create"))
	}
	if _, _, left := exactly.count(); len(left) != maxLeft || strings.Contains(left[maxLeft-1], "more") {
		t.Errorf("%d lines, the last %q", len(left), left[len(left)-1])
	}
}

// Each cause that Terraform or AWS names leads to its own next step.
func TestEachCause(t *testing.T) {
	o := outcome{stack: "dev", begun: map[string][]string{"a": {"Creation"}}}
	for next, causes := range map[string][]string{
		"run the workflow again. The state":           {"Saved plan is stale", `stale plan of "dev"`},
		"find out who changed the artifact":           {"what was approved has"},
		"see who holds the lock":                      {"Error acquiring the state lock"},
		"the credentials expired":                     {"ExpiredToken", "The security token included in the request is expired", "Error releasing the state lock"},
		"if it is the CI roles":                       {"AccessDenied", "UnauthorizedOperation", "is not authorized to perform"},
		"something in AWS has the name already":       {"EntityAlreadyExists", "it already exists", "BucketAlreadyOwnedByYou", "DuplicateListener", "ResourceInUse"},
		"remove the cause above, in AWS or by a pull": {"InvalidSubnet"},
	} {
		for _, cause := range causes {
			if got := o.next(cause, false); !strings.HasPrefix(got, next) {
				t.Errorf("%q: %q, want %q", cause, got, next)
			}
		}
	}
}

// Who may apply a plan is asked of the stacks; a fault is none to hide.
func TestRights(t *testing.T) {
	changes := &review.Plan{ResourceChanges: []review.ResourceChange{{Address: "aws_no_such.a", Mode: "managed", Type: "aws_no_such", Change: review.Change{Actions: []string{"create"}}}}}
	if lacks, err := new(rights).lacks("dev", &review.Plan{}); lacks != nil || err != nil {
		t.Errorf("nothing changes: %v, %v", lacks, err)
	}
	r := &rights{}
	for range 2 { // it is not tried again
		if _, err := r.lacks("dev", changes); err == nil || !strings.Contains(err.Error(), "who may apply it: ") {
			t.Errorf("no stacks: %v", err)
		}
	}
	r = &rights{platform: &inventory.Platform{}}
	r.once.Do(func() {})
	if _, err := r.lacks("dev", changes); err == nil || !strings.Contains(err.Error(), "who may apply it: ") {
		t.Errorf("a type that no row has: %v", err)
	}
}

// What a failed deployment's summary looks like, whole; and a report that cannot be
// written is no success.
func TestSummaryWhole(t *testing.T) {
	o := outcome{stack: "dev", plan: &review.Plan{ResourceChanges: []review.ResourceChange{{Address: "aws_vpc.a", Change: review.Change{Actions: []string{"create"}}}, {Address: "aws_vpc.b", Change: review.Change{Actions: []string{"create"}}}}}}
	for line := range strings.SplitSeq("aws_vpc.a: Creating...|aws_vpc.a: Creation complete after 1s|Error: InvalidSubnet|  with aws_vpc.b", "|") {
		o.line(line)
	}
	const want = "### dev: the deployment failed, 1 of 2 changes were made\n\n```text\nError: InvalidSubnet\n  with aws_vpc.b\n```\n\nLeft:\n\n- `aws_vpc.b`: to create\n\n" +
		"**Next:** remove the cause above, in AWS or by a pull request, and run the workflow again: it plans what is left. What was made stays and is in the state.\n"
	if got := o.markdown(errors.New("exit status 1"), false); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	p := newPlatform(t)
	if _, err := p.run("plan", "-refresh-only"); err != nil {
		t.Fatal(err)
	}
	p.replace(t, "report.md")
	for _, command := range []string{"drift", "comment"} {
		if _, err := p.run(command, "-o", filepath.Join(p.dir, "report.md")); err == nil {
			t.Errorf("%s is not written, and the run succeeds", command)
		}
	}
}

// The flags of each command, with what they are where nobody says.
func TestFlags(t *testing.T) {
	want := map[string]string{
		"plan":     "commit= dir=.local keep-plan=false lock=false outputs= plans=.local/plans refresh-only=false synth=cdktf.out",
		"comment":  "base= o= plans=.local/plans source=",
		"apply":    "commit= dir=.local plans=.local/plans record= summary= synth=cdktf.out",
		"approval": "",
		"rescue":   "dir=.local outcome=failure summary= synth=cdktf.out",
		"drift":    "github=false o= plans=.local/plans source= synth=cdktf.out",
		"post":     "file= pull-request=0 source=",
		"failure":  "conclusion= outputs= source= workflow=",
		"github":   "",
	}
	if len(Commands) != len(want) {
		t.Errorf("%d commands, want %d", len(Commands), len(want))
	}
	for _, c := range Commands {
		flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
		c.Define(flags)
		var got []string
		flags.VisitAll(func(f *flag.Flag) { got = append(got, f.Name+"="+f.DefValue) })
		if arguments := map[string]string{"plan": "[STACK…]", "comment": "[STACK…]", "drift": "[STACK…]", "post": ""}; c.Arguments != arguments[c.Name] && c.Arguments != "STACK" {
			t.Errorf("%s takes %q", c.Name, c.Arguments)
		}
		if strings.Join(got, " ") != want[c.Name] {
			t.Errorf("%s: %q, want %q", c.Name, got, want[c.Name])
		}
	}
}
