package eject

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
)

func TestValue(t *testing.T) {
	for _, test := range []struct{ json, kind, want string }{
		{`"a"`, `"string"`, `"a"`},
		{`"${aws_vpc.main.id}"`, `"string"`, `aws_vpc.main.id`},
		{`"${aws_vpc.a-b.id}/x"`, `"string"`, `"${aws_vpc.a-b.id}/x"`},
		{`"say \"${join(\",\", [aws_x.a.id])}\" \\ \n"`, `"string"`, `"say \"${join(",", [aws_x.a.id])}\" \\ \n"`},
		{`"$${kept} and %%{kept}"`, `"string"`, `"$${kept} and %%{kept}"`},
		{`"%{ if true }a%{ endif }"`, `"string"`, `"%{ if true }a%{ endif }"`},
		{`"${tolist(aws_x.a.list).0.name}"`, `"string"`, `tolist(aws_x.a.list)[0].name`},
		{`"${replace(aws_x.a.id, \"a.0.b\", \"\")}"`, `"string"`, `replace(aws_x.a.id, "a.0.b", "")`},
		{`"8080"`, `"number"`, `8080`},
		{`"-1.5"`, `"number"`, `-1.5`},
		{`"many"`, `"number"`, `"many"`},
		{`" false "`, `"bool"`, `false`},
		{`"neither"`, `"bool"`, `"neither"`},
		{`"a\tb\rc"`, `"string"`, `"a\tb\rc"`},
		{`[{"a": "1", "b": "2"}]`, `"dynamic"`, `[{ a = "1", b = "2" }]`},
		{`[{"a": "1"}, {"a": "2"}]`, `"dynamic"`, `[{ a = "1" }, { a = "2" }]`},
		{`{"a": ["b"]}`, `"dynamic"`, `{ a = ["b"] }`},
		{`{"a": "1", "b": "2", "c": "3"}`, `"dynamic"`, `{ a = "1", b = "2", c = "3" }`},
		{`{"a": "1", "b": "2", "c": "3", "d": "4"}`, `"dynamic"`, "{\n  a = \"1\"\n  b = \"2\"\n  c = \"3\"\n  d = \"4\"\n}"},
		{`"8080"`, `"string"`, `"8080"`},
		{`8080`, `"string"`, `"8080"`},
		{`0.5`, `"number"`, `0.5`},
		{`"true"`, `"bool"`, `true`},
		{`true`, `"string"`, `"true"`},
		{`["a", "b"]`, `["list","string"]`, `["a", "b"]`},
		{`["1"]`, `["set","number"]`, `[1]`},
		{`"${data.terraform_remote_state.shared.outputs.ids}"`, `["list","string"]`, `data.terraform_remote_state.shared.outputs.ids`},
		{`{"Name": "x", "a.b": "y", "null": "z"}`, `["map","string"]`, "{ Name = \"x\", \"a.b\" = \"y\", \"null\" = \"z\" }"},
		{`{"a": "1", "b": "1"}`, `["object",{"a":"number","b":"string"}]`, `{ a = 1, b = "1" }`},
		{`null`, `"string"`, `null`},
		{`{"for": "1", "false": "2", "true": "3"}`, `["map","string"]`, `{ "false" = "2", "for" = "1", "true" = "3" }`},
	} {
		if got := layOut(value(decoded(t, test.json), decoded(t, test.kind)), 0, 0, true); got != test.want {
			t.Errorf("%s as %s:\n got %s\nwant %s", test.json, test.kind, got, test.want)
		}
	}
}

