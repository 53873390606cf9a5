package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamopenidconnectprovider"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iampolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/published"
	"github.com/paperwurks/infra/constructs/tf"
)

// SharedSetup is what is created once: Terraform's state, the account's baseline,
// GitHub's way in and the roles of CI, the roles for people, and for every environment its keys, its image repository
// and its network.
type SharedSetup struct {
	State *State
	// Baseline is that of the account.
	Baseline *AccountBaseline
	// Foundations are what each environment needs first, by its name.
	Foundations map[string]*Foundation
}

// SharedSetupProps configures SharedSetup.
type SharedSetupProps struct {
	Settings config.Settings
}

// NewSharedSetup makes all of it and publishes what CI and the backend need.
// It returns every fault found in the roles and networks.
func NewSharedSetup(scope cdk.Construct, id string, props SharedSetupProps) (*SharedSetup, error) {
	s := props.Settings
	n := s.Names()
	scope = tf.Group(scope, id)

	state, err := newState(scope, "state", n, s.State)
	if err != nil {
		return nil, err
	}
	provider := iamopenidconnectprovider.NewIamOpenidConnectProvider(scope, new("github"), &iamopenidconnectprovider.IamOpenidConnectProviderConfig{
		Url:          new("https://" + config.GitHubOIDCHost),
		ClientIdList: tf.List(access.Audience),
		Lifecycle:    tf.PreventDestroy(true),
	})
	boundaries, err := newBoundaries(scope, s)
	if err != nil {
		return nil, err
	}
	baseline, err := NewAccountBaseline(scope, config.AccountPrefix, AccountBaselineProps{
		Settings: s, LogBucket: state.Log, BoundaryARN: boundaries[n.AccountBoundary()],
	})
	if err != nil {
		return nil, err
	}
	providerARN := *provider.Arn()
	out := &SharedSetup{State: state, Baseline: baseline, Foundations: map[string]*Foundation{}}
	var errs []error
	for _, env := range s.Environments {
		foundation, err := newFoundation(scope, env.Name, s, env, boundaries[n.WorkloadBoundary(env.Name)])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out.Foundations[env.Name] = foundation
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	roles, err := newCIRoles(scope, s, providerARN, boundaries[n.CIBoundary()], out.Foundations)
	if err != nil {
		return nil, err
	}

	if err := newPeople(scope, "people", s, boundaries[n.PeopleBoundary()]); err != nil {
		return nil, err
	}
	if s.HasSlack() {
		if err := newChatRole(scope, "chat-role", n); err != nil {
			return nil, err
		}
	}
	newBudgets(scope, "budgets", s)

	p := s.Parameters()
	publish := published.New(scope, "published", s.Project)
	publish.Value(p.InfraRoleARN(), roles[config.InfraRole].ARN)
	publish.Value(p.InfraDiffRoleARN(), roles[config.InfraDiffRole].ARN)
	if role, ok := roles[config.InfraReportRole]; ok {
		publish.Value(p.InfraReportRoleARN(), role.ARN)
	}
	publish.Value(p.OIDCProviderARN(), providerARN)
	publish.Value(p.StateBucket(), state.Bucket.Name)
	publish.Value(p.StateKeyARN(), state.Key.ARN)
	for _, env := range s.Environments {
		f := out.Foundations[env.Name]
		publish.Value(p.DeployRoleARN(env.Name), roles[n.DeployRole(env.Name)].ARN)
		publish.Value(p.RepositoryURL(env.Name), f.Repository.URL)
		publish.Value(p.RepositoryName(env.Name), f.Repository.Name)
		publish.Value(p.VPCID(env.Name), f.Network.VPCID)
		publish.Value(p.PrivateSubnetIDs(env.Name), *cdktf.Fn_Join(new(","), tf.List(f.Network.PrivateSubnetIDs...)))
	}
	return out, nil
}

// newBoundaries makes the permissions boundaries: one for the roles of CI, one for
// those for people, one for that of the account's baseline, and one for the workload roles of each environment. It returns their ARNs by
// name.
func newBoundaries(scope cdk.Construct, s config.Settings) (map[string]string, error) {
	n := s.Names()
	scope = tf.Group(scope, "boundary")
	arns := map[string]string{}
	boundary := func(id, name, description string, document policy.Document) error {
		text, err := access.ManagedPolicy{Name: name, Description: description, Document: document}.JSON()
		if err != nil {
			return fmt.Errorf("boundary %q: %w", name, err)
		}
		made := iampolicy.NewIamPolicy(scope, &id, &iampolicy.IamPolicyConfig{
			Name:        &name,
			Path:        new(n.BoundaryPath()),
			Description: &description,
			Policy:      &text,
		})
		arns[name] = *made.Arn()
		return nil
	}
	errs := []error{boundary("ci", n.CIBoundary(), "What no role of CI can exceed", access.CIBoundary(n, s.Environments))}
	if s.Account.Makes(config.TrailAlarmsPart) {
		errs = append(errs, boundary(config.AccountPrefix, n.AccountBoundary(), "What no role of the account's baseline can exceed", access.AccountBoundary(n)))
	}
	if len(s.People.Roles()) > 0 {
		errs = append(errs, boundary("people", n.PeopleBoundary(), "What no role for people can exceed", access.PeopleBoundary(n, s.Environments)))
	}
	for _, env := range s.Environments {
		errs = append(errs, boundary("workload-"+env.Name, n.WorkloadBoundary(env.Name),
			"What no workload role of "+env.Name+" can exceed", access.WorkloadBoundary(n, env)))
		if env.OffHours.IsSet() {
			errs = append(errs, boundary("off-hours-"+env.Name, n.OffHoursBoundary(env.Name),
				"What the role that switches "+env.Name+" off and on cannot exceed", access.OffHoursBoundary(n, env.Name)))
		}
		if len(env.ScheduledJobs()) > 0 {
			errs = append(errs, boundary("scheduler-"+env.Name, n.SchedulerBoundary(env.Name),
				"What the role that starts the jobs of "+env.Name+" cannot exceed", access.SchedulerBoundary(n, env)))
		}
	}
	return arns, errors.Join(errs...)
}

// newCIRoles makes infra-role, infra-diff-role, infra-report-role where the account
// has a topic, and one deploy-role for each environment, by their names.
func newCIRoles(scope cdk.Construct, s config.Settings, providerARN, boundaryARN string, foundations map[string]*Foundation) (map[string]*GithubOidcRole, error) {
	n := s.Names()
	roles := []GithubOidcRoleProps{
		{
			Name:        config.InfraRole,
			Description: "Deploys the infrastructure from " + s.GitHub.Owner + "/" + s.GitHub.InfraRepository,
			Trust:       access.InfraTrust(s),
			Policies:    access.InfraRole(n, s.Environments),
		},
		{
			Name:        config.InfraDiffRole,
			Description: "Plans on pull requests of " + s.GitHub.Owner + "/" + s.GitHub.InfraRepository + "; changes nothing",
			Trust:       access.InfraDiffTrust(s),
			Policies:    access.InfraDiffRole(n, s.Environments),
		},
	}
	if s.Account.Topic() {
		roles = append(roles, GithubOidcRoleProps{
			Name:        config.InfraReportRole,
			Description: "Reports failed runs of " + s.GitHub.Owner + "/" + s.GitHub.InfraRepository + " at the account's topic",
			Trust:       access.InfraReportTrust(s),
			Policies:    access.InfraReportRole(n),
		})
	}
	for _, env := range s.Environments {
		roles = append(roles, GithubOidcRoleProps{
			Name:        n.DeployRole(env.Name),
			Description: "Deploys " + s.GitHub.Owner + "/" + s.GitHub.BackendRepository + " to " + env.Name,
			Trust:       access.DeployTrust(s, env),
			Policies:    access.DeployRole(n, env, foundations[env.Name].Network.PrivateSubnetIDs),
		})
	}
	made := map[string]*GithubOidcRole{}
	var errs []error
	for _, props := range roles {
		props.Names = n
		props.ProviderARN = providerARN
		props.BoundaryARN = boundaryARN
		props.MaxSession = config.SessionSeconds(props.Name)
		role, err := NewGithubOidcRole(scope, props.Name, props)
		errs = append(errs, err)
		made[props.Name] = role
	}
	return made, errors.Join(errs...)
}
