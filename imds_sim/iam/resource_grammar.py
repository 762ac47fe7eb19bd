"""The grammar of `Resource` and `NotResource`.

Source: IAM User Guide, "IAM JSON policy elements: Resource"; the refusals are what moto recorded
of IAM (moto/iam/policy_validation.py).
"""

import re
from collections.abc import Mapping

from imds_sim.iam.document import Resources
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.pattern import ARN_PARTS
from imds_sim.iam.reader import Reader, shown
from imds_sim.iam.refusals import Refusal

_PARTITION = re.compile(r"aws(?:-cn|-us-gov|-iso(?:-[a-z])?|-eusc)?|\*")
_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
_OPTIONAL = frozenset({PolicyKind.RESOURCE})  # without, it is what the policy is attached to

_Element = Mapping[object, object]


def read_resources(
    reader: Reader, element: _Element, path: DocumentPath, kind: PolicyKind, *, variables: bool
) -> Resources | None:
    """Read on what a statement acts; None where the kind of policy does not say it."""
    if kind is PolicyKind.TRUST:
        if "Resource" in element:
            reader.wrong((*path, "Resource"), "", Refusal.RESOURCE)
        if "NotResource" in element:
            reader.wrong((*path, "NotResource"), "", Refusal.NO_RESOURCE)
        return None
    if "Resource" in element and "NotResource" in element:
        reader.wrong((*path, "NotResource"), "Resource and NotResource exclude each other")
        return None
    name = "NotResource" if "NotResource" in element else "Resource"
    if name not in element or element[name] == []:
        if kind not in _OPTIONAL or name in element:
            reader.wrong(path, 'on what does it act? an ARN or "*"', Refusal.NO_RESOURCE)
        return None
    patterns = []
    for text, at in reader.texts(element[name], (*path, name), nulls=True):
        objection = _objection(text, kind)
        if objection is None:
            patterns.append(text)
        else:
            refusal, said = objection
            reader.wrong(at, shown(text), refusal, said=said)
    return Resources(tuple(patterns), excluded=name == "NotResource", variables=variables)


def _objection(text: str, kind: PolicyKind) -> tuple[Refusal, str | None] | None:
    """What IAM says of an entry, and at which of its checks."""
    if text == "*":
        return None
    if ":" not in text:
        return Refusal.RESOURCE, f'Resource {text} must be in ARN format or "*".'
    _, partition, *rest = text.split(":", ARN_PARTS - 1)
    if not _PARTITION.fullmatch(partition):
        shown_rest = [] if rest == [""] else rest
        shape = ":".join((shown_rest + ["*"] * 4)[:4])
        said = f'Partition "{partition}" is not valid for resource "arn:{partition}:{shape}".'
        return Refusal.RESOURCE, said
    if not rest:
        said = "Resource vendor must be fully qualified and cannot contain regexes."
        return Refusal.RESOURCE, said
    if (len(rest) < ARN_PARTS - 2 and "::" in text) or not rest[0]:
        return Refusal.LEGACY, None
    if kind is PolicyKind.RESOURCE_CONTROL and len(rest) < ARN_PARTS - 2:
        return Refusal.RESOURCE, f'Resource {text} must be in ARN format or "*".'
    return _objection_of_service(text, rest)


def _objection_of_service(text: str, rest: list[str]) -> tuple[Refusal, str] | None:
    service, region, _, name = (rest + [""] * 4)[:4]
    has_region = region != "" or len(rest) <= len(("service", "region"))
    if service == "iam" and has_region:
        return Refusal.RESOURCE, f"IAM resource {text} cannot contain region information."
    if service == "s3" and has_region and not name.startswith("accesspoint/"):
        return Refusal.RESOURCE, f"Resource {text} can not contain region information."
    if service == "iam" and name != "*" and not name.startswith(_IAM_PATHS):
        listed = ", ".join(_IAM_PATHS)
        said = f'IAM resource path must either be "*" or start with {listed}.'
        return Refusal.RESOURCE, said
    return None
