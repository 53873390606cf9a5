package localaws

import (
	"encoding/json"
	"fmt"
	"testing"
)

const (
	clusterOfTests = "arn:aws:ecs:eu-central-1:123456789012:cluster/dev"
	serviceOfTests = "arn:aws:ecs:eu-central-1:123456789012:service/dev/web"
)

// newECSBench is a front with a moto that has one service and one task definition, whose image is given.
func newECSBench(t *testing.T, image string) *bench {
	t.Helper()
	service := `{"serviceArn":"` + serviceOfTests + `","serviceName":"web","clusterArn":"` + clusterOfTests + `","status":"ACTIVE","launchType":"EC2","runningCount":0,"tags":[{"key":"moto","value":"has"}]}`
	b := newBench(t, map[string]string{
		"CreateService":    `{"service":` + service + `}`,
		"UpdateService":    `{"service":` + service + `}`,
		"DeleteService":    `{"service":` + service + `}`,
		"DescribeServices": `{"services":[` + service + `],"failures":[]}`,
		"DescribeClusters": `{"clusters":[{"clusterArn":"` + clusterOfTests + `","status":"ACTIVE"}]}`,
		"DescribeImages":   `{"imageDetails":[{}]}`,
		"DescribeAlarms":   `{"MetricAlarms":[]}`,
		"ListRules":        `{"Rules":[]}`,
		"DescribeTasks":    `{"tasks":[],"failures":[{"reason":"MISSING"}]}`,
		"StopTask":         `{"task":{"taskArn":"moto's"}}`,
		"ListTasks":        `{"taskArns":[]}`,
		"RunTask":          `{"tasks":[{"taskArn":"moto's"}]}`,
		"GetServiceQuota":  `{"Quota":{"Value":60}}`,
	})
	b.setTaskDefinition("web:1", image)
	return b
}

func (b *bench) setTaskDefinition(name, image string) {
	b.moto.answers["DescribeTaskDefinition"] = fmt.Sprintf(`{"taskDefinition":{"taskDefinitionArn":"arn:td/%s","family":"web","cpu":"256","memory":"512","containerDefinitions":[{"name":"web","image":%q}]}}`, name, image)
}

func (b *bench) missImages() {
	b.moto.answers["DescribeImages"] = `{"__type":"ImageNotFoundException","message":"no"}`
	b.moto.status["DescribeImages"] = 400
}

const (
	publicImage = "public.ecr.aws/docker/library/busybox:1.37"
	ownTag      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/paperwurks/backend:dev-abc"
)

