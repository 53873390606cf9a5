package accessmodel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// trustMutants loosen the trust of every kind of role of CI: without each of
// its conditions, and in the ways in which such policies are found loose.
func trustMutants(t *testing.T, p *inventory.Platform) []mutant {
	var out []mutant
	const claim = "token.actions.githubusercontent.com:"
	for _, role := range []string{"infra-role", "infra-diff-role", "infra-report-role", "deploy-role-dev", "deploy-role-prod"} {
		trust := p.Roles[role].TrustName()
		document, err := policy.Parse(p.Roles[role].Trust)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range document.Statements {
			edit := func(how string, change func(s *policy.Statement)) {
				out = append(out, mutant{trust + ": " + s.Sid + " " + how, func(stacks inventory.Stacks) error {
					return editStatement(stacks, trust, s.Sid, change)
				}})
			}
			drop := func(s *policy.Statement, key string) {
				s.Conditions = slices.DeleteFunc(s.Conditions, func(c policy.Condition) bool { return c.Key == key })
			}
			like := func(pattern string) func(*policy.Statement) {
				return func(s *policy.Statement) {
					drop(s, claim+"sub")
					s.Conditions = append(s.Conditions, policy.If(policy.StringLike, claim+"sub", pattern))
				}
			}
			only := func(ids bool) func(*policy.Statement) {
				return func(s *policy.Statement) {
					i := slices.IndexFunc(s.Conditions, func(c policy.Condition) bool { return c.Key == claim+"sub" })
					s.Conditions[i].Values = slices.DeleteFunc(s.Conditions[i].Values, func(v string) bool { return strings.Contains(v, "@") != ids })
				}
			}
			for _, c := range s.Conditions {
				edit("without "+strings.TrimPrefix(c.Key, claim), func(s *policy.Statement) { drop(s, c.Key) })
			}
			edit("without any condition", func(s *policy.Statement) { s.Conditions = nil })
			edit("for every subject of the owner", like("repo:paperwurks/*"))
			edit("for every subject of a like name", like("repo:paperwurks*"))
			edit("for the old subjects only", only(false))
			edit("for the new subjects only", only(true))
			edit("for anybody of AWS", func(s *policy.Statement) { s.Principals = []policy.Principal{policy.Anyone} })
			edit("by another action too", func(s *policy.Statement) { s.Actions = append(s.Actions, "sts:AssumeRole") })
			edit("only if the audience is there", func(s *policy.Statement) {
				drop(s, claim+"aud")
				s.Conditions = append(s.Conditions, policy.If(policy.StringNotEquals, claim+"aud", "sts.amazonaws.com"))
			})
		}
	}
	return out
}

// peopleTrustMutants loosen, and close, the trust of each role for people.
func peopleTrustMutants(t *testing.T, p *inventory.Platform) []mutant {
	var out []mutant
	for _, role := range []string{"paperwurks-read-only", "paperwurks-on-call", "paperwurks-break-glass"} {
		trust := p.Roles[role].TrustName()
		document, err := policy.Parse(p.Roles[role].Trust)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range document.Statements {
			edit := func(how string, change func(s *policy.Statement)) {
				out = append(out, mutant{trust + ": " + s.Sid + " " + how, func(stacks inventory.Stacks) error {
					return editStatement(stacks, trust, s.Sid, change)
				}})
			}
			for i, c := range s.Conditions {
				edit("without "+c.Key, func(s *policy.Statement) { s.Conditions = slices.Delete(slices.Clone(s.Conditions), i, i+1) })
			}
			edit("for nobody", func(s *policy.Statement) { s.Effect = policy.Deny })
			values := func(how string, change func(string) string) {
				edit(how, func(s *policy.Statement) {
					s.Conditions = slices.Clone(s.Conditions)
					s.Conditions[0].Operator, s.Conditions[0].Values = policy.ArnLike, slices.Clone(s.Conditions[0].Values)
					for i, v := range s.Conditions[0].Values {
						s.Conditions[0].Values[i] = change(v)
					}
				})
			}
			values("for names that begin so", func(v string) string { return strings.TrimRight(v, "?") + "*" })
			if strings.Contains(s.Conditions[0].Values[0], "AWSReservedSSO_") {
				values("for roles of that name anywhere", func(v string) string { return strings.Replace(v, "role/aws-reserved/sso.amazonaws.com/", "role/", 1) })
				values("for every permission set", func(v string) string { return v[:strings.Index(v, "AWSReservedSSO_")] + "*" })
			}
		}
	}
	return out
}

