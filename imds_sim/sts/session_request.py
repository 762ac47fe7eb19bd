"""What operations that mint a session are asked about the session itself, and its limits.

Source: botocore's model for the constraints; that of the role was recorded.
"""

from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.entities import Role
from imds_sim.sts import limits
from imds_sim.sts.constraints import duration_violations, number_violations
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.session_policies import policy_violations


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedSessionRequest:
    """What AssumeRoleWithSAML and AssumeRoleWithWebIdentity have in common.

    `duration` is 15 minutes to 12 hours.
    """

    duration: timedelta = limits.DEFAULT_DURATION
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    minimum_session_token_size: int | None = None

    def session_violations(self) -> list[str]:
        """The constraints that these parameters break, in the model's order."""
        return [
            *policy_violations(self.policy, self.policy_arns),
            *duration_violations(
                "durationSeconds", self.duration, limits.MIN_DURATION, limits.MAX_DURATION
            ),
            *token_size_violations(self.minimum_session_token_size),
        ]


def token_size_violations(minimum: int | None) -> list[str]:
    """What is wrong with the size that a session token shall at least have, in bytes."""
    return number_violations("minimumSessionTokenSize", minimum, limits.MINIMUM_SESSION_TOKEN_SIZE)


def check_role_limit(role: Role, duration: timedelta) -> None:
    """Raise ValidationError for a session longer than its role allows."""
    if duration > role.max_session_duration:
        raise ValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
