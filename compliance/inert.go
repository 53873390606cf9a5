package compliance

// inert are the kinds that have nothing a rule could look at, each with the
// reason. Adding one is a decision that a reviewer sees.
var inert = map[string]string{
	"aws_accessanalyzer_analyzer":             "finds what is shared; shares nothing",
	"aws_acm_certificate_validation":          "waits",
	"aws_appautoscaling_policy":               "changes how many tasks run",
	"aws_appautoscaling_scheduled_action":     "changes how many tasks run",
	"aws_appautoscaling_target":               "changes how many tasks run",
	"aws_backup_plan":                         "says when; the vault keeps",
	"aws_backup_selection":                    "says what; the vault keeps",
	"aws_backup_vault_lock_configuration":     "can only make a vault stricter",
	"aws_budgets_budget":                      "counts money",
	"aws_cloudfront_origin_access_control":    "signs requests; the distribution's rule asks for it",
	"aws_cloudwatch_dashboard":                "shows metrics",
	"aws_cloudwatch_log_delivery":             "the distribution's rule follows it",
	"aws_cloudwatch_log_delivery_destination": "names a bucket, which has its own rules",
	"aws_cloudwatch_log_delivery_source":      "the distribution's rule follows it",
	"aws_cloudwatch_log_metric_filter":        "counts lines",
	"aws_db_event_subscription":               "tells of events",
	"aws_db_subnet_group":                     "the database's rule follows it to the route tables",
	"aws_ecr_lifecycle_policy":                "removes old images; the repository's rule asks for it",
	"aws_ecs_cluster_capacity_providers":      "Fargate and Fargate Spot alike",
	"aws_internet_gateway":                    "opens nothing without a route, which the subnets' rule follows",
	"aws_kms_alias":                           "a name",
	"aws_lb_listener_certificate":             "one more certificate of a listener",
	"aws_lb_listener_rule":                    "chooses among target groups of a listener, which has its own rules",
	"aws_nat_gateway":                         "lets nobody in",
	"aws_route":                               "followed by the rules on subnets, databases and services",
	"aws_route53_record":                      "a name",
	"aws_route_table_association":             "followed by the rules on subnets",
	"aws_wafv2_ip_set":                        "addresses for a web ACL",
	"aws_wafv2_web_acl_association":           "the load balancer's rule follows it",
	"data.aws_caller_identity":                "reads who one is",
	"data.aws_ec2_managed_prefix_list":        "the rule on ingress looks at its name",
	"data.aws_region":                         "reads where one is",
	"data.terraform_remote_state":             "followed to the other stack's outputs",
}

func isInert(kind string) bool {
	_, is := inert[kind]
	return is
}
