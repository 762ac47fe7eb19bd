"""One effect of a target, as the catalogue has it, and the values that effects take."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.hands import Edited, Hand, Refused
from imds_sim.faults.match import Aim
from imds_sim.kernel.message import Response
from imds_sim.kernel.refusal import Refusal
from imds_sim.kernel.timestamps import DurationMalformed, parse_duration

LONGEST = timedelta(days=3650)
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Effect:
    """`make` reads the value (`default` where none is given); with `takes` None it has none.

    `lead` requests pass before it counts. `once` ends it after one request unless told otherwise.
    """

    name: str
    says: str
    make: Callable[[str], Hand]
    takes: str | None = None
    example: str = ""
    default: str | None = None
    aim: Aim = Aim.TARGET
    lead: int = 0
    once: bool = False

    def hand(self, value: str | None) -> Hand:
        """What it does with this value. Raises FaultInvalid."""
        if self.takes is None:
            if value is not None:
                raise FaultInvalid(f"{self.name} takes no value, not {value!r}")
            return self.make("")
        given = value if value is not None else self.default
        if given is None:
            raise FaultInvalid(f"{self.name} needs {self.takes}: {self.name}={self.example}")
        try:
            return self.make(given)
        except ValueError as error:
            told = f"{self.name}={given!r}: {error}; it takes {self.takes}"
            raise FaultInvalid(told) from None


def plain(hand: Hand) -> Callable[[str], Hand]:
    """The hand of an effect without value."""
    return lambda _: hand


def edited(edit: Callable[[Response], Response]) -> Callable[[str], Hand]:
    """An effect without value that edits the answer."""
    return plain(Edited(edit))


def refused(status: int, code: str | None = None, text: str | None = None) -> Callable[[str], Hand]:
    """An effect without value that refuses."""
    return plain(Refused(Refusal(HTTPStatus(status), code, text)))


def status_effect(status: int, says: str = "") -> Effect:
    """The effect named by a status: the surface's own answer of that status."""
    phrase = HTTPStatus(status).phrase
    return Effect(str(status), says or f"{status} {phrase}", refused(status))


def span(value: str, least: timedelta = timedelta(milliseconds=1)) -> timedelta:
    """A duration of at least `least` and at most ten years. Raises ValueError."""
    try:
        read = parse_duration(value)
    except DurationMalformed:
        raise ValueError("not a duration") from None
    if not least <= read <= LONGEST:
        raise ValueError("too short" if read < least else "too long")
    return read


def signed_span(value: str) -> timedelta:
    """A duration of either sign. Raises ValueError."""
    return -span(value[1:]) if value.startswith("-") else span(value)


def number(value: str) -> float:
    """A number above 0. Raises ValueError."""
    if _NUMBER.fullmatch(value) is None or not float(value):
        raise ValueError("not a number above 0")
    return float(value)
