package observed

import (
	"encoding/json"
	"slices"
	"strings"
)

// contextOf are the condition keys that the call sends with an action, of
// those that the platform's policies test.
func (r *request) contextOf(action string) map[string]string {
	out := map[string]string{}
	set := func(key, value string) {
		if value != "" {
			out[key] = r.known.stable(value)
		}
	}
	switch action {
	case "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction",
		"application-autoscaling:DeregisterScalableTarget", "application-autoscaling:PutScalingPolicy",
		"application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget":
		set("application-autoscaling:service-namespace", r.first("ServiceNamespace"))
	case "ec2:CreateTags":
		set("ec2:CreateAction", r.Operation)
	case "ecs:CreateService", "ecs:UpdateService", "ecs:RunTask":
		// Sent where the call says so.
		set("ecs:enable-execute-command", r.first("enableExecuteCommand"))
		if action != "ecs:RunTask" {
			set("ecs:task-definition", definitionOf(r))
			set("ecs:auto-assign-public-ip", map[string]string{"ENABLED": "true", "DISABLED": "false"}[r.first("networkConfiguration.awsvpcConfiguration.assignPublicIp")])
		} else {
			set("ecs:cluster", r.cluster())
		}
	case "ecs:ListTasks":
		set("ecs:cluster", r.cluster())
	case "ecs:TagResource":
		if r.Operation != "TagResource" {
			set("ecs:CreateAction", r.Operation)
		}
	case "elasticloadbalancing:AddTags":
		if r.Operation != "AddTags" {
			set("elasticloadbalancing:CreateAction", r.Operation)
		}
	case "elasticloadbalancing:CreateLoadBalancer":
		set("elasticloadbalancing:Scheme", r.first("Scheme"))
	case "events:PutRule":
		var pattern struct{ Source []string }
		if json.Unmarshal([]byte(r.first("EventPattern")), &pattern) == nil {
			set("events:source", strings.Join(pattern.Source, "|"))
		}
	case "events:PutTargets":
		set("events:TargetArn", strings.Join(r.all("Targets.Arn"), "|"))
	case "iam:CreateRole", "iam:PutRolePermissionsBoundary":
		set("iam:PermissionsBoundary", r.first("PermissionsBoundary"))
	case "iam:AttachRolePolicy", "iam:DetachRolePolicy":
		set("iam:PolicyARN", r.first("PolicyArn"))
	case "kms:CreateKey", "kms:TagResource":
		set("aws:RequestTag/project", r.tag("project"))
	case "logs:PutDeliveryDestination":
		// A bucket may be followed by a prefix.
		arn, _, _ := strings.Cut(r.first("deliveryDestinationConfiguration.destinationResourceArn"), "/")
		set("logs:DeliveryDestinationResourceArn", arn)
	case "rds:CreateDBInstance":
		set("rds:ManageMasterUserPassword", r.first("ManageMasterUserPassword"))
		set("rds:PubliclyAccessible", r.first("PubliclyAccessible"))
	case "rds:ModifyDBInstance":
		set("rds:ManageMasterUserPassword", r.first("ManageMasterUserPassword"))
	case "rds:AddTagsToResource", "rds:RemoveTagsFromResource":
		set("aws:TagKeys", strings.Join(r.tagKeys(), "|"))
	case "route53:ChangeResourceRecordSets":
		types := r.all("ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.ResourceRecordSet.Type")
		slices.Sort(types)
		set("route53:ChangeResourceRecordSetsRecordTypes", strings.Join(slices.Compact(types), "|"))
	case "secretsmanager:PutResourcePolicy":
		set("secretsmanager:BlockPublicPolicy", r.first("BlockPublicPolicy"))
	case "secretsmanager:DeleteSecret":
		set("secretsmanager:ForceDeleteWithoutRecovery", r.first("ForceDeleteWithoutRecovery"))
	case "sns:Subscribe":
		set("sns:Protocol", r.first("Protocol"))
	case "wafv2:PutLoggingConfiguration":
		set("wafv2:LogDestinationResource", r.first("LoggingConfiguration.LogDestinationConfigs.1"))
	}
	return out
}

func (r *request) cluster() string {
	name := r.first("cluster")
	return r.arn("ecs", "cluster/"+name[strings.LastIndexByte(name, '/')+1:])
}

// definitionOf is the ARN of the task definition that a service gets; "" where
// the call leaves it as it is.
func definitionOf(r *request) string {
	name := r.first("taskDefinition")
	if name == "" {
		return ""
	}
	family, _, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	return r.arn("ecs", "task-definition/"+family+":{id}")
}

// tag is the value of a tag that the call sets.
func (r *request) tag(key string) string {
	for parameter, value := range r.Parameters {
		if value == key && tagParameter.MatchString(parameter) {
			of := parameter[:strings.LastIndexByte(parameter, '.')+1]
			return r.first(of+"Value", of+"value", of+"TagValue")
		}
	}
	return ""
}

// tagKeys are the keys of the tags that the call sets or takes away.
func (r *request) tagKeys() []string {
	var out []string
	for parameter, value := range r.Parameters {
		if tagParameter.MatchString(parameter) || strings.HasPrefix(parameter, "TagKeys.") {
			out = append(out, value)
		}
	}
	slices.Sort(out)
	return out
}
