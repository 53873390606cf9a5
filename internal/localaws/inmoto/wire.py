"""Every request to the local AWS, taken apart by AWS's own service models (botocore's)."""

import contextvars
import io
import re
from dataclasses import dataclass, field

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import NotFound, get_service_router
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

SCOPE = re.compile(r"Credential=[^/,\s]+/[0-9]{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")

# botocore's name of a service, where it is not the signing name.
MODELS = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
}
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


# The call that a thread of moto's answers.
current: contextvars.ContextVar = contextvars.ContextVar("call", default=None)


def read(environ) -> Call | None:
    """The call that a request is; None for one that no model knows, which is left to moto."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not scope:
        return None
    region, service = scope.groups()
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
    call.input = parser(operation).parse(
        {"method": request.method, "values": request.values, "headers": request.headers, "body": body, "url_path": request.path, "url_params": path}
    )
    return call


def keep_body(request) -> None:
    """Reads the body, and leaves it for whoever reads the request next."""
    body = request.get_data()
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)


class Dispatcher(DomainDispatcherApplication):
    """moto's own, with the call at hand for its patches."""

    def __call__(self, environ, start_response):
        current.set(read(environ))
        return super().__call__(environ, start_response)
