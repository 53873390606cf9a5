package mutate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/paperwurks/infra/internal/process"
)

// selected is the environment variable that names the mutant of a joint build.
const selected = "PLATFORM_MUTANT"

// code is a package, parsed and checked for types.
type code struct {
	dir       string
	positions *token.FileSet
	importer  types.Importer
	sources   map[string][]byte
	files     map[string]*ast.File
	info      *types.Info
	types     *types.Package
}

// load returns a package of the module at root. Its imports are read from what
// the compiler wrote of them.
func load(ctx context.Context, root, dir string) (*code, error) {
	command := process.Command(ctx, "go", "list", "-export", "-deps", "-f",
		"{{.ImportPath}}\t{{.Export}}{{if not (or .DepOnly .Standard)}}{{range .GoFiles}}\t{{.}}{{end}}{{end}}", "./"+dir, "os")
	command.Dir = root
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", dir, err, said.String())
	}
	c := &code{dir: dir, positions: token.NewFileSet(), sources: map[string][]byte{}, files: map[string]*ast.File{}}
	exports := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Split(line, "\t")
		exports[fields[0]] = fields[1]
		for _, name := range fields[2:] {
			if c.sources[filepath.Join(dir, name)], err = os.ReadFile(filepath.Join(root, dir, name)); err != nil {
				return nil, err
			}
		}
	}
	c.importer = importer.ForCompiler(c.positions, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	c.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	c.types, err = c.check(c.files, c.sources, c.info)
	return c, err
}

// check parses sources into files, and checks these for types.
func (c *code) check(files map[string]*ast.File, sources map[string][]byte, info *types.Info) (*types.Package, error) {
	for name, source := range sources {
		file, err := parser.ParseFile(c.positions, name, source, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files[name] = file
	}
	var list []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, files[name])
	}
	return (&types.Config{Importer: c.importer}).Check(c.dir, c.positions, list, info)
}

// compiles says whether the package does with other sources of these files.
func (c *code) compiles(changed map[string][]byte) bool {
	_, err := c.check(maps.Clone(c.files), changed, nil)
	return err == nil
}

// insertion is what a joint build has before or behind a piece of source that
// is length bytes long.
type insertion struct {
	at, length int
	behind     bool
	text       string
}

// inserted are the insertions by which a mutant is there only where it is
// selected by its number. The source between them stays, so that there may be
// others in it.
func (c *code) inserted(m mutant, number int) []insertion {
	source, is := c.sources[m.file], fmt.Sprintf("mutantIs == \"%d\"", number)
	from, to := m.outer.from, m.outer.to
	whole := string(source[from:m.from]) + m.text + string(source[m.to:to])
	around := func(before, behind string) []insertion {
		return []insertion{{from, to - from, false, before}, {to, to - from, true, behind}}
	}
	switch m.outer.kind {
	case entry:
		return []insertion{{from, to - from, false, "if " + is + " { return }\n"}}
	case statement:
		return around("if !("+is+") { ", " }")
	case returned:
		return []insertion{{from, to - from, false, "if " + is + " { " + whole + " }\n"}}
	}
	var found ast.Expr
	ast.Inspect(c.files[m.file], func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && found == nil && c.offset(e.Pos()) == from && c.offset(e.End()) == to {
			found = e
		}
		return found == nil
	})
	kind := types.Default(c.info.TypeOf(found))
	spelled := types.TypeString(kind, func(p *types.Package) string {
		if p == c.types {
			return ""
		}
		return p.Name()
	})
	// An element that leaves its type to the list around it has to say it, once.
	own := ""
	if literal, ok := found.(*ast.CompositeLit); ok && literal.Type == nil {
		own = spelled
		if element, ok := strings.CutPrefix(own, "*"); ok {
			own = "&" + element
		}
	}
	return append(around(fmt.Sprintf("func() %s { if %s { return %s%s }; return ", spelled, is, own, whole), " }()"), insertion{from, 0, false, own})
}

func (c *code) offset(at token.Pos) int { return c.positions.Position(at).Offset }

// together are the sources of a joint build: of all mutants that can be selected
// in one, by their index. The others need a build of their own.
func (c *code) together(mutants []mutant) (map[string][]byte, map[int]bool) {
	build := func(numbers []int) map[string][]byte {
		lists := map[string][]insertion{}
		for _, i := range numbers {
			lists[mutants[i].file] = append(lists[mutants[i].file], c.inserted(mutants[i], i)...)
		}
		changed := map[string][]byte{}
		for name, list := range lists {
			changed[name] = insert(c.sources[name], list)
		}
		changed[filepath.Join(c.dir, "mutant_is.go")] = []byte("package " + c.types.Name() + "\n\nimport \"os\"\n\nvar mutantIs = os.Getenv(\"" + selected + "\")\n")
		return changed
	}
	var numbers []int
	for i := range mutants {
		numbers = append(numbers, i)
	}
	changed := build(numbers)
	if !c.compiles(changed) {
		numbers = slices.DeleteFunc(numbers, func(i int) bool { return !c.compiles(build([]int{i})) })
		if changed = build(numbers); !c.compiles(changed) {
			return nil, nil
		}
	}
	chosen := map[int]bool{}
	for _, i := range numbers {
		chosen[i] = true
	}
	return changed, chosen
}

