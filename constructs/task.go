package constructs

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsec2managedprefixlist"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecstaskdefinition"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
)

// Task is what one kind of container runs as: its bootstrap task definition,
// the two roles
// of what is deployed, its log group and its security group.
//
// The definition cannot run: its image is the tag "bootstrap", which nobody
// pushes, and its role may do nothing. The backend's pipeline registers each
// revision from the newest one, with its own image and the two roles that are
// published, and everything else as it stands here. So whoever controls the
// infrastructure's pipeline never passes a role that reaches documents, secrets
// or the database (pathfinding.cloud, ecs-001).
type Task struct {
	Family           string
	DefinitionARN    string
	LogGroup         string
	ContainerName    string
	SecurityGroupID  string
	TaskRoleARN      string
	ExecutionRoleARN string
}

// TaskProps configures a Task.
type TaskProps struct {
	Names       config.Names
	Environment config.Environment
	// Name of the service, or config.MigrationTask.
	Name        string
	CPU, Memory int
	Command     []string
	// HealthCheckCommand runs in the container; none for no such check.
	HealthCheckCommand []string
	// Port that the container listens on; 0 for none.
	Port          int
	VPCID         string
	RepositoryURL string
	LogsKeyARN    string
	// Variables are plain values: nothing secret.
	Variables map[string]string
	// Secrets are the ARNs of secrets, by environment variable.
	Secrets map[string]string
	// BootstrapRoleARN is the execution role of the definition made here.
	BootstrapRoleARN string
	// TaskPolicy is what the containers may do, ExecutionPolicy what ECS needs
	// to start them. A task without permissions of its own has no TaskPolicy.
	TaskPolicy, ExecutionPolicy policy.Document
}

// NewTask makes the task. It fails when a document is not a policy.
func NewTask(scope cdk.Construct, id string, props TaskProps) (*Task, error) {
	n, env := props.Names, props.Environment
	scope = group(scope, id)
	family := n.Service(env.Name, props.Name)

	taskRole, taskErr := NewServiceRole(scope, "task-role", ServiceRoleProps{
		Names:       n,
		Environment: env.Name,
		Name:        n.TaskRole(env.Name, props.Name),
		Description: "What " + props.Name + "'s containers in " + env.Name + " may do",
		Trust:       access.TaskTrust(n),
		Policy:      props.TaskPolicy,
	})
	executionRole, executionErr := NewServiceRole(scope, "execution-role", ServiceRoleProps{
		Names:       n,
		Environment: env.Name,
		Name:        n.ExecutionRole(env.Name, props.Name),
		Description: "What ECS needs to start " + props.Name + " in " + env.Name,
		Trust:       access.TaskTrust(n),
		Policy:      props.ExecutionPolicy,
	})
	containers, containersErr := containerDefinitions(props)
	if err := errors.Join(taskErr, executionErr, containersErr); err != nil {
		return nil, fmt.Errorf("task %q: %w", family, err)
	}

	logs := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            new(n.LogGroup(env.Name, props.Name)),
		RetentionInDays: number(env.Logs.RetentionDays),
		KmsKeyId:        &props.LogsKeyARN,
	})
	networkID := *securitygroup.NewSecurityGroup(scope, new("security-group"), &securitygroup.SecurityGroupConfig{
		Name:        &family,
		Description: new("Tasks of " + props.Name),
		VpcId:       &props.VPCID,
		Tags:        named(family),
	}).Id()
	newWayOut(scope, networkID, n, env)
	definition := ecstaskdefinition.NewEcsTaskDefinition(scope, new("definition"), &ecstaskdefinition.EcsTaskDefinitionConfig{
		Family:                  &family,
		RequiresCompatibilities: list(fargate),
		NetworkMode:             new("awsvpc"),
		Cpu:                     decimal(props.CPU),
		Memory:                  decimal(props.Memory),
		ExecutionRoleArn:        &props.BootstrapRoleARN,
		ContainerDefinitions:    &containers,
		RuntimePlatform: &ecstaskdefinition.EcsTaskDefinitionRuntimePlatform{
			CpuArchitecture:       new("X86_64"),
			OperatingSystemFamily: new("LINUX"),
		},
		Volume: []*ecstaskdefinition.EcsTaskDefinitionVolume{{Name: new(scratchVolume)}},
		// A service may still run the revision that this one replaces.
		SkipDestroy: new(true),
	})
	return &Task{
		Family:           family,
		DefinitionARN:    *definition.Arn(),
		LogGroup:         *logs.Name(),
		ContainerName:    props.Name,
		SecurityGroupID:  networkID,
		TaskRoleARN:      taskRole.ARN,
		ExecutionRoleARN: executionRole.ARN,
	}, nil
}

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

