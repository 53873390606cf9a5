package picture

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/golden"
)

// TestEverythingIsDrawn compares a picture of all that there is to draw, in every
// zone and with every icon, with the file that is committed.
func TestEverythingIsDrawn(t *testing.T) {
	p := New("everything", "All & everything", "What a picture can have")
	p.Box(Box{Rect: Rect{40, 60, 150, 90}, Kind: "no icon", Name: "wide as its box, a/b.c-dd", Lines: []string{"one", "two"}})
	for i, z := range zones() {
		icon := []Icon{NoIcon, Person, Database, Bucket, Shield, Key, Branch}[i%7]
		frame := p.Frame(Frame{Rect: Rect{Left, 170 + 90*i, 500, 80}, Zone: z, Label: "in " + string(z), Dashed: i%2 == 1})
		box := Box{Rect: Rect{frame.X + 10, frame.Y + FrameHead, 130, 0}, Zone: z, Name: "name " + string(icon), Icon: icon}
		if i%2 == 0 {
			box.Kind = "kind"
		}
		box.H = box.NeededHeight()
		if box.Bottom() > frame.Bottom()-4 {
			frame.H = box.Bottom() + 4 - frame.Y
		}
		right := p.Box(box).Right()
		p.Arrow(fmt.Sprint("flow ", i), Point{right, box.CenterY()}, Point{right + 60, box.CenterY()}, Point{right + 60, frame.Y + 40})
		p.Arrows[i].Both = i%2 == 0
		p.Labels = append(p.Labels, Label{Point{right + 100, box.CenterY()}, []Anchor{Start, Middle, End}[i%3], "label", i%4 == 1, i%4 == 2})
	}
	p.Finish(170 + 90*8)
	golden.Check(t, "testdata/everything.svg", string(p.SVG()), "UPDATE_GOLDEN=1 go test -run TestEverythingIsDrawn ./internal/architecture/picture")
}

// What only touches does not overlap, and what reaches the edge is still inside.
func TestRectangles(t *testing.T) {
	r := Rect{10, 20, 30, 40}
	if r.Right() != 40 || r.Bottom() != 60 || r.CenterX() != 25 || r.CenterY() != 40 || r.Shrink(3) != (Rect{13, 23, 24, 34}) || r.String() != "10,20 30x40" {
		t.Errorf("%v", r)
	}
	for _, test := range []struct {
		o                  Rect
		overlaps, contains bool
	}{
		{r, true, true}, {Rect{11, 21, 28, 38}, true, true}, {Rect{0, 0, 100, 100}, true, false},
		{Rect{40, 20, 5, 5}, false, false}, {Rect{39, 20, 5, 5}, true, false}, {Rect{5, 20, 5, 5}, false, false}, {Rect{6, 20, 5, 5}, true, false},
		{Rect{10, 60, 5, 5}, false, false}, {Rect{10, 59, 5, 5}, true, false}, {Rect{10, 15, 5, 5}, false, false}, {Rect{10, 16, 5, 5}, true, false},
		{Rect{10, 20, 31, 40}, true, false}, {Rect{10, 20, 30, 41}, true, false}, {Rect{9, 20, 30, 40}, true, false}, {Rect{10, 19, 30, 40}, true, false},
	} {
		if r.overlaps(test.o) != test.overlaps || test.o.overlaps(r) != test.overlaps || r.contains(test.o) != test.contains {
			t.Errorf("%v and %v: overlap %t, contained %t", r, test.o, r.overlaps(test.o), r.contains(test.o))
		}
	}
	a := Arrow{Points: []Point{{10, 10}, {30, 10}, {30, 5}}}
	if got := fmt.Sprint(a.segments()); got != "[9,9 22x2 29,4 2x7]" {
		t.Errorf("segments %s", got)
	}
	for anchor, x := range map[Anchor]int{Start: 100, Middle: 91, End: 82} {
		l := Label{At: Point{100, 50}, Anchor: anchor, Text: "text"}
		if want := (Rect{x, 41, labelFont.width("text"), 11}); l.text().bounds() != want {
			t.Errorf("%s: %v, want %v", anchor, l.text().bounds(), want)
		}
	}
	two := textLine{at: Point{0, 20}, anchor: Start, font: nameFont, parts: []string{"a", "longer", "b"}}
	if want := (Rect{0, 10, nameFont.width("longer"), 44}); two.bounds() != want {
		t.Errorf("%v, want %v", two.bounds(), want)
	}
}

