package iamsim_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/paperwurks/infra/internal/iamsim"
)

func policy(t *testing.T, statements ...string) *iamsim.Policy {
	t.Helper()
	p, err := iamsim.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	account = "111122223333"
	session = "arn:aws:sts::" + account + ":assumed-role/r/run"
	object  = "arn:aws:s3:::b/o"
)

func read(identity ...*iamsim.Policy) iamsim.Request {
	return iamsim.Request{Principal: session, Action: "s3:GetObject", Resource: object, Account: account, Identity: identity}
}

func TestAsk(t *testing.T) {
	allow := policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"s3:Get*","Resource":"*"}`)
	deny := policy(t, `{"Sid":"Deny","Effect":"Deny","Action":"s3:*","Resource":"`+object+`"}`)
	other := policy(t, `{"Sid":"Other","Effect":"Allow","Action":"ec2:*","Resource":"*"}`)
	toSession := policy(t, `{"Sid":"ToSession","Effect":"Allow","Principal":{"AWS":"`+session+`"},"Action":"s3:*","Resource":"*"}`)
	with := func(r iamsim.Request, change func(*iamsim.Request)) iamsim.Request {
		change(&r)
		return r
	}
	tests := []struct {
		name    string
		request iamsim.Request
		want    iamsim.Decision
		by      string
		fault   string
	}{
		{"allowed", read(allow), iamsim.Allowed, "Allow", ""},
		{"denied", read(allow, deny), iamsim.ExplicitlyDenied, "Deny", ""},
		{"nothing said", read(other), iamsim.ImplicitlyDenied, "", ""},
		{"beyond the boundary", with(read(allow), func(r *iamsim.Request) { r.Boundary = other }), iamsim.ImplicitlyDenied, "Allow", ""},
		{"denied by the boundary", with(read(allow), func(r *iamsim.Request) { r.Boundary = deny }), iamsim.ExplicitlyDenied, "Deny", ""},
		{"a session named by the resource is past what a boundary does not allow",
			with(read(other), func(r *iamsim.Request) { r.Boundary, r.ResourcePolicy = other, toSession }), iamsim.Allowed, "ToSession", ""},
		{"but not past its denial",
			with(read(other), func(r *iamsim.Request) { r.Boundary, r.ResourcePolicy = deny, toSession }), iamsim.ExplicitlyDenied, "Deny", ""},
		{"a key that AWS does not send", with(read(allow), func(r *iamsim.Request) { r.Context = map[string]any{"ecs:cluster": "c"} }), "", "", "ecs:cluster"},
		{"the same, where it may be missing", with(read(allow), func(r *iamsim.Request) { r.Ambient = map[string]any{"ecs:cluster": "c"} }), iamsim.Allowed, "Allow", ""},
		{"an encryption context that AWS does not send", with(read(allow), func(r *iamsim.Request) { r.Context = map[string]any{"kms:EncryptionContext:a": "c"} }), "", "", "kms:EncryptionContext"},
		{"no such action", with(read(allow), func(r *iamsim.Request) { r.Action = "s3:GetObjekt" }), "", "", "does not exist"},
		{"a resource that the action does not take", with(read(allow), func(r *iamsim.Request) { r.Resource = "arn:aws:ecs:r:1:cluster/c" }), "", "", "resource type"},
	}
	simulator := &iamsim.Simulator{}
	// Once asked, and once remembered.
	for range 2 {
		requests := make([]iamsim.Request, len(tests))
		for i, test := range tests {
			requests[i] = test.request
		}
		answers, err := simulator.Ask(requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, test := range tests {
			a := answers[i]
			if a.Decision != test.want || strings.Join(a.By, " ") != test.by || (test.fault == "") != (a.Error == "") || !strings.Contains(a.Error, test.fault) {
				t.Errorf("%s: %+v; want %s by %q, fault %q", test.name, a, test.want, test.by, test.fault)
			}
		}
	}
}

// TestReadByMany: a policy and a simulator may be used by several goroutines.
// Without their locks the race detector says so, and often the runtime too.
func TestReadByMany(t *testing.T) {
	p := policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	simulator := &iamsim.Simulator{}
	if _, err := simulator.Ask([]iamsim.Request{read(p)}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				p.SaysAlike(p, fmt.Sprint("s3:Action", i))
			}
			if answers, err := simulator.Ask([]iamsim.Request{read(p)}); err != nil || answers[0].Decision != iamsim.Allowed {
				t.Errorf("%v, %v", answers, err)
			}
		})
	}
	wg.Wait()
}

func TestEncryptionContext(t *testing.T) {
	key := "arn:aws:kms:eu-central-1:" + account + ":key/0a1b"
	p := policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:SecretARN":"a"}}}`)
	open := policy(t, `{"Sid":"Open","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:root"},"Action":"kms:*","Resource":"*"}`)
	var requests []iamsim.Request
	for _, value := range []string{"a", "b"} {
		requests = append(requests, iamsim.Request{
			Principal: session, Action: "kms:Decrypt", Resource: key, Account: account,
			Context: map[string]any{"kms:EncryptionContext:SecretARN": value}, Identity: []*iamsim.Policy{p}, ResourcePolicy: open,
		})
	}
	answers, err := (&iamsim.Simulator{}).Ask(requests)
	if err != nil {
		t.Fatal(err)
	}
	if answers[0].Decision != iamsim.Allowed || answers[1].Decision != iamsim.ImplicitlyDenied {
		t.Errorf("%+v", answers)
	}
}

