package iamsim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Request is what somebody wants to do, and the policies that decide it.
type Request struct {
	Principal string
	Action    string
	// Resource is an ARN, or "*" for an action that takes none.
	Resource string
	// Account owns the resource.
	Account string
	// Context are condition keys, each with a string or a list of strings. It
	// is an error when AWS does not send one with the action.
	Context map[string]any
	// Ambient are keys that are sent wherever AWS sends them.
	Ambient  map[string]any
	Identity []*Policy
	// Boundary is nil for a principal without one.
	Boundary *Policy
	// ResourcePolicy is nil for a resource without one.
	ResourcePolicy *Policy
}

// Decision is the outcome of a request.
type Decision string

const (
	Allowed          Decision = "Allowed"
	ExplicitlyDenied Decision = "ExplicitlyDenied"
	ImplicitlyDenied Decision = "ImplicitlyDenied"
)

// Answer is the simulator's.
type Answer struct {
	Decision Decision `json:"decision"`
	// By are the Sids of the statements that decided; none for an implicit
	// denial.
	By []string `json:"by"`
	// Error says why there is no decision: an unknown action, a resource that
	// the action does not take, a policy that is not one.
	Error string `json:"error"`
}

// Simulator answers requests and remembers its answers. The zero value is
// ready; it may be asked by several goroutines, one at a time. Its processes end
// with the program.
type Simulator struct {
	mu        sync.Mutex
	answers   map[string]Answer
	processes []*simulator
}

// Ask answers the requests in their order. What it has not answered before goes
// to as many processes as there are processors, or to one when it is little;
// they stay, with the policies that they have read.
func (s *Simulator) Ask(requests []Request) ([]Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[string]Answer{}
	}
	keys := make([]string, len(requests))
	var unknown []reducedRequest
	var asked []string
	for i, r := range requests {
		d := decisive(r)
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		keys[i] = key
		if _, known := s.answers[key]; !known {
			s.answers[key] = Answer{}
			unknown, asked = append(unknown, d), append(asked, key)
		}
	}
	answers, err := s.simulate(unknown)
	for i, key := range asked {
		if err != nil {
			delete(s.answers, key)
			continue
		}
		s.answers[key] = answers[i]
	}
	if err != nil {
		return nil, err
	}
	out := make([]Answer, len(requests))
	for i, key := range keys {
		out[i] = s.answers[key]
	}
	return out, nil
}

// worthAProcess is how many requests take longer than to start a process.
const worthAProcess = 1000

func (s *Simulator) simulate(requests []reducedRequest) ([]Answer, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	processes := min(runtime.GOMAXPROCS(0), len(requests)/worthAProcess+1)
	for len(s.processes) < processes {
		p, err := start("simulate.mjs")
		if err != nil {
			return nil, err
		}
		s.processes = append(s.processes, p)
	}
	answers := make([]Answer, len(requests))
	errs := make([]error, processes)
	var wg sync.WaitGroup
	size := (len(requests) + processes - 1) / processes
	for i := range processes {
		from, to := min(i*size, len(requests)), min((i+1)*size, len(requests))
		wg.Go(func() { errs[i] = s.processes[i].simulateInto(answers[from:to], requests[from:to]) })
	}
	wg.Wait()
	err := errors.Join(errs...)
	if err != nil {
		s.processes = nil // one that failed has ended
	}
	return answers, err
}

func (p *simulator) simulateInto(answers []Answer, requests []reducedRequest) error {
	b := batch{Documents: map[string]string{}, names: map[string]string{}}
	for _, r := range requests {
		b.Requests = append(b.Requests, b.request(r))
	}
	var out []Answer
	if err := p.ask(b, &out); err != nil {
		return err
	}
	if len(out) != len(answers) {
		return fmt.Errorf("simulate.mjs: %d answers to %d requests", len(out), len(answers))
	}
	copy(answers, out)
	return nil
}

// reducedRequest is a request with what decides it of its policies.
type reducedRequest struct {
	Request
	identity                 []string
	boundary, resourcePolicy string
}

// Documents that decide nothing: a boundary or a resource's policy that says
// nothing of an action is not the same as none.
const (
	silent         = `{"Version":"2012-10-17","Statement":[{"Sid":"Silent","Effect":"Deny","Action":"none:None","Resource":"*"}]}`
	silentResource = `{"Version":"2012-10-17","Statement":[{"Sid":"Silent","Effect":"Deny","Principal":"*","Action":"none:None","Resource":"*"}]}`
)

func decisive(r Request) reducedRequest {
	out := reducedRequest{Request: r}
	for _, p := range r.Identity {
		if text := p.reduced(r.Action); text != "" {
			out.identity = append(out.identity, text)
		}
	}
	slices.Sort(out.identity)
	if r.Boundary != nil {
		out.boundary = cmp.Or(r.Boundary.reduced(r.Action), silent)
	}
	if r.ResourcePolicy != nil {
		out.resourcePolicy = cmp.Or(r.ResourcePolicy.reduced(r.Action), silentResource)
	}
	return out
}

// key is the same for two requests that the simulator must answer alike.
func (r reducedRequest) key() (string, error) {
	context, err := json.Marshal([]any{r.Context, r.Ambient})
	if err != nil {
		return "", fmt.Errorf("simulate: context of %s: %w", r.Action, err)
	}
	parts := append([]string{r.Principal, r.Action, r.Resource, r.Account, string(context), r.boundary, r.resourcePolicy}, r.identity...)
	return strings.Join(parts, "\n"), nil
}

// batch is the input of simulate.mjs.
type batch struct {
	Documents map[string]string `json:"documents"`
	Requests  []request         `json:"requests"`
	// names of the documents by their text.
	names map[string]string
}

type request struct {
	Principal      string         `json:"principal"`
	Action         string         `json:"action"`
	Resource       string         `json:"resource"`
	Account        string         `json:"account"`
	Context        map[string]any `json:"context"`
	Ambient        map[string]any `json:"ambient"`
	Identity       []string       `json:"identity"`
	Boundary       []string       `json:"boundary,omitempty"`
	ResourcePolicy string         `json:"resourcePolicy,omitempty"`
}

func (b *batch) request(r reducedRequest) request {
	out := request{
		Principal: r.Principal, Action: r.Action, Resource: r.Resource, Account: r.Account,
		Context: r.Context, Ambient: r.Ambient, Identity: []string{},
	}
	for _, text := range r.identity {
		out.Identity = append(out.Identity, b.document(text))
	}
	if r.boundary != "" {
		out.Boundary = []string{b.document(r.boundary)}
	}
	if r.resourcePolicy != "" {
		out.ResourcePolicy = b.document(r.resourcePolicy)
	}
	return out
}

// document is a document's name in the batch.
func (b *batch) document(text string) string {
	name, known := b.names[text]
	if !known {
		name = strconv.Itoa(len(b.names))
		b.names[text] = name
		b.Documents[name] = text
	}
	return name
}
