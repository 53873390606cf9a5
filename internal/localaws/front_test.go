package localaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

// fakeMoto stands in for moto: it answers what the test has laid down by operation or by method and path,
// and 501 to everything else, so that a call that should not have reached moto shows.
type fakeMoto struct {
	answers map[string]string   // "Operation" or "METHOD /path?query" -> body
	status  map[string]int      // where it is not 200
	broken  map[string]bool     // what moto does not have
	bodies  map[string][]string // of each call
}

func (m *fakeMoto) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Localaws-Check") != "" {
		w.WriteHeader(http.StatusNoContent) // AWS would take it
		return
	}
	body, _ := io.ReadAll(r.Body)
	name := r.Method + " " + r.URL.RequestURI()
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		name = target[strings.LastIndexByte(target, '.')+1:]
	} else if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		name = form.Get("Action")
	}
	m.bodies[name] = append(m.bodies[name], string(body))
	if m.broken[name] {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, "<!doctype html><title>500 Internal Server Error</title>")
		return
	}
	answer, ok := m.answers[name]
	if !ok {
		http.Error(w, "not laid down: "+name, http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8") // as moto sends many an answer
	if status := m.status[name]; status != 0 {
		w.WriteHeader(status)
	}
	io.WriteString(w, answer)
}

// bench is a front with a fake moto behind it.
type bench struct {
	*testing.T
	moto  *fakeMoto
	front *httptest.Server
}

func newBench(t *testing.T, answers map[string]string) *bench {
	t.Helper()
	m := &fakeMoto{answers: answers, status: map[string]int{}, broken: map[string]bool{}, bodies: map[string][]string{}}
	behind := httptest.NewServer(m)
	t.Cleanup(behind.Close)
	address, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(NewFront(address, DefaultAccount, slog.New(slog.NewTextHandler(io.Discard, nil))))
	t.Cleanup(front.Close)
	return &bench{t, m, front}
}

// asked is the body that moto saw last.
func (b *bench) asked(name string) string {
	bodies := b.moto.bodies[name]
	if len(bodies) == 0 {
		return ""
	}
	return bodies[len(bodies)-1]
}

// reply is what a call was answered.
type reply struct {
	status int
	header http.Header
	body   string
}

// credential is the header that names a request's service and region.
func credential(service, region string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIATEST/20261124/" + region + "/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
}

func (b *bench) send(service, method, path, body string, header map[string]string) reply {
	b.Helper()
	request, err := http.NewRequest(method, b.front.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Authorization", credential(service, "eu-central-1"))
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(answered)}
}

// rest makes a restXml or restJson call.
func (b *bench) rest(service, method, path, body string, header ...string) reply {
	b.Helper()
	headers := map[string]string{}
	for i := 0; i+1 < len(header); i += 2 {
		headers[header[i]] = header[i+1]
	}
	return b.send(service, method, path, body, headers)
}

// json makes an awsJson call and decodes its answer.
func (b *bench) json(service, operation string, input any) (object, reply) {
	b.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		b.Fatal(err)
	}
	r := b.send(service, http.MethodPost, "/", string(body), map[string]string{"X-Amz-Target": "Service." + operation, "Content-Type": "application/x-amz-json-1.1"})
	var out object
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		b.Fatalf("%s answered %d %q: %v", operation, r.status, r.body, err)
	}
	return out, r
}

