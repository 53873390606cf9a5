package rehearse

import (
	"bytes"
	"io"

	"github.com/paperwurks/infra/internal/progress"
)

// prefixed writes lines with a prefix, each at once, so that what runs side by
// side does not mix within a line. Whole lines must be written.
type prefixed struct {
	out    io.Writer
	prefix string
}

// Screen is where the writer that it writes to is shown.
func (p prefixed) Screen() *progress.Screen { return progress.On(p.out) }

func (p prefixed) Write(text []byte) (int, error) {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		b.WriteString(p.prefix)
		b.Write(line)
	}
	if _, err := p.out.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}
