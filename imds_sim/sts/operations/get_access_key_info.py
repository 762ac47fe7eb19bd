"""GetAccessKeyInfo: the account that an access key belongs to.

Source: STS API Reference, GetAccessKeyInfo; Aidan Steele, "AWS Access Key ID formats"
(awsteele.com, 2020-09-26) for the account inside a key id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.kernel.identifiers import account_of
from imds_sim.sts import limits
from imds_sim.sts.authority import Authority
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.signer import Signer

GET_ACCESS_KEY_INFO = "sts:GetAccessKeyInfo"
_LENGTH = 20  # of a key id that carries its account


@dataclass(frozen=True, slots=True)
class GetAccessKeyInfoRequest:
    """The key id that is asked about, of anybody."""

    access_key_id: str

    def violations(self) -> list[str]:
        """Every constraint that the request breaks."""
        return text_violations("accessKeyId", self.access_key_id, limits.ACCESS_KEY_ID)


def get_access_key_info(
    authority: Authority, signer: Signer, request: GetAccessKeyInfoRequest, given: Mapping[str, str]
) -> str:
    """The account: known, or read from the key id; whether the key is active does not matter.

    Raises ValidationError for a key that is neither known nor carries its account; what AWS says
    of one is not recorded.
    """
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "GetAccessKeyInfo")
    authority.permit(signer, GET_ACCESS_KEY_INFO, "*", authority.keys(signer, given))
    key_id = request.access_key_id
    if (found := authority.directory.access_key(key_id)) is not None:
        user, _ = found
        return user.account
    account = account_of(key_id) if len(key_id) == _LENGTH else None
    if account is None:
        raise ValidationError(f"The access key {key_id} does not exist")
    return account
