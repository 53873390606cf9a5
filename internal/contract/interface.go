package contract

import (
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture"
	"github.com/paperwurks/infra/pipelines"
)

// Interface is what others depend on now, by the repository's files from its
// root: sorted lines, each of which starts with its kind.
func Interface(files fs.FS) ([]string, error) {
	out := append(parameters(), architecture.Promises()...)
	workflows, err := pipelines.ReadReusable(files)
	if err != nil {
		return nil, err
	}
	for _, w := range workflows {
		out = append(out, workflow(w)...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// parameters are the SSM paths, with <project>, <env> and <name> for what
// settings decide.
func parameters() []string {
	var out []string
	of := reflect.ValueOf(config.Settings{Project: "<project>"}.Parameters())
	for i := range of.NumMethod() {
		method := of.Method(i)
		arguments := []reflect.Value{reflect.ValueOf("<env>"), reflect.ValueOf("<name>")}[:method.Type().NumIn()]
		if p, ok := method.Call(arguments)[0].Interface().(config.Parameter); ok {
			out = append(out, "parameter "+p.Name)
		}
	}
	return out
}

// githubVariable is a variable or secret of GitHub's that a workflow reads.
var githubVariable = regexp.MustCompile(`\$\{\{[^}]*\b(vars|secrets)\.(\w+)`)

// workflow is what a reusable workflow gives to its caller and asks of it.
func workflow(w pipelines.Reusable) []string {
	out := []string{"workflow " + w.File}
	for kind, values := range map[string]pipelines.Values{"input": w.Inputs, "secret": w.Secrets, "output": w.Outputs} {
		for _, v := range values {
			line := fmt.Sprintf("%s %s %s: %s", kind, w.File, v.Name, v.Type)
			switch {
			case v.Required:
				line += ", required"
			case kind == "input":
				line += fmt.Sprintf(", default %q", fmt.Sprint(v.Default))
			}
			out = append(out, line)
		}
	}
	for _, permissions := range w.Permissions {
		for scope, level := range permissions {
			out = append(out, fmt.Sprintf("permission %s %s: %s", w.File, scope, level))
		}
	}
	for _, m := range githubVariable.FindAllStringSubmatch(w.Text, -1) {
		out = append(out, fmt.Sprintf("github %s %s.%s", w.File, m[1], m[2]))
	}
	return out
}

// Difference is what a version took away and added.
type Difference struct{ Gone, New []string }

// Compare compares the lines of two versions.
func Compare(before, after []string) Difference {
	without := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(line string) bool { return slices.Contains(other, line) })
	}
	return Difference{without(before, after), without(after, before)}
}

// Breaks says whether the backend has to do something: what it may use went or
// changed, or there is something new that it has to provide. The words of a rule
// for the image may change; whether its meaning did is for the author to say.
func (d Difference) Breaks() bool {
	rules := map[string]bool{}
	for _, line := range d.New {
		rule, _, _ := strings.Cut(line, ": ")
		rules[rule] = true
	}
	for _, line := range d.Gone {
		rule, _, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(line, "image ") || !rules[rule] {
			return true
		}
		rules[rule] = false
	}
	return slices.ContainsFunc(d.New, func(line string) bool {
		kind, rest, _ := strings.Cut(line, " ")
		// What a new workflow asks for, nobody who does not call it has to give.
		if name, _, _ := strings.Cut(rest, " "); slices.Contains(d.New, "workflow "+name) {
			return false
		}
		rule, _, _ := strings.Cut(line, ": ")
		return slices.Contains([]string{"permission", "github", "database"}, kind) || kind == "image" && rules[rule] || strings.HasSuffix(line, ", required")
	})
}

func (d Difference) String() string {
	var out strings.Builder
	for _, line := range d.Gone {
		out.WriteString("\n- " + line)
	}
	for _, line := range d.New {
		out.WriteString("\n+ " + line)
	}
	return out.String()
}
