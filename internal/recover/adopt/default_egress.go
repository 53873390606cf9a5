package adopt

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/paperwurks/infra/internal/recover/existing"
)

// DefaultEgress divides orphans into the rules with which AWS makes a security
// group, which let everything out (Amazon VPC user guide, "Security group
// rules"), and what else is left. Terraform revokes such a rule right after it
// made the group; where it was killed in between, the rule stays, and no later
// plan shows it: the platform's rules are resources of their own.
func DefaultEgress(orphans []Orphan) (defaults, left []Orphan) {
	for _, o := range orphans {
		group := groupOf(o)
		if o.Type == egressRule && (o.Key == existing.EgressToAnywhere(group, "0.0.0.0/0", "") || o.Key == existing.EgressToAnywhere(group, "", "::/0")) {
			defaults = append(defaults, o)
		} else {
			left = append(left, o)
		}
	}
	return defaults, left
}

const egressRule = "aws_vpc_security_group_egress_rule"

// groupOf is the id of the group of a rule.
func groupOf(rule Orphan) string {
	group, _, _ := strings.Cut(rule.Key, " ")
	return group
}

// RevokeEgress takes the rules from their groups.
func (w *Workspace) RevokeEgress(ctx context.Context, rules []Orphan) error {
	for _, rule := range rules {
		access, err := w.AWSConfig(ctx, rule.Region)
		if err != nil {
			return err
		}
		group := groupOf(rule)
		if _, err := ec2.NewFromConfig(access).RevokeSecurityGroupEgress(ctx, &ec2.RevokeSecurityGroupEgressInput{
			GroupId: &group, SecurityGroupRuleIds: []string{rule.ID},
		}); err != nil {
			return fmt.Errorf("revoke %s of group %s: %w", rule.ID, group, err)
		}
	}
	return nil
}
