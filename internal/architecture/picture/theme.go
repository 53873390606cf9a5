package picture

import (
	"fmt"
	"strings"
)

// color is one color in the light and in the dark.
type color struct{ light, dark string }

// palette of a zone: the ground of its frames, and the edges of its frames and
// boxes. They are those of GitHub's own pages, where the pictures are read.
type palette struct{ ground, edge color }

func (z Zone) palette() palette {
	switch z {
	case Public:
		return palette{color{"#fff1e5", "#2b1a0d"}, color{"#bc4c00", "#db6d28"}}
	case Private:
		return palette{color{"#eaf5ff", "#0c1d31"}, color{"#0969da", "#388bfd"}}
	case Isolated:
		return palette{color{"#fbefff", "#231338"}, color{"#8250df", "#a371f7"}}
	case Service:
		return palette{color{"#e6fbea", "#0c2415"}, color{"#1a7f37", "#3fb950"}}
	case Identity:
		return palette{color{"#fff8dc", "#272008"}, color{"#9a6700", "#d29922"}}
	case Stack:
		return palette{color{"#e6f8f7", "#0b2322"}, color{"#1b7c83", "#39c5cf"}}
	case Plain:
		return palette{color{"#fbfcfd", "#12171e"}, color{"#818b98", "#7d8590"}}
	default:
		return palette{color{"#f6f8fa", "#161b22"}, color{"#818b98", "#7d8590"}}
	}
}

var (
	pageColor  = color{"#ffffff", "#0d1117"}
	pageEdge   = color{"#d1d9e0", "#3d444d"}
	textColor  = color{"#1f2328", "#f0f6fc"}
	mutedColor = color{"#59636e", "#9198a1"}
	arrowColor = color{"#454c54", "#b7bdc8"}
)

// fonts are of Helvetica's measures wherever there is one.
const fonts = `Helvetica, Arial, "Liberation Sans", "Segoe UI", Roboto, sans-serif`

// stylesheet of every picture: the light colours, and the dark ones for a reader
// whose browser asks for them.
func stylesheet() string {
	var out strings.Builder
	fmt.Fprintf(&out, "text{font-family:%s}\n", fonts)
	for _, f := range []font{titleFont, frameFont, kindFont, nameFont, lineFont} {
		weight := ""
		if f.bold {
			weight = ";font-weight:bold"
		}
		fmt.Fprintf(&out, ".%s{font-size:%dpx%s}\n", f.class, f.size, weight)
	}
	fmt.Fprintf(&out, ".%s{font-size:%dpx}\n", labelFont.class, labelFont.size)
	out.WriteString(".arrow{fill:none;stroke-width:1.5;stroke-linejoin:round}\n.dashed{stroke-dasharray:5 4}\n")
	colours(&out, func(c color) string { return c.light })
	out.WriteString("@media (prefers-color-scheme:dark){\n")
	colours(&out, func(c color) string { return c.dark })
	out.WriteString("}\n")
	return out.String()
}

func colours(out *strings.Builder, of func(color) string) {
	fmt.Fprintf(out, ".page{fill:%s;stroke:%s}\n", of(pageColor), of(pageEdge))
	fmt.Fprintf(out, "text{fill:%s}\n.kind{fill:%s}\n", of(textColor), of(mutedColor))
	fmt.Fprintf(out, ".arrow{stroke:%s}\n.head{fill:%s}\n", of(arrowColor), of(arrowColor))
	for _, z := range zones() {
		p := z.palette()
		fmt.Fprintf(out, ".frame-%s{fill:%s;stroke:%s}\n", z, of(p.ground), of(p.edge))
		fmt.Fprintf(out, ".box-%s{fill:%s;stroke:%s;stroke-width:1.3}\n", z, of(pageColor), of(p.edge))
		fmt.Fprintf(out, ".icon-%s{fill:none;stroke:%s;stroke-width:1.3;stroke-linejoin:round}\n", z, of(p.edge))
	}
}
