// Package offhours switches an environment off and on by hand, for an evening. The
// schedule of its OffHours does the same by itself. Only programs import it.
package offhours

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
)

// Commands switch an environment without protected data off and on.
var Commands = []command.Command{
	switching(config.SwitchOff, "no task, no database and no alarm in an environment, until "+config.SwitchOn, (*environment).off),
	switching(config.SwitchOn, "an environment runs again, until its off-hours begin", (*environment).on),
}

func switching(name, summary string, do func(*environment, context.Context) error) command.Command {
	return command.Command{
		Name: name, Arguments: "ENVIRONMENT", Summary: summary,
		Define: func(flags *flag.FlagSet) command.Func {
			local := flags.String("local", "", "`URL` of the local AWS (default: AWS)")
			return func(ctx context.Context, p command.Process, args []string) error {
				target := config.Target{LocalEndpoint: *local}
				if err := target.Validate(); err != nil {
					return err
				}
				s := target.For(config.Platform())
				env, err := choose(s, args)
				if err != nil {
					return err
				}
				client, err := awsapi.Connect(ctx, s.Region, target.LocalEndpoint)
				if err != nil {
					return err
				}
				return do(&environment{s.Names(), env, client, p.Out}, ctx)
			}
		},
	}
}

// choose returns the environment named. It returns a UsageError for a protected one,
// which users need at night too.
func choose(s config.Settings, names []string) (config.Environment, error) {
	var allowed []string
	for _, env := range s.Environments {
		if env.IsProtected() {
			continue
		}
		if len(names) == 1 && env.Name == names[0] {
			return env, nil
		}
		allowed = append(allowed, env.Name)
	}
	return config.Environment{}, command.UsageError(fmt.Sprintf("environment %q: an environment without protected data is allowed: %s", names, strings.Join(allowed, ", ")))
}

// environment is what is switched.
type environment struct {
	n   config.Names
	env config.Environment
	aws awsapi.Client
	out io.Writer
}

// off ends what it can before it says what it could not: each part again does no harm.
// Alarms are first, for what comes next would make them ring.
func (e *environment) off(ctx context.Context) error {
	err := errors.Join(
		e.alarms(ctx, "DisableAlarmActions", "call nobody"),
		e.scale(ctx, func(config.Service) (int, int) { return 0, 0 }),
		e.database(ctx, "StopDBInstance", "available", "stopping", "stopped"),
	)
	if err != nil {
		return fmt.Errorf("%s is not off in all its parts: %w\nNext: run it again when the reason is gone", e.env.Name, err)
	}
	until := "until somebody runs `make switch-on ENV=" + e.env.Name + "`"
	if e.env.OffHours.IsSet() {
		until = fmt.Sprintf("until %s in the morning of a day on which it is on (%s), or `make switch-on ENV=%s`", e.env.OffHours.To, e.env.OffHours, e.env.Name)
	}
	fmt.Fprintf(e.out, "%s is off, %s\n", e.env.Name, until)
	if e.env.OffHours.IsSet() && e.env.HasOutside() {
		// EventBridge Scheduler asks in its own region only.
		fmt.Fprintf(e.out, "Its alarms in %s call nobody until `make switch-on ENV=%s`, also when the schedule has switched it on: make status says so\n", config.EdgeRegion, e.env.Name)
	}
	return nil
}

// on starts the database first, which takes longest: services wait for it.
func (e *environment) on(ctx context.Context) error {
	err := errors.Join(
		e.database(ctx, "StartDBInstance", "stopped", "starting", "available"),
		e.scale(ctx, func(s config.Service) (int, int) { return s.MinTasks, s.MaxTasks }),
		e.alarms(ctx, "EnableAlarmActions", "call again"),
	)
	if err != nil {
		return fmt.Errorf("%s is not on in all its parts: %w\nNext: run it again when the reason is gone", e.env.Name, err)
	}
	until := ""
	if e.env.OffHours.IsSet() {
		until = fmt.Sprintf(", until %s (%s)", e.env.OffHours.From, e.env.OffHours)
	}
	fmt.Fprintf(e.out, "%s is on%s. A database takes some minutes to start, and services that need it as long: make status ENV=%[1]s\n", e.env.Name, until)
	return nil
}

