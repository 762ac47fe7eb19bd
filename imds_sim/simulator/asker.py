"""Whom a name means that would assume a role: a workload, a user, a session, a service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Protocol

from imds_sim.credentials.minting import deliveries, presented_by_service
from imds_sim.credentials.provider import CredentialProvider, CredentialSet
from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import Role
from imds_sim.iam.principals import (
    Caller,
    FederatedPrincipal,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.kernel.errors import SimError
from imds_sim.simulator.environment import USER_PREFIX, subject_named
from imds_sim.simulator.world import World
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.service import Service
from imds_sim.sts.signer import Asking, Signer
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.workload import Workload

ANY_SESSION = "session"  # the name of a role session that stands for all of them
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class PrincipalUnknown(SimError):
    """Nobody of the configuration has this name, or it has no credentials to call with."""

    exit_status = 2


class RoleUnknown(SimError):
    """The configuration has no role of this name or ARN."""

    exit_status = 2


class Simulated(Protocol):
    """What is asked: `Core` is one."""

    @property
    def world(self) -> World: ...

    @property
    def credentials(self) -> CredentialProvider: ...

    @property
    def sts(self) -> Service: ...


def _on_this_machine() -> dict[str, str]:
    return {"aws:SourceIp": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a role, with the condition keys of its connection.

    `session_name` is what it calls its sessions; None where it may choose.
    """

    party: Asking
    given: Mapping[str, str] = field(default_factory=_on_this_machine)
    session_name: str | None = None


def role_named(directory: Directory, name: str) -> Role:
    """A role by name or ARN. Raises RoleUnknown."""
    if (found := directory.role_with_arn(name)) is not None:
        return found
    names = {role.name: role for role in directory.roles.values()}
    if name in names:
        return names[name]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names) or 'none'}"
    raise RoleUnknown(f"there is no role {name!r}; {hint}")


def asker_named(simulated: Simulated, name: str, role: Role) -> Asker:
    """Who is meant by a workload's name, `user/NAME`, an ARN or a service's domain.

    A workload that has `role` means its service, which delivers that role's credentials; any other
    workload means the session that it holds. Raises PrincipalUnknown.
    """
    world = simulated.world
    if name in world.resolver.workloads:
        return _workload(simulated, world.resolver.workloads[name], role)
    if name.startswith("arn:"):
        return Asker(_of_arn(world.directory, name, simulated.sts.clock.now()))
    if not name.startswith(USER_PREFIX) and _SERVICE.fullmatch(name):
        return Asker(ServicePrincipal(name), {})
    try:
        subject = subject_named(world, name)
    except WorkloadUnknown as error:
        kinds = "an ARN, user/NAME, a service or a workload"
        raise PrincipalUnknown(f"{error} (a principal is {kinds})") from None
    assert not isinstance(subject, Workload)
    return Asker(Signer(UserPrincipal(subject)))


def _workload(simulated: Simulated, workload: Workload, role: Role) -> Asker:
    if workload.role is None:
        raise PrincipalUnknown(f"{workload.kind} {workload.name} has no role and no credentials")
    if workload.role.arn == role.arn:
        service = ServicePrincipal(workload.service)
        return Asker(service, presented_by_service(workload), workload.role_session_name)
    held = simulated.credentials.current(workload.name, deliveries(workload)[-1])
    if not isinstance(held, CredentialSet):
        reason = held.message if held is not None else "it has no role"
        raise PrincipalUnknown(
            f"{workload.kind} {workload.name} has no credentials of its own to call with: {reason}"
        )
    found = simulated.sts.authenticate(held.access_key_id, held.session_token.reveal())
    return Asker(found.signer)


def _of_arn(directory: Directory, text: str, now: datetime) -> Asking:
    try:
        arn = Arn.parse(text)
    except ArnMalformed as error:
        raise PrincipalUnknown(str(error)) from None
    kind, _, rest = arn.resource.partition("/")
    match arn.service, kind:
        case "iam", "root" if not rest:
            return Signer(RootPrincipal(arn.account, arn.partition))
        case "iam", "user" if text in directory.users:
            return Signer(UserPrincipal(directory.users[text]))
        case "iam", "role" if (role := directory.role_with_arn(text)) is not None:
            return _session(RoleSessionPrincipal(role, ANY_SESSION), SessionKind.ROLE, role, now)
        case "iam", "oidc-provider" if text in directory.oidc_providers:
            return FederatedPrincipal(text)
        case "sts", "assumed-role":
            name, _, session_name = rest.partition("/")
            for role in directory.roles.values():
                if (role.account, role.name) == (arn.account, name) and session_name:
                    principal = RoleSessionPrincipal(role, session_name)
                    return _session(principal, SessionKind.ROLE, role, now)
        case "sts", "federated-user" if rest:
            federated = FederatedUserPrincipal(None, arn.account, arn.partition, rest)
            return _session(federated, SessionKind.FEDERATED_USER, None, now)
    raise PrincipalUnknown(f"nobody of the configuration is {text}")


def _session(principal: Caller, kind: SessionKind, role: Role | None, now: datetime) -> Signer:
    """A session as AssumeRole or GetFederationToken would make it now, with nothing put into it."""
    session = SealedSession(
        access_key_id="",
        issuer_arn=role.arn if role is not None else principal.arn,
        issuer_id=role.unique_id if role is not None else principal.account,
        name=principal.arn.rpartition("/")[2],
        issued_at=now,
        expires_at=now + timedelta(hours=1),
        kind=kind,
    )
    return Signer(principal, session)
