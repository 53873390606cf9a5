package changes

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

func file(t *testing.T, parts ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEverySettingHasARow, and every row a setting.
func TestEverySettingHasARow(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range Rows() {
		rows[row.Field] = true
	}
	all := Fields()
	for _, field := range all {
		// A leaf in an element has a row; of an element's fields, each has one.
		if !rows[field] {
			t.Errorf("%s has no row in rows.go: say what changing it does on a running platform, and run make changes", field)
		}
	}
	for field := range rows {
		if !slices.Contains(all, field) {
			t.Errorf("%s is no setting", field)
		}
	}
	if len(all) < 70 {
		t.Errorf("%d settings are found", len(all))
	}
}

// TestRowsAreChanges: each makes a change that the settings' own rules accept,
// but for those that synth refuses; its runbook and its test are there.
func TestRowsAreChanges(t *testing.T) {
	operations := file(t, "docs", "operations.md")
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(operations, -1) {
		sections[m[1]] = true
	}
	for _, row := range Rows() {
		name := row.Field + ", " + row.Change
		if row.Runbook != "" && !sections[row.Runbook] {
			t.Errorf("%s: docs/operations.md has no section %q", name, row.Runbook)
		}
		refused := row.Outcome == RefusedBySynth || row.Outcome == RefusedByPlan
		if refused != (row.Test != "") {
			t.Errorf("%s: %q with the test %q", name, row.Outcome, row.Test)
		}
		if folder, test, ok := strings.Cut(row.Test, " "); ok {
			found := false
			files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				data, err := os.ReadFile(f)
				found = found || err == nil && strings.Contains(string(data), "func "+test+"(")
			}
			if !found {
				t.Errorf("%s: %s has no %s", name, folder, test)
			}
		}
		if row.Make == nil {
			if row.Outcome != Elsewhere {
				t.Errorf("%s: no change to plan", name)
			}
			continue
		}
		s := Base()
		row.Make(&s)
		// What a rule of compliance refuses, the settings' own do not.
		if err := access.Validate(s); err != nil && row.Outcome != RefusedBySynth || err == nil && row.Test == synthTest {
			t.Errorf("%s: %q: %v", name, row.Outcome, err)
		}
		if was, is := at(Base(), row.Field), at(s, row.Field); was == is {
			t.Errorf("%s: the setting is as it was: %s", name, is)
		}
	}
}

// TestDocument: docs/changes.md is what the rows and the kept results say, and the
// results bear the rows out. That they are current, the rehearsal checks.
func TestDocument(t *testing.T) {
	results, err := Kept()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range results.Faults(Rows()) {
		t.Error(fault)
	}
	if file(t, "docs", "changes.md") != results.Document(Rows()) {
		t.Error("docs/changes.md is not what the rows say: run make changes, which plans them again, or make changes DOC=1, which only writes it")
	}
	for _, r := range results.Rows {
		if r.Outcome == InPlace && len(r.Replaced) > 0 {
			t.Errorf("%s, %s: replaces %v", r.Field, r.Change, r.Replaced)
		}
	}
}

// at spells what a setting is, of all elements of the lists that it is in.
func at(s config.Settings, field string) string {
	values := []reflect.Value{reflect.ValueOf(s)}
	for _, name := range strings.Split(field, ".") {
		name, isList := strings.CutSuffix(name, "[]")
		var next []reflect.Value
		for _, v := range values {
			if v = reflect.Indirect(v); !v.IsValid() {
				continue
			}
			v = v.FieldByName(name)
			if !isList {
				next = append(next, v)
				continue
			}
			for i := range v.Len() {
				next = append(next, v.Index(i))
			}
		}
		values = next
	}
	var out []any
	for _, v := range values {
		out = append(out, v.Interface())
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // settings are plain values
	}
	return string(text)
}
