package compliance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/markdown"
)

// Markdown lists the rules, and the exceptions that a platform has, for
// docs/compliance.md.
func Markdown(p *Platform) string {
	var out markdown.Page
	rules := Rules()
	fmt.Fprintf(&out, `# Compliance rules

<!-- Written by make docs from compliance; a test compares it with the code. -->

Every synth checks all resources of all stacks against these %d rules before a stack is written. A violation stops it, with
the construct's path, the rule and how to fix it. An exception is code next to the resource (`+"`compliance.Except`"+`), with a
reason and a day on which it expires; one that nothing needs is a violation too. The tests, and with them a pull request,
fail from 30 days before that day; after it a synth warns and goes on.

CIS is the CIS AWS Foundations Benchmark v5.0.0, [listed whole](#cis-aws-foundations-benchmark-v500) below; FSBP the AWS Foundational
Security Best Practices standard v1.0.0, as the AWS Security Hub user guide maps it. A rule without either is the platform's own.
`, len(rules))
	out.Table("rule", "what it asks", "CIS", "FSBP")
	for _, r := range rules {
		out.Row(markdown.Link(r.ID, "", r.ID), r.Title, strings.Join(controlsOf(r.ID), ", "), strings.Join(r.FSBP, ", "))
	}
	writeControls(&out)
	out.Heading("The account's baseline")
	out.Text("What the AWS account has once, whatever the environments are, made by `make bootstrap` in the shared stack. `Account.Organisation` (config/platform.go) leaves a part to the AWS organisation, with the reason.")
	out.WriteString("\n")
	out.Table("part", "by", "why")
	for _, part := range p.Account.Organisation.Parts() {
		by := "the shared stack"
		switch {
		case part.Reason != "":
			by = "the organisation"
		case !isMade(part.Part):
			by = "nobody yet"
		}
		out.Row(part.What, by, part.Reason)
	}
	out.Heading("Exceptions")
	writeExceptions(&out, p)
	out.Heading("Rules")
	for _, r := range rules {
		fmt.Fprintf(&out, "\n### %s\n\n**%s.** %s\n\nFix: %s\n\n", r.ID, r.Title, r.Why, r.Fix)
		if len(r.Types) > 0 {
			fmt.Fprintf(&out, "Looks at: `%s`\n", strings.Join(slices.Sorted(slices.Values(r.Types)), "`, `"))
		} else {
			out.WriteString("Looks at: everything\n")
		}
	}
	out.Heading("Nothing to check")
	out.Text("Kinds that are known and that no rule looks at by themselves:")
	out.WriteString("\n")
	for _, kind := range slices.Sorted(maps.Keys(inert)) {
		fmt.Fprintf(&out, "- `%s`: %s\n", kind, inert[kind])
	}
	return out.String()
}

// writeExceptions joins the constructs that have the same exception.
func writeExceptions(out *markdown.Page, p *Platform) {
	paths := map[Exception][]string{}
	for _, s := range p.Stacks {
		for _, r := range s.Resources {
			for _, e := range r.Exceptions {
				paths[e] = append(paths[e], r.Path)
			}
		}
	}
	all := slices.Collect(maps.Keys(paths))
	slices.SortFunc(all, func(a, b Exception) int {
		return strings.Compare(a.Rule+a.Reason+a.Expires, b.Rule+b.Reason+b.Expires)
	})
	if len(all) == 0 {
		out.Text("None.")
		return
	}
	out.Table("rule", "where", "why", "expires")
	for _, e := range all {
		slices.Sort(paths[e])
		out.Row(e.Rule, strings.Join(paths[e], "<br>"), e.Reason, e.Expires)
	}
}
