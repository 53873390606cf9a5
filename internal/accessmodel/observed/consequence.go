package observed

import (
	"slices"
	"strings"
)

// consequences are what AWS asks of the caller beyond the action itself: roles
// that are passed, service-linked roles that are made when there is none yet,
// and what a service does in the caller's name. Each is listed with where AWS
// says so.
func (r *request) consequences() []Need {
	switch prefix(r.Service) + " " + r.Operation {
	case "application-autoscaling PutScalingPolicy":
		return r.probes()
	case "application-autoscaling RegisterScalableTarget":
		return append(r.probes(), linkedRole("ecs.application-autoscaling.amazonaws.com"))
	case "chatbot CreateSlackChannelConfiguration", "chatbot UpdateSlackChannelConfiguration":
		// Service authorization reference, "Actions, resources, and condition keys for AWS
		// Chatbot"; administrator guide, "Enabling the service-linked role".
		return append(r.pass("chatbot.amazonaws.com", "IamRoleArn"), linkedRole("management.chatbot.amazonaws.com"))
	case "cloudfront CreateVpcOrigin":
		return []Need{linkedRole("vpcorigin.cloudfront.amazonaws.com")}
	case "cloudfront CreateDistributionWithTags", "cloudfront UpdateDistribution":
		// AWS WAF developer guide: a distribution's web ACL is set with
		// CloudFront's own action, by who may read the web ACL.
		return r.each("wafv2:GetWebACL", "DistributionConfigWithTags.DistributionConfig.WebACLId", "DistributionConfig.WebACLId")
	case "ec2 CreateFlowLogs":
		return r.pass("vpc-flow-logs.amazonaws.com", "DeliverLogsPermissionArn")
	case "ecr CreateRepository":
		// Amazon ECR user guide, "Encryption at rest": required IAM
		// permissions.
		return r.through("ecr", r.first("encryptionConfiguration.kmsKey"), "kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey")
	case "ecr DeleteRepository":
		return r.through("ecr", r.known.repositoryKeys[r.first("repositoryName")], "kms:RetireGrant")
	case "ecs CreateCluster":
		return []Need{linkedRole("ecs.amazonaws.com")}
	case "ecs RegisterTaskDefinition":
		return r.pass("ecs-tasks.amazonaws.com", "taskRoleArn", "executionRoleArn")
	case "ecs RunTask":
		return r.passTaskRoles()
	case "scheduler CreateSchedule", "scheduler UpdateSchedule":
		return r.pass("scheduler.amazonaws.com", "Target.RoleArn")
	case "elasticloadbalancing CreateLoadBalancer":
		return []Need{linkedRole("elasticloadbalancing.amazonaws.com")}
	case "logs PutDeliverySource":
		// CloudWatch Logs user guide, "Enable logging from AWS services":
		// the service itself must allow it.
		return r.each("cloudfront:AllowVendedLogDeliveryForResource", "resourceArn")
	case "logs CreateDelivery":
		// The same page: with the delivery, the bucket's policy is completed in
		// the caller's name.
		bucket := r.known.deliveryBuckets[lastPart(r.first("deliveryDestinationArn"), ":")]
		if bucket == "" {
			return nil
		}
		bucket = r.known.stable(bucket)
		return []Need{{"s3:GetBucketPolicy", bucket, nil}, {"s3:PutBucketPolicy", bucket, nil}}
	case "rds CreateDBInstance":
		out := []Need{linkedRole("rds.amazonaws.com")}
		out = append(out, r.pass("monitoring.rds.amazonaws.com", "MonitoringRoleArn")...)
		for _, key := range []string{r.first("KmsKeyId"), r.first("PerformanceInsightsKMSKeyId")} {
			// Amazon RDS user guide, "Encrypting Amazon RDS resources".
			out = append(out, r.through("rds", key, "kms:CreateGrant", "kms:DescribeKey")...)
		}
		return append(out, r.masterSecret()...)
	case "rds ModifyDBInstance":
		return append(r.pass("monitoring.rds.amazonaws.com", "MonitoringRoleArn"), r.masterSecret()...)
	case "rds RestoreDBInstanceToPointInTime":
		// The copy is encrypted with the key of what it is a copy of.
		key := r.known.databaseKeys[r.first("SourceDBInstanceIdentifier")]
		out := append(r.pass("monitoring.rds.amazonaws.com", "MonitoringRoleArn"), r.through("rds", key, "kms:CreateGrant", "kms:DescribeKey")...)
		return append(out, r.masterSecret()...)
	case "s3 GetObject":
		return r.objectKey("kms:Decrypt")
	case "s3 PutObject":
		return r.objectKey("kms:GenerateDataKey")
	case "secretsmanager CreateSecret":
		// AWS Secrets Manager user guide, "Secret encryption and decryption":
		// the proof that the caller may use the key.
		out := r.through("secretsmanager", r.first("KmsKeyId"), "kms:GenerateDataKey", "kms:Decrypt")
		for i := range out {
			out[i].Context["kms:EncryptionContext:SecretVersionId"] = keyProof
		}
		return out
	case "secretsmanager GetSecretValue":
		return r.ofSecret("kms:Decrypt")
	case "secretsmanager PutSecretValue":
		// The same page: a version that is there already is compared.
		return r.ofSecret("kms:GenerateDataKey", "kms:Decrypt")
	case "sns Publish":
		// Amazon SNS developer guide, "Managing Amazon SNS encryption keys and costs"; the
		// encryption context is the topic.
		topic := r.first("TopicArn")
		out := r.through("sns", r.known.topicKeys[topic], "kms:GenerateDataKey", "kms:Decrypt")
		for i := range out {
			out[i].Context["kms:EncryptionContext:aws:sns:topicArn"] = r.known.stable(topic)
		}
		return out
	case "wafv2 DeleteLoggingConfiguration":
		return []Need{{"logs:DeleteLogDelivery", "*", nil}}
	case "wafv2 PutLoggingConfiguration":
		// AWS WAF developer guide, "Logging web ACL traffic": permissions for
		// CloudWatch Logs.
		return []Need{
			linkedRole("wafv2.amazonaws.com"),
			{"logs:CreateLogDelivery", "*", nil}, {"logs:DeleteLogDelivery", "*", nil}, {"logs:PutResourcePolicy", "*", nil},
			{"logs:DescribeResourcePolicies", "*", nil},
		}
	case "wafv2 AssociateWebACL", "wafv2 DisassociateWebACL":
		// AWS WAF developer guide, "Actions that require additional
		// permissions settings".
		return []Need{{"elasticloadbalancing:SetWebAcl", "*", nil}}
	}
	return nil
}

