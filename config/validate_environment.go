package config

import (
	"slices"
	"strings"
)

func (c *checker) environments(s Settings) {
	const list = "environments"
	if len(s.Environments) == 0 {
		c.refuse(list, s.Environments, "one environment or more is required")
	}
	names := make([]string, len(s.Environments))
	for i, e := range s.Environments {
		names[i] = e.Name
	}
	for i, e := range s.Environments {
		path := element(list, names, i)
		before := s.Environments[:i]
		// Production is checked against what a protected environment may not do
		// even while it is not protected: one fault hides no other.
		strict := e
		if isProduction(e.Name) {
			strict.Data = Protected
		}
		c.environmentName(path+".name", e.Name, names[:i])
		c.subdomain(path+".subdomain", s, e, before)
		c.data(path+".data", e)
		c.branch(path+".deployment.branch", e.Deployment.Branch)
		c.offHours(path+".offHours", strict)
		c.network(path+".network", s, i, names)
		c.cluster(path+".cluster", strict)
		c.images(path+".images", e, before)
		c.services(path+".services", strict)
		c.migration(path+".migration", e)
		c.jobs(path+".jobs", strict)
		memory := c.database(path+".database", e.Database)
		c.documents(path+".documents", e.Documents)
		c.copies(path+".copies", s.Region, e)
		c.secrets(path+".secrets", e.Secrets)
		c.variables(path+".variables", e.Variables, e.Secrets)
		c.logs(path+".logs", e.Logs)
		c.alarms(path+".alarms", e.Alarms, memory)
		c.slack(path+".slack", s, strict, before)
		// AWS WAF API, RateBasedStatement: Limit.
		c.between(path+".requestsPerIP", e.RequestsPerIP, 10, 2_000_000_000, "requests in five minutes are allowed")
		c.outside(path, e)
		c.between(path+".budgetUSD", e.BudgetUSD, 0, maxUSD, "US dollars a month are allowed; 0 is the default")
		c.production(path, e)
		c.lengths(path, s, e)
	}
	c.collisions(s)
}

// data asks for one of the three, and in production for the strictest.
func (c *checker) data(path string, e Environment) {
	all := []Data{Disposable, Kept, Protected}
	if !slices.Contains(all, e.Data) {
		c.refuse(path, e.Data, "%s is allowed", or(all))
	} else if isProduction(e.Name) && !e.IsProtected() {
		c.refuse(path, e.Data, "%q is required in production", Protected)
	}
}

func (c *checker) subdomain(path string, s Settings, e Environment, before []Environment) {
	if e.Subdomain != "" && !domainLabels.MatchString(e.Subdomain) {
		c.refuse(path, e.Subdomain, `a name before the domain is allowed, in lower case, such as "dev", or none for the domain itself`)
		return
	}
	// Without a domain too: it would be refused on the day that one is set.
	for _, other := range before {
		if other.Subdomain == e.Subdomain {
			c.refuse(path, e.Subdomain, "another subdomain than that of environment %s is required", show(other.Name))
		}
	}
	if !s.User.Domain.IsSet() {
		return
	}
	if c.isRefused("user.domain.name") {
		return
	}
	if domain := s.User.Domain.Name; strings.HasSuffix("."+e.Subdomain, "."+domain) {
		c.refuse(path, e.Subdomain, "a name without user.domain.name is allowed: %s is put after it", show(domain))
		return
	}
	// AWS Certificate Manager API, RequestCertificate: DomainName.
	const maxHostname = 64
	if host := s.Hostname(e); len(host) > maxHostname {
		c.refuse(path, e.Subdomain, "at most %d characters are allowed in the host name, for its certificate; %s has %d", maxHostname, show(host), len(host))
	}
}

func (c *checker) cluster(path string, e Environment) {
	c.between(path+".spotWeight", e.Cluster.SpotWeight, 0, 100, "percent are allowed")
	if e.Cluster.SpotWeight == 100 && e.IsProtected() {
		c.refuse(path+".spotWeight", e.Cluster.SpotWeight, "0 to 99 percent are allowed where data is \"protected\": AWS may take back every Spot task at once")
	}
}

