package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// FargateOnDemand and FargateSpot are the names of the quotas that VCPUs counts
// against.
var (
	FargateOnDemand = fargateOnDemand.name
	FargateSpot     = fargateSpot.name
)

// Used is how much of a quota the whole account uses.
type Used struct {
	Name        string
	Used, Limit float64
}

// Usage reads the quotas whose use AWS tells, and Fargate's, whose use VCPUs
// counts. It returns what it could read, and why not the rest.
func Usage(ctx context.Context, regional, edge awsapi.Client) ([]Used, error) {
	all := usage{ctx: ctx, aws: regional} // of no project: everything counts
	var out []Used
	var errs []error
	for _, q := range append(append([]quota{}, quotas...), natGateways, fargateOnDemand, fargateSpot) {
		used := 0.0
		if q.others == nil && q.service != fargateOnDemand.service {
			continue
		}
		has, err := limit(ctx, regional, edge, q)
		if err == nil && q.others != nil {
			used, err = q.others(all)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", q.name, err))
			continue
		}
		out = append(out, Used{q.name, used, has})
	}
	return out, errors.Join(errs...)
}

// VCPUs are those of an environment's tasks that run, by service: on demand and
// on Spot, as its strategy places them.
func VCPUs(env config.Environment, running map[string]int) (onDemand, spot float64) {
	var all vcpus
	for _, s := range env.Services {
		all = all.plus(tasks(env.Cluster, s, running[s.Name]))
	}
	return all.onDemand, all.spot
}
