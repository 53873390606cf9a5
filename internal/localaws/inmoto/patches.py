"""What moto forgets, remembered where moto keeps the thing itself.

README.md lists the patches.
"""

import hashlib
import json
import secrets
import uuid
from datetime import datetime, timezone

from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.budgets.responses import BudgetsResponse
from moto.ce.responses import CostExplorerResponse
from moto.cloudtrail.models import Trail
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.ecr.exceptions import ScanNotFoundException
from moto.ecr.models import ECRBackend, Image
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.flow_logs import FlowLogs
from moto.guardduty.models import Detector
from moto.iam.access_control import PermissionResult
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse
from moto.rds.exceptions import DBParameterGroupNotFoundError, RDSClientError
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse
from moto.route53.exceptions import ResourceRecordAlreadyExists
from moto.route53.models import HostedZoneIdentifier, Route53Backend
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response
from moto.sns.responses import SNSResponse
from moto.wafv2 import models as wafv2

import account
from patch import patch
from wire import current


@patch("acm", "RequestCertificate", "moto forgets the kind of key of a certificate", AWSCertificateManagerResponse, "request_certificate")
def request_certificate(original, self):
    result = original(self)
    self.acm_backend.get_certificate(result.result["CertificateArn"]).key_algorithm = self._get_param("KeyAlgorithm")
    return result


@patch("acm", "DescribeCertificate", "moto forgets the kind of key of a certificate", CertBundle, "describe")
def describe_certificate(original, self):
    out = original(self)
    if algorithm := getattr(self, "key_algorithm", None):
        out["Certificate"]["KeyAlgorithm"] = algorithm
    return out


@patch("application-autoscaling", "RegisterScalableTarget", "moto keeps no tags of scalable targets", ApplicationAutoScalingResponse, "register_scalable_target")
def register_scalable_target(original, self):
    out = original(self)
    target = scalable_target(self, json.loads(out)["ScalableTargetARN"])
    # A target that is registered again, to change its bounds, keeps its tags.
    target.tags = {**getattr(target, "tags", {}), **(self._get_param("Tags") or {})}
    return out


@patch("application-autoscaling", "ListTagsForResource", "moto keeps no tags of scalable targets", ApplicationAutoScalingResponse, "list_tags_for_resource")
def list_scalable_target_tags(_, self):
    return json.dumps({"Tags": getattr(scalable_target(self, self._get_param("ResourceARN")), "tags", {})})


@patch("application-autoscaling", "TagResource", "moto keeps no tags of scalable targets", ApplicationAutoScalingResponse, "tag_resource")
def tag_scalable_target(_, self):
    scalable_target(self, self._get_param("ResourceARN")).tags.update(self._get_param("Tags"))
    return "{}"


@patch("application-autoscaling", "UntagResource", "moto keeps no tags of scalable targets", ApplicationAutoScalingResponse, "untag_resource")
def untag_scalable_target(_, self):
    for key in self._get_param("TagKeys"):
        scalable_target(self, self._get_param("ResourceARN")).tags.pop(key, None)
    return "{}"


def scalable_target(self, arn):
    targets = self.applicationautoscaling_backend.targets.values()
    return next((t for by_id in targets for t in by_id.values() if t.arn == arn), None)


@patch("cloudtrail", "DescribeTrails, GetTrail", "moto says of each trail that it has no selectors of its own, so that nobody reads them back", Trail, "description")
def describe_trail(original, self, *args, **kwargs):
    ordinary = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    kept = [{k: v for k, v in selector.items() if v} for selector in self.event_selectors]
    return original(self, *args, **kwargs) | {"HasCustomEventSelectors": bool(self.advanced_event_selectors) or kept not in ([], ordinary)}


@patch("cloudtrail", "PutEventSelectors", "moto keeps advanced selectors when a trail gets others", Trail, "put_event_selectors")
def put_event_selectors(original, self, event_selectors, advanced_event_selectors):
    if event_selectors:
        self.advanced_event_selectors = []
    return original(self, event_selectors, advanced_event_selectors)


