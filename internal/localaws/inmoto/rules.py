"""AWS's rules that moto does not keep, one function each.

A rule before a call returns AWS's text where AWS refuses; one after it does what AWS does besides, and says whether
it did. README.md has the table of them all, made from what is in @rule.
"""

import json
import re
import zoneinfo

import account
import botocore.exceptions
import botocore.session
import cloudfront
import quotas
from check import Refusal

BEFORE, AFTER = {}, {}


def rule(service, operations, what, code, source, status=400):
    """Registers a rule for some operations of a service. Where nothing is refused there is no code: it is one after."""

    def decorate(function):
        for operation in operations.split(", "):
            (BEFORE if code else AFTER).setdefault((service, operation), []).append((function, code, status))
        return function

    return decorate


def name(function):
    return function.__name__.replace("_", "-")


def kept(identifier, service, operations, what, code, source):
    """A rule that moto keeps by itself: here for the table and its test."""


def before(call):
    """Refuses a call that AWS would refuse."""
    for function, code, status in BEFORE.get((call.service, call.name), []):
        if message := function(call):
            raise Refusal(code, message, status, name(function))


def after(call):
    """Does what AWS does besides, and names the rules by which it did something."""
    return [name(function) for function, *_ in AFTER.get((call.service, call.name), []) if function(call)]


def last(arn):
    return arn.rsplit("/", 1)[-1]


# --- Amazon Q Developer in chat applications ---


@rule("chatbot", "CreateSlackChannelConfiguration", "a channel of a workspace that no person has authorised in the console is refused", "InvalidRequestException", "Amazon Q Developer in chat applications API, CreateSlackChannelConfiguration: SlackTeamId; administrator guide, Tutorial: Get started with Slack")
def workspace_is_authorised(call):
    if not account.is_authorised(call.input["SlackTeamId"]):
        return f"Invalid request provided: AWS account {call.account} is not authorized for Slack team {call.input['SlackTeamId']}."


@rule("chatbot", "CreateSlackChannelConfiguration", "a configuration's name that is taken is refused", "ConflictException", "Amazon Q Developer in chat applications API, CreateSlackChannelConfiguration: Errors; administrator guide, Tutorial: Get started with Slack: \"The name must be unique across your account\"")
def configuration_name_is_free(call):
    if any(c["ConfigurationName"] == call.input["ConfigurationName"] for c in account.channels.values()):
        return f"The configuration {call.input['ConfigurationName']} already exists."


@rule("chatbot", "CreateSlackChannelConfiguration, UpdateSlackChannelConfiguration", "an account has one configuration of a channel", "InvalidRequestException", "terraform-provider-awscc #1011; cloudcomponents/cdk-constructs #92")
def channel_is_free(call):
    own = account.channels.get(call.input.get("ChatConfigurationArn"), {})
    workspace, channel = call.input.get("SlackTeamId") or own.get("SlackTeamId"), call.input["SlackChannelId"]
    for c in account.channels.values():
        if c is not own and (c["SlackTeamId"], c["SlackChannelId"]) == (workspace, channel):
            return f"Invalid request provided: Slack channel with ID {channel} in Slack team {workspace} has already been configured for AWS account {call.account}."


# --- Amazon ECS ---


def ecs_service(call):
    """The cluster and the service that a call names, None where moto has it not."""
    ecs = call.backend("ecs")
    cluster = ecs.clusters.get(last(call.input.get("cluster") or "default"))
    named = call.input.get("service") or call.input.get("serviceName") or ""
    service = ecs.services.get(f"{cluster.name}:{last(named)}") if cluster else None
    return cluster, service if service and service.status != "INACTIVE" else None


def ecs_task_definition(call):
    """The task definition that a call is about: the one it names, or the service's own."""
    ecs = call.backend("ecs")
    named = call.input.get("taskDefinition")
    if not named:
        _, service = ecs_service(call)
        named = service.task_definition if service else ""
    family, _, revision = last(named or "").partition(":")
    revisions = ecs.task_definitions.get(family, {})
    return revisions.get(int(revision) if revision else max(revisions, default=0))


@rule("ecs", "CreateService, UpdateService, RunTask", "ECS Exec is refused with a task definition that has no task role", "InvalidParameterException", "Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec; aws-toolkit-jetbrains #3649, boto3 #3173")
def exec_needs_a_task_role(call):
    on = call.input.get("enableExecuteCommand")
    if on is None and call.name == "UpdateService":
        _, service = ecs_service(call)
        on = getattr(service, "exec_on", False)
    definition = ecs_task_definition(call)
    role = (call.input.get("overrides") or {}).get("taskRoleArn") or getattr(definition, "task_role_arn", None)
    if not on or not definition or role:
        return None
    if call.name == "RunTask":
        return "The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again."
    done = {"CreateService": "created", "UpdateService": "updated"}[call.name]
    return f"The service couldn't be {done} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."


@rule("ecs", "CreateService, RunTask", "a launch type and a capacity provider strategy exclude each other", "InvalidParameterException", "Amazon ECS API, CreateService; tflint-ruleset-aws #349")
def launch_type_or_strategy(call):
    if call.input.get("launchType") and call.input.get("capacityProviderStrategy"):
        return "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."


@rule("ecs", "CreateService, UpdateService, RunTask", "a capacity provider that is not associated with the cluster is refused", "InvalidParameterException", "Amazon ECS API, CapacityProviderStrategyItem: \"must already be associated with a cluster\"")
def provider_of_the_cluster(call):
    cluster, _ = ecs_service(call)
    for item in call.input.get("capacityProviderStrategy") or []:
        if cluster and item["capacityProvider"] not in (cluster.capacity_providers or []):
            return f"The specified capacity provider '{item['capacityProvider']}' is not associated with the cluster. Specify a capacity provider that is and try again."


@rule("ecs", "CreateService, UpdateService, RunTask", "a strategy has one base at most, and one weight above 0 at least", "InvalidParameterException", "Amazon ECS API, CapacityProviderStrategyItem: base, weight")
def strategy_adds_up(call):
    strategy = call.input.get("capacityProviderStrategy") or []
    if sum((item.get("base") or 0) > 0 for item in strategy) > 1:
        return "The capacity provider strategy contains more than one capacity provider with a base value. Only one capacity provider may have a base value defined."
    if len(strategy) > 1 and not any(item.get("weight") for item in strategy):
        return "The capacity provider strategy must contain at least one capacity provider with a weight greater than 0."


@rule("ecs", "CreateService", "a target group without a listener is refused", "InvalidParameterException", "re:Post, The target group does not have an associated load balancer")
def target_group_has_a_load_balancer(call):
    elb = call.backend("elasticloadbalancing")
    for balancer in call.input.get("loadBalancers") or []:
        arn = balancer.get("targetGroupArn")
        if arn and not elb._any_listener_using(arn):
            return f"The target group with targetGroupArn {arn} does not have an associated load balancer."