func TestDocument(t *testing.T) {
	isText := func(expression string) bool { return !strings.Contains(expression, "port") }
	for _, test := range []struct {
		template, want string
		same           bool
	}{
		{`{"Version":"2012-10-17","Statement":[{"Sid":"A","Principal":{"AWS":"*"},"Resource":"${aws_x.a.arn}"}]}`,
			`jsonencode({
  Version = "2012-10-17"
  Statement = [
    {
      Sid = "A"
      Principal = { AWS = "*" }
      Resource = aws_x.a.arn
    },
  ]
})`, false},
		{`{"a":"${aws_x.a.arn}/*","aws:B":"1"}`, `jsonencode({ a = "${aws_x.a.arn}/*", "aws:B" = "1" })`, true},
		{`["arn:${aws_x.a.id}:${aws_x.a.name}"]`, `jsonencode(["arn:${aws_x.a.id}:${aws_x.a.name}"])`, true},
		{`["${join(",", [aws_x.a.id])}",1.50,true,null]`, `jsonencode([join(",", [aws_x.a.id]), 1.50, true, null])`, false},
		{`["${aws_x.a.port}"]`, `jsonencode([tostring(aws_x.a.port)])`, true},
		{`["$${aws:username}","a<b"]`, `jsonencode(["$${aws:username}", "a<b"])`, false},
		{`["%%{if}"]`, `jsonencode(["%%{if}"])`, true},
		{`{"${aws_x.a.name}":1}`, `jsonencode({ "${aws_x.a.name}" = 1 })`, true},
		{`{"a":${aws_x.a.json}}`, "", false},
		{`{"a":1} and more`, "", false},
		{`[`, "", false}, {`["a"`, "", false}, {`["a",]`, "", false}, {`[{]`, "", false}, {`[[1}]`, "", false}, {`{`, "", false}, {`{"a":1`, "", false}, {`{"a":`, "", false}, {`{"a":[}`, "", false}, {`{1:2}`, "", false}, {`{"a":1]`, "", false},
		{`plain`, "", false},
		{`${aws_x.a.json}`, "", false},
	} {
		e, same, ok := document(test.template, isText)
		if !ok {
			if test.want != "" {
				t.Errorf("%s is not read as JSON", test.template)
			}
			continue
		}
		if got := layOut(e, 0, 0, true); got != test.want || same != test.same {
			t.Errorf("%s:\n got %s, %t\nwant %s, %t", test.template, got, same, test.want, test.same)
		}
	}
}

// What is inside a type, and what a text without interpolations is.
func TestElement(t *testing.T) {
	for kind, want := range map[string]any{`["list", "number"]`: "number", `["object", {"a": "bool"}]`: "bool", `["object", {"b": "bool"}]`: nil, `"string"`: nil, `["list"]`: nil, `["tuple", {"a": "bool"}]`: map[string]any{"a": "bool"}} {
		if got := element(decoded(t, kind), "a"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", kind, got, want)
		}
	}
	if got := quote("a\"b ${c} %{d}"); got != `"a\"b $${c} %%{d}"` {
		t.Errorf("%s", got)
	}
}

// schema is a part of a provider's, cut to what the tests need.
const schema = `{"provider_schemas": {
	"registry.opentofu.org/hashicorp/aws": {
		"provider": {"block": {"attributes": {"region": {"type": "string"}}}},
		"resource_schemas": {
			"aws_a": {"block": {
				"attributes": {
					"name": {"type": "string", "required": true}, "id": {"type": "string"}, "port": {"type": "number"},
					"policy": {"type": "string"}, "note": {"type": "string"}, "tags": {"type": ["map", "string"]},
					"rule": {"type": ["set", ["object", {"port": "number"}]]}
				},
				"block_types": {"filter": {"block": {"attributes": {"on": {"type": "bool"}}, "block_types": {"all": {"block": {}}}}}, "timeouts": {"block": {"attributes": {"create": {"type": "string"}}}}}
			}},
			"aws_b": {"block": {"attributes": {"a_id": {"type": "string"}}}}
		},
		"data_source_schemas": {"aws_d": {"block": {"attributes": {"name": {"type": "string"}}}}}
	}}}`

