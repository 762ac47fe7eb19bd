"""DecodeAuthorizationMessage: what stands in the encoded message of a denial.

Source: STS API Reference, DecodeAuthorizationMessage.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.sts import limits
from imds_sim.sts.authority import Authority
from imds_sim.sts.authorization_messages import AuthorizationMessages
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.signer import Signer

DECODE_AUTHORIZATION_MESSAGE = "sts:DecodeAuthorizationMessage"


@dataclass(frozen=True, slots=True)
class DecodeAuthorizationMessageRequest:
    """The message as it stood in a denial."""

    encoded_message: str

    def violations(self) -> list[str]:
        """Every constraint that the request breaks."""
        return text_violations("encodedMessage", self.encoded_message, limits.ENCODED_MESSAGE)


def decode_authorization_message(
    authority: Authority,
    messages: AuthorizationMessages,
    signer: Signer,
    request: DecodeAuthorizationMessageRequest,
    given: Mapping[str, str],
) -> str:
    """The document, compact JSON. Raises InvalidAuthorizationMessage.

    A message tells more than its reader may know, so that reading it is a permission of its own.
    """
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "DecodeAuthorizationMessage")
    authority.permit(signer, DECODE_AUTHORIZATION_MESSAGE, "*", authority.keys(signer, given))
    return messages.decode(request.encoded_message, signer.principal.account, authority.clock.now())
