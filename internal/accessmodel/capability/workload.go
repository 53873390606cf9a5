package capability

import (
	"fmt"

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

// MakeRoles adds the roles that an attacker would make to a platform.
func MakeRoles(p *inventory.Platform) error {
	for name, sibling := range map[string]string{
		madeTask: "paperwurks-prod-web-task", madeExecution: "paperwurks-prod-web-execution", madeInDev: "paperwurks-dev-web-task",
		madeBootstrap: "paperwurks-prod-bootstrap",
	} {
		like := p.Roles[sibling]
		if like == nil {
			return fmt.Errorf("the stacks have no role %q", sibling)
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
	devBootstrap   = "paperwurks-dev-bootstrap"
	devMonitoring  = "paperwurks-dev-database-monitoring"
	devFlowLog     = "paperwurks-dev-flow-log"
	prodTask       = "paperwurks-prod-web-task"
	prodWorker     = "paperwurks-prod-worker-task"
	prodExecution  = "paperwurks-prod-web-execution"
	prodMigration  = "paperwurks-prod-migrate-execution"
	prodMigrations = "paperwurks-prod-migrate-task"
	prodBootstrap  = "paperwurks-prod-bootstrap"
)

// WorkloadRoles in the order in which they are listed.
func WorkloadRoles() []string {
	return append([]string{
		devTask, devExecution, devMigration, devBootstrap, devMonitoring, devFlowLog,
		prodTask, prodWorker, prodExecution, prodMigrations, prodMigration, prodBootstrap,
	}, MadeRoles()...)
}

// MadeRoles are those of MakeRoles.
func MadeRoles() []string { return []string{madeTask, madeExecution, madeInDev, madeBootstrap} }

// Workloads is the table for the roles of workloads.
func Workloads() []Area {
	object := func(env string) string { return bucket("paperwurks-"+env+"-documents", "contract.pdf") }
	session := func(env string) string { return "{secret paperwurks/" + env + "/session-key}" }
	stream := func(group string) string { return arn("logs", "log-group:"+group+":log-stream:s") }
	s3, sm := with("kms:ViaService", throughS3), with("kms:ViaService", throughSM)
	made := MadeRoles()
	with := func(more []string, roles ...string) []string { return append(append([]string{}, roles...), more...) }
	return []Area{
		{"Data and images, for workloads", []Row{
			{"read a document of dev", "s3:GetObject", object("dev"), nil, list(devTask), "its documents"},
			{"read a document of prod", "s3:GetObject", object("prod"), nil, list(prodTask, prodWorker), "its documents"},
			{"write a document of prod", "s3:PutObject", object("prod"), nil, list(prodTask, prodWorker), "its documents"},
			{"delete a document of prod", "s3:DeleteObject", object("prod"), nil, list(prodTask, prodWorker), "a version stays"},
			{"delete a version of a document", "s3:DeleteObjectVersion", object("prod"), nil, nobody, "versions are the backup"},
			{"list the documents of prod", "s3:ListBucket", bucket("paperwurks-prod-documents"), nil, list(prodTask, prodWorker), "its documents"},
			{"hand documents to others", "s3:PutBucketPolicy", bucket("paperwurks-prod-documents"), nil, nobody, "not a workload's"},
			{"open a document to others", "s3:PutObjectAcl", object("prod"), nil, nobody, "not a workload's"},
			{"read another bucket", "s3:GetObject", "arn:aws:s3:::other/o", nil, nobody, "its documents only"},
			{"write to another's bucket", "s3:PutObject", "arn:aws:s3:::other/o", nil, nobody, "a way out for data"},
			{"read the access logs", "s3:GetObject", bucket("paperwurks-prod-log", "load-balancer/access/l"), nil, nobody, "not a workload's"},
			{"decrypt a document of dev", "kms:Decrypt", key("dev/data"), s3, list(devTask), "through S3"},
			{"decrypt a document of prod", "kms:Decrypt", key("prod/data"), s3, list(prodTask, prodWorker), "through S3"},
			{"encrypt a document of prod", "kms:GenerateDataKey", key("prod/data"), s3, list(prodTask, prodWorker), "through S3"},
			{"decrypt with prod's key past S3", "kms:Decrypt", key("prod/data"), nil, nobody, "through S3 only"},
			{"sign in to the database of dev", "rds-db:connect", "{dbuser paperwurks-dev}/backend", nil, list(devTask), "as the application"},
			{"sign in to the database of prod", "rds-db:connect", "{dbuser paperwurks-prod}/backend", nil, list(prodTask, prodWorker), "as the application"},
			{"sign in as the master user", "rds-db:connect", "{dbuser paperwurks-prod}/paperwurks_admin", nil, nobody, "as the application only"},
			{"read a secret of dev", "secretsmanager:GetSecretValue", session("dev"), nil, list(devExecution, devMigration), "ECS gives it to the task"},
			{"read a secret of prod", "secretsmanager:GetSecretValue", session("prod"), nil, list(prodExecution, prodMigration), "ECS gives it to the task"},
			{"read the master password of dev", "secretsmanager:GetSecretValue", "{master paperwurks-dev}", nil, list(devMigration), "the migration changes the schema"},
			{"read the master password of prod", "secretsmanager:GetSecretValue", "{master paperwurks-prod}", nil, list(prodMigration), "the migration changes the schema"},
			{"set a secret", "secretsmanager:PutSecretValue", session("prod"), nil, nobody, "not a workload's"},
			{"decrypt a secret of prod", "kms:Decrypt", key("prod/data"), sm, list(prodExecution, prodMigration), "through Secrets Manager"},
			{"read a secret that is not the platform's", "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:other-AbCdEf"), nil, nobody, "not theirs"},
			{"pull an image of dev", "ecr:BatchGetImage", repository("dev"), nil, list(devExecution, devMigration), "to start its tasks"},
			{"pull an image of prod", "ecr:BatchGetImage", repository("prod"), nil, list(prodExecution, prodMigration), "to start its tasks"},
			{"pull a layer of prod", "ecr:GetDownloadUrlForLayer", repository("prod"), nil, list(prodExecution, prodMigration), "to start its tasks"},
			{"list another bucket", "s3:ListBucket", "arn:aws:s3:::other", nil, nobody, "its documents only"},
			{"decrypt a secret of dev", "kms:Decrypt", key("dev/data"), sm, list(devExecution, devMigration), "through Secrets Manager"},
			{"read the state", "s3:GetObject", bucket("paperwurks-terraform-state", "prod/terraform.tfstate"), nil, nobody, "the pipeline's"},
			{"decrypt the state", "kms:Decrypt", key("state"), s3, nobody, "the pipeline's"},
		}},
		{"Logs, for workloads", []Row{
			{"log in to ECR", "ecr:GetAuthorizationToken", "*", nil, with(made, devExecution, devMigration, prodExecution, prodMigration), "by itself it reaches no image"},
			{"push an image of prod", "ecr:PutImage", repository("prod"), nil, nobody, "the pipeline's"},
			{"write the log of dev's web", "logs:PutLogEvents", stream("/paperwurks/dev/ecs/web"), nil, list(devExecution, devBootstrap, madeInDev), "its tasks' log"},
			{"write the log of prod's web", "logs:PutLogEvents", stream("/paperwurks/prod/ecs/web"), nil, list(prodExecution, prodBootstrap, madeTask, madeExecution, madeBootstrap), "its tasks' log"},
			{"write the log of prod's migration", "logs:PutLogEvents", stream("/paperwurks/prod/ecs/migrate"), nil, list(prodMigration, prodBootstrap, madeTask, madeExecution, madeBootstrap), "its task's log"},
			{"write the flow log of dev", "logs:PutLogEvents", stream("/paperwurks/dev/vpc/flow"), nil, list(devFlowLog, madeInDev), "the VPC's"},
			{"write the monitoring of databases", "logs:PutLogEvents", stream("RDSOSMetrics"), nil, with(made, devMonitoring), "RDS's"},
			{"write the log of dev's shell sessions", "logs:PutLogEvents", stream("/paperwurks/dev/ecs/exec"), nil, list(devTask, devBootstrap, madeInDev), "ECS Exec is on in dev"},
			{"write another log", "logs:PutLogEvents", stream("other"), nil, nobody, "its own only"},
			{"read the log of prod's migration", "logs:GetLogEvents", stream("/paperwurks/prod/ecs/migrate"), nil, nobody, "not a workload's"},
			{"read the log of prod's web", "logs:GetLogEvents", stream("/paperwurks/prod/ecs/web"), nil, nobody, "not a workload's"},
			{"open a shell session's channel", "ssmmessages:OpenDataChannel", "*", nil, with(made, devTask), "ECS Exec is on in dev"},
			{"read the parameters of prod", "ssm:GetParameter", arn("ssm", "parameter/paperwurks/prod/ecs/cluster-name"), nil, nobody, "the pipelines'"},
		}},
		{"What a workload never does", []Row{
			{"act as another role", "sts:AssumeRole", iam("role/administrator"), nil, nobody, "one identity each"},
			{"act as infra-role", "sts:AssumeRole", ci(infra), nil, nobody, "one identity each"},
			{"act as a deploy role", "sts:AssumeRole", ci(prod), nil, nobody, "one identity each"},
			{"act as web's task role", "sts:AssumeRole", workload(prodTask), nil, nobody, "ECS's to assume"},
			{"make a role", "iam:CreateRole", workload("paperwurks-prod-x"), nil, nobody, "the pipeline's"},
			{"write a policy into itself", "iam:PutRolePolicy", workload(madeTask), nil, nobody, "the pipeline's"},
			{"write a policy into infra-role", "iam:PutRolePolicy", ci(infra), nil, nobody, "an administrator's"},
			{"make an access key", "iam:CreateAccessKey", iam("user/u"), nil, nobody, "no long-lived keys"},
			{"pass a role", "iam:PassRole", workload(prodTask), nil, nobody, "the pipelines'"},
			{"run a task", "ecs:RunTask", definition("paperwurks-prod-migrate"), nil, nobody, "the pipelines'"},
			{"register a task definition", "ecs:RegisterTaskDefinition", definition("paperwurks-prod-web"), nil, nobody, "the pipelines'"},
			{"deploy", "ecs:UpdateService", service("prod", "web"), nil, nobody, "the pipelines'"},
			{"enter a task", "ecs:ExecuteCommand", cluster("dev"), nil, nobody, "people's"},
			{"run a machine", "ec2:RunInstances", arn("ec2", "instance/i-1"), nil, nobody, "not in use"},
			{"open a security group", "ec2:AuthorizeSecurityGroupIngress", arn("ec2", "security-group/sg-1"), nil, nobody, "the pipeline's"},
			{"make a function", "lambda:CreateFunction", arn("lambda", "function:f"), nil, nobody, "not in use"},
			{"copy a snapshot", "rds:CopyDBSnapshot", arn("rds", "snapshot:paperwurks-prod-final"), nil, nobody, "the backup"},
			{"change the database", "rds:ModifyDBInstance", arn("rds", "db:paperwurks-prod"), nil, nobody, "the pipeline's"},
			{"grant a key", "kms:CreateGrant", key("prod/data"), nil, nobody, "the pipeline's"},
			{"set a key's policy", "kms:PutKeyPolicy", key("prod/data"), nil, nobody, "an administrator's"},
			{"set a repository's policy", "ecr:SetRepositoryPolicy", repository("prod"), nil, nobody, "an administrator's"},
			{"publish a parameter", "ssm:PutParameter", arn("ssm", "parameter/paperwurks/prod/ecs/cluster-name"), nil, nobody, "the pipeline's"},
			{"raise a false alarm", "sns:Publish", arn("sns", "paperwurks-prod-alarms"), nil, nobody, "CloudWatch's"},
			{"send logs elsewhere", "logs:PutSubscriptionFilter", arn("logs", "log-group:/paperwurks/prod/ecs/web"), nil, nobody, "a way out for data"},
		}},
	}
}
