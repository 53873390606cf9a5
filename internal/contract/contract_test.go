package contract

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/pipelines"
)

var repository = filepath.Join("..", "..")

// TestChangelogIsCurrent is over this repository.
func TestChangelogIsCurrent(t *testing.T) {
	if err := Check(os.DirFS(repository)); err != nil {
		t.Error(err)
	}
}

// released is a repository with this one's workflows and two versions: the
// second says what is so now, the first lacks a parameter.
func released(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := filepath.Glob(filepath.Join(repository, ".github/workflows/backend-*.yml"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[".github/workflows/"+filepath.Base(name)] = &fstest.MapFile{Data: data}
	}
	now, err := Interface(out)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(now, "\n") + "\n"
	out["docs/interface/1.1.txt"] = &fstest.MapFile{Data: []byte(text)}
	out["docs/interface/1.0.txt"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "parameter /<project>/<env>/alarm/topic-arn\n", "", 1))}
	const body = "\n\n**Backend:** nothing.\n\n**Deploy:** nothing.\n\n"
	out["CHANGELOG.md"] = &fstest.MapFile{Data: []byte("# Changelog\n\n## 1.1 · 2026-11-27" + body + "## 1.0 · 2026-11-26" + body)}
	return out
}

func TestCheck(t *testing.T) {
	if err := Check(released(t)); err != nil {
		t.Fatal(err)
	}
	const deploy = ".github/workflows/backend-deploy.yml"
	const environment = "      environment:\n"
	for name, test := range map[string]struct{ file, from, to, want string }{
		"a new input":                  {deploy, environment, "      extra:\n        type: string\n        default: x\n" + environment, "+ input backend-deploy.yml extra: string, default \"x\"\nwrite an entry of version 1.2"},
		"a new input that is required": {deploy, environment, "      extra:\n        type: string\n        required: true\n" + environment, "write an entry of version 2.0"},
		"a new secret":                 {deploy, "permissions: {}", "# ${{ secrets.TOKEN }}\npermissions: {}", "+ github backend-deploy.yml secrets.TOKEN\nwrite an entry of version 2.0"},
		"an input that went":           {deploy, "      dockerfile:", "      docker-file:", "- input backend-deploy.yml dockerfile: string, default \"Dockerfile\"\n+ input backend-deploy.yml docker-file"},
		"another default":              {deploy, "default: CRITICAL", "default: HIGH", "write an entry of version 2.0"},
		"one permission more":          {deploy, "      actions: read", "      actions: write", "- permission backend-deploy.yml actions: read\n+ permission backend-deploy.yml actions: write\nwrite an entry of version 2.0"},
		"a parameter that went":        {"docs/interface/1.1.txt", "workflow backend-deploy.yml", "parameter /<project>/<env>/old\nworkflow backend-deploy.yml", "- parameter /<project>/<env>/old\nwrite an entry of version 2.0"},
		"a version too small":          {"docs/interface/1.0.txt", "variable PORT", "variable OLD_PORT\nvariable PORT", "version 1.1 follows 1.0: what changed needs 2.0:\n- variable OLD_PORT"},
		"a version left out":           {"CHANGELOG.md", "## 1.0 ·", "## 0.9 ·", "docs/interface/0.9.txt"},
		"a file without an entry":      {"docs/interface/3.0.txt", "", "x", "docs/interface/3.0.txt: no entry"},
		"nothing for the backend":      {"CHANGELOG.md", "**Backend:** nothing.", "", `"## 1.1 · 2026-11-27": a paragraph that starts with "**Backend:**" is required`},
		"no word on stacks":            {"CHANGELOG.md", "**Deploy:**", "Deploy:", `"**Deploy:**" is required`},
		"another title":                {"CHANGELOG.md", "## 1.1 · 2026-11-27", "## 1.1", `"## 1.1": a title such as`},
		"no such day":                  {"CHANGELOG.md", "2026-11-27", "2026-11-31", "out of range"},
		"an order by chance":           {"CHANGELOG.md", "2026-11-26", "2026-12-26", "the newest is first"},
		"no entry":                     {"CHANGELOG.md", "## ", "### ", "no entry"},
	} {
		files := released(t)
		data := test.to
		if test.from != "" {
			before := string(files[test.file].Data)
			if data = strings.ReplaceAll(before, test.from, test.to); data == before {
				t.Errorf("%s: %q is not in %s", name, test.from, test.file)
			}
		}
		files[test.file] = &fstest.MapFile{Data: []byte(data)}
		if err := Check(files); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
	// Another major version is always right.
	files := released(t)
	files["docs/interface/2.0.txt"] = files["docs/interface/1.1.txt"]
	delete(files, "docs/interface/1.1.txt")
	files["CHANGELOG.md"].Data = []byte(strings.Replace(string(files["CHANGELOG.md"].Data), "## 1.1", "## 2.0", 1))
	if err := Check(files); err != nil {
		t.Error(err)
	}
}

func TestBreaks(t *testing.T) {
	for name, test := range map[string]struct {
		gone, new string
		want      bool
	}{
		"nothing":                    {"", "", false},
		"a parameter":                {"", "parameter /a", false},
		"a rule for the image":       {"", "image user: not root", true},
		"a rule in other words":      {"image user: not root", "image user: any but root", false},
		"a rule that went":           {"image user: not root", "image group: not root", true},
		"a statement for a database": {"", "database GRANT a TO b;", true},
		"a variable that went":       {"variable PORT", "", true},
		"what a new workflow asks":   {"", "github b.yml vars.X\ninput b.yml c: string, required\npermission b.yml id-token: write\nworkflow b.yml", false},
		"and one that is there":      {"", "github a.yml vars.X\nworkflow b.yml", true},
		"an input with a default":    {"", `input a.yml b: string, default ", required"`, false},
	} {
		lines := func(text string) []string { return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }) }
		if got := (Difference{lines(test.gone), lines(test.new)}).Breaks(); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// TestWrite: the file of a version is written once.
func TestWrite(t *testing.T) {
	root := t.TempDir()
	files := released(t)
	delete(files, "docs/interface/1.1.txt")
	if err := os.CopyFS(root, files); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if file, err := Write(root); err != nil || file != "docs/interface/1.1.txt" {
			t.Fatalf("%q, %v", file, err)
		}
	}
	if err := Check(os.DirFS(root)); err != nil {
		t.Error(err)
	}
	const merged = "workflow of another day\n"
	file := filepath.Join(root, "docs/interface/1.1.txt")
	if err := os.WriteFile(file, []byte(merged), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(root); err == nil || !strings.Contains(err.Error(), "write a new entry in CHANGELOG.md") {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != merged {
		t.Errorf("%v, %q", err, data)
	}
}

// What cannot be read is no contract: neither checked nor written.
func TestUnreadable(t *testing.T) {
	for name, test := range map[string]struct {
		change func(fstest.MapFS)
		want   string
	}{
		"no changelog":           {func(f fstest.MapFS) { delete(f, "CHANGELOG.md") }, "CHANGELOG.md"},
		"a changelog of no form": {func(f fstest.MapFS) { f["CHANGELOG.md"].Data = nil }, "no entry"},
		"a workflow of no form":  {func(f fstest.MapFS) { f[".github/workflows/backend-x.yml"] = &fstest.MapFile{Data: []byte("on: [")} }, ".github/workflows/backend-x.yml: yaml: "},
		"a workflow is a folder": {func(f fstest.MapFS) { f[".github/workflows/backend-x.yml/x"] = &fstest.MapFile{} }, "backend-x.yml"},
		"a version is a folder": {func(f fstest.MapFS) {
			delete(f, "docs/interface/1.1.txt")
			f["docs/interface/1.1.txt/x"] = &fstest.MapFile{}
		}, "1.1.txt"},
	} {
		files := released(t)
		test.change(files)
		if err := Check(files); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s is checked: %v, want %q", name, err, test.want)
		}
		root := t.TempDir()
		if err := os.CopyFS(root, files); err != nil {
			t.Fatal(err)
		}
		if file, err := Write(root); err == nil || file != "" || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s is written: %q, %v, want %q", name, file, err, test.want)
		}
	}
	root, files := t.TempDir(), released(t)
	delete(files, "docs/interface/1.1.txt")
	delete(files, "docs/interface/1.0.txt")
	files["docs"] = &fstest.MapFile{Data: []byte("a file")}
	if err := os.CopyFS(root, files); err != nil {
		t.Fatal(err)
	}
	if file, err := Write(root); err == nil {
		t.Errorf("written into a file: %q", file)
	}
}

