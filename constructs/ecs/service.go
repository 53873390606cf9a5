package ecs

import (
	"strconv"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingscheduledaction"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Service is an ECS service on Fargate that scales with its CPU and rolls a
// failing deployment back, by ECS's circuit breaker and by alarms.
//
// Terraform makes the service and never again touches which task definition it
// runs, to which port of it the load balancer sends requests, or how many tasks:
// the first two are the backend's pipeline's, the third autoscaling's.
type Service struct {
	Name string
}

// ServiceProps configures a Service.
type ServiceProps struct {
	Name string
	// The cluster that it runs in.
	ClusterName, ClusterARN string
	// Task that it runs.
	DefinitionARN   string
	ContainerName   string
	SecurityGroupID string
	// SubnetIDs is Terraform's list of the private tier's subnets.
	SubnetIDs *[]*string
	// TargetGroupARN is where the load balancer finds the tasks; "" for none.
	TargetGroupARN string
	// Port that the load balancer sends requests to; 0 for none.
	Port int
	// MinTasks and MaxTasks bound autoscaling, which aims at CPUTarget percent.
	MinTasks, MaxTasks, CPUTarget int
	// RequestsPerTarget a minute that autoscaling aims at too, of the target group
	// that RequestsLabel names; 0 for none (Application Auto Scaling API,
	// PredefinedMetricSpecification: ResourceLabel).
	RequestsPerTarget int
	RequestsLabel     string
	// SwitchOff and SwitchOn are cron expressions in TimeZone: it has no task from
	// the one to the other. "" for a service that always runs.
	SwitchOff, SwitchOn, TimeZone string
	// SpotWeight is how many of a hundred tasks above MinTasks run on Fargate
	// Spot; with 100 all do.
	SpotWeight int
	// RollbackAlarms are the names of alarms that roll a deployment back.
	RollbackAlarms []string
	// After is made before the service and destroyed after it: the cluster's
	// capacity providers, the alarms, what sends the load balancer's requests to
	// its target group, and what lets its tasks reach what they use.
	After []cdktf.ITerraformDependable
}

// NewService makes the service and its autoscaling.
func NewService(scope cdk.Construct, id string, props ServiceProps) *Service {
	scope = tf.Group(scope, id)
	service := ecsservice.NewEcsService(scope, new("service"), &ecsservice.EcsServiceConfig{
		Name:                     &props.Name,
		Cluster:                  &props.ClusterARN,
		TaskDefinition:           &props.DefinitionARN,
		DesiredCount:             tf.Number(props.MinTasks),
		CapacityProviderStrategy: capacityStrategy(props.SpotWeight, props.MinTasks),
		// Without it the provider replaces the service when the strategy
		// changes; with it any change starts a deployment of the revision that
		// runs (AWS provider 5.100.0, aws_ecs_service).
		ForceNewDeployment: new(true),
		PlatformVersion:    new("LATEST"),
		NetworkConfiguration: &ecsservice.EcsServiceNetworkConfiguration{
			Subnets:        props.SubnetIDs,
			SecurityGroups: tf.List(props.SecurityGroupID),
			AssignPublicIp: new(false),
		},
		LoadBalancer:                  loadBalancerOf(props),
		HealthCheckGracePeriodSeconds: gracePeriod(props.Port),

		DeploymentMinimumHealthyPercent: tf.Number(100),
		DeploymentMaximumPercent:        tf.Number(200),
		DeploymentCircuitBreaker:        &ecsservice.EcsServiceDeploymentCircuitBreaker{Enable: new(true), Rollback: new(true)},
		Alarms: &ecsservice.EcsServiceAlarms{
			AlarmNames: tf.List(props.RollbackAlarms...),
			Enable:     new(true),
			Rollback:   new(true),
		},
		AvailabilityZoneRebalancing: new("ENABLED"),
		// A shell in a container has the task's role, and reads what a person
		// must not. ECS also refuses it here, by the bootstrap definition, which
		// has no task role (aws-cli #6242), and does not support it with a
		// read-only root file system (ECS developer guide, "Monitor Amazon ECS
		// containers with ECS Exec").
		EnableExecuteCommand: new(false),
		EnableEcsManagedTags: new(true),
		PropagateTags:        new("SERVICE"),
		// Until the backend's first deployment there is no image to become
		// steady with.
		WaitForSteadyState: new(false),

		DependsOn: &props.After,
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			// The load balancer's port is the revision's: the backend's pipeline
			// changes both at once.
			IgnoreChanges: tf.List("task_definition", "desired_count", "load_balancer"),
		},
	})
	name := *service.Name()
	settings := &appautoscalingtarget.AppautoscalingTargetConfig{
		ServiceNamespace:  new("ecs"),
		ScalableDimension: new("ecs:service:DesiredCount"),
		ResourceId:        new("service/" + props.ClusterName + "/" + name),
		MinCapacity:       tf.Number(props.MinTasks),
		MaxCapacity:       tf.Number(props.MaxTasks),
	}
	if props.SwitchOff != "" {
		// A scheduled action writes the bounds themselves (terraform-aws-ecs #422).
		settings.Lifecycle = &cdktf.TerraformResourceLifecycle{IgnoreChanges: tf.List("min_capacity", "max_capacity")}
	}
	target := appautoscalingtarget.NewAppautoscalingTarget(scope, new("scaling-target"), settings)
	scaled := &scaling{scope: scope, target: target}
	scaled.by("scaling-policy", tracked{name: "cpu", metric: "ECSServiceAverageCPUUtilization", aim: props.CPUTarget})
	if props.RequestsPerTarget > 0 {
		scaled.by("requests-policy", tracked{
			name: "requests-per-task", metric: "ALBRequestCountPerTarget", label: props.RequestsLabel, aim: props.RequestsPerTarget,
		})
	}
	if props.SwitchOff != "" {
		scaled.at(config.SwitchOff, props.SwitchOff, props.TimeZone, 0, 0)
		scaled.at(config.SwitchOn, props.SwitchOn, props.TimeZone, props.MinTasks, props.MaxTasks)
	}
	return &Service{Name: name}
}

