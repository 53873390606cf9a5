package config

import (
	"net/netip"
	"slices"
)

// The sizes, in bits, of a block that Subnets divides.
const (
	largestBlock  = 16
	smallestBlock = 20
)

var natStrategies = []NATStrategy{NATSingle, NATPerZone, NATNone}

func (c *checker) network(path string, s Settings, i int, names []string) {
	e := s.Environments[i]
	c.cidr(path+".cidr", s, i, names)
	if !slices.Contains(natStrategies, e.Network.NAT) {
		c.refuse(path+".nat", e.Network.NAT, "%s is allowed", or(natStrategies))
	}
	c.interfaceEndpoints(path+".interfaceEndpoints", e)
}

func (c *checker) cidr(path string, s Settings, i int, names []string) {
	cidr := s.Environments[i].Network.CIDR
	block, ok := c.block(path, cidr)
	if !ok {
		return
	}
	if block.Bits() < largestBlock || block.Bits() > smallestBlock {
		c.refuse(path, cidr, "a block from /%d to /%d is allowed", largestBlock, smallestBlock)
	}
	if plan, err := netip.ParsePrefix(s.AddressPlan); err == nil && !c.isRefused("addressPlan") && !holds(plan, block) {
		c.refuse(path, cidr, "a block inside addressPlan, %s, is allowed", show(s.AddressPlan))
	}
	for j, other := range s.Environments[:i] {
		theirs, err := netip.ParsePrefix(other.Network.CIDR)
		if err == nil && theirs.Overlaps(block) {
			c.refuse(path, cidr, "a block of its own is required: it overlaps %s.network.cidr, %s", element("environments", names, j), show(other.Network.CIDR))
		}
	}
	c.addresses(path, s, s.Environments[i])
}

// addresses refuses a block whose private tier cannot hold the tasks, each
// with an address of its own, while every service is replaced: ECS then runs
// the old and the new ones side by side.
func (c *checker) addresses(path string, s Settings, e Environment) {
	// Each zone's subnet gives up five addresses to AWS (Amazon VPC user
	// guide, "Subnet CIDR blocks"), eight to the load balancer (Elastic Load
	// Balancing user guide, "Subnets for your load balancer") and one to each
	// interface endpoint.
	taken := 5 + 8 + len(e.Network.InterfaceEndpoints)
	subnets, err := Subnets(e.Network.CIDR, s.AvailabilityZones)
	if err != nil {
		return // the zones are too many or the block is of no size that is divided, which was said
	}
	free := 0
	for _, subnet := range subnets {
		if subnet.Tier == TierPrivate {
			free += 1<<(32-netip.MustParsePrefix(subnet.CIDR).Bits()) - taken
		}
	}
	const migrations = 1
	needed := migrations + len(e.Jobs)
	for _, service := range e.Services {
		needed += 2 * min(max(service.MaxTasks, 0), maxTasks)
	}
	if len(s.AvailabilityZones) > 0 && needed > free {
		c.refuse(path, e.Network.CIDR, "a block with room for %d tasks is required, twice every maxTasks, the migration and each job; the private subnets have %d free addresses", needed, free)
	}
}

// fargateEndpoints are what a task on Fargate needs to start without a way to
// the internet, next to the gateway endpoint of S3: its image, its log, its
// secrets (Amazon ECR user guide, "Amazon ECR interface VPC endpoints").
var fargateEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}

func (c *checker) interfaceEndpoints(list string, e Environment) {
	endpoints := e.Network.InterfaceEndpoints
	for i, service := range endpoints {
		switch {
		case slices.Contains(endpoints[:i], service):
			c.refuse(at(list, i), service, "each endpoint is allowed once")
		case service == "s3":
			c.refuse(at(list, i), service, "an endpoint other than S3's is allowed: the VPC always has S3's gateway endpoint, which is free")
		case !slices.Contains(interfaceServices, service):
			c.refuse(at(list, i), service, "%s is allowed", or(interfaceServices))
		}
	}
	if e.Network.NAT != NATNone {
		return
	}
	for _, service := range fargateEndpoints {
		if !slices.Contains(endpoints, service) {
			c.refuse(list, endpoints, "%s is required without NAT: no task starts without it", show(service))
		}
	}
}
