package constructs

import (
	"errors"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/database"
	"github.com/paperwurks/infra/constructs/ecs"
	"github.com/paperwurks/infra/constructs/healthcheck"
	"github.com/paperwurks/infra/constructs/published"
	"github.com/paperwurks/infra/constructs/secret"
	"github.com/paperwurks/infra/constructs/tf"
)

// SharedValues are what an environment takes from the shared stack.
type SharedValues struct {
	VPCID string
	// PrivateSubnetIDs and IsolatedSubnetIDs are Terraform's lists.
	PrivateSubnetIDs, IsolatedSubnetIDs *[]*string
	DataKeyARN, LogsKeyARN              string
	RepositoryARN, RepositoryURL        string
}

// EnvironmentProps configures an environment.
type EnvironmentProps struct {
	Settings    config.Settings
	Environment config.Environment
	Shared      SharedValues
	// Edge is us-east-1's provider: what belongs to CloudFront lives there.
	Edge cdktf.TerraformProvider
	// Copies is the provider of the copies' region; nil where there are none.
	Copies cdktf.TerraformProvider
}

// NewEnvironment makes one environment of the application: documents, secrets,
// database, the way in from the internet, the alarms over it all, cluster and
// services, in the order in which each part needs the one before. It publishes
// what the backend needs.
func NewEnvironment(scope cdk.Construct, id string, props EnvironmentProps) error {
	s, env := props.Settings, props.Environment
	n := s.Names()
	scope = tf.Group(scope, id)

	logBucket, documents, err := newEnvironmentBuckets(scope, props)
	if err != nil {
		return err
	}
	secrets, err := newSecrets(scope, props)
	if err != nil {
		return err
	}
	db, err := newDatabase(scope, props)
	if err != nil {
		return err
	}
	if env.Copies.Are() {
		if err := newCopies(scope, "copies", props, documents, db); err != nil {
			return err
		}
	}
	way, err := newEntrance(scope, props, logBucket)
	if err != nil {
		return err
	}
	alarms, err := newAlarms(scope, props, way)
	if err != nil {
		return err
	}
	outside := &alarm.Alarms{}
	if env.HasOutside() {
		if outside, err = newOutside(scope, props, way); err != nil {
			return err
		}
	}
	newSlack(scope, "slack-channels", props, alarms, outside)
	if err := newOffHours(scope, props, alarms); err != nil {
		return err
	}
	cluster := ecs.NewCluster(scope, "cluster", n.Cluster(env.Name))
	bootstrap, err := newWorkloadRole(scope, "bootstrap-role", n, env.Name, workloadRole{
		name:        n.BootstrapRole(env.Name),
		description: "Execution role of the task definitions that " + env.Name + " starts from; may do nothing",
		trust:       access.TaskTrust(n),
		policy:      access.Bootstrap(n, env),
	})
	if err != nil {
		return err
	}

	w := workloads{
		EnvironmentProps: props, scope: scope, cluster: cluster, entrance: way, alarms: alarms, bootstrap: bootstrap,
		database: db, documents: documents.Name, secrets: secrets,
	}
	p := s.Parameters()
	publish := published.New(scope, "published", s.Project)
	publishTask := func(name string, t *task) {
		publish.Value(p.TaskFamily(env.Name, name), t.Family)
		publish.Value(p.TaskDefinitionARN(env.Name, name), t.DefinitionARN)
		publish.Value(p.ContainerName(env.Name, name), t.ContainerName)
		publish.Value(p.LogGroup(env.Name, name), t.LogGroup)
		publish.Value(p.SecurityGroupID(env.Name, name), t.SecurityGroupID)
		publish.Value(p.TaskRoleARN(env.Name, name), t.role.ARN)
		publish.Value(p.ExecutionRoleARN(env.Name, name), t.executionRole.ARN)
	}
	var errs []error
	var serviceNames []string
	for _, settings := range env.Services {
		service, itsTask, err := w.service(settings)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		serviceNames = append(serviceNames, service.Name)
		publish.Value(p.ServiceName(env.Name, settings.Name), service.Name)
		publishTask(settings.Name, itsTask)
	}
	roles, err := w.roles()
	errs = append(errs, err)
	migration, err := w.migration()
	errs = append(errs, err, w.jobs(publish, publishTask))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	publishTask(config.RolesTask, roles)
	publishTask(config.MigrationTask, migration)

	publish.Value(p.ImagePlatform(env.Name), "linux/"+env.Images.Processor().Platform())
	if env.OffHours.IsSet() {
		publish.Value(p.OffHours(env.Name), env.OffHours.String())
	}
	publish.Value(p.ClusterName(env.Name), cluster.Name)
	publish.Value(p.ServiceNames(env.Name), strings.Join(serviceNames, ","))
	publish.Value(p.DatabaseEndpoint(env.Name), db.Endpoint)
	publish.Value(p.DatabaseNameParameter(env.Name), config.DatabaseName)
	publish.Value(p.DatabaseSecretARN(env.Name), db.MasterSecretARN)
	for _, name := range env.Secrets {
		publish.Value(p.SecretARN(env.Name, name), secrets[name])
	}
	publish.Value(p.DocumentsBucket(env.Name), documents.Name)
	publish.Value(p.URL(env.Name), way.distribution.URL)
	publish.Value(p.DistributionID(env.Name), way.distribution.ID)
	publish.Value(p.AlarmTopicARN(env.Name), alarms.TopicARN)
	return nil
}