@patch("ec2", "CreateFlowLogs, DescribeFlowLogs", "moto forgets the destination options of a flow log", FlowLogs, "create_flow_logs")
def create_flow_logs(original, self):
    result = original(self)
    for name in result.result["FlowLogIds"]:
        self.ec2_backend.flow_logs[name].destination_options = self._get_param("DestinationOptions")
    return result


@patch("ec2", "DeleteNatGateway", "moto leaves the network interface and the address of a NAT gateway that is deleted in use", NatGatewayBackend, "delete_nat_gateway")
def delete_nat_gateway(original, self, name):
    gateway = original(self, name)
    self.enis.pop(gateway._eni.id, None)
    for address in self.addresses:
        if address.eni and address.eni.id == gateway._eni.id:
            self.disassociate_address(association_id=address.association_id)
    return gateway


@patch("ec2", "ModifyVpcEndpoint", "moto makes no route in a route table that a gateway endpoint gets later, and leaves the one of a table taken away", VPCBackend, "modify_vpc_endpoint")
def modify_vpc_endpoint(original, self, vpc_id, **changes):
    endpoint = self.describe_vpc_endpoints([vpc_id])[0]
    before = set(endpoint.route_table_ids or [])
    original(self, vpc_id, **changes)
    after, prefix_list = set(endpoint.route_table_ids or []), endpoint.destination_prefix_list_id
    for table in after - before:
        self.create_route(table, None, gateway_id=vpc_id, destination_prefix_list_id=prefix_list)
    for table in before - after:
        self.delete_route(table, prefix_list)


@patch("ec2", "AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress, DescribeSecurityGroupRules", "moto forgets the description of a rule that names a prefix list or another group", SecurityGroupRule, "__init__")
def security_group_rule(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    named = list(args[6:8]) + [kwargs.get("source_group"), kwargs.get("prefix_list_id")]
    self.named_description = next((n["Description"] for n in named if n and "Description" in n), None)


SecurityGroupRule.description = property(lambda self: self.ip_range.get("Description") or self.named_description)


@patch("ecs", "CreateService", "moto forgets whether ECS Exec is on, which a later task definition depends on", EC2ContainerServiceBackend, "create_service")
def create_ecs_service(original, self, *args, **kwargs):
    service = original(self, *args, **kwargs)
    service.exec_on = current.get().input.get("enableExecuteCommand")
    return service


@patch("ecs", "UpdateService", "moto forgets whether ECS Exec is on, and a load balancer's new port; a later task definition depends on both", EC2ContainerServiceBackend, "update_service")
def update_ecs_service(original, self, *args, **kwargs):
    service = original(self, *args, **kwargs)
    on = current.get().input.get("enableExecuteCommand")
    service.exec_on = getattr(service, "exec_on", False) if on is None else on
    if (balancers := current.get().input.get("loadBalancers")) is not None:
        service.load_balancers = balancers
    return service


@patch("guardduty", "UpdateDetector", "moto takes the features that are given for all there are; AWS changes these alone", Detector, "update")
def update_detector(original, self, enable, frequency, sources, features):
    merged = {f["name"]: f for f in self.features} | {f["name"]: f for f in features or []}
    original(self, enable, frequency, sources, list(merged.values()))


@patch("iam", "UpdateRole", "moto takes the description away from a role whose session duration is changed, and the other way round", IamResponse, "update_role")
def update_role(_, self):
    role = self.backend.get_role(self._get_param("RoleName"))
    self.backend.update_role(role.name, self._get_param("Description", role.description), self._get_param("MaxSessionDuration", role.max_session_duration))
    return EmptyResult()


@patch("kms", "EnableKeyRotation", "moto forgets how often a key is rotated", KmsResponse, "enable_key_rotation")
def enable_key_rotation(original, self):
    out = original(self)
    key = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))]
    key.rotation_days = self._get_param("RotationPeriodInDays") or 365
    return out


@patch("kms", "GetKeyRotationStatus", "moto forgets how often a key is rotated", KmsResponse, "get_key_rotation_status")
def get_key_rotation_status(original, self):
    out = json.loads(original(self))
    if out["KeyRotationEnabled"]:
        out["RotationPeriodInDays"] = self.kms_backend.keys[self.kms_backend.get_key_id(self._get_param("KeyId"))].rotation_days
    return json.dumps(out)


