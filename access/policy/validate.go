package policy

import (
	"errors"
	"fmt"
	"regexp"
)

var sid = regexp.MustCompile(`^[A-Za-z0-9]+$`)

func (d Document) validate() error {
	var errs []error
	if len(d.Statements) == 0 {
		errs = append(errs, errors.New("policy: no statement"))
	}
	seen := map[string]bool{}
	for i, s := range d.Statements {
		fault := func(format string, a ...any) {
			errs = append(errs, fmt.Errorf("policy: statement %d (%q): "+format, append([]any{i, s.Sid}, a...)...))
		}
		if !sid.MatchString(s.Sid) {
			fault("a Sid of letters and digits is required")
		}
		if seen[s.Sid] {
			fault("duplicate Sid")
		}
		seen[s.Sid] = true
		if s.Effect != Allow && s.Effect != Deny {
			fault("effect %q: %q or %q is allowed", s.Effect, Allow, Deny)
		}
		if (len(s.Actions) == 0) == (len(s.NotActions) == 0) {
			fault("either actions or not-actions are required")
		}
		if len(s.NotPrincipals) > 0 {
			fault("not-principals are not allowed; name the principals, or test aws:PrincipalArn")
		}
		if len(s.Resources) > 0 && len(s.NotResources) > 0 {
			fault("resources and not-resources exclude each other")
		}
		if len(s.Principals) == 0 && len(s.Resources) == 0 && len(s.NotResources) == 0 {
			fault("resources are required where there is no principal")
		}
		for _, f := range arnFaults(s) {
			fault("%s", f)
		}
		keys := map[string]bool{}
		for _, c := range s.Conditions {
			if c.Key == "" || c.Operator == "" {
				fault("a condition without operator or key")
			}
			if len(c.Values) == 0 {
				fault("condition %s %q has no value", c.Operator, c.Key)
			}
			at := string(c.Operator) + " " + c.Key
			if keys[at] {
				fault("condition %s is written twice", at)
			}
			keys[at] = true
		}
	}
	return errors.Join(errs...)
}
