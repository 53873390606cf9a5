package observed

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/review"
)

// kind is what Terraform's provider calls for a type of resource.
type kind struct {
	create, update, delete string
	// by are the calls of an update for the attributes that have their own.
	by map[string]string
	// arn is the resource that the call is about, as the table tells it: a
	// pattern with an attribute's name in angle brackets; "" where AWS makes it up.
	arn string
}

const (
	roleARN   = "arn:aws:iam::{account}:role<path><name>"
	policyARN = "arn:aws:iam::{account}:policy<path><name>"
	bucketARN = "arn:aws:s3:::<bucket>"
	ofRole    = "{role <role>}"
	ofSecret  = "{secret <name>}"
	vpcARN    = "arn:aws:ec2:{region}:{account}:"
)

// kinds are the types that the stacks make. Calls are "service Operation", more
// than one after a comma; none for what is in Terraform's state only.
var kinds = map[string]kind{
	"aws_accessanalyzer_analyzer":          {"access-analyzer CreateAnalyzer", "access-analyzer TagResource", "access-analyzer DeleteAnalyzer", nil, "arn:aws:access-analyzer:{region}:{account}:analyzer/<analyzer_name>"},
	"aws_cloudtrail":                       {"cloudtrail CreateTrail", "cloudtrail UpdateTrail", "cloudtrail DeleteTrail", map[string]string{"insight_selector": "cloudtrail PutInsightSelectors", "advanced_event_selector": "cloudtrail PutEventSelectors", "enable_logging": "cloudtrail StopLogging"}, "arn:aws:cloudtrail:{region}:{account}:trail/<name>"},
	"aws_ebs_encryption_by_default":        {"ec2 EnableEbsEncryptionByDefault", "ec2 DisableEbsEncryptionByDefault", "ec2 DisableEbsEncryptionByDefault", nil, ""},
	"aws_ebs_snapshot_block_public_access": {"ec2 EnableSnapshotBlockPublicAccess", "ec2 EnableSnapshotBlockPublicAccess", "ec2 DisableSnapshotBlockPublicAccess", nil, ""},
	"aws_ec2_instance_metadata_defaults":   {"ec2 ModifyInstanceMetadataDefaults", "ec2 ModifyInstanceMetadataDefaults", "ec2 ModifyInstanceMetadataDefaults", nil, ""},
	"aws_iam_account_password_policy":      {"iam UpdateAccountPasswordPolicy", "iam UpdateAccountPasswordPolicy", "iam DeleteAccountPasswordPolicy", nil, ""},
	"aws_s3_account_public_access_block":   {"s3 PutAccountPublicAccessBlock", "s3 PutAccountPublicAccessBlock", "s3 DeleteAccountPublicAccessBlock", nil, ""},
	"aws_acm_certificate":                  {"acm RequestCertificate", "", "acm DeleteCertificate", nil, ""},
	"aws_acm_certificate_validation":       {},
	"aws_appautoscaling_policy":            {"application-autoscaling PutScalingPolicy", "application-autoscaling PutScalingPolicy", "application-autoscaling DeleteScalingPolicy", nil, ""},
	"aws_appautoscaling_scheduled_action":  {"application-autoscaling PutScheduledAction", "application-autoscaling PutScheduledAction", "application-autoscaling DeleteScheduledAction", nil, ""},
	"aws_appautoscaling_target":            {"application-autoscaling RegisterScalableTarget", "application-autoscaling RegisterScalableTarget", "application-autoscaling DeregisterScalableTarget", nil, ""},
	"aws_chatbot_slack_channel_configuration": {"chatbot CreateSlackChannelConfiguration", "chatbot UpdateSlackChannelConfiguration", "chatbot DeleteSlackChannelConfiguration", map[string]string{
		"tags": "chatbot TagResource", "tags_all": "chatbot TagResource",
	}, "arn:aws:chatbot::{account}:chat-configuration/slack-channel/<configuration_name>"},
	"aws_cloudfront_distribution": {"cloudfront CreateDistributionWithTags", "cloudfront UpdateDistribution", "cloudfront DeleteDistribution", nil, ""},
	"aws_budgets_budget": {"budgets CreateBudget, budgets CreateNotification", "budgets UpdateBudget", "budgets DeleteBudget", map[string]string{
		"notification": "budgets CreateNotification, budgets DeleteNotification", "tags": "budgets TagResource", "tags_all": "budgets TagResource",
	}, "arn:aws:budgets::{account}:budget/<name>"},
	"aws_ce_anomaly_monitor": {"ce CreateAnomalyMonitor", "ce UpdateAnomalyMonitor", "ce DeleteAnomalyMonitor", map[string]string{
		"tags": "ce TagResource", "tags_all": "ce TagResource",
	}, "arn:aws:ce::{account}:anomalymonitor/{id}"},
	"aws_ce_anomaly_subscription": {"ce CreateAnomalySubscription", "ce UpdateAnomalySubscription", "ce DeleteAnomalySubscription", map[string]string{
		"tags": "ce TagResource", "tags_all": "ce TagResource",
	}, "arn:aws:ce::{account}:anomalysubscription/{id}"},
	"aws_cloudfront_origin_access_control":          {"cloudfront CreateOriginAccessControl", "cloudfront UpdateOriginAccessControl", "cloudfront DeleteOriginAccessControl", nil, ""},
	"aws_cloudfront_response_headers_policy":        {"cloudfront CreateResponseHeadersPolicy", "cloudfront UpdateResponseHeadersPolicy", "cloudfront DeleteResponseHeadersPolicy", nil, ""},
	"aws_cloudfront_vpc_origin":                     {"cloudfront CreateVpcOrigin", "cloudfront UpdateVpcOrigin", "cloudfront DeleteVpcOrigin", nil, ""},
	"aws_cloudwatch_dashboard":                      {"monitoring PutDashboard", "monitoring PutDashboard", "monitoring DeleteDashboards", nil, "arn:aws:cloudwatch::{account}:dashboard/<dashboard_name>"},
	"aws_cloudwatch_log_delivery":                   {"logs CreateDelivery", "", "logs DeleteDelivery", nil, ""},
	"aws_cloudwatch_log_delivery_destination":       {"logs PutDeliveryDestination", "logs PutDeliveryDestination", "logs DeleteDeliveryDestination", nil, ""},
	"aws_cloudwatch_log_delivery_source":            {"logs PutDeliverySource", "logs PutDeliverySource", "logs DeleteDeliverySource", nil, ""},
	"aws_cloudwatch_log_group":                      {"logs CreateLogGroup, logs PutRetentionPolicy", "logs PutRetentionPolicy", "logs DeleteLogGroup", nil, "arn:aws:logs:{region}:{account}:log-group:<name>"},
	"aws_cloudwatch_log_metric_filter":              {"logs PutMetricFilter", "logs PutMetricFilter", "logs DeleteMetricFilter", nil, "arn:aws:logs:{region}:{account}:log-group:<log_group_name>"},
	"aws_cloudwatch_event_rule":                     {"events PutRule", "events PutRule", "events DeleteRule", map[string]string{"tags": "events TagResource", "tags_all": "events TagResource"}, "arn:aws:events:{region}:{account}:rule/<name>"},
	"aws_cloudwatch_event_target":                   {"events PutTargets", "events PutTargets", "events RemoveTargets", nil, "arn:aws:events:{region}:{account}:rule/<rule>"},
	"aws_config_configuration_recorder":             {"config PutConfigurationRecorder", "config PutConfigurationRecorder", "config DeleteConfigurationRecorder", nil, ""},
	"aws_config_configuration_recorder_status":      {"config StartConfigurationRecorder", "config StartConfigurationRecorder, config StopConfigurationRecorder", "config StopConfigurationRecorder", nil, ""},
	"aws_config_delivery_channel":                   {"config PutDeliveryChannel", "config PutDeliveryChannel", "config DeleteDeliveryChannel", nil, ""},
	"aws_iam_service_linked_role":                   {"iam CreateServiceLinkedRole", "iam UpdateRole", "iam DeleteServiceLinkedRole", map[string]string{"tags": "iam TagRole", "tags_all": "iam TagRole"}, ""},
	"aws_guardduty_detector":                        {"guardduty CreateDetector", "guardduty UpdateDetector", "guardduty DeleteDetector", map[string]string{"tags": "guardduty TagResource", "tags_all": "guardduty TagResource"}, "arn:aws:guardduty:{region}:{account}:detector/{id}"},
	"aws_guardduty_detector_feature":                {"guardduty UpdateDetector", "guardduty UpdateDetector", "", nil, "arn:aws:guardduty:{region}:{account}:detector/{id}"},
	"aws_securityhub_account":                       {"securityhub EnableSecurityHub, securityhub UpdateSecurityHubConfiguration", "securityhub UpdateSecurityHubConfiguration", "securityhub DisableSecurityHub", nil, "arn:aws:securityhub:{region}:{account}:hub/default"},
	"aws_securityhub_standards_subscription":        {"securityhub BatchEnableStandards", "", "securityhub BatchDisableStandards", nil, ""},
	"aws_cloudwatch_metric_alarm":                   {"monitoring PutMetricAlarm", "monitoring PutMetricAlarm", "monitoring DeleteAlarms", nil, "arn:aws:cloudwatch:{region}:{account}:alarm:<alarm_name>"},
	"aws_db_instance":                               {"rds CreateDBInstance", "rds ModifyDBInstance", "rds DeleteDBInstance", nil, "arn:aws:rds:{region}:{account}:db:<identifier>"},
	"aws_db_instance_automated_backups_replication": {"rds StartDBInstanceAutomatedBackupsReplication", "", "rds StopDBInstanceAutomatedBackupsReplication", nil, ""},
	"aws_db_parameter_group":                        {"rds CreateDBParameterGroup, rds ModifyDBParameterGroup", "rds ModifyDBParameterGroup", "rds DeleteDBParameterGroup", nil, "arn:aws:rds:{region}:{account}:pg:<name>"},
	"aws_db_subnet_group":                           {"rds CreateDBSubnetGroup", "rds ModifyDBSubnetGroup", "rds DeleteDBSubnetGroup", nil, "arn:aws:rds:{region}:{account}:subgrp:<name>"},
	"aws_default_route_table":                       {"", "ec2 DeleteRoute", "", nil, vpcARN + "route-table/{id}"},
	"aws_default_security_group":                    {"", "ec2 RevokeSecurityGroupIngress, ec2 RevokeSecurityGroupEgress", "", nil, vpcARN + "security-group/{id}"},
	"aws_ecr_lifecycle_policy":                      {"ecr PutLifecyclePolicy", "ecr PutLifecyclePolicy", "ecr DeleteLifecyclePolicy", nil, "arn:aws:ecr:{region}:{account}:repository/<repository>"},
	"aws_ecr_repository":                            {"ecr CreateRepository", "ecr PutImageScanningConfiguration", "ecr DeleteRepository", map[string]string{"force_delete": ""}, "arn:aws:ecr:{region}:{account}:repository/<name>"},
	"aws_ecr_repository_policy":                     {"ecr SetRepositoryPolicy", "ecr SetRepositoryPolicy", "ecr DeleteRepositoryPolicy", nil, "arn:aws:ecr:{region}:{account}:repository/<repository>"},
	"aws_ecs_cluster":                               {"ecs CreateCluster", "ecs UpdateCluster", "ecs DeleteCluster", nil, "arn:aws:ecs:{region}:{account}:cluster/<name>"},
	"aws_ecs_cluster_capacity_providers":            {"ecs PutClusterCapacityProviders", "ecs PutClusterCapacityProviders", "ecs PutClusterCapacityProviders", nil, "arn:aws:ecs:{region}:{account}:cluster/<cluster_name>"},
	"aws_ecs_service":                               {"ecs CreateService", "ecs UpdateService", "ecs DeleteService", nil, "arn:aws:ecs:{region}:{account}:service/{cluster}/<name>"},
	"aws_ecs_task_definition":                       {"ecs RegisterTaskDefinition", "ecs RegisterTaskDefinition", "", nil, "arn:aws:ecs:{region}:{account}:task-definition/<family>:{id}"},
	"aws_eip":                                       {"ec2 AllocateAddress", "ec2 CreateTags", "ec2 ReleaseAddress", nil, vpcARN + "elastic-ip/{id}"},
	"aws_flow_log":                                  {"ec2 CreateFlowLogs", "ec2 CreateTags", "ec2 DeleteFlowLogs", nil, vpcARN + "vpc-flow-log/{id}"},
	"aws_iam_openid_connect_provider":               {"iam CreateOpenIDConnectProvider", "iam UpdateOpenIDConnectProviderThumbprint", "iam DeleteOpenIDConnectProvider", nil, ""},
	"aws_iam_policy":                                {"iam CreatePolicy", "iam CreatePolicyVersion", "iam DeletePolicy", nil, policyARN},
	"aws_iam_role": {"iam CreateRole", "iam UpdateRole", "iam DeleteRole", map[string]string{
		"assume_role_policy": "iam UpdateAssumeRolePolicy", "permissions_boundary": "iam PutRolePermissionsBoundary", "tags": "iam TagRole", "tags_all": "iam TagRole",
	}, roleARN},
	"aws_iam_role_policy":                                {"iam PutRolePolicy", "iam PutRolePolicy", "iam DeleteRolePolicy", nil, ofRole},
	"aws_iam_role_policy_attachment":                     {"iam AttachRolePolicy", "iam AttachRolePolicy", "iam DetachRolePolicy", nil, ofRole},
	"aws_internet_gateway":                               {"ec2 CreateInternetGateway, ec2 AttachInternetGateway", "ec2 CreateTags", "ec2 DetachInternetGateway, ec2 DeleteInternetGateway", nil, vpcARN + "internet-gateway/{id}"},
	"aws_kms_alias":                                      {"kms CreateAlias", "kms UpdateAlias", "kms DeleteAlias", nil, "arn:aws:kms:{region}:{account}:<name>"},
	"aws_kms_key":                                        {"kms CreateKey, kms EnableKeyRotation", "kms UpdateKeyDescription", "kms ScheduleKeyDeletion", map[string]string{"policy": "kms PutKeyPolicy"}, "{itsKey}"},
	"aws_lb":                                             {"elasticloadbalancing CreateLoadBalancer, elasticloadbalancing ModifyLoadBalancerAttributes", "elasticloadbalancing ModifyLoadBalancerAttributes, elasticloadbalancing SetSubnets", "elasticloadbalancing DeleteLoadBalancer", nil, ""},
	"aws_lb_listener":                                    {"elasticloadbalancing CreateListener", "elasticloadbalancing ModifyListener", "elasticloadbalancing DeleteListener", nil, ""},
	"aws_lb_listener_rule":                               {"elasticloadbalancing CreateRule", "elasticloadbalancing ModifyRule", "elasticloadbalancing DeleteRule", map[string]string{"priority": "elasticloadbalancing SetRulePriorities"}, "arn:aws:elasticloadbalancing:{region}:{account}:listener-rule/app/{environment}/{id}/{id}/{id}"},
	"aws_lb_target_group":                                {"elasticloadbalancing CreateTargetGroup, elasticloadbalancing ModifyTargetGroupAttributes", "elasticloadbalancing ModifyTargetGroup", "elasticloadbalancing DeleteTargetGroup", nil, "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/<name>/{id}"},
	"aws_nat_gateway":                                    {"ec2 CreateNatGateway", "ec2 CreateTags", "ec2 DeleteNatGateway", nil, vpcARN + "natgateway/{id}"},
	"aws_route":                                          {"ec2 CreateRoute", "ec2 ReplaceRoute", "ec2 DeleteRoute", nil, vpcARN + "route-table/{id}"},
	"aws_route53_health_check":                           {"route53 CreateHealthCheck, route53 ChangeTagsForResource", "route53 UpdateHealthCheck", "route53 DeleteHealthCheck", nil, "arn:aws:route53:::healthcheck/{id}"},
	"aws_route53_record":                                 {"route53 ChangeResourceRecordSets", "route53 ChangeResourceRecordSets", "route53 ChangeResourceRecordSets", nil, ""},
	"aws_route_table":                                    {"ec2 CreateRouteTable", "ec2 CreateTags", "ec2 DeleteRouteTable", nil, vpcARN + "route-table/{id}"},
	"aws_route_table_association":                        {"ec2 AssociateRouteTable", "ec2 ReplaceRouteTableAssociation", "ec2 DisassociateRouteTable", nil, vpcARN + "route-table/{id}"},
	"aws_s3_bucket":                                      {"s3 CreateBucket, s3 PutBucketTagging", "s3 PutBucketTagging", "s3 DeleteBucket", map[string]string{"force_destroy": ""}, bucketARN},
	"aws_s3_bucket_lifecycle_configuration":              {"s3 PutBucketLifecycleConfiguration", "s3 PutBucketLifecycleConfiguration", "s3 DeleteBucketLifecycle", nil, bucketARN},
	"aws_s3_bucket_logging":                              {"s3 PutBucketLogging", "s3 PutBucketLogging", "s3 PutBucketLogging", nil, bucketARN},
	"aws_s3_bucket_ownership_controls":                   {"s3 PutBucketOwnershipControls", "s3 PutBucketOwnershipControls", "s3 DeleteBucketOwnershipControls", nil, bucketARN},
	"aws_s3_bucket_policy":                               {"s3 PutBucketPolicy", "s3 PutBucketPolicy", "s3 DeleteBucketPolicy", nil, bucketARN},
	"aws_s3_bucket_public_access_block":                  {"s3 PutPublicAccessBlock", "s3 PutPublicAccessBlock", "s3 DeletePublicAccessBlock", nil, bucketARN},
	"aws_s3_bucket_replication_configuration":            {"s3 PutBucketReplication", "s3 PutBucketReplication", "s3 DeleteBucketReplication", nil, bucketARN},
	"aws_s3_bucket_server_side_encryption_configuration": {"s3 PutBucketEncryption", "s3 PutBucketEncryption", "s3 DeleteBucketEncryption", nil, bucketARN},
	"aws_s3_bucket_versioning":                           {"s3 PutBucketVersioning", "s3 PutBucketVersioning", "s3 PutBucketVersioning", nil, bucketARN},
	"aws_s3_object":                                      {"s3 PutObject", "s3 PutObject", "s3 DeleteObject", nil, bucketARN + "/<key>"},
	"aws_scheduler_schedule":                             {"scheduler CreateSchedule", "scheduler UpdateSchedule", "scheduler DeleteSchedule", nil, "arn:aws:scheduler:{region}:{account}:schedule/<group_name>/<name>"},
	"aws_scheduler_schedule_group":                       {"scheduler CreateScheduleGroup", "scheduler TagResource", "scheduler DeleteScheduleGroup", nil, "arn:aws:scheduler:{region}:{account}:schedule-group/<name>"},
	"aws_secretsmanager_secret":                          {"secretsmanager CreateSecret", "secretsmanager UpdateSecret", "secretsmanager DeleteSecret", map[string]string{"recovery_window_in_days": ""}, ofSecret},
	"aws_secretsmanager_secret_policy":                   {"secretsmanager PutResourcePolicy", "secretsmanager PutResourcePolicy", "secretsmanager DeleteResourcePolicy", nil, ""},
	"aws_security_group":                                 {"ec2 CreateSecurityGroup", "ec2 CreateTags", "ec2 DeleteSecurityGroup", nil, vpcARN + "security-group/{id}"},
	"aws_sns_topic":                                      {"sns CreateTopic", "sns SetTopicAttributes", "sns DeleteTopic", nil, "arn:aws:sns:{region}:{account}:<name>"},
	"aws_sns_topic_policy":                               {"sns SetTopicAttributes", "sns SetTopicAttributes", "sns SetTopicAttributes", nil, ""},
	"aws_sns_topic_subscription":                         {"sns Subscribe", "sns SetSubscriptionAttributes", "sns Unsubscribe", nil, ""},
	"aws_sqs_queue":                                      {"sqs CreateQueue", "sqs SetQueueAttributes", "sqs DeleteQueue", map[string]string{"tags": "sqs TagQueue", "tags_all": "sqs TagQueue"}, "arn:aws:sqs:{region}:{account}:<name>"},
	"aws_sqs_queue_policy":                               {"sqs SetQueueAttributes", "sqs SetQueueAttributes", "sqs SetQueueAttributes", nil, ""},
	"aws_ssm_parameter":                                  {"ssm PutParameter", "ssm PutParameter", "ssm DeleteParameter", nil, "arn:aws:ssm:{region}:{account}:parameter<name>"},
	"aws_subnet":                                         {"ec2 CreateSubnet", "ec2 CreateTags", "ec2 DeleteSubnet", nil, vpcARN + "subnet/{id}"},
	"aws_vpc":                                            {"ec2 CreateVpc, ec2 ModifyVpcAttribute", "ec2 ModifyVpcAttribute", "ec2 DeleteVpc", nil, vpcARN + "vpc/{id}"},
	"aws_vpc_endpoint":                                   {"ec2 CreateVpcEndpoint", "ec2 ModifyVpcEndpoint", "ec2 DeleteVpcEndpoints", nil, vpcARN + "vpc-endpoint/{id}"},
	"aws_vpc_security_group_egress_rule":                 {"ec2 AuthorizeSecurityGroupEgress", "ec2 ModifySecurityGroupRules", "ec2 RevokeSecurityGroupEgress", nil, vpcARN + "security-group/{id}"},
	"aws_vpc_security_group_ingress_rule":                {"ec2 AuthorizeSecurityGroupIngress", "ec2 ModifySecurityGroupRules", "ec2 RevokeSecurityGroupIngress", nil, vpcARN + "security-group/{id}"},
	// What the sets hold Terraform leaves as it is.
	"aws_wafv2_ip_set":                        {"wafv2 CreateIPSet", "wafv2 TagResource", "wafv2 DeleteIPSet", nil, ""},
	"aws_wafv2_regex_pattern_set":             {"wafv2 CreateRegexPatternSet", "wafv2 TagResource", "wafv2 DeleteRegexPatternSet", nil, ""},
	"aws_wafv2_web_acl":                       {"wafv2 CreateWebACL", "wafv2 UpdateWebACL", "wafv2 DeleteWebACL", nil, ""},
	"aws_wafv2_web_acl_association":           {"wafv2 AssociateWebACL", "wafv2 AssociateWebACL", "wafv2 DisassociateWebACL", nil, ""},
	"aws_wafv2_web_acl_logging_configuration": {"wafv2 PutLoggingConfiguration", "wafv2 PutLoggingConfiguration", "wafv2 DeleteLoggingConfiguration", nil, ""},
}

