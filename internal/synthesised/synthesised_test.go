package synthesised

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRead(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "manifest.json"), `{"stacks": {
		"dev": {"name": "dev", "synthesizedStackPath": "stacks/dev/cdk.tf.json", "workingDirectory": "stacks/dev", "dependencies": ["shared"]},
		"shared": {"name": "shared", "synthesizedStackPath": "stacks/shared/cdk.tf.json", "workingDirectory": "stacks/shared", "dependencies": []}}}`)
	write(t, filepath.Join(folder, "stacks/shared/cdk.tf.json"), `{"resource": {"aws_vpc": {"a": {}, "b": {}}, "aws_eip": {"c": {}}}, "output": {"o": {}},
		"provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["111122223333"], "default_tags": [{"tags": {"Project": "p"}}]},
			{"alias": "edge", "region": "us-east-1", "endpoints": [{"s3": "http://127.0.0.1:1"}]}]},
		"terraform": {"backend": {"s3": {"bucket": "b", "key": "k", "region": "eu-central-1"}}}}`)
	write(t, filepath.Join(folder, "stacks/dev/cdk.tf.json"), `{"resource": {}, "terraform": {"backend": {"local": {"path": "p"}}}}`)
	stacks, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if names := stacks.Names(); !slices.Equal(names, []string{"shared", "dev"}) {
		t.Fatalf("%q, want shared before dev", names)
	}
	shared, dev := stacks[0], stacks[1]
	var addresses []string
	for _, r := range shared.Resources() {
		addresses = append(addresses, r.Address())
	}
	if !slices.Equal(addresses, []string{"aws_eip.c", "aws_vpc.a", "aws_vpc.b"}) || len(shared.Resources("aws_eip")) != 1 {
		t.Errorf("resources %q", addresses)
	}
	if shared.Backend.S3 == nil || shared.Backend.S3.Bucket != "b" || shared.Backend.Local != nil || dev.Backend.S3 != nil || dev.Backend.Local.Path != "p" {
		t.Errorf("backends %+v and %+v", shared.Backend, dev.Backend)
	}
	edge, err := shared.ProviderOf(map[string]any{"provider": "aws.edge"})
	if err != nil || edge.Region != "us-east-1" || edge.Endpoint() != "http://127.0.0.1:1" {
		t.Errorf("%+v, %v", edge, err)
	}
	if p, err := shared.ProviderOf(nil); err != nil || p.AllowedAccountIDs[0] != "111122223333" || p.DefaultTags[0].Tags["Project"] != "p" || p.Endpoint() != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := dev.ProviderOf(nil); err == nil {
		t.Error("a stack without providers has one")
	}
	if _, err := stacks.Choose("prod", "dev"); err == nil || !strings.Contains(err.Error(), `stack "prod": one of ["shared" "dev"] is allowed`) {
		t.Errorf("%v", err)
	}
}

