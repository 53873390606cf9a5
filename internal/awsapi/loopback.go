package awsapi

import (
	"net"
	"net/http"
	"regexp"
	"strings"
)

// IsLoopback tells whether a host, with or without a port, is this machine.
func IsLoopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// ofAccount is what S3 Control's SDK puts before an endpoint's address.
var ofAccount = regexp.MustCompile(`^\d{12}\.`)

// LoopbackOnly refuses a request that did not come from this machine, or that was
// addressed to a name other than this machine's, as a web page may do by
// pointing a name of its own at loopback.
//
// S3 Control's SDK puts the account's id before the endpoint's name; no name of
// anybody's ends in a number.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsLoopback(r.RemoteAddr) || !IsLoopback(ofAccount.ReplaceAllString(r.Host, "")) {
			http.Error(w, "this is a local AWS: it answers on loopback only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
