package progress

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// watched is a screen of so many columns and rows (0 for no terminal), whose
// clock the test turns.
func watched(columns, rows int) (*Screen, *bytes.Buffer, *time.Time) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	screen := Terminal(&out, columns, rows)
	screen.now, screen.every = func() time.Time { return clock }, time.Hour
	return screen, &out, &clock
}

func TestEachStackIsCounted(t *testing.T) {
	screen, out, clock := watched(0, 0)
	p := New(screen, "shared", "dev")
	p.Announce = true
	end := p.Show(t.Context())
	defer end()
	pass := func(d time.Duration, lines ...string) {
		*clock = clock.Add(d)
		for _, line := range lines {
			name, text, _ := strings.Cut(line, "  ")
			p.Line(name, text)
		}
		screen.tick()
	}
	pass(5 * time.Second)
	if _, known := p.Left(); known {
		t.Error("something is planned before Terraform says so")
	}
	pass(5*time.Second, "shared  Initializing the backend...")
	pass(5*time.Second, "shared  Terraform has been successfully initialized!", "dev  Initializing the backend...", "dev  Terraform has been successfully initialized!")
	pass(time.Second, "shared  Initializing the backend...") // too soon for another line
	pass(5*time.Second, "shared  Terraform will perform the following actions:", "shared  Plan: 2 to add, 1 to change, 0 to destroy.",
		"shared  aws_vpc.a (setup/dev/vpc): Creating...", "shared  aws_eip.b: Creating...")
	if n, known := p.Left(); n != 3 || !known {
		t.Errorf("%d left, known: %t", n, known)
	}
	pass(70*time.Second, "shared  aws_eip.b: Creation complete after 70s [id=eip-1]")
	pass(29 * time.Second) // nothing new is said for half a minute
	pass(5*time.Second, "shared  aws_vpc.a (setup/dev/vpc): Creation complete after 75s [id=vpc-1]",
		"shared  aws_vpc.b (setup/prod): Modifications complete after 1s", "shared  Apply complete! Resources: 2 added, 1 changed, 0 destroyed.")
	pass(5 * time.Second)
	pass(29 * time.Second)
	pass(time.Second)
	pass(5*time.Second, "dev  No changes. Your infrastructure matches the configuration.")
	want := `   5 s           shared synth; dev synth
  10 s           shared init; dev synth
  15 s           shared plan; dev waits for shared
  21 s           shared apply 0 of 3, 0 s for aws_eip.b; dev waits for shared
  91 s           shared apply 1 of 3, 70 s for setup/dev/vpc; dev waits for shared
 120 s           shared apply 1 of 3, 99 s for setup/dev/vpc; dev waits for shared
shared           complete in 115 s
 130 s           dev plan
 160 s           dev plan
dev              complete in 40 s
`
	if out.String() != want {
		t.Errorf("it says\n%s\nwant\n%s", out, want)
	}
	if n, known := p.Left(); n != 0 || !known {
		t.Errorf("%d left, known: %t", n, known)
	}
	if s := p.Seconds(); len(s) != 2 || s["shared"] != 115 {
		t.Errorf("seconds: %v", s)
	}
}

// TestWhatAProgramSaysIsRelayed: one that runs within another, as the bootstrap in a rehearsal.
func TestWhatAProgramSaysIsRelayed(t *testing.T) {
	screen, out, clock := watched(0, 0)
	within := New(screen, "shared")
	defer within.Show(t.Context())()
	within.Enter("shared", Apply, 3)
	within.Line("shared", "aws_vpc.a: Creating...")
	*clock = clock.Add(7 * time.Second)
	screen.tick()

	outer, _, _ := watched(0, 0)
	p := New(outer, "shared")
	io.WriteString(p.Lines("shared"), "Synthesising\n"+out.String()[:20])
	if got := p.state("shared"); got != "synth" {
		t.Errorf("before the line's end: %q", got)
	}
	w := p.Lines("shared")
	for _, part := range []string{out.String()[:20], out.String()[20:]} {
		io.WriteString(w, part)
	}
	p.Line("shared", "Apply complete! Resources: 3 added") // the first of two
	p.Line("shared", strings.TrimSpace(out.String()))
	if got, want := p.state("shared"), "apply 0 of 3, 7 s for aws_vpc.a"; got != want {
		t.Errorf("%q, want %q: it said %q", got, want, out)
	}
}

