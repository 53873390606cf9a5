package config

import "strings"

// The names of the CI roles, as the seed document gives them, and of the one that
// tells who reads the account's alarms of a failed run.
const (
	InfraRole       = "infra-role"
	InfraDiffRole   = "infra-diff-role"
	InfraReportRole = "infra-report-role"
	deployRole      = "deploy-role"
)

// SharedStack is the name of the stack that is created once.
const SharedStack = "shared"

// EdgeRegion is where AWS keeps what is global, such as IAM and Route 53, and
// what belongs to CloudFront.
const EdgeRegion = "us-east-1"

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
// those of people, one for the permissions boundaries. Policies tell them apart by
// these.
func (n Names) CIPath() string       { return "/" + n.project + "/ci/" }
func (n Names) PeoplePath() string   { return "/" + n.project + "/people/" }
func (n Names) WorkloadPath() string { return "/" + n.project + "/workload/" }
func (n Names) BoundaryPath() string { return "/" + n.project + "/boundary/" }

// DeployRole is the role that the backend's pipeline assumes for env.
func (n Names) DeployRole(env string) string { return deployRole + "-" + env }

// CIRoleARN is the ARN of one of the roles of CI.
func (n Names) CIRoleARN(role string) string { return n.iam("role" + n.CIPath() + role) }

// WorkloadRoleARN is the ARN of a task, execution or service role.
func (n Names) WorkloadRoleARN(role string) string { return n.iam("role" + n.WorkloadPath() + role) }

// PeopleRole is a role for people, and the managed policy of what it adds to the
// others; PeopleRoleARN its ARN, and PeopleBoundary the permissions boundary of them
// all.
func (n Names) PeopleRole(role string) string { return n.project + "-" + role }
func (n Names) PeopleRoleARN(role string) string {
	return n.iam("role" + n.PeoplePath() + n.PeopleRole(role))
}
func (n Names) PeopleBoundary() string { return n.project + "-people-boundary" }

// CIPolicy is one of the managed policies of a role of CI.
func (n Names) CIPolicy(role, concern string) string {
	return n.project + "-" + role + "-" + concern
}

// CIBoundary is the permissions boundary of the roles of CI, WorkloadBoundary
// that of an environment's workload roles.
func (n Names) CIBoundary() string { return n.project + "-ci-boundary" }
func (n Names) WorkloadBoundary(env string) string {
	return n.project + "-workload-boundary-" + env
}

// SchedulerBoundary is that of the role that starts an environment's jobs.
func (n Names) SchedulerBoundary(env string) string { return n.WorkloadBoundary(env) + "-scheduler" }

// OffHoursBoundary is that of the role that switches an environment off and on.
func (n Names) OffHoursBoundary(env string) string { return n.WorkloadBoundary(env) + "-" + offHours }

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

// AccountPrefix begins the names of what the account has once, in an
// environment's place.
const AccountPrefix = "account"

// The account's baseline: AccountName names its trail, analyzer and rule, and its
// topic is that of findings and of what else concerns the account.
func (n Names) AccountName(part string) string { return n.In(AccountPrefix, part) }
func (n Names) AccountTopic() string           { return n.AlarmTopic(AccountPrefix) }

// Budget is the budget of an environment, or of AccountPrefix.
func (n Names) Budget(of string) string { return n.In(of, "month") }

// TrailBucket holds the log files of the account's trail.
func (n Names) TrailBucket() string { return n.bucket(AccountPrefix + "-trail") }
func (n Names) TrailARN() string    { return n.ARN("cloudtrail", "trail/"+n.AccountName("trail")) }

// ConfigBucket holds what AWS Config records of the account's resources.
func (n Names) ConfigBucket() string { return n.bucket(AccountPrefix + "-config") }

// TrailLogGroup receives the trail's events as well, for metric filters to count.
// TrailLogRole is the role that CloudTrail writes them with.
func (n Names) TrailLogGroup() string { return n.LogGroups(AccountPrefix) + "trail" }
func (n Names) TrailLogRole() string  { return n.AccountName("trail-log") }

// AccountPath is the IAM path of the roles of the account's baseline,
// AccountBoundary their permissions boundary.
func (n Names) AccountPath() string     { return "/" + n.project + "/" + AccountPrefix + "/" }
func (n Names) AccountBoundary() string { return n.project + "-account-boundary" }

// ChatRole is the role that Amazon Q Developer in chat applications posts alarms with, in
// AccountPath, and ChatBoundary its permissions boundary, which is the guardrail of every
// channel too.
func (n Names) ChatRole() string     { return n.AccountName("chat") }
func (n Names) ChatRoleARN() string  { return n.iam("role" + n.AccountPath() + n.ChatRole()) }
func (n Names) ChatBoundary() string { return n.project + "-chat-boundary" }

