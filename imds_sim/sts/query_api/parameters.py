"""Form parameters as the query protocol sends them: in the query of a GET, in the body of a POST.

Recorded: the first of repeated parameters wins, a name without `=` is an empty value, `+` is a
space, what nobody asks for is ignored.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_plus

from imds_sim.sts.errors import MalformedInput, MalformedQueryString
from imds_sim.sts.limits import MAX_INTEGER, MIN_INTEGER

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,64}")


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

    def given(self, members: Iterable[str]) -> list[str]:
        """Which of `members`, that may be lists or structures, were passed, in their order.

        `Tags=` is an empty list, as good as none; `Tags.member.1.Key=` is an element.
        """
        structures = {name.partition(".")[0] for name in self._encoded if "." in name}
        return [member for member in members if self._encoded.get(member) or member in structures]


def check_escapes(forms: Iterable[str]) -> None:
    """Raise MalformedQueryString for the first `%` that two hex digits do not follow."""
    for form in forms:
        if (bad := _BAD_ESCAPE.search(form)) is None:
            continue
        digits = form[bad.end() : bad.end() + 2]
        if len(digits) < 2:
            raise MalformedQueryString("Incomplete trailing escape % sequence")
        raise MalformedQueryString(f"Illegal hex character in escape % pattern: %{digits}")
