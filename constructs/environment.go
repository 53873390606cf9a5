package constructs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// Environment is one environment of the application: cluster, services,
// database, documents, secrets, the way in from the internet, and the alarms
// over it all.
type Environment struct {
	URL string
}

// SharedValues are what an environment takes from the shared stack.
type SharedValues struct {
	VPCID string
	// PrivateSubnetIDs and IsolatedSubnetIDs are Terraform's lists.
	PrivateSubnetIDs, IsolatedSubnetIDs *[]*string
	DataKeyARN, LogsKeyARN              string
	RepositoryARN, RepositoryURL        string
}

// EnvironmentProps configures an Environment.
type EnvironmentProps struct {
	Settings    config.Settings
	Environment config.Environment
	Shared      SharedValues
	// Edge is us-east-1's provider: what belongs to CloudFront lives there.
	Edge cdktf.TerraformProvider
}

// NewEnvironment makes all of it, in the order in which each part needs the
// one before, and publishes what the backend needs.
func NewEnvironment(scope cdk.Construct, id string, props EnvironmentProps) (*Environment, error) {
	s, env, shared := props.Settings, props.Environment, props.Shared
	n := s.Names()
	scope = group(scope, id)

	logBucket, documents, err := newEnvironmentBuckets(scope, n, env, shared)
	if err != nil {
		return nil, err
	}
	secrets, err := NewApplicationSecrets(scope, "secrets", ApplicationSecretsProps{Names: n, Environment: env, KeyARN: shared.DataKeyARN})
	if err != nil {
		return nil, err
	}
	database, err := NewDatabase(scope, "database", DatabaseProps{
		Names: n, Environment: env, VPCID: shared.VPCID, SubnetIDs: shared.IsolatedSubnetIDs,
		DataKeyARN: shared.DataKeyARN, LogsKeyARN: shared.LogsKeyARN,
	})
	if err != nil {
		return nil, err
	}
	edge, err := newEntrance(scope, props, logBucket)
	if err != nil {
		return nil, err
	}
	alarms, err := NewAlarms(scope, "alarms", AlarmsProps{
		Names: n, Environment: env, LogsKeyARN: shared.LogsKeyARN, Email: s.User.AlarmEmail,
		LoadBalancer: edge.loadBalancer, TargetGroups: edge.targetGroups,
	})
	if err != nil {
		return nil, err
	}
	cluster := NewCluster(scope, "cluster", ClusterProps{Names: n, Environment: env, LogsKeyARN: shared.LogsKeyARN})

	p := s.Parameters()
	publish := NewPublished(scope, "published", s.Project)
	bootstrap, err := NewServiceRole(scope, "bootstrap-role", ServiceRoleProps{
		Names: n, Environment: env.Name, Name: n.BootstrapRole(env.Name),
		Description: "Stands in the task definitions that " + env.Name + " starts from; may do nothing",
		Trust:       access.TaskTrust(n),
		Policy:      access.Bootstrap(n, env),
	})
	if err != nil {
		return nil, err
	}
	workloads := workloads{scope: scope, props: props, documents: documents, secrets: secrets, database: database, bootstrap: bootstrap}
	var errs []error
	var serviceNames []string
	for _, settings := range env.Services {
		task, err := workloads.service(settings)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		target := edge.targetGroups[settings.Name]
		after := alarms.All
		if target != nil {
			edge.loadBalancer.AllowTo(settings, task.SecurityGroupID)
			after = append(slices.Clone(after), edge.loadBalancer.Listener)
		}
		service := NewService(scope, settings.Name, ServiceProps{
			Names: n, Environment: env, Service: settings, Cluster: cluster, Task: task,
			SubnetIDs: shared.PrivateSubnetIDs, TargetGroupARN: target.arn(),
			RollbackAlarms: alarms.Rollback[settings.Name], After: after,
		})
		serviceNames = append(serviceNames, service.Name)
		publish.Value(p.ServiceName(env.Name, settings.Name), service.Name)
		publishTask(publish, p, env.Name, settings.Name, task)
	}
	migration, err := workloads.migration()
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	publishTask(publish, p, env.Name, config.MigrationTask, migration)

	publish.Value(p.ClusterName(env.Name), cluster.Name)
	publish.Value(p.ServiceNames(env.Name), strings.Join(serviceNames, ","))
	publish.Value(p.DatabaseEndpoint(env.Name), database.Endpoint)
	publish.Value(p.DatabaseNameParameter(env.Name), config.DatabaseName)
	publish.Value(p.DatabaseSecretARN(env.Name), database.MasterSecretARN)
	for _, name := range env.Secrets {
		publish.Value(p.SecretARN(env.Name, name), secrets.ARNs[name])
	}
	publish.Value(p.DocumentsBucket(env.Name), documents.Name)
	publish.Value(p.URL(env.Name), edge.distribution.URL)
	publish.Value(p.DistributionID(env.Name), edge.distribution.ID)
	publish.Value(p.AlarmTopicARN(env.Name), alarms.TopicARN)
	return &Environment{URL: edge.distribution.URL}, nil
}

