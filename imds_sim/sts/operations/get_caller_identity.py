"""GetCallerIdentity: who am I? Needs no permission; not even an explicit Deny blocks it.

Source: STS API Reference, GetCallerIdentity.
"""

from dataclasses import dataclass
from typing import Self

from imds_sim.iam.principals import Caller


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The caller as AWS names it: ARN, `aws:userid`, account."""

    arn: str
    user_id: str
    account: str

    @classmethod
    def of(cls, caller: Caller) -> Self:
        return cls(caller.arn, caller.user_id, caller.account)
