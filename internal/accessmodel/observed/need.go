package observed

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/iamsim"
)

// Need is one thing that IAM is asked for.
type Need struct {
	Action string
	// Resource is an ARN, or "*". In it {account} and {region} stand for the
	// platform's, {env} for the environment, {id} for what AWS makes up, and
	// {key ALIAS} and {secret NAME} for ARNs that hold such an id.
	Resource string
	// Context are the condition keys that the platform's policies test and
	// that the call decides; those that its caller or its resource decide are
	// added by package inventory.
	Context map[string]string
}

// free are the operations that need no permission, or are decided elsewhere.
var free = map[string]string{
	"sts GetCallerIdentity":         "AWS lets everybody know who they are",
	"sts AssumeRoleWithWebIdentity": "the role's trust policy decides, which package token evaluates",
	"ecr GET /v2/":                  "a registry's sign-in check",
}

// Where the calls were made.
type Where struct {
	Account, Region string
	Environments    []string
}

// Needs is what IAM is asked for by all the calls, each role's in order and
// once. It fails with every call that it does not understand.
func Needs(calls []awsapi.Recorded, at Where) ([]Row, error) {
	k := learn(calls, at.Account, at.Region)
	reference, err := describe(calls)
	if err != nil {
		return nil, err
	}
	var rows []Row
	var errs []error
	for _, c := range calls {
		if free[c.Service+" "+c.Operation] != "" {
			continue
		}
		needs, err := k.needs(c.Call, reference)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s %s: %w", c.Role, c.Service, c.Operation, err))
			continue
		}
		for _, n := range needs {
			row, env := fold(Row{Role: c.Role, Call: c.Service + " " + c.Operation, Need: n}, at.Environments)
			if env != "" {
				row.Environments = []string{env}
			}
			rows = append(rows, row)
		}
	}
	return Merge(nil, rows), errors.Join(unique(errs)...)
}

// unique leaves out errors that say the same.
func unique(errs []error) []error {
	said := map[string]bool{}
	return slices.DeleteFunc(errs, func(err error) bool {
		again := said[err.Error()]
		said[err.Error()] = true
		return again
	})
}

// Administrator is who makes the shared stack, once, and runs what the runbooks
// leave to a person.
const Administrator = inventory.Administrator

// reference is what AWS says of actions, by their name in lower case.
type reference map[string]iamsim.Action

// describe looks up the actions that calls and what they bring about can need.
func describe(calls []awsapi.Recorded) (reference, error) {
	asked := map[string]bool{}
	for _, c := range calls {
		for _, action := range actionsOf(c.Call) {
			asked[action] = true
		}
	}
	described, err := iamsim.Describe(slices.Sorted(maps.Keys(asked)))
	if err != nil {
		return nil, err
	}
	out := reference{}
	for _, actions := range described.Matches {
		for _, a := range actions {
			out[strings.ToLower(a.Name)] = a
		}
	}
	return out, nil
}

// needs are those of one call.
func (k *known) needs(c awsapi.Call, reference reference) ([]Need, error) {
	r := request{Call: c, known: k}
	var out []Need
	for _, action := range actionsOf(c) {
		described, ok := reference[strings.ToLower(action)]
		if !ok {
			return nil, fmt.Errorf("IAM has no action %q; is the operation to be named in package observed?", action)
		}
		resources, err := r.resourcesOf(described)
		if err != nil {
			return nil, err
		}
		for _, resource := range resources {
			out = append(out, Need{described.Name, resource, r.contextOf(described.Name)})
		}
	}
	out = append(out, r.consequences()...)
	return out, errors.Join(r.faults...)
}

// request is one call in the light of the others.
type request struct {
	awsapi.Call
	known  *known
	faults []error
}

// first is the first of the parameters that is set.
func (r *request) first(names ...string) string {
	for _, name := range names {
		if value := r.Parameters[name]; value != "" {
			return value
		}
	}
	return ""
}

// all are the values of a parameter and, where it is a list, of its members.
func (r *request) all(name string) []string {
	var out []string
	for _, parameter := range slices.Sorted(maps.Keys(r.Parameters)) {
		if plural(parameter) == name {
			out = append(out, r.Parameters[parameter])
		}
	}
	return out
}

// plural is a parameter's path without the numbers of members.
func plural(parameter string) string {
	parts := strings.Split(parameter, ".")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return strings.Trim(p, "0123456789") == "" }), ".")
}

// tagged says whether the call sets tags.
func (r *request) tagged() bool {
	for parameter := range r.Parameters {
		if tagParameter.MatchString(parameter) {
			return true
		}
	}
	return false
}
