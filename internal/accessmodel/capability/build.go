package capability

func network() Area {
	ec2 := func(resource string) string { return arn("ec2", resource) }
	return Area{"VPC", []Row{
		{"make a VPC", "ec2:CreateVpc", ec2("vpc/vpc-1"), nil, builder, "infrastructure"},
		{"destroy a VPC", "ec2:DeleteVpc", ec2("vpc/vpc-1"), nil, builder, "infrastructure"},
		{"make a subnet", "ec2:CreateSubnet", ec2("subnet/subnet-1"), nil, builder, "infrastructure"},
		{"make a route", "ec2:CreateRoute", ec2("route-table/rtb-1"), nil, builder, "infrastructure"},
		{"make a NAT gateway", "ec2:CreateNatGateway", ec2("natgateway/nat-1"), nil, builder, "infrastructure"},
		{"take a public address", "ec2:AllocateAddress", ec2("elastic-ip/eipalloc-1"), nil, builder, "for NAT"},
		{"attach an internet gateway", "ec2:AttachInternetGateway", ec2("internet-gateway/igw-1"), nil, builder, "infrastructure"},
		{"make a security group", "ec2:CreateSecurityGroup", ec2("security-group/sg-1"), nil, builder, "infrastructure"},
		{"open a security group", "ec2:AuthorizeSecurityGroupIngress", ec2("security-group/sg-1"), nil, builder, "infrastructure"},
		{"close a security group", "ec2:RevokeSecurityGroupIngress", ec2("security-group/sg-1"), nil, builder, "infrastructure"},
		{"make a VPC endpoint", "ec2:CreateVpcEndpoint", ec2("vpc-endpoint/vpce-1"), nil, builder, "infrastructure"},
		{"record traffic", "ec2:CreateFlowLogs", ec2("vpc-flow-log/fl-1"), nil, builder, "infrastructure"},
		{"pass the flow log's role", "iam:PassRole", workload("paperwurks-dev-flow-log"), with("iam:PassedToService", "vpc-flow-logs.amazonaws.com"), builder, "to flow logs only"},
		{"pass the flow log's role to tasks", "iam:PassRole", workload("paperwurks-dev-flow-log"), with("iam:PassedToService", ecsTasks), nobody, "to flow logs only"},
		{"pass web's task role to flow logs", "iam:PassRole", workload("paperwurks-prod-web-task"), with("iam:PassedToService", "vpc-flow-logs.amazonaws.com"), nobody, "the flow log's role only"},
		{"tag a VPC", "ec2:CreateTags", ec2("vpc/vpc-1"), nil, builder, "infrastructure"},
	}}
}

// ways are the ways in and out of the networks but CloudFront and NAT.
func ways() Area {
	ec2 := func(resource string) string { return arn("ec2", resource) }
	balancer := arn("elasticloadbalancing", "loadbalancer/app/paperwurks-prod/0a1b")
	return Area{"Ways in and out", []Row{
		{"make a VPC in another region", "ec2:CreateVpc", "arn:aws:ec2:us-west-2:{account}:vpc/vpc-1", nil, nobody, "nobody looks there"},
		{"join a VPC to another's", "ec2:CreateVpcPeeringConnection", ec2("vpc-peering-connection/pcx-1"), nil, nobody, "a way in and out"},
		{"let another join a VPC", "ec2:AcceptVpcPeeringConnection", ec2("vpc-peering-connection/pcx-1"), nil, nobody, "a way in and out"},
		{"make a VPN", "ec2:CreateVpnConnection", ec2("vpn-connection/vpn-1"), nil, nobody, "a way in and out"},
		{"make a transit gateway", "ec2:CreateTransitGateway", ec2("transit-gateway/tgw-1"), nil, nobody, "a way in and out"},
		{"offer a service to other VPCs", "ec2:CreateVpcEndpointServiceConfiguration", ec2("vpc-endpoint-service/vpce-svc-1"), nil, nobody, "a way in"},
		{"copy traffic", "ec2:CreateTrafficMirrorSession", ec2("traffic-mirror-session/tms-1"), nil, nobody, "a way out for data"},
		{"make a service with public addresses", "ecs:CreateService", service("dev", "web"), with("ecs:auto-assign-public-ip", "true"), nobody, "tasks are private"},
		{"make a public load balancer", "elasticloadbalancing:CreateLoadBalancer", balancer, with("elasticloadbalancing:Scheme", "internet-facing"), nobody, "CloudFront is the only way in"},
		{"make a load balancer of unsaid scheme", "elasticloadbalancing:CreateLoadBalancer", balancer, nil, nobody, "AWS would make it public"},
	}}
}

