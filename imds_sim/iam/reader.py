"""Reads the plain data that a policy is written in; notes what is wrong and goes on."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from imds_sim.iam.errors import DocumentPath, Problem

# IAM User Guide, "IAM and AWS STS quotas": tab, line ends and U+0020 to U+00FF.
_FORBIDDEN_CHARACTER = re.compile(r"[^\t\n\r\x20-\xff]")
_WIDEST_INTEGER = 1 << 64

Located = tuple[str, DocumentPath]


class Reader:
    """Reads one document. Keeps its problems, in the order in which they were met."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: DocumentPath, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path, message))

    def text(self, value: object, path: DocumentPath) -> str | None:
        """A string; None if it is absent (null) or not one, which is a problem."""
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(path, f"Syntax error in policy: {shown(value)} is not a string")
            return None
        if _FORBIDDEN_CHARACTER.search(value):
            self.wrong(path, "Syntax error in policy: a control or a character above U+00FF")
            return None
        return value

    def texts(self, value: object, path: DocumentPath, *, numbers: bool = False) -> list[Located]:
        """The strings of a scalar or a list, each with its place.

        With `numbers` also numbers and booleans, as JSON writes them.
        """
        each_at = (
            [((*path, index), each) for index, each in enumerate(value)]
            if isinstance(value, list)
            else [(path, value)]
        )
        read: list[Located] = []
        for at, each in each_at:
            if numbers and _is_scalar_of_json(each):
                read.append((json.dumps(each), at))
            elif (text := self.text(each, at)) is not None:
                read.append((text, at))
            elif each is None:
                self.wrong(at, "Syntax error in policy: null stands where a string is needed")
        return read

    def check_elements(
        self, value: Mapping[object, object], known: Iterable[str], path: DocumentPath
    ) -> None:
        """Note every key of `value` that is not one of `known`; their case counts."""
        known = tuple(known)
        for name in value:
            if name not in known:
                self.wrong(
                    (*path, step(name)),
                    f"Syntax error in policy: no element {shown(name)}{closest(name, known)}",
                )


def step(key: object) -> str | int:
    """A key as a step of a path."""
    return key if isinstance(key, str | int) else str(key)


def shown(value: object) -> str:
    """A value as a message shows it: scalars as they are, the rest by type."""
    scalar = isinstance(value, str | float | bool | None) or _is_scalar_of_json(value)
    return repr(value) if scalar else type(value).__name__


def closest(name: object, known: Iterable[str]) -> str:
    """A hint at the name that was probably meant, or nothing."""
    spellings = {each.lower(): each for each in known}
    close = get_close_matches(str(name).lower(), spellings, n=1)
    return f"; did you mean {spellings[close[0]]}?" if close else ""


def _is_scalar_of_json(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < _WIDEST_INTEGER  # bool is an int
