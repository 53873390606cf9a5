package localaws

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
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
	service, _ := scopeOf(r)
	e := asAPIError(err)
	switch {
	case service == "s3":
		return s3Error(e)
	case service == "ec2":
		return ec2Error(e)
	case service == "cloudfront" || service == "route53" || strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		return xmlError(e)
	default:
		return jsonError(e)
	}
}

// jsonError is the error of the JSON protocols: awsJson reads the type in the body, restJson in the header.
func jsonError(e *apiError) *answer {
	body, _ := json.Marshal(map[string]string{"__type": e.code, "message": e.message}) // two strings always encode
	return &answer{e.status, http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Errortype": {e.code}}, body}
}

// xmlError is the error of CloudFront's restXml and of awsQuery.
func xmlError(e *apiError) *answer {
	return xmlErrorIn(e, "<ErrorResponse><Error><Type>Sender</Type>", "</Error><RequestId>localaws</RequestId></ErrorResponse>")
}

// ec2Error is the error of ec2Query.
func ec2Error(e *apiError) *answer {
	return xmlErrorIn(e, "<Response><Errors><Error>", "</Error></Errors><RequestID>localaws</RequestID></Response>")
}

// s3Error is the error of S3's restXml.
func s3Error(e *apiError) *answer { return xmlErrorIn(e, "<Error>", "</Error>") }

func xmlErrorIn(e *apiError, before, after string) *answer {
	body := xml.Header + before + "<Code>" + escaped(e.code) + "</Code><Message>" + escaped(e.message) + "</Message>" + after
	return &answer{e.status, http.Header{"Content-Type": {"text/xml"}}, []byte(body)}
}
