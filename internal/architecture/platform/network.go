package platform

import (
	"fmt"
	"slices"
	"strings"
)

// Tiers in the order in which they are shown; a subnet's name holds one.
func Tiers() []string { return []string{"public", "private", "isolated"} }

// Network is an environment's VPC.
type Network struct {
	Name, CIDR string
	Zones      []string
	// Subnets are by tier, in the order of Zones.
	Subnets map[string][]Subnet
	// Endpoints are the AWS services that have one, by the last part of its
	// name: "s3".
	Gateway, Interface []string
	FlowLog            string
}

// Subnet is a block of addresses in one zone.
type Subnet struct {
	Name, Zone, CIDR string
	// NAT is the name of the NAT gateway in it, or "".
	NAT string
	// Out says where the default route leads: the name of a NAT gateway,
	// InternetGateway, or "" for nowhere.
	Out string
}

// InternetGateway is the Out of a subnet that needs no NAT gateway.
const InternetGateway = "internet gateway"

// Network reads an environment's network.
func (s *Stacks) Network(env string) (Network, error) {
	vpcs := s.In(env, "aws_vpc")
	if len(vpcs) != 1 {
		return Network{}, fmt.Errorf("environment %q has %d VPCs, want one", env, len(vpcs))
	}
	n := Network{Name: vpcs[0].Tag("Name"), CIDR: vpcs[0].Text("cidr_block"), Subnets: map[string][]Subnet{}}
	for _, r := range s.In(env, "aws_subnet") {
		zone := r.Text("availability_zone")
		if !slices.Contains(n.Zones, zone) {
			n.Zones = append(n.Zones, zone)
		}
		tier := tierOf(r.Tag("Name"))
		if tier == "" {
			return Network{}, fmt.Errorf("subnet %q is of no tier", r.Tag("Name"))
		}
		subnet := Subnet{Name: r.Tag("Name"), Zone: zone, CIDR: r.Text("cidr_block"), Out: s.defaultRoute(env, r)}
		for _, nat := range s.In(env, "aws_nat_gateway") {
			if s.Refers(nat.Stack, nat.Attributes["subnet_id"], r) {
				subnet.NAT = nat.Tag("Name")
			}
		}
		n.Subnets[tier] = append(n.Subnets[tier], subnet)
	}
	slices.Sort(n.Zones)
	for _, subnets := range n.Subnets {
		slices.SortFunc(subnets, func(a, b Subnet) int { return strings.Compare(a.Zone, b.Zone) })
	}
	for _, r := range s.In(env, "aws_vpc_endpoint") {
		parts := strings.SplitN(r.Text("service_name"), ".", 4) // com.amazonaws.<region>.<service>
		service := parts[len(parts)-1]
		if r.Text("vpc_endpoint_type") == "Interface" {
			n.Interface = append(n.Interface, service)
		} else {
			n.Gateway = append(n.Gateway, service)
		}
	}
	for _, log := range s.In(env, "aws_flow_log") {
		for _, group := range s.References(log.Stack, log.Attributes["log_destination"]) {
			n.FlowLog = group.Text("name")
		}
	}
	return n, nil
}

// NATs are the names of the NAT gateways.
func (n Network) NATs() []string {
	var out []string
	for _, subnet := range n.Subnets["public"] {
		if subnet.NAT != "" {
			out = append(out, subnet.NAT)
		}
	}
	return out
}

func tierOf(name string) string {
	for _, tier := range Tiers() {
		if strings.Contains(name, "-"+tier+"-") {
			return tier
		}
	}
	return ""
}

// defaultRoute follows a subnet to its route table and what that sends out.
func (s *Stacks) defaultRoute(env string, subnet Resource) string {
	for _, association := range s.In(env, "aws_route_table_association") {
		if !s.Refers(association.Stack, association.Attributes["subnet_id"], subnet) {
			continue
		}
		for _, table := range s.References(association.Stack, association.Attributes["route_table_id"]) {
			for _, route := range s.In(env, "aws_route") {
				if route.Text("destination_cidr_block") != "0.0.0.0/0" || !s.Refers(route.Stack, route.Attributes["route_table_id"], table.Resource) {
					continue
				}
				if route.Text("gateway_id") != "" {
					return InternetGateway
				}
				for _, nat := range s.References(route.Stack, route.Attributes["nat_gateway_id"]) {
					return nat.Tag("Name")
				}
			}
		}
	}
	return ""
}