@rule("ecs", "CreateService, UpdateService", "a load balancer wants a container and a port that the task definition has", "InvalidParameterException", "pulumi-aws #3095, aws-modern-application-workshop #165")
def container_port_of_the_definition(call):
    balancers = call.input.get("loadBalancers")
    if balancers is None and call.name == "UpdateService":
        _, service = ecs_service(call)
        balancers = service.load_balancers if service else None
    definition = ecs_task_definition(call)
    for balancer in balancers or [] if definition else []:
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        container = next((c for c in definition.container_definitions if c["name"] == name), None)
        if container is None:
            return f"The container {name} does not exist in the task definition."
        if port not in [mapping.get("containerPort") for mapping in container.get("portMappings") or []]:
            return f"The container {name} did not have a container port {port} defined."


@rule("ecs", "CreateService", "a service's name that is taken is refused", "InvalidParameterException", "Amazon ECS API, CreateService")
def service_name_is_free(call):
    _, service = ecs_service(call)
    if service and not call.input.get("clientToken"):
        return "Creation of service was not idempotent."


@rule("ecs", "UpdateService", "a service that was deleted cannot be updated", "ServiceNotActiveException", "Amazon ECS API, UpdateService: Errors")
def service_is_active(call):
    ecs = call.backend("ecs")
    cluster, service = ecs_service(call)
    if cluster and not service and f"{cluster.name}:{last(call.input['service'])}" in ecs.services:
        return "Service was not ACTIVE."


@rule("ecs", "DeleteCluster", "a cluster with services cannot be deleted", "ClusterContainsServicesException", "Amazon ECS API, DeleteCluster: Errors")
def cluster_is_empty(call):
    services = call.backend("ecs").services.items()
    if any(key.startswith(last(call.input["cluster"]) + ":") and s.status != "INACTIVE" for key, s in services):
        return "The Cluster cannot be deleted while Services are active."


FARGATE = {
    256: [512, 1024, 2048],
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}


@rule("ecs", "RegisterTaskDefinition", "Fargate has only certain sizes", "ClientException", "Amazon ECS developer guide, Fargate task definition differences: task CPU and memory")
def fargate_size(call):
    cpu, memory = call.input.get("cpu") or "", call.input.get("memory") or ""
    if "FARGATE" in (call.input.get("requiresCompatibilities") or []):
        if not cpu.isdigit() or not memory.isdigit() or int(memory) not in FARGATE.get(int(cpu), []):
            return "No Fargate configuration exists for given values."


# --- IAM, and policies that name IAM's roles ---


def role_exists(call, arn):
    return any(r.arn == arn for r in call.backend("iam", "aws").roles.values())


@rule("iam", "CreateRole, PutRolePermissionsBoundary", "a permissions boundary that does not exist is refused", "NoSuchEntity", "IAM API, CreateRole: Errors", status=404)
def boundary_exists(call):
    arn = call.input.get("PermissionsBoundary")
    if arn and arn not in {p.arn for p in call.backend("iam", "aws").managed_policies.values()}:
        return f"Scope ARN: {arn} does not exist or is not attachable."


def unknown_principals(call, document):
    """The roles of this account that a policy names as principals and that do not exist."""
    try:
        statements = json.loads(document or "{}").get("Statement") or []
    except ValueError:
        return []
    named = []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        arns = principal.get("AWS", []) if isinstance(principal, dict) else []
        named += [arns] if isinstance(arns, str) else arns
    return [a for a in named if a.startswith(f"arn:aws:iam::{call.account}:role/") and not role_exists(call, a)]


@rule("iam", "CreateRole, UpdateAssumeRolePolicy", "a trust policy that names a role which does not exist is refused", "MalformedPolicyDocument", "IAM user guide, AWS JSON policy elements: Principal")
def trusted_role_exists(call):
    if unknown := unknown_principals(call, call.input.get("AssumeRolePolicyDocument") or call.input.get("PolicyDocument")):
        return f'Invalid principal in policy: "AWS":"{unknown[0]}"'


@rule("s3", "PutBucketPolicy", "a bucket policy that names a role which does not exist is refused", "MalformedPolicy", "re:Post, Invalid principal in policy error of Amazon S3")
def bucket_principal_exists(call):
    policy = call.input.get("Policy")
    if unknown_principals(call, policy.decode() if isinstance(policy, bytes) else policy):
        return "Invalid principal in policy"


@rule("kms", "CreateKey, PutKeyPolicy", "a key policy that names a role which does not exist is refused", "MalformedPolicyDocumentException", "AWS KMS developer guide, Key policies: principals")
def key_principal_exists(call):
    if unknown_principals(call, call.input.get("Policy")):
        return "Policy contains a statement with one or more invalid principals."


# --- AWS KMS ---


@rule("kms", "CreateAlias, Decrypt, DisableKeyRotation, EnableKeyRotation, Encrypt, GenerateDataKey, PutKeyPolicy, TagResource, UpdateAlias", "a key that waits for its deletion cannot be used or changed", "KMSInvalidStateException", "AWS KMS developer guide, Key states of AWS KMS keys")
def key_is_usable(call):
    kms = call.backend("kms")
    named = call.input.get("KeyId") or call.input.get("TargetKeyId") or ""
    key = kms.keys.get(kms.get_key_id(named) if "alias/" not in named else kms.get_key_id_from_alias(named))
    if key and key.key_state == "PendingDeletion":
        return f"{key.arn} is pending deletion."


# --- AWS Secrets Manager ---


@rule("secretsmanager", "CreateSecret", "the name of a secret that waits for its deletion is taken", "InvalidRequestException", "AWS Secrets Manager API, DeleteSecret: RecoveryWindowInDays")
def secret_name_is_free(call):
    secret = call.backend("secretsmanager").secrets.get(call.input["Name"])
    if secret and secret.is_deleted():
        return "You can't create this secret because a secret with this name is already scheduled for deletion."


# --- Amazon RDS ---


# Of PostgreSQL, what the platform sets: whether it needs a restart, and AWS's own value. The apply type is in the
# console's parameter list, and in DescribeEngineDefaultParameters of an account.
STATIC_PARAMETERS = {"max_connections", "shared_buffers", "shared_preload_libraries", "rds.logical_replication", "max_wal_senders", "track_activity_query_size"}


def static(parameter, family):
    return parameter in STATIC_PARAMETERS or parameter == "rds.force_ssl" and int(family.removeprefix("postgres")) < 15


def system_value(parameter, family):
    return "1" if parameter == "rds.force_ssl" and int(family.removeprefix("postgres")) >= 15 else None


def parameter_group(call):
    return call.backend("rds").db_parameter_groups.get((call.input.get("DBParameterGroupName") or "").lower())


