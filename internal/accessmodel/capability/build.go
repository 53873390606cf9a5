package capability

func network() Area {
	ec2 := func(resource string) string { return arn("ec2", resource) }
	return Area{Title: "VPC", Rows: []Row{
		{Does: "make a VPC", Action: "ec2:CreateVpc", On: ec2("vpc/vpc-1"), May: builder, Why: "infrastructure"},
		{Does: "destroy a VPC", Action: "ec2:DeleteVpc", On: ec2("vpc/vpc-1"), May: builder, Why: "infrastructure"},
		{Does: "make a subnet", Action: "ec2:CreateSubnet", On: ec2("subnet/subnet-1"), May: builder, Why: "infrastructure"},
		{Does: "make a route", Action: "ec2:CreateRoute", On: ec2("route-table/rtb-1"), May: builder, Why: "infrastructure"},
		{Does: "make a NAT gateway", Action: "ec2:CreateNatGateway", On: ec2("natgateway/nat-1"), May: builder, Why: "infrastructure"},
		{Does: "take a public address", Action: "ec2:AllocateAddress", On: ec2("elastic-ip/eipalloc-1"), May: builder, Why: "for NAT"},
		{Does: "attach an internet gateway", Action: "ec2:AttachInternetGateway", On: ec2("internet-gateway/igw-1"), May: builder, Why: "infrastructure"},
		{Does: "make a security group", Action: "ec2:CreateSecurityGroup", On: ec2("security-group/sg-1"), May: builder, Why: "infrastructure"},
		{Does: "open a security group", Action: "ec2:AuthorizeSecurityGroupIngress", On: ec2("security-group/sg-1"), May: builder, Why: "infrastructure"},
		{Does: "close a security group", Action: "ec2:RevokeSecurityGroupIngress", On: ec2("security-group/sg-1"), May: builder, Why: "infrastructure"},
		{Does: "make a VPC endpoint", Action: "ec2:CreateVpcEndpoint", On: ec2("vpc-endpoint/vpce-1"), May: builder, Why: "infrastructure"},
		{Does: "record traffic", Action: "ec2:CreateFlowLogs", On: ec2("vpc-flow-log/fl-1"), May: builder, Why: "infrastructure"},
		{Does: "pass the flow log's role", Action: "iam:PassRole", On: workload("paperwurks-dev-flow-log"), With: with("iam:PassedToService", "vpc-flow-logs.amazonaws.com"), May: builder, Why: "to flow logs only"},
		{Does: "pass the flow log's role to tasks", Action: "iam:PassRole", On: workload("paperwurks-dev-flow-log"), With: with("iam:PassedToService", ecsTasks), May: nobody, Why: "to flow logs only"},
		{Does: "pass web's task role to flow logs", Action: "iam:PassRole", On: workload("paperwurks-prod-web-task"), With: with("iam:PassedToService", "vpc-flow-logs.amazonaws.com"), May: nobody, Why: "the flow log's role only"},
		{Does: "tag a VPC", Action: "ec2:CreateTags", On: ec2("vpc/vpc-1"), May: builder, Why: "infrastructure"},
	}}
}

// ways are the ways in and out of the networks but CloudFront and NAT.
func ways() Area {
	ec2 := func(resource string) string { return arn("ec2", resource) }
	balancer := arn("elasticloadbalancing", "loadbalancer/app/paperwurks-prod/0a1b")
	return Area{Title: "Ways in and out", Rows: []Row{
		{Does: "make a VPC in another region", Action: "ec2:CreateVpc", On: "arn:aws:ec2:{elsewhere}:{account}:vpc/vpc-1", May: nobody, Why: "nobody looks there"},
		{Does: "join a VPC to another's", Action: "ec2:CreateVpcPeeringConnection", On: ec2("vpc-peering-connection/pcx-1"), May: nobody, Why: "a way in and out"},
		{Does: "let another join a VPC", Action: "ec2:AcceptVpcPeeringConnection", On: ec2("vpc-peering-connection/pcx-1"), May: nobody, Why: "a way in and out"},
		{Does: "make a VPN", Action: "ec2:CreateVpnConnection", On: ec2("vpn-connection/vpn-1"), May: nobody, Why: "a way in and out"},
		{Does: "make a transit gateway", Action: "ec2:CreateTransitGateway", On: ec2("transit-gateway/tgw-1"), May: nobody, Why: "a way in and out"},
		{Does: "offer a service to other VPCs", Action: "ec2:CreateVpcEndpointServiceConfiguration", On: ec2("vpc-endpoint-service/vpce-svc-1"), May: nobody, Why: "a way in"},
		{Does: "copy traffic", Action: "ec2:CreateTrafficMirrorSession", On: ec2("traffic-mirror-session/tms-1"), May: nobody, Why: "a way out for data"},
		{Does: "make a service with public addresses", Action: "ecs:CreateService", On: service("dev", "web"), With: with("ecs:auto-assign-public-ip", "true"), May: nobody, Why: "tasks are private"},
		{Does: "make a public load balancer", Action: "elasticloadbalancing:CreateLoadBalancer", On: balancer, With: with("elasticloadbalancing:Scheme", "internet-facing"), May: nobody, Why: "CloudFront is the only way in"},
		{Does: "make a load balancer of unsaid scheme", Action: "elasticloadbalancing:CreateLoadBalancer", On: balancer, May: nobody, Why: "AWS would make it public"},
	}}
}

