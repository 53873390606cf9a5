package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// valid is what every row changes: a platform that is filled in. It builds in
// every environment, so that rows may rename one.
func valid() Settings {
	s := Fixture()
	s.Environments[2].Images.From = ""
	return s
}

// row changes one thing of valid and says every line that Validate answers.
type row struct {
	change func(s *Settings)
	want   []string
}

func refuses(change func(s *Settings), want ...string) row { return row{change, want} }

// is sets one field, by its path, to a value that Validate refuses with the
// problem, and more lines.
func is(path string, value any, problem string, more ...string) row {
	shown := fmt.Sprint(value)
	if text, ok := value.(string); ok {
		shown = strconv.Quote(text)
	}
	return row{func(s *Settings) {
		field := fieldAt(s, path)
		field.Set(reflect.ValueOf(value).Convert(field.Type()))
	}, append([]string{path + ": " + shown + ": " + problem}, more...)}
}

var pathSteps = regexp.MustCompile(`\w+|"[^"]+"`)

// fieldAt finds a field by its path.
func fieldAt(s *Settings, path string) reflect.Value {
	v := reflect.ValueOf(s)
	for _, step := range pathSteps.FindAllString(path, -1) {
		v = reflect.Indirect(v)
		i, err := strconv.Atoi(step)
		switch {
		case err == nil:
		case v.Kind() == reflect.Slice:
			for i = 0; strconv.Quote(v.Index(i).FieldByName("Name").String()) != step; i++ {
			}
		default:
			v = v.FieldByNameFunc(func(name string) bool { return lowerCamel(name) == step })
			continue
		}
		v = v.Index(i)
	}
	return v
}

// refusals are all rows, by concern.
func refusals() []row {
	return slices.Concat(platformRows, approvedRows, userRows, gitHubRows, nameRows, environmentRows, networkRows, serviceRows, jobRows,
		secretRows, variableRows, databaseRows, copiesRows, productionRows, textRows, peopleRows, offHoursRows)
}

// environment and service find the settings to change.
func environment(s *Settings, name string) *Environment {
	for i := range s.Environments {
		if s.Environments[i].Name == name {
			return &s.Environments[i]
		}
	}
	panic("no environment " + name)
}

func service(s *Settings, environmentName, name string) *Service {
	e := environment(s, environmentName)
	for i := range e.Services {
		if e.Services[i].Name == name {
			return &e.Services[i]
		}
	}
	panic("no service " + name)
}

// without removes an environment.
func without(s *Settings, name string) {
	s.Environments = slices.DeleteFunc(s.Environments, func(e Environment) bool { return e.Name == name })
}

func TestValidSettings(t *testing.T) {
	for name, s := range map[string]Settings{"platform": Platform(), "filled in": valid()} {
		t.Run(name, func(t *testing.T) {
			if err := s.Validate(); err != nil {
				t.Errorf("refused:\n%v", err)
			}
			checkSound(t, s)
		})
	}
}

