package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Parse reads a policy document of any kind as IAM does: a statement may be
// without a list around it, and so may a value; Principal "*" is {"AWS": "*"}
// (IAM user guide, "Grammar of the IAM JSON policy language"). Conditions are in
// the order of their operators and keys. It returns an error for what is no
// policy document, such as an element that IAM does not know; what this platform
// asks of its own documents beyond that, JSON checks.
func Parse(text []byte) (Document, error) {
	var d struct {
		Version   string
		ID        string `json:"Id"`
		Statement oneOrMore[parsed]
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("policy: %w", err)
	}
	var out Document
	var errs []error
	for i, p := range d.Statement {
		if p.Effect != Allow && p.Effect != Deny {
			errs = append(errs, fmt.Errorf("policy: statement %d (%q): effect %q: %q or %q is allowed", i, p.Sid, p.Effect, Allow, Deny))
		}
		out.Statements = append(out.Statements, p.statement())
	}
	return out, errors.Join(errs...)
}

// parsed is a statement as it is written.
type parsed struct {
	Sid          string
	Effect       Effect
	Principal    whom
	NotPrincipal whom
	Action       oneOrMore[string]
	NotAction    oneOrMore[string]
	Resource     oneOrMore[string]
	NotResource  oneOrMore[string]
	Condition    map[Operator]map[string]oneOrMore[scalar]
}

func (p parsed) statement() Statement {
	s := Statement{
		Sid: p.Sid, Effect: p.Effect, Principals: p.Principal, NotPrincipals: p.NotPrincipal,
		Actions: p.Action, NotActions: p.NotAction, Resources: p.Resource, NotResources: p.NotResource,
	}
	for _, operator := range slices.Sorted(maps.Keys(p.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(p.Condition[operator])) {
			c := Condition{Operator: operator, Key: key}
			for _, value := range p.Condition[operator][key] {
				c.Values = append(c.Values, string(value))
			}
			s.Conditions = append(s.Conditions, c)
		}
	}
	return s
}

// oneOrMore is a value or a list of values.
type oneOrMore[T any] []T

func (v *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("[")) {
		return strictly(text, (*[]T)(v))
	}
	var one T
	if err := strictly(text, &one); err != nil {
		return err
	}
	*v = []T{one}
	return nil
}

// strictly decodes as Parse does: a decoder's setting does not reach into an
// UnmarshalJSON of its own.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// scalar is a condition's value, which may be written as a text, a number or
// true or false.
type scalar string

func (s *scalar) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return json.Unmarshal(text, (*string)(s))
	}
	if bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("[")) || string(text) == "null" {
		return fmt.Errorf("condition value %s: a text, a number, true or false is allowed", text)
	}
	*s = scalar(text)
	return nil
}

// whom are principals.
type whom []Principal

func (w *whom) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		*w = whom{Anyone}
		return nil
	}
	var kinds map[PrincipalType]oneOrMore[string]
	if err := json.Unmarshal(text, &kinds); err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, id := range kinds[kind] {
			*w = append(*w, Principal{kind, id})
		}
	}
	return nil
}

// IDs are the principals of a type.
func (s Statement) IDs(of PrincipalType) []string {
	var out []string
	for _, p := range s.Principals {
		if p.Type == of {
			out = append(out, p.ID)
		}
	}
	return out
}

// SpeaksOf says whether a statement applies to an action, such as
// "s3:GetObject", on some resource under some condition.
func (s Statement) SpeaksOf(action string) bool {
	if len(s.NotActions) > 0 {
		return !MatchAction(s.NotActions, action)
	}
	return MatchAction(s.Actions, action)
}
