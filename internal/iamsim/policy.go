package iamsim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Policy is a policy document, as it would be given to AWS.
type Policy struct {
	text       string
	version    string
	statements []statement
	// about are the reduced documents, by action.
	about map[string]string
}

// statement keeps its text, with keys sorted, so that two statements that say
// the same in another order are one, and what it takes to know which actions it
// speaks of.
type statement struct {
	sid      string
	text     json.RawMessage
	patterns []*regexp.Regexp
	// all is set where NotAction stands.
	all bool
}

// ParsePolicy reads a document.
func ParsePolicy(document []byte) (*Policy, error) {
	var d struct {
		Version   string
		Statement []json.RawMessage
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	if len(d.Statement) == 0 {
		return nil, fmt.Errorf("policy: no statement")
	}
	p := &Policy{text: string(document), version: d.Version, about: map[string]string{}}
	for _, text := range d.Statement {
		var s struct {
			Sid       string
			Action    any
			NotAction any
		}
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		text, err := sorted(text)
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		out := statement{sid: s.Sid, text: text, all: s.NotAction != nil}
		for _, pattern := range texts(s.Action) {
			expression, err := regexp.Compile("(?i)^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
			if err != nil {
				return nil, fmt.Errorf("policy: action %q: %w", pattern, err)
			}
			out.patterns = append(out.patterns, expression)
		}
		p.statements = append(p.statements, out)
	}
	return p, nil
}

// sorted is a JSON text with the keys of its objects sorted.
func sorted(text json.RawMessage) (json.RawMessage, error) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// Sids are the statements' own names, in their order.
func (p *Policy) Sids() []string {
	out := make([]string, len(p.statements))
	for i, s := range p.statements {
		out[i] = s.sid
	}
	return out
}

// JSON is the document.
func (p *Policy) JSON() string { return p.text }

// reduced is the document with those of its statements that speak of the
// action: the others decide nothing, and two documents that differ in them are
// one to the simulator.
func (p *Policy) reduced(action string) string {
	if text, known := p.about[action]; known {
		return text
	}
	var some []json.RawMessage
	for _, s := range p.statements {
		if s.speaksOf(action) {
			some = append(some, s.text)
		}
	}
	text := ""
	if len(some) > 0 {
		encoded, err := json.Marshal(map[string]any{"Version": p.version, "Statement": some})
		if err != nil {
			panic(err) // it came from JSON
		}
		text = string(encoded)
	}
	p.about[action] = text
	return text
}

// SaysAlike says whether two documents say the same of an action.
func (p *Policy) SaysAlike(other *Policy, action string) bool {
	return p.reduced(action) == other.reduced(action)
}

func (s statement) speaksOf(action string) bool {
	if s.all {
		return true
	}
	for _, pattern := range s.patterns {
		if pattern.MatchString(action) {
			return true
		}
	}
	return false
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if text, ok := e.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}
