package picture

import "strings"

// font is one way to set text: its class in the stylesheet, its size and the
// distance from one line to the next, in pixels.
type font struct {
	class      string
	size, line int
	bold       bool
}

var (
	titleFont = font{"title", 17, 24, true}
	frameFont = font{"frame", 12, 16, true}
	kindFont  = font{"kind", 11, 15, false}
	nameFont  = font{"name", 12, 16, true}
	lineFont  = font{"line", 11, 15, false}
	labelFont = font{"label", 11, 14, false}
)

// width of a text in pixels, as Helvetica sets it. It is written with the text
// (textLength), so that every other font is fitted to it: DejaVu, which is what
// many systems without Helvetica and Arial have, is a tenth wider.
func (f font) width(text string) int {
	thousandths := 0
	for _, r := range text {
		thousandths += advance(r)
	}
	w := thousandths * f.size
	if f.bold {
		w = w * 107 / 100
	}
	return (w + 999) / 1000
}

// helvetica gives the advance widths of ASCII from the space on, in thousandths
// of the size (Adobe's font metrics of Helvetica).
var helvetica = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

func advance(r rune) int {
	switch {
	case r >= ' ' && int(r-' ') < len(helvetica):
		return helvetica[r-' ']
	case r == '–', r == '·':
		return 556
	default:
		return 1000
	}
}

// wrap breaks a text into lines of at most width pixels at its spaces, and a
// word that is wider than that behind "/", "-", "," or ".". Joined again the
// lines are the text.
func (f font) wrap(text string, width int) []string {
	var lines []string
	line := ""
	fits := func(text string) bool { return f.width(strings.TrimRight(text, " ")) <= width }
	add := func(part string) {
		if line != "" && !fits(line+part) {
			lines = append(lines, line)
			line = ""
		}
		line += part
	}
	for _, word := range strings.SplitAfter(text, " ") {
		if fits(word) {
			add(word)
			continue
		}
		for _, piece := range pieces(word) {
			add(piece)
		}
	}
	return append(lines, line)
}

// pieces are the parts of a word that stay together.
func pieces(word string) []string {
	var out []string
	from := 0
	for i, r := range word {
		if strings.ContainsRune("/-,.", r) {
			out = append(out, word[from:i+1])
			from = i + 1
		}
	}
	if last := len(out) - 1; last >= 0 && len(word[from:]) < 3 {
		out[last] += word[from:] // no letter is alone on a line
		return out
	}
	return append(out, word[from:])
}