func compute() Area {
	balancer := arn("elasticloadbalancing", "loadbalancer/app/paperwurks-prod/0a1b")
	target := arn("application-autoscaling", "scalable-target/0a1b")
	return Area{"ECS and load balancers", []Row{
		{"make a cluster", "ecs:CreateCluster", cluster("dev"), nil, builder, "infrastructure"},
		{"destroy a cluster", "ecs:DeleteCluster", cluster("dev"), nil, builder, "infrastructure"},
		{"choose Fargate or Spot", "ecs:PutClusterCapacityProviders", cluster("dev"), nil, builder, "infrastructure"},
		{"make a service", "ecs:CreateService", service("dev", "web"), with("ecs:task-definition", definition("paperwurks-dev-web")), builder, "from its bootstrap definition"},
		{"make a service with a shell in prod", "ecs:CreateService", service("prod", "web"), with("ecs:enable-execute-command", "true"), nobody, "no shell in prod"},
		{"make a service that is not the platform's", "ecs:CreateService", arn("ecs", "service/other/other"), nil, nobody, "not theirs"},
		{"make a cluster that is not the platform's", "ecs:CreateCluster", arn("ecs", "cluster/other"), nil, nobody, "not theirs"},
		{"tag a cluster that is not the platform's", "ecs:TagResource", arn("ecs", "cluster/other"), nil, nobody, "not theirs"},
		{"bring a machine into a cluster", "ecs:RegisterContainerInstance", cluster("dev"), nil, nobody, "Fargate only"},
		{"scale a service", "application-autoscaling:RegisterScalableTarget", target, with("application-autoscaling:service-namespace", "ecs"), builder, "infrastructure"},
		{"scale something else", "application-autoscaling:RegisterScalableTarget", target, with("application-autoscaling:service-namespace", "dynamodb"), nobody, "not in use"},
		{"set how a service scales", "application-autoscaling:PutScalingPolicy", target, with("application-autoscaling:service-namespace", "ecs"), builder, "infrastructure"},
		{"tag how a service scales", "application-autoscaling:TagResource", target, nil, builder, "infrastructure"},
		{"make an internal load balancer", "elasticloadbalancing:CreateLoadBalancer", balancer, with("elasticloadbalancing:Scheme", "internal"), builder, "behind CloudFront"},
		{"make a network load balancer", "elasticloadbalancing:CreateLoadBalancer", arn("elasticloadbalancing", "loadbalancer/net/paperwurks-prod/0a1b"), with("elasticloadbalancing:Scheme", "internal"), nobody, "it could face the database"},
		{"change a load balancer that is not the platform's", "elasticloadbalancing:ModifyLoadBalancerAttributes", arn("elasticloadbalancing", "loadbalancer/app/other/0a1b"), nil, nobody, "not theirs"},
		{"make a load balancer that is not the platform's", "elasticloadbalancing:CreateLoadBalancer", arn("elasticloadbalancing", "loadbalancer/app/other/0a1b"), with("elasticloadbalancing:Scheme", "internal"), nobody, "not theirs"},
		{"make a listener", "elasticloadbalancing:CreateListener", balancer, nil, builder, "infrastructure"},
		{"change a listener", "elasticloadbalancing:ModifyListener", arn("elasticloadbalancing", "listener/app/paperwurks-prod/0a1b/2c3d"), nil, builder, "infrastructure"},
		{"make a target group", "elasticloadbalancing:CreateTargetGroup", arn("elasticloadbalancing", "targetgroup/paperwurks-prod-web/0a1b"), nil, builder, "infrastructure"},
		{"put a machine behind the load balancer", "elasticloadbalancing:RegisterTargets", arn("elasticloadbalancing", "targetgroup/paperwurks-prod-web/0a1b"), nil, nobody, "ECS registers its tasks"},
		{"put a firewall before the load balancer", "elasticloadbalancing:SetWebAcl", "*", nil, builder, "infrastructure"},
	}}
}

