"""What would have to change for a denied action to be allowed, in words that name the statement."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imds_sim.iam.conditions import Condition
from imds_sim.iam.context import RequestContext
from imds_sim.iam.decision import Decision, DecisionEffect
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Effect, NamedPolicy, Policy, Statement
from imds_sim.iam.entities import Role, User
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principals import (
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    UserPrincipal,
)
from imds_sim.iam.resources import Resource
from imds_sim.iam.subject import Subject
from imds_sim.sts.signer import Asking, Signer

MAX_READ = 8  # statements that are told of one kind of policy

# A trust policy that names who calls, in its own account, makes these needless (IAM User Guide,
# "Policy evaluation logic").
_NOT_ASKED_OF_THE_NAMED = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION})

# The option of `why` that gives a call the condition key; keys in lower case.
_OPTIONS = {
    "sts:externalid": "--external-id",
    "sts:rolesessionname": "--session-name",
    "sts:sourceidentity": "--source-identity",
    "aws:multifactorauthpresent": "--mfa",
    "aws:multifactorauthage": "--mfa",
    "aws:tagkeys": "--tag",
}
_TAG = "aws:requesttag/"


def remedies(decision: Decision, caller: Asking, role: Role, directory: Directory) -> list[str]:
    """What to change; nothing if the action is allowed."""
    if decision.is_allowed:
        return []
    if decision.effect is DecisionEffect.EXPLICIT_DENY:
        return [_undo(decision)]
    kind = decision.policy_kind
    if kind is None:
        return []
    principal = caller.principal if isinstance(caller, Signer) else caller
    asked = _Asked(decision, principal, role)
    told = [*_mending(asked, kind, _policies(kind, caller, role, directory))]
    told.append(asked.new_statement(kind, _place(kind, principal, role, "")))
    if kind in _NOT_ASKED_OF_THE_NAMED and getattr(principal, "account", None) == role.account:
        trust = (NamedPolicy("", role.trust),)
        told += _mending(asked, PolicyKind.TRUST, trust, only_if_named=True)
    return told


def _mending(
    asked: "_Asked", kind: PolicyKind, policies: Iterable[NamedPolicy], only_if_named: bool = False
) -> Iterator[str]:
    """What the statements lack that lack least."""
    lacking = [
        (lacks, policy.name, index, statement)
        for policy in policies
        for index, statement in enumerate(policy.policy.statements)
        if statement.effect is Effect.ALLOW
        and (lacks := asked.lacks(statement))
        and (not only_if_named or asked.is_named(statement))
    ]
    fewest = min((len(each[0]) for each in lacking), default=0)
    for lacks, name, index, statement in lacking[:MAX_READ]:
        if len(lacks) == fewest:
            place = _place(kind, asked.principal, asked.role, name)
            yield f"in {_called(index, statement)} of {place}: {'; '.join(lacks)}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The call that was denied."""

    decision: Decision
    principal: Requester
    role: Role

    def lacks(self, statement: Statement) -> list[str]:
        """What a statement lacks to apply to the call."""
        context = RequestContext.of(self.decision.context)
        resource, effect = Resource.of(self.decision.resource), statement.effect
        lacks = []
        if not statement.actions.cover(self.decision.action.lower()):
            lacks.append(f"cover {self.decision.action} in its Action")
        if statement.principals is not None and not self.is_named(statement):
            lacks.append(f"name {self._name()} in its Principal")
        resources = statement.resources
        if resources is not None and not resources.cover(resource, context, effect):
            lacks.append(f"cover {self.decision.resource} in its Resource")
        return lacks + [
            _unmet(condition, context)
            for condition in statement.conditions
            if not condition.is_met(context)
        ]

    def is_named(self, statement: Statement) -> bool:
        """Whether the statement means the caller, be it by its account."""
        principals, subject = statement.principals, Subject.of(self.principal)
        return principals is not None and bool(subject.named_by(principals, statement.effect))

    def new_statement(self, kind: PolicyKind, place: str) -> str:
        """The statement that would do, where there is none to be mended."""
        action = self.decision.action
        match kind:
            case PolicyKind.TRUST:
                return f"give {place} a statement that allows {action} to {self._name()}"
            case PolicyKind.SESSION:
                return f"make the session with session policies that allow {action}"
            case _:
                return f"give {place} a statement that allows {action} on {self.role.arn}"

    def _name(self) -> str:
        """How a trust policy names the caller: a session by its role, whoever holds it."""
        if isinstance(self.principal, RoleSessionPrincipal):
            return self.principal.role.arn
        return self.principal.arn


