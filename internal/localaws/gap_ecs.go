package localaws

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Amazon ECS speaks awsJson 1.1. moto keeps a service with a few of its settings, never runs its tasks
// and knows no deployments. Here a service keeps all that was written, and rolls out:
//
//   - a deployment whose images are there completes at the first DescribeServices after it began;
//   - one with an image that the account's own ECR does not have fails its tasks, as does one while an alarm
//     of the deployment's is in ALARM; with a circuit breaker (or alarms) it ends FAILED, and rolls back to
//     the last completed deployment where that is asked for.

func init() {
	const forgets = "moto forgets most of a service's settings"
	register("ecs",
		gap{operation: "CreateService", why: forgets, answer: oneECSCall(createECSService)},
		gap{operation: "UpdateService", why: forgets + ", and rolls nothing out", answer: oneECSCall(updateECSService)},
		gap{operation: "DescribeServices", why: forgets + ", and never runs a service's tasks", answer: oneECSCall(describeECSServices)},
		gap{operation: "DeleteService", why: forgets, answer: oneECSCall(deleteECSService)},
	)
	register("application-autoscaling",
		gap{operation: "RegisterScalableTarget", why: "moto scales nothing", answer: oneECSCall(registerScalableTarget)})
}

const ecsTarget = "AmazonEC2ContainerServiceV20141113."

// oneECSCall lets one call at a time read and change what is remembered of services and tasks.
func oneECSCall(next func(*Front, *call) (*answer, error)) func(*Front, *call) (*answer, error) {
	return func(f *Front, c *call) (*answer, error) {
		f.ecs.Lock()
		defer f.ecs.Unlock()
		return next(f, c)
	}
}

// object is a JSON object whose members are not known one by one.
type object = map[string]any

// keptServiceSettings are the members of CreateService and UpdateService that DescribeServices returns
// as they were written. Those that change a running task begin a new deployment.
var keptServiceSettings = map[string]struct{ deploys bool }{
	"availabilityZoneRebalancing":   {},
	"capacityProviderStrategy":      {deploys: true},
	"deploymentController":          {},
	"desiredCount":                  {},
	"enableECSManagedTags":          {},
	"enableExecuteCommand":          {},
	"healthCheckGracePeriodSeconds": {},
	"launchType":                    {deploys: true},
	"loadBalancers":                 {deploys: true},
	"networkConfiguration":          {deploys: true},
	"placementConstraints":          {},
	"placementStrategy":             {},
	"platformVersion":               {deploys: true},
	"propagateTags":                 {},
	"schedulingStrategy":            {},
	"serviceRegistries":             {deploys: true},
}

// keptDeploymentSettings are returned with each deployment instead.
var keptDeploymentSettings = []string{"serviceConnectConfiguration", "volumeConfigurations"}

// ecsService is a service that rolls out by itself (deployment controller ECS).
type ecsService struct {
	arn, name, cluster string
	settings           object // what DescribeServices says besides moto's answer
	deployment         object // what its deployments say besides that
	primary            *rollout
	active             *rollout // the one before, until the primary has taken over
	lastGood           *rollout
	events             []object // newest first
	history            []*rollout
}

// rollout is one deployment of a service.
type rollout struct {
	id, taskDefinition string
	created, updated   time.Time
	state, reason      string  // rolloutState, rolloutStateReason
	broken             string  // why its tasks cannot start; empty when they can
	vcpu               float64 // of one task
	failedTasks        int
	undoes             *rollout // the deployment that this one rolls back
}

const (
	rolloutInProgress = "IN_PROGRESS"
	rolloutCompleted  = "COMPLETED"
	rolloutFailed     = "FAILED"

	// A circuit breaker opens at this many failed tasks, one of which fails at each look. AWS's smallest
	// threshold is 3; a waiter that looks every 15 seconds need not wait for that here.
	circuitBreakerThreshold = 2
)

// seconds is a time as awsJson writes it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func serviceKey(region, arn string) string { return region + " " + arn }