@rule("rds", "ModifyDBParameterGroup", "a static parameter cannot be applied at once", "InvalidParameterCombination", "Amazon RDS API, ModifyDBParameterGroup; ministryofjustice/cloud-platform #1197")
def static_parameter_waits(call):
    group = parameter_group(call)
    for p in call.input.get("Parameters") or []:
        if group and p.get("ApplyMethod") == "immediate" and static(p["ParameterName"], group.family):
            return "cannot use immediate apply method for static parameter"


@rule("rds", "ModifyDBParameterGroup", "a parameter set to AWS's own value is AWS's (source system, apply method pending-reboot)", "", "Amazon RDS user guide, Requiring an SSL/TLS connection to a PostgreSQL DB instance; terraform-provider-aws #39252")
def system_parameter_stays(call):
    group = parameter_group(call)
    edited = False
    for p in call.input.get("Parameters") or []:
        kept = group.parameters[p["ParameterName"]]
        kept["ApplyType"] = "static" if static(p["ParameterName"], group.family) else "dynamic"
        kept["Source"] = "user"
        if p.get("ParameterValue") == system_value(p["ParameterName"], group.family):
            kept["Source"], kept["ApplyMethod"] = "system", "pending-reboot"
            edited = True
    return edited


@rule("rds", "ModifyDBInstance", "the key of a master secret that there is cannot be given again", "InvalidParameterCombination", "Amazon RDS API, ModifyDBInstance: MasterUserSecretKmsKeyId")
def master_secret_keeps_its_key(call):
    instance = call.backend("rds").databases.get(call.input["DBInstanceIdentifier"])
    if instance and call.input.get("MasterUserSecretKmsKeyId") and hasattr(instance, "master_user_secret"):
        return "You can't specify MasterUserSecretKmsKeyId for a DB instance that already manages its master user password in AWS Secrets Manager."


@rule("rds", "RestoreDBInstanceToPointInTime", "a restored database has AWS's defaults, not the original's settings, where the call does not say: security group, parameter group, Multi-AZ, IAM sign-in, deletion protection, tags of snapshots", "", "Amazon RDS API, RestoreDBInstanceToPointInTime")
def restore_takes_defaults(call):
    rds, ec2 = call.backend("rds"), call.backend("ec2")
    restored = rds.databases[call.input["TargetDBInstanceIdentifier"].lower()]
    network = getattr(getattr(restored, "db_subnet_group", None), "vpc_id", None) or ec2.default_vpc.id
    defaults = {
        "VpcSecurityGroupIds": ("vpc_security_group_ids", [ec2.get_default_security_group(network).id]),
        "DBParameterGroupName": ("db_parameter_group_name", None),
        "MultiAZ": ("multi_az", False),
        "EnableIAMDatabaseAuthentication": ("enable_iam_database_authentication", False),
        "DeletionProtection": ("deletion_protection", False),
        "CopyTagsToSnapshot": ("copy_tags_to_snapshot", False),
    }
    left_out = [setting for parameter, setting in defaults.items() if call.input.get(parameter) is None]
    for attribute, value in left_out:
        setattr(restored, attribute, value)
    return bool(left_out)


@rule("rds", "ModifyDBInstance", "a database that is stopped cannot be changed", "InvalidDBInstanceState", "Amazon RDS user guide, Stopping an Amazon RDS DB instance temporarily: \"You can't modify a stopped DB instance\"")
def stopped_database_is_kept(call):
    instance = call.backend("rds").databases.get(call.input["DBInstanceIdentifier"].lower())
    if instance and instance.status == "stopped":
        return "Database instance is not in available state."


@rule("rds", "CreateDBInstance, ModifyDBInstance", "the windows of backup and maintenance may not overlap", "InvalidParameterValue", "Amazon RDS user guide, Backup window: it \"can't overlap with the weekly maintenance window\"")
def windows_do_not_overlap(call):
    instance = call.backend("rds").databases.get(call.input["DBInstanceIdentifier"].lower())
    backup = call.input.get("PreferredBackupWindow") or getattr(instance, "preferred_backup_window", "")
    maintenance = call.input.get("PreferredMaintenanceWindow") or getattr(instance, "preferred_maintenance_window", "")
    if not backup or not maintenance:
        return None
    clock = lambda text: int(text[-5:-3]) * 60 + int(text[-2:])
    minutes = lambda first, last: {m % 1440 for m in range(clock(first), clock(last) if clock(last) > clock(first) else clock(last) + 1440)}
    if minutes(*backup.split("-")) & minutes(*maintenance.split("-")):
        return "The backup window and maintenance window must not overlap."


@rule("rds", "StartDBInstanceAutomatedBackupsReplication", "backups are copied to another region than the database's", "InvalidParameterValue", "Amazon RDS API, StartDBInstanceAutomatedBackupsReplication: \"to a different AWS Region\"")
def copies_are_elsewhere(call):
    if call.input["SourceDBInstanceArn"].split(":")[3] == call.region:
        return "The source and destination Regions must be different."


@rule("rds", "StartDBInstanceAutomatedBackupsReplication", "only a database that keeps backups has them copied", "InvalidDBInstanceState", "Amazon RDS API, StartDBInstanceAutomatedBackupsReplication: Errors; user guide, Enabling cross-Region automated backups")
def copies_need_backups(call):
    source = account.source_of(call)
    if not source.backup_retention_period:
        return f"DB instance {source.db_instance_identifier} does not have automated backups enabled."


@rule("rds", "StartDBInstanceAutomatedBackupsReplication", "copies of encrypted backups want a key that can be used in their region", "KMSKeyNotAccessibleFault", "Amazon RDS API, StartDBInstanceAutomatedBackupsReplication: KmsKeyId, Errors")
def copies_need_a_key(call):
    named, kms = call.input.get("KmsKeyId"), call.backend("kms")
    key = named and (named.split(":")[3:4] == [call.region] or ":" not in named) and kms.keys.get(kms.get_key_id(named))
    if account.source_of(call).storage_encrypted and not (key and key.enabled):
        return f"The specified KMS key [{named or ''}] does not exist, is not enabled or you do not have permissions to access it."


@rule("rds", "StartDBInstanceAutomatedBackupsReplication", "copies are kept for 1 to 35 days", "InvalidParameterValue", "Amazon RDS user guide, Backup retention period; Amazon RDS API, StartDBInstanceAutomatedBackupsReplication: BackupRetentionPeriod")
def copies_are_kept(call):
    days = call.input.get("BackupRetentionPeriod")
    if days is not None and not 1 <= int(days) <= 35:
        return f"Invalid backup retention period. Retention period must be between 1 and 35, got {days}."


@rule("rds", "DeleteDBInstance", "a final snapshot's name that is taken refuses the deletion", "DBSnapshotAlreadyExists", "Amazon RDS API, DeleteDBInstance: Errors")
def final_snapshot_is_new(call):
    snapshot = call.input.get("FinalDBSnapshotIdentifier")
    if snapshot and snapshot in call.backend("rds").database_snapshots:
        return f"Cannot create the snapshot because a snapshot with the identifier {snapshot} already exists."


