"""GetCallerIdentity: who am I? Needs no permission; not even an explicit Deny blocks it.

Source: STS API Reference, GetCallerIdentity.
"""

from dataclasses import dataclass
from typing import Self

from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The caller as AWS names it: ARN, `aws:userid`, account."""

    arn: str
    user_id: str
    account: str

    @classmethod
    def of(cls, signer: Signer) -> Self:
        return cls(signer.arn, signer.principal.user_id, signer.principal.account)
