"""Credentials of the instance identity role, which EC2 alone asks for.

No operation of the API leads here, and no policy is asked: the role trusts nobody and is limited to
what its services check for themselves. Source: EC2 User Guide, "Instance identity roles for Amazon
EC2 instances".
"""

from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.instance_identity import instance_identity_role
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.sealed_session import SessionKind


@dataclass(frozen=True, slots=True)
class InstanceIdentityRequest:
    """Whose identity it is; the session is named after the instance."""

    account: str
    partition: str
    instance_id: str
    duration: timedelta


def issue_instance_identity(authority: Authority, request: InstanceIdentityRequest) -> Credentials:
    """Mint credentials that prove nothing but which instance holds them."""
    role = instance_identity_role(request.account, request.partition)
    return authority.issue(
        Proposal(
            kind=SessionKind.INSTANCE_IDENTITY,
            issuer_arn=role.arn,
            issuer_id=role.unique_id,
            name=request.instance_id,
            duration=request.duration,
            stream=f"identity of {request.instance_id}",
        )
    )