// SlackConfiguration is the configuration by which a channel of a workspace gets an
// environment's alarms or pages. AWS cannot change a configuration's name or workspace,
// so that another workspace makes another one.
func (n Names) SlackConfiguration(env, of, workspace string) string { return n.In(env, of, workspace) }

// AccountMetrics is the namespace of the metrics that count the trail's events.
func (n Names) AccountMetrics() string { return n.project + "/" + AccountPrefix }

// AccountKeyAlias is the key of the trail, of the configuration's history and of
// the account's topic.
func (n Names) AccountKeyAlias() string { return n.keyAlias(AccountPrefix) }

// StateKey is the object that holds a stack's state. Terraform's lock file
// is next to it, under the same name with ".tflock".
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

// RolesTask and MigrationTask are the names, among the services, of the two tasks that
// run before a deployment: the first makes the database's roles, the second changes
// its schema.
const (
	RolesTask     = "roles"
	MigrationTask = "migrate"
)

// TaskRole is the role that a service's containers act with.
func (n Names) TaskRole(env, service string) string { return n.In(env, service, "task") }

// ExecutionRole is the role that ECS starts a service's tasks with.
func (n Names) ExecutionRole(env, service string) string { return n.In(env, service, "execution") }

// BootstrapRole is the execution role of the bootstrap task definitions: the
// only role that infra-role may pass to a task. It writes logs and reaches
// nothing else, so that no task which infra-role starts reaches data.
func (n Names) BootstrapRole(env string) string { return n.In(env, "bootstrap") }

// DatabaseMonitoringRole and FlowLogRole are roles of AWS services.
func (n Names) DatabaseMonitoringRole(env string) string { return n.In(env, "database-monitoring") }
func (n Names) FlowLogRole(env string) string            { return n.In(env, "flow-log") }

// SchedulerRole is the role that EventBridge Scheduler starts the tasks of jobs
// with.
func (n Names) SchedulerRole(env string) string { return n.In(env, "scheduler") }

// OffHoursRole is the role that EventBridge Scheduler switches an environment off and
// on with, OffHoursGroup holds the schedules that do.
func (n Names) OffHoursRole(env string) string  { return n.In(env, offHours) }
func (n Names) OffHoursGroup(env string) string { return n.In(env, offHours) }

const offHours = "off-hours"

// ScheduleGroup holds the schedules of an environment's jobs.
func (n Names) ScheduleGroup(env string) string { return n.Environment(env) }

// DeadLetterQueue gets what the scheduler could not start, EndedQueue how each run
// of a job ended.
func (n Names) DeadLetterQueue(env string) string { return n.In(env, "jobs-dead-letter") }
func (n Names) EndedQueue(env string) string      { return n.In(env, "jobs-ended") }

// JobRule is the EventBridge rule that sees the ends of a job's tasks; JobFailed and
// JobSucceeded are the two ends.
func (n Names) JobRule(env, job, end string) string { return n.In(env, job, "job", end) }

const (
	JobFailed    = "failed"
	JobSucceeded = "succeeded"
)

// LogGroups is the path that every log group of an environment is under, but
// for those that AWS names.
func (n Names) LogGroups(env string) string { return "/" + n.project + "/" + env + "/" }

// LogGroup is the log group of a service, and FlowLogGroup that of the VPC's
// flow log.
func (n Names) LogGroup(env, service string) string { return n.LogGroups(env) + "ecs/" + service }
func (n Names) FlowLogGroup(env string) string      { return n.LogGroups(env) + "vpc/flow" }

// DatabaseLogGroup is where RDS exports one of the database's logs to. The name
// is RDS's.
func (n Names) DatabaseLogGroup(env, log string) string {
	return "/aws/rds/instance/" + n.Database(env) + "/" + log
}

// WebACL is the web ACL of the load balancer, EdgeWebACL that of CloudFront.
func (n Names) WebACL(env string) string     { return n.Environment(env) }
func (n Names) EdgeWebACL(env string) string { return n.In(env, "edge") }

// Maintenance is the regex pattern set that switches an environment's maintenance
// mode: the patterns of the paths that are answered with the maintenance page.
// MaintenanceGuests are the IP sets, one for each version of IP, of those who are
// let through.
func (n Names) Maintenance(env string) string { return n.In(env, "maintenance") }
func (n Names) MaintenanceGuests(env string, version IPVersion) string {
	return n.In(env, "maintenance", strings.ToLower(string(version)))
}

// WebACLLogGroup is the log group of a web ACL. AWS WAF asks for the prefix.
func (n Names) WebACLLogGroup(webACL string) string { return "aws-waf-logs-" + webACL }

