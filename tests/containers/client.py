"""What the tests of the container endpoints share: a provider that holds still, and parsing."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from imds_sim.containers.eks_errors import InvalidToken
from imds_sim.containers.service_account_token import UnprovenToken
from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.pod import Cluster

DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
GENERIC = Connection(Surface.GENERIC, None, "172.30.0.11", 40000, "127.0.0.1", 1343)
CONNECTION = Connection(Surface.ECS, None, "172.30.0.11", 40000, "127.0.0.1", 1340)
HELD = CredentialSet(
    role_arn="arn:aws:iam::111122223333:role/web",
    account="111122223333",
    access_key_id="ASIAQQQQQQQQQQQQQQQQ",
    secret_access_key=Secret("wJalr/XUtn+FEMI"),
    session_token=Secret("IQoJ//b3JpZ2lu=="),
    issued_at=datetime(2026, 1, 2, 3, 0, tzinfo=UTC),
    expires_at=datetime(2026, 1, 2, 9, 0, 0, 999_999, tzinfo=UTC),
)
EXECUTION = replace(
    HELD,
    role_arn="arn:aws:iam::111122223333:role/pull",
    access_key_id="ASIAPPPPPPPPPPPPPPPP",
)
REFUSED = Refused("web", "AssumeRoleUnauthorizedAccess", "the trust policy", HELD.issued_at)


@dataclass(slots=True)
class HeldSets:
    """A provider for tests: hands out what the test put there."""

    sets: dict[str, CredentialSet | Refused] = field(default_factory=dict)

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None:
        if delivery is Delivery.EXECUTION:
            return EXECUTION
        assert delivery is Delivery.CONTAINER
        return self.sets.get(workload)


class NoChance:
    """Entropy that draws nothing but zeros."""

    def bytes(self, count: int, purpose: str) -> bytes:
        return bytes(count)


@dataclass(frozen=True, slots=True)
class BelievedTokens:
    """A verifier for tests: believes whatever says that the cluster issued it, or says nothing."""

    cluster: Cluster

    def verify(self, presented: str, said: UnprovenToken, audience: str) -> Cluster:
        if said.claims.get("iss") not in (None, self.cluster.issuer):
            raise InvalidToken("another issuer")
        return self.cluster


def parsed(raw: str) -> Request:
    """A well-formed request from its bytes as text."""
    head, _, body = raw.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, target, version = first.split(" ")
    fields = ((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Request(method, target, Headers(fields), body.encode(), version.removeprefix("HTTP/"))
