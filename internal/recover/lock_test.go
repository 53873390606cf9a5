package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
		"not a lock":       {200, 200, `{}`, "", 0, "is no lock of Terraform's"},
		"not even JSON":    {200, 200, `x`, "", 0, "is no lock of Terraform's"},
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
			s := store{s3.New(s3.Options{Region: "eu-central-1", BaseEndpoint: &server.URL, UsePathStyle: true, RetryMaxAttempts: 1,
				Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}), "b", "dev/terraform.tfstate"}
			held, written, err := s.lock(t.Context())
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

func TestRelease(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 10, 0, 0, time.UTC)
	old := now.Add(-9 * time.Minute)
	mine := &lock{ID: "l-1", Who: "runner@fv-az1", Operation: "OperationTypeApply", Created: old}
	type look struct {
		held    *lock
		written time.Time
	}
	for name, c := range map[string]struct {
		looks    []look
		answer   string
		released bool
		fault    string
		says     string
	}{
		"free":                    {[]look{{}}, "", false, "", "nobody holds it"},
		"confirmed":               {[]look{{mine, old}, {mine, old}}, "yes\n", true, "", "by runner@fv-az1, for OperationTypeApply, id l-1"},
		"confirmed without a end": {[]look{{mine, old}, {mine, old}}, "yes", true, "", ""},
		"refused":                 {[]look{{mine, old}}, "no\n", false, "not confirmed", ""},
		"y is not yes":            {[]look{{mine, old}}, "y\n", false, "not confirmed", ""},
		"nobody there":            {[]look{{mine, old}}, "", false, "not confirmed", ""},
		"ended meanwhile":         {[]look{{mine, old}, {}}, "yes\n", false, "", "given back meanwhile"},
		"writes meanwhile":        {[]look{{mine, old}, {mine, now}}, "yes\n", false, "the lock is in use", ""},
		"another meanwhile":       {[]look{{mine, old}, {&lock{ID: "l-2", Who: "me"}, old}}, "yes\n", false, "the lock is in use: me", ""},
		"young, silent":           {[]look{{mine, now}, {mine, now}}, "yes\n", true, "", "Waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			var unlocked []string
			looks := c.looks
			released, err := releaser{
				lock: func(context.Context) (*lock, time.Time, error) {
					if len(looks) == 0 {
						return nil, time.Time{}, errors.New("looked once too often")
					}
					l := looks[0]
					looks = looks[1:]
					return l.held, l.written, nil
				},
				unlock:       func(_ context.Context, id string) error { unlocked = append(unlocked, id); return nil },
				now:          func() time.Time { return now },
				quiet:        time.Millisecond,
				conversation: &conversation{bufio.NewReader(strings.NewReader(c.answer)), &out},
			}.release(t.Context())
			if released != c.released || (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%t, %v", released, err)
			}
			if (len(unlocked) == 1 && unlocked[0] == "l-1") != c.released {
				t.Errorf("unlocked %q", unlocked)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("said %q", out.String())
			}
		})
	}
}
