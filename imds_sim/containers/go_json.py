"""JSON as Go's encoding/json writes it: compact, and safe to stand in HTML.

Source: Go 1.26, encoding/json (encode.go); compared with a Go server's bytes in the tests.
"""

import json
from collections.abc import Mapping

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_ESCAPED = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
_ESCAPED |= dict.fromkeys(range(0xDC80, 0xDD00), "\\ufffd")  # bytes that are no UTF-8, see `text`
_EMPTY: tuple[Json, ...] = (None, False, 0, "", [], {})


def marshal(value: Json) -> bytes:
    """What json.Marshal writes; members of a struct in their order, as in `value`."""
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return written.translate(_ESCAPED).encode("utf-8", "replace")


def text(latin_1: str) -> str:
    """Text for `marshal` of bytes that came as Latin-1, whatever they are."""
    return latin_1.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def number(value: float) -> int | float:
    """A float64 without the `.0` that Go leaves out."""
    return int(value) if value == int(value) else value


def omit_empty(members: Mapping[str, Json], always: frozenset[str]) -> dict[str, Json]:
    """A struct whose members are marked omitempty, but for those in `always`."""
    return {name: value for name, value in members.items() if name in always or value not in _EMPTY}