// Lacking says of each planned change of a stack that infra-role may not make
// which rights it lacks. The plan is Terraform's whole one: what does not change
// tells the tags and names of what is referred to. A call that the rehearsal
// recorded is asked with what follows from it; another one by itself.
func Lacking(p *inventory.Platform, simulator *iamsim.Simulator, table []Row, stack string, plan *review.Plan) ([]review.Lack, error) {
	l := lacking{platform: p, table: table, stack: stack, plan: plan}
	var asked []Asked
	var owners []int
	for i, r := range plan.ResourceChanges {
		needs, err := l.needs(r)
		if err != nil {
			return nil, err
		}
		asked = append(asked, needs...)
		owners = append(owners, slices.Repeat([]int{i}, len(needs))...)
	}
	refused, err := Refused(simulator, asked)
	if err != nil {
		return nil, err
	}
	var out []review.Lack
	for i, why := range refused {
		if why == "" {
			continue
		}
		r := plan.ResourceChanges[owners[i]]
		if len(out) == 0 || out[len(out)-1].Address != r.Address {
			out = append(out, review.Lack{Address: r.Address})
		}
		last := &out[len(out)-1]
		if !slices.Contains(last.Rights, asked[i].Action) {
			last.Rights = append(last.Rights, asked[i].Action)
		}
	}
	return out, nil
}

