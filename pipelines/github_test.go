package pipelines

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file is GitHub's own rules for the order of jobs, which act, that runs
// the workflows here, does not have. The sources: GitHub documentation,
// "Workflow syntax" (jobs.<id>.needs and if) and "Expressions" (status check
// functions); actions/runner #491 and #2205 for skipped jobs.

// flat is a job of a run, with the jobs of called workflows in the place of
// those that call them.
type flat struct {
	// name is such as "dev / apply", file the workflow that holds it.
	name, file string
	job
	// inputs are what the caller gives.
	inputs map[string]any
	// before are the names of the jobs that it needs, directly.
	before []string
	// id is the job's own in its file, siblings the names of others there by their ids.
	id       string
	siblings map[string]string
}

// flatten lists a workflow's jobs, each after those that it needs.
func (c *checker) flatten(file string) []flat {
	out := c.flattenInto(nil, file, "", nil, nil)
	done := map[string]bool{}
	var ordered []flat
	for len(ordered) < len(out) {
		progress := false
		for _, f := range out {
			if !done[f.name] && !slices.ContainsFunc(f.before, func(name string) bool { return !done[name] }) {
				done[f.name], progress = true, true
				ordered = append(ordered, f)
			}
		}
		if !progress {
			c.fault(file, "jobs need each other in a circle, or one that is not there")
			return ordered
		}
	}
	return ordered
}