// query makes an awsQuery or ec2Query call.
func (b *bench) query(service string, pairs ...string) reply {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(service, http.MethodPost, "/", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
}

// want compares.
func (b *bench) want(what string, got, want any) {
	b.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		b.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// wantStatus compares the status of a reply, and shows the reply where it differs.
func (b *bench) wantStatus(what string, r reply, status int) {
	b.Helper()
	if r.status != status {
		b.Fatalf("%s: got status %d, want %d: %s", what, r.status, status, r.body)
	}
}

// wantError compares the status and AWS code of a refusal.
func (b *bench) wantError(what string, r reply, status int, code string) {
	b.Helper()
	b.wantStatus(what, r, status)
	if !regexp.MustCompile(`(<Code>|"__type": ?")` + code + `\b`).MatchString(r.body) {
		b.Errorf("%s: got %s, want code %s", what, r.body, code)
	}
}

func (b *bench) wantContains(what, got, want string) {
	b.Helper()
	if !strings.Contains(got, want) {
		b.Errorf("%s: got %s, want it to hold %s", what, got, want)
	}
}

func (b *bench) wantNotContains(what, got, bad string) {
	b.Helper()
	if strings.Contains(got, bad) {
		b.Errorf("%s: got %s, want it not to hold %s", what, got, bad)
	}
}

func TestWhatMotoHasGoesToMoto(t *testing.T) {
	b := newBench(t, map[string]string{
		"GetCallerIdentity":   "<GetCallerIdentityResponse/>",
		"GetParameter":        `{"Parameter":{"Value":"v"}}`,
		"GET /bucket/key?x=1": "an object",
		"ListClusters":        `{"clusterArns":[]}`,
	})
	b.want("sts", b.query("sts", "Action", "GetCallerIdentity").body, "<GetCallerIdentityResponse/>")
	out, _ := b.json("ssm", "GetParameter", object{"Name": "/a"})
	b.want("ssm", out, object{"Parameter": object{"Value": "v"}})
	b.want("s3", b.rest("s3", "GET", "/bucket/key?x=1", "").body, "an object")
	_, r := b.json("ecs", "ListClusters", object{}) // a service with gaps, an operation without one
	b.wantStatus("ecs ListClusters", r, 200)
	b.want("body that moto saw", b.asked("GetParameter"), `{"Name":"/a"}`)
}

func TestUnsignedRequestGoesToMoto(t *testing.T) {
	b := newBench(t, map[string]string{"AssumeRoleWithWebIdentity": "<ok/>"})
	r, err := http.PostForm(b.front.URL, url.Values{"Action": {"AssumeRoleWithWebIdentity"}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b.want("status", r.StatusCode, 200)
}

func TestLargeObjectPassesUnread(t *testing.T) {
	b := newBench(t, map[string]string{"PUT /bucket/large": ""})
	large := strings.Repeat("x", maxBody+1)
	b.wantStatus("put", b.rest("s3", "PUT", "/bucket/large", large), 200)
	b.want("bytes that moto saw", len(b.asked("PUT /bucket/large")), len(large))
	b.wantStatus("put of a form", b.rest("s3", "PUT", "/bucket/large", large, "Content-Type", "application/x-www-form-urlencoded"), 200)
	_, r := b.json("ecs", "RunTask", large)
	b.wantError("a body too large for a gap", r, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
}

func TestMotoGone(t *testing.T) {
	address, err := url.Parse("http://127.0.0.1:1") // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(NewFront(address, DefaultAccount, slog.New(slog.NewTextHandler(io.Discard, nil))))
	defer front.Close()
	b := &bench{t, nil, front}
	b.wantError("passed on", b.rest("s3", "GET", "/bucket/key", ""), 502, "MotoUnavailable")
	_, r := b.json("ecs", "DescribeServices", object{})
	b.wantError("gap", r, 502, "MotoUnavailable")
}

func TestWhatMotoLacksIsSaidAtOnce(t *testing.T) {
	b := newBench(t, map[string]string{})
	for _, name := range []string{"ListThings", "DescribeThings", "GET /2013-04-01/thing", "GET /bucket", "DescribeServices"} {
		b.moto.broken[name] = true
	}
	_, r := b.json("ssm", "ListThings", object{})
	b.wantError("awsJson", r, 501, "NotImplemented")
	b.wantContains("awsJson", r.body, "ssm ListThings")
	r = b.query("ec2", "Action", "DescribeThings")
	b.wantError("ec2Query", r, 501, "NotImplemented")
	b.wantContains("ec2Query", r.body, "<Response><Errors><Error><Code>NotImplemented</Code><Message>the local AWS does not have ec2 DescribeThings,")
	b.wantContains("awsQuery", b.query("sns", "Action", "DescribeThings").body, "<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code>")
	b.wantContains("restXml", b.rest("route53", "GET", "/2013-04-01/thing", "").body, "<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code>")
	b.wantContains("S3", b.rest("s3", "GET", "/bucket", "").body, "<Error><Code>NotImplemented</Code>")
	b.moto.status["HEAD /bucket/key"], b.moto.answers["HEAD /bucket/key"] = 404, ""
	b.wantStatus("an object that is not there", b.rest("s3", "HEAD", "/bucket/key", ""), 404)
	b.moto.status["GET /bucket/key"], b.moto.answers["GET /bucket/key"] = 404, "<Error><Code>NoSuchKey</Code></Error>"
	b.wantError("an object that is not there", b.rest("s3", "GET", "/bucket/key", ""), 404, "NoSuchKey")
	_, r = b.json("ecs", "DescribeServices", object{})
	b.wantError("in a gap", r, 501, "NotImplemented")
}

func TestResetForgets(t *testing.T) {
	b := newECSBench(t, publicImage)
	b.moto.answers["POST /moto-api/reset"] = `{"status":"ok"}`
	out, _ := b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": object{}})
	look := object{"cluster": "dev", "tasks": []any{out["tasks"].([]any)[0].(object)["taskArn"]}}
	out, _ = b.json("ecs", "DescribeTasks", look)
	b.want("a task", len(out["tasks"].([]any)), 1)
	b.wantStatus("reset", b.rest("", "POST", "/moto-api/reset", ""), 200)
	out, _ = b.json("ecs", "DescribeTasks", look)
	b.want("what moto says of it", out["failures"], []object{{"reason": "MISSING"}})
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		method, path, operation string
		want                    bool
		names                   string
	}{
		{"GET", "/a/b", "GET /a/{x}", true, "map[x:b]"},
		{"GET", "/a/b/", "GET /a/{x}", true, "map[x:b]"},
		{"GET", "/a/arn%3Aaws%2Fx", "GET /a/{x}", true, "map[x:arn:aws/x]"},
		{"PUT", "/a/b", "GET /a/{x}", false, "map[]"},
		{"GET", "/a/b/c", "GET /a/{x}", false, "map[]"},
		{"GET", "/a/", "GET /a/{x}", false, "map[]"},
	} {
		c, err := newCall(httptest.NewRequest(test.method, test.path, nil))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.matches(test.operation); got != test.want || fmt.Sprint(c.names) != test.names {
			t.Errorf("%s %s matches %q: got %v %v, want %v %s", test.method, test.path, test.operation, got, c.names, test.want, test.names)
		}
	}
}

func TestEveryGapIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range gaps {
		if g.answer == nil || g.why == "" || g.name() == "" {
			t.Errorf("%s %s: needs an answer and a reason", g.service, g.operation)
		}
		if strings.Contains(g.operation, " ") && g.api == "" {
			t.Errorf("%s %s: needs AWS's name of the operation", g.service, g.operation)
		}
		if key := g.service + " " + g.operation; seen[key] {
			t.Errorf("%s: answered twice", key)
		} else {
			seen[key] = true
		}
	}
	if len(gaps) == 0 {
		t.Error("no gaps at all")
	}
}

func TestReadmeListsTheGaps(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := WriteGaps(&table); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, table.Bytes()) {
		t.Errorf("README.md does not hold the table of gaps as it is now; put in what this prints: go run ./cmd/platform local-gaps\n%s", table.String())
	}
}
