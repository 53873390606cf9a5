package compliance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

var imageRules = []Rule{
	{
		ID: "PW-ECR-01", Title: "An image tag never changes its image", Types: []string{"aws_ecr_repository"},
		Why:   "Whoever may push could replace the image that prod starts from tomorrow.",
		Fix:   "Set image_tag_mutability to IMMUTABLE.",
		FSBP:  []string{"ECR.2"},
		check: wants(map[string]any{"image_tag_mutability": "IMMUTABLE"}),
	},
	{
		ID: "PW-ECR-02", Title: "Images are scanned", Types: []string{"aws_ecr_repository"},
		Why:   "An image carries the holes of everything in it.",
		Fix:   "Set image_scanning_configuration.scan_on_push to true.",
		FSBP:  []string{"ECR.1"},
		check: wants(map[string]any{"image_scanning_configuration.scan_on_push": true}),
	},
	{
		ID: "PW-ECR-03", Title: "Images are encrypted with a customer key", Types: []string{"aws_ecr_repository"},
		Why: "The key's policy is a second lock before the image, and cannot be added later.",
		Fix: "Set encryption_configuration to KMS with a key of the platform.",
		check: func(p *Platform, r *Resource) []string {
			return append(want(r, map[string]any{"encryption_configuration.encryption_type": "KMS"}), keyFault(p, r, "encryption_configuration", "kms_key")...)
		},
	},
	{
		ID: "PW-ECR-04", Title: "A repository says who reaches it and what it keeps", Types: []string{"aws_ecr_repository"},
		Why:  "Without a policy every role with ECR rights reaches every environment's images; without a lifecycle they pile up.",
		Fix:  "Add an aws_ecr_repository_policy and an aws_ecr_lifecycle_policy.",
		FSBP: []string{"ECR.3"},
		check: func(p *Platform, r *Resource) []string {
			faults := one(len(p.partsOf(r, "aws_ecr_repository_policy", "repository")) != 1, "no aws_ecr_repository_policy")
			return append(faults, one(len(p.partsOf(r, "aws_ecr_lifecycle_policy", "repository")) != 1, "no aws_ecr_lifecycle_policy")...)
		},
	},
}

// containers are a task definition's containers; ok is false when they cannot
// be read.
func containers(r *Resource) (out []map[string]any, ok bool) {
	var decoded []map[string]any
	if json.Unmarshal([]byte(text(r.Attributes["container_definitions"])), &decoded) != nil {
		return nil, false
	}
	return decoded, len(decoded) > 0
}

func eachContainer(r *Resource, check func(name string, c map[string]any) []string) []string {
	all, ok := containers(r)
	if !ok {
		return []string{"container_definitions is no list of containers"}
	}
	var faults []string
	for _, c := range all {
		faults = append(faults, check(text(c["name"]), c)...)
	}
	return faults
}

var task = []string{"aws_ecs_task_definition"}

