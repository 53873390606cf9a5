package accessmodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// mutant is one way to break the access model.
type mutant struct {
	name   string
	change func(stacks inventory.Stacks) error
}

// TestMutants breaks the synthesised policies, trusts, boundaries and
// attachments one at a time, and wants the table to notice each.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it examines the access model once for each mutant")
	}
	x, err := newExaminer(config.Fixture())
	if err != nil {
		t.Fatal(err)
	}
	stacks := stacksOfTheFixture.Only(inventory.Types()...)
	right, err := x.scene(stacks)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(systematicMutants(right.deployed), trustMutants(t, right.deployed), peopleTrustMutants(t, right.deployed), attachmentMutants(), resourceMutants(right.deployed))
	examinations := make([]examination, len(all))
	for i, m := range all {
		broken := stacks.Only()
		if err := m.change(broken); err != nil {
			t.Fatalf("%s: %v", m.name, err)
		}
		at, err := x.scene(broken)
		if err == nil {
			examinations[i], err = x.examine(at, &right)
		}
		if err != nil {
			// What cannot even be read is noticed.
			examinations[i] = examination{findings: []string{err.Error()}}
		}
	}
	known, err := x.examine(right, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := x.check(known)
	if err != nil {
		t.Fatal(err)
	}
	noticed := x.noticed(t, examinations, before[0], func(i int) bool { _, harmless := harmlessMutants[all[i].name]; return harmless })
	caught, seen := 0, map[string]bool{}
	for i, m := range all {
		reason, harmless := harmlessMutants[m.name]
		switch {
		case noticed[i] && harmless:
			t.Errorf("noticed, but listed as harmless: %s (%s)", m.name, reason)
		case !noticed[i] && !harmless:
			t.Errorf("not noticed: %s", m.name)
		case noticed[i]:
			caught++
		}
		seen[m.name] = true
	}
	for name := range harmlessMutants {
		if !seen[name] {
			t.Errorf("no such mutant: %s", name)
		}
	}
	t.Logf("%d mutants, %d noticed, %d change nothing", len(all), caught, len(all)-caught)
}

// harmlessMutants change what is written and not what can be done, each for
// its reason.
var harmlessMutants = map[string]string{
	"paperwurks-workload-boundary-prod: WhatWorkloadsNeed for every action":                  "NothingElse denies all others",
	"paperwurks-workload-boundary-staging-scheduler: WhatTheSchedulerNeeds for every action": "NothingElse denies all others",
	"paperwurks-chat-boundary: PostAlarms for every action":                                  "NothingElse denies all others",
	"paperwurks-workload-boundary-dev-off-hours: WhatOffHoursNeed for every action":          "NothingElse denies all others",
	"paperwurks-workload-boundary-dev-off-hours: NothingElse dropped":                        "WhatOffHoursNeed allows no other, and NothingOfAnother denies all but a database and alarms, which have no policy of their own",
	"paperwurks-infra-role-compute: BuildSchedulesOfOffHours for every action":               "EventBridge Scheduler knows no other action on a schedule",
	"paperwurks-deploy-role-staging-jobs: ScheduleItsJobs for every action":                  "EventBridge Scheduler knows no other action on a schedule",
	"paperwurks-infra-role-compute: BuildGroupsOfSchedules for every action":                 "EventBridge Scheduler knows no other action on a group",
	"paperwurks-infra-role-data: NameKeys for every action":                                  "KMS knows no other action on an alias",
	"paperwurks-infra-role-identity: BuildWorkloadPolicies for every action":                 "IAM knows no other action that writes a policy",
	"paperwurks-prod-web-task/permissions: SignInToTheDatabase for every action":             "rds-db knows one action",
	"paperwurks-prod-migrate-task/permissions: SignInToTheDatabase for every action":         "rds-db knows one action",

	"paperwurks-people-boundary: NoValueOfASecret dropped": "WhatPeopleNeed does not have it; this is for a secret whose policy names a session",

	// The subject and the claims say the same twice. AWS takes no trust
	// without a subject; the claims hold should a subject ever be loosened.
	"trust infra-role: EnvironmentsOnBranch without environment":                    "the subject names it",
	"trust deploy-role-dev: EnvironmentsOnBranch without environment":               "the subject names it",
	"trust deploy-role-prod: EnvironmentsOnBranch without environment":              "the subject names it",
	"trust infra-diff-role: Branch without ref":                                     "the subject names it",
	"trust infra-report-role: Branch without ref":                                   "the subject names it",
	"trust infra-role: EnvironmentsOnBranch without sub":                            "the claims pin the same",
	"trust deploy-role-dev: EnvironmentsOnBranch without sub":                       "the claims pin the same",
	"trust deploy-role-prod: EnvironmentsOnBranch without sub":                      "the claims pin the same",
	"trust infra-role: EnvironmentsOnBranch for every subject of a like name":       "the claims pin the same",
	"trust deploy-role-dev: EnvironmentsOnBranch for every subject of a like name":  "the claims pin the same",
	"trust deploy-role-prod: EnvironmentsOnBranch for every subject of a like name": "the claims pin the same",
}