type lacking struct {
	platform *inventory.Platform
	table    []Row
	stack    string
	plan     *review.Plan
}

// needs are what IAM is asked for when infra-role makes a change.
func (l lacking) needs(r review.ResourceChange) ([]Asked, error) {
	if !strings.HasPrefix(r.Type, "aws_") {
		return nil, nil
	}
	k, known := kinds[r.Type]
	if !known {
		return nil, fmt.Errorf("%s: package observed knows no call of the type %q", r.Address, r.Type)
	}
	before, _ := r.Change.Before.(map[string]any)
	after, _ := r.Change.After.(map[string]any)
	var calls []string
	switch r.Action() {
	case review.Create:
		calls = strings.Split(k.create, ", ")
	case review.Destroy:
		calls = strings.Split(k.delete, ", ")
	case review.Replace:
		calls = append(strings.Split(k.delete, ", "), strings.Split(k.create, ", ")...)
	case review.Update:
		for _, attribute := range review.Attributes(review.Differences(r.Change)) {
			own, has := k.by[attribute]
			if !has {
				own = k.update
			}
			calls = append(calls, strings.Split(own, ", ")...)
		}
	}
	slices.Sort(calls)
	var out []Asked
	for _, call := range slices.Compact(calls) {
		if call == "" {
			continue
		}
		values, tags := after, map[string]any{}
		if before != nil {
			values, tags = before, l.tagsOf(r.Type, before)
		}
		asked, err := l.ask(call, k, r, values, tags)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Address, err)
		}
		out = append(out, asked...)
	}
	return out, nil
}

