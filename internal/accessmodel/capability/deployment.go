package capability

import "slices"

func (e Environments) images(from map[string]string) Area {
	rows := []Row{
		{Does: "log in to ECR", Action: "ecr:GetAuthorizationToken", On: "*", May: e.deployers(), Why: "a push starts with it"},
	}
	for _, env := range e {
		role := list(deployRole(env))
		pullers, why := role, "its environment's repository"
		for _, other := range e {
			if from[other] == env {
				pullers, why = append(slices.Clone(pullers), deployRole(other)), "its own; what runs there is promoted to "+other
			}
		}
		rows = append(rows, of(env, []Row{
			{Does: "push an image of " + env, Action: "ecr:PutImage", On: repository(env), May: role, Why: "its environment's repository"},
			{Does: "start a layer of " + env, Action: "ecr:InitiateLayerUpload", On: repository(env), May: role, Why: "part of a push"},
			{Does: "upload a layer of " + env, Action: "ecr:UploadLayerPart", On: repository(env), May: role, Why: "part of a push"},
			{Does: "complete a layer of " + env, Action: "ecr:CompleteLayerUpload", On: repository(env), May: role, Why: "part of a push"},
			{Does: "check for a layer of " + env, Action: "ecr:BatchCheckLayerAvailability", On: repository(env), May: pullers, Why: "part of a push, and of a promotion"},
			{Does: "pull an image of " + env, Action: "ecr:BatchGetImage", On: repository(env), May: pullers, Why: why},
			{Does: "pull a layer of " + env, Action: "ecr:GetDownloadUrlForLayer", On: repository(env), May: pullers, Why: "part of a pull"},
			{Does: "list the images of " + env, Action: "ecr:DescribeImages", On: repository(env), May: role, Why: "to see what is there"},
			{Does: "read what a scan of " + env + "'s image found", Action: "ecr:DescribeImageScanFindings", On: repository(env), May: role, Why: "to stop a bad image"},
			{Does: "delete an image of " + env, Action: "ecr:BatchDeleteImage", On: repository(env), May: nobody, Why: "the lifecycle does"},
			{Does: "hand images of " + env + " to others", Action: "ecr:SetRepositoryPolicy", On: repository(env), May: nobody, Why: "an administrator's"},
			{Does: "take the limits off the images of " + env, Action: "ecr:DeleteRepositoryPolicy", On: repository(env), May: nobody, Why: "an administrator's"},
		})...)
	}
	return Area{Title: "Images", Rows: append(rows, []Row{
		{Does: "read what Amazon Inspector found", Action: "inspector2:ListFindings", On: "*", May: e.deployers(), Why: "ECR asks for it in the caller's name; AWS cannot tell one repository's"},
		{Does: "see what Amazon Inspector scanned", Action: "inspector2:ListCoverage", On: "*", May: e.deployers(), Why: "its answers come before its findings"},
		{Does: "hide what Amazon Inspector found", Action: "inspector2:CreateFilter", On: "*", May: nobody, Why: "a bad image would not stop"},
		{Does: "turn Amazon Inspector off", Action: "inspector2:Disable", On: "*", May: nobody, Why: "not theirs"},
		{Does: "turn the registry's scans off", Action: "ecr:PutRegistryScanningConfiguration", On: "*", May: nobody, Why: "a bad image would not stop"},
		{Does: "push to a repository that is not the platform's", Action: "ecr:PutImage", On: arn("ecr", "repository/other"), May: nobody, Why: "not theirs"},
		{Does: "make an image repository", Action: "ecr:CreateRepository", On: repository("qa"), May: builder, Why: "ECR repositories are infrastructure"},
		{Does: "make an image repository that is not the platform's", Action: "ecr:CreateRepository", On: arn("ecr", "repository/other"), May: nobody, Why: "not theirs"},
		{Does: "set the lifecycle of images of dev", Action: "ecr:PutLifecyclePolicy", On: repository("dev"), May: builder, Why: "infrastructure"},
		{Does: "set the scanning of images of prod", Action: "ecr:PutImageScanningConfiguration", On: repository("prod"), May: builder, Why: "infrastructure"},
		{Does: "keep tags of prod immutable", Action: "ecr:PutImageTagMutability", On: repository("prod"), May: builder, Why: "infrastructure"},
		{Does: "copy images to another account", Action: "ecr:PutReplicationConfiguration", On: "*", May: nobody, Why: "a way out for images"},
		{Does: "open the registry to another account", Action: "ecr:PutRegistryPolicy", On: "*", May: nobody, Why: "a way out for images"},
		{Does: "take in a stranger's images", Action: "ecr:CreatePullThroughCacheRule", On: "*", May: nobody, Why: "a way in for images"},
	}...)}
}

