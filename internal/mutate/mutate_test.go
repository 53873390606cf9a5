package mutate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/golden"
	"github.com/paperwurks/infra/internal/process"
)

// Each operator, as the source reads afterwards.
func TestInFile(t *testing.T) {
	for _, test := range []struct{ body, operator, want string }{
		{"if a { b() }", "condition negated", "if !(a) { b() }"},
		{"for a { b() }", "condition dropped", "for false { b() }"},
		{"_ = a < b", "operator", "_ = a <= b"},
		{"_ = a && b", "operator", "_ = a || b"},
		{"b()", "statement dropped", ""},
		{"a = b", "statement dropped", ""},
		{"defer b()", "statement dropped", ""},
		{"for { break }", "statement dropped", "for {  }"},
		{"return err", "error dropped", "return nil"},
		{`return x, fmt.Errorf("%w", err)`, "error dropped", "return x, nil"},
		{"return true", "truth turned", "return false"},
		{"_ = []int{1, 2}", "element dropped", "_ = []int{2}"},
		{"_ = []int{1, 2}", "element dropped", "_ = []int{1, }"},
		{"_ = s{A: 1, B: false}", "element dropped", "_ = s{B: false}"},
		{`_ = "name"`, "string changed", `_ = "name~"`},
		{"a(); b()", "early return", "return\na(); b()"},
	} {
		const before, after = "package p\nimport \"fmt\"\nfunc f() {\n", "\n}\n"
		source := before + test.body + after
		found, err := inFile("p.go", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(found, func(m mutant) bool {
			return m.operator == test.operator && m.function == "f" && string(m.applied([]byte(source))) == before+test.want+after
		}) {
			t.Errorf("%q: no %s that gives %q: %v", test.body, test.operator, test.want, found)
		}
	}
	// Prose, tags, imports and what is false anyway are left alone.
	found, err := inFile("p.go", []byte("package p\nimport \"fmt\"\ntype s struct { A bool `json:\"a\"` }\nvar _ = s{A: false, B: \"a sentence\"}\nvar _ = \"a sentence\"\nvar _ = fmt.Sprint\n"))
	if err != nil || len(found) > 0 {
		t.Errorf("found %v, %v", found, err)
	}
}

// All mutants of a file, in their order, with what is there afterwards and the
// node that a joint build has twice; there are no others.
func TestEveryMutant(t *testing.T) {
	const source = `package p

import "errors"

type s struct {
	A string "tag"
	B []*s
}

const short, long = "a", "name"

var list = []*s{{A: "one" + " and two"}, &s{B: nil}, {A: "a" +
	"b"}}

func (v *s) f(n int, c chan int) (bool, error) {
	if n <= 1 || n >= 2 && n > 3 {
		v.B[0].A += "more"
		v := n
		v--
	}
	for range n {
		if n == 4 {
			continue
		}
		goto end
	}
	for ; n < 5; n++ {
		c <- n
	}
	switch {
	case n == 6:
		return true, errors.New("new")
	case n == 7:
		return true, other.New("new")
	case n == 8:
		return true, errors.As("new")
	case n == 9:
		return true, fmt.Sprint("new")
	case n == 10:
		return true, fmt.Errorf("new")
	case n == 11:
		return new()
	case n == 12:
		return a.b.New()
	}
end:
	return false, errors.Join(errs)
}

func g() { h() }

func h() {
	defer g()
	g()
}

func i() error { return nil }

func j() (int, error) { return 0, errs }

func k() bool { return false }

func l(struct { A string "tag" }) { return }

func m() (int, name) { return 0, name }
`
	found, err := inFile("p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, m := range found {
		if m.file != "p.go" || m.source != strings.Join(strings.Fields(source[m.from:m.to]), " ") || m.line != 1+strings.Count(source[:m.from], "\n") {
			t.Errorf("%s is at %d to %d", m, m.from, m.to)
		}
		around := source[m.outer.from:m.from] + "«" + m.text + "»" + source[m.to:m.outer.to]
		fmt.Fprintf(&got, "%d %s %s, %s: %s\n", m.line, m.function, []string{"expression", "statement", "return", "entry"}[m.outer.kind], m.operator, strings.Join(strings.Fields(around), " "))
	}
	if want := everyMutant; got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if _, err := inFile("p.go", []byte("package")); err == nil {
		t.Error("what is no Go is parsed")
	}
}

const everyMutant = `10 (declarations) expression, string changed: «"name~"»
12 (declarations) expression, element dropped: []*s{«»&s{B: nil}, {A: "a" + "b"}}
12 (declarations) expression, string changed: «"one~"»
12 (declarations) expression, element dropped: []*s{{A: "one" + " and two"}, «»{A: "a" + "b"}}
12 (declarations) expression, element dropped: []*s{{A: "one" + " and two"}, &s{B: nil}, «»}
12 (declarations) expression, element dropped: {«»}
16 f expression, condition negated: «!(n <= 1 || n >= 2 && n > 3)»
16 f expression, operator: n «<» 1
16 f expression, operator: n <= 1 «&&» n >= 2 && n > 3
16 f expression, operator: n «>» 2
16 f expression, operator: n >= 2 «||» n > 3
16 f expression, operator: n «>=» 3
17 f statement, statement dropped: «»
17 f expression, string changed: «"more~"»
19 f statement, statement dropped: «»
22 f expression, condition negated: «!(n == 4)»
23 f statement, statement dropped: «»
27 f expression, condition dropped: «false»
27 f expression, operator: n «<=» 5
27 f statement, statement dropped: «»
28 f statement, statement dropped: «»
32 f return, error dropped: return true, «nil»
32 f expression, string changed: «"new~"»
34 f expression, string changed: «"new~"»
36 f expression, string changed: «"new~"»
38 f expression, string changed: «"new~"»
40 f return, error dropped: return true, «nil»
40 f expression, string changed: «"new~"»
47 f return, error dropped: return false, «nil»
50 g statement, statement dropped: «»
53 h entry, early return: «return »defer g()
53 h statement, statement dropped: «»
54 h statement, statement dropped: «»
59 j return, error dropped: return 0, «nil»
61 k return, truth turned: return «true»
`

// Each seed and each package has an order of its own, always the same.
func TestShuffle(t *testing.T) {
	lines := func(seed uint64, dir string) string {
		all := make([]mutant, 9)
		for i := range all {
			all[i].line = i
		}
		shuffle(all, seed, dir)
		return fmt.Sprint(all)
	}
	first := lines(1, "p")
	if lines(1, "p") != first || lines(2, "p") == first || lines(1, "q") == first || first == fmt.Sprint([]mutant{{line: 0}, {line: 1}, {line: 2}, {line: 3}, {line: 4}, {line: 5}, {line: 6}, {line: 7}, {line: 8}}) {
		t.Errorf("%s\n%s\n%s\n%s", first, lines(1, "p"), lines(2, "p"), lines(1, "q"))
	}
}

// What cannot be read or parsed has no mutants, and that is an error.
func TestFindFails(t *testing.T) {
	unread, wrong := t.TempDir(), t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(unread, "a.go"), 0o700), os.WriteFile(filepath.Join(wrong, "a.go"), []byte("package"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{"[": "syntax error in pattern", unread: "is a directory", wrong: "find mutants: "} {
		if found, err := find(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", dir, found, err, want)
		}
	}
}

// A mutant is named on one line, and not longer than that.
func TestString(t *testing.T) {
	m := mutant{file: "a/b.go", line: 3, function: "F", operator: "operator", source: strings.Repeat("a", 91)}
	if got, want := m.String(), "a/b.go:3 F: operator: "+strings.Repeat("a", 90)+"…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if m.source = m.source[1:]; strings.HasSuffix(m.String(), "…") {
		t.Errorf("90 bytes are cut: %q", m)
	}
}

// A test that looks notices, and one that does not lets it live; what does not
// compile counts as neither, and an equivalent one is not tried.
func TestOne(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module m\n\ngo 1.26\n",
		"p/p.go":      "package p\n\nfunc Seen(n int) bool { return n < 3 }\n\nfunc Unseen() bool { return true }\n\nfunc Same() bool { return true }\n\nfunc Unbuilt() int {\n\tn := 0\n\tn = 1\n\treturn n\n}\n\nconst Fixed = \"fixed\"\n\nvar Kind = \"kind\"\n",
		"p/p_test.go": "package p\n\nimport \"testing\"\n\nfunc TestSeen(t *testing.T) {\n\tUnseen()\n\tif !Seen(2) || Seen(3) || Unbuilt() != 1 {\n\t\tt.Fail()\n\t}\n}\n",
		"q/q_test.go": "package q\n\nimport (\n\t\"m/p\"\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestFixed(t *testing.T) {\n\tfile, err := os.OpenFile(\"../runs\", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfile.WriteString(\"~\")\n\tif p.Fixed != \"fix\"+\"ed\" {\n\t\tt.Fail()\n\t}\n}\n\nfunc TestKind(t *testing.T) {\n\tif p.Kind != \"kind\" {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	known := []equivalent{{"p/p.go", "Same", "truth turned", "true", "an example"}}
	r := run{root: root, out: &bytes.Buffer{}}
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	// Another package's test notices a constant, which has a build of its own, and
	// would notice the other one, but is not asked.
	got, err := r.one(t.Context(), subject{dir: "p", tests: []string{"q ^TestFixed$"}}, known)
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []mutant) string {
		var out []string
		for _, m := range list {
			out = append(out, m.function+" "+m.operator)
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	if n, s, e := names(got.noticed), names(got.survived), names(got.equivalent); n != "(declarations) string changed, Seen operator, Unbuilt statement dropped" || s != "(declarations) string changed, Unseen truth turned" || e != "Same truth turned" {
		t.Errorf("noticed %s; survived %s; equivalent %s", n, s, e)
	}
	// It looks at what p's own tests let pass, and not again in a build of its own:
	// Fixed's, Kind's, Unseen's and nothing broken.
	if runs, err := os.ReadFile(filepath.Join(root, "runs")); err != nil || len(runs) != 4 {
		t.Errorf("q's tests ran %d times, %v", len(runs), err)
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "mutate-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
	r.sample = 1
	some, err := r.one(t.Context(), subject{dir: "p"}, known)
	if err != nil || len(some.noticed)+len(some.survived) != 1 {
		t.Errorf("one of a sample of one: %+v, %v", some, err)
	}
	if share := got.share(); share != 60 {
		t.Errorf("%f %% noticed, want three of five", share)
	}
	if _, err := r.one(t.Context(), subject{dir: "p"}, []equivalent{{"p/p.go", "Gone", "truth turned", "true", "an example"}}); err == nil || !strings.HasSuffix(err.Error(), ": no such mutant any more: p/p.go, Gone, truth turned, true, an example") {
		t.Errorf("a row for nothing: %v", err)
	}
	// What cannot be tried is an error.
	r.sample = 0
	if _, err := r.one(t.Context(), subject{dir: "p", tests: []string{"none"}}, known); err == nil || !strings.Contains(err.Error(), "build the tests of none: ") {
		t.Errorf("no such tests: %v", err)
	}
	if _, err := r.one(t.Context(), subject{dir: "["}, nil); err == nil {
		t.Error("no such package")
	}
	t.Setenv("TMPDIR", filepath.Join(temporary, "none"))
	if _, err := r.one(t.Context(), subject{dir: "p"}, known); err == nil || !strings.Contains(err.Error(), "none: no such file") {
		t.Errorf("without a folder: %v", err)
	}
	t.Setenv("TMPDIR", temporary)
	if err := os.WriteFile(filepath.Join(root, "p/p.go"), []byte("package p\n\nvar a int = true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.one(t.Context(), subject{dir: "p"}, nil); err == nil || !strings.HasPrefix(err.Error(), "go list p: ") {
		t.Errorf("a package that does not compile: %v", err)
	}
	if err := os.WriteFile(filepath.Join(root, "p/p.go"), []byte("package p\n\nfunc Seen(int) bool { return false }\n\nfunc Unseen() bool { return true }\n\nfunc Unbuilt() int { return 1 }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.one(t.Context(), subject{dir: "p"}, nil); err == nil || !strings.Contains(err.Error(), "fail before anything is broken") {
		t.Errorf("tests that fail anyway: %v", err)
	}
}

// A joint build has each mutant where it is selected and only there, as a build of
// its own would have it; what must be constant is left to such a build.
func TestTogether(t *testing.T) {
	const source = `package p

import "errors"

type name string

type pair struct {
	A name
	B []*pair
}

const fixed = "fixed"

var table = map[name][]pair{"one": {{A: "two", B: []*pair{{A: "four"}}}}}

var whole = &pair{A: "five", B: []*pair{nil}}

func all(n int) (out []name, err error) {
	if n > 3 && n != 5 || n == 9 {
		out = append(out, "six")
		for i := 0; i < n; i++ {
			if i == 2 {
				continue
			}
			out = append(out, "seven")
		}
	}
	note()
	if n == 7 {
		return nil, errors.New("eight")
	}
	if n == 8 {
		err = errors.New("nine")
	}
	return out, err
}

func note() {
	whole.A += "~"
	whole.B = nil
}
`
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"p/p.go": source,
		"p/p_test.go": "package p\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"os\"\n\t\"testing\"\n)\n\n" +
			"var first = spell(whole)\n\nfunc TestSame(t *testing.T) {\n\tgot := first\n\tfor n := range 12 {\n\t\tout, err := all(n)\n\t\tgot += fmt.Sprintln(out, err)\n\t}\n" +
			"\twant, err := os.ReadFile(\"want\")\n\tif got += spell(table) + spell(whole) + fixed; err != nil {\n\t\tos.WriteFile(\"want\", []byte(got), 0o600)\n\t} else if string(want) != got {\n\t\tt.Error(got)\n\t}\n}\n\n" +
			"func spell(v any) string {\n\tdata, _ := json.Marshal(v)\n\treturn string(data)\n}\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := load(t.Context(), root, "p")
	if err != nil {
		t.Fatal(err)
	}
	found, err := inFile("p/p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var mutants []mutant
	operators := map[string]bool{}
	for _, m := range found {
		if c.compiles(map[string][]byte{m.file: m.applied(c.sources[m.file])}) {
			mutants = append(mutants, m)
			operators[m.operator] = true
		}
	}
	if len(mutants) < 20 || len(operators) < 7 {
		t.Fatalf("%d mutants of %v", len(mutants), operators)
	}
	folder := t.TempDir()
	changed, together := c.together(mutants)
	j, err := newJoint(root, folder, changed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newJoint(root, filepath.Join(folder, "none"), changed); err == nil {
		t.Error("sources are written to no folder")
	}
	j.limit = time.Nanosecond // as if the tests of another package had taken no time
	for i, m := range mutants {
		if constant := m.source == `"fixed"` || m.source == "i++"; together[i] == constant {
			t.Errorf("%s: in the joint build: %t", m, together[i])
		}
		if got, said, err := j.test(t.Context(), []string{"p"}, i); err != nil || (got == failed) != together[i] {
			t.Errorf("%s: %d, %v\n%s", m, got, err, said)
		}
		if got, said, err := j.test(t.Context(), []string{"p ^TestNone$"}, i); err != nil || got != passed {
			t.Errorf("%s: without the test: %d, %v\n%s", m, got, err, said)
		}
	}
	// They are built once, and may take longer than this.
	if !j.built["p"] || j.limit < time.Minute {
		t.Errorf("built: %v, for %s", j.built, j.limit)
	}
	if got, _, err := j.test(t.Context(), []string{"none"}, 0); err == nil || got != notBuilt {
		t.Errorf("no such tests: %d, %v", got, err)
	}
	for text, want := range map[string]outcome{source: passed, "package p\nfunc": notBuilt, "package p\nvar a int = true\n": notBuilt, source + "func init() { panic(1) }\n": failed} {
		if got, said, err := j.alone(t.Context(), []string{"p"}, map[string][]byte{"p/p.go": []byte(text)}); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d\n%s", text, got, err, want, said)
		}
	}
	if got, _, err := j.alone(t.Context(), []string{"none"}, nil); err == nil || got != notBuilt {
		t.Errorf("no such tests in a build of their own: %d, %v", got, err)
	}
	t.Setenv("PATH", "")
	if got, _, err := j.alone(t.Context(), []string{"p"}, nil); !errors.Is(err, exec.ErrNotFound) || got != notBuilt {
		t.Errorf("without Go: %d, %v", got, err)
	}
	j.folder = filepath.Join(folder, "none")
	if got, _, err := j.alone(t.Context(), []string{"p"}, nil); !errors.Is(err, fs.ErrNotExist) || got != notBuilt {
		t.Errorf("without a folder: %d, %v", got, err)
	}
}

// A package that is no Go, or has a wrong type, is not loaded, be `go list` content
// with it (-e), and does not compile with such a source.
func TestLoadFails(t *testing.T) {
	const good = "package p\n"
	for source, want := range map[string]string{good: "", good + "func": "expected", good + "var a int = true\n": "cannot use true"} {
		root := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(root, "p"), 0o700), os.WriteFile(filepath.Join(root, "go.mod"), []byte("module m\n\ngo 1.26\n"), 0o600), os.WriteFile(filepath.Join(root, "p", "p.go"), []byte(source), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, flags := range []string{"", "-e"} {
			t.Setenv("GOFLAGS", flags)
			c, err := load(t.Context(), root, "p")
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%q with %q: %v; want %q", source, flags, err, want)
			}
			if want == "" && (!c.compiles(map[string][]byte{"p/p.go": []byte(good)}) || c.compiles(map[string][]byte{"p/p.go": []byte("package")})) {
				t.Error("what is no Go compiles, or what is does not")
			}
		}
	}
	if _, err := load(t.Context(), t.TempDir(), "p"); err == nil || !strings.HasPrefix(err.Error(), "go list p: ") {
		t.Errorf("without a module: %v", err)
	}
}

// What a test leaves running is ended.
func TestOutput(t *testing.T) {
	out, err := output(process.Command(t.Context(), "sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!; exit 3"))
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Error(err)
	}
	left, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", left)); err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("it runs on")
}

// The table of equivalent mutants has a reason in each row, and no row for nothing.
func TestEquivalent(t *testing.T) {
	known, err := readEquivalent("equivalent.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range known {
		all, err := find(filepath.Join("..", "..", filepath.Dir(e.file)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			all[i].file = strings.TrimPrefix(all[i].file, filepath.Join("..", "..")+string(filepath.Separator))
		}
		if !slices.ContainsFunc(all, e.is) {
			t.Errorf("no such mutant: %q", e.row())
		}
	}
	file := filepath.Join(t.TempDir(), "equivalent.csv")
	for text, want := range map[string]string{
		"":         "the first row must be",
		"a,b\n":    "the first row must be",
		"a\n1,2\n": "wrong number of fields",
		strings.Join(equivalentHead, ",") + "\na,b,c,d,\n": "row 2 has no reason",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readEquivalent(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// The page keeps the rows of packages that are not tried now.
func TestPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mutation.md")
	m := []mutant{{}}
	known := []equivalent{{"a/b.go", "F", "operator", "|", "an example"}}
	for i, results := range [][]result{
		{{subject: subject{dir: "compliance", floor: 95}, places: 9, noticed: append(m, m...), survived: m, equivalent: m}, {subject: subject{dir: "config", floor: 90}, places: 1}},
		{{subject: subject{dir: "compliance", floor: 95}, places: 10, noticed: m}},
	} {
		r := run{seed: uint64(i), day: "2026-11-26", page: file}
		if err := r.write(results, known); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compliance := []string{"| `compliance` | 9 | 3 | 2 | 1 | 1 | 67 | 95 | 0 | 2026-11-26 |\n", "| `compliance` | 10 | 1 | 1 | 0 | 0 | 100 | 95 | 1 | 2026-11-26 |\n"}[i]
		for _, want := range []string{compliance, "| `config` | 1 | 0 | 0 | 0 | 0 | 100 | 90 | 0 | 2026-11-26 |\n", "| `access` | · | · | · | · | · | · | · | · | never |\n",
			"| `a/b.go`, F | operator | `\\|` | an example |\n", "| `internal/kernel` | jsii: "} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%q is missing in\n%s", want, data)
			}
		}
		if strings.Count(string(data), "| `compliance`") != 1 {
			t.Errorf("a package is there twice:\n%s", data)
		}
	}
	// docs/mutation.md is as it would be written, but for what was measured.
	known, err := readEquivalent("equivalent.csv")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../docs/mutation.md")
	if err == nil {
		err = os.WriteFile(file, kept, 0o600)
	}
	if err == nil {
		err = (run{page: file}).write(nil, known)
	}
	written, readErr := os.ReadFile(file)
	if err := errors.Join(err, readErr); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/mutation.md", string(written), "UPDATE_GOLDEN=1 go test -run TestPage ./internal/mutate")
	if text := string(page(nil, nil)); !strings.Contains(text, "None so far.\n") || strings.Contains(text, "| place |") {
		t.Errorf("without an equivalent mutant:\n%s", text)
	}
	if err := (run{page: filepath.Dir(file)}).write(nil, nil); err == nil {
		t.Error("a folder is written as a page")
	}
}

// A package below its floor is an error, and so is one whose tests fail anyway;
// the others are tried.
func TestCommand(t *testing.T) {
	before := subjects
	defer func() { subjects = before }()
	subjects = []subject{{"broken", nil, 50}, {"good", nil, 100}, {"low", nil, 90}}
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                         "module m\n\ngo 1.26\n",
		"internal/mutate/equivalent.csv": strings.Join(equivalentHead, ",") + "\n",
		"broken/a.go":                    "package broken\n",
		"broken/a_test.go":               "package broken\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Fail() }\n",
		"good/a.go":                      "package good\n\nfunc A() bool { return true }\n",
		"good/a_test.go":                 "package good\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tif !A() {\n\t\tt.Fail()\n\t}\n}\n",
		"low/a.go":                       "package low\n\nfunc A() bool { return true }\n\nfunc B() bool { return true }\n",
		"low/a_test.go":                  "package low\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(root, "low"))
	mutate := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: &out, Err: &out}, "platform", "", []command.Command{Command}, append([]string{"mutate"}, args...))
		return out.String(), err
	}
	out, err := mutate("-seed", "7", "-sample", "1", "-o", "page.md", "./broken/", "good", "low")
	if err == nil || !strings.Contains(err.Error(), "the tests of broken fail before anything is broken") || !strings.Contains(err.Error(), "low: 0 % noticed, and 90 % must be") || strings.Contains(err.Error(), "good") {
		t.Errorf("got %v", err)
	}
	const want = `good                             1 of   1 noticed (100 %), 0 equivalent; floor 100 %
survived: low/a.go:3 A: truth turned: true
low                              0 of   1 noticed (0 %), 0 equivalent; floor 90 %
`
	if out != want {
		t.Errorf("it says\n%s\nwant\n%s", out, want)
	}
	page, err := os.ReadFile("page.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"\\| `broken` \\|.* never \\|\n", "\\| `good` \\| 1 \\| 1 \\| 1 \\| 0 \\| 0 \\| 100 \\| 100 \\| 7 \\| 20\\d\\d-\\d\\d-\\d\\d \\|\n", "\\| `low` \\| 2 \\| 1 \\| 0 \\|"} {
		if !regexp.MustCompile(row).Match(page) {
			t.Errorf("%q is not in\n%s", row, page)
		}
	}
	if out, _ := mutate("-h"); !strings.Contains(out, "platform mutate [flags] [PACKAGE...]\n") {
		t.Errorf("it takes\n%s", out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (run{root: root, out: &bytes.Buffer{}}).packages(ctx, nil); err == nil || err.Error() != "context canceled" {
		t.Errorf("cancelled: %v", err)
	}
	if err := os.Remove(filepath.Join(root, equivalentFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := mutate("good"); err == nil {
		t.Error("without the table of equivalent mutants")
	}
	t.Chdir(t.TempDir())
	if _, err := mutate("good"); err == nil {
		t.Error("outside the module")
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// alternatives are a pattern's, each as a pattern of its own: all must be there.
func alternatives(pattern string) []string {
	before, rest, ok := strings.Cut(pattern, "(")
	if !ok {
		return []string{pattern}
	}
	inside, after, _ := strings.Cut(rest, ")")
	var out []string
	for part := range strings.SplitSeq(inside, "|") {
		out = append(out, before+part+after)
	}
	return out
}

// Every package that is named is there, and a wrong name is refused.
func TestSubjects(t *testing.T) {
	for _, s := range subjects {
		tests := 0
		for _, looking := range append([]string{s.dir}, s.tests...) {
			dir, pattern, _ := strings.Cut(looking, " ")
			files, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
			if err != nil || len(files) == 0 && dir != s.dir {
				t.Errorf("%s has no tests (%v)", dir, err)
			}
			var names []string
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, found := range testFunction.FindAllSubmatch(text, -1) {
					names = append(names, string(found[1]))
				}
			}
			for _, part := range alternatives(pattern) {
				if !slices.ContainsFunc(names, regexp.MustCompile(part).MatchString) {
					t.Errorf("%s: %s has no test like %s", s.dir, dir, part)
				}
			}
			tests += len(files)
		}
		if tests == 0 {
			t.Errorf("%s has no tests", s.dir)
		}
	}
	broken := dirs()
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != ".." {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil || !slices.ContainsFunc(files, func(file string) bool { return !strings.HasSuffix(file, "_test.go") && filepath.Base(file) != "doc.go" }) {
			return err
		}
		dir, err := filepath.Rel("../..", path)
		if err != nil {
			return err
		}
		why := left[dir]
		for above := filepath.Dir(dir); above != "." && why == ""; above = filepath.Dir(above) {
			why = left[above]
		}
		if !slices.Contains(broken, dir) && why == "" {
			t.Errorf("%s is neither broken nor left for a reason", dir)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for dir := range left {
		if _, err := os.Stat(filepath.Join("../..", dir)); err != nil || slices.Contains(broken, dir) {
			t.Errorf("%s is left for a reason: %v, and broken: %t", dir, err, slices.Contains(broken, dir))
		}
	}
	if err := (run{}).packages(t.Context(), []string{"no/such"}); err == nil || !strings.Contains(err.Error(), `"no/such"`) {
		t.Errorf("got %v", err)
	}
}
