package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// CIBoundary is what no role of CI can exceed, whatever its own policies and
// those of resources say. It holds for all of them; what is denied to one and
// not the other is in that role's own policies.
func CIBoundary(n config.Names, envs []config.Environment) policy.Document {
	state := config.BucketARN(n.StateBucket()) + "/*/terraform.tfstate"
	return policy.Document{Statements: concatStatements(
		[]policy.Statement{{
			Sid:    "ServicesOfThePlatform",
			Effect: policy.Allow,
			Actions: []string{
				"access-analyzer:GetAnalyzer", "access-analyzer:ListAnalyzers", "acm:*", "application-autoscaling:*",
				"budgets:List*", "budgets:View*", "ce:GetAnomaly*", "ce:List*",
				"cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "cloudfront:*", "cloudwatch:*",
				"config:DescribeConfigurationRecorder*", "config:DescribeDeliveryChannels", "ec2:*", "ecr:*", "ecs:*",
				"elasticloadbalancing:*", "events:*",
				"guardduty:GetDetector", "iam:*", "inspector2:List*", "kms:*", "logs:*", "rds:*", "route53:*", "s3:*", "scheduler:*", "secretsmanager:*",
				"securityhub:DescribeHub", "securityhub:GetEnabledStandards", "servicequotas:Get*", "sns:*", "sqs:*", "ssm:*", "wafv2:*",
			},
			Resources:  []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "aws:RequestedRegion", n.Region(), config.EdgeRegion)},
		}},
		// Amazon Q Developer in chat applications is asked in a region of its own choice.
		[]policy.Statement{{
			Sid: "Chat", Effect: policy.Allow, Actions: []string{"chatbot:*SlackChannelConfiguration*", "chatbot:*Tag*", "iam:CreateServiceLinkedRole", "iam:PassRole"}, Resources: []string{"*"},
		}},
		readCopies(envs),
		identityLimits(n),
		keepBaseline(n),
		[]policy.Statement{
			deny("NoValueOfASecret", concat(readSecrets(), writeSecrets())),
			except(deny("NoObjectsButState", []string{
				"s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject",
			}), state, state+".tflock", pages(n, "*")),
			deny("NoWayForDataOut", []string{
				"acm:ExportCertificate", "s3:CreateAccessPoint*", "s3:CreateJob", "s3:PutAccessPoint*", "s3:PutBucketAcl", "s3:PutBucketNotification",
				"s3:PutBucketWebsite", "s3:PutInventoryConfiguration", "s3:PutMultiRegionAccessPointPolicy",
				"s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutReplicationConfiguration",
			}),
			deny("NoWayForTrafficOut", []string{
				"ec2:AcceptVpcPeeringConnection", "ec2:CreateClientVpn*", "ec2:CreateTrafficMirror*",
				"ec2:CreateTransitGateway*", "ec2:CreateVpcEndpointServiceConfiguration", "ec2:CreateVpcPeeringConnection",
				"ec2:CreateVpn*",
			}),
			deny("NoCodeOfItsOwn", []string{
				"cloudfront:CreateFunction", "cloudfront:PublishFunction", "cloudfront:UpdateFunction",
				"ec2:CreateFleet", "ec2:CreateLaunchTemplate*", "ec2:ModifyInstanceAttribute", "ec2:RequestSpot*", "ec2:RunInstances",
				"ec2:RunScheduledInstances", "ec2:StartInstances",
				"ecs:ExecuteCommand", "ecs:RegisterContainerInstance", "ecs:StartTask",
				"ssm:CreateAssociation*", "ssm:SendCommand", "ssm:StartAutomationExecution", "ssm:StartSession",
			}),
			deny("NoKeyButThroughAnAWSService", []string{
				"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateData*", "kms:ReEncrypt*",
			}, policy.If(policy.Null, "kms:ViaService", "true")),
			deny("NoGrantButToAWSServices", []string{"kms:CreateGrant"}, policy.If(policy.Bool, "kms:GrantIsForAWSResource", "false")),
			deny("NoEncryptedObjectButState", []string{"kms:Decrypt", "kms:GenerateData*"},
				policy.If(policy.StringEquals, "kms:ViaService", via(n, "s3")...),
				policy.If(policy.ForAllStringNotEquals, "kms:ResourceAliases", n.StateKeyAlias())),
		},
	)}
}

// identityLimits keep every identity but workload roles as it is, among them
// the roles of CI themselves, their policies, the boundaries and the OIDC
// provider.
func identityLimits(n config.Names) []policy.Statement {
	// All that writes in IAM but CreateServiceLinkedRole, whose roles are AWS's
	// to define, and PassRole, which changes nothing: who passes which is in each role's
	// own limits; a test checks the list against IAM's actions.
	writes := []string{
		"iam:A*", "iam:Change*", "iam:CreateA*", "iam:CreateD*", "iam:CreateG*", "iam:CreateI*", "iam:CreateL*",
		"iam:CreateO*", "iam:CreateP*", "iam:CreateR*", "iam:CreateSA*", "iam:CreateServiceS*", "iam:CreateU*",
		"iam:CreateV*", "iam:D*", "iam:E*", "iam:Pu*", "iam:R*", "iam:Se*", "iam:T*", "iam:U*",
	}
	return []policy.Statement{
		except(deny("OnlyWorkloadRolesChange", writes),
			n.WorkloadRoleARN("*"), workloadPolicies(n)),
		deny("RolesCarryTheWorkloadBoundary",
			[]string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"},
			policy.If(policy.StringNotLike, "iam:PermissionsBoundary", anyWorkloadBoundary(n))),
		deny("OnlyWorkloadPoliciesAreAttached", []string{"iam:AttachRolePolicy"},
			policy.If(policy.ArnNotLike, "iam:PolicyARN", workloadPolicies(n))),
		deny("NoRoleWithoutABoundary", []string{"iam:DeleteRolePermissionsBoundary"}),
		deny("NoOtherIdentity", []string{"sts:Assume*", "sts:GetFederationToken", "sts:SetSourceIdentity", "sts:TagSession"}),
	}
}