// ask puts a call about a resource with the values given to infra-role. What
// else the call asks for is that of the recorded call of the most similar
// resource.
func (l lacking) ask(call string, k kind, r review.ResourceChange, values, tags map[string]any) ([]Asked, error) {
	service, operation, _ := strings.Cut(call, " ")
	about := l.about(k.arn, values)
	environment := l.environment(r)
	main := actionsOf(awsapi.Call{Service: service, Operation: operation})
	best := map[string]Row{}
	for _, row := range l.table {
		if row.Call != call || row.Role != config.InfraRole && row.Role != Administrator {
			continue
		}
		row = row.In(cmp.Or(environment, "none"))
		// Each kind of resource that an action is asked on, once.
		of := row.Action + " " + sort(row.Resource)
		if old, there := best[of]; !there || similar(row, about, environment) > similar(old, about, environment) {
			best[of] = row
		}
	}
	mainly := func(row Row) bool {
		return slices.ContainsFunc(main, func(a string) bool { return strings.EqualFold(a, row.Action) })
	}
	template := ""
	for _, row := range best {
		if mainly(row) && sort(row.Resource) == sort(about) {
			template = row.Resource
		}
	}
	if len(best) == 0 {
		for _, action := range main {
			best[action] = Row{Call: call, Need: Need{Action: action, Resource: cmp.Or(about, "*")}}
		}
		template = about
	}
	var out []Asked
	for _, of := range slices.Sorted(maps.Keys(best)) {
		row := best[of]
		row.Role = config.InfraRole
		context := map[string]any{}
		for key, value := range row.Context {
			context[key] = strings.ReplaceAll(value, "{id}", someID)
			if strings.Contains(value, "|") {
				context[key] = strings.Split(value, "|")
			}
		}
		if about != "" && row.Resource == template {
			row.Resource = about
			maps.Copy(context, tags)
			if boundary, ok := values["permissions_boundary"].(string); ok && operation == "CreateRole" && row.Action == "iam:CreateRole" {
				context["iam:PermissionsBoundary"] = boundary
			}
		}
		switch {
		case call == "kms CreateAlias" && strings.HasPrefix(row.Resource, "{key "):
			// It was made just now, and has no name yet.
			row.Resource = "arn:aws:kms:{region}:{account}:key/" + someID
		case strings.HasPrefix(row.Resource, "{key ") && !l.knows(row.Resource):
			// A key that these stacks do not make: IAM decides, by its tags and names.
			context["kms:ResourceAliases"] = []string{strings.TrimSuffix(strings.TrimPrefix(row.Resource, "{key "), "}")}
			row.Resource = "arn:aws:kms:{region}:{account}:key/" + someID
		case strings.HasPrefix(row.Resource, "{secret ") && !l.knows(row.Resource):
			row.Resource = "arn:aws:secretsmanager:{region}:{account}:secret:" + strings.TrimSuffix(strings.TrimPrefix(row.Resource, "{secret "), "}") + "-AbCdEf"
		}
		question := capability.Row{Does: call, Action: row.Action, On: strings.ReplaceAll(row.Resource, "{id}", someID), With: context}
		request, err := question.Request(l.platform, l.platform.Roles[config.InfraRole])
		if err != nil {
			return nil, err
		}
		out = append(out, Asked{row, request})
	}
	return out, nil
}

