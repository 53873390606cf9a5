package updates

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ecosystems are Dependabot's for the files that it reads (GitHub documentation,
// "Dependabot supported ecosystems and repositories"); "" for none of its.
var ecosystems = map[string]string{
	"go.mod": "gomod", "package.json": "npm", "requirements.txt": "pip", "requirements.in": "pip", "action.yml": "github-actions",
	"Dockerfile": "docker", "Containerfile": "docker", "docker-compose.yml": "docker-compose", "compose.yml": "docker-compose", "devcontainer.json": "devcontainers",
	"pyproject.toml": "pip", "Pipfile": "pip", "Gemfile": "bundler", "Cargo.toml": "cargo", "pom.xml": "maven", ".gitmodules": "gitsubmodule",
	".pre-commit-config.yaml": "pre-commit", "versions.tf": "terraform",
	".terraform-version": "", ".nvmrc": "", ".node-version": "", ".python-version": "", ".tool-versions": "", "mise.toml": "",
}

var (
	version = regexp.MustCompile(`\d+\.\d+|@sha256:[0-9a-f]{64}`)
	digit   = regexp.MustCompile(`\d`)
	// foreign is an action of another repository.
	foreign = regexp.MustCompile(`(?m)^\s*(- )?uses: [^.\s].*@`)
	// installed is a version in a command: a package with @1.2 or ==1.2.
	installed = regexp.MustCompile(`[\w/-]+(@v?|==)\d+\.\d+[\w.-]*`)
	constant  = regexp.MustCompile(`(?m)^const \w+ = ".*\d.*"$`)
)

// Faults names what files, the repository from its root, pin and nobody
// updates, and what updates nothing.
func Faults(files fs.FS, pins []Pin) ([]string, error) {
	f := &finder{files: files, pins: pins, updated: map[string]bool{}}
	if err := f.readDependabot(); err != nil {
		return nil, err
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", ".local", "node_modules", "cdktf.out", "testdata"}, entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		return f.file(name)
	})
	for place := range f.updated {
		if !f.updated[place] {
			f.fault("Dependabot updates %s, where there is nothing", place)
		}
	}
	for _, i := range f.ignored {
		if !i.found {
			f.fault("Dependabot ignores %q, which no file of %s has", i.name, i.ecosystem)
		}
	}
	for _, p := range pins {
		if _, err := p.current(files); err != nil {
			f.fault("%v", err)
		}
	}
	slices.Sort(f.faults)
	return slices.Compact(f.faults), err
}

type finder struct {
	files fs.FS
	pins  []Pin
	// ignored are what Dependabot is told to leave as it is.
	ignored []*ignored
	// updated are Dependabot's "ecosystem folder", and whether there is a file of it.
	updated map[string]bool
	faults  []string
}

// ignored is a dependency, or several by a pattern with *, of an ecosystem in some folders.
type ignored struct {
	ecosystem, name string
	folders         []string
	line            *regexp.Regexp
	found           bool
}

// newIgnored takes a dependency-name (GitHub documentation, "Dependabot options
// reference", ignore: * is for zero or more characters). A line of a manifest has it
// between what ends a name in one of these formats.
func newIgnored(ecosystem, name string, folders []string) *ignored {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(name), `\*`, `[^\s"]*`)
	return &ignored{ecosystem: ecosystem, name: name, folders: folders, line: regexp.MustCompile(`(^|[\s"])` + pattern + `($|[\s"@=<>~:])`)}
}

func (f *finder) fault(format string, a ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, a...))
}

func (f *finder) readDependabot() error {
	const name = ".github/dependabot.yml"
	data, err := fs.ReadFile(f.files, name)
	if err != nil {
		return err
	}
	var config struct {
		Updates []struct {
			Ecosystem   string   `yaml:"package-ecosystem"`
			Directory   string   `yaml:"directory"`
			Directories []string `yaml:"directories"`
			Ignore      []struct {
				Name string `yaml:"dependency-name"`
			} `yaml:"ignore"`
		} `yaml:"updates"`
	}
	if err := yaml.Unmarshal(data, &config); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, u := range config.Updates {
		folders := append(u.Directories, u.Directory)
		for _, folder := range folders {
			if folder != "" {
				f.updated[u.Ecosystem+" "+folder] = false
			}
		}
		for _, i := range u.Ignore {
			f.ignored = append(f.ignored, newIgnored(u.Ecosystem, i.Name, folders))
		}
	}
	return nil
}

