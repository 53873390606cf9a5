package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// infraIdentity builds the roles of workloads: under their path, with their
// boundary, with policies of that path. It passes a role only to the service
// that it is for.
func infraIdentity(n config.Names, envs []config.Environment) []policy.Statement {
	roles := []string{n.WorkloadRoleARN("*")}
	policies := []string{"arn:aws:iam::" + n.Account() + ":policy" + n.WorkloadPath() + "*"}
	bounded := policy.If(policy.StringLike, "iam:PermissionsBoundary", anyWorkloadBoundary(n))
	var bootstraps, monitoring, flowLogs []string
	for _, env := range envs {
		bootstraps = append(bootstraps, n.WorkloadRoleARN(BootstrapRole(n, env.Name)))
		monitoring = append(monitoring, n.WorkloadRoleARN(n.DatabaseMonitoringRole(env.Name)))
		flowLogs = append(flowLogs, n.WorkloadRoleARN(n.FlowLogRole(env.Name)))
	}
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
			Resources:  bootstraps,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", "ecs-tasks.amazonaws.com")},
		},
		{
			Sid:        "PassTheMonitoringRoleToRDS",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  monitoring,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", "monitoring.rds.amazonaws.com")},
		},
		{
			Sid:        "PassTheFlowLogRoleToVPC",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  flowLogs,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", "vpc-flow-logs.amazonaws.com")},
		},
		{
			Sid:       "LetAWSServicesMakeTheirOwnRoles",
			Effect:    policy.Allow,
			Actions:   []string{"iam:CreateServiceLinkedRole"},
			Resources: []string{"arn:aws:iam::" + n.Account() + ":role/aws-service-role/*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:AWSServiceName",
				"delivery.logs.amazonaws.com", "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com",
				"elasticloadbalancing.amazonaws.com", "rds.amazonaws.com", "vpcorigin.cloudfront.amazonaws.com",
				"wafv2.amazonaws.com")},
		},
	}
}
