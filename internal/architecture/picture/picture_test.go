package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sound is a picture without a fault, of two boxes and what joins them.
func sound() *Picture {
	p := New("sound", "A picture", "Two boxes")
	p.Frame(Frame{Rect: Rect{Left, Top, 500, 140}, Zone: Private, Label: "Frame"})
	p.Box(Box{Rect: Rect{40, 90, 120, 60}, Zone: Private, Kind: "kind", Name: "from", Lines: []string{"a line"}, Icon: Database})
	p.Box(Box{Rect: Rect{300, 90, 120, 60}, Zone: Isolated, Name: "to"})
	p.Arrow("flow", Point{160, 120}, Point{300, 120})
	p.Label(Point{230, 112}, Middle, "label")
	p.Finish(200)
	return p
}

func TestSoundHasNoFaults(t *testing.T) {
	if err := sound().Faults(); err != nil {
		t.Error(err)
	}
}

func TestFitting(t *testing.T) {
	f := Frame{Rect: Rect{0, 0, 100, 50}}
	long := strings.Repeat("long ", 30)
	for want, texts := range map[string][]string{"a": {"a", "b"}, "b": {long, "b"}, "long long lon...": {long, long}} {
		if got := f.Fitting(texts...); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		fault string
		do    func(p *Picture)
		want  string
	}{
		{"a name too long for its box", func(p *Picture) { p.Boxes[0].Name = strings.Repeat("long", 10) }, "leaves its box"},
		{"too many lines for a box", func(p *Picture) { p.Boxes[0].Lines = []string{"a", "b", "c", "d"} }, "leaves its box"},
		{"a frame's label too long", func(p *Picture) { p.Frames[0].Label = strings.Repeat("long ", 30) }, "leaves its frame"},
		{"a label off the page", func(p *Picture) { p.Labels[0].At = Point{890, 112} }, "leaves the page"},
		{"boxes that overlap", func(p *Picture) { p.Boxes[1].X = 150 }, "covers box"},
		{"a box on a frame's edge", func(p *Picture) { p.Boxes[1].X = 480 }, "goes through box"},
		{"a box off the page", func(p *Picture) { p.Boxes[1].X = 850 }, "leaves the page"},
		{"an oblique arrow", func(p *Picture) { p.Arrows[0].Points[1] = Point{300, 130} }, "is oblique"},
		{"an arrow through a box", func(p *Picture) { p.Arrow("other", Point{20, 100}, Point{200, 100}) }, `goes through box "kind from"`},
		{"arrows that cross", func(p *Picture) { p.Arrow("other", Point{200, 80}, Point{200, 180}) }, `crosses arrow "other"`},
		{"an arrow through text", func(p *Picture) { p.Arrow("flow", Point{170, 110}, Point{290, 110}) }, "goes through text"},
		{"text over text", func(p *Picture) { p.Label(Point{232, 110}, Middle, "other") }, `covers ["other"]`},
		{"text over a box", func(p *Picture) { p.Label(Point{330, 120}, Start, "other") }, `covers box " to"`},
	} {
		t.Run(test.fault, func(t *testing.T) {
			p := sound()
			test.do(p)
			err := p.Faults()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestArrowsOfOneFlow may share lines.
func TestArrowsOfOneFlow(t *testing.T) {
	p := sound()
	p.Arrow("flow", Point{160, 120}, Point{200, 120}, Point{200, 180})
	if err := p.Faults(); err != nil {
		t.Error(err)
	}
}

func TestWrap(t *testing.T) {
	const text = "paperwurks-staging-documents-111122223333 is a bucket"
	for width := 100; width < 400; width += 10 {
		lines := nameFont.wrap(text, width)
		if got := strings.Join(lines, ""); got != text {
			t.Errorf("width %d: %q, want the text whole", width, got)
		}
		for _, line := range lines {
			if got := nameFont.width(strings.TrimRight(line, " ")); got > width {
				t.Errorf("width %d: %q is %d wide", width, line, got)
			}
		}
	}
	if got := nameFont.wrap(text, 1000); len(got) != 1 {
		t.Errorf("%q, want one line", got)
	}
}

// TestSVG checks a file by what GitHub shows: well-formed, with nothing that
// is loaded or run, and with colours for the dark.
func TestSVG(t *testing.T) {
	p := sound()
	p.Boxes[0].Name = `<a> & "b"`
	svg := p.SVG()
	var elements []string
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements = append(elements, start.Name.Local)
		}
	}
	for _, element := range []string{"script", "image", "foreignObject", "use", "a"} {
		if slices.Contains(elements, element) {
			t.Errorf("an element %q", element)
		}
	}
	for _, element := range []string{"title", "desc", "text", "rect", "path"} {
		if !slices.Contains(elements, element) {
			t.Errorf("no element %q", element)
		}
	}
	withoutNamespace := strings.ReplaceAll(string(svg), `xmlns="http://www.w3.org/2000/svg"`, "")
	if found := regexp.MustCompile(`https?:|@import|@font-face|url\([^#]`).FindString(withoutNamespace); found != "" {
		t.Errorf("%q would load something", found)
	}
	if !strings.Contains(string(svg), "@media (prefers-color-scheme:dark)") {
		t.Error("no colours for the dark")
	}
}

// TestContrast asks of text on every ground, in the light and in the dark, what
// WCAG 2 asks of small text.
func TestContrast(t *testing.T) {
	grounds := map[string]color{"page": pageColor}
	for _, z := range zones() {
		grounds[string(z)] = z.palette().ground
	}
	for name, ground := range grounds {
		for _, text := range []color{textColor, mutedColor} {
			for _, pair := range [][2]string{{text.light, ground.light}, {text.dark, ground.dark}} {
				if got := contrast(t, pair[0], pair[1]); got < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.1f, want 4.5", name, pair[0], pair[1], got)
				}
			}
		}
	}
}

// TestWrapLeavesNoLetterAlone: the zone of a NAT gateway stays with its name.
func TestWrapLeavesNoLetterAlone(t *testing.T) {
	const text = "paperwurks-staging-a"
	got := lineFont.wrap(text, lineFont.width(text)-1)
	if len(got) != 2 || got[1] != "staging-a" {
		t.Errorf("%q", got)
	}
}
