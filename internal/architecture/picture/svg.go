package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// margin is what stays free around the page, in pixels.
const margin = 16

// headHeight is the height of the title.
const headHeight = 44

// SVG is the picture as a browser opens it. Everything is in the file: it names
// no font file, script or address, since GitHub shows none of them.
func (p *Picture) SVG() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`+"\n",
		PageWidth, p.Height, PageWidth, p.Height)
	fmt.Fprintf(&out, "<title id=\"title\">%s</title>\n<desc id=\"description\">%s</desc>\n", escape(p.Title), escape(p.Description))
	fmt.Fprintf(&out, "<style>\n%s</style>\n", stylesheet())
	out.WriteString(arrowHead)
	fmt.Fprintf(&out, `<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", PageWidth-1, p.Height-1)
	writeText(&out, p.title())
	for _, f := range p.Frames {
		dashed := ""
		if f.Dashed {
			dashed = " dashed"
		}
		writeRect(&out, f.Rect, "frame-"+string(f.Zone)+dashed, 8)
	}
	for _, a := range p.Arrows {
		writeArrow(&out, a)
	}
	for _, b := range p.Boxes {
		writeRect(&out, b.Rect, "box-"+string(b.Zone), 5)
		if b.Icon != NoIcon {
			fmt.Fprintf(&out, `<path class="icon-%s" transform="translate(%d %d)" d="%s"/>`+"\n",
				b.Zone, b.Right()-boxPadding-iconSize+2, b.Y+boxPadding-2, iconPaths[b.Icon])
		}
		for _, t := range b.texts() {
			writeText(&out, t)
		}
	}
	for _, f := range p.Frames {
		if f.Label != "" {
			writeText(&out, f.text())
		}
	}
	for _, l := range p.Labels {
		writeText(&out, l.text())
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}

func (p *Picture) title() textLine {
	return textLine{at: Point{margin, 30}, anchor: Start, font: titleFont, parts: []string{p.Title}}
}

const arrowHead = `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>` + "\n"

func writeRect(out *bytes.Buffer, r Rect, class string, radius int) {
	fmt.Fprintf(out, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="%d"/>`+"\n", class, r.X, r.Y, r.W, r.H, radius)
}

func writeArrow(out *bytes.Buffer, a Arrow) {
	var d strings.Builder
	for i, at := range a.Points {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&d, "%s%d %d", command, at.X, at.Y)
	}
	both := ""
	if a.Both {
		both = ` marker-start="url(#head)"`
	}
	fmt.Fprintf(out, `<path class="arrow" d="%s" marker-end="url(#head)"%s/>`+"\n", d.String(), both)
}

// writeText writes a wrapped text as one element, so that a name that is broken
// on the page is whole for who searches or copies it.
func writeText(out *bytes.Buffer, t textLine) {
	anchor := ""
	if t.anchor != Start {
		anchor = fmt.Sprintf(` text-anchor="%s"`, t.anchor)
	}
	fmt.Fprintf(out, `<text class="%s" x="%d" y="%d"%s`, t.font.class, t.at.X, t.at.Y, anchor)
	if len(t.parts) == 1 {
		fmt.Fprintf(out, `%s>%s`, t.font.fitted(t.parts[0]), escape(t.parts[0]))
	} else {
		out.WriteString(">")
		for i, part := range t.parts {
			fmt.Fprintf(out, `<tspan x="%d" y="%d"%s>%s</tspan>`, t.at.X, t.at.Y+i*t.font.line, t.font.fitted(part), escape(part))
		}
	}
	out.WriteString("</text>\n")
}

// fitted are the attributes that set a text as wide as it was measured, whatever
// the reader's font.
func (f font) fitted(text string) string {
	return fmt.Sprintf(` textLength="%d" lengthAdjust="spacingAndGlyphs"`, f.width(text))
}

func escape(text string) string {
	var out bytes.Buffer
	xml.EscapeText(&out, []byte(text)) // a bytes.Buffer's Write never fails
	return out.String()
}
