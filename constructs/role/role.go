// Package role makes the roles that AWS services assume. It is a part: see package
// constructs for what a part may import.
package role

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/constructs/tf"
)

// Role is a role that an AWS service assumes for resources of this account.
type Role struct {
	Name, ARN string
	// Policy is what the role may do, for what must not be there without it.
	Policy cdktf.ITerraformDependable
}

// Props configures a Role.
type Props struct {
	Name        string
	Path        string
	Description string
	// BoundaryARN is the permissions boundary, which the role cannot exceed.
	BoundaryARN string
	// Trust is who may assume the role, Policy what the role may do.
	Trust, Policy policy.Document
	// SourceUnknown is why the trust cannot say for whom the service assumes the
	// role; "" for a trust that says it.
	SourceUnknown string
}

// New makes the role with one inline policy. It returns an
// error if one of its documents is invalid.
func New(scope cdk.Construct, id string, props Props) (*Role, error) {
	trust, trustErr := props.Trust.JSON()
	permissions, policyErr := props.Policy.JSON()
	if err := errors.Join(trustErr, policyErr); err != nil {
		return nil, fmt.Errorf("role %q: %w", props.Name, err)
	}
	scope = tf.Group(scope, id)
	role := iamrole.NewIamRole(scope, new("role"), &iamrole.IamRoleConfig{
		Name:                &props.Name,
		Path:                &props.Path,
		Description:         &props.Description,
		AssumeRolePolicy:    &trust,
		PermissionsBoundary: &props.BoundaryARN,
	})
	if props.SourceUnknown != "" {
		compliance.Except(role, compliance.Exception{Rule: "PW-POL-02", Reason: props.SourceUnknown, Expires: "2027-08-16"})
	}
	name := role.Name()
	made := iamrolepolicy.NewIamRolePolicy(scope, new("policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   new("permissions"),
		Role:   name,
		Policy: &permissions,
	})
	return &Role{Name: *name, ARN: *role.Arn(), Policy: made}, nil
}
