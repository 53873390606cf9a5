package iamsim_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/iamsim"
)

// played makes a module in which Node is a script.
func played(t *testing.T, script string) {
	t.Helper()
	root := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "internal/iamsim/node_modules/@cloud-copilot/iam-simulate"), 0o700), os.Mkdir(filepath.Join(root, "bin"), 0o700),
		os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if script != "" {
		if err := os.WriteFile(filepath.Join(root, "bin/node"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(root, "bin")+":/usr/bin:/bin")
	if script == "" {
		t.Setenv("PATH", filepath.Join(root, "bin"))
	}
	t.Chdir(root)
}

// A simulator that does not answer, or not each request, is a fault that says
// what it said; no answer is made up, and none is remembered.
func TestSimulatorFails(t *testing.T) {
	request := read(policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"s3:*","Resource":"*"}`))
	for _, test := range []struct{ script, ask, describe string }{
		{"", "simulate.mjs: ", "describe.mjs: "},
		{"read -r line", "node: EOF", "node: EOF"},
		{"read -r line; echo broken >&2; exit 3", "broken", "broken"},
		{"read -r line; echo 'no JSON'", "invalid character", "invalid character"},
		{"read -r line; echo '[]'", "simulate.mjs: 0 answers to 1 requests", "cannot unmarshal array"},
		{`read -r line; echo '{"*": 1}'`, "cannot unmarshal object", "describe: json: cannot unmarshal number"},
		{`read -r line; echo '{"s3:*": 1}'`, "cannot unmarshal object", `describe "s3:*": json: cannot unmarshal number`},
		{`read -r line; echo '{"*": []}'; exit 4`, "cannot unmarshal object", "exit status 4"},
	} {
		played(t, test.script)
		simulator := &iamsim.Simulator{}
		for range 2 {
			if answers, err := simulator.Ask([]iamsim.Request{request}); err == nil || !strings.Contains(err.Error(), test.ask) || answers != nil {
				t.Errorf("%q: %+v, %v; want %q", test.script, answers, err, test.ask)
			}
		}
		if reference, err := iamsim.Describe([]string{"s3:*"}); err == nil || !strings.Contains(err.Error(), test.describe) {
			t.Errorf("%q: %+v, %v; want %q", test.script, reference, err, test.describe)
		}
	}
}

// After a fault it is started again, and what is known is not asked again.
func TestSimulatorIsStartedAgain(t *testing.T) {
	request := read(policy(t, `{"Sid":"Allow","Effect":"Allow","Action":"s3:*","Resource":"*"}`))
	played(t, `[ -e failed ] || { touch failed; exit 1; }
while read -r line; do printf "%s\n" "$line" >>asked; echo '[{"decision": "Allowed", "by": ["Allow"]}]'; done`)
	simulator := &iamsim.Simulator{}
	if _, err := simulator.Ask([]iamsim.Request{request}); err == nil {
		t.Fatal("no fault")
	}
	another := request
	another.Resource += "2"
	for _, requests := range [][]iamsim.Request{{request, request}, {request}, {another}, {another, request}} {
		answers, err := simulator.Ask(requests)
		if err != nil || len(answers) != len(requests) {
			t.Fatalf("%+v, %v", answers, err)
		}
		for _, a := range answers {
			if a.Decision != iamsim.Allowed || strings.Join(a.By, "") != "Allow" {
				t.Errorf("%+v", a)
			}
		}
	}
	asked, err := os.ReadFile("internal/iamsim/asked")
	if lines := strings.Split(strings.TrimSpace(string(asked)), "\n"); err != nil || len(lines) != 2 || strings.Contains(lines[0], "o2") || !strings.Contains(lines[1], "o2") {
		t.Errorf("asked\n%s, %v", asked, err)
	}
	// What decides is all that is sent, and each document once.
	want := `{"documents":{"0":"{\"Statement\":[{\"Action\":\"s3:*\",\"Effect\":\"Allow\",\"Resource\":\"*\",\"Sid\":\"Allow\"}],\"Version\":\"2012-10-17\"}"},"requests":[{"principal":"` + session +
		`","action":"s3:GetObject","resource":"` + object + `","account":"` + account + `","context":null,"ambient":null,"identity":["0"]}]}`
	if got, _, _ := strings.Cut(string(asked), "\n"); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	bad := request
	bad.Context = map[string]any{"x": func() {}}
	if _, err := simulator.Ask([]iamsim.Request{bad}); err == nil || !strings.HasPrefix(err.Error(), "simulate: context of s3:GetObject: ") {
		t.Errorf("got %v", err)
	}
}

// What a request has beside its action decides too: nothing is answered for
// another.
func TestEveryPartDecides(t *testing.T) {
	one, two := policy(t, `{"Sid":"One","Effect":"Allow","Action":"s3:*","Resource":"*"}`), policy(t, `{"Sid":"Two","Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	silent := policy(t, `{"Sid":"Other","Effect":"Allow","Action":"ec2:*","Resource":"*"}`)
	played(t, `while read -r line; do printf "%s\n" "$line" >>asked; echo '[{"decision": "Allowed"}]'; done`)
	simulator := &iamsim.Simulator{}
	changes := []func(r *iamsim.Request){
		func(r *iamsim.Request) {}, func(r *iamsim.Request) { r.Principal += "2" }, func(r *iamsim.Request) { r.Action = "s3:PutObject" }, func(r *iamsim.Request) { r.Resource += "2" },
		func(r *iamsim.Request) { r.Account = "444455556666" }, func(r *iamsim.Request) { r.Context = map[string]any{"a": "b"} }, func(r *iamsim.Request) { r.Ambient = map[string]any{"a": "b"} },
		func(r *iamsim.Request) { r.Identity = []*iamsim.Policy{two} }, func(r *iamsim.Request) { r.Identity = nil }, func(r *iamsim.Request) { r.Identity = []*iamsim.Policy{one, two} },
		func(r *iamsim.Request) { r.Boundary = one }, func(r *iamsim.Request) { r.Boundary = silent }, func(r *iamsim.Request) { r.ResourcePolicy = one }, func(r *iamsim.Request) { r.ResourcePolicy = silent },
	}
	for _, change := range changes {
		r := read(one)
		change(&r)
		if _, err := simulator.Ask([]iamsim.Request{r}); err != nil {
			t.Fatal(err)
		}
	}
	// The order of policies, and one that says nothing of the action, decide nothing.
	for _, identity := range [][]*iamsim.Policy{{two, one}, {silent, one, two}} {
		if _, err := simulator.Ask([]iamsim.Request{read(identity...)}); err != nil {
			t.Fatal(err)
		}
	}
	asked, err := os.ReadFile("internal/iamsim/asked")
	lines := strings.Split(strings.TrimSpace(string(asked)), "\n")
	if err != nil || len(lines) != len(changes) {
		t.Fatalf("asked %d times, want %d: %v", len(lines), len(changes), err)
	}
	for i, want := range map[int]string{
		5: `"context":{"a":"b"},"ambient":null`, 6: `"context":null,"ambient":{"a":"b"}`,
		10: `"identity":["0"],"boundary":["0"]}`, 11: `"identity":["0"],"boundary":["1"]}`, 12: `"identity":["0"],"resourcePolicy":"0"}`, 13: `"identity":["0"],"resourcePolicy":"1"}`, 8: `"identity":[]}`, 9: `"identity":["0","1"]}`,
	} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("%d: %s lacks %s", i, lines[i], want)
		}
	}
	if !strings.Contains(lines[11], `\"Sid\":\"Silent\",\"Effect\":\"Deny\",\"Action\":\"none:None\"`) || !strings.Contains(lines[13], `\"Sid\":\"Silent\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"none:None\"`) {
		t.Errorf("what is silent is not said:\n%s\n%s", lines[11], lines[13])
	}
}

