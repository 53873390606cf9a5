package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Fault is one setting that is refused.
type Fault struct {
	// Path of the setting, in the fields' own names:
	// environments["prod"].database.instanceClass.
	Path string
	// Value as it was given; what is not printable ASCII is escaped.
	Value string
	// Problem says what is allowed instead.
	Problem string
}

func (f Fault) Error() string { return f.Path + ": " + f.Value + ": " + f.Problem }

// Faults is every fault of the settings, in the order of the settings' fields.
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
func (s Settings) Validate() error {
	c := &checker{unreadable: map[string]bool{}}
	c.texts("", reflect.ValueOf(s))
	c.platform(s)
	c.user(s.User)
	c.gitHub(s.GitHub)
	c.state(s.State)
	c.environments(s)
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
	if c.unreadable[path] {
		return
	}
	c.faults = append(c.faults, Fault{path, show(value), fmt.Sprintf(format, args...)})
}

// isRefused says whether path already has a fault, so that what follows from
// it is not reported too.
func (c *checker) isRefused(path string) bool {
	for _, f := range c.faults {
		if f.Path == path {
			return true
		}
	}
	return false
}

// between refuses a number outside low to high, both allowed. What is the
// setting's unit.
func (c *checker) between(path string, value, low, high int, what string) {
	if value < low || value > high {
		c.refuse(path, value, "%s from %d to %d are allowed", what, low, high)
	}
}

// maxShown is how many characters of a value a message repeats.
const maxShown = 80

// show renders a value for a message.
func show(value any) string {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		if len(text) > maxShown {
			return strconv.QuoteToASCII(text[:maxShown]) + "…"
		}
		return strconv.QuoteToASCII(text)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = show(v.Index(i).Interface())
		}
		return "[" + strings.Join(parts, " ") + "]"
	default:
		return fmt.Sprint(value)
	}
}

// element is the path of one element of a list: by its name where that tells
// it apart, otherwise by its place.
func element(list string, names []string, i int) string {
	name := names[i]
	same := 0
	for _, other := range names {
		if other == name {
			same++
		}
	}
	if name == "" || same > 1 {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return list + "[" + strconv.QuoteToASCII(name) + "]"
}

// or lists what is allowed: a, b or c.
func or(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	switch n := len(quoted); n {
	case 0:
		return "nothing"
	case 1:
		return quoted[0]
	default:
		return strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
}