// knows says whether the stacks make the key or the secret of a placeholder.
func (l lacking) knows(placeholder string) bool {
	kind, name, _ := strings.Cut(strings.Trim(placeholder, "{}"), " ")
	_, err := l.platform.ARN(map[string]string{"key": "kms", "secret": "secretsmanager"}[kind], name)
	return err == nil
}

// sort is what kind of thing an ARN, or a placeholder for one, names.
func sort(resource string) string {
	if strings.HasPrefix(resource, "{") {
		word, _, _ := strings.Cut(strings.TrimPrefix(resource, "{"), " ")
		return word
	}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 {
		return resource
	}
	if parts[2] == "sns" { // its ARNs name no kind
		return "sns"
	}
	if parts[2] == "s3" {
		return fmt.Sprintf("s3, an object: %t", strings.Contains(parts[5], "/"))
	}
	return parts[2] + ":" + strings.FieldsFunc(parts[5]+"/", func(r rune) bool { return r == '/' || r == ':' })[0]
}

// similar is how much of two ARNs is the same, from both ends; a row of the
// environment counts more than any.
func similar(row Row, about, environment string) int {
	a, b := strings.TrimSuffix(row.Resource, "}"), strings.TrimSuffix(about, "}")
	if a == b {
		return 1 << 20
	}
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	m := 0
	for m < min(len(a), len(b))-n && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	if sort(row.Resource) != sort(about) && row.Role == config.InfraRole {
		// Nothing to compare: what the role itself was seen to do is nearest.
		n += 1 << 10
	}
	if environment != "" && strings.Contains(a, environment) {
		n += 1 << 10
	}
	return n + m
}

