// Package scheduler makes what scheduled tasks need next to the tasks. It is a part: see package
// constructs for what a part may import.
package scheduler

import (
	"encoding/json"
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/schedulerschedulegroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/sqsqueue"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/sqsqueuepolicy"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/constructs/tf"
)

// Scheduler is the group of an environment's schedules in EventBridge Scheduler,
// the queue of what could not be started, and the rules that keep how each run
// ended in a second queue.
//
// The schedules themselves are the backend's pipeline's, which puts each on the
// revision that it deployed: whoever writes a schedule chooses what its task runs.
type Scheduler struct {
	Group, DeadLetterQueueARN string
}

// Queue is an SQS queue.
type Queue struct {
	Name string
	// Policy says who writes.
	Policy policy.Document
}

// Job is a job whose ends are kept.
type Job struct {
	Name string
	// FailedRule and SucceededRule are the names of its EventBridge rules.
	FailedRule, SucceededRule string
	// FamilyARN is the ARN of its task definitions, without a revision.
	FamilyARN string
}

// Props configures a Scheduler.
type Props struct {
	Group             string
	DeadLetter, Ended Queue
	// KeyARN encrypts the queues.
	KeyARN string
	// ClusterARN is the cluster of the tasks.
	ClusterARN string
	// LimitContainer ends a task at its time limit, with LimitCode.
	LimitContainer string
	LimitCode      int
	Jobs           []Job
}

// New makes all of it. It returns an error if the policy of a queue is invalid.
func New(scope cdk.Construct, id string, props Props) (*Scheduler, error) {
	scope = tf.Group(scope, id)
	group := schedulerschedulegroup.NewSchedulerScheduleGroup(scope, new("group"), &schedulerschedulegroup.SchedulerScheduleGroupConfig{Name: &props.Group})
	deadLetters, deadErr := newQueue(scope, "dead-letter", props.DeadLetter, props.KeyARN)
	ended, endedErr := newQueue(scope, "ended", props.Ended, props.KeyARN)
	if err := errors.Join(deadErr, endedErr); err != nil {
		return nil, err
	}
	for _, job := range props.Jobs {
		for _, rule := range []struct {
			id, name, description string
			pattern               map[string]any
		}{
			{"failed", job.FailedRule, "Runs of " + job.Name + " that failed", props.failed(job)},
			{"succeeded", job.SucceededRule, "Runs of " + job.Name + " that succeeded", props.succeeded(job)},
		} {
			pattern, err := json.Marshal(rule.pattern)
			if err != nil {
				return nil, fmt.Errorf("rule %q: %w", rule.name, err)
			}
			made := cloudwatcheventrule.NewCloudwatchEventRule(tf.Group(scope, job.Name), &rule.id, &cloudwatcheventrule.CloudwatchEventRuleConfig{
				Name: &rule.name, Description: &rule.description, EventPattern: new(string(pattern)),
			})
			cloudwatcheventtarget.NewCloudwatchEventTarget(tf.Group(scope, job.Name), new(rule.id+"-queue"), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
				Rule: made.Name(), TargetId: new("ended"), Arn: &ended,
			})
		}
	}
	return &Scheduler{Group: *group.Name(), DeadLetterQueueARN: deadLetters}, nil
}

// newQueue returns the queue's ARN.
func newQueue(scope cdk.Construct, id string, q Queue, keyARN string) (string, error) {
	document, err := q.Policy.JSON()
	if err != nil {
		return "", fmt.Errorf("queue %q: %w", q.Name, err)
	}
	queue := sqsqueue.NewSqsQueue(scope, &id, &sqsqueue.SqsQueueConfig{
		Name: &q.Name,
		// As long as SQS keeps a message: fourteen days.
		MessageRetentionSeconds: tf.Number(14 * 24 * 60 * 60),
		KmsMasterKeyId:          &keyARN,
	})
	sqsqueuepolicy.NewSqsQueuePolicy(scope, new(id+"-policy"), &sqsqueuepolicy.SqsQueuePolicyConfig{QueueUrl: queue.Url(), Policy: &document})
	return *queue.Arn(), nil
}

// ended is the pattern of the tasks of a job that have ended (Amazon ECS developer
// guide, "Amazon ECS task state change events").
func (p Props) ended(job Job, detail map[string]any) map[string]any {
	detail["clusterArn"] = []string{p.ClusterARN}
	detail["lastStatus"] = []string{"STOPPED"}
	detail["taskDefinitionArn"] = []any{map[string]string{"prefix": job.FamilyARN + ":"}}
	return map[string]any{"source": []string{"aws.ecs"}, "detail-type": []string{"ECS Task State Change"}, "detail": detail}
}

func (p Props) succeeded(job Job) map[string]any {
	return p.ended(job, map[string]any{"containers": exit(job.Name, 0)})
}

// failed sees a run whose container exited with another code, one that was ended at
// its time limit, whatever its container made of SIGTERM, and one that did not start.
func (p Props) failed(job Job) map[string]any {
	return p.ended(job, map[string]any{"$or": []any{
		map[string]any{"containers": exit(job.Name, map[string]any{"anything-but": []int{0}})},
		map[string]any{"containers": exit(p.LimitContainer, p.LimitCode)},
		map[string]any{"stopCode": []string{"TaskFailedToStart"}},
	}})
}

// exit is the pattern of one container's exit code: EventBridge takes both from the
// same element of the list (EventBridge user guide, "Arrays in event patterns").
func exit(container string, code any) map[string]any {
	return map[string]any{"name": []string{container}, "exitCode": []any{code}}
}
