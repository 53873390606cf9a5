package config

import (
	"cmp"
	"maps"
	"slices"
)

// Settings is the whole platform: one account, one region, the GitHub side and
// one entry per environment.
type Settings struct {
	// Project prefixes every name and starts every SSM path.
	Project string
	// Region is the AWS region of everything that is not global.
	Region string
	// AvailabilityZones are the zones every VPC spans, at least two: RDS and
	// the load balancer ask for two.
	AvailabilityZones []string
	// AddressPlan is the CIDR block that every environment's CIDR lies in.
	AddressPlan string

	User   User
	GitHub GitHub

	// State configures the bucket that holds Terraform's state.
	State State

	// Account configures what the AWS account has once, whatever the environments
	// are.
	Account Account

	// People says who may assume the roles for people.
	People People

	// Environments in the order in which they are deployed.
	Environments []Environment

	// Approved are the destructions that a person means, of what a plan is
	// otherwise refused for. An entry is taken out again once it is done.
	Approved []Approval
}

// Approval lets one plan destroy, or replace, what holds data or carries the
// network of an environment that is not disposable.
type Approval struct {
	// Stack whose plan it is.
	Stack string
	// Address is Terraform's of the one resource; Environment is that of which
	// the shared stack may destroy all, since it is removed. One of the two.
	Address, Environment string
	// Reason is for who reviews it and who reads it a year later.
	Reason string
	// Until is the last day on which it holds, as 2006-01-02.
	Until string
}

// User holds what only the owner of the account can know.
type User struct {
	// AccountID is the AWS account, twelve digits.
	AccountID string
	// GitHubOwnerID, InfraRepositoryID and BackendRepositoryID are GitHub's
	// immutable numeric ids: `gh api repos/OWNER/REPO --jq '.owner.id, .id'`.
	GitHubOwnerID       string
	InfraRepositoryID   string
	BackendRepositoryID string
	// AlarmEmail receives every alarm of every environment; AWS asks it to
	// confirm once per environment, and once more of each that is looked at from
	// outside.
	AlarmEmail string
	// OnCall is optional: where pages of environments whose data is protected go
	// besides AlarmEmail.
	OnCall OnCall
	// SlackWorkspace is optional: the id of the workspace whose channels the environments'
	// Slack names, such as "T0123ABCDEF". A person authorises it once, in the console of
	// Amazon Q Developer in chat applications (docs/operations.md, "Send alarms to Slack").
	SlackWorkspace string
	// Domain is optional. Without it each environment answers under
	// CloudFront's own name.
	Domain Domain
}

// OnCall is who is woken. Pages have a topic of their own for it, which the alarms
// publish to besides the topic of all alarms.
type OnCall struct {
	// Email is subscribed to pages, such as the e-mail integration of a paging
	// service; "" for none.
	Email string
	// Webhook makes the topic without Email too, for an administrator to subscribe
	// the HTTPS address of a paging service: whoever knows that address can page, so
	// that it is a secret and no setting (docs/operations.md, "Send pages to who is
	// on call").
	Webhook bool
}

// IsSet says whether pages have a topic of their own.
func (o OnCall) IsSet() bool { return o.Email != "" || o.Webhook }

// Subscribers is how many are told of pages at least.
func (o OnCall) Subscribers() int {
	n := 0
	for _, told := range []bool{o.Email != "", o.Webhook} {
		if told {
			n++
		}
	}
	return n
}

// Domain is a DNS zone in Route 53 that the environments get their names from.
type Domain struct {
	// Name is the zone's apex, such as "paperwurks.example"; "" for none.
	Name string
	// HostedZoneID is the public zone's id, such as "Z0123456789ABCDEFGHIJ".
	HostedZoneID string
}

// IsSet says whether the platform has a domain of its own.
func (d Domain) IsSet() bool { return d.Name != "" }

// GitHub names the organisation and its two repositories.
type GitHub struct {
	Owner             string
	InfraRepository   string
	BackendRepository string
	// InfraBranch is the only branch that infra-role deploys from.
	InfraBranch string
	// NoReviewers is the reason why the stacks of a platform with protected
	// environments are deployed without a reviewer's approval, such as a private repository in a
	// GitHub plan without required reviewers; "" to require it.
	NoReviewers string
}

// State configures the bucket of Terraform's state.
type State struct {
	// NoncurrentVersionDays is how many days an overwritten state is kept.
	NoncurrentVersionDays int
	// AccessLogDays is how many days the state bucket's access log is kept.
	AccessLogDays int
}

