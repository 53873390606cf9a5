package review

import "fmt"

// Costs are what a change does to the bill.
type Costs struct {
	// Date of the prices, as 2006-01-02.
	Date string
	// Environments that cost something else; none where nothing changes.
	Environments []Cost
}

// Cost is one environment's, in US dollars a month.
type Cost struct {
	Environment           string
	Change, Before, After string
	// IsComplete says whether every item has a price.
	IsComplete bool
	// Items that make it, each in words.
	Items []string
}

func (c Costs) write(w *limited) {
	if len(c.Environments) == 0 {
		return
	}
	w.line("")
	w.line("### 💶 What it costs")
	w.line("")
	var items []string
	for _, e := range c.Environments {
		line := fmt.Sprintf("- **%s**: %s US dollars a month (%s → %s)", e.Environment, e.Change, e.Before, e.After)
		if !e.IsComplete {
			line += ", **and what has no price**"
		}
		w.line(line)
		for _, item := range e.Items {
			items = append(items, fmt.Sprintf("- **%s** %s", e.Environment, item))
		}
	}
	w.line("")
	w.line("<details><summary>The items, at AWS's list prices of " + c.Date + " and the use that docs/architecture.md assumes</summary>")
	w.line("")
	const closing = "\n</details>\n"
	w.within(w.left-len(closing), func(w *limited) { w.lines(items, "items") })
	w.line("")
	w.line("</details>")
}
