package config

// maxTrust is how many characters AWS takes in a role's trust policy (IAM user
// guide, "IAM and AWS STS quotas"; on request more).
const maxTrust = 2048

// limits refuses more environments than AWS's policies have room for: the
// trust of infra-role names the GitHub environment of each.
func (c *checker) limits(s Settings) {
	const path = "environments"
	if size := InfraTrustSize(s); size > maxTrust && len(c.faults) == 0 {
		c.refuse(path, len(s.Environments), "fewer environments, or shorter names of GitHub environments, are required: the trust policy of %s would have %d characters, and AWS takes %d",
			InfraRole, size, maxTrust)
	}
}

// InfraTrustSize is how many characters the trust policy of infra-role has
// that package access writes; a test there holds the two together.
func InfraTrustSize(s Settings) int {
	// All but what depends on the settings.
	const fixed = 517
	names, ids := len(s.GitHub.Owner)+len(s.GitHub.InfraRepository), len(s.User.GitHubOwnerID)+len(s.User.InfraRepositoryID)
	size := fixed + len(s.Names().OIDCProviderARN()) + len(s.GitHub.InfraBranch) + ids
	add := func(environment string) {
		size += len(`"repo:/:environment:",`) + len(`"repo:@/@:environment:",`) + len(`"",`)
		size += 2*names + ids + 3*len(environment)
	}
	add(sharedGitHubEnvironment)
	for _, e := range s.Environments {
		add(e.Deployment.GitHubEnvironment)
	}
	return size
}