func (c *checker) flattenInto(out []flat, file, prefix string, inputs map[string]any, outer []string) []flat {
	jobs := c.workflows[file].Jobs
	ends := map[string][]string{} // the flat jobs behind a job
	siblings := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(jobs)) {
		siblings[id] = prefix + id
		ends[id] = []string{prefix + id}
		if called, ok := local(jobs[id]); ok {
			ends[id] = nil
			for inner := range c.workflows[called].Jobs {
				ends[id] = append(ends[id], prefix+id+" / "+inner)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(jobs)) {
		j := jobs[id]
		before := slices.Clone(outer)
		for _, need := range j.needs() {
			before = append(before, ends[need]...)
		}
		slices.Sort(before)
		if called, ok := local(j); ok {
			if j.If != "" {
				c.fault(file+"/"+id, "an if on a job that calls a workflow: if it is skipped, so is every job that needs it")
			}
			out = c.flattenInto(out, called, prefix+id+" / ", j.With, before)
			continue
		}
		out = append(out, flat{prefix + id, file, j, inputs, before, id, siblings})
	}
	return out
}

func local(j job) (file string, ok bool) { return strings.CutPrefix(j.Uses, "./.github/") }

// needs is the list of jobs, which is written as one name or several.
func (j job) needs() []string {
	switch n := j.Needs.(type) {
	case string:
		return []string{n}
	case []any:
		var out []string
		for _, name := range n {
			out = append(out, fmt.Sprint(name))
		}
		return out
	}
	return nil
}

// What a job or a step ends as.
const (
	success, failure, cancelled, skipped = "success", "failure", "cancelled", "skipped"
)

// happens says what a step of a job does when it runs, and its outputs.
type happens func(f flat, s step) (result string, outputs map[string]any)

// ran is a job of a simulated run.
type ran struct {
	result, environment string
	// steps are those that ran, by id, action or command.
	steps   []string
	outputs map[string]any
}

// simulate runs a workflow as GitHub would: which jobs and steps run, and what
// the run ends as. github is the event's context.
func (c *checker) simulate(file string, github map[string]any, what happens) map[string]ran {
	runs := map[string]ran{}
	ancestors := map[string][]string{}
	stopped := false // somebody cancelled the run
	for _, f := range c.flatten(file) {
		for _, name := range f.before {
			ancestors[f.name] = append(ancestors[f.name], name)
			ancestors[f.name] = append(ancestors[f.name], ancestors[name]...)
		}
		has := func(result string) bool {
			return slices.ContainsFunc(ancestors[f.name], func(name string) bool { return runs[name].result == result })
		}
		needs := map[string]any{}
		for _, id := range f.needs() {
			r := runs[f.siblings[id]]
			needs[id] = map[string]any{"result": r.result, "outputs": r.outputs}
		}
		x := context{values: map[string]any{"needs": needs, "inputs": f.inputs, "github": github}, status: map[string]bool{
			// A skipped ancestor, however far, is no success.
			"success":   !has(failure) && !has(cancelled) && !has(skipped) && !stopped,
			"failure":   has(failure),
			"cancelled": stopped, "always": true,
		}}
		run, err := x.holds(f.If)
		if err != nil {
			c.fault(f.file+"/"+f.id, "if: %v", err)
		}
		if !run {
			runs[f.name] = ran{result: skipped}
			continue
		}
		runs[f.name] = c.simulateJob(f, x, what)
		stopped = stopped || runs[f.name].result == cancelled
	}
	return runs
}

func (c *checker) simulateJob(f flat, x context, what happens) ran {
	environment, err := x.text(f.Environment)
	if err != nil {
		c.fault(f.file+"/"+f.id, "environment: %v", err)
	}
	out := ran{result: success, environment: environment, outputs: map[string]any{}}
	steps := map[string]any{}
	for _, s := range f.Steps {
		here := context{values: maps.Clone(x.values), status: map[string]bool{
			"success": out.result == success, "failure": out.result == failure, "cancelled": out.result == cancelled, "always": true,
		}}
		here.values["steps"], here.values["env"] = steps, f.Env
		run, err := here.holds(s.If)
		if err != nil {
			c.fault(f.file+"/"+f.id, "step %s: if: %v", s.label(), err)
		}
		result, outputs := skipped, map[string]any(nil)
		if run {
			out.steps = append(out.steps, s.label())
			if result, outputs = what(f, s); result == "" {
				result = success
			}
		}
		if result != success && result != skipped && out.result == success && !s.ContinueOnError {
			out.result = result
		}
		if s.ID != "" {
			steps[s.ID] = map[string]any{"outcome": result, "outputs": outputs}
		}
	}
	x.values["steps"] = steps
	for name, value := range f.Outputs {
		if out.outputs[name], err = x.text(value); err != nil {
			c.fault(f.file+"/"+f.id, "output %s: %v", name, err)
		}
	}
	return out
}

// label is a step's id, action or command.
func (s step) label() string {
	action, _, _ := strings.Cut(s.Uses, "@")
	command, _, _ := strings.Cut(s.Run, "\n")
	switch {
	case s.ID != "":
		return s.ID
	case action != "":
		return action
	}
	return command
}

// context is what an expression may look at.
type context struct {
	values map[string]any
	status map[string]bool
}

var (
	quoted     = regexp.MustCompile(`'((?:[^']|'')*)'`)
	expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
	statusCall = regexp.MustCompile(`\b(success|failure|cancelled|always)\(`)
)

// holds evaluates an if. One without a status function asks for success() too.
func (x context) holds(condition string) (bool, error) {
	condition = strings.TrimSpace(condition)
	if m := expression.FindStringSubmatch(condition); m != nil && m[0] == condition {
		condition = m[1]
	}
	if !statusCall.MatchString(condition) && !x.status["success"] {
		return false, nil
	}
	if condition == "" {
		return true, nil
	}
	value, err := x.evaluate(condition)
	return truth(value), err
}

// text evaluates the expressions in a text.
func (x context) text(text string) (string, error) {
	var failed error
	return expression.ReplaceAllStringFunc(text, func(m string) string {
		value, err := x.evaluate(expression.FindStringSubmatch(m)[1])
		if err != nil {
			failed = err
		}
		if value == nil {
			return ""
		}
		return fmt.Sprint(value)
	}), failed
}

// evaluate reads an expression of GitHub's as one of Go's, which has the same
// operators in the same order, once its strings are quoted as in Go.
func (x context) evaluate(text string) (any, error) {
	text = quoted.ReplaceAllStringFunc(text, func(m string) string {
		return strconv.Quote(strings.ReplaceAll(m[1:len(m)-1], "''", "'"))
	})
	e, err := parser.ParseExpr(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return x.value(e)
}

func (x context) value(e ast.Expr) (any, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return x.value(e.X)
	case *ast.BasicLit:
		return strconv.Unquote(e.Value)
	case *ast.Ident:
		switch e.Name {
		case "true", "false":
			return e.Name == "true", nil
		}
		return x.values[e.Name], nil
	case *ast.SelectorExpr:
		of, err := x.value(e.X)
		if env, ok := of.(map[string]string); ok {
			return env[e.Sel.Name], err
		}
		fields, _ := of.(map[string]any) // a field of nothing is nothing
		return fields[e.Sel.Name], err
	case *ast.UnaryExpr:
		of, err := x.value(e.X)
		if e.Op == token.NOT {
			return !truth(of), err
		}
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok && len(e.Args) == 0 {
			if status, ok := x.status[name.Name]; ok {
				return status, nil
			}
		}
	case *ast.BinaryExpr:
		left, err := x.value(e.X)
		if err != nil {
			return nil, err
		}
		right, err := x.value(e.Y)
		switch e.Op {
		case token.LAND:
			if !truth(left) {
				return left, err
			}
			return right, err
		case token.LOR:
			if truth(left) {
				return left, err
			}
			return right, err
		case token.EQL:
			return equal(left, right), err
		case token.NEQ:
			return !equal(left, right), err
		}
	}
	return nil, fmt.Errorf("%T is not understood here", e)
}

// equal compares as GitHub does: texts without regard to case, nothing as "".
func equal(a, b any) bool {
	text := func(v any) string {
		if v == nil {
			return ""
		}
		return strings.ToLower(fmt.Sprint(v))
	}
	return text(a) == text(b)
}

func truth(v any) bool { return v != nil && v != "" && v != false }
