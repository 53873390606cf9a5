package config

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var gitHubEnvironment = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)

// reservedEnvironments are names that the platform itself has where an
// environment's name stands: stacks, SSM paths, IAM paths, buckets and the
// parts of the shared stack.
var reservedEnvironments = []string{
	SharedStack, "state", "github", "boundary", "published", "ci", "workload", "terraform-state", InfraRole, InfraDiffRole,
}

func (c *checker) environments(s Settings) {
	const list = "environments"
	if len(s.Environments) == 0 {
		c.refuse(list, "", "at least one environment is required")
	}
	names := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		names[i] = e.Name
	}
	for i, e := range s.Environments {
		path := element(list, names, i)
		before := s.Environments[:i]
		c.environmentName(path, e, names[:i], s.Names())
		c.subdomain(path, e, before, s.User.Domain)
		c.deployment(path, e, before)
		c.network(path, s, i, names)
		c.cluster(path, e)
		c.between(path+".images.keepReleases", e.Images.KeepReleases, 10, 1000, "images")
		c.between(path+".images.untaggedDays", e.Images.UntaggedDays, 1, 365, "days")
		c.secrets(path, e.Secrets)
		c.services(path, s, e)
		c.migration(path, e)
		c.database(path, e)
		c.documents(path, e)
		if !slices.Contains(logRetentionDays, e.Logs.RetentionDays) {
			c.refuse(path+".logs.retentionDays", e.Logs.RetentionDays, "a value that CloudWatch Logs takes is allowed: %v", logRetentionDays)
		}
		c.between(path+".logs.bucketDays", e.Logs.BucketDays, 1, maxDays, "days")
		if l := e.Alarms.LatencySeconds; !(l > 0 && l <= 60) {
			c.refuse(path+".alarms.latencySeconds", l, "more than 0 and at most 60 seconds are allowed")
		}
		c.between(path+".alarms.serverErrors", e.Alarms.ServerErrors, 1, 10000, "answers")
		c.between(path+".requestsPerIP", e.RequestsPerIP, 10, 2_000_000_000, "requests")
		c.production(path, e)
	}
}

func (c *checker) environmentName(path string, e Environment, before []string, n Names) {
	path += ".name"
	if !kebab.MatchString(e.Name) {
		c.refuse(path, e.Name, kebabForm)
		return
	}
	if slices.Contains(reservedEnvironments, e.Name) || strings.HasPrefix(e.Name, deployRole) {
		c.refuse(path, e.Name, "the name is reserved for the platform itself")
	}
	for _, other := range before {
		switch {
		case other == e.Name:
			c.refuse(path, e.Name, "each name is allowed once")
		case strings.HasPrefix(other, e.Name+"-"), strings.HasPrefix(e.Name, other+"-"):
			c.refuse(path, e.Name, "no name is allowed that continues another's after a hyphen: names and policies of %q and this one would overlap", other)
		}
	}
	if c.isRefused("project") {
		return
	}
	services := e.Services
	e.Services = nil
	c.lengths(path, e.Name, n.Limited(e))
	for i, s := range services {
		e.Services = services[i : i+1]
		c.lengths(strings.TrimSuffix(path, ".name")+".services["+s.Name+"].name", s.Name, n.Limited(e)[len(n.Limited(Environment{Name: e.Name})):])
	}
}

func (c *checker) lengths(path, part string, names []LimitedName) {
	for _, name := range names {
		if over := len(name.Name) - name.Max; over > 0 {
			c.refuse(path, part, "at most %d characters are allowed: the %s %q has %d, of which AWS takes %d", len(part)-over, name.Kind, name.Name, len(name.Name), name.Max)
			return
		}
	}
}

func (c *checker) subdomain(path string, e Environment, before []Environment, d Domain) {
	path += ".subdomain"
	if e.Subdomain != "" && !labels.MatchString(e.Subdomain) {
		c.refuse(path, e.Subdomain, "lower-case letters, digits and hyphens are allowed, or nothing for the domain itself")
		return
	}
	if !d.IsSet() {
		return
	}
	for _, other := range before {
		if other.Subdomain == e.Subdomain {
			c.refuse(path, e.Subdomain, "a subdomain of its own is required: %q has the same", other.Name)
		}
	}
	// AWS Certificate Manager user guide, "Certificate characteristics": the
	// first name of a certificate.
	const maxHostname = 64
	if host := e.Subdomain + "." + d.Name; len(host) > maxHostname {
		c.refuse(path, e.Subdomain, "%q has %d characters; a certificate takes %d", host, len(host), maxHostname)
	}
}

