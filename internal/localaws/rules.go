package localaws

import (
	"cmp"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/markdown"
)

// Rule is one of AWS's rules by which the local AWS refuses a call, or does something besides.
type Rule struct {
	ID, Service, Operations string
	What                    string
	Code                    string // AWS's name of the error; "" where nothing is refused
	Source                  string // an AWS document, or an issue that shows it
}

// frontRules are those of what the front keeps itself; the others are in inmoto/rules.py.
var frontRules = []Rule{
	{"service-model", "all", "all", "a parameter that the service's model does not allow: required, type, enum, length, range, pattern", "ValidationException, or the service's form of it",
		"AWS's service models (botocore)"},
	{"capacity-within-bounds", "application-autoscaling", "RegisterScalableTarget", "a service with more or fewer tasks than the target's bounds allow is scaled into them at once", "",
		"Application Auto Scaling API, RegisterScalableTarget: \"it changes the resource's current capacity to a value that is inside of this range\""},
	{"fargate-quota", "ecs", "DescribeServices", "a deployment that needs more Fargate vCPU than the quota places no more tasks, and says so in the service's events", "",
		"Amazon ECS developer guide, Service event messages: \"You've reached the limit on the number of vCPUs\"; Service Quotas L-3032A538, L-36FBB829"},
}

var (
	pythonText = `"((?:[^"\\]|\\.)*)"`
	// pythonRule finds @rule(service, operations, what, code, source) and the name of the function below.
	pythonRule = regexp.MustCompile(`(?m)^@rule\(` + strings.Repeat(pythonText+", ", 4) + pythonText + `(?:, status=\d+)?\)\ndef (\w+)`)
	pythonKept = regexp.MustCompile(`(?m)^kept\(` + strings.Repeat(pythonText+", ", 5) + pythonText + `\)`)
)

// Rules lists them all, by service.
func Rules() ([]Rule, error) {
	source, err := inMoto.ReadFile("inmoto/rules.py")
	if err != nil {
		return nil, err
	}
	rules := slices.Clone(frontRules)
	for _, m := range pythonRule.FindAllStringSubmatch(string(source), -1) {
		rules = append(rules, Rule{strings.ReplaceAll(m[6], "_", "-"), m[1], m[2], m[3], m[4], m[5]})
	}
	for _, m := range pythonKept.FindAllStringSubmatch(string(source), -1) {
		rules = append(rules, Rule{m[1], m[2], m[3], m[4], m[5], m[6]})
	}
	for i := range rules {
		rules[i].Source = strings.ReplaceAll(rules[i].Source, `\"`, `"`)
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return strings.Compare(a.Service, b.Service) })
	return rules, nil
}

// WriteRules writes Rules as a Markdown table, the one that README.md holds.
func WriteRules(w io.Writer) error {
	rules, err := Rules()
	if err != nil {
		return err
	}
	var page markdown.Page
	page.Table("rule", "service", "calls", "what AWS does", "error", "source")
	for _, r := range rules {
		page.Row(r.ID, r.Service, r.Operations, r.What, cmp.Or(r.Code, "—"), r.Source)
	}
	_, err = io.WriteString(w, page.String())
	return err
}
