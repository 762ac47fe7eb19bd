"""GetSessionToken: temporary credentials of the user that asks, perhaps with MFA.

Needs no permission, and no policy can forbid it. Source: STS API Reference, GetSessionToken.
"""

from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.principals import RootPrincipal
from imds_sim.sts import limits
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import duration_violations, text_violations
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_request import token_size_violations
from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class GetSessionTokenRequest:
    """What is asked for. `duration` is 15 minutes to 36 hours; root gets an hour at most."""

    duration: timedelta = limits.DEFAULT_USER_DURATION
    serial_number: str | None = None
    token_code: str | None = None
    minimum_session_token_size: int | None = None

    def violations(self) -> list[str]:
        """Every constraint that the request breaks, in the model's order."""
        return [
            *duration_violations(
                "durationSeconds", self.duration, limits.MIN_DURATION, limits.MAX_USER_DURATION
            ),
            *text_violations("serialNumber", self.serial_number, limits.SERIAL_NUMBER),
            *text_violations("tokenCode", self.token_code, limits.TOKEN_CODE),
            *token_size_violations(self.minimum_session_token_size),
        ]


def get_session_token(
    authority: Authority, signer: Signer, request: GetSessionTokenRequest
) -> Credentials:
    """Mint credentials for a session of the signer. They keep what its policies allow."""
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "GetSessionToken")
    with_mfa = authority.prove_mfa(signer, request.serial_number, request.token_code)
    principal = signer.principal
    is_root = isinstance(principal, RootPrincipal)
    return authority.issue(
        Proposal(
            kind=SessionKind.USER,
            issuer_arn=principal.arn,
            issuer_id=principal.user_id,
            name="",
            duration=min(request.duration, limits.MAX_ROOT_DURATION)
            if is_root
            else request.duration,
            stream=f"session of {principal.arn}",
            with_mfa=with_mfa,
            minimum_size=request.minimum_session_token_size or 0,
        )
    )