@rule("rds", "DeleteDBInstance", "a final snapshot has to be named or skipped", "InvalidParameterCombination", "Amazon RDS API, DeleteDBInstance: FinalDBSnapshotIdentifier")
def final_snapshot_is_named(call):
    if not call.input.get("SkipFinalSnapshot") and not call.input.get("FinalDBSnapshotIdentifier"):
        return "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."


@rule("rds", "DeleteDBParameterGroup", "a parameter group that an instance uses cannot be deleted", "InvalidDBParameterGroupState", "Amazon RDS API, DeleteDBParameterGroup: Errors")
def parameter_group_is_free(call):
    group = call.input["DBParameterGroupName"]
    if any(d.db_parameter_group_name == group for d in call.backend("rds").databases.values()):
        return f"One or more database instances are still members of this parameter group {group}, so the group cannot be deleted"


@rule("rds", "DeleteDBSubnetGroup", "a subnet group that an instance uses cannot be deleted", "InvalidDBSubnetGroupStateFault", "Amazon RDS API, DeleteDBSubnetGroup: Errors")
def subnet_group_is_free(call):
    group = call.input["DBSubnetGroupName"]
    for d in call.backend("rds").databases.values():
        if getattr(d, "_db_subnet_group_name", None) == group:
            return f"Cannot delete the subnet group '{group}' because at least one database instance: {d.db_instance_identifier} is still using it."


# --- Amazon S3 ---


@rule("s3", "PutBucketReplication", "objects are copied to a bucket that keeps versions", "InvalidRequest", "Amazon S3 user guide, What does Amazon S3 replicate?: Requirements; terraform-provider-aws #9041")
def copies_keep_versions(call):
    buckets = call.backend("s3", "aws").buckets
    for r in call.input["ReplicationConfiguration"]["Rules"]:
        to = buckets.get(r["Destination"]["Bucket"].rsplit(":", 1)[-1])
        if not to or to.versioning_status != "Enabled":
            return "Destination bucket must exist." if not to else "Destination bucket must have versioning enabled."


@rule("s3", "PutBucketVersioning", "a bucket that is copied keeps its versions", "InvalidBucketState", "Amazon S3 user guide, Replication: additional considerations, Versioning configuration and replication", status=409)
def replicated_bucket_keeps_versions(call):
    bucket = call.backend("s3", "aws").buckets.get(call.input["Bucket"])
    if bucket and getattr(bucket, "replication", None) and call.input["VersioningConfiguration"].get("Status") != "Enabled":
        return "A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration."


# --- Elastic Load Balancing ---


@rule("elasticloadbalancing", "DeleteLoadBalancer", "a load balancer with deletion protection cannot be deleted", "OperationNotPermitted", "Elastic Load Balancing API 2015-12-01, DeleteLoadBalancer: Errors")
def load_balancer_is_unprotected(call):
    arn = call.input["LoadBalancerArn"]
    balancer = call.backend("elasticloadbalancing").load_balancers.get(arn)
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        return f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"


@rule("elasticloadbalancing", "CreateListener", "a port that another listener has is refused, if the settings differ", "DuplicateListener", "Elastic Load Balancing API 2015-12-01, CreateListener: Errors")
def listener_port_is_free(call):
    arn = call.input["LoadBalancerArn"]
    balancer = call.backend("elasticloadbalancing").load_balancers.get(arn)
    wanted = [a.get("TargetGroupArn") for a in call.input["DefaultActions"]]
    for listener in balancer.listeners.values() if balancer else []:
        same = listener.protocol == call.input.get("Protocol") and [a.data.get("TargetGroupArn") for a in listener.default_actions] == wanted
        if int(listener.port) == call.input.get("Port") and not same:
            return f"A listener already exists on this port for this load balancer '{arn}'"


# --- Amazon VPC ---


@rule("ec2", "DeleteSubnet", "a subnet with network interfaces cannot be deleted", "DependencyViolation", "Amazon EC2 API, Error codes: DependencyViolation")
def subnet_is_empty(call):
    subnet = call.input["SubnetId"]
    if any(eni.subnet.id == subnet for eni in call.backend("ec2").enis.values()):
        return f"The subnet '{subnet}' has dependencies and cannot be deleted."


@rule("ec2", "DeleteSecurityGroup", "a security group that another one's rule names cannot be deleted", "DependencyViolation", "Amazon EC2 API, DeleteSecurityGroup")
def security_group_is_free(call):
    deleted = call.input.get("GroupId")
    for groups in call.backend("ec2").groups.values():
        for group in groups.values():
            named = (r.source_group.get("GroupId") for r in group.ingress_rules + group.egress_rules)
            if group.id != deleted and deleted in named:
                return f"resource {deleted} has a dependent object"


@rule("ec2", "DetachInternetGateway", "an internet gateway cannot go while addresses are mapped through it", "DependencyViolation", "Amazon VPC user guide, Delete an internet gateway")
def addresses_are_unmapped(call):
    ec2 = call.backend("ec2")
    for address in ec2.addresses:
        if address.eni and address.eni.subnet.vpc_id == call.input["VpcId"]:
            return f"Network {call.input['VpcId']} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."


@rule("ec2", "ReleaseAddress", "an address that is in use cannot be released", "InvalidIPAddress.InUse", "Amazon EC2 API, ReleaseAddress")
def address_is_free(call):
    for address in call.backend("ec2").addresses:
        if address.allocation_id == call.input.get("AllocationId") and address.association_id:
            return f"Address {address.public_ip} is in use."


@rule("ec2", "AllocateAddress", "the quota of Elastic IP addresses", "AddressLimitExceeded", "Amazon EC2 API, Error codes; Service Quotas L-0263D0A3")
def address_quota(call):
    if len(call.backend("ec2").addresses) >= quotas.value("ec2", "L-0263D0A3"):
        return "The maximum number of addresses has been reached."


@rule("ec2", "CreateVpc", "the quota of VPCs of a region", "VpcLimitExceeded", "Amazon EC2 API, Error codes; Service Quotas L-F678F1CE")
def vpc_quota(call):
    if len(call.backend("ec2").vpcs) >= quotas.value("vpc", "L-F678F1CE"):
        return "The maximum number of VPCs has been reached."


@rule("ec2", "CreateNatGateway", "the quota of NAT gateways of an availability zone", "NatGatewayLimitExceeded", "Amazon EC2 API, Error codes; Service Quotas L-FE5A380F")
def nat_gateway_quota(call):
    ec2 = call.backend("ec2")
    zone = ec2.get_subnet(call.input["SubnetId"]).availability_zone
    there = [g for g in ec2.nat_gateways.values() if g.state != "deleted" and ec2.get_subnet(g.subnet_id).availability_zone == zone]
    if len(there) >= quotas.value("vpc", "L-FE5A380F"):
        return "The maximum number of NAT Gateways has been reached."


