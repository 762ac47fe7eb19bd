"""Policies as the file writes them: documents, and names of managed policies.

Source of the sizes: IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide,
"Quotas and service limits".
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from imds_sim.config.findings import KeyPath
from imds_sim.config.schema.text import kind_of, matching, shown
from imds_sim.iam.document import Policy, trust_for_services
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy
from imds_sim.iam.kinds import PolicyKind

MAX_MANAGED = 6144
MAX_ORGANIZATION = 5120
MAX_TRUST = 4096  # with the quota raised; 2048 without, see `checks.policies`

# What Organizations attaches at every level until someone takes it away, by name.
ALLOW_ALL_OF_SCP = "FullAWSAccess"
ALLOW_ALL_OF_RCP = "RCPFullAWSAccess"

Reading = Callable[[object], object]

_WHITE = re.compile(r"\s+")
_POLICY_NAME = r"[\w+=,.@-]{1,128}"
_POLICY_ARN = r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/([!-~]{1,510}/)?" + _POLICY_NAME
_reference = matching(
    f"{_POLICY_NAME}|{_POLICY_ARN}",
    "a managed policy: its name, or its ARN like arn:aws:iam::111122223333:policy/name",
)


class PolicyNotUnderstood(ValueError):
    """A document with mistakes; `problems` are paths inside it, each with a message."""

    def __init__(self, problems: list[tuple[KeyPath, str]]) -> None:
        self.problems = problems
        super().__init__("is not a policy")


@dataclass(frozen=True, slots=True)
class WrittenPolicy:
    """A policy of the file, compiled, beside the plain data that it was read from."""

    policy: Policy
    document: Mapping[str, object]

    @property
    def size(self) -> int:
        """Characters of its JSON; IAM does not count white space."""
        text = json.dumps(self.document, separators=(",", ":"), ensure_ascii=False, default=str)
        return len(_WHITE.sub("", text))


NOBODY = WrittenPolicy(trust_for_services(()), {})


def _document(kind: PolicyKind, limit: int | None, allowed: str) -> Reading:
    def read(value: object) -> WrittenPolicy:
        if not isinstance(value, dict):
            given = shown(value) if isinstance(value, str) else kind_of(value)
            raise ValueError(f"must be {allowed}, not {given}")
        try:
            written = WrittenPolicy(parse_policy(value, kind), value)
        except PolicyInvalid as invalid:
            problems = [(each.path, each.message) for each in invalid.problems]
            raise PolicyNotUnderstood(problems) from None
        if limit is not None and (size := written.size) > limit:
            raise ValueError(
                f"the policy has {size} characters without white space; allowed: {limit}"
            )
        return written

    return read


def _named_or(read: Reading) -> Reading:
    return lambda value: _reference(value) if isinstance(value, str) else read(value)


def _full_access_or(word: str, kind: PolicyKind, read: Reading) -> PlainValidator:
    return PlainValidator(lambda value: full_access(kind) if value == word else read(value))


_TRUST = _document(PolicyKind.TRUST, MAX_TRUST, "none (nobody) or a policy document")
_IDENTITY = _document(PolicyKind.IDENTITY, None, "a policy document or the name of a managed one")
_BOUNDARY = _document(
    PolicyKind.BOUNDARY, MAX_MANAGED, "a policy document or the name of a managed one"
)
_MANAGED = _document(PolicyKind.IDENTITY, MAX_MANAGED, "a policy document")
_SCP = _document(
    PolicyKind.SERVICE_CONTROL, MAX_ORGANIZATION, f"a policy document or {ALLOW_ALL_OF_SCP}"
)
_RCP = _document(
    PolicyKind.RESOURCE_CONTROL, MAX_ORGANIZATION, f"a policy document or {ALLOW_ALL_OF_RCP}"
)


@cache
def full_access(kind: PolicyKind) -> WrittenPolicy:
    """FullAWSAccess or RCPFullAWSAccess."""
    statement: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind is PolicyKind.RESOURCE_CONTROL:
        statement["Principal"] = "*"
    document: dict[str, object] = {"Version": "2012-10-17", "Statement": [statement]}
    return WrittenPolicy(parse_policy(document, kind), document)


def _schema(*elements: str) -> dict[str, object]:
    """A policy whose statements have `elements` beside those that all have."""
    texts = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    known: dict[str, object] = {
        "Sid": {"type": "string"},
        "Effect": {"enum": ["Allow", "Deny"]},
        "Action": texts,
        "NotAction": texts,
        "Condition": {"type": "object"},
        "Resource": texts,
        "NotResource": texts,
        "Principal": {"anyOf": [{"const": "*"}, {"type": "object"}]},
    }
    names = ("Sid", "Effect", "Action", "NotAction", "Condition", *elements)
    statement = {
        "type": "object",
        "required": ["Effect"],
        "properties": {name: known[name] for name in names},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["Statement"],
        "properties": {
            "Version": {"enum": ["2012-10-17", "2008-10-17"]},
            "Id": {"type": "string"},
            "Statement": {"anyOf": [statement, {"type": "array", "items": statement}]},
        },
        "additionalProperties": False,
    }


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


_Empty = BeforeValidator(_nothing_is_empty)


def _either(*schemas: dict[str, object]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(schemas)})


def _level(*policies: dict[str, object]) -> WithJsonSchema:
    """A policy or a list of them."""
    several = {"type": "array", "minItems": 1, "items": {"anyOf": list(policies)}}
    return _either(*policies, several)


_NAMED: dict[str, object] = {"type": "string", "pattern": f"^({_POLICY_NAME}|{_POLICY_ARN})$"}
_OF_IDENTITIES = _schema("Resource", "NotResource")

Trust = Annotated[
    WrittenPolicy,
    PlainValidator(lambda value: NOBODY if value == "none" else _TRUST(value)),
    _either({"const": "none"}, _schema("Principal")),
]
PolicyName = Annotated[
    str,
    PlainValidator(
        matching(_POLICY_NAME, "a policy name: 1 to 128 letters, digits and characters of +=,.@_-")
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_POLICY_NAME}$"}),
]
IdentityPolicy = Annotated[
    WrittenPolicy | str, PlainValidator(_named_or(_IDENTITY)), _either(_NAMED, _OF_IDENTITIES)
]
IdentityPolicies = Annotated[dict[PolicyName, IdentityPolicy], _Empty]
BoundaryPolicy = Annotated[
    WrittenPolicy | str, PlainValidator(_named_or(_BOUNDARY)), _either(_NAMED, _OF_IDENTITIES)
]
ManagedPolicy = Annotated[WrittenPolicy, PlainValidator(_MANAGED), WithJsonSchema(_OF_IDENTITIES)]
ServiceControlPolicy = Annotated[
    WrittenPolicy, _full_access_or(ALLOW_ALL_OF_SCP, PolicyKind.SERVICE_CONTROL, _SCP)
]
ResourceControlPolicy = Annotated[
    WrittenPolicy, _full_access_or(ALLOW_ALL_OF_RCP, PolicyKind.RESOURCE_CONTROL, _RCP)
]
SCP_LEVEL = _level({"const": ALLOW_ALL_OF_SCP}, _OF_IDENTITIES)
RCP_LEVEL = _level({"const": ALLOW_ALL_OF_RCP}, _schema("Resource", "NotResource", "Principal"))
ManagedPolicyKey = Annotated[str, PlainValidator(_reference), WithJsonSchema(_NAMED)]
