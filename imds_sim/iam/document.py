"""Policies as values, compiled when they are read and evaluated as they are.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from imds_sim.iam.conditions import Condition
from imds_sim.iam.pattern import compile_glob


class Effect(StrEnum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class PrincipalKind(StrEnum):
    """The element of `Principal` under which a name stands."""

    AWS = "AWS"
    SERVICE = "Service"


@dataclass(frozen=True, slots=True)
class PrincipalName:
    """A principal as a policy names it: an ARN under `AWS`, a domain under `Service`."""

    kind: PrincipalKind
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a trust policy; `sid` may be absent. Build with `of`."""

    effect: Effect
    principals: frozenset[PrincipalName]
    actions: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None
    _actions: tuple[re.Pattern[str], ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(
        cls,
        effect: Effect,
        principals: Iterable[PrincipalName],
        actions: Sequence[str],
        conditions: Sequence[Condition] = (),
        sid: str | None = None,
    ) -> Self:
        """Compile a statement; `actions` are patterns such as `sts:Assume*`, without case."""
        return cls(
            effect,
            frozenset(principals),
            tuple(actions),
            tuple(conditions),
            sid,
            tuple(compile_glob(action, ignore_case=True) for action in actions),
        )

    def covers(self, action: str) -> bool:
        """Whether `action` is one of this statement's."""
        return any(pattern.fullmatch(action) is not None for pattern in self._actions)


@dataclass(frozen=True, slots=True)
class Policy:
    """A trust policy. `version` decides whether `${…}` is a variable; without statements it
    allows nothing, which no document can say but `trust_for_services` can."""

    statements: tuple[Statement, ...] = ()
    version: str | None = None
    id: str | None = None


ASSUME_ROLE = "sts:AssumeRole"


def trust_for_services(services: Iterable[str]) -> Policy:
    """Let these service principals assume the role, e.g. `ec2.amazonaws.com`; nobody if empty."""
    principals = [PrincipalName(PrincipalKind.SERVICE, service) for service in services]
    if not principals:
        return Policy()
    statement = Statement.of(Effect.ALLOW, principals, [ASSUME_ROLE])
    return Policy((statement,), version="2012-10-17")
