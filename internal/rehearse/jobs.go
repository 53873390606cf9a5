package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// schedule is what EventBridge Scheduler has of a job.
type schedule struct {
	ScheduleExpression, State string
	Target                    struct {
		Arn, RoleArn     string
		DeadLetterConfig struct{ Arn string }
		EcsParameters    struct {
			TaskDefinitionArn, LaunchType string
			TaskCount                     int
			NetworkConfiguration          struct {
				AwsvpcConfiguration struct {
					Subnets        []string `json:"subnets"`
					SecurityGroups []string `json:"securityGroups"`
					AssignPublicIP string   `json:"assignPublicIp"`
				} `json:"awsvpcConfiguration"`
			}
		}
	}
}

// runJobs starts each scheduled job as its schedule says, which has to be with the
// revision that was deployed, and one job once, as the backend's workflow does. It
// says what ran.
func (r *rehearsal) runJobs(ctx context.Context) (string, error) {
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	var ran []string
	for _, job := range b.env.ScheduledJobs() {
		s, err := b.scheduleOf(ctx, job)
		if err != nil {
			return "", err
		}
		definition, err := b.taskDefinition(ctx, s.Target.EcsParameters.TaskDefinitionArn)
		if err != nil {
			return "", err
		}
		if image := definition.image(job.Name); image != r.deployed.image {
			return "", fmt.Errorf("the schedule of %s starts %q; %q was deployed", job.Name, image, r.deployed.image)
		}
		if err := b.starts(ctx, job, s); err != nil {
			return "", err
		}
		ran = append(ran, job.Name+" by its schedule")
	}
	if job, ok := onceJob(b.env); ok {
		if err := b.runOnce(ctx, job.Name); err != nil {
			return "", err
		}
		ran = append(ran, job.Name+" once")
	}
	return strings.Join(ran, ", "), nil
}

// onceJob is the first job of an environment that people start; false for none.
func onceJob(env config.Environment) (config.Job, bool) {
	i := slices.IndexFunc(env.Jobs, func(j config.Job) bool { return j.Schedule == "" })
	if i < 0 {
		return config.Job{}, false
	}
	return env.Jobs[i], true
}

// scheduleOf reads a job's schedule, which has to be as the settings say.
func (b *backend) scheduleOf(ctx context.Context, job config.Job) (schedule, error) {
	n := b.r.settings.Names()
	var s schedule
	if err := b.look(ctx, &s, "scheduler", "get-schedule", "--group-name", n.ScheduleGroup(b.env.Name), "--name", job.Name); err != nil {
		return s, err
	}
	var errs []error
	for _, is := range []struct{ what, got, want string }{
		{"its expression", s.ScheduleExpression, job.Schedule}, {"its state", s.State, "ENABLED"},
		{"its role", s.Target.RoleArn, n.WorkloadRoleARN(n.SchedulerRole(b.env.Name))},
		{"its cluster", s.Target.Arn, n.ARN("ecs", "cluster/"+n.Cluster(b.env.Name))},
		{"its dead-letter queue", s.Target.DeadLetterConfig.Arn, n.ARN("sqs", n.DeadLetterQueue(b.env.Name))},
	} {
		if is.got != is.want {
			errs = append(errs, fmt.Errorf("schedule of %s: %s is %q; want %q", job.Name, is.what, is.got, is.want))
		}
	}
	return s, errors.Join(errs...)
}

