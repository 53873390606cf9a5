package backend

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// TestAsk: the real curl asks a real server over TLS.
func TestAsk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// codes are the server's answers; the last one again and again.
		codes   []int
		code    int
		asked   int32
		summary string
	}{
		{"well", []int{200}, 0, 3, "0 of 3 answers were others."},
		{"well after a while", []int{503, 200, 200, 502, 200}, 0, 7, "2 of 7 answers were others."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, asked := ask(t, test.codes)
			wants(t, r, test.code, r.file(t, "summary.md"), "/healthz answered 200 three times in a row; ", test.summary)
			if asked != test.asked {
				t.Errorf("asked %d times, want %d", asked, test.asked)
			}
		})
	}
	for name, test := range map[string]struct {
		code int
		want string
	}{
		"500":              {500, "roll back if"},
		"a redirect":       {302, "roll back if"},
		"no content":       {204, "roll back if"},
		"503":              {503, "roll back if"},
		"maintenance mode": {maintained, "it answered 503 as in maintenance mode, at the last of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, asked := ask(t, []int{200, 200, test.code}, "MINUTE_SECONDS=15", "POLL_SECONDS=1")
			wants(t, r, 1, r.output, "::error::https://", "/healthz did not answer 200 three times in a row within 1 minutes: it answered ", "What is deployed stays.", test.want)
			if test.code == maintained && strings.Contains(r.output, "roll back") {
				t.Error("maintenance mode is no reason to roll back")
			}
			wants(t, r, 1, r.file(t, "summary.md"), "**Asked from outside:** https://")
			if asked < 4 {
				t.Errorf("asked %d times: it gave up before its time", asked)
			}
		})
	}
}

// maintained stands for the answer that the web ACL gives in maintenance mode.
const maintained = -503

// ask runs the script against a server with these answers, and says how often it
// was asked.
func ask(t *testing.T, codes []int, environment ...string) (result, int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		n := int(asked.Add(1))
		if !slices.Contains([]string{"/healthz", "/{live,ready}[1-3]"}, request.URL.Path) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		switch code := codes[min(n, len(codes))-1]; code {
		case http.StatusFound:
			http.Redirect(w, request, "/elsewhere", code)
		case maintained:
			w.Header().Set("Retry-After", "300")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(code)
		}
	}))
	// Who refuses its certificate, which a test does, would be in the log of a test that passes.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, "ask", nil, append([]string{"URL=" + server.URL, "HEALTH_PATH=/healthz", "CURL_CA_BUNDLE=" + bundle}, environment...)...)
	return r, asked.Load()
}

// TestAskAsksForThePath: to curl, brackets and braces are several addresses.
func TestAskAsksForThePath(t *testing.T) {
	r, asked := ask(t, []int{200}, "HEALTH_PATH=/{live,ready}[1-3]", "MINUTES=20", "MINUTE_SECONDS=1")
	wants(t, r, 0, r.output, "/{live,ready}[1-3] answered 200 three times in a row")
	if asked != 3 {
		t.Errorf("asked %d times, want 3", asked)
	}
}

// TestAskRefuses: what is no address, path or number is told, and nobody asked.
func TestAskRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ variable, want string }{
		{"URL=http://dev.paperwurks.example", `The url is "http://dev.paperwurks.example"`},
		{"URL=https://dev.paperwurks.example/x", "without a path"},
		{"URL=https://dev.paperwurks.example -o /etc/passwd", "https:// and a host name are allowed"},
		{"URL=--output", "https:// and a host name are allowed"},
		{"HEALTH_PATH=healthz", "a path with a slash first is allowed"},
		{"HEALTH_PATH=/health z", "without spaces"},
		{"MINUTES=0", "1 to 20 are allowed"},
		{"MINUTES=21", "1 to 20 are allowed"},
		{"MINUTES=five", "1 to 20 are allowed"},
	} {
		r := run(t, "ask", nil, "URL=https://dev.paperwurks.example", "HEALTH_PATH=/healthz", test.variable)
		wants(t, r, 1, r.output, "::error::", test.want)
		if strings.Contains(r.output, "answered") {
			t.Errorf("%s: it asked all the same", test.variable)
		}
	}
	// No certificate that this machine trusts: an answer nobody can trust is none.
	r, asked := ask(t, []int{200}, "CURL_CA_BUNDLE=/dev/null", "MINUTE_SECONDS=1", "POLL_SECONDS=2")
	if asked != 0 {
		t.Errorf("%d requests came through", asked)
	}
	wants(t, r, 1, r.output, "::error::", "three times in a row within 1 minutes: curl: ")
}
