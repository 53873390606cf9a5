package progress

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Screen is where trackers show themselves: on a terminal all that are shown have
// their lines at its end, rewritten each second, below what is written to
// it; elsewhere each says a line when nothing was written for a while.
//
// While a tracker is shown, whole lines must be written.
type Screen struct {
	out io.Writer
	// size of the terminal in columns and rows; 0, 0 where out is none.
	size func() (columns, rows int)
	now  func() time.Time
	// every is how often the trackers' lines are written.
	every time.Duration

	mu       sync.Mutex
	trackers []*Tracker // those that are shown
	// rewritten is how many lines are at the terminal's end, and stop ends their
	// being written each second.
	rewritten int
	stop      chan struct{}
	// wroteAt is when anything was last written elsewhere than on a terminal.
	wroteAt time.Time
}

// screened is a writer that writes to a screen.
type screened interface{ Screen() *Screen }

// On is the screen that out writes to. Whoever has one out has to have one screen.
func On(out io.Writer) *Screen {
	if s, ok := out.(screened); ok {
		return s.Screen()
	}
	return &Screen{out: out, size: sizeOf(out), now: time.Now, every: time.Second}
}

// Terminal is a screen on a terminal of a fixed size, which out need not be.
func Terminal(out io.Writer, columns, rows int) *Screen {
	return &Screen{out: out, size: func() (int, int) { return columns, rows }, now: time.Now, every: time.Second}
}

// Screen is the screen itself.
func (s *Screen) Screen() *Screen { return s }

// sizeOf tells the size of the terminal that out is, when it is asked for.
func sizeOf(out io.Writer) func() (columns, rows int) {
	file, ok := out.(*os.File)
	return func() (int, int) {
		if !ok {
			return 0, 0
		}
		size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
		if err != nil {
			return 0, 0
		}
		return cmp.Or(int(size.Col), 80), cmp.Or(int(size.Row), 24)
	}
}

// IsTerminal says whether somebody watches.
func (s *Screen) IsTerminal() bool {
	columns, _ := s.size()
	return columns > 0
}

// Write writes lines above those of the trackers.
func (s *Screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wroteAt = s.now()
	if _, err := io.WriteString(s.out, s.erased()+string(text)+s.live()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// show adds a tracker.
func (s *Screen) show(t *Tracker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trackers = append(s.trackers, t)
	s.redraw()
	if s.stop != nil {
		return
	}
	s.stop = make(chan struct{})
	go func(stop <-chan struct{}) {
		ticker := time.NewTicker(s.every)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				s.tick()
			}
		}
	}(s.stop)
}

// hide takes a tracker away. What it has to say of stacks that are complete
// stays.
func (s *Screen) hide(t *Tracker) {
	s.mu.Lock()
	at := slices.Index(s.trackers, t)
	if at < 0 {
		s.mu.Unlock()
		return
	}
	s.trackers = slices.Delete(s.trackers, at, at+1)
	if len(s.trackers) == 0 {
		close(s.stop)
		s.stop = nil
	}
	s.redraw()
	complete := t.complete
	t.complete = nil
	s.mu.Unlock()
	if s.IsTerminal() {
		io.WriteString(t.out, strings.Join(complete, ""))
	}
}

// tick shows where things are.
func (s *Screen) tick() {
	s.mu.Lock()
	s.redraw()
	if s.IsTerminal() {
		s.mu.Unlock()
		return
	}
	type said struct {
		out  io.Writer
		line string
	}
	var lines []said
	for _, t := range s.trackers {
		if line := t.said(); line != "" {
			lines = append(lines, said{t.out, line})
		}
	}
	s.mu.Unlock()
	for _, l := range lines {
		io.WriteString(l.out, l.line) // by way of Write, where out has a prefix
	}
}

// redraw writes the trackers' lines again, on a terminal.
func (s *Screen) redraw() { io.WriteString(s.out, s.erased()+s.live()) }

// erased takes away the lines at the terminal's end. What a person typed is
// before the cursor, such as ^C.
func (s *Screen) erased() string {
	if s.rewritten == 0 {
		return ""
	}
	n := s.rewritten
	s.rewritten = 0
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", n)
}

// live are the lines of all trackers at the terminal's end.
func (s *Screen) live() string {
	columns, rows := s.size()
	if columns == 0 || len(s.trackers) == 0 {
		return ""
	}
	lines := []string{seconds(s.now().Sub(s.trackers[0].began))}
	last := ""
	for _, t := range s.trackers {
		for _, name := range t.order {
			lines = append(lines, fmt.Sprintf("  %-10s %s", name, t.state(name)))
			last = t.onInterrupt()
		}
	}
	if last != "" {
		lines = append(lines, last)
	}
	// The cursor is below them; what has left the terminal cannot be erased.
	lines = lines[:min(len(lines), max(rows-1, 0))]
	s.rewritten = len(lines)
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(cut(line, columns-1) + "\n")
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%4.0f s", d.Seconds()) }

// cut is a line of at most so many columns.
func cut(line string, columns int) string {
	if runes := []rune(line); len(runes) > columns {
		return string(runes[:max(columns-1, 0)]) + "…"
	}
	return line
}
