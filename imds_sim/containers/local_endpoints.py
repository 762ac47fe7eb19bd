"""The paths of amazon-ecs-local-container-endpoints, for those who come from there.

Source: awslabs/amazon-ecs-local-container-endpoints 1.4.2, handlers/credentials.go. It calls the
STS with the identity of its host; here one of the configuration stands for it. `Expiration` is
always set, which it is not there.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from imds_sim.containers.go_json import marshal
from imds_sim.credentials.provider import CredentialSet
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.timestamps import iso_seconds

_PATH = re.compile(r"/(?:creds/?|role/(?P<name>[^/]+)/?|role-arn/(?P<arn>.+/[^/]+?)/?)")


class HostCallFailed(SimError):
    """What the host's identity asked of the STS was refused; the message is the SDK's."""


class Host(Protocol):
    """Who calls the STS. Mints anew for every call; each raises HostCallFailed."""

    def session(self) -> CredentialSet:
        """Credentials of its own: those it holds if they are temporary, else of a session."""
        ...

    def assume(self, role_arn: str) -> CredentialSet:
        """Those of a role."""
        ...

    def role_named(self, name: str) -> str:
        """The ARN of a role."""
        ...


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    """Status and body, without line feed; `minted` is what it hands out."""

    status: HTTPStatus
    body: bytes
    minted: CredentialSet | None = None


def covers(path: str) -> bool:
    """Whether a path is one of these."""
    return _PATH.fullmatch(path) is not None


def answer(host: Host, path: str) -> LocalAnswer:
    """The credentials that a path stands for, or why there are none."""
    found = _PATH.fullmatch(path)
    name, role_arn = (None, None) if found is None else found.group("name", "arn")
    try:
        if name is not None:
            role_arn = host.role_named(name)
        if role_arn is None:
            return _credentials(host.session(), "")
        return _credentials(host.assume(role_arn), role_arn)
    except HostCallFailed as error:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return LocalAnswer(status, f"{status.phrase}: {error}".encode())


def _credentials(minted: CredentialSet, role_arn: str) -> LocalAnswer:
    body = marshal(
        {
            "AccessKeyId": minted.access_key_id,
            "Expiration": iso_seconds(minted.expires_at),
            "RoleArn": role_arn,
            "SecretAccessKey": minted.secret_access_key.reveal(),
            "Token": minted.session_token.reveal(),
        }
    )
    return LocalAnswer(HTTPStatus.OK, body, minted)
