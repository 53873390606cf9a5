// Package maintenance switches an environment's maintenance mode on and off, without
// Terraform: AWS WAF in front of CloudFront answers every request with the
// maintenance page, but those of guests. What it changes are the three sets that
// the environment's stack makes and Terraform leaves as they are.
package maintenance

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// State is an environment's maintenance mode.
type State struct {
	// Patterns of the paths that are answered with the page, as AWS WAF has them.
	Patterns []string
	// Guests are the CIDR blocks whose requests are let through.
	Guests []netip.Prefix
}

// On and Off say whether all requests are answered with the page, or none. A
// pattern that somebody set by hand is neither.
func (s State) On() bool  { return slices.Equal(s.Patterns, []string{config.MaintenanceOn}) }
func (s State) Off() bool { return slices.Equal(s.Patterns, []string{config.MaintenanceOff}) }

// String is the state in a sentence.
func (s State) String() string {
	guests := "nobody is let through"
	if len(s.Guests) > 0 {
		var blocks []string
		for _, g := range s.Guests {
			blocks = append(blocks, g.String())
		}
		guests = "let through: " + strings.Join(blocks, ", ")
	}
	if s.Off() {
		return s.Mode() + "; when it is on, " + guests
	}
	return s.Mode() + "; " + guests
}

// Mode says no more than whether it is on, and for what.
func (s State) Mode() string {
	switch {
	case s.On():
		return "maintenance mode is on"
	case s.Off():
		return "maintenance mode is off"
	}
	return "maintenance mode is on for paths that match " + strings.Join(s.Patterns, ", ")
}

// Switch is the maintenance mode of an environment.
type Switch struct {
	Settings    config.Settings
	Environment string
	// Edge is AWS in us-east-1, where AWS WAF keeps what is CloudFront's.
	Edge awsapi.Client
}

// Mode is how it is, without who is let through.
func (s Switch) Mode(ctx context.Context) (State, error) {
	patterns, err := s.set(ctx, regexes, s.names().Maintenance(s.Environment))
	return State{Patterns: patterns.members}, err
}

// Read is how it is.
func (s Switch) Read(ctx context.Context) (State, error) {
	out, err := s.Mode(ctx)
	if err != nil {
		return out, err
	}
	for _, version := range config.IPVersions {
		guests, err := s.set(ctx, addresses, s.names().MaintenanceGuests(s.Environment, version))
		if err != nil {
			return out, err
		}
		for _, text := range guests.members {
			block, err := netip.ParsePrefix(text)
			if err != nil {
				return out, fmt.Errorf("%s: %w", guests.name, err)
			}
			out.Guests = append(out.Guests, block)
		}
	}
	return out, nil
}

// Set switches it, guests first, so that nobody of them sees the page in between;
// nil leaves the guests as they are. What is so already is not changed.
func (s Switch) Set(ctx context.Context, on bool, guests []netip.Prefix) error {
	if guests != nil {
		for _, version := range config.IPVersions {
			members := []string{}
			for _, g := range guests {
				if g.Addr().Is4() == (version == config.IPv4) {
					members = append(members, g.String())
				}
			}
			if err := s.change(ctx, addresses, s.names().MaintenanceGuests(s.Environment, version), members); err != nil {
				return err
			}
		}
	}
	pattern := config.MaintenanceOff
	if on {
		pattern = config.MaintenanceOn
	}
	return s.change(ctx, regexes, s.names().Maintenance(s.Environment), []string{pattern})
}

// ParseGuests reads addresses and CIDR blocks, with spaces or commas between them.
// It returns an error with all that are none, or that AWS WAF does not take
// (AWS WAF API, IPSet: Addresses).
func ParseGuests(text string) ([]netip.Prefix, error) {
	blocks := []netip.Prefix{}
	var errs []error
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		block, err := netip.ParsePrefix(one)
		if address, addressErr := netip.ParseAddr(one); addressErr == nil && address.Zone() == "" {
			block, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		switch {
		case err != nil, block.Addr().Is4In6():
			errs = append(errs, fmt.Errorf("%q: an IPv4 or IPv6 address, or a CIDR block of them, is allowed", one))
		case block.Bits() == 0:
			errs = append(errs, fmt.Errorf("%q: a block of /1 or narrower is allowed", one))
		case block != block.Masked():
			errs = append(errs, fmt.Errorf("%q: the block's first address is required: %s", one, block.Masked()))
		case slices.Contains(blocks, block):
			errs = append(errs, fmt.Errorf("%q: each block is allowed once", one))
		default:
			blocks = append(blocks, block)
		}
	}
	return blocks, errors.Join(errs...)
}

