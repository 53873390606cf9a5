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
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/database"
	"github.com/paperwurks/infra/constructs/ecs"
	"github.com/paperwurks/infra/constructs/role"
	"github.com/paperwurks/infra/constructs/tf"
)

// workloads are the tasks and services of an environment, made of what is there
// before them.
type workloads struct {
	EnvironmentProps
	scope     cdk.Construct
	cluster   *ecs.Cluster
	entrance  *entrance
	alarms    *alarm.Alarms
	bootstrap *role.Role
	database  *database.Database
	// documents is the name of the documents bucket, secrets the ARNs of the
	// application's secrets by their names.
	documents string
	secrets   map[string]string
}

// task is an ECS task with the two roles that the backend's pipeline registers
// it with.
type task struct {
	*ecs.Task
	role, executionRole *role.Role
	// reaches is what lets it reach what it uses, whose destruction waits until
	// no task of it runs any more.
	reaches []cdktf.ITerraformDependable
}

// service makes a service with its task.
func (w workloads) service(s config.Service) (*ecs.Service, *task, error) {
	n, env := w.Settings.Names(), w.Environment
	made, err := w.serviceTask(s, 0)
	if err != nil {
		return nil, nil, err
	}
	props := ecs.ServiceProps{
		Name:        n.Service(env.Name, s.Name),
		ClusterName: n.Cluster(env.Name), ClusterARN: w.cluster.ARN,
		DefinitionARN: made.DefinitionARN, ContainerName: made.ContainerName, SecurityGroupID: made.SecurityGroupID,
		SubnetIDs: w.Shared.PrivateSubnetIDs,
		MinTasks:  s.MinTasks, MaxTasks: s.MaxTasks, CPUTarget: s.CPUTarget,
		SpotWeight:     env.Cluster.SpotWeight,
		RollbackAlarms: w.alarms.Rollback[s.Name],
		After:          append(slices.Concat(w.alarms.All, made.reaches), w.cluster.CapacityProviders),
	}
	if env.OffHours.IsSet() {
		props.SwitchOff, props.SwitchOn, props.TimeZone = env.OffHours.SwitchOff(), env.OffHours.SwitchOn(), env.OffHours.TimeZone
	}
	if s.Route != nil {
		props.Port = s.Route.Port
		target := w.entrance.targetGroups[s.Name]
		props.TargetGroupARN = target.ARN
		props.RequestsPerTarget, props.RequestsLabel = s.RequestsPerTarget, w.entrance.loadBalancer.ARNSuffix+"/"+target.ARNSuffix
		props.After = append(props.After, target.Routed)
		props.After = append(props.After, w.entrance.loadBalancer.AllowTo(routeTo(n, env, s), made.SecurityGroupID, s.Former.Port)...)
	}
	return ecs.NewService(w.scope, s.Name, props), made, nil
}

// serviceTask makes the task of a service, or of a job as a service, which ends after
// limit seconds.
func (w workloads) serviceTask(s config.Service, limit int) (*task, error) {
	n, env := w.Settings.Names(), w.Environment
	props := ecs.TaskProps{
		Name: s.Name, CPU: s.CPU, Memory: s.Memory, Command: s.Command, HealthCheckCommand: s.HealthCheckCommand,
		Variables: env.VariablesFor(s.Variables),
		Secrets:   w.secretVariables(s.Secrets),

		StopSeconds:      ecs.StopSeconds,
		TimeLimitSeconds: limit,
	}
	// A job runs on demand.
	if env.Cluster.SpotWeight > 0 && limit == 0 {
		props.StopSeconds = ecs.SpotStopSeconds
	}
	if s.Route != nil {
		props.Port = s.Route.Port
	}
	if s.Documents {
		props.Variables["DOCUMENTS_BUCKET"] = w.documents
	}
	if s.Database {
		maps.Copy(props.Variables, w.databaseVariables())
		props.Variables["DATABASE_USER"] = env.DatabaseUsers(s)[0]
	}
	return w.task(props, grants{secrets: w.secretVariables(s.MayRead()), database: s.ReachesDatabase()}, access.ServiceTask(n, env, s, w.taskResources()))
}

// roles makes the database's roles as the master user, which nothing else signs in as.
func (w workloads) roles() (*task, error) {
	return w.once(config.RolesTask, []string{config.RolesTask}, nil, map[string]string{"DATABASE_ROLES_SQL": access.DatabaseRoles},
		map[string]string{"DATABASE_MASTER_CREDENTIALS": w.database.MasterSecretARN}, access.RolesTask())
}