func TestPolicies(t *testing.T) {
	const text = `{"Version": "2012-10-17", "Statement": {"Sid": "One", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}`
	p, err := iamsim.ParsePolicy([]byte(text))
	if err != nil || p.JSON() != text || len(p.Statements()) != 1 || p.Statements()[0].Sid != "One" {
		t.Fatalf("%+v, %v", p, err)
	}
	list := policy(t, `{"Action":"s3:Get*","Resource":"*","Effect":"Allow","Sid":"One"}`, `{"Sid":"Other","Effect":"Allow","Action":"ec2:*","Resource":"*"}`)
	for action, want := range map[string]bool{"s3:GetObject": true, "ec2:RunInstances": false, "kms:Decrypt": true} {
		for range 2 { // once worked out, and once remembered
			if p.SaysAlike(list, action) != want {
				t.Errorf("%s: alike is %t", action, !want)
			}
		}
	}
}

func TestSends(t *testing.T) {
	reference := iamsim.Reference{GlobalKeys: []string{"aws:sourceip"}}
	action := iamsim.Action{Keys: []string{"ecs:cluster", "aws:requesttag/${tagkey}", "github.com/${enterprise}:ref"}}
	for key, want := range map[string]bool{
		"ecs:cluster": true, "ECS:Cluster": true, "ecs:clusters": false, "aws:SourceIp": true, "aws:SourceVpc": false,
		"aws:RequestTag/project": true, "aws:RequestTag/": false, "aws:ResourceTag/project": false, "github.com/paperwurks:ref": true, "github.com/:ref": false, "github.com/paperwurks:sub": false,
	} {
		if reference.Sends(action, key) != want {
			t.Errorf("%s: sent is %t", key, !want)
		}
	}
}
