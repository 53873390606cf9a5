package config

import (
	"fmt"
	"net/netip"
	"slices"
)

// Tier is what a subnet may reach and what may reach it.
type Tier string

const (
	// TierPublic has a route to the internet gateway; it holds the NAT
	// gateways and nothing else.
	TierPublic Tier = "public"
	// TierPrivate has a route out through NAT; it holds the tasks and the
	// load balancer.
	TierPrivate Tier = "private"
	// TierIsolated has no route out of the VPC; it holds the databases.
	TierIsolated Tier = "isolated"
)

// Tiers in the order in which they are listed everywhere.
func Tiers() []Tier { return []Tier{TierPublic, TierPrivate, TierIsolated} }

// MaxZones is how many zones the address plan has room for.
const MaxZones = 6

// Subnet is one subnet of the address plan.
type Subnet struct {
	Tier Tier
	Zone string
	CIDR string
}

// Subnets lays a VPC's subnets out. The plan divides a block the same way
// whatever its size, so that a zone or a tier is found by its address (for a
// /16 such as 10.20.0.0/16; z is 0 for zone a, 1 for b and so on, whatever the
// place in the list, so that no other order gives a subnet another address):
//
//	private   zone z   a sixteenth,  10.20.(16·z).0/20    4,091 usable addresses
//	isolated  zone z   a 256th,      10.20.(192+z).0/24     251 usable addresses
//	public    zone z   a 256th,      10.20.(224+z).0/24     251 usable addresses
//
// (AWS keeps five addresses of each subnet.) The block must be /16 to /20: a
// VPC is at most a /16 and a subnet at least a /28 (Amazon VPC quotas). What is
// not named is free for later tiers. The subnets are in the order of tiers and
// zones' names.
func Subnets(cidr string, zones []string) ([]Subnet, error) {
	block, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil, fmt.Errorf("%q is not a CIDR block: %w", cidr, err)
	}
	if !block.Addr().Is4() || block.Bits() < 16 || block.Bits() > 20 {
		return nil, fmt.Errorf("%q: an IPv4 block from /16 to /20 is allowed", cidr)
	}
	if block != block.Masked() {
		return nil, fmt.Errorf("%q: the block has host bits set; %q is meant", cidr, block.Masked())
	}
	zones = slices.Sorted(slices.Values(zones))
	for _, zone := range zones {
		if z := zoneNumber(zone); z < 0 || z >= MaxZones {
			return nil, fmt.Errorf("zone %q: the address plan has room for zones a to %c", zone, 'a'+MaxZones-1)
		}
	}
	parts := map[Tier]struct{ newBits, first int }{
		TierPrivate:  {4, 0},
		TierIsolated: {8, 192},
		TierPublic:   {8, 224},
	}
	var subnets []Subnet
	for _, tier := range Tiers() {
		for _, zone := range zones {
			p := parts[tier]
			subnets = append(subnets, Subnet{Tier: tier, Zone: zone, CIDR: part(block, p.newBits, p.first+zoneNumber(zone))})
		}
	}
	return subnets, nil
}

// zoneNumber counts a region's zones by their letters: 0 for "eu-central-1a";
// negative for none.
func zoneNumber(zone string) int {
	if zone == "" {
		return -1
	}
	return int(zone[len(zone)-1]) - 'a'
}

// part is Terraform's cidrsubnet for IPv4.
func part(block netip.Prefix, newBits, n int) string {
	a := block.Addr().As4()
	v := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	bits := block.Bits() + newBits
	v |= uint32(n) << (32 - bits)
	addr := netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	return netip.PrefixFrom(addr, bits).String()
}