// insert puts the insertions into a source. Of those at one place, what is behind
// a piece comes first, the shortest piece's first; what is before one, the longest's.
func insert(source []byte, list []insertion) []byte {
	slices.SortStableFunc(list, func(a, b insertion) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.behind != b.behind:
			if a.behind {
				return -1
			}
			return 1
		case a.behind:
			return a.length - b.length
		}
		return b.length - a.length
	})
	// A literal's type, which several mutants need, is there once.
	list = slices.CompactFunc(list, func(a, b insertion) bool { return a.length == 0 && a == b })
	var out []byte
	last := 0
	for _, i := range list {
		out = append(append(out, source[last:i.at]...), i.text...)
		last = i.at
	}
	return append(out, source[last:]...)
}

// joint is a build of the tests with many mutants in it, of which the
// environment selects one.
type joint struct {
	root, folder string
	environment  []string
	limit        time.Duration
	// built are the tests that are, by their folder.
	built map[string]bool
}

// newJoint writes the sources; folder is the caller's to remove.
func newJoint(root, folder string, changed map[string][]byte) (*joint, error) {
	environment, err := overlay(root, folder, changed)
	return &joint{root: root, folder: folder, environment: environment, built: map[string]bool{}}, err
}

// overlay writes sources into a folder and returns the environment in which go
// reads them in the place of those of the module at root.
func overlay(root, folder string, changed map[string][]byte) ([]string, error) {
	replaced := map[string]string{}
	var errs []error
	for name, source := range changed {
		file := filepath.Join(folder, filepath.Base(name))
		replaced[filepath.Join(root, name)] = file
		errs = append(errs, os.WriteFile(file, source, 0o600))
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": replaced})
	file := filepath.Join(folder, "overlay.json")
	errs = append(errs, err, os.WriteFile(file, list, 0o600))
	return append(os.Environ(), "GOFLAGS=-overlay="+file), errors.Join(errs...)
}

// outcome is what a run of the tests came to.
type outcome int

const (
	passed outcome = iota
	failed
	notBuilt
)

// prepare builds tests, once, and runs them without a mutant.
func (j *joint) prepare(ctx context.Context, tests string) error {
	dir, _, _ := strings.Cut(tests, " ")
	if j.built[tests] {
		return nil
	}
	command := process.Command(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-w", "-o", j.program(dir), "./"+dir)
	command.Dir, command.Env = j.root, j.environment
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build the tests of %s: %w\n%s", dir, err, out)
	}
	begun, before := time.Now(), j.limit
	j.limit = 0 // none: these may be slower than those before
	if got, said := j.run(ctx, tests, ""); got != passed {
		return fmt.Errorf("the tests of %s fail before anything is broken:\n%s", dir, said)
	}
	// An endless loop ends; a machine that is busier than before does not.
	j.built[tests], j.limit = true, max(before, time.Minute+10*time.Since(begun))
	return nil
}

// test runs all these tests, those of one package after the other, with a mutant.
func (j *joint) test(ctx context.Context, all []string, number int) (outcome, string, error) {
	for _, tests := range all {
		if err := j.prepare(ctx, tests); err != nil {
			return notBuilt, "", err
		}
		if got, said := j.run(ctx, tests, fmt.Sprint(number)); got != passed {
			return got, said, nil
		}
	}
	return passed, "", nil
}

// alone runs all these tests, those of one package after the other, of a build with
// other sources, each for as long as the joint build allows. Programs that the tests
// build have them too.
func (j *joint) alone(ctx context.Context, all []string, changed map[string][]byte) (outcome, string, error) {
	var environment []string
	folder, err := os.MkdirTemp(j.folder, "")
	if err == nil {
		environment, err = overlay(j.root, folder, changed)
	}
	if err != nil {
		return notBuilt, "", err
	}
	for _, tests := range all {
		if err := j.prepare(ctx, tests); err != nil {
			return notBuilt, "", err
		}
		dir, pattern, _ := strings.Cut(tests, " ")
		command := process.Command(ctx, "go", "test", "-count=1", "-failfast", "-vet=off", "-ldflags=-w", "-timeout", j.limit.String(), "-run", pattern, "./"+dir)
		command.Dir, command.Env = j.root, environment
		out, err := output(command)
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
				return notBuilt, string(out), nil
			}
			return failed, string(out), nil
		} else if err != nil {
			return notBuilt, "", err
		}
	}
	return passed, "", nil
}

func (j *joint) program(dir string) string {
	return filepath.Join(j.folder, strings.ReplaceAll(dir, "/", "_")+".test")
}

func (j *joint) run(ctx context.Context, tests, number string) (outcome, string) {
	dir, pattern, _ := strings.Cut(tests, " ")
	program := j.program(dir)
	if _, err := os.Stat(program); err != nil {
		return passed, "" // it has no tests
	}
	command := process.Command(ctx, program, "-test.failfast", "-test.timeout", j.limit.String(), "-test.run", pattern)
	command.Dir, command.Env = filepath.Join(j.root, dir), append(j.environment, selected+"="+number)
	out, err := output(command)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return failed, string(out)
	} else if err != nil {
		return notBuilt, err.Error()
	}
	return passed, ""
}

// output runs a command and ends what it left running: tests that are broken may
// start programs without end.
func output(command *exec.Cmd) ([]byte, error) {
	out, err := command.CombinedOutput()
	if command.Process != nil {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // its process group; mostly there is none any more
	}
	return out, err
}
