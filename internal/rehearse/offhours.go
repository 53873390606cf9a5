package rehearse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/config"
)

// switchedOffAndOn switches the disposable environment off and on again, as a person
// does for an evening. While it is off a deployment is refused, `make status` finds
// nothing wrong by that, and, in the full form, a diff is empty.
func (r *rehearsal) switchedOffAndOn(ctx context.Context) (string, error) {
	env, n := r.environment(disposable), r.settings.Names()
	if err := r.switches(ctx, config.SwitchOff); err != nil {
		return "", err
	}
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	var errs []error
	out, err := b.script(ctx, "settings.sh", "PLATFORM=linux/"+env.Images.Processor().Platform(), "REFUSE_OFF=true")
	if refusal := disposable + " is switched off, so nothing was changed"; err == nil || !strings.Contains(out+err.Error(), refusal) {
		errs = append(errs, fmt.Errorf("a deployment while it is off: want %q, got %v:\n%s", refusal, err, lastLines(out, 10)))
	}
	errs = append(errs, r.isSwitched(ctx, env, "stopped", func(config.Service) int { return 0 }, "False"))
	if !r.short {
		if err := r.nothingChanges(ctx, r.app, disposable); err != nil {
			errs = append(errs, fmt.Errorf("a diff while it is off: %w", err))
		}
	}
	errs = append(errs, r.switches(ctx, config.SwitchOn))
	errs = append(errs, r.isSwitched(ctx, env, "available", func(s config.Service) int { return s.MinTasks }, "True"))
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d services and %s", len(env.Services), n.Database(disposable)), nil
}

// switches runs one of the two commands by the book.
func (r *rehearsal) switches(ctx context.Context, command string) error {
	_, err := r.byTheBook(ctx, r.app, switching, "make "+command, in(disposable))
	return err
}

// isSwitched compares tasks, database and alarms with what they have to be; of alarms
// whether they may call somebody.
func (r *rehearsal) isSwitched(ctx context.Context, env config.Environment, database string, tasks func(config.Service) int, call string) error {
	n := r.settings.Names()
	var errs []error
	is := func(what, want string, args ...string) {
		if got, err := r.aws(ctx, args...); err != nil || got != want {
			errs = append(errs, fmt.Errorf("%s: %q, want %q: %v", what, got, want, err))
		}
	}
	for _, s := range env.Services {
		is("tasks of "+s.Name, fmt.Sprint(tasks(s)), "ecs", "describe-services", "--cluster", n.Cluster(env.Name), "--services", n.Service(env.Name, s.Name), "--query", "services[0].desiredCount")
	}
	is("the database", database, "rds", "describe-db-instances", "--db-instance-identifier", n.Database(env.Name), "--query", "DBInstances[0].DBInstanceStatus")
	is("an alarm calls", call, "cloudwatch", "describe-alarms", "--alarm-names", n.Alarm(env.Name, string(config.DatabaseCPU)), "--query", "MetricAlarms[0].ActionsEnabled")
	return errors.Join(errs...)
}
