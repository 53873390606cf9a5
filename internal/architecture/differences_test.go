package architecture

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

// TestEverySettingIsListed changes every value of an environment, one at a time,
// and looks for a setting that shows it.
func TestEverySettingIsListed(t *testing.T) {
	changed := 0
	for path, change := range changes(reflect.TypeFor[config.Environment](), "") {
		one, other := config.Fixture().Environments[1], config.Fixture().Environments[1] // it has jobs
		change(reflect.ValueOf(&other).Elem())
		differing := 0
		for _, s := range settingsOf([]config.Environment{one, other}) {
			if !s.same() {
				differing++
			}
		}
		if differing != 1 {
			t.Errorf("after a change of %s %d settings differ, want one", path, differing)
		}
		changed++
	}
	if changed < 30 {
		t.Errorf("%d values changed: too few to prove anything", changed)
	}
	t.Logf("%d values of an environment are listed", changed)
}

// changes are ways to change one value inside of a struct, by its path. Lists of
// structs are changed in their first entry.
func changes(of reflect.Type, path string) map[string]func(reflect.Value) {
	out := map[string]func(reflect.Value){}
	for i := range of.NumField() {
		field := of.Field(i)
		at := path + "." + field.Name
		nest := func(inner reflect.Type, step func(reflect.Value) reflect.Value) {
			for name, change := range changes(inner, at) {
				out[name] = func(v reflect.Value) { change(step(v.Field(i))) }
			}
		}
		switch kind := field.Type.Kind(); {
		case field.Name == "Name":
		case kind == reflect.Struct:
			nest(field.Type, func(v reflect.Value) reflect.Value { return v })
		case kind == reflect.Pointer:
			nest(field.Type.Elem(), func(v reflect.Value) reflect.Value { return v.Elem() })
		case kind == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct:
			nest(field.Type.Elem(), func(v reflect.Value) reflect.Value { return v.Index(0) })
		default:
			out[at] = func(v reflect.Value) { alter(v.Field(i)) }
		}
	}
	return out
}

func alter(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Map:
		v.Set(reflect.ValueOf(config.Variables{"X": "x"}))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.ValueOf("x")))
	default:
		panic("no way to alter a " + v.Kind().String())
	}
}

// TestKnownVariables: what the contract explains is what no setting may be called.
func TestKnownVariables(t *testing.T) {
	names := append(slices.Collect(maps.Keys(known)), "DATABASE_MASTER_CREDENTIALS")
	slices.Sort(names)
	if want := config.PlatformVariables(); !slices.Equal(names, want) {
		t.Errorf("the contract explains %q, the settings leave the platform %q", names, want)
	}
}

// TestVariablesInTheContract: of which tasks a value is, where not all have it.
func TestVariablesInTheContract(t *testing.T) {
	c := contracts{tasks: map[string]*task{"web": {}, "worker": {}}, plain: map[string]map[string]map[string]string{
		"LOG_LEVEL": {"dev": {"web": "debug", "worker": "warning"}, "prod": {"web": "info", "worker": "info"}}, "SIZE": {"prod": {"worker": "a|b"}}}}
	p := &page{}
	c.application(p, []string{"dev", "prod"})
	want := "| variable | dev | prod |\n| --- | --- | --- |\n| `LOG_LEVEL` | `debug` (web), `warning` (worker) | `info` |\n| `SIZE` | – | `a\\|b` (worker) |\n"
	if got := p.String(); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.plain, p = nil, &page{}
	if c.application(p, []string{"dev"}); p.String() != "" {
		t.Errorf("without variables there is\n%s", p.String())
	}
	s := config.Fixture()
	for _, test := range []struct {
		env, task, name string
		want            bool
	}{{"dev", "web", "LOG_LEVEL", true}, {"dev", "migrate", "LOG_LEVEL", true}, {"dev", "web", "PORT", false}, {"qa", "web", "LOG_LEVEL", false}} {
		if got := isSetting(s, test.env, test.task, test.name); got != test.want {
			t.Errorf("%v: %t", test, got)
		}
	}
}

// TestAddedService lists what only one environment has.
func TestAddedService(t *testing.T) {
	environments := config.Fixture().Environments[:2]
	added := environments[1].Services[0]
	added.Name = "admin"
	environments[1].Services = append(environments[1].Services, added)
	found := false
	for _, s := range settingsOf(environments) {
		if s.name == "service admin: CPU" {
			found = s.values[0] == "" && s.values[1] == "512"
		}
	}
	if !found {
		t.Error("service admin is not listed as staging's only")
	}
}

func TestWords(t *testing.T) {
	for field, want := range map[string]string{
		"InfrequentAccessDays": "infrequent access days", "StorageGiB": "storage GiB", "CPU": "CPU", "NAT": "NAT",
		"MultiAZ": "multi AZ", "RequestsPerIP": "requests per IP", "CPUTarget": "CPU target",
	} {
		if got := inWords(field); got != want {
			t.Errorf("%s is %q in words, want %q", field, got, want)
		}
	}
	for sid, want := range map[string]string{"LogInToECR": "log in to ECR", "PullItsImage": "pull its image", "CallsNoAWSService": "calls no AWS service"} {
		if got := sentence(sid); got != want {
			t.Errorf("%s is %q in words, want %q", sid, got, want)
		}
	}
	if got := strings.Join([]string{listed(nil), listed([]string{"a"}), listed([]string{"a", "b", "c"})}, "; "); got != "; a; a, b and c" {
		t.Errorf("got %q", got)
	}
}
