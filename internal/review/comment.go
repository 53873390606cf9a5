package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CommentMarker starts the comment of a pull request, unseen, so that the
// next run finds and replaces it.
const CommentMarker = "<!-- paperwurks-infra: what this pull request changes -->"

// MaxComment is how long a comment may get, in bytes: GitHub takes 65,536
// characters.
const MaxComment = 65_000

// Stack is one stack of a comment: its plan, or why there is none.
type Stack struct {
	Name string
	// Plan as Reduce gave it; nil where planning failed.
	Plan *Plan
	// Fault is why there is no plan.
	Fault string
	// Waits is why there can be none yet, which is no fault.
	Waits string
	// Refused is what the plan may not do.
	Refused []Refusal
	// Lacks are the changes that infra-role may not make.
	Lacks []Lack
}

// Comment is what a pull request does to the platform.
type Comment struct {
	Stacks []Stack
	// Access is the diff of docs/access.md, in git's unified form; "" for
	// none.
	Access string
	// Costs are what the environments cost more or less.
	Costs Costs
	// Source says what was planned, such as a commit; it is at the end.
	Source string
}

// Markdown is the comment's text, at most MaxComment long: what does not fit
// is left out from the end of the full diffs, then of the lists, each time
// with a line that says so. What is destroyed or replaced comes first.
func (c Comment) Markdown() string {
	var w limited
	w.left = MaxComment - tail
	w.line(CommentMarker)
	w.line("## What this changes")
	w.line("")
	c.counts(&w)
	w.within(8_000, c.refused)
	w.within(8_000, c.administrator)
	w.within(18_000, c.dangers)
	w.within(16_000, c.access)
	w.within(6_000, c.variables)
	w.within(6_000, c.Costs.write)
	for _, s := range c.Stacks {
		w.within(share(w.left, 25_000/len(c.Stacks)), func(w *limited) { s.list(w) })
	}
	for i, s := range c.Stacks {
		if s.Plan != nil && s.Plan.HasChanges() {
			s.details(&w, w.left/(len(c.Stacks)-i))
		}
	}
	w.left += tail
	if c.Source != "" {
		w.line("")
		w.line("<sub>" + cut(c.Source, 300) + "</sub>")
	}
	return w.String()
}

// tail is kept for what closes the comment.
const tail = 600

func share(left, most int) int { return max(0, min(left, most)) }

