package accessmodel

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/runbook"
)

// runbooks are the documents whose commands a person runs.
var runbooks = []string{"docs/operations.md", "docs/pipelines.md", "docs/worst-day.md"}

// command finds what asks AWS for something: an operation of the AWS CLI, a
// script of the backend's, a make target that reads or changes AWS, Terraform, cdktf,
// and the pages of the console that show what most roles may not see.
var command = regexp.MustCompile(`\baws [a-z0-9-]+ [a-z][a-z0-9-]+|\bpipelines/backend/[a-z-]+\.sh|\bmake (?:preflight|bootstrap|diff|drift|recover|orphans|plan|apply|maintenance|switch-off|switch-on)\b|\bterraform (?:apply|destroy|import|plan|state rm)\b|\bnpx cdktf deploy\b|\bCloudWatch → Database Insights|\bWAF → Sampled requests`)

// asksNothing are the commands that need no row.
var asksNothing = map[string]string{
	"aws sts get-caller-identity": "AWS lets everybody know who they are",
	"aws rds wait":                "asks what aws rds describe-db-instances does",
	"make plan":                   "asks what make diff does",
	"terraform plan":              "asks what make diff does",
	"terraform apply":             "of a refresh asks what make drift does and writes the state; of an import what npx cdktf deploy does",
	"pipelines/backend/ask.sh":    "asks the product's public URL, and AWS nothing",
	"make apply":                  "what it changes is infra-role's, in a workflow",
}

// TestRunbookCommands: each command of the runbooks is in the administrator's
// table, and the table names no other.
func TestRunbookCommands(t *testing.T) {
	root, err := process.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	var inBooks []string
	for _, file := range runbooks {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range command.FindAllString(string(text), -1) {
			if strings.HasPrefix(found, "aws rds wait") {
				found = "aws rds wait"
			}
			inBooks = append(inBooks, found)
		}
	}
	var inTable []string
	for _, area := range (capability.Environments{"dev", "staging", "prod"}).Administration() {
		for _, row := range area.Rows {
			if row.For != "" {
				inTable = append(inTable, row.For)
			}
		}
	}
	// cdktf deploy is what the pipeline's apply runs; its rows stand for a
	// deployment by hand, which no book recommends.
	asked := map[string]bool{"npx cdktf deploy": true}
	for _, c := range inBooks {
		asked[c] = true
		if !slices.Contains(inTable, c) && asksNothing[c] == "" {
			t.Errorf("%q: no row of capability.Administration is for it", c)
		}
	}
	for _, c := range inTable {
		if !asked[c] {
			t.Errorf("%q: no runbook runs it", c)
		}
	}
	for c := range asksNothing {
		if !asked[c] {
			t.Errorf("%q: no runbook runs it, so it needs no reason", c)
		}
	}
	if len(inBooks) < 20 {
		t.Errorf("only %d commands found", len(inBooks))
	}
}

// asksAs are the commands that ask what others do.
var asksAs = map[string][]string{
	"aws rds wait":    {"aws rds describe-db-instances"},
	"make plan":       {"make diff"},
	"make apply":      {"make diff", "npx cdktf deploy"},
	"terraform plan":  {"make diff"},
	"terraform apply": {"make drift", "npx cdktf deploy"},
}

// onLocalAWS are commands that ask nothing of AWS, and those that somebody else ran.
var onLocalAWS = regexp.MustCompile("\\bmake [a-z-]+(?: [A-Z]+=\\S+)* ON=local|was it `make bootstrap`")

// moreThanRows are the parts whose role may do more than the rows of their commands ask
// for, each for its reason.
var moreThanRows = map[string]string{
	"Alarms of the account": "a role for people is an administrator's to change, that of break-glass above all",
	"A lost database":       "the restored one has the original's own name, whose settings break-glass may not change",
}

