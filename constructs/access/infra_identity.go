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
	policies := []string{workloadPolicies(n)}
	bounded := policy.If(policy.StringLike, "iam:PermissionsBoundary", anyWorkloadBoundary(n))
	bootstraps, monitoring, flowLogs := passedRoles(n, envs)
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
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", ecsTasks)},
		},
		{
			Sid:        "PassTheMonitoringRoleToRDS",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  monitoring,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", rdsMonitoring)},
		},
		{
			Sid:        "PassTheFlowLogRoleToVPC",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  flowLogs,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", flowLogDelivery)},
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

// passedRoles are the roles that infra-role passes: to tasks, to RDS and to
// VPC flow logs. None of them reaches data.
func passedRoles(n config.Names, envs []config.Environment) (bootstraps, monitoring, flowLogs []string) {
	for _, env := range envs {
		bootstraps = append(bootstraps, n.WorkloadRoleARN(BootstrapRole(n, env.Name)))
		monitoring = append(monitoring, n.WorkloadRoleARN(n.DatabaseMonitoringRole(env.Name)))
		flowLogs = append(flowLogs, n.WorkloadRoleARN(n.FlowLogRole(env.Name)))
	}
	return bootstraps, monitoring, flowLogs
}

// workloadPolicies matches the managed policies of workloads.
func workloadPolicies(n config.Names) string {
	return "arn:aws:iam::" + n.Account() + ":policy" + n.WorkloadPath() + "*"
}
