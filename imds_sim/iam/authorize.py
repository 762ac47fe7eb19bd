"""Authorization of one call: the policies that have a say, gathered from the directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imds_sim.iam.context import ContextValue
from imds_sim.iam.decision import Decision
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import Role, User
from imds_sim.iam.evaluate import evaluate
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.iam.request import EvaluationRequest, PolicySet, SessionPolicies


@dataclass(frozen=True, slots=True)
class Call:
    """One action of a call to be authorized; a call that takes several asks once for each.

    `resource_account` is the resource's owner, None for the caller's own account;
    `resource_policy` what is attached to the resource, such as a role's trust policy.
    """

    principal: Requester
    action: str
    resource: str
    resource_account: str | None = None
    resource_policy: Policy | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    session_policies: SessionPolicies | None = None


def authorize(directory: Directory, call: Call) -> Decision:
    """Decide whether the call's principal may take its action."""
    request = EvaluationRequest(
        call.principal, call.action, call.resource, call.resource_account, call.context
    )
    return evaluate(request, _policies(directory, call))


def _policies(directory: Directory, call: Call) -> PolicySet:
    principal, accounts = call.principal, directory.accounts
    entity: User | Role | None = None
    account: str | None = None
    match principal:
        case UserPrincipal(user):
            entity, account = user, user.account
        case RoleSessionPrincipal(role):
            entity, account = role, role.account
        case FederatedUserPrincipal(user):
            entity, account = user, principal.account
        case RootPrincipal():
            account = principal.account
        case ServicePrincipal() | AnonymousPrincipal() | FederatedPrincipal():
            pass  # nothing of theirs is in the directory
    callers = accounts.get(account) if account is not None else None
    owner = call.resource_account or account
    owners = accounts.get(owner) if owner is not None else None
    return PolicySet(
        identity=() if entity is None else entity.policies,
        boundary=None if entity is None else entity.permissions_boundary,
        session=call.session_policies,
        resource=call.resource_policy,
        scps=() if callers is None else callers.scps,
        rcps=() if owners is None else owners.rcps,
    )