func (e Environments) deployment() Area {
	update := func(family string) map[string]any { return with("ecs:task-definition", definition(family)) }
	in := func(env string) map[string]any {
		return with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "false")
	}
	passedTo := func(service string) map[string]any { return with("iam:PassedToService", service) }
	task := func(env string) string { return arn("ecs", "task/paperwurks-"+env+"/0123456789abcdef") }
	var rows []Row
	for _, env := range e {
		deploy := list(deployRole(env))
		both, readers := append(list(infra), deploy...), append(list(infra, diff), deploy...)
		name := "paperwurks-" + env
		rows = append(rows, of(env, []Row{
			{Does: "register a definition of " + env + "'s web", Action: "ecs:RegisterTaskDefinition", On: definition(name + "-web"), May: both, Why: "infra its bootstrap, deploy each release"},
			{Does: "register a definition of " + env + "'s migration", Action: "ecs:RegisterTaskDefinition", On: definition(name + "-migrate"), May: both, Why: "infra its bootstrap, deploy each release"},
			{Does: "register a definition of " + env + "'s database setup", Action: "ecs:RegisterTaskDefinition", On: definition(name + "-roles"), May: both, Why: "infra its bootstrap, deploy each release"},
			{Does: "point " + env + "'s web at another definition", Action: "ecs:UpdateService", On: service(env, "web"), With: update(name + "-web"), May: deploy, Why: "that is a deployment"},
			{Does: "point " + env + "'s worker at another definition", Action: "ecs:UpdateService", On: service(env, "worker"), With: update(name + "-worker"), May: deploy, Why: "that is a deployment"},
			{Does: "watch the deployment of " + env + "'s web", Action: "ecs:DescribeServices", On: service(env, "web"), May: readers, Why: "to see it through"},
			{Does: "watch the tasks of " + env, Action: "ecs:DescribeTasks", On: task(env), May: readers, Why: "to see it through"},
			{Does: "list the tasks of " + env, Action: "ecs:ListTasks", On: arn("ecs", "container-instance/"+name+"/0a1b"), With: with("ecs:cluster", cluster(env)), May: readers, Why: "to see it through"},
			{Does: "change how many tasks " + env + "'s web has", Action: "ecs:UpdateService", On: service(env, "web"), May: both, Why: "no deployment"},
			{Does: "give " + env + "'s web public addresses", Action: "ecs:UpdateService", On: service(env, "web"), With: with("ecs:auto-assign-public-ip", "true"), May: nobody, Why: "tasks are private"},
			{Does: "restate the subnets of " + env + "'s web", Action: "ecs:UpdateService", On: service(env, "web"), With: with("ecs:subnet", list(subnet(env))), May: both, Why: "where its tasks are anyway"},
			{Does: "move " + env + "'s web to a subnet that is not " + env + "'s", Action: "ecs:UpdateService", On: service(env, "web"), With: with("ecs:subnet", list("subnet-0123456789abcdef0")), May: builder, Why: "services are infrastructure; deploy keeps to its environment's subnets"},
			{Does: "tag " + env + "'s web", Action: "ecs:TagResource", On: service(env, "web"), May: builder, Why: "infrastructure"},
			{Does: "tag a definition of " + env + "'s web that is there", Action: "ecs:TagResource", On: definition(name + "-web"), May: builder, Why: "infrastructure"},
			{Does: "tag what it registers for " + env + "'s web", Action: "ecs:TagResource", On: definition(name + "-web"), With: with("ecs:CreateAction", "RegisterTaskDefinition"), May: both, Why: "part of registering"},
			{Does: "run " + env + "'s migration with a shell", Action: "ecs:RunTask", On: definition(name + "-migrate"), With: with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
			{Does: "pass web's task role of " + env + " to a function", Action: "iam:PassRole", On: workload(name + "-web-task"), With: passedTo("lambda.amazonaws.com"), May: nobody, Why: "to tasks only"},
			{Does: "pass web's task role of " + env + " to a machine", Action: "iam:PassRole", On: workload(name + "-web-task"), With: passedTo("ec2.amazonaws.com"), May: nobody, Why: "to tasks only"},
			{Does: "stop a task of " + env, Action: "ecs:StopTask", On: task(env), May: deploy, Why: "a migration that hangs"},
			{Does: "enter a task of " + env, Action: "ecs:ExecuteCommand", On: task(env), May: nobody, Why: "no role of CI does"},
			{Does: "run " + env + "'s migration", Action: "ecs:RunTask", On: definition(name + "-migrate"), With: in(env), May: deploy, Why: "part of a deployment"},
			{Does: "run " + env + "'s database setup", Action: "ecs:RunTask", On: definition(name + "-roles"), With: in(env), May: deploy, Why: "part of a deployment"},
			{Does: "run " + env + "'s database setup with a shell", Action: "ecs:RunTask", On: definition(name + "-roles"), With: with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
			{Does: "put " + env + "'s web on the database setup", Action: "ecs:UpdateService", On: service(env, "web"), With: update(name + "-roles"), May: nobody, Why: "a service would keep the master password"},
			{Does: "put " + env + "'s web on the migration", Action: "ecs:UpdateService", On: service(env, "web"), With: update(name + "-migrate"), May: nobody, Why: "a service would keep the migration's sign-in"},
			{Does: "run web of " + env + " as a task of its own", Action: "ecs:RunTask", On: definition(name + "-web"), With: in(env), May: nobody, Why: "what runs before a deployment only"},
			{Does: "pass web's task role of " + env, Action: "iam:PassRole", On: workload(name + "-web-task"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks act with it"},
			{Does: "pass web's execution role of " + env, Action: "iam:PassRole", On: workload(name + "-web-execution"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks start with it"},
			{Does: "pass the migration's task role of " + env, Action: "iam:PassRole", On: workload(name + "-migrate-task"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks act with it"},
			{Does: "pass the migration's execution role of " + env, Action: "iam:PassRole", On: workload(name + "-migrate-execution"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks start with it"},
			{Does: "pass the database setup's task role of " + env, Action: "iam:PassRole", On: workload(name + "-roles-task"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks act with it"},
			{Does: "pass the database setup's execution role of " + env, Action: "iam:PassRole", On: workload(name + "-roles-execution"), With: passedTo(ecsTasks), May: deploy, Why: "its tasks start with it"},
			{Does: "pass the database setup's execution role of " + env + " to a function", Action: "iam:PassRole", On: workload(name + "-roles-execution"), With: passedTo("lambda.amazonaws.com"), May: nobody, Why: "to tasks only"},
			{Does: "pass the bootstrap role of " + env + " to tasks", Action: "iam:PassRole", On: workload(name + "-bootstrap"), With: passedTo(ecsTasks), May: builder, Why: "it reaches nothing"},
		})...)
	}
	return Area{Title: "Deployment", Rows: append(rows, []Row{
		{Does: "register a definition that no service has", Action: "ecs:RegisterTaskDefinition", On: definition("paperwurks-prod-other"), May: builder, Why: "deploy has its families only"},
		{Does: "register a definition that is not the platform's", Action: "ecs:RegisterTaskDefinition", On: definition("other"), May: nobody, Why: "not theirs"},
		{Does: "point prod's web at dev's definition", Action: "ecs:UpdateService", On: service("prod", "web"), With: update("paperwurks-dev-web"), May: nobody, Why: "not its family"},
		{Does: "put dev's web behind prod's load balancer", Action: "ecs:UpdateService", On: service("dev", "web"), With: with("ecs:subnet", list(subnet("prod"))), May: builder, Why: "it needs prod's subnets, which deploy-role-dev cannot name"},
		{Does: "put dev's web into dev's and prod's subnets", Action: "ecs:UpdateService", On: service("dev", "web"), With: with("ecs:subnet", list(subnet("dev"), subnet("prod"))), May: builder, Why: "each one must be dev's"},
		{Does: "put prod's web behind dev's load balancer", Action: "ecs:UpdateService", On: service("prod", "web"), With: with("ecs:subnet", list(subnet("dev"))), May: builder, Why: "its own subnets only"},
		{Does: "change a service that is not the platform's", Action: "ecs:UpdateService", On: arn("ecs", "service/other/other"), May: nobody, Why: "not theirs"},
		{Does: "give prod's web a shell", Action: "ecs:UpdateService", On: service("prod", "web"), With: with("ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
		{Does: "give dev's web a shell", Action: "ecs:UpdateService", On: service("dev", "web"), With: with("ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
		{Does: "read task definitions", Action: "ecs:DescribeTaskDefinition", On: "*", May: slices.Concat(planners, e.deployers()), Why: "AWS knows no resource for it"},
		{Does: "deregister task definitions", Action: "ecs:DeregisterTaskDefinition", On: "*", May: nobody, Why: "a service may run them"},
		{Does: "delete task definitions", Action: "ecs:DeleteTaskDefinitions", On: definition("paperwurks-prod-web"), May: nobody, Why: "a service may run them"},
		{Does: "run prod's migration in dev's cluster", Action: "ecs:RunTask", On: definition("paperwurks-prod-migrate"), With: in("dev"), May: nobody, Why: "not its cluster"},
		{Does: "run dev's database setup in prod's cluster", Action: "ecs:RunTask", On: definition("paperwurks-dev-roles"), With: in("prod"), May: nobody, Why: "not its definition"},
		{Does: "run dev's migration in prod's cluster", Action: "ecs:RunTask", On: definition("paperwurks-dev-migrate"), With: in("prod"), May: nobody, Why: "not its definition"},
		{Does: "run web as a task of its own", Action: "ecs:RunTask", On: definition("paperwurks-prod-web"), With: in("prod"), May: nobody, Why: "what runs before a deployment only"},
		{Does: "start a task on a machine", Action: "ecs:StartTask", On: definition("paperwurks-dev-migrate"), May: nobody, Why: "Fargate only"},
		{Does: "enter any task of a cluster", Action: "ecs:ExecuteCommand", On: cluster("prod"), May: nobody, Why: "no role of CI does"},
		{Does: "deploy by a task set", Action: "ecs:CreateTaskSet", On: arn("ecs", "task-set/paperwurks-prod/paperwurks-prod-web/ecs-svc"), May: nobody, Why: "a deployment by another name"},
		{Does: "pass the bootstrap role to a function", Action: "iam:PassRole", On: workload("paperwurks-prod-bootstrap"), With: passedTo("lambda.amazonaws.com"), May: nobody, Why: "to tasks only"},
		{Does: "pass a role made on the way", Action: "iam:PassRole", On: workload("paperwurks-dev-made"), With: passedTo(ecsTasks), May: nobody, Why: "only roles that are named so"},
		{Does: "pass a bootstrap role of an environment to come", Action: "iam:PassRole", On: workload("paperwurks-qa-bootstrap"), With: passedTo(ecsTasks), May: builder, Why: "its boundary leaves it no data"},
		{Does: "pass a task's role that is named like a bootstrap role", Action: "iam:PassRole", On: workload("paperwurks-qa-bootstrap-task"), With: passedTo(ecsTasks), May: nobody, Why: "it could reach data"},
		{Does: "pass a bootstrap role of another project", Action: "iam:PassRole", On: iam("role/other/workload/paperwurks-prod-bootstrap"), With: passedTo(ecsTasks), May: nobody, Why: "not theirs"},
		{Does: "pass a role of CI", Action: "iam:PassRole", On: ci(infra), With: passedTo(ecsTasks), May: nobody, Why: "its rights would run in a task"},
		{Does: "pass a deploy role", Action: "iam:PassRole", On: ci(prod), With: passedTo(ecsTasks), May: nobody, Why: "its rights would run in a task"},
		{Does: "pass a role that is not the platform's", Action: "iam:PassRole", On: iam("role/administrator"), With: passedTo(ecsTasks), May: nobody, Why: "not theirs"},
	}...)}
}

func (e Environments) logsAndParameters() Area {
	events := func(group string) string { return arn("logs", "log-group:"+group+":log-stream:web/web/1") }
	group := func(name string) string { return arn("logs", "log-group:"+name) }
	parameter := func(name string) string { return arn("ssm", "parameter"+name) }
	var rows []Row
	for _, env := range e {
		deploy := list(deployRole(env))
		readers := append(list(infra, diff), deploy...)
		rows = append(rows, of(env, []Row{
			{Does: "read the log of " + env + "'s web", Action: "logs:GetLogEvents", On: events("/paperwurks/" + env + "/ecs/web"), May: deploy, Why: "CloudWatch Logs read"},
			{Does: "search the log of " + env + "'s migration", Action: "logs:FilterLogEvents", On: group("/paperwurks/" + env + "/ecs/migrate"), May: deploy, Why: "CloudWatch Logs read"},
			{Does: "read the log of " + env + "'s database setup", Action: "logs:GetLogEvents", On: arn("logs", "log-group:/paperwurks/"+env+"/ecs/roles:log-stream:roles/roles/1"), May: deploy, Why: "CloudWatch Logs read"},
			{Does: "read a parameter of " + env, Action: "ssm:GetParameter", On: parameter("/paperwurks/" + env + "/ecs/cluster-name"), May: readers, Why: "SSM read"},
			{Does: "read all parameters of " + env, Action: "ssm:GetParametersByPath", On: parameter("/paperwurks/" + env), May: readers, Why: "SSM read"},
		})...)
	}
	return Area{Title: "Logs and parameters", Rows: append(rows, []Row{
		{Does: "read the flow log of prod", Action: "logs:FilterLogEvents", On: group("/paperwurks/prod/vpc/flow"), May: nobody, Why: "not the application's"},
		{Does: "read the log of prod's database", Action: "logs:FilterLogEvents", On: group("/aws/rds/instance/paperwurks-prod/postgresql"), May: nobody, Why: "it shows data"},
		{Does: "query logs", Action: "logs:StartQuery", On: group("/paperwurks/prod/ecs/web"), May: nobody, Why: "reads contents"},
		{Does: "follow logs live", Action: "logs:StartLiveTail", On: group("/paperwurks/prod/ecs/web"), May: nobody, Why: "reads contents"},
		{Does: "send logs elsewhere", Action: "logs:PutSubscriptionFilter", On: group("/paperwurks/prod/ecs/web"), May: nobody, Why: "a way out for data"},
		{Does: "export logs", Action: "logs:CreateExportTask", On: group("/paperwurks/prod/ecs/web"), May: nobody, Why: "a way out for data"},
		{Does: "read users' requests at the firewall", Action: "wafv2:GetSampledRequests", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), May: nobody, Why: "they hold session cookies"},
		{Does: "read a parameter that is not the platform's", Action: "ssm:GetParameter", On: parameter("/other/password"), May: nobody, Why: "not theirs"},
		{Does: "publish a parameter", Action: "ssm:PutParameter", On: parameter("/paperwurks/prod/ecs/cluster-name"), May: builder, Why: "Terraform publishes"},
		{Does: "publish a parameter that is not the platform's", Action: "ssm:PutParameter", On: parameter("/other/x"), May: nobody, Why: "not theirs"},
		{Does: "share parameters with another account", Action: "ssm:PutResourcePolicy", On: parameter("/paperwurks/prod/ecs/cluster-name"), May: nobody, Why: "a way out"},
		{Does: "remove a parameter", Action: "ssm:DeleteParameter", On: parameter("/paperwurks/dev/ecs/cluster-name"), May: builder, Why: "Terraform publishes"},
	}...)}
}