func data() Area {
	return Area{"RDS, S3, Secrets Manager and KMS, as resources", []Row{
		{"make a database", "rds:CreateDBInstance", arn("rds", "db:paperwurks-prod"), with("rds:ManageMasterUserPassword", "true", "rds:PubliclyAccessible", "false"), builder, "infrastructure"},
		{"make a subnet group of a database", "rds:CreateDBSubnetGroup", arn("rds", "subgrp:paperwurks-dev-isolated"), nil, builder, "infrastructure"},
		{"make a parameter group of a database", "rds:CreateDBParameterGroup", arn("rds", "pg:paperwurks-dev-postgres17"), nil, builder, "infrastructure"},
		{"change a database", "rds:ModifyDBInstance", arn("rds", "db:paperwurks-prod"), nil, builder, "infrastructure"},
		{"take a snapshot", "rds:CreateDBSnapshot", arn("rds", "snapshot:paperwurks-dev-final"), nil, builder, "the last one"},
		{"pass the monitoring role to RDS", "iam:PassRole", workload("paperwurks-prod-database-monitoring"), with("iam:PassedToService", "monitoring.rds.amazonaws.com"), builder, "to RDS only"},
		{"pass the monitoring role to tasks", "iam:PassRole", workload("paperwurks-prod-database-monitoring"), with("iam:PassedToService", ecsTasks), nobody, "to RDS only"},
		{"change a database that is not the platform's", "rds:ModifyDBInstance", arn("rds", "db:other"), nil, nobody, "not theirs"},
		{"pass web's task role to RDS", "iam:PassRole", workload("paperwurks-prod-web-task"), with("iam:PassedToService", "monitoring.rds.amazonaws.com"), nobody, "the monitoring role only"},
		{"make a bucket", "s3:CreateBucket", bucket("paperwurks-dev-documents"), nil, builder, "infrastructure"},
		{"set a bucket's policy", "s3:PutBucketPolicy", bucket("paperwurks-dev-documents"), nil, builder, "infrastructure; the key still decides"},
		{"set a bucket's encryption", "s3:PutEncryptionConfiguration", bucket("paperwurks-dev-documents"), nil, builder, "infrastructure"},
		{"set a bucket's versions", "s3:PutBucketVersioning", bucket("paperwurks-dev-documents"), nil, builder, "infrastructure"},
		{"set a bucket's lifecycle", "s3:PutLifecycleConfiguration", bucket("paperwurks-dev-log"), nil, builder, "infrastructure"},
		{"block a bucket's public access", "s3:PutBucketPublicAccessBlock", bucket("paperwurks-dev-documents"), nil, builder, "infrastructure"},
		{"change a bucket that is not the platform's", "s3:PutBucketPolicy", "arn:aws:s3:::other", nil, nobody, "not theirs"},
		{"list a bucket that is not the platform's", "s3:ListBucket", "arn:aws:s3:::other", nil, nobody, "not theirs"},
		{"list the versions of dev's documents", "s3:ListBucketVersions", bucket("paperwurks-dev-documents"), nil, builder, "dev can be destroyed"},
		{"list the versions of prod's documents", "s3:ListBucketVersions", bucket("paperwurks-prod-documents"), nil, nobody, "prod cannot"},
		{"make a secret", "secretsmanager:CreateSecret", "{secret paperwurks/dev/session-key}", nil, builder, "without a value"},
		{"set a secret's policy", "secretsmanager:PutResourcePolicy", "{secret paperwurks/dev/session-key}", with("secretsmanager:BlockPublicPolicy", "true"), builder, "infrastructure"},
		{"set a secret's policy to public", "secretsmanager:PutResourcePolicy", "{secret paperwurks/dev/session-key}", with("secretsmanager:BlockPublicPolicy", "false"), nobody, "AWS must check it"},
		{"make a secret that is not the platform's", "secretsmanager:CreateSecret", arn("secretsmanager", "secret:other-AbCdEf"), nil, nobody, "not theirs"},
		{"set the policy of a secret that is not the platform's", "secretsmanager:PutResourcePolicy", arn("secretsmanager", "secret:other-AbCdEf"), with("secretsmanager:BlockPublicPolicy", "true"), nobody, "not theirs"},
		{"let RDS make the master secret", "secretsmanager:CreateSecret", "{master paperwurks-prod}", nil, builder, "RDS acts for its caller"},
		{"make a key of the platform", "kms:CreateKey", "*", with("aws:RequestTag/project", "paperwurks"), builder, "infrastructure"},
		{"make a key of nobody", "kms:CreateKey", "*", nil, nobody, "keys carry the project's tag"},
		{"tag a key that it makes", "kms:TagResource", arn("kms", "key/0a1b"), with("aws:RequestTag/project", "paperwurks"), builder, "part of making it"},
		{"tag a key of nobody", "kms:TagResource", arn("kms", "key/0a1b"), with("aws:RequestTag/owner", "me"), nobody, "keys carry the project's tag"},
		{"rotate a key", "kms:EnableKeyRotation", key("dev/data"), nil, builder, "infrastructure"},
		{"rotate the key of the state", "kms:EnableKeyRotation", key("state"), nil, builder, "infrastructure"},
		{"set the policy of the logs' key", "kms:PutKeyPolicy", key("dev/logs"), nil, builder, "infrastructure"},
		{"name a key", "kms:CreateAlias", arn("kms", "alias/paperwurks/dev/edge-logs"), nil, builder, "infrastructure"},
		{"name a key as another project's", "kms:CreateAlias", arn("kms", "alias/other"), nil, nobody, "not theirs"},
		{"let RDS use the key of data", "kms:CreateGrant", key("dev/data"), with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), builder, "RDS acts for its caller"},
		{"let RDS use the key of prod's data", "kms:CreateGrant", key("prod/data"), with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), builder, "RDS acts for its caller"},
		{"let RDS encrypt with the key of data", "kms:GenerateDataKey", key("dev/data"), with("kms:ViaService", throughRDS), builder, "RDS acts for its caller"},
		{"let RDS encrypt with a key of another project", "kms:GenerateDataKey", arn("kms", "key/0a1b"), with("kms:ViaService", throughRDS), nobody, "not theirs"},
		{"grant a key past the service that it is for", "kms:CreateGrant", key("dev/data"), with("kms:GrantIsForAWSResource", "true"), nobody, "through AWS services only"},
		{"let ECR use the key of images", "kms:CreateGrant", key("dev/images"), with("kms:ViaService", throughECR, "kms:GrantIsForAWSResource", "true"), builder, "ECR acts for its caller"},
		{"let RDS use the key of the master secret", "kms:CreateGrant", key("dev/data"), with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "true"), builder, "RDS acts for its caller"},
		{"grant the key of the master secret to somebody", "kms:CreateGrant", key("dev/data"), with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "false"), nobody, "to AWS services only"},
		{"let RDS use a key of another project", "kms:CreateGrant", arn("kms", "key/0a1b"), with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), nobody, "not theirs"},
		{"let Secrets Manager use a key of another project", "kms:CreateGrant", arn("kms", "key/0a1b"), with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "true"), nobody, "not theirs"},
		{"prove that it may use a secret's key", "kms:GenerateDataKey", key("dev/data"), with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", "{secret paperwurks/dev/session-key}", "kms:EncryptionContext:SecretVersionId", "RequestToValidateKeyAccess"), builder, "Secrets Manager asks for it"},
		{"prove it past Secrets Manager", "kms:GenerateDataKey", key("dev/data"), with("kms:EncryptionContext:SecretVersionId", "RequestToValidateKeyAccess"), nobody, "through Secrets Manager only"},
		{"let RDS encrypt the master secret", "kms:GenerateDataKey", key("dev/data"), with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", "{master paperwurks-dev}"), builder, "RDS acts for its caller"},
		{"encrypt the master secret past Secrets Manager", "kms:GenerateDataKey", key("dev/data"), with("kms:EncryptionContext:SecretARN", "{master paperwurks-dev}"), nobody, "through Secrets Manager only"},
	}}
}

