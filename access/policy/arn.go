package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The ARN of a resource is arn:partition:service:region:account:resource (IAM user
// guide, "Amazon Resource Names"). IAM takes a pattern of fewer parts, or with one *
// for region and account, and it then matches nothing, or something else than was
// meant: an Allow that is missing shows, a Deny that is missing does not.
var (
	arnRegion  = regexp.MustCompile(`^([a-z]{2,4}(-[a-z]+)+-[0-9]+|\*)$`)
	arnAccount = regexp.MustCompile(`^([0-9]{12}|\*)$`)
	// arnService: a service has no wildcard (IAM user guide, "IAM JSON policy
	// elements: Resource").
	arnService  = regexp.MustCompile(`^[a-z0-9-]+$`)
	arnOperator = regexp.MustCompile(`^(\w+:)?Arn`)
	// arnExpression is Terraform's, or a policy variable.
	arnExpression = regexp.MustCompile(`\$\{[^}]*\}`)
)

// withoutRegion begin the ARNs that name no region, withoutAccount those that name
// no account: service and resource (service authorization reference, "Resource
// types" of each).
var (
	withoutRegion = []string{
		"budgets:", "ce:", "chatbot:", "cloudfront:", "cloudwatch:dashboard/", "iam:", "organizations:", "route53:", "s3:", "sts:",
	}
	withoutAccount = []string{
		"ec2:image/", "ec2:snapshot/", "route53:", "s3:", "securityhub:standards/",
	}
)

// arnFault says why a pattern is not that of an ARN, in a form that says which
// region and which account; "" where it is. Of what Terraform still has to put in
// nothing is said.
func arnFault(pattern string) string {
	text := arnExpression.ReplaceAllString(pattern, "$")
	if strings.HasPrefix(text, "$") {
		return ""
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return "arn:partition:service:region:account:resource is required"
	}
	service, region, account, resource := parts[2], parts[3], parts[4], parts[5]
	of := service + ":" + resource
	switch {
	case parts[1] != "aws":
		return fmt.Sprintf("the partition is %q: aws is allowed", parts[1])
	case !arnService.MatchString(service):
		return fmt.Sprintf("the service is %q: a name without wildcards is allowed", service)
	case resource == "":
		return "it names no resource"
	}
	if fault := fieldFault("region", region, arnRegion, begins(of, withoutRegion)); fault != "" {
		return fault
	}
	return fieldFault("account", account, arnAccount, begins(of, withoutAccount))
}

func fieldFault(name, value string, form *regexp.Regexp, none bool) string {
	switch {
	case value == "$":
		return ""
	case none && value != "":
		return fmt.Sprintf("the %s is %q: this resource has none", name, value)
	case !none && !form.MatchString(value):
		return fmt.Sprintf("the %s is %q: one %s, or *, is allowed", name, value, name)
	}
	return ""
}

func begins(text string, with []string) bool {
	return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(text, w) })
}

// arnFaults of a statement: of its resources, of the principals and of the values
// of conditions that are ARNs. An operator of ARNs takes nothing else.
func arnFaults(s Statement) []string {
	var faults []string
	check := func(what, pattern string) {
		if fault := arnFault(pattern); fault != "" {
			faults = append(faults, fmt.Sprintf("%s %q: %s", what, pattern, fault))
		}
	}
	for _, p := range s.Resources {
		if p != "*" {
			check("resource", p)
		}
	}
	for _, p := range s.NotResources {
		if p != "*" {
			check("not-resource", p)
		}
	}
	for _, p := range s.Principals {
		if strings.HasPrefix(p.ID, "arn:") {
			check("principal", p.ID)
		}
	}
	for _, c := range s.Conditions {
		ofARNs := arnOperator.MatchString(string(c.Operator))
		for _, v := range c.Values {
			if ofARNs || strings.HasPrefix(v, "arn:") {
				check("condition "+c.Key, v)
			}
		}
	}
	return faults
}
