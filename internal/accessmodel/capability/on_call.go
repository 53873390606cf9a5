package capability

import "github.com/paperwurks/infra/internal/accessmodel/inventory"

// OnCall is the table for a person with access.OnCall's policy: what each command
// of "Prod does not answer" in docs/operations.md asks for, and what it must not
// open. Rows name prod.
func (e Environments) OnCall() []Area {
	may := list(inventory.OnCall)
	const look, report = "make status", "pipelines/backend/report.sh"
	state := func(object string) string { return bucket("paperwurks-terraform-state", object) }
	session, web := "{secret paperwurks/prod/session-key}", service("prod", "web")
	s3 := with("kms:ViaService", throughS3)
	log := func(group string) string { return arn("logs", "log-group:"+group) }
	return e.those([]Area{
		{Title: "What looking asks for", Rows: []Row{
			{Does: "see what runs, and ECS's events", Action: "ecs:DescribeServices", On: web, May: may, Why: "tasks, revision", For: look},
			{Does: "see what runs, by script", Action: "ecs:DescribeServices", On: web, May: may, Why: "tasks, revision", For: report},
			{Does: "see ECS's events", Action: "ecs:DescribeServices", On: web, May: may, Why: "why no task starts", For: "aws ecs describe-services"},
			{Does: "see the image of a revision", Action: "ecs:DescribeTaskDefinition", On: "*", May: may, Why: "which commit", For: look},
			{Does: "see the image of a revision, by script", Action: "ecs:DescribeTaskDefinition", On: "*", May: may, Why: "which commit", For: report},
			{Does: "see how the last deployment ended", Action: "ecs:ListServiceDeployments", On: web, May: may, Why: "rolled back?", For: look},
			{Does: "see which alarms ring", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: may, Why: "since when, why", For: look},
			{Does: "see why an alarm rings", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: may, Why: "the measurement", For: "aws cloudwatch describe-alarms"},
			{Does: "see what Route 53's checkers saw", Action: "route53:GetHealthCheckStatus", On: "arn:aws:route53:::healthcheck/0a1b", May: may, Why: "from where it fails", For: "aws route53 get-health-check-status"},
			{Does: "see the dashboard", Action: "cloudwatch:GetDashboard", On: "arn:aws:cloudwatch::{account}:dashboard/paperwurks-prod", May: may, Why: "in the console"},
			{Does: "see the dashboard's numbers", Action: "cloudwatch:GetMetricData", On: "*", May: may, Why: "in the console"},
			{Does: "see which metrics there are", Action: "cloudwatch:ListMetrics", On: "*", May: may, Why: "in the console"},
			{Does: "see how much storage is free", Action: "cloudwatch:GetMetricStatistics", On: "*", May: may, Why: "the database's", For: look},
			{Does: "see the database's state", Action: "rds:DescribeDBInstances", On: arn("rds", "db:paperwurks-prod"), May: may, Why: "available?", For: look},
			{Does: "see what waits for maintenance", Action: "rds:DescribePendingMaintenanceActions", On: arn("rds", "db:paperwurks-prod"), May: may, Why: "tonight?", For: look},
			{Does: "see that a secret has a value", Action: "secretsmanager:DescribeSecret", On: session, May: may, Why: "not the value", For: look},
			{Does: "list certificates", Action: "acm:ListCertificates", On: "*", May: may, Why: "where there is a domain", For: look},
			{Does: "see when a certificate ends", Action: "acm:DescribeCertificate", On: arn("acm", "certificate/0a1b"), May: may, Why: "where there is a domain", For: look},
			{Does: "see how full a quota is: addresses", Action: "ec2:DescribeAddresses", On: "*", May: may, Why: "what runs out", For: look},
			{Does: "see how full a quota is: internet gateways", Action: "ec2:DescribeInternetGateways", On: "*", May: may, Why: "what runs out", For: look},
			{Does: "see how full a quota is: NAT gateways", Action: "ec2:DescribeNatGateways", On: "*", May: may, Why: "what runs out", For: look},
			{Does: "see how full a quota is: subnets", Action: "ec2:DescribeSubnets", On: "*", May: may, Why: "what runs out", For: look},
			{Does: "see how full a quota is: VPCs", Action: "ec2:DescribeVpcs", On: "*", May: may, Why: "what runs out", For: look},
			{Does: "read a quota", Action: "servicequotas:GetServiceQuota", On: "arn:aws:servicequotas:{region}:{account}:ec2/L-0263D0A3", May: may, Why: "what runs out", For: look},
			{Does: "read AWS's default of a quota", Action: "servicequotas:GetAWSDefaultServiceQuota", On: "*", May: may, Why: "where none was applied", For: look},
			{Does: "see that there is no lock", Action: "s3:ListBucket", On: bucket("paperwurks-terraform-state"), May: may, Why: "else S3 says 403", For: look},
			{Does: "list locks", Action: "s3:ListBucket", On: bucket("paperwurks-terraform-state"), May: may, Why: "without Go", For: "aws s3 ls"},
			{Does: "see who holds a lock", Action: "s3:GetObject", On: state("prod/terraform.tfstate.tflock"), May: may, Why: "name, since when", For: look},
			{Does: "see who holds a lock, without Go", Action: "s3:GetObject", On: state("prod/terraform.tfstate.tflock"), May: may, Why: "name, since when", For: "aws s3 cp"},
			{Does: "decrypt a lock", Action: "kms:Decrypt", On: key("state"), With: s3, May: may, Why: "S3 acts for its caller", For: look},
			{Does: "read where users find it", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/prod/public/url"), May: may, Why: "published", For: look},
			{Does: "read the state bucket's name", Action: "ssm:GetParameter", On: arn("ssm", "parameter/paperwurks/shared/state/bucket"), May: may, Why: "published", For: "aws ssm get-parameter"},
			{Does: "read what is published", Action: "ssm:GetParametersByPath", On: arn("ssm", "parameter/paperwurks/prod"), May: may, Why: "names for the scripts", For: "pipelines/backend/settings.sh"},
			{Does: "search the application's log", Action: "logs:FilterLogEvents", On: log("/paperwurks/prod/ecs/web"), May: may, Why: "what it wrote", For: "aws logs filter-log-events"},
			{Does: "list images", Action: "ecr:DescribeImages", On: repository("prod"), May: may, Why: "which commit to go back to", For: "aws ecr describe-images"},
		}},
		{Title: "What it does not open", Rows: []Row{
			{Does: "read a state", Action: "s3:GetObject", On: state("prod/terraform.tfstate"), May: nobody, Why: "locks only"},
			{Does: "release a lock", Action: "s3:DeleteObject", On: state("prod/terraform.tfstate.tflock"), May: nobody, Why: "make recover is an administrator's"},
			{Does: "read a document", Action: "s3:GetObject", On: bucket("paperwurks-prod-documents", "contract.pdf"), May: nobody, Why: "the application's only"},
			{Does: "read a secret's value", Action: "secretsmanager:GetSecretValue", On: session, May: nobody, Why: "the tasks' only"},
			{Does: "decrypt with the key of data", Action: "kms:Decrypt", On: key("prod/data"), With: s3, May: nobody, Why: "the application's only"},
			{Does: "sign in to the database", Action: "rds-db:connect", On: "{dbuser paperwurks-prod}/backend", May: nobody, Why: "the application's only"},
			{Does: "read the database's log", Action: "logs:FilterLogEvents", On: log("/aws/rds/instance/paperwurks-prod/postgresql"), May: nobody, Why: "it shows data"},
			{Does: "read the flow log", Action: "logs:FilterLogEvents", On: log("/paperwurks/prod/vpc/flow"), May: nobody, Why: "not asked for"},
			{Does: "pull an image", Action: "ecr:BatchGetImage", On: repository("prod"), May: nobody, Why: "its pipeline's and its tasks' only"},
			{Does: "change a service", Action: "ecs:UpdateService", On: web, May: nobody, Why: "the rollback is a workflow's, as deploy-role"},
			{Does: "start a task", Action: "ecs:RunTask", On: definition("paperwurks-prod-web"), With: with("ecs:cluster", cluster("prod")), May: nobody, Why: "deploy-role's"},
			{Does: "open a shell in a task", Action: "ecs:ExecuteCommand", On: cluster("prod"), May: nobody, Why: "no shell in prod"},
			{Does: "set an alarm's state", Action: "cloudwatch:SetAlarmState", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: nobody, Why: "it rolls deployments back"},
			{Does: "take a role of CI", Action: "sts:AssumeRole", On: ci(prod), May: nobody, Why: "GitHub's runs only"},
		}},
	})
}
