// Package token decides whether a role's trust policy lets a GitHub Actions
// token in, as AWS STS does for AssumeRoleWithWebIdentity. It reads the
// synthesised policy and imports access/policy only.
package token