// Distribution is the name of the VPC origin and of the security headers, and
// the comment of the distribution.
func (n Names) Distribution(env string) string { return n.Environment(env) }

// CloudFrontLog is the source and the destination of the delivery of
// CloudFront's log.
func (n Names) CloudFrontLog(env string) string { return n.In(env, "cloudfront") }

// DocumentsBucket holds the application's documents, LogBucket the access logs
// of the bucket, the load balancer and the distribution.
func (n Names) DocumentsBucket(env string) string { return n.bucket(env + "-documents") }
func (n Names) LogBucket(env string) string       { return n.bucket(env + "-log") }

// PagesBucket holds the pages that CloudFront answers with when the load balancer
// does not, and Pages names CloudFront's access to it.
func (n Names) PagesBucket(env string) string { return n.bucket(env + "-pages") }
func (n Names) Pages(env string) string       { return n.In(env, "pages") }

// Prefixes of the logs in an environment's log bucket; the last three in the
// state's.
const (
	DocumentsLogPrefix    = "documents/"
	PagesLogPrefix        = "pages/"
	LoadBalancerLogPrefix = "load-balancer/"
	CloudFrontLogPrefix   = "cloudfront/"
	StateLogPrefix        = "state/"
	TrailLogPrefix        = "trail/"
	ConfigLogPrefix       = "config/"
)

// CopiesPrefix begins, in an environment's place, the names of what keeps its
// copies in another region: by the environment's own name infra-role builds buckets
// in any region.
const CopiesPrefix = "copies"

// CopiesBucket holds the copies of an environment's documents, CopiesLogBucket its
// access log.
func (n Names) CopiesBucket(env string) string {
	return n.bucket(CopiesPrefix + "-" + env + "-documents")
}
func (n Names) CopiesLogBucket(env string) string {
	return n.bucket(CopiesPrefix + "-" + env + "-log")
}

// CopiesKeyAlias is the key of both copies, in their region.
func (n Names) CopiesKeyAlias(env string) string { return n.keyAlias(CopiesPrefix, env) }

// ReplicationRole is what S3 copies an environment's documents with, CopiesPath its
// IAM path, which no role of CI may write, and CopiesBoundary its permissions
// boundary.
func (n Names) ReplicationRole(env string) string { return n.In(CopiesPrefix, env, "replication") }
func (n Names) ReplicationRoleARN(env string) string {
	return n.iam("role" + n.CopiesPath() + n.ReplicationRole(env))
}
func (n Names) CopiesPath() string               { return "/" + n.project + "/" + CopiesPrefix + "/" }
func (n Names) CopiesBoundary(env string) string { return n.In(CopiesPrefix, "boundary", env) }

// LoadBalancer is the application load balancer.
func (n Names) LoadBalancer(env string) string { return n.Environment(env) }

// LoadBalancerGroup is the load balancer's security group.
func (n Names) LoadBalancerGroup(env string) string { return n.In(env, "load-balancer") }

// TargetGroup is where the load balancer finds the tasks of a routed service.
func (n Names) TargetGroup(env, service string) string { return n.Service(env, service) }

// AlarmTopic is the SNS topic of the alarms.
func (n Names) AlarmTopic(env string) string { return n.In(env, "alarms") }

// PageTopic is the SNS topic of those alarms that are pages.
func (n Names) PageTopic(env string) string { return n.In(env, "pages") }

// Alarm is a CloudWatch alarm.
func (n Names) Alarm(env, alarm string) string { return n.In(env, alarm) }

// HealthCheck is the tag Name of Route 53's check of the public URL.
func (n Names) HealthCheck(env string) string { return n.project + "/" + env }

// Dashboard is the CloudWatch dashboard.
func (n Names) Dashboard(env string) string { return n.Environment(env) }

// VPC is the VPC, and the name of its internet gateway and its flow log.
func (n Names) VPC(env string) string { return n.Environment(env) }

// Subnet and RouteTable are named by their tier and their zone's letter. The
// public and the isolated tier have one route table each: zone is "".
func (n Names) Subnet(env string, tier Tier, zone string) string {
	return n.In(env, string(tier), zone)
}
func (n Names) RouteTable(env string, tier Tier, zone string) string {
	if zone == "" {
		return n.In(env, string(tier))
	}
	return n.In(env, string(tier), zone)
}

// DefaultSecurityGroup and DefaultRouteTable are what AWS makes with a VPC.
func (n Names) DefaultSecurityGroup(env string) string { return n.In(env, "default-closed") }
func (n Names) DefaultRouteTable(env string) string    { return n.In(env, "default-empty") }

// NATGateway and NATAddress are named by their zone's letter.
func (n Names) NATGateway(env, zone string) string { return n.In(env, zone) }
func (n Names) NATAddress(env, zone string) string { return n.In(env, "nat", zone) }

