package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is one thing that resources have to keep.
type Rule struct {
	// ID is a contract: exceptions and reports name it.
	ID, Title string
	// Why says what goes wrong without it, Fix what to write instead.
	Why, Fix string
	// FSBP are controls of the AWS Foundational Security Best Practices standard
	// v1.0.0, as the AWS Security Hub user guide maps them. The CIS benchmark's
	// are in Controls.
	FSBP []string
	// Types are the kinds of resource that the rule looks at; none for all.
	Types []string
	// check names what is wrong with one resource; nothing when it complies.
	check func(p *Platform, r *Resource) []string
}

// Violation is a resource that does not keep a rule.
type Violation struct {
	Rule Rule
	// Path of the construct, Detail what is wrong with it.
	Path, Detail string
}

// Violations is the error that stops synth.
type Violations []Violation

func (v Violations) Error() string {
	var out strings.Builder
	noun := "violations"
	if len(v) == 1 {
		noun = "violation"
	}
	fmt.Fprintf(&out, "compliance: %d %s; no stack was written (rules: docs/compliance.md)", len(v), noun)
	path := ""
	for _, found := range v {
		if found.Path != path {
			path = found.Path
			fmt.Fprintf(&out, "\n%s", path)
		}
		fmt.Fprintf(&out, "\n  %s %s: %s\n    fix: %s", found.Rule.ID, found.Rule.Title, found.Detail, found.Rule.Fix)
	}
	return out.String()
}

// Rules are all rules, by id.
func Rules() []Rule {
	var all []Rule
	for _, some := range [][]Rule{
		treeRules, orderRules, tagRules, dataRules, bucketRules, policyRules, identityRules, keyRules, databaseRules, networkRules,
		imageRules, containerRules, balancerRules, edgeRules, logRules, outsideRules, secretRules, costRules, otherRules, accountRules, copyRules,
	} {
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Evaluate checks every resource against every rule. It returns all
// violations, by path and rule.
func Evaluate(p *Platform) Violations {
	p.index()
	var found Violations
	report := func(rule Rule, r *Resource, detail string) {
		found = append(found, Violation{Rule: rule, Path: r.Path, Detail: detail})
	}
	used := map[*Resource]map[string]bool{}
	byType := map[string][]Rule{}
	var forAll []Rule
	known := map[string]bool{}
	for _, rule := range Rules() {
		known[rule.ID] = true
		if len(rule.Types) == 0 {
			forAll = append(forAll, rule)
		}
		for _, kind := range rule.Types {
			byType[kind] = append(byType[kind], rule)
		}
	}
	for _, s := range p.Stacks {
		for _, r := range s.Resources {
			if _, looked := byType[r.Type]; !looked && !isInert(r.Type) {
				report(unknownKind, r, fmt.Sprintf("no rule knows %q", r.Type))
			}
			for _, rule := range slices.Concat(forAll, byType[r.Type]) {
				faults := rule.check(p, r)
				if len(faults) == 0 {
					continue
				}
				if exception := r.exception(rule.ID); exception != nil && exception.fault(p.On, known) == "" {
					if used[r] == nil {
						used[r] = map[string]bool{}
					}
					used[r][rule.ID] = true
					continue
				}
				for _, fault := range faults {
					report(rule, r, fault)
				}
			}
			for _, exception := range r.Exceptions {
				if fault := exception.fault(p.On, known); fault != "" {
					report(soundExceptions, r, fault)
				} else if !used[r][exception.Rule] {
					report(soundExceptions, r, fmt.Sprintf("no violation of %s is left: remove the exception", exception.Rule))
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Violation) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Rule.ID, b.Rule.ID)
	})
	return found
}

// one is a fault if there is one.
func one(wrong bool, format string, arguments ...any) []string {
	if !wrong {
		return nil
	}
	return []string{fmt.Sprintf(format, arguments...)}
}

// want compares attributes with what they have to be.
func want(r *Resource, wanted map[string]any) []string {
	var faults []string
	for attribute, value := range wanted {
		got := at(r.Attributes, strings.Split(attribute, ".")...)
		if truth, ok := value.(bool); ok && got != nil {
			got = isTrue(got)
			value = truth
		}
		if got != value {
			faults = append(faults, fmt.Sprintf("%s is %s, want %v", attribute, show(got), value))
		}
	}
	slices.Sort(faults)
	return faults
}

// wants is the check of a rule that compares attributes and nothing else.
func wants(wanted map[string]any) func(*Platform, *Resource) []string {
	return func(_ *Platform, r *Resource) []string { return want(r, wanted) }
}

func show(value any) string {
	if value == nil {
		return "not set"
	}
	return fmt.Sprintf("%v", value)
}
