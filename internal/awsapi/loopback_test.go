package awsapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestLoopbackOnly(t *testing.T) {
	handler := LoopbackOnly(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	for _, test := range []struct {
		from, host string
		want       int
	}{
		{"127.0.0.1:5000", "127.0.0.1:4566", 200},
		{"127.0.0.1:5000", "localhost:4566", 200},
		{"127.0.0.1:5000", "bucket.s3.localhost:4566", 200},
		{"[::1]:5000", "[::1]:4566", 200},
		{"127.0.0.1:5000", "evil.example.com", 403},
		{"127.0.0.1:5000", "127.0.0.1.example.com:4566", 403},
		{"127.0.0.1:5000", "notlocalhost", 403},
		{"10.0.0.1:5000", "127.0.0.1:4566", 403},
		{"[2001:db8::1]:5000", "localhost:4566", 403},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = test.from, test.host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("from %s to %s: got %d, want %d", test.from, test.host, w.Code, test.want)
		}
	}
}
