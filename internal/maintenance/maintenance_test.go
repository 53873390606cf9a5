package maintenance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
)

// firewall answers as AWS WAF does of the sets of dev: AWS WAF API, UpdateIPSet and
// UpdateRegexPatternSet. The local AWS's own are tried by the rehearsal.
type firewall struct {
	account string
	// sets by their names, each with its members and a version.
	sets map[string]*kept
	// crossed are how many changes somebody else's comes before.
	crossed int
	// changes are the names of what was changed, in order.
	changes []string
}

type kept struct {
	members any
	version int
}

func (f *firewall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["Scope"] != "CLOUDFRONT" {
		http.Error(w, `{"__type":"WAFInvalidParameterException"}`, http.StatusBadRequest)
		return
	}
	kind := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(operation, "List"), "Get"), "Update"), "s")
	members := map[string]string{"IPSet": "Addresses", "RegexPatternSet": "RegularExpressionList"}[kind]
	arn := func(name string) string {
		return fmt.Sprintf("arn:aws:wafv2:us-east-1:%s:global/%s/%s/id-%s", f.account, strings.ToLower(kind), name, name)
	}
	if strings.HasPrefix(operation, "List") {
		summaries := []any{}
		for name := range f.sets {
			if strings.Contains(name, "ipv") == (kind == "IPSet") {
				summaries = append(summaries, map[string]any{"Name": name, "Id": "id-" + name, "ARN": arn(name)})
			}
		}
		answer(w, map[string]any{kind + "s": summaries})
		return
	}
	name, _ := in["Name"].(string)
	set := f.sets[name]
	if set == nil || in["Id"] != "id-"+name {
		http.Error(w, `{"__type":"WAFNonexistentItemException"}`, http.StatusBadRequest)
		return
	}
	if strings.HasPrefix(operation, "Get") {
		answer(w, map[string]any{kind: map[string]any{"Name": name, "Description": "d", members: set.members}, "LockToken": fmt.Sprint(set.version)})
		return
	}
	if f.crossed > 0 {
		f.crossed--
		set.version++
	}
	if in["LockToken"] != fmt.Sprint(set.version) {
		http.Error(w, `{"__type":"WAFOptimisticLockException"}`, http.StatusBadRequest)
		return
	}
	if in["Description"] != "d" {
		http.Error(w, `{"__type":"the description is lost"}`, http.StatusBadRequest)
		return
	}
	set.members, set.version = in[members], set.version+1
	f.changes = append(f.changes, name)
	answer(w, map[string]any{"NextLockToken": fmt.Sprint(set.version)})
}

func answer(w io.Writer, value any) { _ = json.NewEncoder(w).Encode(value) }

const dev = "paperwurks-dev-maintenance"

func deployed() *firewall {
	off := []any{map[string]any{"RegexString": config.MaintenanceOff}}
	return &firewall{account: config.Fixture().User.AccountID, sets: map[string]*kept{
		dev: {members: off}, dev + "-ipv4": {members: []any{}}, dev + "-ipv6": {members: []any{}},
		"paperwurks-prod-maintenance": {members: off},
	}}
}

