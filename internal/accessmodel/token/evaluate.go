package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// known are the claims of GitHub that AWS STS can test, beside those of every
// provider (AWS, "AWS STS now supports validation of select identity provider
// specific claims", January 2026). Of others a policy sees nothing, whatever the token says.
var known = []string{
	"aud", "sub", "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref",
	"repository", "repository_id", "repository_owner_id", "workflow",
}

type document struct{ Statement []statement }

type statement struct {
	Sid       string
	Effect    string
	Principal principal
	Action    texts
	NotAction texts
	Condition map[string]map[string]texts
}

type principal struct {
	Federated texts
	// others says that there are principals of another kind, or anyone.
	others bool
}

// UnmarshalJSON takes "*" too.
func (p *principal) UnmarshalJSON(b []byte) error {
	var kinds map[string]texts
	if err := json.Unmarshal(b, &kinds); err != nil {
		p.others = true
		return nil // a text: anyone
	}
	for kind, ids := range kinds {
		if kind == "Federated" {
			p.Federated = ids
		} else {
			p.others = true
		}
	}
	return nil
}

type texts []string

func (t *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// Trust is a role's trust policy.
type Trust struct{ statements []statement }

// ParseTrust reads one. It refuses a statement that lets anything but a token
// in: another principal, or another action.
func ParseTrust(text []byte) (Trust, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return Trust{}, fmt.Errorf("trust policy: %w", err)
	}
	var errs []error
	for _, s := range d.Statement {
		if len(s.Principal.Federated) == 0 || s.Principal.others {
			errs = append(errs, fmt.Errorf("trust policy: statement %q: a principal that is not an OIDC provider", s.Sid))
		}
		if len(s.NotAction) > 0 || !slices.Equal(s.Action, texts{"sts:AssumeRoleWithWebIdentity"}) {
			errs = append(errs, fmt.Errorf("trust policy: statement %q: actions %q and not %q; sts:AssumeRoleWithWebIdentity is allowed", s.Sid, s.Action, s.NotAction))
		}
	}
	return Trust{d.Statement}, errors.Join(errs...)
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
	for _, s := range d.statements {
		applies, err := s.applies(provider, t)
		if err != nil {
			return false, fmt.Errorf("trust policy: statement %q: %w", s.Sid, err)
		}
		switch {
		case applies && s.Effect == "Deny":
			return false, nil
		case applies && s.Effect == "Allow":
			allowed = true
		}
	}
	return allowed, nil
}

func (s statement) applies(provider string, t Token) (bool, error) {
	if !slices.Contains(s.Principal.Federated, provider) {
		return false, nil
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			holds, err := compare(operator, values, t.value(key))
			if err != nil {
				return false, err
			}
			if !holds {
				return false, nil
			}
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
		matches = func(p string) bool { return like(p, *value) }
	default:
		return false, fmt.Errorf("operator %q is not understood", operator)
	}
	return slices.ContainsFunc(values, matches) != negated, nil
}

// like matches * as any text and ? as any character.
func like(pattern, value string) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return pattern == value
	}
	expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("^" + expression + "$").MatchString(value)
}
