package cdktf

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressCountsEachStack(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := newProgress([]string{"shared", "dev"}, &out, func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	})
	p.print()
	if p.planned.Load() {
		t.Error("something is planned before Terraform says so")
	}
	p.follow(strings.NewReader(strings.Join([]string{
		"shared  Initializing the backend...",
		"        Plan: 2 to add, 1 to change, 0 to destroy.",
		"shared  aws_vpc.a (setup/dev): Creation complete after 1s [id=vpc-1]",
		"dev  Plan: 7 to add, 0 to change, 0 to destroy.",
		"shared  aws_vpc.b (setup/prod): Modifications complete after 1s",
		"shared  Apply complete! Resources: 2 added, 1 changed, 0 destroyed.",
	}, "\n")), nil)
	p.print()
	last := p.follow(strings.NewReader("dev  No changes. Your infrastructure matches the configuration."), nil)
	if s := p.stacks["shared"]; s.planned != 3 || s.done != 2 {
		t.Errorf("shared: %+v, want 3 planned and 2 done", s)
	}
	if left := p.left.Load(); left != 8 || !p.planned.Load() {
		t.Errorf("%d left of all, want 8", left)
	}
	if s := p.stacks["dev"]; s.planned != 7 || s.done != 0 {
		t.Errorf("dev: %+v, want 7 planned and none done", s)
	}
	for _, want := range []string{"shared           complete in", "dev              complete in", "dev 0 of 7", "synth, or terraform init and plan"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("progress does not say %q:\n%s", want, out.String())
		}
	}
	if !strings.HasSuffix(last, "matches the configuration.") {
		t.Errorf("last lines: %q", last)
	}
	if seconds := p.finish(); len(seconds) != 2 || seconds["shared"] <= 0 {
		t.Errorf("seconds: %v", seconds)
	}
}