// TestOnATerminal: the lines are rewritten below what is printed, none is longer than the terminal is wide, and
// there are never more than it has rows.
func TestOnATerminal(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 50}, {20, 24}, {80, 3}} {
		screen, out, clock := watched(size[0], size[1])
		ctx, cancel := context.WithCancel(t.Context())
		p := New(prefixed{screen}, "shared", "dev")
		p.Announce = true
		end := p.Show(ctx)
		*clock = clock.Add(3 * time.Second)
		p.Enter("shared", Apply, 9)
		p.Line("shared", "Terraform has been successfully initialized!")
		p.Line("shared", "aws_db_instance.x (environment/"+strings.Repeat("long/", 40)+"): Creating...")
		p.Print("shared", "aws_eip.a: Still creating... [10s elapsed]")
		p.Print("shared", "a line")
		cancel()
		screen.tick()
		p.Line("shared", "Apply complete! Resources: 9 added, 0 changed, 0 destroyed.")
		end()
		end() // once more does nothing
		n := min(4, size[1]-1)
		frames := strings.Split(out.String(), fmt.Sprintf("\r\x1b[%dA\x1b[J", n))
		if len(frames) != 5 {
			t.Fatalf("%v: %d frames, want 5:\n%q", size, len(frames), out)
		}
		for _, frame := range frames {
			for _, line := range strings.Split(strings.TrimPrefix(frame, "> a line\n"), "\n") {
				if columns := len([]rune(line)); columns >= size[0] && !strings.HasPrefix(line, "> ") {
					t.Errorf("%v: a line of %d: %s", size, columns, line)
				}
			}
		}
		if !strings.HasPrefix(frames[2], "> a line\n   3 s\n") || strings.Contains(out.String(), "Still") {
			t.Errorf("%v: what is printed is not above:\n%s", size, out)
		}
		if frames[4] != "> shared           complete in 0 s\n" {
			t.Errorf("%v: the end is %q", size, frames[4])
		}
		if size[0] < 80 || size[1] < 24 {
			continue
		}
		if !strings.Contains(frames[0], "  shared     synth\n  dev        synth\n^C: Terraform finishes") ||
			!strings.Contains(frames[1], "  shared     apply 0 of 9\n") || !strings.Contains(frames[2], "  shared     apply 0 of 9, 0 s for environment/long/") {
			t.Errorf("%v:\n%s", size, out)
		}
		if !strings.Contains(frames[3], "\nInterrupted: ") {
			t.Errorf("%v: after ^C:\n%s", size, frames[3])
		}
	}
}

// prefixed stands for the rehearsal's writer.
type prefixed struct{ screen *Screen }

func (p prefixed) Write(text []byte) (int, error) {
	_, err := io.WriteString(p.screen, "> "+string(text))
	return len(text), err
}

func (p prefixed) Screen() *Screen { return p.screen }

// TestTwoTrackersShareAScreen: deployments side by side do not erase each other.
func TestTwoTrackersShareAScreen(t *testing.T) {
	screen, out, clock := watched(80, 24)
	first := New(screen, "dev")
	end := first.Show(t.Context())
	stopped := screen.stop
	*clock = clock.Add(2 * time.Second)
	endSecond := New(screen, "prod").Show(t.Context())
	if want := "\x1b[3A\x1b[J   2 s\n  dev        synth\n  prod       synth\n^C: Terraform"; !strings.Contains(out.String(), want) {
		t.Errorf("%q, want %q", out, want)
	}
	endSecond()
	if want := "\x1b[4A\x1b[J   2 s\n  dev        synth\n^C: Terraform"; !strings.Contains(out.String(), want) {
		t.Errorf("%q lacks %q", out, want)
	}
	end()
	if !strings.HasSuffix(out.String(), "\x1b[3A\x1b[J") || screen.stop != nil {
		t.Errorf("it ends with %q", out)
	}
	select {
	case <-stopped:
	default:
		t.Error("the terminal is still written each second")
	}
}

// TestLines takes each line of what a stack's Terraform prints, in whatever
// pieces.
func TestLines(t *testing.T) {
	screen, _, _ := watched(0, 0)
	tracker := New(screen, "dev")
	lines := tracker.Lines("dev")
	for _, piece := range []string{"Plan: 1 to add, 2 to ch", "ange, 3 to destroy.\naws_vpc.a: Creating...\naws_vpc.a: Creation complete after", " 1s\n"} {
		if n, err := io.WriteString(lines, piece); n != len(piece) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if left, known := tracker.Left(); left != 5 || !known {
		t.Errorf("%d are left, %t", left, known)
	}
}

// TestSizeOfATerminal is that of a real one; one that does not know has 80
// columns and 24 rows.
func TestSizeOfATerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("this machine makes no terminals: %v", err)
	}
	defer terminal.Close()
	size := sizeOf(terminal)
	if columns, rows := size(); columns != 80 || rows != 24 {
		t.Errorf("%d columns, %d rows", columns, rows)
	}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 132, Row: 50}); err != nil {
		t.Fatal(err)
	}
	if columns, rows := size(); columns != 132 || rows != 50 || !On(terminal).IsTerminal() {
		t.Errorf("%d columns, %d rows", columns, rows)
	}
}

