package accessmodel

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
)

// unusedFile lists the permissions that no recorded call used and no row of
// the table of capabilities is about, each with the reason why it stays.
const unusedFile = "observed/unused.csv"

// permission is an action, as a policy spells it, that a role is allowed. The
// deploy roles are one: they differ in their environment only.
type permission struct{ role, action string }

func roleOf(name string) string {
	if strings.HasPrefix(name, "deploy-role-") {
		return "deploy-role-{env}"
	}
	return name
}

// readUnused is the file, by permission.
func readUnused(t *testing.T) map[permission]string {
	t.Helper()
	file, err := os.Open(unusedFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[permission]string{}
	for i, r := range records[1:] {
		if len(strings.Fields(r[2])) < 3 {
			t.Errorf("%s: line %d: %s: the reason %q is no reason", unusedFile, i+2, r[1], r[2])
		}
		if i > 0 && slices.Compare(records[i], r) >= 0 {
			t.Errorf("%s: line %d: %s %s: the lines are to be in order", unusedFile, i+2, r[0], r[1])
		}
		out[permission{r[0], r[1]}] = r[2]
	}
	return out
}

// TestUnusedPermissions: what a role of CI may do is what it was seen to need,
// or what a row of the table says that it may, or is in the list with a
// reason. A permission in none of them is one too many; so is a line of the
// list that is not true any more.
func TestUnusedPermissions(t *testing.T) {
	used := map[string][]string{}
	for _, row := range recorded(t) {
		role := row.Role
		if role == observed.Administrator {
			role = config.InfraRole // keeps what the administrator made
		}
		used[role] = append(used[role], row.Action)
	}
	for _, area := range environmentsOf(config.Fixture()).Areas(promotions(config.Fixture()), jobsOf(config.Fixture())) {
		for _, row := range area.Rows {
			for _, role := range row.May {
				used[role] = append(used[role], row.Action)
			}
		}
	}
	p := load(t, stacksOfTheFixture)
	listed, unused, all := readUnused(t), map[permission]bool{}, 0
	for _, name := range []string{config.InfraRole, config.InfraDiffRole, config.InfraReportRole, "deploy-role-dev"} {
		for _, document := range p.Roles[name].Managed {
			for _, s := range p.Documents[document].Statements() {
				if s.Effect != policy.Allow {
					continue
				}
				for _, action := range s.Actions {
					all++
					if !slices.ContainsFunc(used[name], func(u string) bool { return policy.MatchAction([]string{action}, u) }) {
						unused[permission{roleOf(name), action}] = true
					}
				}
			}
		}
	}
	for u := range unused {
		if listed[u] == "" {
			t.Errorf("%s: no recorded call and no capability needs %s: remove it, or give the reason in %s", u.role, u.action, unusedFile)
		}
	}
	for l := range listed {
		if !unused[l] {
			t.Errorf("%s: %s %s is used, or not allowed any more: remove the line", unusedFile, l.role, l.action)
		}
	}
	t.Logf("%d of %d permissions are unused, each with a reason", len(unused), all)
}
