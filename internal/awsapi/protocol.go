package awsapi

import (
	"net/http"
	"strings"
)

// Target is the operation that a request of the JSON protocols names in its
// header; "" for any other request.
func Target(r *http.Request) string {
	target := r.Header.Get("X-Amz-Target")
	return target[strings.LastIndexByte(target, '.')+1:]
}

// IsQuery says whether a request speaks awsQuery or ec2Query, whose body is a
// form that names the operation as its Action.
func IsQuery(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/" && isForm(r)
}

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}
