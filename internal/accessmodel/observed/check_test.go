package observed

import (
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/iamsim"
)

// TestPlainlyAllowed: what the simulator cannot be asked is allowed only where
// nobody can doubt it.
func TestPlainlyAllowed(t *testing.T) {
	statement := func(effect, rest string) string {
		return `{"Effect":"` + effect + `",` + rest + `}`
	}
	const (
		tags     = `"Action":"elasticloadbalancing:AddTags",`
		group    = `"Resource":"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/*"`
		other    = `"Resource":"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/b/*"`
		notGroup = `"NotResource":"arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/b/*"`
		when     = `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`
	)
	allow := statement("Allow", tags+group)
	for _, test := range []struct {
		name               string
		identity, boundary []string
		want               bool
	}{
		{"allowed", []string{allow}, nil, true},
		{"by one of two", []string{statement("Allow", tags+other), allow}, nil, true},
		{"nothing said", nil, nil, false},
		{"another action", []string{statement("Allow", `"Action":"elasticloadbalancing:RemoveTags",`+group)}, nil, false},
		{"another resource", []string{statement("Allow", tags+other)}, nil, false},
		{"all but some resources", []string{statement("Allow", tags+notGroup)}, nil, false},
		{"under a condition", []string{statement("Allow", tags+group+when)}, nil, false},
		{"denied", []string{allow, statement("Deny", tags+group)}, nil, false},
		{"denied under a condition", []string{allow, statement("Deny", tags+group+when)}, nil, false},
		{"denied but for some resources", []string{allow, statement("Deny", tags+notGroup)}, nil, false},
		{"another resource denied", []string{allow, statement("Deny", tags+other)}, nil, true},
		{"within the boundary", []string{allow}, []string{allow}, true},
		{"within the boundary, under a condition", []string{allow}, []string{statement("Allow", tags+group+when)}, true},
		{"the boundary alone", []string{statement("Allow", tags+other)}, []string{allow}, false},
		{"beyond the boundary", []string{allow}, []string{statement("Allow", tags+other)}, false},
		{"denied by the boundary", []string{allow}, []string{allow, statement("Deny", tags+group)}, false},
	} {
		document := func(statements ...string) *iamsim.Policy {
			p, err := iamsim.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		request := iamsim.Request{Action: "elasticloadbalancing:AddTags", Resource: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/0a1b"}
		for _, s := range test.identity {
			request.Identity = append(request.Identity, document(s))
		}
		if test.boundary != nil {
			request.Boundary = document(test.boundary...)
		}
		if got := plainlyAllowed(request); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
