package cost

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/platform"
)

// Estimate is what each environment costs a month.
type Estimate struct {
	// Columns are the environments, then platform.Shared for what serves all.
	Columns []string
	Items   []Item
	// Elsewhere is the region of the platform, where that is not the prices'.
	Elsewhere string
}

// IsComplete says whether there is a price for all that a column holds.
func (e *Estimate) IsComplete(column string) bool {
	return !slices.ContainsFunc(e.Items, func(i Item) bool { return i.Quantity[column] > 0 && !i.IsPriced() })
}

// Item is one line of the estimate.
type Item struct {
	What  string
	Price Price
	// PriceName is the price's name in prices.json, which may lack that of an
	// instance class.
	PriceName string
	// kind of resource that it is listed with.
	kind string
	// Quantity is how much of the price's unit, by column.
	Quantity map[string]float64
}

// IsPriced says whether the item's price is known.
func (i Item) IsPriced() bool { return i.Price.Price > 0 }

// Cents are an amount of money, in hundredths of a US dollar. Amounts are rounded
// before they are added, so that a table adds up on every machine.
type Cents int64

func (c Cents) String() string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// Amount is what an item costs a month in a column.
func (p *Prices) Amount(i Item, column string) Cents {
	amount := float64(i.Quantity[column] * i.Price.Price)
	if i.Price.Per == "hour" {
		amount = float64(amount * p.HoursPerMonth)
	}
	return Cents(math.Round(float64(amount * 100)))
}

// Sum is what a column costs a month.
func (p *Prices) Sum(e *Estimate, column string) Cents {
	sum := Cents(0)
	for _, item := range e.Items {
		sum += p.Amount(item, column)
	}
	return sum
}

// bill collects what one column needs.
type bill struct {
	prices *Prices
	stacks *platform.Stacks
	column string
	kind   string
	items  *[]Item
	faults *[]error
}

// add adds a quantity of something, at the price named.
func (b *bill) add(what, priceName string, quantity float64) {
	price, there := b.prices.Prices[priceName]
	if !there && !strings.HasPrefix(priceName, "db.") {
		*b.faults = append(*b.faults, fmt.Errorf("%s: prices.json has no price %q; add it from AWS's price list", b.column, priceName))
		return
	}
	if quantity == 0 {
		return
	}
	at := slices.IndexFunc(*b.items, func(i Item) bool { return i.What == what && i.PriceName == priceName })
	if at < 0 {
		at = len(*b.items)
		*b.items = append(*b.items, Item{What: what, Price: price, PriceName: priceName, kind: b.kind, Quantity: map[string]float64{}})
	}
	(*b.items)[at].Quantity[b.column] += float64(quantity) // the conversion keeps it from being fused with a product
}

// with lists what is added next with another kind of resource.
func (b *bill) with(kind string) *bill {
	other := *b
	other.kind = kind
	return &other
}

// assumed is what prices.json assumes of this column.
func (b *bill) assumed(name string) float64 {
	for _, a := range b.prices.Assumptions {
		if a.Name == name {
			return a.Of(b.column)
		}
	}
	*b.faults = append(*b.faults, fmt.Errorf("prices.json has no assumption %q", name))
	return 0
}

// Estimate prices every resource of the stacks. A type of resource that has
// neither a rule nor a reason to be free is a fault; an instance class without a
// price is not, nor is another region than the prices'.
func (p *Prices) Estimate(s *platform.Stacks) (*Estimate, error) {
	return p.estimate(s, func(platform.Resource, string) bool { return true })
}

// estimate prices those resources of a column that counts says.
func (p *Prices) estimate(s *platform.Stacks, counts func(r platform.Resource, column string) bool) (*Estimate, error) {
	e := &Estimate{Columns: append(slices.Clone(s.Environments()), platform.Shared)}
	var faults []error
	for _, kind := range s.Kinds() {
		_, ruled := rules[kind]
		if _, free := p.Free[kind]; !ruled && !free {
			faults = append(faults, fmt.Errorf("%s has no price rule, and prices.json does not list it as free", kind))
		}
	}
	for _, env := range s.Environments() {
		network, err := s.Network(env)
		if err != nil {
			return nil, err
		}
		for _, zone := range network.Zones {
			if region := strings.TrimRight(zone, "abcdef"); region != p.Region {
				e.Elsewhere = region
			}
		}
	}
	for _, kind := range order {
		for _, column := range e.Columns {
			var resources []platform.Resource
			if column == platform.Shared {
				resources = slices.DeleteFunc(s.Of(platform.Shared, kind), func(r platform.Resource) bool { return s.Owner(r) != platform.Shared })
			} else {
				resources = s.In(column, kind)
			}
			resources = slices.DeleteFunc(slices.Clone(resources), func(r platform.Resource) bool { return !counts(r, column) })
			if len(resources) > 0 {
				rules[kind](&bill{p, s, column, kind, &e.Items, &faults}, resources)
			}
		}
	}
	slices.SortFunc(e.Items, func(a, b Item) int {
		if n := slices.Index(order, a.kind) - slices.Index(order, b.kind); n != 0 {
			return n
		}
		return strings.Compare(a.What, b.What)
	})
	return e, errors.Join(faults...)
}
