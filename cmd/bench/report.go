package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

//go:embed performance.md.tmpl
var page string

// What must hold on any machine, whatever its speed.
const (
	mostTime        = 0.30  // of the stock kernel's time, for the platform's stacks
	mostMemory      = 0.50  // of the stock kernel's memory, for the platform's stacks
	mostOfTen       = 2.50  // times the time of 4 environments, for 10
	mostWarmSeconds = 45.0  // for make test SHORT=1, on 2 cores
	mostDiffSeconds = 45.0  // for make diff of all stacks, on 2 cores
	mostUpSeconds   = 300.0 // for make up with empty caches, on 2 cores
	mostSetUp       = 120.0 // of them for what it installs and builds
)

// report is what was measured.
type report struct {
	machine            string
	runs, environments int

	platform, empty, four, ten comparison

	ways []wayTo
	// cold, warm and short (SHORT=1, warm) are seconds of make test; 0 where not measured.
	cold, warm, short float64
	// up are seconds of make up with empty caches, of which setUp for what it installs and
	// builds; diff of make diff ON=local; 0 where not measured.
	up, setUp, diff float64
}

// wayTo is a command that ends in a synth.
type wayTo struct {
	name string
	comparison
}

// growth is how much longer 10 environments take than 4.
func (r report) growth() float64 { return r.ten.ours.seconds / r.four.ours.seconds }

// markdown is docs/performance.md.
func (r report) markdown() (string, error) {
	row := func(what string, c comparison) string {
		return fmt.Sprintf("| %s | %.2f | %.2f | %.2f | %.0f | %.0f | %.2f |", what,
			c.stock.seconds, c.ours.seconds, c.time(), c.stock.memory, c.ours.memory, c.memory())
	}
	t, err := template.New("performance.md").Parse(page)
	if err != nil {
		return "", err
	}
	var synths, ways []string
	for _, m := range []struct {
		what string
		comparison
	}{
		{fmt.Sprintf("**the platform: shared and %d environments**", r.environments), r.platform},
		{"an app with the provider and no resource", r.empty},
		{"shared and 4 environments", r.four},
		{"shared and 10 environments", r.ten},
	} {
		synths = append(synths, row(m.what, m.comparison))
	}
	for _, w := range r.ways {
		ways = append(ways, fmt.Sprintf("| %s | %.2f | %.2f | %.2f |", w.name, w.stock.seconds, w.ours.seconds, w.time()))
	}
	var out strings.Builder
	err = t.Execute(&out, map[string]any{
		"Machine": r.machine, "Runs": r.runs,
		"Synths": strings.Join(synths, "\n"), "Ways": strings.Join(ways, "\n"),
		"Time": fmt.Sprintf("%.2f", r.platform.time()), "MostTime": fmt.Sprintf("%.2f", mostTime),
		"Memory": fmt.Sprintf("%.2f", r.platform.memory()), "MostMemory": fmt.Sprintf("%.2f", mostMemory),
		"Growth": fmt.Sprintf("%.2f", r.growth()), "MostOfTen": fmt.Sprintf("%.2f", mostOfTen),
		"Cold": fmt.Sprintf("%.0f", r.cold), "Warm": fmt.Sprintf("%.0f", r.warm), "Short": fmt.Sprintf("%.0f", r.short), "Targets": r.warm > 0,
		"SetUp": fmt.Sprintf("%.0f", r.setUp), "MostSetUp": fmt.Sprintf("%.0f", mostSetUp), "MostUp": fmt.Sprintf("%.0f", mostUpSeconds),
		"Up": fmt.Sprintf("%.0f", r.up), "Diff": fmt.Sprintf("%.0f", r.diff), "MostDiff": fmt.Sprintf("%.0f", mostDiffSeconds),
		"MostWarm": fmt.Sprintf("%.0f", mostWarmSeconds),
	})
	return out.String(), err
}

// missed says which of what must hold did not.
func (r report) missed() error {
	var errs []error
	most := func(what string, got, most float64) {
		if got > most {
			errs = append(errs, fmt.Errorf("%s: %.2f; at most %.2f must be", what, got, most))
		}
	}
	most("synth of the platform, of stock", r.platform.time(), mostTime)
	most("memory for the platform, of stock", r.platform.memory(), mostMemory)
	most("10 environments, of 4", r.growth(), mostOfTen)
	most("make test SHORT=1, warm, in seconds", r.short, mostWarmSeconds)
	most("make up, cold, in seconds", r.up, mostUpSeconds)
	most("set-up of make up, cold, in seconds", r.setUp, mostSetUp)
	most("make diff, warm, in seconds", r.diff, mostDiffSeconds)
	return errors.Join(errs...)
}