// findService finds a service that rolls out here.
func findService(f *Front, c *call, arn string) (*ecsService, bool) {
	return recall[*ecsService](f.memory, "ecs-service", serviceKey(c.region, arn))
}

// desired is how many tasks the service is to run.
func (s *ecsService) desired() int {
	n, _ := s.settings["desiredCount"].(float64)
	return int(n)
}

// deploymentOption reads one setting of deploymentConfiguration, such as deploymentCircuitBreaker.rollback.
func (s *ecsService) deploymentOption(group, name string) bool {
	configuration, _ := s.settings["deploymentConfiguration"].(object)
	options, _ := configuration[group].(object)
	on, _ := options[name].(bool)
	return on
}

func (s *ecsService) event(format string, args ...any) {
	s.events = slices.Insert(s.events, 0, object{"id": newUUID(), "createdAt": seconds(time.Now()), "message": fmt.Sprintf("(service %s) ", s.name) + fmt.Sprintf(format, args...)})
}

// keep takes over the settings that a call brings and says whether they begin a new deployment.
func (s *ecsService) keep(in object) (deploys bool) {
	for name, kind := range keptServiceSettings {
		value, given := in[name]
		if !given || value == nil {
			continue
		}
		deploys = deploys || kind.deploys && !reflect.DeepEqual(s.settings[name], value)
		s.settings[name] = value
	}
	if strategy, ok := s.settings["capacityProviderStrategy"].([]any); ok && len(strategy) > 0 {
		for _, item := range strategy { // AWS names the defaults
			if provider, ok := item.(object); ok {
				setDefaults(provider, object{"base": 0.0, "weight": 0.0})
			}
		}
		delete(s.settings, "launchType") // a service has one or the other
	}
	for _, name := range keptDeploymentSettings {
		if value, given := in[name]; given && value != nil {
			deploys = deploys || !reflect.DeepEqual(s.deployment[name], value)
			s.deployment[name] = value
		}
	}
	configuration, _ := s.settings["deploymentConfiguration"].(object)
	configuration = maps.Clone(configuration)
	if configuration == nil {
		configuration = object{}
	}
	if given, ok := in["deploymentConfiguration"].(object); ok {
		maps.Copy(configuration, given)
	}
	setDefaults(configuration, object{"maximumPercent": 200.0, "minimumHealthyPercent": 100.0, "strategy": "ROLLING", "bakeTimeInMinutes": 0.0,
		"deploymentCircuitBreaker": object{"enable": false, "rollback": false}})
	s.settings["deploymentConfiguration"] = configuration
	return deploys
}

// setDefaults adds what is missing.
func setDefaults(o, defaults object) {
	for name, value := range defaults {
		if _, given := o[name]; !given {
			o[name] = value
		}
	}
}

// begin starts a deployment of a task definition.
func (s *ecsService) begin(taskDefinition, broken string, vcpu float64, undoes *rollout) *rollout {
	now := time.Now()
	r := &rollout{vcpu: vcpu, id: fmt.Sprintf("ecs-svc/%d", 1e18+rand.Int64N(9e18-1e18)), taskDefinition: taskDefinition, created: now, updated: now, state: rolloutInProgress, broken: broken, undoes: undoes}
	r.reason = "ECS deployment " + r.id + " in progress."
	if undoes != nil {
		r.reason = "ECS deployment circuit breaker: rolling back to deploymentId " + undoes.id + "."
	}
	s.active = s.primary
	if s.active != nil && s.active.state == rolloutInProgress && s.lastGood != nil {
		s.active = s.lastGood // one that never completed runs nothing that could go on
	}
	s.primary = r
	s.history = append(s.history, r)
	return r
}

// vcpuOf is the size of a task.
func vcpuOf(definition object) float64 {
	text, _ := definition["cpu"].(string)
	units, _ := strconv.ParseFloat(text, 64) // a definition for instances may have none
	return units / 1024
}

// fargateQuotas are the quotas of Fargate's two capacity providers.
var fargateQuotas = map[string]string{"FARGATE": "L-3032A538", "FARGATE_SPOT": "L-36FBB829"}