// environment is whose a change is; "" for none.
func (l lacking) environment(r review.ResourceChange) string {
	if l.stack != config.SharedStack {
		return l.stack
	}
	_, path, _ := strings.Cut(r.Address, ".setup_")
	name, _, _ := strings.Cut(path, "_")
	if _, rest, ok := strings.Cut(path, "deploy-role-"); ok {
		name, _, _ = strings.Cut(rest, "_")
	}
	if _, rest, ok := strings.Cut(path, "boundary_workload-"); ok {
		name, _, _ = strings.Cut(rest, "_")
	}
	if _, rest, ok := strings.Cut(path, "published_"); ok {
		name, _, _ = strings.Cut(rest, "-")
	}
	return name
}

// about is the resource of a call, with the values in a kind's pattern.
func (l lacking) about(pattern string, values map[string]any) string {
	if pattern == "{itsKey}" {
		for _, r := range l.plan.ResourceChanges {
			alias, _ := cmp.Or(r.Change.Before, r.Change.After).(map[string]any)
			if r.Type == "aws_kms_alias" && values["key_id"] != nil && alias["target_key_id"] == values["key_id"] {
				return fmt.Sprintf("{key %v}", alias["name"])
			}
		}
		return "arn:aws:kms:{region}:{account}:key/{id}"
	}
	out := pattern
	for attribute := range attributes(pattern) {
		value, _ := values[attribute].(string)
		if value == "" {
			return ""
		}
		out = strings.ReplaceAll(out, "<"+attribute+">", value)
	}
	if cluster, _ := values["cluster"].(string); strings.Contains(out, "{cluster}") {
		out = strings.ReplaceAll(out, "{cluster}", cmp.Or(lastPart(cluster, "/"), "paperwurks-"+l.stack))
	}
	out = strings.ReplaceAll(out, "{environment}", "paperwurks-"+l.stack)
	if name, ok := strings.CutPrefix(out, "{role "); ok {
		name = strings.TrimSuffix(name, "}")
		if known := l.platform.Roles[name]; known != nil {
			return known.ARN
		}
		return "arn:aws:iam::{account}:role/paperwurks/workload/" + name
	}
	return out
}

// attributes are those that a pattern names.
func attributes(pattern string) map[string]bool {
	out := map[string]bool{}
	for _, part := range strings.Split(pattern, "<")[1:] {
		name, _, _ := strings.Cut(part, ">")
		out[name] = true
	}
	return out
}

// tagsOf are a resource's tags as condition keys; a route has those of its table.
func (l lacking) tagsOf(kind string, before map[string]any) map[string]any {
	all, _ := before["tags_all"].(map[string]any)
	if table := before["route_table_id"]; table != nil {
		for _, r := range l.plan.ResourceChanges {
			other, _ := r.Change.Before.(map[string]any)
			if r.Type == "aws_route_table" && other["id"] == table {
				all, _ = other["tags_all"].(map[string]any)
			}
		}
	}
	out := map[string]any{}
	for key, value := range all {
		out["aws:ResourceTag/"+key] = value
	}
	return out
}
