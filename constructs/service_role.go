package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// ServiceRole is a role that one AWS service assumes for resources of this
// account. Every one carries its environment's workload boundary.
type ServiceRole struct {
	Name, ARN string
}

// ServiceRoleProps configures a ServiceRole.
type ServiceRoleProps struct {
	Names config.Names
	// Environment whose boundary the role carries.
	Environment string
	Name        string
	Description string
	// Trust is who may assume the role, Policy what the role may do.
	Trust, Policy policy.Document
}

// NewServiceRole makes the role with one inline policy. It returns an
// error if one of its documents is invalid.
func NewServiceRole(scope cdk.Construct, id string, props ServiceRoleProps) (*ServiceRole, error) {
	trust, trustErr := props.Trust.JSON()
	permissions, policyErr := props.Policy.JSON()
	if err := errors.Join(trustErr, policyErr); err != nil {
		return nil, fmt.Errorf("role %q: %w", props.Name, err)
	}
	scope = group(scope, id)
	role := iamrole.NewIamRole(scope, new("role"), &iamrole.IamRoleConfig{
		Name:                &props.Name,
		Path:                new(props.Names.WorkloadPath()),
		Description:         &props.Description,
		AssumeRolePolicy:    &trust,
		PermissionsBoundary: new(props.Names.BoundaryARN(props.Names.WorkloadBoundary(props.Environment))),
	})
	name := role.Name()
	iamrolepolicy.NewIamRolePolicy(scope, new("policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   new("permissions"),
		Role:   name,
		Policy: &permissions,
	})
	return &ServiceRole{Name: *name, ARN: *role.Arn()}, nil
}