// split says how many of n tasks each capacity provider runs: the base first, the rest by weight (Amazon ECS API,
// CapacityProviderStrategyItem).
func (s *ecsService) split(n int) map[string]int {
	if s.settings["launchType"] == "FARGATE" {
		return map[string]int{"FARGATE": n}
	}
	out, weights, all := map[string]int{}, map[string]float64{}, 0.0
	items, _ := s.settings["capacityProviderStrategy"].([]any)
	for _, item := range items {
		provider, _ := item.(object)
		name, _ := provider["capacityProvider"].(string)
		base, _ := provider["base"].(float64)
		weights[name], _ = provider["weight"].(float64)
		all += weights[name]
		out[name] = min(int(base), n)
		n -= out[name]
	}
	for rest := n; rest > 0 && all > 0; rest-- { // each to whom it brings nearest to its weight
		next := ""
		for name, weight := range weights {
			if weight > 0 && (next == "" || float64(out[name])/weight < float64(out[next])/weights[next] ||
				float64(out[name])/weight == float64(out[next])/weights[next] && name < next) {
				next = name
			}
		}
		out[next]++
	}
	return out
}

// overQuota says why the deployment under way cannot place its tasks; empty where it can. A rolling deployment needs
// room for one task more than run already, a first one for all.
func (s *ecsService) overQuota(f *Front, c *call) (string, error) {
	r := s.primary
	if r == nil || r.state != rolloutInProgress || r.vcpu == 0 || s.desired() == 0 {
		return "", nil
	}
	wanted := s.split(s.desired())
	if s.active != nil {
		wanted = s.split(max(s.desired(), s.running(s.active)) + 1)
	}
	used := map[string]float64{}
	for _, document := range f.memory.all("ecs-service") {
		if other, ok := document.(*ecsService); ok && other != s && strings.Contains(other.arn, ":"+c.region+":") {
			for _, deployment := range []*rollout{other.primary, other.active} {
				if deployment == nil {
					continue
				}
				for provider, n := range other.split(other.running(deployment)) {
					used[provider] += float64(n) * deployment.vcpu
				}
			}
		}
	}
	for provider, n := range wanted {
		code := fargateQuotas[provider]
		if code == "" || n == 0 {
			continue
		}
		var out struct{ Quota struct{ Value float64 } }
		if err := f.askJSON(c, "servicequotas", "ServiceQuotasV20190624.GetServiceQuota", object{"ServiceCode": "fargate", "QuotaCode": code}, &out); err != nil {
			return "", err
		}
		if used[provider]+float64(n)*r.vcpu > out.Quota.Value {
			return "You've reached the limit on the number of vCPUs you can run concurrently.", nil
		}
	}
	return "", nil
}

// advance is what happens between one DescribeServices and the next.
func (s *ecsService) advance(alarm, overQuota string) {
	r := s.primary
	if r == nil || r.state != rolloutInProgress {
		return
	}
	r.updated = time.Now()
	if r.undoes != nil {
		alarm = "" // the alarm that is being answered does not stop the answer
	}
	switch {
	case overQuota != "" && alarm == "":
		s.event("was unable to place a task. Reason: %s", overQuota)
	case s.desired() == 0 || r.broken == "" && alarm == "":
		s.complete(r)
	case alarm != "":
		s.fail(r, "ECS deployment failed: alarm detected: "+alarm+".", s.deploymentOption("alarms", "rollback"))
	default:
		r.failedTasks++
		s.event("was unable to start a task: %s", r.broken)
		if s.deploymentOption("deploymentCircuitBreaker", "enable") && r.failedTasks >= circuitBreakerThreshold {
			s.fail(r, "ECS deployment circuit breaker: tasks failed to start.", s.deploymentOption("deploymentCircuitBreaker", "rollback"))
		}
	}
}