func containerDefinitions(props TaskProps) (string, error) {
	n, env := props.Names, props.Environment
	c := container{
		Name:      props.Name,
		Image:     props.RepositoryURL + ":" + BootstrapTag,
		Essential: true,
		Command:   props.Command,
		LogConfiguration: logConfiguration{LogDriver: "awslogs", Options: map[string]string{
			"awslogs-group":         n.LogGroup(env.Name, props.Name),
			"awslogs-region":        n.Region(),
			"awslogs-stream-prefix": props.Name,
		}},
		LinuxParameters:        linuxParameters{InitProcessEnabled: true, Capabilities: capabilities{Drop: []string{"ALL"}}},
		MountPoints:            []mountPoint{{SourceVolume: scratchVolume, ContainerPath: "/tmp"}},
		ReadonlyRootFilesystem: true,
		StopTimeout:            30,
	}
	variables := map[string]string{"ENVIRONMENT": env.Name, "AWS_REGION": n.Region()}
	if props.Port > 0 {
		variables["PORT"] = strconv.Itoa(props.Port)
		c.PortMappings = []portMapping{{ContainerPort: props.Port, HostPort: props.Port, Protocol: "tcp"}}
	}
	for name, value := range props.Variables {
		variables[name] = value
	}
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
	document, err := json.Marshal([]container{c})
	return string(document), err
}

// newWayOut lets a task call with HTTPS. Without NAT that is the VPC, where the
// interface endpoints are, and S3, which is reached by public addresses through
// the gateway endpoint.
func newWayOut(scope cdk.Construct, securityGroupID string, n config.Names, env config.Environment) {
	https := func(id, description string, to vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig) vpcsecuritygroupegressrule.VpcSecurityGroupEgressRule {
		to.SecurityGroupId = &securityGroupID
		to.Description = &description
		to.IpProtocol = new("tcp")
		to.FromPort, to.ToPort = number(443), number(443)
		return vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(scope, &id, &to)
	}
	if env.Network.NAT == config.NATNone {
		https("egress-https", "HTTPS to the endpoints of AWS services", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{CidrIpv4: &env.Network.CIDR})
		objects := dataawsec2managedprefixlist.NewDataAwsEc2ManagedPrefixList(scope, new("s3"), &dataawsec2managedprefixlist.DataAwsEc2ManagedPrefixListConfig{
			Name: new("com.amazonaws." + n.Region() + ".s3"),
		})
		https("egress-s3", "HTTPS to S3", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{PrefixListId: objects.Id()})
		return
	}
	anywhere := https("egress-https", "HTTPS to AWS and to what the application calls", vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{CidrIpv4: new("0.0.0.0/0")})
	compliance.Except(anywhere, compliance.Exception{
		Rule:    "PW-NET-13",
		Reason:  "ECR, CloudWatch Logs and Secrets Manager are reached through NAT, at addresses of which AWS keeps no prefix list, like whatever the application calls. The way out is HTTPS only and recorded in the flow log. Network.NAT none with interface endpoints in config/platform.go ends it.",
		Expires: "2027-06-30",
	})
}
