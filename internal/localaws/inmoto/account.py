"""What an account or a region has once and moto lacks: settings of EC2, and IAM Access Analyzer.

AWS's service models (botocore's) read the requests and write the answers. The rules are in rules.py.
"""

from datetime import datetime, timezone

from check import Refusal

ANSWERS = {}
# All that is kept here, by region; a reset of moto clears it.
snapshots: dict[str, str] = {}
metadata: dict[str, dict[str, str | int]] = {}
analyzers: dict[tuple[str, str], dict] = {}


def clear():
    for kept in (snapshots, metadata, analyzers):
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