// newEnvironmentBuckets makes the bucket of access logs and the bucket of the
// application's documents.
func newEnvironmentBuckets(scope cdk.Construct, n config.Names, env config.Environment, shared SharedValues) (logs, documents *Bucket, err error) {
	name := n.LogBucket(env.Name)
	logs, err = NewBucket(scope, "logs", BucketProps{
		Name:                  name,
		NoncurrentVersionDays: 1,
		ExpireDays:            env.Logs.BucketDays,
		Protected:             !env.IsDisposable(),
		DestroyWithContents:   env.Documents.DestroyWithContents,
		Policy:                access.LogBucket(n, env.Name),
	})
	if err != nil {
		return nil, nil, err
	}
	documents, err = NewBucket(scope, "documents", BucketProps{
		Name:                  n.DocumentsBucket(env.Name),
		KeyARN:                shared.DataKeyARN,
		LogBucket:             logs.Name,
		LogPrefix:             config.DocumentsLogPrefix,
		LogReady:              logs.Ready,
		NoncurrentVersionDays: env.Documents.NoncurrentVersionDays,
		InfrequentAccessDays:  env.Documents.InfrequentAccessDays,
		Protected:             !env.IsDisposable(),
		DestroyWithContents:   env.Documents.DestroyWithContents,
		Policy:                access.DocumentsBucket(n, env),
	})
	return logs, documents, err
}

// entrance is the way in from the internet: CloudFront, its web ACL, the load
// balancer and its own.
type entrance struct {
	loadBalancer *LoadBalancer
	targetGroups map[string]*TargetGroup
	distribution *Distribution
}

func newEntrance(scope cdk.Construct, props EnvironmentProps, logs *Bucket) (*entrance, error) {
	s, env, shared := props.Settings, props.Environment, props.Shared
	n := s.Names()
	out := &entrance{targetGroups: map[string]*TargetGroup{}}

	certificates := &Certificates{}
	if s.User.Domain.IsSet() {
		certificates = NewCertificates(scope, "certificates", CertificatesProps{Hostname: s.Hostname(env), Domain: s.User.Domain, Edge: props.Edge})
	}
	fallback, routed := routes(env.Services)
	if fallback == nil {
		return nil, fmt.Errorf("environments[%q].services: exactly one service with a route and no paths is required", env.Name)
	}
	balancer, target := NewLoadBalancer(scope, "load-balancer", LoadBalancerProps{
		Names: n, Environment: env, VPCID: shared.VPCID, SubnetIDs: shared.PrivateSubnetIDs, LogBucket: logs,
		CertificateARN: certificates.RegionalARN, Default: *fallback,
	})
	out.loadBalancer = balancer
	out.targetGroups[fallback.Name] = target
	for i, service := range routed {
		out.targetGroups[service.Name] = balancer.RoutePaths(service, 10*(i+1))
	}
	regional := NewWebACL(scope, "web-acl", WebACLProps{
		Name: n.Environment(env.Name), Scope: WebACLRegional, LogsKeyARN: shared.LogsKeyARN, RetentionDays: env.Logs.RetentionDays,
		ManagedRules: []ManagedRules{commonThreats, knownBadInputs, sqlInjection},
	})
	balancer.Protect(regional)

	edgeKey, err := NewEncryptionKey(scope, "edge-logs-key", EncryptionKeyProps{
		Alias: n.EdgeLogsKeyAlias(env.Name), Description: "Logs of " + env.Name + " at the edge",
		Protected: !env.IsDisposable(), Provider: props.Edge,
		Policy: access.EdgeLogsKey(n, env.Name),
	})
	if err != nil {
		return nil, err
	}
	edge := NewWebACL(scope, "edge-web-acl", WebACLProps{
		Name: n.In(env.Name, "edge"), Scope: WebACLCloudFront, Provider: props.Edge, LogsKeyARN: edgeKey.ARN,
		RetentionDays: env.Logs.RetentionDays, RequestsPerIP: env.RequestsPerIP,
		ManagedRules: []ManagedRules{ipReputation, knownBadInputs},
	})
	out.distribution = NewDistribution(scope, "distribution", DistributionProps{
		Names: n, Environment: env, LoadBalancer: balancer, WebACL: edge, LogBucket: logs, Edge: props.Edge,
		Hostname: s.Hostname(env), Domain: s.User.Domain, CertificateARN: certificates.EdgeARN,
	})
	return out, nil
}

