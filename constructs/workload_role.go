package constructs

import (
	"cmp"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/role"
)

// workloadRole is a role that an AWS service assumes in an environment.
type workloadRole struct {
	name, description string
	trust, policy     policy.Document
	// boundaryARN is the role's boundary where it is another one than the
	// environment's workload boundary, or where the same stack makes that; "" for
	// the workload boundary in a stack that is deployed after that one.
	boundaryARN string
}

// newWorkloadRole makes such a role under the path of workloads and within the
// environment's workload boundary.
func newWorkloadRole(scope cdk.Construct, id string, n config.Names, env string, r workloadRole) (*role.Role, error) {
	return role.New(scope, id, role.Props{
		Name:        r.name,
		Path:        n.WorkloadPath(),
		Description: r.description,
		BoundaryARN: cmp.Or(r.boundaryARN, n.BoundaryARN(n.WorkloadBoundary(env))),
		Trust:       r.trust,
		Policy:      r.policy,
	})
}
