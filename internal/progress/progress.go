// Package progress shows where the stacks of a deployment are: the phase of each,
// how many resources are done of how many, and which is waited for longest. It
// imports nothing of this repository.
package progress

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// Tracker counts what Terraform says of each stack.
type Tracker struct {
	// Announce has a line written when a stack is complete, and kept; for programs
	// that do not print what Terraform says.
	Announce bool

	screen *Screen
	out    io.Writer
	ctx    context.Context
	began  time.Time
	order  []string
	stacks map[string]*stack
	// lastSaid is what was said elsewhere than on a terminal, and complete what is to be
	// said on one at the end.
	lastSaid string
	complete []string
}

type stack struct {
	phase         Phase
	planned, done int
	isPlanned     bool
	begin, end    time.Time
	// waiting are the resources that are at work, and since when.
	waiting map[string]time.Time
	// text is where another program says that the stack is; "" for none.
	text string
}

// Phase is what is done with a stack.
type Phase string

// The phases of a deployment, in order.
const (
	Synth   Phase = "synth"
	Init    Phase = "init"
	Plan    Phase = "plan"
	Check   Phase = "check of the plan"
	Apply   Phase = "apply"
	Refresh Phase = "refresh of the state"
)

// How long an unchanged line is not repeated where there is no terminal, and how
// long nothing must have been written there before any is.
const sayEvery, sayAfter = 30 * time.Second, 5 * time.Second

// New counts for the stacks, in the order of deployment: those that wait, wait
// for the first. All begin with Synth.
func New(out io.Writer, stacks ...string) *Tracker {
	t := &Tracker{screen: On(out), out: out, order: stacks, stacks: map[string]*stack{}}
	if _, ok := out.(screened); !ok {
		t.out = t.screen
	}
	for _, name := range stacks {
		t.stacks[name] = &stack{phase: Synth, waiting: map[string]time.Time{}}
	}
	return t
}

// Show shows the stacks until end is called. ctx is the one that ^C cancels.
func (t *Tracker) Show(ctx context.Context) (end func()) {
	t.ctx, t.began = ctx, t.screen.now()
	t.screen.show(t)
	return func() { t.screen.hide(t) }
}

// Enter begins a phase of a stack; planned are the steps of Apply.
func (t *Tracker) Enter(name string, phase Phase, planned int) {
	t.screen.mu.Lock()
	defer t.screen.mu.Unlock()
	t.stacks[name] = &stack{phase: phase, planned: planned, isPlanned: phase == Apply, begin: t.screen.now(), waiting: map[string]time.Time{}}
	t.screen.redraw()
}

// Left is how many resources Terraform is still to make, change or destroy.
// That is known once it has planned any stack.
func (t *Tracker) Left() (n int, known bool) {
	t.screen.mu.Lock()
	defer t.screen.mu.Unlock()
	for _, s := range t.stacks {
		n += s.planned - s.done
		known = known || s.isPlanned
	}
	return n, known
}

// Seconds that each stack took that is complete.
func (t *Tracker) Seconds() map[string]float64 {
	t.screen.mu.Lock()
	defer t.screen.mu.Unlock()
	seconds := map[string]float64{}
	for name, s := range t.stacks {
		if !s.end.IsZero() {
			seconds[name] = s.end.Sub(s.begin).Seconds()
		}
	}
	return seconds
}

// The lines of Terraform that are counted. A resource has its path in the app in
// parentheses, where the cdktf CLI hands the line over.
var (
	initLine     = regexp.MustCompile(`Initializing the backend`)
	initedLine   = regexp.MustCompile(`has been successfully initialized`)
	planLine     = regexp.MustCompile(`Plan: (\d+) to add, (\d+) to change, (\d+) to destroy`)
	startLine    = regexp.MustCompile(`([\w.-]+)(?: \(([^)]*)\))?: (?:Creating|Modifying|Destroying)\.\.\.`)
	doneLine     = regexp.MustCompile(`([\w.-]+)(?: \(([^)]*)\))?: (?:Creation|Modifications|Destruction) complete after`)
	stillLine    = regexp.MustCompile(`: Still (?:creating|modifying|destroying|reading)\.\.\. \[`)
	completeLine = regexp.MustCompile(`(Apply complete!|Destroy complete!|No changes\.)`)
	// saidLine is one of said below, of a program that runs within this one.
	saidLine = regexp.MustCompile(`^ *\d+ s {11}(\S+) (.+)$`)
)

