package awsapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestScope(t *testing.T) {
	signed := httptest.NewRequest("GET", "/", nil)
	signed.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261124/us-east-1/WAFv2/aws4_request, SignedHeaders=host, Signature=0")
	presigned := httptest.NewRequest("GET", "/?X-Amz-Credential=A%2F20261124%2Feu-west-1%2Fs3%2Faws4_request", nil)
	for _, test := range []struct {
		r    *http.Request
		want string
	}{{signed, "wafv2 us-east-1"}, {presigned, "s3 eu-west-1"}, {httptest.NewRequest("GET", "/", nil), " "}} {
		if service, region := Scope(test.r); service+" "+region != test.want {
			t.Errorf("got %q, want %q", service+" "+region, test.want)
		}
	}
}