// TestWithoutAName: a resource with an empty name is allowed by its own ARN and
// by a pattern that an empty text matches.
func TestWithoutAName(t *testing.T) {
	const alarms = "arn:aws:cloudwatch:eu-central-1:" + account + ":alarm:"
	for resource, want := range map[string]iamsim.Decision{
		alarms: iamsim.Allowed, alarms + "*": iamsim.Allowed, alarms + "paperwurks-*": iamsim.ImplicitlyDenied,
	} {
		p := policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"cloudwatch:PutMetricAlarm","Resource":"`+resource+`"}`)
		answers, err := (&iamsim.Simulator{}).Ask([]iamsim.Request{{
			Principal: session, Action: "cloudwatch:PutMetricAlarm", Resource: alarms, Account: account, Identity: []*iamsim.Policy{p},
		}})
		if err != nil || answers[0].Decision != want {
			t.Errorf("%s: %+v, %v; want %s", resource, answers, err, want)
		}
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	for _, text := range []string{"", "{", `{"Statement":[]}`, `{"Statement":["x"]}`} {
		if _, err := iamsim.ParsePolicy([]byte(text)); err == nil {
			t.Errorf("%q: taken", text)
		}
	}
}

func TestDescribe(t *testing.T) {
	reference, err := iamsim.Describe([]string{"ecs:UpdateServ*", "ecs:NoSuch", "nosuch:*"})
	if err != nil {
		t.Fatal(err)
	}
	found := reference.Matches["ecs:UpdateServ*"]
	if len(found) == 0 || found[0].Name != "ecs:UpdateService" || len(found[0].Resources) != 1 {
		t.Errorf("%+v", found)
	}
	if len(reference.Matches["ecs:NoSuch"])+len(reference.Matches["nosuch:*"]) > 0 {
		t.Errorf("%+v", reference.Matches)
	}
	if len(reference.GlobalKeys) < 20 {
		t.Errorf("%d global keys", len(reference.GlobalKeys))
	}
}

// TestNotInstalled: without the simulator nothing is skipped; the error says
// how to install it.
func TestNotInstalled(t *testing.T) {
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(empty)
	_, err := (&iamsim.Simulator{}).Ask([]iamsim.Request{read()})
	if !errors.Is(err, iamsim.ErrNotInstalled) || !strings.Contains(err.Error(), iamsim.Install) {
		t.Errorf("%v", err)
	}
	if _, err := iamsim.Describe(nil); !errors.Is(err, iamsim.ErrNotInstalled) {
		t.Errorf("%v", err)
	}
	// The simulator is there, but no Node.
	if err := os.MkdirAll(filepath.Join(empty, "internal", "iamsim", "node_modules", "@cloud-copilot", "iam-simulate"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	if _, err := iamsim.Describe(nil); !errors.Is(err, exec.ErrNotFound) || !strings.HasPrefix(err.Error(), "describe.mjs: ") {
		t.Errorf("without Node: %v", err)
	}
	t.Chdir(t.TempDir())
	if _, err := iamsim.Describe(nil); err == nil || errors.Is(err, iamsim.ErrNotInstalled) {
		t.Errorf("outside the module: %v", err)
	}
}
