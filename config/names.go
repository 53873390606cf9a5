package config

import "strings"

// The names of the CI roles, as the seed document gives them.
const (
	InfraRole     = "infra-role"
	InfraDiffRole = "infra-diff-role"
	deployRole    = "deploy-role"
)

// SharedStack is the name of the stack that is created once.
const SharedStack = "shared"

// Names makes every name that AWS sees, so that a policy and the resource it
// speaks of cannot drift apart. The names are a contract: a changed one
// destroys and recreates the resource.
type Names struct {
	project, account, region string
}

// Names of the platform.
func (s Settings) Names() Names {
	return Names{project: s.Project, account: s.User.AccountID, region: s.Region}
}

// Project is the prefix of every name.
func (n Names) Project() string { return n.project }

// Region is the region of everything that is not global.
func (n Names) Region() string { return n.region }

// Account is the account's twelve digits.
func (n Names) Account() string { return n.account }

// IAM paths: one for the roles of CI, one for the roles of what runs, one for
// the permissions boundaries. Policies tell them apart by these.
func (n Names) CIPath() string       { return "/" + n.project + "/ci/" }
func (n Names) WorkloadPath() string { return "/" + n.project + "/workload/" }
func (n Names) BoundaryPath() string { return "/" + n.project + "/boundary/" }

// DeployRole is the role that the backend's pipeline assumes for env.
func (n Names) DeployRole(env string) string { return deployRole + "-" + env }

// CIRoleARN is the ARN of one of the roles of CI.
func (n Names) CIRoleARN(role string) string { return n.iam("role" + n.CIPath() + role) }

// WorkloadRoleARN is the ARN of a task, execution or service role.
func (n Names) WorkloadRoleARN(role string) string { return n.iam("role" + n.WorkloadPath() + role) }

// CIBoundary and WorkloadBoundary are the permissions boundaries.
func (n Names) CIBoundary() string       { return n.project + "-ci-boundary" }
func (n Names) WorkloadBoundary() string { return n.project + "-workload-boundary" }

// BoundaryARN is the ARN of a permissions boundary.
func (n Names) BoundaryARN(boundary string) string {
	return n.iam("policy" + n.BoundaryPath() + boundary)
}

// OIDCProviderARN is the ARN of GitHub's OIDC provider.
func (n Names) OIDCProviderARN() string { return n.iam("oidc-provider/" + GitHubOIDCHost) }

// GitHubOIDCHost issues GitHub Actions' tokens.
const GitHubOIDCHost = "token.actions.githubusercontent.com"

// StateBucket holds Terraform's state; StateLogBucket its access log.
func (n Names) StateBucket() string    { return n.bucket("terraform-state") }
func (n Names) StateLogBucket() string { return n.bucket("terraform-state-log") }

// StateKey is the object that holds a stack's state. Terraform's lock file
// stands beside it under the same name with ".tflock".
func (n Names) StateKey(stack string) string { return stack + "/terraform.tfstate" }

// Environment's names follow.

// Environment is the prefix of the names of one environment's resources.
func (n Names) Environment(env string) string { return n.project + "-" + env }

// In names a resource of an environment: project-env-part-part.
func (n Names) In(env string, parts ...string) string {
	return strings.Join(append([]string{n.project, env}, parts...), "-")
}

// Cluster is the ECS cluster.
func (n Names) Cluster(env string) string { return n.Environment(env) }

// Repository is the ECR repository of the backend's image.
func (n Names) Repository(env string) string { return n.project + "/" + env + "/backend" }

// Service is the ECS service and its task definition family.
func (n Names) Service(env, service string) string { return n.In(env, service) }

// MigrationFamily is the task definition family of the migration task.
func (n Names) MigrationFamily(env string) string { return n.In(env, MigrationTask) }

// MigrationTask is the name of the migration among the services.
const MigrationTask = "migrate"

