package inventory

import (
	"encoding/json"

	"github.com/paperwurks/infra/config"
)

// Administrator is the name in Platform.Roles of a person with administrator
// rights, after AddAdministrator.
const Administrator = "administrator"

// AddAdministrator adds such a person: signed in through IAM Identity Center
// with AWS's policy AdministratorAccess, without a permissions boundary (IAM
// Identity Center user guide, "Permission sets": the roles are named
// AWSReservedSSO_ and have a path of their own).
func (p *Platform) AddAdministrator() error {
	path := "/aws-reserved/sso.amazonaws.com/"
	if p.Region != config.EdgeRegion {
		path += p.Region + "/"
	}
	const name = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
	role := &Role{
		Name: name, Path: path, ARN: "arn:aws:iam::" + p.Account + ":role" + path + name,
		Trust: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Sid":"IdentityCenter","Effect":"Allow","Action":"sts:AssumeRoleWithSAML",` +
			`"Principal":{"Federated":"arn:aws:iam::` + p.Account + `:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"}}]}`),
	}
	// AWS managed policy reference, "AdministratorAccess".
	err := p.AddRole(role, `{"Version":"2012-10-17","Statement":[{"Sid":"AdministratorAccess","Effect":"Allow","Action":"*","Resource":"*"}]}`)
	delete(p.Roles, name)
	p.Roles[Administrator] = role
	return err
}