var containerRules = []Rule{
	{
		ID: "PW-ECS-01", Title: "A container is not privileged", Types: task,
		Why:  "A privileged container, or one that shares the host's namespaces, is the host.",
		Fix:  "Leave privileged false, drop all capabilities, use networkMode awsvpc and no pidMode or ipcMode.",
		FSBP: []string{"ECS.1", "ECS.3", "ECS.4"},
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"network_mode": "awsvpc"})
			for _, mode := range []string{"pid_mode", "ipc_mode"} {
				faults = append(faults, one(r.Attributes[mode] != nil, "%s is %v", mode, r.Attributes[mode])...)
			}
			for _, volume := range list(r.Attributes["volume"]) {
				faults = append(faults, one(text(at(volume, "host_path")) != "", "mounts %v of the host", at(volume, "host_path"))...)
			}
			return append(faults, eachContainer(r, func(name string, c map[string]any) []string {
				out := one(isTrue(c["privileged"]), "container %q is privileged", name)
				drop := texts(at(c["linuxParameters"], "capabilities", "drop"))
				out = append(out, one(!slices.Contains(drop, "ALL"), "container %q keeps capabilities", name)...)
				add := texts(at(c["linuxParameters"], "capabilities", "add"))
				return append(out, one(len(add) > 0, "container %q adds the capabilities %v", name, add)...)
			})...)
		},
	},
	{
		ID: "PW-ECS-02", Title: "A container cannot change itself", Types: task,
		Why:  "What gets in cannot put a program down to be started.",
		Fix:  "Set readonlyRootFilesystem and mount a volume for what has to be written.",
		FSBP: []string{"ECS.5"},
		check: func(_ *Platform, r *Resource) []string {
			return eachContainer(r, func(name string, c map[string]any) []string {
				return one(!isTrue(c["readonlyRootFilesystem"]), "container %q may write to its root file system", name)
			})
		},
	},
	{
		ID: "PW-ECS-03", Title: "No secret is an environment variable", Types: task,
		Why:  "A task definition is read by everybody who may look at ECS, and kept forever.",
		Fix:  "Put it into Secrets Manager and name it in the container's secrets.",
		FSBP: []string{"ECS.8"},
		check: func(_ *Platform, r *Resource) []string {
			return eachContainer(r, func(name string, c map[string]any) []string {
				var faults []string
				for _, v := range list(c["environment"]) {
					why := config.SecretLike(text(at(v, "name")), text(at(v, "value")))
					faults = append(faults, one(why != "", "container %q: %s %s", name, text(at(v, "name")), why)...)
				}
				for _, argument := range append(texts(c["command"]), texts(c["entryPoint"])...) {
					why := config.SecretLike("", argument)
					faults = append(faults, one(why != "", "container %q: an argument of its command %s", name, why)...)
				}
				for _, s := range list(c["secrets"]) {
					from := text(at(s, "valueFrom"))
					faults = append(faults, one(!strings.HasPrefix(from, "${") && !strings.HasPrefix(from, "arn:"), "container %q: secret %s comes from %q, which is no ARN", name, text(at(s, "name")), from)...)
				}
				return faults
			})
		},
	},
	{
		ID: "PW-ECS-04", Title: "A container runs the platform's own image, by a tag that stays", Types: task,
		Why: "A stranger's registry, or a tag that moves, decides what runs.",
		Fix: "Use the environment's repository with a release tag or a digest; never latest.",
		check: func(p *Platform, r *Resource) []string {
			return eachContainer(r, func(name string, c map[string]any) []string {
				image := text(c["image"])
				faults := one(p.target(r, image, "aws_ecr_repository") == nil, "container %q runs %q, which is not from the platform's repository", name, image)
				_, tag, tagged := strings.Cut(image[strings.LastIndex(image, "}")+1:], ":")
				return append(faults, one(!tagged || tag == "" || strings.EqualFold(tag, "latest"), "container %q runs the tag %q", name, tag)...)
			})
		},
	},
	{
		ID: "PW-ECS-05", Title: "A container's output is kept", Types: task,
		Why:  "A log group that ECS makes by itself is neither encrypted nor ever emptied.",
		Fix:  "Use the awslogs driver with a log group of the stack.",
		FSBP: []string{"ECS.9"},
		check: func(p *Platform, r *Resource) []string {
			return eachContainer(r, func(name string, c map[string]any) []string {
				faults := one(at(c["logConfiguration"], "logDriver") != "awslogs", "container %q does not log with awslogs", name)
				wanted := text(at(c["logConfiguration"], "options", "awslogs-group"))
				found := slices.ContainsFunc(p.all("aws_cloudwatch_log_group"), func(group *Resource) bool {
					return group.Stack == r.Stack && (group.Attributes["name"] == wanted || p.target(r, wanted, group.Type) == group)
				})
				return append(faults, one(!found, "container %q logs to %q, which is no log group of the stack", name, wanted)...)
			})
		},
	},
	{
		ID: "PW-ECS-06", Title: "A task has no public address", Types: []string{"aws_ecs_service"},
		Why:  "It would be reached past CloudFront, WAF and the load balancer.",
		Fix:  "Set network_configuration.assign_public_ip to false and run in the private tier.",
		FSBP: []string{"ECS.2", "ECS.16"},
		check: func(p *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"network_configuration.assign_public_ip": false})
			faults = append(faults, one(len(list(at(r.Attributes, "network_configuration", "security_groups"))) == 0, "no security group: the VPC's default would be used")...)
			subnets := subnetsOf(p, r, at(r.Attributes, "network_configuration", "subnets"))
			faults = append(faults, one(len(subnets) == 0, "its subnets are not the platform's")...)
			for _, subnet := range subnets {
				for _, way := range waysIn(p, subnet) {
					faults = append(faults, fmt.Sprintf("its subnet %s has the route %s", subnet.Path, way.Path))
				}
			}
			return faults
		},
	},
	{
		ID: "PW-ECS-07", Title: "Tasks run on a patched platform", Types: []string{"aws_ecs_service"},
		Why:   "A fixed platform version gets no security fixes once it is retired.",
		Fix:   "Set platform_version to LATEST.",
		FSBP:  []string{"ECS.10"},
		check: wants(map[string]any{"platform_version": "LATEST"}),
	},
	{
		ID: "PW-ECS-08", Title: "Nobody gets a shell", Types: []string{"aws_ecs_service"},
		Why: "A shell in a container has the task's role and reaches its data, past every review.",
		Fix: "Set enable_execute_command to false.",
		check: func(_ *Platform, r *Resource) []string {
			return one(isTrue(r.Attributes["enable_execute_command"]), "enable_execute_command is true")
		},
	},
	{
		ID: "PW-ECS-09", Title: "A cluster is watched", Types: []string{"aws_ecs_cluster"},
		Why:  "Container Insights shows what runs, and what it uses.",
		Fix:  "Set containerInsights to enabled.",
		FSBP: []string{"ECS.12"},
		check: func(_ *Platform, r *Resource) []string {
			insights := slices.ContainsFunc(list(r.Attributes["setting"]), func(s any) bool {
				value := at(s, "value")
				return at(s, "name") == "containerInsights" && (value == "enabled" || value == "enhanced")
			})
			return one(!insights, "containerInsights is not enabled")
		},
	},
	{
		ID: "PW-ECS-10", Title: "A deployment that fails is taken back", Types: []string{"aws_ecs_service"},
		Why: "A broken release that stays keeps failing until somebody wakes up.",
		Fix: "Turn on the deployment circuit breaker with rollback, and name the alarms that roll a deployment back.",
		check: func(_ *Platform, r *Resource) []string {
			faults := one(len(list(at(r.Attributes, "alarms", "alarm_names"))) == 0, "no alarm rolls it back")
			return append(faults, want(r, map[string]any{
				"deployment_circuit_breaker.enable": true, "deployment_circuit_breaker.rollback": true, "alarms.enable": true, "alarms.rollback": true,
			})...)
		},
	},
	{
		ID: "PW-ECS-11", Title: "An apply leaves the release and the number of tasks alone", Types: []string{"aws_ecs_service"},
		Why: "The backend's pipeline owns the image with its port and autoscaling the number of tasks: an apply would undo both. ECS refuses a port that the revision which runs does not have.",
		Fix: "Set lifecycle.ignore_changes to task_definition, desired_count and load_balancer.",
		check: func(_ *Platform, r *Resource) []string {
			ignored := texts(at(r.Attributes, "lifecycle", "ignore_changes"))
			return one(!slices.Equal(ignored, []string{"task_definition", "desired_count", "load_balancer"}), "ignore_changes is %v", ignored)
		},
	},
	{
		ID: "PW-ECS-12", Title: "A task definition of Terraform's reaches no data", Types: task,
		Why: "It runs until the first release, with an image that nobody has reviewed.",
		Fix: "Leave out task_role_arn: the backend's pipeline registers definitions with the role.",
		check: func(_ *Platform, r *Resource) []string {
			return one(r.Attributes["task_role_arn"] != nil, "task_role_arn is %s", show(r.Attributes["task_role_arn"]))
		},
	},
	{
		ID: "PW-ECS-13", Title: "A task on Fargate Spot has the whole notice to end", Types: []string{"aws_ecs_service"},
		Why: "Fargate Spot sends SIGTERM two minutes before it ends a task and may send it requests until then; ECS kills the container after stopTimeout, 30 seconds by default.",
		Fix: "Set stopTimeout to 120 in the containers of its task definition.",
		check: func(p *Platform, r *Resource) []string {
			if !slices.ContainsFunc(list(r.Attributes["capacity_provider_strategy"]), func(item any) bool { return at(item, "capacity_provider") == "FARGATE_SPOT" }) {
				return nil
			}
			definition := p.target(r, r.Attributes["task_definition"], "aws_ecs_task_definition")
			if definition == nil {
				return []string{fmt.Sprintf("task_definition is %s, which is no definition of the platform", show(r.Attributes["task_definition"]))}
			}
			return eachContainer(definition, func(name string, c map[string]any) []string {
				return one(number(c["stopTimeout"]) != 120, "stopTimeout of container %q is %s", name, show(c["stopTimeout"]))
			})
		},
	},
	{
		ID: "PW-ECS-14", Title: "All tasks of an environment run on processors of one architecture", Types: task,
		Why: "They run one image, which is built for one; on another its program does not start, or the image has no part to pull. X86_64 is ECS's default.",
		Fix: "Set runtime_platform of each definition to the environment's Images.Architecture.",
		check: func(p *Platform, r *Resource) []string {
			is := at(r.Attributes, "runtime_platform", "cpu_architecture")
			if is != string(config.X86) && is != string(config.ARM) {
				return []string{fmt.Sprintf("runtime_platform.cpu_architecture is %s", show(is))}
			}
			var faults []string
			for _, other := range p.all("aws_ecs_task_definition") {
				has := at(other.Attributes, "runtime_platform", "cpu_architecture")
				faults = append(faults, one(other.Stack == r.Stack && has != is, "runtime_platform.cpu_architecture is %s, and %s of %s", show(is), show(has), other.Path)...)
			}
			return faults
		},
	},
}
