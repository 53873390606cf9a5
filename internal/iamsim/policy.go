package iamsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/paperwurks/infra/access/policy"
)

// Policy is a policy document, as it would be given to AWS. It may be read by
// several goroutines at once.
type Policy struct {
	text       string
	version    string
	statements []policy.Statement
	// texts are the statements with the keys of their objects sorted, so that
	// two that say the same in another order are one.
	texts []json.RawMessage

	mu sync.Mutex
	// about are the reduced documents, by action.
	about map[string]string
}

// ParsePolicy reads a document. It returns an error for what is no policy, or
// holds no statement.
func ParsePolicy(document []byte) (*Policy, error) {
	d, err := policy.Parse(document)
	if err != nil {
		return nil, err
	}
	if len(d.Statements) == 0 {
		return nil, errors.New("policy: no statement")
	}
	var raw struct {
		Version   string
		Statement any
	}
	if err := json.Unmarshal(document, &raw); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	list, ok := raw.Statement.([]any)
	if !ok {
		list = []any{raw.Statement}
	}
	p := &Policy{text: string(document), version: raw.Version, statements: d.Statements, about: map[string]string{}}
	for _, statement := range list {
		text, err := json.Marshal(statement)
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		p.texts = append(p.texts, text)
	}
	return p, nil
}

// Statements of the document, in their order.
func (p *Policy) Statements() []policy.Statement { return p.statements }

// JSON is the document.
func (p *Policy) JSON() string { return p.text }

// reduced is the document with those of its statements that speak of the
// action: the others decide nothing, and two documents that differ in them are
// one to the simulator.
func (p *Policy) reduced(action string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text, ok := p.about[action]; ok {
		return text
	}
	var some []json.RawMessage
	for i, s := range p.statements {
		if s.SpeaksOf(action) {
			some = append(some, p.texts[i])
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