@rule("ec2", "AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress", "the quota of a security group's rules, of which CloudFront's prefix list counts as 55", "RulesPerSecurityGroupLimitExceeded", "Amazon EC2 API, Error codes; VPC user guide, AWS-managed prefix lists; Service Quotas L-0EA8095F")
def rules_of_a_group_quota(call):
    ec2 = call.backend("ec2")
    cloudfront = [l.id for l in ec2.managed_prefix_lists.values() if l.prefix_list_name == "com.amazonaws.global.cloudfront.origin-facing"]
    group = ec2.get_security_group_from_id(call.input["GroupId"])
    rules = group.egress_rules if call.name.endswith("Egress") else group.ingress_rules
    weight = sum(55 if rule.prefix_list_id in cloudfront else 1 for rule in rules)
    for asked in call.input.get("IpPermissions") or []:
        lists = [item["PrefixListId"] for item in asked.get("PrefixListIds") or []]
        weight += sum(55 if name in cloudfront else 1 for name in lists)
        weight += sum(len(asked.get(kind) or []) for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs"))
    if weight > quotas.value("vpc", quotas.RULES_OF_GROUP):
        return "The maximum number of rules per security group has been reached."


# --- Amazon ECR ---


@rule("ecr", "PutImage", "a tag of an immutable repository cannot be moved", "ImageTagAlreadyExistsException", "Amazon ECR API, PutImage: Errors; user guide, Preventing image tags from being overwritten")
def image_tag_is_immutable(call):
    repository = call.backend("ecr").repositories.get(call.input["repositoryName"])
    tag = call.input.get("imageTag")
    for image in repository.images if repository and repository.is_tag_immutable() else []:
        if tag in image.image_tags and json.loads(image.image_manifest) != json.loads(call.input["imageManifest"]):
            return f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten because the tag is immutable."


# --- CloudFront, ACM and WAF ---


# AWS's text (aws-cdk #34629).
VPC_ORIGIN_IN_USE = "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC origin from all distributions before updating or deleting"


@rule("cloudfront", "UpdateDistribution, UpdateOriginAccessControl, UpdateResponseHeadersPolicy, UpdateVpcOrigin, DeleteDistribution, DeleteOriginAccessControl, DeleteResponseHeadersPolicy, DeleteVpcOrigin", "a change without If-Match is refused", "InvalidIfMatchVersion", "Amazon CloudFront API, UpdateDistribution: Errors")
def version_is_given(call):
    if cloudfront.document(call) and not call.input.get("IfMatch"):
        return "The If-Match version is missing or not valid for the resource."


@rule("cloudfront", "UpdateDistribution, UpdateOriginAccessControl, UpdateResponseHeadersPolicy, UpdateVpcOrigin, DeleteDistribution, DeleteOriginAccessControl, DeleteResponseHeadersPolicy, DeleteVpcOrigin", "a change of a version that is not the current one is refused", "PreconditionFailed", "Amazon CloudFront API, UpdateDistribution: Errors", status=412)
def version_is_current(call):
    document = cloudfront.document(call)
    if document and document.etag != call.input["IfMatch"]:
        return "The request failed because it didn't meet the preconditions in one or more request-header fields."


@rule("cloudfront", "UpdateVpcOrigin", "a VPC origin that a distribution uses cannot be changed", "CannotUpdateEntityWhileInUse", "Amazon CloudFront API, UpdateVpcOrigin: Errors; terraform-provider-aws #40905, aws-cdk #34629", status=409)
def vpc_origin_is_free_to_change(call):
    if cloudfront.distributions_using(call, "VpcOriginId"):
        return VPC_ORIGIN_IN_USE


@rule("cloudfront", "DeleteVpcOrigin", "a VPC origin that a distribution uses cannot be deleted", "CannotDeleteEntityWhileInUse", "Amazon CloudFront API, DeleteVpcOrigin: Errors; aws-cdk #34629", status=409)
def vpc_origin_is_free_to_delete(call):
    if cloudfront.distributions_using(call, "VpcOriginId"):
        return VPC_ORIGIN_IN_USE


@rule("cloudfront", "DeleteDistribution", "a distribution that is enabled cannot be deleted", "DistributionNotDisabled", "Amazon CloudFront API, DeleteDistribution: Errors", status=409)
def distribution_is_disabled(call):
    distribution = cloudfront.document(call)
    if distribution and distribution.distribution_config.Enabled:
        return "The distribution you are trying to delete has not been disabled."


@rule("cloudfront", "DeleteResponseHeadersPolicy", "a policy that a distribution uses cannot be deleted", "ResponseHeadersPolicyInUse", "Amazon CloudFront API, DeleteResponseHeadersPolicy: Errors", status=409)
def headers_policy_is_free(call):
    if using := cloudfront.distributions_using(call, "ResponseHeadersPolicyId"):
        return f"The policy is attached to distributions {', '.join(using)}."


@rule("cloudfront", "CreateResponseHeadersPolicy, UpdateResponseHeadersPolicy", "a policy's name that is taken is refused", "ResponseHeadersPolicyAlreadyExists", "Amazon CloudFront API, CreateResponseHeadersPolicy: Errors", status=409)
def headers_policy_name_is_free(call):
    wanted = call.input["ResponseHeadersPolicyConfig"]["Name"]
    others = cloudfront.policies(call.backend("cloudfront", "aws")).values()
    if any(p.config["Name"] == wanted and p.id != call.input.get("Id") for p in others):
        return f'A policy with the name "{wanted}" already exists.'


@rule("cloudfront", "DeleteOriginAccessControl", "an access control that a distribution uses cannot be deleted", "OriginAccessControlInUse", "Amazon CloudFront API, DeleteOriginAccessControl: Errors", status=409)
def access_control_is_free(call):
    if cloudfront.distributions_using(call, "OriginAccessControlId"):
        return "Cannot delete the origin access control because it's in use by one or more distributions."


@rule("cloudfront", "CreateOriginAccessControl", "an access control's name that is taken is refused", "OriginAccessControlAlreadyExists", "Amazon CloudFront API, CreateOriginAccessControl: Errors", status=409)
def access_control_name_is_free(call):
    wanted = call.input["OriginAccessControlConfig"]["Name"]
    if any(c.name == wanted for c in call.backend("cloudfront", "aws").origin_access_controls.values()):
        return "An origin access control with the specified parameters already exists."


@rule("cloudfront", "CreateDistribution, CreateDistributionWithTags, UpdateDistribution", "a certificate that is not in us-east-1, or not issued, is refused", "InvalidViewerCertificate", "Amazon CloudFront API, CreateDistribution: Errors; developer guide, Requirements for using SSL/TLS certificates")
def viewer_certificate(call):
    config = call.input.get("DistributionConfig") or call.input["DistributionConfigWithTags"]["DistributionConfig"]
    arn = (config.get("ViewerCertificate") or {}).get("ACMCertificateArn")
    certificate = call.backend("acm", "us-east-1")._certificates.get(arn)
    if arn and (not certificate or certificate.describe()["Certificate"]["Status"] != "ISSUED"):
        return "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain."


@rule("elasticloadbalancing", "CreateListener, ModifyListener", "a certificate that does not exist, or is not issued, is refused", "UnsupportedCertificate", "Elastic Load Balancing API 2015-12-01, CreateListener: Errors")
def listener_certificate(call):
    for item in call.input.get("Certificates") or []:
        certificate = call.backend("acm")._certificates.get(item.get("CertificateArn"))
        if not certificate or certificate.describe()["Certificate"]["Status"] != "ISSUED":
            return f"The certificate '{item.get('CertificateArn')}' must have a fully-qualified domain name, a supported signature, and a supported key size."


@rule("wafv2", "CreateWebACL, UpdateWebACL, CreateIPSet, UpdateIPSet, CreateRegexPatternSet, UpdateRegexPatternSet", "what is for CloudFront is kept in us-east-1 only", "WAFInvalidParameterException", "AWS WAF API, CreateWebACL: Scope")
def cloudfront_scope(call):
    if call.input.get("Scope") == "CLOUDFRONT" and call.region != "us-east-1":
        return "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"


@rule("wafv2", "CreateIPSet, UpdateIPSet", "a block of all addresses is refused", "WAFInvalidParameterException", "AWS WAF API, IPSet: Addresses")
def block_is_a_part(call):
    for block in call.input["Addresses"]:
        if block.endswith("/0"):
            return f"Error reason: The parameter contains formatting that is not valid., field: IP_ADDRESS, parameter: {block}"


@rule("wafv2", "DeleteIPSet, DeleteRegexPatternSet", "a set that a web ACL refers to cannot be deleted", "WAFAssociatedItemException", "AWS WAF API, DeleteIPSet: Errors")
def set_is_free(call):
    backend = call.backend("wafv2", "global" if call.input["Scope"] == "CLOUDFRONT" else "")
    sets = {**backend.ip_sets, **backend.regex_pattern_sets}
    used = json.dumps([rule.statement for acl in backend.wacls.values() for rule in acl.rules])
    if any(arn in used for arn in sets if last(arn) == call.input["Id"]):
        return "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource."


# --- AWS Cost Management ---


@rule("ce", "CreateAnomalyMonitor", "an account has one monitor of a dimension, which AWS may have made itself", "ValidationException", "aws-cloudformation/cloudformation-coverage-roadmap #2515; AWS Cost Management user guide, Quotas and restrictions")
def one_monitor_of_a_dimension(call):
    dimension = call.input["AnomalyMonitor"].get("MonitorDimension")
    monitors = getattr(call.backend("ce", "aws"), "anomaly_monitor", {}).values()
    if dimension and any(m.get("MonitorDimension") == dimension for m in monitors):
        return "Limit exceeded on dimensional spend monitor creation"


@rule("ce", "CreateAnomalySubscription", "a mail is sent daily or weekly, a topic is told at once", "ValidationException", "AWS Billing and Cost Management API, AnomalySubscription: Frequency")
def frequency_fits_the_subscriber(call):
    subscription = call.input["AnomalySubscription"]
    wanted = "SNS" if subscription["Frequency"] == "IMMEDIATE" else "EMAIL"
    if any(s["Type"] != wanted for s in subscription["Subscribers"]):
        return f"Invalid subscriber type for {subscription['Frequency']} frequency. Only {wanted} is allowed"


# --- CloudWatch Logs ---


@rule("logs", "CreateDelivery", "a delivery to S3 appends its own statement to the bucket policy, unless an equal one is there", "", "Amazon CloudWatch Logs user guide, Logs sent to Amazon S3 (V2 permissions); Amazon CloudFront developer guide, Standard logging (v2)")
def delivery_writes_the_bucket_policy(call):
    logs = call.backend("logs")
    destination = next(d for d in logs.delivery_destinations.values() if d.arn == call.input["deliveryDestinationArn"])
    if destination.delivery_destination_type != "S3":
        return False
    source = logs.delivery_sources[call.input["deliverySourceName"]]
    target = destination.delivery_destination_configuration["destinationResourceArn"].removeprefix("arn:aws:s3:::")
    bucket_name, _, prefix = target.partition("/")
    bucket = call.backend("s3", "aws").buckets.get(bucket_name)
    if bucket is None:
        return False
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket_name}/{prefix.rstrip('/') or f'AWSLogs/{call.account}/CloudFront'}/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": call.account, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": source.arn},
        },
    }
    policy = json.loads(bucket.policy) if bucket.policy else {"Version": "2012-10-17", "Id": "AWSLogDeliveryWrite20150319", "Statement": []}
    if any(plain(s) == plain(statement) for s in policy["Statement"]):
        return False
    policy["Statement"].append({"Sid": f"AWSLogDeliveryWrite{len(policy['Statement']) + 1}"} | statement)
    bucket.policy = json.dumps(policy).encode()
    return True


