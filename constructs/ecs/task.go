package ecs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsec2managedprefixlist"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecstaskdefinition"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Task is what one kind of container runs as: its bootstrap task definition, its
// log group and its security group.
//
// The definition cannot run: its image is the tag "bootstrap", which nobody
// pushes, and its role may do nothing. The backend's pipeline registers each
// revision from the newest one, with its own image and the two roles that are
// published, and everything else as it is here. So whoever controls the
// infrastructure's pipeline never passes a role that reaches documents, secrets
// or the database (pathfinding.cloud, ecs-001).
type Task struct {
	Family          string
	DefinitionARN   string
	LogGroup        string
	ContainerName   string
	SecurityGroupID string
	// CallsOut are the rules that let the task call AWS.
	CallsOut []cdktf.ITerraformDependable
}

// TaskProps configures a Task.
type TaskProps struct {
	// Name of the container.
	Name string
	// Family of the task definition; the security group has its name too.
	Family      string
	Region      string
	CPU, Memory int
	// Architecture of the processors that the image is built for.
	Architecture config.Architecture
	Command      []string
	// HealthCheckCommand runs in the container; none for no such check.
	HealthCheckCommand []string
	// Port that the container listens on; 0 for none.
	Port          int
	VPCID         string
	RepositoryURL string
	// LogGroup is made; LogsKeyARN encrypts it.
	LogGroup         string
	LogsKeyARN       string
	LogRetentionDays int
	// StopSeconds are from SIGTERM to SIGKILL.
	StopSeconds int
	// OnlyWithin is the address block that the task may call with HTTPS, besides
	// S3; "" lets it call anywhere, through NAT.
	OnlyWithin string
	// Variables are plain values: nothing secret.
	Variables map[string]string
	// Secrets are the ARNs of secrets, by environment variable.
	Secrets map[string]string
	// TimeLimitSeconds after which ECS ends the task; 0 for none.
	TimeLimitSeconds int
	// BootstrapRoleARN is the execution role of the definition made here.
	BootstrapRoleARN string
}

// NewTask makes the task.
func NewTask(scope cdk.Construct, id string, props TaskProps) (*Task, error) {
	scope = tf.Group(scope, id)
	logs := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &props.LogGroup,
		RetentionInDays: tf.Number(props.LogRetentionDays),
		KmsKeyId:        &props.LogsKeyARN,
	})
	containers, err := containerDefinitions(props, *logs.Name())
	if err != nil {
		return nil, fmt.Errorf("task %q: %w", props.Family, err)
	}
	networkID := *securitygroup.NewSecurityGroup(scope, new("security-group"), &securitygroup.SecurityGroupConfig{
		Name:        &props.Family,
		Description: new("Tasks of " + props.Name),
		VpcId:       &props.VPCID,
		Tags:        tf.NameTag(props.Family),
	}).Id()
	callsOut := allowHTTPS(scope, networkID, props)
	definition := ecstaskdefinition.NewEcsTaskDefinition(scope, new("definition"), &ecstaskdefinition.EcsTaskDefinitionConfig{
		Family:                  &props.Family,
		RequiresCompatibilities: tf.List(fargate),
		NetworkMode:             new("awsvpc"),
		Cpu:                     tf.Decimal(props.CPU),
		Memory:                  tf.Decimal(props.Memory),
		ExecutionRoleArn:        &props.BootstrapRoleARN,
		ContainerDefinitions:    &containers,
		RuntimePlatform: &ecstaskdefinition.EcsTaskDefinitionRuntimePlatform{
			CpuArchitecture:       new(string(props.Architecture)),
			OperatingSystemFamily: new("LINUX"),
		},
		Volume: []*ecstaskdefinition.EcsTaskDefinitionVolume{{Name: new(scratchVolume)}},
		// A service may still run the revision that this one replaces.
		SkipDestroy: new(true),
	})
	return &Task{
		Family:          *definition.Family(),
		DefinitionARN:   *definition.Arn(),
		LogGroup:        *logs.Name(),
		ContainerName:   props.Name,
		SecurityGroupID: networkID,
		CallsOut:        callsOut,
	}, nil
}

