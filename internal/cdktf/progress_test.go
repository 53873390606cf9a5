package cdktf

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// watched is a progress of two stacks, whose clock the test turns.
func watched(width int) (*progress, *bytes.Buffer, *time.Time) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	p := newProgress([]string{"shared", "dev"}, &out, func() time.Time { return clock })
	p.width = func() int { return width }
	return p, &out, &clock
}

func TestProgressCountsEachStack(t *testing.T) {
	p, out, clock := watched(0)
	pass := func(d time.Duration, lines ...string) string {
		*clock = clock.Add(d)
		last := p.follow(strings.NewReader(strings.Join(lines, "\n")), nil)
		p.print()
		return last
	}
	pass(5 * time.Second)
	if p.planned.Load() {
		t.Error("something is planned before Terraform says so")
	}
	pass(5*time.Second, "shared  Initializing the backend...")
	pass(5*time.Second, "shared  Terraform has been successfully initialized!", "dev  Initializing the backend...", "dev  Terraform has been successfully initialized!")
	pass(time.Second, "shared  anything") // too soon for another line
	pass(5*time.Second, "shared  Terraform will perform the following actions:", "        Plan: 2 to add, 1 to change, 0 to destroy.",
		"shared  aws_vpc.a (setup/dev/vpc): Creating...", "        aws_eip.b: Creating...")
	pass(70*time.Second, "shared  aws_eip.b: Creation complete after 70s [id=eip-1]")
	pass(5*time.Second, "shared  aws_vpc.a (setup/dev/vpc): Creation complete after 75s [id=vpc-1]",
		"shared  aws_vpc.b (setup/prod): Modifications complete after 1s", "shared  Apply complete! Resources: 2 added, 1 changed, 0 destroyed.")
	last := pass(5*time.Second, "dev  No changes. Your infrastructure matches the configuration.")
	want := `   5 s           shared synth; dev synth
  10 s           shared init; dev synth
  15 s           shared plan; dev waits for shared
  21 s           shared apply 0 of 3, 0 s for aws_eip.b; dev waits for shared
  91 s           shared apply 1 of 3, 70 s for setup/dev/vpc; dev waits for shared
shared           complete in 86 s
  96 s           dev plan
dev              complete in 86 s
`
	if out.String() != want {
		t.Errorf("it says\n%s\nwant\n%s", out, want)
	}
	if p.left.Load() != 0 || !p.planned.Load() {
		t.Errorf("%d left", p.left.Load())
	}
	if !strings.HasSuffix(last, "matches the configuration.") {
		t.Errorf("last lines: %q", last)
	}
	if seconds := p.finish(); len(seconds) != 2 || seconds["shared"] != 86 {
		t.Errorf("seconds: %v", seconds)
	}
}

// TestProgressOnATerminal is written again over itself, and no line is longer
// than the terminal is wide.
func TestProgressOnATerminal(t *testing.T) {
	for _, width := range []int{80, 160, 20} {
		p, out, clock := watched(width)
		p.print()
		*clock = clock.Add(3 * time.Second)
		p.follow(strings.NewReader("shared  Initializing the backend...\n        Plan: 9 to add, 0 to change, 0 to destroy.\nshared  aws_db_instance.x (environment/"+strings.Repeat("long/", 20)+"): Creating..."), nil)
		frames := strings.Split(out.String(), "\x1b[4A\x1b[J")
		if len(frames) != 2 {
			t.Fatalf("width %d: %d frames, want 2:\n%q", width, len(frames), out)
		}
		for _, line := range strings.Split(frames[1], "\n") {
			if n := len([]rune(line)); n >= width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
		if width >= 80 && (!strings.Contains(frames[1], "  shared     apply 0 of 9, 0 s for environment/long/") || !strings.Contains(frames[1], "^C: Terraform finishes")) {
			t.Errorf("width %d:\n%s", width, frames[1])
		}
	}
}
