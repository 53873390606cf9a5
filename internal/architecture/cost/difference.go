package cost

import "fmt"

// Change is what an environment costs more, or less, after a change.
type Change struct {
	// Column is the environment, or platform.Shared.
	Column string
	// Amount of US dollars a month, and what it was before.
	Amount, Before Cents
	// IsComplete says whether there is a price for every item.
	IsComplete bool
	Items      []ItemChange
}

// ItemChange is one item of a change.
type ItemChange struct {
	What, Unit string
	// Before and After are how much of the unit.
	Before, After float64
	IsPriced      bool
	Amount        Cents
}

// Signed is an amount with its sign.
func (c Cents) Signed() string {
	if c < 0 {
		return fmt.Sprintf("-%s", -c)
	}
	return fmt.Sprintf("+%s", c)
}

// Changes compares two estimates: the columns that cost something else, in the
// order of after and then of before, each with its items.
func (p *Prices) Changes(before, after *Estimate) []Change {
	type key struct{ what, price string }
	var keys []key
	items := map[key]*[2]Item{}
	for side, e := range []*Estimate{before, after} {
		for _, item := range e.Items {
			k := key{item.What, item.PriceName}
			if items[k] == nil {
				keys = append(keys, k)
				items[k] = &[2]Item{{Price: item.Price}, {Price: item.Price}}
			}
			items[k][side] = item
		}
	}
	var columns []string
	seen := map[string]bool{}
	for _, e := range []*Estimate{after, before} {
		for _, column := range e.Columns {
			if !seen[column] {
				columns = append(columns, column)
			}
			seen[column] = true
		}
	}
	var out []Change
	for _, column := range columns {
		change := Change{Column: column, Before: p.Sum(before, column), IsComplete: true}
		for _, k := range keys {
			was, is := items[k][0], items[k][1]
			if was.Quantity[column] == is.Quantity[column] {
				continue
			}
			amount := p.Amount(is, column) - p.Amount(was, column)
			change.Items = append(change.Items, ItemChange{k.what, is.Price.Unit, was.Quantity[column], is.Quantity[column], is.IsPriced(), amount})
			change.Amount += amount
			change.IsComplete = change.IsComplete && is.IsPriced()
		}
		if len(change.Items) > 0 {
			out = append(out, change)
		}
	}
	return out
}
