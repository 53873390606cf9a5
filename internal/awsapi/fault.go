package awsapi

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Fault is an error as AWS's API answers it.
type Fault struct {
	Status  int
	Code    string // AWS's name of it, for example "ThrottlingException"
	Message string
}

func (f *Fault) Error() string { return cmp.Or(f.Code, strconv.Itoa(f.Status)) + ": " + f.Message }

// Answer is the fault's header and body in the protocol that the request spoke.
func (f *Fault) Answer(r *http.Request) (http.Header, []byte) {
	service, _ := Scope(r)
	switch {
	case service == "s3":
		return f.xml("<Error>", "</Error>")
	case service == "ec2":
		return f.xml("<Response><Errors><Error>", "</Error></Errors><RequestID>localaws</RequestID></Response>")
	case service == "cloudfront" || service == "route53" || isForm(r):
		return f.xml("<ErrorResponse><Error><Type>Sender</Type>", "</Error><RequestId>localaws</RequestId></ErrorResponse>")
	case IsRegistry(r):
		return f.registry()
	default:
		return f.json()
	}
}

// json is the error of the JSON protocols: awsJson reads the type in the body,
// restJson in the header.
func (f *Fault) json() (http.Header, []byte) {
	body, _ := json.Marshal(map[string]string{"__type": f.Code, "message": f.Message}) // two strings always encode
	return http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Errortype": {f.Code}}, body
}

// registry is the error of the OCI distribution specification.
func (f *Fault) registry() (http.Header, []byte) {
	body, _ := json.Marshal(map[string]any{"errors": []map[string]string{{"code": f.Code, "message": f.Message}}})
	return http.Header{"Content-Type": {"application/json"}}, body
}

func (f *Fault) xml(before, after string) (http.Header, []byte) {
	body := fmt.Sprintf("%s%s<Code>%s</Code><Message>%s</Message>%s", xml.Header, before, escaped(f.Code), escaped(f.Message), after)
	return http.Header{"Content-Type": {"text/xml"}}, []byte(body)
}

func escaped(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// Throttled is how the service that was asked says that it has too much to do.
func Throttled(r *http.Request) *Fault {
	service, _ := Scope(r)
	switch {
	case service == "s3":
		return &Fault{http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."}
	case service == "ec2":
		return &Fault{http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded."}
	case IsRegistry(r):
		return &Fault{http.StatusTooManyRequests, "TOOMANYREQUESTS", "Rate exceeded"}
	case service == "cloudfront" || service == "route53" || isForm(r):
		return &Fault{http.StatusBadRequest, "Throttling", "Rate exceeded"}
	default:
		return &Fault{http.StatusBadRequest, "ThrottlingException", "Rate exceeded"}
	}
}

// Internal is how the service that was asked says that it failed by itself.
func Internal(r *http.Request) *Fault {
	service, _ := Scope(r)
	code := "InternalFailure"
	switch {
	case service == "s3" || service == "ec2":
		code = "InternalError"
	case IsRegistry(r):
		code = "UNKNOWN"
	}
	return &Fault{http.StatusInternalServerError, code, "We encountered an internal error. Please try again."}
}

// ErrorCode is AWS's name of an error that it answered; "" where the answer
// has none.
func ErrorCode(header http.Header, body []byte) string {
	code := header.Get("X-Amzn-Errortype")
	if code == "" {
		var inJSON struct {
			Type string `json:"__type"`
			Code string `json:"code"`
		}
		if json.Unmarshal(body, &inJSON) == nil {
			code = cmp.Or(inJSON.Type, inJSON.Code)
		} else if _, rest, found := strings.Cut(string(body), "<Code>"); found {
			code, _, _ = strings.Cut(rest, "</Code>")
		}
	}
	// JSON services write a namespace before it, and some an address after.
	code, _, _ = strings.Cut(code, ":")
	return code[strings.LastIndexByte(code, '#')+1:]
}
