package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A call that cannot be made, or whose answer cannot be read, has no answer.
func TestDoFails(t *testing.T) {
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("nobody is signed in")
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "{}")
	}))
	t.Cleanup(half.Close)
	for name, test := range map[string]struct {
		change func(*Client)
		r      Request
		want   string
	}{
		"no credentials":        {func(c *Client) { c.Credentials = none }, Request{Service: "ecs", Operation: "ListClusters"}, "ecs ListClusters: AWS credentials: nobody is signed in"},
		"no JSON of parameters": {func(*Client) {}, Request{Service: "ecs", Operation: "ListClusters", Parameters: map[string]any{"a": func() {}}}, "ecs ListClusters: json: "},
		"no method":             {func(*Client) {}, Request{Service: "s3", Method: "A B", Path: "/b"}, "s3 A B /b: net/http: invalid method"},
		"nobody there":          {func(c *Client) { c.BaseEndpoint = &closed.URL }, Request{Service: "ecs", Operation: "ListClusters"}, "connection refused"},
		"half an answer":        {func(c *Client) { c.BaseEndpoint = &half.URL }, Request{Service: "ecs", Operation: "ListClusters"}, "unexpected EOF"},
	} {
		client, _ := answering(t)
		client.Retryer, client.RetryMaxAttempts = nil, 1
		test.change(&client)
		if answer, err := client.Do(t.Context(), test.r); answer != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %q", name, answer, err, test.want)
		}
		if all, err := client.All(t.Context(), test.r, ""); all != nil || err == nil {
			t.Errorf("%s: all pages: %v, %v", name, all, err)
		}
	}
	client, _ := answering(t, "<a")
	if _, err := client.Do(t.Context(), Request{Service: "iam", Operation: "ListRoles"}); err == nil || !strings.Contains(err.Error(), "XML syntax error") {
		t.Errorf("half an element: %v", err)
	}
}

// AWS itself is reached with whose credentials the environment has, an emulator
// with none of anybody's.
func TestConnect(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none"} {
		t.Setenv(name, value)
	}
	for endpoint, want := range map[string]string{"": "AKIDTEST", "http://127.0.0.1:1": "local"} {
		client, err := Connect(t.Context(), "eu-central-1", endpoint)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Credentials.Retrieve(t.Context())
		if err != nil || got.AccessKeyID != want || got.SecretAccessKey == "" || client.Region != "eu-central-1" || (client.BaseEndpoint != nil) != (endpoint != "") {
			t.Errorf("%q: %q in %s, %v", endpoint, got.AccessKeyID, client.Region, err)
		}
	}
	t.Setenv("AWS_PROFILE", "nobody")
	if _, err := Connect(t.Context(), "eu-central-1", ""); err == nil || !strings.HasPrefix(err.Error(), "AWS credentials: ") {
		t.Errorf("a profile that does not exist: %v", err)
	}
}

// Each protocol has its own form for an error, which is read as it was written.
func TestFaultForms(t *testing.T) {
	for _, test := range []struct {
		r           *http.Request
		kind, begin string
	}{
		{request("s3", "GET", "/b", "", ""), "text/xml", "<Error><Code>C</Code>"},
		{request("ec2", "POST", "/", asForm, ""), "text/xml", "<Response><Errors><Error><Code>C</Code>"},
		{request("iam", "POST", "/", asForm, ""), "text/xml", "<ErrorResponse><Error><Type>Sender</Type><Code>C</Code>"},
		{request("cloudfront", "GET", "/2020-05-31/distribution", "", ""), "text/xml", "<ErrorResponse>"},
		{request("route53", "GET", "/2013-04-01/hostedzone", "", ""), "text/xml", "<ErrorResponse>"},
		{request("ecs", "POST", "/", asJSON, ""), "application/x-amz-json-1.1", "{"},
		{request("", "GET", "/v2/", "", ""), "application/json", `{"errors":[{`},
	} {
		header, body := (&Fault{Status: 400, Code: "C", Message: "a < b"}).Answer(test.r)
		text := strings.TrimSpace(strings.TrimPrefix(string(body), `<?xml version="1.0" encoding="UTF-8"?>`))
		if header.Get("Content-Type") != test.kind || !strings.HasPrefix(text, test.begin) {
			t.Errorf("%s: %v %s", test.r.URL, header, text)
		}
		if test.kind == "application/json" {
			var read struct {
				Errors []struct{ Code, Message string }
			}
			if json.Unmarshal(body, &read) != nil || read.Errors[0].Code != "C" || read.Errors[0].Message != "a < b" {
				t.Errorf("registry: %s", body)
			}
			continue
		}
		header.Del("X-Amzn-Errortype")
		if got := *readFault(&http.Response{StatusCode: 400, Header: header}, body); got != (Fault{400, "C", "a < b"}) {
			t.Errorf("%s: read as %+v", test.r.URL, got)
		}
	}
	registry := request("", "GET", "/v2/", "", "")
	if got := *Throttled(registry); got.Code != "TOOMANYREQUESTS" || got.Status != 429 {
		t.Errorf("%+v", got)
	}
	if got := *Internal(registry); got.Code != "UNKNOWN" || got.Status != 500 {
		t.Errorf("%+v", got)
	}
	if got := *Throttled(request("route53", "GET", "/2013-04-01/hostedzone", "", "")); got.Code != "Throttling" {
		t.Errorf("%+v", got)
	}
	for _, test := range []struct{ header, body, code, said string }{
		{"AccessDenied:http://internal.amazon.com/", "{}", "AccessDenied", "AccessDenied: Forbidden"},
		{"", `{"code": "NoRight", "Message": "said"}`, "NoRight", "NoRight: said"},
		{"", `{"__type": "a.b#Type", "code": "other", "message": "said"}`, "Type", "Type: said"},
		{"", "<A><Code>X</Code></A>", "X", "X: Forbidden"},
		{"", "down", "", "403: Forbidden"},
		{"", "", "", "403: Forbidden"},
	} {
		header := http.Header{}
		if test.header != "" {
			header.Set("X-Amzn-Errortype", test.header)
		}
		f := readFault(&http.Response{StatusCode: 403, Header: header}, []byte(test.body))
		if f.ErrorCode() != test.code || f.Error() != test.said || f.HTTPStatusCode() != 403 {
			t.Errorf("%q %s: %q, %q", test.header, test.body, f.ErrorCode(), f.Error())
		}
	}
}

