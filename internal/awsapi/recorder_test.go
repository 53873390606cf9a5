package awsapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// emulator answers every call, and denies those to the bucket "denied".
func emulator(t *testing.T, serve func(http.Handler) *httptest.Server) (*Recorder, *sync.Map) {
	t.Helper()
	var seen sync.Map
	upstream := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen.Store(r.Host+r.RequestURI, string(body))
		if strings.HasPrefix(r.URL.Path, "/denied") {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
			return
		}
		io.WriteString(w, "answer to "+r.Host)
	}))
	t.Cleanup(upstream.Close)
	w, err := NewRecorder(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, &seen
}

// open opens an endpoint.
func open(t *testing.T, w *Recorder, role string) string {
	t.Helper()
	endpoint, err := w.Open(role)
	if err != nil {
		t.Fatal(err)
	}
	return endpoint
}

func send(t *testing.T, endpoint, service, method, path, body, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, endpoint+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261124/eu-central-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	if service == "ecs" {
		r.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.RunTask")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read)
}

func TestCalls(t *testing.T) {
	w, seen := emulator(t, httptest.NewServer)
	nobody, infra, deploy := open(t, w, ""), open(t, w, "infra-role"), open(t, w, "deploy-role-dev")
	send(t, nobody, "s3", "GET", "/nobody", "", "")
	if _, answer := send(t, infra, "s3", "PUT", "/b/k?a=1;b=%2f", "contents", "b.localhost:1"); answer != "answer to b.localhost:1" {
		t.Errorf("got %q", answer)
	}
	if body, ok := seen.Load("b.localhost:1/b/k?a=1;b=%2f"); !ok || body != "contents" {
		t.Errorf("the emulator got %v", body)
	}
	for i := range 3 {
		send(t, infra, "ecs", "POST", "/", `{"cluster":"c","clientToken":"`+strings.Repeat("x", i)+`"}`, "")
	}
	if status, answer := send(t, deploy, "s3", "GET", "/denied", "", ""); status != 403 || !strings.Contains(answer, "AccessDenied") {
		t.Errorf("got %d %q", status, answer)
	}
	send(t, nobody, "s3", "GET", "/nobody", "", "")

	type row struct {
		role, operation, cluster string
		status                   int
		code                     string
		count                    int
	}
	want := []row{
		{"deploy-role-dev", "ListObjects", "", 403, "AccessDenied", 1},
		{"infra-role", "RunTask", "c", 200, "", 3},
		{"infra-role", "PutObject", "", 200, "", 1},
	}
	calls := w.Calls()
	if len(calls) != len(want) {
		t.Fatalf("got %d calls: %+v", len(calls), calls)
	}
	for i, c := range calls {
		if got := (row{c.Role, c.Operation, c.Parameters["cluster"], c.Status, c.Code, c.Count}); got != want[i] {
			t.Errorf("got %+v, want %+v", got, want[i])
		}
	}
}

// TestOverTLS: an emulator may have a certificate of its own making.
func TestOverTLS(t *testing.T) {
	w, _ := emulator(t, httptest.NewTLSServer)
	if status, _ := send(t, open(t, w, ""), "s3", "GET", "/b", "", ""); status != 200 {
		t.Errorf("got %d", status)
	}
}

func TestNewRecorderRefuses(t *testing.T) {
	for _, upstream := range []string{"", "127.0.0.1:4566", "http://192.0.2.1:4566", "https://aws.example.com", "http://127.0.0.1:4566/path", "http://127.0.0.1.example.com"} {
		if _, err := NewRecorder(upstream); err == nil {
			t.Errorf("%q: taken", upstream)
		}
	}
}

func TestUnreadableCallIsReported(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	w, err := NewRecorder(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	send(t, open(t, w, "infra-role"), "ecs", "POST", "/", "{", "")
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "RunTask") {
		t.Errorf("got %v", err)
	}
}

// statuses sends different calls, each until it passes, and gives what they
// were answered.
func statuses(t *testing.T, endpoint string, order []string) map[string][]int {
	out := map[string][]int{}
	for _, bucket := range order {
		for {
			status, _ := send(t, endpoint, "s3", "GET", "/"+bucket, "", "")
			out[bucket] = append(out[bucket], status)
			if status == 200 {
				break
			}
		}
	}
	return out
}

func TestFaults(t *testing.T) {
	w, _ := emulator(t, httptest.NewServer)
	infra := open(t, w, "infra-role")
	var order, reversed []string
	for i := range 40 {
		bucket := "b" + strings.Repeat("x", i)
		order, reversed = append(order, bucket), append([]string{bucket}, reversed...)
	}
	faults := Faults{Throttled: 0.3, Internal: 0.2, Seed: 7}
	w.Faults(faults)
	first := statuses(t, infra, order)
	count := w.FaultCount()
	if count.Throttled < 5 || count.Internal < 3 || count.Throttled+count.Internal > 40 {
		t.Errorf("%+v of 40 calls", count)
	}
	hit := 0
	for bucket, answers := range first {
		hit += len(answers) - 1
		if len(answers) > 3 {
			t.Errorf("%s: %v; two errors at most come in a row", bucket, answers)
		}
	}
	if hit != count.Throttled+count.Internal {
		t.Errorf("counted %+v, met %d", count, hit)
	}
	w.Faults(faults)
	for bucket, answers := range statuses(t, infra, reversed) {
		if len(answers) != len(first[bucket]) {
			t.Errorf("%s: %v, and %v with the same seed", bucket, answers, first[bucket])
		}
	}
	if calls := w.Calls(); len(calls) != 40 || calls[0].Count != 2 || calls[0].Status != 200 {
		t.Errorf("%d calls; errors that were made up are no calls", len(calls))
	}

	before := w.FaultCount()
	w.Faults(Faults{})
	statuses(t, infra, order)
	if w.FaultCount() != before {
		t.Error("Faults{} did not end it")
	}
	w.Faults(Faults{Delay: 20 * time.Millisecond})
	begin := time.Now()
	statuses(t, infra, order)
	if took := time.Since(begin); took < 100*time.Millisecond || w.FaultCount().Delayed != 40 {
		t.Errorf("40 calls took %s, %+v", took, w.FaultCount())
	}
}

func TestHeld(t *testing.T) {
	w, seen := emulator(t, httptest.NewServer)
	infra := open(t, w, "infra-role")
	held, answered := make(chan struct{}), make(chan struct{})
	w.Faults(Faults{Held: held})
	go func() {
		defer close(answered)
		send(t, infra, "ecs", "POST", "/", "{}", "ecs.localhost")
	}()
	for _, goesOn := range []string{"s3", "sts", "iam"} {
		if status, _ := send(t, infra, goesOn, "GET", "/"+goesOn, "", ""); status != 200 {
			t.Errorf("%s was answered %d", goesOn, status)
		}
	}
	select {
	case <-answered:
		t.Error("ECS was answered while it was held")
	case <-time.After(50 * time.Millisecond):
	}
	if _, there := seen.Load("ecs.localhost/"); there {
		t.Error("a held call reached the emulator")
	}
	close(held)
	<-answered
	if _, there := seen.Load("ecs.localhost/"); !there {
		t.Error("the call did not go on")
	}
}

// An answer that the emulator breaks off is an error that the SDKs repeat.
func TestBrokenOffAnswer(t *testing.T) {
	w, _ := emulator(t, func(http.Handler) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
			answer.Header().Set("Content-Length", "10")
			io.WriteString(answer, "half")
		}))
	})
	if status, _ := send(t, open(t, w, "infra-role"), "s3", "GET", "/b", "", ""); status != http.StatusBadGateway {
		t.Errorf("got %d", status)
	}
}