@patch("logs", "CreateLogGroup", "moto forgets the class of a log group", LogsResponse, "create_log_group")
def create_log_group(original, self):
    out = original(self)
    self.logs_backend.groups[self._get_param("logGroupName")].log_group_class = self._get_param("logGroupClass")
    return out


@patch("logs", "DescribeLogGroups", "moto forgets the class of a log group", LogGroup, "to_describe_dict")
def describe_log_group(original, self):
    return original(self) | {"logGroupClass": getattr(self, "log_group_class", None) or "STANDARD"}


@patch("ecr", "DescribeImageScanFindings", "moto scans no image when it is pushed; here each scan has ended and found nothing", ECRBackend, "describe_image_scan_findings")
def describe_image_scan_findings(_, self, registry_id, repository_name, image_id):
    """An index, which ECR cannot scan, has no scan (moby/buildkit #3499, ecr-scan-image #43)."""
    image = self._get_repository(repository_name, registry_id)._get_image(image_id.get("imageTag"), image_id.get("imageDigest"))
    if "manifests" in json.loads(image.image_manifest):
        raise ScanNotFoundException(str(image_id), repository_name, self.account_id)
    return {
        "registryId": self.account_id,
        "repositoryName": repository_name,
        "imageId": {"imageDigest": image.get_image_digest()} | image_id,
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed successfully."},
        "imageScanFindings": {"findings": [], "findingSeverityCounts": {}, "imageScanCompletedAt": datetime.now(timezone.utc)},
    }


# What an instance is told of Performance Insights, by the names that it answers with.
INSIGHTS = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
    "database_insights_mode": "database_insights_mode",
}


def keep_insights(instance, settings):
    for written, answered in INSIGHTS.items():
        for name in (answered, written):  # a restored instance takes over what the other one answers
            if settings.get(name) is not None:
                setattr(instance, answered, settings[name])


@patch("ecr", "PutImage", "moto makes an image's digest of its layers or by chance, and ECR of its manifest", Image, "_create_digest")
def digest(original, self):
    self._image_digest = "sha256:" + hashlib.sha256(self.image_manifest.encode()).hexdigest()


@patch("rds", "CreateDBInstance, RestoreDBInstanceToPointInTime, RestoreDBInstanceFromDBSnapshot", "moto forgets the settings of Performance Insights, gives all instances one resource id, by which the provider finds them, and a restored one a master secret, which RDS makes when it is asked to, and calls it a read replica of the one it is restored from", DBInstance, "__init__")
def db_instance(original, self, *args, **kwargs):
    if "master_user_secret" in kwargs:  # of the instance that it is restored from
        kwargs["manage_master_user_password"] = False
    kwargs.pop("source_db_instance_identifier", None)  # a read replica has it, and those are made by another method
    original(self, *args, **kwargs)
    self.dbi_resource_id = "db-" + secrets.token_hex(13).upper()
    keep_insights(self, kwargs)


@patch("rds", "DescribePendingMaintenanceActions", "moto has no maintenance; none is ever pending", RDSResponse, "describe_pending_maintenance_actions")
def describe_pending_maintenance_actions(_, self):
    return ActionResult({"PendingMaintenanceActions": []})


@patch("rds", "DescribeDBInstanceAutomatedBackups", "moto has no copies of automated backups in another region", RDSResponse, "describe_db_instance_automated_backups")
def describe_automated_backups(original, self):
    asked = {k: self.params.get(k) for k in ("DBInstanceAutomatedBackupsArn", "DBInstanceIdentifier", "DbiResourceId")}
    own = [] if asked["DBInstanceAutomatedBackupsArn"] else list(original(self).result["DBInstanceAutomatedBackups"])
    copies = account.copies_in(self.region, **asked)
    if asked["DBInstanceAutomatedBackupsArn"] and not copies:
        raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"{asked['DBInstanceAutomatedBackupsArn']} not found.")
    return ActionResult({"DBInstanceAutomatedBackups": own + copies})


@patch("rds", "ModifyDBSubnetGroup", "moto loses a subnet group that is modified", RDSBackend, "modify_db_subnet_group")
def modify_db_subnet_group(original, self, *args, **kwargs):
    group = original(self, *args, **kwargs)
    self.subnet_groups[group.name] = group
    return group


