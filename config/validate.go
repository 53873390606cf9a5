package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Fault is one setting that is refused.
type Fault struct {
	// Path of the setting, in the fields' own names:
	// environments["prod"].database.instanceClass.
	Path string
	// Value as it was given, quoted where it is text; what is not printable
	// ASCII is escaped.
	Value string
	// Problem says what is allowed instead.
	Problem string
}

func (f Fault) Error() string { return f.Path + ": " + f.Value + ": " + f.Problem }

// Faults is every fault of the settings: first the text that nobody can read,
// then the rest in the order of the settings' fields.
type Faults []Fault

// Error has one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a Fault.
func (f Faults) Unwrap() []error {
	errs := make([]error, len(f))
	for i, fault := range f {
		errs[i] = fault
	}
	return errs
}

// Validate checks every setting by itself and against the others, before
// anything is made of them. Its error is Faults: all that is wrong, at once.
// Whether the policies that follow from them are small enough is for package
// access, whose Validate starts with this one.
func (s Settings) Validate() error {
	c := &checker{unreadable: map[string]bool{}}
	c.texts("", reflect.ValueOf(s))
	c.platform(s)
	c.user(s.User)
	c.gitHub(s.GitHub)
	c.state(s.State)
	c.account(s.Account)
	c.people(s)
	c.environments(s)
	c.approved(s)
	c.page("maintenance.html", MaintenancePage)
	c.page("unavailable.html", UnavailablePage)
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}

// checker gathers faults.
type checker struct {
	faults Faults
	// unreadable are the paths whose text is at fault as such: a second fault
	// about the same text would only repeat the first.
	unreadable map[string]bool
}

func (c *checker) refuse(path string, value any, format string, args ...any) {
	if !c.unreadable[path] {
		c.faults = append(c.faults, Fault{path, show(value), fmt.Sprintf(format, args...)})
	}
}

// isRefused says whether path already has a fault, so that what would only
// follow from it is not reported too.
func (c *checker) isRefused(path string) bool {
	return c.faults.has(path)
}

func (f Faults) has(path string) bool {
	return slices.ContainsFunc(f, func(one Fault) bool { return one.Path == path })
}

// between refuses a number outside low to high, both allowed. The rest of the
// message starts with the unit: "days are allowed".
func (c *checker) between(path string, value, low, high int, rest string) {
	if value < low || value > high {
		c.refuse(path, value, "%d to %d %s", low, high, rest)
	}
}
