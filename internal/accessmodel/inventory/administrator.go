package inventory

import (
	"encoding/json"

	"github.com/paperwurks/infra/config"
)

// Administrator is the name in Platform.Roles of a person with administrator
// rights, after AddAdministrator.
const Administrator = "administrator"

// AddAdministrator adds a person with AWS's policy AdministratorAccess.
func (p *Platform) AddAdministrator() error {
	// AWS managed policy reference, "AdministratorAccess".
	return p.AddPerson(Administrator, "AdministratorAccess", `{"Version":"2012-10-17","Statement":[{"Sid":"AdministratorAccess","Effect":"Allow","Action":"*","Resource":"*"}]}`)
}

// AddPerson adds one who is signed in through IAM Identity Center with a permission
// set that has the policy, without a permissions boundary (IAM Identity Center user guide, "Permission sets": the roles are named
// AWSReservedSSO_ and have a path of their own).
func (p *Platform) AddPerson(person, permissionSet, policy string) error {
	path := "/aws-reserved/sso.amazonaws.com/"
	if p.Region != config.EdgeRegion {
		path += p.Region + "/"
	}
	name := "AWSReservedSSO_" + permissionSet + "_0123456789abcdef"
	role := &Role{
		Name: name, Path: path, ARN: "arn:aws:iam::" + p.Account + ":role" + path + name,
		Trust: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Sid":"IdentityCenter","Effect":"Allow","Action":"sts:AssumeRoleWithSAML",` +
			`"Principal":{"Federated":"arn:aws:iam::` + p.Account + `:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"}}]}`),
	}
	err := p.AddRole(role, policy)
	delete(p.Roles, name)
	p.Roles[person] = role
	return err
}
