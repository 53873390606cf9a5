package config

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var (
	kebab        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	twelveDigits = regexp.MustCompile(`^[0-9]{12}$`)
	gitHubID     = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	gitHubOwner  = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	gitHubName   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	emailAddress = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	domainName   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	labels       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
	hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	branchName   = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)
)

const kebabForm = "lower-case letters, digits and single hyphens between them, a letter first, are allowed"

// maxProject leaves an environment's name eleven of the 32 characters of a load
// balancer's name, which is project-environment.
const maxProject = 20

// awsPrefixes are what AWS keeps for itself at the start of the names that
// begin with the project's: SSM parameters and KMS aliases, security groups,
// load balancers, buckets (Systems Manager API, PutParameter; EC2 API,
// CreateSecurityGroup; Elastic Load Balancing API, CreateLoadBalancer; Amazon
// S3, "Bucket naming rules").
var awsPrefixes = []string{"aws", "ssm", "sg-", "internal-", "sthree-", "amzn-"}

func (c *checker) platform(s Settings) {
	c.project(s.Project)
	zones, known := zonesOf[s.Region]
	if !known {
		c.refuse("region", s.Region, `a region of the AWS partition "aws" is allowed, such as "eu-central-1"`)
	}
	c.zones(s, zones)
	c.addressPlan(s.AddressPlan)
}

func (c *checker) project(name string) {
	const path = "project"
	if !kebab.MatchString(name) {
		c.refuse(path, name, kebabForm)
		return
	}
	if len(name) > maxProject {
		c.refuse(path, name, "%d characters; at most %d are allowed: the name of a load balancer must hold it and the environment's", len(name), maxProject)
	}
	for _, prefix := range awsPrefixes {
		if strings.HasPrefix(name+"-", prefix) {
			c.refuse(path, name, "no name that starts with %q is allowed: AWS keeps it for itself", prefix)
		}
	}
}

