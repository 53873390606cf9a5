package compliance

import (
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
)

// statement is one statement of a policy document.
type statement struct{ policy.Statement }

func (s statement) name() string {
	if s.Sid == "" {
		return "a statement without Sid"
	}
	return "statement " + s.Sid
}

// leavesOut are the elements that name what a statement does not apply to.
func (s statement) leavesOut() []string {
	var out []string
	for _, element := range []struct {
		name string
		used bool
	}{{"NotPrincipal", len(s.NotPrincipals) > 0}, {"NotAction", len(s.NotActions) > 0}, {"NotResource", len(s.NotResources) > 0}} {
		if element.used {
			out = append(out, element.name)
		}
	}
	return out
}

// documentOf are the attributes that hold a policy document.
var documentOf = map[string]string{
	"aws_ecr_repository_policy":        "policy",
	"aws_iam_policy":                   "policy",
	"aws_iam_role":                     "assume_role_policy",
	"aws_iam_role_policy":              "policy",
	"aws_kms_key":                      "policy",
	"aws_s3_bucket_policy":             "policy",
	"aws_secretsmanager_secret_policy": "policy",
	"aws_sns_topic_policy":             "policy",
	"aws_sqs_queue_policy":             "policy",
	"aws_vpc_endpoint":                 "policy",
}

// resourcePolicies are the kinds whose document names principals.
func resourcePolicies() []string {
	var kinds []string
	for kind := range documentOf {
		if kind != "aws_iam_policy" && kind != "aws_iam_role_policy" {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

func allPolicies() []string { return slices.Sorted(maps.Keys(documentOf)) }

// statementsOf reads the document of a resource. ok is false when there is
// one that cannot be read here.
func statementsOf(p *Platform, r *Resource) (statements []statement, ok bool) {
	document := text(r.Attributes[documentOf[r.Type]])
	if document == "" {
		return nil, r.Attributes[documentOf[r.Type]] == nil
	}
	if read, done := p.documents[document]; done {
		return read, read != nil
	}
	read := readDocument(document)
	p.documents[document] = read
	return read, read != nil
}

// readDocument returns nil for what is no policy document.
func readDocument(document string) []statement {
	d, err := policy.Parse([]byte(document))
	if err != nil {
		return nil
	}
	statements := make([]statement, len(d.Statements))
	for i, s := range d.Statements {
		statements[i] = statement{s}
	}
	return statements
}

// allowed calls check for each Allow of a resource's document.
func allowed(p *Platform, r *Resource, check func(s statement) []string) []string {
	var faults []string
	statements, _ := statementsOf(p, r)
	for _, s := range statements {
		if s.Effect == "Allow" {
			faults = append(faults, check(s)...)
		}
	}
	return faults
}

// limits says whether a condition narrows its statement: its operator must
// match, must have a value, and must not be true when the key is absent, as
// ForAllValues:… and …IfExists are.
func limits(c policy.Condition) bool {
	switch policy.Operator(strings.TrimPrefix(string(c.Operator), "ForAnyValue:")) {
	case policy.StringEquals, "StringEqualsIgnoreCase", policy.StringLike, policy.ArnEquals, policy.ArnLike:
		return len(c.Values) > 0
	}
	return false
}

// accountKeys are the condition keys that hold an account's number or an ARN
// that carries it.
var accountKeys = []string{
	"aws:sourceaccount", "aws:sourcearn", "aws:principalaccount", "aws:principalarn", "aws:resourceaccount",
	"kms:calleraccount", "kms:encryptioncontext:aws:logs:arn", "kms:encryptioncontext:aws:sns:topicarn", "kms:encryptioncontext:aws:sqs:arn", "aws:sourceowner",
}

// namesAccount says whether a statement's conditions confine it to an account.
func (s statement) namesAccount(account string) bool {
	for _, c := range s.Conditions {
		if !limits(c) || !slices.Contains(accountKeys, strings.ToLower(c.Key)) {
			continue
		}
		if !slices.ContainsFunc(c.Values, func(value string) bool { return !carriesAccount(value, account) }) {
			return true
		}
	}
	return false
}

// carriesAccount: the number itself, an ARN with it in its place, an ARN of S3,
// which has none (the bucket's name is then the whole of it), or one of the
// platform's own resources.
func carriesAccount(value, account string) bool {
	if value == account {
		return true
	}
	if strings.HasPrefix(value, "${aws_") {
		return true
	}
	parts := strings.SplitN(value, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return false
	}
	if parts[2] == "s3" {
		return !strings.ContainsAny(parts[5], "*?")
	}
	return parts[4] == account
}

// denies says whether a document denies everybody when the condition holds.
func denies(statements []statement, operator policy.Operator, key, value string) bool {
	return slices.ContainsFunc(statements, func(s statement) bool {
		return s.Effect == "Deny" && slices.Contains(s.Principals, policy.Anyone) && len(s.leavesOut()) == 0 && len(s.Conditions) == 1 &&
			s.Conditions[0].Operator == operator && strings.EqualFold(s.Conditions[0].Key, key) && slices.Contains(s.Conditions[0].Values, value)
	})
}
