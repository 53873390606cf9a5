package localaws

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// moto runs a task only when each container names its own memory, which Fargate does not ask for. Here a
// Fargate task is PENDING, then RUNNING, then STOPPED with exit code 0, one step at each DescribeTasks; a task
// whose image the account's own ECR does not have stops without having started, as on AWS.

func init() {
	const why = "moto runs no task whose containers do not name their memory"
	register("ecs",
		gap{operation: "RunTask", why: why, answer: oneECSCall(runFargateTask)},
		gap{operation: "DescribeTasks", why: why, answer: oneECSCall(describeFargateTasks)},
		gap{operation: "StopTask", why: why, answer: oneECSCall(stopFargateTask)},
		gap{operation: "ListTasks", why: why, answer: oneECSCall(listFargateTasks)},
	)
}

// fargateTask is a task that was run by itself, not by a service.
type fargateTask struct {
	arn, cluster, family string
	description          object
	broken               string
	// told says whether EventBridge had the event of its end.
	told bool
}

// steps are the states that a task goes through, one at each look.
var steps = []string{"PROVISIONING", "PENDING", "RUNNING", "STOPPED"}

func (t *fargateTask) status() string {
	status, _ := t.description["lastStatus"].(string)
	return status
}

// advance takes the task one step further.
func (t *fargateTask) advance() {
	at := slices.Index(steps, t.status())
	if at < 0 || at == len(steps)-1 {
		return
	}
	switch next := steps[at+1]; {
	case next == "RUNNING" && t.broken != "":
		t.stop("TaskFailedToStart", t.broken, nil)
	case next == "RUNNING":
		t.set(next)
		t.description["startedAt"] = seconds(time.Now())
	case next == "STOPPED":
		zero := 0
		t.stop("EssentialContainerExited", "Essential container in task exited", &zero)
	default:
		t.set(next)
	}
}

func (t *fargateTask) set(status string) {
	t.description["lastStatus"] = status
	for _, c := range t.containers() {
		c["lastStatus"] = status
	}
}

func (t *fargateTask) stop(code, reason string, exit *int) {
	t.set("STOPPED")
	t.description["desiredStatus"] = "STOPPED"
	t.description["stopCode"], t.description["stoppedReason"] = code, reason
	t.description["stoppedAt"] = seconds(time.Now())
	for _, c := range t.containers() {
		if exit != nil {
			c["exitCode"] = *exit
		} else {
			c["reason"] = reason
		}
	}
}

func (t *fargateTask) containers() []object {
	containers, _ := t.description["containers"].([]object)
	return containers
}

