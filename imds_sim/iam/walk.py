"""Walks through policies of one kind: the first Deny that applies, or else the best Allow."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from imds_sim.iam.context import RequestContext
from imds_sim.iam.decision import MatchedStatement
from imds_sim.iam.document import Effect, Policy, Statement
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.resources import Resource
from imds_sim.iam.subject import Grant, Subject

_DENY, _DIRECT = Effect.DENY, Grant.DIRECT
_SHOWN = 8  # failures; a policy may have thousands of statements


class Asked(NamedTuple):
    """A request, prepared for many statements. `action` is in lower case."""

    action: str
    resource: Resource
    context: RequestContext
    subject: Subject


class Layer(NamedTuple):
    """The policies of one kind that have a say together: what any of them allows is allowed."""

    kind: PolicyKind
    policies: tuple[tuple[str | None, Policy], ...]  # each with its name


class Finding(NamedTuple):
    """The statement of a layer that counts; `grant` is the most that an Allow is worth."""

    matched: MatchedStatement
    grant: Grant


def walk(layer: Layer, asked: Asked) -> Finding | None:
    """The first Deny that applies; else the Allow that is worth most; else None."""
    best: Finding | None = None
    for name, policy in layer.policies:
        for place, statement in enumerate(policy.statements):
            grant = _applies(statement, asked)
            if grant is None:
                continue
            is_deny = statement.effect is _DENY
            if is_deny or best is None or grant > best.grant:
                best = Finding(MatchedStatement(layer.kind, name, place, statement), grant)
            if is_deny:
                return best
    return best


def _applies(statement: Statement, asked: Asked) -> Grant | None:
    if not statement.actions.cover(asked.action):
        return None
    grant: Grant | None = _DIRECT
    if statement.principals is not None:
        grant = asked.subject.named_by(statement.principals, statement.effect)
        if grant is None:
            return None
    resources = statement.resources
    if resources is not None and not resources.cover(
        asked.resource, asked.context, statement.effect
    ):
        return None
    for condition in statement.conditions:
        if not condition.is_met(asked.context):
            return None
    return grant


def failures(layer: Layer, asked: Asked) -> tuple[str, ...]:
    """Why no statement of a layer allows, for the first few of them."""
    told: list[str] = []
    for failure in _failures(layer, asked):
        if len(told) == _SHOWN:
            told.append("and so on")
            break
        told.append(failure)
    return tuple(told)


def _failures(layer: Layer, asked: Asked) -> Iterator[str]:
    for name, policy in layer.policies:
        prefix = f"{name}: " if name else ""
        allowing = [(i, s) for i, s in enumerate(policy.statements) if s.effect is Effect.ALLOW]
        if not allowing:
            yield f"{prefix}it has no Allow"
        for index, statement in allowing:
            sid = f" ({statement.sid})" if statement.sid else ""
            yield f"{prefix}statement {index}{sid} {_objection(statement, asked)}"


def _objection(statement: Statement, asked: Asked) -> str:
    """Why a statement does not apply."""
    if not statement.actions.cover(asked.action):
        return "is for other actions"
    named = statement.principals
    if named is not None and asked.subject.named_by(named, statement.effect) is None:
        return "names other principals"
    resources = statement.resources
    if resources is not None and not resources.cover(
        asked.resource, asked.context, statement.effect
    ):
        return "is for other resources"
    for condition in statement.conditions:
        if not condition.is_met(asked.context):
            return f"has a condition that is not met, {condition}"
    return "applies"


def unnamed(policies: Iterable[Policy]) -> tuple[tuple[str | None, Policy], ...]:
    """Policies that have no names."""
    return tuple([(None, policy) for policy in policies])
