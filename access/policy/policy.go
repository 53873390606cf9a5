// Package policy holds IAM policy documents as typed values. It knows nothing
// of jsii or Terraform, so that documents can be read, compared and tested as
// plain Go.
package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Effect of a statement.
type Effect string

const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Version of the policy language that every document here is written in.
const Version = "2012-10-17"

// Document is an IAM policy: an identity's, a resource's, a boundary or a
// role's trust.
type Document struct {
	Statements []Statement
}

// Statement is one rule. Sid says what it is for and is required: letters and
// digits, unique in its document (IAM JSON policy elements: Sid).
type Statement struct {
	Sid    string
	Effect Effect
	// Principals only in a resource's policy and in a role's trust.
	Principals []Principal
	// NotPrincipals are read, and refused when a document is written: with Allow
	// they let in everybody else, with Deny AWS advises against them (IAM user
	// guide, "AWS JSON policy elements: NotPrincipal").
	NotPrincipals []Principal
	// Actions or NotActions, such as "s3:GetObject".
	Actions    []string
	NotActions []string
	// Resources or NotResources as ARNs; none in a role's trust.
	Resources    []string
	NotResources []string
	Conditions   []Condition
}

// PrincipalType is the kind of a principal.
type PrincipalType string

const (
	AWS       PrincipalType = "AWS"
	Service   PrincipalType = "Service"
	Federated PrincipalType = "Federated"
)

// Principal is who a statement speaks of.
type Principal struct {
	Type PrincipalType
	ID   string
}

// Anyone is every principal. It belongs in a Deny, or under a condition.
var Anyone = Principal{AWS, "*"}

// Operator compares a condition key's value with the values given.
type Operator string

const (
	StringEquals         Operator = "StringEquals"
	StringNotEquals      Operator = "StringNotEquals"
	StringLike           Operator = "StringLike"
	StringNotLike        Operator = "StringNotLike"
	ArnEquals            Operator = "ArnEquals"
	ArnNotEquals         Operator = "ArnNotEquals"
	ArnLike              Operator = "ArnLike"
	ArnNotLike           Operator = "ArnNotLike"
	Bool                 Operator = "Bool"
	Null                 Operator = "Null"
	NumericLessThan      Operator = "NumericLessThan"
	StringEqualsIfExists Operator = "StringEqualsIfExists"
	ForAllStringEquals   Operator = "ForAllValues:StringEquals"
	ForAllArnLike        Operator = "ForAllValues:ArnLike"
	ForAnyArnNotLike     Operator = "ForAnyValue:ArnNotLike"
	ForAnyStringEquals   Operator = "ForAnyValue:StringEquals"

	ForAnyStringEqualsIgnoreCase Operator = "ForAnyValue:StringEqualsIgnoreCase"

	ForAnyStringLike      Operator = "ForAnyValue:StringLike"
	ForAnyStringNotEquals Operator = "ForAnyValue:StringNotEquals"
	ForAllStringNotEquals Operator = "ForAllValues:StringNotEquals"
)

// Condition must hold for its statement to apply: Key's value compares by
// Operator with any of Values.
type Condition struct {
	Operator Operator
	Key      string
	Values   []string
}

// If is a Condition in one line.
func If(op Operator, key string, values ...string) Condition {
	return Condition{op, key, values}
}

// JSON renders the document with sorted actions, resources and values, so that
// two documents that mean the same read the same. It reports every statement
// that AWS would refuse.
func (d Document) JSON() (string, error) {
	if err := d.validate(); err != nil {
		return "", err
	}
	out := document{Version: Version}
	for _, s := range d.Statements {
		out.Statement = append(out.Statement, render(s))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // policies hold <, > and & in Terraform's references
	if err := enc.Encode(out); err != nil {
		return "", fmt.Errorf("encode policy: %w", err)
	}
	return string(bytes.TrimSpace(b.Bytes())), nil
}

type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid         string
	Effect      Effect
	Principal   map[PrincipalType]values       `json:",omitempty"`
	Action      values                         `json:",omitempty"`
	NotAction   values                         `json:",omitempty"`
	Resource    values                         `json:",omitempty"`
	NotResource values                         `json:",omitempty"`
	Condition   map[Operator]map[string]values `json:",omitempty"`
}

type values []string

// MarshalJSON writes a single value without brackets, as AWS's own documents
// do.
func (v values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return marshal(v[0])
	}
	return marshal([]string(v))
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func render(s Statement) statement {
	out := statement{
		Sid:         s.Sid,
		Effect:      s.Effect,
		Principal:   principals(s.Principals),
		Action:      sorted(s.Actions),
		NotAction:   sorted(s.NotActions),
		Resource:    sorted(s.Resources),
		NotResource: sorted(s.NotResources),
	}
	for _, c := range s.Conditions {
		if out.Condition == nil {
			out.Condition = map[Operator]map[string]values{}
		}
		if out.Condition[c.Operator] == nil {
			out.Condition[c.Operator] = map[string]values{}
		}
		out.Condition[c.Operator][c.Key] = sorted(c.Values)
	}
	return out
}

func principals(ps []Principal) map[PrincipalType]values {
	byType := map[PrincipalType]values{}
	for _, p := range ps {
		byType[p.Type] = append(byType[p.Type], p.ID)
	}
	for t := range byType {
		slices.Sort(byType[t])
	}
	return byType
}

// sorted puts Terraform's expressions last, in the order in which they came:
// cdktf numbers its tokens as they are made, so that by their text the order
// would change with any resource made before.
func sorted(in []string) []string {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b string) int {
		switch x, y := strings.Contains(a, "${"), strings.Contains(b, "${"); {
		case x && y:
			return 0
		case x:
			return 1
		case y:
			return -1
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(out)
}
