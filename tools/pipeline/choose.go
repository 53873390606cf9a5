package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paperwurks/infra/tools/synthesised"
)

// choose gives the stacks named, or all, in the order of deployment.
func choose(folder string, names []string) ([]synthesised.Stack, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	var errs []error
	for _, name := range names {
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("stack %q: one of %q is allowed", name, known))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s synthesised.Stack) bool {
		return len(names) > 0 && !slices.Contains(names, s.Name)
	}), nil
}