// scaling is how many tasks a service has. What sets it is made one after the other:
// AWS refuses a second change of a target in the same moment with
// ConcurrentUpdateException (Application Auto Scaling API, PutScheduledAction: Errors;
// terraform-provider-aws #17915).
type scaling struct {
	scope  cdk.Construct
	target appautoscalingtarget.AppautoscalingTarget
	// last is what was made before, nil at first.
	last cdktf.ITerraformDependable
}

// after is what the next one waits for.
func (s *scaling) after() *[]cdktf.ITerraformDependable {
	if s.last == nil {
		return nil
	}
	return &[]cdktf.ITerraformDependable{s.last}
}

// at sets the bounds at the times of a cron expression. Between two bounds of 0 no
// policy scales out.
func (s *scaling) at(name, schedule, timeZone string, least, most int) {
	target := s.target
	s.last = appautoscalingscheduledaction.NewAppautoscalingScheduledAction(s.scope, &name, &appautoscalingscheduledaction.AppautoscalingScheduledActionConfig{
		Name:              &name,
		ServiceNamespace:  target.ServiceNamespace(),
		ScalableDimension: target.ScalableDimension(),
		ResourceId:        target.ResourceId(),
		Schedule:          &schedule,
		Timezone:          &timeZone,
		ScalableTargetAction: &appautoscalingscheduledaction.AppautoscalingScheduledActionScalableTargetAction{
			MinCapacity: new(strconv.Itoa(least)),
			MaxCapacity: new(strconv.Itoa(most)),
		},
		DependsOn: s.after(),
	})
}

// tracked is a metric of AWS's that autoscaling keeps at its aim.
type tracked struct {
	name, metric string
	// label is the resource that it is measured of; "" for the service itself.
	label string
	aim   int
}

// by keeps a metric at its aim.
func (s *scaling) by(id string, by tracked) {
	target := s.target
	metric := &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification{
		PredefinedMetricType: &by.metric,
	}
	if by.label != "" {
		metric.ResourceLabel = &by.label
	}
	s.last = appautoscalingpolicy.NewAppautoscalingPolicy(s.scope, &id, &appautoscalingpolicy.AppautoscalingPolicyConfig{
		Name:              &by.name,
		PolicyType:        new("TargetTrackingScaling"),
		ServiceNamespace:  target.ServiceNamespace(),
		ScalableDimension: target.ScalableDimension(),
		ResourceId:        target.ResourceId(),
		TargetTrackingScalingPolicyConfiguration: &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration{
			TargetValue:                   tf.Number(by.aim),
			PredefinedMetricSpecification: metric,
			// Seconds: out quickly, in slowly.
			ScaleOutCooldown: tf.Number(60),
			ScaleInCooldown:  tf.Number(300),
		},
		DependsOn: s.after(),
	})
}

// capacityStrategy keeps the first MinTasks on Fargate unless everything may
// run on Spot, and shares the rest by the cluster's weight.
func capacityStrategy(spotWeight, minTasks int) []*ecsservice.EcsServiceCapacityProviderStrategy {
	onDemand := &ecsservice.EcsServiceCapacityProviderStrategy{
		CapacityProvider: new(fargate),
		Base:             tf.Number(minTasks),
		Weight:           tf.Number(100 - spotWeight),
	}
	spot := &ecsservice.EcsServiceCapacityProviderStrategy{
		CapacityProvider: new(fargateSpot),
		Weight:           tf.Number(spotWeight),
	}
	switch spotWeight {
	case 0:
		return []*ecsservice.EcsServiceCapacityProviderStrategy{onDemand}
	case 100:
		return []*ecsservice.EcsServiceCapacityProviderStrategy{spot}
	default:
		return []*ecsservice.EcsServiceCapacityProviderStrategy{onDemand, spot}
	}
}

func loadBalancerOf(props ServiceProps) any {
	if props.TargetGroupARN == "" {
		return nil
	}
	return []*ecsservice.EcsServiceLoadBalancer{{
		TargetGroupArn: &props.TargetGroupARN,
		ContainerName:  &props.ContainerName,
		ContainerPort:  tf.Number(props.Port),
	}}
}

// gracePeriod gives a new task of a routed service a minute before a failing
// health check counts.
func gracePeriod(port int) *float64 {
	if port == 0 {
		return nil
	}
	return tf.Number(60)
}
