package capability

import (
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// Made are the names of roles that no stack makes: what somebody who controls
// a run of infra-role would make, with every permission in its policy, a name
// that looks like a real one and the only boundary that it can give.
const (
	madeTask      = "paperwurks-prod-made-task"
	madeExecution = "paperwurks-prod-made-execution"
	madeInDev     = "paperwurks-dev-made-task"
	// madeBootstrap is the one that infra-role may pass to a task.
	madeBootstrap = "paperwurks-prod-made-bootstrap"
)

// Everything allows everything.
const Everything = `{"Version":"2012-10-17","Statement":[{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}]}`

// MakeRoles adds the roles that an attacker would make to a platform, in those
// of its environments that rows name.
func MakeRoles(p *inventory.Platform) error {
	siblings := map[string]string{
		madeTask: "paperwurks-prod-web-task", madeExecution: "paperwurks-prod-web-execution", madeInDev: "paperwurks-dev-web-task",
		madeBootstrap: "paperwurks-prod-bootstrap",
	}
	for name := range p.Roles {
		if env, ok := strings.CutSuffix(name, "-scheduler"); ok {
			siblings[env+"-made-scheduler"] = name
		}
		if env, ok := strings.CutSuffix(name, "-off-hours"); ok {
			siblings[env+"-made-off-hours"] = name
		}
	}
	for name, sibling := range siblings {
		like := p.Roles[sibling]
		if like == nil {
			continue
		}
		err := p.AddRole(&inventory.Role{
			Name: name, Path: like.Path, ARN: like.ARN[:len(like.ARN)-len(sibling)] + name,
			Trust: like.Trust, Boundary: like.Boundary, BoundaryARN: like.BoundaryARN,
		}, Everything)
		if err != nil {
			return err
		}
	}
	return nil
}

// The roles of workloads that the table asks.
const (
	devTask        = "paperwurks-dev-web-task"
	devExecution   = "paperwurks-dev-web-execution"
	devMigration   = "paperwurks-dev-migrate-execution"
	devMigrations  = "paperwurks-dev-migrate-task"
	devSetup       = "paperwurks-dev-roles-execution"
	devSetups      = "paperwurks-dev-roles-task"
	devBootstrap   = "paperwurks-dev-bootstrap"
	devMonitoring  = "paperwurks-dev-database-monitoring"
	devFlowLog     = "paperwurks-dev-flow-log"
	prodTask       = "paperwurks-prod-web-task"
	prodWorker     = "paperwurks-prod-worker-task"
	prodExecution  = "paperwurks-prod-web-execution"
	prodMigration  = "paperwurks-prod-migrate-execution"
	prodMigrations = "paperwurks-prod-migrate-task"
	prodSetup      = "paperwurks-prod-roles-execution"
	prodSetups     = "paperwurks-prod-roles-task"
	prodBootstrap  = "paperwurks-prod-bootstrap"
)

// WorkloadRoles in the order in which they are listed.
func (e Environments) WorkloadRoles(jobs Jobs, off []string) []string {
	roles := []string{
		devTask, devExecution, devMigrations, devMigration, devSetups, devSetup, devBootstrap, devMonitoring, devFlowLog,
		prodTask, prodWorker, prodExecution, prodMigrations, prodMigration, prodSetups, prodSetup, prodBootstrap,
	}
	for _, env := range e {
		roles = append(roles, slices.Concat(jobs.with(env, always, Job.task), jobs.with(env, always, Job.execution))...)
		if _, ok := jobs.scheduled(env); ok {
			roles = append(roles, scheduler(env), madeScheduler(env))
		}
	}
	for _, env := range off {
		roles = append(roles, offHoursRole(env), madeOffHours(env))
	}
	return e.theirs(append(roles, MadeRoles()...))
}

// theirs leaves out the roles of environments that the platform does not have.
func (e Environments) theirs(roles []string) []string {
	return slices.DeleteFunc(roles, func(role string) bool {
		return !slices.ContainsFunc(e, func(env string) bool { return strings.HasPrefix(role, "paperwurks-"+env+"-") })
	})
}

// MadeRoles are those of MakeRoles.
func MadeRoles() []string { return []string{madeTask, madeExecution, madeInDev, madeBootstrap} }

// IsMade says whether a role is one of those that an attacker would make.
func IsMade(role string) bool { return strings.Contains(role, "-made-") }

// Workloads is the table for the roles of workloads.
func (e Environments) Workloads(jobs Jobs, off []string) []Area {
	object := func(env string) string { return bucket("paperwurks-"+env+"-documents", "contract.pdf") }
	session := func(env string) string { return "{secret paperwurks/" + env + "/session-key}" }
	stream := func(group string) string { return arn("logs", "log-group:"+group+":log-stream:s") }
	s3, sm := with("kms:ViaService", throughS3), with("kms:ViaService", throughSM)
	made := MadeRoles()
	with := func(more []string, roles ...string) []string { return append(append([]string{}, roles...), more...) }
	return e.those(append([]Area{
		{Title: "Data and images, for workloads", Rows: []Row{
			{Does: "read a document of dev", Action: "s3:GetObject", On: object("dev"), May: jobs.with("dev", ofDocuments, Job.task, devTask), Why: "its documents"},
			{Does: "read a document of prod", Action: "s3:GetObject", On: object("prod"), May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "its documents"},
			{Does: "write a document of prod", Action: "s3:PutObject", On: object("prod"), May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "its documents"},
			{Does: "delete a document of prod", Action: "s3:DeleteObject", On: object("prod"), May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "a version stays"},
			{Does: "delete a version of a document", Action: "s3:DeleteObjectVersion", On: object("prod"), May: nobody, Why: "versions are the backup"},
			{Does: "list the documents of prod", Action: "s3:ListBucket", On: bucket("paperwurks-prod-documents"), May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "its documents"},
			{Does: "hand documents to others", Action: "s3:PutBucketPolicy", On: bucket("paperwurks-prod-documents"), May: nobody, Why: "not a workload's"},
			{Does: "open a document to others", Action: "s3:PutObjectAcl", On: object("prod"), May: nobody, Why: "not a workload's"},
			{Does: "read another bucket", Action: "s3:GetObject", On: "arn:aws:s3:::other/o", May: nobody, Why: "its documents only"},
			{Does: "write to another's bucket", Action: "s3:PutObject", On: "arn:aws:s3:::other/o", May: nobody, Why: "a way out for data"},
			{Does: "read the access logs", Action: "s3:GetObject", On: bucket("paperwurks-prod-log", "load-balancer/access/l"), May: nobody, Why: "not a workload's"},
			{Does: "decrypt a document of dev", Action: "kms:Decrypt", On: key("dev/data"), With: s3, May: jobs.with("dev", ofDocuments, Job.task, devTask), Why: "through S3"},
			{Does: "decrypt a document of prod", Action: "kms:Decrypt", On: key("prod/data"), With: s3, May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "through S3"},
			{Does: "encrypt a document of prod", Action: "kms:GenerateDataKey", On: key("prod/data"), With: s3, May: jobs.with("prod", ofDocuments, Job.task, prodTask, prodWorker), Why: "through S3"},
			{Does: "decrypt with prod's key past S3", Action: "kms:Decrypt", On: key("prod/data"), May: nobody, Why: "through S3 only"},
			{Does: "sign in to the database of dev", Action: "rds-db:connect", On: "{dbuser paperwurks-dev}/backend", May: jobs.with("dev", ofTheDatabase, Job.task, devTask), Why: "as the application"},
			{Does: "sign in to the database of prod", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend", May: jobs.with("prod", ofTheDatabase, Job.task, prodTask, prodWorker), Why: "as the application"},
			{Does: "sign in to the database of dev as the migration", Action: "rds-db:connect", On: "{dbuser paperwurks-dev}/backend_migrator", May: list(devMigrations), Why: "it changes the schema"},
			{Does: "sign in to the database of prod as the migration", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend_migrator", May: list(prodMigrations), Why: "it changes the schema"},
			{Does: "sign in as the owner of the tables", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend_owner", May: nobody, Why: "nobody signs in as it"},
			{Does: "sign in as the master user", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/paperwurks_admin", May: nobody, Why: "as the application only"},
			{Does: "read a secret of dev", Action: "secretsmanager:GetSecretValue", On: session("dev"), May: jobs.with("dev", ofTheSessionKey, Job.execution, devExecution, devMigration), Why: "ECS gives it to the task"},
			{Does: "read a secret of prod", Action: "secretsmanager:GetSecretValue", On: session("prod"), May: jobs.with("prod", ofTheSessionKey, Job.execution, prodExecution, prodMigration), Why: "ECS gives it to the task"},
			{Does: "read the master password of dev", Action: "secretsmanager:GetSecretValue", On: "{master paperwurks-dev}", May: list(devSetup), Why: "it makes the roles"},
			{Does: "read the master password of prod", Action: "secretsmanager:GetSecretValue", On: "{master paperwurks-prod}", May: list(prodSetup), Why: "it makes the roles"},
			{Does: "set the master password of prod", Action: "secretsmanager:PutSecretValue", On: "{master paperwurks-prod}", May: nobody, Why: "RDS's"},
			{Does: "set a secret", Action: "secretsmanager:PutSecretValue", On: session("prod"), May: nobody, Why: "not a workload's"},
			{Does: "decrypt a secret of prod", Action: "kms:Decrypt", On: key("prod/data"), With: sm, May: jobs.with("prod", ofTheSessionKey, Job.execution, prodExecution, prodMigration, prodSetup), Why: "through Secrets Manager"},
			{Does: "read a secret that is not the platform's", Action: "secretsmanager:GetSecretValue", On: arn("secretsmanager", "secret:other-AbCdEf"), May: nobody, Why: "not theirs"},
			{Does: "pull an image of dev", Action: "ecr:BatchGetImage", On: repository("dev"), May: jobs.with("dev", always, Job.execution, devExecution, devMigration, devSetup), Why: "to start its tasks"},
			{Does: "pull an image of prod", Action: "ecr:BatchGetImage", On: repository("prod"), May: jobs.with("prod", always, Job.execution, prodExecution, prodMigration, prodSetup), Why: "to start its tasks"},
			{Does: "pull a layer of prod", Action: "ecr:GetDownloadUrlForLayer", On: repository("prod"), May: jobs.with("prod", always, Job.execution, prodExecution, prodMigration, prodSetup), Why: "to start its tasks"},
			{Does: "list another bucket", Action: "s3:ListBucket", On: "arn:aws:s3:::other", May: nobody, Why: "its documents only"},
			{Does: "decrypt a secret of dev", Action: "kms:Decrypt", On: key("dev/data"), With: sm, May: jobs.with("dev", ofTheSessionKey, Job.execution, devExecution, devMigration, devSetup), Why: "through Secrets Manager"},
			{Does: "read the state", Action: "s3:GetObject", On: bucket("paperwurks-terraform-state", "prod/terraform.tfstate"), May: nobody, Why: "the pipeline's"},
			{Does: "decrypt the state", Action: "kms:Decrypt", On: key("state"), With: s3, May: nobody, Why: "the pipeline's"},
		}},
		{Title: "Logs, for workloads", Rows: []Row{
			{Does: "log in to ECR", Action: "ecr:GetAuthorizationToken", On: "*", May: with(append(jobs.executions(), made...), devExecution, devMigration, devSetup, prodExecution, prodMigration, prodSetup), Why: "by itself it reaches no image"},
			{Does: "push an image of prod", Action: "ecr:PutImage", On: repository("prod"), May: nobody, Why: "the pipeline's"},
			{Does: "write the log of dev's web", Action: "logs:PutLogEvents", On: stream("/paperwurks/dev/ecs/web"), May: list(devExecution, devBootstrap, madeInDev), Why: "its tasks' log"},
			{Does: "write the log of prod's web", Action: "logs:PutLogEvents", On: stream("/paperwurks/prod/ecs/web"), May: list(prodExecution, prodBootstrap, madeTask, madeExecution, madeBootstrap), Why: "its tasks' log"},
			{Does: "write the log of prod's migration", Action: "logs:PutLogEvents", On: stream("/paperwurks/prod/ecs/migrate"), May: list(prodMigration, prodBootstrap, madeTask, madeExecution, madeBootstrap), Why: "its task's log"},
			{Does: "write the log of prod's database setup", Action: "logs:PutLogEvents", On: stream("/paperwurks/prod/ecs/roles"), May: list(prodSetup, prodBootstrap, madeTask, madeExecution, madeBootstrap), Why: "its task's log"},
			{Does: "write the flow log of dev", Action: "logs:PutLogEvents", On: stream("/paperwurks/dev/vpc/flow"), May: list(devFlowLog, madeInDev), Why: "the VPC's"},
			{Does: "write the monitoring of databases", Action: "logs:PutLogEvents", On: stream("RDSOSMetrics"), May: with(made, devMonitoring), Why: "RDS's"},
			{Does: "write another log", Action: "logs:PutLogEvents", On: stream("other"), May: nobody, Why: "its own only"},
			{Does: "read the log of prod's migration", Action: "logs:GetLogEvents", On: stream("/paperwurks/prod/ecs/migrate"), May: nobody, Why: "not a workload's"},
			{Does: "read the log of prod's database setup", Action: "logs:GetLogEvents", On: stream("/paperwurks/prod/ecs/roles"), May: nobody, Why: "not a workload's"},
			{Does: "read the log of prod's web", Action: "logs:GetLogEvents", On: stream("/paperwurks/prod/ecs/web"), May: nobody, Why: "not a workload's"},
			{Does: "open a shell session's channel", Action: "ssmmessages:OpenDataChannel", On: "*", May: nobody, Why: "no shell"},
			{Does: "read the parameters of prod", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/prod/ecs/cluster-name"), May: nobody, Why: "the pipelines'"},
		}},
		{Title: "What a workload never does", Rows: []Row{
			{Does: "act as another role", Action: "sts:AssumeRole", On: iam("role/administrator"), May: nobody, Why: "one identity each"},
			{Does: "act as infra-role", Action: "sts:AssumeRole", On: ci(infra), May: nobody, Why: "one identity each"},
			{Does: "act as a deploy role", Action: "sts:AssumeRole", On: ci(prod), May: nobody, Why: "one identity each"},
			{Does: "act as web's task role", Action: "sts:AssumeRole", On: workload(prodTask), May: nobody, Why: "ECS's to assume"},
			{Does: "make a role", Action: "iam:CreateRole", On: workload("paperwurks-prod-x"), May: nobody, Why: "the pipeline's"},
			{Does: "write a policy into itself", Action: "iam:PutRolePolicy", On: workload(madeTask), May: nobody, Why: "the pipeline's"},
			{Does: "write a policy into infra-role", Action: "iam:PutRolePolicy", On: ci(infra), May: nobody, Why: "an administrator's"},
			{Does: "make an access key", Action: "iam:CreateAccessKey", On: iam("user/u"), May: nobody, Why: "no long-lived keys"},
			{Does: "pass a role", Action: "iam:PassRole", On: workload(prodTask), May: nobody, Why: "the pipelines'"},
			{Does: "run a task", Action: "ecs:RunTask", On: definition("paperwurks-prod-migrate"), May: nobody, Why: "the pipelines'"},
			{Does: "register a task definition", Action: "ecs:RegisterTaskDefinition", On: definition("paperwurks-prod-web"), May: nobody, Why: "the pipelines'"},
			{Does: "deploy", Action: "ecs:UpdateService", On: service("prod", "web"), May: nobody, Why: "the pipelines'"},
			{Does: "enter a task", Action: "ecs:ExecuteCommand", On: cluster("dev"), May: nobody, Why: "no shell"},
			{Does: "run a machine", Action: "ec2:RunInstances", On: arn("ec2", "instance/i-1"), May: nobody, Why: "not in use"},
			{Does: "open a security group", Action: "ec2:AuthorizeSecurityGroupIngress", On: arn("ec2", "security-group/sg-1"), May: nobody, Why: "the pipeline's"},
			{Does: "make a function", Action: "lambda:CreateFunction", On: arn("lambda", "function:f"), May: nobody, Why: "not in use"},
			{Does: "copy a snapshot", Action: "rds:CopyDBSnapshot", On: arn("rds", "snapshot:paperwurks-prod-final"), May: nobody, Why: "the backup"},
			{Does: "change the database", Action: "rds:ModifyDBInstance", On: arn("rds", "db:paperwurks-prod"), May: nobody, Why: "the pipeline's"},
			{Does: "grant a key", Action: "kms:CreateGrant", On: key("prod/data"), May: nobody, Why: "the pipeline's"},
			{Does: "set a key's policy", Action: "kms:PutKeyPolicy", On: key("prod/data"), May: nobody, Why: "an administrator's"},
			{Does: "set a repository's policy", Action: "ecr:SetRepositoryPolicy", On: repository("prod"), May: nobody, Why: "an administrator's"},
			{Does: "publish a parameter", Action: "ssm:PutParameter", On: arn("ssm", "parameter/paperwurks/prod/ecs/cluster-name"), May: nobody, Why: "the pipeline's"},
			{Does: "raise a false alarm", Action: "sns:Publish", On: arn("sns", "paperwurks-prod-alarms"), May: nobody, Why: "CloudWatch's"},
			{Does: "send logs elsewhere", Action: "logs:PutSubscriptionFilter", On: arn("logs", "log-group:/paperwurks/prod/ecs/web"), May: nobody, Why: "a way out for data"},
		}},
	}, slices.Concat(e.ofJobs(jobs), e.switched(off))...))
}
