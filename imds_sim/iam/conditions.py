"""Conditions of a statement: one key under one operator, compiled once and tested per request.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with
multiple context keys or values".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from imds_sim.iam.context import RequestContext
from imds_sim.iam.operators import NEGATED, OPERATORS

_NULL = "Null"
_NAME = re.compile(r"(?:(forallvalues|foranyvalue):)?(\w+)", re.IGNORECASE | re.ASCII)
_PLAIN = {name.lower(): name for name in (*OPERATORS, *NEGATED)}
PLAIN_OPERATORS = tuple(_PLAIN.values())


class Qualifier(StrEnum):
    """How many values of a multivalued key must fit."""

    EVERY = "ForAllValues"
    ANY = "ForAnyValue"


_QUALIFIERS = {qualifier.lower(): qualifier for qualifier in Qualifier}
_IF_EXISTS = "ifexists"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator as a policy writes it, in any case: `ForAnyValue:StringLikeIfExists`."""

    plain: str
    qualifier: Qualifier | None = None
    if_exists: bool = False

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """The operator of that name; None if there is none. `Null` takes no `IfExists`."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        qualifier = _QUALIFIERS[match[1].lower()] if match[1] else None
        lower = match[2].lower()
        if lower in _PLAIN:
            return cls(_PLAIN[lower], qualifier)
        plain = _PLAIN.get(lower.removesuffix(_IF_EXISTS))
        return None if plain in (None, _NULL) else cls(plain, qualifier, if_exists=True)

    def __str__(self) -> str:
        qualifier = f"{self.qualifier}:" if self.qualifier else ""
        return f"{qualifier}{self.plain}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator; `is_met` says whether a request fits. Build with `of`."""

    operator: Operator
    key: str  # as written; it is compared without case
    values: tuple[str, ...]
    is_met: Callable[[RequestContext], bool] = field(compare=False, repr=False)

    @classmethod
    def of(
        cls, operator: Operator, key: str, values: Sequence[str], *, variables: bool = False
    ) -> Self:
        """Compile a condition; `variables` says whether `${…}` in its values is a variable."""
        return cls(operator, key, tuple(values), _compile(operator, key, values, variables))

    def __str__(self) -> str:
        return f"{self.operator} {self.key}"


def _compile(
    operator: Operator, key: str, values: Sequence[str], variables: bool
) -> Callable[[RequestContext], bool]:
    key, is_negated = key.lower(), operator.plain in NEGATED
    positive = OPERATORS[NEGATED.get(operator.plain, operator.plain)](values, variables)
    if_missing = operator.if_exists or is_negated

    def null(context: RequestContext) -> bool:
        return positive("true" if context.get(key) is None else "false", context)

    def single(context: RequestContext) -> bool:
        presented = context.get(key)
        if presented is None:
            return if_missing
        # A multivalued key needs a set operator; without one nothing matches, not even the
        # negated ones (Access Analyzer, "Missing qualifier"; cloud-copilot/iam-simulate).
        return isinstance(presented, str) and positive(presented, context) is not is_negated

    def every(context: RequestContext) -> bool:
        fits = (positive(each, context) for each in context.values_of(key))
        return not any(fits) if is_negated else all(fits)

    def some(context: RequestContext) -> bool:  # IfExists has no say: no value, no match
        fits = (positive(each, context) for each in context.values_of(key))
        return not all(fits) if is_negated else any(fits)

    if operator.plain == _NULL:
        return null
    return {None: single, Qualifier.EVERY: every, Qualifier.ANY: some}[operator.qualifier]
