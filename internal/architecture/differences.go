package architecture

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// setting is one setting, as every environment has it.
type setting struct {
	name string
	// values are in the environments' order; "" where there is no such setting.
	values []string
}

func (s setting) same() bool {
	return !slices.ContainsFunc(s.values, func(v string) bool { return v != s.values[0] })
}

// settingsOf are all settings of all environments, in the order in which
// config declares them. It finds fields by itself, so that none is forgotten.
func settingsOf(environments []config.Environment) []setting {
	var out []setting
	for i, env := range environments {
		at := 0
		walk(reflect.ValueOf(env), nil, func(name, value string) {
			found := slices.IndexFunc(out, func(s setting) bool { return s.name == name })
			if found < 0 {
				found = min(at, len(out))
				out = slices.Insert(out, found, setting{name, make([]string, len(environments))})
			}
			out[found].values[i] = value
			at = found + 1
		})
	}
	return out
}

// walk calls visit with every value inside, under its path in words.
func walk(v reflect.Value, path []string, visit func(name, value string)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i).Name; field != "Name" {
				walk(v.Field(i), append(slices.Clone(path), inWords(field)), visit)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, visit)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				name := fmt.Sprint(v.Index(i).FieldByName("Name"))
				walk(v.Index(i), append(slices.Clone(path[:len(path)-1]), strings.TrimSuffix(path[len(path)-1], "s")+" "+name), visit)
			}
			return
		}
		var items []string
		for i := range v.Len() {
			items = append(items, fmt.Sprint(v.Index(i)))
		}
		visit(strings.Join(path, ": "), none(strings.Join(items, " ")))
	case reflect.Map:
		var items []string
		for _, name := range slices.SortedFunc(v.Seq(), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			items = append(items, fmt.Sprintf("%s=%s", name, v.MapIndex(name)))
		}
		visit(strings.Join(path, ": "), none(strings.Join(items, " ")))
	case reflect.Bool:
		visit(strings.Join(path, ": "), map[bool]string{true: "yes", false: "no"}[v.Bool()])
	default:
		visit(strings.Join(path, ": "), none(fmt.Sprint(v)))
	}
}

func none(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// inWords spells a field's name: InfrequentAccessDays is "infrequent access days",
// StorageGiB "storage GiB".
func inWords(field string) string {
	for _, unit := range []string{"GiB", "GitHub"} {
		field = strings.ReplaceAll(field, unit, strings.ToUpper(unit[:1])+strings.ToLower(unit[1:]))
	}
	words := sentence(field)
	return strings.NewReplacer(" gib", " GiB", "github", "GitHub", "per ip", "per IP").Replace(words)
}

// differences are the table of settings that are not the same everywhere, and
// below it those that are.
func differences(page *page, settings config.Settings) {
	all := settingsOf(settings.Environments)
	page.Table(append([]string{"setting"}, environmentNames(settings)...)...)
	for _, s := range all {
		if !s.same() {
			page.Row(append([]string{s.name}, cells(s.values)...)...)
		}
	}
	page.Details("What is the same everywhere", func() {
		page.Table("setting", "everywhere")
		for _, s := range all {
			if s.same() {
				page.Row(s.name, cells(s.values[:1])[0])
			}
		}
	})
}

func cells(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = strings.ReplaceAll(v, "|", `\|`); v == "" {
			out[i] = "–"
		}
	}
	return out
}
