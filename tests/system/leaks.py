"""Secrets that were handed out or shown, and a search for them in every form they may have."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

PART = 20  # characters from the middle of a long secret: who shows so much of it has leaked it
LONG = 32


@dataclass
class Secrets:
    """By what each is. A short code counts only where a text gives it as a value."""

    _values: dict[str, set[str]] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)

    def keep(self, what: str, value: str) -> str:
        """Remember a secret, and give it back."""
        assert len(value) >= 8, (what, value)
        self._values.setdefault(what, set()).add(value)
        return value

    def keep_code(self, value: str) -> str:
        """Remember a code of a few digits, which other numbers may hold by chance."""
        self._codes.add(value)
        return value

    @property
    def kinds(self) -> set[str]:
        """What was remembered."""
        return set(self._values)

    def leaked_in(self, text: str) -> list[str]:
        """What of them stands in a text, and in which form."""
        found = [
            f"{what}, {form}"
            for what, values in self._values.items()
            for value in values
            for form, shown in forms(value)
            if shown in text
        ]
        for code in self._codes:
            given = (f'"{code}"', f"={code}", f"'{code}'", f">{code}<")
            found += ["a code" for each in given if each in text]
        return found


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """A secret as itself and encoded; in base64 also where it begins inside of more."""
    yield "as it is", secret
    for name, encoded in (
        ("in a URL", quote(secret, safe="")),
        ("in a form", quote_plus(secret)),
        ("in JSON", json.dumps(secret)[1:-1]),
        ("in hexadecimal", secret.encode().hex()),
    ):
        if encoded != secret:
            yield name, encoded
    if len(secret) >= LONG:
        middle = (len(secret) - PART) // 2
        yield "a part of it", secret[middle : middle + PART]
    raw = secret.encode()
    for before in range(3):
        shifted = b"\0" * before + raw
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(shifted).decode()
            whole = (len(shifted) * 8) // 6  # characters that hold nothing but it
            yield "in base64", text[-(-before * 8 // 6) : whole]
