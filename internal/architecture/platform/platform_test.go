package platform

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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

// texts are a shared stack, with dev's network, and dev's own.
var texts = map[string][]byte{
	Shared: []byte(`{"resource": {
	"aws_vpc": {"v": {"//": "shared/setup/dev/network/vpc", "cidr_block": "10.0.0.0/16", "tags": {"Name": "p-dev"}}},
	"aws_subnet": {
		"pub_b": {"//": "shared/setup/dev/network/1", "availability_zone": "b", "cidr_block": "10.0.2.0/24", "tags": {"Name": "p-dev-public-b"}},
		"pub_a": {"//": "shared/setup/dev/network/2", "availability_zone": "a", "cidr_block": "10.0.1.0/24", "tags": {"Name": "p-dev-public-a"}},
		"pri_a": {"//": "shared/setup/dev/network/3", "availability_zone": "a", "cidr_block": "10.0.3.0/24", "tags": {"Name": "p-dev-private-a"}},
		"iso_a": {"//": "shared/setup/dev/network/4", "availability_zone": "a", "cidr_block": "10.0.4.0/24", "tags": {"Name": "p-dev-isolated-a"}}},
	"aws_nat_gateway": {"n": {"//": "shared/setup/dev/network/nat", "subnet_id": "${aws_subnet.pub_a.id}", "tags": {"Name": "nat-a"}}},
	"aws_route_table": {"pub": {"//": "shared/setup/dev/network/r1"}, "pri": {"//": "shared/setup/dev/network/r2"}, "iso": {"//": "shared/setup/dev/network/r3"}},
	"aws_route": {
		"pub": {"//": "shared/setup/dev/network/5", "route_table_id": "${aws_route_table.pub.id}", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.g.id}"},
		"pri": {"//": "shared/setup/dev/network/6", "route_table_id": "${aws_route_table.pri.id}", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.n.id}"},
		"iso": {"//": "shared/setup/dev/network/7", "route_table_id": "${aws_route_table.iso.id}", "destination_cidr_block": "10.9.0.0/16", "nat_gateway_id": "${aws_nat_gateway.n.id}"}},
	"aws_route_table_association": {
		"pub_a": {"//": "shared/setup/dev/network/8", "subnet_id": "${aws_subnet.pub_a.id}", "route_table_id": "${aws_route_table.pub.id}"},
		"pri_a": {"//": "shared/setup/dev/network/9", "subnet_id": "${aws_subnet.pri_a.id}", "route_table_id": "${aws_route_table.pri.id}"},
		"iso_a": {"//": "shared/setup/dev/network/10", "subnet_id": "${aws_subnet.iso_a.id}", "route_table_id": "${aws_route_table.iso.id}"}},
	"aws_vpc_endpoint": {"s3": {"//": "shared/setup/dev/network/11", "service_name": "com.amazonaws.r.s3", "vpc_endpoint_type": "Gateway"},
		"ecr": {"//": "shared/setup/dev/network/12", "service_name": "com.amazonaws.r.ecr.api", "vpc_endpoint_type": "Interface"}},
	"aws_cloudwatch_log_group": {"flow": {"//": "shared/setup/dev/network/13", "name": "/flow"}},
	"aws_flow_log": {"f": {"//": "shared/setup/dev/network/14", "log_destination": "${aws_cloudwatch_log_group.flow.arn}"}}}}`),
	"dev": []byte(`{"resource": {
	"aws_iam_role": {
		"z": {"name": "z", "path": "/w/", "description": "d", "assume_role_policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"ecs-tasks.amazonaws.com\"}}]}"},
		"a": {"name": "a", "assume_role_policy": "{\"Statement\": []}"}},
	"aws_iam_role_policy": {"own": {"name": "own", "role": "${aws_iam_role.z.name}", "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}"}},
	"aws_iam_policy": {"managed": {"name": "managed", "description": "m", "policy": "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}},
	"aws_iam_role_policy_attachment": {"z": {"role": "${aws_iam_role.z.name}", "policy_arn": "${aws_iam_policy.managed.arn}"}},
	"aws_ecs_task_definition": {"web": {"family": "web", "cpu": "512", "memory": "1024", "container_definitions": "[\"${aws_iam_role.a.arn}\"]"},
		"migrate": {"family": "migrate", "cpu": 256, "memory": 512}, "worker": {"family": "worker", "cpu": "256", "memory": "512"}},
	"aws_ecs_service": {
		"a": {"name": "worker", "desired_count": 1, "task_definition": "${aws_ecs_task_definition.worker.arn}"},
		"b": {"name": "web", "desired_count": 2, "task_definition": "${aws_ecs_task_definition.web.arn}", "load_balancer": [{"container_port": 8080}],
			"capacity_provider_strategy": [{"capacity_provider": "FARGATE", "base": 1, "weight": 40}, {"capacity_provider": "FARGATE_SPOT", "weight": 60}]}},
	"aws_appautoscaling_target": {"web": {"resource_id": "service/c/${aws_ecs_service.b.name}", "min_capacity": 2, "max_capacity": 6}}}}`),
}

