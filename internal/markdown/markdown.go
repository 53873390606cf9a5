package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Page is a page that grows with each call; a block has an empty line before it.
type Page struct{ strings.Builder }

// Heading begins a section.
func (p *Page) Heading(title string) { fmt.Fprintf(p, "\n## %s\n", title) }

// Text is a paragraph, or several.
func (p *Page) Text(text string) { p.WriteString("\n" + strings.TrimSpace(text) + "\n") }

// Table begins a table; its rows follow.
func (p *Page) Table(cells ...string) { p.table(cells, "---") }

// Numbers begins a table whose columns but the first are numbers.
func (p *Page) Numbers(cells ...string) { p.table(cells, "---:") }

func (p *Page) table(cells []string, rest string) {
	p.WriteString("\n")
	p.Row(cells...)
	p.Row(append([]string{"---"}, slices.Repeat([]string{rest}, len(cells)-1)...)...)
}

// Row is a row of a table; it may hold Markdown.
func (p *Page) Row(cells ...string) { p.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

// Details are folded away until the reader opens them.
func (p *Page) Details(summary string, content func()) {
	fmt.Fprintf(p, "\n<details><summary>%s</summary>\n", summary)
	content()
	p.WriteString("\n</details>\n")
}

// dropped is what GitHub leaves out of a heading's anchor.
var dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

// Link is a link to a heading of a document, as GitHub makes its anchor; of this
// page for an empty document.
func Link(text, document, heading string) string {
	anchor := strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
	return "[" + text + "](" + document + "#" + anchor + ")"
}