// migration changes the schema.
func (w workloads) migration() (*task, error) {
	m := w.Environment.Migration
	return w.once(config.MigrationTask, m.Command, m.Variables, map[string]string{"DATABASE_USER": config.DatabaseMigrator}, w.secretVariables(m.Secrets),
		access.MigrationTask(w.Settings.Names(), w.taskResources()))
}

// once makes a task that runs before each deployment, with the database; of its
// variables own are the application's, and platform ours.
func (w workloads) once(name string, command []string, own config.Variables, platform, secrets map[string]string, mayDo policy.Document) (*task, error) {
	variables := w.Environment.VariablesFor(own)
	maps.Copy(variables, w.databaseVariables())
	maps.Copy(variables, platform)
	return w.task(ecs.TaskProps{
		Name: name, CPU: w.Environment.Migration.CPU, Memory: w.Environment.Migration.Memory, Command: command,
		Variables: variables,
		Secrets:   secrets,

		StopSeconds: ecs.StopSeconds,
	}, grants{secrets: secrets, database: true}, mayDo)
}

func (w workloads) taskResources() access.TaskResources {
	return access.TaskResources{DataKeyARN: w.Shared.DataKeyARN, DatabaseResourceID: w.database.ResourceID}
}

// grants are what a task may reach: what its definition uses and what that of an
// earlier revision did.
type grants struct {
	// secrets are ARNs by environment variable.
	secrets  map[string]string
	database bool
}

// task makes a task with its roles; what it may do is the policy's.
func (w workloads) task(props ecs.TaskProps, may grants, mayDo policy.Document) (*task, error) {
	n, env, shared := w.Settings.Names(), w.Environment, w.Shared
	id := props.Name + "-task"
	props.Family = n.Service(env.Name, props.Name)
	props.Architecture = env.Images.Processor()
	props.Region = n.Region()
	props.VPCID, props.RepositoryURL = shared.VPCID, shared.RepositoryURL
	props.LogGroup, props.LogsKeyARN, props.LogRetentionDays = n.LogGroup(env.Name, props.Name), shared.LogsKeyARN, env.Logs.RetentionDays
	props.BootstrapRoleARN = w.bootstrap.ARN
	props.Variables["ENVIRONMENT"] = env.Name
	if env.Network.NAT == config.NATNone {
		props.OnlyWithin = env.Network.CIDR
	}

	group := tf.Group(w.scope, id)
	taskRole, taskErr := newWorkloadRole(group, "task-role", n, env.Name, workloadRole{
		name:        n.TaskRole(env.Name, props.Name),
		description: "What " + props.Name + "'s containers in " + env.Name + " may do",
		trust:       access.TaskTrust(n),
		policy:      mayDo,
	})
	executionRole, executionErr := newWorkloadRole(group, "execution-role", n, env.Name, workloadRole{
		name:        n.ExecutionRole(env.Name, props.Name),
		description: "What ECS needs to start " + props.Name + " in " + env.Name,
		trust:       access.TaskTrust(n),
		policy: access.Execution(access.ExecutionResources{
			RepositoryARN: shared.RepositoryARN,
			LogGroupARN:   n.ARN("logs", "log-group:"+props.LogGroup),
			SecretARNs:    inOrder(may.secrets),
			DataKeyARN:    shared.DataKeyARN,
		}),
	})
	made, err := ecs.NewTask(w.scope, id, props)
	if err := errors.Join(taskErr, executionErr, err); err != nil {
		return nil, fmt.Errorf("task %q: %w", props.Family, err)
	}
	out := &task{Task: made, role: taskRole, executionRole: executionRole, reaches: []cdktf.ITerraformDependable{taskRole.Policy, executionRole.Policy}}
	if may.database {
		out.reaches = append(out.reaches, w.database.AllowFrom(props.Name, made.SecurityGroupID)...)
	}
	out.reaches = append(out.reaches, made.CallsOut...)
	return out, nil
}

// secretVariables gives the named secrets to a container: the ARN of each by its
// environment variable, the name in upper snake case.
func (w workloads) secretVariables(names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = w.secrets[name]
	}
	return out
}

// inOrder returns the values in the order of their keys. The values are
// Terraform's tokens, numbered as they are made: in their own order a resource
// more, anywhere, would change the document.
func inOrder(values map[string]string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, values[key])
	}
	return out
}

func (w workloads) databaseVariables() map[string]string {
	return map[string]string{
		"DATABASE_HOST": w.database.Address,
		"DATABASE_PORT": fmt.Sprint(database.Port),
		"DATABASE_NAME": config.DatabaseName,
	}
}