// TestRunbookRoles: each runbook that asks AWS for something says for which role, that
// role may do all of it, and none that may do less.
func TestRunbookRoles(t *testing.T) {
	root, err := process.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	r := newRunbookRoles(t)
	for _, file := range runbooks {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range r.faults(t, file, string(text)) {
			t.Error(fault)
		}
	}
	for section, why := range moreThanRows {
		if !r.more[section] {
			t.Errorf("%s: no role that may do less suffices, so it needs no reason: %s", section, why)
		}
	}
	t.Logf("parts by role: %v", r.seen)
	for _, role := range r.roles {
		if r.seen[role] < 3 {
			t.Errorf("%s: %d parts: too few to prove anything", role, r.seen[role])
		}
	}

	// What is broken is noticed.
	text, err := os.ReadFile(filepath.Join(root, runbooks[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ section, role, want string }{
		{"Prod does not answer", "read-only", "may not do what"},
		{"Prod does not answer", "administrator", "on-call suffices"},
		{"Rotate a secret", "on-call", "may not do what"},
		{"Rotate a secret", "administrator", "break-glass suffices"},
		{"Stuck lock", "break-glass", "may not do what"},
		{"Costs", "on-call", "may not do what"},
		{"Why no task starts", "administrator", "read-only suffices"},
		{"Costs", "nobody", "is none"},
		{"Costs", "", "says for no role"},
	} {
		before, after, ok := strings.Cut(string(text), "# "+test.section+"\n")
		at := regexp.MustCompile(`\*Role: [a-z-]+\.\*`).FindStringIndex(after)
		if !ok || at == nil {
			t.Fatalf("no section %q that says its role", test.section)
		}
		said := "*Role: " + test.role + ".*"
		if test.role == "" {
			said = ""
		}
		broken := before + "# " + test.section + "\n" + after[:at[0]] + said + after[at[1]:]
		if faults := strings.Join(r.faults(t, runbooks[0], broken), "\n"); !strings.Contains(faults, test.want) {
			t.Errorf("%q for %q: want %q, got %q", test.section, test.role, test.want, faults)
		}
	}
}

// runbookRoles asks what roles may do of commands.
type runbookRoles struct {
	platform *inventory.Platform
	// roles, the one that may do least first.
	roles []string
	needs map[string][]capability.Row
	// may says of a role and a command what it may not do of it; "" for nothing.
	may  map[[2]string]string
	seen map[string]int
	// more are the sections that a role would suffice for that may do less.
	more map[string]bool
}

func newRunbookRoles(t *testing.T) *runbookRoles {
	t.Helper()
	r := &runbookRoles{
		platform: load(t, stacksOfTheFixture), roles: []string{config.ReadOnlyRole, config.OnCallRole, config.BreakGlassRole, inventory.Administrator},
		needs: map[string][]capability.Row{}, may: map[[2]string]string{}, seen: map[string]int{}, more: map[string]bool{},
	}
	if err := r.platform.AddAdministrator(); err != nil {
		t.Fatal(err)
	}
	environments := environmentsOf(config.Fixture())
	for _, area := range slices.Concat(environments.Administration(), environments.People(switchableOf(config.Fixture()))) {
		for _, row := range area.Rows {
			if row.For != "" {
				r.needs[row.For] = append(r.needs[row.For], row)
			}
		}
	}
	return r
}

// faults are those of a document.
func (r *runbookRoles) faults(t *testing.T, file, text string) []string {
	t.Helper()
	var out []string
	for _, part := range runbook.Parts(text) {
		commands := r.commands(file, part)
		where := fmt.Sprintf("%s:%d, %q", file, part.Line, part.Section)
		if len(commands) == 0 {
			continue
		}
		at := slices.Index(r.roles, part.Role)
		switch {
		case part.Role == "":
			out = append(out, fmt.Sprintf("%s says for no role what asks AWS for something: %q", where, commands))
			continue
		case at < 0:
			out = append(out, fmt.Sprintf("%s: %q is none of %q", where, part.Role, r.roles))
			continue
		}
		r.seen[part.Role]++
		if fault := r.refused(t, part.Role, commands); fault != "" {
			out = append(out, fmt.Sprintf("%s: %s may not do what it says: %s", where, part.Role, fault))
		}
		for _, less := range r.roles[:at] {
			if r.refused(t, less, commands) != "" {
				continue
			}
			if r.more[part.Section] = true; moreThanRows[part.Section] == "" {
				out = append(out, fmt.Sprintf("%s: %s suffices", where, less))
			}
		}
	}
	return out
}

// commands of a part that AWS is asked for something by. Of the pipelines' own page they
// are those of its blocks: its text says what workflows run.
func (r *runbookRoles) commands(file string, part runbook.Part) []string {
	text := onLocalAWS.ReplaceAllString(part.Text, "")
	if file == "docs/pipelines.md" {
		text = ""
		for _, b := range runbook.Read(part.Text) {
			if !b.Inline {
				text += b.Text
			}
		}
	}
	var out []string
	for _, found := range regexp.MustCompile(command.String()+`|\bmake status`).FindAllString(text, -1) {
		if strings.HasPrefix(found, "aws rds wait") {
			found = "aws rds wait"
		}
		if as := asksAs[found]; as != nil {
			out = append(out, as...)
		} else if asksNothing[found] == "" {
			out = append(out, found)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// refused is the first thing that a role may not do of what commands ask for; "" for
// none.
func (r *runbookRoles) refused(t *testing.T, role string, commands []string) string {
	t.Helper()
	name := role
	if role != inventory.Administrator {
		name = config.Fixture().Names().PeopleRole(role)
	}
	for _, c := range commands {
		fault, known := r.may[[2]string{role, c}]
		if !known {
			if len(r.needs[c]) == 0 {
				t.Fatalf("%q: no row says what it asks for", c)
			}
			// What nobody may do as long as something else is not done is no need.
			needed := slices.DeleteFunc(slices.Clone(r.needs[c]), func(row capability.Row) bool { return len(row.May) == 0 })
			verdicts, err := simulate(r.platform, simulator, questions([]capability.Area{{Title: c, Rows: needed}}, []string{name}))
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range verdicts {
				if !v.got() {
					fault = fmt.Sprintf("%q: %s (%s)", c, v.row.Does, v.row.Action)
					break
				}
			}
			r.may[[2]string{role, c}] = fault
		}
		if fault != "" {
			return fault
		}
	}
	return ""
}
