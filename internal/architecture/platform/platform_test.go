package platform

import (
	"reflect"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/synthesised"

	"github.com/paperwurks/infra/access/policy"
)

// two are a shared stack and one environment's, with the resources given.
func two(shared, env map[string]map[string]map[string]any, outputs map[string]map[string]any) *Stacks {
	return &Stacks{
		all: synthesised.Stacks{
			{Name: Shared, Resource: shared, Output: outputs},
			{Name: "dev", Resource: env},
		},
		environments: []string{"dev"},
	}
}

type resources = map[string]map[string]map[string]any

func TestTrust(t *testing.T) {
	got, err := trusts(`{"Statement": [
		{"Effect": "Allow", "Principal": {"Federated": "…"}, "Condition": {"StringEquals": {
			"token.actions.githubusercontent.com:environment": ["dev", "prod"],
			"token.actions.githubusercontent.com:ref": "refs/heads/main",
			"token.actions.githubusercontent.com:sub": ["repo:paperwurks@1/infra@2:environment:dev", "repo:paperwurks/infra:environment:dev"]}}},
		{"Effect": "Allow", "Principal": {"Federated": "…"}, "Condition": {"StringEquals": {
			"token.actions.githubusercontent.com:sub": ["repo:paperwurks/infra:pull_request"]}}},
		{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Trust{
		{Repository: "paperwurks/infra", Branch: "main", Environments: []string{"dev", "prod"}},
		{Repository: "paperwurks/infra", PullRequest: true},
		{Service: "ecs-tasks.amazonaws.com"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := trusts("{"); err == nil {
		t.Error("a broken policy is read")
	}
}

func TestAllows(t *testing.T) {
	role := Role{Policies: []Policy{
		{Statements: []policy.Statement{{Effect: policy.Allow, Actions: []string{"ssm:GetParameter*"}, Resources: []string{"arn:aws:ssm:eu-central-1:1:parameter/p/dev/*"}}}},
		{Statements: []policy.Statement{{Effect: policy.Deny, Actions: []string{"*"}, Resources: []string{"*"}}}},
	}}
	for _, test := range []struct {
		action, resource string
		want             bool
	}{
		{"ssm:GetParameter", "arn:aws:ssm:eu-central-1:1:parameter/p/dev/a/b", true},
		{"ssm:GetParametersByPath", "arn:aws:ssm:eu-central-1:1:parameter/p/dev/a", true},
		{"ssm:PutParameter", "arn:aws:ssm:eu-central-1:1:parameter/p/dev/a", false},
		{"ssm:GetParameter", "arn:aws:ssm:eu-central-1:1:parameter/p/prod/a", false},
	} {
		if got := role.Allows(test.action, test.resource); got != test.want {
			t.Errorf("%s on %s: %v, want %v", test.action, test.resource, got, test.want)
		}
	}
	if role.Policies[0].OnlyDenies() || !role.Policies[1].OnlyDenies() {
		t.Error("the policies are taken for each other")
	}
}

// TestTasks shares tasks as ECS does: the base on demand, the rest by weight.
func TestTasks(t *testing.T) {
	for _, test := range []struct {
		base, onDemandWeight, spotWeight, tasks, onDemand, spot float64
	}{
		{3, 100, 0, 3, 3, 0},
		{0, 0, 100, 2, 0, 2},
		{2, 50, 50, 4, 3, 1},
		{1, 50, 50, 2, 1.5, 0.5},
		{5, 50, 50, 2, 2, 0},
	} {
		w := Workload{OnDemandBase: test.base, OnDemandWeight: test.onDemandWeight, SpotWeight: test.spotWeight}
		if onDemand, spot := w.OnDemandTasks(test.tasks); onDemand != test.onDemand || spot != test.spot {
			t.Errorf("%+v: %v on demand and %v on Spot", test, onDemand, spot)
		}
	}
}

func TestOwner(t *testing.T) {
	at := func(path string) map[string]any {
		return map[string]any{"//": map[string]any{"metadata": map[string]any{"path": path}}}
	}
	s := two(resources{"aws_kms_key": {"state": at("shared/setup/state/key"), "data": at("shared/setup/dev/data-key")}}, resources{"aws_kms_key": {"edge": at("dev/environment/edge-logs-key")}}, nil)
	var got []string
	for _, r := range s.In("dev", "aws_kms_key") {
		got = append(got, r.Name)
	}
	if strings.Join(got, " ") != "data edge" {
		t.Errorf("dev has keys %q, want data and edge", got)
	}
}
