"""Constraints of parameters, violated in the words of the service.

Source: STS API Reference, "Common errors" (ValidationError); the wording was recorded.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


class _Absent(str):
    __slots__ = ()


# Stands for a required parameter that was not sent: an empty text that is not one that was sent
# empty. Compare it with `is`.
ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class TextLimit:
    """What a text may be: its length in Unicode scalar values, its characters.

    `pattern` is the expression as AWS shows it, `characters` the one that is used.
    """

    shortest: int
    longest: int | None = None
    pattern: str | None = None
    characters: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a number may be, both ends included."""

    least: int
    most: int


def clause(member: str, value: str | None, constraint: str) -> str:
    """One violation; `member` is the parameter's name with a small first letter."""
    shown = "Value null" if value is None else f"Value '{value}'"
    return f"{shown} at '{member}' failed to satisfy constraint: {constraint}"


def unshown(member: str, constraint: str) -> str:
    """One violation of a value that is not repeated: a list, or a secret."""
    return f"Value at '{member}' failed to satisfy constraint: {constraint}"


def missing(member: str) -> str:
    """The violation of a required parameter that is absent."""
    return clause(member, None, "Member must not be null")


def text_violations(
    member: str, value: str | None, limit: TextLimit, *, secret: bool = False
) -> list[str]:
    """What is wrong with a text: its characters, its length. None is good, ABSENT is not."""
    if value is None:
        return []
    if value is ABSENT:
        return [missing(member)]
    found = []
    if limit.characters is not None and not limit.characters.fullmatch(value):
        found.append(f"Member must satisfy regular expression pattern: {limit.pattern}")
    found += _length_violations(len(value), limit.shortest, limit.longest)
    if secret:
        return [unshown(member, constraint) for constraint in found]
    return [clause(member, value, constraint) for constraint in found]


def list_violations(member: str, length: int, shortest: int, longest: int) -> list[str]:
    """What is wrong with the number of elements of a list."""
    return [unshown(member, what) for what in _length_violations(length, shortest, longest)]


def number_violations(member: str, value: int | None, allowed: Range) -> list[str]:
    """What is wrong with a number; None is good."""
    if value is None or allowed.least <= value <= allowed.most:
        return []
    if value < allowed.least:
        constraint = f"greater than or equal to {allowed.least}"
    else:
        constraint = f"less than or equal to {allowed.most}"
    return [clause(member, str(value), f"Member must have value {constraint}")]


def duration_violations(
    member: str, value: timedelta, shortest: timedelta, longest: timedelta
) -> list[str]:
    """What is wrong with a duration, in whole seconds."""
    second = timedelta(seconds=1)
    seconds = -(-value // second) if value > longest else value // second
    return number_violations(member, seconds, Range(shortest // second, longest // second))


def _length_violations(length: int, shortest: int, longest: int | None) -> list[str]:
    if length < shortest:
        return [f"Member must have length greater than or equal to {shortest}"]
    if longest is not None and length > longest:
        return [f"Member must have length less than or equal to {longest}"]
    return []
