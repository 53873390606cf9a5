package localaws

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/paperwurks/infra/internal/awsapi"
)

// answer is what goes back to the caller.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

func (a *answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body) // a caller that has gone away is not an error here
}

// response is the answer as moto would have sent it.
func (a *answer) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode:    a.status,
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header,
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}
}

// jsonAnswer sends v in the JSON protocols.
func jsonAnswer(v any) (*answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding the answer: %w", err)
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, body}, nil
}

// errorAnswer sends an error in the protocol that the request spoke.
func errorAnswer(r *http.Request, err error) *answer {
	e := asAPIError(err)
	fault := awsapi.Fault{Status: e.status, Code: e.code, Message: e.message}
	header, body := fault.Answer(r)
	if r, ok := errors.AsType[*refused](err); ok {
		header.Set(ruleHeader, r.rule)
	}
	return &answer{e.status, header, body}
}