func edge() Area {
	distribution := "arn:aws:cloudfront::{account}:distribution/E1"
	global := func(resource string) string { return "arn:aws:wafv2:us-east-1:{account}:global/" + resource }
	certificate := arn("acm", "certificate/0a1b")
	zone := "arn:aws:route53:::hostedzone/Z1"
	records := func(kinds ...string) map[string]any {
		return with("route53:ChangeResourceRecordSetsRecordTypes", kinds)
	}
	return Area{"CloudFront, WAF, certificates and DNS", []Row{
		{"make a distribution", "cloudfront:CreateDistribution", "*", nil, builder, "infrastructure"},
		{"change a distribution", "cloudfront:UpdateDistribution", distribution, nil, builder, "infrastructure"},
		{"destroy a distribution", "cloudfront:DeleteDistribution", distribution, nil, builder, "infrastructure"},
		{"make a VPC origin", "cloudfront:CreateVpcOrigin", "*", nil, builder, "infrastructure"},
		{"set security headers", "cloudfront:CreateResponseHeadersPolicy", "*", nil, builder, "infrastructure"},
		{"deliver a distribution's log", "cloudfront:AllowVendedLogDeliveryForResource", distribution, nil, builder, "infrastructure"},
		{"run code at the edge", "cloudfront:CreateFunction", "*", nil, nobody, "it would see every request"},
		{"publish code at the edge", "cloudfront:PublishFunction", "arn:aws:cloudfront::{account}:function/f", nil, nobody, "it would see every request"},
		{"make a firewall at the load balancer", "wafv2:CreateWebACL", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), nil, builder, "infrastructure"},
		{"make a firewall at CloudFront", "wafv2:CreateWebACL", global("webacl/paperwurks-prod-edge/0a1b"), nil, builder, "infrastructure"},
		{"use AWS's rules in a firewall", "wafv2:UpdateWebACL", arn("wafv2", "regional/managedruleset/AWS/0a1b"), nil, builder, "infrastructure"},
		{"put a firewall before the load balancer, at WAF", "wafv2:AssociateWebACL", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), nil, builder, "infrastructure"},
		{"log a firewall", "wafv2:PutLoggingConfiguration", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), with("wafv2:LogDestinationResource", arn("logs", "log-group:aws-waf-logs-paperwurks-prod")), builder, "infrastructure"},
		{"log a firewall to a stranger's bucket", "wafv2:PutLoggingConfiguration", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), with("wafv2:LogDestinationResource", "arn:aws:s3:::aws-waf-logs-other"), nobody, "a way out for data"},
		{"log a firewall that is not the platform's", "wafv2:PutLoggingConfiguration", arn("wafv2", "regional/webacl/other/0a1b"), with("wafv2:LogDestinationResource", arn("logs", "log-group:aws-waf-logs-paperwurks-prod")), nobody, "not theirs"},
		{"change a firewall that is not the platform's", "wafv2:UpdateWebACL", arn("wafv2", "regional/webacl/other/0a1b"), nil, nobody, "not theirs"},
		{"order a certificate", "acm:RequestCertificate", "*", nil, builder, "infrastructure"},
		{"destroy a certificate", "acm:DeleteCertificate", certificate, nil, builder, "infrastructure"},
		{"take a certificate's private key", "acm:ExportCertificate", certificate, nil, nobody, "ACM keeps it"},
		{"write the application's records", "route53:ChangeResourceRecordSets", zone, records("A", "AAAA"), builder, "infrastructure"},
		{"prove a name to ACM", "route53:ChangeResourceRecordSets", zone, records("CNAME"), builder, "infrastructure"},
		{"hand the domain to other servers", "route53:ChangeResourceRecordSets", zone, records("NS"), nobody, "a way to take the domain"},
		{"take the domain's mail", "route53:ChangeResourceRecordSets", zone, records("A", "MX"), nobody, "a way to take the domain"},
	}}
}