// Environment is one entry per environment. Adding one here adds its VPC, its
// keys, its image repository, its deploy role and its stack.
type Environment struct {
	// Name is part of every name and path: lower case, digits and hyphens.
	Name string
	// Subdomain is put before Domain.Name; each environment's is another one,
	// even while there is no domain.
	Subdomain string
	// Data says how the environment's data is kept from destruction.
	Data Data

	Deployment Deployment
	OffHours   OffHours
	Network    Network
	Cluster    Cluster
	Images     Images
	Services   []Service
	Migration  Migration
	// Jobs run by a schedule, or once when somebody starts them.
	Jobs      []Job
	Database  Database
	Documents Documents
	Copies    Copies
	// Secrets are the application's own secrets, by name. Their values are
	// never in this repository: a person or the application sets them.
	Secrets []string
	// Variables are plain settings and flags of the application, for the
	// containers of every service and of the migration.
	Variables Variables
	Logs      Logs
	Alarms    Alarms
	// Slack is optional: channels of User.SlackWorkspace that get alarms too.
	Slack SlackChannels
	// RequestsPerIP is how many requests one address may send in five minutes
	// before CloudFront's web ACL blocks it, 10 to 2,000,000,000.
	RequestsPerIP int
	// BudgetUSD is how many US dollars its stack may cost in a month before a mail
	// is sent; 0 for 1.5 times what docs/architecture.md sums up of it.
	BudgetUSD int
}

// Deployment says from where the backend may deploy to this environment. The job
// must name the GitHub environment that is called like this one, in the backend
// repository for deploy-role and in this one for infra-role.
type Deployment struct {
	// Branch of the backend repository, without refs/heads/.
	Branch string
}

// Data says how an environment's data is kept from destruction.
type Data string

const (
	// Disposable is for an environment without real user data: a plan may destroy
	// all of it, buckets and repositories with what they hold.
	Disposable Data = "disposable"
	// Kept makes Terraform refuse to destroy what holds data.
	Kept Data = "kept"
	// Protected makes AWS refuse it too, and keeps it from infra-role. It also
	// asks for what user data needs: Multi-AZ, 30 days of backups, 365 of logs, no
	// shell, not all tasks on Spot, two tasks of a service with a route.
	Protected Data = "protected"
)

// NATStrategy says how tasks in the private tier reach the internet.
type NATStrategy string

const (
	// NATSingle is one NAT gateway for all zones: cheap, and one zone's loss
	// takes the way out from all.
	NATSingle NATStrategy = "single"
	// NATPerZone is one NAT gateway in each zone.
	NATPerZone NATStrategy = "per-zone"
	// NATNone leaves only the VPC endpoints.
	NATNone NATStrategy = "none"
)

// Network is one environment's VPC.
type Network struct {
	// CIDR of the VPC, /16 to /20, inside Settings.AddressPlan.
	CIDR string
	NAT  NATStrategy
	// InterfaceEndpoints are the AWS services reached without leaving the VPC,
	// by the last part of their endpoint name: "ecr.api", "logs". Each costs
	// by the hour and zone.
	InterfaceEndpoints []string
}

// Cluster is the ECS cluster of an environment.
type Cluster struct {
	// SpotWeight is how many of a hundred tasks above the base run on Fargate
	// Spot, 0 to 100.
	SpotWeight int
}

// Images is the environment's repository of the backend's image.
type Images struct {
	// From is an earlier environment whose images this one runs: its pipeline
	// builds nothing, but copies what ran well there. "" to build.
	From string
	// KeepReleases is how many tagged images are kept. It must exceed the
	// number of revisions that one may want to roll back to.
	KeepReleases int
	// UntaggedDays is how many days an image without a tag is kept.
	UntaggedDays int
	// Architecture is that of the processors which the image is built for and
	// which all tasks of the environment run on, since all run the same image; ""
	// for X86. An environment with From has the same as that one.
	Architecture Architecture
}

// Architecture of a processor, as ECS spells it (Amazon ECS API, RuntimePlatform:
// cpuArchitecture).
type Architecture string

const (
	X86 Architecture = "X86_64"
	// ARM is AWS's Graviton: on Fargate it costs a fifth less, and Fargate Spot has
	// it too (AWS, "Amazon ECS now supports AWS Graviton-based Spot compute with AWS
	// Fargate", September 2024).
	ARM Architecture = "ARM64"
)

// Processor is the architecture, where none is set the default.
func (i Images) Processor() Architecture { return cmp.Or(i.Architecture, X86) }

