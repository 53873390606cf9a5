package picture

// Space inside a box and a frame between its edge and its text, in pixels.
const (
	boxPadding   = 8
	framePadding = 10
	// FrameHead is the height of a frame's label.
	FrameHead = 26
)

// textLine is one line of text in its place; Y is the baseline.
type textLine struct {
	at     Point
	anchor Anchor
	font   font
	// parts are the lines of one wrapped text, each a line below the last.
	parts []string
}

// bounds are the rectangle that the text fills.
func (t textLine) bounds() Rect {
	widest := 0
	for _, part := range t.parts {
		widest = max(widest, t.font.width(part))
	}
	x := t.at.X
	switch t.anchor {
	case Middle:
		x -= widest / 2
	case End:
		x -= widest
	}
	return Rect{x, t.at.Y - t.font.size + 2, widest, t.font.line*(len(t.parts)-1) + t.font.size}
}

// texts lays a box's text out, centred in its height.
func (b Box) texts() []textLine {
	lines, height := b.flow()
	y := b.Y + (b.H-height)/2
	for i := range lines {
		lines[i].at = Point{b.X + boxPadding, y + lines[i].font.size}
		y += lines[i].font.line * len(lines[i].parts)
	}
	return lines
}

// flow wraps the box's text to its width and says how high it is.
func (b Box) flow() (lines []textLine, height int) {
	add := func(f font, text string, width int) {
		if text == "" {
			return
		}
		line := textLine{anchor: Start, font: f, parts: f.wrap(text, width)}
		lines = append(lines, line)
		height += f.line * len(line.parts)
	}
	inner := b.W - 2*boxPadding
	first := inner
	if b.Icon != NoIcon {
		first -= iconSize + 4
	}
	add(kindFont, b.Kind, first)
	if b.Kind != "" {
		first = inner
	}
	add(nameFont, b.Name, first)
	for _, line := range b.Lines {
		add(lineFont, line, inner)
	}
	return lines, height
}

// NeededHeight is how high a box must be for its text at its width.
func (b Box) NeededHeight() int {
	_, height := b.flow()
	return height + 2*boxPadding
}

// Fitting returns the first of the texts that fits in the frame as its label, or
// as much of the last as does.
func (f Frame) Fitting(texts ...string) string {
	fits := func(text string) bool { return frameFont.width(text) <= f.W-framePadding }
	for _, text := range texts {
		if fits(text) {
			return text
		}
	}
	last := []rune(texts[len(texts)-1])
	for len(last) > 0 && !fits(string(last)+"...") {
		last = last[:len(last)-1]
	}
	return string(last) + "..."
}

func (f Frame) text() textLine {
	return textLine{at: Point{f.X + framePadding, f.Y + 17}, anchor: Start, font: frameFont, parts: []string{f.Label}}
}

func (l Label) text() textLine {
	f := labelFont
	if l.Strong {
		f = frameFont
	}
	if l.Muted {
		f.class = "kind"
	}
	return textLine{at: l.At, anchor: l.Anchor, font: f, parts: []string{l.Text}}
}
