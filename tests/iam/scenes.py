"""Policies and callers in few words, for the tests of decisions."""

from collections.abc import Mapping
from typing import Any

from imds_sim.iam.context import ContextValue
from imds_sim.iam.decision import Decision
from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.evaluate import evaluate
from imds_sim.iam.grammar import parse_policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principals import Requester
from imds_sim.iam.request import EvaluationRequest, PolicySet, SessionPolicies

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/web"
ASSUME = "sts:AssumeRole"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """One statement about AssumeRole."""
    return {"Effect": effect, "Action": ASSUME, **elements}


def policy(kind: PolicyKind, *statements: dict[str, Any]) -> Policy:
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)}, kind)


def trust(principal: object, effect: str = "Allow", **elements: Any) -> Policy:
    """A trust policy with one statement; `principal` is an ARN, or the whole element."""
    element = {"AWS": principal} if isinstance(principal, str | list) else principal
    return policy(PolicyKind.TRUST, statement(effect, Principal=element, **elements))


def on_roles(kind: PolicyKind, effect: str = "Allow", **elements: Any) -> Policy:
    """A policy of a kind with resources, about every role unless `elements` say otherwise."""
    return policy(kind, statement(effect, **{"Resource": "arn:aws:iam::*:role/*", **elements}))


def identity(effect: str = "Allow", name: str = "assume", **elements: Any) -> tuple[NamedPolicy]:
    return (NamedPolicy(name, on_roles(PolicyKind.IDENTITY, effect, **elements)),)


def boundary(effect: str = "Allow", **elements: Any) -> Policy:
    return on_roles(PolicyKind.BOUNDARY, effect, **elements)


def session(effect: str = "Allow", **elements: Any) -> SessionPolicies:
    return SessionPolicies((on_roles(PolicyKind.SESSION, effect, **elements),))


def scp(effect: str = "Allow", **elements: Any) -> Policy:
    return on_roles(PolicyKind.SERVICE_CONTROL, effect, **elements)


def rcp(effect: str = "Deny", **elements: Any) -> Policy:
    return on_roles(PolicyKind.RESOURCE_CONTROL, effect, Principal="*", **elements)


def decide(
    principal: Requester,
    *,
    action: str = ASSUME,
    resource: str = ROLE_ARN,
    owner: str | None = ACCOUNT,
    context: Mapping[str, ContextValue] | None = None,
    trusting: Policy | None = None,
    **policies: Any,
) -> Decision:
    """The decision about one request; `trusting` is the resource's policy, the others by name."""
    request = EvaluationRequest(principal, action, resource, owner, context or {})
    return evaluate(request, PolicySet(resource=trusting, **policies))
