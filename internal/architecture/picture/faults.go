package picture

import (
	"errors"
	"fmt"
)

// Faults are everything that would make the picture hard to read, all at once.
func (p *Picture) Faults() error {
	faults := append(p.textFaults(), p.boxFaults()...)
	faults = append(faults, p.arrowFaults()...)
	for i, fault := range faults {
		faults[i] = fmt.Errorf("picture %q: %w", p.Name, fault)
	}
	return errors.Join(faults...)
}

func (p *Picture) page() Rect { return Rect{0, 0, PageWidth, p.Height} }

// textFaults finds text that leaves what holds it, or covers other text.
func (p *Picture) textFaults() (faults []error) {
	held := func(t textLine, in Rect, what string) {
		if !in.contains(t.bounds()) {
			faults = append(faults, fmt.Errorf("text %q (%v) leaves %s (%v)", t.parts, t.bounds(), what, in))
		}
	}
	var free []textLine
	held(p.title(), p.page(), "the page")
	for _, b := range p.Boxes {
		for _, t := range b.texts() {
			held(t, b.Shrink(2), "its box")
		}
	}
	for _, f := range p.Frames {
		if f.Label != "" {
			held(f.text(), f.Rect, "its frame")
			free = append(free, f.text())
		}
	}
	for _, l := range p.Labels {
		held(l.text(), p.page(), "the page")
		free = append(free, l.text())
	}
	for i, t := range free {
		for _, other := range free[i+1:] {
			if t.bounds().overlaps(other.bounds()) {
				faults = append(faults, fmt.Errorf("text %q covers %q", t.parts, other.parts))
			}
		}
		for _, b := range p.Boxes {
			if t.bounds().overlaps(b.Rect) {
				faults = append(faults, fmt.Errorf("text %q covers box %q", t.parts, b.Kind+" "+b.Name))
			}
		}
		for _, a := range p.Arrows {
			for _, s := range a.segments() {
				if s.overlaps(t.bounds()) {
					faults = append(faults, fmt.Errorf("arrow %q goes through text %q", a.Flow, t.parts))
				}
			}
		}
	}
	return faults
}

// boxFaults finds boxes that overlap, and edges of frames that go through a box.
func (p *Picture) boxFaults() (faults []error) {
	for i, b := range p.Boxes {
		if !p.page().Shrink(margin / 2).contains(b.Rect) {
			faults = append(faults, fmt.Errorf("box %q leaves the page", b.Kind+" "+b.Name))
		}
		for _, other := range p.Boxes[i+1:] {
			if b.overlaps(other.Rect) {
				faults = append(faults, fmt.Errorf("box %q covers box %q", b.Kind+" "+b.Name, other.Kind+" "+other.Name))
			}
		}
		for _, f := range p.Frames {
			if f.overlaps(b.Rect) && !f.contains(b.Rect) {
				faults = append(faults, fmt.Errorf("the edge of frame %q goes through box %q", f.Label, b.Kind+" "+b.Name))
			}
		}
	}
	return faults
}

// arrowFaults finds arrows that go through boxes or cross arrows of another flow.
func (p *Picture) arrowFaults() (faults []error) {
	for i, a := range p.Arrows {
		for j, at := range a.Points[1:] {
			if at.X != a.Points[j].X && at.Y != a.Points[j].Y {
				faults = append(faults, fmt.Errorf("arrow %q is oblique", a.Flow))
			}
		}
		for _, s := range a.segments() {
			for _, b := range p.Boxes {
				if s.overlaps(b.Shrink(1)) {
					faults = append(faults, fmt.Errorf("arrow %q goes through box %q", a.Flow, b.Kind+" "+b.Name))
				}
			}
			for _, other := range p.Arrows[i+1:] {
				if other.Flow == a.Flow {
					continue
				}
				for _, o := range other.segments() {
					if s.overlaps(o) {
						faults = append(faults, fmt.Errorf("arrow %q crosses arrow %q", a.Flow, other.Flow))
					}
				}
			}
		}
	}
	return faults
}

// segments are the arrow's lines as rectangles two pixels thick.
func (a Arrow) segments() []Rect {
	var out []Rect
	for i, to := range a.Points[1:] {
		from := a.Points[i]
		x, y := min(from.X, to.X), min(from.Y, to.Y)
		out = append(out, Rect{x - 1, y - 1, max(from.X, to.X) - x + 2, max(from.Y, to.Y) - y + 2})
	}
	return out
}