// changed are the texts with a piece of one of them replaced.
func changed(t *testing.T, stack, from, to string) map[string][]byte {
	t.Helper()
	out := maps.Clone(texts)
	if out[stack] = []byte(strings.Replace(string(out[stack]), from, to, 1)); string(out[stack]) == string(texts[stack]) {
		t.Fatalf("%q is not in %s", from, stack)
	}
	return out
}

func parsed(t *testing.T, of map[string][]byte) *Stacks {
	t.Helper()
	s, err := Parse(of, []string{"dev"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNetwork(t *testing.T) {
	got, err := parsed(t, texts).Network("dev")
	want := Network{"p-dev", "10.0.0.0/16", []string{"a", "b"}, map[string][]Subnet{
		"public":   {{"p-dev-public-a", "a", "10.0.1.0/24", "nat-a", InternetGateway}, {"p-dev-public-b", "b", "10.0.2.0/24", "", ""}},
		"private":  {{"p-dev-private-a", "a", "10.0.3.0/24", "", "nat-a"}},
		"isolated": {{"p-dev-isolated-a", "a", "10.0.4.0/24", "", ""}},
	}, []string{"s3"}, []string{"ecr.api"}, "/flow"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, got, want)
	}
	if nats := got.NATs(); !slices.Equal(nats, []string{"nat-a"}) {
		t.Errorf("%q", nats)
	}
	for want, of := range map[string]map[string][]byte{
		`environment "dev" has 0 VPCs, want one`: changed(t, Shared, "shared/setup/dev/network/vpc", "shared/setup/qa/vpc"),
		`subnet "p-dev-other-a" is of no tier`:   changed(t, Shared, "p-dev-private-a", "p-dev-other-a"),
	} {
		if n, err := parsed(t, of).Network("dev"); err == nil || err.Error() != want || n.Name != "" {
			t.Errorf("%+v, %v; want %q", n, err, want)
		}
	}
}

func TestRoles(t *testing.T) {
	got, err := parsed(t, texts).Roles("dev")
	if err != nil || len(got) != 2 || got[0].Name != "a" || len(got[0].Trust)+len(got[0].Policies) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	z := got[1]
	if z.Name != "z" || z.Path != "/w/" || z.Description != "d" || len(z.Trust) != 1 || z.Trust[0].Service != "ecs-tasks.amazonaws.com" || z.Resource.Address() != "aws_iam_role.z" {
		t.Errorf("%+v", z)
	}
	if len(z.Policies) != 2 || z.Policies[0].Name != "own" || z.Policies[0].Description != "" || !z.Allows("s3:GetObject", "x") || z.Policies[1].Name != "managed" || z.Policies[1].Description != "m" || !z.Policies[1].OnlyDenies() {
		t.Errorf("%+v", z.Policies)
	}
	for want, from := range map[string]string{`role "a": its trust: `: `"{\"Statement\": []}"`, `policy "own" of role "z": `: `"{\"Statement\": [{\"Effect\": \"Allow\", \"Action\"`, `policy "managed" of role "z": `: `"{\"Statement\": [{\"Effect\": \"Deny\"`} {
		if got, err := parsed(t, changed(t, "dev", from, `"{`+from[1:])).Roles("dev"); got != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v, %v; want %q", got, err, want)
		}
	}
}

func TestWorkloads(t *testing.T) {
	s := parsed(t, texts)
	got, err := s.Workloads("dev")
	if err != nil || len(got) != 3 || len(got[0].Uses) != 1 || got[0].Uses[0].Address() != "aws_iam_role.a" {
		t.Fatalf("%+v, %v", got, err)
	}
	got[0].Uses = nil
	want := []Workload{
		{Name: "web", CPU: 512, Memory: 1024, IsService: true, Min: 2, Max: 6, Desired: 2, SpotWeight: 60, OnDemandWeight: 40, OnDemandBase: 1, Port: 8080},
		{Name: "worker", CPU: 256, Memory: 512, IsService: true, Min: 1, Max: 1, Desired: 1},
		{Name: "migrate", CPU: 256, Memory: 512},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got, err := parsed(t, changed(t, "dev", "${aws_ecs_task_definition.web.arn}", "web")).Workloads("dev"); got != nil || err == nil || err.Error() != `service "web" has 0 task definitions, want one` {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestParse: the environments in the order asked for, the others after them, and
// nothing without the shared stack.
func TestParse(t *testing.T) {
	of := maps.Clone(texts)
	for _, name := range []string{"prod", "qa", "beta"} {
		of[name] = []byte(`{"resource": {"aws_lb": {"l": {}}}}`)
	}
	s, err := Parse(of, []string{"prod", "none", "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Names(); !slices.Equal(got, []string{"shared", "prod", "dev", "beta", "qa"}) {
		t.Errorf("%q", got)
	}
	if got := s.Environments(); !slices.Equal(got, []string{"prod", "dev", "beta", "qa"}) {
		t.Errorf("%q", got)
	}
	if s.Count("prod") != 1 || s.Count("none") != 0 || s.Count("dev") != 11 {
		t.Errorf("%d, %d, %d resources", s.Count("prod"), s.Count("none"), s.Count("dev"))
	}
	if kinds := s.Kinds(); len(kinds) != 17 || kinds[0] != "aws_appautoscaling_target" || !slices.Contains(kinds, "aws_lb") {
		t.Errorf("%q", kinds)
	}
	folder := t.TempDir()
	manifest := `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev.json"}, "shared": {"name": "shared", "synthesizedStackPath": "shared.json"}}}`
	for name, data := range map[string][]byte{"manifest.json": []byte(manifest), "dev.json": texts["dev"], "shared.json": texts[Shared]} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s, err = Read(folder, nil); err != nil || !slices.Equal(s.Names(), []string{"shared", "dev"}) {
		t.Errorf("%v, %v", s, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(strings.Replace(manifest, `"name": "shared"`, `"name": "other"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, read := range map[string]func() (*Stacks, error){
		folder + `: there is no stack "shared"`: func() (*Stacks, error) { return Read(folder, nil) },
		"run `make synth` first":                func() (*Stacks, error) { return Read(t.TempDir(), nil) },
		`there is no stack "shared"`:            func() (*Stacks, error) { return Parse(map[string][]byte{"dev": texts["dev"]}, nil) },
		`stack "x": unexpected end`:             func() (*Stacks, error) { return Parse(map[string][]byte{"x": []byte("{")}, nil) },
		`stack "x": 1: an object`:               func() (*Stacks, error) { return Parse(map[string][]byte{"x": []byte(`{"resource": 1}`)}, nil) },
	} {
		if s, err := read(); s != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v; want %q", s, err, want)
		}
	}
}
