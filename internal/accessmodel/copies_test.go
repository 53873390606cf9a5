package accessmodel

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// copiesQuestions are those about the fixture's copies, asked of everybody.
func copiesQuestions() []question {
	s := config.Fixture()
	env := s.Environments[2]
	name, region := env.Name, env.Copies.Region
	return slices.Concat(
		questions([]capability.Area{capability.Copies(name, region)}, ciRolesOf(s)),
		questions([]capability.Area{capability.CopiesForPeople(name, region)}, []string{inventory.Administrator}),
		questions([]capability.Area{capability.CopiesForS3(name, region)}, []string{s.Names().ReplicationRole(name)}))
}

// guardedCopies says of a question whether the policy of the resource alone must
// answer it, whatever the role's policies and its boundary say.
func guardedCopies(q question) bool {
	_, service, _ := strings.Cut(q.row.On, "arn:aws:s3:::")
	ofCopies := strings.Contains(service, "-copies-") || strings.HasPrefix(q.row.Does, "keep S3 from reading") || strings.HasPrefix(q.row.Does, "stop the copying of documents")
	return len(q.row.May) == 0 && (ofCopies && !slices.Contains([]string{"s3:CreateBucket"}, q.row.Action) || slices.Contains([]string{"kms:Decrypt", "kms:CreateGrant"}, q.row.Action))
}

// copiesAreAsTheTableSays lists what the stacks let somebody do that the table does
// not, and the other way round: as deployed; of CI's roles besides, with policies of
// their own that allow everything, when the boundary and resources decide; and without
// their boundary too, when resources do.
func copiesAreAsTheTableSays(t *testing.T, stacks inventory.Stacks) []string {
	t.Helper()
	var wrong []string
	for _, how := range []string{"as deployed", "everything allowed", "no boundary"} {
		p, err := inventory.Load(stacks)
		if err != nil {
			return []string{err.Error()}
		}
		if err := p.AddAdministrator(); err != nil {
			t.Fatal(err)
		}
		asked := copiesQuestions()
		if how != "as deployed" {
			for _, role := range ciRoles(p) {
				if err := p.AddRole(role, capability.Everything); err != nil {
					t.Fatal(err)
				}
				if how == "no boundary" {
					role.Boundary, role.Managed = "", nil
				}
			}
			asked = slices.DeleteFunc(asked, func(q question) bool {
				return !strings.HasPrefix(p.Roles[q.role].Path, "/paperwurks/ci/") || q.want() ||
					how == "no boundary" && !guardedCopies(q) ||
					// Of infra-role it is not denied, only not allowed: it is called in the
					// platform's region, where the boundary leaves it RDS.
					q.row.Action == "rds:StopDBInstanceAutomatedBackupsReplication"
			})
		}
		verdicts, err := simulate(p, simulator, asked)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			if v.got() != v.want() {
				wrong = append(wrong, how+": "+v.role+": "+v.row.Does)
			}
		}
	}
	return wrong
}

// TestCopies: no role of CI can stop, delete or redirect the copies in another
// region, and S3 has what it needs to make them, no more. Then each statement that
// says so is dropped, and each condition of what is allowed: the table must notice.
func TestCopies(t *testing.T) {
	stacks := stacksWithCopies.Only(inventory.Types()...)
	for _, wrong := range copiesAreAsTheTableSays(t, stacks) {
		t.Errorf("not as the table says: %s", wrong)
	}
	if t.Failed() {
		return
	}
	p := load(t, stacks)
	n := config.Fixture().Names()
	documents := map[string][]string{ // nil for all its statements
		"bucket " + n.CopiesBucket("prod"):         nil,
		"key " + n.CopiesKeyAlias("prod"):          nil,
		"bucket " + n.DocumentsBucket("prod"):      {"KeepReplication"},
		"key " + n.DataKeyAlias("prod"):            {"DocumentsAreCopied"},
		n.ReplicationRole("prod") + "/permissions": {"ReadDocuments", "WriteCopies", "DecryptDocuments", "EncryptCopies"},
		n.CopiesBoundary("prod"):                   {"ReadDocuments", "WriteCopies", "DecryptDocuments", "EncryptCopies"},
		n.CIBoundary():                             {"SeeTheCopies", "OnlyWorkloadRolesChange"},
	}
	caught := 0
	for name, sids := range documents {
		document := p.Documents[name]
		if document == nil {
			t.Errorf("there is no document %q", name)
			continue
		}
		for _, s := range document.Statements() {
			if sids != nil && !slices.Contains(sids, s.Sid) || slices.Contains([]string{"DenyWithoutTLS", "DenyOldTLS", "GrantsOnlyForAWSServices"}, s.Sid) {
				continue
			}
			mutants := map[string]func(inventory.Stacks) error{
				"dropped": func(broken inventory.Stacks) error { return dropStatement(broken, name, s.Sid) },
			}
			if s.Effect == policy.Allow && len(s.Conditions) > 0 && strings.HasPrefix(name, "key ") {
				mutants["without conditions"] = func(broken inventory.Stacks) error {
					return editStatement(broken, name, s.Sid, func(s *policy.Statement) { s.Conditions = nil })
				}
			}
			if role := n.ReplicationRole("prod") + "/permissions"; name == role && s.Sid == "WriteCopies" {
				mutants["without conditions, in role and boundary"] = func(broken inventory.Stacks) error {
					anywhere := func(s *policy.Statement) { s.Conditions = nil }
					return errors.Join(editStatement(broken, role, s.Sid, anywhere), editStatement(broken, n.CopiesBoundary("prod"), s.Sid, anywhere))
				}
			}
			for how, change := range mutants {
				broken := stacks.Only()
				if err := change(broken); err != nil {
					t.Fatal(err)
				}
				if len(copiesAreAsTheTableSays(t, broken)) == 0 {
					t.Errorf("not noticed: %s: %s %s", name, s.Sid, how)
				}
				caught++
			}
		}
	}
	if caught < 20 {
		t.Errorf("%d mutants", caught)
	}
}
