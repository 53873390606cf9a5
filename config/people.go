package config

import (
	"regexp"
	"slices"
	"strings"
)

// The roles for people, by what each is for. What each may do is package access's.
const (
	// ReadOnlyRole sees how things are: no log, no state, no document, no secret's value.
	ReadOnlyRole = "read-only"
	// OnCallRole supports what runs: it reads logs too, restarts a service and switches
	// maintenance mode.
	OnCallRole = "on-call"
	// BreakGlassRole is for an emergency; its use rings an alarm.
	BreakGlassRole = "break-glass"
)

// People says who may assume each role for people. A role that nobody may assume
// is not made.
type People struct {
	ReadOnly   Assumers
	OnCall     Assumers
	BreakGlass Assumers
}

// Assumers are the people who may assume a role, each also allowed to by a policy
// of their own.
type Assumers struct {
	// PermissionSets of IAM Identity Center, by name: whoever is assigned one in the
	// account.
	PermissionSets []string
	// Principals are IAM users and roles of the account, such as "user/ada" and
	// "role/path/name", for people who do not sign in through IAM Identity Center. A user
	// must have signed in with a second factor; of a role AWS does not say how its session
	// began, so that one's own trust must ask for it.
	Principals []string
}

// Any says whether anybody may.
func (a Assumers) Any() bool { return len(a.PermissionSets)+len(a.Principals) > 0 }

// PeopleRole is a role for people and who may assume it.
type PeopleRole struct {
	// Role is one of the three names above.
	Role string
	Assumers
}

// All are all roles for people, the one that may do least first.
func (p People) All() []PeopleRole {
	return []PeopleRole{{ReadOnlyRole, p.ReadOnly}, {OnCallRole, p.OnCall}, {BreakGlassRole, p.BreakGlass}}
}

// Roles are those that somebody may assume, in the same order.
func (p People) Roles() []PeopleRole {
	return slices.DeleteFunc(p.All(), func(r PeopleRole) bool { return !r.Any() })
}

// Path of the role's settings, such as people.onCall.
func (r PeopleRole) Path() string {
	return "people." + map[string]string{ReadOnlyRole: "readOnly", OnCallRole: "onCall", BreakGlassRole: "breakGlass"}[r.Role]
}

var (
	// IAM Identity Center API reference, CreatePermissionSet: Name.
	permissionSet = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)
	// IAM user guide, "IAM identifiers"; without what a policy gives a meaning to.
	iamPrincipal = regexp.MustCompile(`^(user|role)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`)
)

func (c *checker) people(s Settings) {
	for _, r := range s.People.All() {
		sets, principals := r.Path()+".permissionSets", r.Path()+".principals"
		for i, name := range r.PermissionSets {
			path := at(sets, i)
			switch {
			case !permissionSet.MatchString(name):
				c.refuse(path, name, "the name of a permission set is allowed: 1 to 32 letters, digits and _ + = , . @ -")
			case strings.HasPrefix(name, "AWSReservedSSO_"):
				c.refuse(path, name, "the name of a permission set is required, not that of the role that AWS makes of it")
			case slices.Contains(r.PermissionSets[:i], name):
				c.refuse(path, name, "each permission set is allowed once")
			}
		}
		for i, name := range r.Principals {
			path := at(principals, i)
			switch {
			case !iamPrincipal.MatchString(name):
				c.refuse(path, name, `an IAM user or role of the account is allowed, with its path and without wildcards, such as "user/ada"`)
			case strings.HasPrefix(name, "role/aws-"):
				c.refuse(path, name, "a role of AWS's is not allowed; people of IAM Identity Center are in %s", sets)
			case strings.HasPrefix(name, "role/"+s.Project+"/"):
				c.refuse(path, name, "no role of the platform's own is allowed: it is not a person's")
			case slices.Contains(r.Principals[:i], name):
				c.refuse(path, name, "each principal is allowed once")
			}
		}
	}
	if who := s.People.BreakGlass; who.Any() && !s.Account.Makes(TrailAlarmsPart) {
		c.refuse("people.breakGlass", len(who.PermissionSets)+len(who.Principals),
			"nobody is allowed where the organisation has the alarms on the trail: no alarm of the platform's would tell of its use")
	}
}