func observation() Area {
	group := arn("logs", "log-group:/paperwurks/dev/ecs/web")
	topic := arn("sns", "paperwurks-dev-alarms")
	return Area{"Logs, alarms and topics, as resources", []Row{
		{"make a log group", "logs:CreateLogGroup", group, nil, builder, "infrastructure"},
		{"make the log group of a firewall at the edge", "logs:CreateLogGroup", "arn:aws:logs:us-east-1:{account}:log-group:aws-waf-logs-paperwurks-dev-edge", nil, builder, "infrastructure"},
		{"set how long logs are kept", "logs:PutRetentionPolicy", group, nil, builder, "infrastructure"},
		{"encrypt a log group", "logs:AssociateKmsKey", group, nil, builder, "infrastructure"},
		{"change a log group that is not the platform's", "logs:DeleteLogGroup", arn("logs", "log-group:other"), nil, nobody, "not theirs"},
		{"deliver CloudFront's log", "logs:PutDeliverySource", "arn:aws:logs:us-east-1:{account}:delivery-source:paperwurks-dev-cloudfront", nil, builder, "infrastructure"},
		{"deliver CloudFront's log to its bucket", "logs:PutDeliveryDestination", "arn:aws:logs:us-east-1:{account}:delivery-destination:paperwurks-dev-cloudfront", with("logs:DeliveryDestinationResourceArn", bucket("paperwurks-dev-log", "cloudfront")), builder, "infrastructure"},
		{"deliver CloudFront's log to a stranger's bucket", "logs:PutDeliveryDestination", "arn:aws:logs:us-east-1:{account}:delivery-destination:paperwurks-dev-cloudfront", with("logs:DeliveryDestinationResourceArn", "arn:aws:s3:::other"), nobody, "a way out for data"},
		{"make a delivery that is not the platform's", "logs:PutDeliveryDestination", arn("logs", "delivery-destination:other"), with("logs:DeliveryDestinationResourceArn", bucket("paperwurks-dev-log", "cloudfront")), nobody, "not theirs"},
		{"deliver a log that is not the platform's", "logs:PutDeliverySource", arn("logs", "delivery-source:other"), nil, nobody, "not theirs"},
		{"take in another account's logs", "logs:PutDeliveryDestinationPolicy", arn("logs", "delivery-destination:paperwurks-dev-cloudfront"), nil, nobody, "a way in"},
		{"deliver a firewall's log", "logs:CreateLogDelivery", "*", nil, builder, "infrastructure"},
		{"make an alarm", "cloudwatch:PutMetricAlarm", arn("cloudwatch", "alarm:paperwurks-dev-web-cpu"), nil, builder, "infrastructure"},
		{"make an alarm that is not the platform's", "cloudwatch:PutMetricAlarm", arn("cloudwatch", "alarm:other"), nil, nobody, "not theirs"},
		{"silence an alarm", "cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:paperwurks-dev-web-cpu"), nil, nobody, "Terraform never does"},
		{"make a dashboard", "cloudwatch:PutDashboard", "arn:aws:cloudwatch::{account}:dashboard/paperwurks-dev", nil, builder, "infrastructure"},
		{"make the topic of alarms", "sns:CreateTopic", topic, nil, builder, "infrastructure"},
		{"make a topic that is not the platform's", "sns:CreateTopic", arn("sns", "other"), nil, nobody, "not theirs"},
		{"join a topic that is not the platform's", "sns:Subscribe", arn("sns", "other"), with("sns:Protocol", "email"), nobody, "not theirs"},
		{"send alarms to people", "sns:Subscribe", topic, with("sns:Protocol", "email"), builder, "infrastructure"},
		{"send alarms to a stranger's machine", "sns:Subscribe", topic, with("sns:Protocol", "https"), nobody, "people only"},
		{"send alarms to a function", "sns:Subscribe", topic, with("sns:Protocol", "lambda"), nobody, "people only"},
		{"raise a false alarm", "sns:Publish", topic, nil, nobody, "CloudWatch's"},
	}}
}

