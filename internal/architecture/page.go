package architecture

import (
	"fmt"
	"strings"
)

// page is a page of Markdown in the making.
type page struct{ strings.Builder }

func (p *page) heading(title string) { fmt.Fprintf(p, "\n## %s\n", title) }

func (p *page) text(text string) { p.WriteString("\n" + strings.TrimSpace(text) + "\n") }

func (p *page) row(cells ...string) { p.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

// head begins a table.
func (p *page) head(cells ...string) {
	p.WriteString("\n")
	p.row(cells...)
	p.row(slicesOf("---", len(cells))...)
}

// numbers begins a table whose columns but the first are numbers.
func (p *page) numbers(cells ...string) {
	p.WriteString("\n")
	p.row(cells...)
	p.row(append([]string{"---"}, slicesOf("---:", len(cells)-1)...)...)
}

// picture shows a file of the folder beside the page.
func (p *page) picture(name, description string) {
	p.text(fmt.Sprintf("![%s](%s/%s.svg)", description, pictureFolder, name))
}

// details are folded away until the reader opens them.
func (p *page) details(summary string, content func()) {
	fmt.Fprintf(p, "\n<details><summary>%s</summary>\n", summary)
	content()
	p.WriteString("\n</details>\n")
}

func slicesOf(text string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = text
	}
	return out
}
