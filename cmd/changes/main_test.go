package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/changes"
)

// What plans and applies needs the provider and a local AWS: `make changes`, and
// CI with -check. Here is what it writes, and what it asks of a local AWS itself.

// TestDocument: the document is written of the results in the repository, and what
// is kept of a run is read again.
func TestDocument(t *testing.T) {
	current, err := os.ReadFile(filepath.Join("..", "..", document))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, folder := range []string{filepath.Dir(document), filepath.Dir(resultsFile)} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(t.Context(), "", "", 0, false, []string{"doc"}); err != nil {
		t.Fatal(err)
	}
	if written, err := os.ReadFile(document); err != nil || string(written) != string(current) {
		t.Errorf("%s is not what the repository has: %v", document, err)
	}
	kept, err := changes.Kept()
	if err != nil || len(kept.Rows) < 70 {
		t.Fatalf("%d rows, %v", len(kept.Rows), err)
	}
	var p platform
	if rows := p.keptRows(); rows != nil {
		t.Errorf("%d rows of no file", len(rows))
	}
	if err := save(kept); err != nil {
		t.Fatal(err)
	}
	if rows := p.keptRows(); len(rows) != len(kept.Rows) || rows[0].Field != kept.Rows[0].Field {
		t.Errorf("%d rows are read again, of %d", len(rows), len(kept.Rows))
	}
	kept.Rows[0].Outcome = "something else"
	if err := os.Remove(document); err != nil {
		t.Fatal(err)
	}
	if err := differs(kept, true); err == nil || !strings.Contains(err.Error(), kept.Rows[0].Field) {
		t.Errorf("a row that came to something else: %v", err)
	}
	if _, err := os.Stat(document); err == nil {
		t.Error("a check writes the document")
	}
	if err := differs(kept, false); err != nil {
		t.Error(err)
	}
}

// TestMakeZone: the zone that AWS made is the domain's.
func TestMakeZone(t *testing.T) {
	answer := `<CreateHostedZoneResponse><HostedZone><Id>/hostedzone/Z123ABC</Id></HostedZone></CreateHostedZoneResponse>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); r.Method != http.MethodPost || r.URL.Path != "/2013-04-01/hostedzone" || !strings.Contains(string(body), "<Name>paperwurks.example</Name>") {
			t.Errorf("asked %s %s %s", r.Method, r.URL, body)
		}
		io.WriteString(w, answer)
	}))
	p := platform{endpoint: server.URL}
	s := config.Fixture()
	s.User.Domain = config.Domain{Name: "paperwurks.example"}
	if err := p.makeZone(t.Context(), &s); err != nil || s.User.Domain.HostedZoneID != "Z123ABC" {
		t.Errorf("%+v, %v", s.User.Domain, err)
	}
	answer = "<Error/>"
	if err := p.makeZone(t.Context(), &s); err == nil || !strings.Contains(err.Error(), "CreateHostedZone: 200 OK: <Error/>") {
		t.Error(err)
	}
	server.Close()
	if err := p.makeZone(t.Context(), &s); err == nil {
		t.Error("a zone of nobody's")
	}
}