func runFargateTask(f *Front, c *call) (*answer, error) {
	var in struct {
		Cluster, TaskDefinition, LaunchType, Group, StartedBy, PlatformVersion string
		Count                                                                  *int
		CapacityProviderStrategy                                               []struct{ CapacityProvider string }
		NetworkConfiguration, Overrides                                        object
		Tags                                                                   []any
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	fargate := in.LaunchType == "FARGATE"
	provider := ""
	for _, p := range in.CapacityProviderStrategy {
		if strings.HasPrefix(p.CapacityProvider, "FARGATE") {
			fargate, provider = true, p.CapacityProvider
		}
	}
	if !fargate {
		return f.ask(c)
	}
	if in.NetworkConfiguration == nil {
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified."}
	}
	cluster, err := existingCluster(f, c, in.Cluster)
	if err != nil {
		return nil, err
	}
	arn, definition, err := taskDefinition(f, c, in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	broken, err := missingImage(f, c, definition)
	if err != nil {
		return nil, err
	}
	family, _ := definition["family"].(string)
	if in.Group == "" {
		in.Group = "family:" + family
	}
	if in.Overrides == nil {
		in.Overrides = object{"containerOverrides": []any{}}
	}
	if in.Tags == nil {
		in.Tags = []any{}
	}
	count := 1
	if in.Count != nil {
		count = *in.Count
	}
	if count < 1 || count > 10 {
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterException", "count must be between 1 and 10."}
	}
	tasks := []object{}
	for range count {
		id := strings.ReplaceAll(newUUID(), "-", "")
		t := &fargateTask{arn: inCluster(f, c, "task", cluster, id), cluster: cluster, family: family, broken: broken}
		containers := []object{}
		defined, _ := definition["containerDefinitions"].([]any)
		for _, item := range defined {
			container, _ := item.(object)
			containers = append(containers, object{"containerArn": strings.Replace(t.arn, ":task/", ":container/", 1) + "/" + newUUID(), "taskArn": t.arn,
				"name": container["name"], "image": container["image"], "lastStatus": steps[0], "networkInterfaces": []any{}})
		}
		t.description = object{"taskArn": t.arn, "clusterArn": cluster, "taskDefinitionArn": arn, "group": in.Group, "startedBy": in.StartedBy,
			"lastStatus": steps[0], "desiredStatus": "RUNNING", "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux",
			"cpu": definition["cpu"], "memory": definition["memory"], "createdAt": seconds(time.Now()), "overrides": in.Overrides, "containers": containers,
			"attachments": []any{}, "tags": in.Tags, "version": 1}
		if provider != "" {
			t.description["capacityProviderName"] = provider
		}
		f.memory.put("ecs-task", t.arn, t)
		tasks = append(tasks, t.description)
	}
	return jsonAnswer(object{"tasks": tasks, "failures": []any{}})
}

// existingCluster refuses a cluster that moto does not have.
func existingCluster(f *Front, c *call, name string) (string, error) {
	arn := clusterARN(f, c, name)
	var out struct {
		Clusters []struct{ ClusterArn, Status string }
	}
	if err := f.askJSON(c, "ecs", ecsTarget+"DescribeClusters", object{"clusters": []string{arn}}, &out); err != nil {
		return "", err
	}
	if len(out.Clusters) != 1 || out.Clusters[0].Status != "ACTIVE" {
		return "", &apiError{http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found."}
	}
	return arn, nil
}

func describeFargateTasks(f *Front, c *call) (*answer, error) {
	var in struct {
		Cluster string
		Tasks   []string
		Include []string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	tasks, failures := []any{}, []any{}
	var others []string
	for _, name := range in.Tasks {
		t, ok := recall[*fargateTask](f.memory, "ecs-task", inCluster(f, c, "task", in.Cluster, name))
		if !ok {
			others = append(others, name)
			continue
		}
		if t.advance(); t.status() == "STOPPED" && !t.told {
			t.told = true
			if err := f.ended(c, t); err != nil {
				return nil, err
			}
		}
		tasks = append(tasks, t.description)
	}
	if len(others) > 0 {
		var out struct{ Tasks, Failures []any }
		err := f.askJSON(c, "ecs", ecsTarget+"DescribeTasks", object{"cluster": in.Cluster, "tasks": others, "include": in.Include}, &out)
		if err != nil {
			return nil, err
		}
		tasks, failures = append(tasks, out.Tasks...), append(failures, out.Failures...)
	}
	return jsonAnswer(object{"tasks": tasks, "failures": failures})
}

func stopFargateTask(f *Front, c *call) (*answer, error) {
	var in struct{ Cluster, Task, Reason string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	t, ok := recall[*fargateTask](f.memory, "ecs-task", inCluster(f, c, "task", in.Cluster, in.Task))
	if !ok {
		return f.ask(c)
	}
	if t.status() != "STOPPED" {
		killed := 137
		t.stop("UserInitiated", in.Reason, &killed)
	}
	return jsonAnswer(object{"task": t.description})
}

func listFargateTasks(f *Front, c *call) (*answer, error) {
	var in struct{ Cluster, Family, DesiredStatus, ServiceName, StartedBy, LaunchType string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out struct{ TaskArns []string }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, errors.Join(errors.New("moto's ListTasks"), err)
	}
	if in.DesiredStatus == "" {
		in.DesiredStatus = "RUNNING"
	}
	cluster := clusterARN(f, c, in.Cluster)
	for _, document := range f.memory.all("ecs-task") {
		t, ok := document.(*fargateTask)
		if !ok || t.cluster != cluster || in.ServiceName != "" || in.Family != "" && in.Family != t.family ||
			in.StartedBy != "" && in.StartedBy != t.description["startedBy"] || in.LaunchType != "" && in.LaunchType != "FARGATE" ||
			in.DesiredStatus != t.description["desiredStatus"] {
			continue
		}
		out.TaskArns = append(out.TaskArns, t.arn)
	}
	slices.Sort(out.TaskArns)
	if out.TaskArns == nil {
		out.TaskArns = []string{}
	}
	return jsonAnswer(object{"taskArns": out.TaskArns})
}
