package architecture

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTextFitsInEveryFont measures the pictures as they are committed: each
// text says how wide it is set, whatever the font, and lies within the smallest
// box that it begins in.
func TestTextFitsInEveryFont(t *testing.T) {
	files, err := filepath.Glob("../../docs/architecture/*.svg")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	texts := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n, faults := measure(t, string(data))
		texts += n
		for _, fault := range faults {
			t.Errorf("%s: %s", file, fault)
		}
		// A wider text, and one without a width, are noticed.
		for _, change := range [][2]string{{`textLength="`, `textLength="9`}, {` textLength="`, ` length="`}} {
			if _, faults := measure(t, strings.Replace(string(data), change[0], change[1], 1)); len(faults) == 0 {
				t.Errorf("%s: %q → %q is not noticed", file, change[0], change[1])
			}
		}
	}
	t.Logf("%d texts of %d pictures measured", texts, len(files))
}

type extent struct{ x, y, w, h int }

func (r extent) has(x, y int) bool { return x >= r.x && x <= r.x+r.w && y >= r.y && y <= r.y+r.h }

// measure returns how many texts a picture has, and which leave their box.
func measure(t *testing.T, svg string) (n int, faults []string) {
	t.Helper()
	var boxes []extent
	anchor := ""
	decoder := xml.NewDecoder(strings.NewReader(svg))
	pending := ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return n, faults
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			if pending != "" && strings.TrimSpace(string(token)) != "" {
				faults = append(faults, "text "+strconv.Quote(string(token))+" "+pending)
			}
			pending = ""
		case xml.StartElement:
			number := map[string]int{}
			is := map[string]string{}
			for _, a := range token.Attr {
				is[a.Name.Local] = a.Value
				if value, err := strconv.Atoi(a.Value); err == nil {
					number[a.Name.Local] = value
				}
			}
			pending = ""
			switch token.Name.Local {
			case "rect":
				boxes = append(boxes, extent{number["x"], number["y"], number["width"], number["height"]})
			case "text", "tspan":
				if token.Name.Local == "text" {
					anchor = is["text-anchor"]
				}
				n++
				pending = misplaced(boxes, number["x"], number["y"], number["textLength"], anchor)
				if is["lengthAdjust"] != "spacingAndGlyphs" {
					pending = "is set as wide as the font is"
				}
			}
		}
	}
}

// misplaced says why a text leaves its box; "" where it does not.
func misplaced(boxes []extent, x, y, width int, anchor string) string {
	if width == 0 {
		return "has no width"
	}
	left := x
	switch anchor {
	case "middle":
		left = x - width/2
	case "end":
		left = x - width
	}
	var own *extent
	for i, b := range boxes {
		if b.has(x, y) && (own == nil || b.w*b.h < own.w*own.h) {
			own = &boxes[i]
		}
	}
	if own == nil {
		return "lies in no box"
	}
	if left < own.x || left+width > own.x+own.w {
		return "leaves its box: " + strconv.Itoa(left) + " to " + strconv.Itoa(left+width) + " in " + strconv.Itoa(own.x) + " to " + strconv.Itoa(own.x+own.w)
	}
	return ""
}
