"""Worlds made of a few workloads, and credentials that are simply there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.credentials.refresh import Held
from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import AccessKey, Role, User
from imds_sim.iam.generations import Generations
from imds_sim.kernel.secret import Secret
from imds_sim.simulator.world import World
from imds_sim.workloads.listener import Listener
from imds_sim.workloads.resolve import Resolver
from imds_sim.workloads.workload import Workload

ISSUED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CREDENTIALS = CredentialSet(
    role_arn="arn:aws:iam::111122223333:role/web",
    account="111122223333",
    access_key_id="ASIAHELD",
    secret_access_key=Secret("held secret"),
    session_token=Secret("held token"),
    issued_at=ISSUED_AT,
    expires_at=ISSUED_AT + timedelta(hours=6),
)
REFUSED = Refused("web", "AssumeRoleUnauthorizedAccess", "the trust policy says no", ISSUED_AT)
ALICE = User(
    "aws", "111122223333", "alice", "AIDA", access_keys=(AccessKey("AKIAALICE", Secret("hers")),)
)


def world_of(
    *workloads: Workload,
    users: Iterable[User] = (),
    roles: Iterable[Role] = (),
    listeners: tuple[Listener, ...] = (),
) -> World:
    """A world in us-east-1 with these workloads, in their order."""
    return World(
        account="111122223333",
        region="us-east-1",
        partition="aws",
        directory=Directory.of(roles, users),
        resolver=Resolver.of(workloads),
        listeners=listeners,
        generations=Generations(),
    )


@dataclass
class FixedCredentials:
    """A provider that gives everybody the same, and counts who asked."""

    value: CredentialSet | Refused | None = CREDENTIALS
    asked: list[str] = field(default_factory=list)

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None:
        self.asked.append(workload)
        return self.value

    def held(self, workload: str) -> Mapping[Delivery, Held]:
        if self.value is None:
            return {}
        held = Held(self.value, ISSUED_AT + timedelta(hours=1))
        # Nobody has read the instance identity role's.
        return {way: held for way in Delivery if way is not Delivery.INSTANCE_IDENTITY}
