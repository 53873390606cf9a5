package access

import "github.com/paperwurks/infra/config"

// InfraDiffRole is what a plan needs: configuration and state, read only. It
// does not take the state's lock, which it would have to write: a plan runs
// with -lock=false (TF_CLI_ARGS_plan).
func InfraDiffRole(n config.Names, envs []config.Environment) []ManagedPolicy {
	return []ManagedPolicy{{
		Name:        n.Project() + "-" + config.InfraDiffRole + "-read",
		Description: "Reads how resources are configured, and Terraform's state",
		Document:    readConfiguration(n),
	}}
}