// attachmentMutants change what is attached to roles.
func attachmentMutants() []mutant {
	block := func(stacks inventory.Stacks, kind, attribute, value string) (inventory.Resource, error) {
		for _, r := range stacks.Resources(kind) {
			if strings.Contains(r.Text(attribute), value) {
				return r, nil
			}
		}
		return inventory.Resource{}, fmt.Errorf("no %s with %s %q", kind, attribute, value)
	}
	arn := func(boundary string) string {
		return "arn:aws:iam::111122223333:policy/paperwurks/boundary/" + boundary
	}
	setBoundary := func(role, boundary string) func(inventory.Stacks) error {
		return func(stacks inventory.Stacks) error {
			r, err := block(stacks, "aws_iam_role", "name", role)
			if err != nil {
				return err
			}
			if boundary == "" {
				delete(r.Attributes, "permissions_boundary")
				return nil
			}
			p, err := inventory.Load(stacks)
			if err != nil {
				return err
			}
			r.Attributes["permissions_boundary"] = strings.Replace(arn(boundary), "111122223333", p.Account, 1)
			return nil
		}
	}
	var out []mutant
	for _, role := range []string{"infra-role", "infra-diff-role", "infra-report-role", "deploy-role-prod", "paperwurks-prod-web-task", "paperwurks-prod-web-execution", "paperwurks-dev-web-task", "paperwurks-dev-off-hours", "paperwurks-account-chat", "paperwurks-read-only", "paperwurks-on-call", "paperwurks-break-glass"} {
		out = append(out, mutant{role + " without a boundary", setBoundary(role, "")})
	}
	out = append(out,
		mutant{"infra-role with the boundary of workloads", setBoundary("infra-role", "paperwurks-workload-boundary-prod")},
		mutant{"prod's web task with the boundary of CI", setBoundary("paperwurks-prod-web-task", "paperwurks-ci-boundary")},
		mutant{"dev's role of off-hours with the boundary of its tasks", setBoundary("paperwurks-dev-off-hours", "paperwurks-workload-boundary-dev")},
		mutant{"prod's web task with the boundary of dev", setBoundary("paperwurks-prod-web-task", "paperwurks-workload-boundary-dev")},
	)
	detach := func(managed string) mutant {
		return mutant{managed + " detached", func(stacks inventory.Stacks) error {
			p, err := inventory.Load(stacks)
			if err != nil {
				return err
			}
			of, there := p.Sources[managed]
			if !there {
				return fmt.Errorf("no policy %q", managed)
			}
			r, err := block(stacks, "aws_iam_role_policy_attachment", "policy_arn", of.Resource.Name)
			if err != nil {
				return err
			}
			stack, _ := stacks.Get(r.Stack)
			delete(stack.Resource[r.Type], r.Name)
			return nil
		}}
	}
	for _, managed := range []string{
		"paperwurks-infra-role-limits", "paperwurks-infra-role-protect", "paperwurks-infra-role-network",
		"paperwurks-infra-diff-role-limits", "paperwurks-infra-report-role-publish", "paperwurks-infra-report-role-limits", "paperwurks-deploy-role-prod-limits", "paperwurks-deploy-role-dev-images",
	} {
		out = append(out, detach(managed))
	}
	attach := func(managed, role string) mutant {
		return mutant{managed + " attached to " + role, func(stacks inventory.Stacks) error {
			p, err := inventory.Load(stacks)
			if err != nil {
				return err
			}
			from, to := p.Sources[managed], p.Sources["trust "+role]
			if from.Attribute == "" || to.Attribute == "" {
				return fmt.Errorf("no policy %q or no role %q", managed, role)
			}
			stack, _ := stacks.Get(to.Resource.Stack)
			stack.Resource["aws_iam_role_policy_attachment"]["mutant"] = map[string]any{
				"role": role, "policy_arn": "${aws_iam_policy." + from.Resource.Name + ".arn}",
			}
			return nil
		}}
	}
	return append(out,
		attach("paperwurks-on-call", "paperwurks-read-only"),
		attach("paperwurks-break-glass", "paperwurks-on-call"),
		attach("paperwurks-break-glass", "deploy-role-dev"),
		attach("paperwurks-infra-role-data", "infra-diff-role"),
		attach("paperwurks-infra-report-role-publish", "infra-diff-role"),
		attach("paperwurks-infra-role-identity", "deploy-role-dev"),
		attach("paperwurks-deploy-role-prod-tasks", "deploy-role-dev"),
		attach("paperwurks-deploy-role-prod-images", "infra-role"),
		mutant{"the OIDC provider takes no audience", func(stacks inventory.Stacks) error {
			r, err := block(stacks, "aws_iam_openid_connect_provider", "url", "token.actions")
			if err == nil {
				r.Attributes["client_id_list"] = []any{}
			}
			return err
		}},
	)
}

