"""Wildcards of policies: `*` for any run of characters, `?` for one; no pattern costs much.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (string and ARN operators).
"""

import re
from collections.abc import Callable

from imds_sim.iam.variables import Plain, Wildcard, tokens, without_variables

ARN_PARTS = 6
Fits = Callable[[str], bool]


def compile_glob(text: str) -> Fits:
    """A test of whether a whole value fits the pattern `text`; case counts."""
    return compile_tokens(without_variables(tokens(text, variables=False, wildcards=True)) or ())


def compile_tokens(pattern: Plain) -> Fits:
    """The same for a pattern that is taken apart already."""
    match list(pattern):
        case []:
            return "".__eq__
        case [str(text)]:
            return text.__eq__
        case [Wildcard.ANY]:
            return _anything
        case [str(text), Wildcard.ANY]:
            return lambda value: value.startswith(text)
        case [Wildcard.ANY, str(text)]:
            return lambda value: value.endswith(text)
        case _:
            return _compile_expression(pattern)


def _anything(_: str) -> bool:
    return True


def _compile_expression(pattern: Plain) -> Fits:
    """Every star but the last is atomic (it takes the leftmost match and never comes back).

    So `*a*a*a*` costs no more than a few passes over the value, whatever the value is.
    """
    stars = sum(token is Wildcard.ANY for token in pattern)
    expression, seen = "", 0
    for token in pattern:
        if token is Wildcard.ANY:
            expression += ")" if 1 <= seen < stars else ""
            seen += 1
            expression += ".*" if seen == stars else "(?>.*?"
        else:
            expression += re.escape(token) if isinstance(token, str) else "."
    fullmatch = re.compile(expression, re.DOTALL).fullmatch
    return lambda value: fullmatch(value) is not None


def split_arn(pattern: Plain) -> list[list[str | Wildcard]]:
    """The parts of an ARN pattern: cut at its first five colons, so the last may have more."""
    parts: list[list[str | Wildcard]] = [[]]
    for token in pattern:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", ARN_PARTS - len(parts))
        parts[-1].append(first)
        parts.extend([part] for part in others)
    return [[token for token in part if token != ""] for part in parts]


def compile_arn(pattern: Plain) -> Fits | None:
    """A test of ARNs, part by part: `*` crosses no colon but in the last part.

    None if the pattern has not the six parts of an ARN, and so matches nothing.
    """
    parts = [compile_tokens(part) for part in split_arn(pattern)]
    if len(parts) != ARN_PARTS:
        return None

    def fits(value: str) -> bool:
        presented = value.split(":", ARN_PARTS - 1)
        return len(presented) == ARN_PARTS and all(
            part_fits(part) for part_fits, part in zip(parts, presented, strict=True)
        )

    return fits
