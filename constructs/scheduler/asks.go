package scheduler

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/schedulerschedule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/schedulerschedulegroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/constructs/tf"
)

// Ask is a call of AWS's API at the times of a cron expression.
type Ask struct {
	Name, Description string
	// Service and Action as EventBridge Scheduler spells them: "rds" and
	// "stopDBInstance" (its user guide, "Using universal targets").
	Service, Action string
	// Input are the parameters by the names of the SDK for Java, DbInstanceIdentifier
	// and not DBInstanceIdentifier: CreateSchedule refuses others.
	Input    any
	Schedule string
}

// AsksProps configures schedules that call AWS's API.
type AsksProps struct {
	Group, TimeZone string
	// RoleARN is the role that they call it with.
	RoleARN string
	Asks    []Ask
	// After is there before they are: what they ask for.
	After []cdktf.ITerraformDependable
}

// NewAsks makes the schedules in a group of their own. A call that fails, such as to stop
// a database that is changing at that time, is tried again for an hour at most
// (EventBridge Scheduler API, RetryPolicy): no call may come when the next one is due.
// It returns an error if an input is no JSON.
func NewAsks(scope cdk.Construct, id string, props AsksProps) error {
	scope = tf.Group(scope, id)
	group := schedulerschedulegroup.NewSchedulerScheduleGroup(scope, new("group"), &schedulerschedulegroup.SchedulerScheduleGroupConfig{Name: &props.Group})
	for _, ask := range props.Asks {
		input, err := json.Marshal(ask.Input)
		if err != nil {
			return fmt.Errorf("schedule %q: %w", ask.Name, err)
		}
		schedulerschedule.NewSchedulerSchedule(scope, &ask.Name, &schedulerschedule.SchedulerScheduleConfig{
			Name: &ask.Name, Description: &ask.Description, GroupName: group.Name(),
			ScheduleExpression: &ask.Schedule, ScheduleExpressionTimezone: &props.TimeZone,
			FlexibleTimeWindow: &schedulerschedule.SchedulerScheduleFlexibleTimeWindow{Mode: new("OFF")},
			Target: &schedulerschedule.SchedulerScheduleTarget{
				Arn: new("arn:aws:scheduler:::aws-sdk:" + ask.Service + ":" + ask.Action), RoleArn: &props.RoleARN, Input: new(string(input)),
				RetryPolicy: &schedulerschedule.SchedulerScheduleTargetRetryPolicy{MaximumEventAgeInSeconds: tf.Number(60 * 60), MaximumRetryAttempts: tf.Number(20)},
			},
			DependsOn: &props.After,
		})
	}
	return nil
}