func (c *checker) zones(s Settings, letters string) {
	const path = "availabilityZones"
	if n := len(s.AvailabilityZones); n < 2 || n > MaxZones {
		c.refuse(path, s.AvailabilityZones, "2 to %d zones are allowed: RDS and the load balancer ask for two", MaxZones)
	}
	for i, zone := range s.AvailabilityZones {
		path := element(path, make([]string, len(s.AvailabilityZones)), i)
		letter, ofRegion := strings.CutPrefix(zone, s.Region)
		switch {
		case letters == "":
			// Nothing to compare with.
		case !ofRegion || len(letter) != 1 || !strings.Contains(letters, letter):
			c.refuse(path, zone, "a zone of the region %s is allowed: %s", s.Region, or(zoneNames(s.Region, letters)))
		case slices.Contains(s.AvailabilityZones[:i], zone):
			c.refuse(path, zone, "each zone is allowed once")
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
	plan, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !plan.Addr().Is4():
		c.refuse(path, cidr, `an IPv4 block is allowed, such as "10.20.0.0/14"`)
	case plan != plan.Masked():
		c.refuse(path, cidr, "the block has host bits set; %q is meant", plan.Masked())
	case !isPrivate(plan):
		c.refuse(path, cidr, "a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 is allowed: others belong to somebody on the internet")
	case plan.Bits() > minEnvironmentBits:
		c.refuse(path, cidr, "a block of /%d or larger is allowed: no environment fits in a smaller one", minEnvironmentBits)
	}
}

// The sizes of an environment's block that Subnets takes.
const (
	maxEnvironmentBits = 16
	minEnvironmentBits = 20
)

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

func (c *checker) user(u User) {
	if !twelveDigits.MatchString(u.AccountID) {
		c.refuse("user.accountID", u.AccountID, "twelve digits are allowed")
	}
	for _, id := range []struct{ path, value string }{
		{"user.gitHubOwnerID", u.GitHubOwnerID},
		{"user.infraRepositoryID", u.InfraRepositoryID},
		{"user.backendRepositoryID", u.BackendRepositoryID},
	} {
		if !gitHubID.MatchString(id.value) {
			c.refuse(id.path, id.value, "GitHub's numeric id is required: the trust of the roles names it beside the name")
		}
	}
	if u.InfraRepositoryID == u.BackendRepositoryID {
		c.refuse("user.backendRepositoryID", u.BackendRepositoryID, "an id of its own is required: user.infraRepositoryID has the same")
	}
	if !emailAddress.MatchString(u.AlarmEmail) {
		c.refuse("user.alarmEmail", u.AlarmEmail, `one address is allowed, such as "alarms@paperwurks.example"`)
	}
	c.domain(u.Domain)
}

func (c *checker) domain(d Domain) {
	const name, zone = "user.domain.name", "user.domain.hostedZoneID"
	switch {
	case d.Name == "" && d.HostedZoneID == "":
		return
	case d.Name == "":
		c.refuse(name, d.Name, "the name of the zone %s is required", d.HostedZoneID)
	case !domainName.MatchString(d.Name):
		c.refuse(name, d.Name, `a domain in lower case is allowed, such as "paperwurks.example"`)
	}
	switch {
	case d.HostedZoneID == "":
		c.refuse(zone, d.HostedZoneID, "the Route 53 zone of %s is required", d.Name)
	case !hostedZoneID.MatchString(d.HostedZoneID):
		c.refuse(zone, d.HostedZoneID, `the id of a Route 53 zone is allowed, such as "Z0123456789ABCDEFGHIJ"`)
	}
}

func (c *checker) gitHub(g GitHub) {
	if !gitHubOwner.MatchString(g.Owner) || len(g.Owner) > 39 {
		c.refuse("gitHub.owner", g.Owner, "the organisation's login is allowed: letters, digits and single hyphens, at most 39")
	}
	for _, repository := range []struct{ path, value string }{
		{"gitHub.infraRepository", g.InfraRepository},
		{"gitHub.backendRepository", g.BackendRepository},
	} {
		if !gitHubName.MatchString(repository.value) || strings.Trim(repository.value, ".") == "" {
			c.refuse(repository.path, repository.value, "the repository's name without its owner is allowed: letters, digits, hyphens, dots and underscores, at most 100")
		}
	}
	if strings.EqualFold(g.InfraRepository, g.BackendRepository) {
		c.refuse("gitHub.backendRepository", g.BackendRepository, "another repository than gitHub.infraRepository is required")
	}
	c.branch("gitHub.infraBranch", g.InfraBranch)
}

// branch refuses a pattern in place of a branch, and what Git refuses
// (git-check-ref-format).
func (c *checker) branch(path, branch string) {
	switch {
	case strings.ContainsAny(branch, "*?"):
		c.refuse(path, branch, "exactly one branch is allowed, no wildcard")
	case strings.HasPrefix(branch, "refs/"):
		c.refuse(path, branch, "the branch without refs/heads/ is allowed")
	case !branchName.MatchString(branch), !isRefName(branch):
		c.refuse(path, branch, "the name of a Git branch is allowed: letters, digits, hyphens, dots, underscores and slashes")
	}
}

func isRefName(branch string) bool {
	if len(branch) > 255 || strings.HasPrefix(branch, "-") || strings.HasSuffix(branch, ".") || strings.Contains(branch, "..") {
		return false
	}
	for component := range strings.SplitSeq(branch, "/") {
		if component == "" || strings.HasPrefix(component, ".") || strings.HasSuffix(component, ".lock") {
			return false
		}
	}
	return true
}

// maxDays is ten years, the longest retention that CloudWatch Logs has; used
// for every number of days that AWS itself does not bound.
const maxDays = 3653

func (c *checker) state(s State) {
	c.between("state.noncurrentVersionDays", s.NoncurrentVersionDays, 30, maxDays, "days")
	c.between("state.accessLogDays", s.AccessLogDays, 30, maxDays, "days")
}
