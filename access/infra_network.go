package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// infraNetwork builds VPCs. What it leaves out is as much the point: nothing
// that runs code (instances), that joins a VPC to somebody else's (peering,
// VPN, transit gateways, endpoint services) or that copies traffic
// (mirroring).
func infraNetwork(n config.Names, envs []config.Environment) []policy.Statement {
	return concatStatements(buildNetworks(n), keepNames(n, envs))
}

// keepNames keeps what carries a protected environment: its network, whose parts
// are known by their names, and the names of its keys, without which nothing
// protects a key. It belongs to infraProtection, whose policy is full.
func keepNames(n config.Names, envs []config.Environment) []policy.Statement {
	var named, aliases []string
	for _, env := range envs {
		if env.IsProtected() {
			named = append(named, n.Environment(env.Name), n.In(env.Name, "*"))
			aliases = append(aliases, regional(n, "kms", n.KeyAliases(env.Name))...)
		}
	}
	if len(named) == 0 {
		return nil
	}
	ofProtected := policy.If(policy.StringLike, "aws:ResourceTag/Name", named...)
	return []policy.Statement{
		deny("KeepNetworksOfWhatIsProtected", []string{
			"ec2:DeleteInternetGateway", "ec2:DeleteNatGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSubnet",
			"ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:ReleaseAddress",
			"ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation",
		}, ofProtected),
		// A condition reads the tag Name as well as name (IAM user guide,
		// "Condition"), and DeleteTags without keys takes all (EC2 API).
		deny("KeepTheirNames", []string{"ec2:CreateTags", "ec2:DeleteTags"}, ofProtected, policy.If(policy.ForAnyStringEqualsIgnoreCase, "aws:TagKeys", "Name")),
		deny("KeepAllTheirTags", []string{"ec2:DeleteTags"}, ofProtected, policy.If(policy.Null, "aws:TagKeys", "true")),
		on(deny("KeepNamesOfKeysOfWhatIsProtected", []string{"kms:DeleteAlias", "kms:UpdateAlias"}), aliases...),
	}
}

func buildNetworks(n config.Names) []policy.Statement {
	return []policy.Statement{{
		Sid:    "BuildNetworks",
		Effect: policy.Allow,
		Actions: []string{
			"ec2:AllocateAddress", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway",
			"ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs",
			"ec2:CreateInternetGateway", "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable",
			"ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc",
			"ec2:CreateVpcEndpoint", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway",
			"ec2:DeleteNatGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup",
			"ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints",
			"ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable",
			"ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute",
			"ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute",
			"ec2:ReplaceRouteTableAssociation", "ec2:RevokeSecurityGroupEgress",
			"ec2:RevokeSecurityGroupIngress",
		},
		Resources: []string{n.ARN("ec2", "*")},
	}}
}
