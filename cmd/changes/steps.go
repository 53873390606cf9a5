package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/changes"
	"github.com/paperwurks/infra/internal/review"
)

// step is a change of the platform as the step before left it.
type step struct {
	name string
	// change of the settings; nil for what before does to AWS.
	change func(s *config.Settings)
	before func(ctx context.Context, p *platform, s *config.Settings) error
	stacks []string
	// refused is what the plan is refused with; "" for one that is applied.
	refused string
}

func envOf(name string, change func(e *config.Environment)) func(*config.Settings) {
	return func(s *config.Settings) {
		for i := range s.Environments {
			if s.Environments[i].Name == name {
				change(&s.Environments[i])
			}
		}
	}
}

// steps applies them in order. Those that the results hold already were applied
// by an earlier run, whose platform this one goes on with.
func (p *platform) steps(ctx context.Context, done []changes.Step) ([]changes.Step, error) {
	settings := fewZones()
	for i, s := range allSteps() {
		if s.change != nil && s.refused == "" {
			s.change(&settings)
		}
		if i < len(done) {
			continue
		}
		tried := clone(settings)
		if s.change != nil && s.refused != "" {
			s.change(&tried)
		}
		begin := time.Now()
		result, err := p.step(ctx, s, tried)
		if err != nil {
			return done, fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("%4.0f s  %s | %s | %s\n", time.Since(begin).Seconds(), result.Change, result.Planned, result.Applied)
		done = append(done, result)
		if err := save(changes.Results{Rows: p.keptRows(), Steps: done}); err != nil {
			return done, err
		}
	}
	return done, nil
}

func (p *platform) keptRows() []changes.Result {
	var r changes.Results
	data, err := os.ReadFile(resultsFile)
	if err == nil {
		err = unmarshal(data, &r)
	}
	if err != nil {
		return nil
	}
	return r.Rows
}

func (p *platform) step(ctx context.Context, s step, settings config.Settings) (changes.Step, error) {
	out := changes.Step{Change: s.name}
	if s.before != nil {
		if err := s.before(ctx, p, &settings); err != nil {
			return out, err
		}
	}
	all, err := p.synth(settings)
	if err != nil {
		if s.refused != "" && strings.Contains(err.Error(), s.refused) {
			out.Planned, out.Applied = "refused at synth: "+firstLine(err.Error()), "no"
			return out, nil
		}
		return out, err
	}
	var plans, refusals, applied []string
	administrator := false
	for _, name := range s.stacks {
		planned, err := p.plan(ctx, all, settings, name, true)
		if err != nil {
			return out, err
		}
		for _, r := range planned.refusals {
			refusals = append(refusals, r.Error())
		}
		administrator = administrator || len(planned.lacks) > 0
		if planned.plan != nil {
			plans = append(plans, name+": "+counts(planned.plan))
		}
		if len(refusals) == 0 && s.refused == "" && planned.plan.HasChanges() {
			if _, err := p.terraform.Run(ctx, p.path("terraform", name), nil, "apply", "-input=false", "-no-color", "-parallelism=20", planned.file); err != nil {
				return out, fmt.Errorf("%s: %w", name, err)
			}
			applied = append(applied, name)
		}
	}
	if s.refused != "" {
		if !strings.Contains(strings.Join(refusals, "\n"), s.refused) {
			return out, fmt.Errorf("not refused with %q: %v %v", s.refused, plans, refusals)
		}
		out.Planned, out.Applied = "refused: "+refusals[0], "no"
		return out, nil
	}
	if len(refusals) > 0 {
		return out, fmt.Errorf("refused: %s", strings.Join(refusals, "\n"))
	}
	out.Planned = strings.Join(plans, "; ")
	if administrator {
		out.Planned += "; an administrator applies it"
	}
	if len(applied) == 0 {
		out.Applied = "nothing to apply"
		return out, nil
	}
	for _, name := range applied {
		again, err := p.plan(ctx, all, settings, name, true)
		if err != nil {
			return out, err
		}
		if again.plan == nil || again.plan.HasChanges() {
			return out, fmt.Errorf("%s: a second plan: %s", name, counts(again.plan))
		}
	}
	out.Applied = "yes; a second plan changes nothing"
	return out, nil
}

// counts says what a plan does, and what it replaces by type.
func counts(plan *review.Plan) string {
	if plan == nil {
		return "no plan"
	}
	var parts []string
	for _, action := range review.Actions {
		if n := len(plan.Of(action)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, action))
		}
	}
	types := map[string]bool{}
	for _, r := range plan.Of(review.Replace) {
		if !types[r.Type] {
			types[r.Type] = true
			parts = append(parts, "replaced: "+r.Type)
		}
	}
	if len(parts) == 0 {
		return "no change"
	}
	return strings.Join(parts, ", ")
}
