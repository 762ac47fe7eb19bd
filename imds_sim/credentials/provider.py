"""A set of role credentials, and the one thing that surfaces know of where sets come from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from imds_sim.kernel.message import Notes
from imds_sim.kernel.secret import Secret


class Delivery(StrEnum):
    """How a set reaches its holder; the two of IMDS are the values of `ec2:RoleDelivery`."""

    IMDS_V1 = "1.0"
    IMDS_V2 = "2.0"
    CONTAINER = "container"
    EXECUTION = "execution"  # of a task's execution role
    INSTANCE_IDENTITY = "instance identity"  # of the role that every instance has, v1 and v2 alike


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """A set of temporary credentials of a role, as every reader sees it until the refresh."""

    role_arn: str
    account: str
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    issued_at: datetime
    expires_at: datetime

    def notes(self) -> Notes:
        """What the journal keeps of a reply that hands the set out."""
        return Notes(access_key_id=self.access_key_id, expires_at=self.expires_at)


@dataclass(frozen=True, slots=True)
class Refused:
    """No credentials: the STS would not give them. `role_name` is the role that was asked for.

    Stays what it is until the next refresh or reload, as on AWS.
    """

    role_name: str
    code: str
    message: str
    refused_at: datetime


class CredentialProvider(Protocol):
    """Hands out what is held. Surfaces see only this."""

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None:
        """The set of a workload by name; None if the workload has no role (of that delivery).

        Identical for every caller until the next refresh; minted at first read if none is held.
        """
        ...
