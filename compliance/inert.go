package compliance

// inert are the kinds that have nothing a rule could look at, each with the
// reason. Adding one is a decision that a reviewer sees.
var inert = map[string]string{
	"aws_acm_certificate_validation":           "waits",
	"aws_appautoscaling_policy":                "changes how many tasks run",
	"aws_appautoscaling_target":                "changes how many tasks run",
	"aws_ce_anomaly_monitor":                   "watches the account's costs; the subscription's rule asks for it",
	"aws_config_configuration_recorder_status": "the recorder's rule follows it",
	"aws_iam_service_linked_role":              "its policies are AWS's; the recorder's rule follows it",
	"aws_guardduty_detector_feature":           "the detector's rule follows it",
	"aws_scheduler_schedule_group":             "holds schedules: those of off-hours have PW-SCH-01, those of jobs are the backend's pipeline's",
	"aws_securityhub_standards_subscription":   "the hub's rule follows it",
	"aws_cloudwatch_dashboard":                 "shows metrics",
	"aws_cloudwatch_log_delivery":              "the distribution's rule follows it",
	"aws_cloudwatch_log_delivery_destination":  "names a bucket, which has its own rules",
	"aws_cloudwatch_log_delivery_source":       "the distribution's rule follows it",
	"aws_db_subnet_group":                      "the database's rule follows it to the route tables",
	"aws_ecr_lifecycle_policy":                 "removes old images; the repository's rule asks for it",
	"aws_ecs_cluster_capacity_providers":       "Fargate and Fargate Spot alike",
	"aws_kms_alias":                            "a name",
	"aws_route":                                "followed by the rules on subnets, databases and services",
	"aws_route53_record":                       "a name",
	"aws_route_table_association":              "followed by the rules on subnets",
	"aws_s3_object":                            "the distribution's rule follows it",
	"aws_wafv2_web_acl_association":            "the load balancer's rule follows it",
	"data.aws_caller_identity":                 "reads who one is",
	"data.aws_ec2_managed_prefix_list":         "the rule on ingress looks at its name",
	"data.aws_region":                          "reads where one is",
	"data.terraform_remote_state":              "followed to the other stack's outputs",
}

func isInert(kind string) bool {
	_, ok := inert[kind]
	return ok
}