func (b *bench) createService(more object) object {
	setDefaults(more, object{"cluster": "dev", "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2})
	out, r := b.json("ecs", "CreateService", more)
	b.wantStatus("create", r, 200)
	return out["service"].(object)
}

func (b *bench) updateService(more object) object {
	setDefaults(more, object{"cluster": "dev", "service": "web"})
	out, r := b.json("ecs", "UpdateService", more)
	b.wantStatus("update", r, 200)
	return out["service"].(object)
}

func (b *bench) describeService() object {
	out, r := b.json("ecs", "DescribeServices", object{"cluster": "dev", "services": []string{"web"}})
	b.wantStatus("describe", r, 200)
	return out["services"].([]any)[0].(object)
}

// rolloutsOf writes a service's deployments as "STATUS task definition rollout state running/desired".
func rolloutsOf(service object) string {
	all := ""
	for _, item := range service["deployments"].([]any) {
		d := item.(object)
		all += fmt.Sprintf("%v %v %v %v/%v; ", d["status"], d["taskDefinition"], d["rolloutState"], d["runningCount"], d["desiredCount"])
	}
	return all
}

func TestServiceKeepsWhatWasWritten(t *testing.T) {
	b := newECSBench(t, publicImage)
	strategy := []object{{"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}}
	b.createService(object{"capacityProviderStrategy": strategy, "enableExecuteCommand": true, "availabilityZoneRebalancing": "ENABLED", "healthCheckGracePeriodSeconds": 60,
		"deploymentConfiguration": object{"minimumHealthyPercent": 50}})
	s := b.describeService()
	b.want("strategy", s["capacityProviderStrategy"], []object{{"base": 1, "capacityProvider": "FARGATE", "weight": 1}, {"base": 0, "capacityProvider": "FARGATE_SPOT", "weight": 3}})
	b.want("launch type, which a strategy replaces", s["launchType"], nil)
	b.want("rebalancing", s["availabilityZoneRebalancing"], "ENABLED")
	b.want("exec", s["enableExecuteCommand"], true)
	b.want("managed tags, not said", s["enableECSManagedTags"], false)
	b.want("grace", s["healthCheckGracePeriodSeconds"], 60)
	b.want("deployment configuration", s["deploymentConfiguration"], object{"bakeTimeInMinutes": 0, "deploymentCircuitBreaker": object{"enable": false, "rollback": false}, "maximumPercent": 200, "minimumHealthyPercent": 50, "strategy": "ROLLING"})
	b.want("what moto keeps", s["tags"], []object{{"key": "moto", "value": "has"}})

	s = b.updateService(object{"availabilityZoneRebalancing": "DISABLED", "desiredCount": 3})
	b.want("rebalancing after update", s["availabilityZoneRebalancing"], "DISABLED")
	b.want("exec after update", s["enableExecuteCommand"], true)
	b.want("no new deployment for that", rolloutsOf(s), "PRIMARY arn:td/web:1 COMPLETED 3/3; ")

	b.json("ecs", "DeleteService", object{"cluster": "dev", "service": "web"})
	b.want("after delete moto's own answer", b.describeService()["launchType"], "EC2")
}

func TestHealthyRollout(t *testing.T) {
	b := newECSBench(t, ownTag)
	b.want("created", rolloutsOf(b.createService(object{})), "PRIMARY arn:td/web:1 IN_PROGRESS 0/2; ")
	s := b.describeService()
	b.want("first look", rolloutsOf(s), "PRIMARY arn:td/web:1 COMPLETED 2/2; ")
	b.want("running", s["runningCount"], 2)
	b.want("pending", s["pendingCount"], 0)
	b.wantContains("image that was looked for", b.asked("DescribeImages"), `"imageIds":[{"imageTag":"dev-abc"}],"registryId":"123456789012","repositoryName":"paperwurks/backend"`)

	b.setTaskDefinition("web:2", ownTag)
	s = b.updateService(object{"taskDefinition": "web:2"})
	b.want("updated", rolloutsOf(s), "PRIMARY arn:td/web:2 IN_PROGRESS 0/2; ACTIVE arn:td/web:1 COMPLETED 2/2; ")
	b.want("the old tasks run on", s["runningCount"], 2)
	s = b.describeService()
	b.want("first look", rolloutsOf(s), "PRIMARY arn:td/web:2 COMPLETED 2/2; ")
	b.want("task definition", s["taskDefinition"], "arn:td/web:2")
	b.want("forced", rolloutsOf(b.updateService(object{"forceNewDeployment": true})), "PRIMARY arn:td/web:2 IN_PROGRESS 0/2; ACTIVE arn:td/web:2 COMPLETED 2/2; ")
}

func TestFailedRolloutGoesBack(t *testing.T) {
	b := newECSBench(t, ownTag)
	b.createService(object{"deploymentConfiguration": object{"deploymentCircuitBreaker": object{"enable": true, "rollback": true}}})
	b.describeService()
	b.setTaskDefinition("web:2", ownTag+"-missing")
	b.missImages()
	b.updateService(object{"taskDefinition": "web:2"})
	var seen []string
	for range 4 {
		seen = append(seen, rolloutsOf(b.describeService()))
	}
	for i, want := range []string{
		"PRIMARY arn:td/web:2 IN_PROGRESS 0/2; ACTIVE arn:td/web:1 COMPLETED 2/2; ",
		"PRIMARY arn:td/web:1 IN_PROGRESS 0/2; ACTIVE arn:td/web:2 FAILED 0/2; ",
		"PRIMARY arn:td/web:1 COMPLETED 2/2; ",
		"PRIMARY arn:td/web:1 COMPLETED 2/2; ",
	} {
		b.want(fmt.Sprintf("look %d", i+1), seen[i], want)
	}
	s := b.describeService()
	b.want("task definition", s["taskDefinition"], "arn:td/web:1")
	b.wantContains("events", fmt.Sprint(s["events"]), "deployment failed: ECS deployment circuit breaker: tasks failed to start.")
	b.wantContains("events", fmt.Sprint(s["events"]), "CannotPullContainerError")
}

func TestFailedRolloutWithoutAWayBack(t *testing.T) {
	for _, test := range []struct {
		name    string
		breaker object
		want    string
	}{
		{"no circuit breaker", object{"enable": false, "rollback": false}, "PRIMARY arn:td/web:1 IN_PROGRESS 0/2; "},
		{"no rollback", object{"enable": true, "rollback": false}, "PRIMARY arn:td/web:1 FAILED 0/2; "},
		{"nothing to go back to", object{"enable": true, "rollback": true}, "PRIMARY arn:td/web:1 FAILED 0/2; "},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newECSBench(t, ownTag)
			b.missImages()
			b.createService(object{"deploymentConfiguration": object{"deploymentCircuitBreaker": test.breaker}})
			for range 3 {
				b.describeService()
			}
			s := b.describeService()
			b.want("after four looks", rolloutsOf(s), test.want)
			b.want("running", s["runningCount"], 0)
		})
	}
	b := newECSBench(t, ownTag)
	b.missImages()
	b.createService(object{"desiredCount": 0})
	b.want("a service of no tasks has nothing to fail", rolloutsOf(b.describeService()), "PRIMARY arn:td/web:1 COMPLETED 0/0; ")
}

func TestAlarmStopsRollout(t *testing.T) {
	b := newECSBench(t, publicImage)
	b.createService(object{"deploymentConfiguration": object{"alarms": object{"alarmNames": []string{"5xx"}, "enable": true, "rollback": true}}})
	b.want("quiet", rolloutsOf(b.describeService()), "PRIMARY arn:td/web:1 COMPLETED 2/2; ")
	b.moto.answers["DescribeAlarms"] = `{"MetricAlarms":[{"AlarmName":"other"},{"AlarmName":"5xx"}]}`
	b.setTaskDefinition("web:2", publicImage)
	b.updateService(object{"taskDefinition": "web:2"})
	b.want("in alarm", rolloutsOf(b.describeService()), "PRIMARY arn:td/web:1 IN_PROGRESS 0/2; ACTIVE arn:td/web:2 FAILED 0/2; ")
	b.want("rolled back, in spite of the alarm", rolloutsOf(b.describeService()), "PRIMARY arn:td/web:1 COMPLETED 2/2; ")
	b.moto.answers["DescribeAlarms"] = `{"MetricAlarms":[{"AlarmName":"other"}]}`
	b.updateService(object{"taskDefinition": "web:2"})
	b.want("another service's alarm", rolloutsOf(b.describeService()), "PRIMARY arn:td/web:2 COMPLETED 2/2; ")
}

func TestServiceOfAnotherControllerStaysWithMoto(t *testing.T) {
	b := newECSBench(t, publicImage)
	b.json("ecs", "CreateService", object{"cluster": "dev", "serviceName": "web", "taskDefinition": "web:1", "deploymentController": object{"type": "CODE_DEPLOY"}})
	b.want("moto's own answer", b.describeService()["launchType"], "EC2")
}

func TestFargateTask(t *testing.T) {
	b := newECSBench(t, ownTag)
	network := object{"awsvpcConfiguration": object{"subnets": []string{"subnet-1"}}}
	out, r := b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network, "startedBy": "migration"})
	b.wantStatus("run", r, 200)
	arn := out["tasks"].([]any)[0].(object)["taskArn"]
	look := func() object {
		out, _ := b.json("ecs", "DescribeTasks", object{"cluster": "dev", "tasks": []any{arn}})
		return out["tasks"].([]any)[0].(object)
	}
	listed := func(status string) any {
		out, _ := b.json("ecs", "ListTasks", object{"cluster": "dev", "family": "web", "desiredStatus": status})
		return out["taskArns"]
	}
	b.want("running ones", listed("RUNNING"), []any{arn})
	var states []any
	for range 4 {
		states = append(states, look()["lastStatus"])
	}
	b.want("states", states, []string{"PENDING", "RUNNING", "STOPPED", "STOPPED"})
	container := look()["containers"].([]any)[0].(object)
	b.want("exit code", container["exitCode"], 0)
	b.want("container", container["name"], "web")
	b.want("running ones", listed("RUNNING"), []any{})
	b.want("stopped ones", listed("STOPPED"), []any{arn})

	out, _ = b.json("ecs", "DescribeTasks", object{"cluster": "dev", "tasks": []any{"arn:other"}})
	b.want("one that moto should know", out["failures"], []object{{"reason": "MISSING"}})
	_, r = b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE"})
	b.wantError("without a network", r, 400, "InvalidParameterException")
	_, r = b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network, "count": 11})
	b.wantError("too many", r, 400, "InvalidParameterException")
	out, _ = b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "EC2"})
	b.want("one on EC2", out["tasks"], []object{{"taskArn": "moto's"}})
	b.moto.answers["DescribeClusters"] = `{"clusters":[]}`
	_, r = b.json("ecs", "RunTask", object{"cluster": "none", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network})
	b.wantError("no cluster", r, 400, "ClusterNotFoundException")
}

