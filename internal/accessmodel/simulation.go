package accessmodel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// question is one row asked of one role.
type question struct {
	area string
	row  capability.Row
	role string
}

// want is what the table answers.
func (q question) want() bool { return slices.Contains(q.row.May, q.role) }

// questions asks every row of the areas of every role.
func questions(areas []capability.Area, roles []string) []question {
	var out []question
	for _, area := range areas {
		for _, row := range area.Rows {
			for _, role := range roles {
				out = append(out, question{area.Title, row, role})
			}
		}
	}
	return out
}

// request is the question as the role's session asks it of AWS.
func (q question) request(p *inventory.Platform) (iamsim.Request, error) {
	role := p.Roles[q.role]
	if role == nil {
		return iamsim.Request{}, fmt.Errorf("the stacks have no role %q", q.role)
	}
	return q.row.Request(p, role)
}

// verdict is what the simulation says to a question.
type verdict struct {
	question
	iamsim.Answer
}

// got says whether the role may.
func (v verdict) got() bool { return v.Decision == iamsim.Allowed }

// simulate asks them all.
func simulate(p *inventory.Platform, simulator *iamsim.Simulator, asked []question) ([]verdict, error) {
	requests := make([]iamsim.Request, len(asked))
	for i, q := range asked {
		var err error
		if requests[i], err = q.request(p); err != nil {
			return nil, err
		}
	}
	answers, err := simulator.Ask(requests)
	if err != nil {
		return nil, err
	}
	verdicts := make([]verdict, len(asked))
	var errs []error
	for i, a := range answers {
		if a.Error != "" {
			errs = append(errs, fmt.Errorf("%s: %q: %s on %s: %s", asked[i].role, asked[i].row.Does, requests[i].Action, requests[i].Resource, a.Error))
		}
		verdicts[i] = verdict{asked[i], a}
	}
	return verdicts, errors.Join(errs...)
}