// TestOnlyATerminalIsOne: neither a buffer nor a file is.
func TestOnlyATerminalIsOne(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, out := range []io.Writer{&bytes.Buffer{}, file} {
		if On(out).IsTerminal() {
			t.Errorf("%T is a terminal", out)
		}
	}
	if a, b := On(&bytes.Buffer{}), Terminal(&bytes.Buffer{}, 80, 24); a.every != time.Second || b.every != time.Second || time.Since(a.now()) > time.Minute || time.Since(b.now()) > time.Minute {
		t.Errorf("drawn every %v and %v", a.every, b.every)
	}
	screen := On(file)
	if On(screen) != screen || On(prefixed{screen}) != screen {
		t.Error("a screen is not its own")
	}
}

// TestState: an apply without steps is only called so, and of those that wait as
// long, the first by name is said, every time.
func TestState(t *testing.T) {
	screen, _, clock := watched(0, 0)
	tracker := New(screen, "shared", "dev")
	tracker.Line("no-such", "Plan: 1 to add, 0 to change, 0 to destroy.") // is nobody's, and stops nothing
	waiting := func(names ...string) map[string]time.Time {
		out := map[string]time.Time{}
		for _, name := range names {
			out[name] = clock.Add(-3 * time.Second)
		}
		return out
	}
	late := waiting("a")
	late["b"] = clock.Add(-4 * time.Second)
	for _, test := range []struct {
		of   stack
		want string
	}{
		{stack{phase: Apply}, "apply"},
		{stack{phase: Init, planned: 2}, "init"},
		{stack{phase: Apply, planned: 2, done: 1}, "apply 1 of 2"},
		{stack{phase: Apply, planned: 9, waiting: waiting("d", "b", "a", "c", "f", "e", "h", "g")}, "apply 0 of 9, 3 s for a"},
		{stack{phase: Apply, planned: 9, waiting: late}, "apply 0 of 9, 4 s for b"},
		{stack{phase: Plan}, "waits for shared"},
		{stack{phase: Apply, text: "said"}, "said"},
	} {
		tracker.stacks["dev"] = &test.of
		if got := tracker.state("dev"); got != test.want {
			t.Errorf("%+v: %q, want %q", test.of, got, test.want)
		}
	}
	tracker.stacks["shared"].end = *clock
	if got := tracker.state("dev"); got != "said" {
		t.Errorf("%q", got)
	}
	tracker.stacks["dev"] = &stack{phase: Plan}
	if got := tracker.state("dev"); got != "plan" {
		t.Errorf("%q", got)
	}
}

// TestNothingKeepsTheLock: after each call the next can be made.
func TestNothingKeepsTheLock(t *testing.T) {
	for _, columns := range []int{0, 80} {
		screen, _, _ := watched(columns, 24)
		tracker := New(screen, "dev")
		var end func()
		for name, call := range map[string]func(){
			"Write": func() { io.WriteString(screen, "a line\n") }, "tick": screen.tick,
			"Enter": func() { tracker.Enter("dev", Plan, 0) }, "Left": func() { tracker.Left() }, "Seconds": func() { tracker.Seconds() },
			"Line": func() { tracker.Line("dev", "aws_vpc.a: Creating...") }, "Line of nobody's": func() { tracker.Line("no-such", "") },
			"Print": func() { tracker.Print("dev", "Apply complete!") }, "Lines": func() { io.WriteString(tracker.Lines("dev"), "a line\n") },
		} {
			for _, step := range []struct {
				name string
				call func()
			}{{"Show", func() { end = tracker.Show(t.Context()) }}, {name, call}, {"its end", func() { end() }}, {"its end again", func() { end() }}} {
				step.call()
				if !screen.mu.TryLock() {
					t.Fatalf("%d columns: %s keeps the lock", columns, step.name)
				}
				screen.mu.Unlock()
			}
		}
	}
}