// noticed says of each examination whether anything in it is not as in the
// table. It asks a few questions of all first, and more of those that came
// through; of those that are known to come through, only the few.
func (x *examiner) noticed(t *testing.T, examinations []examination, before []string, comesThrough func(int) bool) []bool {
	t.Helper()
	out := make([]bool, len(examinations))
	// What was wrong before says nothing of a mutant.
	old := map[string]bool{}
	for _, finding := range before {
		old[finding] = true
	}
	isNew := func(finding string) bool { return !old[finding] }
	for _, stride := range []int{40, 12, 4, 1} {
		var some []examination
		var of []int
		for i, e := range examinations {
			if slices.ContainsFunc(e.findings, isNew) {
				out[i] = true
			}
			if out[i] || comesThrough(i) && stride < 10 {
				continue
			}
			part := examination{}
			for j := 0; j < len(e.asked); j += stride {
				part.asked = append(part.asked, e.asked[j])
			}
			some, of = append(some, part), append(of, i)
		}
		findings, err := x.check(some...)
		if err != nil {
			t.Fatal(err)
		}
		for k, i := range of {
			out[i] = slices.ContainsFunc(findings[k], isNew)
		}
	}
	return out
}

// editDocument changes the statements of a document by its name in
// inventory.Platform.
func editDocument(stacks inventory.Stacks, name string, change func(statements []policy.Statement) policy.Document) error {
	p, err := inventory.Load(stacks)
	if err != nil {
		return err
	}
	source, ok := p.Sources[name]
	if !ok {
		return fmt.Errorf("the stacks have no document %q; there are %q", name, slices.Sorted(maps.Keys(p.Sources)))
	}
	d, err := policy.Parse([]byte(source.Resource.Text(source.Attribute)))
	if err != nil {
		return err
	}
	text, err := change(d.Statements).JSON()
	if err != nil {
		return err
	}
	source.Resource.Attributes[source.Attribute] = text
	return nil
}

// editStatement changes one statement of a document.
func editStatement(stacks inventory.Stacks, document, sid string, change func(s *policy.Statement)) error {
	found := false
	err := editDocument(stacks, document, func(statements []policy.Statement) policy.Document {
		for i := range statements {
			if statements[i].Sid == sid {
				found = true
				change(&statements[i])
			}
		}
		return policy.Document{Statements: statements}
	})
	if err == nil && !found {
		err = fmt.Errorf("document %q has no statement %q", document, sid)
	}
	return err
}

// dropStatement removes one statement of a document.
func dropStatement(stacks inventory.Stacks, document, sid string) error {
	return editDocument(stacks, document, func(statements []policy.Statement) policy.Document { return without(statements, sid) })
}

// without leaves out a statement; the last one becomes one that says nothing.
func without(statements []policy.Statement, sid string) policy.Document {
	left := slices.DeleteFunc(slices.Clone(statements), func(s policy.Statement) bool { return s.Sid == sid })
	if len(left) == 0 {
		s := statements[0]
		s.Sid, s.Actions, s.NotActions = "Nothing", []string{"none:None"}, nil
		left = append(left, s)
	}
	return policy.Document{Statements: left}
}

// mutated are the documents that are broken systematically: those of the
// pipeline's roles, of prod's deploy role and of prod's workloads. The others
// are made by the same code.
func mutated(p *inventory.Platform) []string {
	names := []string{"paperwurks-ci-boundary", "paperwurks-workload-boundary-prod", "paperwurks-workload-boundary-staging-scheduler", "paperwurks-workload-boundary-dev-off-hours", "paperwurks-chat-boundary", "paperwurks-deploy-role-staging-jobs", "paperwurks-people-boundary", "paperwurks-read-only"}
	for _, role := range []string{"infra-role", "infra-diff-role", "infra-report-role", "deploy-role-prod", "paperwurks-on-call"} {
		names = append(names, p.Roles[role].Managed...)
	}
	names = append(names, "paperwurks-break-glass")
	for _, role := range []string{"paperwurks-prod-web-task", "paperwurks-prod-web-execution", "paperwurks-prod-migrate-task", "paperwurks-prod-migrate-execution", "paperwurks-prod-roles-execution", "paperwurks-staging-scheduler", "paperwurks-dev-off-hours", "paperwurks-account-chat"} {
		names = append(names, p.Roles[role].Inline...)
	}
	return names
}

// systematicMutants drops every statement of those documents, and widens every
// one: without its conditions, on every resource, for every action of its
// services.
func systematicMutants(p *inventory.Platform) []mutant {
	var out []mutant
	for _, document := range mutated(p) {
		for _, s := range p.Documents[document].Statements() {
			at := document + ": " + s.Sid
			edit := func(how string, change func(s *policy.Statement)) {
				out = append(out, mutant{at + " " + how, func(stacks inventory.Stacks) error {
					return editStatement(stacks, document, s.Sid, change)
				}})
			}
			out = append(out, mutant{at + " dropped", func(stacks inventory.Stacks) error { return dropStatement(stacks, document, s.Sid) }})
			if s.Effect != policy.Allow {
				continue
			}
			for i, c := range s.Conditions {
				edit("without "+string(c.Operator)+" "+c.Key, func(s *policy.Statement) { s.Conditions = slices.Delete(s.Conditions, i, i+1) })
			}
			if !slices.ContainsFunc(s.Resources, allOfAKind) {
				edit("on every resource", func(s *policy.Statement) { s.Resources = []string{"*"} })
			}
			if len(s.Conditions) == 0 { // which hardly another action has
				edit("for every action", func(s *policy.Statement) { s.Actions = servicesOf(s.Actions) })
			}
		}
	}
	return out
}

// allOfAKind says whether a resource is every one of its kind, so that only
// another region or account would be wider.
func allOfAKind(resource string) bool {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 {
		return true
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	return kind == "*" || name == "*"
}

// servicesOf turns actions into all actions of their services.
func servicesOf(actions []string) []string {
	var out []string
	for _, a := range actions {
		service, _, _ := strings.Cut(a, ":")
		if !slices.Contains(out, service+":*") {
			out = append(out, service+":*")
		}
	}
	return out
}
