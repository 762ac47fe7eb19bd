"""Conditions of a statement: operators, keys and values, compiled once and tested per request.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with
multiple context keys or values".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from imds_sim.iam.pattern import ArnPattern, compile_glob

ContextValue = str | tuple[str, ...]  # a tuple is a multivalued key, even with one value in it
Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What is known of a request, by condition key. Names of keys have no case; build with `of`."""

    values: Mapping[str, ContextValue]  # by key in lower case

    @classmethod
    def of(cls, values: Mapping[str, ContextValue]) -> Self:
        """Take keys as anyone spells them; of two that differ in case only the last counts."""
        return cls({key.lower(): value for key, value in values.items()})

    def get(self, key: str) -> ContextValue | None:
        """The value of a key given in lower case, or None."""
        return self.values.get(key)


def _string_equals(values: Sequence[str]) -> Test:
    return frozenset(values).__contains__


def _string_like(values: Sequence[str]) -> Test:
    patterns = [compile_glob(value) for value in values]
    return lambda presented: any(pattern.fullmatch(presented) for pattern in patterns)


def _arn_like(values: Sequence[str]) -> Test:
    compiled = [ArnPattern.compile(value) for value in values]
    patterns = [pattern for pattern in compiled if pattern is not None]
    return lambda presented: any(pattern.matches(presented) for pattern in patterns)


def _bool(values: Sequence[str]) -> Test:
    wanted = {value.lower() for value in values} & {"true", "false"}
    return lambda presented: presented.lower() in wanted


OPERATORS: Mapping[str, Callable[[Sequence[str]], Test]] = {
    "StringEquals": _string_equals,
    "StringLike": _string_like,
    "ArnLike": _arn_like,
    "Bool": _bool,
}

# The rest of the language: legal, and refused as not supported yet.
UNSUPPORTED_OPERATORS = (
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    *(
        f"{kind}{comparison}"
        for kind in ("Numeric", "Date")
        for comparison in (
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        )
    ),
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator: met if any of `values` fits. Build with `of`."""

    operator: str
    key: str  # as written; it is compared without case
    values: tuple[str, ...]
    _key: str = field(compare=False, repr=False)
    _test: Test = field(compare=False, repr=False)

    @classmethod
    def of(cls, operator: str, key: str, values: Sequence[str]) -> Self:
        """Compile a condition; `operator` is a name in `OPERATORS`."""
        return cls(operator, key, tuple(values), key.lower(), OPERATORS[operator](values))

    def is_met(self, context: RequestContext) -> bool:
        """Whether the request fits. A missing key does not, nor does a multivalued one.

        A multivalued key needs a set operator (ForAnyValue, ForAllValues); without one nothing
        matches (Access Analyzer, "Missing qualifier").
        """
        presented = context.get(self._key)
        return isinstance(presented, str) and self._test(presented)

    def __str__(self) -> str:
        return f"{self.operator} {self.key}"
