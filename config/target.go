package config

import (
	"fmt"
	"net/netip"
	"net/url"
)

// Target says where the stacks are to be deployed: AWS itself, or an emulator
// on this machine. It is chosen by one command-line flag of the app, never by
// the environment.
type Target struct {
	// LocalEndpoint is the URL of an AWS emulator on a loopback address; ""
	// means AWS itself.
	LocalEndpoint string
	// LocalState is a folder in which each stack keeps its state as a file;
	// only with LocalEndpoint. "" keeps it in the state bucket, as on AWS.
	LocalState string
}

// IsLocal says whether the target is an emulator on this machine.
func (t Target) IsLocal() bool { return t.LocalEndpoint != "" }

// LocalAccountID is the account that the emulator answers as.
const LocalAccountID = "123456789012"

// Validate refuses an endpoint that is not on a loopback address, and local
// state without a local endpoint.
func (t Target) Validate() error {
	if !t.IsLocal() {
		if t.LocalState != "" {
			return fmt.Errorf("target.localState: %q: allowed only with a local endpoint", t.LocalState)
		}
		return nil
	}
	u, err := url.Parse(t.LocalEndpoint)
	if err != nil {
		return fmt.Errorf("target.localEndpoint: %q: %w", t.LocalEndpoint, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("target.localEndpoint: %q: an http or https URL is allowed", t.LocalEndpoint)
	}
	if u.User != nil {
		return fmt.Errorf("target.localEndpoint: %q: no user name or password is allowed", u.Redacted())
	}
	if u.Hostname() == "localhost" {
		return nil
	}
	if a, err := netip.ParseAddr(u.Hostname()); err != nil || !a.IsLoopback() {
		return fmt.Errorf("target.localEndpoint: %q: only a loopback address is allowed (127.0.0.0/8, ::1, localhost)", t.LocalEndpoint)
	}
	return nil
}

// OnLocalAWS returns the settings as they are deployed to any emulator.
func (s Settings) OnLocalAWS() Settings {
	s.User.AccountID = LocalAccountID
	return s
}

// For gives the settings as they are deployed to the target: an emulator
// answers as an account of its own, and AWS gets them unchanged.
func (t Target) For(s Settings) Settings {
	if t.IsLocal() {
		return s.OnLocalAWS()
	}
	return s
}
