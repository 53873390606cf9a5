package architecture

import (
	"fmt"
	"maps"
	"slices"

	"github.com/paperwurks/infra/internal/architecture/cost"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// costs are what each environment costs a month, and what that rests on.
func costs(p *page, prices *cost.Prices, s *platform.Stacks) error {
	estimate, err := prices.Estimate(s)
	if err != nil {
		return err
	}
	p.Text(fmt.Sprintf(costIntroduction, prices.Region, prices.Date, plain(prices.HoursPerMonth)))
	if estimate.Elsewhere != "" {
		p.Text(fmt.Sprintf(otherRegion, estimate.Elsewhere, prices.Region))
	}
	p.Numbers(append([]string{"US dollars a month (how much)"}, append(slices.Clone(estimate.Columns), "price")...)...)
	total := cost.Cents(0)
	for _, item := range estimate.Items {
		row := []string{item.What}
		for _, column := range estimate.Columns {
			if item.Quantity[column] == 0 {
				row = append(row, "")
				continue
			}
			row = append(row, fmt.Sprintf("%s (%s)", orUnknown(item.IsPriced(), prices.Amount(item, column).String()), short(item.Quantity[column])))
		}
		p.Row(append(row, orUnknown(item.IsPriced(), priced(item.Price)))...)
	}
	sums := []string{"**Sum**"}
	more := ""
	for _, column := range estimate.Columns {
		total += prices.Sum(estimate, column)
		sum := prices.Sum(estimate, column).String()
		if !estimate.IsComplete(column) {
			more = " + ?"
			sum += more
		}
		sums = append(sums, "**"+sum+"**")
	}
	p.Row(append(sums, "**"+total.String()+more+"** in all")...)

	p.Text("What is assumed of use:")
	p.Numbers(append([]string{"assumption"}, estimate.Columns...)...)
	for _, a := range prices.Assumptions {
		row := []string{a.What}
		for _, column := range estimate.Columns {
			row = append(row, assumed(a, column))
		}
		p.Row(row...)
	}
	p.Details("Where each price is from", func() {
		p.Table("price", "US dollars", "for a", "from")
		for _, name := range slices.Sorted(maps.Keys(prices.Prices)) {
			price := prices.Prices[name]
			p.Row("`"+name+"`", about(price)+plain(price.Price), price.Unit+", "+price.Per, price.Source)
		}
	})
	p.Details("What costs nothing by itself", func() {
		p.Table("kind", "why")
		for _, kind := range s.Kinds() {
			if reason, free := prices.Free[kind]; free {
				p.Row("`"+kind+"`", reason)
			}
		}
	})
	return nil
}

// orUnknown is a text about a price, if the price is known.
func orUnknown(known bool, text string) string {
	if !known {
		return "?"
	}
	return text
}

func assumed(a cost.Assumption, column string) string {
	if _, named := a.ByEnvironment[column]; column == platform.Shared && !named {
		return ""
	}
	return plain(a.Of(column))
}

func priced(price cost.Price) string {
	unit := price.Unit
	if price.Per == "hour" {
		unit += " and hour"
	}
	return about(price) + plain(price.Price) + " per " + unit
}

func about(price cost.Price) string {
	if price.About {
		return "≈ "
	}
	return ""
}

// short is a quantity with two decimals at most.
func short(n float64) string {
	return plain(float64(int64(n*100+0.5)) / 100)
}
