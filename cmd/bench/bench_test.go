package main

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(test.values); got != test.want {
			t.Errorf("%v: %g, want %g", test.values, got, test.want)
		}
	}
}

// TestCompare runs a command that tells which kernel it was given and takes its
// own time.
func TestCompare(t *testing.T) {
	c, err := compare(command{"sh", "-c", `if [ "$FASTJSII" = off ]; then sleep 0.2; echo 2048; else echo 1024; fi`}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if c.stock.memory != 2 || c.ours.memory != 1 || c.stock.seconds < 0.2 || c.time() >= 1 {
		t.Errorf("%+v", c)
	}
	if _, err := compare(command{"sh", "-c", "echo why >&2; exit 3"}, 1); err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("a command that fails: %v", err)
	}
}

// TestMissed: what does not hold is said, and the page is written all the same.
func TestMissed(t *testing.T) {
	r := report{
		platform: comparison{sample{10, 1000}, sample{2, 100}},
		four:     comparison{sample{10, 1000}, sample{1, 100}},
		ten:      comparison{sample{20, 1000}, sample{2.5, 100}},
		warm:     150, short: 45, diff: 45, up: 300, setUp: 120,
	}
	if err := r.missed(); err != nil {
		t.Error(err)
	}
	r.platform.ours, r.ten.ours.seconds, r.short, r.diff, r.up, r.setUp = sample{3.1, 501}, 2.51, 46, 46, 301, 121
	err := r.missed()
	if err == nil || len(strings.Split(err.Error(), "\n")) != 7 {
		t.Errorf("%v, want seven", err)
	}
	text, err := r.markdown()
	if err != nil || !strings.Contains(text, "| 2.51 | 2.50 |") || !strings.Contains(text, "(at most 300 on 2 cores) | 301 |") || !strings.Contains(text, "(at most 120 on 2 cores) | 121 |") || strings.Contains(text, "NaN%") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestSettings: the environments to measure with are as many as asked for, and
// AWS takes their roles.
func TestSettings(t *testing.T) {
	for _, n := range []int{len(config.Platform().Environments), 4, 10} {
		names := map[string]bool{}
		for _, env := range settings(n).Environments {
			names[env.Name] = true
		}
		if len(names) != n {
			t.Errorf("%d environments, want %d", len(names), n)
		}
		if err := access.Validate(settings(n)); err != nil {
			t.Errorf("%d environments: %v", n, err)
		}
	}
}