// images keeps enough to roll back to. The upper bound is the platform's own.
func (c *checker) images(path string, e Environment, before []Environment) {
	i := e.Images
	if all := []Architecture{X86, ARM}; i.Architecture != "" && !slices.Contains(all, i.Architecture) {
		c.refuse(path+".architecture", i.Architecture, "%s is allowed, or \"\" for %s", or(all), show(X86))
	}
	if i.From != "" {
		source := slices.IndexFunc(before, func(b Environment) bool { return b.Name == i.From })
		switch {
		case source < 0:
			var names []string
			for _, b := range before {
				names = append(names, b.Name)
			}
			c.refuse(path+".from", i.From, "an earlier environment is allowed, whose images are promoted: %s", or(append(names, "")))
		case before[source].Deployment.Branch != e.Deployment.Branch:
			c.refuse(path+".from", i.From, "an environment of the same branch is allowed: commits of %q never run there", e.Deployment.Branch)
		case before[source].Images.Processor() != i.Processor() && !c.isRefused(path+".architecture"):
			c.refuse(path+".architecture", i.Architecture, "%s is required, that of environment %s, whose images run here", show(before[source].Images.Processor()), show(i.From))
		}
	}
	c.between(path+".keepReleases", i.KeepReleases, 10, 1000, "images are allowed")
	c.between(path+".untaggedDays", i.UntaggedDays, 1, 365, "days are allowed")
}

func (c *checker) documents(path string, d Documents) {
	c.between(path+".noncurrentVersionDays", d.NoncurrentVersionDays, 1, maxDays, "days are allowed")
	// Amazon S3 user guide, "Transitioning objects using Amazon S3 Lifecycle":
	// objects stay 30 days before they move to S3 Standard-IA.
	c.between(path+".infrequentAccessDays", d.InfrequentAccessDays, 30, maxDays, "days are allowed")
}

func (c *checker) logs(path string, l Logs) {
	if !slices.Contains(logRetentionDays, l.RetentionDays) {
		c.refuse(path+".retentionDays", l.RetentionDays, "a number of days that CloudWatch Logs has is allowed: %s", or(logRetentionDays))
	}
	c.between(path+".bucketDays", l.BucketDays, 1, maxDays, "days are allowed")
}

func (c *checker) alarms(path string, a Alarms, databaseGiB int) {
	// Not the two comparisons turned round: those let NaN through.
	if !(a.LatencySeconds > 0 && a.LatencySeconds < ResponseTimeoutSeconds) {
		c.refuse(path+".latencySeconds", a.LatencySeconds, "more than 0 and less than %d seconds are allowed: CloudFront and the load balancer wait no longer", ResponseTimeoutSeconds)
	}
	c.between(path+".serverErrors", a.ServerErrors, 1, 10_000, "answers are allowed")
	c.connections(path+".databaseConnections", a.DatabaseConnections, databaseGiB)
}

// outside refuses a reason where nothing is switched off by it, and a limit of
// requests that Route 53's own would reach.
func (c *checker) outside(path string, e Environment) {
	switch reason := e.Alarms.NoOutside; {
	case reason == "":
	case !isReason(reason):
		c.refuse(path+".alarms.noOutside", reason, "the reason in one line of 20 to 300 characters is allowed, or none")
	case e.Alarms.Outside:
		c.refuse(path+".alarms.outside", true, "false is required where noOutside says why not")
	case !e.IsProtected():
		c.refuse(path+".alarms.noOutside", reason, "\"\" is required where data is not \"protected\": it is off without outside")
	}
	// Each of Route 53's checkers asks every 30 seconds from an address of its own
	// (Amazon Route 53 developer guide, "How Amazon Route 53 determines whether a
	// health check is healthy"); AWS WAF blocks an address above the limit.
	const asked, least = 5 * 60 / 30, 20
	if field := path + ".requestsPerIP"; e.HasOutside() && e.RequestsPerIP < least && !c.isRefused(field) {
		c.refuse(field, e.RequestsPerIP, "%d or more are required of an environment that is looked at from outside: each of Route 53's checkers sends %d in five minutes", least, asked)
	}
}

// isProduction says whether a word of an environment's name is prod, prd or
// production, with a number or without, in whatever case: not pre-prod, which
// is before production, nor non-prod.
func isProduction(name string) bool {
	before := ""
	for word := range strings.SplitSeq(strings.ToLower(strings.TrimSpace(name)), "-") {
		switch strings.TrimRight(word, "0123456789") {
		case "prod", "prd", "production":
			return before != "pre" && before != "non"
		}
		before = word
	}
	return false
}

// production asks more of an environment by its name, whatever its other
// settings say.
func (c *checker) production(path string, e Environment) {
	if !isProduction(e.Name) {
		return
	}
	for _, required := range []struct {
		field string
		is    bool
	}{
		{".database.multiAZ", e.Database.MultiAZ},
		{".database.finalSnapshot", e.Database.FinalSnapshot},
	} {
		if !required.is {
			c.refuse(path+required.field, false, "true is required in production")
		}
	}
	const backups = 7
	if field := path + ".database.backupDays"; e.Database.BackupDays < backups && !c.isRefused(field) {
		c.refuse(field, e.Database.BackupDays, "%d days or more are required in production", backups)
	}
	if e.Network.NAT == NATSingle {
		c.refuse(path+".network.nat", e.Network.NAT, "%s is required in production: the loss of one zone must not close the way out", or([]NATStrategy{NATPerZone, NATNone}))
	}
}
