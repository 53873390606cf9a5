// Package ecs makes ECS clusters, tasks and services on Fargate. It is a part: see package
// constructs for what a part may import.
package ecs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecscluster"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsclustercapacityproviders"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/constructs/tf"
)

// Cluster is an environment's ECS cluster on Fargate and Fargate Spot, with
// Container Insights.
type Cluster struct {
	Name, ARN string
	// CapacityProviders must be there before a service names one of them.
	CapacityProviders cdktf.ITerraformDependable
}

// The capacity providers that AWS has for Fargate.
const (
	fargate     = "FARGATE"
	fargateSpot = "FARGATE_SPOT"
)

// NewCluster makes the cluster of that name.
func NewCluster(scope cdk.Construct, id, name string) *Cluster {
	scope = tf.Group(scope, id)
	cluster := ecscluster.NewEcsCluster(scope, new("cluster"), &ecscluster.EcsClusterConfig{
		Name: &name,
		Setting: []*ecscluster.EcsClusterSetting{{
			Name:  new("containerInsights"),
			Value: new("enabled"),
		}},
	})
	providers := ecsclustercapacityproviders.NewEcsClusterCapacityProviders(scope, new("capacity-providers"), &ecsclustercapacityproviders.EcsClusterCapacityProvidersConfig{
		ClusterName:       cluster.Name(),
		CapacityProviders: tf.List(fargate, fargateSpot),
		DefaultCapacityProviderStrategy: []*ecsclustercapacityproviders.EcsClusterCapacityProvidersDefaultCapacityProviderStrategy{{
			CapacityProvider: new(fargate),
			Weight:           tf.Number(1),
		}},
	})
	return &Cluster{Name: *cluster.Name(), ARN: *cluster.Arn(), CapacityProviders: providers}
}
