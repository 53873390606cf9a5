package architecture

import "github.com/paperwurks/infra/internal/architecture/picture"

// stack sets boxes of one width below each other from at on, each as high as
// its text, and returns where each is and the line below the last.
func stack(p *picture.Picture, at picture.Point, width, gap int, boxes ...picture.Box) (rects []picture.Rect, bottom int) {
	y := at.Y
	for _, b := range boxes {
		b.Rect = picture.Rect{X: at.X, Y: y, W: width}
		b.H = b.NeededHeight()
		rects = append(rects, p.Box(b))
		y += b.H + gap
	}
	return rects, y - gap
}

// columns divide a width into n parts with a gap between them.
func columns(x, width, n, gap int) []picture.Rect {
	out := make([]picture.Rect, n)
	for i := range out {
		from := x + i*(width+gap)/n
		out[i] = picture.Rect{X: from, W: x + (i+1)*(width+gap)/n - gap - from}
	}
	return out
}

// tallest is the height that all boxes need in their columns.
func tallest(boxes []picture.Box) int {
	height := 0
	for _, b := range boxes {
		height = max(height, b.NeededHeight())
	}
	return height
}

// row sets boxes next to each other, all as high as the highest.
func row(p *picture.Picture, y int, boxes []picture.Box) (bottom int) {
	height := tallest(boxes)
	for _, b := range boxes {
		b.Y, b.H = y, height
		p.Box(b)
	}
	return y + height
}

func point(x, y int) picture.Point { return picture.Point{X: x, Y: y} }
