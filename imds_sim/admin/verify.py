"""Whose credentials these are, and what they may do: so that another emulator can honour them.

The signature of whatever was signed with them is the asker's business; nothing secret is told.
"""

import json
from collections.abc import Iterable, Mapping

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import VERSION_WITH_VARIABLES, NamedPolicy, Policy
from imds_sim.iam.principals import (
    Caller,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.service import Service
from imds_sim.sts.tags import overlaid
from imds_sim.sts.verification import VerifiedSession

Document = dict[str, object]

MAX_BODY = 16 * 1024  # bytes; a session token has 4 KiB at most
_KEYS = ("access_key_id", "session_token")


def verified(service: Service, body: bytes) -> Document:
    """The document about the key id and session token in `body`.

    Raises BodyInvalid, and ApiError as the STS would: InvalidClientTokenId, ExpiredToken.
    """
    found = service.verify(*_read(body))
    account = service.directory.accounts.get(found.account)
    boundary = found.permissions_boundary
    return {
        "principal": _principal(found),
        "issued_at": iso_seconds(found.issued_at) if found.issued_at else None,
        "expires_at": iso_seconds(found.expires_at) if found.expires_at else None,
        "tags": overlaid(_own_tags(found.principal), found.contents.tags),
        "source_identity": found.source_identity,
        "context": dict(found.context),
        "identity_policies": _named(found.identity_policies),
        "permissions_boundary": None if boundary is None else document_of(boundary),
        "session_policies": _session_policies(found.contents, service.directory),
        "service_control_policies": [
            [document_of(policy) for policy in level] for level in (account.scps if account else ())
        ],
    }


def _read(body: bytes) -> tuple[str, str | None]:
    read = read_object(body, _KEYS)
    key_id, session_token = (read.get(key) for key in _KEYS)
    if not isinstance(key_id, str) or not key_id:
        raise BodyInvalid("access_key_id must be text")
    if session_token is not None and not isinstance(session_token, str):
        raise BodyInvalid("session_token must be text, or null for a long-term key")
    return key_id, session_token


def _principal(found: VerifiedSession) -> Document:
    principal = found.principal
    told: Document = {
        "type": _type(principal),
        "arn": found.arn,
        "account": found.account,
        "user_id": found.user_id,
    }
    match principal:
        case RoleSessionPrincipal(role, session_name):
            told |= {"role_arn": role.arn, "session_name": session_name}
        case UserPrincipal(user):
            told |= {"user_name": user.name}
        case FederatedUserPrincipal(user):
            told |= {"user_arn": user.arn if user else None}
        case RootPrincipal():
            pass
    return told


def _type(principal: Caller) -> str:
    """The value of `aws:PrincipalType`."""
    match principal:
        case RoleSessionPrincipal():
            return "AssumedRole"
        case UserPrincipal():
            return "User"
        case FederatedUserPrincipal():
            return "FederatedUser"
        case RootPrincipal():
            return "Account"


def _own_tags(principal: Caller) -> Mapping[str, str]:
    """The tags of the role or user; those of the session come over them."""
    match principal:
        case RoleSessionPrincipal(role):
            return role.tags
        case UserPrincipal(user):
            return user.tags
        case FederatedUserPrincipal(user):
            return user.tags if user else {}
        case RootPrincipal():
            return {}


def _session_policies(contents: SessionContents, directory: Directory) -> list[Document]:
    """Those that were passed; a managed one that is gone or unknown allows nothing."""
    inline: list[Document] = []
    if contents.policy is not None:
        inline = [{"name": None, "document": json.loads(contents.policy)}]
    nothing = Policy(version=VERSION_WITH_VARIABLES)
    return inline + _named(
        NamedPolicy(arn, directory.managed_policies.get(arn, nothing))
        for arn in contents.policy_arns
    )


def _named(policies: Iterable[NamedPolicy]) -> list[Document]:
    return [{"name": each.name, "document": document_of(each.policy)} for each in policies]


def document_of(policy: Policy) -> Document:
    """A policy as plain data for JSON."""
    head: Document = {} if policy.version is None else {"Version": policy.version}
    if policy.id is not None:
        head["Id"] = policy.id
    return {**head, "Statement": [statement.document() for statement in policy.statements]}