func (s Switch) names() config.Names { return s.Settings.Names() }

// kind of a set, as AWS WAF names it and its members in its API.
type kind struct {
	object, members string
	// write is a member as the API takes it, read as it has it.
	write func(string) any
	read  string
}

var (
	regexes   = kind{"RegexPatternSet", "RegularExpressionList", func(text string) any { return map[string]any{"RegexString": text} }, "RegexString"}
	addresses = kind{"IPSet", "Addresses", func(text string) any { return text }, ""}
)

// set is what AWS WAF has of one.
type set struct {
	name, id, description, lock string
	members                     []string
}

func (s Switch) call(ctx context.Context, operation string, parameters map[string]any) (awsapi.Value, error) {
	parameters["Scope"] = "CLOUDFRONT"
	answer, err := s.Edge.Do(ctx, awsapi.Request{Service: "wafv2", Operation: operation, Parameters: parameters})
	if err != nil {
		return awsapi.Value{}, err
	}
	return answer.Value, nil
}

// set finds one by its name. It returns an error if there is none in the account of
// the settings.
func (s Switch) set(ctx context.Context, k kind, name string) (set, error) {
	all, err := s.Edge.All(ctx, awsapi.Request{Service: "wafv2", Operation: "List" + k.object + "s", Parameters: map[string]any{"Scope": "CLOUDFRONT"}}, k.object+"s")
	if err != nil {
		return set{}, err
	}
	for _, v := range all {
		if v.Text("Name") != name {
			continue
		}
		if arn := v.Text("ARN"); !strings.HasPrefix(arn, s.names().EdgeARN("wafv2", "global/")) {
			return set{}, fmt.Errorf("%s is not in the account %q of the settings: the credentials are another account's", arn, s.names().Account())
		}
		return s.get(ctx, k, set{name: name, id: v.Text("Id")})
	}
	return set{}, fmt.Errorf("environment %q has no maintenance mode in this account: %s %q is not there; deploy the environment first", s.Environment, k.object, name)
}

// get reads what is in one, with the token that its change needs.
func (s Switch) get(ctx context.Context, k kind, one set) (set, error) {
	got, err := s.call(ctx, "Get"+k.object, map[string]any{"Name": one.name, "Id": one.id})
	if err != nil {
		return one, err
	}
	one.lock, one.description, one.members = got.Text("LockToken"), got.Text(k.object+".Description"), nil
	for _, member := range got.List(k.object + "." + k.members) {
		text := member.Text(k.read)
		if block, err := netip.ParsePrefix(text); err == nil {
			text = block.String() // AWS WAF has IPv6 in its long form
		}
		one.members = append(one.members, text)
	}
	slices.Sort(one.members)
	return one, nil
}

// attempts at a change that somebody else's crosses.
const attempts = 3

// change gives one other members. It replaces the whole set but for its name, so
// that the description goes with it (AWS WAF API, UpdateIPSet).
func (s Switch) change(ctx context.Context, k kind, name string, members []string) error {
	one, err := s.set(ctx, k, name)
	if err != nil {
		return err
	}
	members = slices.Sorted(slices.Values(members))
	for attempt := 1; ; attempt++ {
		if slices.Equal(one.members, members) {
			return nil
		}
		written := []any{}
		for _, member := range members {
			written = append(written, k.write(member))
		}
		parameters := map[string]any{"Name": one.name, "Id": one.id, "LockToken": one.lock, k.members: written}
		if one.description != "" {
			parameters["Description"] = one.description
		}
		_, err := s.call(ctx, "Update"+k.object, parameters)
		var fault *awsapi.Fault
		if err == nil || !errors.As(err, &fault) || fault.Code != "WAFOptimisticLockException" || attempt == attempts {
			return err
		}
		if one, err = s.get(ctx, k, one); err != nil {
			return err
		}
	}
}
