package localaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/markdown"
)

// Front is the HTTP server in front of moto: a request for an operation that moto lacks or answers
// incompletely goes to the gap of that name, every other request to moto as it came.
type Front struct {
	moto    *url.URL
	account string
	log     *slog.Logger
	client  *http.Client
	proxy   *httputil.ReverseProxy
	gaps    map[string][]gap // by service
	memory  *memory
	ecs     sync.Mutex // one call at a time about ECS services and tasks
}

// NewFront makes the front of the moto server at the given address. The account is the one that moto
// itself uses, in twelve digits.
func NewFront(moto *url.URL, account string, log *slog.Logger) *Front {
	transport := plainSpoken{&http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	f := &Front{
		moto:    moto,
		account: account,
		log:     log,
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		gaps:   map[string][]gap{},
		memory: newMemory(),
	}
	f.proxy = &httputil.ReverseProxy{
		Transport: transport,
		// The host stays as the caller wrote it: S3 and ECR put it into what they answer.
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = moto.Scheme, moto.Host },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			errorAnswer(r, &apiError{http.StatusBadGateway, "MotoUnavailable", err.Error()}).write(w)
		},
	}
	for _, g := range gaps {
		f.gaps[g.service] = append(f.gaps[g.service], g)
	}
	return f
}

// ServeHTTP answers one request.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	c, by := f.serve(recorder, r)
	level := slog.LevelInfo
	if recorder.status >= 500 {
		level = slog.LevelError
	}
	f.log.Log(r.Context(), level, "call", "service", c.service, "region", c.region, "operation", c.operation, "path", r.URL.Path,
		"by", by, "status", recorder.status, "ms", time.Since(started).Milliseconds())
}

// serve answers a request and says who did, front or moto.
func (f *Front) serve(w http.ResponseWriter, r *http.Request) (c *call, by string) {
	if r.Method == http.MethodPost && r.URL.Path == "/moto-api/reset" {
		f.memory.clear() // what moto forgets must be forgotten here too
	}
	c, err := newCall(r)
	if err != nil {
		errorAnswer(r, err).write(w)
		return c, "front"
	}
	for _, g := range f.gaps[c.service] {
		if !c.matches(g.operation) {
			continue
		}
		var a *answer
		err := c.read()
		if err == nil {
			err = f.check(c)
		}
		if err == nil {
			a, err = g.answer(f, c)
		}
		if err != nil {
			a = errorAnswer(r, err)
		}
		a.write(w)
		c.operation = g.name()
		return c, "front"
	}
	// Without it the server closes the request's body at the answer's first byte. Where moto is
	// that fast, the transport, which has yet to see the body's end, gives the answer up.
	if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
		errorAnswer(r, err).write(w)
		return c, "front"
	}
	f.proxy.ServeHTTP(w, c.request)
	return c, "moto"
}

// check asks moto's process whether AWS would take a call that is answered here, by the models and rules of
// inmoto.
func (f *Front) check(c *call) error {
	other := *c
	other.request = c.request.Clone(c.request.Context())
	other.request.Header.Set("X-Localaws-Check", "only")
	a, err := f.ask(&other)
	if err != nil {
		return err
	}
	if rule := a.header.Get(refusedHeader); rule != "" {
		return refusal(rule, a.body)
	}
	return nil
}

// refusedHeader names the rule by which inmoto refused a call; ruleHeader, for those who test, a rule by which a call
// was refused, or by which something was done besides.
const (
	refusedHeader = "X-Localaws-Refused"
	ruleHeader    = "X-Localaws-Rule"
)

// refusal reads an error of AWS's as inmoto writes it.
func refusal(rule string, body []byte) error {
	var written struct {
		Status        int
		Code, Message string
	}
	if err := json.Unmarshal(body, &written); err != nil {
		return fmt.Errorf("reading a refusal: %w", err)
	}
	return &refused{&apiError{written.Status, written.Code, written.Message}, rule}
}

// ask sends a call to moto and returns its answer whole, for a gap to complete.
func (f *Front) ask(c *call) (*answer, error) {
	out := c.request.Clone(c.request.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = f.moto.Scheme, f.moto.Host
	out.Host = c.request.Host
	out.Header.Del("Accept-Encoding")
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(c.body)), int64(len(c.body))
	response, err := f.client.Do(out)
	if err != nil {
		return nil, &apiError{http.StatusBadGateway, "MotoUnavailable", err.Error()}
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("reading moto's answer: %w", err)
	}
	header := response.Header.Clone()
	for _, hop := range []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"} {
		header.Del(hop)
	}
	return &answer{response.StatusCode, header, answered}, nil
}