func (f *firewall) of(t *testing.T, env string) Switch {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	edge, err := awsapi.Connect(t.Context(), config.EdgeRegion, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	edge.RetryMaxAttempts = 1
	return Switch{Settings: config.Fixture(), Environment: env, Edge: edge}
}

func guests(t *testing.T, text string) []netip.Prefix {
	t.Helper()
	blocks, err := ParseGuests(text)
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

// TestSwitch: guests are let through before the page is shown, they stay when it is
// switched off, and nothing is changed that is so already.
func TestSwitch(t *testing.T) {
	f := deployed()
	s := f.of(t, "dev")
	for _, step := range []struct {
		on      bool
		guests  []netip.Prefix
		changed []string
		want    string
	}{
		{false, nil, nil, "maintenance mode is off; when it is on, nobody is let through"},
		{true, guests(t, "2001:db8::/32 203.0.113.7"), []string{dev + "-ipv4", dev + "-ipv6", dev}, "maintenance mode is on; let through: 203.0.113.7/32, 2001:db8::/32"},
		{true, guests(t, "203.0.113.7,2001:db8::/32"), nil, "maintenance mode is on; let through: 203.0.113.7/32, 2001:db8::/32"},
		{true, guests(t, "198.51.100.0/24"), []string{dev + "-ipv4", dev + "-ipv6"}, "maintenance mode is on; let through: 198.51.100.0/24"},
		{false, nil, []string{dev}, "maintenance mode is off; when it is on, let through: 198.51.100.0/24"},
		{true, []netip.Prefix{}, []string{dev + "-ipv4", dev}, "maintenance mode is on; nobody is let through"},
	} {
		f.changes = nil
		if err := s.Set(t.Context(), step.on, step.guests); err != nil {
			t.Fatal(err)
		}
		state, err := s.Read(t.Context())
		if err != nil || state.String() != step.want || state.On() != step.on || state.Off() == step.on {
			t.Errorf("on %v, guests %v: %q, %v; want %q", step.on, step.guests, state, err, step.want)
		}
		if !slices.Equal(f.changes, step.changed) {
			t.Errorf("on %v, guests %v: %v was changed; want %v", step.on, step.guests, f.changes, step.changed)
		}
	}
	if got := f.sets["paperwurks-prod-maintenance"].version; got != 0 {
		t.Errorf("prod was changed %d times", got)
	}
}

// TestCrossed: a change of somebody else's in between is read, and then overwritten;
// not for ever.
func TestCrossed(t *testing.T) {
	for crossed, works := range map[int]bool{1: true, attempts - 1: true, attempts: false} {
		f := deployed()
		f.crossed = crossed
		err := f.of(t, "dev").Set(t.Context(), true, nil)
		if (err == nil) != works || !works && !strings.Contains(err.Error(), "WAFOptimisticLockException") {
			t.Errorf("crossed %d times: %v", crossed, err)
		}
	}
}

// TestByHand: what somebody set in the console is shown as it is, and IPv6 in AWS
// WAF's long form is understood.
func TestByHand(t *testing.T) {
	f := deployed()
	f.sets[dev].members = []any{map[string]any{"RegexString": "^/admin"}, map[string]any{"RegexString": "^/api"}}
	f.sets[dev+"-ipv6"].members = []any{"2001:0db8:0000:0000:0000:0000:0000:0000/32"}
	s := f.of(t, "dev")
	state, err := s.Read(t.Context())
	if want := "maintenance mode is on for paths that match ^/admin, ^/api; let through: 2001:db8::/32"; err != nil || state.String() != want || state.On() || state.Off() {
		t.Errorf("%q, %v; want %q", state, err, want)
	}
	if err := s.Set(t.Context(), false, guests(t, "2001:db8::/32")); err != nil || !slices.Equal(f.changes, []string{dev}) {
		t.Errorf("%v was changed, %v; want the switch only", f.changes, err)
	}
}

func TestElsewhere(t *testing.T) {
	f := deployed()
	if _, err := f.of(t, "prod").Read(t.Context()); err == nil || !strings.Contains(err.Error(), `environment "prod" has no maintenance mode in this account: IPSet "paperwurks-prod-maintenance-ipv4" is not there`) {
		t.Errorf("without its sets: %v", err)
	}
	f.account = "999999999999"
	if err := f.of(t, "dev").Set(t.Context(), true, nil); err == nil || !strings.Contains(err.Error(), "the credentials are another account's") || len(f.changes) > 0 {
		t.Errorf("in another account: %v, changed %v", err, f.changes)
	}
}

func TestParseGuests(t *testing.T) {
	if got := fmt.Sprint(guests(t, " 203.0.113.7, 10.0.0.0/8  2001:db8::1 ::/1")); got != "[203.0.113.7/32 10.0.0.0/8 2001:db8::1/128 ::/1]" {
		t.Error(got)
	}
	_, err := ParseGuests("0.0.0.0/0, office.example, 10.1.0.0/8, 203.0.113.7, 203.0.113.7/32, ::ffff:1.2.3.4, fe80::1%eth0, 1.2.3.4/33")
	want := []string{`"0.0.0.0/0": a block of /1 or narrower is allowed`, `"office.example": an IPv4 or IPv6 address, or a CIDR block of them, is allowed`,
		`"10.1.0.0/8": the block's first address is required: 10.0.0.0/8`, `"203.0.113.7/32": each block is allowed once`,
		`"::ffff:1.2.3.4": an IPv4 or IPv6 address, or a CIDR block of them, is allowed`, `"fe80::1%eth0": an IPv4 or IPv6 address, or a CIDR block of them, is allowed`,
		`"1.2.3.4/33": an IPv4 or IPv6 address, or a CIDR block of them, is allowed`}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("%v; want\n%s", err, strings.Join(want, "\n"))
	}
}

func TestCommandRefuses(t *testing.T) {
	environments := []string{}
	for _, env := range config.Platform().Environments {
		environments = append(environments, env.Name)
	}
	here := environments[0]
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "an environment is required, and on, off or nothing"},
		{[]string{here, "on", "off"}, "an environment is required, and on, off or nothing"},
		{[]string{"nowhere"}, `environment "nowhere": one of ` + strings.Join(environments, ", ") + " is allowed"},
		{[]string{here, "maybe"}, `mode "maybe": on or off is allowed`},
		{[]string{"-allow", "203.0.113.7", here}, "-allow is for on or off"},
		{[]string{"-allow", "office", here, "on"}, `-allow: "office": an IPv4 or IPv6 address, or a CIDR block of them, is allowed`},
		{[]string{"-local", "https://aws.example", here}, `"https://aws.example"`},
	} {
		var out bytes.Buffer
		err := command.Run(context.Background(), command.Process{Out: &out, Err: &out, Getenv: func(string) string { return "" }}, "platform", "", []command.Command{Command}, append([]string{"maintenance"}, test.args...))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v; want %q", test.args, err, test.want)
		}
	}
}

