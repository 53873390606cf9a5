package adopt

import (
	"context"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/awsapi"
)

// DefaultEgress divides orphans into the rules with which AWS makes a security
// group, which let everything out (Amazon VPC user guide, "Security group
// rules"), and what else is left. Terraform revokes such a rule right after it
// made the group; where it was killed in between, the rule stays, and no later
// plan shows it: the platform's rules are resources of their own.
func DefaultEgress(orphans []Orphan) (defaults, left []Orphan) {
	for _, o := range orphans {
		group := groupOf(o)
		if o.Type == egressRule && (o.Key == egressToAnywhere(group, "0.0.0.0/0", "") || o.Key == egressToAnywhere(group, "", "::/0")) {
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

// egressToAnywhere is the key of a rule of a group that lets everything out, to
// addresses of either family; the other is "".
func egressToAnywhere(group, ipv4, ipv6 string) string {
	return joined(group, "-1", "", "", ipv4, ipv6, "", "")
}

// RevokeEgress takes the rules from their groups.
func (f *Finder) RevokeEgress(ctx context.Context, rules []Orphan) error {
	for _, rule := range rules {
		client, err := f.connect(ctx, rule.Region)
		if err != nil {
			return err
		}
		group := groupOf(rule)
		if _, err := client.Do(ctx, awsapi.Request{Service: "ec2", Operation: "RevokeSecurityGroupEgress", Parameters: map[string]any{
			"GroupId": group, "SecurityGroupRuleId": []any{rule.ID},
		}}); err != nil {
			return fmt.Errorf("revoke %s of group %s: %w", rule.ID, group, err)
		}
	}
	return nil
}