func compute() Area {
	balancer := arn("elasticloadbalancing", "loadbalancer/app/paperwurks-prod/0a1b")
	target := arn("application-autoscaling", "scalable-target/0a1b")
	return Area{Title: "ECS and load balancers", Rows: []Row{
		{Does: "make a cluster", Action: "ecs:CreateCluster", On: cluster("dev"), May: builder, Why: "infrastructure"},
		{Does: "destroy a cluster", Action: "ecs:DeleteCluster", On: cluster("dev"), May: builder, Why: "infrastructure"},
		{Does: "choose Fargate or Spot", Action: "ecs:PutClusterCapacityProviders", On: cluster("dev"), May: builder, Why: "infrastructure"},
		{Does: "make a service", Action: "ecs:CreateService", On: service("dev", "web"), With: with("ecs:task-definition", definition("paperwurks-dev-web")), May: builder, Why: "from its bootstrap definition"},
		{Does: "make a service with a shell in prod", Action: "ecs:CreateService", On: service("prod", "web"), With: with("ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
		{Does: "make a service that is not the platform's", Action: "ecs:CreateService", On: arn("ecs", "service/other/other"), May: nobody, Why: "not theirs"},
		{Does: "destroy a service that is not the platform's", Action: "ecs:DeleteService", On: arn("ecs", "service/other/other"), May: nobody, Why: "not theirs"},
		{Does: "make a cluster that is not the platform's", Action: "ecs:CreateCluster", On: arn("ecs", "cluster/other"), May: nobody, Why: "not theirs"},
		{Does: "tag a cluster that is not the platform's", Action: "ecs:TagResource", On: arn("ecs", "cluster/other"), May: nobody, Why: "not theirs"},
		{Does: "bring a machine into a cluster", Action: "ecs:RegisterContainerInstance", On: cluster("dev"), May: nobody, Why: "Fargate only"},
		{Does: "scale a service", Action: "application-autoscaling:RegisterScalableTarget", On: target, With: with("application-autoscaling:service-namespace", "ecs"), May: builder, Why: "infrastructure"},
		{Does: "scale something else", Action: "application-autoscaling:RegisterScalableTarget", On: target, With: with("application-autoscaling:service-namespace", "dynamodb"), May: nobody, Why: "not in use"},
		{Does: "set how a service scales", Action: "application-autoscaling:PutScalingPolicy", On: target, With: with("application-autoscaling:service-namespace", "ecs"), May: builder, Why: "infrastructure"},
		{Does: "set when a service is switched off", Action: "application-autoscaling:PutScheduledAction", On: target, With: with("application-autoscaling:service-namespace", "ecs"), May: builder, Why: "off-hours"},
		{Does: "take away when a service is switched off", Action: "application-autoscaling:DeleteScheduledAction", On: target, With: with("application-autoscaling:service-namespace", "ecs"), May: builder, Why: "off-hours"},
		{Does: "set when something else is switched off", Action: "application-autoscaling:PutScheduledAction", On: target, With: with("application-autoscaling:service-namespace", "dynamodb"), May: nobody, Why: "not in use"},
		{Does: "tag how a service scales", Action: "application-autoscaling:TagResource", On: target, May: builder, Why: "infrastructure"},
		{Does: "try an alarm without a name", Action: "cloudwatch:PutMetricAlarm", On: unnamedAlarm, May: builder, Why: "Application Auto Scaling asks for it"},
		{Does: "delete an alarm without a name", Action: "cloudwatch:DeleteAlarms", On: unnamedAlarm, May: builder, Why: "Application Auto Scaling asks for it"},
		{Does: "silence an alarm without a name", Action: "cloudwatch:DisableAlarmActions", On: unnamedAlarm, May: nobody, Why: "nobody asks for it"},
		{Does: "make an internal load balancer", Action: "elasticloadbalancing:CreateLoadBalancer", On: balancer, With: with("elasticloadbalancing:Scheme", "internal"), May: builder, Why: "behind CloudFront"},
		{Does: "make a network load balancer", Action: "elasticloadbalancing:CreateLoadBalancer", On: arn("elasticloadbalancing", "loadbalancer/net/paperwurks-prod/0a1b"), With: with("elasticloadbalancing:Scheme", "internal"), May: nobody, Why: "it could face the database"},
		{Does: "change a load balancer that is not the platform's", Action: "elasticloadbalancing:ModifyLoadBalancerAttributes", On: arn("elasticloadbalancing", "loadbalancer/app/other/0a1b"), May: nobody, Why: "not theirs"},
		{Does: "make a load balancer that is not the platform's", Action: "elasticloadbalancing:CreateLoadBalancer", On: arn("elasticloadbalancing", "loadbalancer/app/other/0a1b"), With: with("elasticloadbalancing:Scheme", "internal"), May: nobody, Why: "not theirs"},
		{Does: "make a listener", Action: "elasticloadbalancing:CreateListener", On: balancer, May: builder, Why: "infrastructure"},
		{Does: "change a listener", Action: "elasticloadbalancing:ModifyListener", On: arn("elasticloadbalancing", "listener/app/paperwurks-prod/0a1b/2c3d"), May: builder, Why: "infrastructure"},
		{Does: "make a target group", Action: "elasticloadbalancing:CreateTargetGroup", On: arn("elasticloadbalancing", "targetgroup/paperwurks-prod-web/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "put a machine behind the load balancer", Action: "elasticloadbalancing:RegisterTargets", On: arn("elasticloadbalancing", "targetgroup/paperwurks-prod-web/0a1b"), May: nobody, Why: "ECS registers its tasks"},
		{Does: "put a firewall before the load balancer", Action: "elasticloadbalancing:SetWebAcl", On: "*", May: builder, Why: "infrastructure"},
	}}
}

func data() Area {
	return Area{Title: "RDS, S3, Secrets Manager and KMS, as resources", Rows: []Row{
		{Does: "make a database", Action: "rds:CreateDBInstance", On: arn("rds", "db:paperwurks-prod"), With: with("rds:ManageMasterUserPassword", "true", "rds:PubliclyAccessible", "false"), May: builder, Why: "infrastructure"},
		{Does: "make a subnet group of a database", Action: "rds:CreateDBSubnetGroup", On: arn("rds", "subgrp:paperwurks-dev-isolated"), May: builder, Why: "infrastructure"},
		{Does: "make a parameter group of a database", Action: "rds:CreateDBParameterGroup", On: arn("rds", "pg:paperwurks-dev-postgres17"), May: builder, Why: "infrastructure"},
		{Does: "change a database", Action: "rds:ModifyDBInstance", On: arn("rds", "db:paperwurks-prod"), May: builder, Why: "infrastructure"},
		{Does: "take a snapshot", Action: "rds:CreateDBSnapshot", On: arn("rds", "snapshot:paperwurks-dev-final"), May: builder, Why: "the last one"},
		{Does: "pass the monitoring role to RDS", Action: "iam:PassRole", On: workload("paperwurks-prod-database-monitoring"), With: with("iam:PassedToService", "monitoring.rds.amazonaws.com"), May: builder, Why: "to RDS only"},
		{Does: "pass the monitoring role to tasks", Action: "iam:PassRole", On: workload("paperwurks-prod-database-monitoring"), With: with("iam:PassedToService", ecsTasks), May: nobody, Why: "to RDS only"},
		{Does: "change a database that is not the platform's", Action: "rds:ModifyDBInstance", On: arn("rds", "db:other"), May: nobody, Why: "not theirs"},
		{Does: "pass web's task role to RDS", Action: "iam:PassRole", On: workload("paperwurks-prod-web-task"), With: with("iam:PassedToService", "monitoring.rds.amazonaws.com"), May: nobody, Why: "the monitoring role only"},
		{Does: "make a bucket", Action: "s3:CreateBucket", On: bucket("paperwurks-dev-documents"), May: builder, Why: "infrastructure"},
		{Does: "set a bucket's policy", Action: "s3:PutBucketPolicy", On: bucket("paperwurks-dev-documents"), May: builder, Why: "infrastructure; the key still decides"},
		{Does: "set a bucket's encryption", Action: "s3:PutEncryptionConfiguration", On: bucket("paperwurks-dev-documents"), May: builder, Why: "infrastructure"},
		{Does: "set a bucket's versions", Action: "s3:PutBucketVersioning", On: bucket("paperwurks-dev-documents"), May: builder, Why: "infrastructure"},
		{Does: "set a bucket's lifecycle", Action: "s3:PutLifecycleConfiguration", On: bucket("paperwurks-dev-log"), May: builder, Why: "infrastructure"},
		{Does: "block a bucket's public access", Action: "s3:PutBucketPublicAccessBlock", On: bucket("paperwurks-dev-documents"), May: builder, Why: "infrastructure"},
		{Does: "write the page for when the application is down", Action: "s3:PutObject", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: builder, Why: "everybody may see it"},
		{Does: "tag that page", Action: "s3:PutObjectTagging", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: builder, Why: "as all that Terraform makes"},
		{Does: "read that page", Action: "s3:GetObject", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: planners, Why: "a plan compares it"},
		{Does: "read that page's tags", Action: "s3:GetObjectTagging", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: planners, Why: "a plan compares them"},
		{Does: "write another object to the bucket of that page", Action: "s3:PutObject", On: bucket("paperwurks-prod-pages", "other.html"), May: nobody, Why: "there is one page"},
		{Does: "read an earlier version of that page", Action: "s3:GetObjectVersion", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: nobody, Why: "nobody asks for it"},
		{Does: "write such a page among documents", Action: "s3:PutObject", On: bucket("paperwurks-prod-documents", ".platform/unavailable.html"), May: nobody, Why: "the application's only"},
		{Does: "delete dev's page", Action: "s3:DeleteObjectVersion", On: bucket("paperwurks-dev-pages", ".platform/unavailable.html"), May: builder, Why: "dev can be destroyed"},
		{Does: "delete prod's page", Action: "s3:DeleteObjectVersion", On: bucket("paperwurks-prod-pages", ".platform/unavailable.html"), May: nobody, Why: "prod cannot"},
		{Does: "change a bucket that is not the platform's", Action: "s3:PutBucketPolicy", On: "arn:aws:s3:::other", May: nobody, Why: "not theirs"},
		{Does: "list a bucket that is not the platform's", Action: "s3:ListBucket", On: "arn:aws:s3:::other", May: nobody, Why: "not theirs"},
		{Does: "list the versions of dev's documents", Action: "s3:ListBucketVersions", On: bucket("paperwurks-dev-documents"), May: builder, Why: "dev can be destroyed"},
		{Does: "list the versions of prod's documents", Action: "s3:ListBucketVersions", On: bucket("paperwurks-prod-documents"), May: nobody, Why: "prod cannot"},
		{Does: "make a secret", Action: "secretsmanager:CreateSecret", On: "{secret paperwurks/dev/session-key}", May: builder, Why: "without a value"},
		{Does: "set a secret's policy", Action: "secretsmanager:PutResourcePolicy", On: "{secret paperwurks/dev/session-key}", With: with("secretsmanager:BlockPublicPolicy", "true"), May: builder, Why: "infrastructure"},
		{Does: "set a secret's policy to public", Action: "secretsmanager:PutResourcePolicy", On: "{secret paperwurks/dev/session-key}", With: with("secretsmanager:BlockPublicPolicy", "false"), May: nobody, Why: "AWS must check it"},
		{Does: "make a secret that is not the platform's", Action: "secretsmanager:CreateSecret", On: arn("secretsmanager", "secret:other-AbCdEf"), May: nobody, Why: "not theirs"},
		{Does: "set the policy of a secret that is not the platform's", Action: "secretsmanager:PutResourcePolicy", On: arn("secretsmanager", "secret:other-AbCdEf"), With: with("secretsmanager:BlockPublicPolicy", "true"), May: nobody, Why: "not theirs"},
		{Does: "let RDS make the master secret", Action: "secretsmanager:CreateSecret", On: "{master paperwurks-prod}", May: builder, Why: "RDS acts for its caller"},
		{Does: "make a key of the platform", Action: "kms:CreateKey", On: "*", With: with("aws:RequestTag/project", "paperwurks"), May: builder, Why: "infrastructure"},
		{Does: "make a key of nobody", Action: "kms:CreateKey", On: "*", May: nobody, Why: "keys carry the project's tag"},
		{Does: "tag a key that it makes", Action: "kms:TagResource", On: arn("kms", "key/0a1b"), With: with("aws:RequestTag/project", "paperwurks"), May: builder, Why: "part of making it"},
		{Does: "tag a key of nobody", Action: "kms:TagResource", On: arn("kms", "key/0a1b"), With: with("aws:RequestTag/owner", "me"), May: nobody, Why: "keys carry the project's tag"},
		{Does: "rotate a key", Action: "kms:EnableKeyRotation", On: key("dev/data"), May: builder, Why: "infrastructure"},
		{Does: "rotate the key of the state", Action: "kms:EnableKeyRotation", On: key("state"), May: builder, Why: "infrastructure"},
		{Does: "rotate a key that it made just now", Action: "kms:EnableKeyRotation", On: arn("kms", "key/0a1b"), May: builder, Why: "its tag does not count yet"},
		{Does: "name a key that it made just now", Action: "kms:CreateAlias", On: arn("kms", "key/0a1b"), May: builder, Why: "its tag does not count yet"},
		{Does: "rotate a key of another project", Action: "kms:EnableKeyRotation", On: arn("kms", "key/0a1b"), With: with("kms:ResourceAliases", list("alias/other")), May: nobody, Why: "not theirs"},
		{Does: "give a key of another project a second name", Action: "kms:CreateAlias", On: arn("kms", "key/0a1b"), With: with("kms:ResourceAliases", list("alias/other")), May: nobody, Why: "not theirs"},
		{Does: "set the policy of the logs' key", Action: "kms:PutKeyPolicy", On: key("dev/logs"), May: builder, Why: "infrastructure"},
		{Does: "name a key", Action: "kms:CreateAlias", On: arn("kms", "alias/paperwurks/dev/edge-logs"), May: builder, Why: "infrastructure"},
		{Does: "name a key as another project's", Action: "kms:CreateAlias", On: arn("kms", "alias/other"), May: nobody, Why: "not theirs"},
		{Does: "let RDS use the key of data", Action: "kms:CreateGrant", On: key("dev/data"), With: with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), May: builder, Why: "RDS acts for its caller"},
		{Does: "let RDS use the key of prod's data", Action: "kms:CreateGrant", On: key("prod/data"), With: with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), May: builder, Why: "RDS acts for its caller"},
		{Does: "let RDS encrypt with the key of data", Action: "kms:GenerateDataKey", On: key("dev/data"), With: with("kms:ViaService", throughRDS), May: builder, Why: "RDS acts for its caller"},
		{Does: "let RDS encrypt with a key of another project", Action: "kms:GenerateDataKey", On: arn("kms", "key/0a1b"), With: with("kms:ViaService", throughRDS), May: nobody, Why: "not theirs"},
		{Does: "grant a key past the service that it is for", Action: "kms:CreateGrant", On: key("dev/data"), With: with("kms:GrantIsForAWSResource", "true"), May: nobody, Why: "through AWS services only"},
		{Does: "let ECR use the key of images", Action: "kms:CreateGrant", On: key("dev/images"), With: with("kms:ViaService", throughECR, "kms:GrantIsForAWSResource", "true"), May: builder, Why: "ECR acts for its caller"},
		{Does: "let RDS use the key of the master secret", Action: "kms:CreateGrant", On: key("dev/data"), With: with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "true"), May: builder, Why: "RDS acts for its caller"},
		{Does: "grant the key of the master secret to somebody", Action: "kms:CreateGrant", On: key("dev/data"), With: with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "false"), May: nobody, Why: "to AWS services only"},
		{Does: "let RDS use a key of another project", Action: "kms:CreateGrant", On: arn("kms", "key/0a1b"), With: with("kms:ViaService", throughRDS, "kms:GrantIsForAWSResource", "true"), May: nobody, Why: "not theirs"},
		{Does: "let Secrets Manager use a key of another project", Action: "kms:CreateGrant", On: arn("kms", "key/0a1b"), With: with("kms:ViaService", throughSM, "kms:GrantIsForAWSResource", "true"), May: nobody, Why: "not theirs"},
		{Does: "prove that it may use a secret's key", Action: "kms:GenerateDataKey", On: key("dev/data"), With: with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", "{secret paperwurks/dev/session-key}", "kms:EncryptionContext:SecretVersionId", "RequestToValidateKeyAccess"), May: builder, Why: "Secrets Manager asks for it"},
		{Does: "prove it past Secrets Manager", Action: "kms:GenerateDataKey", On: key("dev/data"), With: with("kms:EncryptionContext:SecretVersionId", "RequestToValidateKeyAccess"), May: nobody, Why: "through Secrets Manager only"},
		{Does: "let RDS encrypt the master secret", Action: "kms:GenerateDataKey", On: key("dev/data"), With: with("kms:ViaService", throughSM, "kms:EncryptionContext:SecretARN", "{master paperwurks-dev}"), May: builder, Why: "RDS acts for its caller"},
		{Does: "encrypt the master secret past Secrets Manager", Action: "kms:GenerateDataKey", On: key("dev/data"), With: with("kms:EncryptionContext:SecretARN", "{master paperwurks-dev}"), May: nobody, Why: "through Secrets Manager only"},
	}}
}

func edge() Area {
	distribution := "arn:aws:cloudfront::{account}:distribution/E1"
	global := func(resource string) string { return "arn:aws:wafv2:us-east-1:{account}:global/" + resource }
	certificate := arn("acm", "certificate/0a1b")
	zone, check := "arn:aws:route53:::hostedzone/Z1", "arn:aws:route53:::healthcheck/0a1b"
	records := func(kinds ...string) map[string]any {
		return with("route53:ChangeResourceRecordSetsRecordTypes", kinds)
	}
	return Area{Title: "CloudFront, WAF, certificates and DNS", Rows: []Row{
		{Does: "make a distribution", Action: "cloudfront:CreateDistribution", On: "*", May: builder, Why: "infrastructure"},
		{Does: "change a distribution", Action: "cloudfront:UpdateDistribution", On: distribution, May: builder, Why: "infrastructure"},
		{Does: "destroy a distribution", Action: "cloudfront:DeleteDistribution", On: distribution, May: builder, Why: "infrastructure"},
		{Does: "make a VPC origin", Action: "cloudfront:CreateVpcOrigin", On: "*", May: builder, Why: "infrastructure"},
		{Does: "set security headers", Action: "cloudfront:CreateResponseHeadersPolicy", On: "*", May: builder, Why: "infrastructure"},
		{Does: "deliver a distribution's log", Action: "cloudfront:AllowVendedLogDeliveryForResource", On: distribution, May: builder, Why: "infrastructure"},
		{Does: "run code at the edge", Action: "cloudfront:CreateFunction", On: "*", May: nobody, Why: "it would see every request"},
		{Does: "publish code at the edge", Action: "cloudfront:PublishFunction", On: "arn:aws:cloudfront::{account}:function/f", May: nobody, Why: "it would see every request"},
		{Does: "make a firewall at the load balancer", Action: "wafv2:CreateWebACL", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "make a firewall at CloudFront", Action: "wafv2:CreateWebACL", On: global("webacl/paperwurks-prod-edge/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "use AWS's rules in a firewall", Action: "wafv2:UpdateWebACL", On: arn("wafv2", "regional/managedruleset/AWS/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "put a firewall before the load balancer, at WAF", Action: "wafv2:AssociateWebACL", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "log a firewall", Action: "wafv2:PutLoggingConfiguration", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), With: with("wafv2:LogDestinationResource", arn("logs", "log-group:aws-waf-logs-paperwurks-prod")), May: builder, Why: "infrastructure"},
		{Does: "log a firewall to a stranger's bucket", Action: "wafv2:PutLoggingConfiguration", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), With: with("wafv2:LogDestinationResource", "arn:aws:s3:::aws-waf-logs-other"), May: nobody, Why: "a way out for data"},
		{Does: "log a firewall that is not the platform's", Action: "wafv2:PutLoggingConfiguration", On: arn("wafv2", "regional/webacl/other/0a1b"), With: with("wafv2:LogDestinationResource", arn("logs", "log-group:aws-waf-logs-paperwurks-prod")), May: nobody, Why: "not theirs"},
		{Does: "make the switch of maintenance mode", Action: "wafv2:CreateRegexPatternSet", On: global("regexpatternset/paperwurks-prod-maintenance/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "make the list of guests of maintenance mode", Action: "wafv2:CreateIPSet", On: global("ipset/paperwurks-prod-maintenance-ipv4/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "refer to them in a firewall", Action: "wafv2:UpdateWebACL", On: global("regexpatternset/paperwurks-prod-maintenance/0a1b"), May: builder, Why: "infrastructure"},
		{Does: "destroy the switch of maintenance mode", Action: "wafv2:DeleteRegexPatternSet", On: global("regexpatternset/paperwurks-dev-maintenance/0a1b"), May: builder, Why: "with its environment"},
		{Does: "switch maintenance mode", Action: "wafv2:UpdateRegexPatternSet", On: global("regexpatternset/paperwurks-prod-maintenance/0a1b"), May: nobody, Why: "a person's, with make maintenance"},
		{Does: "let somebody through in maintenance mode", Action: "wafv2:UpdateIPSet", On: global("ipset/paperwurks-prod-maintenance-ipv4/0a1b"), May: nobody, Why: "a person's, with make maintenance"},
		{Does: "make a pattern set that is not the platform's", Action: "wafv2:CreateRegexPatternSet", On: global("regexpatternset/other/0a1b"), May: nobody, Why: "not theirs"},
		{Does: "let CloudFront into a bucket", Action: "cloudfront:CreateOriginAccessControl", On: "*", May: builder, Why: "the bucket's policy still decides"},
		{Does: "change how CloudFront signs", Action: "cloudfront:UpdateOriginAccessControl", On: "arn:aws:cloudfront::{account}:origin-access-control/E1", May: builder, Why: "infrastructure"},
		{Does: "change a firewall that is not the platform's", Action: "wafv2:UpdateWebACL", On: arn("wafv2", "regional/webacl/other/0a1b"), May: nobody, Why: "not theirs"},
		{Does: "order a certificate", Action: "acm:RequestCertificate", On: "*", May: builder, Why: "infrastructure"},
		{Does: "destroy a certificate", Action: "acm:DeleteCertificate", On: certificate, May: builder, Why: "infrastructure"},
		{Does: "take a certificate's private key", Action: "acm:ExportCertificate", On: certificate, May: nobody, Why: "ACM keeps it"},
		{Does: "make a check from outside", Action: "route53:CreateHealthCheck", On: "*", May: builder, Why: "infrastructure"},
		{Does: "change a check from outside", Action: "route53:UpdateHealthCheck", On: check, May: builder, Why: "infrastructure"},
		{Does: "destroy a check from outside", Action: "route53:DeleteHealthCheck", On: check, May: builder, Why: "infrastructure"},
		{Does: "tag a check from outside", Action: "route53:ChangeTagsForResource", On: check, May: builder, Why: "infrastructure"},
		{Does: "ask why a check from outside failed", Action: "route53:GetHealthCheckLastFailureReason", On: check, May: nobody, Why: "for people"},
		{Does: "tag a zone", Action: "route53:ChangeTagsForResource", On: zone, May: nobody, Why: "the owner's"},
		{Does: "write the application's records", Action: "route53:ChangeResourceRecordSets", On: zone, With: records("A", "AAAA"), May: builder, Why: "infrastructure"},
		{Does: "prove a name to ACM", Action: "route53:ChangeResourceRecordSets", On: zone, With: records("CNAME"), May: builder, Why: "infrastructure"},
		{Does: "hand the domain to other servers", Action: "route53:ChangeResourceRecordSets", On: zone, With: records("NS"), May: nobody, Why: "a way to take the domain"},
		{Does: "take the domain's mail", Action: "route53:ChangeResourceRecordSets", On: zone, With: records("A", "MX"), May: nobody, Why: "a way to take the domain"},
	}}
}

func observation() Area {
	group := arn("logs", "log-group:/paperwurks/dev/ecs/web")
	topic, account := arn("sns", "paperwurks-dev-alarms"), arn("sns", "paperwurks-account-alarms")
	said := with("kms:ViaService", throughSNS, "kms:EncryptionContext:aws:sns:topicArn", account)
	return Area{Title: "Logs, alarms and topics, as resources", Rows: []Row{
		{Does: "make a log group", Action: "logs:CreateLogGroup", On: group, May: builder, Why: "infrastructure"},
		{Does: "make the log group of a firewall at the edge", Action: "logs:CreateLogGroup", On: "arn:aws:logs:us-east-1:{account}:log-group:aws-waf-logs-paperwurks-dev-edge", May: builder, Why: "infrastructure"},
		{Does: "set how long logs are kept", Action: "logs:PutRetentionPolicy", On: group, May: builder, Why: "infrastructure"},
		{Does: "encrypt a log group", Action: "logs:AssociateKmsKey", On: group, May: builder, Why: "infrastructure"},
		{Does: "change a log group that is not the platform's", Action: "logs:DeleteLogGroup", On: arn("logs", "log-group:other"), May: nobody, Why: "not theirs"},
		{Does: "deliver CloudFront's log", Action: "logs:PutDeliverySource", On: "arn:aws:logs:us-east-1:{account}:delivery-source:paperwurks-dev-cloudfront", May: builder, Why: "infrastructure"},
		{Does: "deliver CloudFront's log to its bucket", Action: "logs:PutDeliveryDestination", On: "arn:aws:logs:us-east-1:{account}:delivery-destination:paperwurks-dev-cloudfront", With: with("logs:DeliveryDestinationResourceArn", bucket("paperwurks-dev-log", "cloudfront")), May: builder, Why: "infrastructure"},
		{Does: "deliver CloudFront's log to a stranger's bucket", Action: "logs:PutDeliveryDestination", On: "arn:aws:logs:us-east-1:{account}:delivery-destination:paperwurks-dev-cloudfront", With: with("logs:DeliveryDestinationResourceArn", "arn:aws:s3:::other"), May: nobody, Why: "a way out for data"},
		{Does: "make a delivery that is not the platform's", Action: "logs:PutDeliveryDestination", On: arn("logs", "delivery-destination:other"), With: with("logs:DeliveryDestinationResourceArn", bucket("paperwurks-dev-log", "cloudfront")), May: nobody, Why: "not theirs"},
		{Does: "deliver a log that is not the platform's", Action: "logs:PutDeliverySource", On: arn("logs", "delivery-source:other"), May: nobody, Why: "not theirs"},
		{Does: "take in another account's logs", Action: "logs:PutDeliveryDestinationPolicy", On: arn("logs", "delivery-destination:paperwurks-dev-cloudfront"), May: nobody, Why: "a way in"},
		{Does: "deliver a firewall's log", Action: "logs:CreateLogDelivery", On: "*", May: builder, Why: "infrastructure"},
		{Does: "make an alarm", Action: "cloudwatch:PutMetricAlarm", On: arn("cloudwatch", "alarm:paperwurks-dev-web-cpu"), May: builder, Why: "infrastructure"},
		{Does: "make an alarm that is not the platform's", Action: "cloudwatch:PutMetricAlarm", On: arn("cloudwatch", "alarm:other"), May: nobody, Why: "not theirs"},
		{Does: "silence an alarm", Action: "cloudwatch:DisableAlarmActions", On: arn("cloudwatch", "alarm:paperwurks-dev-web-cpu"), May: nobody, Why: "Terraform never does"},
		{Does: "make a dashboard", Action: "cloudwatch:PutDashboard", On: "arn:aws:cloudwatch::{account}:dashboard/paperwurks-dev", May: builder, Why: "infrastructure"},
		{Does: "make the topic of alarms", Action: "sns:CreateTopic", On: topic, May: builder, Why: "infrastructure"},
		{Does: "make a topic that is not the platform's", Action: "sns:CreateTopic", On: arn("sns", "other"), May: nobody, Why: "not theirs"},
		{Does: "join a topic that is not the platform's", Action: "sns:Subscribe", On: arn("sns", "other"), With: with("sns:Protocol", "email"), May: nobody, Why: "not theirs"},
		{Does: "send alarms to people", Action: "sns:Subscribe", On: topic, With: with("sns:Protocol", "email"), May: builder, Why: "infrastructure"},
		{Does: "send alarms to a stranger's machine", Action: "sns:Subscribe", On: topic, With: with("sns:Protocol", "https"), May: nobody, Why: "people only"},
		{Does: "send alarms to a function", Action: "sns:Subscribe", On: topic, With: with("sns:Protocol", "lambda"), May: nobody, Why: "people only"},
		{Does: "see who is told of alarms", Action: "sns:ListSubscriptionsByTopic", On: topic, May: nobody, Why: "a webhook's address is a secret"},
		{Does: "see who is told of anything", Action: "sns:ListSubscriptions", On: "*", May: nobody, Why: "a webhook's address is a secret"},
		{Does: "raise a false alarm", Action: "sns:Publish", On: topic, May: nobody, Why: "CloudWatch's"},
		{Does: "have SNS encrypt what is published there", Action: "kms:GenerateDataKey", On: key("account"), With: said, May: reporter, Why: "the topic is encrypted"},
		{Does: "have SNS decrypt the key of what is published there", Action: "kms:Decrypt", On: key("account"), With: said, May: reporter, Why: "the topic is encrypted"},
		{Does: "use the account's key past SNS", Action: "kms:GenerateDataKey", On: key("account"), May: nobody, Why: "through SNS only"},
		{Does: "decrypt with the account's key past SNS", Action: "kms:Decrypt", On: key("account"), With: with("kms:EncryptionContext:aws:sns:topicArn", account), May: nobody, Why: "through SNS only"},
		{Does: "use the account's key for another topic", Action: "kms:GenerateDataKey", On: key("account"), With: with("kms:ViaService", throughSNS, "kms:EncryptionContext:aws:sns:topicArn", arn("sns", "paperwurks-dev-alarms")), May: nobody, Why: "for the account's topic only"},
		{Does: "use the key of prod's alarms through SNS", Action: "kms:GenerateDataKey", On: key("prod/logs"), With: with("kms:ViaService", throughSNS, "kms:EncryptionContext:aws:sns:topicArn", arn("sns", "paperwurks-prod-alarms")), May: nobody, Why: "CloudWatch's"},
	}}
}

func identity() Area {
	role := workload("paperwurks-dev-web-task")
	carries := with("iam:PermissionsBoundary", bounded)
	return Area{Title: "IAM, as infrastructure", Rows: []Row{
		{Does: "make a workload role", Action: "iam:CreateRole", On: workload("paperwurks-dev-api-task"), With: carries, May: builder, Why: "with its boundary"},
		{Does: "set a workload role's policy", Action: "iam:PutRolePolicy", On: role, May: builder, Why: "within its boundary"},
		{Does: "remove a workload role's policy", Action: "iam:DeleteRolePolicy", On: role, May: builder, Why: "within its boundary"},
		{Does: "attach a workload policy", Action: "iam:AttachRolePolicy", On: role, With: with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), May: builder, Why: "within its boundary"},
		{Does: "attach a workload policy to a role without a boundary", Action: "iam:AttachRolePolicy", On: workload("old"), With: with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), May: nobody, Why: "it would have no limit"},
		{Does: "attach a workload policy to a role of CI", Action: "iam:AttachRolePolicy", On: ci(infra), With: with("iam:PolicyARN", iam("policy/paperwurks/workload/queue"), "iam:PermissionsBoundary", bounded), May: nobody, Why: "an administrator's"},
		{Does: "detach a workload policy", Action: "iam:DetachRolePolicy", On: role, With: with("iam:PolicyARN", iam("policy/paperwurks/workload/queue")), May: builder, Why: "within its boundary"},
		{Does: "make a workload policy", Action: "iam:CreatePolicy", On: iam("policy/paperwurks/workload/queue"), May: builder, Why: "manages IAM"},
		{Does: "change a workload policy", Action: "iam:CreatePolicyVersion", On: iam("policy/paperwurks/workload/queue"), May: builder, Why: "manages IAM"},
		{Does: "tag a workload role", Action: "iam:TagRole", On: role, May: builder, Why: "manages IAM"},
		{Does: "destroy a workload role of dev", Action: "iam:DeleteRole", On: role, May: builder, Why: "dev can be destroyed"},
		{Does: "change who may assume the flow log's role", Action: "iam:UpdateAssumeRolePolicy", On: workload("paperwurks-dev-flow-log"), May: builder, Why: "it reaches no data"},
		{Does: "let ECS make its own role", Action: "iam:CreateServiceLinkedRole", On: iam("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"), With: with("iam:AWSServiceName", "ecs.amazonaws.com"), May: builder, Why: "the first service needs it"},
		{Does: "let RDS make its own role", Action: "iam:CreateServiceLinkedRole", On: iam("role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"), With: with("iam:AWSServiceName", "rds.amazonaws.com"), May: builder, Why: "the first database needs it"},
		{Does: "let autoscaling make its own role", Action: "iam:CreateServiceLinkedRole", On: iam("role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"), With: with("iam:AWSServiceName", "ecs.application-autoscaling.amazonaws.com"), May: builder, Why: "the first scaling needs it"},
		{Does: "let another service make its own role", Action: "iam:CreateServiceLinkedRole", On: iam("role/aws-service-role/lex.amazonaws.com/AWSServiceRoleForLexBots"), With: with("iam:AWSServiceName", "lex.amazonaws.com"), May: nobody, Why: "not in use"},
		{Does: "make a role that only looks like a service's own", Action: "iam:CreateServiceLinkedRole", On: iam("role/made"), With: with("iam:AWSServiceName", "ecs.amazonaws.com"), May: nobody, Why: "not theirs"},
	}}
}

func readers() Area {
	return Area{Title: "What a plan reads", Rows: []Row{
		{Does: "see VPCs", Action: "ec2:DescribeVpcs", On: "*", May: planners, Why: "a plan compares them"},
		{Does: "see databases", Action: "rds:DescribeDBInstances", On: arn("rds", "db:paperwurks-prod"), May: planners, Why: "a plan compares them"},
		{Does: "see load balancers", Action: "elasticloadbalancing:DescribeLoadBalancers", On: "*", May: planners, Why: "a plan compares them"},
		{Does: "see distributions", Action: "cloudfront:GetDistribution", On: "arn:aws:cloudfront::{account}:distribution/E1", May: planners, Why: "a plan compares them"},
		{Does: "see a bucket's policy", Action: "s3:GetBucketPolicy", On: bucket("paperwurks-prod-documents"), May: planners, Why: "a plan compares it"},
		{Does: "see a bucket's encryption", Action: "s3:GetEncryptionConfiguration", On: bucket("paperwurks-terraform-state"), May: planners, Why: "a plan compares it"},
		{Does: "see a secret, without its value", Action: "secretsmanager:DescribeSecret", On: "{secret paperwurks/prod/session-key}", May: planners, Why: "a plan compares it"},
		{Does: "see a key's policy", Action: "kms:GetKeyPolicy", On: key("prod/data"), May: planners, Why: "a plan compares it"},
		{Does: "see a repository's policy", Action: "ecr:GetRepositoryPolicy", On: repository("prod"), May: planners, Why: "a plan compares it"},
		{Does: "see a role of CI", Action: "iam:GetRole", On: ci(infra), May: planners, Why: "a plan compares it"},
		{Does: "see a policy of CI", Action: "iam:GetPolicyVersion", On: iam("policy/paperwurks/ci/paperwurks-infra-role-limits"), May: planners, Why: "a plan compares it"},
		{Does: "see the OIDC provider", Action: "iam:GetOpenIDConnectProvider", On: iam("oidc-provider/token.actions.githubusercontent.com"), May: planners, Why: "a plan compares it"},
		{Does: "see log groups", Action: "logs:DescribeLogGroups", On: "*", May: planners, Why: "a plan compares them"},
		{Does: "see alarms", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-cpu"), May: planners, Why: "a plan compares them"},
		{Does: "see a topic", Action: "sns:GetTopicAttributes", On: arn("sns", "paperwurks-prod-alarms"), May: planners, Why: "a plan compares it"},
		{Does: "see whether maintenance mode is on", Action: "wafv2:GetRegexPatternSet", On: "arn:aws:wafv2:us-east-1:{account}:global/regexpatternset/paperwurks-prod-maintenance/0a1b", May: planners, Why: "a plan reads it"},
		{Does: "see who is let through in maintenance mode", Action: "wafv2:GetIPSet", On: "arn:aws:wafv2:us-east-1:{account}:global/ipset/paperwurks-prod-maintenance-ipv4/0a1b", May: planners, Why: "a plan reads it"},
		{Does: "see a firewall", Action: "wafv2:GetWebACL", On: arn("wafv2", "regional/webacl/paperwurks-prod/0a1b"), May: planners, Why: "a plan compares it"},
		{Does: "see a certificate", Action: "acm:DescribeCertificate", On: arn("acm", "certificate/0a1b"), May: planners, Why: "a plan compares it"},
		{Does: "see a check from outside", Action: "route53:GetHealthCheck", On: "arn:aws:route53:::healthcheck/0a1b", May: planners, Why: "a plan compares it"},
		{Does: "see the tags of a check from outside", Action: "route53:ListTagsForResource", On: "arn:aws:route53:::healthcheck/0a1b", May: planners, Why: "a plan compares them"},
		{Does: "see DNS records", Action: "route53:ListResourceRecordSets", On: "arn:aws:route53:::hostedzone/Z1", May: planners, Why: "a plan compares them"},
		{Does: "see scaling", Action: "application-autoscaling:DescribeScalableTargets", On: "*", May: planners, Why: "a plan compares it"},
	}}
}