@patch("rds", "ModifyDBInstance", "moto forgets the settings of Performance Insights, and makes another master secret for an instance that has one", DBInstance, "update")
def modify_db_instance(original, self, manage_master_user_password=None, **kwargs):
    if manage_master_user_password and hasattr(self, "master_user_secret"):
        manage_master_user_password = None  # it has one
    original(self, manage_master_user_password=manage_master_user_password, **kwargs)
    keep_insights(self, kwargs)


@patch("rds", "DescribeDBParameters", "moto does not tell who set a parameter, which the provider asks for", RDSResponse, "describe_db_parameters")
def describe_db_parameters(original, self):
    source = self.params.get("Source")
    parameters = [{"Source": "user"} | p for p in original(self).result["Parameters"]]
    return ActionResult({"Parameters": [p for p in parameters if source in (None, p["Source"])]})


@patch("rds", "ResetDBParameterGroup", "moto cannot reset a parameter", RDSResponse, "reset_db_parameter_group")
def reset_db_parameter_group(_, self):
    name = self.params["DBParameterGroupName"]
    group = self.backend.db_parameter_groups.get(name)
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    named = [p["ParameterName"] for p in self.params.get("Parameters", [])]
    for parameter in list(group.parameters) if self.params.get("ResetAllParameters") else named:
        group.parameters.pop(parameter, None)
    return ActionResult({"DBParameterGroupName": name})


@patch("route53", "CreateHostedZone", "moto's ids of hosted zones do not begin with Z", HostedZoneIdentifier, "generate")
def hosted_zone_id(original, self, *args, **kwargs):
    return "Z" + original(self, *args, **kwargs)[1:]


@patch("route53", "ChangeResourceRecordSets", "moto refuses to create a record again that was deleted", Route53Backend, "change_resource_record_sets")
def change_resource_record_sets(original, self, zone, changes):
    """moto takes the journal of all changes for what is there: so it is asked to overwrite what is not."""
    for change in changes:
        record = change["ResourceRecordSet"]
        if change["Action"] != "CREATE" or "SetIdentifier" in record:
            continue
        name = record["Name"].removesuffix(".") + "."
        if any(r.name.lower() == name.lower() and r.type == record["Type"] for r in self.get_hosted_zone(zone).rrsets):
            raise ResourceRecordAlreadyExists(name=name, _type=record["Type"])
        change["Action"] = "UPSERT"
    return original(self, zone, changes)


@patch("s3", "DeleteObject, DeleteObjects", "moto cannot delete one version of a bucket whose versioning is suspended", S3Backend, "delete_object")
def delete_object(original, self, bucket_name, key_name, version_id=None, bypass=False):
    bucket = self.get_bucket(bucket_name)
    status = bucket.versioning_status
    if version_id is not None and status == "Suspended":
        bucket.versioning_status = "Enabled"
    try:
        return original(self, bucket_name, key_name, version_id=version_id, bypass=bypass)
    finally:
        bucket.versioning_status = status


@patch("s3", "PutBucketPolicy", "moto applies a bucket's denials without their conditions, and so keeps everybody out", FakeBucket, "get_permission")
def get_permission(*_):
    return PermissionResult.NEUTRAL


@patch("s3", "PutBucketLifecycleConfiguration", "moto forgets parts of lifecycle rules, such as the number of versions and the object sizes", FakeBucket, "set_lifecycle")
def set_lifecycle(original, self, rules):
    original(self, rules)
    written = current.get().input
    minimum = written.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
    self.lifecycle_written = written["LifecycleConfiguration"] | {"TransitionDefaultMinimumObjectSize": minimum}


@patch("s3", "GetBucketLifecycleConfiguration", "moto forgets parts of lifecycle rules, such as the number of versions and the object sizes", S3Response, "get_bucket_lifecycle")
def get_bucket_lifecycle(original, self):
    original(self)
    return self.serialized(ActionResult(self.backend.get_bucket(self.bucket_name).lifecycle_written))


