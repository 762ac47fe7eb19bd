"""The names that may stand in a `Principal`, and which of them are good.

Source: IAM User Guide, "AWS JSON policy elements: Principal"; IAM API Reference, CreateRole and
CreateUser for the characters of names and paths.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

EVERYONE = "*"

_ARN = r"arn:aws[a-z-]*"
_ACCOUNT = r"\d{12}"
_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"/(?:[\x21-\x7e]{1,510}/)?"

_ROOT = re.compile(rf"{_ARN}:iam::({_ACCOUNT}):root", re.ASCII)
_AWS = re.compile(
    rf"{_ACCOUNT}|{_ARN}:iam::{_ACCOUNT}:root"
    rf"|{_ARN}:iam::{_ACCOUNT}:(?:user|role){_PATH}{_NAME}"
    rf"|{_ARN}:sts::{_ACCOUNT}:assumed-role/{_NAME}/[\w+=,.@-]{{2,64}}"
    rf"|{_ARN}:sts::{_ACCOUNT}:federated-user/[\w+=,.@-]{{2,32}}"
    r"|(?:AIDA|AROA)[A-Z0-9]{12,124}",
    re.ASCII,
)
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_FEDERATED = re.compile(
    rf"{_ARN}:iam::{_ACCOUNT}:saml-provider/[\w.-]{{1,128}}"
    rf"|{_ARN}:iam::{_ACCOUNT}:oidc-provider/[A-Za-z0-9.-]+(?::\d+)?(?:/[\x21-\x7e]*)?"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)+",
    re.ASCII,
)
_WILD = re.compile(r"[*?]")


class PrincipalKind(StrEnum):
    """The element of `Principal` under which a name stands."""

    AWS = "AWS"
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"


@dataclass(frozen=True, slots=True)
class PrincipalName:
    """A principal as a policy names it."""

    kind: PrincipalKind
    value: str

    @property
    def key(self) -> str:
        """What is compared: an account's id and its root ARN are one, kinds are apart."""
        if self.kind is not PrincipalKind.AWS:
            return f"{self.kind}:{self.value}"
        root = _ROOT.fullmatch(self.value)
        return root[1] if root else self.value


def objection_to(name: PrincipalName) -> str | None:
    """What AWS says of a name that cannot stand there; None if it can.

    Whether it exists is not asked: names are compared, never resolved to unique ids.
    """
    value = name.value
    wild = "no wildcards in a principal" if _WILD.search(value) else None
    match name.kind:
        case PrincipalKind.AWS if value == EVERYONE or (not wild and _AWS.fullmatch(value)):
            return None
        case PrincipalKind.AWS:
            hint = wild or "an account, or the ARN of a user, role or session"
            return f'Invalid principal in policy: "AWS":"{value}"; {hint}'
        case PrincipalKind.SERVICE if not _SERVICE.fullmatch(value):
            hint = "a name like ec2.amazonaws.com"
            return f'Invalid principal in policy: "SERVICE":"{value}"; {hint}'
        case PrincipalKind.FEDERATED if wild or not _FEDERATED.fullmatch(value):
            return "Federated principals must be valid domain names or SAML metadata ARNs"
        case _:
            return None