def plain(value):
    """A statement without its Sid, a list of one and the one itself being the same."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "Sid"}
    if isinstance(value, list):
        return plain(value[0]) if len(value) == 1 else sorted(map(plain, value), key=str)
    return value


# --- Application Auto Scaling ---


@rule("application-autoscaling", "RegisterScalableTarget", "an ECS service that does not exist cannot be scaled", "ValidationException", "Application Auto Scaling API, RegisterScalableTarget: ResourceId")
def scaled_service_exists(call):
    kind, _, resource = call.input["ResourceId"].partition("/")
    if call.input["ServiceNamespace"] == "ecs" and kind == "service":
        service = call.backend("ecs").services.get(resource.replace("/", ":"))
        if not service or service.status == "INACTIVE":
            return f"ECS service doesn't exist: {call.input['ResourceId']}"


@rule("application-autoscaling", "PutScalingPolicy", "requests per target are those of a target group behind a load balancer, and only of one that the resource label names", "ValidationException", "Application Auto Scaling API, PredefinedMetricSpecification: ResourceLabel")
def label_names_a_target_group(call):
    metric = (call.input.get("TargetTrackingScalingPolicyConfiguration") or {}).get("PredefinedMetricSpecification") or {}
    label = metric.get("ResourceLabel") or ""
    if metric.get("PredefinedMetricType") != "ALBRequestCountPerTarget":
        return f"Resource label is not allowed: {label}" if label else None
    balancer, _, group = label.partition("/targetgroup/")
    for target in call.backend("elasticloadbalancing").target_groups.values():
        if target.arn.endswith(f":targetgroup/{group}") and any(arn.endswith(f":loadbalancer/{balancer}") for arn in target.load_balancer_arns):
            return None
    return f"Invalid resource label: {label}"


# --- Amazon EventBridge Scheduler ---


RATE = re.compile(r"rate\((1 (minute|hour|day)|[1-9][0-9]* (minute|hour|day)s)\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")


@rule("scheduler", "CreateSchedule, UpdateSchedule", "an expression that is no rate, no time and no cron expression of six fields with one ? for a day is refused", "ValidationException", "Amazon EventBridge Scheduler user guide, Schedule types; localstack #9284")
def expression_is_a_schedule(call):
    expression = call.input["ScheduleExpression"]
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    is_cron = expression == f"cron({' '.join(fields)})" and len(fields) == 6 and (fields[2] == "?") != (fields[4] == "?")
    if not is_cron and not RATE.fullmatch(expression) and not AT.fullmatch(expression):
        return f"Invalid Schedule Expression {expression}."


@rule("scheduler", "CreateSchedule, UpdateSchedule", "a time zone that the IANA database does not have is refused", "ValidationException", "Amazon EventBridge Scheduler API, CreateSchedule: ScheduleExpressionTimezone")
def time_zone_exists(call):
    zone = call.input.get("ScheduleExpressionTimezone")
    if zone and zone not in zoneinfo.available_timezones():
        return f"Invalid Schedule Expression Timezone {zone}."


@rule("scheduler", "CreateSchedule, UpdateSchedule", "a role that EventBridge Scheduler may not assume for a schedule of this group is refused", "ValidationException", "Amazon EventBridge Scheduler user guide, Setting up: execution role; Confused deputy prevention")
def role_is_for_schedules(call):
    group = f"arn:aws:scheduler:{call.region}:{call.account}:schedule-group/{call.input.get('GroupName') or 'default'}"
    role = next((r for r in call.backend("iam", "global").roles.values() if r.arn == call.input["Target"]["RoleArn"]), None)
    if not role or not any(lets_trail(s, "sts:AssumeRole", None, group, "scheduler.amazonaws.com") for s in statements(role.assume_role_policy_document)):
        return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


SDK = "arn:aws:scheduler:::aws-sdk:"
READS = "get describe list poll receive search scan query select read lookup discover validate batchGet batchDescribe batchRead transactGet adminGet adminList testMigration retrieve testConnection translateDocument isAuthorized invokeModel".split()


@rule("scheduler", "CreateSchedule, UpdateSchedule", "a universal target calls what a service has, in the case of an SDK's method, and not what only reads", "ValidationException", "Amazon EventBridge Scheduler user guide, Using universal targets: Unsupported actions; terraform-provider-aws #29339")
def universal_target_exists(call):
    arn = call.input["Target"]["Arn"]
    if not arn.startswith(SDK):
        return None
    service, _, action = arn.removeprefix(SDK).partition(":")
    model = sdk_model(service)
    if model is None:
        return f"{service} is not a supported service for a target."
    if action[:1].isupper() or action[:1].upper() + action[1:] not in model.operation_names or action.startswith(tuple(READS)):
        return f"{action} is not a supported action of {service} for a target."


@rule("scheduler", "CreateSchedule, UpdateSchedule", "a universal target's Input is JSON whose names are those of an SDK, such as DbInstanceIdentifier", "ValidationException", "Amazon EventBridge Scheduler user guide, Using universal targets: Input; AWS CDK, UniversalTargetProps: stopDBCluster with DbClusterIdentifier")
def universal_target_takes_its_input(call):
    target = call.input["Target"]
    service, _, action = target["Arn"].removeprefix(SDK).partition(":")
    if not target["Arn"].startswith(SDK):
        return None
    shape = sdk_model(service).operation_model(action[:1].upper() + action[1:]).input_shape
    try:
        given = json.loads(target.get("Input") or "{}")
    except ValueError:
        return "Invalid RequestJson provided."
    allowed = {in_sdk(name): name for name in shape.members}
    unknown = [name for name in given if name not in allowed]
    missing = [name for name in shape.required_members if in_sdk(name) not in given]
    if unknown or missing:
        return f"Invalid RequestJson provided. Unknown: {unknown}, missing: {missing}."


def sdk_model(service):
    try:
        return botocore.session.get_session().get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return None


def in_sdk(name):
    """A parameter's name in the SDK for Java, which has one capital a word: DbInstanceIdentifier for DBInstanceIdentifier."""
    return "".join(word.capitalize() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name))


