"""What moto's CloudFront lacks: response headers policies, VPC origins, and a distribution's settings as they were written.

AWS's service models (botocore's) read the requests and write the answers. The rules are in rules.py.
"""

import copy
import os
import secrets
import uuid
from datetime import datetime, timedelta, timezone

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import CloudFrontBackend, Distribution, DistributionConfig, OriginAccessControl
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core.responses import ActionResult, EmptyResult

from patch import patch

for path in ("response-headers-policy", "response-headers-policy/(?P<id>[^/]+)", "vpc-origin", "vpc-origin/(?P<id>[^/]+)"):
    url_paths["{0}/2020-05-31/" + path + "$"] = CloudFrontResponse.dispatch

# How many seconds a VPC origin is Deploying after it was made or changed; on AWS up to 15 minutes (CloudFront developer
# guide, "Restrict access with VPC origins").
VPC_ORIGIN_DELAY = float(os.environ.get("LOCALAWS_VPC_ORIGIN_DELAY", 0))


class Document:
    """Settings as they were written, and the version that If-Match is compared with."""

    def __init__(self, id, config):
        self.id, self.created = id, now()
        self.change(config)

    def change(self, config):
        self.config, self.etag, self.modified = config, version(), now()
        return self


def now():
    return datetime.now(timezone.utc)


def version():
    """A version in CloudFront's form: E and thirteen characters."""
    return "E" + secrets.token_hex(7).upper()[:13]


def policies(backend) -> dict[str, Document]:
    return vars(backend).setdefault("headers_policies", {})


def origins(backend) -> dict[str, Document]:
    return vars(backend).setdefault("vpc_origins", {})


def document(call):
    """What a call names that has a version, None where it is not there."""
    backend, id = call.backend("cloudfront", "aws"), call.input.get("Id")
    return backend.distributions.get(id) or policies(backend).get(id) or origins(backend).get(id) or backend.origin_access_controls.get(id)


def distributions_using(call, setting):
    """The distributions that name, in a setting, what a call is about."""
    wanted = (setting, call.input["Id"])
    return sorted(d.id for d in call.backend("cloudfront", "aws").distributions.values() if wanted in members(vars(d.distribution_config)))


def members(settings):
    """Every name and value inside settings, at any depth."""
    if isinstance(settings, dict):
        yield from settings.items()
    for value in settings.values() if isinstance(settings, dict) else settings if isinstance(settings, list) else []:
        yield from members(value)


def find(kept, id, code):
    if id not in kept:
        raise CloudFrontException(code, f"{id} does not exist.")
    return kept[id]


# --- response headers policies ---


def policy(self):
    return find(policies(self.backend), self.params["Id"], "NoSuchResponseHeadersPolicy")


def policy_answer(p):
    return ActionResult({"ResponseHeadersPolicy": described_policy(p), "ETag": p.etag})


def described_policy(p):
    return {"Id": p.id, "LastModifiedTime": p.modified, "ResponseHeadersPolicyConfig": p.config}


@patch("cloudfront", "CreateResponseHeadersPolicy", "moto has no CloudFront policies", CloudFrontResponse, "create_response_headers_policy")
def create_response_headers_policy(_, self):
    p = Document(str(uuid.uuid4()), self.params["ResponseHeadersPolicyConfig"])
    policies(self.backend)[p.id] = p
    return policy_answer(p)


@patch("cloudfront", "GetResponseHeadersPolicy", "moto has no CloudFront policies", CloudFrontResponse, "get_response_headers_policy")
def get_response_headers_policy(_, self):
    return policy_answer(policy(self))


@patch("cloudfront", "UpdateResponseHeadersPolicy", "moto has no CloudFront policies", CloudFrontResponse, "update_response_headers_policy")
def update_response_headers_policy(_, self):
    return policy_answer(policy(self).change(self.params["ResponseHeadersPolicyConfig"]))


@patch("cloudfront", "DeleteResponseHeadersPolicy", "moto has no CloudFront policies", CloudFrontResponse, "delete_response_headers_policy")
def delete_response_headers_policy(_, self):
    del policies(self.backend)[policy(self).id]
    return EmptyResult()


@patch("cloudfront", "ListResponseHeadersPolicies", "moto has no CloudFront policies", CloudFrontResponse, "list_response_headers_policies")
def list_response_headers_policies(_, self):
    items = [{"Type": "custom", "ResponseHeadersPolicy": described_policy(p)} for p in policies(self.backend).values()]
    return ActionResult({"ResponseHeadersPolicyList": {"MaxItems": 1000, "Quantity": len(items), "Items": items}})


# --- VPC origins ---