// starts does what EventBridge Scheduler does at the time of a schedule, which the
// emulator does not, and waits for the end of the task. Whether the scheduler's role may
// is the simulation's to say (package accessmodel).
func (b *backend) starts(ctx context.Context, job config.Job, s schedule) error {
	network, err := json.Marshal(s.Target.EcsParameters.NetworkConfiguration)
	if err != nil {
		return err
	}
	var started struct{ Tasks []struct{ TaskArn string } }
	ecs := s.Target.EcsParameters
	if err := b.look(ctx, &started, "ecs", "run-task", "--cluster", s.Target.Arn, "--task-definition", ecs.TaskDefinitionArn, "--launch-type", ecs.LaunchType,
		"--count", fmt.Sprint(ecs.TaskCount), "--network-configuration", string(network)); err != nil {
		return err
	}
	if len(started.Tasks) != 1 {
		return fmt.Errorf("the schedule of %s starts %d tasks; want 1", job.Name, len(started.Tasks))
	}
	// The emulator takes a task one step further at each look.
	for range 10 {
		var described struct {
			Tasks []struct {
				LastStatus string
				Containers []struct {
					Name     string
					ExitCode *int
				}
			}
		}
		if err := b.look(ctx, &described, "ecs", "describe-tasks", "--cluster", s.Target.Arn, "--tasks", started.Tasks[0].TaskArn); err != nil {
			return err
		}
		if len(described.Tasks) != 1 || described.Tasks[0].LastStatus != "STOPPED" {
			continue
		}
		for _, c := range described.Tasks[0].Containers {
			if c.Name == job.Name && c.ExitCode != nil && *c.ExitCode == 0 {
				return nil
			}
		}
		return fmt.Errorf("job %s, started by its schedule, did not end with 0: %+v", job.Name, described.Tasks[0])
	}
	return fmt.Errorf("job %s, started by its schedule, does not end", job.Name)
}

// runOnce goes through the backend's workflow that runs a job once.
func (b *backend) runOnce(ctx context.Context, job string) error {
	revisions := "REVISIONS=" + b.r.path(b.env.Name+"-job-revisions.json")
	if _, err := b.script(ctx, "job.sh", "TASK="+job, "IMAGE="+b.r.deployed.image, revisions); err != nil {
		return err
	}
	out, err := b.script(ctx, "run-task.sh", "TASK="+job, "MINUTES=2", revisions)
	if err == nil && !strings.Contains(out, "The job "+job+" ended with exit code 0") {
		err = fmt.Errorf("run-task.sh does not say how job %s ended:\n%s", job, lastLines(out, 5))
	}
	return err
}

// jobsFail runs the jobs' newest revisions, whose image is not there: each must end as
// failed, and the schedules stay on what was deployed before. It returns the alarms that
// ring for it, those of the scheduled ones: EventBridge passes the event of the task's end
// on by the rule in AWS, which the local AWS does as EventBridge documents it.
func (b *backend) jobsFail(ctx context.Context) ([]string, error) {
	var rings []string
	for _, job := range b.env.Jobs {
		out, err := b.script(ctx, "run-task.sh", "TASK="+job.Name, "MINUTES=2")
		if err == nil || !strings.Contains(out, "::error::The job "+job.Name+" ended with exit code none") {
			return nil, fmt.Errorf("job %s with an image that is not there did not fail with an error for the person: %v\n%s", job.Name, err, lastLines(out, 10))
		}
	}
	for _, job := range b.env.ScheduledJobs() {
		rings = append(rings, b.r.settings.Names().In(b.env.Name, job.Name, string(config.JobFails)))
		s, err := b.scheduleOf(ctx, job)
		if err != nil {
			return nil, err
		}
		definition, err := b.taskDefinition(ctx, s.Target.EcsParameters.TaskDefinitionArn)
		if err != nil {
			return nil, err
		}
		if image := definition.image(job.Name); image != b.r.deployed.image {
			return nil, fmt.Errorf("after a failed deployment the schedule of %s starts %q; want %q", job.Name, image, b.r.deployed.image)
		}
	}
	return rings, nil
}

// look runs the AWS CLI as nobody, whose calls are not noted.
func (b *backend) look(ctx context.Context, into any, args ...string) error {
	nobody := backend{r: b.r, environment: []string{
		"AWS_ENDPOINT_URL=" + b.r.endpoints.nobody, "AWS_DEFAULT_REGION=" + b.r.settings.Region, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
	}}
	return nobody.aws(ctx, into, args...)
}
