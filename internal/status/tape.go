package status

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paperwurks/infra/internal/awsapi"
)

// Tape holds AWS's answers of one reading, to read them again: the samples of
// docs/status.md are tests too.
type Tape struct {
	// At is when it was recorded.
	At      time.Time
	Answers map[string]taped
	mutex   sync.Mutex
}

// taped is an answer of AWS's; the body is text, as all that is read here.
type taped struct {
	Status int
	Type   string
	Body   string
}

// Record answers with what the AWS at the URL answers, and keeps it.
func (t *Tape) Record(upstream string, now time.Time) (http.Handler, error) {
	to, err := url.Parse(upstream)
	if err != nil {
		return nil, err
	}
	t.At, t.Answers = now.UTC().Truncate(time.Second), map[string]taped{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(response *http.Response) error {
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.Answers[response.Request.Header.Get(keyHeader)] = taped{response.StatusCode, response.Header.Get("Content-Type"), string(body)}
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := keyOf(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Header.Set(keyHeader, key)
		proxy.ServeHTTP(w, r)
	}), nil
}

// keyHeader carries a request's key to where its answer is kept.
const keyHeader = "X-Tape-Key"

// Replay answers as was recorded, and to anything else with a fault.
func (t *Tape) Replay() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := keyOf(r)
		answer, found := t.Answers[key]
		if err != nil || !found {
			fault := awsapi.Fault{Status: http.StatusNotImplemented, Code: "NotRecorded", Message: key}
			header, body := fault.Answer(r)
			maps.Copy(w.Header(), header)
			w.WriteHeader(fault.Status)
			w.Write(body)
			return
		}
		w.Header().Set("Content-Type", answer.Type)
		w.WriteHeader(answer.Status)
		io.WriteString(w, answer.Body)
	})
}

// keyOf names what a request asks, whenever it asks it.
func keyOf(r *http.Request) (string, error) {
	call, err := awsapi.Read(r)
	if err != nil {
		return "", err
	}
	var parameters []string
	for _, name := range slices.Sorted(maps.Keys(call.Parameters)) {
		if name != "StartTime" && name != "EndTime" {
			parameters = append(parameters, name+"="+call.Parameters[name])
		}
	}
	return strings.Join([]string{call.Service, call.Region, call.Operation, strings.Join(parameters, "&")}, " "), nil
}

// ReadTape reads a tape from a file; Write writes it.
func ReadTape(file string) (*Tape, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var t Tape
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &t, nil
}

func (t *Tape) Write(file string) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	data, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
