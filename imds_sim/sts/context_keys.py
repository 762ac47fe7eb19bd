"""What a trust policy may ask about a call: the condition keys of a principal and a request.

Source: IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context
keys"; which of them a kind of principal has, the principal table of "Policy variables".
"""

from collections.abc import Mapping
from datetime import datetime

from imds_sim.iam.conditions import ContextValue
from imds_sim.iam.entities import Role
from imds_sim.iam.principals import (
    Principal,
    RoleSessionPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.sessions import RoleSession

# Seen by identity policies only (AWS Lambda Developer Guide, "Source function ARN").
_NOT_IN_TRUST_POLICIES = frozenset({"lambda:sourcefunctionarn"})


def of_principal(principal: Principal) -> dict[str, ContextValue]:
    """The keys that describe who is calling."""
    match principal:
        case ServicePrincipal():
            return {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": principal.service,
                "aws:PrincipalServiceNamesList": (principal.service,),
            }
        case UserPrincipal():
            return {
                "aws:PrincipalIsAWSService": "false",
                "aws:PrincipalAccount": principal.account,
                "aws:PrincipalArn": principal.arn,
                "aws:PrincipalType": "User",
                "aws:userid": principal.user_id,
                "aws:username": principal.user.name,
            }
        case RoleSessionPrincipal():
            return {
                "aws:PrincipalIsAWSService": "false",
                "aws:PrincipalAccount": principal.account,
                "aws:PrincipalArn": principal.role.arn,  # the role's, never the session's
                "aws:PrincipalType": "AssumedRole",
                "aws:userid": principal.user_id,
            }


def of_session(session: RoleSession) -> dict[str, str]:
    """The keys that every request signed with a session's credentials has in a trust policy.

    Sessions made without MFA say so; long-term keys have no such key at all.
    """
    bound = {
        key: value
        for key, value in session.context.items()
        if key.lower() not in _NOT_IN_TRUST_POLICIES
    }
    return {
        **bound,
        "aws:TokenIssueTime": iso_seconds(session.issued_at),
        "aws:MultiFactorAuthPresent": "false",
    }


def of_assume_role(
    principal: Principal,
    role: Role,
    request: AssumeRoleRequest,
    given: Mapping[str, str],
    now: datetime,
    region: str,
) -> dict[str, ContextValue]:
    """The keys of one AssumeRole; what `given` says of the connection cannot change the rest."""
    context: dict[str, ContextValue] = {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **given,
        "aws:CurrentTime": iso_seconds(now),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": role.account,
        "sts:RoleSessionName": request.role_session_name,
        **of_principal(principal),
    }
    if request.external_id is not None:
        context["sts:ExternalId"] = request.external_id
    return context