func TestRefusedSettings(t *testing.T) {
	rows := refusals()
	if len(rows) < 80 {
		t.Fatalf("%d rows; at least 80 are wanted", len(rows))
	}
	seen := map[string]bool{}
	for _, r := range rows {
		t.Run(r.want[0], func(t *testing.T) {
			want := strings.Join(r.want, "\n")
			if seen[want] {
				t.Fatal("this row is there twice")
			}
			seen[want] = true
			s := valid()
			r.change(&s)
			err := s.Validate()
			if err == nil {
				t.Fatalf("accepted; want\n%s", want)
			}
			if got := err.Error(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRowsChangeOneThing keeps the rows apart: none may change what Platform
// gives to the next.
func TestRowsChangeOneThing(t *testing.T) {
	want := valid()
	for _, r := range refusals() {
		s := valid()
		r.change(&s)
		if reflect.DeepEqual(s, want) {
			t.Errorf("the row of %q changes nothing", r.want[0])
		}
		if !reflect.DeepEqual(valid(), want) {
			t.Fatalf("the row of %q changes all settings to come", r.want[0])
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	s := valid()
	var want []string
	change := func(f func(), line string) {
		f()
		want = append(want, line)
	}
	change(func() { s.Region = "eu-central-9" },
		`region: "eu-central-9": a region of the AWS partition "aws" is allowed, such as "eu-central-1"`)
	change(func() { s.User.AccountID = "44445555666" },
		`user.accountID: "44445555666": twelve digits without hyphens are allowed`)
	change(func() { s.GitHub.InfraBranch = "release/*" },
		`gitHub.infraBranch: "release/*": one branch is allowed, without wildcards: 1 to 200 letters, digits, dots, underscores, hyphens and slashes, as Git takes them`)
	change(func() { environment(&s, "dev").Network.NAT = "sinlge" },
		`environments["dev"].network.nat: "sinlge": "single", "per-zone" or "none" is allowed`)
	change(func() { service(&s, "staging", "worker").Memory = 768 },
		`environments["staging"].services["worker"].memory: 768: 1024, 2048, 3072 or 4096 MiB are allowed with 512 CPU units`)
	change(func() { environment(&s, "prod").Database.InstanceClass = "db.t3.nano" },
		`environments["prod"].database.instanceClass: "db.t3.nano": a size that db.t3 has is allowed: "micro", "small", "medium", "large", "xlarge" or "2xlarge"`)

	err := s.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	if got := err.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != len(want) {
		t.Errorf("got %d faults, want %d, typed", len(faults), len(want))
	}
	var first Fault
	if !errors.As(err, &first) || first != (Fault{"region", `"eu-central-9"`, `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`}) {
		t.Errorf("first fault: got %#v", first)
	}
}

// TestNothingSet shows that settings nobody filled in are refused without a
// panic, and each only once.
func TestNothingSet(t *testing.T) {
	for name, s := range map[string]Settings{
		"no environment": {},
		"one":            {Environments: make([]Environment, 1)},
		"two":            {Environments: make([]Environment, 2)},
		"one service":    {Environments: []Environment{{Services: []Service{{Route: &Route{}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var faults Faults
			if !errors.As(s.Validate(), &faults) {
				t.Fatal("accepted")
			}
			seen := map[string]bool{}
			for _, f := range faults {
				if seen[f.Path] {
					t.Errorf("%s is refused twice; now: %v", f.Path, f)
				}
				seen[f.Path] = true
			}
		})
	}
}

var elementPath = regexp.MustCompile(`\[("(\\.|[^"\\])*"|[0-9]+)\]`)

// fieldOf is a path without which element: environments[].name.
func fieldOf(path string) string { return elementPath.ReplaceAllString(path, "[]") }

// fields are the paths of all fields of the settings, and whether each holds
// a value itself.
func fields(path string, t reflect.Type, out map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer:
		fields(path, t.Elem(), out)
	case reflect.Map:
		out[path] = false
		out[path+"[]"] = true
	case reflect.Slice:
		out[path] = false
		fields(path+"[]", t.Elem(), out)
	case reflect.Struct:
		if path != "" {
			out[path] = false
		}
		for i := range t.NumField() {
			fields(join(path, lowerCamel(t.Field(i).Name)), t.Field(i).Type, out)
		}
	default:
		out[path] = true
	}
}

// TestRowsCoverEverySetting holds both ways: a fault's path is always a field
// of the settings, and every field has a row that refuses it.
func TestRowsCoverEverySetting(t *testing.T) {
	all := map[string]bool{}
	fields("", reflect.TypeFor[Settings](), all)
	refused := map[string]bool{}
	for _, r := range refusals() {
		s := valid()
		r.change(&s)
		var faults Faults
		errors.As(s.Validate(), &faults)
		for _, f := range faults {
			field := fieldOf(f.Path)
			if _, ok := all[field]; !ok {
				t.Errorf("%s is no field of Settings: %v", field, f)
			}
			refused[field] = true
		}
	}
	anyValue := []string{"user.onCall.webhook", "environments[].database.changeNow", "environments[].services[].database", "environments[].services[].documents"}
	for field, holdsValue := range all {
		if holdsValue && !refused[field] && !slices.Contains(anyValue, field) {
			t.Errorf("no row refuses %s", field)
		}
	}
	for _, field := range anyValue {
		if refused[field] {
			t.Errorf("%s: a row refuses what any value is said to be allowed for", field)
		}
	}
}

func TestLowerCamel(t *testing.T) {
	for field, want := range map[string]string{
		"Project": "project", "CPU": "cpu", "CIDR": "cidr", "NAT": "nat", "CPUTarget": "cpuTarget", "AccountID": "accountID",
		"GitHub": "gitHub", "GitHubOwnerID": "gitHubOwnerID", "MultiAZ": "multiAZ", "RequestsPerIP": "requestsPerIP", "": "",
	} {
		if got := lowerCamel(field); got != want {
			t.Errorf("lowerCamel(%q) = %q, want %q", field, got, want)
		}
	}
}

// TestExamplesUseTheSamePaths: a setting has one path, whoever speaks of it.
func TestExamplesUseTheSamePaths(t *testing.T) {
	all := map[string]bool{}
	fields("", reflect.TypeFor[Settings](), all)
	s := Fixture()
	s.User = ExampleUser()
	left := s.Examples()
	if want := reflect.TypeFor[User]().NumField() - 3; len(left) != want { // all but the domain, the workspace and who is on call
		t.Fatalf("%d examples, want %d", len(left), want)
	}
	for _, path := range left {
		if !all[path] {
			t.Errorf("%s is no field of Settings", path)
		}
	}
	if left := valid().Examples(); len(left) > 0 {
		t.Errorf("examples left in filled-in settings: %v", left)
	}
}

// A message stays readable whatever was given.
func TestLongValuesAreCut(t *testing.T) {
	s := valid()
	s.Region = strings.Repeat("x", 500)
	var fault Fault
	if !errors.As(s.Validate(), &fault) {
		t.Fatal("accepted")
	}
	if want := `"` + strings.Repeat("x", 80) + `"…`; fault.Value != want {
		t.Errorf("got %s, want %s", fault.Value, want)
	}
}
