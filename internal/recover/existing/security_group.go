package existing

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func securityGroupKinds() map[string]Kind {
	rule := []string{"security_group_id", "ip_protocol", "from_port?", "to_port?", "cidr_ipv4?", "cidr_ipv6?", "prefix_list_id?", "referenced_security_group_id?"}
	return map[string]Kind{
		"aws_security_group":                  {Key: []string{"vpc_id", "name"}, List: listSecurityGroups},
		"aws_vpc_security_group_egress_rule":  {Key: rule, List: listRules(true)},
		"aws_vpc_security_group_ingress_rule": {Key: rule, List: listRules(false)},
	}
}

// securityGroups are the stack's, without a VPC's default one, which is
// aws_default_security_group's.
func securityGroups(ctx context.Context, a AWS) ([]types.SecurityGroup, error) {
	var groups []types.SecurityGroup
	pages := ec2.NewDescribeSecurityGroupsPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeSecurityGroupsInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.SecurityGroups {
			if *g.GroupName != "default" {
				groups = append(groups, g)
			}
		}
	}
	return groups, nil
}

func listSecurityGroups(ctx context.Context, a AWS) ([]Object, error) {
	groups, err := securityGroups(ctx, a)
	var found []Object
	for _, g := range groups {
		found = append(found, Object{*g.GroupId, joined(aws.ToString(g.VpcId), *g.GroupName), a.Stack})
	}
	return found, err
}

// EgressToAnywhere is the key of a rule of a group that lets everything out, to
// addresses of either family; the other is "".
func EgressToAnywhere(group, ipv4, ipv6 string) string {
	return joined(group, "-1", "", "", ipv4, ipv6, "", "")
}

// listRules lists the rules of the stack's groups whatever their own tags: the
// rule that lets everything out, with which AWS makes a group, has none, and
// stays where Terraform was killed before it revoked it.
func listRules(egress bool) func(context.Context, AWS) ([]Object, error) {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		groups, err := securityGroups(ctx, a)
		if err != nil || len(groups) == 0 {
			return nil, err
		}
		filter := types.Filter{Name: aws.String("group-id")}
		for _, g := range groups {
			filter.Values = append(filter.Values, *g.GroupId)
		}
		var found []Object
		pages := ec2.NewDescribeSecurityGroupRulesPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeSecurityGroupRulesInput{Filters: []types.Filter{filter}})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, r := range page.SecurityGroupRules {
				if aws.ToBool(r.IsEgress) == egress {
					found = append(found, ruleObject(r, a.Stack))
				}
			}
		}
		return found, nil
	}
}

func ruleObject(r types.SecurityGroupRule, stack string) Object {
	// EC2 says -1 where a protocol has no ports, and Terraform null.
	port := func(p *int32) string {
		if p == nil || *p == -1 {
			return ""
		}
		return strconv.Itoa(int(*p))
	}
	group := ""
	if r.ReferencedGroupInfo != nil {
		group = aws.ToString(r.ReferencedGroupInfo.GroupId)
	}
	return Object{
		ID: aws.ToString(r.SecurityGroupRuleId),
		Key: joined(aws.ToString(r.GroupId), aws.ToString(r.IpProtocol), port(r.FromPort), port(r.ToPort),
			aws.ToString(r.CidrIpv4), aws.ToString(r.CidrIpv6), aws.ToString(r.PrefixListId), group),
		Stack: stack,
	}
}
