package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/terraform"
)

// outcome follows an apply by what Terraform prints, and says it to a person.
type outcome struct {
	// stack is applied in dir, by plan; nil until it could be read.
	stack, dir string
	plan       *review.Plan
	// begun and done are steps such as "Creation", by address.
	begun, done map[string][]string
	// fault is what Terraform printed from its first error on.
	fault []string
	// notRefreshed is why the state could not be refreshed after the apply.
	notRefreshed error
}

// Terraform's lines on a resource; the CLI adds the path of its construct.
var (
	beginLine = regexp.MustCompile(`^(\S+)(?: \(.*?\))*: (Creating|Modifying|Destroying|Importing)(?:\.\.\.| )`)
	endLine   = regexp.MustCompile(`^(\S+)(?: \(.*?\))*: (Creation|Modifications|Destruction|Import) complete`)
	stepOf    = map[string]string{"Creating": "Creation", "Modifying": "Modifications", "Destroying": "Destruction", "Importing": "Import"}
	// stepsFor are the steps that each action takes. Moving and forgetting
	// change the state only, of which Terraform prints nothing.
	stepsFor = map[review.Action][]string{
		review.Create: {"Creation"}, review.Update: {"Modifications"}, review.Destroy: {"Destruction"},
		review.Replace: {"Destruction", "Creation"}, review.Import: {"Import"},
	}
)

// line takes the next line that Terraform printed.
func (o *outcome) line(text string) {
	if o.begun == nil {
		o.begun, o.done = map[string][]string{}, map[string][]string{}
	}
	if m := beginLine.FindStringSubmatch(text); m != nil {
		o.begun[m[1]] = append(o.begun[m[1]], stepOf[m[2]])
	}
	if m := endLine.FindStringSubmatch(text); m != nil {
		o.done[m[1]] = append(o.done[m[1]], m[2])
	}
	if strings.HasPrefix(text, "Error: ") || len(o.fault) > 0 {
		o.fault = append(o.fault, text)
	}
}

// killed is the text of a run that was killed: then nothing can be written any
// more.
func (o *outcome) killed() string {
	return fmt.Sprintf("### %s: the run was killed\n\nWhat it did until then is in the log of this step. The state may be locked, and AWS may hold what the state does not know.\n\n**Next:** %s, then run the workflow again.\n", o.stack, o.recover())
}

func (o *outcome) recover() string {
	return fmt.Sprintf("an administrator runs `make recover STACK=%s`, which releases the lock when asked to and adopts what was made", o.stack)
}

// markdown says what was done, what is left, and what a person does next.
func (o *outcome) markdown(err error, cancelled bool) string {
	var b strings.Builder
	all, made, left := o.count()
	if err == nil {
		fmt.Fprintf(&b, "### %s: the plan was applied (changes: %d)\n", o.stack, all)
		next := "nothing."
		if o.notRefreshed != nil {
			fmt.Fprintf(&b, "\n⚠️ The state was not refreshed after it:\n\n%s\n", fenced(o.notRefreshed.Error()))
			next = terraform.NotRefreshed(o.stack)
		}
		fmt.Fprintf(&b, "\n**Next:** %s\n", next)
		return b.String()
	}
	how := "failed"
	if cancelled {
		how = "was cancelled"
	}
	switch begun := len(o.begun) > 0; {
	case o.plan == nil || !begun:
		fmt.Fprintf(&b, "### %s: the deployment %s, nothing was changed\n", o.stack, how)
	default:
		fmt.Fprintf(&b, "### %s: the deployment %s, %d of %d changes were made\n", o.stack, how, made, all)
	}
	text := strings.TrimSpace(strings.Join(o.fault, "\n"))
	if text == "" {
		text = err.Error()
	}
	fmt.Fprintf(&b, "\n%s\n", fenced(text))
	if len(o.begun) > 0 && len(left) > 0 {
		b.WriteString("\nLeft:\n\n" + strings.Join(left, "\n") + "\n")
	}
	fmt.Fprintf(&b, "\n**Next:** %s\n", o.next(text, cancelled))
	return b.String()
}

// maxLeft is how many of the changes left are listed; the next plan has all.
const maxLeft = 50

