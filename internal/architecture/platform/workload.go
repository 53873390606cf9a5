package platform

import (
	"fmt"
	"slices"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Workload is an ECS service, or a task that is run when it is needed.
type Workload struct {
	Name string
	// CPU in units of 1/1024 vCPU and Memory in MiB, of each task.
	CPU, Memory float64
	// Architecture of the processors, as ECS spells it.
	Architecture string
	// IsService says whether ECS keeps it running; Min and Max are then the
	// bounds of its number of tasks, and Desired what it starts with.
	IsService         bool
	Min, Max, Desired float64
	// SpotWeight and OnDemandWeight share the tasks above OnDemandBase.
	SpotWeight, OnDemandWeight, OnDemandBase float64
	// Port that the load balancer reaches, or 0.
	Port float64
	// Uses are the resources that its containers are told of.
	Uses []synthesised.Target
}

// Workloads are an environment's, those behind the load balancer first.
func (s *Stacks) Workloads(env string) ([]Workload, error) {
	var out []Workload
	served := map[string]bool{}
	for _, service := range s.Of(env, "aws_ecs_service") {
		definitions := s.References(service.Stack, service.Attributes["task_definition"])
		if len(definitions) != 1 {
			return nil, fmt.Errorf("service %q has %d task definitions, want one", service.Text("name"), len(definitions))
		}
		served[definitions[0].Name] = true
		w := s.task(definitions[0].Resource)
		w.Name, w.IsService, w.Desired = service.Text("name"), true, service.Number("desired_count")
		w.Min, w.Max = w.Desired, w.Desired
		for _, target := range s.Of(env, "aws_appautoscaling_target") {
			if s.Refers(env, target.Attributes["resource_id"], service) {
				w.Min, w.Max = target.Number("min_capacity"), target.Number("max_capacity")
			}
		}
		for _, strategy := range service.Nested("capacity_provider_strategy") {
			if strategy.Text("capacity_provider") == "FARGATE_SPOT" {
				w.SpotWeight = strategy.Number("weight")
			} else {
				w.OnDemandWeight, w.OnDemandBase = strategy.Number("weight"), strategy.Number("base")
			}
		}
		for _, route := range service.Nested("load_balancer") {
			w.Port = route.Number("container_port")
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Workload) int {
		if (a.Port > 0) == (b.Port > 0) {
			return 0
		}
		if a.Port > 0 {
			return -1
		}
		return 1
	})
	for _, definition := range s.Of(env, "aws_ecs_task_definition") {
		if !served[definition.Name] {
			out = append(out, s.task(definition))
		}
	}
	return out, nil
}

// On is the share of a week in which the services of an environment run: from when its
// scheduled actions switch them on to when they switch them off, 1 without any; of what is
// switched on some minutes earlier, that of it. It returns an error for an expression that is not config.OffHours's.
func (s *Stacks) On(env string, earlier int) (float64, error) {
	share := 1.0
	at := map[string][2]int{}
	for _, action := range s.Of(env, "aws_appautoscaling_scheduled_action") {
		var minute, hour int
		var days string
		if _, err := fmt.Sscanf(action.Text("schedule"), "cron(%d %d ? * %s *)", &minute, &hour, &days); err != nil {
			return 0, fmt.Errorf("scheduled action %q: %q: %w", action.Text("name"), action.Text("schedule"), err)
		}
		count, known := map[string]int{"*": 7, "MON-FRI": 5}[days]
		if !known {
			return 0, fmt.Errorf("scheduled action %q: %q: unknown days %q", action.Text("name"), action.Text("schedule"), days)
		}
		at[action.Text("name")] = [2]int{hour*60 + minute, count}
	}
	if len(at) > 0 {
		on := at[config.SwitchOn]
		share = float64(on[1]*(at[config.SwitchOff][0]-on[0]+earlier)) / config.MinutesOfWeek
	}
	return share, nil
}

func (s *Stacks) task(definition Resource) Workload {
	w := Workload{
		Name: definition.Text("family"), CPU: definition.Number("cpu"), Memory: definition.Number("memory"),
		Uses: s.References(definition.Stack, definition.Attributes["container_definitions"]),
	}
	for _, platform := range definition.Nested("runtime_platform") {
		w.Architecture = platform.Text("cpu_architecture")
	}
	return w
}

// OnDemandTasks is how many of n tasks run on demand and how many on Spot, as
// ECS places them: the base on demand, the rest by weight. It is a fraction
// where the weights do not divide.
func (w Workload) OnDemandTasks(n float64) (onDemand, spot float64) {
	onDemand = min(n, w.OnDemandBase)
	rest := n - onDemand
	if weights := w.SpotWeight + w.OnDemandWeight; weights > 0 {
		spot = rest * w.SpotWeight / weights
	}
	return n - spot, spot
}
