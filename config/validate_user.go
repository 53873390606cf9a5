package config

import (
	"regexp"
	"strings"
)

var (
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
	gitHubID  = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	// GitHub documentation, "Username considerations" and, for repositories,
	// what its own form takes.
	gitHubOwner      = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$`)
	gitHubRepository = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	// Names as roles' trusts take them: none of what IAM gives a meaning to
	// (*, ?, $) and none of what separates a token's subject (:).
	gitBranch = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)
	// RFC 5321 and RFC 1035 without their rarities: quoted parts, addresses in
	// brackets, a digit in the top-level domain.
	emailAddress = regexp.MustCompile(`^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$`)
	domainName   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	domainLabels = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
	// Slack's ids (docs.slack.dev, "Slack IDs"), which AWS takes as [0-9A-Z]{1,255} and
	// [A-Za-z0-9]+ (Amazon Q Developer in chat applications API, CreateSlackChannelConfiguration).
	slackWorkspace = regexp.MustCompile(`^T[0-9A-Z]{7,20}$`)
	slackChannel   = regexp.MustCompile(`^[CG][0-9A-Z]{7,20}$`)
	// Amazon Route 53 API, HostedZone: Id.
	hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
)

func (c *checker) user(u User) {
	if !accountID.MatchString(u.AccountID) {
		c.refuse("user.accountID", u.AccountID, "twelve digits without hyphens are allowed")
	}
	for _, id := range []struct{ path, value string }{
		{"user.gitHubOwnerID", u.GitHubOwnerID},
		{"user.infraRepositoryID", u.InfraRepositoryID},
		{"user.backendRepositoryID", u.BackendRepositoryID},
	} {
		if !gitHubID.MatchString(id.value) {
			c.refuse(id.path, id.value, "GitHub's numeric id is required: tokens carry it in their subject, and roles trust nothing less")
		}
	}
	if u.BackendRepositoryID == u.InfraRepositoryID && gitHubID.MatchString(u.BackendRepositoryID) {
		c.refuse("user.backendRepositoryID", u.BackendRepositoryID, "the id of another repository than user.infraRepositoryID is required")
	}
	if !isEmail(u.AlarmEmail) {
		c.refuse("user.alarmEmail", u.AlarmEmail, `one e-mail address is allowed, such as "alarms@example.com"`)
	}
	switch page := u.OnCall.Email; {
	case page == "":
	case !isEmail(page):
		c.refuse("user.onCall.email", page, `one e-mail address is allowed, or "": the address of a webhook is a secret, and an administrator subscribes it`)
	case strings.EqualFold(page, u.AlarmEmail):
		c.refuse("user.onCall.email", page, "another address than user.alarmEmail is required, which has every page already")
	}
	if w := u.SlackWorkspace; w != "" && !slackWorkspace.MatchString(w) {
		c.refuse("user.slackWorkspace", w, `the id of a workspace is allowed, such as "T0123ABCDEF", or "": its name is none, and the address of a webhook is a secret`)
	}
	c.domain(u.Domain)
}

// slack checks an environment's channels: those of the environments before are taken.
func (c *checker) slack(path string, s Settings, e Environment, before []Environment) {
	taken := map[string]string{}
	for i, other := range before {
		at := s.EnvironmentPath(i) + ".slack"
		taken[other.Slack.Alarms], taken[other.Slack.Pages] = at+".alarms", at+".pages"
	}
	for _, channel := range []struct{ path, id string }{{path + ".alarms", e.Slack.Alarms}, {path + ".pages", e.Slack.Pages}} {
		switch {
		case channel.id == "":
			continue
		case !slackChannel.MatchString(channel.id):
			c.refuse(channel.path, channel.id, `the id of a channel is allowed, such as "C0123ABCDEF", or "": it ends the channel's link`)
		case taken[channel.id] != "":
			c.refuse(channel.path, channel.id, "another channel than %s is required: AWS takes one configuration of a channel in an account", taken[channel.id])
		case s.User.SlackWorkspace == "":
			c.refuse(channel.path, channel.id, "the workspace that the channel is of is required in user.slackWorkspace")
		}
		taken[channel.id] = channel.path
	}
	if e.Slack.Pages != "" && !e.IsProtected() {
		c.refuse(path+".pages", e.Slack.Pages, "none is allowed where data is not %q: no alarm there is a page", Protected)
	}
}

