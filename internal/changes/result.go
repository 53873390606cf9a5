package changes

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/markdown"
)

// Result is what planning a row's change came to.
type Result struct {
	Field, Change string
	Outcome       Outcome
	// Stacks have the counts of each action, in words, by the stack's name.
	Stacks map[string]string `json:",omitempty"`
	// Replaced are the types of what is replaced, but for task definitions, of
	// which the old one stays.
	Replaced []string `json:",omitempty"`
	// Administrator says that infra-role may not make all of it.
	Administrator bool `json:",omitempty"`
	// Refusal is what is said to whoever tries.
	Refusal string `json:",omitempty"`
}

// Step is a change that was applied, one after the other, to a platform on the
// local AWS.
type Step struct {
	Change, Planned, Applied string
}

// Results are of one run.
type Results struct {
	Rows  []Result
	Steps []Step
}

//go:embed results.json
var kept []byte

// Kept are the results in the repository.
func Kept() (Results, error) {
	var r Results
	if err := json.Unmarshal(kept, &r); err != nil {
		return Results{}, fmt.Errorf("results.json: %w", err)
	}
	return r, nil
}

// Of is the result of a row.
func (r Results) Of(row Row) (Result, bool) {
	i := slices.IndexFunc(r.Rows, func(o Result) bool { return o.Field == row.Field && o.Change == row.Change })
	if i < 0 {
		return Result{}, false
	}
	return r.Rows[i], true
}

// Faults are what of the rows the results do not bear out.
func (r Results) Faults(rows []Row) []string {
	var out []string
	for _, row := range rows {
		if row.Make == nil {
			continue
		}
		result, ok := r.Of(row)
		switch {
		case !ok: // said in the document
		case result.Outcome != row.Outcome:
			out = append(out, fmt.Sprintf("%s, %s: it came to %q, and the row says %q", row.Field, row.Change, result.Outcome, row.Outcome))
		}
	}
	return out
}

const begin = `# What a change of a setting does

Written by ` + "`make changes`" + `, from ` + "`internal/changes`" + `: each change that is not marked was planned with the real provider against the whole platform as
it is deployed to the local AWS, from the settings of ` + "`config/fixture.go`" + `, mostly for ` + "`staging`" + `. Whoever applies it is simulated.
The pull request's comment says the same of your change. No row replaces something in use.

Who applies: **Deploy** does, unless it says **administrator**: then Deploy stops before it changes anything
([CI roles change](operations.md#ci-roles-change)). What the columns say of time is AWS's documentation, not measured here.

What waits for the database's maintenance window (Sunday 03:00 UTC) is planned again by every plan until then, on AWS: *1 to change*,
which Deploy may apply or leave. The local AWS changes it at once.

`

// Document is docs/changes.md.
func (r Results) Document(rows []Row) string {
	var page markdown.Page
	page.WriteString(strings.TrimSpace(begin) + "\n\n")
	page.Table("setting", "change", "what happens", "who applies", "what it means")
	for _, row := range rows {
		result, _ := r.Of(row)
		page.Row("`"+row.Field+"`", row.Change, result.what(row), result.who(row), meaning(row))
	}
	if len(r.Steps) > 0 {
		page.Heading("Applied on the local AWS")
		page.Text("One after the other: each was planned with the real provider, checked, applied, and planned again.")
		page.WriteString("\n")
		page.Table("change", "plan", "applied")
		for _, s := range r.Steps {
			page.Row(s.Change, s.Planned, s.Applied)
		}
	}
	return page.String()
}

func (r Result) what(row Row) string {
	what := "**" + string(row.Outcome) + "**"
	if r.Field == "" && row.Make != nil {
		return what + "; *not planned yet*"
	}
	for _, stack := range slices.Sorted(maps.Keys(r.Stacks)) {
		what += "; " + stack + ": " + r.Stacks[stack]
	}
	if len(r.Replaced) > 0 {
		what += "; replaced: " + strings.Join(r.Replaced, ", ")
	}
	return what
}

func (r Result) who(row Row) string {
	switch {
	case row.Outcome == RefusedBySynth || row.Outcome == RefusedByPlan:
		return "nobody"
	case row.Outcome == Elsewhere || row.Outcome == Nothing:
		return "·"
	case strings.HasPrefix(row.Field, "Account."), row.Field == "Environments[].BudgetUSD", r.Administrator:
		return "administrator"
	}
	return "Deploy"
}

func meaning(row Row) string {
	text := row.Note
	if row.Runbook != "" {
		text += " " + markdown.Link(row.Runbook, "operations.md", row.Runbook) + "."
	}
	if row.Test != "" {
		text += " Test: `" + row.Test + "`."
	}
	return text
}
