package access

import (
	"fmt"

	"github.com/paperwurks/infra/access/policy"
)

// AWS's limits (IAM user guide, "IAM and AWS STS quotas"). Policies are
// counted without white space, which policy.Document.JSON writes none of.
const (
	MaxManagedPolicySize = 6144
	MaxTrustSize         = 2048
	MaxRoleNameLength    = 64
	MaxManagedPolicies   = 10
)

// ManagedPolicy is a policy of its own, attached to one role.
type ManagedPolicy struct {
	Name        string
	Description string
	Document    policy.Document
}

// JSON renders the document and refuses one that is larger than AWS takes.
func (p ManagedPolicy) JSON() (string, error) {
	text, err := p.Document.JSON()
	if err != nil {
		return "", fmt.Errorf("policy %q: %w", p.Name, err)
	}
	if len(text) > MaxManagedPolicySize {
		return "", fmt.Errorf("policy %q: %d characters; at most %d are allowed", p.Name, len(text), MaxManagedPolicySize)
	}
	return text, nil
}

// CheckRoleName refuses a name that IAM would not take.
func CheckRoleName(name string) error {
	if name == "" || len(name) > MaxRoleNameLength {
		return fmt.Errorf("role name %q: %d characters; 1 to %d are allowed", name, len(name), MaxRoleNameLength)
	}
	return nil
}
