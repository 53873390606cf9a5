package stacks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

// TestDomain sets a domain: each environment is under its own name in the zone.
// TestOptionSnapshots has what else a domain changes, and platforms without.
func TestDomain(t *testing.T) {
	settings := config.Fixture()
	all := synthesise(t, settings, config.Target{})
	for _, env := range settings.Environments {
		stack := all[env.Name]
		terraformValidates(t, stack)
		host := settings.Hostname(env)
		for _, d := range stack.Resource["aws_cloudfront_distribution"] {
			if got := at(d, "aliases", 0); got != host {
				t.Errorf("%s: alias %v, want %q", env.Name, got, host)
			}
		}
		names := map[any]bool{}
		for _, r := range stack.Resource["aws_route53_record"] {
			if r["type"] == "A" || r["type"] == "AAAA" {
				names[r["name"]] = true
			}
		}
		if !names[host] {
			t.Errorf("%s: no DNS record for %q", env.Name, host)
		}
	}
}

// The local target reaches nothing but the emulator, and leaves nothing of
// itself in stacks for AWS.
func TestLocalTarget(t *testing.T) {
	endpoint := "http://127.0.0.1:4566"
	local := synthesise(t, config.Platform(), config.Target{LocalEndpoint: endpoint, LocalState: t.TempDir()})
	for name, stack := range local {
		for _, p := range stack.Providers {
			if p.Endpoint() != endpoint || !slices.Equal(p.SharedConfigFiles, []string{"emulator.config"}) || p.Profile != "local" {
				t.Errorf("%s: a provider goes to %q by %q, profile %q", name, p.Endpoint(), p.SharedConfigFiles, p.Profile)
			}
		}
		got, err := os.ReadFile(filepath.Join(stack.Dir, "emulator.config"))
		if want := "[profile local]\nendpoint_url = " + endpoint + "\n"; err != nil || string(got) != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
	for name, stack := range platform(t) {
		text, err := os.ReadFile(stack.File)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(stack.Dir, "emulator.config")); !os.IsNotExist(err) {
			t.Errorf("%s: the emulator's file is there: %v", name, err)
		}
		for _, trace := range []string{"127.0.0.1", "localhost", "access_key", "secret_key", "path_style", "skip_credentials_validation", "shared_config", `"local"`} {
			if strings.Contains(string(text), trace) {
				t.Errorf("%s: %q is in a stack for AWS", name, trace)
			}
		}
	}
}

// The state bucket of an emulator is the emulator's too, for its own account.
func TestLocalTargetWithItsStateBucket(t *testing.T) {
	endpoint := "http://127.0.0.1:4566"
	for name, stack := range synthesise(t, config.Platform(), config.Target{LocalEndpoint: endpoint}) {
		backend := readBackend(t, stack.File)
		if got := at(backend, "allowed_account_ids", 0); got != config.LocalAccountID {
			t.Errorf("%s: state of account %v is allowed", name, got)
		}
		if got := at(backend, "endpoints", "s3"); got != endpoint {
			t.Errorf("%s: the state's S3 is %v", name, got)
		}
		for _, p := range stack.Providers {
			if got := p.AllowedAccountIDs; !slices.Equal(got, []string{config.LocalAccountID}) {
				t.Errorf("%s: accounts %v are allowed", name, got)
			}
		}
	}
}

// While an example is left no account but the documentation's example is
// allowed, which belongs to nobody; then exactly the user's.
func TestAllowedAccount(t *testing.T) {
	filledIn, exampleLeft := config.Fixture(), config.Fixture()
	exampleLeft.User.AlarmEmail = config.ExampleUser().AlarmEmail
	for want, settings := range map[string]config.Settings{filledIn.User.AccountID: filledIn, config.ExampleAccountID: exampleLeft} {
		for name, stack := range synthesise(t, settings, config.Target{}) {
			for _, p := range stack.Providers {
				if got := p.AllowedAccountIDs; !slices.Equal(got, []string{want}) {
					t.Errorf("%s: accounts %v are allowed, want %q", name, got, want)
				}
			}
			if got := at(readBackend(t, stack.File), "allowed_account_ids", 0); got != want {
				t.Errorf("%s: state of account %v is allowed, want %q", name, got, want)
			}
		}
	}
}
