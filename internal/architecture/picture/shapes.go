package picture

import "fmt"

// PageWidth is how wide, in pixels, GitHub shows a picture at most.
const PageWidth = 900

// Zone says what a thing is exposed to; it gives the thing its colour.
type Zone string

const (
	Outside  Zone = "outside"  // not the platform's: people, GitHub, the internet
	Public   Zone = "public"   // has an address on the internet
	Private  Zone = "private"  // reaches out, is not reached from the internet
	Isolated Zone = "isolated" // neither reaches the internet nor is reached from it
	Service  Zone = "service"  // an AWS service outside the VPC, behind IAM
	Identity Zone = "identity" // a role
	Stack    Zone = "stack"    // what Terraform plans and applies as one
	Plain    Zone = "plain"    // what only groups or explains; not in the legend
)

// zones in the order of the legend.
func zones() []Zone {
	return []Zone{Outside, Public, Private, Isolated, Service, Identity, Stack, Plain}
}

// words of the legend.
func (z Zone) words() string {
	switch z {
	case Outside:
		return "not on AWS"
	case Service:
		return "AWS service, behind IAM"
	case Identity:
		return "role"
	case Stack:
		return "Terraform stack"
	default:
		return string(z)
	}
}

// Point is a place on the page, in pixels from its upper left corner.
type Point struct{ X, Y int }

// Rect is a rectangle of the page, in pixels.
type Rect struct{ X, Y, W, H int }

// Right and Bottom are the far edges; CenterX and CenterY the middle.
func (r Rect) Right() int   { return r.X + r.W }
func (r Rect) Bottom() int  { return r.Y + r.H }
func (r Rect) CenterX() int { return r.X + r.W/2 }
func (r Rect) CenterY() int { return r.Y + r.H/2 }

// Shrink is the rectangle without a margin on each side.
func (r Rect) Shrink(margin int) Rect {
	return Rect{r.X + margin, r.Y + margin, r.W - 2*margin, r.H - 2*margin}
}

func (r Rect) overlaps(o Rect) bool {
	return r.X < o.Right() && o.X < r.Right() && r.Y < o.Bottom() && o.Y < r.Bottom()
}

func (r Rect) contains(o Rect) bool {
	return o.X >= r.X && o.Y >= r.Y && o.Right() <= r.Right() && o.Bottom() <= r.Bottom()
}

func (r Rect) String() string { return fmt.Sprintf("%d,%d %dx%d", r.X, r.Y, r.W, r.H) }

// Box is a thing: its kind in the field's words, its real name, and what there
// is to say about it, one line each.
type Box struct {
	Rect
	Zone  Zone
	Kind  string
	Name  string
	Lines []string
	Icon  Icon
}

// Frame holds boxes. Its label is on its upper edge, inside.
type Frame struct {
	Rect
	Zone   Zone
	Label  string
	Dashed bool
}

// Arrow leads from its first point to its last, along horizontal and vertical
// lines. Arrows of the same Flow may share lines.
type Arrow struct {
	Points []Point
	Flow   string
	// Both puts a head on either end.
	Both bool
}

// Label is text next to an arrow or in a margin.
type Label struct {
	At     Point
	Anchor Anchor
	Text   string
	// Strong is set in bold, Muted in grey.
	Strong, Muted bool
}

// Anchor is the side of a text that its point is at.
type Anchor string

const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Picture is a page in the making.
type Picture struct {
	// Name is the file's, without ".svg"; Title and Description are read aloud
	// by a screen reader.
	Name, Title, Description string
	Height                   int

	Frames []*Frame
	Boxes  []Box
	Arrows []Arrow
	Labels []Label
}

// Frame, Box, Arrow and Label add to the picture. Frames are drawn in the order
// in which they were added, below everything else; a frame's size can be set
// when that of what it holds is known.
func (p *Picture) Frame(f Frame) *Frame { p.Frames = append(p.Frames, &f); return &f }
func (p *Picture) Box(b Box) Rect       { p.Boxes = append(p.Boxes, b); return b.Rect }
func (p *Picture) Arrow(flow string, points ...Point) {
	p.Arrows = append(p.Arrows, Arrow{Flow: flow, Points: points})
}
func (p *Picture) Label(at Point, anchor Anchor, text string) {
	p.Labels = append(p.Labels, Label{At: at, Anchor: anchor, Text: text})
}
