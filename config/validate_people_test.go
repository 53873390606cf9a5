package config

import (
	"fmt"
	"strings"
	"testing"
)

const (
	wantSet       = `the name of a permission set is allowed: 1 to 32 letters, digits and _ + = , . @ -`
	wantPrincipal = `an IAM user or role of the account is allowed, with its path and without wildcards, such as "user/ada"`
)

func people(change func(p *People)) func(*Settings) {
	return func(s *Settings) { change(&s.People) }
}

var peopleRows = []row{
	is("people.readOnly.permissionSets[0]", "Read*", wantSet),
	is("people.readOnly.permissionSets[1]", "", wantSet),
	is("people.onCall.permissionSets[0]", "a-permission-set-of-33-characters", wantSet),
	is("people.onCall.permissionSets[0]", "$aws", wantSet),
	is("people.onCall.permissionSets[0]", "Support_????????????????", wantSet),
	is("people.breakGlass.permissionSets[0]", "AWSReservedSSO_BreakGlass_012345", "the name of a permission set is required, not that of the role that AWS makes of it"),
	refuses(people(func(p *People) { p.ReadOnly.PermissionSets = []string{"A", "B", "A"} }), `people.readOnly.permissionSets[2]: "A": each permission set is allowed once`),

	refuses(people(func(p *People) { p.ReadOnly.Principals = []string{"ada"} }), `people.readOnly.principals[0]: "ada": `+wantPrincipal),
	is("people.onCall.principals[0]", "*", wantPrincipal),
	is("people.onCall.principals[0]", "user/*", wantPrincipal),
	is("people.onCall.principals[0]", "user//ada", wantPrincipal),
	is("people.onCall.principals[0]", "root", wantPrincipal),
	is("people.onCall.principals[0]", "group/people", wantPrincipal),
	is("people.onCall.principals[0]", "arn:aws:iam::999988887777:user/ada", wantPrincipal),
	is("people.breakGlass.principals[1]", "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef",
		"a role of AWS's is not allowed; people of IAM Identity Center are in people.breakGlass.permissionSets"),
	is("people.breakGlass.principals[1]", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
		"a role of AWS's is not allowed; people of IAM Identity Center are in people.breakGlass.permissionSets"),
	is("people.breakGlass.principals[1]", "role/paperwurks/ci/infra-role", "no role of the platform's own is allowed: it is not a person's"),
	is("people.breakGlass.principals[1]", "user/break-glass", "each principal is allowed once"),

	refuses(func(s *Settings) { s.Account.Organisation.TrailAlarms = "the organisation's security account watches" }, withoutAlarm),
}

// withoutAlarm is what is said of the fixture's people where nobody would be told.
const withoutAlarm = "people.breakGlass: 3: nobody is allowed where the organisation has the alarms on the trail: no alarm of the platform's would tell of its use"

// TestPeopleRoles: a role that nobody may assume is none, and one that somebody may is.
func TestPeopleRoles(t *testing.T) {
	for _, test := range []struct {
		people People
		want   string
	}{
		{People{}, ""},
		{Fixture().People, "read-only on-call break-glass"},
		{People{OnCall: Assumers{Principals: []string{"user/ada"}}, ReadOnly: Assumers{PermissionSets: []string{"A"}}}, "read-only on-call"},
	} {
		var roles []string
		for _, r := range test.people.Roles() {
			roles = append(roles, r.Role)
		}
		if got := strings.Join(roles, " "); got != test.want {
			t.Errorf("%s: %q, want %q", fmt.Sprint(test.people), got, test.want)
		}
	}
}