func (c Comment) counts(w *limited) {
	w.line("| stack | destroy | replace | forget | change | create | import | move |")
	w.line("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	quiet := true
	for _, s := range c.Stacks {
		if s.Waits != "" {
			w.line(fmt.Sprintf("| **%s** | new: see below | | | | | | |", s.Name))
			quiet = false
			continue
		}
		if s.Plan == nil {
			w.line(fmt.Sprintf("| **%s** | no plan: see below | | | | | | |", s.Name))
			quiet = false
			continue
		}
		row := []string{"**" + s.Name + "**"}
		for _, action := range Actions {
			row = append(row, count(action, len(s.Plan.Of(action))))
		}
		quiet = quiet && !s.Plan.HasChanges()
		w.line("| " + strings.Join(row, " | ") + " |")
	}
	if quiet {
		w.line("")
		w.line("Nothing changes in any stack.")
	}
	for _, s := range c.Stacks {
		switch {
		case s.Waits != "":
			w.line("")
			w.line(fmt.Sprintf("**%s** has no plan yet: %s.", s.Name, s.Waits))
		case s.Plan == nil:
			w.line("")
			w.line(fmt.Sprintf("**%s could not be planned:**", s.Name))
			w.fence("text", cut(s.Fault, 2000))
		}
	}
}

// refused says what no deployment does, why, and what to do instead.
func (c Comment) refused(w *limited) {
	var lines []string
	for _, s := range c.Stacks {
		for _, r := range s.Refused {
			lines = append(lines, fmt.Sprintf("- 🛑 **%s**, %s: %s. **Next:** %s", s.Name, code(r.Address), r.Reason, r.Next))
		}
	}
	if len(lines) == 0 {
		return
	}
	w.line("")
	w.line("### 🛑 Refused: this is not deployed")
	w.line("")
	w.lines(lines, "refused")
}

// administrator says what infra-role may not do, and who does it how.
func (c Comment) administrator(w *limited) {
	for _, s := range c.Stacks {
		if len(s.Lacks) == 0 || s.Plan == nil {
			continue
		}
		how, where := "`make bootstrap`", "CI roles change"
		if s.Name != sharedStack {
			how, where = "the stack `"+s.Name+"`", "An administrator deploys a stack"
		}
		w.line("")
		w.line("### 🔐 An administrator applies this first: " + how)
		w.line("")
		w.line(fmt.Sprintf("infra-role may not make %d of the changes of **%s**; Deploy stops before it changes anything, until they are made (docs/operations.md, \"%s\").", len(s.Lacks), s.Name, where))
		w.line("")
		var lines []string
		for _, lack := range s.Lacks {
			what := code(lack.Address)
			for _, r := range s.Plan.ResourceChanges {
				if r.Address == lack.Address && r.Action() != None {
					what = verb(r.Action()) + " " + label(r)
				}
			}
			lines = append(lines, fmt.Sprintf("- %s, which takes %s", what, codes(lack.Rights)))
		}
		w.lines(lines, "changes that infra-role may not make")
	}
}

// sharedStack is config.SharedStack, which this package, read by all, need not
// import for one word.
const sharedStack = "shared"

func count(action Action, n int) string {
	switch {
	case n == 0:
		return "·"
	case action == Destroy || action == Replace || action == Forget:
		return fmt.Sprintf("⚠️ **%d**", n)
	default:
		return fmt.Sprint(n)
	}
}

// dangers lists what is destroyed, replaced and forgotten, in all stacks:
// first what holds data.
func (c Comment) dangers(w *limited) {
	type danger struct {
		data bool
		line string
	}
	var dangers []danger
	for _, s := range c.Stacks {
		if s.Plan == nil {
			continue
		}
		for _, action := range []Action{Destroy, Replace, Forget} {
			for _, r := range s.Plan.Of(action) {
				line := fmt.Sprintf("- ⚠️ **%s** %s %s", s.Name, verb(action), label(r))
				if r.Deposed != "" {
					line += ", the old one that an earlier replacement left"
				}
				if why := reason(r); why != "" {
					line += ", " + why
				}
				lost := holdsData[r.Type]
				if lost != "" && action != Forget {
					line += ". 🛑 **This loses " + lost + ".**"
				}
				dangers = append(dangers, danger{lost != "", line})
			}
		}
	}
	if len(dangers) == 0 {
		return
	}
	slices.SortStableFunc(dangers, func(a, b danger) int {
		switch {
		case a.data == b.data:
			return 0
		case a.data:
			return -1
		default:
			return 1
		}
	})
	w.line("")
	w.line("### ⚠️ Destroyed, replaced")
	w.line("")
	lines := make([]string, len(dangers))
	for i, d := range dangers {
		lines[i] = d.line
	}
	w.lines(lines, "destroyed, replaced or forgotten")
}

// access says what changes of what a role may do: the matrix's diff, and each
// IAM document and policy of a resource.
func (c Comment) access(w *limited) {
	var changed, lines []string
	for _, s := range c.Stacks {
		if s.Plan == nil {
			continue
		}
		for _, r := range s.Plan.ResourceChanges {
			action := r.Action()
			if action == None || action == Move || !decidesAccess(r) {
				continue
			}
			line := fmt.Sprintf("- **%s** %s %s", s.Name, verb(action), label(r))
			if action != Update && action != Replace {
				lines = append(lines, line)
				continue
			}
			changed = append(changed, line)
			for _, line := range accessLines(Differences(r.Change)) {
				changed = append(changed, "  - "+line)
			}
		}
	}
	lines = append(changed, lines...)
	if c.Access == "" && len(lines) == 0 {
		return
	}
	w.line("")
	w.line("### 🔑 What a role may do")
	w.line("")
	if c.Access != "" {
		w.line("In plain words (docs/access.md):")
		w.fence("diff", cutLines(c.Access, min(w.left/2, 8_000)))
	}
	w.lines(lines, "resources that decide what a role may do")
}

// variables says which environment variables of running tasks change, name by
// name: they are no secrets.
func (c Comment) variables(w *limited) {
	var lines []string
	for _, s := range c.Stacks {
		if s.Plan == nil {
			continue
		}
		for _, r := range slices.Concat(s.Plan.Of(Update), s.Plan.Of(Replace)) {
			if r.Type != "aws_ecs_task_definition" {
				continue
			}
			changed := slices.DeleteFunc(Differences(r.Change), func(d Difference) bool { return !variablePath.MatchString(d.Path) })
			for i, d := range changed {
				changed[i].Path = variablePath.FindStringSubmatch(d.Path)[1]
			}
			for _, line := range accessLines(changed) {
				lines = append(lines, fmt.Sprintf("- **%s** %s, %s", s.Name, code(nameOf(r)), line))
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	w.line("")
	w.line("### ⚙️ Variables of the application")
	w.line("")
	w.line("They count with the backend's next deployment, or its redeploy workflow (docs/operations.md, \"Change a variable\").")
	w.line("")
	w.lines(lines, "variables")
}

var variablePath = regexp.MustCompile(`^container_definitions\[[^]]+\]\.environment\[([^]]+)\]`)

// accessLines say each difference of a policy: what came and what went.
func accessLines(differences []Difference) []string {
	var out []string
	for _, d := range differences {
		switch {
		case d.Before == "" || d.Before == "null":
			out = append(out, fmt.Sprintf("%s: adds %s", code(d.Path), code(d.After)))
		case d.After == "":
			out = append(out, fmt.Sprintf("%s: takes %s away", code(d.Path), code(d.Before)))
		default:
			out = append(out, fmt.Sprintf("%s: %s becomes %s", code(d.Path), code(d.Before), code(d.After)))
		}
	}
	return out
}

// list says what changes in a stack: each change by itself, what is created
// by its kind.
func (s Stack) list(w *limited) {
	if s.Plan == nil || !s.Plan.HasChanges() {
		return
	}
	w.line("")
	w.line("### " + s.Name)
	w.line("")
	var lines []string
	for _, r := range s.Plan.Of(Update) {
		lines = append(lines, fmt.Sprintf("- %s %s: %s", verb(Update), label(r), codes(Attributes(Differences(r.Change)))))
	}
	for _, r := range s.Plan.Of(Move) {
		lines = append(lines, fmt.Sprintf("- %s %s from %s", verb(Move), label(r), code(r.PreviousAddress)))
	}
	for _, r := range s.Plan.Of(Import) {
		lines = append(lines, fmt.Sprintf("- %s %s, the existing %s", verb(Import), label(r), code(r.Change.Importing.ID)))
	}
	created := map[string][]string{}
	for _, r := range s.Plan.Of(Create) {
		name := nameOf(r)
		if name == "" {
			name = r.Address
		}
		created[r.Type] = append(created[r.Type], name)
	}
	for _, kind := range keys(toAny(created)) {
		names := created[kind]
		lines = append(lines, fmt.Sprintf("- creates %d %s: %s", len(names), strings.ReplaceAll(strings.TrimPrefix(kind, "aws_"), "_", " "), codes(names)))
	}
	if outputs := s.Plan.ChangedOutputs(); len(outputs) > 0 {
		lines = append(lines, fmt.Sprintf("- %d outputs change: %s", len(outputs), codes(outputs)))
	}
	if n := len(s.Plan.Of(Destroy)) + len(s.Plan.Of(Replace)) + len(s.Plan.Of(Forget)); n > 0 {
		lines = append(lines, fmt.Sprintf("- %d destroyed, replaced or forgotten: above", n))
	}
	w.lines(lines, "changes in "+s.Name)
}

func toAny(m map[string][]string) map[string]any {
	out := make(map[string]any, len(m))
	for key := range m {
		out[key] = true
	}
	return out
}

// details is the stack's full diff, folded, in at most size bytes.
func (s Stack) details(w *limited, size int) {
	const frame = 200
	if size < 2*frame {
		return
	}
	var body strings.Builder
	shown, all := 0, 0
	for _, action := range Actions {
		for _, r := range s.Plan.Of(action) {
			all++
			part := diffOf(r)
			if body.Len()+len(part) > size-frame {
				continue
			}
			body.WriteString(part)
			shown++
		}
	}
	if shown == 0 {
		return
	}
	title := fmt.Sprintf("Full diff of %s: %d resources", s.Name, all)
	if shown < all {
		title = fmt.Sprintf("Diff of %s: %d of %d resources; all of them are in the run's artifact", s.Name, shown, all)
	}
	w.line("")
	w.line("<details><summary>" + title + "</summary>")
	w.line("")
	w.fence("diff", strings.TrimRight(body.String(), "\n"))
	w.line("</details>")
}

// diffOf is one resource's diff, in the colours of a diff.
func diffOf(r ResourceChange) string {
	sign := map[Action]string{Create: "+", Update: "!", Replace: "-", Destroy: "-", Forget: "-", Import: "+", Move: "!"}[r.Action()]
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s: %s", sign, r.Address, strings.ReplaceAll(verb(r.Action()), "*", ""))
	if why := reason(r); why != "" {
		fmt.Fprintf(&out, " %s", strings.ReplaceAll(why, "`", ""))
	}
	out.WriteString("\n")
	if r.PreviousAddress != "" && r.PreviousAddress != r.Address {
		fmt.Fprintf(&out, "    was %s\n", r.PreviousAddress)
	}
	if r.Action() == Destroy || r.Action() == Forget || r.Action() == Move {
		return out.String()
	}
	for _, d := range Differences(r.Change) {
		mark := ""
		if d.Replaces {
			mark = "   # forces the replacement"
		}
		switch {
		case r.Action() == Create && (d.After == "null" || d.After == "[]" || d.After == "{}"):
			continue
		case d.Before == "":
			fmt.Fprintf(&out, "+   %s = %s%s\n", d.Path, cut(d.After, 300), mark)
		case d.After == "":
			fmt.Fprintf(&out, "-   %s = %s%s\n", d.Path, cut(d.Before, 300), mark)
		default:
			fmt.Fprintf(&out, "!   %s: %s → %s%s\n", d.Path, cut(d.Before, 150), cut(d.After, 150), mark)
		}
	}
	return out.String()
}

// limited writes text as long as there is room.
type limited struct {
	strings.Builder
	// left is the room, in bytes.
	left int
}

// line writes a line, or nothing when it does not fit.
func (w *limited) line(s string) bool {
	if len(s)+1 > w.left {
		return false
	}
	w.WriteString(s + "\n")
	w.left -= len(s) + 1
	return true
}

// lines writes as many as fit, and says how many did not.
func (w *limited) lines(list []string, what string) {
	for i, s := range list {
		more := fmt.Sprintf("- … and %d more %s", len(list)-i, what)
		if len(s)+1+len(more)+1 > w.left {
			w.line(more)
			return
		}
		w.line(s)
	}
}

// within gives a part at most size bytes of what is left.
func (w *limited) within(size int, write func(*limited)) {
	part := limited{left: share(w.left, size)}
	write(&part)
	w.WriteString(part.String())
	w.left -= part.Len()
}

// fence writes a text as a code block that the text cannot end, whole or not
// at all.
func (w *limited) fence(language, s string) {
	ticks := "```"
	for strings.Contains(s, ticks) {
		ticks += "`"
	}
	if len(s)+2*len(ticks)+len(language)+3 <= w.left {
		w.line(ticks + language)
		w.line(s)
		w.line(ticks)
	}
}

// cutLines keeps the first lines of a text that fit into size bytes.
func cutLines(s string, size int) string {
	if len(s) <= size {
		return strings.TrimRight(s, "\n")
	}
	const more = "… and more"
	end := strings.LastIndex(s[:max(0, size-len(more))], "\n")
	return s[:max(0, end)] + "\n" + more
}
