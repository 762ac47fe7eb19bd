"""Constraints of parameters, violated in the words of the service.

Source: STS API Reference, "Common errors" (ValidationError); the wording was recorded.
"""

import re
from datetime import timedelta


def clause(member: str, value: str | None, constraint: str) -> str:
    """One violation; `member` is the parameter's name with a small first letter."""
    shown = "Value null" if value is None else f"Value '{value}'"
    return f"{shown} at '{member}' failed to satisfy constraint: {constraint}"


def not_supported(member: str) -> str:
    """The violation of a parameter that AWS takes and we do not yet; its value may be secret."""
    return f"Value at '{member}' failed to satisfy constraint: Member is not supported yet"


def missing(member: str) -> str:
    """The violation of a required parameter that is absent."""
    return clause(member, None, "Member must not be null")


def text_violations(
    member: str,
    value: str,
    length: tuple[int, int],
    characters: re.Pattern[str],
    pattern: str,
) -> list[str]:
    """What is wrong with a text: its characters (`pattern` is how AWS shows them), its length."""
    shortest, longest = length
    found = []
    if not characters.fullmatch(value):
        found.append(f"Member must satisfy regular expression pattern: {pattern}")
    if len(value) < shortest:
        found.append(f"Member must have length greater than or equal to {shortest}")
    if len(value) > longest:
        found.append(f"Member must have length less than or equal to {longest}")
    return [clause(member, value, constraint) for constraint in found]


def duration_violations(
    member: str, value: timedelta, shortest: timedelta, longest: timedelta
) -> list[str]:
    """What is wrong with a duration, in whole seconds."""
    seconds = str(value // timedelta(seconds=1))
    if value < shortest:
        constraint = f"greater than or equal to {shortest // timedelta(seconds=1)}"
    elif value > longest:
        constraint = f"less than or equal to {longest // timedelta(seconds=1)}"
    else:
        return []
    return [clause(member, seconds, f"Member must have value {constraint}")]
