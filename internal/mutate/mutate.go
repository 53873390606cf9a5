package mutate

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/markdown"
	"github.com/paperwurks/infra/internal/process"
)

// Command breaks a sample of places of each package, one at a time.
var Command = command.Command{
	Name: "mutate", Arguments: "[PACKAGE...]", Summary: "break the code in one place after another: the tests must notice",
	Define: func(flags *flag.FlagSet) command.Func {
		seed := flags.Uint64("seed", uint64(time.Now().Unix()/86400), "`number` that decides which places are broken")
		sample := flags.Int("sample", 40, "`number` of places in each package; 0 for all")
		page := flags.String("o", "", "Markdown `file` for the table; rows of packages that are not tried stay")
		return func(ctx context.Context, p command.Process, args []string) error {
			root, err := process.ModuleRoot()
			if err != nil {
				return err
			}
			r := run{root: root, seed: *seed, sample: *sample, out: p.Out, page: *page, day: time.Now().UTC().Format(time.DateOnly)}
			return r.packages(ctx, args)
		}
	},
}

// run is one run over packages.
type run struct {
	root   string
	seed   uint64
	sample int
	out    io.Writer
	page   string
	// day is when it is, for the page.
	day string
}

// result is what became of the mutants of a package.
type result struct {
	subject
	// places is how many mutants there are; those that do not compile are among
	// them.
	places            int
	noticed, survived []mutant
	equivalent        []mutant
}

func (r result) share() float64 {
	tried := len(r.noticed) + len(r.survived)
	if tried == 0 {
		return 100
	}
	return 100 * float64(len(r.noticed)) / float64(tried)
}

// packages tries those that are named, or all. It returns an error for each that
// is below its floor.
func (r run) packages(ctx context.Context, names []string) error {
	chosen := subjects
	if len(names) > 0 {
		chosen = nil
		for _, name := range names {
			i := slices.IndexFunc(subjects, func(s subject) bool { return s.dir == strings.Trim(name, "./") })
			if i < 0 {
				return command.UsageError(fmt.Sprintf("%q is no package that is broken; these are: %s", name, strings.Join(dirs(), ", ")))
			}
			chosen = append(chosen, subjects[i])
		}
	}
	known, err := readEquivalent(filepath.Join(r.root, equivalentFile))
	if err != nil {
		return err
	}
	var results []result
	var errs []error
	for _, s := range chosen {
		got, err := r.one(ctx, s, known)
		if ctx.Err() != nil {
			errs = append(errs, ctx.Err())
			break
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		results = append(results, got)
		fmt.Fprintf(r.out, "%-30s %3d of %3d noticed (%.0f %%), %d equivalent; floor %d %%\n", s.dir, len(got.noticed), len(got.noticed)+len(got.survived), got.share(), len(got.equivalent), s.floor)
		if got.share() < float64(s.floor) {
			errs = append(errs, fmt.Errorf("%s: %.0f %% noticed, and %d %% must be", s.dir, got.share(), s.floor))
		}
	}
	if r.page != "" {
		errs = append(errs, r.write(results, known))
	}
	return errors.Join(errs...)
}

func dirs() []string {
	var names []string
	for _, s := range subjects {
		names = append(names, s.dir)
	}
	return names
}

// one breaks a package at the places that the seed chooses. What does not
// compile is replaced by the next place.
func (r run) one(ctx context.Context, s subject, known []equivalent) (result, error) {
	got := result{subject: s}
	all, err := find(filepath.Join(r.root, s.dir))
	if err != nil {
		return got, err
	}
	got.places = len(all)
	for i := range all {
		all[i].file = filepath.Join(s.dir, filepath.Base(all[i].file))
	}
	for _, e := range known {
		if filepath.Dir(e.file) == s.dir && !slices.ContainsFunc(all, e.is) {
			return got, fmt.Errorf("%s: no such mutant any more: %s", equivalentFile, strings.Join(e.row(), ", "))
		}
	}
	folder, err := os.MkdirTemp("", "mutate-*")
	if err != nil {
		return got, err
	}
	defer os.RemoveAll(folder)
	c, err := load(ctx, r.root, s.dir)
	if err != nil {
		return got, err
	}
	applied := func(m mutant) map[string][]byte {
		return map[string][]byte{m.file: m.applied(c.sources[m.file])}
	}
	shuffle(all, r.seed, s.dir)
	var chosen []mutant
	for _, m := range all {
		if r.sample > 0 && len(chosen) >= r.sample {
			break
		}
		if slices.ContainsFunc(known, func(e equivalent) bool { return e.is(m) }) {
			got.equivalent = append(got.equivalent, m)
		} else if c.compiles(applied(m)) {
			chosen = append(chosen, m)
		}
	}
	changed, together := c.together(chosen)
	looking := append([]string{s.dir}, s.tests...)
	j, err := newJoint(r.root, folder, changed)
	if err == nil {
		err = j.prepare(ctx, s.dir)
	}
	if err != nil {
		return got, err
	}
	for i, m := range chosen {
		outcome, said, err, alone := passed, "", error(nil), looking
		if together[i] {
			// What seems to survive has a build of its own for its own package's tests:
			// the environment may not reach a program that they start.
			outcome, said, err = j.test(ctx, looking, i)
			alone = looking[:1]
		}
		if outcome == passed {
			outcome, said, err = j.alone(ctx, alone, applied(m))
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return got, err
		}
		switch outcome {
		case passed:
			got.survived = append(got.survived, m)
			fmt.Fprintln(r.out, "survived:", m) // at once: a run takes hours
		case failed:
			got.noticed = append(got.noticed, m)
			if strings.Contains(said, "panic: test timed out") {
				fmt.Fprintln(r.out, "noticed by the time that it took:", m)
			}
		}
	}
	return got, nil
}

// shuffle puts the mutants of a package in the order that the seed gives it.
func shuffle(all []mutant, seed uint64, dir string) {
	hash := fnv.New64a()
	hash.Write([]byte(dir))
	order := rand.New(rand.NewPCG(seed, hash.Sum64()))
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
}

// equivalentFile lists the mutants that change nothing that anybody could see.
const equivalentFile = "internal/mutate/equivalent.csv"

// equivalent is a mutant, known by what it is and not by its line.
type equivalent struct{ file, function, operator, source, reason string }

func (e equivalent) is(m mutant) bool {
	return e.file == filepath.ToSlash(m.file) && e.function == m.function && e.operator == m.operator && e.source == m.source
}

func (e equivalent) row() []string {
	return []string{e.file, e.function, e.operator, e.source, e.reason}
}

// readEquivalent returns the table's rows. It returns an error for a row without
// a reason.
func readEquivalent(file string) ([]equivalent, error) {
	data, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer data.Close()
	rows, err := csv.NewReader(data).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], equivalentHead) {
		return nil, fmt.Errorf("%s: the first row must be %q", file, equivalentHead)
	}
	var out []equivalent
	for i, row := range rows[1:] {
		if row[4] == "" {
			return nil, fmt.Errorf("%s: row %d has no reason", file, i+2)
		}
		out = append(out, equivalent{row[0], row[1], row[2], row[3], row[4]})
	}
	return out, nil
}

