package constructs

import (
	"errors"
	"fmt"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/ecs"
	"github.com/paperwurks/infra/constructs/published"
	"github.com/paperwurks/infra/constructs/scheduler"
)

// jobs makes the tasks of the jobs and, where one has a schedule, what schedules
// need. It publishes what the backend's pipeline makes the schedules of.
func (w workloads) jobs(publish *published.Published, publishTask func(string, *task)) error {
	n, env, p := w.Settings.Names(), w.Environment, w.Settings.Parameters()
	var errs []error
	families := map[string]string{}
	for _, job := range env.Jobs {
		made, err := w.serviceTask(env.JobTask(job), job.TimeLimitSeconds)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		families[job.Name] = made.Family
		publishTask(job.Name, made)
		publish.Value(p.JobTimeLimit(env.Name, job.Name), fmt.Sprint(job.TimeLimitSeconds))
		if job.Schedule != "" {
			publish.Value(p.JobSchedule(env.Name, job.Name), job.Schedule)
		}
		if job.TimeZone != "" {
			publish.Value(p.JobTimeZone(env.Name, job.Name), job.TimeZone)
		}
	}
	if err := errors.Join(errs...); err != nil || len(env.ScheduledJobs()) == 0 {
		return err
	}
	const id = "scheduled"
	role, err := newWorkloadRole(w.scope, id+"-role", n, env.Name, workloadRole{
		name:        n.SchedulerRole(env.Name),
		description: "Starts the jobs of " + env.Name + " by their schedules",
		trust:       access.SchedulerTrust(n, env.Name),
		policy:      access.Scheduler(n, env, w.Shared.LogsKeyARN),
		boundaryARN: n.BoundaryARN(n.SchedulerBoundary(env.Name)),
	})
	if err != nil {
		return err
	}
	props := scheduler.Props{
		Group:          n.ScheduleGroup(env.Name),
		DeadLetter:     scheduler.Queue{Name: n.DeadLetterQueue(env.Name), Policy: access.DeadLetterQueue(n, env.Name)},
		Ended:          scheduler.Queue{Name: n.EndedQueue(env.Name), Policy: access.EndedQueue(n, env)},
		KeyARN:         w.Shared.LogsKeyARN,
		ClusterARN:     w.cluster.ARN,
		LimitContainer: ecs.TimeLimitContainer, LimitCode: ecs.TimeLimitCode,
	}
	for _, job := range env.ScheduledJobs() {
		props.Jobs = append(props.Jobs, scheduler.Job{
			Name: job.Name, FamilyARN: n.ARN("ecs", "task-definition/"+families[job.Name]),
			FailedRule: n.JobRule(env.Name, job.Name, config.JobFailed), SucceededRule: n.JobRule(env.Name, job.Name, config.JobSucceeded),
		})
	}
	made, err := scheduler.New(w.scope, id, props)
	if err != nil {
		return fmt.Errorf("jobs of %q: %w", env.Name, err)
	}
	publish.Value(p.ScheduleGroup(env.Name), made.Group)
	publish.Value(p.SchedulerRoleARN(env.Name), role.ARN)
	publish.Value(p.DeadLetterQueueARN(env.Name), made.DeadLetterQueueARN)
	return nil
}

// watchedJobs are the scheduled jobs, for their alarms.
func watchedJobs(env config.Environment) []alarm.Job {
	var jobs []alarm.Job
	for _, j := range env.ScheduledJobs() {
		jobs = append(jobs, alarm.Job{Name: j.Name, MissedHours: j.MissedAfterHours})
	}
	return jobs
}