func parsed(t *testing.T) Schema {
	t.Helper()
	s, err := ParseSchema([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func load(t *testing.T, content string) synthesised.Stack {
	t.Helper()
	s, err := synthesised.Load("dev", decoded(t, content).(map[string]any))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const platform = `{
	"//": {"metadata": {}},
	"terraform": {"required_version": ">= 1", "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}, "backend": {"s3": {"bucket": "b", "use_lockfile": true}}},
	"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "edge", "region": "us-east-1"}]},
	"data": {
		"aws_d": {"environment_web_d_1": {"//": {"metadata": {"path": "dev/environment/web/d"}}, "name": "n"}},
		"terraform_remote_state": {"shared": {"backend": "s3", "config": {"bucket": "b"}, "workspace": "${terraform.workspace}"}}
	},
	"resource": {
		"aws_a": {
			"environment_web_a_1": {
				"//": {"metadata": {"path": "dev/environment/web/a"}},
				"filter": [{"all": {}, "on": "true"}, {"on": false}], "lifecycle": {"ignore_changes": ["port"], "prevent_destroy": true},
				"name": "web", "note": null, "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}", "provider": "aws.edge",
				"port": "80", "rule": [{"port": "1"}], "tags": {"Name": "web"}, "timeouts": {"create": "1m"},
				"depends_on": ["aws_b.environment_web-task_b_1"]
			},
			"environment_web-task_a_1": {"//": {"metadata": {"path": "dev/environment/web-task/a"}}, "name": "${aws_b.environment_web-task_b_1.a_id}", "rule": []}
		},
		"aws_b": {
			"environment_web-task_b_1": {"//": {"metadata": {"path": "dev/environment/web-task/z/b"}}, "a_id": "${data.terraform_remote_state.shared.outputs.a}"},
			"environment_job-task_b_1": {"//": {"metadata": {"path": "dev/environment/job-task/b"}}, "a_id": "${aws_a.environment_web_a_1.id}"},
			"environment_secrets_one_b_1": {"//": {"metadata": {"path": "dev/environment/secrets/one/b"}}}
		}
	},
	"output": {"o": {"description": "An output", "value": "${aws_a.environment_web_a_1.id}"}}
}`

func TestStack(t *testing.T) {
	files, err := Stack(load(t, platform), parsed(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"versions.tf": `terraform {
  required_version = ">= 1"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
`,
		"backend.tf": `terraform {
  backend "s3" {
    bucket       = "b"
    use_lockfile = true
  }
}
`,
		"providers.tf": `provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "edge"
  region = "us-east-1"
}
`,
		"remote-state.tf": `data "terraform_remote_state" "shared" {
  backend   = "s3"
  workspace = terraform.workspace

  config = {
    bucket = "b"
  }
}
`,
		"outputs.tf": `output "o" {
  description = "An output"
  value       = aws_a.environment_web_a_1.id
}
`,
		"secrets-one.tf": `# dev/environment/secrets/one/b
resource "aws_b" "environment_secrets_one_b_1" {
}
`,
		"task-job.tf": `# dev/environment/job-task/b
resource "aws_b" "environment_job-task_b_1" {
  a_id = aws_a.environment_web_a_1.id
}
`,
		"service-web.tf": `# dev/environment/web-task/z/b
resource "aws_b" "environment_web-task_b_1" {
  a_id = data.terraform_remote_state.shared.outputs.a
}

# dev/environment/web-task/a
resource "aws_a" "environment_web-task_a_1" {
  name = aws_b.environment_web-task_b_1.a_id
  rule = []
}

# dev/environment/web/a
resource "aws_a" "environment_web_a_1" {
  provider = aws.edge

  name = "web"
  port = 80

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
  })

  tags = {
    Name = "web"
  }

  filter {
    on = true

    all {}
  }

  filter {
    on = false
  }

  rule {
    port = 1
  }

  timeouts {
    create = "1m"
  }

  lifecycle {
    ignore_changes  = [port]
    prevent_destroy = true
  }

  depends_on = [aws_b.environment_web-task_b_1]
}

# dev/environment/web/d
data "aws_d" "environment_web_d_1" {
  name = "n"
}
`,
	}
	for name, text := range want {
		if got := string(files[name]); got != text {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, text)
		}
	}
	for name := range files {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is written too", name)
		}
	}
}

func TestRemoved(t *testing.T) {
	files, err := Stack(load(t, `{"removed": [{"from": "aws_a.one", "lifecycle": {"destroy": false}}, {"from": "aws_a.two", "lifecycle": {"destroy": true}}]}`), parsed(t))
	const want = "removed {\n  from = aws_a.one\n\n  lifecycle {\n    destroy = false\n  }\n}\n\nremoved {\n  from = aws_a.two\n\n  lifecycle {\n    destroy = true\n  }\n}\n"
	if got := string(files["removed.tf"]); err != nil || got != want {
		t.Errorf("%v:\n%s\nwant\n%s", err, got, want)
	}
	for _, faulty := range []string{`{"from": "a.b"}`, `{"lifecycle": {"destroy": false}}`, `{"from": "a.b", "lifecycle": {"destroy": "no"}}`,
		`{"from": "a.b", "lifecycle": {"destroy": false}, "provisioner": []}`, `{"from": "a.b", "lifecycle": {"destroy": false, "x": 1}}`} {
		if files, err := Stack(load(t, `{"removed": [`+faulty+`]}`), parsed(t)); err == nil || !strings.Contains(err.Error(), "removed[0]") || len(files["removed.tf"]) > 0 {
			t.Errorf("%s: got %v\n%s", faulty, err, files["removed.tf"])
		}
	}
}

// A move is from one address to another, and nothing else.
func TestMoved(t *testing.T) {
	files, err := Stack(load(t, `{"moved": [{"from": "aws_a.one", "to": "aws_a.two"}, {"from": "aws_a.three", "to": "aws_a.four"}]}`), parsed(t))
	const want = "moved {\n  from = aws_a.one\n  to   = aws_a.two\n}\n\nmoved {\n  from = aws_a.three\n  to   = aws_a.four\n}\n"
	if got := string(files["moved.tf"]); err != nil || got != want {
		t.Errorf("%v:\n%s\nwant\n%s", err, got, want)
	}
	for _, faulty := range []string{`{"from": "a.b"}`, `{"to": "a.b"}`, `{"from": "a.b", "x": 1}`, `{"to": "a.b", "x": 1}`, `{"from": "a.b", "to": 1}`, `{"from": 1, "to": "a.b"}`, `{"from": "a.b", "to": "a.c", "x": 1}`, `1`} {
		if files, err := Stack(load(t, `{"moved": [`+faulty+`]}`), parsed(t)); err == nil || !strings.Contains(err.Error(), "dev.moved[0]: from and to are required, and nothing else") || len(files["moved.tf"]) > 0 {
			t.Errorf("%s: got %v\n%s", faulty, err, files["moved.tf"])
		}
	}
}

// No construct is called as a file that has a meaning of its own.
func TestReservedFiles(t *testing.T) {
	for _, name := range []string{"backend", "providers", "outputs", "moved", "removed", "versions"} {
		_, err := Stack(load(t, `{"resource": {"aws_b": {"b": {"//": {"metadata": {"path": "dev/environment/`+name+`/b"}}}}}}`), parsed(t))
		if err == nil || !strings.Contains(err.Error(), `dev/environment/`+name+`/b: the construct's file would be "`+name+`.tf", which is another one`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRenamed(t *testing.T) {
	renamed, err := Renamed(load(t, platform))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Stack(renamed, parsed(t))
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"service-web.tf": `depends_on = [aws_b.web_task_z]`,
		"task-job.tf":    "resource \"aws_b\" \"job_task\" {\n  a_id = aws_a.web.id",
		"outputs.tf":     `= aws_a.web.id`,
		"moved.tf":       "moved {\n  from = aws_a.environment_web_a_1\n  to   = aws_a.web\n}",
	} {
		if !strings.Contains(string(files[file]), want) {
			t.Errorf("%s:\n%s\nwant %s", file, files[file], want)
		}
	}
	if moves := strings.Count(string(files["moved.tf"]), "moved {"); moves != 5 {
		t.Errorf("%d moves, want one of each resource and none of a data source:\n%s", moves, files["moved.tf"])
	}
	// A path that looks like an address is none.
	given := map[string]any{"//": "aws_a.one", "a": []any{"${aws_a.one.id}", 1}, "b": map[string]any{"c": "aws_a.two"}}
	if got := fmt.Sprint(readdressed(given, map[string]string{"aws_a.one": "first"})); got != "map[//:aws_a.one a:[${aws_a.first.id} 1] b:map[c:aws_a.two]]" {
		t.Errorf("%s", got)
	}
	// A short name that two would have is one that neither gets.
	twice, err := Renamed(load(t, `{"resource": {"aws_role_policy": {
		"x_1": {"//": {"metadata": {"path": "dev/environment/x/role"}}}, "x_2": {"//": {"metadata": {"path": "dev/environment/x/policy"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"aws_role_policy.x_role", "aws_role_policy.x_policy"} {
		if _, ok := twice.Find(address); !ok {
			t.Errorf("no %s: %v", address, twice.Resource)
		}
	}
	if _, err := Renamed(load(t, `{"resource": {"aws_b": {
		"x_1": {"//": {"metadata": {"path": "dev/environment/x-y"}}}, "x_2": {"//": {"metadata": {"path": "dev/environment/x_y"}}}}}}`)); err == nil || !strings.Contains(err.Error(), "x_y") {
		t.Errorf("got %v", err)
	}
}

// Whatever is not written is named, all of it at once.
func TestFaults(t *testing.T) {
	_, err := Stack(load(t, `{
		"variable": {}, "terraform": {"cloud": {}}, "provider": {"random": {"x": 1}}, "output": {"o": {"value": "1", "precondition": []}},
		"resource": {
			"aws_unknown": {"u": {"x": 1}},
			"aws_b": {"outputs": {"//": {"metadata": {"path": "dev/environment/outputs/b"}}}},
			"aws_a": {"a": {
				"nmae": "x", "count": 2, "provisioner": [], "filter": [{"dynamic": {}}, "x"],
				"lifecycle": {"precondition": [2], "ignore_changes": "all"}, "depends_on": [1]
			}}
		}}`), parsed(t))
	if err == nil {
		t.Fatal("written")
	}
	for _, want := range []string{
		`dev: "variable": only`, `dev.terraform.cloud: not written`, `dev.provider: "random": only "aws"`, `dev.output.o: "precondition"`,
		`aws_unknown.u: the provider has no resource "aws_unknown"`, `the construct's file would be "outputs.tf"`,
		`aws_a.a.nmae: the provider has no such argument`, `aws_a.a.count: `, `aws_a.a.provisioner: `, `aws_a.a.filter[0]: `, `aws_a.a.filter[1]: `,
		`aws_a.a.lifecycle.precondition: `, `aws_a.a.depends_on: 1: an address`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	for _, once := range []string{"provider[0]", "2: an address", "aws_unknown.u.x"} { // what is refused whole is not looked into
		if strings.Contains(err.Error(), once) {
			t.Errorf("%q is in\n%v", once, err)
		}
	}
}

// TestShortName: the type is not said again, nor the construct around.
func TestShortName(t *testing.T) {
	for _, test := range []struct{ kind, path, want string }{
		{"aws_x", "dev/environment/web/web-task", "web_task"}, {"aws_security_group", "dev/environment/web-task/security-group", "web_task"},
		{"aws_security_group", "dev/environment/security-group", "security_group"}, {"aws_group_x", "dev/environment/a/b/group", "a_b"}, {"aws_x", "dev/only", "name"},
	} {
		r := synthesised.Resource{Type: test.kind, Name: "name", Attributes: map[string]any{"//": test.path}}
		if got := shortName(r); got != test.want {
			t.Errorf("%s at %s: %q, want %q", test.kind, test.path, got, test.want)
		}
	}
}

func TestParseSchema(t *testing.T) {
	for _, printed := range []string{`{`, `{"provider_schemas": {"registry.terraform.io/hashicorp/random": {}}}`} {
		if _, err := ParseSchema([]byte(printed)); err == nil {
			t.Errorf("%s is taken", printed)
		}
	}
}

// A repository is written whole or not at all, and over nothing.
func TestWrite(t *testing.T) {
	stack := load(t, platform)
	stack.Dir = t.TempDir()
	parent := t.TempDir()
	folder := filepath.Join(parent, "out")
	write := func() error { return Write(folder, synthesised.Stacks{stack}, parsed(t), false) }
	if err := write(); err == nil || !strings.Contains(err.Error(), ".terraform.lock.hcl") {
		t.Errorf("without a lock file: %v", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if err := os.WriteFile(filepath.Join(stack.Dir, ".terraform.lock.hcl"), []byte("# lock\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"README.md": "terraform -chdir=dev init", ".gitignore": "*.tfstate", "dev/.terraform.lock.hcl": "# lock", "dev/service-web.tf": "aws_a"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if err := write(); err == nil || !strings.Contains(err.Error(), "not there or empty") {
		t.Errorf("over another one: %v", err)
	}
	folder = filepath.Join(folder, "README.md", "below", "a-file")
	if err := write(); err == nil {
		t.Error("written below a file")
	}
	// The README is of the project that the tags name, and the folder may be the
	// one that this is in.
	tagged := load(t, strings.Replace(platform, `"aws": [{"region": "eu-central-1"}`, `"aws": [{"region": "eu-central-1", "default_tags": [{"tags": {"project": "tagged", "stack": "dev"}}]}`, 1))
	tagged.Dir = stack.Dir
	here := t.TempDir()
	t.Chdir(here)
	about := parsed(t)
	about.Provider.Block.Blocks = map[string]NestedBlock{"default_tags": {Block{Attributes: map[string]Attribute{"tags": {Type: []any{"map", "string"}}}}}}
	if err := Write(".", synthesised.Stacks{tagged}, about, false); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(here, "README.md")); err != nil || !strings.Contains(string(text), "\nThe AWS cloud of tagged, as plain Terraform.") {
		t.Errorf("%v\n%s", err, text)
	}
	// What cannot be written whole is not there at all.
	folder = filepath.Join(parent, "another")
	stack.Name = "README.md"
	if err := write(); err == nil {
		t.Error("a stack is written over the README")
	}
	stack.Name = "dev"
	defer func(before *template.Template) { readmeTemplate = before }(readmeTemplate)
	readmeTemplate = template.Must(template.New("README.md").Parse("{{.NoSuch}}"))
	if err := write(); err == nil || !strings.Contains(err.Error(), "NoSuch") {
		t.Errorf("no README: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(parent, "*another*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if left, err := filepath.Glob(filepath.Join(parent, ".another*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestTexts: what needs no tostring within a text.
func TestTexts(t *testing.T) {
	isText := texts(parsed(t))
	for expression, want := range map[string]bool{
		"aws_a.x.name": true, "aws_a.x.port": false, "aws_a.x.none": false, "aws_none.x.name": false, "data.aws_d.x.name": true, "data.aws_a.x.name": false,
		"data.terraform_remote_state.shared.outputs.any": true, `join(",", aws_a.x.port)`: true, "upper(aws_a.x.name)": false,
	} {
		if got := isText(expression); got != want {
			t.Errorf("%s: %t, want %t", expression, got, want)
		}
	}
}

// What has its short name already is not moved, and a data source gets one too.
func TestRenamedLeavesNothingEmpty(t *testing.T) {
	stack := load(t, `{"resource": {"aws_b": {"x": {"//": {"metadata": {"path": "dev/environment/x"}}}}}}`)
	stack.File, stack.Dir, stack.Dependencies = "f", "d", []string{"shared"}
	renamed, err := Renamed(stack)
	if err != nil || renamed.File != "f" || renamed.Dir != "d" || len(renamed.Dependencies) != 1 {
		t.Errorf("%+v, %v", renamed, err)
	}
	for _, block := range []string{"moved", "data"} {
		if _, ok := renamed.Content[block]; ok {
			t.Errorf("%s is %v", block, renamed.Content[block])
		}
	}
	if renamed, err = Renamed(load(t, platform)); err != nil || renamed.Data["aws_d"]["web"] == nil || len(renamed.Data["aws_d"]) != 1 {
		t.Errorf("%v, %v", renamed.Data, err)
	}
}

// TestCommand runs a Terraform that knows the schema of the tests alone: it is
// asked once, and its answer kept.
func TestCommand(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o700)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	file("bin/terraform", `#!/bin/sh
echo "$@" >>"$FAKE_DIR/calls"
grep -q '"source": "hashicorp/aws", "version": "`+config.ProviderVersion+`"' main.tf.json || { echo "Error: no provider is required"; exit 1; }
[ "$1" != "$(cat "$FAKE_DIR/refused" 2>/dev/null)" ] || { echo "Error: refused"; exit 1; }
[ "$1" = init ] || cat "$FAKE_DIR/schema.json"
`)
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("TF_CLI_CONFIG_FILE", file("terraform.rc", ""))
	t.Setenv("FAKE_DIR", dir)
	file("synth/manifest.json", `{"stacks": {"dev": {"name": "dev", "synthesizedStackPath": "dev/cdk.tf.json", "workingDirectory": "dev"}}}`)
	file("synth/dev/cdk.tf.json", platform)
	file("synth/dev/.terraform.lock.hcl", "# lock\n")
	eject := func(args ...string) (string, error) {
		var out strings.Builder
		err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: &out}, "platform", "", []command.Command{Command}, append([]string{"eject", "-dir", filepath.Join(dir, "local")}, args...))
		return out.String(), err
	}
	synth, to := filepath.Join(dir, "synth"), func(name string) string { return filepath.Join(dir, "out", name) }
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, refused, schema string
		args                  []string
		want                  string
	}{
		{"no folder", "", schema, []string{"-o", to("a")}, "one folder of synthesised stacks is required, and -o"},
		{"no output", "", schema, []string{synth}, "one folder of synthesised stacks is required, and -o"},
		{"other names", "", schema, []string{"-names", "long", "-o", to("a"), synth}, `-names: "long": "same" or "short" is allowed`},
		{"no stacks", "", schema, []string{"-o", to("a"), dir}, "manifest.json"},
		{"no provider", "init", schema, []string{"-o", to("a"), synth}, "the provider's schema: "},
		{"no schema", "providers", schema, []string{"-o", to("a"), synth}, "the provider's schema: "},
		{"another's schema", "", `{"provider_schemas": {}}`, []string{"-o", to("a"), synth}, "none of hashicorp/aws"},
		{"same names", "", schema, []string{"-o", to("same"), synth}, ""},
		{"short names, the schema is kept", "init", "", []string{"-names", "short", "-o", to("short"), synth}, ""},
		{"over another one", "", "", []string{"-o", to("same"), synth}, "not there or empty"},
	} {
		file("refused", test.refused)
		file("schema.json", test.schema)
		out, err := eject(test.args...)
		if test.want == "" && (err != nil || !strings.HasSuffix(out, " is written; its README.md says how to go on\n")) || test.want != "" && (err == nil || out != "" || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q; it says %q", test.name, err, test.want, out)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "local", "schema", "asking-*")); len(left) > 0 {
			t.Errorf("%s: %q is left", test.name, left)
		}
	}
	if calls, err := os.ReadFile(filepath.Join(dir, "calls")); err != nil || !strings.HasSuffix(string(calls), "init -input=false -no-color\nproviders schema -json\n") || strings.Count(string(calls), "init") != 4 {
		t.Errorf("%v\n%s", err, calls)
	}
	for name, moved := range map[string]bool{"same": false, "short": true} {
		if _, err := os.Stat(filepath.Join(to(name), "dev", "moved.tf")); (err == nil) != moved {
			t.Errorf("%s: moved.tf: %v", name, err)
		}
	}
	kept := filepath.Join(dir, "local", "schema", "aws-"+config.ProviderVersion+".json")
	if err := errors.Join(os.Remove(kept), os.Mkdir(kept, 0o700)); err != nil {
		t.Fatal(err)
	}
	if out, err := eject("-o", to("b"), synth); err == nil {
		t.Errorf("what is kept cannot be read, and it says %s", out)
	}
	// Not even root makes a folder in /proc.
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "other"), 0o700), os.Symlink("/proc", filepath.Join(dir, "other", "schema"))); err != nil {
		t.Fatal(err)
	}
	if out, err := eject("-dir", filepath.Join(dir, "other"), "-o", to("b"), synth); err == nil || !strings.Contains(err.Error(), filepath.Join("other", "schema")) {
		t.Errorf("the schema cannot be kept: %v, and it says %s", err, out)
	}
	closed, writer := io.Pipe()
	closed.Close()
	file("schema.json", schema)
	if err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: writer}, "platform", "", []command.Command{Command}, []string{"eject", "-dir", filepath.Join(dir, "third"), "-o", to("b"), synth}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("nobody reads what it says: %v", err)
	}
}

// TestLayOut: elements of a list look alike, all on one line each or none.
func TestLayOut(t *testing.T) {
	long := strings.Repeat("x", width)
	fits := strings.Repeat("x", width-4-len(`{ a = "" }`)) // at the depth of a list's elements, of two blanks each
	for _, test := range []struct{ name, json, want string }{
		{"objects that fit", `[{"a": "` + fits[2:] + `"}, {"a": "b"}]`, "[\n  { a = \"" + fits[2:] + "\" },\n  { a = \"b\" },\n]"},
		{"one that does not", `[{"a": "b"}, {"a": "` + long + `"}]`, "[\n  {\n    a = \"b\"\n  },\n  {\n    a = \"" + long + "\"\n  },\n]"},
		{"texts", `["a", "` + long + `"]`, "[\n  \"a\",\n  \"" + long + "\",\n]"},
		{"a list in a list", `[["` + long + `"], {"a": "b"}]`, "[\n  [\n    \"" + long + "\",\n  ],\n  {\n    a = \"b\"\n  },\n]"},
	} {
		if got := layOut(value(decoded(t, test.json), "dynamic"), 0, 0, true); strings.ReplaceAll(got, " = ", "=") != strings.ReplaceAll(test.want, " = ", "=") {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestOrderOfArguments: what it is called, what it is for, what is required, the
// rest, tags; and what was moved before stays.
func TestOrderOfArguments(t *testing.T) {
	s := parsed(t)
	attributes, all := map[string]Attribute{}, map[string]any{}
	for _, name := range []string{"name", "family", "identifier", "bucket", "own_name", "description", "alarm_description", "zone", "a_name", "other", "tags"} {
		attributes[name], all[name] = Attribute{Type: "string", Required: name == "own_name" || name == "zone"}, "x"
	}
	kind := s.Resources["aws_b"]
	kind.Block = Block{Attributes: attributes}
	s.Resources["aws_c"] = kind
	text, err := json.Marshal(map[string]any{"resource": map[string]any{"aws_c": map[string]any{"c": all}}, "moved": []any{map[string]any{"from": "aws_c.old", "to": "aws_c.c"}}})
	if err != nil {
		t.Fatal(err)
	}
	stack := load(t, string(text))
	files, err := Stack(stack, s)
	if err != nil {
		t.Fatal(err)
	}
	written := ""
	for name, file := range files {
		if name != "moved.tf" {
			written += string(file)
		}
	}
	var order []string
	for line := range strings.Lines(written) {
		if name, _, ok := strings.Cut(line, " = "); ok || strings.Contains(line, "=") {
			name, _, _ = strings.Cut(name, "=")
			order = append(order, strings.TrimSpace(name))
		}
	}
	if want := "bucket family identifier name own_name alarm_description description zone a_name other tags"; strings.Join(order, " ") != want {
		t.Errorf("%q, want %q in\n%s", strings.Join(order, " "), want, written)
	}
	renamed, err := Renamed(stack)
	if moved, _ := renamed.Content["moved"].([]any); err != nil || len(moved) == 0 || moved[0].(map[string]any)["from"] != "aws_c.old" {
		t.Errorf("%v, %v", renamed.Content["moved"], err)
	}
}

// TestWhatStaysText: JSON is written as such where the provider compares its
// meaning or not a byte changes, and only in a text; a lifecycle may be one word;
// two resources of one construct are in order.
func TestWhatStaysText(t *testing.T) {
	s := parsed(t)
	kind := s.Resources["aws_b"]
	kind.Block = Block{Attributes: map[string]Attribute{"policy": {Type: "string"}, "note": {Type: "string"}, "any": {Type: "dynamic"}, "same": {Type: "string"},
		"assume_role_policy": {Type: "string"}, "container_definitions": {Type: "string"}, "dashboard_body": {Type: "string"}, "tags": {Type: []any{"map", "string"}}}, Blocks: s.Resources["aws_a"].Block.Blocks}
	kind.Block.Blocks["zone"] = kind.Block.Blocks["timeouts"]
	s.Resources["aws_c"] = kind
	const path = `"//": {"metadata": {"path": "dev/environment/c"}}`
	files, err := Stack(load(t, `{"resource": {
		"aws_c": {"z": {"//": {"metadata": {"path": "dev/environment/web/x"}}}, "b": {`+path+`, "assume_role_policy": "{\"b\": 2}", "container_definitions": "{\"b\": 3}", "dashboard_body": "{\"b\": 4}", "tags": {}, "zone": {"create": "1"}, "timeouts": {"create": "2"}, "lifecycle": {"ignore_changes": "all", "replace_triggered_by": ["aws_b.c"]}, "policy": "{\"b\": 1}", "note": "{\"b\": 1}", "any": "{\"b\":1}", "same": "{\"b\":1}"}, "a": {`+path+`}},
		"aws_b": {"c": {`+path+`}, "y": {"//": {"metadata": {"path": "dev/environment/web/y"}}}}}, "output": {"o": {"value": "1", "sensitive": true}}}`), s)
	if err != nil {
		t.Fatal(err)
	}
	written := ""
	for _, name := range slices.Sorted(maps.Keys(files)) {
		written += strings.Join(strings.Fields(string(files[name])), " ") + "\n"
	}
	for _, want := range []string{`policy = jsonencode({ b = 1 })`, `note = "{\"b\": 1}"`, `any = "{\"b\":1}"`, `same = jsonencode({ b = 1 })`, "lifecycle { ignore_changes = all replace_triggered_by = [aws_b.c] }",
		"assume_role_policy = jsonencode({ b = 2 })", "container_definitions = jsonencode({ b = 3 })", "dashboard_body = jsonencode({ b = 4 })", "tags = {}", `zone { create = "1" } timeouts { create = "2" }`, "sensitive = true"} {
		if !strings.Contains(written, want) {
			t.Errorf("no %q in\n%s", want, written)
		}
	}
	if outputs, err := Stack(load(t, `{"output": {"a": {"value": "1"}, "b": {"value": "2", "description": "d"}}}`), s); err != nil || string(outputs["outputs.tf"]) != "output \"a\" {\n  value = \"1\"\n}\n\noutput \"b\" {\n  description = \"d\"\n  value       = \"2\"\n}\n" {
		t.Errorf("%v\n%s", err, outputs["outputs.tf"])
	}
	if x, y := strings.Index(written, `"aws_c" "z"`), strings.Index(written, `"aws_b" "y"`); x < 0 || y < x {
		t.Errorf("they are at %d and %d of\n%s", x, y, written)
	}
	if b, a, c := strings.Index(written, `"aws_b" "c"`), strings.Index(written, `"aws_c" "a"`), strings.Index(written, `"aws_c" "b"`); b < 0 || a < b || c < a {
		t.Errorf("they are at %d, %d and %d of\n%s", b, a, c, written)
	}
}
