package awsapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Recorded is one request to AWS and how often it was made with the same outcome.
type Recorded struct {
	Role string `json:"role"`
	Call
	// Status is the answer's; 0 when there was none.
	Status int `json:"status"`
	// Code is AWS's name of an error: "AccessDenied"; "" for none.
	Code  string `json:"code,omitempty"`
	Count int    `json:"count"`
}

// once are parameters that differ from call to call and say nothing.
var once = []string{
	"CallerReference", "ClientRequestToken", "ClientToken", "CreatorRequestId", "IdempotencyToken",
	"clientRequestToken", "clientToken", "creatorRequestId", "idempotencyToken",
}

// identity is the same for calls that differ in nothing that is kept.
func (c Recorded) identity() string {
	parameters, _ := json.Marshal(c.Parameters) // texts always encode, in the order of their names
	return fmt.Sprintf("%s\n%s\n%s\n%s\n%s\n%03d %s", c.Role, c.Service, c.Operation, c.Region, parameters, c.Status, c.Code)
}

func (w *Recorder) record(role string, call *Call, result outcome) {
	c := Recorded{Role: role, Call: *call, Status: result.status, Code: result.code}
	c.Parameters = maps.Clone(call.Parameters)
	for _, name := range once {
		delete(c.Parameters, name)
	}
	key := c.identity()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls[key] == nil {
		w.calls[key] = &c
	}
	w.calls[key].Count++
}

// Calls are the calls of all roles so far, each different one once, in the
// order of role, service, operation and parameters. Calls that were answered
// with an error are among them; errors that Faults asked for are not.
func (w *Recorder) Calls() []Recorded {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]Recorded, 0, len(w.calls))
	for _, c := range w.calls {
		copied := *c
		copied.Parameters = maps.Clone(c.Parameters)
		out = append(out, copied)
	}
	slices.SortFunc(out, func(a, b Recorded) int { return cmp.Compare(a.identity(), b.identity()) })
	return out
}