// Line takes a line that Terraform printed of a stack.
func (t *Tracker) Line(name, line string) {
	t.screen.mu.Lock()
	s := t.stacks[name]
	if s == nil {
		t.screen.mu.Unlock()
		return
	}
	now, text := t.screen.now(), ""
	if s.begin.IsZero() {
		s.begin = now
	}
	if m := saidLine.FindStringSubmatch(line); m != nil && m[1] == name {
		s.text, s.end = m[2], time.Time{}
	}
	switch {
	case initLine.MatchString(line):
		s.phase = Init
	case initedLine.MatchString(line) && s.isPlanned: // a plan that is stored
		s.phase = Apply
	case initedLine.MatchString(line):
		s.phase = Plan
	}
	if m := planLine.FindStringSubmatch(line); m != nil {
		s.phase, s.planned, s.isPlanned = Apply, atoi(m[1])+atoi(m[2])+atoi(m[3]), true
	}
	if m := startLine.FindStringSubmatch(line); m != nil {
		s.phase = Apply
		s.waiting[cmp.Or(m[2], m[1])] = now
	}
	if m := doneLine.FindStringSubmatch(line); m != nil {
		delete(s.waiting, cmp.Or(m[2], m[1]))
		s.done++
	}
	if completeLine.MatchString(line) && s.end.IsZero() {
		s.end = now
		if name == t.order[0] {
			for _, waiting := range t.order[1:] {
				t.stacks[waiting].begin = now // its waiting is not its own time
			}
		}
		if t.Announce {
			text = fmt.Sprintf("%-16s complete in %.0f s\n", name, s.end.Sub(s.begin).Seconds())
		}
	}
	if t.screen.IsTerminal() {
		t.complete, text = append(t.complete, text), ""
	}
	t.screen.mu.Unlock()
	if text != "" {
		io.WriteString(t.out, text)
	}
}

// Print takes a line as Line does, and writes it: on a terminal not those that
// say again that Terraform waits.
func (t *Tracker) Print(name, line string) {
	t.Line(name, line)
	if !t.screen.IsTerminal() || !stillLine.MatchString(line) {
		io.WriteString(t.out, line+"\n")
	}
}

// Lines is a writer whose lines Line takes.
func (t *Tracker) Lines(name string) io.Writer {
	return &lines{line: func(l string) { t.Line(name, l) }}
}

type lines struct {
	rest []byte
	line func(string)
}

func (l *lines) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(text), nil
		}
		l.line(strings.TrimRight(string(line), "\r"))
		l.rest = rest
	}
}

// state says where a stack is.
func (t *Tracker) state(name string) string {
	s, first := t.stacks[name], t.order[0]
	now := t.screen.now()
	switch {
	case !s.end.IsZero():
		return fmt.Sprintf("complete in %.0f s", s.end.Sub(s.begin).Seconds())
	case s.text != "":
		return s.text
	case s.phase == Apply && s.planned > 0:
		text := fmt.Sprintf("apply %d of %d", s.done, s.planned)
		longest, since := "", now
		for resource, began := range s.waiting {
			if longest == "" || began.Before(since) || began.Equal(since) && resource < longest {
				longest, since = resource, began
			}
		}
		if longest != "" {
			text += fmt.Sprintf(", %.0f s for %s", now.Sub(since).Seconds(), longest)
		}
		return text
	case s.phase == Plan && name != first && t.stacks[first].end.IsZero():
		return "waits for " + first
	default:
		return string(s.phase)
	}
}

// onInterrupt says what ^C does, before it and after it.
func (t *Tracker) onInterrupt() string {
	if t.ctx.Err() != nil {
		return "Interrupted: Terraform finishes what it is at; ^C again would leave its lock"
	}
	return "^C: Terraform finishes what it is at and releases its lock; once is enough"
}

// said is a line of the stacks that are not complete; "" where it is too early
// for one.
func (t *Tracker) said() string {
	var parts []string
	for _, name := range t.order {
		if t.stacks[name].end.IsZero() {
			parts = append(parts, name+" "+t.state(name))
		}
	}
	text := strings.Join(parts, "; ")
	now := t.screen.now()
	since := now.Sub(t.screen.wroteAt)
	if text == "" || since < sayAfter || text == t.lastSaid && since < sayEvery {
		return ""
	}
	t.lastSaid = text
	return fmt.Sprintf("%s           %s\n", seconds(now.Sub(t.began)), text)
}

// atoi of digits that a regular expression has matched.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}