// TestOrder has a stack with one dependency that must wait for one with two.
func TestOrder(t *testing.T) {
	all := Stacks{
		{Name: "app", Dependencies: []string{"network"}},
		{Name: "base"},
		{Name: "images"},
		{Name: "network", Dependencies: []string{"base", "images"}},
	}
	ordered, err := all.ordered()
	if err != nil || !slices.Equal(ordered.Names(), []string{"base", "images", "network", "app"}) {
		t.Errorf("%q, %v", ordered.Names(), err)
	}
	for name, all := range map[string]Stacks{
		"circle": {{Name: "a", Dependencies: []string{"b"}}, {Name: "b", Dependencies: []string{"a"}}},
		"gone":   {{Name: "a", Dependencies: []string{"gone"}}},
	} {
		if _, err := all.ordered(); err == nil || !strings.Contains(err.Error(), `"a" on ["`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadFaults(t *testing.T) {
	folder := t.TempDir()
	if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), "make synth") {
		t.Errorf("got %v, want what to do", err)
	}
	write(t, filepath.Join(folder, "manifest.json"), `{"stacks": {
		"dev": {"name": "dev", "synthesizedStackPath": "dev.json"},
		"hcl": {"name": "hcl", "synthesizedStackPath": "cdk.tf"},
		"list": {"name": "list", "synthesizedStackPath": "list.json"}}}`)
	write(t, filepath.Join(folder, "dev.json"), `{`)
	write(t, filepath.Join(folder, "list.json"), `{"resource": {"aws_vpc": []}}`)
	_, err := Read(folder)
	for _, want := range []string{`stack "dev": `, `stack "hcl": `, "not HCL", `stack "list": aws_vpc: []: an object is required`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func load(t *testing.T, name, text string) Stack {
	t.Helper()
	var content map[string]any
	if err := json.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	s, err := Load(name, content)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseReference(t *testing.T) {
	for expression, want := range map[string]Reference{
		"aws_vpc.main.id": {"aws_vpc", "main", "id"},
		"aws_vpc.main":    {"aws_vpc", "main", ""},
		"aws_db_instance.a-b.master_user_secret[0].secret_arn": {"aws_db_instance", "a-b", "master_user_secret[0].secret_arn"},
		"data.aws_caller_identity.it.account_id":               {"data.aws_caller_identity", "it", "account_id"},
	} {
		if got, ok := ParseReference(expression); !ok || got != want {
			t.Errorf("%s: %+v, %v", expression, got, ok)
		}
	}
	for _, expression := range []string{"", "aws_vpc", `join(",", aws_vpc.a.id)`, "aws_vpc.a.id "} {
		if got, ok := ParseReference(expression); ok {
			t.Errorf("%q is read as %+v", expression, got)
		}
	}
}

func TestTargets(t *testing.T) {
	all := Stacks{
		load(t, "shared", `{"resource": {"aws_subnet": {"a_1": {}, "b-2": {}}},
			"output": {"subnets": {"value": ["${aws_subnet.a_1.id}", "${aws_subnet.b-2.id}"]}}}`),
		load(t, "dev", `{"resource": {"aws_iam_role": {"web": {}, "job": {}}}}`),
	}
	for value, want := range map[string]string{
		"${aws_iam_role.web.arn}":                                        "dev aws_iam_role.web arn",
		"${data.terraform_remote_state.shared.outputs.subnets}":          "shared aws_subnet.a_1 id, shared aws_subnet.b-2 id",
		"${data.terraform_remote_state.gone.outputs.subnets}":            "",
		"a ${aws_iam_role.web.name}, and ${aws_iam_role.web.name} again": "dev aws_iam_role.web name",
		"${join(\",\", [aws_iam_role.web.id, aws_iam_role.job.id])}":     "dev aws_iam_role.web id, dev aws_iam_role.job id",
		"${aws_iam_role.gone.arn}":                                       "",
		"aws_iam_role.web.arn":                                           "",
	} {
		var got []string
		for _, r := range all.Targets("dev", map[string]any{"x": []any{value}, "//": "${aws_iam_role.web.arn}"}) {
			got = append(got, r.Stack+" "+r.Address()+" "+r.Attribute)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q refers to %q, want %q", value, got, want)
		}
	}
}

func TestNested(t *testing.T) {
	s := load(t, "dev", `{"resource": {"aws_a": {"a": {"//": {"metadata": {"path": "dev/a"}}, "n": "3", "tags": {"Name": "it"},
		"rule": [{"action": {"kind": "x"}}, {"action": [{"kind": "y"}, {"kind": "z", "on": true}]}]}}}}`)
	r := s.Resources()[0]
	var kinds []string
	for _, action := range r.Nested("rule", "action") {
		kinds = append(kinds, action.Text("kind"))
	}
	if !reflect.DeepEqual(kinds, []string{"x", "y", "z"}) || !r.Nested("rule", "action")[2].Is("on") {
		t.Errorf("kinds %q", kinds)
	}
	if r.Path() != "dev/a" || r.Number("n") != 3 || r.Tag("Name") != "it" || r.Text("gone") != "" {
		t.Errorf("%+v", r)
	}
}

// TestOnly changes a copy.
func TestOnly(t *testing.T) {
	all := Stacks{load(t, "dev", `{"resource": {"aws_a": {"a": {"list": [{"x": 1}]}}, "aws_b": {"b": {}}}}`)}
	some := all.Only("aws_a")
	if len(some.Resources()) != 1 || len(all.Only().Resources()) != 2 {
		t.Fatalf("%+v", some)
	}
	some[0].Resource["aws_a"]["a"]["list"].([]any)[0].(map[string]any)["x"] = 2
	if x := all[0].Resource["aws_a"]["a"]["list"].([]any)[0].(map[string]any)["x"]; x != 1.0 {
		t.Errorf("the original is changed to %v", x)
	}
}