def _undo(decision: Decision) -> str:
    denying = decision.decided_by
    if denying is None:
        return "the Deny must not apply"
    context = RequestContext.of(decision.context)
    because = ", ".join(_shown(each, context) for each in denying.compiled.conditions)
    applies = f" (it applies because of {because})" if because else ""
    return f"{denying} must not apply{applies}: remove or narrow it"


def _unmet(condition: Condition, context: RequestContext) -> str:
    key = condition.key.lower()
    option = "--tag" if key.startswith(_TAG) else _OPTIONS.get(key)
    if option is None and "." in key.partition(":")[0]:  # the host of an identity provider
        option = "--claim"
    hint = f" (see {option})" if option else ""
    return f"meet its condition {_shown(condition, context)}{hint}"


def _shown(condition: Condition, context: RequestContext) -> str:
    """`StringEquals sts:ExternalId "a"; the call has "b"`."""
    wanted = " or ".join(f'"{value}"' for value in condition.values) or "nothing"
    presented = context.get(condition.key.lower())
    values = (presented,) if isinstance(presented, str) else presented
    has = "no such key" if values is None else ", ".join(f'"{value}"' for value in values)
    return f"{condition} {wanted}, the call has {has}"


def _called(index: int, statement: Statement) -> str:
    return f"statement {index}{f' ({statement.sid})' if statement.sid else ''}"


def _entity(principal: Requester) -> Role | User | None:
    match principal:
        case RoleSessionPrincipal(role):
            return role
        case UserPrincipal(user) | FederatedUserPrincipal(user):
            return user
        case _:
            return None


def _policies(
    kind: PolicyKind, caller: Asking, role: Role, directory: Directory
) -> Iterator[NamedPolicy]:
    """The policies of the kind that did not allow."""
    principal = caller.principal if isinstance(caller, Signer) else caller
    entity = _entity(principal)
    match kind:
        case PolicyKind.TRUST:
            yield NamedPolicy("", role.trust)
        case PolicyKind.IDENTITY if entity is not None:
            yield from entity.policies
        case PolicyKind.BOUNDARY if entity is not None and entity.permissions_boundary:
            yield NamedPolicy("", entity.permissions_boundary)
        case PolicyKind.SESSION if isinstance(caller, Signer):
            restricted = caller.session_policies(directory)
            yield from _unnamed(restricted.policies if restricted is not None else ())
        case _:
            return


def _unnamed(policies: tuple[Policy, ...]) -> Iterator[NamedPolicy]:
    return (NamedPolicy("", policy) for policy in policies)


def _place(kind: PolicyKind, principal: Requester, role: Role, policy: str) -> str:
    """Where in the configuration the policy stands."""
    match kind, _entity(principal):
        case PolicyKind.TRUST, _:
            return f"roles.{role.name}.trust"
        case PolicyKind.IDENTITY | PolicyKind.BOUNDARY as own, Role() | User() as entity:
            section = "roles" if isinstance(entity, Role) else "users"
            key = "policies" if own is PolicyKind.IDENTITY else "permissions_boundary"
            named = f".{policy}" if policy else ""
            return f"{section}.{entity.name}.{key}{named}"
        case PolicyKind.SERVICE_CONTROL, Role() | User() as entity:
            return f"every level of accounts.{entity.account}.scps"
        case _:
            return f"the {kind.noun}"
