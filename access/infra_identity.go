package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraIdentity builds the roles of workloads: under their path, with their
// boundary, with policies of that path. It passes a role only to the service
// that it is for.
func infraIdentity(n config.Names) []policy.Statement {
	roles := []string{n.WorkloadRoleARN("*")}
	policies := []string{workloadPolicies(n)}
	bounded := policy.If(policy.StringLike, "iam:PermissionsBoundary", anyWorkloadBoundary(n))
	passed := rolesToPass(n)
	return []policy.Statement{
		{
			Sid:    "BuildRolesWithinTheBoundary",
			Effect: policy.Allow,
			Actions: []string{
				"iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
				"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy",
			},
			Resources:  roles,
			Conditions: []policy.Condition{bounded},
		},
		{
			Sid:       "AttachWorkloadPolicies",
			Effect:    policy.Allow,
			Actions:   []string{"iam:AttachRolePolicy"},
			Resources: roles,
			Conditions: []policy.Condition{
				bounded,
				policy.If(policy.ArnLike, "iam:PolicyARN", policies...),
			},
		},
		{
			Sid:    "DescribeAndTagRoles",
			Effect: policy.Allow,
			Actions: []string{
				"iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateRoleDescription",
			},
			Resources: roles,
		},
		{
			Sid:    "BuildWorkloadPolicies",
			Effect: policy.Allow,
			Actions: []string{
				"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion",
				"iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy",
			},
			Resources: policies,
		},
		{
			Sid:        "PassTheBootstrapRoleToTasks",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{passed.bootstrap},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", ecsTasks)},
		},
		{
			Sid:        "PassTheMonitoringRoleToRDS",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{passed.monitoring},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", rdsMonitoring)},
		},
		{
			Sid:        "PassTheFlowLogRoleToVPC",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{passed.flowLog},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", flowLogDelivery)},
		},
		{
			Sid:        "PassTheRoleOfOffHoursToSchedules",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{passed.offHours},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", scheduler)},
		},
		{
			Sid:       "LetAWSServicesMakeTheirOwnRoles",
			Effect:    policy.Allow,
			Actions:   []string{"iam:CreateServiceLinkedRole"},
			Resources: []string{"arn:aws:iam::" + n.Account() + ":role/aws-service-role/*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:AWSServiceName",
				"delivery.logs.amazonaws.com", "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com",
				"elasticloadbalancing.amazonaws.com", "management.chatbot.amazonaws.com", "rds.amazonaws.com", "vpcorigin.cloudfront.amazonaws.com",
				"wafv2.amazonaws.com")},
		},
	}
}

// passedRoles match the roles that infra-role passes: to tasks, to RDS, to VPC flow
// logs and to the schedules of off-hours, in every environment. They tell a role by the end of its name,
// which those that reach data do not have: theirs end in -task and -execution.
// A role made under such a name reaches no data either, since the boundary
// that it must carry leaves data to the roles that it names.
type passedRoles struct{ bootstrap, monitoring, flowLog, offHours string }

func rolesToPass(n config.Names) passedRoles {
	return passedRoles{
		bootstrap:  n.WorkloadRoleARN(n.BootstrapRole("*")),
		monitoring: n.WorkloadRoleARN(n.DatabaseMonitoringRole("*")),
		flowLog:    n.WorkloadRoleARN(n.FlowLogRole("*")),
		offHours:   n.WorkloadRoleARN(n.OffHoursRole("*")),
	}
}

// workloadPolicies matches the managed policies of workloads.
func workloadPolicies(n config.Names) string {
	return "arn:aws:iam::" + n.Account() + ":policy" + n.WorkloadPath() + "*"
}
