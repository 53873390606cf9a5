package compliance

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestControlsAreWhole: the benchmark's 63 recommendations, in its order, and the
// 40 controls of Security Hub's standard, as its user guide lists them ("CIS AWS
// Foundations Benchmark", version 5.0.0).
func TestControlsAreWhole(t *testing.T) {
	var want []string
	for _, section := range []struct {
		prefix      string
		first, last int
	}{{"1.", 1, 21}, {"2.1.", 1, 4}, {"2.2.", 1, 4}, {"2.3.", 1, 1}, {"3.", 1, 9}, {"4.", 1, 16}, {"5.1.", 1, 2}, {"5.", 2, 7}} {
		for n := section.first; n <= section.last; n++ {
			want = append(want, section.prefix+fmt.Sprint(n))
		}
	}
	var got []string
	checked := map[string]string{}
	for _, c := range Controls() {
		got = append(got, c.ID)
		if c.Title == "" || c.Level != 1 && c.Level != 2 {
			t.Errorf("%s lacks its title or level", c.ID)
		}
		for _, hub := range c.SecurityHub {
			if checked[hub] != "" {
				t.Errorf("%s checks %s and %s", hub, checked[hub], c.ID)
			}
			checked[hub] = c.ID
		}
	}
	if len(want) != 63 || !slices.Equal(got, want) {
		t.Errorf("got %d recommendations, want %d\n%q\n%q", len(got), len(want), got, want)
	}
	hub := strings.Fields(`Account.1 CloudTrail.1 CloudTrail.2 CloudTrail.4 CloudTrail.7 Config.1 EC2.2 EC2.21 EC2.53 EC2.54 EC2.6 EC2.7 EC2.8 EFS.1 EFS.8
		IAM.15 IAM.16 IAM.18 IAM.2 IAM.22 IAM.26 IAM.27 IAM.28 IAM.3 IAM.4 IAM.5 IAM.6 IAM.9 KMS.4 RDS.13 RDS.15 RDS.2 RDS.3 RDS.5 S3.1 S3.20 S3.22 S3.23 S3.5 S3.8`)
	if got := slices.Sorted(maps.Keys(checked)); !slices.Equal(got, hub) {
		t.Errorf("Security Hub checks by\n%q, want\n%q", got, hub)
	}
}

// wrongControl is what is wrong with what a control says.
func wrongControl(c Control, operations string) []string {
	var faults []string
	if c.ensuredBy() == "" {
		faults = append(faults, "nothing ensures it")
	}
	for _, rule := range c.Rules {
		if !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.ID == rule }) {
			faults = append(faults, "there is no rule "+rule)
		}
	}
	for _, kind := range c.Without {
		p := &Platform{Facts: facts(), Stacks: []Stack{{Name: "dev", Resources: []*Resource{{Stack: "dev", Type: kind, Name: "it", Path: "dev/it", Attributes: map[string]any{}}}}}}
		if !slices.ContainsFunc(Evaluate(p), func(v Violation) bool { return v.Rule.ID == unknownKind.ID }) {
			faults = append(faults, "a stack may hold "+kind)
		}
	}
	if c.Runbook != "" {
		_, section, ok := strings.Cut(operations, "\n### "+c.Runbook+"\n")
		section, _, _ = strings.Cut(section, "\n##")
		if !ok {
			faults = append(faults, fmt.Sprintf("docs/operations.md has no section %q", c.Runbook))
		} else if !regexp.MustCompile(`[ (]` + regexp.QuoteMeta(c.ID) + `[,:;) ]`).MatchString(section) {
			faults = append(faults, fmt.Sprintf("%q does not name it", c.Runbook))
		}
	}
	return faults
}

// TestControlsNameWhatIsThere: rules, runbooks, and that no stack can hold what
// it is said not to.
func TestControlsNameWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	operations := string(text)
	for _, c := range Controls() {
		for _, fault := range wrongControl(c, operations) {
			t.Errorf("%s: %s", c.ID, fault)
		}
	}
	for want, wrong := range map[string]Control{
		"nothing ensures it":   {ID: "1.1"},
		"no rule PW-NET-99":    {ID: "5.3", Rules: []string{"PW-NET-99"}},
		"may hold aws_vpc":     {ID: "5.6", Without: []string{"aws_vpc"}},
		`no section "Nothing"`: {ID: "1.1", Runbook: "Nothing"},
		"does not name it":     {ID: "4.16", Runbook: rootRunbook},
	} {
		if faults := strings.Join(wrongControl(wrong, operations), "\n"); !strings.Contains(faults, want) {
			t.Errorf("want %q, got %q", want, faults)
		}
	}
}
