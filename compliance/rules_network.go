package compliance

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// cloudFrontPrefixes is AWS's list of the addresses that CloudFront reaches
// origins from (CloudFront developer guide, "Locations and IP address ranges
// of CloudFront edge servers").
const cloudFrontPrefixes = "com.amazonaws.global.cloudfront.origin-facing"

// awsPrefixes begins the names of AWS's own lists; nobody else's may begin with
// it (Amazon VPC user guide, "AWS-managed prefix lists").
const awsPrefixes = "com.amazonaws."

// subnetsOf are the subnets that a value names. A token for a whole list of
// another stack is followed through its output.
func subnetsOf(p *Platform, from *Resource, value any) []*Resource {
	var out []*Resource
	for _, r := range p.targets(from, value) {
		if r.Type == "aws_subnet" {
			out = append(out, r)
		}
	}
	return out
}

// routesOf are the routes of the tables that a subnet is associated with.
func routesOf(p *Platform, subnet *Resource) []*Resource {
	var out []*Resource
	for _, association := range p.partsOf(subnet, "aws_route_table_association", "subnet_id") {
		table := p.target(association, association.Attributes["route_table_id"], "aws_route_table")
		if table != nil {
			out = append(out, p.partsOf(table, "aws_route", "route_table_id")...)
		}
	}
	return out
}

// waysOut are the routes of a subnet that leave the VPC.
func waysOut(p *Platform, subnet *Resource) []*Resource { return routesOf(p, subnet) }

// waysIn are the routes of a subnet by which the internet reaches it.
func waysIn(p *Platform, subnet *Resource) []*Resource {
	return slices.DeleteFunc(routesOf(p, subnet), func(r *Resource) bool {
		return p.target(r, r.Attributes["gateway_id"], "aws_internet_gateway") == nil
	})
}

// isInsideVPC says whether all addresses are of the VPC that the rule is for.
func isInsideVPC(p *Platform, r *Resource, cidr string) bool {
	network, known := p.networkOf(r)
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && known && network.Contains(prefix.Addr()) && prefix.Bits() >= network.Bits()
}

// egressFault says to whom an egress rule leads besides the VPC, the
// security groups in it and the services of AWS that have a prefix list.
func egressFault(p *Platform, r *Resource) []string {
	a := r.Attributes
	if a["cidr_ipv6"] != nil {
		return []string{fmt.Sprintf("to %v, which is not inside the environment's VPC", a["cidr_ipv6"])}
	}
	if cidr := text(a["cidr_ipv4"]); cidr != "" {
		return one(!isInsideVPC(p, r, cidr), "to %s, which is not inside the environment's VPC", cidr)
	}
	if a["prefix_list_id"] != nil {
		names := p.target(r, a["prefix_list_id"], "data.aws_ec2_managed_prefix_list")
		return one(names == nil || !strings.HasPrefix(text(names.Attributes["name"]), awsPrefixes), "to a list of addresses that is not AWS's")
	}
	return one(p.target(r, a["referenced_security_group_id"], "aws_security_group") == nil, "to %s, which is no security group of the stack", show(a["referenced_security_group_id"]))
}

// ingressFault says what is wrong with the source of an ingress rule.
func ingressFault(p *Platform, r *Resource) []string {
	a := r.Attributes
	if a["cidr_ipv6"] != nil {
		return []string{fmt.Sprintf("open to %v", a["cidr_ipv6"])}
	}
	if cidr := text(a["cidr_ipv4"]); cidr != "" {
		return one(!isInsideVPC(p, r, cidr), "open to %s, which is not inside the environment's VPC", cidr)
	}
	if a["prefix_list_id"] != nil {
		names := p.target(r, a["prefix_list_id"], "data.aws_ec2_managed_prefix_list")
		return one(names == nil || names.Attributes["name"] != cloudFrontPrefixes, "open to a list of addresses that is not CloudFront's")
	}
	return one(p.target(r, a["referenced_security_group_id"], "aws_security_group") == nil, "open to %s, which is no security group of the stack", show(a["referenced_security_group_id"]))
}

