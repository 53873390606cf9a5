package changes

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

func stack(t *testing.T, content string) synthesised.Stack {
	t.Helper()
	s := synthesised.Stack{Name: "dev"}
	if err := json.Unmarshal([]byte(content), &s.Content); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(content), &s); err != nil {
		t.Fatal(err)
	}
	s.Name = "dev"
	return s
}

func TestTouch(t *testing.T) {
	const base = `{"provider": {"aws": [{"region": "a"}]}, "resource": {
		"aws_vpc": {"v": {"cidr": "1"}},
		"aws_subnet": {"s": {"vpc": "${aws_vpc.v.id}"}},
		"aws_instance": {"i": {"subnet": "${aws_subnet.s.id}"}, "alone": {"name": "x"}}}}`
	for _, test := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"what nothing refers to", `"x"`, `"y"`, "dev aws_instance.alone"},
		{"what refers to it, through another too", `"1"`, `"2"`, "dev aws_instance.i, dev aws_subnet.s, dev aws_vpc.v"},
		{"one that is new", `"alone": {`, `"more": {}, "alone": {`, "dev aws_instance.more"},
		{"one that is gone", `, "alone": {"name": "x"}`, "", "dev aws_instance.alone"},
		{"the provider: all that is there", `"a"`, `"b"`, "dev aws_instance.alone, dev aws_instance.i, dev aws_subnet.s, dev aws_vpc.v"},
	} {
		c := NewCandidate(Row{})
		c.Touch(stack(t, base), stack(t, strings.Replace(base, test.from, test.to, 1)))
		if got := strings.Join(slices.Sorted(maps.Keys(c.Touched)), ", "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func candidate(name string, touched ...string) *Candidate {
	c := NewCandidate(Row{Field: name})
	for _, address := range touched {
		c.Touched[address] = true
	}
	return c
}

// Each batch has candidates that touch nothing in common, the first that it fits.
func TestBatches(t *testing.T) {
	var got []string
	for _, batch := range Batches([]*Candidate{candidate("a", "1", "2"), candidate("b", "2"), candidate("c", "3"), candidate("d", "2"), candidate("e", "2", "4"), candidate("f", "4")}) {
		var names []string
		for _, c := range batch {
			names = append(names, c.Row.Field)
		}
		got = append(got, strings.Join(names, " "))
	}
	if want := "a c f | b | d | e"; strings.Join(got, " | ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func plan(t *testing.T, changes ...string) *review.Plan {
	t.Helper()
	var list []string
	for _, change := range changes {
		f := strings.Fields(change)
		kind, _, _ := strings.Cut(f[0], ".")
		list = append(list, fmt.Sprintf(`{"address": %q, "type": %q, "mode": "managed", "change": {"actions": ["%s"]}}`, f[0], kind, strings.ReplaceAll(f[1], "+", `","`)))
	}
	var p review.Plan
	if err := json.Unmarshal([]byte(`{"resource_changes": [`+strings.Join(list, ",")+`]}`), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

func TestShare(t *testing.T) {
	const replace, definition = "delete+create", "aws_ecs_task_definition.t delete+create"
	for _, test := range []struct {
		name    string
		changes []string
		lacks   string
		pending string
		want    Result
	}{
		{"nothing", []string{"aws_vpc.v no-op"}, "", "", Result{Outcome: Nothing}},
		{"in place", []string{"aws_vpc.v update", "aws_vpc.w create", "aws_vpc.x update"}, "", "", Result{Outcome: InPlace, Stacks: map[string]string{"dev": "2 to change, 1 to create"}}},
		{"a definition", []string{definition}, "", "", Result{Outcome: NextDeployment}},
		{"a definition with what goes with it", []string{definition, "aws_ssm_parameter.p update"}, "", "", Result{Outcome: NextDeployment, Stacks: map[string]string{"dev": "1 to change"}}},
		{"a definition and more", []string{definition, "aws_vpc.v update"}, "", "", Result{Outcome: InPlace, Stacks: map[string]string{"dev": "1 to change"}}},
		{"a definition that goes", []string{"aws_ecs_task_definition.t delete"}, "", "", Result{Outcome: InPlace, Stacks: map[string]string{"dev": "1 to destroy"}}},
		{"replaced", []string{"aws_vpc.v " + replace, "aws_vpc.w " + replace, "aws_subnet.s " + replace, definition}, "", "", Result{Outcome: Replaced, Replaced: []string{"aws_subnet", "aws_vpc"}, Stacks: map[string]string{"dev": "3 to replace"}}},
		{"an administrator's", []string{"aws_vpc.v update"}, "aws_vpc.v", "", Result{Outcome: InPlace, Administrator: true, Stacks: map[string]string{"dev": "1 to change"}}},
		{"a lack elsewhere", []string{"aws_vpc.v update"}, "aws_vpc.other", "", Result{Outcome: InPlace, Stacks: map[string]string{"dev": "1 to change"}}},
		{"to change anyway", []string{"aws_vpc.v update"}, "aws_vpc.v", "aws_vpc.v", Result{Outcome: Nothing}},
		{"to change anyway, and now to be replaced", []string{"aws_vpc.v " + replace}, "", "aws_vpc.v", Result{Outcome: Replaced, Replaced: []string{"aws_vpc"}, Stacks: map[string]string{"dev": "1 to replace"}}},
	} {
		c := candidate("a")
		for _, change := range test.changes {
			c.Touched["dev "+strings.Fields(change)[0]] = true
		}
		var lacks []review.Lack
		if test.lacks != "" {
			lacks = []review.Lack{{Address: test.lacks}}
		}
		pending := map[string]review.Action{"dev " + test.pending: review.Update}
		err := Share([]*Candidate{candidate("another", "staging aws_vpc.v"), c}, "dev", plan(t, test.changes...), lacks, pending)
		c.Conclude()
		test.want.Field = "a"
		if test.want.Stacks == nil {
			test.want.Stacks = map[string]string{}
		}
		if err != nil || !reflect.DeepEqual(c.Result, test.want) {
			t.Errorf("%s: %+v (%v), want %+v", test.name, c.Result, err, test.want)
		}
	}
	if err := Share([]*Candidate{candidate("a", "staging aws_vpc.v")}, "dev", plan(t, "aws_vpc.v update"), nil, nil); err == nil || err.Error() != "dev: aws_vpc.v is to change, and no row touches it" {
		t.Errorf("a change that no row touches: %v", err)
	}
	for _, kind := range aside {
		c := candidate("a", "dev aws_ecs_task_definition.t", "dev "+kind+".x")
		if err := Share([]*Candidate{c}, "dev", plan(t, definition, kind+".x update"), nil, nil); err != nil {
			t.Error(err)
		}
		if c.Conclude(); c.Result.Outcome != NextDeployment {
			t.Errorf("%s: %q", kind, c.Result.Outcome)
		}
	}
}

func TestRefused(t *testing.T) {
	c := NewCandidate(Row{Field: "a", Change: "b"})
	c.Refused(RefusedByPlan, "no")
	if want := (Result{Field: "a", Change: "b", Outcome: RefusedByPlan, Refusal: "no"}); !reflect.DeepEqual(c.Result, want) {
		t.Errorf("%+v", c.Result)
	}
}

func TestCounts(t *testing.T) {
	if got := Counts(nil); got != "no plan" {
		t.Error(got)
	}
	if got := Counts(plan(t, "aws_vpc.v no-op")); got != "no change" {
		t.Error(got)
	}
	if got, want := Counts(plan(t, "aws_vpc.v delete+create", "aws_vpc.w create+delete", "aws_subnet.s delete", "aws_subnet.t create")), "1 to destroy, 2 to replace, 1 to create, replaced: aws_vpc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDiffer(t *testing.T) {
	kept := Results{Rows: []Result{{Field: "a", Change: "b", Outcome: InPlace}, {Field: "a", Change: "c", Outcome: InPlace}}}
	added, err := Results{Rows: []Result{{Field: "a", Change: "b", Outcome: InPlace}, {Field: "d", Change: "b"}}}.Differ(kept)
	if err != nil || len(added) != 1 || added[0].Field != "d" {
		t.Errorf("%v, %v", added, err)
	}
	_, err = Results{Rows: []Result{{Field: "a", Change: "b", Outcome: Nothing}, {Field: "a", Change: "c", Outcome: Replaced}}}.Differ(kept)
	for _, want := range []string{"run make changes", `a, b: it came to {Field:a Change:b Outcome:nothing in AWS`, "a, c: it came to "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: no %q", err, want)
		}
	}
}

// A clone shares nothing with the settings that it is of.
func TestClone(t *testing.T) {
	s := Base()
	c := Clone(s)
	if !reflect.DeepEqual(c, s) {
		t.Error("a clone differs")
	}
	c.Environments[1].Services[0].Route.Port++
	c.AvailabilityZones[0] = "another"
	if reflect.DeepEqual(c.Environments[1].Services[0].Route, s.Environments[1].Services[0].Route) || s.AvailabilityZones[0] == "another" {
		t.Error("a clone's change is the settings' too")
	}
}

// The trials follow each other: what is applied is accepted by the settings' own
// rules, and each changes something. What is refused says with which words.
func TestTrials(t *testing.T) {
	settings, seen := FewZones(), map[string]bool{}
	if err := access.Validate(settings); err != nil {
		t.Fatal(err)
	}
	for _, trial := range Trials() {
		if seen[trial.Name] || len(trial.Stacks) == 0 {
			t.Errorf("%s: twice, or of the stacks %q", trial.Name, trial.Stacks)
		}
		seen[trial.Name] = true
		tried := Clone(settings)
		trial.Change(&tried)
		if reflect.DeepEqual(tried, settings) {
			t.Errorf("%s: changes nothing", trial.Name)
		}
		if err := access.Validate(tried); err != nil && trial.Refused == "" {
			t.Errorf("%s: %v", trial.Name, err)
		}
		for _, name := range trial.Stacks {
			if name != config.SharedStack && !slices.ContainsFunc(settings.Environments, func(e config.Environment) bool { return e.Name == name }) &&
				!slices.ContainsFunc(tried.Environments, func(e config.Environment) bool { return e.Name == name }) {
				t.Errorf("%s: there is no stack %q", trial.Name, name)
			}
		}
		if trial.Refused == "" {
			settings = tried
		}
	}
	// They end with what they began with, but for what stays changed.
	if len(settings.Environments) != len(Base().Environments) || len(settings.AvailabilityZones) != len(Base().AvailabilityZones) {
		t.Errorf("they leave %d environments in %q", len(settings.Environments), settings.AvailabilityZones)
	}
	results, err := Kept()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range results.Steps {
		if !seen[step.Change] {
			t.Errorf("results.json has %q, and no trial has", step.Change)
		}
	}
}
