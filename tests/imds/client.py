"""What the tests of the metadata service share: a client, and a provider that holds still."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.imds.handler import ImdsHandler
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.instance import Instance, InstanceProfile
from imds_sim.workloads.role import AttachedRole

NOW = datetime(2023, 10, 2, 14, 32, 45, tzinfo=UTC)
LAUNCHED = datetime(2023, 6, 9, 8, 57, 7, tzinfo=UTC)
DELIVERED = datetime(2023, 10, 2, 14, 5, 18, tzinfo=UTC)
ROLE = AttachedRole("web", "arn:aws:iam::111122223333:role/team/web")
PROFILE = InstanceProfile(
    "arn:aws:iam::111122223333:instance-profile/web-profile", "AIPAVMQT32F2Q43IXV2TC", ROLE
)
CONNECTION = Connection(Surface.IMDS, None, "127.0.0.1", 40000, "127.0.0.1", 1338)


@dataclass(slots=True)
class HeldSets:
    """A provider for tests: hands out what the test put there."""

    sets: dict[tuple[str, Delivery], CredentialSet | Refused] = field(default_factory=dict)

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None:
        return self.sets.get((workload, delivery))


def credential_set(key_id: str, issued_at: datetime = DELIVERED) -> CredentialSet:
    return CredentialSet(
        role_arn=ROLE.arn,
        account="111122223333",
        access_key_id=key_id,
        secret_access_key=Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token=Secret(f"IQoJb3JpZ2luX2VjE//{key_id}=="),
        issued_at=issued_at,
        expires_at=issued_at + timedelta(hours=6, minutes=35),
    )


@dataclass(slots=True)
class Client:
    """Asks a handler as one instance; with a metadata token unless told otherwise."""

    handler: ImdsHandler
    tokens: MetadataTokens
    instance: Instance

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Response:
        """IMDSv2: with a fresh token that lasts six hours."""
        metadata_token = self.tokens.issue(self.instance.id, timedelta(hours=6)).reveal()
        return self.send(method, target, x_aws_ec2_metadata_token=metadata_token, **headers)

    def send(self, method: str, target: str, **headers: str) -> Response:
        """Just what is given; underscores in header names stand for hyphens."""
        fields = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        return self.handler.handle(Request(method, target, fields), self.instance, CONNECTION)

    def value(self, path: str) -> str | None:
        """The text at a path below /latest/meta-data/, or None if it is not there."""
        response = self.get(f"/latest/meta-data/{path}")
        assert response.status in {200, 404}
        return response.body.decode() if response.status == 200 else None

    def lines(self, target: str) -> list[str] | None:
        """The lines at a target, or None if it is not there."""
        response = self.get(target)
        assert response.status in {200, 404}
        return response.body.decode().split("\n") if response.status == 200 else None
