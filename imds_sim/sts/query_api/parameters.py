"""Form parameters as the query protocol sends them: in the query of a GET, in the body of a POST.

Recorded: the first of repeated parameters wins, a name without `=` is an empty value, `+` is a
space, what nobody asks for is ignored.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from urllib.parse import unquote_plus

from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import MalformedInput, MalformedQueryString
from imds_sim.sts.limits import MAX_INTEGER, MIN_INTEGER

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,64}")
_INDEX = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters by name. Values are decoded when they are asked for: most of a hostile body never
    is. Build with `of`."""

    _encoded: Mapping[str, str]

    @classmethod
    def of(cls, *forms: str) -> Self:
        """Read forms, the first of which goes first; bad escapes stay as they are."""
        encoded: dict[str, str] = {}
        for form in forms:
            for pair in form.split("&"):
                name, _, value = pair.partition("=")
                if name in encoded:
                    continue
                if "%" in name or "+" in name:
                    name = unquote_plus(name)
                encoded.setdefault(name, value)
        encoded.pop("", None)
        return cls(encoded)

    def get(self, name: str) -> str | None:
        """The value of a parameter, perhaps empty; None if it is absent."""
        value = self._encoded.get(name)
        return value if value is None else unquote_plus(value)

    def required(self, name: str) -> str:
        """The value of a parameter, or ABSENT, which fails every constraint as AWS puts it."""
        value = self.get(name)
        return ABSENT if value is None else value

    def integer(self, name: str) -> int | None:
        """A signed 32-bit integer (`+900` and `0900` are 900). Raises MalformedInput."""
        text = self.get(name)
        if text is None:
            return None
        if not text:
            raise MalformedInput("missing value for decimal type")
        if not _INTEGER.fullmatch(text) or not MIN_INTEGER <= int(text) <= MAX_INTEGER:
            raise MalformedInput(None)
        return int(text)

    def duration(self, name: str, default: timedelta) -> timedelta:
        """A duration in seconds. Raises MalformedInput."""
        seconds = self.integer(name)
        return default if seconds is None else timedelta(seconds=seconds)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, sent as `Name.member.1=…`; `Name=` is an empty one, and so is none."""
        return tuple(element.get("") or "" for element in self.structures(name))

    def structures(self, name: str) -> tuple["Parameters", ...]:
        """A list of structures, sent as `Name.member.1.Field=…`, in the order of their numbers.

        Numbers may have gaps and come in any order.
        """
        prefix = f"{name}.member."
        found: dict[int, dict[str, str]] = {}
        for full, value in self._encoded.items():
            if not full.startswith(prefix):
                continue
            index, _, field = full[len(prefix) :].partition(".")
            if _INDEX.fullmatch(index):
                found.setdefault(int(index), {}).setdefault(field, value)
        return tuple(Parameters(found[index]) for index in sorted(found))


def check_escapes(forms: Iterable[str]) -> None:
    """Raise MalformedQueryString for the first `%` that two hex digits do not follow."""
    for form in forms:
        if (bad := _BAD_ESCAPE.search(form)) is None:
            continue
        digits = form[bad.end() : bad.end() + 2]
        if len(digits) < 2:
            raise MalformedQueryString("Incomplete trailing escape % sequence")
        raise MalformedQueryString(f"Illegal hex character in escape % pattern: %{digits}")
