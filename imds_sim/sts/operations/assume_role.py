"""AssumeRole: temporary credentials for a session of a role.

Source: STS API Reference, AssumeRole; botocore's model for the constraints.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from imds_sim.iam.principals import RoleSessionPrincipal
from imds_sim.kernel.secret import Secret
from imds_sim.sts import limits
from imds_sim.sts.constraints import duration_violations, missing, text_violations


@dataclass(frozen=True, slots=True)
class AssumeRoleRequest:
    """What is asked for. `duration` is 15 minutes to 12 hours; services may ask for less."""

    role_arn: str
    role_session_name: str
    duration: timedelta = limits.DEFAULT_DURATION
    external_id: str | None = None

    def violations(self, shortest: timedelta = limits.MIN_DURATION) -> list[str]:
        """The constraints that the request breaks; `shortest` is the floor of the duration."""
        return violations(
            self.role_arn, self.role_session_name, self.duration, self.external_id, shortest
        )


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials; times are whole seconds."""

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """What AssumeRole hands out, and who its holder is from now on."""

    credentials: Credentials
    principal: RoleSessionPrincipal


def violations(
    role_arn: str | None,
    role_session_name: str | None,
    duration: timedelta,
    external_id: str | None,
    shortest: timedelta = limits.MIN_DURATION,
) -> list[str]:
    """Every broken constraint of parameters that may be missing, in the model's order.

    AWS orders the clauses of one member as it happens; clients must not rely on it.
    """
    found = []
    if role_arn is None:
        found.append(missing("roleArn"))
    else:
        found += text_violations(
            "roleArn", role_arn, limits.ARN_LENGTH, limits.ARN_CHARACTERS, limits.ARN_PATTERN
        )
    if role_session_name is None:
        found.append(missing("roleSessionName"))
    else:
        found += text_violations(
            "roleSessionName",
            role_session_name,
            limits.ROLE_SESSION_NAME_LENGTH,
            limits.ROLE_SESSION_NAME_CHARACTERS,
            limits.ROLE_SESSION_NAME_PATTERN,
        )
    found += duration_violations("durationSeconds", duration, shortest, limits.MAX_DURATION)
    if external_id is not None:
        found += text_violations(
            "externalId",
            external_id,
            limits.EXTERNAL_ID_LENGTH,
            limits.EXTERNAL_ID_CHARACTERS,
            limits.EXTERNAL_ID_PATTERN,
        )
    return found
