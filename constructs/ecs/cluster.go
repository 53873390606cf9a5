// Package ecs makes ECS clusters, tasks and services on Fargate. It is a part: see package
// constructs for what a part may import.
package ecs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecscluster"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsclustercapacityproviders"

	"github.com/paperwurks/infra/constructs/tf"
)

// Cluster is an environment's ECS cluster on Fargate and Fargate Spot, with
// Container Insights and an encrypted log of every ECS Exec session.
type Cluster struct {
	Name, ARN string
}

// ClusterProps configures a Cluster.
type ClusterProps struct {
	Name string
	// SessionLogGroup is the log group of ECS Exec; LogsKeyARN encrypts it.
	SessionLogGroup  string
	LogsKeyARN       string
	LogRetentionDays int
}

// The capacity providers that AWS has for Fargate.
const (
	fargate     = "FARGATE"
	fargateSpot = "FARGATE_SPOT"
)

// NewCluster makes the cluster.
func NewCluster(scope cdk.Construct, id string, props ClusterProps) *Cluster {
	scope = tf.Group(scope, id)
	sessions := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("exec-log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &props.SessionLogGroup,
		RetentionInDays: tf.Number(props.LogRetentionDays),
		KmsKeyId:        &props.LogsKeyARN,
	})
	cluster := ecscluster.NewEcsCluster(scope, new("cluster"), &ecscluster.EcsClusterConfig{
		Name: &props.Name,
		Setting: []*ecscluster.EcsClusterSetting{{
			Name:  new("containerInsights"),
			Value: new("enabled"),
		}},
		Configuration: &ecscluster.EcsClusterConfiguration{
			ExecuteCommandConfiguration: &ecscluster.EcsClusterConfigurationExecuteCommandConfiguration{
				KmsKeyId: &props.LogsKeyARN,
				Logging:  new("OVERRIDE"),
				LogConfiguration: &ecscluster.EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration{
					CloudWatchEncryptionEnabled: new(true),
					CloudWatchLogGroupName:      sessions.Name(),
				},
			},
		},
	})
	name := cluster.Name()
	ecsclustercapacityproviders.NewEcsClusterCapacityProviders(scope, new("capacity-providers"), &ecsclustercapacityproviders.EcsClusterCapacityProvidersConfig{
		ClusterName:       name,
		CapacityProviders: tf.List(fargate, fargateSpot),
		DefaultCapacityProviderStrategy: []*ecsclustercapacityproviders.EcsClusterCapacityProvidersDefaultCapacityProviderStrategy{{
			CapacityProvider: new(fargate),
			Weight:           tf.Number(1),
		}},
	})
	return &Cluster{Name: *name, ARN: *cluster.Arn()}
}