// How long a container has to end, in seconds. Fargate Spot gives two minutes,
// and may take the task from the load balancer at their end only (re:Post, "How
// do I handle Spot termination notices in AWS Fargate Spot tasks?"); 120 is also
// the most that ECS takes.
const (
	StopSeconds     = 30
	SpotStopSeconds = 120
)

// scratchVolume is the one place that a container can write to.
const scratchVolume = "tmp"

// BootstrapTag is the image tag of the task definitions made here.
const BootstrapTag = "bootstrap"

// The parts of an ECS container definition that are used here, in the ECS
// API's own spelling.
type (
	container struct {
		Name                   string           `json:"name"`
		Image                  string           `json:"image"`
		Essential              bool             `json:"essential"`
		EntryPoint             []string         `json:"entryPoint,omitempty"`
		Command                []string         `json:"command"`
		Environment            []keyValue       `json:"environment"`
		Secrets                []secretVariable `json:"secrets,omitempty"`
		PortMappings           []portMapping    `json:"portMappings,omitempty"`
		HealthCheck            *healthCheck     `json:"healthCheck,omitempty"`
		LogConfiguration       logConfiguration `json:"logConfiguration"`
		LinuxParameters        linuxParameters  `json:"linuxParameters"`
		MountPoints            []mountPoint     `json:"mountPoints"`
		ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem"`
		Privileged             bool             `json:"privileged"`
		StopTimeout            int              `json:"stopTimeout"`
	}
	keyValue struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	secretVariable struct {
		Name      string `json:"name"`
		ValueFrom string `json:"valueFrom"`
	}
	portMapping struct {
		ContainerPort int    `json:"containerPort"`
		HostPort      int    `json:"hostPort"`
		Protocol      string `json:"protocol"`
	}
	healthCheck struct {
		Command     []string `json:"command"`
		Interval    int      `json:"interval"`
		Timeout     int      `json:"timeout"`
		Retries     int      `json:"retries"`
		StartPeriod int      `json:"startPeriod"`
	}
	logConfiguration struct {
		LogDriver string            `json:"logDriver"`
		Options   map[string]string `json:"options"`
	}
	linuxParameters struct {
		InitProcessEnabled bool         `json:"initProcessEnabled"`
		Capabilities       capabilities `json:"capabilities"`
	}
	capabilities struct {
		Drop []string `json:"drop"`
	}
	mountPoint struct {
		SourceVolume  string `json:"sourceVolume"`
		ContainerPath string `json:"containerPath"`
		ReadOnly      bool   `json:"readOnly"`
	}
)

func containerDefinitions(props TaskProps, logGroup string) (string, error) {
	c := container{
		Name:      props.Name,
		Image:     props.RepositoryURL + ":" + BootstrapTag,
		Essential: true,
		Command:   props.Command,
		LogConfiguration: logConfiguration{LogDriver: "awslogs", Options: map[string]string{
			"awslogs-group":         logGroup,
			"awslogs-region":        props.Region,
			"awslogs-stream-prefix": props.Name,
		}},
		LinuxParameters:        linuxParameters{InitProcessEnabled: true, Capabilities: capabilities{Drop: []string{"ALL"}}},
		MountPoints:            []mountPoint{{SourceVolume: scratchVolume, ContainerPath: "/tmp"}},
		ReadonlyRootFilesystem: true,
		StopTimeout:            props.StopSeconds,
	}
	variables := map[string]string{"AWS_REGION": props.Region}
	if props.Port > 0 {
		variables["PORT"] = strconv.Itoa(props.Port)
		c.PortMappings = []portMapping{{ContainerPort: props.Port, HostPort: props.Port, Protocol: "tcp"}}
	}
	maps.Copy(variables, props.Variables)
	for name, value := range variables {
		c.Environment = append(c.Environment, keyValue{name, value})
	}
	slices.SortFunc(c.Environment, func(a, b keyValue) int { return strings.Compare(a.Name, b.Name) })
	for name, arn := range props.Secrets {
		c.Secrets = append(c.Secrets, secretVariable{name, arn})
	}
	slices.SortFunc(c.Secrets, func(a, b secretVariable) int { return strings.Compare(a.Name, b.Name) })
	if len(props.HealthCheckCommand) > 0 {
		c.HealthCheck = &healthCheck{Command: props.HealthCheckCommand, Interval: 30, Timeout: 5, Retries: 3, StartPeriod: 60}
	}
	containers := []container{c}
	if props.TimeLimitSeconds > 0 {
		containers = append(containers, timeLimit(c, props.TimeLimitSeconds))
	}
	document, err := json.Marshal(containers)
	return string(document), err
}

