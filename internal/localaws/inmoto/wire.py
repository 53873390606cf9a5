"""Every request to the local AWS, taken apart by AWS's own service models (botocore's) and held to AWS's rules."""

import contextvars
import functools
import io
import json
import os
import re
import threading
from dataclasses import dataclass, field

from moto.backends import get_backend
from moto.core import responses
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import NotFound, get_service_router
from moto.core.serialize import get_serializer_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

import account
import quotas
import rules
from check import CODES, UNREADABLE, Refusal, check

SCOPE = re.compile(r"Credential=[^/,\s]+/[0-9]{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")

# botocore's name of a service, where it is not the signing name.
MODELS = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
# moto's, likewise.
BACKENDS = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "servicequotas": "service-quotas"}
# moto's threads share its dictionaries, and one that is read while another thread writes it ends the reader. Python
# runs one thread at a time anyway.
ONE_AT_A_TIME = threading.Lock()
# Bodies that are contents of objects, which are not read here.
CONTENTS = {"PutObject", "UploadPart"}


@dataclass
class Call:
    """One request: the operation by its model, its input by the model's names."""

    service: str  # signing name
    region: str
    operation: object  # botocore's OperationModel
    input: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.operation.name

    @property
    def account(self) -> str:
        return os.environ["MOTO_ACCOUNT_ID"]

    def backend(self, service: str, region: str = ""):
        """What moto keeps of a service, by its signing name; of a global one, where region is "aws"."""
        return get_backend(BACKENDS.get(service, service))[self.account][region or self.region]


# The call that a thread of moto's answers.
current: contextvars.ContextVar = contextvars.ContextVar("call", default=None)


def read(environ) -> Call | None:
    """The call that a request is; None for one that no model knows, which is left to moto."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not scope:
        return None
    region, service = scope.groups()
    if service == "s3" and environ.get("PATH_INFO", "").startswith("/v20180820/"):
        service = "s3control"
    request = Request(environ, populate_request=False)
    try:
        if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            keep_body(request)  # the router looks for the operation's name in it
        operation, path = get_service_router(MODELS.get(service, service)).match(request)
    except (NotFound, NotImplementedError, KeyError, ValueError):
        return None
    call = Call(service, region, operation)
    if operation.name not in CONTENTS:
        keep_body(request)
    parser = PROTOCOL_PARSERS[determine_request_protocol(operation.service_model, request.content_type)]
    body = b"" if operation.name in CONTENTS else request.get_data()
    try:
        if body and "json" in operation.service_model.protocol and "json" in (request.content_type or "json"):
            json.loads(body)  # moto's parser takes what is no JSON for nothing
        call.input = parser(operation).parse(
            {"method": request.method, "values": request.values, "headers": request.headers, "body": body, "url_path": request.path, "url_params": path}
        )
    except (RequestParserError, ValueError, TypeError, AttributeError) as e:
        code = UNREADABLE.get(service) or CODES.get(service, "SerializationException")
        raise Refusal(code, f"the request cannot be read: {e}", rule="service-model") from e
    return call


def written(call, result, start_response) -> list[bytes]:
    """Sends an answer as the operation's model writes it."""
    model = call.operation.service_model
    sent = get_serializer_class(model.service_name, model.protocol)(operation_model=call.operation).serialize(result)
    start_response(f"{sent['status_code']} OK", list(sent["headers"].items()))
    return [sent["body"].encode()]


def keep_body(request) -> None:
    """Reads the body, and leaves it for whoever reads the request next."""
    body = request.get_data()
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)


# moto asks this of a class at every request.
responses.method_names_from_class = functools.cache(responses.method_names_from_class)


class Dispatcher(DomainDispatcherApplication):
    """moto's own, which refuses what AWS would refuse and does besides what AWS does besides.

    The front writes a refusal in the protocol of the request. With X-Localaws-Check it only asks whether a call is
    one that AWS would take, because it answers the call itself.
    """

    # moto lists its own folders for each host, and then tries each service's pattern: a third of a request's time.
    get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") == "/_localaws/quotas":
            return quotas.answer(environ, start_response)
        if environ.get("PATH_INFO") == "/_localaws/slack-workspaces":
            return quotas.answer(environ, start_response, account.authorise, "Slack workspaces", "Amazon Q Developer in chat applications lists them (aws chatbot describe-slack-workspaces)")
        if environ.get("PATH_INFO") == "/moto-api/reset":
            quotas.given.clear()
            account.clear()
        with ONE_AT_A_TIME:
            return self.answer(environ, start_response)

    def answer(self, environ, start_response):
        try:
            call = read(environ)
            current.set(call)
            if call:
                check(call.service, call.operation, call.input)
                rules.before(call)
                if (own := account.ANSWERS.get((call.service, call.name))) and "HTTP_X_LOCALAWS_CHECK" not in environ:
                    return written(call, own(call), start_response)
        except Refusal as refusal:
            start_response("400 Refused", [("X-Localaws-Refused", refusal.rule or "no-rule"), ("Content-Type", "application/json")])
            return [json.dumps({"status": refusal.status, "code": refusal.code, "message": refusal.message}).encode()]
        if "HTTP_X_LOCALAWS_CHECK" in environ:
            start_response("204 No Content", [])
            return []

        def started(status, headers, exc_info=None):
            if call and status.startswith("2"):
                headers = list(headers) + [("X-Localaws-Rule", rule) for rule in rules.after(call)]
            return start_response(status, headers, exc_info)

        return super().__call__(environ, started)