def origin(self):
    return find(origins(self.backend), self.params["Id"], "EntityNotFound")


def origin_arn(self, o):
    return f"arn:aws:cloudfront::{self.current_account}:vpcorigin/{o.id}"


def described_origin(self, o):
    return {
        "Id": o.id,
        "Arn": origin_arn(self, o),
        "AccountId": self.current_account,
        "Status": "Deploying" if now() - o.modified < timedelta(seconds=VPC_ORIGIN_DELAY) else "Deployed",
        "CreatedTime": o.created,
        "LastModifiedTime": o.modified,
    }


def origin_answer(self, o):
    return ActionResult({"VpcOrigin": described_origin(self, o) | {"VpcOriginEndpointConfig": o.config}, "ETag": o.etag})


def written_origin(self):
    config = self.params["VpcOriginEndpointConfig"]
    if not config["Name"] or not config["Arn"]:
        raise CloudFrontException("InvalidArgument", "A VPC origin needs a Name and the Arn of what it leads to.")
    return config


@patch("cloudfront", "CreateVpcOrigin", "moto has no VPC origins", CloudFrontResponse, "create_vpc_origin")
def create_vpc_origin(_, self):
    o = Document("vo_" + secrets.token_hex(11), written_origin(self))
    origins(self.backend)[o.id] = o
    self.backend.tagger.tag_resource(origin_arn(self, o), self._get_param("Tags.Items") or [])
    return origin_answer(self, o)


@patch("cloudfront", "GetVpcOrigin", "moto has no VPC origins", CloudFrontResponse, "get_vpc_origin")
def get_vpc_origin(_, self):
    return origin_answer(self, origin(self))


@patch("cloudfront", "UpdateVpcOrigin", "moto has no VPC origins", CloudFrontResponse, "update_vpc_origin")
def update_vpc_origin(_, self):
    return origin_answer(self, origin(self).change(written_origin(self)))


@patch("cloudfront", "DeleteVpcOrigin", "moto has no VPC origins", CloudFrontResponse, "delete_vpc_origin")
def delete_vpc_origin(_, self):
    o = origins(self.backend).pop(origin(self).id)
    self.backend.tagger.delete_all_tags_for_resource(origin_arn(self, o))
    return origin_answer(self, o)


@patch("cloudfront", "ListVpcOrigins", "moto has no VPC origins", CloudFrontResponse, "list_vpc_origins")
def list_vpc_origins(_, self):
    items = [described_origin(self, o) | {"Name": o.config["Name"], "OriginEndpointArn": o.config["Arn"]} for o in origins(self.backend).values()]
    return ActionResult({"VpcOriginList": {"Marker": "", "MaxItems": 1000, "IsTruncated": False, "Quantity": len(items), "Items": items}})


@patch("cloudfront", "ListTagsForResource", "moto has no VPC origins", CloudFrontResponse, "list_tags_for_resource")
def list_tags_for_resource(original, self):
    tagged(self)
    return original(self)


@patch("cloudfront", "TagResource", "moto has no VPC origins", CloudFrontResponse, "tag_resource")
def tag_resource(original, self):
    tagged(self)
    return original(self)


@patch("cloudfront", "UntagResource", "moto has no VPC origins", CloudFrontResponse, "untag_resource")
def untag_resource(original, self):
    tagged(self)
    return original(self)


def tagged(self):
    """Refuses the ARN of a VPC origin that is not there."""
    kind, _, id = self.params["Resource"].rpartition(":")[2].partition("/")
    if kind == "vpcorigin":
        find(origins(self.backend), id, "NoSuchResource")


# --- distributions ---


@patch("cloudfront", "CreateDistribution, CreateDistributionWithTags, GetDistribution, GetDistributionConfig", "moto forgets most of a distribution's settings", DistributionConfig, "__init__")
def distribution_config(original, self, config):
    original(self, copy.deepcopy(config))  # fills in what CloudFront does where nothing was written
    vars(self).update(config)


@patch("cloudfront", "UpdateDistribution", "moto gives a distribution that is changed no other version", CloudFrontBackend, "update_distribution")
def update_distribution(original, self, *args, **kwargs):
    distribution, location, _ = original(self, *args, **kwargs)
    distribution.etag, distribution.last_modified_time = version(), now()
    return distribution, location, distribution.etag


@patch("cloudfront", "CreateDistribution, CreateDistributionWithTags", "moto takes all distributions for changed in 2021", Distribution, "__init__")
def distribution(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    self.last_modified_time = now()


# --- access to the buckets of origins ---


@patch("cloudfront", "UpdateOriginAccessControl", "moto gives an access control that is changed no other version", OriginAccessControl, "update")
def update_access_control(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    self.etag = version()
