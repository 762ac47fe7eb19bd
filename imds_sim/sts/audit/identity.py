"""Who made a call, as `userIdentity` of a CloudTrail record names callers.

Source: CloudTrail User Guide, "CloudTrail userIdentity element"; IAM User Guide, "Logging IAM and
AWS STS API calls with AWS CloudTrail"; records of 2024 to 2026 for the order of the members.
"""

from dataclasses import dataclass, replace

from imds_sim.iam.principals import (
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.signer import Signer

Members = dict[str, object]


@dataclass(frozen=True, slots=True)
class Identity:
    """`members` are what the caller's own account reads.

    `account` is that account; for a service and for the holder of a provider's token the role's.
    `principal_id` is all that another account learns.
    """

    members: Members
    account: str
    principal_id: str = ""

    def seen_from(self, account: str) -> Members:
        """The members as `account` reads them."""
        if account == self.account:
            return self.members
        return {
            "type": "AWSAccount",
            "principalId": self.principal_id,
            "accountId": self.account,
        }


def unheard(identity: Identity) -> None:
    """For calls that nobody records."""


def of_service(service: str, account: str) -> Identity:
    """An AWS service that acts for a workload, in the account of the role."""
    return Identity({"type": "AWSService", "invokedBy": service}, account)


def through_service(identity: Identity, service: str) -> Identity:
    """A session whose credentials a service uses for it, as EKS Pod Identity does."""
    return replace(identity, members={**identity.members, "invokedBy": service})


def of_web_identity(provider: str, audience: str, subject: str, account: str) -> Identity:
    """The holder of a web identity token; `provider` is an ARN, or the domain of a built-in one.

    `account` is the role's.
    """
    return Identity(
        {
            "type": "WebIdentityUser",
            "principalId": f"{provider}:{audience}:{subject}",
            "userName": subject,
            "identityProvider": provider,
        },
        account,
    )


def of_saml(name_qualifier: str, subject: str, account: str) -> Identity:
    """The subject of a SAML assertion that asks for a role of `account`."""
    return Identity(
        {
            "type": "SAMLUser",
            "principalId": f"{name_qualifier}:{subject}",
            "userName": subject,
            "identityProvider": name_qualifier,
        },
        account,
    )


def of_signer(signer: Signer, access_key_id: str) -> Identity:
    """Whoever signed with this key."""
    principal, session = signer.principal, signer.session
    members: Members = {
        "type": _type_of(signer),
        "principalId": principal.user_id,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": access_key_id,
    }
    if isinstance(principal, UserPrincipal):
        members["userName"] = principal.user.name
    if session is not None:
        members["sessionContext"] = _session_context(signer, session)
    return Identity(members, principal.account, principal.user_id)


def _type_of(signer: Signer) -> str:
    match signer.principal:
        case UserPrincipal():
            return "IAMUser"
        case RoleSessionPrincipal():
            return "AssumedRole"
        case FederatedUserPrincipal():
            return "FederatedUser"
        case RootPrincipal():
            return "Root"


def _session_context(signer: Signer, session: SealedSession) -> Members:
    context: Members = {}
    if (issuer := _session_issuer(signer)) is not None:
        context["sessionIssuer"] = issuer
    if session.kind is SessionKind.ROLE:
        provider = session.context.get("aws:FederatedProvider")
        web = provider is not None and ":saml-provider/" not in provider
        context["webIdFederationData"] = (
            {"federatedProvider": provider, "attributes": {}} if web else {}
        )
    context["attributes"] = {
        "creationDate": iso_seconds(session.issued_at),
        "mfaAuthenticated": "false" if session.mfa_at is None else "true",
    }
    if session.source_identity is not None:
        context["sourceIdentity"] = session.source_identity
    if (delivery := session.context.get("ec2:RoleDelivery")) is not None:
        context["ec2RoleDelivery"] = delivery
    if session.kind is SessionKind.ROOT_TASK:
        context["assumedRoot"] = "true"
    return context


def _session_issuer(signer: Signer) -> Members | None:
    """The entity behind a session; sessions of GetSessionToken and AssumeRoot name none."""
    principal = signer.principal
    match principal:
        case RoleSessionPrincipal(role=role):
            return {
                "type": "Role",
                "principalId": role.unique_id,
                "arn": role.arn,
                "accountId": role.account,
                "userName": role.name,
            }
        case FederatedUserPrincipal(user=user):
            if user is None:
                root = RootPrincipal(principal.account, principal.partition)
                return {
                    "type": "Root",
                    "principalId": root.user_id,
                    "arn": root.arn,
                    "accountId": root.account,
                }
            return {
                "type": "IAMUser",
                "principalId": user.unique_id,
                "arn": user.arn,
                "accountId": user.account,
                "userName": user.name,
            }
        case UserPrincipal() | RootPrincipal():
            return None
