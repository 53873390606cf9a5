"""What AWS's own service models say of a request: required, type, enum, length, range, pattern.

The models are botocore's. AWS refuses such a request before it looks at anything else; the wording is
that of its common framework ("1 validation error detected: Value ... at ... failed to satisfy constraint").
"""

import functools
import re

from moto.core.model import OperationModel


class Refusal(Exception):
    """An error that AWS answers."""

    def __init__(self, code, message, status=400, rule=""):
        super().__init__(message)
        self.code, self.message, self.status, self.rule = code, message, status, rule


# How a service names an invalid parameter, where it is not ValidationException; a pair names a missing one too.
CODES = {
    "chatbot": "InvalidParameterException",
    "cloudfront": "InvalidArgument",
    "ec2": ("InvalidParameterValue", "MissingParameter"),
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "elasticloadbalancing": "ValidationError",
    "iam": "ValidationError",
    "logs": "InvalidParameterException",
    "monitoring": "ValidationError",
    "rds": "ValidationError",
    "route53": "InvalidInput",
    "s3": ("InvalidArgument", "MalformedXML"),
    "sns": "ValidationError",
    "sts": "ValidationError",
}
# How one names a request that cannot be read, where it is not that.
UNREADABLE = {"cloudfront": "MalformedXML", "s3": "MalformedXML", "ec2": "MissingParameter"}
NUMBERS = {"integer", "long", "float", "double"}
TYPES = NUMBERS | {"string", "boolean", "list", "map", "structure"}


def check(service: str, operation: OperationModel, parameters: dict) -> None:
    """Refuses parameters that the operation's model does not allow; names each of them."""
    if operation.input_shape is None:
        return
    faults = list(faults_of(operation.input_shape, parameters, ""))
    if not faults:
        return
    code = CODES.get(service, "ValidationException")
    if isinstance(code, tuple):
        code = code[all(value is None for value, _, _ in faults)]
    many = "s" if len(faults) > 1 else ""
    raise Refusal(
        code,
        f"{len(faults)} validation error{many} detected: "
        + "; ".join(f"Value {'null' if v is None else repr(v)} at '{at}' failed to satisfy constraint: Member must {must}" for v, at, must in faults),
        rule="service-model",
    )


def faults_of(shape, value, at):
    """The value, place and constraint of each fault."""
    kind = shape.type_name
    if kind in TYPES and not is_a(kind, value):
        yield short(value), at, f"be a {kind}"
        return
    traits = shape.metadata
    if kind == "structure":
        if shape.is_document_type:
            return
        for name in shape.required_members:
            if value.get(name) is None:
                yield None, place(at, name), "not be null"
        for name, member in value.items():
            if member is not None and name in shape.members:
                yield from faults_of(shape.members[name], member, place(at, name))
    elif kind == "list":
        yield from length(traits, value, at)
        for number, member in enumerate(value, 1):
            yield from faults_of(shape.member, member, place(at, f"{number}.member"))
    elif kind == "map":
        yield from length(traits, value, at)
        for key, member in value.items():
            yield from faults_of(shape.key, key, place(at, "key"))
            yield from faults_of(shape.value, member, place(at, f"{key}.member"))
    elif kind == "string":
        yield from length(traits, value, at)
        if shape.enum and value not in shape.enum:
            yield short(value), at, f"satisfy enum value set: [{', '.join(shape.enum)}]"
        if "pattern" in traits and not pattern(traits["pattern"]).fullmatch(value):
            yield short(value), at, f"satisfy regular expression pattern: {traits['pattern']}"
    elif kind in NUMBERS:
        if "min" in traits and value < traits["min"]:
            yield value, at, f"have value greater than or equal to {traits['min']}"
        if "max" in traits and value > traits["max"]:
            yield value, at, f"have value less than or equal to {traits['max']}"


def length(traits, value, at):
    if "min" in traits and len(value) < traits["min"]:
        yield short(value), at, f"have length greater than or equal to {traits['min']}"
    if "max" in traits and len(value) > traits["max"]:
        yield short(value), at, f"have length less than or equal to {traits['max']}"


def is_a(kind, value):
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "map" | "structure":
            return isinstance(value, dict)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def place(at, name):
    name = name[0].lower() + name[1:]
    return f"{at}.{name}" if at else name


def short(value):
    return value if not isinstance(value, (str, list, dict)) or len(str(value)) < 120 else str(value)[:117] + "..."


# What AWS's patterns, which are Java's, write in another way than Python. A class of Unicode becomes the
# narrowest that Python has and that holds all of it.
JAVA = {
    r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{M}": r"\w", r"\p{Z}": r"\s", r"\p{Zs}": r"\s",
    r"\p{P}": r"\W", r"\p{S}": r"\W",
    r"\p{Print}": r"[\x20-\x7E]", r"\p{ASCII}": r"[\x00-\x7F]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    r"[\w-": r"[\w\-",
    # A budget's name: in Python a flag in the middle holds for a group only.
    "(?i).*<script>.*</script>.*": "(?i:.*<script>.*</script>.*)",
}  # fmt: skip


@functools.cache
def pattern(text: str) -> re.Pattern:
    for java, python in JAVA.items():
        text = text.replace(java, python)
    return re.compile(text)