// count is how many changes the plan has and how many were made, with a line
// for each that is left: those that were begun come first.
func (o *outcome) count() (all, made int, left []string) {
	if o.plan == nil {
		return 0, 0, nil
	}
	var begun, rest []string
	for _, action := range review.Actions {
		for _, r := range o.plan.Of(action) {
			steps, done := stepsFor[action], o.done[r.Address]
			if len(steps) == 0 {
				continue
			}
			all++
			switch {
			case len(done) >= len(steps):
				made++
			case action == review.Replace && slices.Contains(done, "Destruction"):
				begun = append(begun, fmt.Sprintf("- `%s`: ⚠️ **destroyed, and not made again yet**", r.Address))
			case action == review.Replace && slices.Contains(done, "Creation"):
				begun = append(begun, fmt.Sprintf("- `%s`: the new one is made, the old one is there still", r.Address))
			case len(o.begun[r.Address]) > 0:
				begun = append(begun, fmt.Sprintf("- `%s`: to %s, was begun", r.Address, action))
			default:
				rest = append(rest, fmt.Sprintf("- `%s`: to %s", r.Address, action))
			}
		}
	}
	left = append(begun, rest...)
	if len(left) > maxLeft {
		left = append(left[:maxLeft], fmt.Sprintf("- … and %d more", len(left)-maxLeft))
	}
	return all, made, left
}

// causes are what Terraform and the checks before it say, with what to do
// then; the first that matches holds. %s is the stack.
var causes = []struct {
	says *regexp.Regexp
	next func(o *outcome) string
}{
	{regexp.MustCompile(`Saved plan is stale|stale plan of`), func(*outcome) string {
		return "run the workflow again. The state, the commit or the stack is no longer the one that the plan was made for; it plans again, and asks for the approval again."
	}},
	{regexp.MustCompile(`what was approved has`), func(*outcome) string {
		return "find out who changed the artifact of the plan job: it is not what was approved. Then run the workflow again, which plans again."
	}},
	{regexp.MustCompile(`Error acquiring the state lock`), func(o *outcome) string {
		return "see who holds the lock (`Who` and `Created`, above). If that run goes on, wait and run the workflow again. If it was killed, " + o.recover() + ", then run the workflow again."
	}},
	{regexp.MustCompile(`ExpiredToken|token included in the request is expired|Error releasing the state lock`), func(o *outcome) string {
		return "the credentials expired, or AWS did not take the state or the lock back: " + o.recover() + ", then run the workflow again."
	}},
	{regexp.MustCompile(`AccessDenied|UnauthorizedOperation|not authorized to perform`), func(*outcome) string {
		return "if it is the CI roles, their boundaries, the state bucket or GitHub's provider that change, an administrator runs `make bootstrap` from this commit; otherwise the role lacks a right, which a pull request to `access` gives it. Then run the workflow again, which plans what is left."
	}},
	{regexp.MustCompile(`AlreadyExists|already exists|AlreadyOwnedByYou|DuplicateListener|ResourceInUse`), func(o *outcome) string {
		return "something in AWS has the name already. If a run that was killed made it, " + o.recover() + "; otherwise whoever made it by hand removes it. Then run the workflow again."
	}},
}

func (o *outcome) next(text string, cancelled bool) string {
	if path := filepath.Join(o.dir, erroredState); exists(path) {
		return fmt.Sprintf("**the state could not be written.** `%s` holds what was made, and is gone with this machine. In a workflow the job's next steps write it to the bucket and say so; on a laptop: `terraform -chdir=%s state push %s`, with fresh credentials. After that %s, then run the workflow again.", path, o.dir, erroredState, o.recover())
	}
	for _, cause := range causes {
		if cause.says.MatchString(text) {
			return cause.next(o)
		}
	}
	if len(o.begun) == 0 {
		return "remove the cause above and run the workflow again. Nothing has to be taken back."
	}
	if cancelled {
		return fmt.Sprintf("run the workflow again: it plans what is left. Terraform ended properly, wrote its state and released its lock; what AWS was making at that moment is marked and made again. `make orphans STACK=%s` lists what no state knows.", o.stack)
	}
	return "remove the cause above, in AWS or by a pull request, and run the workflow again: it plans what is left. What was made stays and is in the state."
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// fenced is a text as a code block that the text cannot end.
func fenced(text string) string {
	const most = 8000
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "\n…"
	}
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + "text\n" + text + "\n" + ticks
}

func (o *outcome) write(file, text string) error {
	if file == "" {
		return nil
	}
	return os.WriteFile(file, []byte(text), 0o600)
}