// Platform is the architecture as Docker and GitHub spell it: amd64 or arm64.
func (a Architecture) Platform() string {
	if a == ARM {
		return "arm64"
	}
	return "amd64"
}

// Service is one ECS service of the backend's image.
type Service struct {
	Name string
	// CPU in Fargate CPU units (1024 is one vCPU) and Memory in MiB: a pair
	// that Fargate offers.
	CPU, Memory int
	// Command is given to the image's entry point.
	Command []string
	// HealthCheckCommand is run inside the container every 30 seconds and must
	// exit with 0: ["CMD-SHELL", "…"]. Required of a service without
	// Route; of one that the load balancer checks, none is needed.
	HealthCheckCommand []string
	// Route puts the service behind the load balancer; nil for none.
	Route *Route
	// MinTasks and MaxTasks bound autoscaling.
	MinTasks, MaxTasks int
	// CPUTarget is the average CPU utilisation, in percent, that autoscaling
	// aims at.
	CPUTarget int
	// RequestsPerTarget is how many requests a minute each task gets that
	// autoscaling aims at as well: it follows whichever target asks for more tasks,
	// and takes tasks away when both allow it (Application Auto Scaling user guide,
	// "Target tracking scaling policies"). Only with Route; 0 to look at the CPU
	// alone.
	RequestsPerTarget int
	// Database lets the service's tasks reach the database.
	Database bool
	// Documents lets the service's tasks read and write the documents bucket.
	Documents bool
	// Secrets are those of Environment.Secrets that the service's containers
	// receive, each as an environment variable in upper snake case.
	Secrets []string
	// Variables are those of this service only; one of Environment.Variables is
	// another value here.
	Variables Variables
	// Former is what was just taken away from the service.
	Former Former
}

// Job is a command of the backend's image that runs and ends: by a schedule, or
// when somebody starts it from the backend's repository.
type Job struct {
	Name string
	// Service whose database, documents, secrets and variables the job's tasks
	// get, and nothing else.
	Service string
	// CPU and Memory as a service's.
	CPU, Memory int
	// Command is given to the image's entry point.
	Command []string
	// ReadOnly is for a job that reads the database's rows and writes none, such as a
	// report, an export or somebody's question: its tasks sign in as DatabaseReader,
	// not as DatabaseUser. Its service's documents it may write as before.
	ReadOnly bool
	// FormerUser lets the job's tasks sign in as the other of these two users as well,
	// as the revision does that runs: it is set with a change of ReadOnly, which a plan
	// without it refuses, and taken out once the backend has deployed again.
	FormerUser bool
	// Schedule is an expression of EventBridge Scheduler, "cron(0 3 * * ? *)" or
	// "rate(6 hours)", which runs at its multiples since 1970 in UTC, such as 0, 6, 12 and
	// 18 o'clock; "" for a job that only people start. A run does not wait for the one
	// before: the job bears two at once.
	Schedule string
	// TimeZone of a cron expression, such as "Europe/Berlin"; "" for a rate.
	TimeZone string
	// TimeLimitSeconds after which ECS ends the task, 60 to 86,400.
	TimeLimitSeconds int
	// MissedAfterHours is how long no run may have succeeded before an alarm rings,
	// at most 168: CloudWatch looks back seven days. 0 for no such alarm, which a job has
	// that runs once a week or less.
	MissedAfterHours int
}

