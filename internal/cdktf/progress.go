package cdktf

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// progress counts what Terraform says of each stack, and shows it: on a
// terminal a line for each stack, written again and again; elsewhere a line
// whenever something has changed.
type progress struct {
	order  []string
	out    io.Writer
	width  func() int // of the terminal in columns; 0 where out is none
	now    func() time.Time
	begin  time.Time
	stacks map[string]*stackProgress
	// shown is how many lines stand on the terminal, said the last line
	// elsewhere and saidAt when.
	shown  int
	said   string
	saidAt time.Time
	// last lines, for an error.
	last []string
	// left is how much the stacks that are planned still have to do.
	left    atomic.Int64
	planned atomic.Bool
}

type stackProgress struct {
	phase         phase
	planned, done int
	begin, end    time.Time
	// waiting are the resources that are at work, and since when.
	waiting map[string]time.Time
}

// phase is what is done with a stack.
type phase string

const (
	synthPhase phase = "synth"
	initPhase  phase = "init"
	planPhase  phase = "plan"
	applyPhase phase = "apply"
)

const (
	progressEvery = time.Second
	// sayEvery is how long an unchanged line is not repeated where there is no
	// terminal, and sayAtMost how often any is written there.
	sayEvery, sayAtMost = 30 * time.Second, 5 * time.Second
	lastLines           = 25
)

func newProgress(stacks []string, out io.Writer, now func() time.Time) *progress {
	p := &progress{order: stacks, out: out, width: widthOf(out), now: now, begin: now(), stacks: map[string]*stackProgress{}}
	for _, s := range stacks {
		p.stacks[s] = &stackProgress{phase: synthPhase, waiting: map[string]time.Time{}}
	}
	return p
}

// widthOf tells the width of the terminal that out is, when it is asked for.
func widthOf(out io.Writer) func() int {
	file, ok := out.(*os.File)
	return func() int {
		if !ok {
			return 0
		}
		size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
		if err != nil {
			return 0
		}
		return cmp.Or(int(size.Col), 80)
	}
}

// The lines of Terraform that are counted, each after the name of its stack. A
// resource has its path in the app in parentheses.
var (
	initLine     = regexp.MustCompile(`Initializing the backend`)
	initedLine   = regexp.MustCompile(`has been successfully initialized`)
	planLine     = regexp.MustCompile(`Plan: (\d+) to add, (\d+) to change, (\d+) to destroy`)
	startLine    = regexp.MustCompile(`([\w.-]+)(?: \(([^)]*)\))?: (?:Creating|Modifying|Destroying)\.\.\.`)
	doneLine     = regexp.MustCompile(`([\w.-]+)(?: \(([^)]*)\))?: (?:Creation|Modifications|Destruction) complete after`)
	completeLine = regexp.MustCompile(`(Apply complete!|Destroy complete!|No changes\.)`)
)

// follow reads until the end, prints where things stand at every tick, and
// returns the last lines, for an error.
func (p *progress) follow(in io.Reader, ticks <-chan time.Time) string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	current := ""
	for {
		select {
		case line, more := <-lines:
			if !more {
				if p.width() > 0 {
					p.print()
				}
				return strings.Join(p.last, "\n")
			}
			// The CLI names the stack on the first line of what Terraform
			// wrote at once, and indents the rest.
			if name, _, found := strings.Cut(line, " "); found && p.stacks[name] != nil {
				current = name
			}
			p.line(current, line)
		case <-ticks:
			p.print()
		}
	}
}

func (p *progress) line(stack, line string) {
	if strings.TrimSpace(line) != "" {
		p.last = append(p.last, line)
		p.last = p.last[max(0, len(p.last)-lastLines):]
	}
	s := p.stacks[stack]
	if s == nil {
		return
	}
	if s.begin.IsZero() {
		s.begin = p.now()
	}
	switch {
	case initLine.MatchString(line):
		s.phase = initPhase
	case initedLine.MatchString(line):
		s.phase = planPhase
	}
	if m := planLine.FindStringSubmatch(line); m != nil {
		s.phase, s.planned = applyPhase, atoi(m[1])+atoi(m[2])+atoi(m[3])
		p.left.Add(int64(s.planned))
		p.planned.Store(true)
	}
	if m := startLine.FindStringSubmatch(line); m != nil {
		s.waiting[cmp.Or(m[2], m[1])] = p.now()
	}
	if m := doneLine.FindStringSubmatch(line); m != nil {
		delete(s.waiting, cmp.Or(m[2], m[1]))
		s.done++
		p.left.Add(-1)
	}
	if completeLine.MatchString(line) && s.end.IsZero() {
		s.end = p.now()
		if p.width() == 0 {
			fmt.Fprintf(p.out, "%-16s complete in %.0f s\n", stack, s.end.Sub(s.begin).Seconds())
		}
	}
}

// state says where a stack is.
func (p *progress) state(name string) string {
	s := p.stacks[name]
	first := p.order[0]
	switch {
	case !s.end.IsZero():
		return fmt.Sprintf("complete in %.0f s", s.end.Sub(s.begin).Seconds())
	case s.phase == applyPhase && s.planned > 0:
		text := fmt.Sprintf("apply %d of %d", s.done, s.planned)
		longest, since := "", p.now()
		for resource, began := range s.waiting {
			if longest == "" || began.Before(since) || began.Equal(since) && resource < longest {
				longest, since = resource, began
			}
		}
		if longest != "" {
			text += fmt.Sprintf(", %.0f s for %s", p.now().Sub(since).Seconds(), longest)
		}
		return text
	case s.phase == planPhase && name != first && p.stacks[first].end.IsZero():
		return "waits for " + first
	default:
		return string(s.phase)
	}
}

// onInterrupt is what ^C does; a second one ends the program at once.
const onInterrupt = "^C: Terraform finishes what it is at and releases its lock; once is enough"

func (p *progress) print() {
	seconds := fmt.Sprintf("%4.0f s", p.now().Sub(p.begin).Seconds())
	if width := p.width(); width > 0 {
		var b strings.Builder
		if p.shown > 0 {
			fmt.Fprintf(&b, "\x1b[%dA\x1b[J", p.shown)
		}
		lines := []string{seconds}
		for _, name := range p.order {
			lines = append(lines, fmt.Sprintf("  %-10s %s", name, p.state(name)))
		}
		for _, line := range append(lines, onInterrupt) {
			b.WriteString(cut(line, width-1) + "\n")
		}
		p.shown = len(lines) + 1
		io.WriteString(p.out, b.String())
		return
	}
	var parts []string
	for _, name := range p.order {
		if p.stacks[name].end.IsZero() {
			parts = append(parts, name+" "+p.state(name))
		}
	}
	text := strings.Join(parts, "; ")
	since := p.now().Sub(p.saidAt)
	if text == "" || since < sayAtMost || text == p.said && since < sayEvery {
		return
	}
	p.said, p.saidAt = text, p.now()
	fmt.Fprintf(p.out, "%s           %s\n", seconds, text)
}

// cut is a line of at most so many columns.
func cut(line string, columns int) string {
	if runes := []rune(line); len(runes) > columns {
		return string(runes[:max(columns-1, 0)]) + "…"
	}
	return line
}

func (p *progress) finish() map[string]float64 {
	seconds := map[string]float64{}
	for name, s := range p.stacks {
		if !s.end.IsZero() {
			seconds[name] = s.end.Sub(s.begin).Seconds()
		}
	}
	return seconds
}

// atoi of digits that a regular expression has matched.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}
