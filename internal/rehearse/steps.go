package rehearse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/progress"
)

// steps of the rehearsal, each on what those before it left. The short form
// lets AWS be slow and failing, and a second person deploy, in the change of
// infrastructure; in the full one that is a step of its own.
func (r *rehearsal) steps() []step {
	change := []step{
		{"a change of infrastructure", r.changeQuietly},
		{"two deploys at once, AWS slow and failing", r.changeBackOnABadDay},
	}
	promotion := []step{{"an image is promoted", r.promotion}}
	if r.short {
		promotion = []step{{"prod waits for staging's answer", r.prodWaits}} // a promotion takes two environments
		change = []step{{"a change, two deploys at once, AWS slow and failing", r.changeOnABadDay}}
	}
	steps := []step{
		{"bootstrap of an empty account", r.bootstrap},
		{"deploy, with kill -9 on the way", r.deploy},
		{"a second diff", r.secondDiff},
		{"read back: SSM, outputs, IAM", r.readBack},
		{"a failed run of main is reported", r.failureIsReported},
		{"ejected as plain Terraform", r.ejected},
		{"the backend deploys", r.backendDeploys},
		{"a deployment that fails", r.backendFails},
	}
	steps = append(append(steps, promotion...), change...)
	steps = append(steps,
		step{"switched off for an evening, and on again", r.switchedOffAndOn},
		step{"a look for drift", r.noDrift},
		step{"a secret is set and rotated, by the book", r.secretByTheBook},
		step{"documents deleted, a role stolen, by the book", r.worstDay},
	)
	if !r.short {
		steps = append(steps,
			step{"the database is restored, by the book", r.restoreByTheBook},
			step{"a service is added, by the book", r.addServiceByTheBook},
			step{"an environment is added and removed, by the book", r.addEnvironmentByTheBook},
		)
	}
	steps = append(steps, step{"destroy " + disposable + ", and what is protected", r.destroy})
	if !r.short {
		steps = append(steps, step{disposable + " is recreated at once", r.recreate})
	}
	return append(steps, step{"every call is one that its role may make", r.checkCalls})
}

// step is one thing that is rehearsed. What it shows is said by result, in a
// few words.
type step struct {
	name string
	run  func(context.Context) (result string, err error)
}

// outcome is a line of the table.
type outcome struct {
	step, result string
	passed       bool
	seconds      float64
}

// runSteps runs the steps one after the other, and writes the table of them:
// to out, and as Markdown to a file. Each needs those before it, so the
// first that fails is the last that runs, and its error is returned.
func runSteps(ctx context.Context, out io.Writer, file string, steps []step) error {
	var outcomes []outcome
	var failed error
	begin := time.Now()
	for i, s := range steps {
		if failed != nil {
			outcomes = append(outcomes, outcome{step: s.name, result: "not run"})
			continue
		}
		fmt.Fprintf(out, "\n== %d of %d: %s\n", i+1, len(steps), s.name)
		started := time.Now()
		end := progress.New(out).Show(ctx) // on a terminal, how long it has taken
		result, err := s.run(ctx)
		end()
		if err != nil {
			failed = fmt.Errorf("%s: %w", s.name, err)
			result = "FAILED"
		}
		outcomes = append(outcomes, outcome{s.name, result, err == nil, time.Since(started).Seconds()})
		fmt.Fprintf(out, "   %s, %.0f s\n", result, time.Since(started).Seconds())
	}
	table := markdown(outcomes, time.Since(begin).Seconds())
	fmt.Fprint(out, "\n", table)
	return errors.Join(failed, os.WriteFile(file, []byte(table), 0o644))
}

// markdown is the table, with its columns aligned for a terminal.
func markdown(outcomes []outcome, total float64) string {
	rows := [][]string{{"step", "result", "seconds"}}
	passed := 0
	for i, o := range outcomes {
		seconds := ""
		if o.seconds > 0 {
			seconds = fmt.Sprintf("%.0f", o.seconds)
		}
		rows = append(rows, []string{fmt.Sprintf("%d. %s", i+1, o.step), o.result, seconds})
		if o.passed {
			passed++
		}
	}
	rows = append(rows, []string{"**all**", fmt.Sprintf("%d of %d passed", passed, len(outcomes)), fmt.Sprintf("%.0f", total)})
	widths := make([]int, 3)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %-*s | %-*s | %*s |\n", widths[0], row[0], widths[1], row[1], widths[2], row[2])
		if i == 0 {
			fmt.Fprintf(&b, "| %s | %s | %s: |\n", strings.Repeat("-", widths[0]), strings.Repeat("-", widths[1]), strings.Repeat("-", widths[2]-1))
		}
	}
	return b.String()
}
