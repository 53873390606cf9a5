package localaws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
)

// maxBody is the largest request body that is read to find out or to answer an operation. AWS itself
// refuses larger ones in every protocol but S3's, whose bodies are streamed and never read here.
const maxBody = 8 << 20

// call is one AWS request, taken apart far enough to know who should answer it.
type call struct {
	request   *http.Request
	service   string            // signing name, for example "cloudfront"; empty when the request is unsigned
	region    string            // region that the request was signed for
	operation string            // "CreateBudget", or "GET" for the protocols that speak through method and path
	path      []string          // the path's segments, still escaped
	names     map[string]string // the path's {names}, unescaped, once a gap's pattern has matched
	body      []byte
}

// operationKey is where a request's context holds its operation.
type operationKey struct{}

// newCall names the operation of a request. Its body is read only where the operation's name is in it.
// The call is there even when an error is.
func newCall(r *http.Request) (*call, error) {
	c := &call{request: r, operation: r.Method}
	c.service, c.region = awsapi.Scope(r)
	c.path = strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	switch {
	case awsapi.Target(r) != "": // awsJson 1.0 and 1.1
		c.operation = awsapi.Target(r)
	case awsapi.IsQuery(r): // awsQuery, ec2Query
		if err := c.read(); err != nil {
			return c, err
		}
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return c, &apiError{http.StatusBadRequest, "MalformedQueryString", err.Error()}
		}
		c.operation = form.Get("Action")
	}
	c.request = r.WithContext(context.WithValue(r.Context(), operationKey{}, c.operation))
	return c, nil
}

// read reads the request's body and puts it back for whoever reads it next.
func (c *call) read() error {
	if c.body != nil || c.request.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	if len(body) > maxBody {
		return &apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", fmt.Sprintf("a request may hold %d bytes at most", maxBody)}
	}
	c.body = body
	c.request.Body = io.NopCloser(bytes.NewReader(body))
	c.request.ContentLength = int64(len(body))
	return nil
}

// inRegion is the call as if it had been signed for another region.
func (c *call) inRegion(region string) *call {
	other := *c
	other.request = c.request.Clone(c.request.Context())
	scope := other.request.Header.Get("Authorization")
	other.request.Header.Set("Authorization", strings.Replace(scope, "/"+c.region+"/"+c.service+"/aws4_request", "/"+region+"/"+c.service+"/aws4_request", 1))
	other.region = region
	return &other
}

// decode reads the call's JSON into v.
func (c *call) decode(v any) error {
	if err := json.Unmarshal(c.body, v); err != nil {
		return &apiError{http.StatusBadRequest, "SerializationException", err.Error()}
	}
	return nil
}

// matches says whether the call is the one that a gap's operation names: either the plain name of an
// operation, or "METHOD /path/with/{names}", whose names are then set.
func (c *call) matches(operation string) bool {
	method, pattern, rest := strings.Cut(operation, " ")
	if method != c.operation {
		return false
	}
	if !rest {
		return true
	}
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	if len(want) != len(c.path) {
		return false
	}
	names := map[string]string{}
	for i, segment := range want {
		if !strings.HasPrefix(segment, "{") {
			if segment != c.path[i] {
				return false
			}
			continue
		}
		value, err := url.PathUnescape(c.path[i])
		if err != nil || value == "" {
			return false
		}
		names[strings.Trim(segment, "{}")] = value
	}
	c.names = names
	return true
}

// apiError is an error that the caller sees as AWS would send it.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// refused is an apiError by one of AWS's rules.
type refused struct {
	*apiError
	rule string
}

func (r *refused) Unwrap() error { return r.apiError }

// asAPIError makes any error one that can be sent.
func asAPIError(err error) *apiError {
	if api, ok := errors.AsType[*apiError](err); ok {
		return api
	}
	return &apiError{http.StatusInternalServerError, "InternalFailure", err.Error()}
}