func TestValue(t *testing.T) {
	const asJSON = `{"list": ["a", {"b": 1.5}], "one": {"x": "y"}, "none": null, "empty": "", "on": true}`
	var decoded any
	if err := json.Unmarshal([]byte(asJSON), &decoded); err != nil {
		t.Fatal(err)
	}
	v := NewValue(decoded)
	for path, want := range map[string]string{"list.0": "a", "list.1.b": "1.5", "one.x": "y", "on": "true", "list": "", "one": "", "none": "", "list.2": "", "list.-1": "", "list.x": "", "one.x.y": "", "gone": ""} {
		if got := v.Text(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]int{"list": 2, "one": 1, "one.x": 1, "empty": 0, "none": 0, "gone": 0, "on": 0} {
		if got := v.List(path); len(got) != want {
			t.Errorf("%s: %d members, want %d", path, len(got), want)
		}
	}
	if got := v.List("one.x")[0].Text(""); got != "y" {
		t.Errorf("%q", got)
	}
	if got := v.Members(); !slices.Equal(got, []string{"empty", "list", "none", "on", "one"}) {
		t.Errorf("%q", got)
	}
	read, err := readValue([]byte(" <R><XResult><A>1</A><A>2</A><A>3</A><B> b </B></XResult><Meta>m</Meta></R>"), "X")
	if err != nil || len(read.List("A")) != 3 || read.Text("A.2") != "3" || read.Text("B") != "b" || read.Text("Meta") != "" {
		t.Errorf("%v, %v", read, err)
	}
	if other, err := readValue([]byte("<R><XResult><A>1</A></XResult><Meta>m</Meta></R>"), "Y"); err != nil || other.Text("XResult.A") != "1" || other.Text("Meta") != "m" {
		t.Errorf("%v, %v", other, err)
	}
}

// Values are cut, tokens are no difference between calls, and what S3's headers
// say beyond the transport is kept.
func TestWhatIsKept(t *testing.T) {
	for length, want := range map[int]int{maxValue: maxValue, maxValue + 1: maxValue + len("…")} {
		c, err := Read(request("iam", "POST", "/", asForm, "Action=X&A="+strings.Repeat("x", length)))
		if err != nil || len(c.Parameters["A"]) != want {
			t.Errorf("%d bytes: %d, want %d; %v", length, len(c.Parameters["A"]), want, err)
		}
	}
	for length, want := range map[int]int{maxBody: 1, maxBody + 1: 0} {
		body := `{"a":"` + strings.Repeat("x", length-8) + `"}`
		if c, err := Read(request("ecs", "POST", "/", asJSON, body, "X-Amz-Target", "A.RunTask")); err != nil || len(c.Parameters) != want {
			t.Errorf("a body of %d bytes: %d parameters, %v", length, len(c.Parameters), err)
		}
	}
	r := request("s3", "PUT", "/b/k?x-id=PutObject&X-Amz-Date=1", "", "")
	kept := []string{"x-amz-acl", "x-amz-copy-source", "x-amz-object-ownership", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-tagging", "x-amz-bypass-governance-retention"}
	for _, name := range append(kept, "X-Amz-Date", "x-amz-content-sha256") {
		r.Header.Set(name, "v")
	}
	c, err := Read(r)
	if err != nil || len(c.Parameters) != len(kept)+2 {
		t.Errorf("%v, %v", c.Parameters, err)
	}
	for _, name := range kept {
		if c.Parameters[name] != "v" {
			t.Errorf("%s is not kept: %v", name, c.Parameters)
		}
	}
	w := &Recorder{calls: map[string]*Recorded{}}
	for _, name := range []string{"CallerReference", "ClientRequestToken", "ClientToken", "CreatorRequestId", "IdempotencyToken", "clientRequestToken", "clientToken", "creatorRequestId", "idempotencyToken"} {
		for _, token := range []string{"1", "2"} {
			w.record("r", &Call{Service: "s", Parameters: map[string]string{name: token}}, outcome{status: 200})
		}
	}
	if calls := w.Calls(); len(calls) != 1 || calls[0].Count != 18 {
		t.Errorf("%+v", calls)
	}
}

// The emulator is asked as the caller asked, and one that is away is an error
// that says so.
func TestUpstream(t *testing.T) {
	w, _ := emulator(t, func(http.Handler) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
			io.WriteString(answer, "encodings: "+r.Header.Get("Accept-Encoding"))
		}))
	})
	plain := http.Client{Transport: &http.Transport{DisableCompression: true}}
	response, err := plain.Get(open(t, w, "") + "/b")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); string(body) != "encodings: " {
		t.Errorf("the emulator was asked for %s", body)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	away, err := NewRecorder(gone.URL)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := send(t, open(t, away, "infra-role"), "s3", "GET", "/b", "", ""); status != http.StatusBadGateway || !strings.Contains(body, "<Code>EmulatorUnavailable</Code>") || !strings.Contains(body, "refused") {
		t.Errorf("%d %s", status, body)
	}
	if err := away.Close(); err != nil {
		t.Error(err)
	}
}
