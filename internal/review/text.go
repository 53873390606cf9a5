package review

import (
	"math"
	"strings"
)

// Text is the stack's plan for who reads it in a terminal before it is
// applied: each resource's diff, none left out, and after that, above the
// question that follows, what a pull request's comment begins with.
func (s Stack) Text() string {
	w := limited{left: math.MaxInt}
	for _, action := range Actions {
		for _, r := range s.Plan.Of(action) {
			w.line(strings.TrimRight(diffOf(r), "\n"))
		}
	}
	w.line("")
	c := Comment{Stacks: []Stack{s}}
	c.counts(&w)
	c.dangers(&w)
	c.access(&w)
	s.list(&w)
	return w.String()
}
