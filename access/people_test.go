package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// TestPeopleTrust: who assumes a role is a person of the account, by one of three ways.
// The simulation asks whom each lets in.
func TestPeopleTrust(t *testing.T) {
	n := config.Fixture().Names()
	for _, test := range []struct {
		assumers config.Assumers
		sids     string
	}{
		{config.Assumers{PermissionSets: []string{"A", "B"}}, "PeopleOfIdentityCenter"},
		{config.Assumers{Principals: []string{"user/ada", "user/people/eve"}}, "UsersWithASecondFactor"},
		{config.Assumers{Principals: []string{"role/on-call"}}, "RolesOfOthers"},
		{config.Assumers{PermissionSets: []string{"A"}, Principals: []string{"role/on-call", "user/ada"}}, "PeopleOfIdentityCenter UsersWithASecondFactor RolesOfOthers"},
	} {
		document := access.PeopleTrust(n, test.assumers)
		if got := sids(document); got != test.sids {
			t.Errorf("%v: %s; want %s", test.assumers, got, test.sids)
		}
		if _, err := document.JSON(); err != nil {
			t.Errorf("%v: %v", test.assumers, err)
		}
		for _, s := range document.Statements {
			who := s.Conditions[0]
			if who.Key != "aws:PrincipalArn" || !slices.Equal(s.Principals, []policy.Principal{{Type: policy.AWS, ID: "arn:aws:iam::444455556666:root"}}) {
				t.Errorf("%s: %v, %v", s.Sid, s.Principals, who)
			}
			for _, arn := range who.Values {
				if !strings.HasPrefix(arn, "arn:aws:iam::444455556666:") || strings.HasSuffix(arn, "*") {
					t.Errorf("%s: %q", s.Sid, arn)
				}
			}
		}
	}
}

// TestTooManyPeople: a trust that AWS would not take is refused with its path.
func TestTooManyPeople(t *testing.T) {
	s := config.Fixture()
	for range 12 {
		s.People.OnCall.PermissionSets = append(s.People.OnCall.PermissionSets, "Set-"+string(rune('a'+len(s.People.OnCall.PermissionSets))))
	}
	err := access.Validate(s)
	if err == nil || !strings.Contains(err.Error(), "people.onCall: 14: fewer people, or a permission set for all of them, are required: the trust policy of paperwurks-on-call would have at least ") {
		t.Errorf("got %v", err)
	}
}
