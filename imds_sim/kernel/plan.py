"""How a reply goes out where a fault has a say: later, slower, cut short, not at all."""

from enum import Enum
from typing import NamedTuple


class End(Enum):
    """What becomes of a reply and its connection."""

    AS_WRITTEN = "as the reply says"
    HALF_CLOSE = "our side ends after the reply, unannounced"
    CUT = "half of the body, then the end"
    RESET = "no byte, then a reset"
    SILENCE = "no byte, and nothing after it"


class WirePlan(NamedTuple):
    """Times are real seconds: `delay` before the first byte, `drip` spread over the reply."""

    delay: float = 0.0
    drip: float = 0.0
    end: End = End.AS_WRITTEN

    @property
    def answers(self) -> bool:
        """Whether any byte of the reply goes out."""
        return self.end not in (End.RESET, End.SILENCE)

    def with_(self, other: "WirePlan") -> "WirePlan":
        """Both: delays add up, the longer drip counts, and the first ending that is not usual."""
        end = other.end if self.end is End.AS_WRITTEN else self.end
        return WirePlan(self.delay + other.delay, max(self.drip, other.drip), end)


USUAL = WirePlan()
