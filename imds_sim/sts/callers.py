"""Which credentials may call what, before any policy is asked.

Source: STS API Reference, the operations; IAM User Guide, "Compare AWS STS credentials"; EC2 User
Guide, "Instance identity roles". The texts for sessions and for root were recorded.
"""

from imds_sim.iam.principals import RootPrincipal
from imds_sim.sts.errors import AccessDenied
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.signer import Signer

_REFUSED_TO_ROLE_SESSIONS = frozenset({"GetSessionToken", "GetFederationToken"})
_OPEN_TO: dict[SessionKind, frozenset[str]] = {
    SessionKind.USER: frozenset({"AssumeRole", "GetCallerIdentity"}),
    SessionKind.FEDERATED_USER: frozenset({"GetCallerIdentity"}),
    SessionKind.ROOT_TASK: frozenset({"GetCallerIdentity"}),
    SessionKind.INSTANCE_IDENTITY: frozenset({"GetCallerIdentity"}),
}


def check_caller(signer: Signer, operation: str, resource: str | None = None) -> None:
    """Raise AccessDenied if the credentials are of a kind that may not call `operation`.

    An operation on a `resource` (its ARN) is refused in the words of any other denial.
    """
    if operation == "AssumeRole" and isinstance(signer.principal, RootPrincipal):
        raise AccessDenied("Roles may not be assumed by root accounts.")
    if not _is_refused(signer, operation):
        return
    if resource is None:
        raise AccessDenied(f"Cannot call {operation} with session credentials")
    who = f"{signer.kind.value} sessions" if signer.kind else "root credentials"
    raise AccessDenied.of(
        signer.arn, f"sts:{operation}", resource, f"{who} cannot call {operation}"
    )


def _is_refused(signer: Signer, operation: str) -> bool:
    if signer.kind is None:
        return operation == "AssumeRoot" and isinstance(signer.principal, RootPrincipal)
    if signer.kind is SessionKind.ROLE:
        return operation in _REFUSED_TO_ROLE_SESSIONS
    return operation not in _OPEN_TO[signer.kind]
