package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestTargetIsAccepted(t *testing.T) {
	for _, target := range []Target{
		{},
		{LocalEndpoint: "http://127.0.0.1:5000"},
		{LocalEndpoint: "https://127.0.0.1:9297"},
		{LocalEndpoint: "http://127.255.255.254:1"},
		{LocalEndpoint: "http://localhost:5000"},
		{LocalEndpoint: "http://[::1]:5000"},
		{LocalEndpoint: "http://127.0.0.1:5000", LocalState: "state"},
	} {
		if err := target.Validate(); err != nil {
			t.Errorf("%+v: %v", target, err)
		}
		if target.IsLocal() != (target.LocalEndpoint != "") {
			t.Errorf("%+v: IsLocal is %v", target, target.IsLocal())
		}
	}
}

func TestTargetIsRefused(t *testing.T) {
	const loopback = ": only a loopback address is allowed (127.0.0.0/8, ::1, localhost)"
	const scheme = ": an http or https URL is allowed"
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{LocalState: "state"}, `target.localState: "state": allowed only with a local endpoint`},
		{Target{LocalEndpoint: "127.0.0.1:5000"}, `target.localEndpoint: "127.0.0.1:5000": parse "127.0.0.1:5000": `},
		{Target{LocalEndpoint: "localhost:5000"}, `target.localEndpoint: "localhost:5000"` + scheme},
		{Target{LocalEndpoint: "localhost"}, `target.localEndpoint: "localhost"` + scheme},
		{Target{LocalEndpoint: "ftp://127.0.0.1"}, `target.localEndpoint: "ftp://127.0.0.1"` + scheme},
		{Target{LocalEndpoint: "http://"}, `target.localEndpoint: "http://"` + loopback},
		{Target{LocalEndpoint: "https://sts.eu-central-1.amazonaws.com"}, `target.localEndpoint: "https://sts.eu-central-1.amazonaws.com"` + loopback},
		{Target{LocalEndpoint: "http://10.0.0.1:5000"}, `target.localEndpoint: "http://10.0.0.1:5000"` + loopback},
		{Target{LocalEndpoint: "http://0.0.0.0:5000"}, `target.localEndpoint: "http://0.0.0.0:5000"` + loopback},
		{Target{LocalEndpoint: "http://169.254.169.254"}, `target.localEndpoint: "http://169.254.169.254"` + loopback},
		{Target{LocalEndpoint: "http://localhost.evil.example:5000"}, `target.localEndpoint: "http://localhost.evil.example:5000"` + loopback},
		{Target{LocalEndpoint: "http://127.0.0.1.evil.example:5000"}, `target.localEndpoint: "http://127.0.0.1.evil.example:5000"` + loopback},
		{Target{LocalEndpoint: "http://127.0.0.1@evil.example:5000"}, `target.localEndpoint: "http://127.0.0.1@evil.example:5000": no user name or password is allowed`},
		{Target{LocalEndpoint: "http://user:secret@127.0.0.1:5000"}, `target.localEndpoint: "http://user:xxxxx@127.0.0.1:5000": no user name or password is allowed`},
	} {
		err := c.target.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.target, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the message tells the password: %v", err)
		}
	}
}

func TestTargetChangesOnlyTheAccount(t *testing.T) {
	s := valid()
	if got := (Target{}).For(s); !reflect.DeepEqual(got, s) {
		t.Error("the settings for AWS are not those given")
	}
	local := Target{LocalEndpoint: "http://127.0.0.1:5000"}.For(s)
	if local.User.AccountID != LocalAccountID {
		t.Errorf("got account %q", local.User.AccountID)
	}
	if s.User.AccountID == LocalAccountID {
		t.Error("the settings given were changed")
	}
	if err := local.Validate(); err != nil {
		t.Errorf("the settings for an emulator: %v", err)
	}
	local.User.AccountID = s.User.AccountID
	if !reflect.DeepEqual(local, s) {
		t.Error("more than the account differs")
	}
}