func (e *environment) do(ctx context.Context, service, operation string, parameters map[string]any) (awsapi.Value, error) {
	answer, err := e.aws.Do(ctx, awsapi.Request{Service: service, Operation: operation, Parameters: parameters})
	if err != nil {
		return awsapi.Value{}, err
	}
	return answer.Value, nil
}

// scale sets the bounds of every service: AWS brings one that is outside of them into
// them at once (Application Auto Scaling API, RegisterScalableTarget).
func (e *environment) scale(ctx context.Context, bounds func(config.Service) (least, most int)) error {
	var errs []error
	for _, s := range e.env.Services {
		least, most := bounds(s)
		if _, err := e.do(ctx, "application-autoscaling", "RegisterScalableTarget", map[string]any{
			"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
			"ResourceId":  "service/" + e.n.Cluster(e.env.Name) + "/" + e.n.Service(e.env.Name, s.Name),
			"MinCapacity": least, "MaxCapacity": most,
		}); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Name, err))
			continue
		}
		fmt.Fprintf(e.out, "%s: %d to %d tasks\n", s.Name, least, most)
	}
	return errors.Join(errs...)
}

// database starts or stops the instance, which has to be in the state from; in one of
// the others it is done already.
func (e *environment) database(ctx context.Context, operation, from string, done ...string) error {
	id := map[string]any{"DBInstanceIdentifier": e.n.Database(e.env.Name)}
	described, err := e.do(ctx, "rds", "DescribeDBInstances", id)
	if err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	state := described.Text("DBInstances.DBInstance.DBInstanceStatus")
	switch {
	case state == from:
		if _, err := e.do(ctx, "rds", operation, id); err != nil {
			return fmt.Errorf("the database: %w", err)
		}
		state = done[0]
	case !slices.Contains(done, state):
		return fmt.Errorf("the database is %s, and has to be %s", state, from)
	}
	fmt.Fprintf(e.out, "database: %s\n", state)
	return nil
}

// atOnce is how many alarms one call takes (Amazon CloudWatch API,
// DisableAlarmActions: AlarmNames).
const atOnce = 100

func (e *environment) alarms(ctx context.Context, operation, what string) error {
	errs := []error{e.alarmsIn(ctx, e.aws, operation, what)}
	if e.env.HasOutside() {
		errs = append(errs, e.alarmsIn(ctx, e.aws.In(config.EdgeRegion), operation, what))
	}
	return errors.Join(errs...)
}

// alarmsIn are those of a region: what is seen from outside has them in us-east-1.
func (e *environment) alarmsIn(ctx context.Context, in awsapi.Client, operation, what string) error {
	found, err := in.All(ctx, awsapi.Request{Service: "monitoring", Operation: "DescribeAlarms",
		Parameters: map[string]any{"AlarmNamePrefix": e.n.Alarm(e.env.Name, "")}}, "MetricAlarms.member")
	if err != nil {
		return fmt.Errorf("alarms: %w", err)
	}
	for some := range slices.Chunk(found, atOnce) {
		names := make([]any, len(some))
		for i, v := range some {
			names[i] = v.Text("AlarmName")
		}
		if _, err := in.Do(ctx, awsapi.Request{Service: "monitoring", Operation: operation, Parameters: map[string]any{"AlarmNames": map[string]any{"member": names}}}); err != nil {
			return fmt.Errorf("alarms: %w", err)
		}
	}
	fmt.Fprintf(e.out, "alarms: %d in %s %s\n", len(found), in.Region, what)
	return nil
}
