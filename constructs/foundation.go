package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Foundation is what an environment stands on: its keys, its image repository
// and its network. It lives in the shared stack, so that an environment can be
// destroyed and made anew without losing its images or its addresses.
type Foundation struct {
	ImagesKey, DataKey, LogsKey *EncryptionKey
	Repository                  *ImageRepository
	Network                     *Network
}

// FoundationProps configures a Foundation.
type FoundationProps struct {
	Names       config.Names
	Environment config.Environment
	Zones       []string
}

// NewFoundation makes all of it.
func NewFoundation(scope cdk.Construct, id string, props FoundationProps) (*Foundation, error) {
	n, env := props.Names, props.Environment
	scope = group(scope, id)
	key := func(purpose, description string, uses ...policy.Statement) (*EncryptionKey, error) {
		return NewEncryptionKey(scope, purpose+"-key", EncryptionKeyProps{
			Names:       n,
			Alias:       n.KeyAlias(env.Name, purpose),
			Description: description + " of " + env.Name,
			Protected:   !env.IsDisposable(),
			Uses:        uses,
		})
	}
	infra := []string{n.CIRoleARN(config.InfraRole)}
	tasks := []string{n.WorkloadRoleARN(n.TaskRole(env.Name, "*"))}
	executions := []string{n.WorkloadRoleARN(n.ExecutionRole(env.Name, "*"))}

	repositoryIsMade := grantThrough(n, "RepositoryIsMade", infra, "ecr")
	images, err := key("images", "Container images",
		repositoryIsMade,
		byAdministrators(n, "RepositoryIsMadeAtFirst", repositoryIsMade))
	if err != nil {
		return nil, err
	}
	data, err := key("data", "Database, documents and secrets",
		grantThrough(n, "DatabaseAndSecretsAreMade", infra, "rds", "secretsmanager"),
		useThrough(n, "DocumentsOfTheTasks", tasks, "s3"),
		useThrough(n, "SecretsAtTaskStart", executions, "secretsmanager"))
	if err != nil {
		return nil, err
	}
	logs, err := key("logs", "Logs and alarms",
		useByLogs(n.Region(),
			n.ARN("logs", "log-group:"+n.LogGroups(env.Name)+"*"),
			n.ARN("logs", "log-group:/aws/rds/instance/"+n.Database(env.Name)+"/*"),
			n.ARN("logs", "log-group:aws-waf-logs-"+n.Environment(env.Name)+"*")),
		useByService(n, "AlarmsToTheTopic", "cloudwatch.amazonaws.com"),
		sessionsUse(n, tasks))
	if err != nil {
		return nil, err
	}
	repository, err := NewImageRepository(scope, "images", ImageRepositoryProps{Names: n, Environment: env, KeyARN: images.ARN})
	if err != nil {
		return nil, err
	}
	network, err := NewNetwork(scope, "network", NetworkProps{Names: n, Environment: env, Zones: props.Zones, LogsKeyARN: logs.ARN})
	if err != nil {
		return nil, err
	}
	if len(network.PrivateSubnetIDs) == 0 {
		return nil, fmt.Errorf("environment %q: no zone to put subnets in", env.Name)
	}
	return &Foundation{ImagesKey: images, DataKey: data, LogsKey: logs, Repository: repository, Network: network}, nil
}

// sessionsUse lets tasks open the encrypted channel of an ECS Exec session
// (Amazon ECS developer guide, "Using ECS Exec": kms:Decrypt for the task).
func sessionsUse(n config.Names, taskRoles []string) policy.Statement {
	return policy.Statement{
		Sid:        "SessionsOfECSExec",
		Effect:     policy.Allow,
		Principals: []policy.Principal{account(n.Account())},
		Actions:    []string{"kms:Decrypt"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{policy.If(policy.ArnLike, "aws:PrincipalArn", taskRoles...)},
	}
}