// ScheduledJobs are the jobs that run by a schedule.
func (e Environment) ScheduledJobs() []Job {
	var jobs []Job
	for _, j := range e.Jobs {
		if j.Schedule != "" {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// Tasks are the services and the jobs, each job as a service that gets what its
// own service does and listens to nothing.
func (e Environment) Tasks() []Service {
	tasks := slices.Clone(e.Services)
	for _, j := range e.Jobs {
		tasks = append(tasks, e.JobTask(j))
	}
	return tasks
}

// JobTask is a job as a service without a route.
func (e Environment) JobTask(j Job) Service {
	var task Service
	if i := slices.IndexFunc(e.Services, func(s Service) bool { return s.Name == j.Service }); i >= 0 {
		task = e.Services[i]
	}
	task.Name, task.CPU, task.Memory, task.Command = j.Name, j.CPU, j.Memory, j.Command
	task.HealthCheckCommand, task.Route, task.Former.Port = nil, nil, 0
	return task
}

// Variables are environment variables of a container by their names, which are
// not secret: everybody who may read this repository or a task definition reads
// them. What is secret is one of Environment.Secrets.
type Variables map[string]string

// VariablesFor are the environment's variables with a task's own, which win.
func (e Environment) VariablesFor(own Variables) Variables {
	all := maps.Clone(e.Variables)
	if all == nil {
		all = Variables{}
	}
	maps.Copy(all, own)
	return all
}

// Former is what a service no longer uses while the revision that runs still
// does: it keeps the grants and the port until the backend has deployed again,
// and is emptied then. A plan that takes them away at once is refused.
type Former struct {
	// Secrets of Environment.Secrets that are no longer in Service.Secrets.
	Secrets []string
	// Port that Route.Port replaced; 0 for none.
	Port int
	// Database and Documents were true.
	Database, Documents bool
}

// MayRead lists the secrets that a service's tasks may start with: those that
// the next revision receives, and those that an earlier one still does.
func (s Service) MayRead() []string { return slices.Concat(s.Secrets, s.Former.Secrets) }

// ReachesDatabase and ReachesDocuments say what the service's tasks may reach,
// those of an earlier revision included.
func (s Service) ReachesDatabase() bool  { return s.Database || s.Former.Database }
func (s Service) ReachesDocuments() bool { return s.Documents || s.Former.Documents }

// DatabaseUsers are the database's users that the tasks of a service or a job may sign
// in as, first the one that their definition names.
func (e Environment) DatabaseUsers(task Service) []string {
	user, other := DatabaseUser, DatabaseReader
	var job Job
	if i := slices.IndexFunc(e.Jobs, func(j Job) bool { return j.Name == task.Name }); i >= 0 {
		job = e.Jobs[i]
	}
	if job.ReadOnly {
		user, other = other, user
	}
	switch {
	case !task.ReachesDatabase():
		return nil
	case job.FormerUser:
		return []string{user, other}
	}
	return []string{user}
}

// Route is how the load balancer reaches a service.
type Route struct {
	// Port that the container listens on.
	Port int
	// HealthCheckPath answers 200 when the task can serve.
	HealthCheckPath string
	// Paths are the path patterns that go to this service. Exactly one routed
	// service has none: it gets everything else.
	Paths []string
	// CachedPaths are the path patterns of this service whose answers CloudFront
	// keeps and compresses, by their Cache-Control (at least a second) or for a
	// day, the same for everybody: it passes on no cookie, no query and no header
	// but, under a domain, Host. Errors are kept too. Nothing else is cached.
	CachedPaths []string
}

// Migration is the one-off task that the backend's pipeline runs before it
// updates the services.
type Migration struct {
	// CPU and Memory are those of the task that makes the database's roles too.
	CPU, Memory int
	Command     []string
	Secrets     []string
	// Variables are those of the migration only, as a service's.
	Variables Variables
}

// Database is the environment's RDS for PostgreSQL instance.
type Database struct {
	// EngineVersion is PostgreSQL's major version; minor versions are applied
	// in the maintenance window.
	EngineVersion string
	InstanceClass string
	// StorageGiB is allocated at first; MaxStorageGiB is where storage
	// autoscaling stops.
	StorageGiB, MaxStorageGiB int
	MultiAZ                   bool
	// FinalSnapshot keeps a last snapshot when the instance is deleted.
	FinalSnapshot bool
	// BackupDays is how many days back a point in time can be restored, 1 to
	// 35.
	BackupDays int
	// ChangeNow makes a change that stops the database take effect with the
	// apply, not in the next maintenance window, and allows another major
	// version. Set it in the commit of such a change and take it out after.
	ChangeNow bool
}

// Documents is the bucket of the application's documents.
type Documents struct {
	// NoncurrentVersionDays is how many days a replaced or deleted document
	// can be brought back.
	NoncurrentVersionDays int
	// InfrequentAccessDays is the age in days at which a document moves to
	// the infrequent-access class, at least 30.
	InfrequentAccessDays int
}

// Copies keeps what a protected environment's database and documents hold in
// another region as well, whose loss of this one it outlives
// (docs/adr/0007-copies-in-another-region.md). An administrator turns it on and
// off: docs/operations.md, "Keep copies in another region". It doubles storage,
// and personal data leaves the region.
type Copies struct {
	// Region of the copies, one that needs no opting in; "" for no copies. It cannot
	// be changed or taken away while AWS has any there: Ended comes first.
	Region string
	// Ended says that nothing more is copied, and what becomes of the copies; "" while
	// they are made.
	Ended End
	// BackupDays is how many days back the database can be restored there, 1 to 35.
	BackupDays int
	// NoncurrentVersionDays is how many days a document's copy is kept there once a
	// newer one has replaced it. The copy of a deleted document stays.
	NoncurrentVersionDays int
	// TimeControl has S3 copy 99.9% of documents within 15 minutes, by its service
	// level agreement (S3 Replication Time Control), which costs by the gigabyte.
	TimeControl bool
}

// End is what becomes of an environment's copies once nothing more is copied.
type End string

const (
	// CopiesKept leaves bucket and key as they are; RDS keeps the backups for the
	// rest of their retention.
	CopiesKept End = "kept"
	// CopiesDestroyed has Terraform destroy bucket and key, for which it needs the
	// region's provider: Region is taken away after that (hashicorp/terraform issue 30179).
	CopiesDestroyed End = "destroyed"
)

// Are says whether there are copies.
func (c Copies) Are() bool { return c.Region != "" && c.Ended != CopiesDestroyed }

// AreMade says whether backups and documents are copied.
func (c Copies) AreMade() bool { return c.Region != "" && c.Ended == "" }

// CopiesRegions are the regions of the copies of all environments, each once, and of
// those that are being destroyed.
func CopiesRegions(environments []Environment) []string {
	var regions []string
	for _, e := range environments {
		if e.Copies.Region != "" && !slices.Contains(regions, e.Copies.Region) {
			regions = append(regions, e.Copies.Region)
		}
	}
	return regions
}

// Logs says how long logs are kept.
type Logs struct {
	// RetentionDays of CloudWatch log groups: a value that CloudWatch takes.
	RetentionDays int
	// BucketDays is how many days access logs in S3 are kept.
	BucketDays int
}

// ResponseTimeoutSeconds is how long a request may take: CloudFront and the load
// balancer give up on it then. 60 is the most that CloudFront waits without a
// raised quota (CloudFront developer guide, "Response timeout"). The
// application keeps idle connections open for longer, so that the load balancer
// is the first to hang up.
const ResponseTimeoutSeconds = 60

// Alarms holds the thresholds that differ by environment.
type Alarms struct {
	// LatencySeconds is the 95th percentile of the response time that raises
	// an alarm.
	LatencySeconds float64
	// ServerErrors is the number of 5xx answers in a minute that, exceeded in
	// two minutes in a row, raises an alarm and rolls a deployment back.
	ServerErrors int
	// DatabaseConnections is the number of connections that raises an alarm.
	DatabaseConnections int
	// Outside has Route 53 ask the public URL from several parts of the world, with
	// alarms on what it finds and on CloudFront's 5xx. Where data is protected it is
	// on, unless NoOutside says why not.
	Outside   bool
	NoOutside string
}

// HasOutside says whether the environment is looked at from outside.
func (e Environment) HasOutside() bool {
	return e.Alarms.NoOutside == "" && (e.Alarms.Outside || e.IsProtected())
}

// SlackChannels are the ids of channels of Slack, such as "C0123ABCDEF"; "" for none.
// AWS takes one configuration of a channel in an account, so that each is named once.
type SlackChannels struct {
	// Alarms gets every alarm of the environment, with its severity and runbook.
	Alarms string
	// Pages gets those that are pages, where data is protected.
	Pages string
}

// IsSet says whether a channel gets anything.
func (c SlackChannels) IsSet() bool { return c != SlackChannels{} }

// HasSlack says whether a channel of any environment gets anything.
func (s Settings) HasSlack() bool {
	return slices.ContainsFunc(s.Environments, func(e Environment) bool { return e.Slack.IsSet() })
}

// OutsidePath is what is asked from outside: the health path of the service that
// gets what no other's paths name; "" where there is none.
func (e Environment) OutsidePath() string {
	for _, s := range e.Services {
		if s.Route != nil && len(s.Route.Paths) == 0 {
			return s.Route.HealthCheckPath
		}
	}
	return ""
}

// HasPages says whether alarms of the environment are pages, and these have a
// topic of their own.
func (s Settings) HasPages(env Environment) bool {
	return env.IsProtected() && (s.User.OnCall.IsSet() || env.Slack.Pages != "")
}

// IsProtected says whether AWS refuses to delete what holds data.
func (e Environment) IsProtected() bool { return e.Data == Protected }

// IsDisposable says whether a plan may destroy all of the environment.
func (e Environment) IsDisposable() bool { return e.Data == Disposable }

// Hostname is the name that users type, or "" without a domain.
func (s Settings) Hostname(e Environment) string {
	if !s.User.Domain.IsSet() {
		return ""
	}
	if e.Subdomain == "" {
		return s.User.Domain.Name
	}
	return e.Subdomain + "." + s.User.Domain.Name
}