@patch("s3", "PutBucketReplication", "moto forgets most of a replication rule, such as the key of the copies", S3Backend, "put_bucket_replication")
def put_bucket_replication(original, self, bucket_name, replication):
    original(self, bucket_name, replication)
    self.get_bucket(bucket_name).replication_written = current.get().input["ReplicationConfiguration"]


@patch("s3", "GetBucketReplication", "moto forgets most of a replication rule, such as the key of the copies", S3Response, "get_bucket_replication")
def get_bucket_replication(original, self):
    original(self)
    return self.serialized(ActionResult({"ReplicationConfiguration": self.backend.get_bucket(self.bucket_name).replication_written}))


@patch("s3", "PutBucketLogging", "moto forgets the format of the log's object keys", FakeBucket, "set_logging")
def set_logging(original, self, config, backend):
    original(self, config, backend)
    self.logging_written = current.get().input["BucketLoggingStatus"]


@patch("s3", "GetBucketLogging", "moto forgets the format of the log's object keys", S3Response, "get_bucket_logging")
def get_bucket_logging(original, self):
    out = original(self)
    written = getattr(self.backend.get_bucket(self.bucket_name), "logging_written", None)
    return self.serialized(ActionResult(written)) if written else out


def budget(self):
    named = self._get_param("BudgetName") or self._get_param("NewBudget", {}).get("BudgetName")
    self.backend.describe_budget(self._get_param("AccountId"), named)  # or NotFoundException
    return self.backend.budgets[self._get_param("AccountId")][named]


def tagged_budget(self):
    """The tags of the budget that an ARN names."""
    of = self.backend.budgets[self.current_account][self._get_param("ResourceARN").rpartition("budget/")[2]]
    if not hasattr(of, "tags"):
        of.tags = {}
    return of.tags


@patch("budgets", "CreateBudget", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "create_budget")
def create_budget(original, self):
    result = original(self)
    name = self._get_param("Budget")["BudgetName"]
    self.backend.budgets[self._get_param("AccountId")][name].tags = {t["Key"]: t["Value"] for t in self._get_param("ResourceTags") or []}
    return result


@patch("budgets", "UpdateBudget", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "update_budget")
def update_budget(_, self):
    of = budget(self)
    of.budget = {"TimePeriod": of.budget["TimePeriod"], **self._get_param("NewBudget")}
    return "{}"


@patch("budgets", "DescribeSubscribersForNotification", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "describe_subscribers_for_notification")
def describe_subscribers(_, self):
    of, wanted = budget(self), self._get_param("Notification")
    same = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
    found = (n.subscribers for n in of.notifications if all(n.details.get(k) == wanted.get(k) for k in same))
    return json.dumps({"Subscribers": next(found, [])})


@patch("budgets", "ListTagsForResource", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "list_tags_for_resource")
def list_budget_tags(_, self):
    return json.dumps({"ResourceTags": [{"Key": k, "Value": v} for k, v in tagged_budget(self).items()]})


@patch("budgets", "TagResource", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "tag_resource")
def tag_budget(_, self):
    tagged_budget(self).update({t["Key"]: t["Value"] for t in self._get_param("ResourceTags")})
    return "{}"


@patch("budgets", "UntagResource", "moto cannot change a budget, keeps none of its tags and does not tell a notification's subscribers", BudgetsResponse, "untag_resource")
def untag_budget(_, self):
    for key in self._get_param("ResourceTagKeys"):
        tagged_budget(self).pop(key, None)
    return "{}"


# Monitors and subscriptions of Cost Anomaly Detection are alike but for their names.


def anomalies(self, kind):
    """Monitors or subscriptions, by ARN."""
    return self.ce_backend.__dict__.setdefault("anomaly_" + kind, {})


def create_anomaly(self, kind, member):
    params, arn = json.loads(self.body), f"arn:aws:ce::{self.current_account}:anomaly{kind}/{uuid.uuid4()}"
    anomalies(self, kind)[arn] = {**params["Anomaly" + member], member + "Arn": arn}
    self.ce_backend.tagger.tag_resource(arn, params.get("ResourceTags") or [])
    return json.dumps({member + "Arn": arn})


