package scheduler

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/localaws"
)

// stopped is an event of ECS as a rule gets it (Amazon ECS developer guide, "Amazon
// ECS task state change events": the fields and their form are those of its example
// for Fargate), of a task of the job nightly.
func stopped(changes, containers string) string {
	return fmt.Sprintf(`{"version": "0", "id": "3317b2af-7005-947d-b652-f55e762e571a", "detail-type": "ECS Task State Change", "source": "aws.ecs",
		"account": "444455556666", "time": "2026-11-26T03:04:05Z", "region": "eu-central-1",
		"resources": ["arn:aws:ecs:eu-central-1:444455556666:task/paperwurks-dev/c13b4cb40f1f4fe4a2971f76ae5a47ad"],
		"detail": {"attachments": [{"id": "1789bcae-ddfb-4d10-8ebe-8ac87ddba5b8", "type": "eni", "status": "DELETED", "details": []}],
			"availabilityZone": "eu-central-1a", "clusterArn": "arn:aws:ecs:eu-central-1:444455556666:cluster/paperwurks-dev",
			"containers": %s, "createdAt": "2026-11-26T03:00:00.000Z", "launchType": "FARGATE", "cpu": "256", "memory": "512", "desiredStatus": "STOPPED",
			"group": "family:paperwurks-dev-nightly", "lastStatus": "STOPPED", "overrides": {"containerOverrides": [{"name": "nightly"}]},
			"startedBy": "chronos-schedule/nightly", "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
			"taskArn": "arn:aws:ecs:eu-central-1:444455556666:task/paperwurks-dev/c13b4cb40f1f4fe4a2971f76ae5a47ad",
			"taskDefinitionArn": "arn:aws:ecs:eu-central-1:444455556666:task-definition/paperwurks-dev-nightly:7", "version": 6, "platformVersion": "1.4.0"%s}}`,
		containers, changes)
}

// TestHowARunEnded: what each rule of a job sees of the ways in which a run ends.
func TestHowARunEnded(t *testing.T) {
	job := Job{Name: "nightly", FamilyARN: "arn:aws:ecs:eu-central-1:444455556666:task-definition/paperwurks-dev-nightly"}
	props := Props{ClusterARN: "arn:aws:ecs:eu-central-1:444455556666:cluster/paperwurks-dev", LimitContainer: "time-limit", LimitCode: 124}
	exits := func(nightly, limit string) string {
		return fmt.Sprintf(`[{"name": "nightly", "lastStatus": "STOPPED", "cpu": "0"%s}, {"name": "time-limit", "lastStatus": "STOPPED", "cpu": "0"%s}]`, nightly, limit)
	}
	code := func(n int) string { return fmt.Sprintf(`, "exitCode": %d`, n) }
	const notStarted = `, "stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError"`
	for name, test := range map[string]struct {
		event             string
		failed, succeeded bool
	}{
		"succeeded": {stopped("", exits(code(0), code(0))), false, true},
		"succeeded, the other container was killed":      {stopped("", exits(code(0), code(137))), false, true},
		"succeeded, in the other order":                  {stopped("", `[{"name": "time-limit", "exitCode": 137}, {"name": "nightly", "exitCode": 0}]`), false, true},
		"failed":                                         {stopped("", exits(code(1), code(0))), true, false},
		"out of memory":                                  {stopped("", exits(code(137), code(0))), true, false},
		"its time limit":                                 {stopped("", exits(code(143), code(124))), true, false},
		"its time limit, and it obeys SIGTERM":           {stopped("", exits(code(0), code(124))), true, true},
		"it exits with the code of the limit":            {stopped("", exits(code(124), code(0))), true, false},
		"its image is not there":                         {stopped(notStarted, exits("", "")), true, false},
		"not placed":                                     {stopped(notStarted, "[]"), true, false},
		"stopped by somebody before its containers were": {stopped(`, "stopCode": "UserInitiated"`, exits("", "")), false, false},
		"it ends":                       {stopped(`, "lastStatus": "DEPROVISIONING"`, exits(code(1), code(0))), false, false},
		"it begins":                     {stopped(`, "lastStatus": "RUNNING"`, exits("", "")), false, false},
		"in another cluster":            {stopped(`, "clusterArn": "arn:aws:ecs:eu-central-1:444455556666:cluster/paperwurks-prod"`, exits(code(1), code(0))), false, false},
		"of a job whose name begins so": {stopped(`, "taskDefinitionArn": "arn:aws:ecs:eu-central-1:444455556666:task-definition/paperwurks-dev-nightly-mail:7"`, exits(code(1), code(0))), false, false},
		"another kind of event":         {strings.Replace(stopped("", exits(code(1), code(0))), "ECS Task State Change", "ECS Deployment State Change", 1), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, rule := range []struct {
				name    string
				pattern map[string]any
				want    bool
			}{{"failed", props.failed(job), test.failed}, {"succeeded", props.succeeded(job), test.succeeded}} {
				pattern, err := json.Marshal(rule.pattern)
				if err != nil {
					t.Fatal(err)
				}
				got, err := localaws.PassesEvent(decoded(t, string(pattern)), decoded(t, test.event))
				if err != nil || got != rule.want {
					t.Errorf("%s: passes %t, want %t: %s: %v", rule.name, got, rule.want, pattern, err)
				}
			}
		})
	}
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}
