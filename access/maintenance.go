package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who may switch maintenance mode: a person on call and administrators.
// infra-role makes the sets that switch it, and cannot change what they hold:
// Terraform leaves that to `make maintenance`.

// switchMaintenance is what `make maintenance` asks for, in every environment: it
// shows, replaces nothing but what the sets of maintenance mode hold, and so
// decides who sees the maintenance page.
func switchMaintenance(n config.Names) []policy.Statement {
	set := func(kind, name string) string { return n.EdgeARN("wafv2", "global/"+kind+"/"+name+"/*") }
	return []policy.Statement{
		{
			// AWS knows no resource for lists.
			Sid:       "FindMaintenance",
			Effect:    policy.Allow,
			Actions:   []string{"wafv2:ListIPSets", "wafv2:ListRegexPatternSets"},
			Resources: []string{"*"},
		},
		{
			Sid:    "SwitchMaintenance",
			Effect: policy.Allow,
			Actions: []string{
				"wafv2:GetIPSet", "wafv2:GetRegexPatternSet", "wafv2:UpdateIPSet", "wafv2:UpdateRegexPatternSet",
			},
			Resources: []string{set("regexpatternset", n.Maintenance("*")), set("ipset", n.MaintenanceGuests("*", "*"))},
		},
	}
}
