"""What moto lacks altogether: settings of EC2, IAM Access Analyzer, Security Hub, copies of RDS's backups, channels of Slack.

AWS's service models (botocore's) read the requests and write the answers. The rules are in rules.py.
"""

import json
import secrets
from datetime import datetime, timezone

from check import Refusal

ANSWERS = {}
# All that is kept here, by region; a reset of moto clears it.
snapshots: dict[str, str] = {}
metadata: dict[str, dict[str, str | int]] = {}
analyzers: dict[tuple[str, str], dict] = {}
hubs: dict[str, dict] = {}
# By the region of the copies and the ARN of the database.
backups: dict[tuple[str, str], dict] = {}
# By the ARN of the configuration; an account has them in no region.
channels: dict[str, dict] = {}
# The workspaces that a person has authorised; None for all that are asked for.
workspaces: list[str] | None = None


def clear():
    global workspaces
    workspaces = None
    for kept in (snapshots, metadata, analyzers, hubs, backups, channels):
        kept.clear()


def answer(service, operation, why):
    """Registers the answer to an operation that moto has no place for; README.md lists it by its reason."""

    def decorate(function):
        ANSWERS[service, operation] = function
        return function

    return decorate


# --- EC2 ---


@answer("ec2", "EnableSnapshotBlockPublicAccess", "moto has no settings of a region's snapshots and instances")
def enable_snapshot_block(call):
    snapshots[call.region] = call.input["State"]
    return {"State": call.input["State"]}


@answer("ec2", "DisableSnapshotBlockPublicAccess", "moto has no settings of a region's snapshots and instances")
def disable_snapshot_block(call):
    snapshots.pop(call.region, None)
    return {"State": "unblocked"}


@answer("ec2", "GetSnapshotBlockPublicAccessState", "moto has no settings of a region's snapshots and instances")
def snapshot_block(call):
    return {"State": snapshots.get(call.region, "unblocked"), "ManagedBy": "account"}


@answer("ec2", "ModifyInstanceMetadataDefaults", "moto has no settings of a region's snapshots and instances")
def modify_metadata_defaults(call):
    """Keeps what is given; "no-preference", or -1, takes a setting away (Amazon EC2 API, ModifyInstanceMetadataDefaults)."""
    settings = metadata.get(call.region, {}) | {k: v for k, v in call.input.items() if k != "DryRun"}
    metadata[call.region] = {k: v for k, v in settings.items() if v not in ("no-preference", -1)}
    return {"Return": True}


@answer("ec2", "GetInstanceMetadataDefaults", "moto has no settings of a region's snapshots and instances")
def metadata_defaults(call):
    return {"AccountLevel": metadata.get(call.region, {}) | {"ManagedBy": "account"}}


# --- IAM Access Analyzer ---


@answer("access-analyzer", "CreateAnalyzer", "moto has no Access Analyzer")
def create_analyzer(call):
    name = call.input["analyzerName"]
    arn = f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}"
    analyzers[call.region, name] = {
        "arn": arn,
        "name": name,
        "type": call.input["type"],
        "status": "ACTIVE",
        "createdAt": datetime.now(timezone.utc),
        "tags": call.input.get("tags") or {},
    }
    return {"arn": arn}


@answer("access-analyzer", "GetAnalyzer", "moto has no Access Analyzer")
def get_analyzer(call):
    return {"analyzer": find_analyzer(call)}


@answer("access-analyzer", "ListAnalyzers", "moto has no Access Analyzer")
def list_analyzers(call):
    return {"analyzers": analyzers_of(call.region)}


@answer("access-analyzer", "DeleteAnalyzer", "moto has no Access Analyzer")
def delete_analyzer(call):
    del analyzers[call.region, find_analyzer(call)["name"]]
    return {}


def analyzers_of(region):
    return [analyzer for (of, _), analyzer in analyzers.items() if of == region]


def find_analyzer(call):
    name = call.input["analyzerName"]
    if (call.region, name) not in analyzers:
        raise Refusal("ResourceNotFoundException", f'The analyzer "{name}" does not exist', 404)
    return analyzers[call.region, name]


# --- Amazon RDS ---


@answer("rds", "StartDBInstanceAutomatedBackupsReplication", "moto has no copies of automated backups in another region")
def start_copies(call):
    source = source_of(call)
    backups[call.region, source.db_instance_arn] = {
        "DBInstanceArn": source.db_instance_arn,
        "DbiResourceId": source.dbi_resource_id,
        "Region": call.input["SourceDBInstanceArn"].split(":")[3],
        "DBInstanceIdentifier": source.db_instance_identifier,
        "DBInstanceAutomatedBackupsArn": f"arn:aws:rds:{call.region}:{call.account}:auto-backup:ab-{secrets.token_hex(16)}",
        "Status": "pending",
        "Encrypted": source.storage_encrypted,
        "KmsKeyId": call.input.get("KmsKeyId"),
        "BackupRetentionPeriod": call.input.get("BackupRetentionPeriod") or 7,
        "Engine": source.engine,
        "EngineVersion": source.engine_version,
    }
    return {"DBInstanceAutomatedBackup": backups[call.region, source.db_instance_arn]}


