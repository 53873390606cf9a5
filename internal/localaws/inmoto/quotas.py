"""Service Quotas: AWS's defaults, and what this account has been granted.

An account that is ready for the platform has asked for more than the defaults: here ten times as much, but for the rules
of a security group, for which make preflight does not ask, unless a test or a person sets another value (PUT /_localaws/quotas, a JSON object of quota codes, or {"default": true} for AWS's own).
"""

import json

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

GRANTED = 10
RULES_OF_GROUP = "L-0EA8095F"

# AWS's defaults, from the Service Quotas console's list of each service: name, value.
DEFAULTS = {
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5),
    ("vpc", "L-FE5A380F"): ("NAT gateways per Availability Zone", 5),
    ("vpc", "L-A4707A72"): ("Internet gateways per Region", 5),
    ("vpc", RULES_OF_GROUP): ("Inbound or outbound rules per security group", 60),
    ("vpc", "L-1B52E74A"): ("Gateway VPC endpoints per Region", 20),
    ("fargate", "L-3032A538"): ("Fargate On-Demand vCPU resource count", 6),
    ("fargate", "L-36FBB829"): ("Fargate Spot vCPU resource count", 6),
    ("elasticloadbalancing", "L-53DA6B97"): ("Application Load Balancers per Region", 50),
    ("rds", "L-7B6409FD"): ("DB instances", 40),
    ("wafv2", "L-2EC3DE7B"): ("Web ACLs for regional use", 100),
    ("cloudfront", "L-24B04930"): ("Distributions per AWS account", 200),
    ("iam", "L-FE177D64"): ("Roles per account", 1000),
}
# Values set here, by code.
given: dict[str, float] = {}


def value(service: str, code: str) -> float:
    _, default = DEFAULTS[service, code]
    return given.get(code, default if code == RULES_OF_GROUP else default * GRANTED)


def put(body: bytes) -> None:
    """Sets what the account has been granted. It raises ValueError, and changes nothing, where body is not what it takes."""
    asked = json.loads(body)
    if not isinstance(asked, dict):
        raise ValueError("a JSON object of quota codes is required")
    default = asked.pop("default", False)
    if not isinstance(default, bool):
        raise ValueError(f'"default": {json.dumps(default)}: true or false is required')
    codes = {code for _, code in DEFAULTS}
    for code, granted in asked.items():
        if code not in codes:
            raise ValueError(f"{json.dumps(code)}: allowed are {', '.join(sorted(codes))}")
        if isinstance(granted, bool) or not isinstance(granted, int | float) or granted < 0:
            raise ValueError(f"{json.dumps(code)}: {json.dumps(granted)}: a number of at least 0 is required")
    given.clear()
    if default:
        given.update({code: value for (_, code), (_, value) in DEFAULTS.items()})
    given.update(asked)


def answer(environ, start_response, put=put, what="quotas", read="Service Quotas lists them (aws service-quotas list-service-quotas)") -> list[bytes]:
    """Answers a request to /_localaws/quotas, or of a like one to put something else, the WSGI way."""
    # Read in any case: an answer to a request that is still being sent may not arrive.
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["REQUEST_METHOD"] != "PUT":
        status, allow, said = "405 Method Not Allowed", [("Allow", "PUT")], f"PUT sets {what}; {read}."
    else:
        try:
            put(body)
        except ValueError as e:
            status, allow, said = "400 Bad Request", [], f"the {what}: {e}"
        else:
            start_response("204 No Content", [])
            return []
    text = (said + "\n").encode()
    start_response(status, [*allow, ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))])
    return [text]


def quota(service, code, granted):
    if (service, code) not in DEFAULTS:
        raise NoSuchResource
    name, default = DEFAULTS[service, code]
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(value(service, code) if granted else default),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": service in ("cloudfront", "iam"),
    }


def quotas_of(service, granted):
    return [quota(s, code, granted) for s, code in DEFAULTS if s == service]


ServiceQuotasBackend.get_service_quota = lambda self, service_code, quota_code: quota(service_code, quota_code, True)
ServiceQuotasBackend.list_aws_default_service_quotas = lambda self, service_code: quotas_of(service_code, False)


def get_aws_default_service_quota(self):
    return json.dumps({"Quota": quota(self._get_param("ServiceCode"), self._get_param("QuotaCode"), False)})


def list_service_quotas(self):
    return json.dumps({"Quotas": quotas_of(self._get_param("ServiceCode"), True)})


ServiceQuotasResponse.get_aws_default_service_quota = get_aws_default_service_quota
ServiceQuotasResponse.list_service_quotas = list_service_quotas
