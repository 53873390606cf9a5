package config

import "strings"

// Parameters names every SSM parameter that the platform publishes. The writer
// (the stacks) and the readers (pipelines, tests, documentation) use these and
// nothing else. The path plan:
//
//	/paperwurks/shared/…   for this repository's pipeline
//	/paperwurks/<env>/…    for the backend: all that deploy-role-<env> may read
type Parameters struct{ project string }

// Parameters of the platform.
func (s Settings) Parameters() Parameters { return Parameters{s.Project} }

// Parameter is a published value's name and what it is for.
type Parameter struct {
	Name        string
	Description string
}

func (p Parameters) shared(description string, path ...string) Parameter {
	return Parameter{"/" + p.project + "/" + SharedStack + "/" + strings.Join(path, "/"), description}
}

func (p Parameters) of(env, description string, path ...string) Parameter {
	return Parameter{p.Path(env) + strings.Join(path, "/"), description}
}

// Path is what every parameter of an environment starts with.
func (p Parameters) Path(env string) string { return "/" + p.project + "/" + env + "/" }

// Published by the shared stack, for this repository's pipeline.

func (p Parameters) InfraRoleARN() Parameter {
	return p.shared("Role that deploys the infrastructure", "role", "infra-role-arn")
}

func (p Parameters) InfraDiffRoleARN() Parameter {
	return p.shared("Role that plans on pull requests", "role", "infra-diff-role-arn")
}

func (p Parameters) InfraReportRoleARN() Parameter {
	return p.shared("Role that reports a failed run; not where the account has no topic", "role", "infra-report-role-arn")
}

func (p Parameters) OIDCProviderARN() Parameter {
	return p.shared("GitHub's OIDC provider", "github", "oidc-provider-arn")
}

func (p Parameters) StateBucket() Parameter {
	return p.shared("Bucket of Terraform's state", "state", "bucket")
}

func (p Parameters) StateKeyARN() Parameter {
	return p.shared("KMS key of Terraform's state", "state", "kms-key-arn")
}

// Published by the shared stack, for the backend.

func (p Parameters) DeployRoleARN(env string) Parameter {
	return p.of(env, "Role that the backend's pipeline assumes", "role", "deploy-role-arn")
}

func (p Parameters) RepositoryURL(env string) Parameter {
	return p.of(env, "ECR repository to push the backend's image to", "image", "repository-url")
}

func (p Parameters) RepositoryName(env string) Parameter {
	return p.of(env, "Name of that ECR repository", "image", "repository-name")
}

func (p Parameters) VPCID(env string) Parameter {
	return p.of(env, "VPC", "network", "vpc-id")
}

func (p Parameters) PrivateSubnetIDs(env string) Parameter {
	return p.of(env, "Subnets that tasks run in, separated by commas", "network", "private-subnet-ids")
}

// Published by the environment's stack, for the backend.

func (p Parameters) ImagePlatform(env string) Parameter {
	return p.of(env, "Platform that the image is built for, as Docker spells it", "image", "platform")
}

func (p Parameters) OffHours(env string) Parameter {
	return p.of(env, "When the environment is switched off", "off-hours")
}

func (p Parameters) ClusterName(env string) Parameter {
	return p.of(env, "ECS cluster", "ecs", "cluster-name")
}

func (p Parameters) ServiceNames(env string) Parameter {
	return p.of(env, "ECS services to update, separated by commas", "ecs", "service-names")
}

func (p Parameters) ServiceName(env, service string) Parameter {
	return p.of(env, "ECS service", "service", service, "name")
}

func (p Parameters) TaskFamily(env, service string) Parameter {
	return p.of(env, "Task definition family", "service", service, "task-family")
}

func (p Parameters) TaskDefinitionARN(env, service string) Parameter {
	return p.of(env, "Revision that infrastructure wrote, to register the backend's from", "service", service, "task-definition-arn")
}

func (p Parameters) ContainerName(env, service string) Parameter {
	return p.of(env, "Container that runs the backend's image", "service", service, "container-name")
}

func (p Parameters) LogGroup(env, service string) Parameter {
	return p.of(env, "CloudWatch log group", "service", service, "log-group")
}

func (p Parameters) SecurityGroupID(env, service string) Parameter {
	return p.of(env, "Security group of the tasks", "service", service, "security-group-id")
}

func (p Parameters) TaskRoleARN(env, service string) Parameter {
	return p.of(env, "Role to register the containers with", "service", service, "task-role-arn")
}

func (p Parameters) ExecutionRoleARN(env, service string) Parameter {
	return p.of(env, "Role to register the task's start with", "service", service, "execution-role-arn")
}

func (p Parameters) JobTimeLimit(env, job string) Parameter {
	return p.of(env, "Seconds after which a run of the job is ended", "job", job, "time-limit-seconds")
}

func (p Parameters) JobSchedule(env, job string) Parameter {
	return p.of(env, "When the job runs, as EventBridge Scheduler has it", "job", job, "schedule")
}

func (p Parameters) JobTimeZone(env, job string) Parameter {
	return p.of(env, "Time zone of the job's schedule", "job", job, "time-zone")
}

func (p Parameters) ScheduleGroup(env string) Parameter {
	return p.of(env, "Group of the schedules of jobs", "jobs", "schedule-group")
}

func (p Parameters) SchedulerRoleARN(env string) Parameter {
	return p.of(env, "Role that the scheduler starts jobs with", "jobs", "scheduler-role-arn")
}

func (p Parameters) DeadLetterQueueARN(env string) Parameter {
	return p.of(env, "SQS queue of what the scheduler could not start", "jobs", "dead-letter-queue-arn")
}

func (p Parameters) DatabaseEndpoint(env string) Parameter {
	return p.of(env, "Host and port of the database", "database", "endpoint")
}

func (p Parameters) DatabaseNameParameter(env string) Parameter {
	return p.of(env, "Database inside the instance", "database", "name")
}

func (p Parameters) DatabaseSecretARN(env string) Parameter {
	return p.of(env, "Secret of the database's master user, managed by RDS", "database", "master-secret-arn")
}

func (p Parameters) SecretARN(env, secret string) Parameter {
	return p.of(env, "Secret of the application", "secret", secret+"-arn")
}

func (p Parameters) DocumentsBucket(env string) Parameter {
	return p.of(env, "Bucket of the application's documents", "documents", "bucket")
}

func (p Parameters) URL(env string) Parameter {
	return p.of(env, "Where users find the application", "public", "url")
}

func (p Parameters) DistributionID(env string) Parameter {
	return p.of(env, "CloudFront distribution", "public", "distribution-id")
}

func (p Parameters) AlarmTopicARN(env string) Parameter {
	return p.of(env, "SNS topic of the alarms", "alarm", "topic-arn")
}

// OutputName is the Terraform output of a parameter: its path without the
// project, in snake case.
func OutputName(project string, parameter Parameter) string {
	path := strings.TrimPrefix(parameter.Name, "/"+project+"/")
	return strings.NewReplacer("/", "_", "-", "_").Replace(path)
}

// CrossingPrefix starts the outputs of the shared stack that only the
// environments' stacks read; they are not published.
const CrossingPrefix = "for_"
