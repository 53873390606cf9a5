package compliance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// statement is one statement of an IAM policy document.
type statement struct {
	Sid, Effect string
	// Principals by kind: "AWS", "Service", "Federated"; {"*"} stands under
	// "AWS", as IAM reads it.
	Principals map[string][]string
	Actions    []string
	Resources  []string
	// Not are the elements that name what is left out: NotPrincipal,
	// NotAction, NotResource.
	Not        []string
	Conditions []condition
}

type condition struct {
	Operator, Key string
	Values        []string
}

func (s statement) name() string {
	if s.Sid == "" {
		return "a statement without Sid"
	}
	return "statement " + s.Sid
}

// documentOf are the attributes that hold a policy document.
var documentOf = map[string]string{
	"aws_backup_vault_policy":            "policy",
	"aws_cloudwatch_log_resource_policy": "policy_document",
	"aws_ecr_registry_policy":            "policy",
	"aws_ecr_repository_policy":          "policy",
	"aws_iam_policy":                     "policy",
	"aws_iam_role":                       "assume_role_policy",
	"aws_iam_role_policy":                "policy",
	"aws_kms_key":                        "policy",
	"aws_kms_key_policy":                 "policy",
	"aws_s3_bucket_policy":               "policy",
	"aws_secretsmanager_secret_policy":   "policy",
	"aws_sns_topic_policy":               "policy",
	"aws_sqs_queue_policy":               "policy",
	"aws_vpc_endpoint":                   "policy",
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

// readDocument gives nil for what is no policy document.
func readDocument(document string) []statement {
	var decoded map[string]any
	if json.Unmarshal([]byte(document), &decoded) != nil {
		return nil
	}
	statements := []statement{}
	for _, raw := range list(decoded["Statement"]) {
		m := object(raw)
		s := statement{
			Sid: text(m["Sid"]), Effect: text(m["Effect"]),
			Actions: texts(m["Action"]), Resources: texts(m["Resource"]), Principals: map[string][]string{},
		}
		switch p := m["Principal"].(type) {
		case string:
			s.Principals["AWS"] = []string{p}
		case map[string]any:
			for kind, ids := range p {
				s.Principals[kind] = texts(ids)
			}
		}
		for _, not := range []string{"NotPrincipal", "NotAction", "NotResource"} {
			if m[not] != nil {
				s.Not = append(s.Not, not)
			}
		}
		conditions := object(m["Condition"])
		for _, operator := range slices.Sorted(maps.Keys(conditions)) {
			for _, key := range slices.Sorted(maps.Keys(object(conditions[operator]))) {
				s.Conditions = append(s.Conditions, condition{operator, key, texts(object(conditions[operator])[key])})
			}
		}
		statements = append(statements, s)
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

// limits says whether an operator narrows a statement: it must match, must
// have a value, and must not be true when the key is absent.
func (c condition) limits() bool {
	if strings.HasPrefix(c.Operator, "ForAllValues:") || strings.HasSuffix(c.Operator, "IfExists") || strings.Contains(c.Operator, "Not") || len(c.Values) == 0 {
		return false
	}
	switch strings.TrimPrefix(c.Operator, "ForAnyValue:") {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike":
		return true
	}
	return false
}

// accountKeys are the condition keys that hold an account's number or an ARN
// that carries it.
var accountKeys = []string{
	"aws:sourceaccount", "aws:sourcearn", "aws:principalaccount", "aws:principalarn", "aws:resourceaccount",
	"kms:calleraccount", "kms:encryptioncontext:aws:logs:arn", "aws:sourceowner",
}

// namesAccount says whether a statement's conditions confine it to an account.
func (s statement) namesAccount(account string) bool {
	for _, c := range s.Conditions {
		if !c.limits() || !slices.Contains(accountKeys, strings.ToLower(c.Key)) {
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
func denies(statements []statement, operator, key, value string) bool {
	return slices.ContainsFunc(statements, func(s statement) bool {
		return s.Effect == "Deny" && slices.Contains(s.Principals["AWS"], "*") && len(s.Not) == 0 && len(s.Conditions) == 1 &&
			s.Conditions[0].Operator == operator && strings.EqualFold(s.Conditions[0].Key, key) && slices.Contains(s.Conditions[0].Values, value)
	})
}
