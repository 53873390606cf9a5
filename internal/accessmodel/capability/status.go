package capability

// status is what `make status` asks for, beyond what the rows about reading the
// configuration, the state and its lock have.
func status() Area {
	return Area{Title: "What make status reads", Rows: []Row{
		{Does: "see which alarms ring", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: planners, Why: "configuration with a state"},
		{Does: "see whether anybody is told of alarms", Action: "sns:GetTopicAttributes", On: arn("sns", "paperwurks-prod-alarms"), May: planners, Why: "how many confirmed, not who"},
		{Does: "see what runs", Action: "ecs:DescribeServices", On: arn("ecs", "service/paperwurks-prod/paperwurks-prod-web"), May: list(infra, diff, prod), Why: "image, revision, tasks"},
		{Does: "see how the last deployment ended", Action: "ecs:ListServiceDeployments", On: arn("ecs", "service/paperwurks-prod/paperwurks-prod-web"), May: planners, Why: "the API says so for 90 days"},
		{Does: "see the database's state", Action: "rds:DescribeDBInstances", On: arn("rds", "db:paperwurks-prod"), May: planners, Why: "configuration with a state"},
		{Does: "see what waits for the database's maintenance", Action: "rds:DescribePendingMaintenanceActions", On: arn("rds", "db:paperwurks-prod"), May: planners, Why: "configuration with a state"},
		{Does: "see how much storage a database has free", Action: "cloudwatch:GetMetricStatistics", On: "*", May: reader, Why: "numbers, of no user"},
		{Does: "read the samples of metrics by queries", Action: "cloudwatch:GetMetricData", On: "*", May: nobody, Why: "the statistics suffice"},
		{Does: "see that a secret has a value", Action: "secretsmanager:DescribeSecret", On: "{secret paperwurks/prod/session-key}", May: planners, Why: "versions, no value"},
		{Does: "read a quota", Action: "servicequotas:GetServiceQuota", On: "arn:aws:servicequotas:{region}:{account}:ec2/L-0263D0A3", May: reader, Why: "what runs out"},
		{Does: "read AWS's default of a quota", Action: "servicequotas:GetAWSDefaultServiceQuota", On: "*", May: reader, Why: "where none was applied"},
		{Does: "ask for a larger quota", Action: "servicequotas:RequestServiceQuotaIncrease", On: "arn:aws:servicequotas:{region}:{account}:ec2/L-0263D0A3", May: nobody, Why: "an administrator's"},
		{Does: "set off an alarm", Action: "cloudwatch:SetAlarmState", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: nobody, Why: "it rolls deployments back"},
	}}
}
