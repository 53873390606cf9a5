package preflight

import (
	"math"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// quota is a limit of AWS's that the stacks count against.
type quota struct {
	// service and code are what Service Quotas calls it.
	service, code, name string
	// edge quotas are kept in us-east-1, because the service is global.
	edge bool
	// types are the resources that count, each once.
	types []string
	// others counts what the account holds that is not the platform's; nil
	// where it is so far below the quota that nobody need look.
	others func(usage) (float64, error)
}

// quotas are those with a default of at most a few hundred. The codes are
// those that `aws service-quotas list-aws-default-service-quotas` lists.
var quotas = []quota{
	{service: "ec2", code: "L-0263D0A3", name: "EC2-VPC Elastic IPs", types: []string{"aws_eip"}, others: usage.addresses},
	{service: "vpc", code: "L-F678F1CE", name: "VPCs per Region", types: []string{"aws_vpc"}, others: usage.networks},
	{service: "vpc", code: "L-A4707A72", name: "Internet gateways per Region", types: []string{"aws_internet_gateway"}, others: usage.internetGateways},
	{service: "vpc", code: "L-1B52E74A", name: "Gateway VPC endpoints per Region", types: []string{"aws_vpc_endpoint/Gateway"}},
	{service: "elasticloadbalancing", code: "L-53DA6B97", name: "Application Load Balancers per Region", types: []string{"aws_lb"}},
	{service: "rds", code: "L-7B6409FD", name: "DB instances", types: []string{"aws_db_instance"}},
	{service: "wafv2", code: "L-2EC3DE7B", name: "Web ACLs for regional use", types: []string{"aws_wafv2_web_acl/REGIONAL"}},
	{service: "cloudfront", code: "L-24B04930", name: "Distributions per AWS account", edge: true, types: []string{"aws_cloudfront_distribution"}},
}

// natGateways is counted for each zone, the fullest of which decides.
var natGateways = quota{service: "vpc", code: "L-FE5A380F", name: "NAT gateways per Availability Zone", others: usage.natGateways}

// Fargate counts vCPUs of all running tasks (Amazon ECS developer guide, "AWS
// Fargate service quotas").
var (
	fargateOnDemand = quota{service: "fargate", code: "L-3032A538", name: "Fargate On-Demand vCPU resource count"}
	fargateSpot     = quota{service: "fargate", code: "L-36FBB829", name: "Fargate Spot vCPU resource count"}
)

// count returns how many resources of the stacks count against a quota. A type
// may name the kind that counts, as in "aws_vpc_endpoint/Gateway".
func (q quota) count(stacks synthesised.Stacks) float64 {
	n := 0
	for _, t := range q.types {
		for _, s := range stacks {
			n += countType(s, t)
		}
	}
	return float64(n)
}

// vcpus are the vCPUs of tasks, on demand and on Spot.
type vcpus struct{ onDemand, spot float64 }

func (v vcpus) plus(o vcpus) vcpus { return vcpus{v.onDemand + o.onDemand, v.spot + o.spot} }

// fargateNeed is what all services need at once, in vCPUs.
type fargateNeed struct {
	// rest is with every service at MinTasks; deploying while the environment
	// that needs most replaces all its tasks, old and new running side by
	// side; maximum with every service at MaxTasks.
	rest, deploying, maximum vcpus
}

func needOfFargate(environments []config.Environment) fargateNeed {
	var need fargateNeed
	var more vcpus
	for _, env := range environments {
		var rest, twice vcpus
		for _, s := range env.Services {
			rest = rest.plus(tasks(env.Cluster, s, s.MinTasks))
			twice = twice.plus(tasks(env.Cluster, s, 2*s.MinTasks))
			need.maximum = need.maximum.plus(tasks(env.Cluster, s, s.MaxTasks))
		}
		// A job runs on demand, and at any time.
		for _, j := range env.Jobs {
			rest.onDemand += float64(j.CPU) / 1024
			twice.onDemand += float64(j.CPU) / 1024
			need.maximum.onDemand += float64(j.CPU) / 1024
		}
		// The database's roles and the migration, one after the other, run before the services are updated.
		migration := float64(env.Migration.CPU) / 1024
		more.onDemand = max(more.onDemand, twice.onDemand-rest.onDemand, migration)
		more.spot = max(more.spot, twice.spot-rest.spot)
		need.rest = need.rest.plus(rest)
	}
	need.deploying = need.rest.plus(more)
	return need
}

// tasks splits n tasks of a service as its capacity provider strategy does: a
// base of MinTasks on demand, the others by weight, rounded against us.
func tasks(c config.Cluster, s config.Service, n int) vcpus {
	each := float64(s.CPU) / 1024
	switch above := float64(max(n-s.MinTasks, 0)); c.SpotWeight {
	case 0:
		return vcpus{onDemand: float64(n) * each}
	case 100:
		return vcpus{spot: float64(n) * each}
	default:
		spot := above * float64(c.SpotWeight) / 100
		return vcpus{
			onDemand: (float64(min(n, s.MinTasks)) + math.Ceil(above-spot)) * each,
			spot:     math.Ceil(spot) * each,
		}
	}
}

// countType counts the resources of a type; "aws_lb/application" only those
// that say so in the attribute that tells their kind.
func countType(s synthesised.Stack, kind string) int {
	kind, want, _ := strings.Cut(kind, "/")
	attribute := map[string]string{"aws_vpc_endpoint": "vpc_endpoint_type", "aws_wafv2_web_acl": "scope"}[kind]
	n := 0
	for _, r := range s.Resources(kind) {
		if want == "" || r.Text(attribute) == want {
			n++
		}
	}
	return n
}

// natGatewaysPerZone counts the stacks' NAT gateways in the zone that gets most
// of them, by the zone of the subnet that each refers to.
func natGatewaysPerZone(stacks synthesised.Stacks) float64 {
	inZone, most := map[string]float64{}, 0.0
	for _, s := range stacks {
		for _, gateway := range s.Resources("aws_nat_gateway") {
			for _, subnet := range stacks.Targets(s.Name, gateway.Attributes["subnet_id"]) {
				zone := subnet.Text("availability_zone")
				inZone[zone]++
				most = max(most, inZone[zone])
			}
		}
	}
	return most
}
