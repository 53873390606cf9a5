package capability

func (e Environments) images() Area {
	rows := []Row{
		{"log in to ECR", "ecr:GetAuthorizationToken", "*", nil, e.deployers(), "a push starts with it"},
	}
	for _, env := range e {
		role := list(deployRole(env))
		rows = append(rows,
			Row{"push an image of " + env, "ecr:PutImage", repository(env), nil, role, "its environment's repository"},
			Row{"start a layer of " + env, "ecr:InitiateLayerUpload", repository(env), nil, role, "part of a push"},
			Row{"upload a layer of " + env, "ecr:UploadLayerPart", repository(env), nil, role, "part of a push"},
			Row{"complete a layer of " + env, "ecr:CompleteLayerUpload", repository(env), nil, role, "part of a push"},
			Row{"check for a layer of " + env, "ecr:BatchCheckLayerAvailability", repository(env), nil, role, "part of a push"},
			Row{"pull an image of " + env, "ecr:BatchGetImage", repository(env), nil, role, "its environment's repository"},
			Row{"pull a layer of " + env, "ecr:GetDownloadUrlForLayer", repository(env), nil, role, "part of a pull"},
			Row{"list the images of " + env, "ecr:DescribeImages", repository(env), nil, role, "to see what is there"},
			Row{"read what a scan of " + env + "'s image found", "ecr:DescribeImageScanFindings", repository(env), nil, role, "to stop a bad image"},
			Row{"delete an image of " + env, "ecr:BatchDeleteImage", repository(env), nil, nobody, "the lifecycle does"},
			Row{"hand images of " + env + " to others", "ecr:SetRepositoryPolicy", repository(env), nil, nobody, "an administrator's"},
			Row{"take the limits off the images of " + env, "ecr:DeleteRepositoryPolicy", repository(env), nil, nobody, "an administrator's"},
		)
	}
	return Area{"Images", append(rows, []Row{
		{"push to a repository that is not the platform's", "ecr:PutImage", arn("ecr", "repository/other"), nil, nobody, "not theirs"},
		{"make an image repository", "ecr:CreateRepository", repository("qa"), nil, builder, "ECR repositories are infrastructure"},
		{"make an image repository that is not the platform's", "ecr:CreateRepository", arn("ecr", "repository/other"), nil, nobody, "not theirs"},
		{"set the lifecycle of images of dev", "ecr:PutLifecyclePolicy", repository("dev"), nil, builder, "infrastructure"},
		{"set the scanning of images of prod", "ecr:PutImageScanningConfiguration", repository("prod"), nil, builder, "infrastructure"},
		{"keep tags of prod immutable", "ecr:PutImageTagMutability", repository("prod"), nil, builder, "infrastructure"},
		{"copy images to another account", "ecr:PutReplicationConfiguration", "*", nil, nobody, "a way out for images"},
		{"open the registry to another account", "ecr:PutRegistryPolicy", "*", nil, nobody, "a way out for images"},
		{"take in a stranger's images", "ecr:CreatePullThroughCacheRule", "*", nil, nobody, "a way in for images"},
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
		rows = append(rows,
			Row{"register a definition of " + env + "'s web", "ecs:RegisterTaskDefinition", definition(name + "-web"), nil, both, "infra its bootstrap, deploy each release"},
			Row{"register a definition of " + env + "'s migration", "ecs:RegisterTaskDefinition", definition(name + "-migrate"), nil, both, "infra its bootstrap, deploy each release"},
			Row{"point " + env + "'s web at another definition", "ecs:UpdateService", service(env, "web"), update(name + "-web"), deploy, "that is a deployment"},
			Row{"point " + env + "'s worker at another definition", "ecs:UpdateService", service(env, "worker"), update(name + "-worker"), deploy, "that is a deployment"},
			Row{"watch the deployment of " + env + "'s web", "ecs:DescribeServices", service(env, "web"), nil, readers, "to see it through"},
			Row{"watch the tasks of " + env, "ecs:DescribeTasks", task(env), nil, readers, "to see it through"},
			Row{"list the tasks of " + env, "ecs:ListTasks", arn("ecs", "container-instance/"+name+"/0a1b"), with("ecs:cluster", cluster(env)), readers, "to see it through"},
			Row{"change how many tasks " + env + "'s web has", "ecs:UpdateService", service(env, "web"), nil, both, "no deployment"},
			Row{"give " + env + "'s web public addresses", "ecs:UpdateService", service(env, "web"), with("ecs:auto-assign-public-ip", "true"), nobody, "tasks are private"},
			Row{"tag " + env + "'s web", "ecs:TagResource", service(env, "web"), nil, builder, "infrastructure"},
			Row{"tag a definition of " + env + "'s web that is there", "ecs:TagResource", definition(name + "-web"), nil, builder, "infrastructure"},
			Row{"tag what it registers for " + env + "'s web", "ecs:TagResource", definition(name + "-web"), with("ecs:CreateAction", "RegisterTaskDefinition"), both, "part of registering"},
			Row{"run " + env + "'s migration with a shell", "ecs:RunTask", definition(name + "-migrate"), with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "true"), nobody, "no shell"},
			Row{"pass web's task role of " + env + " to a function", "iam:PassRole", workload(name + "-web-task"), passedTo("lambda.amazonaws.com"), nobody, "to tasks only"},
			Row{"pass web's task role of " + env + " to a machine", "iam:PassRole", workload(name + "-web-task"), passedTo("ec2.amazonaws.com"), nobody, "to tasks only"},
			Row{"stop a task of " + env, "ecs:StopTask", task(env), nil, deploy, "a migration that hangs"},
			Row{"enter a task of " + env, "ecs:ExecuteCommand", task(env), nil, nobody, "people do, with a role of their own"},
			Row{"run " + env + "'s migration", "ecs:RunTask", definition(name + "-migrate"), in(env), deploy, "part of a deployment"},
			Row{"run web of " + env + " as a task of its own", "ecs:RunTask", definition(name + "-web"), in(env), nobody, "the migration only"},
			Row{"pass web's task role of " + env, "iam:PassRole", workload(name + "-web-task"), passedTo(ecsTasks), deploy, "its tasks act with it"},
			Row{"pass web's execution role of " + env, "iam:PassRole", workload(name + "-web-execution"), passedTo(ecsTasks), deploy, "its tasks start with it"},
			Row{"pass the migration's task role of " + env, "iam:PassRole", workload(name + "-migrate-task"), passedTo(ecsTasks), deploy, "its tasks act with it"},
			Row{"pass the migration's execution role of " + env, "iam:PassRole", workload(name + "-migrate-execution"), passedTo(ecsTasks), deploy, "its tasks start with it"},
			Row{"pass the bootstrap role of " + env + " to tasks", "iam:PassRole", workload(name + "-bootstrap"), passedTo(ecsTasks), builder, "it reaches nothing"},
		)
	}
	return Area{"Deployment", append(rows, []Row{
		{"register a definition that no service has", "ecs:RegisterTaskDefinition", definition("paperwurks-prod-other"), nil, builder, "deploy has its families only"},
		{"register a definition that is not the platform's", "ecs:RegisterTaskDefinition", definition("other"), nil, nobody, "not theirs"},
		{"point prod's web at dev's definition", "ecs:UpdateService", service("prod", "web"), update("paperwurks-dev-web"), nobody, "not its family"},
		{"change a service that is not the platform's", "ecs:UpdateService", arn("ecs", "service/other/other"), nil, nobody, "not theirs"},
		{"give prod's web a shell", "ecs:UpdateService", service("prod", "web"), with("ecs:enable-execute-command", "true"), nobody, "no shell in prod"},
		{"give dev's web a shell", "ecs:UpdateService", service("dev", "web"), with("ecs:enable-execute-command", "true"), builder, "a setting of the cluster"},
		{"read task definitions", "ecs:DescribeTaskDefinition", "*", nil, e.CIRoles(), "AWS knows no resource for it"},
		{"deregister task definitions", "ecs:DeregisterTaskDefinition", "*", nil, nobody, "a service may run them"},
		{"delete task definitions", "ecs:DeleteTaskDefinitions", definition("paperwurks-prod-web"), nil, nobody, "a service may run them"},
		{"run prod's migration in dev's cluster", "ecs:RunTask", definition("paperwurks-prod-migrate"), in("dev"), nobody, "not its cluster"},
		{"run dev's migration in prod's cluster", "ecs:RunTask", definition("paperwurks-dev-migrate"), in("prod"), nobody, "not its definition"},
		{"run web as a task of its own", "ecs:RunTask", definition("paperwurks-prod-web"), in("prod"), nobody, "the migration only"},
		{"start a task on a machine", "ecs:StartTask", definition("paperwurks-dev-migrate"), nil, nobody, "Fargate only"},
		{"enter any task of a cluster", "ecs:ExecuteCommand", cluster("prod"), nil, nobody, "nobody does"},
		{"deploy by a task set", "ecs:CreateTaskSet", arn("ecs", "task-set/paperwurks-prod/paperwurks-prod-web/ecs-svc"), nil, nobody, "a deployment by another name"},
		{"pass the bootstrap role to a function", "iam:PassRole", workload("paperwurks-prod-bootstrap"), passedTo("lambda.amazonaws.com"), nobody, "to tasks only"},
		{"pass a role made on the way", "iam:PassRole", workload("paperwurks-dev-made"), passedTo(ecsTasks), nobody, "only roles that are named so"},
		{"pass a bootstrap role of an environment to come", "iam:PassRole", workload("paperwurks-qa-bootstrap"), passedTo(ecsTasks), builder, "its boundary leaves it no data"},
		{"pass a task's role that is named like a bootstrap role", "iam:PassRole", workload("paperwurks-qa-bootstrap-task"), passedTo(ecsTasks), nobody, "it could reach data"},
		{"pass a bootstrap role of another project", "iam:PassRole", iam("role/other/workload/paperwurks-prod-bootstrap"), passedTo(ecsTasks), nobody, "not theirs"},
		{"pass a role of CI", "iam:PassRole", ci(infra), passedTo(ecsTasks), nobody, "its rights would run in a task"},
		{"pass a deploy role", "iam:PassRole", ci(prod), passedTo(ecsTasks), nobody, "its rights would run in a task"},
		{"pass a role that is not the platform's", "iam:PassRole", iam("role/administrator"), passedTo(ecsTasks), nobody, "not theirs"},
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
		rows = append(rows,
			Row{"read the log of " + env + "'s web", "logs:GetLogEvents", events("/paperwurks/" + env + "/ecs/web"), nil, deploy, "CloudWatch Logs read"},
			Row{"search the log of " + env + "'s migration", "logs:FilterLogEvents", group("/paperwurks/" + env + "/ecs/migrate"), nil, deploy, "CloudWatch Logs read"},
			Row{"read a parameter of " + env, "ssm:GetParameter", parameter("/paperwurks/" + env + "/ecs/cluster-name"), nil, readers, "SSM read"},
			Row{"read all parameters of " + env, "ssm:GetParametersByPath", parameter("/paperwurks/" + env), nil, readers, "SSM read"},
		)
	}
	return Area{"Logs and parameters", append(rows, []Row{
		{"read the log of prod's shell sessions", "logs:GetLogEvents", events("/paperwurks/prod/ecs/exec"), nil, nobody, "not the application's"},
		{"read the flow log of prod", "logs:FilterLogEvents", group("/paperwurks/prod/vpc/flow"), nil, nobody, "not the application's"},
		{"read the log of prod's database", "logs:FilterLogEvents", group("/aws/rds/instance/paperwurks-prod/postgresql"), nil, nobody, "it shows data"},
		{"query logs", "logs:StartQuery", group("/paperwurks/prod/ecs/web"), nil, nobody, "reads contents"},
		{"follow logs live", "logs:StartLiveTail", group("/paperwurks/prod/ecs/web"), nil, nobody, "reads contents"},
		{"send logs elsewhere", "logs:PutSubscriptionFilter", group("/paperwurks/prod/ecs/web"), nil, nobody, "a way out for data"},
		{"export logs", "logs:CreateExportTask", group("/paperwurks/prod/ecs/web"), nil, nobody, "a way out for data"},
		{"read users' requests at the firewall", "wafv2:GetSampledRequests", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), nil, nobody, "they hold session cookies"},
		{"read a parameter that is not the platform's", "ssm:GetParameter", parameter("/other/password"), nil, nobody, "not theirs"},
		{"publish a parameter", "ssm:PutParameter", parameter("/paperwurks/prod/ecs/cluster-name"), nil, builder, "Terraform publishes"},
		{"publish a parameter that is not the platform's", "ssm:PutParameter", parameter("/other/x"), nil, nobody, "not theirs"},
		{"share parameters with another account", "ssm:PutResourcePolicy", parameter("/paperwurks/prod/ecs/cluster-name"), nil, nobody, "a way out"},
		{"remove a parameter", "ssm:DeleteParameter", parameter("/paperwurks/dev/ecs/cluster-name"), nil, builder, "Terraform publishes"},
	}...)}
}
