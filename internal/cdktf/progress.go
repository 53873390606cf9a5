package cdktf

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

// progress counts what Terraform says of each stack.
type progress struct {
	order  []string
	out    io.Writer
	now    func() time.Time
	begin  time.Time
	stacks map[string]*stackProgress
	// last lines, for an error.
	last []string
	// left is how much the stacks that are planned still have to do.
	left    atomic.Int64
	planned atomic.Bool
}

type stackProgress struct {
	planned, done int
	begin, end    time.Time
}

const (
	progressEvery = 5 * time.Second
	lastLines     = 25
)

func newProgress(stacks []string, out io.Writer, now func() time.Time) *progress {
	p := &progress{order: stacks, out: out, now: now, begin: now(), stacks: map[string]*stackProgress{}}
	for _, s := range stacks {
		p.stacks[s] = &stackProgress{}
	}
	return p
}

// The lines of Terraform that are counted, each after the name of its stack.
var (
	planLine     = regexp.MustCompile(`Plan: (\d+) to add, (\d+) to change, (\d+) to destroy`)
	doneLine     = regexp.MustCompile(`(Creation|Modifications|Destruction) complete after`)
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
	if m := planLine.FindStringSubmatch(line); m != nil {
		s.planned = atoi(m[1]) + atoi(m[2]) + atoi(m[3])
		p.left.Add(int64(s.planned))
		p.planned.Store(true)
	}
	if doneLine.MatchString(line) {
		s.done++
		p.left.Add(-1)
	}
	if completeLine.MatchString(line) && s.end.IsZero() {
		s.end = p.now()
		fmt.Fprintf(p.out, "%-16s complete in %.0f s\n", stack, s.end.Sub(s.begin).Seconds())
	}
}

func (p *progress) print() {
	var parts []string
	for _, name := range p.order {
		if s := p.stacks[name]; s.planned > 0 && s.end.IsZero() {
			parts = append(parts, fmt.Sprintf("%s %d of %d", name, s.done, s.planned))
		}
	}
	if len(parts) == 0 {
		parts = []string{"synth, or terraform init and plan"}
	}
	fmt.Fprintf(p.out, "%4.0f s           %s\n", p.now().Sub(p.begin).Seconds(), strings.Join(parts, ", "))
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
