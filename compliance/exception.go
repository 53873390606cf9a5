package compliance

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Exception lets one resource break one rule, for a reason and until a day.
type Exception struct {
	// Rule is the rule's id.
	Rule string
	// Reason says why the rule cannot be kept here and what replaces
	// it.
	Reason string
	// Expires is the first day, such as "2027-06-30", on which the exception
	// has to be decided on again. A test fails 30 days before; from that day on
	// every synth warns.
	Expires string
}

// Overridable is what every resource of the AWS bindings offers.
type Overridable interface {
	AddOverride(path *string, value any)
}

// commentKey is where a resource carries its exceptions: below "//", which
// Terraform's JSON syntax keeps for comments and where cdktf puts its own
// metadata.
const commentKey = "exceptions"

// Except notes an exception on a resource. It belongs next to the line that
// makes the resource. The rules check it: one that names no rule or is not needed
// is a violation itself.
func Except(resource Overridable, e Exception) {
	resource.AddOverride(new("//."+commentKey+"."+e.Rule), map[string]any{"reason": e.Reason, "expires": e.Expires})
}

func exceptionsOf(attributes map[string]any) []Exception {
	noted := object(at(attributes, "//", commentKey))
	var out []Exception
	for _, rule := range slices.Sorted(maps.Keys(noted)) {
		out = append(out, Exception{Rule: rule, Reason: text(at(noted[rule], "reason")), Expires: text(at(noted[rule], "expires"))})
	}
	return out
}

func (r *Resource) exception(rule string) *Exception {
	for i := range r.Exceptions {
		if r.Exceptions[i].Rule == rule {
			return &r.Exceptions[i]
		}
	}
	return nil
}

// WriteExpired writes a line for each resource with an exception that has expired
// on the day given.
func WriteExpired(w io.Writer, stacks []Stack, on time.Time) {
	for _, s := range stacks {
		for _, r := range s.Resources {
			for _, e := range r.Exceptions {
				if expires, err := time.Parse(time.DateOnly, e.Expires); err == nil && !on.Before(expires) {
					fmt.Fprintf(w, "compliance: %s: the exception to %s expired on %s: decide on it again\n", r.Path, e.Rule, e.Expires)
				}
			}
		}
	}
}

// leastReason is the length below which a reason cannot say anything.
const leastReason = 40

// fault says what is wrong with an exception; "" for nothing.
func (e Exception) fault(on time.Time, known map[string]bool) string {
	expires, err := time.Parse(time.DateOnly, e.Expires)
	switch {
	case !known[e.Rule]:
		return fmt.Sprintf("the exception names %q, which is no rule", e.Rule)
	case len(strings.TrimSpace(e.Reason)) < leastReason:
		return fmt.Sprintf("the exception to %s has the reason %q: say why, in at least %d letters", e.Rule, e.Reason, leastReason)
	case err != nil:
		return fmt.Sprintf("the exception to %s expires on %q: a day such as 2027-06-30 is allowed", e.Rule, e.Expires)
	case !on.IsZero() && !on.Before(expires):
		return fmt.Sprintf("the exception to %s expired on %s", e.Rule, e.Expires)
	}
	return ""
}
