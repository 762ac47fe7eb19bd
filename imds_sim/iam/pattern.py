"""Wildcards of policies: `*` for any run of characters, `?` for one, compiled once.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (string and ARN operators).
"""

import re
from dataclasses import dataclass
from typing import Self

_ARN_PARTS = 6


def compile_glob(text: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a pattern to be used with `fullmatch`.

    Every star but the last is atomic (it takes the leftmost match and never comes back), so that
    `*a*a*a*` costs no more than a few passes over the value, whatever the value is.
    """
    head, *rest = re.sub(r"\*+", "*", text).split("*")
    expression = _literal(head)
    if rest:
        *middle, tail = rest
        expression += "".join(f"(?>.*?{_literal(part)})" for part in middle)
        expression += f".*{_literal(tail)}"
    flags = re.DOTALL | (re.IGNORECASE | re.ASCII if ignore_case else 0)
    return re.compile(expression, flags)


def _literal(text: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in text)


@dataclass(frozen=True, slots=True)
class ArnPattern:
    """An ARN with wildcards, matched part by part: `*` crosses no colon but in the last part."""

    parts: tuple[re.Pattern[str], ...]

    @classmethod
    def compile(cls, text: str) -> Self | None:
        """Compile `text`; None if it has not the six parts of an ARN, and so matches nothing."""
        parts = text.split(":", _ARN_PARTS - 1)
        if len(parts) != _ARN_PARTS:
            return None
        return cls(tuple(compile_glob(part) for part in parts))

    def matches(self, value: str) -> bool:
        """Whether `value` is an ARN of this pattern; case counts."""
        parts = value.split(":", _ARN_PARTS - 1)
        return len(parts) == _ARN_PARTS and all(
            pattern.fullmatch(part) is not None
            for pattern, part in zip(self.parts, parts, strict=True)
        )