// keyProof is the version in the encryption context of the proof that whoever
// sets the key of a secret may use it.
const keyProof = "RequestToValidateKeyAccess"

// probes are what Application Auto Scaling tries in the caller's name before it
// takes a target or a policy: the alarms that it will make, which have no name
// yet, and the change of the service (Application Auto Scaling user guide,
// "Permissions validation for Application Auto Scaling API calls on target
// resources"; terraform-provider-aws #46385 shows the ARN with an empty name).
// How it tries ecs:UpdateService AWS does not say: asked here of the service.
func (r *request) probes() []Need {
	alarm := r.arn("cloudwatch", "alarm:")
	out := []Need{{"cloudwatch:DeleteAlarms", alarm, nil}, {"cloudwatch:DescribeAlarms", alarm, nil}, {"cloudwatch:PutMetricAlarm", alarm, nil}}
	if service := r.first("ResourceId"); strings.HasPrefix(service, "service/") {
		arn := r.arn("ecs", service)
		out = append(out, Need{"ecs:DescribeServices", arn, nil}, Need{"ecs:UpdateService", arn, nil})
	}
	return out
}

// ofSecret is the use of a secret's key in the caller's name, for a value.
func (r *request) ofSecret(actions ...string) []Need {
	secret := r.known.secret(r.first("SecretId"))
	out := r.through("secretsmanager", r.known.secretKeys[secret], actions...)
	for i := range out {
		out[i].Context["kms:EncryptionContext:SecretARN"] = secret
	}
	return out
}

