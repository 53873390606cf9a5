package observed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/process"
)

// Table is the file of recorded needs, relative to the module's root.
const Table = "internal/accessmodel/observed/calls.csv"

// Row is a need of a role and the call that it comes from, "s3 PutObject".
// Where it says {env}, it holds for each of Environments.
type Row struct {
	Role, Call string
	Need
	Environments []string
}

// key is the same for rows that differ in their environments only.
func (r Row) key() string {
	r.Environments = nil
	return strings.Join(r.fields(), "\x00")
}

// String says who needs what for which call.
func (r Row) String() string {
	fields := r.fields()
	text := fmt.Sprintf("%s, for %s: %s on %s", r.Role, r.Call, r.Action, r.Resource)
	if fields[4] != "" {
		text += " with " + fields[4]
	}
	return text
}

const env = "{env}"

// fold is the row with {env} for the environment that it names, if it names
// one only.
func fold(r Row, environments []string) (Row, string) {
	var named []string
	all := strings.Join(r.fields(), " ")
	for _, name := range environments {
		if inName(name).MatchString(all) {
			named = append(named, name)
		}
	}
	if len(named) != 1 {
		return r, ""
	}
	return r.mapped(func(text string) string {
		return inName(named[0]).ReplaceAllString(text, "${1}"+env)
	}), named[0]
}

// inName finds a word as a part of a name.
func inName(word string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[-/:.=])` + regexp.QuoteMeta(word) + `\b`)
}

// In is the row in one environment.
func (r Row) In(environment string) Row {
	out := r.mapped(func(text string) string { return strings.ReplaceAll(text, env, environment) })
	out.Environments = nil
	return out
}

func (r Row) mapped(change func(string) string) Row {
	out := Row{change(r.Role), r.Call, Need{r.Action, change(r.Resource), map[string]string{}}, r.Environments}
	for key, value := range r.Context {
		out.Context[key] = change(value)
	}
	return out
}

func (r Row) fields() []string {
	var context []string
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		context = append(context, key+"="+r.Context[key])
	}
	return []string{r.Role, r.Call, r.Action, r.Resource, strings.Join(context, "; "), strings.Join(r.Environments, " ")}
}

var header = []string{"role", "call", "action", "resource", "context", "environments"}

// Write writes the table, as text that is the same for the same rows.
func Write(out io.Writer, rows []Row) error {
	w := csv.NewWriter(out)
	w.Write(header) // Error tells at the end
	for _, r := range rows {
		w.Write(r.fields())
	}
	w.Flush()
	return w.Error()
}

// WriteFile replaces the module's table.
func WriteFile(rows []Row) error {
	root, err := process.ModuleRoot()
	if err != nil {
		return err
	}
	file := filepath.Join(root, Table)
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone already when all went well
	if err := errors.Join(Write(temporary, rows), temporary.Chmod(0o644), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", Table, err)
	}
	return os.Rename(temporary.Name(), file)
}

// ReadFile reads the module's table.
func ReadFile() ([]Row, error) {
	root, err := process.ModuleRoot()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(root, Table))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(file)
}

// Read reads what Write wrote.
func Read(in io.Reader) ([]Row, error) {
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Table, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], header) {
		return nil, fmt.Errorf("%s: the first line must be %q", Table, strings.Join(header, ","))
	}
	var rows []Row
	for i, record := range records[1:] {
		r := Row{record[0], record[1], Need{record[2], record[3], map[string]string{}}, strings.Fields(record[5])}
		for _, pair := range strings.Split(record[4], "; ") {
			if pair == "" {
				continue
			}
			key, value, ok := strings.Cut(pair, "=")
			if !ok {
				return nil, fmt.Errorf("%s: line %d: context %q: key=value is required", Table, i+2, pair)
			}
			r.Context[key] = value
		}
		rows = append(rows, r)
	}
	return rows, nil
}
