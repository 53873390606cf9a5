package config

import (
	"regexp"
	"slices"
	"time"
)

var resourceAddress = regexp.MustCompile(`^[a-z0-9_]+\.[A-Za-z0-9_-]+$`)

// approved checks what a person approved. That its day has passed is for the
// plan to say: what is deployed must not stop by itself.
func (c *checker) approved(s Settings) {
	stacks := []string{SharedStack}
	for _, e := range s.Environments {
		stacks = append(stacks, e.Name)
	}
	for i, a := range s.Approved {
		path := at("approved", i)
		if !slices.Contains(stacks, a.Stack) {
			c.refuse(path+".stack", a.Stack, "a stack is allowed: %s", or(stacks))
		}
		switch {
		case a.Environment == "" && !resourceAddress.MatchString(a.Address):
			c.refuse(path+".address", a.Address, `the address of a resource is allowed, such as "aws_nat_gateway.setup_staging_network_nat-gateway-b_0A1B2C3D"`)
		case a.Environment == "":
		case a.Address != "":
			c.refuse(path+".address", a.Address, "none is allowed where environment is set")
		case a.Stack != SharedStack || slices.Contains(stacks, a.Environment):
			c.refuse(path+".environment", a.Environment, "an environment that is no longer in environments is allowed, and only with the stack %q", SharedStack)
		}
		if len(a.Reason) < leastReason {
			c.refuse(path+".reason", a.Reason, "a reason of %d characters or more is required", leastReason)
		}
		if _, err := time.Parse(time.DateOnly, a.Until); err != nil {
			c.refuse(path+".until", a.Until, `a day is allowed, such as "2026-12-31"`)
		}
	}
}
