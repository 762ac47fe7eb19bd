"""GetDelegatedAccessToken: credentials for a trade-in token, of which none is ever issued here.

Source: botocore's model. AWS hands trade-in tokens to product providers only.
"""

from dataclasses import dataclass
from typing import Never

from imds_sim.sts import limits
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.errors import ExpiredTradeInToken, ValidationError
from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class GetDelegatedAccessTokenRequest:
    """The trade-in token: opaque, of any length."""

    trade_in_token: str

    def violations(self) -> list[str]:
        """Every constraint that the request breaks."""
        return text_violations(
            "tradeInToken", self.trade_in_token, limits.TRADE_IN_TOKEN, secret=True
        )


def get_delegated_access_token(signer: Signer, request: GetDelegatedAccessTokenRequest) -> Never:
    """Raises ValidationError, AccessDenied, and ExpiredTradeInToken for every token."""
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "GetDelegatedAccessToken")
    raise ExpiredTradeInToken
