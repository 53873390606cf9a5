package cost

import (
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// Limits are the budgets' defaults in whole US dollars a month: 1.5 times what
// the table of costs sums up, rounded up to ten. An environment's is of what is in
// its own stack, for that has its tag; NAT gateways, keys and images of all
// environments are in the shared stack and count in the account's limit only.
type Limits struct {
	Account      int
	Environments map[string]int
}

// Limits are the defaults for these stacks.
func (p *Prices) Limits(s *platform.Stacks) (Limits, error) {
	whole, err := p.Estimate(s)
	if err != nil {
		return Limits{}, err
	}
	total := Cents(0)
	for _, column := range whole.Columns {
		total += p.Sum(whole, column)
	}
	tagged, err := p.estimate(s, func(r platform.Resource, column string) bool { return r.Stack == column })
	if err != nil {
		return Limits{}, err
	}
	limits := Limits{Account: limit(total), Environments: map[string]int{}}
	for _, env := range s.Environments() {
		limits.Environments[env] = limit(p.Sum(tagged, env))
	}
	return limits, nil
}

// limit is 1.5 times a sum, rounded up to ten dollars.
func limit(sum Cents) int {
	const step = 2 * 10 * 100
	return (int(sum)*3 + step - 1) / step * 10
}

// Kept is the limit that is written where one was written before. It stays
// while it is between 1.2 times and twice the sum that it is for: it is an
// administrator's to change, and not every new task is worth that.
func Kept(before, now int) int {
	if before*15 >= now*12 && before*15 <= now*20 {
		return before
	}
	return now
}
