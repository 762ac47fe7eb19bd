"""Reads the plain data that a policy is written in; notes what is wrong and goes on."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from imds_sim.iam.errors import DocumentPath, PolicyInvalid, Problem
from imds_sim.iam.refusals import Refusal, Wording

# IAM User Guide, "IAM and AWS STS quotas": tab, line ends and U+0020 to U+00FF.
_FORBIDDEN_CHARACTER = re.compile(r"[^\t\n\r\x20-\xff]")
_WIDEST_INTEGER = 1 << 64
_LONGEST_NAME = 64  # that is compared with known ones, for a hint
MAX_PROBLEMS = 100

Located = tuple[str, DocumentPath]


class Reader:
    """Reads one document in the words of its kind. Keeps its problems, in the order it met them."""

    def __init__(self, wording: Wording) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._wording = wording
        self._first: tuple[Refusal, str] | None = None

    def wrong(
        self,
        path: DocumentPath,
        detail: str,
        refusal: Refusal = Refusal.SYNTAX,
        *,
        said: str | None = None,
    ) -> None:
        """Note a problem; `said` is what AWS says where its words depend on the value.

        Raises PolicyInvalid if there are too many.
        """
        words = said or self._wording[refusal]
        lead = words.removesuffix(".")
        self.problems.append(Problem(path, f"{lead}: {detail}" if detail else words))
        if self._first is None or refusal < self._first[0]:
            self._first = (refusal, words)
        if len(self.problems) == MAX_PROBLEMS:
            raise self.invalid()

    def warn(self, path: DocumentPath, message: str) -> None:
        """Note what is legal and probably not meant."""
        self.warnings.append(Problem(path, message))

    def invalid(self) -> PolicyInvalid:
        """The refusal with everything that was noted."""
        return PolicyInvalid(self.problems, self._first[1] if self._first else "")

    def text(self, value: object, path: DocumentPath) -> str | None:
        """A string; None if it is absent (null) or not one, which is a problem."""
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(path, f"{shown(value)} is not a string")
            return None
        if _FORBIDDEN_CHARACTER.search(value):
            self.wrong(path, "a control or a character above U+00FF")
            return None
        return value

    def texts(
        self, value: object, path: DocumentPath, *, numbers: bool = False, nulls: bool = False
    ) -> list[Located]:
        """The strings of a scalar or a list, each with its place.

        With `numbers` also numbers and booleans, as JSON writes them; with `nulls` a list may have
        them, and they are left out.
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
            elif each is None and not (nulls and isinstance(value, list)):
                self.wrong(at, "null stands where a string is needed")
        return read

    def check_elements(
        self, value: Mapping[object, object], known: Iterable[str], path: DocumentPath
    ) -> None:
        """Note every key of `value` that is not one of `known`; their case counts."""
        known = tuple(known)
        for name in value:
            if name not in known:
                hint = closest(name, known)
                self.wrong((*path, step(name)), f"no element {shown(name)}{hint}")


def step(key: object) -> str | int:
    """A key as a step of a path."""
    return key if isinstance(key, str | int) else str(key)


def shown(value: object) -> str:
    """A value as a message shows it: scalars as they are, but not at any length; else the type."""
    scalar = isinstance(value, str | float | bool | None) or _is_scalar_of_json(value)
    if not scalar:
        return type(value).__name__
    if isinstance(value, str) and len(value) > _LONGEST_NAME:
        return f"{value[:_LONGEST_NAME]!r}…"
    return repr(value)


def closest(name: object, known: Iterable[str]) -> str:
    """A hint at the name that was probably meant, or nothing."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return ""
    spellings = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), spellings, n=1)
    return f"; did you mean {spellings[close[0]]}?" if close else ""


def _is_scalar_of_json(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < _WIDEST_INTEGER  # bool is an int
