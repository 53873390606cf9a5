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

// GithubOidcRole is a role that GitHub Actions assumes with the token of a
// workflow run, from exactly the repository, branch and GitHub environment
// that its trust names.
type GithubOidcRole struct {
	Name, ARN string
}

// GithubOidcRoleProps configures a GithubOidcRole.
type GithubOidcRoleProps struct {
	Names       config.Names
	Name        string
	Description string
	// ProviderARN is GitHub's OIDC provider.
	ProviderARN string
	Trust       access.Trust
	// Policies are what the role may do, each a managed policy of its own.
	Policies []access.ManagedPolicy
	// BoundaryARN is the permissions boundary that the role cannot exceed.
	BoundaryARN string
	// MaxSession is the longest session in seconds, 3,600 to 43,200.
	MaxSession int
}

// NewGithubOidcRole makes the role and its policies. It refuses, before
// anything is made, a trust that anybody else could satisfy and whatever AWS
// would not take.
func NewGithubOidcRole(scope cdk.Construct, id string, props GithubOidcRoleProps) (*GithubOidcRole, error) {
	var errs []error
	if err := access.CheckRoleName(props.Name); err != nil {
		errs = append(errs, err)
	}
	trust, err := props.Trust.Document(props.ProviderARN)
	if err != nil {
		errs = append(errs, err)
	}
	var trustJSON string
	if err == nil {
		trustJSON, err = trust.JSON()
		errs = append(errs, err)
	}
	documents := make([]string, len(props.Policies))
	for i, p := range props.Policies {
		documents[i], err = p.JSON()
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("role %q: %w", props.Name, err)
	}

	scope = tf.Group(scope, id)
	role := iamrole.NewIamRole(scope, new("role"), &iamrole.IamRoleConfig{
		Name:                &props.Name,
		Path:                new(props.Names.CIPath()),
		Description:         &props.Description,
		AssumeRolePolicy:    &trustJSON,
		PermissionsBoundary: &props.BoundaryARN,
		MaxSessionDuration:  tf.Number(props.MaxSession),
	})
	name := role.Name()
	for i, p := range props.Policies {
		scope := tf.Group(scope, p.Name)
		made := iampolicy.NewIamPolicy(scope, new("policy"), &iampolicy.IamPolicyConfig{
			Name:        &p.Name,
			Path:        new(props.Names.CIPath()),
			Description: &p.Description,
			Policy:      &documents[i],
		})
		iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, new("attachment"), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
			Role:      name,
			PolicyArn: made.Arn(),
		})
	}
	return &GithubOidcRole{Name: *name, ARN: *role.Arn()}, nil
}