// newEnvironmentBuckets makes the bucket of access logs and the bucket of the
// application's documents.
func newEnvironmentBuckets(scope cdk.Construct, props EnvironmentProps) (logBucket, documents *bucket.Bucket, err error) {
	n, env := props.Settings.Names(), props.Environment
	logBucket, err = bucket.New(scope, "logs", bucket.Props{
		Name:                  n.LogBucket(env.Name),
		NoncurrentVersionDays: 1,
		ExpireDays:            env.Logs.BucketDays,
		PreventDestroy:        !env.IsDisposable(),
		ForceDestroy:          env.IsDisposable(),
		Policy:                access.LogBucket(n, env.Name),
	})
	if err != nil {
		return nil, nil, err
	}
	documents, err = bucket.New(scope, "documents", bucket.Props{
		Name:                  n.DocumentsBucket(env.Name),
		KeyARN:                props.Shared.DataKeyARN,
		LogBucket:             logBucket.Name,
		LogPrefix:             config.DocumentsLogPrefix,
		LogReady:              logBucket.Ready,
		NoncurrentVersionDays: env.Documents.NoncurrentVersionDays,
		InfrequentAccessDays:  env.Documents.InfrequentAccessDays,
		PreventDestroy:        !env.IsDisposable(),
		ForceDestroy:          env.IsDisposable(),
		Policy:                access.DocumentsBucket(n, env),
	})
	return logBucket, documents, err
}

// newSecrets makes the application's secrets and returns their ARNs by their
// names in the settings.
func newSecrets(scope cdk.Construct, props EnvironmentProps) (map[string]string, error) {
	n, env := props.Settings.Names(), props.Environment
	scope = tf.Group(scope, "secrets")
	arns := map[string]string{}
	for _, name := range env.Secrets {
		made, err := secret.New(scope, name, secret.Props{
			Name:        n.Secret(env.Name, name),
			Description: "The application's " + name + " in " + env.Name,
			KeyARN:      props.Shared.DataKeyARN,
			Disposable:  env.IsDisposable(),
			Policy:      access.Secret(n, env, name),
		})
		if err != nil {
			return nil, err
		}
		arns[name] = made.ARN
	}
	return arns, nil
}