func TestFargateTaskWithoutItsImage(t *testing.T) {
	b := newECSBench(t, ownTag)
	b.missImages()
	out, _ := b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "networkConfiguration": object{},
		"capacityProviderStrategy": []object{{"capacityProvider": "FARGATE_SPOT"}}})
	arn := out["tasks"].([]any)[0].(object)["taskArn"]
	var task object
	for range 3 {
		out, _ := b.json("ecs", "DescribeTasks", object{"cluster": "dev", "tasks": []any{arn}})
		task = out["tasks"].([]any)[0].(object)
	}
	b.want("state", task["lastStatus"], "STOPPED")
	b.want("code", task["stopCode"], "TaskFailedToStart")
	b.wantContains("reason", task["stoppedReason"].(string), "CannotPullContainerError")
	b.want("exit code", task["containers"].([]any)[0].(object)["exitCode"], nil)
}

func TestStopFargateTask(t *testing.T) {
	b := newECSBench(t, publicImage)
	out, _ := b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": object{}})
	arn := out["tasks"].([]any)[0].(object)["taskArn"]
	out, _ = b.json("ecs", "StopTask", object{"cluster": "dev", "task": arn, "reason": "enough"})
	task := out["task"].(object)
	b.want("state", task["lastStatus"], "STOPPED")
	b.want("reason", task["stoppedReason"], "enough")
	out, _ = b.json("ecs", "StopTask", object{"cluster": "dev", "task": "other"})
	b.want("another's", out["task"], object{"taskArn": "moto's"})
}