var equivalentHead = []string{"file", "function", "operator", "source", "reason"}

// write writes the page: the rows of these results, and those of packages that
// were not tried now as they are in it.
func (r run) write(results []result, known []equivalent) error {
	before, err := os.ReadFile(r.page)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(before)) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == len(columns) {
			rows[strings.Trim(cells[0], "`")] = cells
		}
	}
	for _, got := range results {
		n := func(list []mutant) string { return fmt.Sprint(len(list)) }
		rows[got.dir] = []string{"`" + got.dir + "`", fmt.Sprint(got.places), fmt.Sprint(len(got.noticed) + len(got.survived)), n(got.noticed), n(got.survived), n(got.equivalent),
			fmt.Sprintf("%.0f", got.share()), fmt.Sprint(got.floor), fmt.Sprint(r.seed), r.day}
	}
	return os.WriteFile(r.page, page(rows, known), 0o644)
}

var columns = []string{"package", "places", "tried", "noticed", "survived", "equivalent", "%", "at least", "seed", "day"}

// inTable is code in a cell of a table.
func inTable(text string) string { return "`" + strings.ReplaceAll(text, "|", "\\|") + "`" }

// page is docs/mutation.md.
func page(rows map[string][]string, known []equivalent) []byte {
	var page markdown.Page
	page.WriteString("# Tests that notice\n\n<!-- Written by make mutate PAGE=docs/mutation.md; it takes hours, so that make docs leaves it alone. -->\n")
	page.Text("`make mutate` breaks the code in one place at a time and runs the tests of its package: a condition negated, a comparison moved by one, an error, " +
		"a statement or an element dropped, a string or a truth changed, a function left early. Something must turn red. The seed chooses the places: another day, others. " +
		"All places of a package are in one build of its tests, of which a variable selects one; what must be constant has a build of its own, and what seems to survive another for the tests of its own package. " +
		"What does not compile does not count, and prose, which has a blank in it, is left alone. A package below what it must notice at least fails the run, " +
		"which the nightly workflow (.github/workflows/rehearse.yml) does with the day as the seed. The policies have their own mutants, all of which are tried by `make test` (docs/access.md).")
	page.Numbers(columns...)
	for _, s := range subjects {
		row, ok := rows[s.dir]
		if !ok {
			row = append([]string{"`" + s.dir + "`"}, strings.Split(strings.Repeat("· ", len(columns)-2)+"never", " ")...)
		}
		page.Row(row...)
	}
	page.Heading("Whose tests look")
	page.Text("Those of the package itself, and those of others where its code serves them, all or what `-run` names:")
	page.Table("package", "other tests")
	for _, s := range subjects {
		if len(s.tests) > 0 {
			page.Row("`"+s.dir+"`", inTable(strings.Join(s.tests, "`, `")))
		}
	}
	page.Heading("Equivalent")
	page.Text("Mutants that change nothing that anybody could see. They are not tried; a row for a place that is no longer there fails a test.")
	if len(known) == 0 {
		page.Text("None so far.")
	} else {
		page.Table("place", "change", "what is there", "why nobody could see it")
	}
	for _, e := range known {
		page.Row("`"+e.file+"`, "+e.function, e.operator, inTable(e.source), e.reason)
	}
	page.Heading("Left alone")
	page.Text("Packages that are not broken, each with those below it:")
	page.Table("package", "why")
	for _, dir := range slices.Sorted(maps.Keys(left)) {
		page.Row("`"+dir+"`", left[dir])
	}
	return []byte(page.String())
}
