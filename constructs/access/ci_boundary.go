package access

import (
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/policy"
)

// CIBoundary is what no role of CI can exceed. It holds for all of them; what
// is denied to one and not the other stands in that role's own policies.
func CIBoundary(n config.Names, envs []config.Environment) policy.Document {
	everything := []string{"*"}
	account := "arn:aws:iam::" + n.Account() + ":"
	workload := []string{n.WorkloadRoleARN("*"), account + "policy" + n.WorkloadPath() + "*"}
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:    "ServicesOfThePlatform",
			Effect: policy.Allow,
			Actions: []string{
				"acm:*", "application-autoscaling:*", "cloudfront:*", "cloudwatch:*", "ec2:*", "ecr:*", "ecs:*",
				"elasticloadbalancing:*", "iam:*", "kms:*", "logs:*", "rds:*", "route53:*", "s3:*", "secretsmanager:*",
				"sns:*", "ssm:*", "wafv2:*",
			},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:RequestedRegion", n.Region(), edgeRegion)},
		},
		{
			Sid:    "OnlyWorkloadRolesChange",
			Effect: policy.Deny,
			Actions: []string{
				"iam:Add*", "iam:Attach*", "iam:Change*", "iam:CreateA*", "iam:CreateG*", "iam:CreateI*", "iam:CreateL*",
				"iam:CreateO*", "iam:CreateP*", "iam:CreateR*", "iam:CreateSAML*", "iam:CreateServiceS*", "iam:CreateU*",
				"iam:CreateV*", "iam:Deactivate*", "iam:Delete*", "iam:Detach*", "iam:Enable*", "iam:PassRole", "iam:Put*",
				"iam:Remove*", "iam:Reset*", "iam:Resync*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*", "iam:Upload*",
			},
			NotResources: workload,
		},
		{
			Sid:    "RolesCarryTheWorkloadBoundary",
			Effect: policy.Deny,
			Actions: []string{
				"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
			},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.StringNotLike, "iam:PermissionsBoundary", anyWorkloadBoundary(n))},
		},
		{
			Sid:       "NoRoleWithoutABoundary",
			Effect:    policy.Deny,
			Actions:   []string{"iam:DeleteRolePermissionsBoundary"},
			Resources: everything,
		},
		{
			Sid:       "NoOtherIdentity",
			Effect:    policy.Deny,
			Actions:   []string{"sts:Assume*", "sts:GetFederationToken", "sts:SetSourceIdentity", "sts:TagSession"},
			Resources: everything,
		},
		{
			Sid:       "NoValueOfASecret",
			Effect:    policy.Deny,
			Actions:   concat(readSecrets(), writeSecrets()),
			Resources: everything,
		},
		{
			Sid:     "NoObjectsButState",
			Effect:  policy.Deny,
			Actions: []string{"s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"},
			NotResources: []string{
				config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate",
				config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate.tflock",
			},
		},
		{
			Sid:    "NoWayForDataOut",
			Effect: policy.Deny,
			Actions: []string{
				"s3:CreateAccessPoint*", "s3:CreateJob", "s3:PutAccessPoint*", "s3:PutBucketAcl", "s3:PutBucketNotification",
				"s3:PutBucketWebsite", "s3:PutInventoryConfiguration", "s3:PutMultiRegionAccessPointPolicy",
				"s3:PutReplicationConfiguration",
			},
			Resources: everything,
		},
		{
			Sid:    "NoCodeOnMachines",
			Effect: policy.Deny,
			Actions: []string{
				"cloudfront:CreateFunction", "cloudfront:PublishFunction", "cloudfront:UpdateFunction",
				"ec2:AcceptVpcPeeringConnection", "ec2:CreateClientVpn*", "ec2:CreateFleet", "ec2:CreateLaunchTemplate*",
				"ec2:CreateTrafficMirror*", "ec2:CreateTransitGateway*", "ec2:CreateVpcEndpointServiceConfiguration",
				"ec2:CreateVpcPeeringConnection", "ec2:CreateVpn*", "ec2:RequestSpot*", "ec2:RunInstances",
				"ec2:RunScheduledInstances", "ec2:StartInstances", "ssm:CreateAssociation*", "ssm:SendCommand",
				"ssm:StartAutomationExecution", "ssm:StartSession",
			},
			Resources: everything,
		},
		{
			Sid:        "NoKeyButThroughAnAWSService",
			Effect:     policy.Deny,
			Actions:    []string{"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateData*", "kms:ReEncrypt*", "kms:Sign"},
			Resources:  everything,
			Conditions: []policy.Condition{policy.If(policy.Null, "kms:ViaService", "true")},
		},
	}}
}