# --- IAM Access Analyzer ---


@rule("access-analyzer", "CreateAnalyzer", "a region has one analyzer of external access of an account; another, or one of a name that is taken, is refused", "ConflictException", "IAM Access Analyzer API, CreateAnalyzer: Errors; IAM user guide, IAM Access Analyzer quotas", status=409)
def one_analyzer_of_a_type(call):
    if any(a["name"] == call.input["analyzerName"] or a["type"] == call.input["type"] for a in account.analyzers_of(call.region)):
        return "An analyzer of this type, or with this name, exists already in the region."


# --- CloudTrail ---


@rule("cloudtrail", "CreateTrail, UpdateTrail", "a bucket whose policy does not let this trail write, by aws:SourceArn where one is asked for, is refused", "InsufficientS3BucketPolicyException", "AWS CloudTrail API, CreateTrail: Errors; user guide, Amazon S3 bucket policy for CloudTrail")
def trail_may_write(call):
    bucket_name = call.input.get("S3BucketName")
    bucket = bucket_name and call.backend("s3", "global").buckets.get(bucket_name)
    if not bucket:
        return None
    trail = call.input["Name"]
    if not trail.startswith("arn:"):
        trail = f"arn:aws:cloudtrail:{call.region}:{call.account}:trail/{trail}"
    for action, resource in (("s3:GetBucketAcl", f"arn:aws:s3:::{bucket_name}"), ("s3:PutObject", f"arn:aws:s3:::{bucket_name}/{call.input.get('S3KeyPrefix', '')}AWSLogs/{call.account}/")):
        if not any(lets_trail(s, action, resource, trail) for s in statements(bucket.policy)):
            return f"Incorrect S3 bucket policy is detected for bucket: {bucket_name}"


@rule("cloudtrail", "CreateTrail, UpdateTrail", "a key whose policy does not let this trail encrypt with it, or open the key of a bucket that has one, is refused", "InsufficientEncryptionPolicyException", "AWS CloudTrail API, CreateTrail: Errors; user guide, Configure AWS KMS key policies for CloudTrail: Granting decrypt permissions")
def trail_may_encrypt(call):
    kms = call.backend("kms")
    named = call.input.get("KmsKeyId") or ""
    key = kms.keys.get(kms.get_key_id(named))
    bucket = call.backend("s3", "global").buckets.get(call.input.get("S3BucketName"))
    if not key or not bucket:
        return None
    trail = f"arn:aws:cloudtrail:{call.region}:{call.account}:trail/{last(call.input['Name'])}"
    wanted = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    if "<BucketKeyEnabled>true" in bucket_keys(bucket.encryption):
        wanted.append("kms:Decrypt")
    for action in wanted:
        if not any(lets_trail(s, action, "*", trail) for s in statements(key.policy)):
            return f"Insufficient permissions to access S3 bucket {bucket.name} or KMS key {named}."