// TaskRole is the role that a service's containers act with.
func (n Names) TaskRole(env, service string) string { return n.In(env, service, "task") }

// ExecutionRole is the role that ECS starts a service's tasks with.
func (n Names) ExecutionRole(env, service string) string { return n.In(env, service, "execution") }

// DatabaseMonitoringRole and FlowLogRole are roles of AWS services.
func (n Names) DatabaseMonitoringRole(env string) string { return n.In(env, "database-monitoring") }
func (n Names) FlowLogRole(env string) string            { return n.In(env, "flow-log") }

// LogGroup is the CloudWatch log group of a service.
func (n Names) LogGroup(env, service string) string {
	return "/" + n.project + "/" + env + "/ecs/" + service
}

// LogGroups is the path that every log group of an environment is under.
func (n Names) LogGroups(env string) string { return "/" + n.project + "/" + env + "/" }

// DocumentsBucket holds the application's documents, LogBucket the access logs
// of the bucket, the load balancer and the distribution.
func (n Names) DocumentsBucket(env string) string { return n.bucket(env + "-documents") }
func (n Names) LogBucket(env string) string       { return n.bucket(env + "-log") }

// Database is the RDS instance.
func (n Names) Database(env string) string { return n.Environment(env) }

// DatabaseName is the database inside the instance, and DatabaseUser the role in it
// that tasks sign in as with IAM authentication.
const (
	DatabaseName = "paperwurks"
	DatabaseUser = "backend"
)

// Secret is one of the application's own secrets.
func (n Names) Secret(env, secret string) string { return n.project + "/" + env + "/" + secret }

// KeyAlias is the alias of a KMS key.
func (n Names) KeyAlias(parts ...string) string {
	return "alias/" + n.project + "/" + strings.Join(parts, "/")
}

// ARN is the ARN of a regional resource of this account.
func (n Names) ARN(service, resource string) string {
	return "arn:aws:" + service + ":" + n.region + ":" + n.account + ":" + resource
}

// BucketARN is the ARN of a bucket.
func BucketARN(bucket string) string { return "arn:aws:s3:::" + bucket }

func (n Names) iam(resource string) string { return "arn:aws:iam::" + n.account + ":" + resource }

// Bucket names are shared by all of AWS, so they carry the account.
func (n Names) bucket(purpose string) string { return n.project + "-" + purpose + "-" + n.account }

// LimitedName is a name whose length AWS limits.
type LimitedName struct {
	Kind string
	Name string
	// Max is AWS's limit in characters.
	Max int
}

// Limited lists the names of an environment whose length AWS limits. Nothing
// is ever shortened: two long names could collide.
func (n Names) Limited(e Environment) []LimitedName {
	names := []LimitedName{
		// IAM and AWS STS quotas.
		{"IAM role", n.DeployRole(e.Name), 64},
		{"IAM role", n.TaskRole(e.Name, MigrationTask), 64},
		{"IAM role", n.ExecutionRole(e.Name, MigrationTask), 64},
		{"IAM role", n.DatabaseMonitoringRole(e.Name), 64},
		// Bucket naming rules.
		{"S3 bucket", n.DocumentsBucket(e.Name), 63},
		{"S3 bucket", n.LogBucket(e.Name), 63},
		// Elastic Load Balancing API: CreateLoadBalancer.
		{"load balancer", n.Environment(e.Name), 32},
		// Amazon RDS: constraints of DB instance identifiers.
		{"RDS instance", n.Database(e.Name), 63},
	}
	for _, s := range e.Services {
		names = append(names,
			LimitedName{"IAM role", n.TaskRole(e.Name, s.Name), 64},
			LimitedName{"IAM role", n.ExecutionRole(e.Name, s.Name), 64},
		)
		if s.Route != nil {
			// Elastic Load Balancing API: CreateTargetGroup.
			names = append(names, LimitedName{"target group", n.Service(e.Name, s.Name), 32})
		}
	}
	return names
}