// routes splits the routed services into the one without paths and the others.
func routes(services []config.Service) (fallback *config.Service, others []config.Service) {
	for _, s := range services {
		switch {
		case s.Route == nil:
		case len(s.Route.Paths) == 0:
			fallback = &s
		default:
			others = append(others, s)
		}
	}
	return fallback, others
}

func (t *TargetGroup) arn() string {
	if t == nil {
		return ""
	}
	return t.ARN
}

// workloads makes the tasks of an environment.
type workloads struct {
	scope     cdk.Construct
	props     EnvironmentProps
	documents *Bucket
	secrets   *ApplicationSecrets
	database  *Database
	bootstrap *ServiceRole
}

func (w workloads) service(s config.Service) (*Task, error) {
	env, shared, n := w.props.Environment, w.props.Shared, w.props.Settings.Names()
	task := TaskProps{
		Name: s.Name, CPU: s.CPU, Memory: s.Memory, Command: s.Command, HealthCheckCommand: s.HealthCheckCommand,
		Variables: map[string]string{},
		Secrets:   w.secrets.Variables(s.Secrets),
		TaskPolicy: access.ServiceTask(n, env, s, access.TaskResources{
			DataKeyARN: shared.DataKeyARN, LogsKeyARN: shared.LogsKeyARN, DatabaseResourceID: w.database.ResourceID,
		}),
	}
	if s.Route != nil {
		task.Port = s.Route.Port
	}
	if s.Documents {
		task.Variables["DOCUMENTS_BUCKET"] = w.documents.Name
	}
	if s.Database {
		maps.Copy(task.Variables, w.databaseVariables(config.DatabaseUser))
	}
	return w.task(task, s.Database)
}

// migration signs in as the master user, which alone may change the schema
// and make the role that the services sign in as.
func (w workloads) migration() (*Task, error) {
	env, n := w.props.Environment, w.props.Settings.Names()
	m := env.Migration
	secrets := w.secrets.Variables(m.Secrets)
	secrets["DATABASE_MASTER_CREDENTIALS"] = w.database.MasterSecretARN
	return w.task(TaskProps{
		Name: config.MigrationTask, CPU: m.CPU, Memory: m.Memory, Command: m.Command,
		Variables:  w.databaseVariables(""),
		Secrets:    secrets,
		TaskPolicy: access.MigrationTask(n, env),
	}, true)
}

func (w workloads) task(props TaskProps, database bool) (*Task, error) {
	shared, n := w.props.Shared, w.props.Settings.Names()
	props.Names, props.Environment = n, w.props.Environment
	props.VPCID, props.RepositoryURL, props.LogsKeyARN = shared.VPCID, shared.RepositoryURL, shared.LogsKeyARN
	props.BootstrapRoleARN = w.bootstrap.ARN
	props.ExecutionPolicy = access.Execution(access.ExecutionResources{
		RepositoryARN: shared.RepositoryARN,
		LogGroupARN:   n.ARN("logs", "log-group:"+n.LogGroup(props.Environment.Name, props.Name)),
		SecretARNs:    slices.Sorted(maps.Values(props.Secrets)),
		DataKeyARN:    shared.DataKeyARN,
	})
	task, err := NewTask(w.scope, props.Name+"-task", props)
	if err != nil {
		return nil, err
	}
	if database {
		w.database.AllowFrom(props.Name, task.SecurityGroupID)
	}
	return task, nil
}

func (w workloads) databaseVariables(user string) map[string]string {
	variables := map[string]string{
		"DATABASE_HOST": w.database.Address,
		"DATABASE_PORT": fmt.Sprint(PostgresPort),
		"DATABASE_NAME": config.DatabaseName,
	}
	if user != "" {
		variables["DATABASE_USER"] = user
	}
	return variables
}

func publishTask(publish *Published, p config.Parameters, env, name string, task *Task) {
	publish.Value(p.TaskFamily(env, name), task.Family)
	publish.Value(p.ContainerName(env, name), task.ContainerName)
	publish.Value(p.LogGroup(env, name), task.LogGroup)
	publish.Value(p.SecurityGroupID(env, name), task.SecurityGroupID)
	publish.Value(p.TaskRoleARN(env, name), task.TaskRoleARN)
	publish.Value(p.ExecutionRoleARN(env, name), task.ExecutionRoleARN)
}