def bucket_keys(encryption):
    """Whether a bucket has a key of its own, in moto's own words of its encryption."""
    rule = (encryption or {}).get("Rule", {})
    rules = rule if isinstance(rule, list) else [rule]
    return " ".join(f"<BucketKeyEnabled>{str(r.get('BucketKeyEnabled', '')).lower()}" for r in rules)


@rule("cloudtrail", "CreateTrail, UpdateTrail", "a role that CloudTrail may not assume, or that may not write to the log group, is refused", "InvalidCloudWatchLogsRoleArnException", "AWS CloudTrail API, CreateTrail: Errors; user guide, Role policy document for CloudTrail to use CloudWatch Logs")
def trail_may_log(call):
    named = call.input.get("CloudWatchLogsRoleArn")
    if not named:
        return None
    role = next((r for r in call.backend("iam", "global").roles.values() if r.arn == named), None)
    if not role or not any(lets_trail(s, "sts:AssumeRole", None, None) for s in statements(role.assume_role_policy_document)):
        return "Access denied. Check the trust relationships for your role."
    allowed = [s for text in role.policies.values() for s in statements(text) if s["Effect"] == "Allow"]
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        if not any(action in (s["Action"] if isinstance(s["Action"], list) else [s["Action"]]) for s in allowed):
            return "Access denied. Check the permissions for your role."


def statements(policy):
    found = json.loads(policy)["Statement"] if policy else []
    return found if isinstance(found, list) else [found]


def lets_trail(statement, action, resource, trail, service="cloudtrail.amazonaws.com"):
    many = lambda value: value if isinstance(value, list) else [value]
    sources = [v for operator in statement.get("Condition", {}).values() for key, value in operator.items() if key.lower() == "aws:sourcearn" for v in many(value)]
    return (
        statement["Effect"] == "Allow"
        and service in many(statement["Principal"].get("Service", []) if isinstance(statement["Principal"], dict) else [])
        and action in many(statement["Action"])
        and (resource is None or any(r.rstrip("*").startswith(resource) or r == resource for r in many(statement["Resource"])))
        and (not sources or trail in sources)
    )


# --- AWS Config ---


@rule("config", "PutDeliveryChannel", "a bucket whose policy does not let Config look at it and write is refused", "InsufficientDeliveryPolicyException", "AWS Config API, PutDeliveryChannel: Errors; developer guide, Permissions for the Amazon S3 bucket for the AWS Config delivery channel")
def channel_may_write(call):
    bucket_name = call.input["DeliveryChannel"].get("s3BucketName")
    bucket = bucket_name and call.backend("s3", "global").buckets.get(bucket_name)
    if not bucket:
        return None
    arn = f"arn:aws:s3:::{bucket_name}"
    for action, resource in (("s3:GetBucketAcl", arn), ("s3:ListBucket", arn), ("s3:PutObject", f"{arn}/AWSLogs/{call.account}/Config/")):
        if not any(lets_trail(s, action, resource, None, "config.amazonaws.com") for s in statements(bucket.policy)):
            return f"Insufficient delivery policy to s3 bucket: {bucket_name}, unable to write to bucket, provided s3 key prefix is 'null', provided kms key is 'null'."


# --- Amazon GuardDuty ---


@rule("guardduty", "CreateDetector", "a region has one detector; a second one is refused", "BadRequestException", "Amazon GuardDuty API, CreateDetector: \"You can have only one detector per account per Region\"")
def one_detector(call):
    if call.backend("guardduty").detectors:
        return "The request is rejected because a detector already exists for the current account."


# --- AWS Security Hub ---


@rule("securityhub", "EnableSecurityHub", "Security Hub that is enabled in a region is not enabled again", "ResourceConflictException", "AWS Security Hub API, EnableSecurityHub: Errors", status=409)
def one_hub(call):
    if call.region in account.hubs:
        return "Account is already subscribed to Security Hub"


@rule("securityhub", "BatchEnableStandards", "an ARN that is not that of a standard of the region is refused", "InvalidInputException", "AWS Security Hub API, BatchEnableStandards: Errors; user guide, Security Hub standards reference")
def standard_exists(call):
    for request in call.input["StandardsSubscriptionRequests"]:
        if not request["StandardsArn"].startswith((f"arn:aws:securityhub:{call.region}::standards/", "arn:aws:securityhub:::ruleset/")):
            return f"Invalid parameter StandardsArn: {request['StandardsArn']}"


# --- kept by moto ---


kept("target-group-is-free", "elasticloadbalancing", "DeleteTargetGroup", "a target group that a listener or rule uses cannot be deleted", "ResourceInUse", "Elastic Load Balancing API 2015-12-01, DeleteTargetGroup: Errors")
kept("target-group-name-is-free", "elasticloadbalancing", "CreateTargetGroup", "a target group's name that is taken is refused, if the settings differ", "DuplicateTargetGroupName", "Elastic Load Balancing API 2015-12-01, CreateTargetGroup: Errors")
kept("database-is-unprotected", "rds", "DeleteDBInstance", "an instance with deletion protection cannot be deleted", "InvalidParameterCombination", "Amazon RDS API, DeleteDBInstance; user guide, Deletion protection")
kept("database-is-in-state", "rds", "StartDBInstance, StopDBInstance", "a database is stopped when it is available, and started when it is stopped", "InvalidDBInstanceState", "Amazon RDS API, StopDBInstance, StartDBInstance: Errors")
kept("bucket-is-empty", "s3", "DeleteBucket", "a bucket with objects or versions of them cannot be deleted", "BucketNotEmpty", "Amazon S3 API, Error responses: BucketNotEmpty")
kept("role-is-bare", "iam", "DeleteRole", "a role with policies cannot be deleted", "DeleteConflict", "IAM API, DeleteRole")
kept("repository-is-empty", "ecr", "DeleteRepository", "a repository with images cannot be deleted without force", "RepositoryNotEmptyException", "Amazon ECR API, DeleteRepository: Errors")
kept("service-is-scaled-down", "ecs", "DeleteService", "a service with tasks cannot be deleted without force", "InvalidParameterException", "Amazon ECS API, DeleteService: force")
kept("vpc-is-empty", "ec2", "DeleteVpc", "a VPC with subnets cannot be deleted", "DependencyViolation", "Amazon EC2 API, DeleteVpc")