var networkRules = []Rule{
	{
		ID: "PW-NET-01", Title: "Nothing is reached from where it is not meant", Types: []string{"aws_vpc_security_group_ingress_rule"},
		Why:   "CloudFront is the only way in; tasks are reached from the load balancer, the database from tasks.",
		Fix:   "Name a security group of the environment, CloudFront's prefix list, or addresses inside the VPC.",
		FSBP:  []string{"EC2.18", "EC2.19"},
		check: ingressFault,
	},
	{
		ID: "PW-NET-02", Title: "A security group rule names its port", Types: []string{"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"},
		Why:  "A rule for all protocols or a range of ports opens what nobody meant, and what is listened on later.",
		Fix:  "One rule for each port, with ip_protocol tcp or udp.",
		FSBP: []string{"EC2.18", "EC2.19"},
		check: func(_ *Platform, r *Resource) []string {
			a := r.Attributes
			protocol := text(a["ip_protocol"])
			faults := one(protocol != "tcp" && protocol != "udp", "ip_protocol is %s", show(a["ip_protocol"]))
			from, to := number(a["from_port"]), number(a["to_port"])
			faults = append(faults, one(from == 0 || from != to, "ports %v to %v", show(a["from_port"]), show(a["to_port"]))...)
			return append(faults, one(text(a["description"]) == "", "no description")...)
		},
	},
	{
		ID: "PW-NET-03", Title: "What leaves for the internet is HTTPS", Types: []string{"aws_vpc_security_group_egress_rule"},
		Why: "Any other port to anywhere is a way out for data that nobody looks at.",
		Fix: "Name a security group or the VPC's addresses; 0.0.0.0/0 only on port 443.",
		check: func(p *Platform, r *Resource) []string {
			a := r.Attributes
			if a["cidr_ipv6"] != nil {
				return one(!hasPort(r, 443), "to %v on port %v", a["cidr_ipv6"], show(a["from_port"]))
			}
			cidr := text(a["cidr_ipv4"])
			if cidr == "" {
				return nil
			}
			return one(!isInsideVPC(p, r, cidr) && (number(a["from_port"]) != 443 || number(a["to_port"]) != 443), "to %s on port %v", cidr, show(a["from_port"]))
		},
	},
	{
		ID: "PW-NET-04", Title: "A security group's rules are resources of their own", Types: []string{"aws_security_group"},
		Why: "Inline rules, and those of the older kind, undo each other, and the rules on ports and sources do not see them.",
		Fix: "Use aws_vpc_security_group_ingress_rule and …_egress_rule; say what the group is for in its description.",
		check: func(p *Platform, r *Resource) []string {
			faults := one(r.Attributes["ingress"] != nil, "has inline ingress")
			faults = append(faults, one(r.Attributes["egress"] != nil, "has inline egress")...)
			faults = append(faults, one(text(r.Attributes["description"]) == "", "no description")...)
			vpc := p.target(r, r.Attributes["vpc_id"], "aws_vpc")
			return append(faults, one(vpc == nil, "vpc_id is no VPC of the platform")...)
		},
	},
	{
		ID: "PW-NET-05", Title: "The default security group is closed", Types: []string{"aws_vpc", "aws_default_security_group"},
		Why:  "What forgets to name a security group gets the default one, which lets its members talk to each other and out.",
		Fix:  "Adopt it with aws_default_security_group, without a rule.",
		FSBP: []string{"EC2.2"},
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_vpc" {
				return one(len(p.partsOf(r, "aws_default_security_group", "vpc_id")) != 1, "its default security group is not adopted")
			}
			faults := one(r.Attributes["ingress"] != nil, "has ingress")
			return append(faults, one(r.Attributes["egress"] != nil, "has egress")...)
		},
	},
	{
		ID: "PW-NET-06", Title: "Every connection of a VPC is recorded", Types: []string{"aws_vpc", "aws_flow_log"},
		Why:  "After an intrusion the flow log is the only record of who spoke with whom.",
		Fix:  "Add an aws_flow_log of the VPC with traffic_type ALL, to an encrypted log group.",
		FSBP: []string{"EC2.6"},
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_vpc" {
				return one(len(p.partsOf(r, "aws_flow_log", "vpc_id")) == 0, "no flow log")
			}
			faults := want(r, map[string]any{"traffic_type": "ALL"})
			return append(faults, one(p.target(r, r.Attributes["log_destination"], "aws_cloudwatch_log_group") == nil, "log_destination is no log group of the stack")...)
		},
	},
	{
		ID: "PW-NET-07", Title: "No subnet gives public addresses", Types: []string{"aws_subnet"},
		Why:  "A task started in it would be on the internet.",
		Fix:  "Set map_public_ip_on_launch to false.",
		FSBP: []string{"EC2.15"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"map_public_ip_on_launch": false})
			return append(faults, one(isTrue(r.Attributes["assign_ipv6_address_on_creation"]), "assign_ipv6_address_on_creation is true")...)
		},
	},
	{
		ID: "PW-NET-08", Title: "What runs is in a private subnet, what keeps data in an isolated one", Types: []string{"output"},
		Why:  "The route table decides: a subnet with a route to the internet gateway is public, whatever its name.",
		Fix:  "Hand over subnets of the private and isolated tiers; keep routes to the internet gateway in the public tier and every route out of the isolated one.",
		FSBP: []string{"RDS.46", "EC2.9"},
		check: func(p *Platform, r *Resource) []string {
			if !strings.Contains(r.Name, "subnet") || !strings.HasPrefix(r.Name, config.CrossingPrefix) {
				return nil
			}
			subnets := subnetsOf(p, r, r.Attributes["value"])
			faults := one(len(subnets) == 0, "hands over no subnet of the platform")
			for _, subnet := range subnets {
				ways := waysIn(p, subnet)
				if strings.Contains(r.Name, "isolated") {
					ways = waysOut(p, subnet)
				}
				for _, way := range ways {
					faults = append(faults, fmt.Sprintf("%s has the route %s", subnet.Path, way.Path))
				}
			}
			return faults
		},
	},
	{
		ID: "PW-NET-11", Title: "A route is a resource of its own", Types: []string{"aws_route_table", "aws_default_route_table"},
		Why: "Inline routes undo the others, and the rules on subnets do not see them.",
		Fix: "Use aws_route; leave the default route table empty.",
		check: func(p *Platform, r *Resource) []string {
			faults := one(len(list(r.Attributes["route"])) > 0, "has inline routes")
			adopted := r.Type == "aws_default_route_table" && len(p.partsOf(r, "aws_route", "route_table_id")) > 0
			return append(faults, one(adopted, "the default route table has a route")...)
		},
	},
	{
		ID: "PW-NET-12", Title: "Public addresses are those of NAT gateways", Types: []string{"aws_eip"},
		Why:  "An address on anything else lets the internet in past CloudFront.",
		Fix:  "Remove it, or give it to a NAT gateway.",
		FSBP: []string{"EC2.9"},
		check: func(p *Platform, r *Resource) []string {
			elsewhere := r.Attributes["instance"] != nil || r.Attributes["network_interface"] != nil
			return one(elsewhere || len(p.partsOf(r, "aws_nat_gateway", "allocation_id")) != 1, "is not a NAT gateway's")
		},
	},
	{
		ID: "PW-NET-13", Title: "What leaves goes to the VPC or to AWS", Types: []string{"aws_vpc_security_group_egress_rule"},
		Why:   "A program that was taken over sends what it reads to whatever address it may open a connection to.",
		Fix:   "Name a security group, addresses inside the VPC (where the interface endpoints are), or AWS's prefix list of a service. Without NAT (config.NATNone) tasks keep to that.",
		check: egressFault,
	},
	{
		ID: "PW-NET-14", Title: "The rules of a security group fit AWS's quota", Types: []string{"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"},
		Why: "AWS refuses the sixty-first rule of a direction, in the middle of an apply; CloudFront's prefix list counts as 55 of them (VPC user guide, \"AWS-managed prefix lists\").",
		Fix: "Use another security group as well.",
		check: func(p *Platform, r *Resource) []string {
			group := p.target(r, r.Attributes["security_group_id"], "aws_security_group")
			if group == nil {
				return []string{"its security group is not of the stack"}
			}
			weight := 0
			for _, rule := range p.partsOf(group, r.Type, "security_group_id") {
				weight += weightOf(p, rule)
			}
			return one(weight > rulesOfGroup, "the rules of its group count as %d, of %d", weight, rulesOfGroup)
		},
	},
}

// rulesOfGroup is how many rules of one direction a security group may have
// (Amazon VPC user guide, "Amazon VPC quotas").
const rulesOfGroup = 60

// weightOf is as how many rules one counts.
func weightOf(p *Platform, rule *Resource) int {
	names := p.target(rule, rule.Attributes["prefix_list_id"], "data.aws_ec2_managed_prefix_list")
	if names != nil && names.Attributes["name"] == cloudFrontPrefixes {
		return 55
	}
	return 1
}