// Endpoint is the VPC endpoint of an AWS service, EndpointGroup the security
// group of all interface endpoints.
func (n Names) Endpoint(env, service string) string {
	return n.In(env, strings.ReplaceAll(service, ".", "-"))
}
func (n Names) EndpointGroup(env string) string { return n.In(env, "endpoints") }

// Database is the RDS instance.
func (n Names) Database(env string) string { return n.Environment(env) }

// DatabaseGroup is the database's security group, DatabaseSubnets its subnet
// group and DatabaseParameters its parameter group, one for each major version
// of PostgreSQL.
func (n Names) DatabaseGroup(env string) string   { return n.In(env, "database") }
func (n Names) DatabaseSubnets(env string) string { return n.In(env, "isolated") }
func (n Names) DatabaseParameters(env, version string) string {
	return n.In(env, "postgres"+version)
}

// FinalSnapshot is what is left of a database that was deleted; life is an id that
// only one life of the environment has, since a second snapshot needs another
// name.
func (n Names) FinalSnapshot(env, life string) string { return n.In(env, "final", life) }

// DatabaseName is the database inside the instance, DatabaseAdministrator its
// master user. The others are the roles that access/database_roles.sql makes: with
// IAM authentication services and jobs sign in as DatabaseUser and the migration as
// DatabaseMigrator, which acts as DatabaseOwner; DatabaseReader only reads.
const (
	DatabaseName          = "paperwurks"
	DatabaseAdministrator = "paperwurks_admin"
	DatabaseUser          = "backend"
	DatabaseMigrator      = "backend_migrator"
	DatabaseOwner         = "backend_owner"
	DatabaseReader        = "backend_readonly"
)

// Secret is one of the application's own secrets.
func (n Names) Secret(env, secret string) string { return n.project + "/" + env + "/" + secret }

// The aliases of the KMS keys; "*" as env matches those of every environment.
func (n Names) StateKeyAlias() string              { return n.keyAlias("state") }
func (n Names) ImagesKeyAlias(env string) string   { return n.keyAlias(env, "images") }
func (n Names) DataKeyAlias(env string) string     { return n.keyAlias(env, "data") }
func (n Names) LogsKeyAlias(env string) string     { return n.keyAlias(env, "logs") }
func (n Names) EdgeLogsKeyAlias(env string) string { return n.keyAlias(env, "edge-logs") }

// KeyAliases matches the aliases of every key of an environment;
// KeyAliasPrefix starts that of every key of the platform.
func (n Names) KeyAliases(env string) string { return n.keyAlias(env, "*") }
func (n Names) KeyAliasPrefix() string       { return n.keyAlias("") }

func (n Names) keyAlias(parts ...string) string {
	return "alias/" + n.project + "/" + strings.Join(parts, "/")
}

// ARN is the ARN of a regional resource of this account, EdgeARN of one in
// EdgeRegion.
func (n Names) ARN(service, resource string) string {
	return "arn:aws:" + service + ":" + n.region + ":" + n.account + ":" + resource
}
func (n Names) EdgeARN(service, resource string) string {
	return "arn:aws:" + service + ":" + EdgeRegion + ":" + n.account + ":" + resource
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
		{"IAM role", n.ExecutionRole(e.Name, MigrationTask), 64},
		{"IAM role", n.DatabaseMonitoringRole(e.Name), 64},
		// Bucket naming rules.
		{"S3 bucket", n.DocumentsBucket(e.Name), 63},
		{"S3 bucket", n.LogBucket(e.Name), 63},
		{"S3 bucket", n.CopiesBucket(e.Name), 63},
		{"S3 bucket", n.PagesBucket(e.Name), 63},
		// Elastic Load Balancing API: CreateLoadBalancer.
		{"load balancer", n.LoadBalancer(e.Name), 32},
		// Amazon RDS: constraints of DB instance identifiers.
		{"RDS instance", n.Database(e.Name), 63},
	}
	for _, j := range e.ScheduledJobs() {
		// Amazon EventBridge API, PutRule: Name.
		names = append(names, LimitedName{"EventBridge rule", n.JobRule(e.Name, j.Name, JobSucceeded), 64})
	}
	for _, s := range e.Tasks() {
		names = append(names,
			LimitedName{"IAM role", n.TaskRole(e.Name, s.Name), 64},
			LimitedName{"IAM role", n.ExecutionRole(e.Name, s.Name), 64},
		)
		if s.Route != nil {
			// Elastic Load Balancing API: CreateTargetGroup.
			names = append(names, LimitedName{"target group", n.TargetGroup(e.Name, s.Name), 32})
		}
	}
	return names
}
