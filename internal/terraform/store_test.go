package terraform

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
)

const (
	lockJSON   = `{"ID":"l-1","Operation":"OperationTypeApply","Who":"runner@fv-az1","Version":"1.11.4","Created":"2026-11-24T03:00:00Z"}`
	noSuchKey  = `<Error><Code>NoSuchKey</Code><Message>none</Message></Error>`
	noSuchRole = `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`
)

func TestReadLock(t *testing.T) {
	lockTime, stateTime := "Tue, 24 Nov 2026 03:00:00 GMT", "Tue, 24 Nov 2026 03:05:00 GMT"
	for name, c := range map[string]struct {
		lockStatus, stateStatus int
		lock                    string
		id                      string
		minute                  int
		fault                   string
	}{
		"held":             {200, 200, lockJSON, "l-1", 5, ""},
		"before any state": {200, 404, lockJSON, "l-1", 0, ""},
		"free":             {404, 200, noSuchKey, "", 0, ""},
		"may not be read":  {403, 200, noSuchRole, "", 0, "AccessDenied"},
		"state is hidden":  {200, 403, lockJSON, "", 0, "look at the state"},
		"not a lock":       {200, 200, `{}`, "", 0, "is not a lock of Terraform's"},
		"not even JSON":    {200, 200, `x`, "", 0, "is not a lock of Terraform's"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.Method + " " + r.URL.Path {
				case "GET /b/dev/terraform.tfstate.tflock":
					w.Header().Set("Last-Modified", lockTime)
					w.WriteHeader(c.lockStatus)
					fmt.Fprint(w, c.lock)
				case "HEAD /b/dev/terraform.tfstate":
					w.Header().Set("Last-Modified", stateTime)
					w.WriteHeader(c.stateStatus)
				default:
					t.Errorf("asked for %s %s", r.Method, r.URL.Path)
				}
			}))
			defer server.Close()
			client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
			if err != nil {
				t.Fatal(err)
			}
			held, written, err := Store{client, "b", "dev/terraform.tfstate"}.Lock(t.Context())
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("%v; want %q", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.id == "" {
				if held != nil {
					t.Errorf("%+v; want none", held)
				}
				return
			}
			if held == nil || held.ID != c.id || held.Who != "runner@fv-az1" || written.Minute() != c.minute {
				t.Errorf("%+v, written %s", held, written)
			}
		})
	}
}

// The first state is written only where there is none.
func TestPutFirst(t *testing.T) {
	stored := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || r.URL.Path != "/b/dev/terraform.tfstate" || r.Header.Get("If-None-Match") != "*" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		if stored {
			w.WriteHeader(http.StatusPreconditionFailed)
		}
		stored = true
	}))
	defer server.Close()
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := Store{client, "b", "dev/terraform.tfstate"}
	if err := s.PutFirst(t.Context(), []byte("{}")); err != nil {
		t.Error(err)
	}
	if err := s.PutFirst(t.Context(), []byte("{}")); err == nil || !strings.Contains(err.Error(), "somebody else wrote a state to s3://b/dev/terraform.tfstate") {
		t.Errorf("got %v", err)
	}
}
