package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// The AWS services that roles of workloads are for.
const (
	ecsTasks        = "ecs-tasks.amazonaws.com"
	rdsMonitoring   = "monitoring.rds.amazonaws.com"
	flowLogDelivery = "vpc-flow-logs.amazonaws.com"
	scheduler       = "scheduler.amazonaws.com"
)

// TaskTrust lets ECS use a role for tasks of this account.
func TaskTrust(n config.Names) policy.Document { return serviceTrust(n, ecsTasks, n.ARN("ecs", "*")) }

// DatabaseMonitoringTrust lets RDS use a role for an environment's database.
func DatabaseMonitoringTrust(n config.Names, env string) policy.Document {
	return serviceTrust(n, rdsMonitoring, n.ARN("rds", "db:"+n.Database(env)))
}

// FlowLogTrust lets VPC flow logs use a role for flow logs of this account.
func FlowLogTrust(n config.Names) policy.Document {
	return serviceTrust(n, flowLogDelivery, n.ARN("ec2", "vpc-flow-log/*"))
}

// SchedulerTrust lets EventBridge Scheduler use a role for the schedules of an
// environment's group (EventBridge Scheduler user guide, "Confused deputy
// prevention": the source is the group).
func SchedulerTrust(n config.Names, env string) policy.Document {
	return serviceTrust(n, scheduler, n.ARN("scheduler", "schedule-group/"+n.ScheduleGroup(env)))
}

// OffHoursTrust lets it use one for the schedules that switch an environment off and on.
func OffHoursTrust(n config.Names, env string) policy.Document {
	return serviceTrust(n, scheduler, n.ARN("scheduler", "schedule-group/"+n.OffHoursGroup(env)))
}

// serviceTrust lets an AWS service assume a role, only for the resources given.
func serviceTrust(n config.Names, name, source string) policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid:        "AssumedByService",
		Effect:     policy.Allow,
		Principals: service(name),
		Actions:    []string{"sts:AssumeRole"},
		Conditions: forThisAccount(n, source),
	}}}
}