func (s *ecsService) complete(r *rollout) {
	r.state, r.reason = rolloutCompleted, "ECS deployment "+r.id+" completed."
	s.active, s.lastGood = nil, r
	s.event("(deployment %s) deployment completed.", r.id)
	s.event("has reached a steady state.")
}

func (s *ecsService) fail(r *rollout, reason string, rollback bool) {
	r.state, r.reason = rolloutFailed, reason
	s.event("(deployment %s) deployment failed: %s", r.id, reason)
	if !rollback || s.lastGood == nil {
		return
	}
	s.event("rolling back to deployment %s.", s.lastGood.id)
	s.begin(s.lastGood.taskDefinition, s.lastGood.broken, s.lastGood.vcpu, r)
	s.active = r
}

// running is how many tasks a deployment has: the new one all when it has completed, the one that it takes
// over from all until then.
func (s *ecsService) running(r *rollout) int {
	switch {
	case r == s.primary && r.state == rolloutCompleted:
		return s.desired()
	case r == s.active && r.state != rolloutFailed:
		return s.desired()
	default:
		return 0
	}
}

// describe completes moto's description of the service.
func (s *ecsService) describe(service object) {
	maps.Copy(service, s.settings)
	if _, has := s.settings["launchType"]; !has {
		delete(service, "launchType")
	}
	service["events"] = s.events
	service["taskDefinition"] = s.primary.taskDefinition
	running, pending := 0, 0
	deployments := []object{}
	for _, r := range []*rollout{s.primary, s.active} {
		if r == nil {
			continue
		}
		status := "PRIMARY"
		if r == s.active {
			status = "ACTIVE"
		}
		now := s.running(r)
		wait := 0
		if r == s.primary {
			wait = s.desired() - now
		}
		running, pending = running+now, pending+wait
		d := object{"id": r.id, "status": status, "taskDefinition": r.taskDefinition, "desiredCount": s.desired(), "runningCount": now, "pendingCount": wait,
			"failedTasks": r.failedTasks, "createdAt": seconds(r.created), "updatedAt": seconds(r.updated), "rolloutState": r.state, "rolloutStateReason": r.reason,
			"platformFamily": "Linux"}
		for _, name := range []string{"launchType", "capacityProviderStrategy", "platformVersion", "networkConfiguration"} {
			if value, has := s.settings[name]; has {
				d[name] = value
			}
		}
		maps.Copy(d, s.deployment)
		deployments = append(deployments, d)
	}
	service["deployments"], service["runningCount"], service["pendingCount"] = deployments, running, pending
	service["desiredCount"] = s.desired()
}

// describeOne asks moto for a service and completes the answer.
func (s *ecsService) describeOne(f *Front, c *call) (*answer, error) {
	var out struct{ Services []object }
	if err := f.askJSON(c, "ecs", ecsTarget+"DescribeServices", object{"cluster": s.cluster, "services": []string{s.name}, "include": []string{"TAGS"}}, &out); err != nil {
		return nil, err
	}
	if len(out.Services) != 1 {
		return nil, fmt.Errorf("moto lost service %s", s.arn)
	}
	s.describe(out.Services[0])
	return jsonAnswer(object{"service": out.Services[0]})
}

// taskDefinition is what moto knows of a task definition, and its full ARN.
func taskDefinition(f *Front, c *call, name string) (arn string, definition object, err error) {
	var out struct{ TaskDefinition object }
	if err := f.askJSON(c, "ecs", ecsTarget+"DescribeTaskDefinition", object{"taskDefinition": name}, &out); err != nil {
		return "", nil, err
	}
	arn, _ = out.TaskDefinition["taskDefinitionArn"].(string)
	return arn, out.TaskDefinition, nil
}