func (f *finder) file(name string) error {
	base, folder := path.Base(name), path.Join("/", path.Dir(name))
	ecosystem, manifest := ecosystems[base]
	if strings.HasPrefix(name, ".github/workflows/") {
		ecosystem, manifest, folder = "github-actions", true, "/"
	}
	// A module under another name than go.mod, such as tool.mod, is read by nobody.
	manifest = manifest || strings.HasSuffix(base, ".mod")
	script := base == "Makefile" || strings.HasSuffix(base, ".sh")
	if !manifest && !script && !strings.HasSuffix(base, ".lock.hcl") && name != versionsFile {
		return nil
	}
	data, err := fs.ReadFile(f.files, name)
	if err != nil {
		return err
	}
	text := string(data)
	if base == "action.yml" && !foreign.MatchString(text) {
		return nil
	}
	switch {
	case manifest:
		if _, ok := f.updated[ecosystem+" "+folder]; ok {
			f.updated[ecosystem+" "+folder] = true
		} else if ecosystem == "" {
			f.fault("%s: nobody updates it: Dependabot reads no file of this name", name)
		} else {
			f.fault("%s: nobody updates it: Dependabot's %s is not told of the folder %s", name, ecosystem, folder)
		}
		f.ignores(name, ecosystem, folder, text)
		if ecosystem == "github-actions" {
			return f.workflow(name, data)
		}
	case script:
		f.command(name, text)
	case name == versionsFile:
		for _, line := range constant.FindAllString(text, -1) {
			f.covered(name, line)
		}
	default:
		f.covered(name, text)
	}
	return nil
}

// ignores wants a pin for each version of a manifest that Dependabot ignores.
func (f *finder) ignores(name, ecosystem, folder, text string) {
	for _, i := range f.ignored {
		if i.ecosystem != ecosystem || !slices.Contains(i.folders, folder) {
			continue
		}
		for _, line := range strings.Split(text, "\n") {
			if i.line.MatchString(line) && version.MatchString(line) {
				i.found = true
				f.covered(name, strings.TrimSpace(line))
			}
		}
	}
}

// versionsFile has the versions that the stacks ask for.
const versionsFile = "config/versions.go"

// covered wants a pin for a piece of a file.
func (f *finder) covered(name string, pieces ...string) {
	for _, piece := range pieces {
		if slices.ContainsFunc(f.pins, func(p Pin) bool { return p.covers(name, piece) }) {
			return
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(pieces[0]), "\n")
	f.fault("%s: nobody updates %q: a row of internal/updates.Pins is required", name, first)
}

// command wants no version in a shell's command: no program finds it there.
func (f *finder) command(name, text string) {
	for _, m := range installed.FindAllString(text, -1) {
		f.fault("%s: %q: a version in a command is updated by nobody", name, m)
	}
}

// workflow wants a pin for each version that is not an action's own.
func (f *finder) workflow(name string, data []byte) error {
	var tree yaml.Node
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, v := range values(&tree, "") {
		named := strings.Contains(v.key, "version") || v.key == "runs-on" || v.key == "container" || v.key == "image"
		switch {
		case v.key == "run":
			f.command(name, v.text)
		case version.MatchString(v.text) || named && digit.MatchString(v.text):
			f.covered(name, v.key+": "+v.text, v.key+`: "`+v.text+`"`)
		}
	}
	return nil
}

type value struct{ key, text string }

// values are what may hold a version in a workflow or an action: where jobs run
// and in which images, what their steps run, and what actions are given.
func values(n *yaml.Node, key string) []value {
	if n.Kind == yaml.ScalarNode {
		return []value{{key, n.Value}}
	}
	var out []value
	for i := 0; i < len(n.Content); i++ {
		if n.Kind != yaml.MappingNode {
			out = append(out, values(n.Content[i], key)...)
			continue
		}
		name, child := n.Content[i].Value, n.Content[i+1]
		i++
		switch name {
		case "with", "runs-on", "container", "services", "run", "env":
			out = append(out, leaves(child, name)...)
		default:
			if child.Kind != yaml.ScalarNode {
				out = append(out, values(child, name)...)
			}
		}
	}
	return out
}

// leaves are all values below a node, each with its own key.
func leaves(n *yaml.Node, key string) []value {
	if n.Kind == yaml.ScalarNode {
		return []value{{key, n.Value}}
	}
	var out []value
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.MappingNode {
			out = append(out, leaves(n.Content[i+1], n.Content[i].Value)...)
			i++
		} else {
			out = append(out, leaves(n.Content[i], key)...)
		}
	}
	return out
}
