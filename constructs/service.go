package constructs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
)

// Service is an ECS service on Fargate that scales with its CPU and rolls a
// failing deployment back, by ECS's circuit breaker and by alarms.
//
// Terraform makes the service and never again touches which task definition it
// runs or how many tasks: the first is the backend's pipeline's, the second
// autoscaling's.
type Service struct {
	Name string
}

// ServiceProps configures a Service.
type ServiceProps struct {
	Names       config.Names
	Environment config.Environment
	Service     config.Service
	Cluster     *Cluster
	Task        *Task
	// SubnetIDs is Terraform's list of the private tier's subnets.
	SubnetIDs *[]*string
	// TargetGroupARN is where the load balancer finds the tasks; "" for none.
	TargetGroupARN string
	// RollbackAlarms are the names of alarms that roll a deployment back.
	RollbackAlarms []string
	// After is made before the service: the listener of its target group, and
	// the alarms.
	After []cdktf.ITerraformDependable
}

// NewService makes the service and its autoscaling.
func NewService(scope cdk.Construct, id string, props ServiceProps) *Service {
	n, env, settings := props.Names, props.Environment, props.Service
	scope = group(scope, id)
	service := ecsservice.NewEcsService(scope, new("service"), &ecsservice.EcsServiceConfig{
		Name:                     new(n.Service(env.Name, settings.Name)),
		Cluster:                  &props.Cluster.ARN,
		TaskDefinition:           &props.Task.DefinitionARN,
		DesiredCount:             number(settings.MinTasks),
		CapacityProviderStrategy: capacityStrategy(env.Cluster, settings),
		PlatformVersion:          new("LATEST"),
		NetworkConfiguration: &ecsservice.EcsServiceNetworkConfiguration{
			Subnets:        props.SubnetIDs,
			SecurityGroups: list(props.Task.SecurityGroupID),
			AssignPublicIp: new(false),
		},
		LoadBalancer:                  loadBalancerOf(props),
		HealthCheckGracePeriodSeconds: gracePeriod(settings),

		DeploymentMinimumHealthyPercent: number(100),
		DeploymentMaximumPercent:        number(200),
		DeploymentCircuitBreaker:        &ecsservice.EcsServiceDeploymentCircuitBreaker{Enable: new(true), Rollback: new(true)},
		Alarms: &ecsservice.EcsServiceAlarms{
			AlarmNames: list(props.RollbackAlarms...),
			Enable:     new(true),
			Rollback:   new(true),
		},
		AvailabilityZoneRebalancing: new("ENABLED"),
		EnableExecuteCommand:        new(env.Cluster.ExecuteCommand),
		EnableEcsManagedTags:        new(true),
		PropagateTags:               new("SERVICE"),
		// Until the backend's first deployment there is no image to become
		// steady with.
		WaitForSteadyState: new(false),

		DependsOn: &props.After,
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			IgnoreChanges: list("task_definition", "desired_count"),
		},
	})
	name := *service.Name()
	target := appautoscalingtarget.NewAppautoscalingTarget(scope, new("scaling-target"), &appautoscalingtarget.AppautoscalingTargetConfig{
		ServiceNamespace:  new("ecs"),
		ScalableDimension: new("ecs:service:DesiredCount"),
		ResourceId:        new("service/" + n.Cluster(env.Name) + "/" + name),
		MinCapacity:       number(settings.MinTasks),
		MaxCapacity:       number(settings.MaxTasks),
	})
	appautoscalingpolicy.NewAppautoscalingPolicy(scope, new("scaling-policy"), &appautoscalingpolicy.AppautoscalingPolicyConfig{
		Name:              new("cpu"),
		PolicyType:        new("TargetTrackingScaling"),
		ServiceNamespace:  target.ServiceNamespace(),
		ScalableDimension: target.ScalableDimension(),
		ResourceId:        target.ResourceId(),
		TargetTrackingScalingPolicyConfiguration: &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration{
			TargetValue: number(settings.CPUTarget),
			PredefinedMetricSpecification: &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification{
				PredefinedMetricType: new("ECSServiceAverageCPUUtilization"),
			},
			// Seconds: out quickly, in slowly.
			ScaleOutCooldown: number(60),
			ScaleInCooldown:  number(300),
		},
	})
	return &Service{Name: name}
}

// capacityStrategy keeps the first MinTasks on Fargate unless everything may
// run on Spot, and shares the rest by the cluster's weight.
func capacityStrategy(c config.Cluster, s config.Service) []*ecsservice.EcsServiceCapacityProviderStrategy {
	onDemand := &ecsservice.EcsServiceCapacityProviderStrategy{
		CapacityProvider: new(fargate),
		Base:             number(s.MinTasks),
		Weight:           number(100 - c.SpotWeight),
	}
	spot := &ecsservice.EcsServiceCapacityProviderStrategy{
		CapacityProvider: new(fargateSpot),
		Weight:           number(c.SpotWeight),
	}
	switch c.SpotWeight {
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
		ContainerName:  &props.Task.ContainerName,
		ContainerPort:  number(props.Service.Route.Port),
	}}
}

// gracePeriod gives a new task of a routed service a minute before a failing
// health check counts.
func gracePeriod(s config.Service) *float64 {
	if s.Route == nil {
		return nil
	}
	return number(60)
}