// isEmail says whether a text is one address, as RFC 5321, "Size limits and
// minimums", bounds the local part, and the address as a path holds it.
func isEmail(address string) bool {
	const maxLocal, maxEmail = 64, 254
	local, _, _ := strings.Cut(address, "@")
	return emailAddress.MatchString(address) && len(local) <= maxLocal && len(address) <= maxEmail
}

func (c *checker) domain(d Domain) {
	const name, zone = "user.domain.name", "user.domain.hostedZoneID"
	switch {
	case d.Name == "" && d.HostedZoneID == "":
		return
	case d.Name == "":
		c.refuse(name, d.Name, "the name of the zone in user.domain.hostedZoneID is required, or neither")
	case !domainName.MatchString(d.Name):
		c.refuse(name, d.Name, `a bare domain in lower case, without https:// or a path, is allowed, such as "paperwurks.example"`)
	}
	switch {
	case d.HostedZoneID == "":
		c.refuse(zone, d.HostedZoneID, "the public Route 53 zone of user.domain.name is required, or neither")
	case !hostedZoneID.MatchString(d.HostedZoneID):
		c.refuse(zone, d.HostedZoneID, `the id of a Route 53 zone, without /hostedzone/, is allowed, such as "Z0123456789ABCDEFGHIJ"`)
	}
}

func (c *checker) gitHub(g GitHub) {
	// The expression counts letters and digits, not the hyphens between them.
	const maxOwner = 39
	if !gitHubOwner.MatchString(g.Owner) || len(g.Owner) > maxOwner {
		c.refuse("gitHub.owner", g.Owner, "one organisation is allowed, without wildcards: 1 to 39 letters, digits and single hyphens")
	}
	for _, repository := range []struct{ path, value string }{
		{"gitHub.infraRepository", g.InfraRepository},
		{"gitHub.backendRepository", g.BackendRepository},
	} {
		switch {
		case strings.HasSuffix(repository.value, ".git"):
			c.refuse(repository.path, repository.value, `a repository without ".git" is allowed: that ends its address, and GitHub takes it into no name`)
		case !gitHubRepository.MatchString(repository.value) || strings.Trim(repository.value, ".") == "":
			c.refuse(repository.path, repository.value, "one repository is allowed, without its owner or wildcards: 1 to 100 letters, digits, dots, underscores and hyphens")
		}
	}
	if strings.EqualFold(g.InfraRepository, g.BackendRepository) && !c.isRefused("gitHub.infraRepository") {
		c.refuse("gitHub.backendRepository", g.BackendRepository, "another repository than gitHub.infraRepository is required")
	}
	c.branch("gitHub.infraBranch", g.InfraBranch)
	if reason := g.NoReviewers; reason != "" && !isReason(reason) {
		c.refuse("gitHub.noReviewers", reason, "the reason in one line of 20 to 300 characters is allowed, or none")
	}
}

func (c *checker) branch(path, branch string) {
	switch {
	case strings.HasPrefix(branch, "refs/"):
		c.refuse(path, branch, "a branch without refs/heads/ is allowed")
	case !gitBranch.MatchString(branch) || !isBranch(branch):
		c.refuse(path, branch, "one branch is allowed, without wildcards: 1 to 200 letters, digits, dots, underscores, hyphens and slashes, as Git takes them")
	}
}

// isBranch says whether Git takes the name (git-check-ref-format; git-branch
// for HEAD), as far as the characters alone do not say.
func isBranch(branch string) bool {
	if branch == "HEAD" || strings.Contains(branch, "..") || strings.HasSuffix(branch, ".") {
		return false
	}
	for component := range strings.SplitSeq(branch, "/") {
		if component == "" || strings.HasPrefix(component, ".") || strings.HasSuffix(component, ".lock") {
			return false
		}
	}
	return true
}

// isReason says whether a text can be the reason for a looser setting.
func isReason(text string) bool {
	return len(text) >= 20 && len(text) <= 300 && !strings.ContainsAny(text, "\r\n")
}
