package existing

// Why a resource that is already there does no harm.
const (
	// put: AWS replaces what is there by what is sent.
	put = "its creation puts a whole document or setting onto its parent, again as well as once"
	// adopts: Terraform takes over what AWS made with the VPC.
	adopts = "Terraform adopts what AWS made with the VPC"
)

// Kinds are the types of resources that the stacks use.
func Kinds() map[string]Kind {
	kinds := map[string]Kind{
		"aws_cloudwatch_dashboard":                           {Because: put},
		"aws_cloudwatch_metric_alarm":                        {Because: put},
		"aws_default_route_table":                            {Because: adopts},
		"aws_default_security_group":                         {Because: adopts},
		"aws_ecr_lifecycle_policy":                           {Because: put},
		"aws_ecr_repository_policy":                          {Because: put},
		"aws_ecs_cluster_capacity_providers":                 {Because: put},
		"aws_iam_role_policy":                                {Because: put},
		"aws_iam_role_policy_attachment":                     {Because: "attaching a policy that is attached changes nothing"},
		"aws_appautoscaling_policy":                          {Because: put},
		"aws_s3_bucket_lifecycle_configuration":              {Because: put},
		"aws_s3_bucket_logging":                              {Because: put},
		"aws_s3_bucket_ownership_controls":                   {Because: put},
		"aws_s3_bucket_policy":                               {Because: put},
		"aws_s3_bucket_public_access_block":                  {Because: put},
		"aws_s3_bucket_server_side_encryption_configuration": {Because: put},
		"aws_s3_bucket_versioning":                           {Because: put},
		"aws_secretsmanager_secret_policy":                   {Because: put},
		"aws_sns_topic_policy":                               {Because: put},
		"aws_wafv2_web_acl_association":                      {Because: put},
		"aws_wafv2_web_acl_logging_configuration":            {Because: put},
		"aws_acm_certificate_validation":                     {Because: "it is no object, only Terraform's wait for a certificate"},
		"aws_ecs_task_definition":                            {Because: "another revision is registered; the one before stays, as every earlier one does"},
		"aws_sns_topic":                                      {Because: "CreateTopic gives the topic that has the name"},
		"aws_sns_topic_subscription":                         {Because: "Subscribe gives the subscription that is there; a mail to confirm may come twice"},
	}
	for _, table := range []map[string]Kind{
		networkKinds(), securityGroupKinds(), identityKinds(), storageKinds(), computeKinds(), edgeKinds(), observeKinds(),
	} {
		for name, kind := range table {
			kinds[name] = kind
		}
	}
	return kinds
}