func newDatabase(scope cdk.Construct, props EnvironmentProps) (*database.Database, error) {
	const id = "database"
	n, env, shared := props.Settings.Names(), props.Environment, props.Shared
	monitoring, err := newWorkloadRole(tf.Group(scope, id), "monitoring-role", n, env.Name, workloadRole{
		name:        n.DatabaseMonitoringRole(env.Name),
		description: "Writes the enhanced monitoring of " + env.Name + "'s database",
		trust:       access.DatabaseMonitoringTrust(n, env.Name),
		policy:      access.DatabaseMonitoring(n),
	})
	if err != nil {
		return nil, err
	}
	backup, maintenance := env.OffHours.Windows()
	return database.New(scope, id, database.Props{
		Names: n, Environment: env.Name, Settings: env.Database,
		PreventDestroy: !env.IsDisposable(), DeletionProtection: env.IsProtected(),
		VPCID: shared.VPCID, SubnetIDs: shared.IsolatedSubnetIDs,
		DataKeyARN: shared.DataKeyARN, LogsKeyARN: shared.LogsKeyARN, LogRetentionDays: env.Logs.RetentionDays,
		BackupWindow: backup, MaintenanceWindow: maintenance,
		MonitoringRoleARN: monitoring.ARN,
	}), nil
}

func newAlarms(scope cdk.Construct, props EnvironmentProps, way *entrance) (*alarm.Alarms, error) {
	n, env := props.Settings.Names(), props.Environment
	var services []alarm.Service
	for _, s := range env.Services {
		service := alarm.Service{Name: s.Name}
		if target := way.targetGroups[s.Name]; target != nil {
			service.TargetGroup = target.ARNSuffix
		}
		services = append(services, service)
	}
	return alarm.New(scope, "alarms", alarm.Props{
		Names: n, Environment: env.Name, Thresholds: env.Alarms, Protected: env.IsProtected(),
		LoadBalancer: way.loadBalancer.ARNSuffix, Services: services, Jobs: watchedJobs(env), StorageGiB: env.Database.StorageGiB, MemoryGiB: env.Database.MemoryGiB(),
		TopicPolicy: access.AlarmTopic(n, env.Name), LogsKeyARN: props.Shared.LogsKeyARN,
		OffHours: env.OffHours, Email: props.Settings.User.AlarmEmail, GitHub: props.Settings.GitHub,
		Pages: pages(props, alarm.TopicProps{KeyARN: props.Shared.LogsKeyARN, Policy: access.PageTopic(n, env.Name)}),
	})
}

// pages is the topic of pages, which has what differs between the regions; nil
// where they have none of their own.
func pages(props EnvironmentProps, topic alarm.TopicProps) *alarm.TopicProps {
	if !props.Settings.HasPages(props.Environment) {
		return nil
	}
	topic.Name, topic.Email = props.Settings.Names().PageTopic(props.Environment.Name), props.Settings.User.OnCall.Email
	return &topic
}

// newOutside has the public URL asked from outside, with alarms on the answers.
func newOutside(scope cdk.Construct, props EnvironmentProps, way *entrance) (*alarm.Alarms, error) {
	n, env := props.Settings.Names(), props.Environment
	scope = tf.Group(scope, "outside")
	check := healthcheck.New(scope, "health-check", healthcheck.Props{Name: n.HealthCheck(env.Name), Host: way.distribution.Host, Path: env.OutsidePath()})
	return alarm.NewOutside(scope, "alarms", alarm.OutsideProps{
		Names: n, Environment: env.Name, ServerErrors: env.Alarms.ServerErrors, Protected: env.IsProtected(),
		HealthCheckID: check, DistributionID: way.distribution.ID, Edge: props.Edge,
		TopicPolicy: access.EdgeAlarmTopic(n, env.Name), KeyARN: way.edgeKeyARN,
		OffHours: env.OffHours, Email: props.Settings.User.AlarmEmail, GitHub: props.Settings.GitHub,
		Pages: pages(props, alarm.TopicProps{KeyARN: way.edgeKeyARN, Policy: access.EdgePageTopic(n, env.Name), Provider: props.Edge}),
	})
}
