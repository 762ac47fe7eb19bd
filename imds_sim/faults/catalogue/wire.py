"""The wire itself: effects that every target can have.

Source: what AWS SDKs do about slow, silent and broken endpoints, as captured from them.
"""

from collections.abc import Callable

from imds_sim.faults import edits
from imds_sim.faults.effect import Effect, edited, plain, span
from imds_sim.faults.hands import Carried, Hand
from imds_sim.kernel.plan import End, WirePlan

DURATION = "a duration like 1500ms or 2s, 1h at most"
LONGEST = 3600  # seconds
# SDKs wait for 1, 2 or 5 seconds: examples stand between those, so that nothing is a race.


def _ending(end: End, shared: End | None = None) -> Callable[[str], Hand]:
    return plain(Carried(WirePlan(end=end), WirePlan(end=shared) if shared else None))


def _seconds(value: str) -> float:
    seconds = span(value).total_seconds()
    if seconds > LONGEST:
        raise ValueError("too long")
    return seconds


def _delay(value: str) -> Hand:
    return Carried(WirePlan(delay=_seconds(value)))


def _drip(value: str) -> Hand:
    return Carried(WirePlan(drip=_seconds(value)))


WIRE = (
    Effect("delay", "the reply comes so much later", _delay, DURATION, "2500ms"),
    Effect(
        "slow", "the reply comes later, by 1.5 s unless told", _delay, DURATION, "1500ms", "1500ms"
    ),
    Effect("drip", "the reply comes in pieces, spread over so much time", _drip, DURATION, "2s"),
    Effect("hang", "the request is taken and never answered", _ending(End.SILENCE)),
    Effect(
        "drop",
        "silence, as beyond the hop limit; looks like hang to a client",
        _ending(End.SILENCE),
    ),
    Effect("reset", "the connection is reset in place of a reply", _ending(End.RESET)),
    Effect(
        "refuse",
        "as if nothing listened: reset on a listener of its own, silence on a shared one",
        _ending(End.RESET, End.SILENCE),
    ),
    Effect("truncate", "the connection ends in the middle of the body", _ending(End.CUT)),
    Effect(
        "half-close",
        "the server's side ends after the reply, unannounced",
        _ending(End.HALF_CLOSE),
    ),
    Effect("close-each", "every reply ends its connection and says so", edited(edits.closing)),
    Effect("http10", "replies of HTTP/1.0, each ends its connection", edited(edits.http10)),
    Effect("chunked", "the body comes in chunks, without length", edited(edits.chunked)),
)
