package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// InfraRole is what the infrastructure's pipeline needs to create, update and
// destroy what the stacks hold, one policy for each concern, and the limits
// that it never leaves.
func InfraRole(n config.Names, envs []config.Environment) []ManagedPolicy {
	made := func(suffix, description string, statements []policy.Statement) ManagedPolicy {
		return ManagedPolicy{
			Name:        n.CIPolicy(config.InfraRole, suffix),
			Description: description,
			Document:    policy.Document{Statements: statements},
		}
	}
	return []ManagedPolicy{
		made("state", "Reads how resources are configured, reads and writes Terraform's state",
			concatStatements(readConfiguration(n).Statements, infraState(n))),
		made("network", "Builds networks", infraNetwork(n, envs)),
		made("compute", "Builds clusters, services, load balancers, their scaling, and what jobs need", concatStatements(infraCompute(n), infraJobs(n))),
		made("data", "Builds databases, secrets, keys and repositories", infraData(n)),
		made("buckets", "Builds buckets", infraBuckets(n, envs)),
		made("edge", "Builds distributions, firewalls, certificates and DNS records", infraEdge(n)),
		made("observe", "Builds logs, alarms, channels that get them, and published parameters", concatStatements(infraObserve(n), infraChat(n))),
		made("identity", "Builds workload roles within their boundary", infraIdentity(n)),
		made("limits", "What infra-role never does", infraLimits(n, envs)),
		made("protect", "What infra-role never destroys or hands on", infraProtection(n, envs)),
	}
}