// ownImage takes apart an image of an account's own ECR: registry, repository, and tag or digest.
var ownImage = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?::([^@]+))?(?:@(.+))?$`)

// missingImage says which image of a task definition the account's ECR does not have; empty when it has
// them all. An image of any other registry is taken to be there.
func missingImage(f *Front, c *call, definition object) (string, error) {
	containers, _ := definition["containerDefinitions"].([]any)
	for _, item := range containers {
		container, _ := item.(object)
		image, _ := container["image"].(string)
		parts := ownImage.FindStringSubmatch(image)
		if parts == nil || parts[1] != f.account {
			continue
		}
		id := object{}
		switch tag, digest := parts[4], parts[5]; {
		case digest != "":
			id["imageDigest"] = digest
		case tag != "":
			id["imageTag"] = tag
		default:
			id["imageTag"] = "latest"
		}
		err := f.askJSON(c.inRegion(parts[2]), "ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeImages", object{"registryId": parts[1], "repositoryName": parts[3], "imageIds": []object{id}}, nil)
		if refused, ok := errors.AsType[*apiError](err); ok && strings.HasSuffix(refused.code, "NotFoundException") {
			return fmt.Sprintf("CannotPullContainerError: %s: not found", image), nil
		} else if err != nil {
			return "", err
		}
	}
	return "", nil
}

// ringing names an alarm of the deployment's that is in ALARM; empty when none is.
func (s *ecsService) ringing(f *Front, c *call) (string, error) {
	if !s.deploymentOption("alarms", "enable") || s.primary == nil || s.primary.state != rolloutInProgress {
		return "", nil
	}
	configuration, _ := s.settings["deploymentConfiguration"].(object)
	alarms, _ := configuration["alarms"].(object)
	names, _ := alarms["alarmNames"].([]any)
	var out struct{ MetricAlarms []struct{ AlarmName string } }
	if err := f.askJSON(c, "monitoring", "GraniteServiceVersion20100801.DescribeAlarms", object{"StateValue": "ALARM"}, &out); err != nil {
		return "", err
	}
	for _, alarm := range out.MetricAlarms {
		if slices.Contains(names, any(alarm.AlarmName)) {
			return alarm.AlarmName, nil
		}
	}
	return "", nil
}

func createECSService(f *Front, c *call) (*answer, error) {
	var in object
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out struct{ Service object }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	controller, _ := in["deploymentController"].(object)
	named, _ := in["taskDefinition"].(string)
	if kind, _ := controller["type"].(string); kind != "" && kind != "ECS" || named == "" {
		return a, nil // someone else rolls it out
	}
	arn, definition, err := taskDefinition(f, c, named)
	if err != nil {
		return nil, err
	}
	broken, err := missingImage(f, c, definition)
	if err != nil {
		return nil, err
	}
	s := &ecsService{settings: object{}, deployment: object{}}
	s.arn, _ = out.Service["serviceArn"].(string)
	s.name, _ = out.Service["serviceName"].(string)
	s.cluster, _ = out.Service["clusterArn"].(string)
	setDefaults(in, object{"availabilityZoneRebalancing": "DISABLED", "desiredCount": 0.0, "enableECSManagedTags": false, "enableExecuteCommand": false,
		"placementConstraints": []any{}, "placementStrategy": []any{}, "propagateTags": "NONE", "schedulingStrategy": "REPLICA"})
	if in["launchType"] == "FARGATE" || in["capacityProviderStrategy"] != nil {
		setDefaults(in, object{"platformVersion": "LATEST"})
	}
	s.keep(in)
	s.begin(arn, broken, vcpuOf(definition), nil)
	f.memory.put("ecs-service", serviceKey(c.region, s.arn), s)
	return s.describeOne(f, c)
}

// clusterARN is the ARN of a cluster that is given by name or ARN.
func clusterARN(f *Front, c *call, cluster string) string {
	cluster = cmp.Or(cluster, "default")
	if strings.HasPrefix(cluster, "arn:") {
		return cluster
	}
	return f.arn("ecs", c.region, "cluster/"+cluster)
}

// inCluster is the ARN of a service or task that is given by name or ARN.
func inCluster(f *Front, c *call, kind, cluster, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	cluster = clusterARN(f, c, cluster)
	return f.arn("ecs", c.region, kind+"/"+cluster[strings.LastIndexByte(cluster, '/')+1:]+"/"+name)
}

func updateECSService(f *Front, c *call) (*answer, error) {
	var in object
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	cluster, _ := in["cluster"].(string)
	service, _ := in["service"].(string)
	s, ok := findService(f, c, inCluster(f, c, "service", cluster, service))
	if !ok {
		return f.ask(c)
	}
	next := s.primary.taskDefinition
	if named, _ := in["taskDefinition"].(string); named != "" {
		arn, _, err := taskDefinition(f, c, named)
		if err != nil {
			return nil, err
		}
		next = arn
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	deploys := s.keep(in) || next != s.primary.taskDefinition
	if force, _ := in["forceNewDeployment"].(bool); force {
		deploys = true
	}
	if deploys {
		_, definition, err := taskDefinition(f, c, next)
		if err != nil {
			return nil, err
		}
		broken, err := missingImage(f, c, definition)
		if err != nil {
			return nil, err
		}
		s.begin(next, broken, vcpuOf(definition), nil)
	}
	return s.describeOne(f, c)
}

func describeECSServices(f *Front, c *call) (*answer, error) {
	a, err := f.ask(c)
	if err != nil || !a.ok() {
		return a, err
	}
	var out object
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, err
	}
	services, _ := out["services"].([]any)
	for _, item := range services {
		service, _ := item.(object)
		arn, _ := service["serviceArn"].(string)
		s, ok := findService(f, c, arn)
		if !ok {
			continue
		}
		alarm, err := s.ringing(f, c)
		if err != nil {
			return nil, err
		}
		overQuota, err := s.overQuota(f, c)
		if err != nil {
			return nil, err
		}
		s.advance(alarm, overQuota)
		s.describe(service)
	}
	return jsonAnswer(out)
}

func deleteECSService(f *Front, c *call) (*answer, error) {
	var in struct{ Cluster, Service string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err == nil && a.ok() {
		f.memory.remove("ecs-service", serviceKey(c.region, inCluster(f, c, "service", in.Cluster, in.Service)))
	}
	return a, err
}

// registerScalableTarget brings a service's number of tasks into the bounds of its target, as AWS does where it is
// registered and where it is changed, whether or not the call has bounds.
func registerScalableTarget(f *Front, c *call) (*answer, error) {
	var in struct{ ServiceNamespace, ResourceId, ScalableDimension string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := f.ask(c)
	if err != nil || !a.ok() || in.ScalableDimension != "ecs:service:DesiredCount" {
		return a, err
	}
	s, ok := findService(f, c, f.arn("ecs", c.region, in.ResourceId))
	if !ok {
		return a, nil
	}
	var out struct {
		ScalableTargets []struct{ MinCapacity, MaxCapacity int }
	}
	if err := f.askJSON(c, c.service, "AnyScaleFrontendService.DescribeScalableTargets",
		object{"ServiceNamespace": in.ServiceNamespace, "ResourceIds": []string{in.ResourceId}, "ScalableDimension": in.ScalableDimension}, &out); err != nil {
		return nil, err
	}
	if len(out.ScalableTargets) != 1 {
		return nil, fmt.Errorf("moto has %d scalable targets of %s", len(out.ScalableTargets), in.ResourceId)
	}
	within := min(max(s.desired(), out.ScalableTargets[0].MinCapacity), out.ScalableTargets[0].MaxCapacity)
	if within == s.desired() {
		return a, nil
	}
	if err := f.askJSON(c, "ecs", ecsTarget+"UpdateService", object{"cluster": s.cluster, "service": s.name, "desiredCount": within}, nil); err != nil {
		return nil, err
	}
	s.settings["desiredCount"] = float64(within)
	a.header.Add(ruleHeader, "capacity-within-bounds")
	return a, nil
}

// newUUID makes a random UUID (RFC 9562, version 4).
func newUUID() string {
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", rand.Uint32(), rand.Uint32N(1<<16), rand.Uint32N(1<<12), rand.Uint32N(1<<12), rand.Uint64N(1<<48))
}