func TestImages(t *testing.T) {
	for image, want := range map[string]string{
		publicImage: "[]",
		"nginx":     "[]",
		ownTag:      "[123456789012 eu-central-1 paperwurks/backend dev-abc ]",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a":                "[123456789012 eu-west-1 a  ]",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:abc":     "[123456789012 eu-west-1 a  sha256:abc]",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:t@sha256:abc": "[123456789012 eu-west-1 a/b t sha256:abc]",
	} {
		parts := ownImage.FindStringSubmatch(image)
		if len(parts) > 0 {
			parts = parts[1:]
		}
		if got := fmt.Sprint(parts); got != want {
			t.Errorf("%s: got %s, want %s", image, got, want)
		}
	}
}

func TestServiceDeploymentsSayHowTheyEnded(t *testing.T) {
	b := newECSBench(t, ownTag)
	list := func() string {
		out, r := b.json("ecs", "ListServiceDeployments", object{"cluster": "dev", "service": "web"})
		b.wantStatus("list", r, 200)
		all := ""
		for _, item := range out["serviceDeployments"].([]any) {
			d := item.(object)
			_, ended := d["finishedAt"]
			all += fmt.Sprintf("%v %v; ", d["status"], ended)
		}
		return all
	}
	b.createService(object{"deploymentConfiguration": object{"deploymentCircuitBreaker": object{"enable": true, "rollback": true}}})
	b.want("begun", list(), "IN_PROGRESS false; ")
	b.describeService()
	b.want("completed", list(), "SUCCESSFUL true; ")
	b.setTaskDefinition("web:2", ownTag+"-missing")
	b.missImages()
	b.updateService(object{"taskDefinition": "web:2"})
	b.describeService()
	b.describeService()
	b.want("going back", list(), "ROLLBACK_IN_PROGRESS false; SUCCESSFUL true; ")
	b.describeService()
	b.want("back", list(), "ROLLBACK_SUCCESSFUL true; SUCCESSFUL true; ")
	_, r := b.json("ecs", "ListServiceDeployments", object{"cluster": "dev", "service": "worker"})
	b.wantStatus("of no service", r, 400)
}