def get_anomalies(self, kind, member):
    wanted, found = json.loads(self.body).get(member + "ArnList"), anomalies(self, kind)
    for arn in wanted or []:
        if arn not in found:
            raise JsonRESTError(f"Unknown{member}Exception", f"Cannot find the {kind} specified in the request")
    return json.dumps({f"Anomaly{member}s": [found[arn] for arn in wanted or found]})


def update_anomaly(self, kind, member):
    params = json.loads(self.body)
    anomalies(self, kind)[params[member + "Arn"]].update(params)
    return json.dumps({member + "Arn": params[member + "Arn"]})


def delete_anomaly(self, kind, member):
    anomalies(self, kind).pop(json.loads(self.body)[member + "Arn"], None)
    return "{}"


@patch("ce", "CreateAnomalyMonitor", "moto has no Cost Anomaly Detection", CostExplorerResponse, "create_anomaly_monitor")
def create_monitor(_, self):
    return create_anomaly(self, "monitor", "Monitor")


@patch("ce", "GetAnomalyMonitors", "moto has no Cost Anomaly Detection", CostExplorerResponse, "get_anomaly_monitors")
def get_monitors(_, self):
    return get_anomalies(self, "monitor", "Monitor")


@patch("ce", "UpdateAnomalyMonitor", "moto has no Cost Anomaly Detection", CostExplorerResponse, "update_anomaly_monitor")
def update_monitor(_, self):
    return update_anomaly(self, "monitor", "Monitor")


@patch("ce", "DeleteAnomalyMonitor", "moto has no Cost Anomaly Detection", CostExplorerResponse, "delete_anomaly_monitor")
def delete_monitor(_, self):
    return delete_anomaly(self, "monitor", "Monitor")


@patch("ce", "CreateAnomalySubscription", "moto has no Cost Anomaly Detection", CostExplorerResponse, "create_anomaly_subscription")
def create_subscription(_, self):
    return create_anomaly(self, "subscription", "Subscription")


@patch("ce", "GetAnomalySubscriptions", "moto has no Cost Anomaly Detection", CostExplorerResponse, "get_anomaly_subscriptions")
def get_subscriptions(_, self):
    return get_anomalies(self, "subscription", "Subscription")


@patch("ce", "UpdateAnomalySubscription", "moto has no Cost Anomaly Detection", CostExplorerResponse, "update_anomaly_subscription")
def update_subscription(_, self):
    return update_anomaly(self, "subscription", "Subscription")


@patch("ce", "DeleteAnomalySubscription", "moto has no Cost Anomaly Detection", CostExplorerResponse, "delete_anomaly_subscription")
def delete_subscription(_, self):
    return delete_anomaly(self, "subscription", "Subscription")


# --- SNS ---


@patch("sns", "GetTopicAttributes", "moto counts no subscribers; here nobody gets a mail, and each has confirmed", SNSResponse, "get_topic_attributes")
def get_topic_attributes(original, self):
    result = original(self)
    attributes = result.result["Attributes"]
    arn = attributes["TopicArn"]
    # Amazon Q Developer in chat applications subscribes one endpoint of its own, for however
    # many channels (AWS re:Post, "Why can't Amazon Q Developer receive messages from Amazon SNS?").
    in_chat = any(arn in c["SnsTopicArns"] for c in account.channels.values())
    attributes["SubscriptionsConfirmed"] = len(self.backend.list_subscriptions_by_topic(arn)[0]) + in_chat
    return result


# --- AWS WAF ---


@patch("wafv2", "CreateRegexPatternSet, GetRegexPatternSet, UpdateRegexPatternSet, DeleteRegexPatternSet", "moto gives a pattern set for CloudFront the ARN of a regional one", wafv2, "make_arn_for_regex_pattern_set")
def arn_of_pattern_set(_, **kwargs):
    return wafv2.make_arn_for_ip_set(**kwargs).replace("/ipset/", "/regexpatternset/")


@patch("wafv2", "CreateIPSet", "moto's lock tokens of IP sets are none of AWS's form", wafv2.FakeIPSet, "__init__")
def ip_set(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    self.lock_token = str(uuid.uuid4())


@patch("wafv2", "UpdateIPSet", "moto's lock tokens of IP sets are none of AWS's form", wafv2.FakeIPSet, "update")
def update_ip_set(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    self.lock_token = str(uuid.uuid4())