func identity() Area {
	role := workload("paperwurks-dev-web-task")
	carries := with("iam:PermissionsBoundary", bounded)
	return Area{"IAM, as infrastructure", []Row{
		{"make a workload role", "iam:CreateRole", workload("paperwurks-dev-api-task"), carries, builder, "with its boundary"},
		{"set a workload role's policy", "iam:PutRolePolicy", role, nil, builder, "within its boundary"},
		{"remove a workload role's policy", "iam:DeleteRolePolicy", role, nil, builder, "within its boundary"},
		{"attach a workload policy", "iam:AttachRolePolicy", role, with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), builder, "within its boundary"},
		{"attach a workload policy to a role without a boundary", "iam:AttachRolePolicy", workload("old"), with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), nobody, "it would have no limit"},
		{"attach a workload policy to a role of CI", "iam:AttachRolePolicy", ci(infra), with("iam:PolicyARN", iam("policy/paperwurks/workload/queue"), "iam:PermissionsBoundary", bounded), nobody, "an administrator's"},
		{"detach a workload policy", "iam:DetachRolePolicy", role, with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), builder, "within its boundary"},
		{"make a workload policy", "iam:CreatePolicy", iam("policy/paperwurks/workload/queue"), nil, builder, "manages IAM"},
		{"change a workload policy", "iam:CreatePolicyVersion", iam("policy/paperwurks/workload/queue"), nil, builder, "manages IAM"},
		{"tag a workload role", "iam:TagRole", role, nil, builder, "manages IAM"},
		{"destroy a workload role of dev", "iam:DeleteRole", role, nil, builder, "dev can be destroyed"},
		{"say who may assume the flow log's role", "iam:UpdateAssumeRolePolicy", workload("paperwurks-dev-flow-log"), nil, builder, "it reaches no data"},
		{"let ECS make its own role", "iam:CreateServiceLinkedRole", iam("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"), with("iam:AWSServiceName", "ecs.amazonaws.com"), builder, "the first service needs it"},
		{"let RDS make its own role", "iam:CreateServiceLinkedRole", iam("role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"), with("iam:AWSServiceName", "rds.amazonaws.com"), builder, "the first database needs it"},
		{"let autoscaling make its own role", "iam:CreateServiceLinkedRole", iam("role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"), with("iam:AWSServiceName", "ecs.application-autoscaling.amazonaws.com"), builder, "the first scaling needs it"},
		{"let another service make its own role", "iam:CreateServiceLinkedRole", iam("role/aws-service-role/lex.amazonaws.com/AWSServiceRoleForLexBots"), with("iam:AWSServiceName", "lex.amazonaws.com"), nobody, "not in use"},
		{"make a role that only looks like a service's own", "iam:CreateServiceLinkedRole", iam("role/made"), with("iam:AWSServiceName", "ecs.amazonaws.com"), nobody, "not theirs"},
	}}
}

