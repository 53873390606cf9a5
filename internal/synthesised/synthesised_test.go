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
			{"alias": "edge", "region": "us-east-1", "https_proxy": "http://127.0.0.1:1", "shared_config_files": ["a", "b"]}, {"alias": "third", "shared_config_files": ["b"]}]},
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
	if dev.File != filepath.Join(folder, "stacks/dev/cdk.tf.json") || dev.Dir != filepath.Join(folder, "stacks/dev") || !slices.Equal(dev.Dependencies, []string{"shared"}) || dev.Name != "dev" {
		t.Errorf("%s in %s, after %q", dev.File, dev.Dir, dev.Dependencies)
	}
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
	if got := shared.Companions(); !slices.Equal(got, []string{"a", "b"}) || dev.Companions() != nil {
		t.Errorf("the providers read %q and %q", got, dev.Companions())
	}
	if _, err := dev.ProviderOf(nil); err == nil {
		t.Error("a stack without providers has one")
	}
	if _, err := stacks.Choose("prod", "dev"); err == nil || !strings.Contains(err.Error(), `stack "prod": one of ["shared" "dev"] is allowed`) {
		t.Errorf("%v", err)
	}
}

// Values as the JSON has them, and what is none.
func TestValues(t *testing.T) {
	r := Resource{Stack: "dev", Type: "aws_a", Name: "b", Attributes: map[string]any{"n": 1.5, "digits": "60", "word": "x", "on": true, "off": false, "yes": "true", "tags": map[string]any{"a": "t", "b": 1.0}, "text": "s", "//": "dev/snapshot",
		"block": map[string]any{"in": map[string]any{"k": "v"}}, "list": []any{"no block", map[string]any{"in": []any{map[string]any{"k": "w"}}}}}}
	for name, pair := range map[string][2]any{
		"number": {r.Number("n"), 1.5}, "digits": {r.Number("digits"), 60.0}, "word": {r.Number("word"), 0.0}, "no number": {r.Number("gone"), 0.0}, "true": {r.Is("on"), true}, "false": {r.Is("off"), false}, "a text": {r.Is("yes"), false},
		"tag": {r.Tag("a"), "t"}, "no text": {r.Tag("b"), ""}, "no tag": {Resource{}.Tag("a"), ""}, "text": {r.Text("text"), "s"}, "a number's text": {r.Text("n"), ""}, "path": {r.Path(), "dev/snapshot"}, "no path": {Resource{}.Path(), ""},
		"address": {r.Address(), "aws_a.b"}, "itself": {len(r.Nested()), 1}, "in a block": {r.Nested("block", "in")[0].Text("k"), "v"}, "in a list": {len(r.Nested("list", "in")), 1}, "nowhere": {len(r.Nested("gone", "in")), 0}, "in a text": {len(r.Nested("text")), 0},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	s := load(t, "dev", `{"resource": {"aws_b": {"a": {}}, "aws_a": {"b": {}, "a": {}}}, "data": {"aws_region": {"here": {}}}, "terraform": {"required_providers": {"b": {"source": "org/b"}, "a": {"source": "aws"}}}, "provider": {"aws": [{"region": "x"}, {"alias": "edge", "region": "y"}]}}`)
	if got := s.RequiredProviders(); !slices.Equal(got, []string{"aws", "org/b"}) {
		t.Errorf("%q", got)
	}
	if _, ok := s.Find("aws_a.c"); ok {
		t.Error("found what is not there")
	}
	if r, ok := s.Find("aws_b.a"); !ok || r.Stack != "dev" || r.Address() != "aws_b.a" {
		t.Errorf("%+v, %t", r, ok)
	}
	for provider, region := range map[string]string{"aws": "x", "aws.edge": "y", "aws.other": "", "edge": "y"} {
		if p, err := s.ProviderOf(map[string]any{"provider": provider}); p.Region != region || (err == nil) != (region != "") {
			t.Errorf("%s: %+v, %v", provider, p, err)
		}
	}
	all := Stacks{s, {Name: "prod"}}
	if _, ok := all.Get("qa"); ok {
		t.Error("a stack that is not there")
	}
	for _, names := range [][]string{nil, {"prod"}, {"prod", "dev"}} {
		got, err := all.Choose(names...)
		if want := map[int]string{0: "dev prod", 1: "prod", 2: "dev prod"}[len(names)]; err != nil || strings.Join(got.Names(), " ") != want {
			t.Errorf("%q: %q, %v, want %s", names, got.Names(), err, want)
		}
	}
	if _, err := all.Choose("a", "b"); err == nil || strings.Count(err.Error(), "is allowed") != 2 {
		t.Errorf("not all faults at once: %v", err)
	}
	only := all.Only("aws_b")
	if only[0].Content != nil || only[0].Data != nil || len(only[0].Resource) != 1 || s.Content == nil || s.Data == nil {
		t.Errorf("%+v", only[0])
	}
	if len(all.Resources("aws_a")) != 2 || len(all.Resources()) != 3 {
		t.Errorf("%v", all.Resources())
	}
	for _, text := range []string{`{"resource": []}`, `{"data": {"a": []}}`, `{"output": {"a": []}}`, `{"output": []}`, `{"provider": []}`, `{"terraform": []}`, `{"resource": {"a": {"b": []}}}`} {
		var content map[string]any
		if err := json.Unmarshal([]byte(text), &content); err != nil {
			t.Fatal(err)
		}
		if s, err := Load("dev", content); err == nil || !strings.HasPrefix(err.Error(), `stack "dev": `) || s.Name != "" {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
	}
	for value, want := range map[string]int{"${aws_a.b.c}": 1, "aws_a.b.c": 0, "${data.terraform_remote_state.shared.outputs.x} ${aws_b.c}": 2} {
		if got := References([]any{map[string]any{"k": value, "//": "${aws_z.z}"}}); len(got) != want {
			t.Errorf("%s: %v", value, got)
		}
	}
	for _, r := range []Reference{{"data.terraform_remote_state", "s", "workspace"}, {"aws_a", "s", "outputs.x"}} {
		if _, _, ok := r.Output(); ok {
			t.Errorf("%+v is an output", r)
		}
	}
	if stack, output, ok := (Reference{"data.terraform_remote_state", "s", "outputs.x"}).Output(); stack != "s" || output != "x" || !ok {
		t.Errorf("%q %q %t", stack, output, ok)
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
	if stacks, err := Read(filepath.Join(folder, "list.json")); err == nil || stacks != nil {
		t.Errorf("%v, %v", stacks, err)
	}
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
