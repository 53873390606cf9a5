package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/changes"
)

// steps applies them in order. Those that the results hold already were applied
// by an earlier run, whose platform this one goes on with.
func (p *platform) steps(ctx context.Context, done []changes.Step) ([]changes.Step, error) {
	settings := changes.FewZones()
	for i, s := range changes.Trials() {
		if s.Refused == "" {
			s.Change(&settings)
		}
		if i < len(done) {
			continue
		}
		tried := changes.Clone(settings)
		if s.Refused != "" {
			s.Change(&tried)
		}
		begin := time.Now()
		result, err := p.step(ctx, s, tried)
		if err != nil {
			return done, fmt.Errorf("%s: %w", s.Name, err)
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
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return nil
	}
	return r.Rows
}

func (p *platform) step(ctx context.Context, s changes.Trial, settings config.Settings) (changes.Step, error) {
	out := changes.Step{Change: s.Name}
	if s.MakesZone {
		if err := p.makeZone(ctx, &settings); err != nil {
			return out, err
		}
	}
	if s.Destroys != "" {
		if err := p.destroy(ctx, s.Destroys); err != nil {
			return out, err
		}
	}
	all, err := p.synth(settings)
	if err != nil {
		if s.Refused != "" && strings.Contains(err.Error(), s.Refused) {
			out.Planned, out.Applied = "refused at synth: "+firstLine(err.Error()), "no"
			return out, nil
		}
		return out, err
	}
	var plans, refusals, applied []string
	administrator := false
	for _, name := range s.Stacks {
		planned, err := p.plan(ctx, all, settings, name, true)
		if err != nil {
			return out, err
		}
		for _, r := range planned.refusals {
			refusals = append(refusals, r.Error())
		}
		administrator = administrator || len(planned.lacks) > 0
		if planned.plan != nil {
			plans = append(plans, name+": "+changes.Counts(planned.plan))
		}
		if len(refusals) == 0 && s.Refused == "" && planned.plan.HasChanges() {
			if _, err := p.terraform.Run(ctx, p.path("terraform", name), nil, "apply", "-input=false", "-no-color", "-parallelism=20", planned.file); err != nil {
				return out, fmt.Errorf("%s: %w", name, err)
			}
			applied = append(applied, name)
		}
	}
	if s.Refused != "" {
		if !strings.Contains(strings.Join(refusals, "\n"), s.Refused) {
			return out, fmt.Errorf("not refused with %q: %v %v", s.Refused, plans, refusals)
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
			return out, fmt.Errorf("%s: a second plan: %s", name, changes.Counts(again.plan))
		}
	}
	out.Applied = "yes; a second plan changes nothing"
	return out, nil
}
