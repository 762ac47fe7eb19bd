"""JSON as Go's encoding/json takes and writes it: compact, and safe to stand in HTML.

Source: Go 1.26, encoding/json (scanner.go, encode.go), its answers in tests/containers/recorded.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_DEPTH = 10_000

_SPACE = re.compile("[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*')
_HEX = re.compile("[0-9A-Fa-f]*")
_DIGITS = re.compile("[0-9]*")
_INTEGER = re.compile("0|[1-9][0-9]*")
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_KINDS = {"{": "object", "[": "array", '"': "string", "t": "bool", "f": "bool", "n": "null"}


class JsonRefused(ValueError):
    """What json.Unmarshal returns as an error; the text is Go's."""


@dataclass(frozen=True, slots=True)
class GoJson:
    """One JSON value as text; `members` are those of an object, in order, with repeats."""

    text: str
    members: tuple[tuple[str, "GoJson"], ...] = ()

    @property
    def kind(self) -> str:
        """As Go names it in its errors."""
        return _KINDS.get(self.text[:1], "number")

    def value(self) -> object:
        """The value; text that is no UTF-8 has replacement characters. None if nested too deep."""
        try:
            return json.loads(self.text.encode("latin-1").decode(errors="replace"))
        except (RecursionError, ValueError):  # a number of thousands of digits, for Python
            return None


def parse(document: bytes) -> GoJson:
    """The value in a document, its nested ones unparsed. Raises JsonRefused."""
    scanner = _Scanner(document.decode("latin-1") + " ")  # the end reads as a blank
    start = scanner.skip_space()
    members = scanner.value()
    text = scanner.text[start : scanner.at]
    if scanner.skip_space() < len(scanner.text):
        raise scanner.refused("after top-level value")
    return GoJson(text, tuple(members))


class _Scanner:
    """Reads one document; bytes are Latin-1 text, which is how Go shows them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip_space(self) -> int:
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.at

    def refused(self, where: str) -> JsonRefused:
        """The error of the character that is next."""
        if self.at >= len(self.text):
            return JsonRefused("unexpected end of JSON input")
        return JsonRefused(f"invalid character {_shown(self.text[self.at])} {where}")

    def value(self) -> list[tuple[str, GoJson]]:
        """Read a value of any depth; the members, if it is an object."""
        members: list[tuple[str, GoJson]] = []
        open_ones: list[str] = []  # how each array or object that is open will end
        key, begins = "", 0
        while True:
            self.skip_space()
            if len(open_ones) == 1:
                begins = self.at
            opened = self._opening_or_scalar()
            if opened:
                open_ones.append(opened)
                if len(open_ones) > MAX_DEPTH:
                    raise JsonRefused("exceeded max depth")
                self.skip_space()
                if self._next_is(opened):
                    self.at += 1
                    open_ones.pop()
                else:
                    name = self._key() if opened == "}" else ""
                    key = name if len(open_ones) == 1 else key
                    continue
            while open_ones:
                if len(open_ones) == 1 and open_ones[0] == "}":
                    members.append((key, GoJson(self.text[begins : self.at])))
                self.skip_space()
                if not self._next_is(open_ones[-1]):
                    break
                self.at += 1
                open_ones.pop()
            if not open_ones:
                return members
            is_object = open_ones[-1] == "}"
            if not self._next_is(","):
                raise self.refused(
                    "after object key:value pair" if is_object else "after array element"
                )
            self.at += 1
            if is_object:
                name = self._key()
                key = name if len(open_ones) == 1 else key

    def _next_is(self, character: str) -> bool:
        return self.text.startswith(character, self.at)

    def _opening_or_scalar(self) -> str:
        """Read a scalar, or the beginning of what ends with the character returned."""
        first = self.text[self.at : self.at + 1]
        if first in ("{", "["):
            self.at += 1
            return "}" if first == "{" else "]"
        if first == '"':
            self._string()
        elif first in _LITERALS:
            self._literal(_LITERALS[first])
        elif first == "-" or (first.isascii() and first.isdigit()):
            self._number()
        else:
            raise self.refused("looking for beginning of value")
        return ""

    def _key(self) -> str:
        self.skip_space()
        begins = self.at
        if not self._next_is('"'):
            raise self.refused("looking for beginning of object key string")
        self._string()
        name = GoJson(self.text[begins : self.at]).value()  # a string
        self.skip_space()
        if not self._next_is(":"):
            raise self.refused("after object key")
        self.at += 1
        return str(name)

    def _string(self) -> None:
        found = _STRING.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        if self._next_is("\\u"):
            hex_digits = _HEX.match(self.text, self.at + 2)
            assert hex_digits is not None
            self.at = hex_digits.end()
            raise self.refused(r"in \u hexadecimal character escape")
        if self._next_is("\\"):
            self.at += 1
            raise self.refused("in string escape code")
        if not self._next_is('"'):
            raise self.refused("in string literal")
        self.at += 1

    def _literal(self, word: str) -> None:
        for expected in word:
            if not self._next_is(expected):
                raise self.refused(f"in literal {word} (expecting '{expected}')")
            self.at += 1

    def _number(self) -> None:
        if self._next_is("-"):
            self.at += 1
        integer = _INTEGER.match(self.text, self.at)
        if integer is None:
            raise self.refused("in numeric literal")
        self.at = integer.end()
        if self._next_is("."):
            self.at += 1
            self._digits("after decimal point in numeric literal")
        if self.text[self.at : self.at + 1] in ("e", "E"):
            self.at += 1
            if self.text[self.at : self.at + 1] in ("+", "-"):
                self.at += 1
            self._digits("in exponent of numeric literal")

    def _digits(self, where: str) -> None:
        found = _DIGITS.match(self.text, self.at)
        assert found is not None
        if found.end() == self.at:
            raise self.refused(where)
        self.at = found.end()


def _shown(character: str) -> str:
    """A byte as Go quotes it: strconv.Quote of the character with the same number."""
    if character == "'":
        return r"'\''"
    if character == '"':
        return "'\"'"
    return f"'{quoted(character)[1:-1]}'"


_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}


def quoted(text: str) -> str:
    """Text as strconv.Quote writes it."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == " " or character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}"


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
