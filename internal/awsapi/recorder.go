package awsapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Recorder is a proxy between whoever calls AWS's API and an emulator of it on
// this machine. It has an endpoint for each role, and records who asked for
// what. It can also answer with the errors that AWS sends now and then, and keep
// callers waiting.
type Recorder struct {
	upstream *url.URL
	proxy    *httputil.ReverseProxy

	mu       sync.Mutex
	servers  []*http.Server
	calls    map[string]*Recorded
	faults   faults
	problems []error
}

// endLimit is how long calls under way may take when the proxy ends.
const endLimit = 5 * time.Second

// NewRecorder makes a recorder of calls to upstream, which must be on this machine:
// "http://127.0.0.1:4566". A certificate of upstream's is not checked.
func NewRecorder(upstream string) (*Recorder, error) {
	target, err := url.Parse(upstream)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Path != "" && target.Path != "/" {
		return nil, fmt.Errorf("emulator %q: want http://host:port or https://host:port", upstream)
	}
	if !IsLoopback(target.Host) {
		return nil, fmt.Errorf("emulator %q: it is not on this machine; only an address such as 127.0.0.1 or localhost is allowed", upstream)
	}
	w := &Recorder{upstream: target, calls: map[string]*Recorded{}}
	w.proxy = &httputil.ReverseProxy{
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 64,
			DisableCompression:  true,
			// An emulator signs its own certificate, and is on this machine.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		},
		Rewrite:        w.rewrite,
		ModifyResponse: answered,
		ErrorHandler: func(answer http.ResponseWriter, r *http.Request, err error) {
			write(answer, r, &Fault{Status: http.StatusBadGateway, Code: "EmulatorUnavailable", Message: err.Error()})
		},
	}
	return w, nil
}

// Open opens an endpoint for a role, "infra-role", on a free port of loopback, and
// returns its address: "http://127.0.0.1:40123". Calls of the role "" are passed
// on and not recorded.
func (w *Recorder) Open(role string) (endpoint string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	handler := http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) { w.serve(role, answer, r) })
	server := &http.Server{Handler: LoopbackOnly(handler), ReadHeaderTimeout: 10 * time.Second}
	w.mu.Lock()
	w.servers = append(w.servers, server)
	w.mu.Unlock()
	go server.Serve(listener) // ends with Close
	return "http://" + listener.Addr().String(), nil
}

// Close closes all endpoints. It returns what went wrong in taking requests apart:
// calls that Calls does not hold.
func (w *Recorder) Close() error {
	quiet, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	var errs []error
	for _, server := range w.servers {
		err := server.Shutdown(quiet)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		errs = append(errs, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(append(errs, w.problems...)...)
}

// rewrite leaves the request's host and query as the caller wrote them: S3 and
// ECR put the host into what they answer.
func (w *Recorder) rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.Scheme, r.Out.URL.Host = w.upstream.Scheme, w.upstream.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery
}

// outcomeKey is where a request's context holds its *outcome.
type outcomeKey struct{}

// outcome is what became of a request.
type outcome struct {
	status int
	code   string
}

func (w *Recorder) serve(role string, answer http.ResponseWriter, r *http.Request) {
	call, err := Read(r)
	if err != nil {
		w.mu.Lock()
		w.problems = append(w.problems, err)
		w.mu.Unlock()
	}
	if !w.hold(r.Context(), call) {
		return
	}
	result := &outcome{}
	fault, delay := w.disturb(r, call)
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return
		}
	}
	if fault != nil {
		write(answer, r, fault)
		result.status, result.code = fault.Status, fault.Code
	} else {
		w.proxy.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), outcomeKey{}, result)))
	}
	if role != "" && err == nil && fault == nil {
		w.record(role, call, *result)
	}
}

func write(answer http.ResponseWriter, r *http.Request, fault *Fault) {
	header, body := fault.Answer(r)
	for name, values := range header {
		answer.Header()[name] = values
	}
	answer.WriteHeader(fault.Status)
	answer.Write(body) // a caller that has gone away is not an error here
}

// answered notes the status of an answer and, of an error, AWS's code. It takes
// the answer in whole before the caller gets any of it: one that the emulator
// breaks off is then an error that callers repeat, as they do with AWS.
func answered(response *http.Response) error {
	read, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("the emulator's answer: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(read))
	if len(read) > 0 {
		response.ContentLength = int64(len(read))
		response.Header.Set("Content-Length", strconv.Itoa(len(read)))
	}
	result, ok := response.Request.Context().Value(outcomeKey{}).(*outcome)
	if !ok {
		return nil
	}
	result.status = response.StatusCode
	if response.StatusCode < 400 {
		return nil
	}
	result.code = ErrorCode(response.Header, read)
	return nil
}
