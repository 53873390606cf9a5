package config

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// kebab is the form of every name that others are made of.
var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const kebabForm = "lower-case letters and digits, with single hyphens between them and a letter first, are allowed"

// maxProject leaves an environment's name eleven of the 32 characters of a load
// balancer's name, which is project-environment.
const maxProject = 20

// awsPrefixes are what AWS keeps for itself at the start of the names that
// begin with the project's: parameters and KMS aliases, security groups, load
// balancers, buckets (Systems Manager API, PutParameter; AWS KMS API,
// CreateAlias; Amazon EC2 API, CreateSecurityGroup; Elastic Load Balancing API,
// CreateLoadBalancer; Amazon S3 user guide, "Bucket naming rules").
var awsPrefixes = []string{"aws", "ssm", "sg-", "internal-", "sthree-", "amzn-s3-demo-"}

// maxDays is ten years, the longest retention that CloudWatch Logs has. It
// bounds every number of days that AWS itself does not bound: who types more
// has typed a digit too many.
const maxDays = 3653

func (c *checker) platform(s Settings) {
	c.project(s.Project)
	letters, known := zonesOf[s.Region]
	if !known {
		c.refuse("region", s.Region, `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`)
	}
	c.zones(s, letters)
	c.addressPlan(s.AddressPlan)
}

func (c *checker) project(name string) {
	const path = "project"
	if !kebab.MatchString(name) {
		c.refuse(path, name, kebabForm)
		return
	}
	if len(name) > maxProject {
		c.refuse(path, name, "at most %d characters are allowed: with an environment's name it makes the name of a load balancer", maxProject)
	}
	for _, prefix := range awsPrefixes {
		if strings.HasPrefix(name+"-", prefix) {
			c.refuse(path, name, "a name that does not start with %q is allowed: AWS keeps that for itself", prefix)
		}
	}
}

// zones checks against the region's; letters is "" when the region is at
// fault already.
func (c *checker) zones(s Settings, letters string) {
	const list = "availabilityZones"
	if n := len(s.AvailabilityZones); n < 2 || n > MaxZones {
		c.refuse(list, s.AvailabilityZones, "2 to %d zones are allowed: RDS and the load balancer ask for two", MaxZones)
	}
	for i, zone := range s.AvailabilityZones {
		letter, ofRegion := strings.CutPrefix(zone, s.Region)
		switch {
		case slices.Contains(s.AvailabilityZones[:i], zone):
			c.refuse(at(list, i), zone, "each zone is allowed once")
		case letters == "":
		case !ofRegion || len(letter) != 1 || !strings.Contains(letters, letter):
			c.refuse(at(list, i), zone, "a zone of the region is allowed: %s", or(zoneNames(s.Region, letters)))
		}
	}
}

func zoneNames(region, letters string) []string {
	var names []string
	for _, letter := range letters {
		names = append(names, region+string(letter))
	}
	return names
}

func (c *checker) addressPlan(cidr string) {
	const path = "addressPlan"
	plan, ok := c.block(path, cidr)
	switch {
	case !ok:
	case !isPrivate(plan):
		c.refuse(path, cidr, "a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 is allowed: other addresses are somebody's on the internet")
	case plan.Bits() > smallestBlock:
		c.refuse(path, cidr, "a block of /%d or larger is allowed: no environment fits in a smaller one", smallestBlock)
	}
}

// block reads an IPv4 block; false when it is refused.
func (c *checker) block(path, cidr string) (netip.Prefix, bool) {
	block, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !block.Addr().Is4():
		c.refuse(path, cidr, `an IPv4 block is allowed, such as "10.20.0.0/16"`)
	case block != block.Masked():
		c.refuse(path, cidr, "a block without host bits is allowed: %q", block.Masked())
	default:
		return block, true
	}
	return netip.Prefix{}, false
}

// privateBlocks are for private use (RFC 1918; Amazon VPC user guide, "VPC
// CIDR blocks").
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

func isPrivate(block netip.Prefix) bool {
	return slices.ContainsFunc(privateBlocks, func(p netip.Prefix) bool { return holds(p, block) })
}

// holds says whether every address of inner is one of outer's.
func holds(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// state asks for a month of either: a broken state and an intruder are both
// noticed late.
func (c *checker) state(s State) {
	c.between("state.noncurrentVersionDays", s.NoncurrentVersionDays, 30, maxDays, "days are allowed")
	c.between("state.accessLogDays", s.AccessLogDays, 30, maxDays, "days are allowed")
}
