"""The decision: may this principal take this action on this role, and what decided it.

Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from imds_sim.iam.conditions import ContextValue, RequestContext
from imds_sim.iam.document import Effect, PrincipalKind, PrincipalName, Statement
from imds_sim.iam.entities import Role
from imds_sim.iam.principals import (
    Principal,
    RoleSessionPrincipal,
    ServicePrincipal,
    UserPrincipal,
)


class DecisionEffect(StrEnum):
    """The outcome, by the names that IAM's policy simulator uses for it."""

    ALLOW = "allow"
    IMPLICIT_DENY = "implicitDeny"
    EXPLICIT_DENY = "explicitDeny"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why, in words for the journal; a client is never told the reason.

    `statement` and `sid` are those of the statement that decided, where one did; statements count
    from 0, as in the document.
    """

    effect: DecisionEffect
    reason: str
    statement: int | None = None
    sid: str | None = None

    @property
    def is_allowed(self) -> bool:
        return self.effect is DecisionEffect.ALLOW


def evaluate_trust(
    role: Role, principal: Principal, action: str, context: Mapping[str, ContextValue]
) -> Decision:
    """Decide whether `role`'s trust policy lets `principal` take `action`, e.g. `sts:AssumeRole`.

    `context` holds condition keys in any case. A principal of another account needs an identity
    policy of its own account as well; there are none yet, so it is denied.
    """
    names, request = _names_of(principal), RequestContext.of(context)
    allowing: tuple[int, Statement] | None = None
    for index, statement in enumerate(role.trust.statements):
        if _objection(statement, names, action, request) is not None:
            continue
        if statement.effect is Effect.DENY:
            reason = f"{_called(index, statement)} of the role trust policy denies it"
            return Decision(DecisionEffect.EXPLICIT_DENY, reason, index, statement.sid)
        allowing = allowing or (index, statement)
    if allowing is None:
        return Decision(
            DecisionEffect.IMPLICIT_DENY, _why_nothing_allows(role, names, action, request)
        )
    index, statement = allowing
    if not isinstance(principal, ServicePrincipal) and principal.account != role.account:
        reason = (
            f"{principal.arn} is of account {principal.account}, the role of {role.account}: "
            f"no identity-based policy allows the {action} action "
            "(identity policies are not supported yet)"
        )
        return Decision(DecisionEffect.IMPLICIT_DENY, reason)
    reason = f"{_called(index, statement)} of the role trust policy allows it"
    return Decision(DecisionEffect.ALLOW, reason, index, statement.sid)


def _names_of(principal: Principal) -> frozenset[PrincipalName]:
    """Every name under which a trust policy may mean this principal."""
    match principal:
        case ServicePrincipal():
            return frozenset({PrincipalName(PrincipalKind.SERVICE, principal.service)})
        case UserPrincipal():
            return frozenset({PrincipalName(PrincipalKind.AWS, principal.arn)})
        case RoleSessionPrincipal():  # the role means any of its sessions
            arns = (principal.role.arn, principal.arn)
            return frozenset(PrincipalName(PrincipalKind.AWS, arn) for arn in arns)


def _objection(
    statement: Statement, names: frozenset[PrincipalName], action: str, request: RequestContext
) -> str | None:
    """Why the statement does not apply, or None if it does."""
    if not statement.covers(action):
        return "is for other actions"
    if names.isdisjoint(statement.principals):
        return "names other principals"
    for condition in statement.conditions:
        if not condition.is_met(request):
            return f"has a condition that is not met, {condition}"
    return None


def _why_nothing_allows(
    role: Role, names: frozenset[PrincipalName], action: str, request: RequestContext
) -> str:
    objections = [
        f"{_called(index, statement)} {_objection(statement, names, action, request)}"
        for index, statement in enumerate(role.trust.statements)
        if statement.effect is Effect.ALLOW
    ]
    listed = "; ".join(objections) or "it has no Allow"
    return f"no statement of the role trust policy allows {action}: {listed}"


def _called(index: int, statement: Statement) -> str:
    return f"statement {index} ({statement.sid})" if statement.sid else f"statement {index}"
