package picture

// legendHeight is what the legend takes below everything else.
const legendHeight = 34

// Finish sets the legend below y, of the colours that the picture uses, and
// ends the page there.
func (p *Picture) Finish(y int) {
	used := map[Zone]bool{}
	for _, f := range p.Frames {
		used[f.Zone] = true
	}
	for _, b := range p.Boxes {
		used[b.Zone] = true
	}
	p.Height = y + legendHeight
	x := margin
	for _, z := range zones() {
		if !used[z] || z == Plain {
			continue
		}
		p.Frame(Frame{Rect: Rect{x, y + 8, 14, 14}, Zone: z})
		p.Labels = append(p.Labels, Label{At: Point{x + 20, y + 19}, Anchor: Start, Text: z.words(), Muted: true})
		x += 20 + labelFont.width(z.words()) + 22
	}
}

// New is an empty page.
func New(name, title, description string) *Picture {
	return &Picture{Name: name, Title: title, Description: description}
}

// Top is the first free line below the title, Left and Right the edges of what
// may be drawn on.
const (
	Top   = headHeight
	Left  = margin
	Right = PageWidth - margin
)