// TestCommand: the command says what is set, and lets through whom it is told to.
func TestCommand(t *testing.T) {
	here := config.Platform().Environments[0].Name
	f := &firewall{sets: map[string]*kept{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	s := config.Target{LocalEndpoint: server.URL}.For(config.Platform())
	f.account = s.User.AccountID
	name := s.Names().Maintenance(here)
	f.sets[name] = &kept{members: []any{map[string]any{"RegexString": config.MaintenanceOff}}}
	for _, version := range config.IPVersions {
		f.sets[s.Names().MaintenanceGuests(here, version)] = &kept{members: []any{}}
	}
	const rings, slow = "will ring", "until it holds everywhere."
	for _, test := range []struct {
		args  []string
		says  string
		added []string
	}{
		{[]string{here}, here + ": maintenance mode is off; when it is on, nobody is let through\n", nil},
		{[]string{"-allow", "203.0.113.7", here, "on"}, here + ": maintenance mode is on; let through: 203.0.113.7/32\n", []string{rings, slow}},
		{[]string{here, "off"}, here + ": maintenance mode is off; when it is on, let through: 203.0.113.7/32\n", []string{slow}},
		{[]string{"-allow", "nobody", here, "off"}, here + ": maintenance mode is off; when it is on, nobody is let through\n", []string{slow}},
	} {
		var out bytes.Buffer
		err := command.Run(t.Context(), command.Process{Out: &out, Err: io.Discard}, "platform", "", []command.Command{Command}, append([]string{"maintenance", "-local", server.URL}, test.args...))
		said := out.String()
		if err != nil || !strings.HasPrefix(said, test.says) {
			t.Errorf("%q: %v, says %q; want %q", test.args, err, said, test.says)
		}
		for _, line := range []string{rings, slow} {
			if strings.Contains(said, line) != slices.Contains(test.added, line) {
				t.Errorf("%q says %q; want of its remarks %q", test.args, said, test.added)
			}
		}
	}

	f.sets[name].members = nil
	delete(f.sets, s.Names().MaintenanceGuests(here, config.IPv4))
	for _, args := range [][]string{{here}, {"-allow", "203.0.113.7", here, "on"}} {
		if err := command.Run(t.Context(), command.Process{Out: io.Discard, Err: io.Discard}, "platform", "", []command.Command{Command}, append([]string{"maintenance", "-local", server.URL}, args...)); err == nil || !strings.Contains(err.Error(), "has no maintenance mode") {
			t.Errorf("%q without a set: %v", args, err)
		}
	}
}
