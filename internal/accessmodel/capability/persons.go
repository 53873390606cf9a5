package capability

import (
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// assumeAnything is the policy of whoever may assume whatever role lets them.
const assumeAnything = `{"Version":"2012-10-17","Statement":[{"Sid":"AssumeAnything","Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`

// likeSets are permission sets that are not those named, and a role that is none of IAM
// Identity Center's, though they are called alike.
const longerSet, strangersSet, fakeSet = " with a longer name", "a stranger's permission set", "a role called as that of "

// Persons are those whom a platform's settings let take roles for people, and others who
// would like to.
func Persons(people config.People) []string {
	out := []string{strangersSet, inventory.Administrator}
	for _, r := range people.Roles() {
		for _, set := range r.PermissionSets {
			out = append(out, set, set+longerSet, fakeSet+set)
		}
		for _, name := range r.Principals {
			out = append(out, name, name+longerSet)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AddPersons adds them, each with the right to assume any role.
func AddPersons(p *inventory.Platform, people config.People) error {
	for _, person := range Persons(people) {
		var err error
		switch set, longer := strings.CutSuffix(person, longerSet); {
		case person == inventory.Administrator:
			err = p.AddAdministrator()
		case strings.Contains(person, "/"):
			name := strings.ReplaceAll(set, longerSet, "")
			if longer {
				name += "x"
			}
			role := &inventory.Role{Name: person, ARN: "arn:aws:iam::" + p.Account + ":" + name}
			err = p.AddRole(role, assumeAnything)
		case strings.HasPrefix(person, fakeSet):
			name := "AWSReservedSSO_" + strings.TrimPrefix(person, fakeSet) + "_0123456789abcdef"
			err = p.AddRole(&inventory.Role{Name: person, Path: "/", ARN: "arn:aws:iam::" + p.Account + ":role/" + name}, assumeAnything)
		case longer:
			err = p.AddPerson(person, set+"_Other", assumeAnything)
		case person == strangersSet:
			err = p.AddPerson(person, "Stranger", assumeAnything)
		default:
			err = p.AddPerson(person, set, assumeAnything)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TakingRoles is the table of who may take which role for people, asked of Persons.
func TakingRoles(people config.People) Area {
	area := Area{Title: "Who takes a role for people"}
	for _, r := range people.Roles() {
		var users, others []string
		for _, name := range r.Principals {
			if strings.HasPrefix(name, "user/") {
				users = append(users, name)
			} else {
				others = append(others, name)
			}
		}
		others = append(others, r.PermissionSets...)
		row := Row{Action: "sts:AssumeRole", On: iam("role/paperwurks/people/paperwurks-" + r.Role), Why: "config, People"}
		for _, factor := range []struct {
			says string
			with map[string]any
			may  []string
		}{
			{"with a second factor", with("aws:MultiFactorAuthPresent", "true"), append(slices.Clone(others), users...)},
			{"without a second factor", with("aws:MultiFactorAuthPresent", "false"), others},
			{"with a key for good", nil, others},
		} {
			row.Does, row.With, row.May = "take "+r.Role+" "+factor.says, factor.with, factor.may
			area.Rows = append(area.Rows, row)
		}
	}
	return area
}