// TestCommand says what it wrote, which may be the first version of all.
func TestCommand(t *testing.T) {
	root, files := t.TempDir(), released(t)
	delete(files, "docs/interface/1.1.txt")
	delete(files, "docs/interface/1.0.txt")
	if err := os.CopyFS(root, files); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	run := func() (string, error) {
		var out strings.Builder
		err := command.Run(t.Context(), command.Process{Out: &out}, "platform", "", []command.Command{Command}, []string{"interface"})
		return out.String(), err
	}
	if out, err := run(); err != nil || out != "docs/interface/1.1.txt\n" {
		t.Errorf("%q, %v", out, err)
	}
	if err := os.WriteFile("docs/interface/1.1.txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil || out != "" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestWorkflow: what a caller gives, gets and grants, and what is read of GitHub's.
func TestWorkflow(t *testing.T) {
	w, err := pipelines.ParseReusable("a.yml", []byte(`on:
  workflow_call:
    inputs:
      must: {type: string, required: true}
      may: {type: number, default: 3}
    secrets:
      key: {required: true}
      other: {required: false}
    outputs:
      image: {value: x}
jobs:
  b: {permissions: {contents: read}}
  a: {permissions: {id-token: write}, env: {X: "${{ vars.PLACE }} and ${{ format(secrets.KEY) }} and vars.NOT_READ"}}
`))
	want := []string{"github a.yml secrets.KEY", "github a.yml vars.PLACE", "input a.yml may: number, default \"3\"", "input a.yml must: string, required", "output a.yml image: ",
		"permission a.yml contents: read", "permission a.yml id-token: write", "secret a.yml key: , required", "secret a.yml other: ", "workflow a.yml"}
	got := workflow(w)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := Compare([]string{"a", "b"}, []string{"b", "c"}); d.String() != "\n- a\n+ c" {
		t.Errorf("%q", d)
	}
}