func readers() Area {
	return Area{"What a plan reads", []Row{
		{"see VPCs", "ec2:DescribeVpcs", "*", nil, planners, "a plan compares them"},
		{"see databases", "rds:DescribeDBInstances", arn("rds", "db:paperwurks-prod"), nil, planners, "a plan compares them"},
		{"see load balancers", "elasticloadbalancing:DescribeLoadBalancers", "*", nil, planners, "a plan compares them"},
		{"see distributions", "cloudfront:GetDistribution", "arn:aws:cloudfront::{account}:distribution/E1", nil, planners, "a plan compares them"},
		{"see a bucket's policy", "s3:GetBucketPolicy", bucket("paperwurks-prod-documents"), nil, planners, "a plan compares it"},
		{"see a bucket's encryption", "s3:GetEncryptionConfiguration", bucket("paperwurks-terraform-state"), nil, planners, "a plan compares it"},
		{"see a secret, without its value", "secretsmanager:DescribeSecret", "{secret paperwurks/prod/session-key}", nil, planners, "a plan compares it"},
		{"see a key's policy", "kms:GetKeyPolicy", key("prod/data"), nil, planners, "a plan compares it"},
		{"see a repository's policy", "ecr:GetRepositoryPolicy", repository("prod"), nil, planners, "a plan compares it"},
		{"see a role of CI", "iam:GetRole", ci(infra), nil, planners, "a plan compares it"},
		{"see a policy of CI", "iam:GetPolicyVersion", iam("policy/paperwurks/ci/paperwurks-infra-role-limits"), nil, planners, "a plan compares it"},
		{"see the OIDC provider", "iam:GetOpenIDConnectProvider", iam("oidc-provider/token.actions.githubusercontent.com"), nil, planners, "a plan compares it"},
		{"see log groups", "logs:DescribeLogGroups", "*", nil, planners, "a plan compares them"},
		{"see alarms", "cloudwatch:DescribeAlarms", arn("cloudwatch", "alarm:paperwurks-prod-web-cpu"), nil, planners, "a plan compares them"},
		{"see a topic", "sns:GetTopicAttributes", arn("sns", "paperwurks-prod-alarms"), nil, planners, "a plan compares it"},
		{"see a firewall", "wafv2:GetWebACL", arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), nil, planners, "a plan compares it"},
		{"see a certificate", "acm:DescribeCertificate", arn("acm", "certificate/0a1b"), nil, planners, "a plan compares it"},
		{"see DNS records", "route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", nil, planners, "a plan compares them"},
		{"see scaling", "application-autoscaling:DescribeScalableTargets", "*", nil, planners, "a plan compares it"},
	}}
}