// inAnEnvironment finds the environment in the name of a bucket, a key, a
// secret or a repository.
var inAnEnvironment = regexp.MustCompile(`paperwurks[-/]([a-z0-9-]+?)(?:-documents|-log|/)`)

// resourceMutants drop every statement of the policies of resources that keep
// data, and the conditions of those that allow. The statements for AWS's own
// services are not the table's.
func resourceMutants(p *inventory.Platform) []mutant {
	var out []mutant
	for name, document := range p.Documents {
		kind, of, _ := strings.Cut(name, " ")
		guarded := kind == "bucket" && (strings.Contains(of, "documents") || strings.HasPrefix(of, "paperwurks-terraform-state-1")) ||
			kind == "bucket" && strings.Contains(of, "account-trail") || kind == "repository" || kind == "secret" ||
			kind == "key" && (strings.HasSuffix(of, "/data") || strings.HasSuffix(of, "/state") || strings.HasSuffix(of, "/account"))
		// The rows name dev and prod, which stand for every environment.
		if environment := inAnEnvironment.FindStringSubmatch(of); !guarded || environment != nil && environment[1] != "dev" && environment[1] != "prod" {
			continue
		}
		for _, s := range document.Statements() {
			if slices.Contains([]string{"DenyWithoutTLS", "DenyOldTLS", "GrantsOnlyForAWSServices"}, s.Sid) {
				continue // asked of package constructs
			}
			if strings.Contains(of, "account") && slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Type == policy.Service }) {
				continue // CloudTrail's own
			}
			if strings.HasSuffix(of, "/dev/data") && forPeople(s) {
				continue // the administrator's rows name prod
			}
			out = append(out, mutant{name + ": " + s.Sid + " dropped", func(stacks inventory.Stacks) error {
				return dropStatement(stacks, name, s.Sid)
			}})
			if s.Effect == policy.Allow && len(s.Conditions) > 0 {
				out = append(out, mutant{name + ": " + s.Sid + " without conditions", func(stacks inventory.Stacks) error {
					return editStatement(stacks, name, s.Sid, func(s *policy.Statement) { s.Conditions = nil })
				}})
			}
		}
		if kind == "key" {
			out = append(out, mutant{name + " open to the account", func(stacks inventory.Stacks) error {
				return editStatement(stacks, name, "AdministerThroughIAM", func(s *policy.Statement) { s.Actions = []string{"kms:*"} })
			}})
		}
	}
	return out
}

// forPeople says of a key's statement whether it is for whoever is none of the
// platform's roles.
func forPeople(s policy.Statement) bool {
	return s.Effect == policy.Allow && slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Operator == policy.ArnNotLike })
}
