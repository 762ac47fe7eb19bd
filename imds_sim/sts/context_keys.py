"""What policies may ask about a call: the condition keys of its caller, its parameters, its time.

Source: IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context
keys"; which of them a kind of principal has, the principal table of "Policy variables".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from imds_sim.iam.context import ContextValue
from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import Role
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    Principal,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.signer import Asking
from imds_sim.sts.tags import Tag, overlaid

Keys = dict[str, ContextValue]

_SECOND = timedelta(seconds=1)


def of_call(given: Mapping[str, str], now: datetime, region: str) -> Keys:
    """The keys of any call; what `given` says of the connection cannot change the rest."""
    return {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **given,
        "aws:CurrentTime": iso_seconds(now),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:RequestedRegion": region,
    }


def of_caller(caller: Asking, directory: Directory, now: datetime) -> Keys:
    """The keys that describe who is calling, with which credentials."""
    if isinstance(caller, ServicePrincipal):
        return of_principal(caller)
    if isinstance(caller, FederatedPrincipal):  # the rest is what its token says
        return {"aws:PrincipalIsAWSService": "false"}
    keys = of_principal(caller.principal)
    account = directory.accounts.get(caller.principal.account)
    if account is not None and account.organization_id is not None:
        keys["aws:PrincipalOrgID"] = account.organization_id
        if account.organization_path is not None:
            keys["aws:PrincipalOrgPaths"] = (account.organization_path,)
    tags = _tags_of(caller.principal)
    if caller.session is not None:
        keys |= of_session(caller.session, now)
        tags = overlaid(tags, caller.session.contents.tags)
    keys |= {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}
    return keys


def of_principal(principal: Principal) -> Keys:
    """The keys of a principal, whatever it signs with."""
    match principal:
        case ServicePrincipal():
            return {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": principal.service,
                "aws:PrincipalServiceNamesList": (principal.service,),
            }
        case AnonymousPrincipal():
            return {"aws:PrincipalType": "Anonymous", "aws:userid": "anonymous"}
        case UserPrincipal():
            return {
                **_identified(principal.account, principal.user_id),
                "aws:PrincipalArn": principal.arn,
                "aws:PrincipalType": "User",
                "aws:username": principal.user.name,
            }
        case RoleSessionPrincipal():
            return {
                **_identified(principal.account, principal.user_id),
                "aws:PrincipalArn": principal.role.arn,  # the role's, never the session's
                "aws:PrincipalType": "AssumedRole",
            }
        case FederatedUserPrincipal():
            return {
                **_identified(principal.account, principal.user_id),
                "aws:PrincipalArn": principal.arn,
                "aws:PrincipalType": "FederatedUser",
            }
        case RootPrincipal():
            return {
                **_identified(principal.account, principal.user_id),
                "aws:PrincipalArn": principal.arn,
                "aws:PrincipalType": "Account",
            }


def of_session(session: SealedSession, now: datetime) -> Keys:
    """The keys of every request that is signed with a session's credentials.

    Only temporary credentials have keys about MFA; without it they say so, and long-term keys say
    nothing at all.
    """
    keys: Keys = {
        **session.context,
        "aws:TokenIssueTime": iso_seconds(session.issued_at),
        "aws:MultiFactorAuthPresent": "false",
    }
    if session.mfa_at is not None:
        keys |= of_mfa(now - session.mfa_at)
    if session.source_identity is not None:
        keys["aws:SourceIdentity"] = session.source_identity
    if session.kind is SessionKind.ROOT_TASK:
        keys["aws:AssumedRoot"] = "true"
    return keys


def of_mfa(age: timedelta) -> Keys:
    """The keys of a call made with MFA, `age` after the code was checked."""
    return {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": str(age // _SECOND),
    }


def of_tags(tags: Sequence[Tag], transitive_tag_keys: Sequence[str] = ()) -> Keys:
    """The keys of session tags that are passed; without tags there are none."""
    keys: Keys = {f"aws:RequestTag/{key}": value for key, value in tags}
    if tags:
        keys["aws:TagKeys"] = tuple(key for key, _ in tags)
    if transitive_tag_keys:
        keys["sts:TransitiveTagKeys"] = tuple(transitive_tag_keys)
    return keys


def of_role(role: Role, directory: Directory, inherited_tags: Mapping[str, str]) -> Keys:
    """The keys of a role to be assumed.

    An inherited transitive tag replaces the role's tag of the same key, in any case, before the
    trust policy is asked (IAM User Guide, "Pass session tags in AWS STS").
    """
    keys: Keys = {"aws:ResourceAccount": role.account}
    account = directory.accounts.get(role.account)
    if account is not None and account.organization_id is not None:
        keys["aws:ResourceOrgID"] = account.organization_id
        if account.organization_path is not None:
            keys["aws:ResourceOrgPaths"] = (account.organization_path,)
    if role.tags:
        inherited = {key.lower(): value for key, value in inherited_tags.items()}
        for key, own in role.tags.items():
            value = inherited.get(key.lower(), own)
            keys[f"aws:ResourceTag/{key}"] = keys[f"iam:ResourceTag/{key}"] = value
    return keys


def _identified(account: str, user_id: str) -> Keys:
    return {
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": account,
        "aws:userid": user_id,
    }


def _tags_of(principal: Principal) -> Mapping[str, str]:
    match principal:
        case UserPrincipal():
            return principal.user.tags
        case RoleSessionPrincipal():
            return principal.role.tags
        case FederatedUserPrincipal():
            return principal.user.tags if principal.user is not None else {}
        case ServicePrincipal() | RootPrincipal() | AnonymousPrincipal():
            return {}
