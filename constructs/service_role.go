package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"github.com/paperwurks/infra/access"
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
	// Service is the principal, such as "ecs-tasks.amazonaws.com".
	Service string
	// SourceARNs are the resources that the service may act for; none for any
	// of this account.
	SourceARNs []string
	// Policy is what the role may do.
	Policy policy.Document
}

// NewServiceRole makes the role with one inline policy. It fails when one of
// its documents is not one.
func NewServiceRole(scope cdk.Construct, id string, props ServiceRoleProps) (*ServiceRole, error) {
	trust, trustErr := serviceTrust(props).JSON()
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
		PermissionsBoundary: new(props.Names.BoundaryARN(access.WorkloadBoundaryName(props.Names, props.Environment))),
	})
	name := role.Name()
	iamrolepolicy.NewIamRolePolicy(scope, new("policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   new("permissions"),
		Role:   name,
		Policy: &permissions,
	})
	return &ServiceRole{Name: *name, ARN: *role.Arn()}, nil
}

// serviceTrust lets the service act only for this account: without the
// condition another account's resource could make the service use the role
// (IAM user guide, "The confused deputy problem").
func serviceTrust(props ServiceRoleProps) policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid:        "AssumedByService",
		Effect:     policy.Allow,
		Principals: []policy.Principal{{Type: policy.Service, ID: props.Service}},
		Actions:    []string{"sts:AssumeRole"},
		Conditions: append(
			[]policy.Condition{policy.If(policy.StringEquals, "aws:SourceAccount", props.Names.Account())},
			sourceARNs(props.SourceARNs)...),
	}}}
}
