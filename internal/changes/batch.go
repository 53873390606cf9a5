package changes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Candidate is a row with what its change alone makes of the stacks.
type Candidate struct {
	Row Row
	// Touched are the resources that differ, each as "dev aws_vpc.network".
	Touched map[string]bool
	Result  Result
	// counts are of each action, by the stack; definitions says that a task
	// definition gets a revision, others that more than what goes with one changes.
	counts              map[string]map[review.Action]int
	definitions, others bool
}

// NewCandidate is one of which nothing is known yet.
func NewCandidate(row Row) *Candidate {
	return &Candidate{
		Row: row, Touched: map[string]bool{}, counts: map[string]map[review.Action]int{},
		Result: Result{Field: row.Field, Change: row.Change, Outcome: Nothing, Stacks: map[string]string{}},
	}
}

// Refused notes who refuses the change, and with which words.
func (c *Candidate) Refused(by Outcome, words string) {
	c.Result.Outcome, c.Result.Refusal, c.Result.Stacks = by, words, nil
}

// Touch notes what differs between two forms of a stack.
func (c *Candidate) Touch(was, is synthesised.Stack) {
	for address := range touched(was, is) {
		c.Touched[is.Name+" "+address] = true
	}
}

// touched are the addresses of what differs between two forms of a stack, and of
// what refers to it.
func touched(was, is synthesised.Stack) map[string]bool {
	out := map[string]bool{}
	if !reflect.DeepEqual(was.Content["provider"], is.Content["provider"]) {
		// Its tags are on everything.
		for kind, byName := range is.Resource {
			for name := range byName {
				out[kind+"."+name] = true
			}
		}
		return out
	}
	for _, pair := range [][2]synthesised.Stack{{was, is}, {is, was}} {
		for kind, byName := range pair[0].Resource {
			for name, attributes := range byName {
				if !reflect.DeepEqual(attributes, pair[1].Resource[kind][name]) {
					out[kind+"."+name] = true
				}
			}
		}
	}
	for more := true; more; {
		more = false
		for kind, byName := range is.Resource {
			for name, attributes := range byName {
				if out[kind+"."+name] {
					continue
				}
				text, _ := json.Marshal(attributes)
				for address := range out {
					if bytes.Contains(text, []byte(address+".")) {
						out[kind+"."+name], more = true, true
						break
					}
				}
			}
		}
	}
	return out
}

// Batches puts candidates together that touch nothing in common.
func Batches(all []*Candidate) [][]*Candidate {
	var out [][]*Candidate
	for _, c := range all {
		placed := false
		for i := range out {
			apart := !slices.ContainsFunc(out[i], func(o *Candidate) bool {
				for address := range c.Touched {
					if o.Touched[address] {
						return true
					}
				}
				return false
			})
			if apart {
				out[i], placed = append(out[i], c), true
				break
			}
		}
		if !placed {
			out = append(out, []*Candidate{c})
		}
	}
	return out
}

// Clone is a copy whose lists and routes can be changed.
func Clone(s config.Settings) config.Settings {
	var out config.Settings
	data, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		panic(err) // settings are plain values
	}
	return out
}

// aside are what changes with a task's definition and says nothing by itself.
var aside = []string{
	"aws_iam_role_policy", "aws_secretsmanager_secret_policy", "aws_ssm_parameter", "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule",
}

// Share says each change of a stack's plan of the candidate that touches its
// resource; pending are those that the plan has without any candidate. It returns
// an error for a change that none touches.
func Share(batch []*Candidate, stack string, plan *review.Plan, lacks []review.Lack, pending map[string]review.Action) error {
	of := func(address string) *Candidate {
		i := slices.IndexFunc(batch, func(c *Candidate) bool { return c.Touched[stack+" "+address] })
		if i < 0 {
			return nil
		}
		return batch[i]
	}
	for _, r := range plan.ResourceChanges {
		a := r.Action()
		if a == review.None || pending[stack+" "+r.Address] == a {
			continue
		}
		c := of(r.Address)
		if c == nil {
			return fmt.Errorf("%s: %s is to %s, and no row touches it", stack, r.Address, a)
		}
		if r.Type == "aws_ecs_task_definition" && a == review.Replace {
			c.definitions = true
			continue
		}
		if c.counts[stack] == nil {
			c.counts[stack] = map[review.Action]int{}
		}
		c.counts[stack][a]++
		c.others = c.others || !slices.Contains(aside, r.Type)
		if a == review.Replace && !slices.Contains(c.Result.Replaced, r.Type) {
			c.Result.Replaced = append(c.Result.Replaced, r.Type)
		}
	}
	for _, lack := range lacks {
		if c := of(lack.Address); c != nil && pending[stack+" "+lack.Address] == "" {
			c.Result.Administrator = true
		}
	}
	return nil
}

// Conclude says what the shares of all plans come to.
func (c *Candidate) Conclude() {
	for stack, of := range c.counts {
		c.Result.Stacks[stack] = counted(of)
	}
	slices.Sort(c.Result.Replaced)
	switch {
	case len(c.Result.Replaced) > 0:
		c.Result.Outcome = Replaced
	case c.definitions && !c.others:
		c.Result.Outcome = NextDeployment
	case c.definitions || len(c.Result.Stacks) > 0:
		c.Result.Outcome = InPlace
	}
}

func counted(of map[review.Action]int) string {
	var parts []string
	for _, a := range review.Actions {
		if of[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", of[a], a))
		}
	}
	return strings.Join(parts, ", ")
}

// Counts says what a plan does, and what it replaces by type.
func Counts(plan *review.Plan) string {
	if plan == nil {
		return "no plan"
	}
	of := map[review.Action]int{}
	for _, action := range review.Actions {
		of[action] = len(plan.Of(action))
	}
	text, types := counted(of), map[string]bool{}
	for _, r := range plan.Of(review.Replace) {
		if !types[r.Type] {
			types[r.Type] = true
			text += ", replaced: " + r.Type
		}
	}
	if text == "" {
		return "no change"
	}
	return text
}

// Differ returns the rows that the kept results lack, and an error for each that
// came to something else than they say.
func (r Results) Differ(kept Results) (added []Result, err error) {
	var errs []error
	for _, row := range r.Rows {
		was, known := kept.Of(Row{Field: row.Field, Change: row.Change})
		switch {
		case !known:
			added = append(added, row)
		case !reflect.DeepEqual(was, row):
			errs = append(errs, fmt.Errorf("%s, %s: it came to %+v, and the repository has %+v", row.Field, row.Change, row, was))
		}
	}
	if len(errs) > 0 {
		err = fmt.Errorf("docs/changes.md is not current, run make changes: %w", errors.Join(errs...))
	}
	return added, err
}
