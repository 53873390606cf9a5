package awsapi

import (
	"net/http"
	"regexp"
	"strings"
)

// credentialScope finds region and service in a Signature Version 4
// credential, in the Authorization header as well as in a presigned query.
var credentialScope = regexp.MustCompile(`Credential=[^/,\s]+/[0-9]{8}/([^/,\s]+)/([^/,\s]+)/aws4_request`)

// Scope tells the service, by its signing name, and the region that a request
// was signed for; both are empty where it is not signed.
func Scope(r *http.Request) (service, region string) {
	credential := r.Header.Get("Authorization")
	if presigned := r.URL.Query().Get("X-Amz-Credential"); presigned != "" {
		credential = "Credential=" + presigned
	}
	scope := credentialScope.FindStringSubmatch(credential)
	if scope == nil {
		return "", ""
	}
	return strings.ToLower(scope[2]), scope[1]
}
