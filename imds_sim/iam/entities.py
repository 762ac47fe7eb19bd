"""The entities of IAM that credentials are made of: roles and users."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `path` begins and ends with a slash; `unique_id` is `AROA…` and ends with the role.

    `max_session_duration` is 1 to 12 hours and binds callers of the API only. `policies` are the
    inline ones and the attached managed ones.
    """

    partition: str
    account: str
    name: str
    unique_id: str
    trust: Policy
    path: str = "/"
    max_session_duration: timedelta = timedelta(hours=1)
    policies: tuple[NamedPolicy, ...] = ()
    permissions_boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The ARN with path: `arn:aws:iam::111122223333:role/path/name`."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A long-term key of a user."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class MfaDevice:
    """An MFA device of a user: `serial` is its ARN or number, `seed` the secret in base32."""

    serial: str
    seed: Secret


@dataclass(frozen=True, slots=True)
class User:
    """A user with its long-term keys; `unique_id` is `AIDA…`.

    `policies` are its own and those of its groups.
    """

    partition: str
    account: str
    name: str
    unique_id: str
    path: str = "/"
    access_keys: tuple[AccessKey, ...] = ()
    policies: tuple[NamedPolicy, ...] = ()
    permissions_boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    mfa_devices: tuple[MfaDevice, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN with path: `arn:aws:iam::111122223333:user/path/name`."""
        return f"arn:{self.partition}:iam::{self.account}:user{self.path}{self.name}"