@answer("rds", "StopDBInstanceAutomatedBackupsReplication", "moto has no copies of automated backups in another region")
def stop_copies(call):
    """Backups that were copied stay until their retention ends."""
    arn = call.input["SourceDBInstanceArn"]
    kept = next((k for k in backups.items() if k[0][1] == arn and k[1]["Status"] != "retained"), None)
    if not kept:
        raise Refusal("DBInstanceNotFound", f"DBInstance {arn} has no replicated automated backups.", 404)
    kept[1]["Status"] = "retained"
    return {"DBInstanceAutomatedBackup": kept[1]}


@answer("rds", "DescribeSourceRegions", "moto has no copies of automated backups in another region")
def source_regions(call):
    """Every other region is one; AWS has fewer pairs, which no document lists."""
    name = call.input.get("RegionName")
    return {"SourceRegions": [{"RegionName": name, "Status": "available", "SupportsDBInstanceAutomatedBackupsReplication": name != call.region}] if name else []}


def source_of(call):
    """The database that backups are copied of, in its own region (Amazon RDS API, StartDBInstanceAutomatedBackupsReplication: Errors)."""
    region, name = call.input["SourceDBInstanceArn"].split(":")[3], call.input["SourceDBInstanceArn"].split(":")[-1]
    source = call.backend("rds", region).databases.get(name)
    if not source:
        raise Refusal("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    return source


def copies_in(region, **wanted):
    """The copies in a region; one that was asked for replicates from then on."""
    found = [b for (of, _), b in backups.items() if of == region and all(v is None or b[k] == v for k, v in wanted.items())]
    answered = [dict(b) for b in found]
    for b in found:
        if b["Status"] == "pending":
            b["Status"] = "replicating"
    return answered


# --- Amazon GuardDuty ---


def detector_tags(call):
    return call.backend("guardduty").get_detector(call.input["ResourceArn"].rsplit("/", 1)[-1]).tags


@answer("guardduty", "ListTagsForResource", "moto cannot tag a detector that exists")
def list_detector_tags(call):
    return {"Tags": detector_tags(call)}


@answer("guardduty", "TagResource", "moto cannot tag a detector that exists")
def tag_detector(call):
    detector_tags(call).update(call.input["Tags"])
    return {}


@answer("guardduty", "UntagResource", "moto cannot tag a detector that exists")
def untag_detector(call):
    for key in call.input["TagKeys"]:
        detector_tags(call).pop(key, None)
    return {}


# --- AWS Security Hub ---


@answer("securityhub", "EnableSecurityHub", "moto's Security Hub forgets how it is set and has no standards")
def enable_hub(call):
    hubs[call.region] = {
        "hub": {
            "HubArn": f"arn:aws:securityhub:{call.region}:{call.account}:hub/default",
            "SubscribedAt": datetime.now(timezone.utc).isoformat(),
            "AutoEnableControls": True,
            "ControlFindingGenerator": call.input.get("ControlFindingGenerator", "SECURITY_CONTROL"),
        },
        "standards": {},
    }
    # These come with it unless the caller says no (Security Hub API, EnableSecurityHub: EnableDefaultStandards).
    if call.input.get("EnableDefaultStandards", True):
        subscribe(call, f"arn:aws:securityhub:{call.region}::standards/aws-foundational-security-best-practices/v/1.0.0")
        subscribe(call, "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0")
    return {}


@answer("securityhub", "DescribeHub", "moto's Security Hub forgets how it is set and has no standards")
def describe_hub(call):
    return find_hub(call)["hub"]


@answer("securityhub", "UpdateSecurityHubConfiguration", "moto's Security Hub forgets how it is set and has no standards")
def update_hub(call):
    find_hub(call)["hub"].update(call.input)
    return {}


@answer("securityhub", "DisableSecurityHub", "moto's Security Hub forgets how it is set and has no standards")
def disable_hub(call):
    find_hub(call)
    del hubs[call.region]
    return {}


@answer("securityhub", "BatchEnableStandards", "moto's Security Hub forgets how it is set and has no standards")
def enable_standards(call):
    find_hub(call)
    return {"StandardsSubscriptions": [subscribe(call, r["StandardsArn"]) for r in call.input["StandardsSubscriptionRequests"]]}


@answer("securityhub", "GetEnabledStandards", "moto's Security Hub forgets how it is set and has no standards")
def enabled_standards(call):
    asked = call.input.get("StandardsSubscriptionArns")
    return {"StandardsSubscriptions": [s for arn, s in find_hub(call)["standards"].items() if not asked or arn in asked]}


@answer("securityhub", "BatchDisableStandards", "moto's Security Hub forgets how it is set and has no standards")
def disable_standards(call):
    kept = find_hub(call)["standards"]
    return {"StandardsSubscriptions": [kept.pop(arn) for arn in call.input["StandardsSubscriptionArns"] if arn in kept]}


def find_hub(call):
    """The region's hub (Security Hub API, DescribeHub: Errors)."""
    if call.region not in hubs:
        raise Refusal("InvalidAccessException", f"Account {call.account} is not subscribed to AWS Security Hub", 401)
    return hubs[call.region]


def subscribe(call, standard):
    """Enables a standard; its subscription's ARN ends as the standard's does."""
    arn = f"arn:aws:securityhub:{call.region}:{call.account}:subscription/" + standard.rsplit(":", 1)[-1].split("/", 1)[1]
    return hubs[call.region]["standards"].setdefault(
        arn, {"StandardsArn": standard, "StandardsSubscriptionArn": arn, "StandardsInput": {}, "StandardsStatus": "READY", "StandardsControlsUpdatable": "READY_FOR_UPDATES"}
    )


# --- Amazon Q Developer in chat applications ---

NO_CHAT = "moto has no Amazon Q Developer in chat applications"


def authorise(body):
    """Sets the workspaces that a person has authorised, by their ids: PUT /_localaws/slack-workspaces, a JSON list."""
    global workspaces
    asked = json.loads(body)
    if not isinstance(asked, list) or not all(isinstance(w, str) for w in asked):
        raise ValueError("a JSON list of ids is required")
    workspaces = asked


def is_authorised(workspace):
    return workspaces is None or workspace in workspaces


@answer("chatbot", "DescribeSlackWorkspaces", NO_CHAT)
def slack_workspaces(call):
    of = workspaces if workspaces is not None else sorted({c["SlackTeamId"] for c in channels.values()})
    return {"SlackWorkspaces": [{"SlackTeamId": w, "SlackTeamName": f"workspace {w}", "State": "ENABLED"} for w in of]}


@answer("chatbot", "CreateSlackChannelConfiguration", NO_CHAT)
def create_channel(call):
    """What is not given is AWS's default: a guardrail that allows everything, no log, and commands by the channel's role."""
    asked = call.input
    arn = f"arn:aws:chatbot::{call.account}:chat-configuration/slack-channel/{asked['ConfigurationName']}"
    channels[arn] = {
        "SlackTeamName": f"workspace {asked['SlackTeamId']}",
        "SlackChannelName": f"channel {asked['SlackChannelId']}",
        "SnsTopicArns": [],
        "GuardrailPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
        "LoggingLevel": "NONE",
        "UserAuthorizationRequired": False,
        "Tags": [],
        "State": "ENABLED",
        "ChatConfigurationArn": arn,
    } | given(asked)
    return {"ChannelConfiguration": channels[arn]}


@answer("chatbot", "UpdateSlackChannelConfiguration", NO_CHAT)
def update_channel(call):
    channel = find_channel(call.input["ChatConfigurationArn"])
    channel.update(given(call.input))
    channel["SlackChannelName"] = f"channel {channel['SlackChannelId']}"
    return {"ChannelConfiguration": channel}


@answer("chatbot", "DescribeSlackChannelConfigurations", NO_CHAT)
def describe_channels(call):
    arn = call.input.get("ChatConfigurationArn")
    return {"SlackChannelConfigurations": [c for a, c in channels.items() if arn in (None, a)]}


@answer("chatbot", "DeleteSlackChannelConfiguration", NO_CHAT)
def delete_channel(call):
    del channels[find_channel(call.input["ChatConfigurationArn"])["ChatConfigurationArn"]]
    return {}


@answer("chatbot", "ListTagsForResource", NO_CHAT)
def channel_tags(call):
    return {"Tags": find_channel(call.input["ResourceARN"])["Tags"]}


@answer("chatbot", "TagResource", NO_CHAT)
def tag_channel(call):
    set_channel_tags(call, [t["TagKey"] for t in call.input["Tags"]], call.input["Tags"])
    return {}


@answer("chatbot", "UntagResource", NO_CHAT)
def untag_channel(call):
    set_channel_tags(call, call.input["TagKeys"], [])
    return {}


def set_channel_tags(call, keys, tags):
    channel = find_channel(call.input["ResourceARN"])
    channel["Tags"] = [t for t in channel["Tags"] if t["TagKey"] not in keys] + tags


def given(asked):
    return {k: v for k, v in asked.items() if v is not None}


def find_channel(arn):
    if arn not in channels:
        raise Refusal("ResourceNotFoundException", f"The configuration {arn} does not exist", 404)
    return channels[arn]
