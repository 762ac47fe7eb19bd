"""A Lambda function: credentials in the environment, or behind a token with SnapStart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.role import AttachedRole


@dataclass(frozen=True, slots=True)
class Function:
    """A function. With `snap_start` it asks for credentials with `authorization_token`.

    With `environment_token` every function asks where it runs (AWS_LAMBDA_METADATA_TOKEN).
    """

    kind: ClassVar[str] = "function"
    surface: ClassVar[Surface] = Surface.LAMBDA  # that its requests are known on
    service: ClassVar[str] = "lambda.amazonaws.com"
    credentials_path: ClassVar[str] = "/2021-04-23/credentials"
    metadata_path: ClassVar[str] = "/2026-01-15/metadata/execution-environment"

    name: str
    partition: str
    account: str
    region: str
    role: AttachedRole
    authorization_token: Secret
    environment_token: Secret
    availability_zone_id: str
    snap_start: bool = False
    lifetime: timedelta = timedelta(hours=12)

    @property
    def role_session_name(self) -> str:
        """Lambda names the session after the function."""
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.name}"

    def authorizations(self) -> tuple[str, ...]:
        """What the function shows of itself in `Authorization`, at either endpoint."""
        metadata = f"Bearer {self.environment_token.reveal()}"
        return (metadata, self.authorization_token.reveal()) if self.snap_start else (metadata,)
