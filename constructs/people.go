package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iampolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// newPeople makes the roles for people that somebody may assume, with the policies that
// they share.
func newPeople(scope cdk.Construct, id string, s config.Settings, boundaryARN string) error {
	n, of := s.Names(), access.PeoplePolicies(s.Names(), s.Environments)
	scope = tf.Group(scope, id)
	policies := map[string]iampolicy.IamPolicy{}
	var errs []error
	for _, r := range s.People.Roles() {
		trust, err := access.PeopleTrust(n, r.Assumers).JSON()
		if err != nil {
			errs = append(errs, fmt.Errorf("role %q: trust: %w", n.PeopleRole(r.Role), err))
			continue
		}
		made := tf.Group(scope, r.Role)
		role := iamrole.NewIamRole(made, new("role"), &iamrole.IamRoleConfig{
			Name:                new(n.PeopleRole(r.Role)),
			Path:                new(n.PeoplePath()),
			Description:         new("For people: " + r.Role),
			AssumeRolePolicy:    &trust,
			PermissionsBoundary: &boundaryARN,
			MaxSessionDuration:  tf.Number(config.SessionSeconds(r.Role)),
		})
		for _, p := range of[r.Role] {
			if policies[p.Name] == nil {
				text, err := p.JSON()
				if err != nil {
					errs = append(errs, err)
					continue
				}
				policies[p.Name] = iampolicy.NewIamPolicy(tf.Group(scope, p.Name), new("policy"), &iampolicy.IamPolicyConfig{
					Name: &p.Name, Path: new(n.PeoplePath()), Description: &p.Description, Policy: &text,
				})
			}
			iamrolepolicyattachment.NewIamRolePolicyAttachment(tf.Group(made, p.Name), new("attachment"), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
				Role: role.Name(), PolicyArn: policies[p.Name].Arn(),
			})
		}
	}
	return errors.Join(errs...)
}
