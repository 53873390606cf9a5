package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraCompute builds ECS clusters and services, and load balancers before
// them. It registers the bootstrap task definitions and creates services from
// them; which definition a service runs from then on is the backend
// pipeline's.
func infraCompute(n config.Names) []policy.Statement {
	p := named(n)
	noPublicTask := policy.If(boolIfExists, "ecs:auto-assign-public-ip", "false")
	return []policy.Statement{
		{
			Sid:    "BuildClusters",
			Effect: policy.Allow,
			Actions: []string{
				"ecs:CreateCluster", "ecs:DeleteCluster", "ecs:PutClusterCapacityProviders",
				"ecs:UpdateCluster", "ecs:UpdateClusterSettings",
			},
			Resources: []string{n.ARN("ecs", "cluster/"+p)},
		},
		{
			Sid:        "MakePrivateServices",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:CreateService"},
			Resources:  []string{n.ARN("ecs", "service/"+p+"/"+p)},
			Conditions: []policy.Condition{noPublicTask},
		},
		{
			// ECS sends no network with it.
			Sid:       "DestroyServices",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:DeleteService"},
			Resources: []string{n.ARN("ecs", "service/"+p+"/"+p)},
		},
		{
			Sid:        "UpdateServicesButNotWhatTheyRun",
			Effect:     policy.Allow,
			Actions:    []string{"ecs:UpdateService"},
			Resources:  []string{n.ARN("ecs", "service/"+p+"/"+p)},
			Conditions: []policy.Condition{policy.If(policy.Null, "ecs:task-definition", "true"), noPublicTask},
		},
		{
			Sid:       "RegisterBootstrapTaskDefinitions",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:RegisterTaskDefinition"},
			Resources: []string{n.ARN("ecs", "task-definition/"+p+":*")},
		},
		{
			Sid:     "TagECS",
			Effect:  policy.Allow,
			Actions: []string{"ecs:TagResource", "ecs:UntagResource"},
			Resources: []string{
				n.ARN("ecs", "cluster/"+p), n.ARN("ecs", "service/"+p+"/"+p), n.ARN("ecs", "task-definition/"+p+":*"),
			},
		},
		{
			Sid:        "MakeInternalLoadBalancers",
			Effect:     policy.Allow,
			Actions:    []string{"elasticloadbalancing:CreateLoadBalancer"},
			Resources:  []string{n.ARN("elasticloadbalancing", "loadbalancer/app/"+p+"/*")},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "elasticloadbalancing:Scheme", "internal")},
		},
		{
			Sid:    "BuildLoadBalancers",
			Effect: policy.Allow,
			Actions: []string{
				"elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener",
				"elasticloadbalancing:CreateRule", "elasticloadbalancing:CreateTargetGroup",
				"elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
				"elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup",
				"elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
				"elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
				"elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
				"elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetIpAddressType",
				"elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetSecurityGroups",
				"elasticloadbalancing:SetSubnets",
			},
			Resources: []string{
				n.ARN("elasticloadbalancing", "loadbalancer/app/"+p+"/*"),
				n.ARN("elasticloadbalancing", "listener/app/"+p+"/*"),
				n.ARN("elasticloadbalancing", "listener-rule/app/"+p+"/*"),
				n.ARN("elasticloadbalancing", "targetgroup/"+p+"/*"),
			},
		},
		{
			// AWS knows no resource for it.
			Sid:       "PutFirewallsBeforeLoadBalancers",
			Effect:    policy.Allow,
			Actions:   []string{"elasticloadbalancing:SetWebAcl"},
			Resources: []string{"*"},
		},
		{
			Sid:    "BuildScaling",
			Effect: policy.Allow,
			Actions: []string{
				"application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction",
				"application-autoscaling:DeregisterScalableTarget",
				"application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction",
				"application-autoscaling:RegisterScalableTarget",
			},
			Resources:  []string{n.ARN("application-autoscaling", "scalable-target/*")},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "application-autoscaling:service-namespace", "ecs")},
		},
		{
			// Application Auto Scaling tries both in the caller's name, on an alarm
			// with an empty name, before it takes a target or a policy (its user
			// guide, "Permissions validation for API calls on target resources").
			Sid:       "TryAlarmsWithoutAName",
			Effect:    policy.Allow,
			Actions:   []string{"cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"},
			Resources: []string{n.ARN("cloudwatch", "alarm:")},
		},
		{
			Sid:       "TagScaling",
			Effect:    policy.Allow,
			Actions:   []string{"application-autoscaling:TagResource", "application-autoscaling:UntagResource"},
			Resources: []string{n.ARN("application-autoscaling", "scalable-target/*")},
		},
	}
}

// infraJobs builds what jobs need next to their tasks: the group of their schedules,
// their queues, and the rules that see how runs end. It makes no schedule, and its
// rules pass on what ECS says of tasks, to those queues only: a rule would otherwise
// hand any event of the account to anybody.
func infraJobs(n config.Names) []policy.Statement {
	p := named(n)
	// Not the account's rules.
	rules := []string{n.ARN("events", "rule/"+n.JobRule("*", "*", "*"))}
	return []policy.Statement{
		{
			Sid:    "BuildGroupsOfSchedules",
			Effect: policy.Allow,
			Actions: []string{
				"scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource",
			},
			Resources: []string{n.ARN("scheduler", "schedule-group/"+p)},
		},
		{
			// They act with the one role that infra-role may pass to them.
			Sid:       "BuildSchedulesOfOffHours",
			Effect:    policy.Allow,
			Actions:   []string{"scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"},
			Resources: []string{offHoursSchedules(n)},
		},
		{
			Sid:       "BuildQueues",
			Effect:    policy.Allow,
			Actions:   []string{"sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"},
			Resources: []string{n.ARN("sqs", p)},
		},
		{
			Sid:       "SeeWhatECSSaysOfTasks",
			Effect:    policy.Allow,
			Actions:   []string{"events:PutRule"},
			Resources: rules,
			Conditions: []policy.Condition{
				policy.If(policy.Null, "events:source", "false"),
				policy.If(policy.ForAllStringEquals, "events:source", "aws.ecs"),
			},
		},
		{
			Sid:       "KeepItInTheQueuesOfJobs",
			Effect:    policy.Allow,
			Actions:   []string{"events:PutTargets"},
			Resources: rules,
			Conditions: []policy.Condition{
				policy.If(policy.Null, "events:TargetArn", "false"),
				policy.If(policy.ForAllArnLike, "events:TargetArn", n.ARN("sqs", n.EndedQueue("*"))),
			},
		},
		{
			Sid:       "BuildRules",
			Effect:    policy.Allow,
			Actions:   []string{"events:DeleteRule", "events:RemoveTargets", "events:TagResource", "events:UntagResource"},
			Resources: rules,
		},
	}
}