func (c *checker) deployment(path string, e Environment, before []Environment) {
	c.branch(path+".deployment.branch", e.Deployment.Branch)
	path += ".deployment.gitHubEnvironment"
	name := e.Deployment.GitHubEnvironment
	if !gitHubEnvironment.MatchString(name) {
		c.refuse(path, name, "the name of one GitHub environment is allowed: letters, digits, hyphens, dots and underscores")
		return
	}
	for _, other := range before {
		if strings.EqualFold(other.Deployment.GitHubEnvironment, name) {
			c.refuse(path, name, "a GitHub environment of its own is required: %q has the same", other.Name)
		}
	}
}

func (c *checker) network(path string, s Settings, i int, names []string) {
	network := s.Environments[i].Network
	c.cidr(path+".network.cidr", s, i, names)
	switch network.NAT {
	case NATSingle, NATPerZone, NATNone:
	default:
		c.refuse(path+".network.nat", network.NAT, "%s is allowed", or([]string{string(NATSingle), string(NATPerZone), string(NATNone)}))
	}
	list := path + ".network.interfaceEndpoints"
	for j, service := range network.InterfaceEndpoints {
		path := element(list, make([]string, len(network.InterfaceEndpoints)), j)
		switch {
		case slices.Contains(network.InterfaceEndpoints[:j], service):
			c.refuse(path, service, "each endpoint is allowed once")
		case !slices.Contains(interfaceEndpoints, service):
			c.refuse(path, service, "%s is allowed", or(interfaceEndpoints))
		}
	}
	if network.NAT != NATNone {
		return
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"} {
		if !slices.Contains(network.InterfaceEndpoints, service) {
			c.refuse(list, network.InterfaceEndpoints, "%q is required without NAT: a task cannot start", service)
		}
	}
}

func (c *checker) cidr(path string, s Settings, i int, names []string) {
	cidr := s.Environments[i].Network.CIDR
	if _, err := Subnets(cidr, nil); err != nil {
		c.refuse(path, cidr, "%s", err)
		return
	}
	block := netip.MustParsePrefix(cidr)
	if plan, err := netip.ParsePrefix(s.AddressPlan); err == nil && !holds(plan, block) {
		c.refuse(path, cidr, "a block inside the address plan %s is allowed", plan)
	}
	for j, other := range s.Environments[:i] {
		theirs, err := netip.ParsePrefix(other.Network.CIDR)
		if err == nil && theirs.Overlaps(block) {
			c.refuse(path, cidr, "the block overlaps %s.network.cidr, %q", element("environments", names, j), other.Network.CIDR)
		}
	}
}

func (c *checker) cluster(path string, e Environment) {
	c.between(path+".cluster.spotWeight", e.Cluster.SpotWeight, 0, 100, "percent")
	if e.Cluster.ExecuteCommand && e.IsProtected() {
		c.refuse(path+".cluster.executeCommand", true, "false is required where database.deletionProtection is set: nobody opens a shell beside protected data")
	}
}

func (c *checker) documents(path string, e Environment) {
	path += ".documents"
	c.between(path+".noncurrentVersionDays", e.Documents.NoncurrentVersionDays, 1, maxDays, "days")
	c.between(path+".infrequentAccessDays", e.Documents.InfrequentAccessDays, 30, maxDays, "days")
	if e.Documents.DestroyWithContents && e.IsProtected() {
		c.refuse(path+".destroyWithContents", true, "false is required where database.deletionProtection is set")
	}
}

func (c *checker) production(path string, e Environment) {
	if e.Name != "prod" && e.Name != "production" && !strings.HasPrefix(e.Name, "prod-") {
		return
	}
	for _, required := range []struct {
		path string
		is   bool
	}{
		{".database.deletionProtection", e.Database.DeletionProtection},
		{".database.multiAZ", e.Database.MultiAZ},
		{".database.finalSnapshot", e.Database.FinalSnapshot},
	} {
		if !required.is {
			c.refuse(path+required.path, false, "true is required in production")
		}
	}
	if e.Database.BackupDays >= 1 && e.Database.BackupDays < 7 {
		c.refuse(path+".database.backupDays", e.Database.BackupDays, "7 days or more are required in production")
	}
	if e.Network.NAT == NATSingle {
		c.refuse(path+".network.nat", e.Network.NAT, "%s is required in production", or([]string{string(NATPerZone), string(NATNone)}))
	}
}