// TimeLimitContainer is the container that ends a task at its time limit, and
// TimeLimitCode what it exits with then, as timeout(1) does.
const (
	TimeLimitContainer = "time-limit"
	TimeLimitCode      = 124
)

// timeLimit is a second container of the same image that sleeps and ends. ECS then
// stops the task, first with SIGTERM: both containers are essential (Amazon ECS API,
// ContainerDefinition: essential). Whoever starts the task cannot forget it, and it
// has none of the task's variables and secrets. pipelines/backend/revise.sh knows
// its command.
func timeLimit(of container, seconds int) container {
	return container{
		Name:                   TimeLimitContainer,
		Image:                  of.Image,
		Essential:              true,
		EntryPoint:             []string{"/bin/sh", "-c"},
		Command:                []string{fmt.Sprintf("trap 'exit 0' TERM; sleep %d & wait $!; echo 'The time limit of %[1]d seconds is over'; exit %d", seconds, TimeLimitCode)},
		Environment:            []keyValue{},
		LogConfiguration:       of.LogConfiguration,
		LinuxParameters:        of.LinuxParameters,
		MountPoints:            []mountPoint{},
		ReadonlyRootFilesystem: true,
		StopTimeout:            of.StopTimeout,
	}
}

// allowHTTPS lets a task call with HTTPS. Without NAT that is the VPC, where the
// interface endpoints are, and S3, which is reached by public addresses through
// the gateway endpoint.
func allowHTTPS(scope cdk.Construct, securityGroupID string, props TaskProps) []cdktf.ITerraformDependable {
	https := func(id, description string, to vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig) vpcsecuritygroupegressrule.VpcSecurityGroupEgressRule {
		to.SecurityGroupId = &securityGroupID
		to.Description = &description
		to.IpProtocol = new("tcp")
		to.FromPort, to.ToPort = tf.Number(443), tf.Number(443)
		return vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(scope, &id, &to)
	}
	if props.OnlyWithin != "" {
		endpoints := https("egress-https", "HTTPS to the endpoints of AWS services", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{CidrIpv4: &props.OnlyWithin})
		objects := dataawsec2managedprefixlist.NewDataAwsEc2ManagedPrefixList(scope, new("s3"), &dataawsec2managedprefixlist.DataAwsEc2ManagedPrefixListConfig{
			Name: new("com.amazonaws." + props.Region + ".s3"),
		})
		return []cdktf.ITerraformDependable{endpoints,
			https("egress-s3", "HTTPS to S3", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{PrefixListId: objects.Id()})}
	}
	anywhere := https("egress-https", "HTTPS to AWS and to what the application calls", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{CidrIpv4: new("0.0.0.0/0")})
	compliance.Except(anywhere, compliance.Exception{
		Rule:    "PW-NET-13",
		Reason:  "ECR, CloudWatch Logs and Secrets Manager are reached through NAT, at addresses of which AWS keeps no prefix list, like whatever the application calls. The way out is HTTPS only and recorded in the flow log. Network.NAT none with interface endpoints in config/platform.go ends it.",
		Expires: "2027-06-15",
	})
	return []cdktf.ITerraformDependable{anywhere}
}
