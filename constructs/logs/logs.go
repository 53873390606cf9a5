// Package logs makes log groups and flow logs. It is a part: see package
// constructs for what a part may import.
package logs

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/flowlog"

	"github.com/paperwurks/infra/constructs/tf"
)

// Group is an encrypted CloudWatch log group.
type Group struct {
	Name, ARN string
}

// GroupProps configures a Group.
type GroupProps struct {
	Name          string
	RetentionDays int
	KeyARN        string
}

// NewGroup makes the log group.
func NewGroup(scope cdk.Construct, id string, props GroupProps) *Group {
	made := cloudwatchloggroup.NewCloudwatchLogGroup(scope, &id, &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &props.Name,
		RetentionInDays: tf.Number(props.RetentionDays),
		KmsKeyId:        &props.KeyARN,
	})
	return &Group{Name: *made.Name(), ARN: *made.Arn()}
}

// FlowLogProps configures the flow log of a VPC.
type FlowLogProps struct {
	Name  string
	VPCID string
	// GroupARN is the log group, RoleARN the role that writes to it.
	GroupARN, RoleARN string
}

// NewFlowLog records every connection of a VPC.
func NewFlowLog(scope cdk.Construct, id string, props FlowLogProps) {
	flowlog.NewFlowLog(scope, &id, &flowlog.FlowLogConfig{
		VpcId:                  &props.VPCID,
		TrafficType:            new("ALL"),
		LogDestinationType:     new("cloud-watch-logs"),
		LogDestination:         &props.GroupARN,
		IamRoleArn:             &props.RoleARN,
		MaxAggregationInterval: tf.Number(60),
		Tags:                   tf.NameTag(props.Name),
	})
}
