package existing

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Terraform sends EC2 the tags with the creation, so what exists has them.
func networkKinds() map[string]Kind {
	const name, vpc = "tags_all.Name", "vpc_id"
	return map[string]Kind{
		"aws_vpc":    {Key: []string{name}, List: listVPCs},
		"aws_subnet": {Key: []string{vpc, name}, List: listSubnets},
		// The gateway is made first and attached then.
		"aws_internet_gateway": {Key: []string{name}, List: listInternetGateways},
		"aws_eip":              {Key: []string{name}, List: listAddresses},
		"aws_nat_gateway":      {Key: []string{name}, List: listNATGateways},
		"aws_route_table":      {Key: []string{vpc, name}, List: listRouteTables},
		"aws_route": {Key: []string{"route_table_id", "destination_cidr_block"}, List: listRoutes, ImportID: func(v Values) string {
			return v.text("route_table_id") + "_" + v.text("destination_cidr_block")
		}},
		"aws_route_table_association": {Key: []string{"subnet_id", "route_table_id"}, List: listAssociations, ImportID: func(v Values) string {
			return v.text("subnet_id") + "/" + v.text("route_table_id")
		}},
		"aws_vpc_endpoint": {Key: []string{vpc, name}, List: listEndpoints},
		"aws_flow_log":     {Key: []string{vpc, name}, List: listFlowLogs},
	}
}

// filters select what has the project's and the stack's tags.
func (a AWS) filters() []types.Filter {
	return []types.Filter{
		{Name: aws.String("tag:project"), Values: []string{a.Settings.Project}},
		{Name: aws.String("tag:stack"), Values: []string{a.Stack}},
	}
}

// tagged is an object that is recognised by its tag Name, within something.
func (a AWS) tagged(id *string, tags []types.Tag, within ...string) Object {
	name := ""
	for _, t := range tags {
		if *t.Key == "Name" {
			name = *t.Value
		}
	}
	return Object{ID: aws.ToString(id), Key: joined(append(within, name)...), Stack: a.Stack}
}

func listVPCs(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeVpcsPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeVpcsInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Vpcs {
			found = append(found, a.tagged(v.VpcId, v.Tags))
		}
	}
	return found, nil
}

func listSubnets(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeSubnetsPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeSubnetsInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Subnets {
			found = append(found, a.tagged(s.SubnetId, s.Tags, *s.VpcId))
		}
	}
	return found, nil
}

func listInternetGateways(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeInternetGatewaysPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeInternetGatewaysInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.InternetGateways {
			found = append(found, a.tagged(g.InternetGatewayId, g.Tags))
		}
	}
	return found, nil
}

func listAddresses(ctx context.Context, a AWS) ([]Object, error) {
	all, err := ec2.NewFromConfig(a.Config).DescribeAddresses(ctx, &ec2.DescribeAddressesInput{Filters: a.filters()})
	if err != nil {
		return nil, err
	}
	var found []Object
	for _, e := range all.Addresses {
		found = append(found, a.tagged(e.AllocationId, e.Tags))
	}
	return found, nil
}

func listNATGateways(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeNatGatewaysPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeNatGatewaysInput{Filter: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.NatGateways {
			// AWS shows a deleted gateway for an hour.
			if g.State == types.NatGatewayStatePending || g.State == types.NatGatewayStateAvailable {
				found = append(found, a.tagged(g.NatGatewayId, g.Tags))
			}
		}
	}
	return found, nil
}

func routeTables(ctx context.Context, a AWS) ([]types.RouteTable, error) {
	var tables []types.RouteTable
	pages := ec2.NewDescribeRouteTablesPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeRouteTablesInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range page.RouteTables {
			// A VPC's main table is aws_default_route_table's.
			main := false
			for _, as := range t.Associations {
				main = main || aws.ToBool(as.Main)
			}
			if !main {
				tables = append(tables, t)
			}
		}
	}
	return tables, nil
}

func listRouteTables(ctx context.Context, a AWS) ([]Object, error) {
	tables, err := routeTables(ctx, a)
	var found []Object
	for _, t := range tables {
		found = append(found, a.tagged(t.RouteTableId, t.Tags, *t.VpcId))
	}
	return found, err
}

func listRoutes(ctx context.Context, a AWS) ([]Object, error) {
	tables, err := routeTables(ctx, a)
	var found []Object
	for _, t := range tables {
		for _, r := range t.Routes {
			// The others are the VPC's own and those of gateway endpoints.
			if r.Origin == types.RouteOriginCreateRoute && r.DestinationCidrBlock != nil {
				found = append(found, Object{*t.RouteTableId + "_" + *r.DestinationCidrBlock, joined(*t.RouteTableId, *r.DestinationCidrBlock), a.Stack})
			}
		}
	}
	return found, err
}

func listAssociations(ctx context.Context, a AWS) ([]Object, error) {
	tables, err := routeTables(ctx, a)
	var found []Object
	for _, t := range tables {
		for _, as := range t.Associations {
			if as.SubnetId != nil {
				found = append(found, Object{*as.SubnetId + "/" + *t.RouteTableId, joined(*as.SubnetId, *t.RouteTableId), a.Stack})
			}
		}
	}
	return found, err
}

func listEndpoints(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeVpcEndpointsPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeVpcEndpointsInput{Filters: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range page.VpcEndpoints {
			if e.State != types.StateDeleting && e.State != types.StateDeleted {
				found = append(found, a.tagged(e.VpcEndpointId, e.Tags, *e.VpcId))
			}
		}
	}
	return found, nil
}

func listFlowLogs(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ec2.NewDescribeFlowLogsPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeFlowLogsInput{Filter: a.filters()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, l := range page.FlowLogs {
			found = append(found, a.tagged(l.FlowLogId, l.Tags, *l.ResourceId))
		}
	}
	return found, nil
}