// plainSpoken writes a refusal of inmoto's in the service's own protocol, and turns moto's web page about an operation that it does not have, or that made it crash, into
// status 501 in the service's own protocol. The SDKs repeat a call that was answered with 500 for minutes;
// this one they give up at once, and say why.
type plainSpoken struct{ http.RoundTripper }

func (p plainSpoken) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := p.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	service, _ := awsapi.Scope(r)
	if rule := response.Header.Get(refusedHeader); rule != "" && r.Header.Get("X-Localaws-Check") == "" {
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		return errorAnswer(r, refusal(rule, body)).response(r), nil
	}
	if service == "" || response.StatusCode != http.StatusInternalServerError && response.StatusCode != http.StatusNotFound {
		return response, nil
	}
	// moto sends many an answer as text/html; only the body tells its page from an answer.
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(body)), []byte("<!doctype html")) {
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, nil
	}
	operation, ok := r.Context().Value(operationKey{}).(string)
	if !ok || operation == r.Method {
		operation = r.Method + " " + r.URL.Path
	}
	a := errorAnswer(r, &apiError{http.StatusNotImplemented, "NotImplemented",
		fmt.Sprintf("the local AWS does not have %s %s, or failed in it; moto's log says which", service, operation)})
	return a.response(r), nil
}

// askJSON asks moto for an operation of any service that speaks awsJson, as whoever made the call. An
// error of AWS's comes back as an apiError.
func (f *Front) askJSON(c *call, service, target string, input, output any) error {
	body, err := json.Marshal(input)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", target, err)
	}
	other := *c
	other.request = c.request.Clone(c.request.Context())
	other.request.Method = http.MethodPost
	other.request.URL.Path, other.request.URL.RawPath, other.request.URL.RawQuery = "/", "", ""
	other.request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	other.request.Header.Set("X-Amz-Target", target)
	other.request.Header.Set("Authorization", strings.Replace(c.request.Header.Get("Authorization"), "/"+c.service+"/aws4_request", "/"+service+"/aws4_request", 1))
	other.body = body
	a, err := f.ask(&other)
	if err != nil {
		return err
	}
	if !a.ok() {
		var failure struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(a.body, &failure); err != nil || failure.Type == "" {
			return fmt.Errorf("moto answered %s with status %d", target, a.status)
		}
		return &apiError{a.status, failure.Type[strings.LastIndexByte(failure.Type, '#')+1:], failure.Message}
	}
	if output == nil {
		return nil
	}
	return json.Unmarshal(a.body, output)
}

// arn is the ARN of something that the front keeps for this account.
func (f *Front) arn(service, region, resource string) string {
	return strings.Join([]string{"arn:aws", service, region, f.account, resource}, ":")
}

// gap is one AWS API operation that the front answers in moto's place, or completes.
type gap struct {
	service   string // signing name
	operation string // name of the operation, or "METHOD /path/{name}"
	api       string // AWS's name of the operation, where the operation is a path
	why       string // what moto lacks
	answer    func(*Front, *call) (*answer, error)
}

// name is the API operation as AWS's documentation names it.
func (g gap) name() string {
	if g.api != "" {
		return g.api
	}
	return g.operation
}

// gaps is every gap that is answered, filled by the files gap_*.go.
var gaps []gap

func register(service string, entries ...gap) {
	for _, g := range entries {
		g.service = service
		gaps = append(gaps, g)
	}
}

// patches finds what the Python completes in moto: service, operations, reason.
var patches = regexp.MustCompile(`(?m)^@(?:patch|answer)\("([^"]+)", "([^"]+)", "([^"]+)"`)

// Gaps lists what is answered in front of moto or completed in it, one row per operation: service, operation,
// reason.
func Gaps() ([][3]string, error) {
	var rows [][3]string
	for _, g := range gaps {
		rows = append(rows, [3]string{g.service, g.name(), g.why})
	}
	for _, file := range []string{"patches.py", "cloudfront.py", "account.py"} {
		source, err := inMoto.ReadFile("inmoto/" + file)
		if err != nil {
			return nil, err
		}
		for _, found := range patches.FindAllStringSubmatch(string(source), -1) {
			rows = append(rows, [3]string(found[1:]))
		}
	}
	slices.SortFunc(rows, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	return rows, nil
}

// statusRecorder remembers the status for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the reverse proxy flush what it streams.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteGaps writes Gaps as a Markdown table, the one that README.md holds.
func WriteGaps(w io.Writer) error {
	rows, err := Gaps()
	if err != nil {
		return err
	}
	var page markdown.Page
	page.Table("service", "operation", "why not moto alone")
	for _, row := range rows {
		page.Row(row[:]...)
	}
	_, err = io.WriteString(w, page.String())
	return err
}