// A fault begins one pixel behind what is allowed, on each side.
func TestWhereFaultsBegin(t *testing.T) {
	for name, test := range map[string]struct {
		sound, faulty func(p *Picture)
		want          string
	}{
		"a box at the left":   {func(p *Picture) { p.Box(Box{Rect: Rect{8, 190, 20, 10}}) }, func(p *Picture) { p.Box(Box{Rect: Rect{7, 190, 20, 10}}) }, `box " " leaves the page`},
		"a box at the right":  {func(p *Picture) { p.Box(Box{Rect: Rect{872, 60, 20, 20}}) }, func(p *Picture) { p.Box(Box{Rect: Rect{873, 60, 20, 20}}) }, `box " " leaves the page`},
		"a box at the bottom": {func(p *Picture) { p.Box(Box{Rect: Rect{600, 206, 20, 20}}) }, func(p *Picture) { p.Box(Box{Rect: Rect{600, 207, 20, 20}}) }, `box " " leaves the page`},
		"boxes that touch":    {func(p *Picture) { p.Box(Box{Rect: Rect{600, 60, 20, 20}}); p.Box(Box{Rect: Rect{620, 60, 20, 20}}) }, func(p *Picture) { p.Box(Box{Rect: Rect{600, 60, 21, 20}}); p.Box(Box{Rect: Rect{620, 60, 20, 20}}) }, `box " " covers box " "`},
		"an arrow to a box": {func(p *Picture) {
			p.Arrow("x", Point{600, 100}, Point{600, 160})
			p.Box(Box{Rect: Rect{600, 160, 20, 20}})
		}, func(p *Picture) {
			p.Arrow("x", Point{610, 100}, Point{610, 161})
			p.Box(Box{Rect: Rect{600, 160, 20, 20}})
		}, `arrow "x" goes through box " "`},
		"arrows side by side": {func(p *Picture) {
			p.Arrow("x", Point{600, 100}, Point{700, 100})
			p.Arrow("y", Point{600, 102}, Point{700, 102})
		}, func(p *Picture) {
			p.Arrow("x", Point{600, 100}, Point{700, 100})
			p.Arrow("y", Point{600, 101}, Point{700, 101})
		}, `arrow "x" crosses arrow "y"`},
		"an arrow and a label": {func(p *Picture) { p.Label(Point{600, 100}, Start, "w"); p.Arrow("x", Point{550, 103}, Point{700, 103}) }, func(p *Picture) { p.Label(Point{600, 100}, Start, "w"); p.Arrow("x", Point{550, 102}, Point{700, 102}) }, `arrow "x" goes through text ["w"]`},
		"labels that touch":    {func(p *Picture) { p.Label(Point{600, 100}, Start, "w"); p.Label(Point{600, 111}, Start, "w") }, func(p *Picture) { p.Label(Point{600, 100}, Start, "w"); p.Label(Point{600, 110}, Start, "w") }, `text ["w"] covers ["w"]`},
		"a label below a box":  {func(p *Picture) { p.Box(Box{Rect: Rect{600, 60, 50, 20}}); p.Label(Point{610, 89}, Start, "w") }, func(p *Picture) { p.Box(Box{Rect: Rect{600, 60, 50, 20}}); p.Label(Point{610, 88}, Start, "w") }, `text ["w"] covers box " "`},
		"a frame around a box": {func(p *Picture) {
			p.Frame(Frame{Rect: Rect{600, 60, 50, 60}})
			p.Box(Box{Rect: Rect{630, 100, 20, 20}})
		}, func(p *Picture) {
			p.Frame(Frame{Rect: Rect{600, 60, 50, 60}})
			p.Box(Box{Rect: Rect{631, 100, 20, 20}})
		}, `the edge of frame "" goes through box " "`},
		"a title as wide as it": {func(p *Picture) { p.Title = "short" }, func(p *Picture) { p.Title = strings.Repeat("long ", 30) }, "leaves the page"},
	} {
		p := sound()
		test.sound(p)
		if err := p.Faults(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p = sound()
		test.faulty(p)
		err := p.Faults()
		if err == nil || !strings.HasPrefix(err.Error(), `picture "sound": `) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	// All are said at once.
	p := sound()
	p.Boxes[0].Name, p.Boxes[1].X = strings.Repeat("long", 10), 850
	p.Arrow("oblique", Point{500, 60}, Point{510, 70})
	if joined, ok := p.Faults().(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) < 3 || errors.Unwrap(joined.Unwrap()[0]) == nil {
		t.Errorf("%v", p.Faults())
	}
}

// What is not ASCII has a width too, and bold text is wider.
func TestWidths(t *testing.T) {
	for text, want := range map[string]int{"": 0, " ": 4, "~": 7, "iii": 8, "WWW": 32} {
		if got := labelFont.width(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if plain, bold := (font{size: 100}).width("mm"), (font{size: 100, bold: true}).width("mm"); plain != 167 || bold != 179 {
		t.Errorf("%d, bold %d", plain, bold)
	}
	for _, text := range []string{"é", "…", "→", "\t"} {
		if got := labelFont.width(text); got <= 0 {
			t.Errorf("%q: %d", text, got)
		}
	}
	for word, want := range map[string]string{"a/b": "a/b", "abc/def": "abc/ def", "a-bc,def.ghi": "a- bc, def. ghi", "plain": "plain", "abc-de": "abc-de", "abc-def": "abc- def", "": ""} {
		if got := strings.Join(pieces(word), " "); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