// TestEndedTaskRings: of the alarms that look at the rules which pass on a task's end, that of one event rings.
func TestEndedTaskRings(t *testing.T) {
	const event = `"Namespace":"AWS/Events","MetricName":"Invocations","Dimensions":[{"Name":"RuleName","Value":"%s"}]`
	alarm := func(name, rule, operator string) string {
		return fmt.Sprintf(`{"AlarmName":%q,`+event+`,"ComparisonOperator":%q,"Threshold":0}`, name, rule, operator)
	}
	b := newECSBench(t, ownTag)
	b.moto.answers["ListRules"] = `{"Rules":[
		{"Name":"failed","State":"ENABLED","EventPattern":"{\"source\":[\"aws.ecs\"],\"detail\":{\"stopCode\":[\"TaskFailedToStart\"]}}"},
		{"Name":"off","State":"DISABLED","EventPattern":"{\"source\":[\"aws.ecs\"]}"},
		{"Name":"succeeded","State":"ENABLED","EventPattern":"{\"source\":[\"aws.ecs\"],\"detail\":{\"containers\":{\"exitCode\":[0]}}}"},
		{"Name":"each hour","State":"ENABLED"}]}`
	b.moto.answers["SetAlarmState"] = `{}`
	b.moto.answers["DescribeAlarms"] = `{"MetricAlarms":[` + alarm("none", "failed", "LessThanThreshold") + "," + alarm("of off", "off", "GreaterThanThreshold") + "," +
		alarm("of succeeded", "succeeded", "GreaterThanThreshold") + "," + alarm("of failed", "failed", "GreaterThanThreshold") +
		`,{"AlarmName":"by a formula","ComparisonOperator":"GreaterThanThreshold","Threshold":0,"Metrics":[{"Expression":"m"},{"MetricStat":{"Metric":{` + fmt.Sprintf(event, "failed") + `}}}]}]}`
	run := func() {
		out, _ := b.json("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": object{}})
		arn := out["tasks"].([]any)[0].(object)["taskArn"]
		for range 5 {
			b.json("ecs", "DescribeTasks", object{"cluster": "dev", "tasks": []any{arn}})
		}
	}
	rung := func() (names []string) {
		for _, body := range b.moto.bodies["SetAlarmState"] {
			var in struct{ AlarmName, StateValue string }
			if err := json.Unmarshal([]byte(body), &in); err != nil {
				t.Fatal(err)
			}
			names = append(names, in.AlarmName+" "+in.StateValue)
		}
		return names
	}
	run()
	b.want("a run that succeeded", rung(), []string{"of succeeded ALARM"})
	b.missImages()
	run()
	b.want("a run that did not start", rung(), []string{"of succeeded ALARM", "of failed ALARM", "by a formula ALARM"})
}
