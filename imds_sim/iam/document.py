"""Policies as values, compiled when they are read and evaluated as they are.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from imds_sim.iam.actions import ActionTest, compile_actions
from imds_sim.iam.conditions import Condition
from imds_sim.iam.context import RequestContext
from imds_sim.iam.errors import Problem
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principal_names import PrincipalKind, PrincipalName
from imds_sim.iam.resources import Resource, ResourceTest, compile_resource

VERSION_WITH_VARIABLES = "2012-10-17"
ASSUME_ROLE = "sts:AssumeRole"


class Effect(StrEnum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Actions:
    """`Action`, or with `excluded` `NotAction`: patterns such as `sts:Assume*`, without case."""

    patterns: tuple[str, ...]
    excluded: bool = False
    _fits: ActionTest = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fits", compile_actions(self.patterns))

    def cover(self, action: str) -> bool:
        """Whether `action`, given in lower case, is one of them."""
        return self._fits(action) is not self.excluded


@dataclass(frozen=True, slots=True)
class Principals:
    """`Principal`, or with `excluded` `NotPrincipal`."""

    names: tuple[PrincipalName, ...]
    excluded: bool = False
    keys: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", frozenset(name.key for name in self.names))


@dataclass(frozen=True, slots=True)
class Resources:
    """`Resource`, or with `excluded` `NotResource`; `variables` says whether `${…}` is one."""

    patterns: tuple[str, ...]
    excluded: bool = False
    variables: bool = False
    _tests: tuple[ResourceTest, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        tests = tuple(compile_resource(text, variables=self.variables) for text in self.patterns)
        object.__setattr__(self, "_tests", tests)

    def cover(self, resource: Resource, context: RequestContext, effect: Effect) -> bool:
        """Whether the request's resource is one of them.

        An entry whose variable has no value matches nothing. What that means under `NotResource`
        AWS does not say: a Deny then applies and an Allow does not.
        """
        unresolved = False
        for test in self._tests:
            fits = test(resource, context)
            if fits:
                return not self.excluded
            unresolved = unresolved or fits is None
        return self.excluded and (effect is Effect.DENY or not unresolved)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `principals` and `resources` are None where the kind of policy has none."""

    effect: Effect
    actions: Actions
    principals: Principals | None = None
    resources: Resources | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None

    def document(self) -> dict[str, object]:
        """The statement as plain data for JSON, in AWS's spelling."""
        document: dict[str, object] = {"Effect": self.effect.value}
        if self.sid is not None:
            document = {"Sid": self.sid, **document}
        if self.principals is not None:
            named: dict[str, list[str]] = {}
            for name in self.principals.names:
                named.setdefault(name.kind.value, []).append(name.value)
            document["NotPrincipal" if self.principals.excluded else "Principal"] = named
        document["NotAction" if self.actions.excluded else "Action"] = list(self.actions.patterns)
        if self.resources is not None:
            element = "NotResource" if self.resources.excluded else "Resource"
            document[element] = list(self.resources.patterns)
        if self.conditions:
            block: dict[str, dict[str, list[str]]] = {}
            for condition in self.conditions:
                block.setdefault(str(condition.operator), {})[condition.key] = list(
                    condition.values
                )
            document["Condition"] = block
        return document


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. `version` decides whether `${…}` is a variable; without statements it allows
    nothing, which no document can say but `trust_for_services` can.

    `warnings` are about what is legal and probably not meant.
    """

    statements: tuple[Statement, ...] = ()
    version: str | None = None
    id: str | None = None
    kind: PolicyKind = PolicyKind.TRUST
    warnings: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy under the name it is attached with: an inline one's name, a managed one's ARN."""

    name: str
    policy: Policy


def trust_for_services(services: Iterable[str]) -> Policy:
    """Let these service principals assume the role, e.g. `ec2.amazonaws.com`; nobody if empty."""
    names = tuple(PrincipalName(PrincipalKind.SERVICE, service) for service in services)
    if not names:
        return Policy()
    statement = Statement(Effect.ALLOW, Actions((ASSUME_ROLE,)), Principals(names))
    return Policy((statement,), version=VERSION_WITH_VARIABLES)
