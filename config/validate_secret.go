package config

import (
	"slices"
	"strings"
)

// maxSecret is the length of a secret's own name in characters. Secrets
// Manager takes 512 with project and environment (AWS Secrets Manager API,
// CreateSecret: Name); this is what somebody can still read.
const maxSecret = 64

// maxSecrets of an environment is how many ARNs of the longest names have room
// in the policy of a task's execution role (IAM and AWS STS quotas: 10,240
// characters of inline policies in a role).
const maxSecrets = 50

// variable is the environment variable that a secret is given to a container
// as.
func variable(secret string) string {
	return strings.ToUpper(strings.ReplaceAll(secret, "-", "_"))
}

func (c *checker) secrets(list string, secrets []string) {
	if len(secrets) > maxSecrets {
		c.refuse(list, len(secrets), "at most %d secrets are allowed: the policy of the role that starts a task takes no more", maxSecrets)
	}
	for i, secret := range secrets {
		path := at(list, i)
		v := variable(secret)
		switch {
		case !kebab.MatchString(secret):
			c.refuse(path, secret, kebabForm)
		case len(secret) > maxSecret:
			c.refuse(path, secret, "at most %d characters are allowed", maxSecret)
		case taken(v) != "":
			c.refuse(path, secret, "another name is required: %s", taken(v))
		}
		for j, other := range secrets[:i] {
			switch {
			case other == secret:
				c.refuse(path, secret, "each secret is allowed once")
			case variable(other) == v:
				c.refuse(path, secret, "another name is required: as an environment variable it is %s, as is %s", v, at(list, j))
			}
		}
	}
}

// receivedSecrets checks those that a task receives against the
// environment's.
func (c *checker) receivedSecrets(list string, received, all []string) {
	for i, secret := range received {
		switch {
		case !slices.Contains(all, secret):
			c.refuse(at(list, i), secret, "one of the environment's own secrets is allowed: %s", or(all))
		case slices.Contains(received[:i], secret):
			c.refuse(at(list, i), secret, "each secret is allowed once")
		}
	}
}
