package token

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
)

// known are the claims of GitHub that AWS STS can test, as well as those of every
// provider (AWS, "AWS STS now supports validation of select identity provider
// specific claims", January 2026). Of others a policy sees nothing, whatever the token says.
var known = []string{
	"aud", "sub", "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref",
	"repository", "repository_id", "repository_owner_id", "workflow",
}

// Trust is a role's trust policy.
type Trust struct{ document policy.Document }

// ParseTrust reads one. It refuses a statement that lets anything but a token
// in: another principal, or another action.
func ParseTrust(text []byte) (Trust, error) {
	d, err := policy.Parse(text)
	if err != nil {
		return Trust{}, fmt.Errorf("trust: %w", err)
	}
	var errs []error
	for _, s := range d.Statements {
		if len(s.Principals) == 0 || len(s.IDs(policy.Federated)) < len(s.Principals) || len(s.NotPrincipals) > 0 {
			errs = append(errs, fmt.Errorf("trust: statement %q: a principal that is not an OIDC provider", s.Sid))
		}
		if len(s.NotActions) > 0 || !slices.Equal(s.Actions, []string{"sts:AssumeRoleWithWebIdentity"}) {
			errs = append(errs, fmt.Errorf("trust: statement %q: actions %q and not %q; sts:AssumeRoleWithWebIdentity is allowed", s.Sid, s.Actions, s.NotActions))
		}
	}
	return Trust{d}, errors.Join(errs...)
}

// Admits says whether the policy lets the token in. Providers are the
// audiences that each OIDC provider of the account takes, by the provider's
// ARN. It fails when the policy says something that it cannot decide.
func (d Trust) Admits(providers map[string][]string, t Token) (bool, error) {
	provider := ""
	for arn, audiences := range providers {
		// STS itself refuses a token of another issuer or for an audience
		// that the provider does not take.
		if strings.HasSuffix(arn, ":oidc-provider/"+t.Issuer) && slices.Contains(audiences, t.Claims["aud"]) {
			provider = arn
		}
	}
	if provider == "" {
		return false, nil
	}
	allowed := false
	for _, s := range d.document.Statements {
		applies, err := applies(s, provider, t)
		if err != nil {
			return false, fmt.Errorf("trust: statement %q: %w", s.Sid, err)
		}
		switch {
		case applies && s.Effect == policy.Deny:
			return false, nil
		case applies:
			allowed = true
		}
	}
	return allowed, nil
}

func applies(s policy.Statement, provider string, t Token) (bool, error) {
	if !slices.Contains(s.IDs(policy.Federated), provider) {
		return false, nil
	}
	for _, c := range s.Conditions {
		if holds, err := compare(string(c.Operator), c.Values, t.value(c.Key)); err != nil || !holds {
			return false, err
		}
	}
	return true, nil
}

// value is a condition key's value, or nil when the request has none.
func (t Token) value(key string) *string {
	claim, ours := strings.CutPrefix(key, t.Issuer+":")
	if !ours || !slices.Contains(known, claim) {
		return nil
	}
	value, there := t.Claims[claim]
	if !there {
		return nil
	}
	return &value
}

// compare is IAM's condition operators on strings (IAM user guide, "IAM JSON
// policy elements: Condition operators"), for keys with one value.
func compare(operator string, values []string, value *string) (bool, error) {
	if operator == "Null" {
		return slices.Contains(values, "true") == (value == nil), nil
	}
	operator, everyValue := strings.CutPrefix(operator, "ForAllValues:")
	operator, anyValue := strings.CutPrefix(operator, "ForAnyValue:")
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	negated := strings.Contains(operator, "Not")
	operator = strings.Replace(operator, "Not", "", 1)
	if value == nil {
		switch {
		case everyValue, ifExists:
			return true, nil
		case anyValue:
			return false, nil
		default:
			return negated, nil
		}
	}
	var matches func(pattern string) bool
	switch operator {
	case "StringEquals":
		matches = func(p string) bool { return p == *value }
	case "StringEqualsIgnoreCase":
		matches = func(p string) bool { return strings.EqualFold(p, *value) }
	case "StringLike":
		matches = func(p string) bool { return policy.Match(p, *value) }
	default:
		return false, fmt.Errorf("operator %q is not understood", operator)
	}
	return slices.ContainsFunc(values, matches) != negated, nil
}