// linkedRoles are the service-linked roles by the service's name.
var linkedRoles = map[string]string{
	"ecs.amazonaws.com":                         "AWSServiceRoleForECS",
	"ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
	"elasticloadbalancing.amazonaws.com":        "AWSServiceRoleForElasticLoadBalancing",
	"management.chatbot.amazonaws.com":          "AWSServiceRoleForAWSChatbot",
	"rds.amazonaws.com":                         "AWSServiceRoleForRDS",
	"vpcorigin.cloudfront.amazonaws.com":        "AWSServiceRoleForCloudFrontVPCOrigin",
	"wafv2.amazonaws.com":                       "AWSServiceRoleForWAFV2Logging",
}

// linkedRole is what the first of its kind in an account needs.
func linkedRole(service string) Need {
	return Need{
		"iam:CreateServiceLinkedRole", "arn:aws:iam::{account}:role/aws-service-role/" + service + "/" + linkedRoles[service],
		map[string]string{"iam:AWSServiceName": service},
	}
}

// pass is the passing of the roles in the parameters to a service.
func (r *request) pass(service string, parameters ...string) []Need {
	var out []Need
	for _, parameter := range parameters {
		if role := r.first(parameter); role != "" {
			out = append(out, Need{"iam:PassRole", r.known.stable(role), map[string]string{"iam:PassedToService": service}})
		}
	}
	return out
}

// passTaskRoles is the passing of the roles of the task definition that a task
// is run from, as the role that runs it registered it.
func (r *request) passTaskRoles() []Need {
	name := r.first("taskDefinition")
	family, _, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	var out []Need
	for _, of := range []string{"deploy-role", "infra-role"} {
		for key, roles := range r.known.taskRoles {
			if strings.HasPrefix(key, of) && strings.HasSuffix(key, " "+family) {
				for _, role := range roles {
					out = append(out, Need{"iam:PassRole", r.known.stable(role), map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
				}
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// each is an action on every ARN of the parameters.
func (r *request) each(action string, parameters ...string) []Need {
	var out []Need
	for _, parameter := range parameters {
		if value := r.first(parameter); strings.HasPrefix(value, "arn:") {
			out = append(out, Need{action, r.known.stable(value), nil})
		}
	}
	return out
}

// through is the use of a KMS key by a service in the caller's name; none
// where no key of one's own is given.
func (r *request) through(service, key string, actions ...string) []Need {
	if key == "" {
		return nil
	}
	var out []Need
	for _, action := range actions {
		context := map[string]string{}
		if action != "kms:DescribeKey" {
			context["kms:ViaService"] = service + ".{region}.amazonaws.com"
		}
		if action == "kms:CreateGrant" {
			context["kms:GrantIsForAWSResource"] = "true"
		}
		out = append(out, Need{action, r.known.key(key), context})
	}
	return out
}

// masterSecret is what RDS does for a master password that it keeps in Secrets
// Manager (Amazon RDS user guide, "Permissions required for Secrets Manager
// integration").
func (r *request) masterSecret() []Need {
	if r.first("ManageMasterUserPassword") != "true" {
		return nil
	}
	secret := r.arn("secretsmanager", "secret:rds!db-{id}")
	out := []Need{{"secretsmanager:CreateSecret", secret, nil}, {"secretsmanager:TagResource", secret, nil}}
	if key := r.first("MasterUserSecretKmsKeyId"); key != "" {
		uses := r.through("secretsmanager", key, "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
		for i, use := range uses {
			if slices.Contains([]string{"kms:Decrypt", "kms:GenerateDataKey"}, use.Action) {
				uses[i].Context["kms:EncryptionContext:SecretARN"] = secret
			}
			if use.Action == "kms:Decrypt" {
				uses[i].Context["kms:EncryptionContext:SecretVersionId"] = keyProof
			}
		}
		out = append(out, uses...)
	}
	return out
}

// objectKey is the use of the key that the object's bucket encrypts with
// (Amazon S3 user guide, "Using server-side encryption with AWS KMS keys").
func (r *request) objectKey(action string) []Need {
	return r.through("s3", r.known.bucketKeys[r.first("Bucket")], action)
}
